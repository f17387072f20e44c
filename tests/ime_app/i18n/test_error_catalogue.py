"""What the engine has to say, in Chinese: real sentences, made by what goes wrong."""

from __future__ import annotations

import ast
import json
import re
import shutil
import sqlite3
import string
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from engine.error_kinds import Kind
from engine.errors import MoyinError, Said, message_of_json, reason_of, says
from engine.evaluation.accuracy import Score
from engine.interchange.word_lists import BadLine, read_words
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.reading_guesser import KnownReadings
from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle import Bundle
from engine.model.bundle_store import BundleStore
from engine.model.manifest import MANIFEST, BundleError
from engine.rewriters.symbol_rewriter import load_table
from engine.session.script_conversion import OpenccScript
from engine.spelling.english_words import English
from engine.spelling.options import SpellingOptions
from engine.storage.user_store import FILE_NAME, FOLDER, UserStore
from ime_app.i18n.strings import Strings
from resources import MODEL
from tests.engine.read_archive import restore_lines
from tests.lexicons import lexicon_of
from training.finetuning.acceptance import Standing, verdict_of

# What may stay Latin: paths, names of files, commands and formats, hashes, numbers.
_LATIN = re.compile(
    r"/\S+|`[^`]*`|[\w.-]+\.(?:json|onnx|npz|tsv|toml|sqlite3)|[0-9a-f]{6,}…|\bsha256\b|UTF-8|JSON|TOML"
)


FIGURES = ("sure_before", "sure_after", "first_before", "first_after", "general_before", "general_after")


def nested(depth: int) -> dict[str, object]:
    """Return the JSON of a message in a message, so often."""
    inner: dict[str, object] = {}
    for _ in range(depth):
        inner = {"kind": "sentence", "fields": {"text": inner}}
    return inner


def in_chinese(message: Said) -> str:
    return message if isinstance(message, str) else message.said("zh")


def words_left(message: Said) -> list[str]:
    """English words of three letters or more, less what may stay."""
    return re.findall(r"[A-Za-z]{3,}", _LATIN.sub("", in_chinese(message)))


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
    Lexicon.load(folder / "words.bin", Vocabulary.load(MODEL / "vocabulary.tsv"))


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
    with pytest.raises(MoyinError) as caught:
        go_wrong(tmp_path)
    sentence = caught.value.message
    names = {"my", "xiaohe", "ziranma", "mspy", "sogou", "abc", "ziguang", "pyjj", "format"}
    names |= {"toml", "twp"}
    assert not set(words_left(sentence)) - names, in_chinese(sentence)
    assert re.search(r"[\u4e00-\u9fff]", in_chinese(sentence))
    assert Strings("zh")("learning_notice", reason=sentence) == "请注意：" + in_chinese(sentence)
    assert Strings("en")("learning_notice", reason=caught.value) == f"Please note: {sentence}"


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
    path.write_text("你！好\n你好 ma ma\nhello\n" + "好" * 80 + "\n", encoding="utf-8")
    vocabulary = Vocabulary.load(MODEL / "vocabulary.tsv")
    readings = KnownReadings(vocabulary, lexicon_of({}, vocabulary))
    bad = [row.reason for row in read_words(path, readings) if isinstance(row, BadLine)]
    assert len(bad) == 4
    with closing(UserStore(tmp_path)) as store:
        bad += [line.reason for line in restore_lines(['{"moyin": 1}', "nothing"], store).bad_lines]
    for reason in bad:
        assert words_left(reason) == [], in_chinese(reason)


def test_messages_in_messages() -> None:
    figures = says(Kind.VERDICT_FIGURES, **dict.fromkeys(FIGURES, 1))
    message = says(Kind.WORSE_IN_GENERAL, number="0.3", figures=figures)
    assert in_chinese(message).startswith(
        "没有采用，因为一般文字的正确率降了 0.3 个百分点以上：你自己后来的输入"
    )
    assert str(message).startswith(
        "refused, because general text lost more than 0.3 points: on your own later"
    )
    assert message_of_json(json.loads(json.dumps(message.as_json()))) == says(
        Kind.WORSE_IN_GENERAL, number="0.3", figures=says(Kind.VERDICT_FIGURES, **dict.fromkeys(FIGURES, "1"))
    )


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"kind": "a_whale", "fields": {}},
        {"kind": "the_file", "fields": {}},
        {"kind": "the_file", "fields": 3},
        nested(40),
    ],
)
def test_a_message_of_another_process_that_is_none(value: object) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        message_of_json(value)


def test_an_error_has_a_kind_and_fields(tmp_path: Path) -> None:
    with pytest.raises(BundleError) as caught:
        Bundle.load(tmp_path / "none")
    error = caught.value
    assert error.kind is Kind.EXPECTED
    assert error.field("expected") == says(Kind.BUNDLE_FOLDER, path=tmp_path / "none")
    assert error.field("found") == says(Kind.NO_FOLDER)
    assert error.field("remedy") == says(Kind.FETCH_BUNDLE)
    assert error.field("line") is None
    assert str(error) == (
        f"expected a model bundle in the directory {tmp_path / 'none'}, found no such directory; "
        "take the bundle from a fresh clone or export it again with `python -m training export`"
    )


def test_what_the_system_says() -> None:
    full = OSError(28, "No space left on device", "/x/words.txt")
    assert in_chinese(reason_of(full)) == "磁盘已满（/x/words.txt）"
    assert str(reason_of(full)) == "No space left on device (/x/words.txt)"
    assert str(reason_of(KeyError())) == "KeyError"


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


def fields_of(sentence: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def test_every_kind_has_a_sentence_in_both_languages_with_the_same_fields() -> None:
    for kind in Kind:
        assert fields_of(kind.chinese) == fields_of(kind.english), kind


def test_no_error_carries_a_sentence_of_its_own() -> None:
    """Words in the call of an error would be shown in English to everybody."""
    sources = [path for top in ("engine", "ime_app") for path in sorted(Path(top).rglob("*.py"))]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources}
    names = {each.__name__ for each in subclasses(MoyinError)}
    assert len(names) > 20
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) in names and any(has_words(part) for part in node.args)
    ]
    assert found == []


def called(node: ast.Call) -> str:
    """Return `E` of `E(…)` and of `E.of(…)`."""
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr == "of":
        function = function.value
    return function.id if isinstance(function, ast.Name) else ""


def has_words(node: ast.expr) -> bool:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return bool(re.search("[A-Za-z]{3,}", " ".join(texts)))


def subclasses(base: type) -> Iterator[type]:
    each: type
    for each in base.__subclasses__():
        if each.__module__.startswith(("engine.", "ime_app.")):
            yield each
        yield from subclasses(each)


def test_every_kind_is_used() -> None:
    """A sentence that nothing says would never be read again."""
    sources = [
        path.read_text(encoding="utf-8")
        for top in ("engine", "ime_app", "training")
        for path in Path(top).rglob("*.py")
    ]
    used = {name for text in sources for name in re.findall(r"Kind\.([A-Z_0-9]+)\b", text)}
    assert {kind.name for kind in Kind} - used == set()
