"""The process that the addon asks as a test wants it: on a few hanzi, learning, and loaded when it is told.

    python engine_process.py FOLDER

What `python -m ime_app.fcitx5 run` does, but for the model, which is not there while there is FOLDER/loading;
FOLDER/begun tells that it is waited for.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from ime_app.field.privacy import keep_to_oneself


def main(folder: Path) -> int:
    keep_to_oneself()
    from ime_app.fcitx5.process import serve_fcitx5
    from ime_app.field.home import Home
    from ime_app.input.engine_loader import Model

    def load() -> Model:
        from tests.ime_app.field.small_engine import small_model

        while (folder / "loading").exists():
            (folder / "begun").touch()
            time.sleep(0.02)
        return small_model(folder)

    return serve_fcitx5(load, Home(folder, folder / "settings.toml"))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
