"""Every command of docs/cluster.md runs: two processes of one machine stand for two machines.

Only how long and how large a decoder is trained is cut short. Each process loads torch, so these are long
tests; that every command is understood is looked at each time, and what two processes do in test_distributed.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from torch.distributed.run import get_args_parser

from tests.commands import only_understand
from tests.training.runs import finished, free_port, set_all
from training.commands.main import main
from training.model.trained import load_trained

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
COMMANDS = dict(re.findall(r"^```sh (\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
SHORT = set_all(
    *("model.n_layer=2", "model.n_head=2", "model.n_embd=32", "model.block_size=32", "training.minutes=0"),
    *("training.batch_size=8", "training.max_steps=2"),
)


def launched(name: str, data: Path, run: Path, port: int = 0) -> subprocess.Popen[str]:
    """Return the page's command, with real folders, as one machine would run it."""
    line = COMMANDS[name].replace("\\\n", " ").replace("machine-a:29400", f"127.0.0.1:{port}")
    arguments = shlex.split(line.replace("DATA", str(data)).replace("RUN", str(run)))
    assert arguments[0] == "torchrun"
    command = [sys.executable, "-m", "torch.distributed.run", *arguments[1:], "--no-compile", *SHORT]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_every_command_of_the_page_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    only_understand(monkeypatch)
    for line in COMMANDS.values():
        options = get_args_parser().parse_args(shlex.split(line.replace("\\\n", " "))[1:])
        assert (options.module, options.training_script) == (True, "training")
        assert main(options.training_script_args) == 0


@pytest.mark.long
def test_one_machine(prepared: Path, tmp_path: Path) -> None:
    assert "2 x cpu; from the start" in finished([launched("one", prepared, tmp_path)])
    assert load_trained(tmp_path / "model.pt").progress["steps"] == 2


@pytest.mark.long
def test_several_machines(prepared: Path, tmp_path: Path) -> None:
    port = free_port()
    printed = finished([launched("each", prepared, tmp_path, port) for _ in range(2)])
    assert printed.count("2 x cpu, in parts; from the start") == 1
    assert load_trained(tmp_path / "model.pt").progress["steps"] == 2


def test_the_page_has_no_other_commands() -> None:
    assert set(COMMANDS) == {"one", "each"}
    assert PAGE.count("```sh") == 2
