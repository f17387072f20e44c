"""Hold what the window says, one module for each area, Chinese and English together.

`ime_app.i18n.strings` imports it, and puts the modules together. Errors have their words in
`engine.error_kinds`.
"""

from __future__ import annotations

Catalogue = dict[str, tuple[str, str]]
