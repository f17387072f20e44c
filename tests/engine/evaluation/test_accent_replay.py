"""What learning an accent is worth, on a person's cases: none is both learnt from and judged."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.converter_choice import ConverterChoice
from engine.evaluation.accent_replay import replay_accents, said_by
from engine.evaluation.cases import Case, case_of
from engine.spelling.fuzzy_sounds import DEFAULT_PAIRS
from engine.spelling.options import SpellingOptions

# Sentences of nobody's collection; pinyin as it is written.
SENTENCES = """
时间过得真快 shi jian guo de zhen kuai|他是我的老师 ta shi wo de lao shi
上山的路很长 shang shan de lu hen chang|这件事我知道 zhe jian shi wo zhi dao
石头很重 shi tou hen zhong|请问多少钱 qing wen duo shao qian
声音太小了 sheng yin tai xiao le|水很深 shui hen shen
他说得很清楚 ta shuo de hen qing chu|山上有树 shan shang you shu
我想睡觉 wo xiang shui jiao|这里是市场 zhe li shi shi chang
数字不对 shu zi bu dui|失败是成功之母 shi bai shi cheng gong zhi mu
生气也没用 sheng qi ye mei yong|事实就是这样 shi shi jiu shi zhe yang
收到了 shou dao le|身体健康 shen ti jian kang
书在桌上 shu zai zhuo shang|使用方法 shi yong fang fa
师傅慢走 shi fu man zou|商店关门了 shang dian guan men le
社会新闻 she hui xin wen
"""
SAYS = ("c_ch", "en_eng", "in_ing", "s_sh", "z_zh")  # the tongue is not curled, -ng is -n


def cases(person: str, accent: bool) -> list[Case]:
    rows = [row.split() for line in SENTENCES.strip().split("\n") for row in line.split("|")]
    found = [
        case_of({"id": f"{person}-{number}", "hanzi": hanzi, "pinyin": meant})
        for number, (hanzi, *meant) in enumerate(rows)
    ]
    return [said_by(case, SAYS) for case in found] if accent else found


def test_as_it_is_said() -> None:
    case = cases("south", True)[0]
    assert (case.keys, case.meant) == ("sijianguodezenkuai", ("shi", "jian", "guo", "de", "zhen", "kuai"))
    assert said_by(cases("north", False)[0], ["l_n"]).keys == "shijianguodezhenkuai"


def test_it_helps_whom_it_learns_from() -> None:
    """The shipped bundle; every second sentence teaches, the others are judged."""
    choice = ConverterChoice(spelling=SpellingOptions(DEFAULT_PAIRS))
    said = cases("south", accent=True)
    (_, found), *_ = replay_accents(choice, {"said": said})
    assert (found.n_learnt, found.first.cases) == (12, 11)
    assert found.learnt.first >= found.first.first
    assert found.learnt.right_characters >= found.first.right_characters


def test_persons_do_not_teach_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = ConverterChoice(fake=True, spelling=SpellingOptions(DEFAULT_PAIRS))
    seen: list[list[str]] = []
    monkeypatch.setattr(
        "engine.evaluation.accent_replay._taught_converter",
        lambda choice, taught: seen.append([str(case.id) for case in taught]) or choice.create(),
    )
    sets = {"said": cases("south", True)[:4], "plain": cases("north", False)[:4] + cases("south", False)[:4]}
    found = dict(replay_accents(choice, sets, re.compile("[a-z]+"), 1))
    assert seen == [["south-0", "south-2", "south-0", "south-2"]]
    assert found["said"].first.cases == found["plain"].first.cases == 1


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "said.jsonl"
    rows = [
        {"id": case.id, "hanzi": case.hanzi, "pinyin": case.pinyin, "canonical_pinyin": case.meant}
        for case in cases("south", True)[:4]
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert main(["benchmark", "accent", str(path), "--fuzzy", "--fake", "--person", "[a-z]+"]) == 0
    assert "| said | 2 | 2 | 0.0 / 0.0 / " in capsys.readouterr().out
