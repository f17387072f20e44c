"""Start an engine's process: its options, the model to load, the user's files, what it denies itself."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ime_app.field.privacy import keep_to_oneself

if TYPE_CHECKING:
    from ime_app.field.home import Home
    from ime_app.input.engine_loader import Model


def begin(program: str, arguments: Sequence[str]) -> tuple[Callable[[], Model], Home]:
    """Deny this process networks and core files; return what loads the model, and the user's files.

    `program` is named in the help.
    """
    keep_to_oneself()
    from platformdirs import user_config_path, user_data_path

    from ime_app.field.home import Home
    from ime_app.input.engine_loader import Model, create_fake_engine, model_loader

    parser = ArgumentParser(prog=program, description="the engine's process, started by the desktop")
    parser.add_argument("--data-directory", type=Path, default=None, help="where what is learnt is kept")
    parser.add_argument("--settings", type=Path, default=None, help="settings file (TOML)")
    parser.add_argument("--fake", action="store_true", help="a decoder without a model, for development")
    options = parser.parse_args(arguments)
    folder = options.data_directory or user_data_path("moyin", appauthor=False)
    settings = options.settings or user_config_path("moyin", appauthor=False) / "settings.toml"
    load = (lambda: Model(create_fake_engine)) if options.fake else model_loader(None, folder)
    return load, Home(folder, settings)
