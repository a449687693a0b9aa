"""A line to a server on which bytes are held back, swallowed one way or both, or which is reset."""

from __future__ import annotations

import select
import socket
import struct
import threading
from contextlib import suppress

from tests.support.own_processes import LOOPBACK

BUFFER = 65_536
TICK_SECONDS = 0.05
# Closing with this sends a reset instead of a farewell.
AT_ONCE = struct.pack("ii", 1, 0)


class FaultyLine:
    """Passes bytes between a port of 127.0.0.1 and a server; what goes wrong is switched while it runs.

    ``stalled``: nothing is read from either side. ``swallow_to`` and ``swallow_from``: what goes to
    the server, or comes from it, is read and thrown away, so a connection is of no use afterwards
    and has to be reset. ``refusing``: who connects is reset. ``target``: the port of the server on 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        """Begins to listen on a free port; ``port`` is the server's on 127.0.0.1."""
        self.stalled = self.swallow_to = self.swallow_from = self.refusing = False
        self.target = port
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._change = threading.Lock()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def reset(self) -> None:
        """Resets every open connection on both sides."""
        with self._change:
            for pair in self._pairs:
                for one in pair:
                    _reset(one)
            self._pairs.clear()

    def mend(self) -> None:
        """Bytes pass again."""
        self.stalled = self.swallow_to = self.swallow_from = self.refusing = False

    def close(self) -> None:
        """Listens no more and ends what is open."""
        self._listener.close()
        self.reset()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        try:
            if self.refusing:
                raise ConnectionRefusedError
            far = socket.create_connection((LOOPBACK, self.target), timeout=5)
        except OSError:
            _reset(near)
            return
        with self._change:
            self._pairs.add((near, far))
        with suppress(OSError, ValueError):
            self._pass_on(near, far)
        with self._change:
            self._pairs.discard((near, far))
        near.close()
        far.close()

    def _pass_on(self, near: socket.socket, far: socket.socket) -> None:
        while True:
            ready, _, _ = select.select([near, far], [], [], TICK_SECONDS)
            for one in ready:
                if self.stalled:
                    threading.Event().wait(TICK_SECONDS)
                    continue
                data = one.recv(BUFFER)
                if not data:
                    return
                if one is near and not self.swallow_to:
                    far.sendall(data)
                elif one is far and not self.swallow_from:
                    near.sendall(data)


def _reset(one: socket.socket) -> None:
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    one.close()
