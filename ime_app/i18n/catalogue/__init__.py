"""Hold what is said to the user, one module for each area of the window, Chinese and English together."""

from __future__ import annotations

Texts = dict[str, tuple[str, str]]
