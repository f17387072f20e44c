"""What the IBus engine says: its menu in the desktop's indicator, and the line beside the candidates.

What the window says as well (notices, why a key was refused) is in `main_window`.
"""

from __future__ import annotations

from typing import Final

from ime_app.i18n.catalogue import Texts

IBUS: Final[Texts] = {
    "ibus.mode": ("中文 / 英文", "Chinese / English"),
    "ibus.punctuation": ("中文标点", "Chinese punctuation"),
    "ibus.width": ("全角", "Full width"),
    "ibus.script": ("繁体", "Traditional"),
    "ibus.private": ("私密模式", "Private mode"),
    "ibus.private_here": (
        "私密模式（这个输入框要求的）",
        "Private mode (this field asks for it)",
    ),
    "ibus.settings": ("设置…", "Settings…"),
    "ibus.log": ("输入记录…", "Phrase log…"),
    "ibus.retrain": ("再训练…", "Retraining…"),
    "ibus.loading": ("正在载入模型，打的字不会丢", "Loading the model; nothing typed is lost"),
    "ibus.no_engine": (
        "拼音引擎无法启动，字母原样输入。{reason}",
        "The pinyin engine cannot start; letters go through as they are. {reason}",
    ),
    "ibus.engine_error": (
        "这个按键出了错（{kind}），打好的字母已原样输入",
        "This key failed ({kind}); the letters typed were kept as they are",
    ),
    "ibus.too_slow": (
        "模型还没有载入，字母原样输入",
        "The model is not loaded yet; the letters went through as they are",
    ),
}
