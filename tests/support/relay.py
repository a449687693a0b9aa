"""A line between a telephone and a house that can be cut for real: for its pages and for what works behind them."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

from tests.support.own_processes import LOOPBACK

BUFFER = 65_536


class Relay:
    """Passes bytes to and from an address. After ``cut`` nothing passes and nobody answers, until ``mend``."""

    def __init__(self, address: str) -> None:
        """Begins to listen on a free port of 127.0.0.1."""
        target = urlsplit(address)
        self._target = (target.hostname or LOOPBACK, target.port or 80)
        self._cut = threading.Event()
        self._open: set[socket.socket] = set()
        self._change = threading.Lock()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.address = f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """Ends what is open; whoever connects is hung up on."""
        with self._change:
            self._cut.set()
            self._hang_up()

    def mend(self) -> None:
        """The line is back."""
        self._cut.clear()

    def close(self) -> None:
        """Listens no more."""
        self._listener.close()
        with self._change:
            self._hang_up()

    def _hang_up(self) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target, timeout=60)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        with self._change:
            if self._cut.is_set():
                near.close()
                far.close()
                return
            self._open |= {near, far}
        back = threading.Thread(target=self._pass_on, args=(far, near), daemon=True)
        back.start()
        self._pass_on(near, far)
        back.join()
        with self._change:
            self._open -= {near, far}
        near.close()
        far.close()

    def _pass_on(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while part := here.recv(BUFFER):
                there.sendall(part)
        with suppress(OSError):
            there.shutdown(socket.SHUT_WR)
