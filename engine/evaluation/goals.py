"""Define the tables of the page of figures, with what is needed, the goals and the best open peer.

A row shows one figure or several side by side (first / first five / characters). The goals are the project's
own; the peers' figures were measured on the very same files (Debian 12's versions, letters typed joined,
learning off, default settings), or on like ones where the row says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Row:
    """One line of a table.

    `figures` are names in the file of figures; `needed` and `goal` as many numbers, or none; `lower` says
    that less is better; `peer` names the best open input method with its figure, or its figures that were
    measured in the same run are `beside`.
    """

    label: str
    figures: tuple[str, ...]
    needed: Numbers = ()
    goal: Numbers = ()
    peer: str = ""
    beside: tuple[str, ...] = ()
    lower: bool = False


@dataclass(frozen=True)
class Section:
    """One table: its title, what a reader has to know, its rows."""

    title: str
    about: str
    rows: tuple[Row, ...]


def _three(name: str) -> tuple[str, ...]:
    return f"{name}.first", f"{name}.first_five", f"{name}.characters"


def _percentiles(name: str) -> tuple[str, ...]:
    return f"{name}.p50", f"{name}.p95", f"{name}.p99"


ACCURACY: Final = Section(
    "Accuracy",
    "Letters typed joined; first candidate exactly right / right among the first five / characters right, "
    "in %.",
    (
        Row("mean of the five sets", _three("accuracy.full.mean"), (60, 76, 91.3), (64, 80, 93),
            "45.6 / 62.9 / 86.3 libime"),
        Row("csmsc: sentences read aloud", _three("accuracy.full.csmsc"), (59.1,), (64.1,),
            "44.6 / 64.4 / 84.9 libime"),
        Row("aishell3: commands, headlines, chat", _three("accuracy.full.aishell3"), (68.5,), (73.5,),
            "52.1 / 68.8 / 88.7 libime"),
        Row("chat: dialogue", _three("accuracy.full.chat"), (69.1,), (74.1,), "57.9 / 78.1 / 88.8 libime"),
        Row("thchs30: long literary sentences", _three("accuracy.full.thchs30"), (29.6,), (34.6,),
            "20.8 / 32.0 / 81.2 libime"),
        Row("ud_gsd: Wikipedia", _three("accuracy.full.ud_gsd"), (59.3,), (64.3,),
            "52.6 / 71.1 / 88.0 libime"),
        Row("sentences of 15 to 20 hanzi", _three("accuracy.long"), (50,), (56,), "32.5 libime, like sets"),
        Row("one hanzi alone (24 cases)", _three("accuracy.single"), (56,), (65,), "54.9 libime, like sets"),
        Row("chat behind its text before the caret", _three("accuracy.context.chat"), (73,), (77,)),
        Row("ud_gsd behind its text before the caret", _three("accuracy.context.ud_gsd")),
        Row("everyday utterances alone in a field", ("accuracy.utterances.first",), (97,), (97,)),
        Row("numbers spelt out, alone and inside", ("accuracy.numbers.first",)),
        Row("English words inside sentences", _three("accuracy.english")[:2]),
        Row("words alone, common and rare", _three("accuracy.words")[:2], peer="81.5 / 97.8 libime"),
    ),
)  # fmt: skip

OTHER_TYPING: Final = Section(
    "Abbreviations, fuzzy sounds, slips",
    "Initials alone (cases of 2 to 4 hanzi); mixed: the first syllable in full, each later one by its "
    "initial with probability one half (5 to 12 hanzi, 150 a set); twelve pairs of fuzzy sounds on, their "
    "prices chosen on aishell3_fuzzy; one slip a case, corrected (200 a set). In %.",
    (
        Row("initials", _three("accuracy.initials.mean")[:2], (22, 36), (28, 45),
            "18 / 27 sunpinyin, like sets"),
        Row("mixed", _three("accuracy.mixed.mean")[:2], (36, 50), (45, 65), "25 / 40 libime, like sets"),
        Row("real accents (aishell3_fuzzy), fuzzy sounds on", _three("accuracy.fuzzy.aishell3_fuzzy"),
            (60,), (63,), "37.3 / 56.3 / 83.8 libime"),
        Row("points that plain aishell3 loses by them", ("accuracy.fuzzy.aishell3.price",), (0.5,), (0.3,),
            "5.3 libime", lower=True),
        Row("points that the other plain sets lose (300 each)", ("accuracy.fuzzy.others.price",),
            (0.5,), (0.3,), lower=True),
        Row("one slip a case", _three("accuracy.slips.all")),
        Row("of what is right without the slip", ("accuracy.slips.share",), (60,), (67,)),
        Row("points that clean input loses by correction", ("accuracy.slips.price",), (0.3,), (0,),
            lower=True),
    ),
)  # fmt: skip

LATENCY: Final = Section(
    "Latency",
    "A key every 100 ms, real sentences of 20 syllables behind 32 characters; p50 / p95 / p99 in ms from the "
    "key to its menu. A frame is 16 ms.",
    (
        Row("full pinyin", _percentiles("latency.full"), (4, 8, 12), (3, 6, 8),
            "2 / 2.5 libime (p50, p95)", lower=True),
        Row("slips on, as in the window", _percentiles("latency.slips"), (4, 8, 12), (3, 6, 8), lower=True),
        Row("decoder calls a key / while it waits", ("latency.full.calls", "latency.full.waiting_calls"),
            (1, 0), (1, 0), lower=True),
        Row("fuzzy sounds and slips on", _percentiles("latency.fuzzy"), (4, 10, 16), (3, 10, 16), lower=True),
        Row("mixed", _percentiles("latency.mixed"), (4, 10, 16), (3, 10, 16), lower=True),
        Row("initials", _percentiles("latency.initials"), (4, 16, 16), (3, 10, 16), lower=True),
        Row("any 64 letters: p99, longest", ("latency.any_letters.p99", "latency.any_letters.max"),
            (50,), (50,), lower=True),
    ),
)  # fmt: skip

START: Final = Section(
    "Start, memory, size",
    "Medians of fresh processes, from the moment that the process is asked for.",
    (
        Row("window painted, s", ("window.visible",), (1,), (1,), lower=True),
        Row("window: first candidates, s", ("window.first",), (1.2,), (1.2,), lower=True),
        Row("letters seen, both cores busy, ms: p50 / p95", ("window.echo.p50", "window.echo.p95"),
            (30, 30), (30, 30), lower=True),
        Row("window: memory loaded / after a long input, MB", ("window.loaded", "window.typed"),
            (450, 450), (450, 450), lower=True),
        Row("engine ready / first candidates, s", ("engine.ready", "engine.first"), (2, 2), (1.2, 1.2),
            lower=True),
        Row("bundle, MB", ("bundle.size",), (100,), (100,), lower=True),
        Row("hanzi that can be typed", ("bundle.hanzi",), (12000,), (12000,)),
    ),
)  # fmt: skip

LEARNING: Final = Section(
    "Learning at once",
    "400 cases of chat typed once, in order, learning off and on; other text is scored after all was learnt.",
    (
        Row("keys a hanzi: off / on", ("learning.chat.keys_off", "learning.chat.keys_on"), lower=True),
        Row("first candidates: off / on, %", ("learning.chat.first_off", "learning.chat.first_on")),
        Row("points that other text loses", ("learning.other.loss",), (0.5,), (0.1,), lower=True),
    ),
)  # fmt: skip

RETRAINING: Final = Section(
    "Retraining",
    "2,000 phrases of which the last 666 are judged, a domain that the base has not seen, mode `full`; "
    "errors are counted with learning at once on both sides.",
    (
        Row("fewer errors: KiCad's manual, %", ("retraining.kicad_manual.gone",), (12,), (25,)),
        Row("fewer errors: the story of Wesnoth, %", ("retraining.wesnoth_story.gone",), (12,), (25,)),
        Row("fewer errors: dialogue of Cataclysm, %", ("retraining.cdda_dialogue.gone",), (12,), (25,)),
        Row("characters that general text gains by each, points",
            ("retraining.kicad_manual.general", "retraining.wesnoth_story.general",
             "retraining.cdda_dialogue.general"), (-0.3,) * 3, (0,) * 3),
        Row("seconds, command / from the window",
            ("retraining.handbook.seconds", "retraining.window.seconds"), (180, 180), (180, 180), lower=True),
    ),
)  # fmt: skip

ROBUSTNESS: Final = Section(
    "Robustness",
    "Counts of what went wrong. Keys to mend: sentences of 13 to 18 hanzi whose first candidate is wrong "
    "in one place of up to four, from the last letter to the right text, by a typist who picks what brings "
    "most hanzi for its keys.",
    (
        Row("typed with corrections: other first candidate", ("robustness.corrections.first",), (0,), (0,),
            lower=True),
        Row("typed with corrections: menu differs anywhere", ("robustness.corrections.menu",), (0,), (0,),
            lower=True),
        Row("phrases lost by kill -9 of 400", ("robustness.kills.lost",), (0,), (0,), lower=True),
        Row("first pages with a slip's row / one text twice, %",
            ("robustness.first_page.slips", "robustness.first_page.twice"), (0, 0), (0, 0), lower=True),
        Row("keys to mend one wrong word, anywhere: with beginnings / without / cases",
            ("mending.keys", "mending.keys.without", "mending.keys.cases")),
        Row("the same where it is the last word",
            ("mending.at_end", "mending.at_end.without", "mending.at_end.cases")),
        Row("fewer keys by beginnings, last word / anywhere, %",
            ("mending.at_end.fewer", "mending.keys.fewer"), (33.3,), (33.3,)),
        Row("names with digits and marks kept as typed: alone, inside a sentence, %",
            ("robustness.names.alone", "robustness.names.inside"), (97, 97), (97, 97)),
    ),
)  # fmt: skip

SERVING: Final = Section(
    "Serving",
    "Two cores, clients on the same machine; requests a second and p95 in ms.",
    (
        Row("sentences, 1 client", ("serving.sentences.1.rate", "serving.sentences.1.p95")),
        Row("sentences, 64 clients", ("serving.sentences.64.rate", "serving.sentences.64.p95")),
        Row("keys, 1 client", ("serving.keys.1.rate", "serving.keys.1.p95")),
    ),
)  # fmt: skip

IBUS: Final = Section(
    "Every application (IBus)",
    "A client on the daemon's bus that waits for the answer to each key, 100 ms from key to key; "
    "ibus-libpinyin in the same run.",
    (
        Row("key to answer, ms: p50 / p95", ("ibus.key.p50", "ibus.key.p95"), peer="ibus-libpinyin",
            beside=("ibus.libpinyin.key.p50", "ibus.libpinyin.key.p95"), lower=True),
        Row("of it the session's own", ("ibus.session.p50", "ibus.session.p95"), lower=True),
        Row("Space to commit, ms: p50 / p95", ("ibus.commit.p50", "ibus.commit.p95"), peer="ibus-libpinyin",
            beside=("ibus.libpinyin.commit.p50", "ibus.libpinyin.commit.p95"), lower=True),
        Row("memory: both processes / the one that waits, MB", ("ibus.memory", "ibus.memory.parent"),
            (450, 20), (450, 20), "ibus-libpinyin", beside=("ibus.libpinyin.memory",), lower=True),
        Row("engine chosen / first candidate, s", ("ibus.chosen", "ibus.first"), (1,), (1,), lower=True),
    ),
)  # fmt: skip

SECTIONS: Final = (
    ACCURACY, OTHER_TYPING, LATENCY, START, LEARNING, RETRAINING, ROBUSTNESS, SERVING, IBUS,
)  # fmt: skip
