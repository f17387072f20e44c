"""The engine under a real daemon: typing, focus, clicks, crashes, a slow start, two at once.

Nothing is skipped: without ibus and dbus (Debian: `apt install ibus dbus`) this fails.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from ime_app.ibus import wire
from ime_app.ibus.supervisor import REFUSED
from tests.ime_app.applications import under_load
from tests.ime_app.display import REPOSITORY, wait_for
from tests.ime_app.ibus.daemon import (
    BACKSPACE,
    LEFT,
    RETURN,
    SHIFT_L,
    SPACE,
    Daemon,
    DesktopPanel,
    Field,
    engine_command,
    ibus_daemon,
)


@pytest.fixture
def field(daemon: Daemon) -> Field:
    opened = Field.open(daemon)
    opened.choose()
    return opened


def logged(folder: Path) -> list[str]:
    """Return what stands in the phrase log."""
    store = UserStore(folder)
    try:
        return [phrase.text for phrase in PhraseLog(store)]
    finally:
        store.close()


def nothing_typed_is_said(folder: Path) -> None:
    """Neither letters nor hanzi on the process's stderr, which the daemon passes on when it is verbose."""
    said = (folder / "stderr").read_text(encoding="utf-8", errors="replace")
    assert not any(word in said for word in ("nihao", "你好", "shijie", "世界", "Traceback"))


def test_sentence(daemon: Daemon, field: Field) -> None:
    field.type("nihaoshijie")
    assert (field.preedit, field.auxiliary) == ("nihaoshijie", "ni hao shi jie")
    assert field.candidates[0] == "你好世界"
    serial = field.send("ProcessKeyEvent", "uuu", SPACE, 57, 0)
    field.wait_for_reply(serial)
    assert field.commits == ["你好世界"]  # before the reply, and one
    field.type("nihao,3.14")
    assert field.text == "你好世界你好，3.14"
    field.close()
    daemon.process.terminate()
    wait_for("end of the engine", lambda: not daemon.children())
    assert logged(daemon.folder) == ["你好世界", "你好，"]
    nothing_typed_is_said(daemon.folder)


def test_pages_partial_choice_and_modes(field: Field) -> None:
    field.type("ni")
    first = field.candidates
    field.key(0xFF56)  # Page Down
    assert field.candidates != first
    field.key(0xFF1B)
    assert (field.preedit, field.text) == ("", "")
    field.type("nihaoshijie")
    place = field.candidates.index("你好")
    field.key(ord(str(place + 1)))
    assert field.preedit == "你好shijie"
    field.key(BACKSPACE)
    assert field.preedit == "nihaoshijie"
    field.key(RETURN)
    assert field.text == "nihaoshijie"
    field.call("ProcessKeyEvent", "uuu", SHIFT_L, 42, 0)
    field.call("ProcessKeyEvent", "uuu", SHIFT_L, 42, 1 | 1 << 30)
    field.type("Hi")
    assert field.text == "nihaoshijieHi"


def test_clicks_and_pages_of_the_panel(daemon: Daemon, field: Field) -> None:
    panel = DesktopPanel(daemon)
    field.type("ni")
    first = field.candidates
    panel.say("PageDown")
    field.hear("another page", lambda: field.candidates != first)
    panel.say("PageUp")
    panel.say("CandidateClicked", 16, 1, 0)  # what ibus-ui-gtk3 says of a click on a candidate's number
    field.hear("the first page", lambda: field.candidates == first)
    panel.say("CandidateClicked", 1, 1, 0)
    field.hear("a commit", lambda: field.commits)
    assert field.commits == [first[1]]
    panel.close()


def test_focus_goes_and_comes(field: Field, daemon: Daemon) -> None:
    field.type("nihao")
    field.focus_in()  # once more: FocusIn and FocusInId of the same field
    assert field.preedit == "nihao"
    field.focus_out()
    other = Field.open(daemon, "other")
    other.type("shijie ")
    field.settle()
    other.settle()
    assert (field.text, other.text) == ("nihao", "世界")
    assert (field.commits, other.commits) == ([], ["世界"])


def test_resets(field: Field) -> None:
    keys = [field.send("ProcessKeyEvent", "uuu", keysym, 0, 0) for keysym in (LEFT, *map(ord, "sh"))]
    field.send("Reset")
    left = field.wait_for_reply(keys[0])
    assert left.body == (False,)
    field.type("ijie ")
    field.settle()
    assert field.text == "世界"
    time.sleep(0.4)
    field.type("ni")
    field.reset()
    field.hear("no preedit", lambda: field.preedit == "")
    field.type("hao ")
    assert field.text == "世界号"


