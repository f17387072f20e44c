"""Keep the bundles that were made on this machine, and which of them is in use.

Everything lies in the folder `models` of the data directory:

    models/NAME/        a bundle, whole: it is written elsewhere and gets its name by one rename
    models/.part-PID-…  what is being written or deleted; left over if its process has died
    models/active.json  {"active": NAME, "previous": [NAME, …]}, replaced by one rename; "" is the
                        shipped bundle, and so is a file that is missing or unreadable

Whenever the power fails or the process is killed, the pointer names the old bundle or the new one, and both
are there. If the one that it names does not load, the one before it is taken, and at last the shipped one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import resources
from engine.error_kinds import Kind
from engine.errors import Said, says, short_repr
from engine.model.bundle import Bundle
from engine.model.manifest import MANIFEST, BundleError, Manifest
from engine.storage.atomic_files import write_lines

FOLDER: Final[str] = "models"
SHIPPED: Final[str] = ""  # the name of the bundle that comes with the program
N_KEPT: Final[int] = 4  # bundles of 95 MB

_POINTER: Final[str] = "active.json"
_FIGURES: Final[str] = "figures.json"  # beside the bundle's files, not in its manifest
_UNREADABLE: Final = (OSError, ValueError, KeyError, TypeError, RecursionError)
_PART: Final[str] = ".part-"
_NAME: Final = re.compile(r"[\w][\w.-]{0,99}")


@dataclass(frozen=True)
class StoredBundle:
    """One bundle of the store.

    `provenance` is what its manifest says of how it was made, `figures` the ones by which it was judged.
    """

    name: str
    path: Path
    created: str  # ISO date
    is_active: bool
    provenance: dict[str, Any]
    figures: dict[str, Any]


@dataclass(frozen=True)
class LoadedBundle:
    """The bundle to use. `notice` is one sentence where it is not the one that was wanted."""

    bundle: Bundle
    name: str = ""
    notice: Said = ""


@dataclass(frozen=True)
class _Pointer:
    active: str = SHIPPED
    previous: tuple[str, ...] = ()

    def to(self, name: str) -> _Pointer:
        """Return the pointer at `name`, which keeps the way back."""
        if name == self.active:
            return self
        before = [self.active, *(old for old in self.previous if old not in (name, self.active))]
        return _Pointer(name, tuple(old for old in before if old != SHIPPED)[: N_KEPT - 1])


class BundleStore:
    """The store in `data_directory`, which is made when something is first written."""

    def __init__(self, data_directory: Path, shipped: Path | None = None) -> None:
        self.folder = data_directory / FOLDER
        self._shipped = shipped or resources.MODEL

    @property
    def active(self) -> str:
        """The name of the bundle in use; SHIPPED where none was activated."""
        return self._read().active

    @property
    def previous(self) -> str:
        """What `roll_back` would activate."""
        return next((name for name in self._read().previous if self.path_of(name).is_dir()), SHIPPED)

    @property
    def unused(self) -> str:
        """The newest bundle that is neither in use nor on the way back; SHIPPED where there is none."""
        pointer = self._read()
        wanted = [pointer.active, *pointer.previous]
        return next((stored.name for stored in self.list() if stored.name not in wanted), SHIPPED)

    def path_of(self, name: str) -> Path:
        return self._shipped if name == SHIPPED else self.folder / name

    def list(self) -> list[StoredBundle]:
        """Return all bundles that were made here and have a manifest, the newest name first."""
        active = self.active
        found = []
        for path in sorted(self.folder.iterdir(), reverse=True) if self.folder.is_dir() else []:
            manifest = None if path.name.startswith(_PART) else _manifest_of(path)
            if manifest is not None:
                found.append(
                    StoredBundle(
                        path.name,
                        path,
                        manifest.created,
                        path.name == active,
                        manifest.provenance,
                        _figures_of(path),
                    )
                )
        return found

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """Yield a folder to write a bundle into; it is deleted when the block ends, unless it was kept."""
        self._make_folder()
        self._sweep()
        self._prune()  # one that was killed between `keep` and `activate` has not done so
        part = self.folder / f"{_PART}{os.getpid()}-draft"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        try:
            yield part
        finally:
            shutil.rmtree(part, ignore_errors=True)

    def keep(self, draft: Path, name: str, figures: dict[str, Any]) -> None:
        """Give what is in `draft` its name; it is not in use yet.

        Raises BundleError where it is not a bundle of the shipped vocabulary, or has a name in use.
        """
        _check_name(name)
        if self.path_of(name).exists():
            raise BundleError.of(says(Kind.NEW_NAME_IN, path=self.folder), name, says(Kind.CHOOSE_ANOTHER))
        self.check(Bundle.load(draft))
        (draft / _FIGURES).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
        for path in (*draft.iterdir(), draft):
            _flush(path)
        draft.rename(self.folder / name)
        _flush(self.folder)

    def activate(self, name: str) -> None:
        """Use the bundle `name` (SHIPPED: the shipped one) from the next start on.

        Raises BundleError where it does not load or was made for another vocabulary.
        """
        if name != SHIPPED:
            _check_name(name)
            self.check(Bundle.load(self.path_of(name)))
        self._write(self._read().to(name))
        self._prune()

    def roll_back(self) -> str:
        """Go back to the bundle that was in use before; its name."""
        pointer, name = self._read(), self.previous
        rest = tuple(old for old in pointer.previous if old not in (name, pointer.active))
        self._write(_Pointer(name, rest))
        return name

    def remove(self, name: str) -> None:
        """Delete a bundle for good; where it is in use, the one before it is taken.

        Raises BundleError where there is none of that name: who deletes wants to be sure.
        """
        _check_name(name)
        if not self.path_of(name).is_dir():
            raise BundleError.of(
                says(Kind.MODEL_IN, path=self.path_of(name)),
                says(Kind.NO_FILE),
                says(Kind.LIST_BUNDLES),
            )
        if name == self.active:
            self.roll_back()
        self._discard(self.path_of(name))

    def load(self) -> LoadedBundle:
        """Return the active bundle, else the last one that loads.

        Raises BundleError if not even the shipped one does.
        """
        pointer = self._read()
        problem: Said = self._pointer_problem()
        for name in (pointer.active, *pointer.previous):
            if name == SHIPPED:
                break
            try:
                bundle = Bundle.load(self.path_of(name))
                self.check(bundle)
            except BundleError as error:
                problem = problem or says(Kind.RETRAINED_UNUSABLE, name=name, reason=error.message)
            else:
                return LoadedBundle(bundle, name, problem)
        return LoadedBundle(Bundle.load(self._shipped), SHIPPED, problem)

    def check(self, bundle: Bundle) -> None:
        """Raise BundleError if a bundle was made for another vocabulary than the shipped one."""
        shipped = _manifest_of(self._shipped)
        if shipped is not None and shipped.vocabulary_hash != bundle.manifest.vocabulary_hash:
            raise BundleError.of(
                says(Kind.SHIPPED_VOCABULARY, hash=shipped.vocabulary_hash[:12], path=bundle.path),
                says(Kind.HASH, hash=bundle.manifest.vocabulary_hash[:12]),
                says(Kind.RETRAIN_FROM_SHIPPED),
            )

    def _pointer_problem(self) -> Said:
        """Say that the pointer cannot be read although there is one: an older model is in use now."""
        path = self.folder / _POINTER
        try:
            _pointer_of(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ""
        except _UNREADABLE:
            return says(Kind.POINTER_UNREADABLE, path=path)
        return ""

    def _read(self) -> _Pointer:
        try:
            return _pointer_of((self.folder / _POINTER).read_text(encoding="utf-8"))
        except _UNREADABLE:
            return _Pointer()

    def _write(self, pointer: _Pointer) -> None:
        self._make_folder()
        text = json.dumps({"active": pointer.active, "previous": pointer.previous}, ensure_ascii=False)
        write_lines(self.folder / _POINTER, [text])
        _flush(self.folder)

    def _make_folder(self) -> None:
        """Make the folder for its owner alone: weights that have learnt from a user are private."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def _prune(self) -> None:
        """Delete what is too much: first the oldest of those that nothing leads back to."""
        pointer = self._read()
        wanted = [pointer.active, *pointer.previous]
        others = [stored.name for stored in self.list() if stored.name not in wanted]
        for name in [name for name in wanted + others if name != SHIPPED][N_KEPT:]:
            self._discard(self.path_of(name))

    def _discard(self, path: Path) -> None:
        part = self.folder / f"{_PART}{os.getpid()}-old-{path.name}"
        if path.is_dir():
            path.rename(part)
            shutil.rmtree(part, ignore_errors=True)

    def _sweep(self) -> None:
        """Delete what processes that are dead have left half written."""
        for path in self.folder.glob(f"{_PART}*"):
            owner = path.name.removeprefix(_PART).partition("-")[0]
            if not owner.isdigit() or not _is_alive(int(owner)):
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _pointer_of(text: str) -> _Pointer:
    """Return what the pointer file says. Raises one of _UNREADABLE."""
    values = json.loads(text)
    names = [values["active"], *values["previous"]]
    if not all(isinstance(name, str) and (name == SHIPPED or _NAME.fullmatch(name)) for name in names):
        raise ValueError("expected names of bundles")
    return _Pointer(names[0], tuple(names[1:]))


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise BundleError.of(says(Kind.BUNDLE_NAME), short_repr(name), says(Kind.CHOOSE_ANOTHER))


def _manifest_of(path: Path) -> Manifest | None:
    try:
        return Manifest.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BundleError):
        return None


def _figures_of(path: Path) -> dict[str, Any]:
    try:
        values = json.loads((path / _FIGURES).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _flush(path: Path) -> None:
    """Flush a file or folder to the disk, so that a rename does not overtake its content."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
