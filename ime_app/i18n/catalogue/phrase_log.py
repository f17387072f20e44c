"""Hold the sentences of the window of the phrase log."""

from __future__ import annotations

from typing import Final

from ime_app.i18n.catalogue import Catalogue

LOG: Final[Catalogue] = {
    "log": ("输入记录", "Phrase log"),
    "log_tip": ("查看、删除学过的东西（{shortcut}）", "See and delete what was learnt ({shortcut})"),
    "log.search": ("搜索", "Search"),
    "log.search.tip": (
        "只看含有这些字的记录；字母按拼音或声母找",
        "Only the phrases with this text; letters are sought as pinyin or initials as well",
    ),
    "log.count": ("共 {count} 条", "{count} in all"),
    "log.found": ("找到 {found} 条，共 {count} 条", "{found} found, {count} in all"),
    "log.phrases": ("记录", "Phrases"),
    "log.forgotten": ("忘记的", "Forgotten"),
    "log.pinned": ("置顶的", "Pinned"),
    "log.time": ("时间", "Time"),
    "log.text": ("文字", "Text"),
    "log.reading": ("读音", "Reading"),
    "log.keys": ("按键", "Keys"),
    "log.rank": ("第几个", "Place"),
    "log.delete": ("删除", "Delete"),
    "log.delete.tip": (
        "从记录里彻底删除选中的几条，学到的也一起忘掉",
        "Delete the chosen phrases and what they taught, for good",
    ),
    "log.delete.sure": ("再按一次：彻底删除 {count} 条", "Once more: delete {count} for good"),
    "log.pin": ("置顶", "Pin"),
    "log.pin.tip": ("打同样的字母时总排第一", "Always first for the same letters"),
    "log.forget": ("忘记", "Forget"),
    "log.forget.tip": (
        "不再作为候选出现，可以在“忘记的”里取回",
        "Not offered again; can be taken back under Forgotten",
    ),
    "log.restore": ("取回", "Take back"),
    "log.restore.tip": ("选中的词可以再次出现", "The chosen words may be offered again"),
    "log.unpin": ("取消置顶", "Unpin"),
    "log.unpin.tip": ("选中的词恢复正常排序", "The chosen words are ranked as others are"),
    "log.erase": ("全部清除", "Erase everything"),
    "log.erase.tip": (
        "删除全部记录、词频、忘记和置顶，连同备份",
        "All phrases, words, pins and what is forgotten, with the backups",
    ),
    "log.erase.sure": ("再按一次：全部清除，无法恢复", "Once more: erase all"),
    "log.erased": ("已全部清除", "Everything is erased"),
    "log.import": ("导入", "Import"),
    "log.import.tip": (
        "词库（文本、Rime、fcitx5、libpinyin、搜狗 .scel），或自己的文字、以前导出的文件",
        "Word lists (text, Rime, fcitx5, libpinyin, Sogou .scel), texts of your own, or an earlier export",
    ),
    "log.import_words": ("导入词库…", "Import word lists…"),
    "log.import_texts": ("导入自己的文字或以前的导出…", "Import texts of your own or an earlier export…"),
    "log.imported": (
        "{file}：{phrases} 条记录，{words} 个词",
        "{file}: {phrases} {phrases:phrase|phrases}, {words} {words:word|words}",
    ),
    "log.bad_line": ("　第 {number} 行跳过：{reason}", "  line {number} skipped: {reason}"),
    "log.bad_reason": ("　{count} 行：{reason}", "  {count} {count:line|lines}: {reason}"),
    "log.bad_lines": ("　另有 {count} 行跳过", "  and {count} {count:line|lines} more"),
    "log.export": ("导出", "Export"),
    "log.export.tip": (
        "全部记录、词、忘记和置顶写成文本，可以再导入",
        "Everything as text that can be imported again",
    ),
    "log.exported": ("已导出 {count} 行到 {path}", "{count} {count:line|lines} exported to {path}"),
    "log.working": ("请稍候…", "A moment…"),
    "log.failed": ("没有成功：{reason}", "That failed: {reason}"),
    "log.close": ("关闭", "Close"),
    "log.close.tip": ("关闭这个窗口", "Close this window"),
    "log.place": ("全部保存在这台电脑上：{path}", "All of it is kept on this computer: {path}"),
    "log.read_only": (
        "现在只能查看和导出，什么也改不了：{reason}",
        "Now this can only be read and exported, nothing in it changed: {reason}",
    ),
    "log.unusable": ("记录无法使用：{reason}", "The log cannot be used: {reason}"),
}