def test_surrounding_text_is_asked_for_and_read(field: Field) -> None:
    field.hear("a question", lambda: field.asked)
    field.report(text="版本3")
    field.type(".")
    assert field.commits == ["."]
    time.sleep(0.4)
    field.report(text="你好3世界", cursor=16)  # in bytes, as GNOME Shell 43
    field.settle(0.5)
    field.report(text="你好3世界", cursor=7)
    field.settle(0.5)
    field.type(".")
    assert field.commits == [".", "."]


def test_password_field(field: Field, daemon: Daemon) -> None:
    field.set_content_type(8)
    field.type("nihao 1")
    assert (field.text, field.commits, field.preedit) == ("nihao 1", [], "")
    field.set_content_type(0)
    field.type("nihao ")
    assert field.commits == ["你好"]


def test_engine_is_chosen_at_once_while_the_model_loads(tmp_path: Path) -> None:
    with ibus_daemon(tmp_path, engine_command(tmp_path, "7")) as daemon:
        field = Field.open(daemon)
        started = time.monotonic()
        field.choose()
        assert time.monotonic() - started < under_load(1)
        serials = [
            field.send("ProcessKeyEvent", "uuu", ord(letter), 0, state)
            for letter in "nihao,3 shijie "
            for state in (0, 1 << 30)
        ]
        for serial in serials:
            field.wait_for_reply(serial)
        field.settle()
        assert field.commits == ["你好，", "3", " ", "世界"]
        assert time.monotonic() - started < under_load(10)


def test_killed_worker_types_again(daemon: Daemon, field: Field) -> None:
    field.type("nihao ")
    parent, worker = daemon.children()
    field.type("shi")
    os.kill(worker, signal.SIGKILL)
    killed = time.monotonic()
    field.type("shijie ")  # the first key waits for the next worker
    assert time.monotonic() - killed < under_load(5)
    assert field.commits == ["你好", "是世界"]
    assert daemon.children()[0] == parent
    wait_for("both phrases in the log", lambda: {"你好", "是世界"} <= set(logged(daemon.folder)))
    nothing_typed_is_said(daemon.folder)


@pytest.mark.parametrize(("key", "preedit", "commits"), [("s", "nihaos", []), (" ", "", ["你好"])])
def test_key_of_a_worker_that_dies_before_its_answer_is_handled_once(
    daemon: Daemon, field: Field, key: str, preedit: str, commits: list[str]
) -> None:
    """The next worker has the letters of before, and the key."""
    field.type("nihao")
    (daemon.folder / "mortal").touch()
    field.wait_for_reply(field.send("ProcessKeyEvent", "uuu", ord(key), 0, 0))
    field.settle()
    assert (field.preedit, field.commits) == (preedit, commits)


def test_users_choice_of_another_engine_survives_a_crash(daemon: Daemon, field: Field) -> None:
    field.type("nihao ")
    field.choose("xkb:us::eng")
    _, worker = daemon.children()
    os.kill(worker, signal.SIGKILL)
    wait_for("another worker", lambda: len(daemon.children()) == 2 and worker not in daemon.children())
    time.sleep(1.0)
    field.type("ni")
    assert field.text == "你好ni"
    field.choose()
    field.type("shijie ")
    assert field.text == "你好ni世界"


def test_daemon_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    with ibus_daemon(tmp_path, engine_command(tmp_path)) as daemon:
        field = Field.open(daemon)
        field.choose()
        field.type("nihao ")
        assert len(daemon.children()) == 2
        pid = int((tmp_path / "address").read_text().partition("IBUS_DAEMON_PID=")[2])
        os.kill(pid, signal.SIGKILL)
        wait_for("end of the engine", lambda: not daemon.children())
    assert logged(tmp_path) == ["你好"]


def test_two_engines_on_one_store_lose_no_phrase(tmp_path: Path, daemon: Daemon, field: Field) -> None:
    (tmp_path / "second").mkdir()
    with ibus_daemon(tmp_path / "second", engine_command(tmp_path)) as another:
        second = Field.open(another)
        second.choose()
        for _ in range(10):
            field.type("nihao ")
            second.type("shijie ")
        assert (field.text, second.text) == ("你好" * 10, "世界" * 10)
    assert sorted(logged(tmp_path)) == sorted(["你好", "世界"] * 10)


