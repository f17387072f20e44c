"""Run `python -m ime_app.tools.ibus_benchmark`: measure typing over the bus, beside ibus-libpinyin.

A daemon of its own without a screen, an empty home, and a client that waits for the answer to each key as
applications do. The session's own share is measured in this process with the same keys.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import Properties

from engine.evaluation.figures import Figure, origin_of, record_figures
from engine.gc_control import gc_disabled
from engine.protocol import Key, KeyEvent
from ime_app.ibus import wire
from ime_app.ibus.installation.component import SYSTEM_FOLDER, component_of
from ime_app.input.engine_loader import model_loader
from ime_app.services.install_command import engine_command

COMMAND: Final[str] = "python -m ime_app.tools.ibus_benchmark"
PEER: Final[str] = "libpinyin"
SPACE, ESCAPE, RELEASE = 0x20, 0xFF1B, 1 << 30
CAPABILITIES: Final[int] = 0b101111  # as GTK says, and candidates come to the client
TIMEOUT_S: Final[float] = 60.0
SENTENCES: Final[tuple[str, ...]] = (
    "womenxianzaiyaoqushangke",
    "jintiandetianqizhenbucuo",
    "nishenmeshihouhuijiachifan",
    "zhegewentiwomenyijingtaolunguole",
    "tashuomingtianxiawukeyilai",
    "qingbazhefenwenjianfageiwo",
    "beijingdedongtianbijiaolengyixie",
    "wojuedezhebendianyinghenhaokan",
    "dajiadoutongyizhegejihua",
    "ruguoyouwentiqingsuishilianxiwo",
    "haizimenzaigongyuanlitiqiu",
    "huochezhandaozheliyaobanxiaoshi",
)
_MODULES: Final[Path] = Path(__file__).parents[2]  # in a clone that nobody has installed too
_CONFIG: Final[str] = "/usr/libexec/ibus-memconf"  # libpinyin does not start without
_IBUS: Final[DBusAddress] = DBusAddress(
    "/org/freedesktop/IBus", "org.freedesktop.IBus", "org.freedesktop.IBus"
)


@dataclass
class Times:
    """Milliseconds from each key to its answer, and from Space to the commit."""

    key: list[float] = field(default_factory=list)
    commit: list[float] = field(default_factory=list)


class TypingClient:
    """A text field on the daemon's bus."""

    def __init__(self, address: str) -> None:
        self._connection: DBusConnection = open_dbus_connection(address)
        reply = self._ask(new_method_call(_IBUS, "CreateInputContext", "s", ("benchmark",)))
        interface = "org.freedesktop.IBus.InputContext"
        self._field = DBusAddress(reply.body[0], "org.freedesktop.IBus", interface)
        self._ask(Properties(self._field).set("ClientCommitPreedit", "(b)", (True,)))
        self._call("SetCapabilities", "u", CAPABILITIES)
        self._call("FocusIn")
        self.seen: dict[str, float] = {}  # when a signal of that name came last

    def choose(self, engine: str) -> float:
        """Return how many seconds it took until the engine was chosen."""
        started = time.perf_counter()
        reply = self._ask(new_method_call(_IBUS, "SetGlobalEngine", "s", (engine,)))
        if reply.header.message_type is not MessageType.method_return:
            raise OSError(f"the engine {engine} cannot be chosen: {reply.body}")
        return time.perf_counter() - started

    def press(self, keysym: int) -> float:
        """Press and release a key; return the milliseconds until the press was answered."""
        started = time.perf_counter()
        self._call("ProcessKeyEvent", "uuu", keysym, 0, 0)
        answered = time.perf_counter()
        self._call("ProcessKeyEvent", "uuu", keysym, 0, RELEASE)
        return (answered - started) * 1000

    def wait_for(self, signal_name: str, since: float) -> float:
        """Return the seconds from `since` until a signal of that name came."""
        while self.seen.get(signal_name, 0.0) < since:
            self._note(self._connection.receive(timeout=TIMEOUT_S))
        return self.seen[signal_name] - since

    def type(self, sentences: Sequence[str], interval_s: float) -> Times:
        """Type each sentence key by key, and Space; what is not committed by then is dropped."""
        times = Times()
        for sentence in sentences:
            for letter in sentence:
                times.key.append(self.press(ord(letter)))
                time.sleep(interval_s)
            started = time.perf_counter()
            self.press(SPACE)
            times.commit.append(self.wait_for("CommitText", started) * 1000)
            self.press(ESCAPE)
            time.sleep(interval_s)
        return times

    def close(self) -> None:
        self._connection.close()

    def _call(self, member: str, signature: str | None = None, *body: Any) -> Message:
        return self._ask(new_method_call(self._field, member, signature, body))

    def _ask(self, message: Message) -> Message:
        serial = next(self._connection.outgoing_serial)
        self._connection.send(message, serial=serial)
        while True:
            reply = self._connection.receive(timeout=TIMEOUT_S)
            if reply.header.fields.get(HeaderFields.reply_serial) == serial:
                return reply
            self._note(reply)

    def _note(self, message: Message) -> None:
        self.seen[message.header.fields.get(HeaderFields.member, "")] = time.perf_counter()


