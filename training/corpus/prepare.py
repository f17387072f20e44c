"""Run `python -m training prepare`: a folder of text to memory-mapped shards of reading ids.

Three stages: annotate (text to codes), vocabulary (counts of codes to the list of readings) and encode (codes
to uint16 token ids). Text and codes are read piece by piece, so memory does not grow with them; what is
finished of a source is not done again after a kill.

    OUT/codes/SOURCE.{train,valid}.u32    annotated text, independent of the vocabulary
    OUT/codes/sources.json                size and time of change of each file that was annotated
    OUT/vocabulary.tsv
    OUT/shards/SOURCE.{train,valid}.u16   token ids
    OUT/shards/encoded.json               of what codes, by which table, each of them was made
    OUT/shards/meta.json                  vocabulary hash, tokens of each source and split; the last
"""

from __future__ import annotations

import json
import multiprocessing
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice, product
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from engine.lexicon.vocabulary import SPECIALS, UNKNOWN, Vocabulary, from_counts, load_characters
from engine.spelling.syllable import SYLLABLES
from training.checkpoint_files import save_whole
from training.corpus.pinyin_annotation import CODE_SHIFT, FIRST_HANZI_CODE, annotate_line
from training.corpus.text_files import paragraphs, text_files
from training.errors import WorkshopError

SPLITS: Final[tuple[str, str]] = ("train", "valid")
BLOCK_LINES: Final[int] = 64  # neighbouring lines belong together and go to one split
VALID_PERCENT: Final[int] = 1
SMALL_BYTES: Final[int] = 100_000  # of files up to this, small blocks, every tenth of them held out
SMALL_BLOCK_LINES: Final[int] = 8
_PIECE: Final[int] = 1 << 20  # codes that are held in memory at once


class PrepareError(WorkshopError):
    """Text that is too little for both splits."""


def annotate_corpus(source_folder: Path, output: Path, workers: int) -> list[str]:
    """Write OUT/codes (stage 1); return the names of the sources that are in the folder now.

    A source that was annotated, and whose file has not changed since, is left alone.
    """
    codes = output / "codes"
    codes.mkdir(parents=True, exist_ok=True)
    files = text_files(source_folder)
    record = _read_record(codes / "sources.json")
    todo = {name: path for name, path in files.items() if not _is_annotated(name, path, codes, record)}
    if not todo:
        return list(files)
    total = sum(path.stat().st_size for path in todo.values())
    bar = tqdm(desc="annotate", total=total, unit="B", unit_scale=True, mininterval=2.0)
    with multiprocessing.get_context("spawn").Pool(workers) as pool, bar:
        for name, path in todo.items():
            _forget(name, record, codes / "sources.json")
            for split in SPLITS:  # a stale half must not be taken for a whole after a kill
                (codes / f"{name}.{split}.u32").unlink(missing_ok=True)
            state = _state_of(path)
            _annotate_source(pool, name, path, codes, bar)
            record[name] = state
            _write_json(codes / "sources.json", record)
    return list(files)


