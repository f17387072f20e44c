"""The user's own files while the engine is used: what the window and retraining write beside it is taken
over, and nothing is started anew.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from engine.model.bundle_store import SHIPPED, BundleStore
from engine.protocol import CustomPhrase
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
from ime_app.input.loaded_engine import Engine
from ime_app.settings.schema import setting
from ime_app.settings.settings_file import SettingsFile
from resources import MODEL
from tests.ime_app.display import wait_for
from tests.ime_app.field.small_engine import small_model
from tests.ime_app.hands import Gate, Hands
from tests.ime_app.ibus.daemon import Daemon, Field, engine_command, ibus_daemon

ESCAPE, CONTROL, RETURN, SPACE = 0xFF1B, 1 << 2, 0xFF0D, 0x20


class SmallGate(Gate):
    """The engine of the daemon's process, on the same folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self.open()

    def __call__(self) -> Engine:
        return small_model(self._folder).open()


def offered(field: Field, letters: str) -> list[str]:
    """Return the page of candidates for the letters, which are dropped again."""
    field.type(letters)
    page = [text.partition("  ")[0] for text in field.candidates if text]
    field.key(ESCAPE)
    return page


def typed_by_its_hanzi(type_: Callable[[str], None], menu: Callable[[], list[str]]) -> None:
    """时姐, put together by its hanzi: a phrase of the user's own."""
    type_("shi")
    type_(str(menu().index("时") + 1))
    type_("jie ")


def test_window_and_engine_learn_from_each_other(tmp_path: Path, open_window: Callable[..., Hands]) -> None:
    with ibus_daemon(tmp_path, engine_command(tmp_path)) as daemon:
        field = Field.open(daemon)
        field.choose()
        assert "时姐" not in offered(field, "shijie")
        window = open_window(engine=SmallGate(tmp_path))
        window.load()
        for _ in range(4):
            typed_by_its_hanzi(window.type, lambda: window.menu)
        assert window.text == "时姐" * 4
        wait_for("what the window learnt", lambda: "时姐" in offered(field, "shijie"))

        field.type("ni")
        pinned = field.candidates[1]
        for keysym, state in ((0xFF54, 0), (RETURN, CONTROL), (SPACE, 0), (ESCAPE, 0)):  # the menu on it
            field.key(keysym, state)
        assert offered(field, "ni")[0] == pinned

        def window_offers() -> bool:
            window.pause(0.1)
            window.type("ni")
            first = window.menu[0]
            window.type("\x1b")
            return first == pinned

        wait_for("what was pinned in the field", window_offers)


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Daemon]:
    """Run a daemon with the engine as it is installed, on the bundle in use in `tmp_path`."""
    files = ["--data-directory", str(tmp_path), "--settings", str(tmp_path / "settings.toml")]
    command = [sys.executable, "-P", "-m", "ime_app.ibus", "run", *files]
    with ibus_daemon(tmp_path, command) as daemon:
        yield daemon


def files_of_model(folder: Path) -> set[Path]:
    """Return the folders of the bundles that processes on the data in `folder` have in memory."""
    found = set()
    for process in Path("/proc").iterdir():
        try:
            is_ours = str(folder).encode() in (process / "cmdline").read_bytes()
            lines = (process / "maps").read_text().splitlines() if is_ours and process.name.isdigit() else []
        except OSError:
            continue
        found |= {Path(line.split(maxsplit=5)[5]).parent for line in lines if line.endswith("/ngram.bin")}
    return found


@pytest.mark.long
def test_settings_phrases_and_another_bundle_are_taken_over_while_it_runs(
    installed: Daemon, tmp_path: Path
) -> None:
    field = Field.open(installed)
    field.choose()
    field.type("nihao ")
    assert field.text == "你好"
    assert files_of_model(tmp_path) == {MODEL}

    settings = SettingsFile(tmp_path / "settings.toml")
    settings.save({setting("input.page_size"): 3}, lambda key: key)
    wait_for("the settings", lambda: len(offered(field, "shi")) == 3)

    phrase = CustomPhrase("youx", "zhang.san@example.org")
    CustomPhraseBook(tmp_path).edit(lambda phrases: [*phrases, phrase])
    assert offered(field, "youx")[0] == phrase.text

    store = BundleStore(tmp_path)
    with store.draft() as draft:
        for path in MODEL.iterdir():
            shutil.copy(path, draft)
        store.keep(draft, "retrained", {})
    places = count()

    def wait_for_bundles(*names: str) -> None:
        """Wait for those to be in memory. Files are looked at behind a message, such as the caret's place."""
        wanted = {store.path_of(name) for name in names}

        def is_so() -> bool:
            field.call("SetCursorLocation", "iiii", next(places), 0, 0, 0)
            return files_of_model(tmp_path) == wanted

        wait_for(f"{names} in memory", is_so)

    field.type("ni")
    store.activate("retrained")
    wait_for_bundles(SHIPPED, "retrained")
    assert field.preedit == "ni"  # loaded beside what is composed
    field.type("hao ")
    assert field.text == "你好你好"
    wait_for_bundles("retrained")
    assert (len(offered(field, "shi")), offered(field, "youx")[0]) == (3, phrase.text)
    store.activate(SHIPPED)
    wait_for_bundles(SHIPPED)
    field.type("shijie ")
    assert field.text == "你好你好世界"
