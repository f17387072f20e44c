"""Convert keys to candidates, keeping everything that can be reused for the next key.

`convert` is a pure function of (surrounding text, fixed, keys, what is known of the user): what is kept
between calls only makes it fast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.arrays import DoubleArray, FloatArray
from engine.conversion.abbreviations import AbbreviationLookup
from engine.conversion.beam_search import BeamSearch, SearchOptions
from engine.conversion.candidate_list import CandidateList, Root, end_of
from engine.conversion.prediction import Predictor
from engine.conversion.rescoring import NbestRescorer, TokenIds, UtteranceRescorer
from engine.conversion.scorer import Scorer
from engine.conversion.sentence_ranking import SentenceRanker
from engine.conversion.word_lookup import KnownWords
from engine.hanzi.rare_readings import RareReadings
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.number_grammar import NumberGrammar
from engine.lexicon.text_tokenizer import TextTokenizer
from engine.lexicon.vocabulary import SPECIALS, START, Vocabulary
from engine.model.decoder import Decoder
from engine.model.ngram import NgramModel
from engine.model.prefix_cache import PrefixCache
from engine.model.word_ngram import WordNgram
from engine.model.word_scorer import IsOwn, TopicScorer, WordScorer
from engine.protocol import Candidate, Source
from engine.spelling.annotations import boundaries_of
from engine.spelling.english_words import English
from engine.spelling.options import SpellingCosts, SpellingOptions
from engine.spelling.syllable_graph import SyllableGraph
from engine.spelling.table_builder import spelling_table
from engine.user_model.document import Document
from engine.user_model.model import UserModel

__all__ = ["DEFAULT_OPTIONS", "Conversion", "Converter", "SearchOptions"]

DEFAULT_OPTIONS = SearchOptions()


@dataclass(frozen=True)
class Conversion:
    """The result of converting some keys.

    `candidates` in menu order, their spans relative to the keys; `boundaries`: the end positions of the
    syllables of the best candidate, ascending (a separator belongs to the syllable before it);
    `interpreted_length`: the keys behind it are the tail, which fits no syllable.
    """

    candidates: tuple[Candidate, ...] = ()
    boundaries: tuple[int, ...] = ()
    interpreted_length: int = 0


@dataclass(frozen=True)
class ConverterParts:
    """The models and word lists that a converter searches with; several converters may share them."""

    decoder: Decoder
    vocabulary: Vocabulary
    lexicon: Lexicon
    reading_prior: FloatArray | None = None  # (n_token,), see TextTokenizer
    ngram: NgramModel | None = None
    penalties: FloatArray | None = None  # (n_token,), see Scorer
    utterances: Lexicon | None = None  # what is sent or typed alone: words and clauses
    abbreviated: Lexicon | None = None  # those that initials stand for
    english: English | None = None
    words: WordNgram | None = None  # of the second pass
    rare: RareReadings | None = None  # hanzi that the vocabulary lacks


class Converter:
    """A converter of keystroke strings behind one surrounding text. Not for two threads at once."""

    def __init__(
        self,
        parts: ConverterParts,
        options: SearchOptions = DEFAULT_OPTIONS,
        spelling: SpellingOptions | None = None,
        user_model: UserModel | None = None,
    ) -> None:
        self._parts = parts
        self._options = options
        self._user_model = user_model
        self._reader = TextTokenizer(parts.vocabulary, parts.lexicon, parts.reading_prior)
        self._cache = PrefixCache(parts.decoder, options.arena_rows, options.block_size)
        self._document = Document(parts.vocabulary)
        self._scorer = Scorer(
            parts.decoder,
            self._cache,
            parts.vocabulary,
            parts.ngram,
            parts.penalties,
            user_model,
            self._document,
        )
        self._words = KnownWords(parts.lexicon, user_model)
        ranker = SentenceRanker(
            self._scorer,
            options.end_weight,
            None if parts.abbreviated is None else AbbreviationLookup(parts.lexicon, parts.abbreviated),
            *_rescorers_of(parts, options, user_model, self._document),
            self._words,
            NumberGrammar(parts.vocabulary),
        )
        self._search = BeamSearch(self._cache, self._scorer, options, ranker, self._words)
        self._list = CandidateList(
            parts.vocabulary,
            parts.lexicon,
            self._scorer,
            self._search,
            options,
            self._words,
            user_model,
            parts.rare,
        )
        self._predictor = Predictor(parts.vocabulary, self._words.is_word, self._cache, self._scorer)
        self._version = -1  # of what is known of the user, when it was last asked
        starts = parts.vocabulary.syllable_starts
        self._known_syllables = frozenset(
            syllable for syllable in range(len(starts) - 1) if starts[syllable] < starts[syllable + 1]
        ).union(parts.rare.by_syllable if parts.rare else ())
        self._surrounding: tuple[int, ...] = ()
        self._text_before = ""
        self._unread: str | None = None  # the text before the caret, where it was not asked about yet
        self._last: tuple[tuple[int, ...], SyllableGraph] | None = None
        self._read_by: tuple[SpellingOptions, SpellingCosts] | None = None
        self.set_spelling(spelling or SpellingOptions())
        self.set_surrounding_text("")

    def twin(self) -> Converter:
        """Return another converter on the same decoder, lexicon and n-gram, for another surrounding text."""
        return Converter(self._parts, self._options, self._spelling)

    @property
    def spelling(self) -> SpellingOptions:
        """How the keys are read."""
        return self._spelling

    @property
    def decoder_calls(self) -> int:
        """Forward calls of the decoder so far."""
        return self._cache.decoder_calls

    @property
    def evaluated_nodes(self) -> int:
        """Rows that these calls computed."""
        return self._cache.evaluated_nodes

    def set_surrounding_text(self, text: str) -> None:
        """Set the text before the caret, of which the last characters are used; compute nothing yet."""
        document = text[-self._options.document_length :]
        if document != self._text_before:
            self._text_before = self._unread = document
            self._forget()
        tokens = self._reader.tokens(text, self._options.surrounding_length)
        if tokens != self._surrounding:
            self._surrounding = tokens
            may_have_ended = NgramModel.is_counted(tokens[-1])
            self._cache.reset(tokens, aside=SPECIALS.index(START) if may_have_ended else None)
            self._forget()

    def set_spelling(self, spelling: SpellingOptions) -> None:
        """Read keys so from now on. Raises SpellingError where the options name a file that is none.

        What the decoder has computed stays: it depends on texts, not on how they are spelt.
        """
        costs = self._costs_of(spelling)
        if self._read_by != (spelling, costs):  # it is set for each field that is entered, mostly the same
            self._table = spelling_table(spelling, costs, self._known_syllables, self._parts.english)
            self._read_by = spelling, costs
        self._spelling = spelling
        self._forget()

    def _costs_of(self, spelling: SpellingOptions) -> SpellingCosts:
        """Return the spelling costs, with fuzzy-sound prices learnt from this user."""
        costs = self._options.costs
        if self._user_model is None or not spelling.fuzzy:
            return costs
        prices = self._user_model.fuzzy_prices(spelling.fuzzy, costs.fuzzy, spelling.scheme)
        return replace(costs, fuzzy=prices)

    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> Conversion:
        """Return the candidates for `keys` ([a-z']*; anything else is tail) behind the chosen tokens
        `fixed`.

        At most one decoder call is made if the keys without their last letter were converted before, none for
        keys that were converted before.
        """
        if not keys:
            self._last = fixed, SyllableGraph.of("", self._table)
            return Conversion()
        is_well_filled = self._search.is_well_filled or self._cache.is_well_filled
        if self._search.is_full or (len(keys) == 1 and is_well_filled):
            self._cache.prune()
            self._forget()
        self._forget_where_user_changed()
        self._read_document()
        graph = SyllableGraph.of(keys, self._table)
        self._last = fixed, graph
        root = Root(self._cache.descend(fixed), len(fixed))
        beam = self._search.final_beam(root.node, graph)
        self._cache.evaluate([root.node])
        candidates = self._list.build(root, graph)
        is_word = candidates[0].source is Source.ENGLISH  # `facebook` is shown in one piece
        boundaries = (len(keys),) if is_word else boundaries_of(beam[0].edges) if beam else ()
        return Conversion(candidates, boundaries, end_of(beam, graph))

    def warm(self) -> None:
        """Do the work that the next key will need: at most one decoder call.

        After `convert` it evaluates the hypotheses that one more letter extends; after a new surrounding
        text, the text itself. What was read of the user is counted, too.
        """
        self._read_document()
        if self._user_model is None or self._user_model.is_read:
            self._forget_where_user_changed()
        if self._user_model is not None and self._user_model.is_read:
            self._user_model.word_uses.count_waiting()
        fixed, graph = self._last or ((), SyllableGraph.of("", self._table))
        self._search.evaluate_ahead(self._cache.descend(fixed), graph)

    def predict(self, limit: int) -> tuple[Candidate, ...]:
        """Return the likeliest words behind the surrounding text; this takes a few decoder calls."""
        self._forget_where_user_changed()
        self._read_document()
        predicted = self._predictor.predict(self._cache.root, limit)
        forgotten = self._user_model.forgotten if self._user_model else frozenset()
        return tuple(candidate for candidate in predicted if candidate.text not in forgotten)

    def is_word(self, tokens: tuple[int, ...]) -> bool:
        """Return whether these readings are a word of the lexicon or of the user's, or a single hanzi."""
        return self._words.is_word(tokens)

    def _read_document(self) -> None:
        """Take over the text before the caret, which takes some milliseconds, once."""
        if self._unread is not None:
            self._document.read(self._reader.tokens(self._unread, self._options.document_length))
            self._unread = None

    def _forget_where_user_changed(self) -> None:
        """Drop scores, beams and menus if the user model changed; what the decoder computed stays valid."""
        if self._user_model is not None and self._user_model.version != self._version:
            self._version = self._user_model.version
            self._forget()
            if self._costs_of(self._spelling) != self._table.costs:
                self.set_spelling(self._spelling)

    def _forget(self) -> None:
        self._words.clear()
        self._search.clear()
        self._list.clear()
        self._scorer.clear()
        self._last = None


def _rescorers_of(
    parts: ConverterParts, options: SearchOptions, user_model: UserModel | None, document: Document
) -> tuple[NbestRescorer | None, UtteranceRescorer | None]:
    is_own = user_model.is_word if user_model else None

    def is_known(tokens: TokenIds) -> bool:
        return document.has_run(tokens) or (is_own is not None and is_own(tokens))

    words = None
    if parts.words is not None and options.word_weight > 0:
        scorer = _word_scorer_of(parts.words, parts.vocabulary, is_known, user_model)
        weights = options.word_weight, options.pair_weight, options.consensus_weight
        words = NbestRescorer(scorer, *weights)
    if parts.utterances is None:
        return words, None
    return words, UtteranceRescorer(parts.utterances, is_known, _word_shares_of(parts))


def _word_shares_of(parts: ConverterParts) -> Callable[[Sequence[TokenIds]], DoubleArray] | None:
    words, texts = parts.words, parts.vocabulary.texts
    if words is None:
        return None

    def written(tokens: TokenIds) -> str:
        """Return the text of these readings, nothing where one is no hanzi that the vocabulary has."""
        return "".join([texts[token] for token in tokens]) if max(tokens) < len(texts) else ""

    return lambda found: words.shares([written(tokens) for tokens in found])


def _word_scorer_of(
    words: WordNgram, vocabulary: Vocabulary, is_known: IsOwn, user_model: UserModel | None
) -> WordScorer | TopicScorer:
    general = WordScorer(words, vocabulary, is_known)
    if user_model is None:
        return general
    user_model.word_uses.cut_by(words.cut)
    return TopicScorer(general, WordScorer(words, vocabulary, is_known, user_model.active_word_uses))
