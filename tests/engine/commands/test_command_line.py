"""`python -m engine`: the files of `convert`, its errors, and what a person sees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.__main__ import main
from engine.lexicon.vocabulary import Vocabulary
from tests.engine.tiny_bundle import write_tiny_bundle


@pytest.fixture
def bundle(tmp_path: Path, vocabulary: Vocabulary) -> str:
    return str(write_tiny_bundle(tmp_path / "model", vocabulary))


def convert_file(tmp_path: Path, bundle: str, lines: list[str], *arguments: str) -> tuple[int, list[Any]]:
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    files = ["--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl")]
    status = main(["convert", *files, "--bundle", bundle, *arguments])
    return status, [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]


def test_format_of_results(tmp_path: Path, bundle: str) -> None:
    lines = ['{"id": "a", "pinyin": ["ni", "hao"]}', "", '{"id": 2, "keys": "xi\'an", "pinyin": ["xian"]}']
    status, results = convert_file(tmp_path, bundle, lines, "--topn", "3")
    assert status == 0
    assert [result["id"] for result in results] == ["a", 2]
    for result, n_key in zip(results, (5, 5), strict=True):
        assert list(result) == ["id", "candidates", "us", "key_us", "decoder_calls", "warm_us"]
        assert len(result["candidates"]) == 3
        assert all(len(text) == 2 for text in result["candidates"])
        assert len(result["key_us"]) == n_key
        assert result["us"] == sum(result["key_us"])
        assert all(isinstance(us, int) for us in result["key_us"])
        assert result["decoder_calls"] >= 1


def test_no_candidate_covers_an_input_with_a_tail(tmp_path: Path, bundle: str) -> None:
    _, (result,) = convert_file(tmp_path, bundle, ['{"id": "a", "keys": "nihaov"}'])
    assert result["candidates"] == []


def test_context_is_used_only_if_asked_for(tmp_path: Path, bundle: str) -> None:
    bare, before = '{"id": "a", "keys": "shi"}', '{"id": "a", "keys": "shi", "context": "中国人民大学"}'
    _, (without,) = convert_file(tmp_path, bundle, [bare], "--topn", "9")
    _, (ignored,) = convert_file(tmp_path, bundle, [before], "--topn", "9")
    _, (used,) = convert_file(tmp_path, bundle, [before], "--topn", "9", "--context")
    assert without["candidates"] == ignored["candidates"] != used["candidates"]


@pytest.mark.parametrize(
    "bad",
    [
        "{",
        '{"id": "\\ud83d", "keys": "ni"}',
        '{"id": "b"}',
        '{"id": "b", "keys": "n i"}',
        "[" * 100_000,
        '{"id": "b", "pinyin": [""]}',
    ],
)
def test_bad_lines_are_named_and_the_rest_goes_on(
    tmp_path: Path, bundle: str, bad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good = '{"id": "a", "pinyin": ["ni"]}'
    status, results = convert_file(tmp_path, bundle, [good, bad, good])
    assert (status, len(results)) == (1, 2)
    assert capsys.readouterr().err.startswith("line 2: ")


def test_the_input_is_never_overwritten(tmp_path: Path, bundle: str) -> None:
    case = '{"id": "a", "pinyin": ["ni"]}'
    (tmp_path / "in.jsonl").write_text(case)
    (tmp_path / "link").symlink_to(tmp_path / "in.jsonl")
    for output in ("in.jsonl", "link"):
        files = ["--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / output)]
        with pytest.raises(SystemExit) as caught:
            main(["convert", *files, "--bundle", bundle])
        assert caught.value.code == 2
    assert (tmp_path / "in.jsonl").read_text() == case


def test_a_run_that_fails_leaves_the_old_output(tmp_path: Path, bundle: str) -> None:
    (tmp_path / "in.jsonl").write_bytes(b'{"id": "a", "pinyin": ["ni"]}\n' * 2000 + b"\xff\n")
    (tmp_path / "out.jsonl").write_text("old")
    files = ["--input", str(tmp_path / "in.jsonl"), "--output", str(tmp_path / "out.jsonl")]
    before = sorted(tmp_path.iterdir())
    assert main(["convert", *files, "--bundle", bundle]) == 2
    assert (tmp_path / "out.jsonl").read_text() == "old"
    assert sorted(tmp_path.iterdir()) == before


def test_a_byte_order_mark_is_no_part_of_a_case(tmp_path: Path, bundle: str) -> None:
    status, results = convert_file(tmp_path, bundle, ['\ufeff{"id": "a", "pinyin": ["ni"]}'])
    assert (status, len(results)) == (0, 1)


def test_for_a_person(bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "xi an", "--bundle", bundle, "--topn", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2"]
    assert all("xi an" in line for line in lines)  # never 先, the space is a boundary


def test_for_a_person_with_letters_left_over(bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "nihaov", "--bundle", bundle, "--topn", "1"]) == 0
    assert capsys.readouterr().out.split()[1].endswith("v")


@pytest.mark.parametrize("letters", ["你好", "", "v", "vvv"])
def test_for_a_person_who_typed_no_pinyin(
    bundle: str, letters: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", letters, "--bundle", bundle]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nihao", "--interval-ms", "nan"],
        ["nihao", "--interval-ms", "-1"],
        ["--input", "x", "nihao"],
        ["nihao", "--topn", "0"],
    ],
)
def test_arguments_that_make_no_sense(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["convert", *arguments])
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_no_bundle_and_no_input_file(tmp_path: Path, bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "nihao", "--bundle", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.startswith("BundleError: expected ")
    assert main(["convert", "--input", str(tmp_path / "none"), "--bundle", bundle]) == 2
    assert "No such file" in capsys.readouterr().err


def test_in_a_process_of_its_own_with_the_fake_decoder() -> None:
    command = [sys.executable, "-m", "engine", "convert", "nihao shijie", "--fake", "--topn", "1"]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert result.stdout.startswith("1  你好世界  ni hao shi jie")
    assert result.stderr == ""


def test_on_a_terminal_that_says_it_is_ascii() -> None:
    command = [sys.executable, "-m", "engine", "convert", "nihao", "--fake", "--topn", "1"]
    ascii_only = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0"}
    ascii_only.pop("PYTHONIOENCODING", None)
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env=ascii_only)
    assert result.stdout.startswith("1  你好")


def test_a_scheme_of_double_pinyin(tmp_path: Path, bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ['{"id": "a", "pinyin": ["ni", "hao"]}', '{"id": "b", "keys": "nihc"}']
    _, (spelt, typed) = convert_file(tmp_path, bundle, lines, "--scheme", "xiaohe")
    assert spelt["candidates"] == typed["candidates"]
    assert len(spelt["key_us"]) == 4
    with pytest.raises(SystemExit, match="2"):
        main(["convert", "nihc", "--bundle", bundle, "--scheme", "nosuch"])
    assert "expected a scheme of xiaohe, ziranma, mspy" in capsys.readouterr().err


def test_a_person_is_shown_what_was_corrected(bundle: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "nihoa", "--fake", "--correct"]) == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("1  你好  ni hao  ")
    assert main(["convert", "xainnihao", "--fake", "--correct", "--topn", "50"]) == 0
    assert "xain→xian" in capsys.readouterr().out


def test_fuzzy_sounds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "nihaosijie", "--fake", "--topn", "1"]) == 0
    without = capsys.readouterr().out
    assert main(["convert", "nihaosijie", "--fake", "--fuzzy", "--topn", "1"]) == 0
    assert "你好世界" in capsys.readouterr().out
    assert "你好世界" not in without


HUGE = "9" * 5000


@pytest.mark.parametrize(
    "arguments",
    [
        ["log", "show", "--limit", "99999999999999999999"],
        ["log", "show", "--limit", HUGE],
        ["log", "delete", "99999999999999999999"],
        ["convert", "nihao", "--fake", "--beam-width", "99999999999999999999"],
        ["convert", "nihao", "--fake", "--beam-width", "many"],
        ["serve", "--port", HUGE],
        ["serve", "--lanes", "99999999999999999999"],
    ],
)
def test_numbers_beyond_all_sense(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """SQLite, islice and Python's own limit of digits each ended in a traceback."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "error: argument" in said
    assert "expected" in said
    assert len(said) < 200


