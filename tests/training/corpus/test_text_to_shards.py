"""From text files to shards: readings, vocabulary, windows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import resources
from engine.lexicon.vocabulary import SPECIALS, Vocabulary, load_characters
from engine.spelling.syllable import SYLLABLES
from tests.training.texts import CHARACTERS, LINES
from training.corpus.pinyin_annotation import CODE_SHIFT, annotate_line
from training.corpus.prepare import Encoder, PrepareError, build_vocabulary, count_codes, prepare
from training.corpus.shards import IGNORED, START_ID, ShardError, Shards, WindowSampler, note_on_weights
from training.corpus.text_files import CorpusError, paragraphs, text_files

ROOT = Path(__file__).parents[3]


def reading(text: str) -> list[str]:
    codes = annotate_line(text).tolist()[1:]
    return [SYLLABLES[(c & 511) - 1] if c >> CODE_SHIFT else SPECIALS[c] for c in codes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("银行行长", "yin hang hang zhang"),
        ("慢慢地走", "man man de zou"),
        ("这块地大", "zhe kuai di da"),
        ("嗯", "en"),
        ("都行", "dou xing"),
        ("绿旅虐", "lv lv nve"),
        ("用Python写了3.14行……", "yong <latin> xie le <num> xing …"),
        ("你 好\u3000吗?", "ni <br> hao <br> ma ？"),
        ("〇㐀😀", "ling qiu <sym>"),
    ],
)
def test_annotation(text: str, expected: str) -> None:
    assert reading(text) == expected.split()


def test_every_hanzi_gets_one_code() -> None:
    text = "".join(chr(c) for c in range(0x4E00, 0x9FFF, 37))
    assert len(annotate_line(text)) == len(text) + 1


def test_compressed_and_plain_text_read_alike(corpus: Path) -> None:
    files = text_files(corpus)
    assert list(files) == ["other", "talk"]
    assert sorted(paragraphs(files["other"])) == sorted(paragraphs(files["talk"]))


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no .txt"):
        text_files(tmp_path)
    (tmp_path / "a.txt").write_bytes("中文".encode("gbk"))
    with pytest.raises(CorpusError, match="a.txt is not UTF-8"):
        list(paragraphs(tmp_path / "a.txt"))
    for name in ("b.txt.xz", "b.txt.zst"):
        (tmp_path / name).write_bytes(b"not compressed at all, whatever the name says")
        with pytest.raises(CorpusError, match=f"{name} is damaged"):
            list(paragraphs(tmp_path / name))
        (tmp_path / name).unlink()
    (tmp_path / "a.txt.xz").write_bytes(b"")
    with pytest.raises(CorpusError, match="one source"):
        text_files(tmp_path)


def test_shards_hold_the_text(prepared: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    stream = Shards(prepared, "train", vocabulary).streams["talk"]
    first = np.flatnonzero(np.asarray(stream[:40]) == START_ID)
    assert vocabulary.text(stream[1 : first[1]]) == "我现在要去上课，你好世界。"
    meta = json.loads((prepared / "shards" / "meta.json").read_text())
    train, valid = meta["tokens"]["talk"]["train"], meta["tokens"]["talk"]["valid"]
    assert valid > 0
    assert train + valid == 2600 * (13 + 14 + 14 + 14 + 13 + 5)


def test_vocabulary_covers_the_standard_list(prepared: Path) -> None:
    standard = load_characters(resources.CHARACTERS)
    assert len(standard) == 8105
    assert set(standard) == set(build_vocabulary(Counter(), standard, 1).ids_of_hanzi)
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    assert set(load_characters(CHARACTERS)) < set(vocabulary.ids_of_hanzi)


def test_rare_readings_stay_out_and_fall_back_to_the_commonest() -> None:
    codes = annotate_line("的的的目的").tolist() + annotate_line("目的地").tolist()
    counts = Counter(codes)
    vocabulary = build_vocabulary(counts, {}, minimum=3)
    assert [hanzi for hanzi, _ in vocabulary.readings] == ["的"]
    tokens = Encoder(vocabulary, counts)(annotate_line("目的的")).tolist()
    assert [vocabulary.texts[t] for t in tokens] == ["<s>", "<unk>", "的", "的"]


def test_prepare_again_keeps_what_is_there(corpus: Path, prepared: Path, tmp_path: Path) -> None:
    prepared = Path(shutil.copytree(prepared, tmp_path / "prepared"))  # which others read
    before = (prepared / "codes" / "talk.train.u32").stat().st_mtime_ns
    tokens = (prepared / "shards" / "talk.train.u16").read_bytes()
    prepare(corpus, prepared, CHARACTERS, prepared / "vocabulary.tsv", workers=1, minimum=2)
    assert (prepared / "codes" / "talk.train.u32").stat().st_mtime_ns == before
    assert (prepared / "shards" / "talk.train.u16").read_bytes() == tokens


def test_a_kill_at_any_moment_loses_one_source_at_most(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for name, line in (("a", "我们去公园。\n"), ("b", "银行行长很忙。\n")):
        (texts / f"{name}.txt").write_text(line * 100, encoding="utf-8")
    prepare(texts, tmp_path / "whole", CHARACTERS, None, workers=1, minimum=2)
    command = [sys.executable, "-m", "tests.training.killed_prepare", str(texts), str(tmp_path / "killed")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    # a: killed before its first file, before its second, and before its entry in the record.
    assert seen == {"kills": seen["kills"], "annotated": ["a", "a", "a", "b"]}
    assert seen["kills"] > 18
    made = [path for path in (tmp_path / "whole").rglob("*") if path.suffix in (".u16", ".u32", ".tsv")]
    assert len(made) == 9
    for path in [*made, tmp_path / "whole" / "shards" / "meta.json"]:
        assert path.read_bytes() == (tmp_path / "killed" / path.relative_to(tmp_path / "whole")).read_bytes()


@pytest.mark.long
def test_memory_does_not_grow_with_the_text(tmp_path: Path) -> None:
    """One source of a million readings, and of five million: 20 MB of codes and 10 MB of shards."""
    code = (
        "import re, sys; from pathlib import Path; from training.corpus.prepare import prepare; "
        "from tests.training.texts import CHARACTERS; "
        "prepare(Path(sys.argv[1]), Path(sys.argv[2]), CHARACTERS, None, workers=1, minimum=2); "
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])"
    )
    peaks = []
    for times in (1, 5):
        texts = tmp_path / f"texts{times}"
        texts.mkdir()
        with (texts / "a.txt").open("w", encoding="utf-8") as file:
            for _ in range(times):
                file.write(("\n".join(LINES * 10) + "\n") * 1500)
        command = [sys.executable, "-c", code, str(texts), str(tmp_path / f"out{times}")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=True)
        peaks.append(int(done.stdout.splitlines()[-1]) // 1024)  # MB
    assert sum(sources_of(tmp_path / "out5")["a"].values()) > 5_000_000
    assert peaks[1] < peaks[0] + 12, f"{peaks} MB"


def sources_of(output: Path) -> dict[str, dict[str, int]]:
    return json.loads((output / "shards" / "meta.json").read_text())["tokens"]


def test_changed_and_removed_sources_are_noticed(tmp_path: Path) -> None:
    texts, output = tmp_path / "texts", tmp_path / "out"
    texts.mkdir()
    for name in "ab":
        (texts / f"{name}.txt").write_text("我们去公园。\n" * 100, encoding="utf-8")
    prepare(texts, output, CHARACTERS, None, workers=1, minimum=2)
    sizes = sources_of(output)["a"]
    assert sizes["train"] + sizes["valid"] == 7 * 100
    assert sizes["valid"] == 7 * 8  # the sixth block of eight lines
    kept = (output / "codes" / "a.train.u32").stat().st_mtime_ns
    (texts / "b.txt").write_text("银行行长很忙。\n" * 90, encoding="utf-8")
    os.utime(texts / "b.txt", ns=(1, 1))  # older than the codes: a file put back from elsewhere
    prepare(texts, output, CHARACTERS, None, workers=1, minimum=2)
    assert sum(sources_of(output)["b"].values()) == 8 * 90
    assert (output / "codes" / "a.train.u32").stat().st_mtime_ns == kept
    (texts / "b.txt").unlink()
    prepare(texts, output, CHARACTERS, None, workers=1, minimum=2)
    assert list(sources_of(output)) == ["a"]


def test_too_little_text_is_refused_by_name_of_what_is_needed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("我们去公园。\n" * 20, encoding="utf-8")
    with pytest.raises(PrepareError, match="at least 80 lines"):
        prepare(tmp_path, tmp_path / "out", CHARACTERS, None, workers=1, minimum=2)


def sampler_of(prepared: Path, **options: object) -> WindowSampler:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    return WindowSampler(Shards(prepared, "train", vocabulary), 64, {}, **options)  # type: ignore[arg-type]


def test_windows_are_running_text(prepared: Path) -> None:
    batch = sampler_of(prepared, seed=3).batch(0, 0, 16)
    assert batch.inputs.shape == batch.targets.shape == batch.segments.shape == (16, 64)
    for inputs, targets, segments in zip(batch.inputs, batch.targets, batch.segments, strict=True):
        starts = np.flatnonzero(np.diff(segments, prepend=-1))
        assert (inputs[starts] == START_ID).all()
        inner = np.flatnonzero(np.diff(segments) == 0)
        kept = inner[targets[inner] != IGNORED]
        assert (targets[kept] == inputs[kept + 1]).all()
        assert (targets != START_ID).all()


def test_batches_depend_on_the_step_alone_and_are_shared_out(prepared: Path) -> None:
    sampler, again = sampler_of(prepared, seed=5), sampler_of(prepared, seed=5)
    whole = sampler.batch(7, 0, 8).inputs
    assert (np.concatenate([again.batch(7, 0, 3).inputs, again.batch(7, 3, 8).inputs]) == whole).all()
    assert (sampler.batch(8, 0, 8).inputs != whole).any()


def test_weights_choose_sources(prepared: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    shards = Shards(prepared, "train", vocabulary)
    absent = {"talk": 1.0, "nowhere": 2.0, "nor here": 2.0}
    assert "2 of 3 weights" in note_on_weights(shards, absent)
    assert not note_on_weights(shards, {"talk": 2.0})
    named, plain = (WindowSampler(shards, 64, weights).batch(0, 0, 4) for weights in (absent, {}))
    assert (named.inputs == plain.inputs).all()
    with pytest.raises(ShardError, match="weight 0"):
        WindowSampler(shards, 64, {"talk": 0.0, "other": 0.0})
    shards.streams["talk"] = np.full(5000, 99, dtype=np.uint16)
    inputs = WindowSampler(shards, 64, {"talk": 0.0}).batch(0, 0, 32).inputs
    assert not (inputs == 99).any()


def test_shards_of_another_vocabulary_are_refused(prepared: Path) -> None:
    with pytest.raises(ShardError, match="another vocabulary"):
        Shards(prepared, "train", Vocabulary(()))
    with pytest.raises(ShardError, match="prepare"):
        Shards(prepared / "nowhere", "train", Vocabulary(()))


def test_counts_of_codes(prepared: Path) -> None:
    counts = count_codes(prepared, ["talk", "other"])
    first, second = (counts[int(annotate_line(hanzi)[1])] for hanzi in "银苹")
    assert first > 2000
    assert abs(first - second) < 0.05 * first  # one a line of five; what is held out differs a little
