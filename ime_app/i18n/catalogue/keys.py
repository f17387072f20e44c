"""Hold the sentences of the page of keys: what each key does."""

from __future__ import annotations

from typing import Final

from ime_app.i18n.catalogue import Texts

KEYS: Final[Texts] = {
    "keys": ("按键一览", "Keys"),
    "keys.picking": ("选字", "Picking"),
    "keys.editing": ("修改拼音", "Editing the pinyin"),
    "keys.special": ("特别的输入", "Special input"),
    "keys.modes": ("模式", "Modes"),
    "keys.window": ("窗口", "Window"),
    "key.space": ("选高亮的候选", "Pick the highlighted candidate"),
    "key.number": ("选这个编号的候选", "Pick the candidate of that number"),
    "key.second_third": ("选第二、第三个候选", "Pick the second or third candidate"),
    "key.take": ("取高亮词的首字、末字", "Take the first or last character of a phrase"),
    "key.narrow": ("筛选：声调、部件、含它的词", "Only those of a tone, a component, a word"),
    "key.forget": ("忘记这个候选", "Forget that candidate"),
    "key.restore": ("忘记之后立即撤销", "Take that back at once"),
    "key.pin": ("置顶高亮的候选、取消置顶", "Pin the highlighted candidate, take the pin back"),
    "key.highlight": ("移动高亮", "Move the highlight"),
    "key.page": ("翻页", "Turn the page"),
    "key.enter": ("字母原样上屏", "Put in the letters as typed"),
    "key.escape": ("放弃这次输入", "Drop the composition"),
    "key.boundary": ("强制分开音节：xi'an 西安", "Force a boundary: xi'an 西安"),
    "key.capital": ("句子里的英文", "English inside the sentence"),
    "key.dates": ("日期、时间、星期", "Date, time, weekday"),
    "key.computed": ("数字和算式", "Numbers and sums"),
    "key.unicode": ("Unicode 字符", "A character by its code point"),
    "key.components": ("拆字：木 + 子 是李", "A hanzi by its parts: 木 + 子 is 李"),
    "key.addresses": ("网址、邮箱原样输入", "URLs and e-mail as they are"),
    "key.predictions": ("选联想的词", "Pick a prediction"),
    "key.letter": ("按字母移动光标", "Move by letter"),
    "key.syllable": ("按音节移动光标", "Move by syllable"),
    "key.ends": ("移到开头、结尾", "To the start or the end"),
    "key.delete": ("删一个字母；刚选过字时退回选择", "Delete a letter; take back a choice just made"),
    "key.delete_syllable": ("删一个音节", "Delete a syllable"),
    "key.chinese": ("中文 / 英文", "Chinese / English"),
    "key.punctuation": ("中文标点 / 英文标点", "Chinese / ASCII punctuation"),
    "key.width": ("半角 / 全角", "Half / full width"),
    "key.script": ("简体 / 繁体", "Simplified / traditional"),
    "key.private": ("私密模式", "Private mode"),
    "key.copy_all": ("复制全部", "Copy all"),
    "key.settings": ("设置", "Settings"),
    "key.log": ("输入记录", "Phrase log"),
    "key.retrain": ("再训练", "Retrain"),
    "key.keys": ("这张表", "This table"),
    "key.buttons": ("到状态栏的按钮，再按一次回到正文", "To the buttons of the status line and back"),
}
