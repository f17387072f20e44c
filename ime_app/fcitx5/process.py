"""Be the engine that fcitx5's addon asks: packets in on standard input, which is a socket, and out.

fcitx5's end is this process's end; when this process ends, the addon begins another.
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable

from ime_app.fcitx5.packets import LARGEST, packed, unpacked
from ime_app.fcitx5.service import Fcitx5Service, MessagePort
from ime_app.field.engine_loop import EngineLoop
from ime_app.field.home import Home
from ime_app.input.engine_loader import Model


def serve_fcitx5(load_model: Callable[[], Model], home: Home, connection: int = 0) -> int:
    """Be the engine until fcitx5 ends or SIGTERM comes; return the exit status.

    `connection` is the descriptor of a connected SOCK_SEQPACKET socket.
    """

    def send(*fields: object) -> None:
        os.write(connection, packed(fields))

    loop = EngineLoop(MessagePort(send), load_model, home)
    service = Fcitx5Service(loop.host, send)

    def handle_one() -> bool:
        if not select.select([connection], [], [], 0)[0]:
            return False
        packet = os.read(connection, LARGEST)
        if not packet:
            raise ConnectionResetError
        service.handle(unpacked(packet))
        return True

    loop.run(connection, handle_one)
    return 0
