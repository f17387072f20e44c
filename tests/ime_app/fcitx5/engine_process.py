"""The process that the addon asks as a test wants it: on a few hanzi, learning, and loaded when it is told.

    python engine_process.py FOLDER

What `python -m ime_app.fcitx5 run` does, but for the model, which is not there while there is FOLDER/loading;
FOLDER/begun tells that it is waited for. Where there is FOLDER/mortal, it dies when it has said all of a key
but the answer, after as many seconds as stand there, or directly behind the answer where `answered` does.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ime_app.field.privacy import keep_to_oneself


def main(folder: Path) -> int:
    keep_to_oneself()
    from ime_app.fcitx5 import process
    from ime_app.fcitx5.packets import packed
    from ime_app.field.home import Home
    from ime_app.input.engine_loader import Model

    def load() -> Model:
        from tests.ime_app.field.small_engine import small_model

        while (folder / "loading").exists():
            (folder / "begun").touch()
            time.sleep(0.02)
        return small_model(folder)

    def pack_or_die(fields: Sequence[object]) -> bytes:
        mortal = folder / "mortal"
        if fields[0] == "answer" and mortal.exists():
            when = mortal.read_text(encoding="utf-8")
            mortal.unlink()
            if when == "answered":
                os.write(0, packed(fields))
                os.close(0)  # the addon reads that this is the end together with the answer
            else:
                time.sleep(float(when))
            os.kill(os.getpid(), signal.SIGKILL)
        return packed(fields)

    process.packed = pack_or_die  # type: ignore[attr-defined]
    return process.serve_fcitx5(load, Home(folder, folder / "settings.toml"))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
