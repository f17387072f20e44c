"""Run `python -m engine bundles`: the retrained bundles of this machine, and the way back.

A bundle is made by `python -m training finetune`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from platformdirs import user_data_path

from engine.model.bundle_store import SHIPPED, BundleStore, StoredBundle


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "bundles",
        help="list retrained models, take one into use, go back",
        description="Without an option: the models that were retrained on this machine, newest first. What "
        "is taken into use is used from the next start on.",
    )
    change = command.add_mutually_exclusive_group()
    change.add_argument("--activate", metavar="NAME", help="use this one")
    change.add_argument("--roll-back", action="store_true", help="use the one that was in use before")
    change.add_argument("--shipped", action="store_true", help="use the one that came with the program")
    change.add_argument("--remove", metavar="NAME", help="delete this one for good")
    command.add_argument("--data-directory", type=Path, help="where they are kept")
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    store = BundleStore(options.data_directory or user_data_path("moyin", appauthor=False))
    if options.activate or options.shipped:
        store.activate(options.activate or SHIPPED)
    elif options.roll_back:
        store.roll_back()
    elif options.remove:
        store.remove(options.remove)
    for stored in store.list():
        print(_line(stored))
    print(f"{'*' if store.active == SHIPPED else ' '} the shipped model")


def _line(stored: StoredBundle) -> str:
    """Return the line of a bundle: starred if in use; first candidates right before and after, if known."""
    mark = "*" if stored.is_active else " "
    parts = [f"{mark} {stored.name}", f"made {stored.created}"]
    for what, title in (("held_out", "your phrases"), ("general", "general text")):
        pair = stored.figures.get(what)
        if isinstance(pair, dict) and {"before", "after"} <= set(pair):
            parts.append(f"{title} {pair['before'].get('first')}% -> {pair['after'].get('first')}%")
    return "; ".join(parts)
