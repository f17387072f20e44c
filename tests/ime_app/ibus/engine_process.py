"""The engine's process as a test wants it: on a few hanzi, learning, and as slow to load as it is told.

    python engine_process.py FOLDER [SECONDS]

What `python -m ime_app.ibus run` does, but for the model. Where there is FOLDER/mortal, it dies when it has
said all of a call but the answer: once, or once for each character in the file.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from ime_app.ibus.relay import WorkerEnd
from ime_app.ibus.supervisor import Supervisor


def serve(folder: Path, seconds: float, end: WorkerEnd) -> int:
    from ime_app.field.privacy import keep_to_oneself

    keep_to_oneself()
    from jeepney import Message, new_method_return

    from ime_app.field.home import Home
    from ime_app.ibus import process
    from ime_app.input.engine_loader import Model

    def load() -> Model:
        from tests.ime_app.field.small_engine import small_model

        time.sleep(0 if end.is_connected else seconds)
        return small_model(folder)

    def answer_or_die(*call: Any) -> Message:
        mortal = folder / "mortal"
        if mortal.exists():
            if more := mortal.read_text()[1:]:
                mortal.write_text(more)
            else:
                mortal.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return new_method_return(*call)

    process.new_method_return = answer_or_die  # type: ignore[attr-defined]
    return process.serve_ibus(load, Home(folder, folder / "settings.toml"), end)


if __name__ == "__main__":
    folder, *rest = sys.argv[1:]
    slow = float(rest[0]) if rest else 0.0
    sys.exit(Supervisor(lambda end: serve(Path(folder), slow, end)).run())
