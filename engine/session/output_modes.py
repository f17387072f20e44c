"""Keep how text is written: 中/英, the punctuation, the width, simplified or traditional hanzi.

Texts are turned into what the user sees, and back into what the converter reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from unicodedata import normalize

from engine.hanzi.traditional_forms import TraditionalForms
from engine.protocol import Candidate, Segment, Source
from engine.session.options import SessionOptions
from engine.session.punctuation import PunctuationMark, chinese_punctuation, full_width, paired
from engine.session.script_conversion import Script, with_forms


@dataclass(frozen=True)
class Modes:
    """The modes that keys switch; they stay from one composition to the next."""

    chinese: bool = True
    chinese_punctuation: bool = True
    full_width: bool = False
    traditional: bool = False


class OutputModes:
    """The modes of one session, and the script that they ask for."""

    def __init__(
        self,
        options: SessionOptions,
        load_script: Callable[[str], Script],
        forms: TraditionalForms | None = None,
    ) -> None:
        self._forms = forms or TraditionalForms()
        self._options = options
        self._load_script = load_script
        self._modes = Modes()
        self._script: Script | None = None  # while the output is traditional
        self._last_shown: tuple[tuple[Candidate, ...], tuple[Candidate, ...]] = ((), ())
        self.switch(full_width=options.full_width, traditional=options.traditional)

    @property
    def modes(self) -> Modes:
        return self._modes

    def switch(self, **modes: bool) -> None:
        """Change some of the modes. Raises ScriptError."""
        after = replace(self._modes, **modes)
        if after.traditional and self._script is None:
            self._script = self._load_script(self._options.traditional_variant)
        elif not after.traditional:
            self._script = None
        self._modes = after
        self._last_shown = (), ()

    def configure(self, options: SessionOptions) -> None:
        """Take what differs from the options before; modes that keys have switched stay otherwise."""
        before, self._options = self._options, options
        if options.traditional_variant != before.traditional_variant:
            self._script = None
        switched = {
            name: getattr(options, name)
            for name in ("full_width", "traditional")
            if getattr(options, name) != getattr(before, name)
        }
        self.switch(**switched)

    def shown(self, text: str) -> str:
        """Return text of a menu or preedit as the user sees it."""
        return text if self._script is None else self._script.traditional(text)

    def committed_segment(self, segment: Segment) -> str:
        """Return what goes into the user's text for a part of a commit; a custom phrase as it was written."""
        if segment.source is Source.CUSTOM:
            return segment.text
        shown = self.shown_segment(segment)
        return full_width(shown) if self._modes.full_width else shown

    def shown_segment(self, segment: Segment) -> str:
        """Return what is shown for a part of a composition."""
        return segment.written if self._script and segment.written else self.shown(segment.text)

    def with_forms(self, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Return the candidates, each with the further traditional forms of its text behind it."""
        return candidates if self._script is None else with_forms(candidates, self._script, self._forms)

    def read(self, text: str) -> str:
        """Return the user's text as the converter reads it, in simplified hanzi."""
        return text if self._script is None else self._script.simplified(text)

    def mark(self, key: str, before: str, after: str) -> PunctuationMark:
        """Return what a punctuation key types between the texts `before` and `after`."""
        if not self._modes.chinese_punctuation:
            return PunctuationMark(key)
        if self._modes.full_width:  # ３．１４ keeps its point as 3.14 does
            before = before[:-1] + normalize("NFKC", before[-1:])
        mark = chinese_punctuation(key, before, smart_quotes=self._options.smart_quotes)
        return paired(mark, after) if self._options.pair_punctuation else PunctuationMark(mark)

    def shown_candidates(self, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
        """Return the candidates as the user sees them, in one call, as there are hundreds at every key."""
        if self._script is None or not candidates:
            return candidates
        if self._last_shown[0] is not candidates:
            texts = self.shown("\n".join(candidate.label for candidate in candidates)).split("\n")
            pairs = zip(candidates, texts, strict=True)
            self._last_shown = candidates, tuple(_with_text(candidate, text) for candidate, text in pairs)
        return self._last_shown[1]


def _with_text(candidate: Candidate, text: str) -> Candidate:
    if candidate.source is Source.CUSTOM:
        return candidate
    return replace(candidate, text=candidate.written or text)
