"""Simplified and traditional hanzi."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine.session.script_conversion import VARIANTS, OpenccScript, ScriptError


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
    script = OpenccScript(variant)
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
