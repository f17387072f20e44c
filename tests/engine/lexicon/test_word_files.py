"""The two forms of a file of words: the same answers from both; damaged, cut and foreign files."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.arrays import Arrays, dump_arrays, open_arrays
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.lexicon.word_arrays import LexiconError, WordArrays, build_arrays, load_arrays, save_arrays
from engine.spelling.syllable import SYLLABLES
from resources import ABBREVIATED, LEXICON, MODEL, UTTERANCES
from tests.damages import DAMAGES

ROWS = [
    ("你好", ["ni", "hao"], 5.0),
    ("拟好", ["ni", "hao"], 1.0),
    ("你好吗", ["ni", "hao", "ma"], 2.0),
    ("银行", ["yin", "hang"], 6.0),
    ("银行", ["yin", "xing"], 1.0),
    ("𬘓好", ["chun", "hao"], 1.0),  # two numbers of UTF-16
    ("中华人民共和国", "zhong hua ren min gong he guo".split(), 3.0),
]
ANY = (0, len(SYLLABLES))
forms = pytest.mark.parametrize("form", [".bin", ".npz"])


def saved(arrays: WordArrays, path: Path) -> WordArrays:
    """Write the arrays and return what is read of the file."""
    save_arrays(arrays, path)
    return load_arrays(path)


def words_of(arrays: WordArrays) -> list[tuple[str, list[int], float]]:
    return [(*arrays.word(i), float(arrays.log_probs[i])) for i in range(len(arrays))]


def answers(arrays: WordArrays) -> list[object]:
    """Return what is answered to questions about each of up to 2,000 words."""
    numbers = random.Random(7).sample(range(len(arrays)), min(2000, len(arrays)))
    words = [arrays.word(i) for i in numbers]
    return [
        [arrays.text_of(i) for i in numbers],
        [arrays.with_text(text) for text, _ in words],
        [arrays.with_text(text[:-1] + "们") for text, _ in words],
        [arrays.with_syllables(syllables) for _, syllables in words],
        [arrays.within([(s, s + 3) for s in syllables], 9) for _, syllables in words[:200]],
        [arrays.within([(syllables[0], syllables[0] + 1), ANY], 9) for _, syllables in words[:200]],
        sorted(arrays.beginnings()),
        arrays.n_syllable.tolist(),
        arrays.syllables.tolist(),
        arrays.whole_text,
    ]


@forms
def test_file_gives_back_the_words(tmp_path: Path, form: str) -> None:
    built = build_arrays(ROWS)
    loaded = words_of(saved(built, tmp_path / f"words{form}"))
    assert sorted(text for text, _, _ in loaded) == sorted(text for text, _, _ in ROWS)
    for ours, theirs in zip(words_of(built), loaded, strict=True):
        assert ours[:2] == theirs[:2]
        assert ours[2] == pytest.approx(theirs[2], abs=0.01)  # half precision


@given(
    st.dictionaries(
        st.lists(
            st.tuples(st.sampled_from("你好吗银行走𬘓"), st.sampled_from(SYLLABLES)), min_size=1, max_size=7
        ).map(tuple),
        st.integers(1, 1000),
        max_size=30,
    )
)
def test_both_forms_give_the_same_answers(
    tmp_path_factory: pytest.TempPathFactory, words: dict[tuple[tuple[str, str], ...], int]
) -> None:
    rows = [("".join(t for t, _ in word), [s for _, s in word], float(n)) for word, n in words.items()]
    folder = tmp_path_factory.mktemp("forms")
    mapped, unpacked = (saved(build_arrays(rows, shortest=1), folder / name) for name in ("a.bin", "a.npz"))
    assert mapped.stored_index is not None
    assert unpacked.stored_index is None
    assert words_of(mapped) == words_of(unpacked)
    assert answers(mapped) == answers(unpacked)
    save_arrays(mapped, folder / "again.npz")
    save_arrays(unpacked, folder / "again.bin")
    assert (folder / "again.npz").read_bytes() == (folder / "a.npz").read_bytes()
    assert (folder / "again.bin").read_bytes() == (folder / "a.bin").read_bytes()


@pytest.mark.parametrize("path", [LEXICON, UTTERANCES, ABBREVIATED], ids=lambda path: path.stem)
def test_what_ships_answers_as_the_words_in_memory_do(tmp_path: Path, path: Path) -> None:
    """The index of a file is the one that is made of its words."""
    mapped = load_arrays(path)
    unpacked = saved(mapped, tmp_path / "words.npz")
    assert answers(mapped) == answers(unpacked)
    for name in ("text", "offsets", "keys", "log_probs"):
        assert np.array_equal(getattr(mapped, name), getattr(unpacked, name))
    made = replace(mapped, stored_index=None).text_index
    assert np.array_equal(mapped.text_index.hashes, made.hashes)
    assert np.array_equal(mapped.text_index.words, made.words)
    save_arrays(unpacked, tmp_path / path.name)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


@forms
def test_same_words_give_the_same_bytes(tmp_path: Path, form: str) -> None:
    for name, order in (("a", ROWS), ("b", ROWS[::-1])):
        save_arrays(build_arrays(order), tmp_path / f"{name}{form}")
    assert (tmp_path / f"a{form}").read_bytes() == (tmp_path / f"b{form}").read_bytes()


@forms
def test_a_lexicon_without_words_is_kept(tmp_path: Path, form: str) -> None:
    empty = saved(build_arrays(()), tmp_path / f"empty{form}")
    assert (len(empty), empty.with_text("你好"), empty.beginnings()) == (0, [], frozenset())
    assert list(empty.with_syllables([1, 2])) == empty.within([ANY, ANY], 9) == []


def test_a_file_that_is_mapped_may_be_written_anew(tmp_path: Path) -> None:
    mapped = saved(build_arrays(ROWS), tmp_path / "words.bin")
    before = words_of(mapped)
    save_arrays(build_arrays(ROWS[:1]), tmp_path / "words.bin")
    assert words_of(mapped) == before
    assert len(load_arrays(tmp_path / "words.bin")) == 1


@forms
@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_files_are_refused(tmp_path: Path, form: str, damage: str) -> None:
    path, other = tmp_path / f"words{form}", tmp_path / f"other{'.npz' if form == '.bin' else '.bin'}"
    for each in (path, other):
        save_arrays(build_arrays(ROWS), each)
    content = path.read_bytes()
    path.unlink()  # what is mapped stays whole
    if damage != "gone":
        path.touch()
        DAMAGES[damage](path, content, other.read_bytes())
    expected = "no such file" if damage == "gone" else "expected a lexicon in .*, found a damaged file"
    with pytest.raises(LexiconError, match=f"{expected}.*; take the file from a fresh clone") as caught:
        load_arrays(path)
    assert str(path) in str(caught.value)


@forms
def test_files_cut_anywhere_are_refused(tmp_path: Path, form: str) -> None:
    save_arrays(build_arrays(ROWS), tmp_path / f"whole{form}")
    content = (tmp_path / f"whole{form}").read_bytes()
    for size in range(0, len(content) - 64, 13):
        (tmp_path / f"{size}{form}").write_bytes(content[:size])
        with pytest.raises(LexiconError, match="damaged file"):
            load_arrays(tmp_path / f"{size}{form}")


def test_other_files_of_arrays_are_refused(tmp_path: Path) -> None:
    (tmp_path / "words.bin").write_bytes((MODEL / "words.bin").read_bytes()[: 1 << 20])
    with pytest.raises(LexiconError, match="damaged file"):
        load_arrays(tmp_path / "words.bin")
    with pytest.raises(LexiconError, match="damaged file"):
        load_arrays(MODEL / "words.bin")
    with pytest.raises(LexiconError, match="damaged file"):
        load_arrays(MODEL / "head.npz")


CHANGES: dict[str, tuple[Callable[[Arrays], Arrays], str]] = {
    "newer": (lambda a: {"format": np.array([9], np.uint32)}, "format 1 in .* found 9"),
    "two formats": (lambda a: {"format": np.array([1, 1], np.uint32)}, "damaged file"),
    "a key less": (lambda a: {"keys": a["keys"][1:]}, "matching sizes"),
    "a log-probability less": (lambda a: {"log_probs": a["log_probs"][1:]}, "matching sizes"),
    "a hash less": (lambda a: {"hashes": a["hashes"][1:]}, "matching sizes"),
    "a word of the index less": (lambda a: {"words": a["words"][1:]}, "matching sizes"),
    "text cut": (lambda a: {"text": a["text"][:-1]}, "matching sizes"),
    "offsets cut": (lambda a: {"offsets": a["offsets"][:-1]}, "matching sizes"),
    "no offsets": (lambda a: {"offsets": a["offsets"][:0]}, "matching sizes"),
    "keys of another type": (lambda a: {"keys": a["keys"].astype(np.uint32)}, "damaged file"),
    "keys in rows": (lambda a: {"keys": a["keys"].reshape(1, -1)}, "damaged file"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_mapped_arrays_that_do_not_fit_are_refused(tmp_path: Path, change: str) -> None:
    save_arrays(build_arrays(ROWS), tmp_path / "good.bin")
    arrays = open_arrays(tmp_path / "good.bin")
    changed, sentence = CHANGES[change]
    (tmp_path / "odd.bin").write_bytes(dump_arrays(arrays | changed(arrays)))
    with pytest.raises(LexiconError, match=sentence):
        load_arrays(tmp_path / "odd.bin")


def test_newer_and_odd_npz_files_are_refused(tmp_path: Path) -> None:
    save_arrays(build_arrays(ROWS), tmp_path / "good.npz")
    with np.load(tmp_path / "good.npz") as contents:
        arrays = dict(contents)
    np.savez(tmp_path / "newer.npz", **(arrays | {"format": np.array(9)}))
    with pytest.raises(LexiconError, match="format 1 in .* found 9"):
        load_arrays(tmp_path / "newer.npz")
    np.savez(tmp_path / "odd.npz", **(arrays | {"syllables": arrays["syllables"][1:]}))
    with pytest.raises(LexiconError, match="matching sizes"):
        load_arrays(tmp_path / "odd.npz")
    np.savez(tmp_path / "single.npz", **(arrays | {"lengths": np.array(7)}))
    with pytest.raises(LexiconError, match="damaged file"):
        load_arrays(tmp_path / "single.npz")


def test_lexicons_of_both_forms_are_equal(tmp_path: Path) -> None:
    vocabulary = Vocabulary.load(MODEL / "vocabulary.tsv")
    save_arrays(load_arrays(LEXICON), tmp_path / "words.npz")
    mapped, unpacked = (Lexicon.load(path, vocabulary) for path in (LEXICON, tmp_path / "words.npz"))
    for text in ("银行", "中华人民共和国", "单田芳", "无此词也"):
        assert mapped.word_of_text(text) == unpacked.word_of_text(text)
        assert mapped.longest_match(text + "啊") == unpacked.longest_match(text + "啊")
    ranges = [(0, 20), (30, 50)]
    assert mapped.lookup_ranges(ranges, 24) == unpacked.lookup_ranges(ranges, 24)
    assert mapped.beginnings() == unpacked.beginnings()
