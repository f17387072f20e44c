"""Hold the sentences of the settings window and the settings file.

Keys are those of `ime_app.settings.schema`: a section, a setting, `….tip` its explanation, `…=word` one of
its choices.
"""

from __future__ import annotations

from typing import Final

from ime_app.i18n.catalogue import Catalogue

SETTINGS: Final[Catalogue] = {
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
    "settings.wrong_scheme": (
        "设置 {key} 应为空、{words} 之一，或一个 .toml 文件的路径，文件里是 {found}；暂用全拼。",
        "Setting {key} should be empty, one of {words} or the path of a .toml file, found {found}; "
        "using full pinyin.",
    ),
    "settings.wrong_names": (
        "设置 {key} 应为 [] 里写 {words} 中的几个，文件里是 {found}；暂时一个也不用。",
        "Setting {key} should be a list of some of {words}, found {found}; using none.",
    ),
    "settings.wrong_text": (
        "设置 {key} 应为一段文字，文件里是 {found}；暂用默认值。",
        "Setting {key} should be a text, found {found}; using the default.",
    ),
    "settings.no_section": (
        "设置文件里的 {key} 应是一节：[{key}] 占一行，各项写在它下面；已忽略。",
        "{key} should be a section of the settings file: [{key}] in a line, its settings below; ignored.",
    ),
    "settings.unknown": ("不认识的设置 {key}，已忽略。", "Unknown setting {key}, ignored."),
    "settings.unknown_like": (
        "不认识的设置 {key}，已忽略。是不是 {suggestion}？",
        "Unknown setting {key}, ignored. Did you mean {suggestion}?",
    ),
    "settings.more_problems": ("另有 {count} 处不对。", "And {count} more."),
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
    "settings.unusable": (
        "有个设置用不了，没有生效：{reason}",
        "A setting cannot be used and has no effect: {reason}",
    ),
    "settings.saved": ("设置已保存", "Settings saved"),
    # Input
    "input": ("输入", "Input"),
    "input.candidates": ("候选", "Candidates"),
    "input.menu": ("候选栏", "Candidate bar"),
    "input.predictions": ("联想", "Predictions"),
    "input.keys": ("按键", "Keys"),
    "input.paging": ("翻页键", "Paging keys"),
    "input.page_size": ("每页候选数", "Candidates on a page"),
    "input.page_size.tip": ("候选栏一行（或一列）显示几个", "How many candidates the bar shows at a time"),
    "input.page_with_minus_equal": ("减号和等号　-　=", "Minus and equal  -  ="),
    "input.page_with_minus_equal.tip": ("用 - 和 = 翻页", "- and = turn the page"),
    "input.page_with_comma_period": ("逗号和句号　,　.", "Comma and period  ,  ."),
    "input.page_with_comma_period.tip": (
        "有上一页时 , 往回翻，有下一页时 . 往后翻；否则是标点",
        ", goes back and . goes on where there is a page; else they are punctuation",
    ),
    "input.page_with_page_keys": ("PgUp 和 PgDn", "PgUp and PgDn"),
    "input.page_with_page_keys.tip": ("用 PgUp 和 PgDn 翻页", "PgUp and PgDn turn the page"),
    "input.picking": ("选字键", "Keys that pick"),
    "input.pick_with_semicolon_quote": (
        "用 ; 和 ' 选第二、第三个候选",
        "; and ' pick the second and third candidate",
    ),
    "input.pick_with_semicolon_quote.tip": (
        "打开后，' 不再用来分开音节（光标前没有第三个候选时除外）",
        "' then no longer forces a boundary where there is a third candidate",
    ),
    "input.take_with_brackets": ("用 [ 和 ] 以词定字", "[ and ] take one character of a phrase"),
    "input.take_with_brackets.tip": (
        "[ 取高亮词的第一个字，] 取最后一个字",
        "[ takes the first character of the highlighted phrase, ] the last",
    ),
    "input.narrow_with_backquote": ("用 ` 筛选候选", "` narrows the candidates down"),
    "input.narrow_with_backquote.tip": (
        "拼音之后：`4 第四声，`mu 有部件“木”，`yiyuan 医院的医；退格退出，再按一次 ` 是 ·",
        "Behind the letters: `4 the fourth tone, `mu with 木 in it, `yiyuan the yi of 医院",
    ),
    "input.switching": ("切换和上屏", "Switching and committing"),
    "input.shift": ("单按 Shift", "Shift alone"),
    "input.shift.tip": ("输入拼音时单按 Shift 做什么", "What Shift alone does while something is composed"),
    "input.shift=letters": ("上屏字母，切换中英文", "Puts in the letters and switches 中/英"),
    "input.shift=candidate": ("上屏高亮的候选，切换中英文", "Picks the candidate and switches 中/英"),
    "input.shift=nothing": ("不用来切换", "Does not switch"),
    "input.switch_with_control_space": ("用 Ctrl+空格切换中英文", "Ctrl+Space switches 中/英"),
    "input.switch_with_control_space.tip": (
        "输入拼音时先上屏字母",
        "Letters that are composed are put in first",
    ),
    "input.enter": ("回车", "Enter"),
    "input.enter.tip": ("输入拼音时按回车做什么", "What Enter does while something is composed"),
    "input.enter=letters": ("上屏字母", "Puts in the letters"),
    "input.enter=candidate": ("上屏高亮的候选", "Picks the highlighted candidate"),
    "input.writing": ("标点和字形", "Writing"),
    "input.marks": ("标点", "Punctuation"),
    "input.width": ("全角和半角", "Width"),
    "input.script": ("简体和繁体", "Script"),
    "input.smart_quotes": ("引号自动配对", "Paired quotes"),
    "input.smart_quotes.tip": (
        "\" 轮流打出 “ 和 ”，' 轮流打出 ‘ 和 ’",
        "\" types “ and ” in turn, ' types ‘ and ’",
    ),
    "input.pair_punctuation": ("括号和引号成对输入", "Brackets and quotes in pairs"),
    "input.pair_punctuation.tip": (
        "打（时连）一起打出，光标在中间；再打 ）时只是越过它",
        "（ brings its ） along and puts the caret between; typing ） then steps over it",
    ),
    "input.full_width": ("全角字母和数字", "Full-width letters and digits"),
    "input.full_width.tip": (
        "ＡＢＣ１２３ 而不是 ABC123；之后用 Shift+空格切换，下次启动时和离开时一样",
        "ＡＢＣ１２３ instead of ABC123; Shift+Space changes it, and a start has it as you left it",
    ),
    "input.width_with_shift_space": ("用 Shift+空格切换全角半角", "Shift+Space changes the width"),
    "input.width_with_shift_space.tip": (
        "关闭后 Shift+空格就是空格",
        "When off, Shift+Space is a space",
    ),
    "input.traditional": ("繁体", "Traditional characters"),
    "input.traditional.tip": (
        "随时可用 Ctrl+Shift+F 切换，下次启动时和离开时一样",
        "Ctrl+Shift+F changes it at any time, and a start has it as you left it",
    ),
    "input.traditional_variant": ("繁体标准", "Traditional standard"),
    "input.traditional_variant.tip": ("繁体按哪里的写法", "Whose traditional characters"),
    "input.traditional_variant=s2t": ("OpenCC 标准", "OpenCC's own"),
    "input.traditional_variant=s2tw": ("台湾", "Taiwan"),
    "input.traditional_variant=s2twp": ("台湾（连同用词）", "Taiwan, with its words"),
    "input.traditional_variant=s2hk": ("香港", "Hong Kong"),
    "input.predict": ("联想下一个词", "Predict the next word"),
    "input.predict.tip": (
        "上屏后显示接下来可能的词，Ctrl+数字选用",
        "After a commit, offer what may follow; Ctrl+number picks",
    ),
    "input.pick_predictions_with_digits": ("数字键直接选联想", "Digits pick predictions"),
    "input.pick_predictions_with_digits.tip": (
        "打开后，显示联想时数字键用来选词，不再输入数字",
        "When on, a digit picks while predictions are shown, and types no figure",
    ),
    "input.extras": ("其他候选", "Other candidates"),
    "input.dates": ("日期和时间　rq sj xq", "Date and time  rq sj xq"),
    "input.dates.tip": ("rq 日期，sj 时间，xq 星期", "rq the date, sj the time, xq the weekday"),
    "input.computed": (
        "数字、算式和 Unicode　v123　v2*3　u4f60",
        "Numbers, sums, Unicode  v123  v2*3  u4f60",
    ),
    "input.computed.tip": (
        "v 后面写数字或算式，u 后面写 Unicode 编码",
        "v before a number or a sum, u before a code point",
    ),
    "input.addresses": ("网址和邮箱原样输入", "Leave URLs and e-mail alone"),
    "input.addresses.tip": (
        "www. http:、以 .com 等结尾的和带 @ 的字母不转成汉字",
        "www., http:, what ends with .com and the like, and what has an @ stay letters",
    ),
    "input.symbols": ("表情和符号", "Emoji and symbols"),
    "input.symbols.tip": (
        "按意思找表情和符号，排在后面的候选里",
        "Emoji and symbols by meaning, as later candidates",
    ),
    "input.show_reading": ("候选旁注明拼音", "The pinyin beside each candidate"),
    "input.show_reading.tip": (
        "关闭时只注明与所打的字母不同的读法",
        "When off, only what was read otherwise than it was typed is shown",
    ),
    "input.show_full_pinyin": ("双拼显示为全拼", "Double pinyin shown in full"),
    "input.show_full_pinyin.tip": (
        "打 vs 显示 zhong；回车上屏的仍是打的字母",
        "zhong is shown for vs; Enter commits the letters as typed all the same",
    ),
    # Spelling
    "spelling": ("拼音", "Pinyin"),
    "spelling.kind": ("全拼和双拼", "Full or double pinyin"),
    "spelling.scheme": ("方案", "Scheme"),
    "spelling.scheme.tip": (
        "全拼、双拼方案，或自己的双拼方案文件（.toml）",
        "Full pinyin, a scheme of double pinyin, or a scheme of your own (.toml)",
    ),
    "spelling.scheme.file": ("自己的方案文件…", "A file of your own…"),
    "spelling.scheme=": ("全拼", "Full pinyin"),
    "spelling.scheme=xiaohe": ("小鹤双拼", "Xiaohe"),
    "spelling.scheme=ziranma": ("自然码", "Ziranma"),
    "spelling.scheme=mspy": ("微软双拼", "Microsoft"),
    "spelling.scheme=sogou": ("搜狗双拼", "Sogou"),
    "spelling.scheme=abc": ("智能 ABC", "ABC"),
    "spelling.scheme=ziguang": ("紫光双拼", "Ziguang"),
    "spelling.scheme=pyjj": ("拼音加加", "Pinyin Jiajia"),
    "spelling.slips": ("纠错", "Typing slips"),
    "spelling.sounds": ("模糊音", "Fuzzy sounds"),
    "spelling.correct": ("自动纠正按错的键", "Correct typing slips"),
    "spelling.correct.tip": (
        "邻键、颠倒、多打、漏打的字母；纠正过的候选会注明",
        "Neighbouring, transposed, doubled or missing letters; a corrected candidate says so",
    ),
    "spelling.fuzzy": ("模糊音", "Fuzzy sounds"),
    "spelling.fuzzy.tip": ("分不清的音互相通用", "Sounds that stand for each other"),
    # Learning
    "learning": ("学习", "Learning"),
    "learning.log": ("个人词频和输入记录", "Your words and the phrase log"),
    "learning.learn": ("从我的输入里学习", "Learn from what I type"),
    "learning.learn.tip": (
        "上屏的词句记在这台电脑里；关闭后，学过的仍然有效，但不再记录",
        "What is committed is kept on this computer; when off, what was learnt holds and nothing is added",
    ),
    "learning.note": (
        "什么都不离开这台电脑。在“输入记录”（Ctrl+Shift+L）里查看、删除、导入和导出；"
        "私密模式（Ctrl+Shift+P）下什么也不记；“再训练”（Ctrl+Shift+T）用记录改进模型。",
        "Nothing leaves this computer. The phrase log (Ctrl+Shift+L) shows, deletes, imports and exports; "
        "in private mode (Ctrl+Shift+P) nothing is kept; retraining (Ctrl+Shift+T) is fed from it.",
    ),
    "learning.keep_before": ("连同光标前的文字", "With the text before the caret"),
    "learning.keep_before.tip": (
        "每条记录带上光标前的几个字，学习和再训练会更准",
        "Each phrase with a few characters before it: learning and retraining get better",
    ),
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
    "appearance.show_figures": ("显示按键用时和模型名", "Show the time of a key and the model"),
    "appearance.show_figures.tip": (
        "在状态栏里注明上一个按键用了多少毫秒、用的是哪个模型",
        "The status line then says how long the last key took, and the model's name",
    ),
    "appearance.language": ("界面语言", "Language"),
    "appearance.language.tip": (
        "窗口使用的语言，立即生效",
        "Language of the window, at once",
    ),
    "appearance.language=system": ("跟随系统", "As the system"),
    "appearance.language=zh": ("中文", "中文"),
    "appearance.language=en": ("English", "English"),
}
