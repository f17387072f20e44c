"""Wire the engine: bundle, decoder, lexicon, converter, rewriters, session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np

from engine.arrays import FloatArray
from engine.conversion.beam_search import SearchOptions
from engine.conversion.converter import Converter
from engine.learning.learner import LearningOptions
from engine.learning.user_learner import UserLearner
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary, from_counts, load_characters
from engine.model.bundle import Bundle
from engine.model.decoder import Decoder, InferenceError
from engine.model.fake_decoder import FakeDecoder
from engine.model.manifest import BundleError
from engine.model.ngram import NgramError, NgramModel
from engine.model.onnx_decoder import OnnxDecoder
from engine.model.pinyin_encoder import PinyinEncoder
from engine.rewriters.address_rewriter import AddressRewriter
from engine.rewriters.date_rewriter import DateLettersRewriter, DateRewriter, now
from engine.rewriters.number_rewriter import CodePointRewriter, NumberRewriter
from engine.rewriters.reading_rewriter import ReadingRewriter
from engine.rewriters.rewriter import Rewriter
from engine.rewriters.symbol_rewriter import SymbolRewriter
from engine.session.options import SessionOptions
from engine.session.session import Session
from engine.spelling.english_words import English
from engine.spelling.options import SpellingOptions
from engine.user_model.cache_lm import MixOptions
from engine.user_model.model import UserModel
from resources import CHARACTERS, CLAUSES, ENGLISH, LEXICON, MODEL, SYMBOLS

UNLISTED_PENALTY: Final[float] = 6.0  # nats
FAKE_TEXTS: Final[tuple[str, ...]] = ("你好世界", "我现在要去上课", "西安/xi an", "先/xian")


def create_converter(
    bundle_path: Path | None = None,
    options: SearchOptions | None = None,
    spelling: SpellingOptions | None = None,
    personal: UserModel | None = None,
) -> Converter:
    """Return a converter on the bundle at `bundle_path`, by default the shipped one.

    The history is always as long as the decoder was trained on, whatever `options` say. Raises BundleError,
    LexiconError or SpellingError, each one sentence for the user.
    """
    return converter_of(Bundle.load(bundle_path or MODEL), options, spelling, personal)


def converter_of(
    bundle: Bundle,
    options: SearchOptions | None = None,
    spelling: SpellingOptions | None = None,
    personal: UserModel | None = None,
) -> Converter:
    """Return a converter on a bundle that is loaded already. Raises BundleError or LexiconError.

    `personal` is what `create_personal` made for this bundle, for one user.
    """
    options = replace(options or SearchOptions(), block_size=bundle.manifest.block_size)
    return converter_with(
        _decoder_of(bundle),
        bundle.vocabulary,
        _ngram_of(bundle),
        options,
        spelling,
        personal,
        _encoder_of(bundle),
    )


def converter_with(
    decoder: Decoder,
    vocabulary: Vocabulary,
    ngram: NgramModel | None,
    options: SearchOptions,
    spelling: SpellingOptions | None = None,
    personal: UserModel | None = None,
    encoder: PinyinEncoder | None = None,
) -> Converter:
    """Return a converter around any decoder of `vocabulary`, with the shipped word lists and penalties.

    With it a decoder is measured before it is exported, by the very search that ships.
    """
    lexicon, clauses = (Lexicon.load(path, vocabulary) for path in (LEXICON, CLAUSES))
    return Converter(
        decoder,
        vocabulary,
        lexicon,
        options,
        None if ngram is None else ngram.unigrams,
        ngram,
        _penalties(vocabulary),
        spelling,
        personal,
        clauses,
        English.load(ENGLISH),
        encoder,
    )


def create_personal(vocabulary: Vocabulary, mixing: MixOptions | None = None) -> UserModel:
    """Return an empty user model for a bundle of this vocabulary."""
    return UserModel(vocabulary, mixing)


def create_fake_converter(
    texts: Iterable[str] = FAKE_TEXTS,
    options: SearchOptions | None = None,
    spelling: SpellingOptions | None = None,
) -> Converter:
    """Return a converter on the fake decoder, which prefers `texts` (see `FakeDecoder.preferring`)."""
    vocabulary = vocabulary_of_characters(CHARACTERS)
    decoder = FakeDecoder.preferring(vocabulary, texts)
    lexicon = Lexicon.load(LEXICON, vocabulary)
    english = English.load(ENGLISH)
    options = options or SearchOptions()
    return Converter(decoder, vocabulary, lexicon, options, spelling=spelling, english=english)


def create_session(
    bundle_path: Path | None = None,
    options: SessionOptions | None = None,
    search_options: SearchOptions | None = None,
    spelling: SpellingOptions | None = None,
    data_directory: Path | None = None,
    learning: LearningOptions | None = None,
) -> Session:
    """Return a session on `create_converter`. Raises BundleError, LexiconError, SpellingError or
    SymbolError.

    With a data directory (`platformdirs.user_data_path("moyin", appauthor=False)` is the user's) it learns
    and remembers there; without one nothing is kept.
    """
    bundle = Bundle.load(bundle_path or MODEL)
    return session_of(bundle, options, search_options, spelling, data_directory, learning)


def session_of(
    bundle: Bundle,
    options: SessionOptions | None = None,
    search_options: SearchOptions | None = None,
    spelling: SpellingOptions | None = None,
    data_directory: Path | None = None,
    learning: LearningOptions | None = None,
) -> Session:
    """Return a session as `create_session` does, on a bundle that is loaded already."""
    if data_directory is None:
        return Session(converter_of(bundle, search_options, spelling), options, rewriters=create_rewriters())
    personal = create_personal(bundle.vocabulary)
    learner = UserLearner(personal, bundle.vocabulary, data_directory, learning)
    converter = converter_of(bundle, search_options, spelling, personal)
    return Session(converter, options, learner, create_rewriters())


def create_rewriters(clock: Callable[[], datetime] = now) -> tuple[Rewriter, ...]:
    """Return all rewriters, in the order in which they are asked. Raises SymbolError."""
    return (
        SymbolRewriter.load(SYMBOLS),
        DateRewriter(clock),
        DateLettersRewriter(clock),
        NumberRewriter(),
        CodePointRewriter(),
        AddressRewriter(),
        ReadingRewriter(),
    )


def vocabulary_of_characters(path: Path) -> Vocabulary:
    """Return the vocabulary of the readings in a file of `load_characters`, all equally common."""
    rows = load_characters(path).items()
    return from_counts([(hanzi, syllable, 1) for hanzi, syllables in rows for syllable in syllables])


def _decoder_of(bundle: Bundle) -> OnnxDecoder:
    manifest = bundle.manifest
    try:
        decoder = OnnxDecoder(bundle.decoder_path, bundle.head_weight, bundle.head_bias)
    except InferenceError as error:
        raise BundleError.of(f"a decoder in {bundle.decoder_path}", f"something else ({error})") from error
    expected = manifest.n_layer, manifest.n_embd, manifest.n_class
    found = decoder.n_layer, decoder.n_embd, decoder.n_class
    if found != expected:
        raise BundleError.of(f"n_layer, n_embd, n_class {expected} in {bundle.decoder_path}", f"{found}")
    return decoder


def _penalties(vocabulary: Vocabulary) -> FloatArray:
    """Return, shape (n_token,), UNLISTED_PENALTY for hanzi outside the national list (們, 囧), which come
    last.
    """
    listed = load_characters(CHARACTERS)
    return np.array([0.0 if text in listed else UNLISTED_PENALTY for text in vocabulary.texts], np.float32)


def _encoder_of(bundle: Bundle) -> PinyinEncoder | None:
    if bundle.encoder_path is None or bundle.encoder_tables is None:
        return None
    try:
        return PinyinEncoder(
            bundle.encoder_path, bundle.encoder_tables, bundle.head_weight, bundle.vocabulary
        )
    except InferenceError as error:
        raise BundleError.of(f"an encoder in {bundle.encoder_path}", f"something else ({error})") from error


def _ngram_of(bundle: Bundle) -> NgramModel | None:
    if bundle.ngram_path is None:
        return None
    try:
        ngram = NgramModel.load(bundle.ngram_path)
    except NgramError as error:
        raise BundleError.of(f"an n-gram in {bundle.ngram_path}", f"something else ({error})") from error
    if ngram.n_token != bundle.manifest.n_token:
        raise BundleError.of(f"{bundle.manifest.n_token} tokens in {bundle.ngram_path}", str(ngram.n_token))
    return ngram
