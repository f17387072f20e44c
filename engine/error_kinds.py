"""Name the kinds of what can be wrong, and word each in Chinese and in English.

A kind is an error, or a part that the sentence of one is made of. `{name}` in a sentence is a field; one that
is a message is worded the same way. The command line speaks English, the window the language of the user.
"""

from __future__ import annotations

from enum import Enum, unique


@unique
class Kind(Enum):
    """A kind of error, or of what it expected, found or advises. Its name stands in JSON lines."""

    def __init__(self, chinese: str, english: str) -> None:
        self.chinese = chinese
        self.english = english

    def sentence(self, language: str) -> str:
        """Return the sentence in `zh` or `en`, its fields not filled in."""
        return self.chinese if language == "zh" else self.english

    # General forms
    SENTENCE = "{text}", "{text}"
    EXPECTED = "需要{expected}，实际是{found}；{remedy}", "expected {expected}, found {found}; {remedy}"
    EXPECTED_FOUND = "需要{expected}，实际是{found}", "expected {expected}, found {found}"
    IN_FILE = "{path}：{reason}", "{path}: {reason}"
    IN_LINE = "{path}，第 {line} 行：{reason}", "{path}, line {line}: {reason}"
    AHEAD_FAILED = (
        "为下一个按键做的准备出了错（{name}），联想可能缺失",
        "work ahead of the next key failed ({name}); predictions may be missing",
    )  # work done before the next key; `name` is the exception
    # What the system says
    SYSTEM_AT = "{reason}（{path}）", "{reason} ({path})"
    NO_SPACE = "磁盘已满", "No space left on device"
    NO_PERMISSION = "没有权限", "Permission denied"
    READ_ONLY = "文件系统只能读", "Read-only file system"
    NO_SUCH_FILE = "没有这个文件或文件夹", "No such file or directory"
    NOT_A_FOLDER = "不是文件夹", "Not a directory"
    IS_A_FOLDER = "是文件夹，不是文件", "Is a directory"
    FILE_EXISTS = "已有同名的文件", "File exists"
    DISK_ERROR = "磁盘读写出错", "Input/output error"
    NAME_TOO_LONG = "文件名太长", "File name too long"
    LINK_LOOP = "链接绕成了圈", "Too many levels of symbolic links"
    TOML_MISTAKE = (
        "第 {line} 行第 {column} 个字符不合 TOML",
        "no TOML in line {line}, character {column}",
    )
    TOML_CUT = "到末尾还没有写完，不合 TOML 的写法", "no TOML: something is unfinished at the end"
    TOO_DEEP = "括号层数太多", "brackets too deep"
    LONG_NUMBER = "有个数太长", "a number of too many digits"
    NOT_UTF8 = "不是 UTF-8 的文本", "not UTF-8 text"
    # The phrase log
    LOG_UNUSABLE = "输入记录 {path} 无法使用：{reason}", "the phrase log {path} cannot be used: {reason}"
    LOG_DAMAGED = (
        "输入记录已损坏，原文件改名为 {path}；{found}，{saved}。",
        "The phrase log was damaged and is now {path}; {found}, and {saved}.",
    )
    LOG_LOST = (
        "输入记录 {path} 不见了或是空的；{found}。",
        "The phrase log {path} was gone or empty; {found}.",
    )
    LOG_NEWER = (
        "{path} 里的输入记录是版本 {found}，这个墨音只认到版本 {expected}；请用写下它的新版墨音，或清除记录",
        "expected a phrase log of version {expected} or older in {path}, found version {found}; use the "
        "newer Moyin that made it, or erase the log",
    )
    NO_BACKUP = "没有备份", "there was no backup"
    BROKEN_OFF = "上次读取时被中断", "reading it had been broken off"
    BACKUP_TOOK_ITS_PLACE = "已换上 {day} 的备份", "the backup of {day} took its place"
    NOTHING_READ = "从损坏的文件里读不出别的", "nothing more could be read of the damaged file"
    ONE_READ = "从损坏的文件里读出 1 条；{lost}", "1 phrase could be read out of the damaged file; {lost}"
    SOME_READ = (
        "从损坏的文件里读出 {number} 条；{lost}",
        "{number} phrases could be read out of the damaged file; {lost}",
    )
    LOSS_UNKNOWN = "丢了多少无法知道", "how many were lost is not known"
    LOST_UP_TO = "最多丢了 {number} 条", "up to {number} were lost"
    NONE_LOST = "一条也没有丢", "none was lost"
    CANNOT_WRITE = "文件夹或文件只能读", "the folder or the file is read-only"
    CANNOT_OPEN = "文件打不开", "the file cannot be opened"
    HELD = "另一个程序正占着它", "another process holds it"
    DISK_FAILS = "磁盘报告出错", "the disk reports an error"
    ACCESS_DENIED = "没有权限", "access is denied"
    DAMAGED = "文件已损坏", "it is damaged"
    GONE = "文件不见了", "it is gone"
    EMPTY = "文件是空的", "it is empty"
    # The model and its files
    RETRAINED_UNUSABLE = (
        "再训练的模型 {name} 无法使用：{reason}",
        "the retrained model {name} cannot be used: {reason}",
    )
    POINTER_UNREADABLE = (
        "记着所用再训练模型的 {path} 读不出来；先用自带的模型",
        "{path}, which names the retrained model in use, cannot be read; the shipped one is used",
    )
    BUNDLE_FOLDER = "文件夹 {path} 里的模型", "a model bundle in the directory {path}"
    MANIFEST_IN = " {path} 里的 manifest.json", "manifest.json in {path}"
    THE_FILE = "文件 {path}", "the file {path}"
    READABLE_FILES = " {path} 里读得出的文件", "readable files in {path}"
    HASH_OF = " {path} 的 sha256 为 {hash}…", "sha256 {hash}… of {path}"
    HASH_CHANGED = " {hash}…，文件被改动过", "{hash}…, so the file was changed"
    BYTES_IN = " {path} 有 {number} 字节", "{number} bytes in {path}"
    BUNDLE_FORMAT = "模型格式 {number}", "bundle format {number}"
    FORMAT = "格式 {number}", "format {number}"
    JSON_OBJECT_IN = " {path} 里的 JSON 对象", "a JSON object in {path}"
    JSON_UTF8_IN = " {path} 里 UTF-8 的 JSON", "JSON in UTF-8 in {path}"
    JSON_IN = " {path} 里的 JSON", "JSON in {path}"
    FIELD_IN = " {path} 里的 {name}（{type}）", "{name} ({type}) in {path}"
    POSITIVE_IN = " {path} 里不小于 1 的 {name}", "{name} of 1 or more in {path}"
    PLAIN_NAMES_IN = " {path} 里不带路径的文件名", "plain file names in {path}"
    ENTRY_IN = " {path} 里 {name} 的 sha256 和字节数", "sha256 and bytes of {name} in {path}"
    LISTED_IN = " {path} 里列有 {name}", "{name} listed in {path}"
    ONLY = "只有 {names}", "only {names}"
    VOCABULARY_IN = " {path} 里的词表", "a vocabulary in {path}"
    TOKENS_IN = " {path} 里 {number} 个单位、{classes} 类", "{number} tokens in {classes} classes in {path}"
    SO_MANY_IN = " {number} 个、{classes} 类", "{number} in {classes}"
    N_TOKENS_IN = " {path} 里 {number} 个单位", "{number} tokens in {path}"
    ARRAYS_IN = " {path} 里的数组 {names}", "arrays {names} in {path}"
    NONE_WHY = "没有（{reason}）", "none ({reason})"
    SHAPE_IN = " {path} 里形状为 {shape} 的 {name}", "{name} of the shape {shape} in {path}"
    NUMBERS_IN = " {path} 的 {names} 里的数字", "numbers in {names} of {path}"
    KIND_OF_NUMBER = "类型 {name}", "the kind {name}"
    FINITE_IN = " {path} 里有限的 {names}", "finite {names} in {path}"
    NAN = "无穷大或不是数", "nan or inf"
    ARRAYS_OF_BYTES = " {path} 里不超过 {number} 字节的数组", "arrays of at most {number} bytes in {path}"
    DECODER_IN = " {path} 里的解码器", "a decoder in {path}"
    NGRAM_IN = " {path} 里的 n 元模型", "an n-gram in {path}"
    WORDS_IN = " {path} 里的词", "words in {path}"
    SIZES_IN = " {path} 里 n_layer、n_embd、n_class 为 {sizes}", "n_layer, n_embd, n_class {sizes} in {path}"
    NEW_NAME_IN = " {path} 里没有用过的名字", "a new name in {path}"
    BUNDLE_NAME = "由字母、数字、`.`、`-` 组成的模型名字", "a bundle's name of letters, digits, `.`, `-`"
    MODEL_IN = " {path} 里的模型", "a model in {path}"
    SHIPPED_VOCABULARY = (
        " {path} 用自带模型的词表 {hash}…",
        "the vocabulary {hash}… of the shipped bundle in {path}",
    )
    TRAINED_VOCABULARY = (
        "解码器训练时的词表 {hash}…",
        "the vocabulary {hash}… that the decoder was trained with",
    )
    HASH = " {hash}…", "{hash}…"
    NO_FOLDER = "没有这个文件夹", "no such directory"
    NO_FILE = "没有这个文件", "no such file"
    SOMETHING_ELSE_WHY = "别的内容（{reason}）", "something else ({reason})"
    SOMETHING_ELSE = "别的内容", "something else"
    ANOTHER_LAYOUT = "别的格式（{reason}）", "another layout ({reason})"
    A_DAMAGED_FILE = "损坏的文件（{reason}）", "a damaged file ({reason})"
    FETCH_BUNDLE = (
        "请从新克隆的仓库里取回，或用 `python -m training export` 重新导出",
        "take the bundle from a fresh clone or export it again with `python -m training export`",
    )
    UPDATE_OR_EXPORT = (
        "请更新程序，或用 `python -m training export` 重新导出",
        "update the program or export the bundle again with `python -m training export`",
    )
    RETRAIN_FROM_SHIPPED = "请从自带的模型再训练一次", "retrain from the shipped bundle"
    CHOOSE_ANOTHER = "请换一个名字", "choose another"
    LIST_BUNDLES = "有哪些模型：`python -m engine bundles`", "see `python -m engine bundles`"
    # Resources
    FETCH_OR_BUILD = (
        "请从新克隆的仓库里取回，或用 `python -m training {command}` 重新生成",
        "take the file from a fresh clone or build it with `python -m training {command}`",
    )
    FETCH = "请从新克隆的仓库里取回", "take the file from a fresh clone"
    THE_LEXICON = " {path} 处的词库", "the lexicon at {path}"
    LEXICON_IN = " {path} 里的词库", "a lexicon in {path}"
    LEXICON_FORMAT = " {path} 里词库的格式 {number}", "lexicon format {number} in {path}"
    MATCHING_SIZES_IN = " {path} 里大小相配的数组", "arrays of matching sizes in {path}"
    ENGLISH_WORDS = " {path} 处的英文词表", "the English words at {path}"
    ENGLISH_LINES = " {path} 里每行一个词、两个次数、0 或 1", "lines of word, two counts, 0 or 1 in {path}"
    SYMBOLS_IN = " {path} 里的符号表", "symbols in {path}"
    CHARACTERS_IN = " {path} 里每行一个汉字和它的读音", "lines of hanzi, syllables in {path}"
    HANZI_TABLE = " {path} 处的汉字表", "a table of hanzi at {path}"
    HANZI_ROWS = " {path} 里的音节和汉字", "syllables and hanzi in {path}"
    HANZI_FIELDS = " {path} 里每行 {number} 栏", "lines of {number} fields in {path}"
    OTHER_TEXT = "别的文字", "other text"
    OTHERS = "别的内容", "others"
    RESOURCE_LEFT_OUT = (
        "程序自带的文件 {path} 被改动或损坏；换回之前，{cost}。",
        "The program's own file {path} was changed or damaged; {cost} until it is replaced.",
    )
    COST_ENGLISH = "不提供英文单词", "English words are not offered"
    COST_SYMBOLS = "不提供符号和表情", "symbols and emoji are not offered"
    COST_UTTERANCES = "短的输入不那么准", "short inputs are less often right"
    COST_ABBREVIATED = "声母只能打单个的词", "initials stand for single words alone"
    COST_RARE = "不提供生僻字", "rare hanzi are not offered"
    COST_CHARACTERS = "表外字不排在最后", "hanzi outside the national list are not put last"
    COST_UNCHECKED = "别的文件没有检查就用了", "the others are used unchecked"
    COST_TONES = "不能按声调筛选候选", "candidates cannot be filtered by tone"
    COST_COMPONENTS = "不能用拆字找字", "hanzi are not found by their components"
    COST_TRADITIONAL = "繁体只有通常的写法", "traditional hanzi come in their usual form alone"
    # Parts of a bundle that do not fit
    EXPORT_AGAIN = (
        "请用 `python -m training export` 重新导出模型",
        "export the bundle again with `python -m training export`",
    )
    FITTING_NGRAM = "各层相配的 n 元模型", "levels of an n-gram that fit together"
    FITTING_WORDS = "彼此相配的词的数组", "arrays of words that fit together"
    NGRAM_FILE = " {path} 里这个版本的 n 元模型", "an n-gram file of this version in {path}"
    WORD_FILE = " {path} 里这个版本的词的文件", "a file of words of this version in {path}"
    MIXING_WEIGHTS = " {number} 个混合权重", "{number} mixing weights"
    ARRAY_OF = "形状为 {shape} 的数组", "an array of {shape}"
    FINITE_NUMBERS = " {name} 里有限的数", "finite numbers in {name}"
    ONLY_NUMBERS = " {path} 里只有数字的数组", "arrays of numbers alone in {path}"
    NUMBER_BETWEEN = "在 {low} 和 {high} 之间的 {name}", "{name} between {low} and {high}"
    BYTES = " {number} 字节", "{number} bytes"
    CODES = " 16、32、64 或 128 个对数概率值", "16, 32, 64 or 128 values of log-probabilities"
    TOKENS_OF_BITS = " {number} 位的单位编号", "tokens of {number} bits"
    UNLIKE_WORDS = "散列值各不相同的词", "words of different hashes"
    TWO_ALIKE = "有两个相同", "two of the same"
    HEAD_ARRAYS = (
        " (n_token, {number}) 的权重和 (n_token,) 的偏置",
        "a head of (n_token, {number}) weights and (n_token,) biases",
    )
    RUNNING_GRAPH = "能运行的计算图", "a graph that runs"
    LOADABLE_GRAPH = " onnxruntime 能载入的计算图", "a graph that onnxruntime can load"
    GRAPH_INPUTS = "计算图的输入 {names}", "the inputs {names} of the graph"
    GRAPH_OUTPUTS = "计算图的输出 {names}", "the outputs {names} of the graph"
    FIXED_AXIS = " {name} 第 {number} 轴的固定大小", "a fixed size for axis {number} of {name}"
    ARRAY_FILE = " {path} 里的数组文件", "a file of arrays in {path}"
    HEADER_BYTES = " {path} 里不超过 {number} 字节的文件头", "a header of at most {number} bytes in {path}"
    NUMBER_TYPES = " {name} 的类型是 {names} 之一", "one of the types {names} for {name}"
    # Words and vocabulary
    ENTRY_OF_WORD = (
        " {low} 到 {high} 个汉字、同样多的拼音音节、大于 0 的次数",
        "{low} to {high} hanzi, as many syllables of pinyin, and a count above 0",
    )
    EACH_WORD_ONCE = "每个词只有一次", "each word once"
    READINGS_SORTED = "按音节排序的读音", "readings sorted by syllable"
    EACH_READING_ONCE = "词表里每个读音只有一次", "each reading once in the vocabulary"
    VOCABULARY_LINE = "第 {line} 行是 `{expected}`", "`{expected}` in line {line}"
    PINYIN_SYLLABLE = "第 {line} 行是拼音音节", "a syllable of pinyin in line {line}"
    LINES_AT_LEAST = "至少 {number} 行", "at least {number} lines"
    # Cases and figures
    LINE = "第 {line} 行：{reason}", "line {line}: {reason}"
    JSON_OBJECT = " JSON 对象", "a JSON object"
    TEXT_NAMED = " {name} 是字符串", "a string as {name}"
    CASE_KEYS = "由字母、' 和 ; 组成的按键", "keys of letters, ' and ;"
    KEYS_AT_MOST = "最多 {number} 个按键", "at most {number} keys"
    CASE_ID = "字符串或数字的 id", "an id, a string or a number"
    WHOLE_CHARACTERS = "由完整字符组成的 id", "an id of whole characters"
    KEYS_OR_SYLLABLES = " keys 或 {name}（音节的列表）", "keys or {name}, a list of syllables"
    SYLLABLES_NAMED = " {name} 里由 a-z 组成的音节", "syllables of a-z in {name}"
    HANZI = "汉字", "hanzi"
    CASE_FILES_IN = " {path} 里的用例文件（*.jsonl）", "files of cases (*.jsonl) in {path}"
    SETS_FOLDER = " --sets DIR（用例集的文件夹）", "--sets DIR, a folder of sets of cases"
    CASES_OF_LENGTH = "够 {number} 个音节的带拼音用例", "cases with pinyin for {number} syllables"
    CASES = " {number} 个用例", "{number} cases"
    COLUMNS_NAMED = "各栏为 {names}", "the columns {names}"
    COLUMNS = " {number} 栏", "{number} columns"
    A_NUMBER = "数字", "a number"
    # Schemes and scripts
    SCHEME_NAME = (
        "双拼方案 {names} 之一，或一个 .toml 文件的路径",
        "a scheme of {names} or the path of a .toml file",
    )
    SCHEME_IN = " {path} 里 TOML 写的双拼方案", "a scheme in TOML in {path}"
    SCHEME_SYLLABLE = " {name} 打得出的音节", "a syllable that {name} can type"
    SCHEME_PARTS = (
        " name、zero_initial、initials、finals、syllables",
        "name, zero_initial, initials, finals, syllables",
    )
    SCHEME_TEXT = "方案的名字（name，一段文字）", "a name, a text"
    SCHEME_TABLE = "表 [{name}]", "a table [{name}]"
    SCHEME_SOUNDS = " [{name}] 里的声母、韵母或音节", "sounds of pinyin in [{name}]"
    SCHEME_KEYS = (
        " [{name}] 里 {sound} 的一个或几个键（a-z 和 ;）",
        "one key or several of a-z and ; for {sound} in [{name}]",
    )
    SCHEME_CODES = (
        " [{name}] 里 {sound} 的两个键（a-z 和 ;），或几个这样的编码",
        "two keys of a-z and ;, or a list of such codes, for {sound} in [{name}]",
    )
    SCHEME_ZERO = (
        ' zero_initial：由 "full"、"first" 或键组成的列表',
        'zero_initial, a list of "full", "first" or keys',
    )
    SCHEME_ZERO_ONE = (
        ' zero_initial 里的 "full"、"first" 或一个键',
        '"full", "first" or a key in zero_initial',
    )
    SCHEME_FINAL = (
        " [finals] 里 {sound} 的键（{syllable} 要用）",
        "a key for {sound} in [finals], which {syllable} needs",
    )
    FUZZY_NAMES = "模糊音 {names} 之一", "fuzzy pairs of {names}"
    SCRIPT_NAMES = "繁体标准 {names} 之一", "one of {names} as traditional hanzi"
    NEEDS_OPENCC = (
        "繁体需要 opencc 这个包：python -m pip install opencc",
        "traditional hanzi need the package opencc: python -m pip install opencc",
    )
    # Lines of word lists and archives
    ARCHIVE_ROW = "一行导出的记录", "a row of an archive"
    MOYIN_FILE = " {path} 里墨音写的文件", "a file that Moyin wrote in {path}"
    A_FOLDER = "文件夹 {path}", "a folder in {path}"
    ONE_WORD = "一个汉字写的词", "one word of hanzi"
    HANZI_AND_LETTERS = (
        "由汉字、字母和数字组成、其中有汉字的词",
        "a word of hanzi, letters and digits with a hanzi in it",
    )
    OTHER_CHARACTERS = "有别的字符", "other characters in it"
    WORD_LENGTH = "最多 {number} 个字的词", "a word of at most {number} hanzi"
    KNOWN_HANZI = "词表里的汉字", "hanzi of the vocabulary"
    UNKNOWN_HANZI = "有词表里没有的字", "one that it lacks"
    SYLLABLES = " {number} 个音节，各是那个字的读音", "{number} syllables, each a reading of its hanzi"
    OTHER_PINYIN = "别的拼音", "other pinyin"
    SHORT_LINE = "最多 {number} 个字符的一行", "a line of at most {number} characters"
    A_LONGER_ONE = "更长的一行", "a longer one"
    A_TEXT_FILE = "文本文件", "a text file"
    A_BINARY_FILE = "二进制文件", "a binary one"
    OTHER_REASONS = "别的原因", "other reasons"
    A_WORD = "一个词", "a word"
    NONE = "没有", "none"
    WHOLE_WORDS = "直到文件末尾都是词", "words up to the end of the file"
    CUT_BEHIND = "最后一个词后面损坏或缺失", "it damaged or cut behind the last"
    # Custom phrases
    PHRASE_CODE = " 1 到 {number} 个小写字母的编码", "a code of 1 to {number} small letters"
    PHRASE_TEXT = " 1 到 {number} 个字符的文字", "a text of 1 to {number} characters"
    PHRASE_PLACE = "位置 1 或 2", "the place 1 or 2"
    ANOTHER = "别的值", "another"
    A_TEXT = "文字", "text"
    HALF_A_CHARACTER = "半个字符", "half of a character"
    PHRASES_IN = "自定义短语文件 {path}", "custom phrases in {path}"
    NO_FILE_WHY = "打不开：{reason}", "no such file: {reason}"
    IS_NO_UTF8 = "不是 UTF-8 文本", "it is no UTF-8 text"
    CANNOT_BE_WRITTEN = " {path} 写不了：{reason}", "{path} cannot be written: {reason}"
    TOML_TEXT = " TOML", "TOML"
    QUOTATION_MARK = "也许少了引号", "a quotation mark may be missing"
    TOML_OF_A_SIZE = "大小正常的 TOML", "TOML of a usual size"
    PHRASE_FIELDS = "短语里只有 code、text 和 place", "code, text and place alone in a phrase"
    PHRASE_QUOTED = "引号里的编码和文字", "a code and a text in quotation marks"
    FORMATS_ALONE = "第一条短语之前只有 formats", "the formats alone before the first phrase"
    FORMATS_NAMES = " date、time、weekday 三种格式", "the formats date, time and weekday"
    FORMATS_QUOTED = "引号里的格式", "formats in quotation marks"
    RIME_PHRASE = "文字和编码，中间用制表符隔开", "text and code with a tab between"
    NO_CODE = "没有编码", "no code"
    CODE_AND_TEXT = "编码和它后面的文字", "a code with its text behind"
    ENTRY_PHRASE = "编码、位置和文字，如 `dz,1=文字`", "code, place and text, as in `dz,1=text`"
    PLACE_FROM_ONE = "从 1 起的位置", "a place from 1 on"
    PHRASE_OFF = "停用的短语", "a phrase that is turned off"
    KNOWN_VARIABLES = "墨音认识的变量", "variables that Moyin knows"
    # Retraining
    NEEDS_TRAINING = (
        "训练需要训练用的包；请用 `pip install 'moyin[train]'` 安装，在克隆里用 `pip install -e '.[train]'`",
        "training needs its packages: `pip install 'moyin[train]'`, in a clone `pip install -e '.[train]'`",
    )
    NO_PHRASE_LOG = (
        " {path} 里没有输入记录；请先在窗口里打些字，或用 --log 指定",
        "there is no phrase log in {path}; type with the window first, or give --log",
    )
    TOO_FEW_PHRASES = (
        "再训练至少要 {expected} 条记录，现在有 {found} 条；请先多打些字",
        "retraining needs at least {expected} phrases, found {found}; type some more first",
    )
    NO_KNOWN_READINGS = (
        "这些记录里没有模型认识的读音",
        "the phrases have no readings of the model's vocabulary",
    )
    NOT_BETTER = (
        "没有采用，因为在你自己的输入上看不出明显变好：{figures}",
        "refused, because it is not clearly better on your own phrases: {figures}",
    )
    WORSE_IN_GENERAL = (
        "没有采用，因为一般文字的正确率降了 {number} 个百分点以上：{figures}",
        "refused, because general text lost more than {number} points: {figures}",
    )
    BETTER = "变好了：{figures}", "better: {figures}"
    VERDICT_FIGURES = (
        "你自己后来的输入，对想要的文字的把握 {sure_before}% → {sure_after}%，首选正确 {first_before}% → "
        "{first_after}%；一般文字，字正确 {general_before}% → {general_after}%",
        "on your own later phrases {sure_before}% sure of what you wanted before, {sure_after}% after, "
        "first candidate right {first_before}% before, {first_after}% after; hanzi right on general text "
        "{general_before}% before, {general_after}% after",
    )
    # IBus
    IBUS_MISSING = (
        "没有安装 IBus，请安装：sudo apt install ibus",
        "IBus is missing; install it with: sudo apt install ibus",
    )
    NO_IBUS_DAEMON = (
        "IBus 没有运行，请启动：ibus-daemon -drx",
        "no IBus daemon is running; start it with: ibus-daemon -drx",
    )
    IBUS_SILENT = " {path} 处的 IBus 没有回答", "the IBus daemon at {path} does not answer"
    ANOTHER_ENGINE = (
        "总线上已有 {name}：另一个进程正在做输入引擎",
        "{name} is on the bus already: another process is the engine",
    )
    # fcitx5
    NOT_INSTALLED = "缺少 {names}，请安装：{packages}", "{names} missing; install it with: {packages}"
    COMPILER_SAID = "{name} 编译失败：{text}", "{name} failed: {text}"
    TOO_SLOW = "{name} 运行了 {number} 秒还没有结束", "{name} did not end within {number} seconds"
    # The window
    NO_FILE_OPEN = "没有打开的文件", "no file is open"
    TOO_LARGE = "超过 {number} 字节", "more than {number} bytes"
