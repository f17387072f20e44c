"""What the settings window and the settings file say.

Keys are those of `ime_app.settings`: a section, a setting, `….tip` its explanation, `…=word` one
of its choices.
"""

from __future__ import annotations

from typing import Final

from ime_app.texts import Texts

SETTINGS: Final[Texts] = {
    "settings": ("设置", "Settings"),
    "settings.reset": ("恢复默认(&R)", "&Restore defaults"),
    "settings.reset.tip": (
        "这里的所有设置回到初始值；按“取消”可以反悔",
        "All settings as they first were; Cancel undoes it",
    ),
    "settings.cancel": ("取消(&C)", "&Cancel"),
    "settings.cancel.tip": ("回到打开设置之前的样子", "Everything as it was before this window was opened"),
    "settings.keep": ("保存(&S)", "&Save"),
    "settings.keep.tip": ("写入设置文件：{path}", "Writes the settings file: {path}"),
    "settings.pages": ("设置分页", "Pages of settings"),
    "settings.live": ("改动立即生效，保存后长期有效。", "Changes apply at once; saving makes them last."),
    "file": (
        "墨音的设置。可以直接修改；写错的值会被指出，暂用默认值。",
        "Settings of Moyin. Edit as you like; a wrong value is reported and its default used.",
    ),
    "settings.wrong_range": (
        "设置 {key} 应为 {least} 到 {most} 的整数，文件里是 {found}；暂用默认值 {default}。",
        "Setting {key} should be a whole number from {least} to {most}, found {found}; using {default}.",
    ),
    "settings.wrong_toggle": (
        "设置 {key} 应为 true 或 false，文件里是 {found}；暂用默认值 {default}。",
        "Setting {key} should be true or false, found {found}; using {default}.",
    ),
    "settings.wrong_choice": (
        "设置 {key} 应为 {words} 之一，文件里是 {found}；暂用默认值 {default}。",
        "Setting {key} should be one of {words}, found {found}; using {default}.",
    ),
    "settings.wrong_text": (
        "设置 {key} 应为一段文字，文件里是 {found}；暂用默认值。",
        "Setting {key} should be a text, found {found}; using the default.",
    ),
    "settings.unknown": ("不认识的设置 {key}，已忽略。", "Unknown setting {key}, ignored."),
    "settings.unknown_like": (
        "不认识的设置 {key}，已忽略。是不是 {suggestion}？",
        "Unknown setting {key}, ignored. Did you mean {suggestion}?",
    ),
    "settings.file_kept": ("设置文件没有改动：{path}", "The settings file is left as it is: {path}"),
    "settings.broken": (
        "设置文件无法读取，暂用默认设置；文件没有改动：{path}\n{reason}",
        "The settings file cannot be read, so the defaults are used; it is left as it is: {path}\n{reason}",
    ),
    "settings.set_aside": (
        "原来的设置文件无法读取，已另存为 {path}",
        "The old settings file could not be read; it is kept as {path}",
    ),
    "settings.not_saved": (
        "设置无法保存：{reason}。这次的改动在窗口关闭前有效。",
        "The settings cannot be saved: {reason}. The changes hold until the window is closed.",
    ),
    "settings.saved": ("设置已保存", "Settings saved"),
    # Input
    "input": ("输入", "Input"),
    "input.candidates": ("候选", "Candidates"),
    "input.paging": ("翻页键", "Paging keys"),
    "input.page_size": ("每页候选数", "Candidates on a page"),
    "input.page_size.tip": ("候选栏一页显示几个", "How many candidates the bar shows at a time"),
    "input.page_with_minus_equal": ("减号和等号　-　=", "Minus and equal  -  ="),
    "input.page_with_minus_equal.tip": ("用 - 和 = 翻页", "- and = turn the page"),
    "input.page_with_comma_period": ("逗号和句号　,　.", "Comma and period  ,  ."),
    "input.page_with_comma_period.tip": (
        "有上一页时 , 往回翻，有下一页时 . 往后翻；否则是标点",
        ", goes back and . goes on where there is a page; else they are punctuation",
    ),
    "input.page_with_page_keys": ("PgUp 和 PgDn", "PgUp and PgDn"),
    "input.page_with_page_keys.tip": ("用 PgUp 和 PgDn 翻页", "PgUp and PgDn turn the page"),
    # Appearance
    "appearance": ("外观", "Appearance"),
    "appearance.window": ("窗口", "Window"),
    "appearance.fonts": ("文字", "Text"),
    "appearance.theme": ("主题", "Theme"),
    "appearance.theme.tip": ("窗口的颜色", "The colours of the window"),
    "appearance.theme=system": ("跟随系统", "As the system"),
    "appearance.theme=light": ("浅色", "Light"),
    "appearance.theme=dark": ("深色", "Dark"),
    "appearance.candidate_list": ("候选排列", "Candidate list"),
    "appearance.candidate_list.tip": ("候选横排或竖排", "Candidates side by side or one below the other"),
    "appearance.candidate_list=horizontal": ("横排", "Horizontal"),
    "appearance.candidate_list=vertical": ("竖排", "Vertical"),
    "appearance.font_family": ("字体", "Font"),
    "appearance.font_family.tip": ("正文和候选的字体", "The font of the text and of the candidates"),
    "appearance.font_family=": ("自动选择", "Automatic"),
    "appearance.text_size": ("正文字号", "Size of the text"),
    "appearance.text_size.tip": ("正文的字号，单位像素", "Height of the text in pixels"),
    "appearance.candidate_size": ("候选字号", "Size of candidates"),
    "appearance.candidate_size.tip": ("候选的字号，单位像素", "Height of the candidates in pixels"),
    "appearance.language": ("界面语言", "Language"),
    "appearance.language.tip": (
        "窗口使用的语言，下次启动时生效",
        "Language of the window, from its next start",
    ),
    "appearance.language=system": ("跟随系统", "As the system"),
    "appearance.language=zh": ("中文", "中文"),
    "appearance.language=en": ("English", "English"),
}
