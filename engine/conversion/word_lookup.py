"""Look up which words some keys spell, the user's own and the lexicon's, in full or abbreviated.

What is found of the keys before a vertex depends only on the graph's name of it, so it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from engine.lexicon.latin_words import has_latin
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.word_arrays import MAX_WORD_LENGTH, Word
from engine.protocol import Candidate, Mark, Source
from engine.spelling.annotations import Annotation, note_of
from engine.spelling.syllable import SYLLABLES
from engine.spelling.syllable_graph import Edge, SyllableGraph
from engine.user_model.model import UserModel

SyllablePath = tuple[tuple[int, int], ...]  # half-open ranges of syllable indices

_MAX_PATHS: Final[int] = 32  # segmentations of one span that are looked up
_MAX_WORD_KEYS: Final[int] = 64  # keys that the longest word is spelt with, separators and all
_MIN_BEGUN: Final[int] = 3  # syllables of a word that are typed before it is offered whole
_ANY: Final = 0, len(SYLLABLES)
_N_BEGINNING: Final[int] = 8  # words of two syllables whose first hanzi are remembered


class SpeltPath(NamedTuple):
    """A segmentation of keys, and its annotation."""

    syllables: SyllablePath = ()
    note: Annotation = Annotation()


class Offered(NamedTuple):
    """A word for some keys: whose it is, and the annotation of how it was typed."""

    word: Word
    source: Source
    note: Annotation = Annotation()


class WordLookup:
    """A look-up of the words of a graph's vertices; at most `n_word` of the user's a segmentation."""

    def __init__(self, lexicon: Lexicon, personal: UserModel | None, n_word: int) -> None:
        self._lexicon = lexicon
        self._personal = personal
        self._n_word = n_word
        self._paths: dict[tuple[str, str], tuple[SpeltPath, ...]] = {}

    def clear(self) -> None:
        """Forget what was kept (the trie was reset)."""
        self._paths.clear()

    def words_of(self, graph: SyllableGraph, vertex: int) -> list[Offered]:
        """Return the words spelt by the keys before `vertex`: the user's own, then the lexicon's.

        An unfinished last syllable counts behind an abbreviation only: `zgrm` is 中国人民, but the h of `nih`
        is nothing yet.
        """
        paths = list(self._paths_into(graph, vertex))
        if graph.unfinished_edges and vertex == len(graph.keys):
            open_ones = self._extended(graph, graph.unfinished_edges)
            paths += [path for path in open_ones if _is_open(path.syllables[:-1])]
        paths.sort(key=lambda path: len(path.note.text))  # a word that is spelt so is read so
        words = _offered(paths, self._listed, Source.LEXICON)
        if self._personal is None:
            return words
        personal, limit = self._personal, self._n_word
        return [*_offered(paths, lambda path: personal.words_of(path, limit), Source.USER), *words]

    def longer_words(self, graph: SyllableGraph, best: Sequence[int]) -> list[Offered]:
        """Return words that go on behind all keys, the user's own first; nothing where a word ends there.

        Three syllables of them at least are typed, the last one as far as it goes: `bairiyi`, `bunans`. Those
        of the lexicon have the syllables of the `best` text.
        """
        if len(best) < _MIN_BEGUN or self.words_of(graph, len(graph.keys)):
            return []
        found = [Offered(word, Source.LEXICON) for word in self._lexicon.going_on(best, self._n_word)]
        return [*self._own_longer_words(graph), *found]

    def _own_longer_words(self, graph: SyllableGraph) -> Iterator[Offered]:
        if self._personal is None or not len(self._personal.words):
            return
        paths = [path.syllables for path in self._paths_into(graph, len(graph.keys))]
        paths += [path.syllables for path in self._extended(graph, graph.unfinished_edges)]
        for path in paths:
            if len(path) >= _MIN_BEGUN and not _is_open(path[:-1]):
                for more in range(0 if _is_open(path) else 1, MAX_WORD_LENGTH + 1 - len(path)):
                    for word in self._personal.words_of((*path, *[_ANY] * more), self._n_word):
                        yield Offered(word, Source.USER)

    def _listed(self, path: SyllablePath) -> tuple[Word, ...]:
        if _is_open(path):
            return self._lexicon.lookup_ranges(path, self._n_word)
        return self._lexicon.lookup([first for first, _ in path])

    def _paths_into(self, graph: SyllableGraph, vertex: int) -> tuple[SpeltPath, ...]:
        """Return segmentations of the keys before `vertex` into syllables, up to the length of a word."""
        if vertex == 0:
            return (SpeltPath(),)
        if vertex > _MAX_WORD_KEYS:
            return ()
        name = graph.name(vertex)
        paths = self._paths.get(name)
        if paths is None:
            edges = (*graph.whole_edges[vertex], *graph.abbreviations.get(vertex, ()))
            paths = self._paths[name] = tuple(self._extended(graph, edges)[:_MAX_PATHS])
        return paths

    def _extended(self, graph: SyllableGraph, edges: Iterable[Edge]) -> list[SpeltPath]:
        """Return the paths that end with one of `edges`."""
        found = []
        for edge in edges:
            syllables, note = (edge.first_syllable, edge.last_syllable), note_of(graph.keys, [edge])
            for path in self._paths_into(graph, edge.start):
                if len(path.syllables) < MAX_WORD_LENGTH:
                    text = f"{path.note.text} {note.text}".strip()
                    found.append(SpeltPath((*path.syllables, syllables), Annotation(text)))
        return found


class KnownWords:
    """A cache of whether texts are words: a text stays in the beams of several keys."""

    def __init__(self, lexicon: Lexicon, user_model: UserModel | None = None) -> None:
        self._lexicon = lexicon
        self._user_model = user_model
        self._known: dict[tuple[int, ...], bool] = {}
        self._beginnings: dict[tuple[int, tuple[int, ...]], frozenset[int]] = {}

    def clear(self) -> None:
        """Forget all answers that the user's words have a part in."""
        self._known.clear()
        self._beginnings.clear()

    def is_word(self, tokens: tuple[int, ...]) -> bool:
        """Return whether these readings are a word.

        A single hanzi is one: of `er`, 二 must not stand behind 恶人 because that is listed.
        """
        if len(tokens) == 1:
            return True
        if len(tokens) > MAX_WORD_LENGTH:
            return False
        known = self._known.get(tokens)
        if known is None:
            own = self._user_model is not None and self._user_model.is_word(tokens)
            known = own or (not has_latin(tokens) and self._lexicon.contains(tokens))
            self._known[tokens] = known
        return known

    @property
    def has_brought_in(self) -> bool:
        """Whether the user has imported or added a word."""
        return self._user_model is not None and self._user_model.has_brought_in

    def brought_in(self, syllables: tuple[int, ...]) -> tuple[Word, ...]:
        """Return the words of exactly these syllables that the user imported or added."""
        return () if self._user_model is None else self._user_model.brought_in(syllables)

    def is_brought_in(self, tokens: tuple[int, ...]) -> bool:
        """Return whether these readings are a word that the user imported or added."""
        is_short = len(tokens) <= MAX_WORD_LENGTH and not has_latin(tokens)
        return is_short and self._user_model is not None and self._user_model.is_brought_in(tokens)

    def beginnings(self, first_syllable: int, second_syllables: tuple[int, ...]) -> frozenset[int]:
        """Return the first readings of the commonest words of the first syllable and one of the second."""
        name = first_syllable, second_syllables
        found = self._beginnings.get(name)
        if found is None:
            pairs = [(first_syllable, second) for second in second_syllables]
            found = frozenset(tokens[0] for pair in pairs for tokens in self._of_syllables(pair))
            self._beginnings[name] = found
        return found

    def _of_syllables(self, syllables: Sequence[int]) -> list[tuple[int, ...]]:
        own = (
            () if self._user_model is None else self._user_model.words_of([(s, s + 1) for s in syllables], 8)
        )
        return [word.tokens for word in (*own, *self._lexicon.lookup(syllables)[:_N_BEGINNING])]


