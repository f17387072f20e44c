"""Stands for `python -m training` in the window's tests: the same lines, in no time.

The first argument is what to do: `better`, `worse`, `fail`, `too few` or `hang`; then come the command's own.
"""

from __future__ import annotations

import json
import sys
import time

STAGES = ("read", "replay", "train", "measure")
FIGURES = {
    "sure_before": "41.0",
    "sure_after": "55.5",
    "first_before": "60.0",
    "first_after": "75.5",
    "general_before": "80.0",
    "general_after": "79.5",
}
REFUSAL = {
    "kind": "worse_in_general",
    "fields": {"number": "0.3", "figures": {"kind": "verdict_figures", "fields": FIGURES}},
}
TOO_FEW = {"kind": "too_few_phrases", "fields": {"expected": "60", "found": "12"}}


def say(**values: object) -> None:
    print(json.dumps(values, ensure_ascii=False), flush=True)


def main(what: str, arguments: list[str]) -> int:
    print("a warning of some library", flush=True)
    for stage in STAGES:
        for step in range(1, 4):
            losses = {"loss": 4.0 - step, "held_out_loss": 3.5 - step / 4} if stage == "train" else {}
            say(stage=stage, step=step, of=3, seconds_left=200 - step, **losses)
    if what == "hang":
        time.sleep(60)
    if what == "too few":
        say(stage="failed", message=TOO_FEW)
        return 2
    if what == "fail":
        print("a line of a traceback\nRetrainingError: the disk is full", file=sys.stderr)
        return 2
    accepted = what == "better"
    say(
        stage="result",
        accepted=accepted,
        bundle="new" if accepted else "",
        activated=False,
        reason="better" if accepted else "refused",
        message=REFUSAL,
        seconds=12.3,
        held_out={
            "before": {"cases": 40, "first": 60.0, "certainty": 41.0},
            "after": {"cases": 40, "first": 75.5, "certainty": 55.5},
        },
        general={
            "before": {"cases": 300, "first": 60.0, "characters": 80.0},
            "after": {"cases": 300, "first": 60.0, "characters": 79.9},
        },
        changed=[{"keys": "shijie", "wanted": "时节", "before": "世界", "after": "时节"}],
        arguments=arguments,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