def dialogs_of(folder: Path) -> list[int]:
    """Return the ids of the processes that show one dialog on that data."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                command = (entry / "cmdline").read_bytes().split(b"\0")
                if b"--open" in command and str(folder).encode() in command:
                    found.append(int(entry.name))
    return found


def test_menu_opens_a_dialog_in_a_process_of_its_own(daemon: Daemon, field: Field) -> None:
    field.type("nihao ")
    field.call("PropertyActivate", "su", "settings", 0)
    wait_for("the settings", lambda: dialogs_of(daemon.folder))
    time.sleep(2)
    (dialog,) = dialogs_of(daemon.folder)  # it stands
    assert os.getsid(dialog) == dialog  # and outlives the engine
    field.type("shijie ")
    assert field.text == "你好世界"
    os.kill(dialog, signal.SIGTERM)
    wait_for("its end", lambda: not dialogs_of(daemon.folder))


def test_modes_of_the_menu(field: Field) -> None:
    field.type("nihao ")
    field.call("PropertyActivate", "su", "punctuation", 0)
    field.type("shijie,")
    field.call("PropertyActivate", "su", "InputMode", 0)
    field.type("Hi")
    assert field.text == "你好世界,Hi"


def test_small_parent(daemon: Daemon, field: Field) -> None:
    field.type("n")
    parent, worker = daemon.children()
    status = Path(f"/proc/{parent}/status").read_text()
    resident_kb = int(status.partition("VmRSS:")[2].split()[0])
    assert resident_kb <= 20 * 1024
    limits = Path(f"/proc/{parent}/limits").read_text().splitlines()
    assert next(row for row in limits if row.startswith("Max core")).split()[4:6] == ["0", "0"]
    assert "numpy" not in Path(f"/proc/{parent}/maps").read_text()
    assert "numpy" in Path(f"/proc/{worker}/maps").read_text()


_TO_THE_BUS = """
import sys
import socket
from ime_app.ibus import process
from ime_app.ibus.__main__ import _run
from ime_app.ibus.relay import Relay, WorkerEnd

def connect(address):
    print(address, sorted({"numpy", "onnxruntime", "PySide6"} & set(sys.modules)))
    raise ConnectionRefusedError

process.open_dbus_connection = connect
end = WorkerEnd(socket.socketpair()[0], Relay())
sys.exit(_run(["--data-directory", sys.argv[1], "--settings", sys.argv[1] + "/settings.toml"], end))
"""


def test_name_is_asked_for_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    """The desktop waits four seconds for an engine that it has chosen."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _TO_THE_BUS, str(tmp_path)],
        env={"PYTHONPATH": str(REPOSITORY), "HOME": str(tmp_path), "IBUS_ADDRESS": "unix:path=/a"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("unix:path=/a []\n", REFUSED)


def test_only_unix_sockets(daemon: Daemon, field: Field) -> None:
    field.type("nihao ")
    networks = {
        row.split()[9]
        for name in ("tcp", "tcp6", "udp", "udp6", "raw")
        for row in Path("/proc/net", name).read_text().splitlines()[1:]
    }
    for pid in daemon.children():
        links = (str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir())
        sockets = {link[8:-1] for link in links if link.startswith("socket:")}
        assert not sockets & networks


def end_of_another(folder: Path, environment: Mapping[str, str]) -> str:
    """Return what the installed command says as it ends by itself."""
    files = ["--fake", "--data-directory", str(folder), "--settings", str(folder / "settings.toml")]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "ime_app.ibus", "run", *files],
        env={"PYTHONPATH": str(REPOSITORY)} | dict(environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == REFUSED
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def test_second_process_beside_the_first_ends_by_itself_and_says_why(daemon: Daemon, field: Field) -> None:
    assert wire.BUS_NAME in end_of_another(daemon.folder, daemon.environment)
    field.type("nihao ")
    assert field.text == "你好"  # the first goes on
    assert len(daemon.children()) == 2


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/bus", "nonsense"])
def test_process_without_a_daemon_ends_by_itself_and_says_why(tmp_path: Path, address: str) -> None:
    said = end_of_another(tmp_path, {"HOME": str(tmp_path), "IBUS_ADDRESS": address})
    assert said.startswith("moyin: ")
    assert "IBus" in said
