"""`python -m tests.ime_app.retraining_by_hand TEXT`: a text typed in the real window by real keys, then
retraining from it, as a user would: by a shortcut and clicks. With pictures of each step.

Knows keys, clicks and what can be seen (`tests.ime_app.eyes`). The log, the models and the settings are
in a folder of their own. With the shipped model it takes some minutes of typing and of training.
"""

from __future__ import annotations

import json
import lzma
import re
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from engine.evaluation.figures import Figure, origin_of, record_figures
from engine.interchange.text_import import phrases_of_text
from engine.storage.phrase import Phrase
from ime_app.i18n.strings import Strings
from tests.ime_app.display import Desk, running, wait_for, x_server

PICTURES: Final[Path] = Path("docs") / "screenshots"
MAX_LETTERS: Final[int] = 40  # longer phrases are typed in several goes by nobody
RETRAINING_S: Final[float] = 3600.0
ANSWER_S: Final[float] = 20.0
_MARKS: Final = {"，": ",", "。": "."}


@dataclass(frozen=True)
class Told:
    """What the window of retraining said: the verdict with its figures, the models in use before, with
    the new one and after going back (the last two empty where it was refused)."""

    verdict: str
    examples: int
    before: str
    after: str = ""
    back: str = ""
    seconds: float = 0.0  # from the click that starts it to the verdict

    @property
    def accepted(self) -> bool:
        return bool(self.after)


