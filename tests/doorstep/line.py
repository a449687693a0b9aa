"""A bad line: the office's pages over HTTP, with requests or answers that are lost, or nothing at all."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterable
from contextlib import closing, suppress
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.own_processes import LOOPBACK


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing."""


class Line:
    """Serves an application; ``kind`` is good, gone, loses_requests or loses_answers."""

    def __init__(self, application: Any) -> None:
        self.kind = "good"
        self.lost = 0.5
        self.chance = random.Random(0)
        self.application = application
        self.asked: list[str] = []
        self._server = make_server(LOOPBACK, 0, self._carry, threaded=True, request_handler=_Quiet)
        self._server.daemon_threads = True
        self.address = f"http://{LOOPBACK}:{self._server.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()

    def _carry(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.asked.append(environ["PATH_INFO"])
        item = environ["PATH_INFO"].endswith("/door/items")
        lost = item and self.kind.startswith("loses") and self.chance.random() < self.lost
        if self.kind == "gone" or (lost and self.kind == "loses_requests"):
            return _hang_up(environ, start)
        with closing(self.application(environ, start)) as parts:
            answer = list(parts)
        return _hang_up(environ, None) if lost else answer


def _hang_up(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    if start is not None:
        start("503 Nobody", [])  # the server wants a status; nobody hears it any more
    with suppress(OSError):
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return []
