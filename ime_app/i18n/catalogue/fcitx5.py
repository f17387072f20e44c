"""Hold what is said of the installation in fcitx5. The texts shown while typing are those of `ibus`."""

from __future__ import annotations

from typing import Final

from ime_app.i18n.catalogue import Catalogue

FCITX5: Final[Catalogue] = {
    "fcitx5.installed": (
        "装好了。重启 fcitx5：fcitx5 -rd",
        "Installed. Start fcitx5 anew: fcitx5 -rd",
    ),
    "fcitx5.uninstalled": (
        "墨音已从 fcitx5 里取出；重启后生效：fcitx5 -rd",
        "fcitx5 does not know 墨音 any more once it is started anew: fcitx5 -rd",
    ),
    "fcitx5.status.no_fcitx5": ("没有安装 fcitx5：{command}", "fcitx5 is missing: {command}"),
    "fcitx5.status.not_installed": (
        "没有 {path}：请运行 {install}",
        "There is no {path}: run {install}",
    ),
    "fcitx5.status.moved": (
        "要启动的 Python 不在了（{python}），文件夹大概移动过：请在新的地方再运行 {install}",
        "The Python that is to be started is gone ({python}). Was the folder moved? Run {install} there",
    ),
    "fcitx5.status.other_version": (
        "插件是为另一个版本的 fcitx5 编译的：请再运行 {install}",
        "The addon was compiled for another version of fcitx5: run {install} again",
    ),
    "fcitx5.status.installed": ("安装在 {path}", "Installed: {path}"),
    "fcitx5.status.not_running": (
        "fcitx5 没有运行：fcitx5 -d（登录时自动启动：im-config -n fcitx5）",
        "fcitx5 does not run: fcitx5 -d (at each login: im-config -n fcitx5)",
    ),
    "fcitx5.status.add": (
        "还没有加进输入法列表：重启 fcitx5（fcitx5 -rd），打开 fcitx5-configtool，加入“墨音”",
        "It is not among your input methods yet: start fcitx5 anew (fcitx5 -rd), open fcitx5-configtool, "
        "add 墨音",
    ),
    "fcitx5.status.chosen": ("现在用的输入法是墨音", "墨音 is the input method in use"),
    "fcitx5.status.choose": (
        "选用：Ctrl+空格，或 fcitx5-remote -s moyin",
        "Choose it: Ctrl+Space, or fcitx5-remote -s moyin",
    ),
    "fcitx5.status.x11_variables": (
        "程序找到 fcitx5 靠这些环境变量：{names}；设好它们：im-config -n fcitx5，再登录一次",
        "Applications find fcitx5 by these variables: {names}; run im-config -n fcitx5 and log in again",
    ),
}