class User:
    """Types and clicks; reads the screen."""

    def __init__(self, desk: Desk, eyes: Path, pictures: Path | None = None) -> None:
        self._desk, self._eyes, self._pictures = desk, eyes, pictures
        self._strings = Strings("zh")
        self._saw: dict[str, Any] = {}
        self.wait("engine", lambda: self.main["ready"] and self.main["model"])

    @property
    def main(self) -> dict[str, Any]:
        """The main window."""
        seen: dict[str, Any] = self._look()["main"]
        return seen

    def wait(self, what: str, look: Callable[[], Any], timeout_s: float = ANSWER_S) -> Any:
        return wait_for(what, look, timeout_s)

    def write(self, keys: str, text: str, mark: str = "") -> bool:
        """Letters, then the longest candidates that are right, then the mark; False where it was given up."""
        self._desk.type(keys)
        self.wait("candidates", lambda: self.main["ready"] and self.main["letters"] == keys)
        while text:
            main = self.main
            candidates, size = main["candidates"], main["page_size"]
            right = [i for i, candidate in enumerate(candidates) if text.startswith(candidate)]
            if not right:
                self._desk.key("Escape")
                return False
            index = max(right, key=lambda i: (len(candidates[i]), -i))
            turns = ["equal"] * (index // size - main["page"])
            self._desk.key(*turns, "space" if index == 0 else str(index % size + 1))
            text = text.removeprefix(candidates[index])
            self.wait("next menu", partial(self._moved_on, candidates, not text))
        if mark:
            self._desk.key({",": "comma", ".": "period"}[mark])
        return True

    def open(self, shortcut: str, name: str) -> str:
        """Open a window by its shortcut; return its number."""
        self._desk.focus(self._desk.window)
        self._desk.key(shortcut)
        title = self._strings(name)
        self.wait(title, lambda: title in self._look()["dialogs"])
        return self._desk.find(f"^{title}$")

    def press(self, name: str, button: str) -> None:
        """Press a button of the window `name`, as soon as it can be pressed."""
        text = self._strings(button)
        self._desk.click(*self.wait(text, lambda: self._dialog(name)["buttons"].get(text)))

    def photograph(self, window: str, name: str) -> None:
        if self._pictures is not None:
            time.sleep(0.5)  # the last repaint
            self._desk.photograph(window, self._pictures / f"{name}.png")

    def retrain(self) -> Told:
        """Open the window, start, wait, use the new model where it may be used, and go back."""
        name, strings = "retrain", self._strings
        before = self.main["model"]
        window = self.open("ctrl+shift+t", name)
        self.photograph(window, "retraining-start")
        self.press(name, "retrain.start")
        started = time.monotonic()
        training = strings("retrain.stage=train")
        self.wait("training", lambda: self._is_halfway(training) or self._has_ended(), RETRAINING_S)
        self.photograph(window, "retraining-progress")
        self.wait("verdict", self._has_ended, RETRAINING_S)
        verdict, rows = self._verdict(), self._dialog(name)["rows"][0]
        seconds = time.monotonic() - started
        self.photograph(window, "retraining-result")
        if strings("retrain.activate") not in self._dialog(name)["buttons"]:
            return Told(verdict, rows, before, seconds=seconds)
        self.press(name, "retrain.activate")
        self.wait("new model", lambda: self.main["ready"] and self.main["model"] not in ("", before))
        self.wait("way back", lambda: strings("retrain.roll_back") in self._dialog(name)["buttons"])
        after = self.main["model"]
        self.photograph(window, "retraining-in-use")
        self.press(name, "retrain.close")
        self.wait("window to close", lambda: strings(name) not in self._look()["dialogs"])
        self.photograph(self._desk.window, "retraining-after")
        self.open("ctrl+shift+t", name)
        self.press(name, "retrain.roll_back")
        self.wait("old model", lambda: self.main["ready"] and self.main["model"] == before)
        return Told(verdict, rows, before, after, self.main["model"], seconds)

    def _moved_on(self, old: Sequence[str], done: bool) -> bool:
        main = self.main
        return bool(main["ready"] and (not main["composing"] if done else main["candidates"] != old))

    def _has_ended(self) -> bool:
        """Return whether the button to start can be pressed again, and something was said."""
        return self._strings("retrain.start") in self._dialog("retrain")["buttons"] and bool(self._verdict())

    def _verdict(self) -> str:
        labels = self._dialog("retrain")["labels"]
        return next((text for text in labels if text.startswith(("新模型", "没有成功"))), "")

    def _is_halfway(self, stage: str) -> bool:
        dialog = self._dialog("retrain")
        return dialog["done"][0] >= 0.5 and any(text.startswith(stage) for text in dialog["labels"])

    def _dialog(self, name: str) -> dict[str, Any]:
        seen: dict[str, Any] = self._look()["dialogs"][self._strings(name)]
        return seen

    def _look(self) -> dict[str, Any]:
        if self._eyes.exists():
            self._saw = json.loads(self._eyes.read_text(encoding="utf-8"))
        return self._saw or {"main": {"ready": False, "model": ""}, "dialogs": {}}


def seen_window(folder: Path, options: Sequence[str] = ()) -> list[str]:
    """Return the command of a window with eyes; `options`: of `tests.ime_app.eyes`."""
    places = [
        "--data-directory",
        str(folder),
        "--settings",
        str(folder / "settings.toml"),
        "--language",
        "zh",
    ]
    return [sys.executable, "-m", "tests.ime_app.eyes", *options, str(folder / "seen.json"), *places]


def phrases_of_file(path: Path, skip: int) -> list[Phrase]:
    """Yield the phrases of a text with what is to be typed for them."""
    from engine.interchange.importing import readings_of
    from resources import MODEL

    content = path.read_bytes()
    text = (lzma.decompress(content) if path.suffix == ".xz" else content).decode("utf-8")
    lines = "\n".join(text.splitlines()[skip:])
    found = phrases_of_text(lines, readings_of(MODEL).read, path.name, time.time())
    return [phrase for phrase in found if len(phrase.keys) <= MAX_LETTERS]


def type_text(user: User, phrases: Sequence[Phrase]) -> None:
    """All of them, with the commas and full stops that stood behind."""
    n_key, given_up, started = 0, 0, time.monotonic()
    for phrase in phrases:
        hanzi, mark = re.fullmatch(r"(\w+)(\W?)", phrase.text).groups()  # type: ignore[union-attr]
        keys = phrase.keys[: len(phrase.keys) - len(mark)]
        given_up += not user.write(keys, hanzi, _MARKS.get(mark, ""))
        n_key += len(keys)
    n_character = sum(len(phrase.text) for phrase in phrases)
    print(
        f"{len(phrases)} phrases, {n_character} characters typed in {time.monotonic() - started:.0f} s; "
        f"{given_up} given up",
        flush=True,
    )


def imported(options: Namespace, folder: Path) -> Path:
    """Return the folder, with the text in its log where it is not to be typed."""
    if options.imported:
        command = [sys.executable, "-m", "engine", "log", "import", str(options.text)]
        subprocess.run([*command, "--data-directory", str(folder)], check=True)
    return folder


def main() -> int:
    """Type, retrain, take the pictures; 1 where the new model was refused."""
    parser = ArgumentParser(prog="python -m tests.ime_app.retraining_by_hand", description=__doc__)
    parser.add_argument("text", type=Path, help="text file (.txt or .txt.xz) that is typed")
    parser.add_argument("--skip", type=int, default=0, help="lines of it that are left out first")
    parser.add_argument("--phrases", type=int, default=400, help="how many phrases of it")
    parser.add_argument("--output", type=Path, default=PICTURES, help=f"folder (default: {PICTURES})")
    parser.add_argument("--imported", action="store_true", help="read the whole text in as a log")
    parser.add_argument("--tsv", type=Path, help="record the seconds in this file (docs/benchmarks.tsv)")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    phrases = list(islice(phrases_of_file(options.text, options.skip), options.phrases))
    with (
        TemporaryDirectory() as folder,
        x_server() as display,
        running(seen_window(imported(options, Path(folder))), display) as process,
    ):
        user = User(Desk(process, display), Path(folder) / "seen.json", options.output.resolve())
        if not options.imported:
            type_text(user, phrases)
        user.photograph(user.open("ctrl+shift+l", "log"), "log")
        user.press("log", "log.close")
        told = user.retrain()
    print(f"{told.verdict} ({told.seconds:.0f} s)")
    if options.tsv:
        origin = origin_of("python -m tests.ime_app.retraining_by_hand")
        record_figures(options.tsv, [Figure("retraining.window.seconds", told.seconds, "s", origin)])
    print(f"before: {told.before}, after: {told.after}, back: {told.back}")
    return 0 if told.accepted else 1


if __name__ == "__main__":
    sys.exit(main())
