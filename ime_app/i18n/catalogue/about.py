"""Hold what the dialog About says."""

from __future__ import annotations

from typing import Final

from ime_app.i18n.catalogue import Catalogue

ABOUT: Final[Catalogue] = {
    "about": ("关于墨音", "About Moyin"),
    "about_tip": ("版本、许可、所用的词库和程序库", "Version, licences, what it is made of"),
    "about.title": ("墨音 {version}", "墨音 Moyin {version}"),
    "about.what": (
        "用神经网络解码的拼音输入法，全部在这台电脑上运行；输入的内容不会离开它。",
        "A pinyin input method with a neural decoder. All of it runs on this computer; "
        "nothing typed leaves it.",
    ),
    "about.licence": ("程序和模型：Apache-2.0", "Program and model: Apache-2.0"),
    "about.parts": ("别人的成果", "The work of others in it"),
    "about.words.aosp": ("AOSP 拼音的词表", "Words of AOSP's PinyinIME"),
    "about.words.phrases": ("phrase-pinyin-data 的读音", "Readings of phrase-pinyin-data"),
    "about.words.thuocl": ("清华大学开放中文词库 THUOCL", "Words of THUOCL, Tsinghua University"),
    "about.words.places": ("行政区划的地名", "Names of administrative divisions"),
    "about.words.jieba": ("结巴分词的词表", "Words of jieba"),
    "about.words.english": ("wordfreq 的英文词频", "English words of wordfreq"),
    "about.hanzi.readings": ("RIME-LMDG 的读音和权重", "Readings and weights of RIME-LMDG"),
    "about.hanzi.pinyin": ("pinyin-data 的读音", "Readings of pinyin-data"),
    "about.hanzi.parts": ("開放詞典《漢語拆字字典》", "Decompositions of kfcd's chaizi"),
    "about.symbols": ("Unicode CLDR 的表情注释", "Names of emoji, Unicode CLDR"),
    "about.qt": ("Qt 和 PySide6", "Qt and PySide6"),
    "about.onnxruntime": ("ONNX Runtime", "ONNX Runtime"),
    "about.numpy": ("NumPy", "NumPy"),
    "about.opencc": ("OpenCC", "OpenCC"),
    "about.jeepney": ("jeepney", "jeepney"),
    "about.platformdirs": ("platformdirs", "platformdirs"),
    "about.filelock": ("filelock", "filelock"),
    "about.tomlkit": ("TOML Kit", "TOML Kit"),
}
