"""Build the tables of full pinyin and double pinyin, with fuzzy sounds and slips where turned on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.spelling.double_pinyin import DoublePinyinScheme, load_scheme
from engine.spelling.english_words import English
from engine.spelling.fuzzy_sounds import NONE_AVOIDED, Way, avoided_by, typed_forms
from engine.spelling.options import SpellingCosts, SpellingOptions, SpellingType
from engine.spelling.spelling_table import SpellingTable, Spelt, SpeltMap
from engine.spelling.syllable import INITIALS, SPELLINGS, SYLLABLE_INDEX, SYLLABLES, syllables_with_prefix
from engine.spelling.typing_slips import slip_prices

FuzzyForm = tuple[str, int, float, tuple[Way, ...]]  # what is typed, the syllable meant, nats, by which ways


def spelling_table(
    options: SpellingOptions | None = None,
    costs: SpellingCosts | None = None,
    known: frozenset[int] | None = None,
    english: English | None = None,
) -> SpellingTable:
    """Return the table of these options.

    `known` holds the syllables that have a reading, None for all; `english` the words that may stand between
    them.
    """
    options, costs = options or SpellingOptions(), costs or SpellingCosts()
    known = frozenset(range(len(SYLLABLES))) if known is None else known
    fuzzy = _fuzzy_forms(options, costs, known)
    exact = _exact(options, costs, known)
    if options.scheme:
        table = _double_pinyin(load_scheme(options.scheme), exact, fuzzy, costs)
    else:
        unfinished = _unfinished(fuzzy, costs, known)
        table = SpellingTable(_whole(exact, fuzzy), unfinished, _initials(costs, known), costs=costs)
    slips = _slips(table.whole, table.initials, costs.slip_rate) if options.correct else {}
    return replace(table, slips=slips, english=english, is_full_pinyin=not options.scheme)


def _slips(whole: SpeltMap, initials: SpeltMap, rate: float) -> SpeltMap:
    """Return what slips make of exact spellings, unless that is itself a spelling or an abbreviation."""
    exact = {
        spelling: row[0].first_syllable
        for spelling, row in whole.items()
        if row[0].spelling is SpellingType.EXACT
    }
    return {
        letters: tuple(
            Spelt(exact[spelling], exact[spelling] + 1, SpellingType.SLIP, price) for spelling, price in meant
        )
        for letters, meant in slip_prices(exact, rate).items()
        if letters not in initials
    }


def _fuzzy_forms(options: SpellingOptions, costs: SpellingCosts, known: frozenset[int]) -> list[FuzzyForm]:
    return [
        (typed, SYLLABLE_INDEX[meant], price, ways)
        for typed, row in typed_forms(options.fuzzy, costs.fuzzy).items()
        for meant, price, ways in row
        if SYLLABLE_INDEX[meant] in known and SPELLINGS.get(typed) != SYLLABLE_INDEX[meant]
    ]


def _exact(options: SpellingOptions, costs: SpellingCosts, known: frozenset[int]) -> dict[int, Spelt]:
    """Return each syllable as it is written."""
    avoided = avoided_by(options.fuzzy, costs.fuzzy)
    return {
        syllable: Spelt(
            syllable, syllable + 1, SpellingType.EXACT, avoided=avoided.get(SYLLABLES[syllable], NONE_AVOIDED)
        )
        for syllable in known
    }


def _double_pinyin(
    scheme: DoublePinyinScheme, exact: dict[int, Spelt], fuzzy: list[FuzzyForm], costs: SpellingCosts
) -> SpellingTable:
    """Return a table of two keys a syllable; one key stands for what its code can begin."""
    rows: dict[str, tuple[Spelt, ...]] = {}
    begun: dict[str, dict[int, float]] = {}
    for syllable, codes in scheme.codes.items():
        index = SYLLABLE_INDEX[syllable]
        for code in codes if index in exact else ():
            rows[code] = (*rows.get(code, ()), exact[index])
            begun.setdefault(code[0], {})[index] = 0.0
    for typed, meant, price, ways in fuzzy:
        for code in scheme.codes.get(typed, ()):
            rows[code] = (*rows.get(code, ()), Spelt(meant, meant + 1, SpellingType.FUZZY, price, ways))
    ranges = {key: [(first, last) for first, last, _ in _ranges(meant)] for key, meant in begun.items()}
    unfinished, abbreviation = (
        {key: tuple(Spelt(*bounds, kind, cost) for bounds in row) for key, row in ranges.items()}
        for kind, cost in (
            (SpellingType.UNFINISHED, costs.unfinished),
            (SpellingType.ABBREVIATION, costs.abbreviation),
        )
    )
    return SpellingTable(rows, unfinished, abbreviation, costs=costs)


def _whole(exact: dict[int, Spelt], fuzzy: list[FuzzyForm]) -> SpeltMap:
    rows = {spelling: (exact[syllable],) for spelling, syllable in SPELLINGS.items() if syllable in exact}
    for typed, syllable, price, ways in fuzzy:
        spelt = Spelt(syllable, syllable + 1, SpellingType.FUZZY, price, ways)
        rows[typed] = (*rows.get(typed, ()), spelt)
    return rows


def _unfinished(fuzzy: list[FuzzyForm], costs: SpellingCosts, known: frozenset[int]) -> SpeltMap:
    """Return what each beginning of a spelling may become.

    An initial alone takes part in no fuzzy pair, as that would double the work for a letter that says little.
    """
    rows: dict[str, tuple[Spelt, ...]] = {}
    for prefix in {spelling[:length] for spelling in SPELLINGS for length in range(1, len(spelling) + 1)}:
        first, last = syllables_with_prefix(prefix)
        if prefix in SPELLINGS:
            first = min(first + 1, last)  # sorted: the syllable itself comes before the longer ones
        if not known.isdisjoint(range(first, last)):
            rows[prefix] = (Spelt(first, last, SpellingType.UNFINISHED, _cost_of_beginning(prefix, costs)),)
    for prefix, meant in _fuzzy_beginnings(fuzzy).items():
        cost = _cost_of_beginning(prefix, costs)
        spelt = [Spelt(a, b, SpellingType.UNFINISHED, cost + price) for a, b, price in _ranges(meant)]
        rows[prefix] = (*rows.get(prefix, ()), *spelt)
    return rows


def _cost_of_beginning(letters: str, costs: SpellingCosts) -> float:
    """Return the price of a spelling that continues behind these letters."""
    return costs.extended if letters in SPELLINGS else costs.unfinished


def _fuzzy_beginnings(fuzzy: list[FuzzyForm]) -> dict[str, dict[int, float]]:
    """Return for each beginning of a fuzzy form the syllables that it does not begin exactly, with prices.

    The price is paid in full, whatever was typed before, until the syllable is finished.
    """
    found: dict[str, dict[int, float]] = {}
    for typed, syllable, price, _ in fuzzy:
        for length in range(1, len(typed)):
            prefix = typed[:length]
            if prefix not in INITIALS and not SYLLABLES[syllable].startswith(prefix):
                prices = found.setdefault(prefix, {})
                prices[syllable] = min(price, prices.get(syllable, price))
    return found


def _ranges(prices: Mapping[int, float]) -> list[tuple[int, int, float]]:
    """Return half-open ranges of neighbouring syllables that have one price."""
    ranges: list[tuple[int, int, float]] = []
    for syllable, price in sorted(prices.items()):
        if ranges and ranges[-1][1:] == (syllable, price):
            ranges[-1] = (ranges[-1][0], syllable + 1, price)
        else:
            ranges.append((syllable, syllable + 1, price))
    return ranges


def _initials(costs: SpellingCosts, known: frozenset[int]) -> SpeltMap:
    ranges = {initial: syllables_with_prefix(initial) for initial in INITIALS}
    return {
        initial: (Spelt(first, last, SpellingType.ABBREVIATION, costs.abbreviation),)
        for initial, (first, last) in ranges.items()
        if not known.isdisjoint(range(first, last))
    }
