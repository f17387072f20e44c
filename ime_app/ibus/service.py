"""Pass the daemon's method calls to the host, and the host's texts back as signals, without the bus
itself.

The interfaces are those of `ibusengine.c` and `ibusfactory.c`. FocusId and ActiveSurroundingText are plain
booleans, whatever IBus' own introspection says: the daemon reads them so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ime_app.field.host import Host
from ime_app.field.keysyms import State
from ime_app.field.values import MenuItem, Table
from ime_app.field.view import Port
from ime_app.ibus import wire
from ime_app.ibus.inheritance import Inheritance
from ime_app.ibus.taken_fields import TakenFields
from ime_app.ibus.wire import Variant

Emit = Callable[[str, str, str, tuple[Any, ...]], None]  # path, member, signature, body
HostAct = Callable[..., None]  # of the host, the path and the arguments of a call

UNKNOWN_METHOD: Final[str] = "org.freedesktop.DBus.Error.UnknownMethod"
INVALID_ARGUMENTS: Final[str] = "org.freedesktop.DBus.Error.InvalidArgs"
_FLAGS: Final[dict[str, Variant]] = {"FocusId": ("b", True), "ActiveSurroundingText": ("b", True)}


@dataclass(frozen=True)
class Call:
    """A method call, and how it is answered: with a signature and a body, or with an error."""

    path: str
    interface: str
    member: str
    body: tuple[Any, ...]
    answer: Callable[[str, tuple[Any, ...]], None]
    refuse: Callable[[str, str], None]
    at: float = 0.0  # when it arrived


class SignalPort:
    """The host's `Port` by signals of the engine object."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def commit(self, path: str, text: str) -> None:
        self._emit(path, "CommitText", "v", (wire.text(text),))

    def show_preedit(self, path: str, text: str, caret: int) -> None:
        body = (wire.preedit(text), caret, bool(text), wire.COMMIT_AT_FOCUS_LOSS)
        self._emit(path, "UpdatePreeditText", "vubu", body)

    def show_auxiliary(self, path: str, text: str) -> None:
        self._emit(path, "UpdateAuxiliaryText", "vb", (wire.text(text), bool(text)))

    def show_table(self, path: str, table: Table) -> None:
        self._emit(path, "UpdateLookupTable", "vb", (wire.lookup_table(table), bool(table.rows)))

    def register_menu(self, path: str, items: Sequence[MenuItem]) -> None:
        self._emit(path, "RegisterProperties", "v", (wire.menu(items),))

    def update_menu(self, path: str, item: MenuItem) -> None:
        self._emit(path, "UpdateProperty", "v", (wire.menu_item(item),))

    def delete_surrounding(self, path: str, offset: int, n_character: int) -> None:
        self._emit(path, "DeleteSurroundingText", "iu", (offset, n_character))

    def press(self, path: str, keysym: int, keycode: int) -> None:
        self._emit(path, "ForwardKeyEvent", "uuu", (keysym, keycode, 0))
        self._emit(path, "ForwardKeyEvent", "uuu", (keysym, keycode, int(State.RELEASE)))

    def ask_surrounding(self, path: str) -> None:
        self._emit(path, "RequireSurroundingText", "", ())


