"""Keys that nobody waits for: what is typed keeps its order and its field, whoever dies or leaves meanwhile.

Nothing is skipped: without ibus and dbus (Debian: `apt install ibus dbus`) this fails.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

import pytest
from jeepney import HeaderFields, Message, MessageType, new_method_call
from jeepney.wrappers import Properties

from tests.ime_app.display import wait_for
from tests.ime_app.ibus.daemon import IBUS, Daemon, Field


@dataclass
class HastyField(Field):
    """A field whose client sends keys and goes on, as GTK and Qt do: it types a key once the answer is no."""

    waited: dict[int, str] = field(default_factory=dict)

    def hurry(self, text: str) -> None:
        """Send keys; `take` hears their answers."""
        for character in text:
            self.waited[self.send("ProcessKeyEvent", "uuu", ord(character), 0, 0)] = character

    def leave(self) -> None:
        """Lose the keyboard, and go on."""
        self.text += self.preedit
        self.preedit = ""
        self.send("FocusOut")

    def rest(self) -> None:
        """Wait until every key is answered."""
        self.hear("the answers", lambda: not self.waited)
        self.settle(0.3)

    def take(self, message: Message) -> None:
        key = self.waited.pop(message.header.fields.get(HeaderFields.reply_serial, 0), "")
        is_taken = message.header.message_type is MessageType.method_return and message.body == (True,)
        if key and not is_taken:
            self.text += key
        if not key:
            super().take(message)


@pytest.fixture
def client(daemon: Daemon) -> HastyField:
    return open_field(daemon)


def open_field(daemon: Daemon, name: str = "test") -> HastyField:
    opened = HastyField.open(daemon, name)
    opened.choose()
    opened.type("nihao ")  # the model is there
    assert opened.text == "你好"
    opened.text = ""
    opened.commits.clear()
    return opened


def both(daemon: Daemon) -> list[int]:
    """Return the parent and its worker; nothing while there are not both."""
    found = daemon.children()
    return found if len(found) == 2 else []


def is_gone(daemon: Daemon, worker: int) -> bool:
    return worker not in daemon.children()


@contextmanager
def standing_still(daemon: Daemon) -> Iterator[int]:
    """Stop the worker, as a machine under load does, and let it go on behind the block."""
    _, worker = daemon.children()
    os.kill(worker, signal.SIGSTOP)
    try:
        yield worker
    finally:
        time.sleep(0.1)  # the daemon has passed on what was said
        with suppress(ProcessLookupError):  # it was killed
            os.kill(worker, signal.SIGCONT)


@pytest.mark.parametrize("typed", ["", "ni"])
def test_keys_on_their_way_when_the_worker_is_killed_keep_their_order(
    daemon: Daemon, client: HastyField, typed: str
) -> None:
    client.type(typed)
    with standing_still(daemon) as worker:
        client.hurry("haoshijie 3")
        time.sleep(0.2)
        os.kill(worker, signal.SIGKILL)
    client.rest()
    assert (client.text, client.preedit) == ("你好世界3" if typed else "好世界3", "")


def test_worker_that_is_killed_again_and_again_loses_no_key(daemon: Daemon, client: HastyField) -> None:
    for letters in ("nihao ", "shijie ", "nihao "):
        *_, worker = wait_for("a worker", partial(both, daemon))
        client.hurry(letters)
        os.kill(worker, signal.SIGKILL)
        wait_for("its end", partial(is_gone, daemon, worker))
    client.rest()
    assert client.text == "你好世界你好"


def test_letters_over_which_workers_die_become_text(daemon: Daemon, client: HastyField) -> None:
    client.type("ni")
    (daemon.folder / "mortal").write_text("4444")
    client.hurry("hao ")
    client.rest()
    assert client.text == "ni好"


def test_password_stays_one_when_the_worker_is_killed(daemon: Daemon, client: HastyField) -> None:
    client.set_content_type(8)
    with standing_still(daemon) as worker:
        client.hurry("nihao ")
        time.sleep(0.2)
        os.kill(worker, signal.SIGKILL)
    client.rest()
    assert (client.text, client.preedits[-1]) == ("nihao ", "nihao")  # the last preedit is older


def test_fields_changed_quickly_keep_their_letters_apart(daemon: Daemon, client: HastyField) -> None:
    """The daemon says of no signal for which field it was: it is the one that has the keyboard by then."""
    other = open_field(daemon, "other")
    other.focus_out()
    client.focus_in()
    client.type("ni")
    with standing_still(daemon):
        client.hurry("hao")
        client.leave()
        time.sleep(0.05)
        other.send("FocusIn")
        other.preedits.clear()
        other.hurry("shijie ")
    client.rest()
    other.rest()
    assert (client.text, other.text) == ("nihao", "世界")
    assert not any("h" in shown.replace("sh", "") for shown in other.preedits)


def test_key_that_comes_behind_the_focus_of_another_program_joins_its_letters(
    daemon: Daemon, client: HastyField
) -> None:
    """Each program has a connection of its own; the daemon gives the keyboard back for the key."""
    other = open_field(daemon, "other")
    other.focus_out()
    client.focus_in()
    client.type("ni")
    other.send("FocusIn")
    time.sleep(0.05)
    client.hurry("hao")
    client.rest()
    client.leave()
    time.sleep(0.05)
    other.hurry("shijie ")
    other.rest()
    client.rest()
    assert (client.text, other.text) == ("nihao", "世界")


def test_client_that_closes_while_it_composes_leaves_nothing_to_the_next(
    daemon: Daemon, client: HastyField
) -> None:
    closing = open_field(daemon, "closing")
    closing.type("ni")
    with standing_still(daemon):
        closing.hurry("hao")
        time.sleep(0.05)
        closing.close()
        time.sleep(0.1)
        client.preedits.clear()
        client.send("FocusIn")
        client.hurry("shijie ")
    client.rest()
    assert (client.text, client.preedits[-1]) == ("世界", "shijie")


def test_engine_that_is_given_up_while_it_composes_loses_no_letter(
    daemon: Daemon, client: HastyField
) -> None:
    """The daemon makes text of what is shown; the keys on their way are the client's own then."""
    client.type("ni")
    with standing_still(daemon):
        client.hurry("hao")
        time.sleep(0.05)
        call = new_method_call(IBUS, "SetGlobalEngine", "s", ("xkb:us::eng",))
        client.connection.send(call)
        time.sleep(0.3)
    client.rest()
    assert (client.text, client.preedit) == ("nihao", "")
    client.choose()
    client.type("shijie ")
    assert client.text == "nihao世界"


def test_letters_of_a_client_without_a_preedit_of_its_own_are_kept(daemon: Daemon) -> None:
    """The panel shows them, and the daemon puts them into the text."""
    client = open_field(daemon)
    client.call("SetCapabilities", "u", 0b001000)
    own_preedit = Properties(client.address).set("ClientCommitPreedit", "(b)", (False,))
    client.connection.send(own_preedit)
    client.type("ni")
    with standing_still(daemon):
        client.hurry("hao")
        time.sleep(0.05)
        client.leave()
    client.rest()
    assert client.text == "nihao"
