"""Apply the settings of appearance: colours, fonts, what the status line shows."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

from ime_app.settings.schema import AppearanceSettings
from ime_app.widgets import theme as theme_module
from ime_app.widgets.candidate_bar import CandidateBar
from ime_app.widgets.editor import Editor
from ime_app.widgets.status_line import StatusLine


def apply_look(look: AppearanceSettings, window: QWidget, editor: Editor, status: StatusLine) -> None:
    """Show the window and its text in these colours and fonts, at once."""
    theme = theme_module.theme_of(look.theme)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.setPalette(theme.palette())
    window.setStyleSheet(theme.style_sheet())
    editor.set_underline(theme.palette().highlight().color())
    editor.setFont(theme_module.font(look.text_size, look.font_family))
    status.show_figures(look.show_figures)


def style_bar(bar: CandidateBar, look: AppearanceSettings) -> None:
    """Show a bar of candidates so."""
    bar.set_theme(theme_module.theme_of(look.theme))
    vertical = look.candidate_list == "vertical"
    bar.set_style(vertical=vertical, family=look.font_family, pixels=look.candidate_size)
