"""Simplified and traditional hanzi."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.hanzi.tables import HanziTables
from engine.hanzi.traditional_forms import TraditionalForms
from engine.protocol import Candidate, KeyEvent, Output, Source
from engine.session.options import SessionOptions
from engine.session.script_conversion import VARIANTS, OpenccScript, ScriptError, with_forms
from engine.session.session import Session
from resources import TRADITIONAL_FORMS, TRADITIONAL_WORDS
from tests.engine.phrase_converter import PhraseConverter
from tests.engine.scenario_engine import opencc


@pytest.mark.parametrize(
    ("variant", "simplified", "traditional"),
    [
        ("s2t", "皇后在后面", "皇后在後面"),
        ("s2tw", "头发里面为", "頭髮裡面為"),
        ("s2twp", "软件", "軟體"),
        ("s2hk", "里面", "裏面"),
    ],
)
def test_there_and_back(variant: str, simplified: str, traditional: str) -> None:
    script = opencc(variant)
    assert script.traditional(simplified) == traditional
    assert script.simplified(traditional) == simplified


def test_an_unknown_variant_is_named() -> None:
    with pytest.raises(ScriptError, match="s2tw.*found 'klingon'"):
        OpenccScript("klingon")
    assert set(VARIANTS) == {"s2t", "s2tw", "s2twp", "s2hk"}


def test_a_missing_package_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opencc", None)
    with pytest.raises(ScriptError, match="pip install opencc"):
        OpenccScript("s2t")


def test_opencc_is_loaded_only_when_asked_for() -> None:
    code = "import sys, engine.factory, engine.session.session; print('opencc' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


FORMS = TraditionalForms(TRADITIONAL_FORMS, TRADITIONAL_WORDS)


def offered(texts: str, variant: str = "s2tw") -> list[str]:
    """Return what is written for some candidates of the same letters, all forms in their order."""
    script = opencc(variant)
    candidates = tuple(Candidate(text, (0, 2), (), (), 0.0, Source.CHARACTER) for text in texts.split())
    found = with_forms(candidates, script, FORMS)
    return [each.written or script.traditional(each.text) for each in found]


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("后", "後 后"),
        ("余", "餘 余"),
        ("发", "發 髮"),
        ("里", "裡 里 哩"),
        ("干", "幹 乾 干 榦"),
        ("面", "面 麵"),
        ("钟", "鍾 鐘 鈡"),
        ("范", "範 范"),
        ("台", "臺 檯 颱 台"),
        ("你", "你"),
    ],
)
def test_every_form_of_a_hanzi_is_offered(text: str, forms: str) -> None:
    assert offered(text) == forms.split()


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("余先生", "餘先生 余先生"),
        ("于小姐", "於小姐 于小姐"),
        ("下面", "下面 下麵"),  # both are words to OpenCC
        ("公里", "公里"),  # it knows that no other can be meant
        ("发现", "發現"),
        ("头发", "頭髮"),
        ("理发", "理髮"),
        ("软件", "軟件"),
    ],
)
def test_forms_of_a_phrase(text: str, forms: str) -> None:
    assert offered(text) == forms.split()


def test_forms_are_those_of_the_region() -> None:
    assert offered("里", "s2t")[0] == "裏"
    assert offered("里", "s2hk")[0] == "裏"


def test_no_form_is_offered_twice() -> None:
    """後 and 髮 are rare hanzi of their own."""
    assert offered("后 候 後 髮") == ["後", "后", "候", "髮"]


def test_phrases_behind_the_first_rows_have_no_further_forms() -> None:
    assert offered("你好 你号 拟好 拟号 泥好 余先生")[-1] == "餘先生"


def typed(session: Session, letters: str) -> Output:
    output = session.reset()
    for letter in letters:
        output = session.process_key(KeyEvent(letter))
    return output


def test_a_further_form_is_shown_composed_and_committed() -> None:
    options = SessionOptions(traditional=True)
    session = Session(PhraseConverter(), options, tables=HanziTables(forms=FORMS))
    assert [each.text for each in typed(session, "hou").menu.candidates[:3]] == ["後", "后", "候"]
    commit = session.pick(1).commit
    assert commit is not None
    assert (commit.text, commit.segments[0].text) == ("后", "后")
    menu = typed(session, "houma").menu
    assert session.pick([each.text for each in menu.candidates].index("后")).preedit.text == "后ma"
    commit = session.pick(0).commit
    assert commit is not None
    assert commit.text == "后嗎"


def test_simplified_output_has_no_further_forms() -> None:
    session = Session(PhraseConverter(), tables=HanziTables(forms=FORMS))
    assert [each.text for each in typed(session, "hou").menu.candidates[:2]] == ["后", "候"]