class IBusService:
    """A service that answers every call; an unknown one, or one with other arguments, with an error."""

    def __init__(
        self,
        host: Host,
        port: Port,
        inheritance: Inheritance | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._inheritance = inheritance or Inheritance()
        self._taken = TakenFields()

    def handle(self, call: Call) -> None:
        """Answer the call, at once or when the host does."""
        handler, n_argument = _HANDLERS.get((call.interface, call.member), (None, 0))
        if handler is None:
            call.refuse(UNKNOWN_METHOD, f"{call.interface}.{call.member} is not known here")
        elif len(call.body) != n_argument:
            call.refuse(INVALID_ARGUMENTS, f"{call.member} takes {n_argument} arguments")
        else:
            self._hear(call)
            handler(self, call)

    def resume(self, *, retypes: bool) -> None:
        """Go on where a process before this one has died."""
        self._inheritance.resume(self._tell_again, self._press_again, self._port, retypes=retypes)

    def _hear(self, call: Call) -> None:
        """Note where the keyboard is; letters of before come before a key that brings it back."""
        if call.member == "FocusOutId":
            self._taken.leave(call.at, call.path, call.body[0], self._inheritance.letters(call.path))
        elif call.member == "FocusInId":
            self._taken.enter(call.at, call.path, *call.body)
        elif call.member == "ProcessKeyEvent" and (letters := self._taken.letters(call.at)):
            self._inheritance.show(call.path, letters)
            self._inheritance.type_again(self._press_again, self._port)
        else:
            self._taken.forget()
        self._inheritance.hear(call.path, call.member, call.body)

    def _press_again(self, path: str, character: str) -> None:
        """Press a key once more, which its client knows as taken."""

        def answer(is_taken: bool) -> None:
            if not is_taken:
                self._inheritance.give_back(path, self._port)

        self._host.key(path, ord(character), State.SHIFT if character.isupper() else 0, answer)

    def _tell_again(self, path: str, member: str, body: Sequence[Any]) -> None:
        interface = wire.PROPERTIES if member == "Set" else wire.ENGINE
        handler, _ = _HANDLERS[interface, member]
        handler(self, Call(path, interface, member, tuple(body), lambda *_: None, lambda *_: None))

    def _create(self, call: Call) -> None:
        (name,) = call.body
        if name != wire.ENGINE_NAME:
            call.refuse(INVALID_ARGUMENTS, f"the engine here is {wire.ENGINE_NAME}")
            return
        self._inheritance.n_created += 1
        path = f"{wire.ENGINE_PATH}/{self._inheritance.n_created}"
        self._host.create(path)
        call.answer("o", (path,))

    def _key(self, call: Call) -> None:
        keysym, _, state = call.body
        self._host.key(call.path, keysym, state, lambda taken: call.answer("b", (taken,)))

    def _set_property(self, call: Call) -> None:
        interface, name, (_, value) = call.body
        if (interface, name) == (wire.ENGINE, "ContentType"):
            purpose, hints = value
            self._host.set_content_type(call.path, purpose, hints)
        call.answer("", ())

    def _get_property(self, call: Call) -> None:
        _, name = call.body
        if name in _FLAGS:
            call.answer("v", (_FLAGS[name],))
        else:
            call.refuse(INVALID_ARGUMENTS, "no such property")

    def _get_properties(self, call: Call) -> None:
        call.answer("a{sv}", (_FLAGS,))

    def tell(self, call: Call, act: HostAct) -> None:
        """Tell the host what is called, and answer with nothing."""
        act(self._host, call.path, *call.body)
        call.answer("", ())


_Handler = Callable[[IBusService, Call], None]


def _telling(act: HostAct) -> _Handler:
    return lambda service, call: service.tell(call, act)


def _accept(host: Host, path: str, *arguments: Any) -> None:
    """Do nothing: of some calls there is nothing to say."""


# What is called, what the host is told, and how many arguments it has.
_ENGINE_METHODS: Final[dict[str, tuple[_Handler, int]]] = {
    "ProcessKeyEvent": (IBusService._key, 3),
    "FocusIn": (_telling(Host.focus_in), 0),
    "FocusInId": (_telling(Host.focus_in), 2),
    "FocusOut": (_telling(Host.focus_out), 0),
    "FocusOutId": (_telling(lambda host, path, _: host.focus_out(path)), 1),
    "Disable": (_telling(Host.focus_out), 0),
    "Reset": (_telling(Host.reset), 0),
    "SetCapabilities": (_telling(Host.set_capabilities), 1),
    "SetSurroundingText": (
        _telling(lambda host, path, text, *places: host.set_surrounding(path, wire.string_of(text), *places)),
        3,
    ),
    "PageUp": (_telling(lambda host, path: host.turn_page(path, -1)), 0),
    "PageDown": (_telling(lambda host, path: host.turn_page(path, 1)), 0),
    "CursorUp": (_telling(lambda host, path: host.move_highlight(path, -1)), 0),
    "CursorDown": (_telling(lambda host, path: host.move_highlight(path, 1)), 0),
    "CandidateClicked": (_telling(lambda host, path, place, button, _: host.click(path, place, button)), 3),
    "PropertyActivate": (_telling(lambda host, _, name, state: host.activate(name)), 2),
    "Enable": (_telling(_accept), 0),  # from here on: calls that change nothing here
    "SetCursorLocation": (_telling(_accept), 4),
    "ProcessHandWritingEvent": (_telling(_accept), 1),
    "CancelHandWriting": (_telling(_accept), 1),
    "PropertyShow": (_telling(_accept), 1),
    "PropertyHide": (_telling(_accept), 1),
    "PanelExtensionReceived": (_telling(_accept), 1),
    "PanelExtensionRegisterKeys": (_telling(_accept), 1),
}
_HANDLERS: Final[dict[tuple[str, str], tuple[_Handler, int]]] = {
    (wire.FACTORY, "CreateEngine"): (IBusService._create, 1),
    (wire.SERVICE, "Destroy"): (_telling(Host.destroy), 0),
    (wire.PEER, "Ping"): (_telling(_accept), 0),
    (wire.PROPERTIES, "Set"): (IBusService._set_property, 3),
    (wire.PROPERTIES, "Get"): (IBusService._get_property, 2),
    (wire.PROPERTIES, "GetAll"): (IBusService._get_properties, 1),
    **{(wire.ENGINE, member): method for member, method in _ENGINE_METHODS.items()},
}