@pytest.mark.parametrize("line", ["[" * 100_000, f'{{"id": 1, "keys": {HUGE}}}', "[[[[", "nonsense"])
def test_lines_that_are_no_json(
    tmp_path: Path, bundle: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cases.jsonl").write_text(line, encoding="utf-8")
    assert main(["benchmark", "accuracy", str(tmp_path / "cases.jsonl"), "--bundle", bundle]) == 2
    said = "line 1: expected a JSON object, found something else"
    assert said in capsys.readouterr().err
    status, results = convert_file(tmp_path, bundle, [line])
    assert status == 1
    assert said in str(results) + capsys.readouterr().err


@pytest.mark.parametrize("data", [b"\xff\xfe{", b"\x89PNG\r\n", "你好".encode("gb18030")])
def test_a_file_of_cases_that_is_no_utf8_is_named(
    tmp_path: Path, bundle: str, data: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(data)
    assert main(["benchmark", "accuracy", str(path), "--bundle", bundle]) == 2
    assert f"{path}: not UTF-8 text" in capsys.readouterr().err
    assert main(["convert", "--input", str(path), "--output", str(tmp_path / "out"), "--fake"]) == 2
    assert f"{path}: not UTF-8 text" in capsys.readouterr().err


@pytest.mark.parametrize(
    "pin",
    [("", "世界", "shi jie"), ("sj1", "世界", "shi jie"), ("s" * 65, "世界", "shi jie"), ("sj", "", "")]
    + [("sj", "世界", reading) for reading in ("bad reading", "shi", "shi jie jie", "")],
)
def test_pins_that_could_never_be_typed(
    tmp_path: Path, pin: tuple[str, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--data-directory", str(tmp_path)]
    assert main(["words", "pin", *pin, *folder]) == 2
    assert capsys.readouterr().err.startswith("LineError: expected ")
    main(["words", "pins", *folder])
    assert capsys.readouterr().out == ""
    main(["words", "pin", "dh", "10086号", "hao", *folder])
    main(["words", "pins", *folder])
    assert capsys.readouterr().out == "dh\t10086号\t_ _ _ _ _ hao\n"