def _offered(
    paths: Sequence[SpeltPath], words_of: Callable[[SyllablePath], Iterable[Word]], source: Source
) -> list[Offered]:
    """Return the words of the paths, the commonest first, each as typed by the first path that has it."""
    notes: dict[Word, Annotation] = {}
    for path in paths:
        for word in words_of(path.syllables) if path.syllables else ():
            notes.setdefault(word, path.note)
    return [Offered(word, source, notes[word]) for word in sorted(notes, key=_by_frequency)]


def _by_frequency(word: Word) -> tuple[float, tuple[int, ...]]:
    return -word.log_prob, word.tokens


def _is_open(path: SyllablePath) -> bool:
    """Return whether the keys leave some syllable open."""
    return any(last > first + 1 for first, last in path)


def own_words_first(menu: list[Candidate], words: KnownWords) -> list[Candidate]:
    """Return the menu with a word that the user brought in before an invention of equal span.

    默吟 is one, 我是 is none: the lexicon has it.
    """
    if not menu or not words.has_brought_in or menu[0].mark is not Mark.NONE or not menu[0].tokens:
        return menu
    first = menu[0]
    if first.source is not Source.SENTENCE or words.is_word(first.tokens):
        return menu
    for candidate in menu:
        if (
            candidate.span == first.span
            and len(candidate.tokens) == len(first.tokens) > 1
            and words.is_brought_in(candidate.tokens)
        ):
            return [candidate, *(other for other in menu if other is not candidate)]
    return menu
