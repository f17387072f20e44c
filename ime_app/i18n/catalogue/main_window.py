"""Hold the sentences of the main window: status line, banners, commands."""

from __future__ import annotations

from typing import Final

from ime_app.i18n.catalogue import Catalogue

WINDOW: Final[Catalogue] = {
    "title": ("墨音", "Moyin"),
    "placeholder": ("在这里输入拼音，按空格或数字键选字", "Type pinyin here; pick with Space or a number"),
    "chinese": ("中", "中"),
    "english": ("英", "En"),
    "mode_tip": ("中文 / 英文（单按 Shift）", "Chinese / English (Shift alone)"),
    "punctuation_tip": ("中文标点 / 英文标点（Ctrl+.）", "Chinese / ASCII punctuation (Ctrl+.)"),
    "half_width": ("半", "半"),
    "full_width": ("全", "全"),
    "width_tip": ("半角 / 全角（Shift+空格）", "Half / full width (Shift+Space)"),
    "simplified": ("简", "简"),
    "traditional": ("繁", "繁"),
    "script_tip": ("简体 / 繁体（Ctrl+Shift+F）", "Simplified / traditional (Ctrl+Shift+F)"),
    "private": ("私密模式", "Private mode"),
    "private_tip": (
        "什么也不记录，学过的词也不用（{shortcut}）",
        "Nothing is kept and nothing learnt is used ({shortcut})",
    ),
    "private_on": ("私密", "Private"),
    "private_off_tip": ("私密模式：什么也不记录。点击结束", "Private mode: nothing is kept. Click to end it"),
    "private_in_doubt": (
        "记着私密模式的文件读不出来：{path}。不知道上次是否开着，所以先开着：什么也不记录，学过的也不用。"
        "按 Ctrl+Shift+P 结束。",
        "The file that says whether private mode was on cannot be read: {path}. It is on to be safe: nothing "
        "is kept and nothing learnt is used. Ctrl+Shift+P ends it.",
    ),
    "still_private": (
        "私密模式还开着，和上次一样：什么也不记录，学过的也不用。按 Ctrl+Shift+P 结束。",
        "Private mode is still on, as you left it: nothing is kept and nothing learnt is used. "
        "Ctrl+Shift+P ends it.",
    ),
    "undo": ("撤销", "Undo"),
    "undo_tip": ("撤销刚才的操作（Ctrl+Z）", "Take the last action back (Ctrl+Z)"),
    "notice.forgotten": ("已忘记“{text}”", "“{text}” is forgotten"),
    "notice.restored": ("“{text}”已恢复", "“{text}” is back"),
    "notice.pinned": ("“{text}”已置顶", "“{text}” is pinned"),
    "notice.unpinned": ("已取消置顶", "The pin is taken back"),
    "notice.forgotten.private": (
        "已忘记“{text}”，到私密模式结束为止",
        "“{text}” is forgotten until private mode ends",
    ),
    "notice.pinned.private": (
        "“{text}”已置顶，到私密模式结束为止",
        "“{text}” is pinned until private mode ends",
    ),
    "notice.unpinned.private": (
        "已取消置顶，到私密模式结束为止",
        "The pin is taken back until private mode ends",
    ),
    "mark.corrected": ("改", "fixed"),
    "hanzi_named": ("{word}的{hanzi}", "{hanzi} as in {word}"),
    "mark.corrected.name": ("已纠正", "corrected"),
    "mark.yours": ("你的", "yours"),
    "mark.yours.name": ("你的词", "your word"),
    "mark.pinned": ("置顶", "pinned"),
    "mark.pinned.name": ("已置顶", "pinned"),
    "mark.custom": ("短语", "phrase"),
    "mark.custom.name": ("自定义短语", "custom phrase"),
    "loading": ("正在载入模型…", "Loading the model…"),
    "model_tip": ("正在使用的模型", "The model in use"),
    "latency": ("{ms:.1f} 毫秒", "{ms:.1f} ms"),
    "latency_tip": ("上一个按键从按下到显示的时间", "From the last key press to its answer"),
    "copy_all": ("复制全部", "Copy all"),
    "copy_all_tip": ("复制全部文字（{shortcut}）", "Copy the whole text ({shortcut})"),
    "copied": ("已复制 {count} 个字", "{count} {count:character|characters} copied"),
    "copy_and_clear": ("复制并清空", "Copy and clear"),
    "copy_and_clear_tip": (
        "复制全部文字，然后清空（{shortcut}）；Ctrl+Z 取回",
        "Copy the whole text, then clear it ({shortcut}); Ctrl+Z brings it back",
    ),
    "copied_and_cleared": (
        "已复制 {count} 个字并清空；Ctrl+Z 取回",
        "{count} {count:character|characters} copied and cleared; Ctrl+Z brings {count:it|them} back",
    ),
    "close": ("关闭窗口", "Close"),
    "close_tip": ("关闭窗口，文字会保存（{shortcut}）", "Close the window; the text is kept ({shortcut})"),
    "now_chinese": ("中文", "Chinese"),
    "now_english": ("英文", "English"),
    "nothing_to_copy": ("还没有文字", "There is no text yet"),
    "full": ("一次最多输入 {limit} 个字母", "At most {limit} letters at a time"),
    "no_such_candidate": ("这一页没有第 {number} 个候选", "No candidate {number} on this page"),
    "cannot_forget": ("这个候选不能忘记", "That candidate cannot be forgotten"),
    "cannot_pin": ("这个候选不能置顶", "That candidate cannot be pinned"),
    "nothing_pinned": ("这些字母没有置顶的候选", "Nothing is pinned for these letters"),
    "engine_error": (
        "这个按键出了错（{kind}），打好的字母已放进文字里",
        "This key failed ({kind}); the letters typed are kept in the text",
    ),
    "no_engine": (
        "拼音引擎无法启动，窗口仍可作为普通编辑器使用。\n{reason}",
        "The pinyin engine cannot start; the window still works as an editor.\n{reason}",
    ),
    "learning_notice": ("请注意：{reason}", "Please note: {reason}"),
    "set_aside": (
        "上次的文字无法读取，原文件已另存为 {path}",
        "The last text could not be read; its file is kept as {path}",
    ),
    "not_saved": (
        "文字无法自动保存：{reason}。请用“复制全部”保住它。",
        "The text cannot be saved: {reason}. Use “Copy all” to keep it.",
    ),
    "left_behind": (
        "上次另一个窗口里还有文字：“{text}”（{count} 个字）",
        "Another window was closed with a text in it: “{text}” ({count} {count:character|characters})",
    ),
    "take_left": ("接到正文后面", "Put it behind this one"),
    "no_display": (
        "墨音需要图形界面，而这里连不上显示器：请在桌面环境里运行，或者设好 DISPLAY 或 WAYLAND_DISPLAY。",
        "Moyin needs a display and reaches none: run it in a desktop, or set DISPLAY or WAYLAND_DISPLAY.",
    ),
    "close_unsaved": (
        "文字没有保存成功。再关一次将不保存而退出。",
        "The text is not saved. Close once more to leave without saving.",
    ),
    "dismiss": ("知道了", "Dismiss"),
    "menu": ("菜单", "Menu"),
    "menu_tip": ("设置、按键一览（{shortcut}）", "Settings and keys ({shortcut})"),
    "settings_tip": ("候选、按键、外观等（{shortcut}）", "Candidates, keys, looks and more ({shortcut})"),
    "keys_tip": ("每个键做什么（{shortcut}）", "What each key does ({shortcut})"),
    "buttons": ("到按钮", "To the buttons"),
    "buttons_tip": ("到状态栏的按钮（{shortcut}）", "To the buttons of the status line ({shortcut})"),
    "text": ("正文", "Text"),
    "files.words": ("词库", "Word lists"),
    "files.texts": ("文字和导出的文件", "Texts and exports"),
    "files.phrases": ("自定义短语", "Custom phrases"),
    "files.archive": ("导出的文件", "Exports"),
    "files.scheme": ("双拼方案", "Schemes of double pinyin"),
    "files.all": ("所有文件", "All files"),
}
