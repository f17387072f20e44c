"""Wire the engine: bundle, decoder, lexicon, converter, rewriters, session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from engine.arrays import FloatArray
from engine.conversion.beam_search import SearchOptions
from engine.conversion.converter import Converter, ConverterParts
from engine.error_kinds import Kind
from engine.errors import MoyinError, says
from engine.hanzi.components import Components
from engine.hanzi.rare_readings import RareReadings
from engine.hanzi.tables import HanziTables
from engine.hanzi.tones import Tones
from engine.hanzi.traditional_forms import TraditionalForms
from engine.learning.learner import LearningOptions
from engine.learning.user_learner import UserLearner
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary, from_counts, load_characters
from engine.model.bundle import Bundle
from engine.model.decoder import Decoder, InferenceError
from engine.model.fake_decoder import FakeDecoder
from engine.model.manifest import BundleError
from engine.model.ngram import NgramModel
from engine.model.ngram_file import NgramError
from engine.model.onnx_decoder import OnnxDecoder
from engine.model.word_ngram import WordNgram
from engine.resource_check import require_whole, unless_damaged
from engine.rewriters.address_rewriter import AddressRewriter
from engine.rewriters.component_rewriter import ComponentRewriter
from engine.rewriters.custom_phrase_rewriter import CustomPhraseRewriter, CustomPhrases
from engine.rewriters.date_rewriter import DateLettersRewriter, DateRewriter
from engine.rewriters.number_rewriter import CodePointRewriter, NumberRewriter
from engine.rewriters.reading_rewriter import ReadingRewriter
from engine.rewriters.rewriter import Rewriter
from engine.rewriters.symbol_rewriter import SymbolRewriter, SymbolTable, load_table
from engine.session.options import SessionOptions
from engine.session.session import Session
from engine.spelling.english_words import English
from engine.spelling.options import SpellingOptions
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
from engine.user_model.model import UserModel
from resources import (
    ABBREVIATED,
    CHARACTERS,
    COMPONENTS,
    ENGLISH,
    LEXICON,
    MODEL,
    RARE_READINGS,
    SIGNS,
    SYMBOLS,
    TONES,
    TRADITIONAL_FORMS,
    TRADITIONAL_WORDS,
    UTTERANCES,
)

UNLISTED_PENALTY: Final[float] = 6.0  # nats
FAKE_TEXTS: Final[tuple[str, ...]] = ("你好世界", "我现在要去上课", "西安/xi an", "先/xian")


def create_converter(
    bundle: Bundle | Path | None = None,
    options: SearchOptions | None = None,
    spelling: SpellingOptions | None = None,
    user_model: UserModel | None = None,
) -> Converter:
    """Return a converter on a bundle, or on the one in a folder, by default the shipped one.

    The history is always as long as the decoder was trained on, whatever `options` say. `user_model`
    is of this bundle's vocabulary. Raises MoyinError, one sentence for the user.
    """
    if not isinstance(bundle, Bundle):
        bundle = Bundle.load(bundle or MODEL)
    options = replace(options or SearchOptions(), block_size=bundle.manifest.block_size)
    parts = parts_around(_decoder_of(bundle), bundle.vocabulary, _ngram_of(bundle), _words_of(bundle))
    return Converter(parts, options, spelling, user_model)


def parts_around(
    decoder: Decoder,
    vocabulary: Vocabulary,
    ngram: NgramModel | None,
    words: WordNgram | None = None,
) -> ConverterParts:
    """Return the parts of a converter around any decoder of `vocabulary`, with the shipped word lists.

    What measures a decoder before it is exported searches like the one that ships.
    """
    require_whole(LEXICON)
    lexicon = Lexicon.load(LEXICON, vocabulary)
    utterances, abbreviated = (
        unless_damaged(path, cost, lambda path: Lexicon.load(path, vocabulary), None)
        for path, cost in ((UTTERANCES, Kind.COST_UTTERANCES), (ABBREVIATED, Kind.COST_ABBREVIATED))
    )
    return ConverterParts(
        decoder,
        vocabulary,
        lexicon,
        reading_prior=None if ngram is None else ngram.unigrams,
        ngram=ngram,
        penalties=_penalties(vocabulary),
        utterances=utterances,
        abbreviated=abbreviated,
        english=unless_damaged(ENGLISH, Kind.COST_ENGLISH, English.load, None),
        words=words,
        rare=RareReadings(_whole(RARE_READINGS, Kind.COST_RARE)),
    )


def create_fake_converter(
    texts: Iterable[str] = FAKE_TEXTS,
    options: SearchOptions | None = None,
    spelling: SpellingOptions | None = None,
) -> Converter:
    """Return a converter on the fake decoder, which prefers `texts` (see `FakeDecoder.preferring`)."""
    require_whole(CHARACTERS)
    vocabulary = vocabulary_of_characters(CHARACTERS)
    decoder = FakeDecoder.preferring(vocabulary, texts)
    require_whole(LEXICON)
    lexicon = Lexicon.load(LEXICON, vocabulary)
    english = unless_damaged(ENGLISH, Kind.COST_ENGLISH, English.load, None)
    parts = ConverterParts(decoder, vocabulary, lexicon, english=english)
    return Converter(parts, options or SearchOptions(), spelling)


def create_session(
    bundle: Bundle | Path | None = None,
    options: SessionOptions | None = None,
    search_options: SearchOptions | None = None,
    spelling: SpellingOptions | None = None,
    data_directory: Path | None = None,
    learning: LearningOptions | None = None,
) -> Session:
    """Return a session on `create_converter`. Raises MoyinError, one sentence for the user.

    With a data directory (`platformdirs.user_data_path("moyin", appauthor=False)` is the user's)
    it learns and remembers there; without one nothing is kept.
    """
    if not isinstance(bundle, Bundle):
        bundle = Bundle.load(bundle or MODEL)
    if data_directory is None:
        converter = create_converter(bundle, search_options, spelling)
        return Session(converter, options, rewriters=create_rewriters(), tables=create_hanzi_tables())
    user_model = UserModel(bundle.vocabulary)
    learner = UserLearner(user_model, bundle.vocabulary, data_directory, learning)
    converter = create_converter(bundle, search_options, spelling, user_model)
    rewriters = create_rewriters(phrases=CustomPhraseBook(data_directory))
    return Session(converter, options, learner, rewriters, tables=create_hanzi_tables())


def create_rewriters(phrases: CustomPhrases | None = None) -> tuple[Rewriter, ...]:
    """Return all rewriters, in the order in which they are asked; `phrases` are the user's own."""
    custom = () if phrases is None else (CustomPhraseRewriter(phrases),)
    none: SymbolTable = {}
    symbols, signs = (unless_damaged(path, Kind.COST_SYMBOLS, load_table, none) for path in (SYMBOLS, SIGNS))
    return (
        SymbolRewriter(symbols, signs),
        DateLettersRewriter(),  # before what it would be a part of: `sj` is 17:54, and 时间 as well
        DateRewriter(),
        NumberRewriter(),
        CodePointRewriter(),
        ComponentRewriter(create_hanzi_tables()),
        AddressRewriter(),
        *custom,
        ReadingRewriter(),
    )


@cache
def create_hanzi_tables() -> HanziTables:
    """Return the tables of single hanzi, which are read when they are first asked."""
    traditional = [_whole(path, Kind.COST_TRADITIONAL) for path in (TRADITIONAL_FORMS, TRADITIONAL_WORDS)]
    return HanziTables(
        Tones(_whole(TONES, Kind.COST_TONES)),
        Components(_whole(COMPONENTS, Kind.COST_COMPONENTS)),
        TraditionalForms(*traditional),
    )


def _whole(path: Path, cost: Kind) -> Path | None:
    """Return the path; None, and a notice, if the file is damaged or gone."""

    def known(path: Path) -> Path | None:
        path.stat()
        return path

    return unless_damaged(path, cost, known, None)


def vocabulary_of_characters(path: Path) -> Vocabulary:
    """Return the vocabulary of the readings in a file of `load_characters`, all equally common."""
    rows = load_characters(path).items()
    return from_counts([(hanzi, syllable, 1) for hanzi, syllables in rows for syllable in syllables])


def _decoder_of(bundle: Bundle) -> OnnxDecoder:
    manifest = bundle.manifest
    try:
        decoder = OnnxDecoder(bundle.decoder_path, bundle.head_weight, bundle.head_bias)
    except InferenceError as error:
        raise _unusable(Kind.DECODER_IN, bundle.decoder_path, error) from error
    expected = manifest.n_layer, manifest.n_embd, manifest.n_class
    found = decoder.n_layer, decoder.n_embd, decoder.n_class
    if found != expected:
        raise BundleError.of(says(Kind.SIZES_IN, sizes=expected, path=bundle.decoder_path), f"{found}")
    return decoder


def _penalties(vocabulary: Vocabulary) -> FloatArray:
    """Return UNLISTED_PENALTY for hanzi outside the national list (們, 囧), which come last: (n_token,)."""
    listed = unless_damaged(CHARACTERS, Kind.COST_CHARACTERS, load_characters, None)
    if listed is None:
        return np.zeros(len(vocabulary.texts), np.float32)
    return np.array([0.0 if text in listed else UNLISTED_PENALTY for text in vocabulary.texts], np.float32)


def _ngram_of(bundle: Bundle) -> NgramModel | None:
    if bundle.ngram_path is None:
        return None
    try:
        ngram = NgramModel.load(bundle.ngram_path)
    except NgramError as error:
        raise _unusable(Kind.NGRAM_IN, bundle.ngram_path, error) from error
    if ngram.n_token != bundle.manifest.n_token:
        raise BundleError.of(
            says(Kind.N_TOKENS_IN, number=bundle.manifest.n_token, path=bundle.ngram_path), str(ngram.n_token)
        )
    return ngram


def _words_of(bundle: Bundle) -> WordNgram | None:
    if bundle.words_path is None:
        return None
    try:
        return WordNgram.load(bundle.words_path)
    except NgramError as error:
        raise _unusable(Kind.WORDS_IN, bundle.words_path, error) from error


def _unusable(expected: Kind, path: Path, error: MoyinError) -> BundleError:
    return BundleError.of(says(expected, path=path), says(Kind.SOMETHING_ELSE_WHY, reason=error.message))
