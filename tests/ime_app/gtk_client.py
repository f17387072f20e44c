"""An application like others: text fields of GTK's, for the Python of the system.

    /usr/bin/python3 gtk_client.py 3|4 FILE

Writes its text to FILE whenever that changes: what is typed into the text, and behind form feeds what
is typed into a line and into a line for passwords, which Tab reaches, and what is composed in the text.
"""

from __future__ import annotations

import sys
from pathlib import Path

import gi

VERSION = sys.argv[1]
gi.require_version("Gtk", f"{VERSION}.0")
from gi.repository import GLib, Gtk  # noqa: E402


def main() -> None:
    path = Path(sys.argv[2])
    loop = GLib.MainLoop()
    window = Gtk.Window(title="A text field")
    window.set_default_size(700, 400)
    text, line, password = Gtk.TextView(accepts_tab=False, vexpand=True), Gtk.Entry(), Gtk.Entry()
    password.set_visibility(False)
    password.set_input_purpose(Gtk.InputPurpose.PASSWORD)
    box = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    buffer = text.get_buffer()
    composed = ""

    def write(*_: object) -> None:
        typed = buffer.get_text(*buffer.get_bounds(), False)
        part = path.with_suffix(".part")
        parts = typed, line.get_text(), password.get_text(), composed
        part.write_text("\f".join(parts), encoding="utf-8")
        part.replace(path)

    def compose(_: object, preedit: str) -> None:
        nonlocal composed
        composed = preedit
        write()

    for field in (text, line, password):
        box.append(field) if VERSION == "4" else box.pack_start(field, field is text, True, 0)
    buffer.connect("changed", write)
    text.connect("preedit-changed", compose)
    line.connect("changed", write)
    password.connect("changed", write)
    if VERSION == "4":
        window.set_child(box)
        window.connect("close-request", lambda _: loop.quit())
    else:
        window.add(box)
        window.show_all()
    window.connect("notify::is-active", lambda *_: text.grab_focus())  # GTK 4 drops a focus given before
    window.present()
    write()
    loop.run()


if __name__ == "__main__":
    if VERSION == "4":
        Gtk.init()
    main()
