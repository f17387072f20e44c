"""What the engine has to say, in Chinese: real sentences, made by what goes wrong."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from engine.evaluation.accuracy import Score
from engine.interchange.archive import restore_lines
from engine.interchange.word_lists import BadLine, read_words
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.reading_guesser import KnownReadings
from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle import Bundle
from engine.model.bundle_store import BundleStore
from engine.model.manifest import MANIFEST
from engine.rewriters.symbol_rewriter import load_table
from engine.session.script_conversion import OpenccScript
from engine.spelling.english_words import English
from engine.spelling.options import SpellingOptions
from engine.storage.user_store import FILE_NAME, FOLDER, UserStore
from ime_app.i18n.catalogue.errors import REASONS
from ime_app.i18n.error_messages import in_chinese
from ime_app.i18n.strings import Strings
from resources import MODEL
from training.finetuning.acceptance import Standing, verdict_of

# What may stay Latin: paths, names of files, commands and formats, hashes, numbers.
_LATIN = re.compile(
    r"/\S+|`[^`]*`|[\w.-]+\.(?:json|onnx|npz|tsv|toml|sqlite3)|[0-9a-f]{6,}…|\bsha256\b|UTF-8|JSON|TOML"
)


def words_left(sentence: str) -> list[str]:
    """English words of three letters or more, less what may stay."""
    return re.findall(r"[A-Za-z]{3,}", _LATIN.sub("", in_chinese(sentence)))


def copied_model(folder: Path) -> Path:
    folder.mkdir()
    for path in MODEL.iterdir():
        shutil.copyfile(path, folder / path.name)
    return folder


def no_model(folder: Path) -> None:
    Bundle.load(folder / "none")


def no_manifest(folder: Path) -> None:
    Bundle.load(folder)


def changed_model(folder: Path) -> None:
    model = copied_model(folder / "model")
    content = bytearray((model / "head.npz").read_bytes())
    content[-1] ^= 1
    (model / "head.npz").write_bytes(content)
    Bundle.load(model)


def cut_model(folder: Path) -> None:
    model = copied_model(folder / "model")
    (model / "head.npz").write_bytes(b"")
    Bundle.load(model)


def model_without_a_file(folder: Path) -> None:
    model = copied_model(folder / "model")
    (model / "decoder.onnx").unlink()
    Bundle.load(model)


def model_of_another_format(folder: Path) -> None:
    model = copied_model(folder / "model")
    manifest = json.loads((model / MANIFEST).read_text(encoding="utf-8"))
    (model / MANIFEST).write_text(json.dumps(manifest | {"format": 99}), encoding="utf-8")
    Bundle.load(model)


def no_lexicon(folder: Path) -> None:
    Lexicon.load(folder / "words.npz", Vocabulary.load(MODEL / "vocabulary.tsv"))


def no_english(folder: Path) -> None:
    English.load(folder / "english.tsv")


def no_symbols(folder: Path) -> None:
    load_table(folder / "symbols.tsv")


def no_scheme(folder: Path) -> None:
    SpellingOptions(scheme=str(folder / "my.toml"))


def no_script(folder: Path) -> None:
    OpenccScript("s2x")


def log_that_is_a_folder(folder: Path) -> None:
    (folder / FOLDER / FILE_NAME).mkdir(parents=True)
    UserStore(folder)


def log_of_tomorrow(folder: Path) -> None:
    UserStore(folder).close()
    with closing(sqlite3.connect(folder / FOLDER / FILE_NAME)) as connection:
        connection.execute("PRAGMA user_version = 99")
    UserStore(folder)


@pytest.mark.parametrize(
    "go_wrong",
    [
        no_model,
        no_manifest,
        changed_model,
        cut_model,
        model_without_a_file,
        model_of_another_format,
        no_lexicon,
        no_english,
        no_symbols,
        no_scheme,
        no_script,
        log_that_is_a_folder,
        log_of_tomorrow,
    ],
)
def test_what_goes_wrong_is_said_in_chinese(go_wrong: Callable[[Path], None], tmp_path: Path) -> None:
    with pytest.raises(Exception, match=".") as caught:
        go_wrong(tmp_path)
    sentence = str(caught.value)
    names = {"my", "xiaohe", "ziranma", "mspy", "sogou", "abc", "ziguang", "pyjj", "format"}
    names |= {"toml", "twp"}
    assert not set(words_left(sentence)) - names, in_chinese(sentence)
    assert re.search(r"[\u4e00-\u9fff]", in_chinese(sentence))
    assert Strings("zh")("learning_notice", reason=sentence) == "请注意：" + in_chinese(sentence)
    assert Strings("en")("learning_notice", reason=sentence) == "Please note: " + sentence


def test_a_damaged_log_is_said_in_chinese(tmp_path: Path) -> None:
    UserStore(tmp_path).close()
    (tmp_path / FOLDER / FILE_NAME).write_bytes(b"no database at all" * 400)
    with closing(UserStore(tmp_path)) as store:
        (notice,) = store.notices
    assert words_left(notice) == [], in_chinese(notice)
    assert in_chinese(notice).startswith("输入记录已损坏，原文件改名为 /")


def test_a_retrained_model_that_cannot_be_used(tmp_path: Path) -> None:
    store = BundleStore(tmp_path)
    made = store.folder / "mine"
    made.parent.mkdir(parents=True)
    copied_model(made)
    store.activate("mine")
    (made / "head.npz").write_bytes(b"")
    notice = store.load().notice
    assert set(words_left(notice)) <= {"mine"}, in_chinese(notice)
    assert in_chinese(notice).startswith("再训练的模型 mine 无法使用：需要 /")


def test_bad_lines_are_said_in_chinese(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("你a好\n你好 ma ma\nhello\n" + "好" * 80 + "\n", encoding="utf-8")
    vocabulary = Vocabulary.load(MODEL / "vocabulary.tsv")
    readings = KnownReadings(vocabulary, Lexicon.from_words({}, vocabulary))
    bad = [row.reason for row in read_words(path, readings) if isinstance(row, BadLine)]
    assert len(bad) == 4
    with closing(UserStore(tmp_path)) as store:
        bad += [line.reason for line in restore_lines(['{"moyin": 1}', "nothing"], store).bad_lines]
    for reason in bad:
        assert words_left(reason) == [], in_chinese(reason)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "refused, because general text lost more than 0.3 points: on your own later phrases 50.1% sure "
            "of what you wanted before, 52.3% after, first candidate right 40.0% before, 60.0% after; hanzi "
            "right on general text 90.1% before, 88.0% after",
            "没有采用，因为一般文字的正确率降了 0.3 个百分点以上：你自己后来的输入，对想要的文字的把握 "
            "50.1% → 52.3%，首选正确 40.0% → 60.0%；一般文字，字正确 90.1% → 88.0%",
        ),
        (
            "retraining needs at least 60 phrases, found 12; type some more first",
            "再训练至少要 60 条记录，现在有 12 条；请先多打些字",
        ),
        ("expected a whale, found none; call it", "expected a whale, found none; call it"),
        ("a sentence that nobody has put into Chinese", "a sentence that nobody has put into Chinese"),
        ("", ""),
    ],
)
def test_sentences(english: str, chinese: str) -> None:
    assert in_chinese(english) == chinese


@pytest.mark.parametrize("after", [(41.5, 900), (39.5, 900), (41.5, 800)])
def test_a_verdict_in_chinese(after: tuple[float, int]) -> None:
    """As `python -m training finetune` words it."""
    chances = np.full(100, 0.4), np.full(100, after[0] / 100)
    mine = Standing(Score(100, 60), np.log(chances[0])), Standing(Score(100, 61), np.log(chances[1]))
    general = Score(characters=1000, right_characters=900), Score(characters=1000, right_characters=after[1])
    verdict = verdict_of(mine, general, allowed_loss=0.3)
    said = in_chinese(verdict.reason)
    assert words_left(verdict.reason) == [], said
    figures = f"对想要的文字的把握 40.0% → {after[0]}%，首选正确 60.0% → 61.0%；一般文字，字正确 90.0% → "
    assert figures in said


def test_every_row_names_parts_that_its_english_has() -> None:
    places = re.compile(r"\{(\w+)\}")
    for english, chinese in REASONS:
        assert set(places.findall(chinese)) <= set(places.findall(english)), english
        assert len(set(places.findall(english))) == len(places.findall(english)), english
