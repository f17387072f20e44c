"""Secret fields, private fields, private mode; and what the process denies itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from ime_app.field.keysyms import State
from ime_app.field.values import Hint, Purpose
from tests.ime_app.display import REPOSITORY
from tests.ime_app.field.bench import PATH, SHIFT_L, Bench

OpenBench = Callable[..., Bench]
SECRETS = [(Purpose.PASSWORD, 0), (Purpose.PIN, 0), (0, Hint.HIDDEN_TEXT)]


def logged(bench: Bench) -> list[str]:
    """Return what stands in the phrase log."""
    store = UserStore(bench.folder)
    try:
        return [phrase.text for phrase in PhraseLog(store)]
    finally:
        store.close()


def learn(bench: Bench, times: int = 4) -> None:
    """时姐, put together by its hanzi: a phrase of the user's own, first in its menu from then on."""
    for _ in range(times):
        bench.type("shi")
        bench.host.click(PATH, [row[0] for row in bench.port.table.rows].index("时"), 1)
        bench.type("jie ")
        bench.idle()


@pytest.mark.parametrize(("purpose", "hints"), SECRETS)
def test_no_key_of_a_secret_field_is_taken(bench: Bench, purpose: int, hints: int) -> None:
    bench.focus(purpose, int(hints))
    bench.port.log.clear()
    keys = [*map(ord, "nihao 1,Aa"), 0xFF0D, 0xFF08, SHIFT_L]
    assert [bench.key(key) for key in keys] == [[False]] * len(keys)
    bench.tap_shift()
    bench.report("geheim")
    bench.idle()
    assert bench.port.log == []


@pytest.mark.parametrize(("purpose", "hints"), SECRETS)
def test_no_key_of_a_secret_field_waits_for_the_engine(
    open_bench: OpenBench, purpose: int, hints: int
) -> None:
    bench = open_bench(loading=True)
    bench.focus(purpose, int(hints))
    assert bench.type("nihao") == [False] * 5


def test_field_that_becomes_secret_drops_the_composition(bench: Bench) -> None:
    bench.type("nihao")
    bench.host.set_content_type(PATH, Purpose.PASSWORD, 0)
    assert (bench.port.preedit, bench.port.table.rows, bench.port.commits) == ("", (), [])


def first_offered(bench: Bench, hints: int = 0) -> str:
    """Return what stands first for `shijie`, behind the same text each time, without it."""
    bench.leave()
    bench.focus(hints=hints)
    bench.report("时，姐")
    bench.type("shijie")
    first = bench.port.table.rows[0][0]
    bench.host.reset(PATH)
    return first


def test_private_field_learns_nothing_and_shows_nothing_learnt(bench: Bench) -> None:
    learn(bench)
    n_logged = len(logged(bench))
    assert n_logged > 0
    assert first_offered(bench) == "时姐"
    assert first_offered(bench, int(Hint.PRIVATE)) == "世界"
    assert "field" in bench.port.menu["private"].label
    bench.type("shijie ")
    bench.type("nihao ")
    assert len(logged(bench)) == n_logged
    assert first_offered(bench) == "时姐"
    assert not bench.port.menu["private"].is_on


def test_private_mode_of_the_user(bench: Bench, open_bench: OpenBench) -> None:
    bench.host.activate("private")
    bench.type("nihao ")
    assert logged(bench) == []
    assert open_bench().port.menu["private"].is_on  # the next start says so
    bench.host.activate("private")
    bench.type("nihao ")
    assert logged(bench) == ["你好"]


def test_private_mode_by_its_key_while_something_is_composed(bench: Bench) -> None:
    """Elsewhere Ctrl+Shift+P is the application's: a command palette, a private window."""
    keys = ord("P"), State.CONTROL | State.SHIFT
    assert bench.key(*keys) == [False]
    assert not bench.port.menu["private"].is_on
    bench.type("nihao")
    assert bench.key(*keys) == [True]
    assert bench.port.menu["private"].is_on
    assert bench.port.preedit == "nihao"
    bench.type(" shijie")
    assert bench.port.commits == ["你好"]
    assert logged(bench) == []
    assert bench.key(*keys) == [True]
    bench.type(" ")
    assert logged(bench) == ["世界"]


def test_private_field_does_not_end_the_users_freeze(bench: Bench) -> None:
    """The setting `learn = false` holds whatever field comes and goes."""
    (bench.folder / "settings.toml").write_text("[learning]\nlearn = false\n", encoding="utf-8")
    bench.focus(hints=int(Hint.PRIVATE))
    bench.leave()
    bench.focus()
    bench.idle()
    bench.type("nihao ")
    assert logged(bench) == []


def run(code: str) -> subprocess.CompletedProcess[str]:
    whole = f"from ime_app.field.privacy import keep_to_oneself\nkeep_to_oneself()\n{code}"
    return subprocess.run(
        [sys.executable, "-c", whole], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket(socket.AF_INET)",
        "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')",
    ],
)
def test_no_network_is_to_be_had(code: str) -> None:
    done = run(code)
    assert done.returncode == 1
    assert done.stderr.strip() in ("moyin: PermissionError", "moyin: URLError")


def test_unix_sockets_remain() -> None:
    assert run("import socket; socket.socket(socket.AF_UNIX).close()").returncode == 0


@pytest.mark.parametrize(
    "code",
    [
        "raise ValueError('geheim')",
        "import threading; t = threading.Thread(target=lambda: 1 / len('geheim'[9:])); t.start(); t.join()",
        "class C:\n  def __del__(self): raise KeyError('geheim')\nC()",
    ],
)
def test_errors_name_their_kind_alone(code: str) -> None:
    done = run(code)
    assert done.stdout == ""
    assert done.stderr.startswith("moyin: ")
    assert "geheim" not in done.stderr


def test_no_core_file() -> None:
    assert run("import resource; print(resource.getrlimit(resource.RLIMIT_CORE))").stdout == "(0, 0)\n"
