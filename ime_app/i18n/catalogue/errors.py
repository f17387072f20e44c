"""The engine's and the training's sentences in Chinese: why something cannot be had.

They are English where they are made, as the command line prints them. Each row is a form of such
a sentence, or of a part of one, and its Chinese; `{name}` is a part with a form of its own, or a path or
a number, which stay as they are. What has no row stays English.
"""

from __future__ import annotations

from typing import Final

REASONS: Final[tuple[tuple[str, str], ...]] = (
    # The phrase log
    ("the phrase log {path} cannot be used: {why}", "输入记录 {path} 无法使用：{why}"),
    (
        "The phrase log was damaged and is now {path}; {found}, and {saved}.",
        "输入记录已损坏，原文件改名为 {path}；{found}，{saved}。",
    ),
    ("there was no backup", "没有备份"),
    ("reading it had been broken off", "上次读取时被中断"),
    ("the backup of {day} took its place", "已换上 {day} 的备份"),
    ("nothing more could be read of the damaged file", "从损坏的文件里读不出别的"),
    (
        "{number} phrase could be read out of the damaged file; {lost}",
        "从损坏的文件里读出 {number} 条；{lost}",
    ),
    (
        "{number} phrases could be read out of the damaged file; {lost}",
        "从损坏的文件里读出 {number} 条；{lost}",
    ),
    ("how many were lost is not known", "丢了多少无法知道"),
    ("up to {number} were lost", "最多丢了 {number} 条"),
    ("none was lost", "一条也没有丢"),
    (
        "expected a phrase log of version {number} or older in {path}, found version {found}; "
        "use the newer Moyin that made it, or erase the log",
        "{path} 里的输入记录是版本 {found}，这个墨音只认到版本 {number}；请用写下它的新版墨音，或清除记录",
    ),
    ("the disk is full", "磁盘已满"),
    ("the folder or the file is read-only", "文件夹或文件只能读"),
    ("the file cannot be opened", "文件打不开"),
    ("another process holds it", "另一个程序正占着它"),
    ("the disk reports an error", "磁盘报告出错"),
    ("access is denied", "没有权限"),
    ("it is damaged", "文件已损坏"),
    # What the system says
    ("No space left on device", "磁盘已满"),
    ("Permission denied", "没有权限"),
    ("Read-only file system", "文件系统只能读"),
    ("No such file or directory", "没有这个文件或文件夹"),
    ("Not a directory", "不是文件夹"),
    ("Is a directory", "是文件夹，不是文件"),
    ("File exists", "已有同名的文件"),
    ("Input/output error", "磁盘读写出错"),
    ("[Errno {number}] {why}: {path}", "{why}：{path}"),
    ("{why} ({path})", "{why}（{path}）"),
    # The model and its files
    ("the retrained model {name} cannot be used: {why}", "再训练的模型 {name} 无法使用：{why}"),
    ("expected {wanted}, found {found}; {remedy}", "需要{wanted}，实际是{found}；{remedy}"),
    ("expected {wanted}, found {found}", "需要{wanted}，实际是{found}"),
    ("a model bundle in the directory {path}", "文件夹 {path} 里的模型"),
    ("manifest.json in {path}", " {path} 里的 manifest.json"),
    ("the file {path}", "文件 {path}"),
    ("readable files in {path}", " {path} 里读得出的文件"),
    ("sha256 {hash} of {path}", " {path} 的 sha256 为 {hash}"),
    ("{hash}, so the file was changed", " {hash}，文件被改动过"),
    ("{number} bytes in {path}", " {path} 有 {number} 字节"),
    ("bundle format {number}", "模型格式 {number}"),
    ("format {number}", "格式 {number}"),
    ("a JSON object in {path}", " {path} 里的 JSON 对象"),
    ("JSON in UTF-8 in {path}", " {path} 里 UTF-8 的 JSON"),
    ("JSON in {path}", " {path} 里的 JSON"),
    ("a vocabulary in {path}", " {path} 里的词表"),
    ("a decoder in {path}", " {path} 里的解码器"),
    ("an n-gram in {path}", " {path} 里的 n 元模型"),
    ("the vocabulary {hash} of the shipped bundle in {path}", " {path} 用自带模型的词表 {hash}"),
    ("the vocabulary {hash} that the decoder was trained with", "解码器训练时的词表 {hash}"),
    ("the lexicon at {path}", " {path} 处的词库"),
    ("a lexicon in {path}", " {path} 里的词库"),
    ("the English words at {path}", " {path} 处的英文词表"),
    ("symbols in {path}", " {path} 里的符号表"),
    ("no such directory", "没有这个文件夹"),
    ("no such file", "没有这个文件"),
    ("no file", "没有这个文件"),
    ("something else ({why})", "别的内容（{why}）"),
    ("a damaged file ({why})", "损坏的文件（{why}）"),
    ("another layout ({why})", "别的格式（{why}）"),
    ("other bytes", "别的内容"),
    (
        "take the bundle from a fresh clone or export it again with `python -m training export`",
        "请从新克隆的仓库里取回，或用 `python -m training export` 重新导出",
    ),
    (
        "update the program or export the bundle again with `python -m training export`",
        "请更新程序，或用 `python -m training export` 重新导出",
    ),
    (
        "take the file from a fresh clone or build it with `python -m training {what}`",
        "请从新克隆的仓库里取回，或用 `python -m training {what}` 重新生成",
    ),
    ("retrain from the shipped bundle", "请从自带的模型再训练一次"),
    ("choose another", "请换一个名字"),
    ("a model in {path}", " {path} 里的模型"),
    ("see `python -m engine bundles`", "有哪些模型：`python -m engine bundles`"),
    # Schemes and scripts
    (
        "a scheme of {names} or the path of a .toml file",
        "双拼方案 {names} 之一，或一个 .toml 文件的路径",
    ),
    ("a scheme in TOML in {path}", " {path} 里 TOML 写的双拼方案"),
    ("a name, a text", "方案的名字（name，一段文字）"),
    ("fuzzy pairs of {names}", "模糊音 {names} 之一"),
    ("one of {names} as traditional hanzi", "繁体标准 {names} 之一"),
    (
        "traditional hanzi need the package opencc: python -m pip install opencc",
        "繁体需要 opencc 这个包：python -m pip install opencc",
    ),
    # Lines of word lists
    ("a row of an archive", "一行导出的记录"),
    ("something else", "别的内容"),
    ("one word of hanzi", "一个汉字写的词"),
    ("a word of hanzi alone", "只有汉字的词"),
    ("other characters in it", "有别的字符"),
    ("a word of at most {number} hanzi", "最多 {number} 个字的词"),
    ("hanzi of the vocabulary", "词表里的汉字"),
    ("one that it lacks", "有词表里没有的字"),
    ("{number} syllables, each a reading of its hanzi", " {number} 个音节，各是那个字的读音"),
    ("other pinyin", "别的拼音"),
    ("pinyin, word and c=, with tabs between", "拼音、词和 c=，中间用制表符隔开"),
    ("a word", "一个词"),
    ("none", "没有"),
    # Custom phrases
    ("{path}, line {number}: {reason}", "{path} 第 {number} 行没有用上：{reason}"),
    ("{path} cannot be written: {reason}", "{path} 写不进去：{reason}"),
    ("a code of 1 to {number} small letters", " 1 到 {number} 个小写字母的编码"),
    ("a text of 1 to {number} characters", " 1 到 {number} 个字符的文字"),
    ("the place 1 or 2", "位置 1 或 2"),
    ("another", "别的值"),
    ("text", "文字"),
    ("half of a character", "半个字符"),
    ("TOML", " TOML"),
    ("a quotation mark may be missing", "也许少了引号"),
    ("TOML of a usual size", "大小正常的 TOML"),
    ("code, text and place alone in a phrase", "短语里只有 code、text 和 place"),
    ("code, text and place in a phrase", "短语里只有 code、text 和 place"),
    ("a code and a text in quotation marks", "引号里的编码和文字"),
    ("the formats alone before the first phrase", "第一条短语之前只有 formats"),
    ("the formats date, time and weekday", " date、time、weekday 三种格式"),
    ("formats in quotation marks", "引号里的格式"),
    ("text and code with a tab between", "文字和编码，中间用制表符隔开"),
    ("no code", "没有编码"),
    ("code, place and text, as in `dz,1=text`", "编码、位置和文字，如 `dz,1=文字`"),
    ("a place from 1 on", "从 1 起的位置"),
    ("a phrase that is turned off", "停用的短语"),
    ("variables that Moyin knows", "墨音认识的变量"),
    ("custom phrases in {path}", "自定义短语文件 {path}"),
    ("no such file: {reason}", "打不开：{reason}"),
    ("it is no UTF-8 text", "不是 UTF-8 文本"),
    # Retraining
    (
        "retraining needs the training packages; install them with `pip install -e '.[train]'`",
        "再训练需要训练用的包；请用 `pip install -e '.[train]'` 安装",
    ),
    (
        "retraining needs at least {number} phrases, found {found}; type some more first",
        "再训练至少要 {number} 条记录，现在有 {found} 条；请先多打些字",
    ),
    (
        "refused, because it is not clearly better on your own phrases: {figures}",
        "没有采用，因为在你自己的输入上看不出明显变好：{figures}",
    ),
    (
        "refused, because general text lost more than {number} points: {figures}",
        "没有采用，因为一般文字的正确率降了 {number} 个百分点以上：{figures}",
    ),
    ("better: {figures}", "变好了：{figures}"),
    (
        "on your own later phrases {x}% sure of what you wanted before, {y}% after, first candidate right "
        "{a}% before, {b}% after; hanzi right on general text {c}% before, {d}% after",
        "你自己后来的输入，对想要的文字的把握 {x}% → {y}%，首选正确 {a}% → {b}%；"
        "一般文字，字正确 {c}% → {d}%",
    ),
)
