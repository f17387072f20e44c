"""Run a model on each case, keeping the outcomes as JSON lines so that nothing is asked twice.

An outcome depends on the model, on the engine's sources and on whether the text before the caret was used:
together they name the file it is kept in.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

import engine
from engine.conversion.converter import Conversion, Converter
from engine.evaluation.cases import Case
from engine.evaluation.simulated_typist import covering_candidates
from engine.factory import create_converter
from engine.model.bundle import Bundle
from engine.protocol import PAGE_SIZE, Candidate, Source
from resources import LEXICON


@dataclass(frozen=True)
class CaseOutcome:
    """The outcome of one case typed as joined letters.

    `rank`: place of the wanted text among the candidates for all letters, from 1; 0 if it is not among them.
    `best`, `reading`: the first of these candidates. `presses`: keys pressed until the text stood in the
    editor, selection included; 0 if the menu never led to it. `ms`: the conversion of all letters at once.
    """

    group: str
    id: str
    hanzi: str
    pinyin: list[str]
    best: str
    reading: list[str]
    rank: int
    letters: int
    presses: int
    ms: float

    @property
    def name(self) -> tuple[str, str, str]:
        """What a case is known by."""
        return self.group, self.id, self.hanzi

    @property
    def right_characters(self) -> int:
        """Hanzi of the wanted text that the best candidate has at the same place."""
        if len(self.best) != len(self.hanzi):
            return 0
        return sum(ours == wanted for ours, wanted in zip(self.best, self.hanzi, strict=True))


def outcome_of_case(converter: Converter, group: str, case: Case) -> CaseOutcome:
    """Type a case and pick its text from the menus."""
    converter.set_surrounding_text(case.context)
    started = time.perf_counter()
    conversion = converter.convert(case.keys)
    ms = (time.perf_counter() - started) * 1000
    whole = covering_candidates(conversion, case.keys)
    texts = [candidate.text for candidate in whole]
    return CaseOutcome(
        group=group,
        id=str(case.id),
        hanzi=case.hanzi,
        pinyin=list(case.pinyin),
        best=texts[0] if texts else "",
        reading=list(whole[0].reading) if whole else [],
        rank=texts.index(case.hanzi) + 1 if case.hanzi in texts else 0,
        letters=len(case.keys),
        presses=_presses(converter, case, conversion),
        ms=round(ms, 3),
    )


def _presses(converter: Converter, case: Case, conversion: Conversion) -> int:
    """Return the keys for letters, paging and picking; 0 if the menu never leads to the text.

    At each menu the longest right beginning on the first page is picked, or else the first one anywhere.
    """
    keys, hanzi = case.keys, case.hanzi
    fixed: tuple[int, ...] = ()
    pressed = len(keys)
    while hanzi:
        found = _pick(conversion.candidates, keys, hanzi)
        if found is None:
            return 0
        place, candidate = found
        pressed += place // PAGE_SIZE + 1
        fixed += candidate.tokens
        keys, hanzi = keys[candidate.span[1] :], hanzi[len(candidate.text) :]
        conversion = converter.convert(keys, fixed)
    return 0 if keys else pressed


def _pick(candidates: tuple[Candidate, ...], keys: str, hanzi: str) -> tuple[int, Candidate] | None:
    right = [
        (place, candidate)
        for place, candidate in enumerate(candidates)
        if candidate.source is not Source.RAW
        and candidate.text
        and hanzi.startswith(candidate.text)
        and (candidate.text == hanzi) == (candidate.span[1] == len(keys))
    ]
    first_page = [(place, candidate) for place, candidate in right if place < PAGE_SIZE]
    if first_page:
        return max(first_page, key=lambda pick: (len(pick[1].text), -pick[0]))
    return right[0] if right else None


@dataclass(frozen=True)
class JudgedModel:
    """A model to judge: the folder of a bundle, or RUN/model.pt with an n-gram beside it."""

    path: Path
    ngram: Path | None = None

    @property
    def name(self) -> str:
        """The bundle's own name; a run's is its folder's."""
        return Bundle.load(self.path).name if self.path.is_dir() else self.path.resolve().parent.name

    @property
    def megabytes(self) -> float:
        """Size of its files (10^6 bytes)."""
        files = (
            [file for file in self.path.iterdir() if file.is_file()] if self.path.is_dir() else [self.path]
        )
        return sum(file.stat().st_size for file in [*files, *([self.ngram] if self.ngram else [])]) / 1e6

    @property
    def million_tokens(self) -> float:
        """Millions of tokens seen in its run and in those that it continues."""
        if self.path.is_dir():
            progress = Bundle.load(self.path).manifest.provenance.get("training", {})
        else:
            from training.model.trained import load_trained

            progress = load_trained(self.path).progress
        seen = 0.0
        while progress:
            seen += progress["tokens"]
            progress = progress.get("begun_from", {})
        return round(seen / 1e6, 1)

    def converter(self) -> Converter:
        """Return the engine's search on it. Raises BundleError or CheckpointError."""
        if self.path.is_dir():
            return create_converter(self.path)
        from training.evaluation.evaluate import converter_for
        from training.model.trained import load_trained

        return converter_for(load_trained(self.path), self.ngram)

    def hash(self) -> str:
        """Return a hash that changes with any of its files."""
        files = sorted(self.path.iterdir()) if self.path.is_dir() else [self.path]
        return _hash_of([*files, *([self.ngram] if self.ngram else [])])


