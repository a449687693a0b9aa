"""Answers Prometheus in a worker, which has no pages: one address, one path, the token of the settings."""

import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from kasane_kit.config import SettingsError
from kasane_kit.meters import CONTENT_TYPE, Meters
from kasane_kit.web.measuring import is_shown

PATH = "/-/metrics"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        """Prometheus asks every few seconds; nobody wants to read that."""


class MeterServer:
    """Listens at ``bind`` (``address:port``) until stopped; raises SettingsError where it cannot."""

    def __init__(self, meters: Meters, bind: str, token: str) -> None:
        host, _, port = bind.rpartition(":")
        try:
            self._server = make_server(
                host or "127.0.0.1",
                int(port),
                _application(meters, token),
                server_class=_Server,
                handler_class=_Quiet,
            )
        except (OSError, OverflowError, ValueError) as error:
            raise SettingsError(
                f"KASANE_METRICS_BIND is {bind!r} and cannot be listened at ({error}); nothing was started; "
                "set a free address such as 127.0.0.1:9108"
            ) from error
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics")

    @property
    def port(self) -> int:
        """Where it listens, also when 0 was asked for."""
        return self._server.server_port

    def start(self) -> None:
        """Begins to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Ends and frees the address."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _application(meters: Meters, token: str) -> Callable[..., Iterable[bytes]]:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        shown = is_shown(token, environ.get("HTTP_AUTHORIZATION", ""))
        if environ.get("PATH_INFO") != PATH or not shown:
            start_response(
                "404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")]
            )
            return [b""]
        text = meters.text()
        start_response(
            "200 OK", [("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(text)))]
        )
        return [text]

    return answer
