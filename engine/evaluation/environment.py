"""Describe the machine that a figure was measured on."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path


def environment() -> str:
    """Return machine, Python and onnxruntime in one line."""
    return (
        f"{processor()}; {platform.system()} {platform.release()}; Python {platform.python_version()}, "
        f"onnxruntime {version('onnxruntime')}, numpy {version('numpy')}"
    )


def processor() -> str:
    """Return the number and the name of the processors, or the architecture where /proc is missing."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.machine()
