"""Hold what the IBus engine says: its menu in the desktop's indicator, and the line beside the candidates.

What the window says as well (notices, why a key was refused) is in `main_window`.
"""

from __future__ import annotations

from typing import Final

from ime_app.i18n.catalogue import Catalogue

IBUS: Final[Catalogue] = {
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
    "ibus.words": ("词和短语…", "Words and phrases…"),
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
    "ibus.installed": ("已写好 {path}", "Written: {path}"),
    "ibus.failed": ("没有做成：{reason}", "It failed: {reason}"),
    "ibus.uninstalled": ("墨音已从 IBus 里取出", "墨音 is no longer known to IBus"),
    "ibus.status.no_ibus": (
        "没有安装 IBus：sudo apt install ibus",
        "IBus is missing: sudo apt install ibus",
    ),
    "ibus.status.not_installed": (
        "没有 {path}：请运行 {install}",
        "There is no {path}: run {install}",
    ),
    "ibus.status.moved": (
        "IBus 要启动的 Python 不在了（{python}），文件夹大概移动过：请在新的地方再运行 {install}",
        "The Python that IBus is to start is gone ({python}). Was the folder moved? Run {install} there",
    ),
    "ibus.status.installed": ("安装在 {path}", "Installed: {path}"),
    "ibus.status.in_cache": ("IBus 的缓存里有墨音", "IBus' cache knows 墨音"),
    "ibus.status.cache_stale": (
        "IBus 的缓存里没有墨音：请再运行 {install}",
        "IBus' cache does not know 墨音: run {install} again",
    ),
    "ibus.status.log_in_again": (
        "现在就能用；注销再登录一次，之后升级 IBus 也不会丢",
        "It works now; log out and in once, so that an upgrade of IBus does not lose it",
    ),
    "ibus.status.no_daemon": (
        "IBus 没有运行：请启动 ibus-daemon -drx（GNOME 和 KDE 登录时会自己启动）",
        "IBus does not run: start it with ibus-daemon -drx (GNOME and KDE start it at login)",
    ),
    "ibus.status.daemon_older": (
        "正在运行的 IBus 还不知道墨音：ibus restart",
        "The IBus that runs does not know 墨音 yet: ibus restart",
    ),
    "ibus.status.daemon": ("正在运行的 IBus 知道墨音", "The IBus that runs knows 墨音"),
    "ibus.status.chosen": ("现在用的输入法是墨音", "墨音 is the input method in use"),
    "ibus.status.choose": (
        "选用：ibus engine moyin，或 GNOME 设置 → 键盘 → 输入源 → ＋ → 汉语 → 墨音",
        "Choose it: ibus engine moyin, or GNOME Settings → Keyboard → Input Sources → + → Chinese → 墨音",
    ),
    "ibus.status.wayland_kde": (
        "KDE 的 Wayland：系统设置 → 虚拟键盘 → IBus Wayland（需要 IBus 1.5.29 以上；没有在 KDE 上试过）",
        "KDE on Wayland: System Settings → Virtual Keyboard → IBus Wayland (IBus 1.5.29 or newer; "
        "not tried on KDE)",
    ),
    "ibus.status.wayland_other": (
        "这个桌面的 Wayland 需要 IBus 1.5.32 以上；没有试过",
        "This desktop's Wayland needs IBus 1.5.32 or newer; not tried",
    ),
    "ibus.status.x11_variables": (
        "程序找到 IBus 靠这些环境变量：{names}；设好它们：im-config -n ibus，再登录一次",
        "Applications find IBus by these variables: {names}; run im-config -n ibus and log in again",
    ),
}
