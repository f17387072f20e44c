"""What the cheat sheet says: what each key does."""

from __future__ import annotations

from typing import Final

from ime_app.texts import Texts

KEYS: Final[Texts] = {
    "keys": ("按键一览", "Keys"),
    "keys.close": ("关闭", "Close"),
    "keys.picking": ("选字", "Picking"),
    "keys.editing": ("修改拼音", "Editing the pinyin"),
    "keys.modes": ("模式", "Modes"),
    "keys.window": ("窗口", "Window"),
    "key.space": ("选高亮的候选", "Pick the highlighted candidate"),
    "key.number": ("选这个编号的候选", "Pick the candidate of that number"),
    "key.highlight": ("移动高亮", "Move the highlight"),
    "key.page": ("翻页", "Turn the page"),
    "key.enter": ("字母原样上屏", "Put in the letters as typed"),
    "key.escape": ("放弃这次输入", "Drop the composition"),
    "key.boundary": ("强制分开音节：xi'an 西安", "Force a boundary: xi'an 西安"),
    "key.letter": ("按字母移动光标", "Move by letter"),
    "key.syllable": ("按音节移动光标", "Move by syllable"),
    "key.ends": ("移到开头、结尾", "To the start or the end"),
    "key.delete": ("删一个字母；刚选过字时退回选择", "Delete a letter; take back a choice just made"),
    "key.delete_syllable": ("删一个音节", "Delete a syllable"),
    "key.chinese": ("中文 / 英文", "Chinese / English"),
    "key.punctuation": ("中文标点 / 英文标点", "Chinese / ASCII punctuation"),
    "key.copy_all": ("复制全部", "Copy all"),
    "key.settings": ("设置", "Settings"),
    "key.keys": ("这张表", "This table"),
    "key.buttons": ("到状态栏的按钮，再按一次回到正文", "To the buttons of the status line and back"),
}
