"""Hold the tables of single hanzi that rewriters and the session ask."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.hanzi.components import Components
from engine.hanzi.tones import Tones
from engine.hanzi.traditional_forms import TraditionalForms


@dataclass(frozen=True)
class HanziTables:
    """Tones, components and traditional forms; by default empty."""

    tones: Tones = field(default_factory=Tones)
    components: Components = field(default_factory=Components)
    forms: TraditionalForms = field(default_factory=TraditionalForms)
