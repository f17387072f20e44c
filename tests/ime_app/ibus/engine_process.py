"""The engine's process as a test wants it: on a few hanzi, learning, and as slow to load as it is told.

    python engine_process.py FOLDER [SECONDS]

What `python -m ime_app.ibus run` does, but for the model.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from ime_app.ibus.supervisor import Supervisor


def serve(folder: Path, seconds: float, restarted: bool) -> int:
    from ime_app.field.privacy import keep_to_oneself

    keep_to_oneself()
    from ime_app.field.home import Home
    from ime_app.ibus.process import serve_ibus
    from ime_app.input.engine_loader import Model

    def load() -> Model:
        from tests.ime_app.field.small_engine import small_model

        time.sleep(0 if restarted else seconds)
        return small_model(folder)

    return serve_ibus(load, Home(folder, folder / "settings.toml"), restarted=restarted)


if __name__ == "__main__":
    folder, *rest = sys.argv[1:]
    slow = float(rest[0]) if rest else 0.0
    sys.exit(Supervisor(lambda restarted: serve(Path(folder), slow, restarted)).run())
