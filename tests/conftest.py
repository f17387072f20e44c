"""For all tests: a vocabulary of a few dozen readings and a lexicon of a few words; a tiny corpus, prepared,
and a bundle trained on it."""

from __future__ import annotations

import ctypes
import gc
import lzma
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary, from_counts
from engine.model.decoder import DecoderOutput
from engine.model.fake_decoder import FakeDecoder
from tests.kept_resources import keep_what_is_the_same
from tests.lexicons import lexicon_of
from tests.once import made_once
from tests.training.texts import CHARACTERS, LINES

# Syllable: hanzi, the commonest first.
READINGS = """
ni 你 尼 呢 泥|hao 好 号 浩|ha 哈|o 哦|shi 是 时 世 事 十 实 使 市 式|jie 界 节 姐 街 接
wo 我 握|xian 现 先 线 县|xi 西 系 喜 息|an 安 按 案|zai 在 再|yao 要 药|qu 去 取|shang 上 商|ke 课 可 客
fan 反 饭 范|fang 方 放 房|gan 感 干 敢|gang 刚 钢|xiang 想 向 香|ang 昂|ga 嘎|men 们 门|guo 国 过 果
hui 会 回|he 和 河|le 了 乐|liao 了 料|xing 行 性 星|hang 行 航|yin 银 因|zhong 中 种 重|chong 重 冲
lve 略|nv 女|ma 吗 妈|a 啊|e 饿|en 嗯|ren 人|min 民|gong 工 公|zuo 作 做|da 大 打|xue 学 雪|sheng 生 声
"""

WORDS = {
    ("你好", "ni hao"): 90.0,
    ("世界", "shi jie"): 80.0,
    ("时节", "shi jie"): 5.0,
    ("使节", "shi jie"): 3.0,
    ("西安", "xi an"): 20.0,
    ("方案", "fang an"): 40.0,
    ("反感", "fan gan"): 15.0,
    ("银行", "yin hang"): 50.0,
    ("行人", "xing ren"): 9.0,
    ("现在", "xian zai"): 95.0,
    ("上课", "shang ke"): 12.0,
    ("中国", "zhong guo"): 99.0,
    ("中国人民", "zhong guo ren min"): 9.0,
    ("大学生", "da xue sheng"): 9.0,
    ("大学", "da xue"): 19.0,
    ("学生", "xue sheng"): 29.0,
}

SENTENCES = ("你好世界", "我现在要去上课", "中国人民", "大学生")
ROOT = Path(__file__).parent
LIBRARY = ctypes.CDLL(None) if sys.platform == "linux" else None
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process that a test starts compiles all anew
# The same examples at each run: none is refused for what it has not touched. `make test-long` draws others.
settings.register_profile("fixed", derandomize=True)
settings.register_profile("drawn", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
FOLDERS = ("tests", "training", "ime_app", "engine")  # the files that take longest are in the first


def pytest_configure() -> None:
    keep_what_is_the_same()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: the processes that files are shared out to end nearly together."""
    items.sort(key=lambda item: FOLDERS.index((item.path.relative_to(ROOT).parts[:-1] or ("tests",))[0]))


def pytest_collection_finish() -> None:
    """Leave what was imported, torch and Qt among it, out of every later collection of garbage.

    Among so many objects that stay a whole collection is slow, and due so seldom that converters pile up.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def nothing_left() -> Iterator[None]:
    """Free at the end of a file the converters and windows of its tests, which are parts of cycles.

    What is left serves the files behind it, word lists of millions of objects among it: no later collection
    goes through it. The C library keeps what is freed between what is not, until it is told to give it back.
    """
    yield
    gc.collect()
    gc.freeze()
    if (trim := getattr(LIBRARY, "malloc_trim", None)) is not None:
        trim(0)


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    rows = [row.split() for line in READINGS.strip().split("\n") for row in line.split("|")]
    return from_counts(
        [
            (hanzi, syllable, 100 - rank)
            for syllable, *characters in rows
            for rank, hanzi in enumerate(characters)
        ]
    )


@pytest.fixture(scope="session")
def lexicon(vocabulary: Vocabulary) -> Lexicon:
    return lexicon_of(WORDS, vocabulary)


@pytest.fixture(scope="session")
def decoder(vocabulary: Vocabulary) -> FakeDecoder:
    """Prefers SENTENCES; stateless, so one serves all tests."""
    return FakeDecoder.preferring(vocabulary, SENTENCES)


class SureDecoder(FakeDecoder):
    """The fake with its mind made up: most log-probabilities are near 0 or far below it.

    Pruning that relies on log-probabilities never being above 0 has something to do here, and
    scores tie.
    """

    def forward(self, *arguments: np.ndarray) -> DecoderOutput:
        output = super().forward(*arguments)
        sharp = output.class_log_probs * np.float32(40)
        sharp -= sharp.max(axis=1, keepdims=True)
        sharp -= np.log(np.exp(sharp).sum(axis=1, keepdims=True))
        return DecoderOutput(output.hidden, np.maximum(sharp, np.float32(-3)), output.kv)

    def reading_logits(self, hidden: np.ndarray, start: int, end: int) -> np.ndarray:
        return super().reading_logits(hidden, start, end) * np.float32(40)


@pytest.fixture(scope="session")
def sure_decoder(vocabulary: Vocabulary) -> SureDecoder:
    return SureDecoder.preferring(vocabulary, SENTENCES)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sources, one of them compressed, long enough for both splits."""

    def make(folder: Path) -> None:
        (folder / "talk.txt").write_text("\n".join(LINES * 2600), encoding="utf-8")
        with lzma.open(folder / "other.txt.xz", "wt", encoding="utf-8") as file:
            file.write("\n".join(reversed(LINES * 2600)))

    return made_once(tmp_path_factory, "corpus", make)


@pytest.fixture(scope="session")
def prepared(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the corpus as shards."""
    from training.corpus.prepare import prepare

    return made_once(
        tmp_path_factory,
        "prepared",
        lambda folder: prepare(corpus, folder, CHARACTERS, None, workers=1, minimum=2),
    )


@pytest.fixture(scope="session")
def tiny_bundle(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a bundle that has learnt the tiny corpus by heart; beside it lies its decoder in fp32."""
    from tests.training.runs import SHAPE, run
    from training.export.bundle_export import export, graphs
    from training.model.trained import load_trained

    def make(folder: Path) -> None:
        (folder / "tiny.toml").write_text(f"{SHAPE}max_steps = 120\n")
        run(prepared, folder / "run", folder / "tiny.toml")
        trained = load_trained(folder / "run" / "model.pt")
        made = graphs(trained.decoder)
        (folder / "fp32.onnx").write_bytes(made[0])
        export(trained, folder / "bundle", "tiny", None, [], made=made)

    return made_once(tmp_path_factory, "tiny", make) / "bundle"