@contextmanager
def daemon(folder: Path) -> Iterator[str]:
    """Run a daemon that knows 墨音, and libpinyin where that is installed; yield its address."""
    components = folder / "component"
    components.mkdir()
    (components / "moyin.xml").write_text(component_of(engine_command("ibus"), icon=""), encoding="utf-8")
    for name in ("simple.xml", "memconf.xml", f"{PEER}.xml"):
        if (SYSTEM_FOLDER / name).exists():
            shutil.copy(SYSTEM_FOLDER / name, components)
    own = {"HOME": str(folder), "IBUS_ADDRESS_FILE": str(folder / "address"), "OMP_NUM_THREADS": "1"}
    modules = os.pathsep.join(filter(None, (str(_MODULES), os.environ.get("PYTHONPATH"))))
    environment = os.environ | own | {"IBUS_COMPONENT_PATH": str(components), "PYTHONPATH": modules}
    options = f"--panel=disable --emoji-extension=disable --config={_CONFIG} --cache=none"
    process = subprocess.Popen(
        ["dbus-run-session", "--", "ibus-daemon", *options.split()],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield _address(environment)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(TIMEOUT_S)
        with suppress(ProcessLookupError):  # a daemon that has just begun may not hear the first
            time.sleep(0.5)
            os.killpg(process.pid, signal.SIGKILL)


def _address(environment: dict[str, str]) -> str:
    end = time.monotonic() + TIMEOUT_S
    while time.monotonic() < end:
        found = wire.address(environment)
        if found:
            return found
        time.sleep(0.02)
    raise OSError("the IBus daemon does not start")


def measure_ibus_start() -> tuple[float, float]:
    """Return the seconds until the engine was chosen, and until its first candidates stood, from nothing."""
    with tempfile.TemporaryDirectory() as name, daemon(Path(name)) as address:
        client = TypingClient(address)
        started = time.perf_counter()
        chosen = client.choose(wire.ENGINE_NAME)
        client.press(ord("n"))
        first = client.wait_for("UpdateLookupTable", started)
        client.close()
    return chosen, first


def measure_typing(
    engine: str, marker: str, sentences: Sequence[str], interval_s: float
) -> tuple[Times, list[float]]:
    """Return the times, and the megabytes resident of each process whose command holds `marker`."""
    with tempfile.TemporaryDirectory() as name, daemon(Path(name)) as address:
        client = TypingClient(address)
        client.choose(engine)
        client.type(sentences[:1], interval_s)  # what is loaded at the first key is no part of typing
        times = client.type(sentences, interval_s)
        memory = sorted(_resident_mb(pid) for pid in _processes(Path(name), marker))
        client.close()
    return times, memory


def measure_session(sentences: Sequence[str], interval_s: float) -> list[float]:
    """Return the milliseconds of each of these keys in a session in this process."""
    with tempfile.TemporaryDirectory() as name:
        engine = model_loader(None, Path(name))().open()
        times: list[float] = []
        for sentence in (sentences[0], *sentences):
            keys: list[Key | str] = [*sentence, Key.SPACE]
            for key in keys:
                with gc_disabled():
                    started = time.perf_counter()
                    engine.session.process_key(KeyEvent(key))
                    times.append((time.perf_counter() - started) * 1000)
                while engine.session.warm():
                    pass
                time.sleep(interval_s)
        engine.close()
    return times[len(sentences[0]) + 1 :]


def _processes(folder: Path, marker: str) -> Iterator[int]:
    """Yield the ids of the processes of that home whose command holds `marker`."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if f"HOME={folder}".encode() in environment and marker.encode() in command:
            yield int(entry.name)


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024 / 1e6


def measure_ibus(
    runs: int, interval_s: float, sentences: Sequence[str] = SENTENCES
) -> Iterator[tuple[str, float, str]]:
    """Yield name, value and unit of each figure; the peer's where it is installed."""
    starts = [measure_ibus_start() for _ in range(runs + 1)][1:]
    yield "ibus.chosen", median(chosen for chosen, _ in starts), "s"
    yield "ibus.first", median(first for _, first in starts), "s"
    times, memory = measure_typing(wire.ENGINE_NAME, "ime_app.ibus", sentences, interval_s)
    yield from _percentiles("ibus.key", times.key)
    yield from _percentiles("ibus.commit", times.commit)
    yield "ibus.memory", sum(memory), "MB"
    yield "ibus.memory.parent", memory[0], "MB"
    yield from _percentiles("ibus.session", measure_session(sentences, interval_s))
    if (SYSTEM_FOLDER / f"{PEER}.xml").exists():
        times, memory = measure_typing(PEER, f"ibus-engine-{PEER}", sentences, interval_s)
        yield from _percentiles(f"ibus.{PEER}.key", times.key)
        yield from _percentiles(f"ibus.{PEER}.commit", times.commit)
        yield f"ibus.{PEER}.memory", sum(memory), "MB"


def _percentiles(name: str, values: Sequence[float]) -> Iterator[tuple[str, float, str]]:
    cuts = quantiles(values, n=20, method="inclusive")
    yield f"{name}.p50", median(values), "ms"
    yield f"{name}.p95", cuts[18], "ms"


def main() -> int:
    """Measure and print."""
    parser = ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="starts from nothing (3)")
    parser.add_argument("--interval-ms", type=float, default=100.0, help="from key to key (100)")
    parser.add_argument("--tsv", type=Path, help="record the figures in this file (docs/benchmarks.tsv)")
    options = parser.parse_args()
    found = []
    for name, value, unit in measure_ibus(options.runs, options.interval_ms / 1000):
        print(f"{name}: {value:.4g} {unit}", flush=True)
        found.append(Figure(name, value, unit, origin_of(COMMAND)))
    if options.tsv:
        record_figures(options.tsv, found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