def _read_record(path: Path) -> dict[str, list[int]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _forget(name: str, record: dict[str, list[int]], path: Path) -> None:
    """Take what is made anew out of the record: after a kill the new must not stand for the old."""
    if record.pop(name, None) is not None:
        _write_json(path, record)


def _write_json(path: Path, value: Any) -> None:
    with save_whole(path) as file:
        file.write(json.dumps(value, indent=1).encode())


def _state_of(path: Path) -> list[int]:
    return [path.stat().st_size, path.stat().st_mtime_ns]


def _is_annotated(name: str, path: Path, codes: Path, record: dict[str, list[int]]) -> bool:
    """Return whether a source is annotated; codes without a record count if they are younger than it."""
    made = [codes / f"{name}.{split}.u32" for split in SPLITS]
    if not all(file.exists() for file in made):
        return False
    if name in record:
        return record[name] == _state_of(path)
    return min(file.stat().st_mtime_ns for file in made) > path.stat().st_mtime_ns


def _annotate_source(pool: Any, name: str, path: Path, codes: Path, bar: Any) -> None:
    """Annotate one source to codes/NAME.SPLIT.u32, each file whole or not there.

    The bar moves by the file's bytes on disk, source by source, so that it knows the time left.
    """
    files = {split: (codes / f"{name}.{split}.u32.part").open("wb") for split in SPLITS}
    is_small = path.stat().st_size <= SMALL_BYTES
    n_token, started = 0, time.monotonic()
    blocks = _blocks(path, SMALL_BLOCK_LINES if is_small else BLOCK_LINES)
    for number, block in enumerate(pool.imap(_annotate_block, blocks, chunksize=4)):
        files[_split_of(name, number, is_small)].write(block.tobytes())
        n_token += len(block)
        if number % 64 == 0:
            speed = n_token / max(time.monotonic() - started, 1e-3)
            bar.set_postfix_str(f"{name}: {n_token:,} tokens, {speed:,.0f} tokens/s")
    for split, file in files.items():
        file.close()
        Path(file.name).replace(codes / f"{name}.{split}.u32")
    bar.update(path.stat().st_size)


def _blocks(path: Path, n_line: int) -> Iterator[list[str]]:
    lines = paragraphs(path)
    while block := list(islice(lines, n_line)):
        yield block


def _annotate_block(lines: list[str]) -> npt.NDArray[np.uint32]:
    return np.concatenate([annotate_line(line) for line in lines])


def _split_of(source: str, block: int, is_small: bool) -> str:
    if is_small:
        return "valid" if block % 10 == 5 else "train"
    return "valid" if zlib.crc32(f"{source}:{block}".encode()) % 100 < VALID_PERCENT else "train"


def split_blocks(name: str, path: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield blocks of neighbouring lines of a source in their order, each with the split it goes to."""
    is_small = path.stat().st_size <= SMALL_BYTES
    blocks = _blocks(path, SMALL_BLOCK_LINES if is_small else BLOCK_LINES)
    return ((_split_of(name, number, is_small), block) for number, block in enumerate(blocks))


def read_codes(path: Path) -> Iterator[npt.NDArray[np.uint32]]:
    """Yield the codes of a file, piece by piece."""
    with path.open("rb") as file:
        while len(codes := np.fromfile(file, dtype=np.uint32, count=_PIECE)):
            yield codes


def count_codes(output: Path, names: Iterable[str]) -> Counter[int]:
    """Return the occurrences of each code in the training split of the sources `names`."""
    counts: Counter[int] = Counter()
    for name in tqdm(sorted(names), desc="count", unit="source"):
        for codes in read_codes(output / "codes" / f"{name}.train.u32"):
            values, numbers = np.unique(codes, return_counts=True)
            counts.update(dict(zip(values.tolist(), numbers.tolist(), strict=True)))
    return counts


def build_vocabulary(counts: Counter[int], characters: dict[str, list[str]], minimum: int) -> Vocabulary:
    """Return every listed reading, and every other one seen at least `minimum` times (stage 2).

    `characters` maps hanzi to syllables (resources/characters.tsv: the national standard list).
    """
    table = {(hanzi, syllable): 0 for hanzi, syllables in characters.items() for syllable in syllables}
    for code, count in counts.items():
        if code < FIRST_HANZI_CODE or not code & (FIRST_HANZI_CODE - 1):
            continue
        reading = chr(code >> CODE_SHIFT), SYLLABLES[(code & (FIRST_HANZI_CODE - 1)) - 1]
        if reading in table or count >= minimum:
            table[reading] = count
    return from_counts([(hanzi, syllable, count) for (hanzi, syllable), count in table.items()])


class Encoder:
    """An encoder of codes to token ids. An unknown reading becomes the hanzi's commonest one."""

    def __init__(self, vocabulary: Vocabulary, counts: Counter[int]) -> None:
        table = {code: code for code in range(len(SPECIALS))}
        table |= {
            ord(hanzi) << CODE_SHIFT | (syllable + 1): token
            for (hanzi, syllable), token in vocabulary.id_of_reading.items()
        }
        common = {
            hanzi: max(tokens, key=lambda token: counts[self._code(vocabulary, token)])
            for hanzi, tokens in vocabulary.ids_of_hanzi.items()
        }
        unknown = SPECIALS.index(UNKNOWN)
        for code in counts:
            table.setdefault(code, common.get(chr(code >> CODE_SHIFT), unknown))
        self._codes = np.array(sorted(table), dtype=np.uint32)
        self._tokens = np.array([table[code] for code in sorted(table)], dtype=np.uint16)
        self._unknown = unknown
        self.hash = zlib.crc32(self._tokens.tobytes(), zlib.crc32(self._codes.tobytes()))

    @staticmethod
    def _code(vocabulary: Vocabulary, token: int) -> int:
        hanzi, syllable = vocabulary.readings[token - vocabulary.n_special]
        return ord(hanzi) << CODE_SHIFT | (syllable + 1)

    def __call__(self, codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint16]:
        places = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        found = self._codes[places] == codes
        return np.where(found, self._tokens[places], self._unknown).astype(np.uint16)


def encode_corpus(
    output: Path, names: Iterable[str], vocabulary: Vocabulary, counts: Counter[int]
) -> dict[str, dict[str, int]]:
    """Write OUT/shards and their meta.json (stage 3); return tokens by source and split.

    Shards made of the same codes by the same table are left alone. While some are not, there is no meta.json.
    """
    encoder = Encoder(vocabulary, counts)
    shards = output / "shards"
    shards.mkdir(exist_ok=True)
    (shards / "meta.json").unlink(missing_ok=True)
    record = _read_record(shards / "encoded.json")
    sizes: dict[str, dict[str, int]] = {}
    for name, split in tqdm(list(product(sorted(names), SPLITS)), desc="encode", unit="file"):
        codes, shard = output / "codes" / f"{name}.{split}.u32", shards / f"{name}.{split}.u16"
        state = [encoder.hash, *_state_of(codes)]
        if record.get(shard.name) != state or not shard.exists():
            _forget(shard.name, record, shards / "encoded.json")
            with save_whole(shard) as file:
                for piece in read_codes(codes):
                    file.write(encoder(piece).tobytes())
            record[shard.name] = state
            _write_json(shards / "encoded.json", record)
        if n_token := shard.stat().st_size // 2:
            sizes.setdefault(name, {})[split] = n_token
    meta = {"vocabulary_hash": vocabulary.hash, "n_token": len(vocabulary), "tokens": sizes}
    _write_json(shards / "meta.json", meta)
    return sizes


def prepare(
    source_folder: Path, output: Path, characters: Path, vocabulary: Path | None, workers: int, minimum: int
) -> None:
    """Run all three stages. With `vocabulary` given, that list is used instead of a new one.

    Raises PrepareError if nothing is left to train on or to hold out.
    """
    names = annotate_corpus(source_folder, output, workers)
    counts = count_codes(output, names)
    if vocabulary is None:
        words = build_vocabulary(counts, load_characters(characters), minimum)
    else:
        words = Vocabulary.load(vocabulary)
    with save_whole(output / "vocabulary.tsv") as file:
        file.write(words.dumps().encode())
    sizes = encode_corpus(output, names, words, counts)
    total = {split: sum(size.get(split, 0) for size in sizes.values()) for split in SPLITS}
    print(f"{len(words):,} tokens in the vocabulary")
    print(f"{total['train']:,} to train on, {total['valid']:,} held out")
    if not all(total.values()):
        raise PrepareError(
            f"{source_folder} is too little text to train on and to hold some out of: a file needs at least "
            f"{10 * SMALL_BLOCK_LINES} lines, and some {BLOCK_LINES * 100:,} where it is larger than "
            f"{SMALL_BYTES // 1000} kB"
        )