def _hash_of(files: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        if file.is_file():
            found.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()[:16]


def engine_hash() -> str:
    """Return a hash that changes with the engine's sources and with the lexicon."""
    folder = Path(engine.__file__).parent
    return _hash_of([*sorted(folder.rglob("*.py")), LEXICON])


class Cache:
    """Outcomes of one model, in a file of the folder; appended to as they come."""

    def __init__(self, folder: Path, model: JudgedModel, use_context: bool) -> None:
        settings = {"model": model.hash(), "engine": engine_hash(), "context": use_context}
        name = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]
        self.path = folder / f"{name}.jsonl"
        if not self.path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            header = {"name": model.name, **settings}
            self.path.write_text(json.dumps(header, ensure_ascii=False) + "\n", encoding="utf-8")

    def read(self) -> dict[tuple[str, str, str], CaseOutcome]:
        """Return the known outcomes by name. A last line cut off by a kill is left out."""
        known = {}
        for line in self.path.read_text(encoding="utf-8").splitlines(keepends=True)[1:]:
            if line.endswith("\n"):
                outcome = CaseOutcome(**json.loads(line))
                known[outcome.name] = outcome
        return known

    def add(self, outcomes: Iterable[CaseOutcome]) -> Iterator[CaseOutcome]:
        """Pass the outcomes on, each written first."""
        whole = self.path.read_bytes()
        with self.path.open("r+b") as file:
            file.truncate(whole.rfind(b"\n") + 1)
            file.seek(0, 2)
            for outcome in outcomes:
                file.write(json.dumps(asdict(outcome), ensure_ascii=False).encode() + b"\n")
                yield outcome


def outcomes_of(
    model: JudgedModel, groups: dict[str, list[Case]], cache: Cache, use_context: bool
) -> list[CaseOutcome]:
    """Return the outcome of every case, in order; only those not known yet are asked for."""
    known = cache.read()
    wanted: list[Any] = [
        (group, case if use_context else case.alone) for group, cases in groups.items() for case in cases
    ]
    missing = [(group, case) for group, case in wanted if (group, str(case.id), case.hanzi) not in known]
    if missing:
        converter = model.converter()
        asked = (
            outcome_of_case(converter, group, case)
            for group, case in tqdm(missing, desc=model.name, unit="case")
        )
        known |= {outcome.name: outcome for outcome in cache.add(asked)}
    return [known[group, str(case.id), case.hanzi] for group, case in wanted]
