"""A user's accent: what letters say of it, what a fuzzy sound then costs, and how that is taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.__main__ import main
from engine.learning.learner import LearningMode, LearningOptions
from engine.protocol import Key, KeyEvent
from engine.spelling.fuzzy_sounds import DEFAULT_PAIRS, FUZZY_PRICES, price_of, rarer
from engine.spelling.options import SpellingOptions
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.user_model.accent import HIGHEST, LOWEST, WINDOW, Accent, learnt_price, occasions
from tests.engine.learning_typist import Opener, Typist

SPELLING = SpellingOptions(frozenset({"s_sh", "l_n"}))


def used(keys: str, reading: str, scheme: str = "") -> str | None:
    """Return the ways that were used; None where the letters say nothing."""
    found = occasions(keys, tuple(reading.split()), scheme)
    return " ".join(occasion.way for occasion in found if occasion.used) if found else None


@pytest.mark.parametrize(
    ("keys", "reading", "scheme", "expected"),
    [
        ("shijie", "shi jie", "", ""),
        ("sijie", "shi jie", "", "s_sh"),
        ("si'jie", "shi jie", "", "s_sh"),
        ("shi", "si", "", "s_sh_back"),
        ("senti", "sheng ti", "", "en_eng s_sh"),
        ("xian", "xi an", "", ""),
        ("lve", "lve", "", ""),
        ("lue", "lve", "", ""),
        ("sj", "shi jie", "", None),  # abbreviated, no accent
        ("sshang", "shi shang", "", ""),  # of the first syllable nothing is known
        ("sjlan", "shi jie nan", "", "l_n"),
        ("sijei", "shi jie", "", None),  # a slip
        ("uijp", "shi jie", "", None),  # no full pinyin
        ("uijp", "shi jie", "xiaohe", ""),
        ("sijp", "shi jie", "xiaohe", "s_sh"),
        ("shijie", "shi jie", "xiaohe", ""),  # typed in full before the scheme was chosen
    ],
)
def test_what_letters_say(keys: str, reading: str, scheme: str, expected: str | None) -> None:
    assert used(keys, reading, scheme) == expected


@pytest.mark.parametrize(
    ("name", "typed", "meant"), [("u_ou", "fu", "fou"), ("v_u", "nv", "nu"), ("hui_fei", "fei", "hui")]
)
def test_rarer_pairs_can_be_told(name: str, typed: str, meant: str) -> None:
    assert name in (used(typed, meant) or "").split()


def test_a_price_moves_with_evidence_and_stays_in_bounds() -> None:
    first = FUZZY_PRICES["s_sh"]
    assert learnt_price(first, 0, 0) == first
    assert first - learnt_price(first, 1, 1) <= 0.25, "one pick hardly counts"
    falling = [learnt_price(first, n, n) for n in range(0, WINDOW, 5)]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] == LOWEST
    rising = [learnt_price(first, 0, n) for n in range(0, WINDOW, 5)]
    assert rising == sorted(rising)
    assert first < rising[-1] <= HIGHEST
    assert learnt_price(price_of(rarer("s_sh"), FUZZY_PRICES), 0, WINDOW) == HIGHEST
    rare = price_of(rarer("f_h"), FUZZY_PRICES)
    assert learnt_price(rare, 0, WINDOW) == rare > HIGHEST, (
        "what was dear does not get cheaper by not being used"
    )
    assert learnt_price(rare, 3, 3) < 0.5 * rare, "three uses say much of what hardly anybody does"


def test_each_way_round_has_its_own_price() -> None:
    accent = Accent()
    accent.learn([("sijie", ("shi", "jie"))] * 20)
    prices = accent.prices({"s_sh"}, FUZZY_PRICES)
    assert prices["s_sh"] < FUZZY_PRICES["s_sh"]
    assert prices[rarer("s_sh")] == price_of(rarer("s_sh"), FUZZY_PRICES)
    assert prices["l_n"] == FUZZY_PRICES["l_n"]


def test_what_was_typed_of_late_counts() -> None:
    accent = Accent()
    accent.learn([("shi", ("shi",))] * 5 * WINDOW)
    assert accent.prices({"s_sh"}, FUZZY_PRICES)["s_sh"] > FUZZY_PRICES["s_sh"]
    accent.learn([("si", ("shi",))] * (WINDOW // 2))
    assert accent.prices({"s_sh"}, FUZZY_PRICES)["s_sh"] == LOWEST


def test_unlearning_equals_never_having_learnt() -> None:
    accent, other = Accent(), Accent()
    for each in (accent, other):
        each.learn([("si", ("shi",))] * 3)
    accent.learn([("si", ("shi",)), ("lan", ("nan",))])
    accent.unlearn(2)
    assert accent.habits(DEFAULT_PAIRS, FUZZY_PRICES) == other.habits(DEFAULT_PAIRS, FUZZY_PRICES)


# From here on: what a session's commits do.


def price(typist: Typist, way: str = "s_sh") -> float:
    typist.pause()  # in which the log is read
    assert typist.learner.personal.version is not None, "the log is read when it is asked for"
    return price_of(way, typist.learner.personal.fuzzy_prices({"s_sh"}, FUZZY_PRICES, ""))


def test_commits_move_the_price_and_the_menu(opened: Opener) -> None:
    """`sijie` is 四街 for the engine until its user has meant 世界 a few times, in another word."""
    typist = opened(spelling=SPELLING)
    first = price(typist)
    score = typist.candidate("sijie", "世界").score
    for _ in range(10):
        typist.commit("sangke", "上课")
    assert price(typist) < first
    assert typist.candidate("sijie", "世界").score > score
    assert price(opened(spelling=SPELLING)) == price(typist), "another day knows it"


def test_backspace_at_once_takes_the_evidence_back(opened: Opener) -> None:
    typist = opened(spelling=SPELLING)
    for _ in range(4):
        typist.commit("sangke", "上课")
    before = price(typist), typist.learner.personal.accent.habits({"s_sh"}, FUZZY_PRICES)
    assert typist.type("sangke")[0] == "上课"
    typist.session.process_key(KeyEvent(Key.SPACE))
    assert price(typist) <= before[0]
    typist.session.process_key(KeyEvent(Key.BACKSPACE))
    assert (price(typist), typist.learner.personal.accent.habits({"s_sh"}, FUZZY_PRICES)) == before


@pytest.mark.parametrize("mode", [LearningMode.FREEZE, LearningMode.PRIVATE])
def test_frozen_and_private(opened: Opener, mode: LearningMode) -> None:
    """Frozen: what is known stays in use and as it is. Private: nothing known is used or added."""
    typist = opened(spelling=SPELLING)
    for _ in range(10):
        typist.commit("sangke", "上课")
    known = price(typist)
    typist.learner.configure(LearningOptions(mode))
    assert price(typist) == (known if mode is LearningMode.FREEZE else FUZZY_PRICES["s_sh"])
    for _ in range(10):
        typist.commit("sangke", "上课")
    typist.learner.configure(LearningOptions(LearningMode.LEARN))
    assert price(typist) == known


def test_erased_with_the_rest_and_not_learnt_from_files(opened: Opener) -> None:
    typist = opened(spelling=SPELLING)
    for _ in range(10):
        typist.commit("sangke", "上课")
    typist.learner.erase()
    assert price(typist) == FUZZY_PRICES["s_sh"]
    rows = [Phrase("上课", ("shang", "ke"), "shangke", origin="notes.txt")] * 100
    PhraseLog(typist.learner.store).add(rows)
    assert price(opened(spelling=SPELLING)) == FUZZY_PRICES["s_sh"]


def test_deleted_phrases_teach_nothing(opened: Opener, tmp_path: Path) -> None:
    typist = opened(spelling=SPELLING)
    for _ in range(10):
        typist.commit("sangke", "上课")
    log = PhraseLog(typist.learner.store)
    log.remove([(phrase.id, phrase.text) for phrase in log])
    assert price(opened(spelling=SPELLING)) == FUZZY_PRICES["s_sh"]


def test_the_command_line_lists_it(
    opened: Opener, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typist = opened(spelling=SPELLING)
    for _ in range(10):
        typist.commit("sangke", "上课")
    assert main(["log", "sounds", "--data-directory", str(tmp_path)]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == 2 * len(FUZZY_PRICES)
    assert "s_sh\ts for sh\t10 of 10\t1.50" in rows
    assert "s_sh_back\tsh for s\t0 of 0\t4.00" in rows
