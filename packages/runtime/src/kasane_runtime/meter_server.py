"""Answers those who watch a worker, which has no pages: one address, the token of the settings."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from kasane_kit.config import SettingsError
from kasane_kit.meters import CONTENT_TYPE, Meters
from kasane_kit.web.measuring import is_shown

METERS_PATH = "/-/metrics"
HEADS_PATH = "/-/audit-heads"


@dataclass(frozen=True)
class Watched:
    """What one path says: its content type, and its text asked for anew each time."""

    content_type: str
    text: Callable[[], bytes]


def meters_page(meters: Meters) -> Watched:
    """What Prometheus reads."""
    return Watched(CONTENT_TYPE, meters.text)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        """Prometheus asks every few seconds; nobody wants to read that."""


class MeterServer:
    """Listens at ``bind`` (``address:port``) until stopped; raises SettingsError where it cannot.

    ``pages`` are told by their paths to who shows the token; to anybody else there is nothing.
    """

    def __init__(self, pages: Mapping[str, Watched], bind: str, token: str) -> None:
        host, _, port = bind.rpartition(":")
        try:
            self._server = make_server(
                host or "127.0.0.1",
                int(port),
                _application(pages, token),
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


def _application(pages: Mapping[str, Watched], token: str) -> Callable[..., Iterable[bytes]]:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        page = pages.get(environ.get("PATH_INFO", ""))
        if page is None or not is_shown(token, environ.get("HTTP_AUTHORIZATION", "")):
            start_response(
                "404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")]
            )
            return [b""]
        text = page.text()
        start_response(
            "200 OK", [("Content-Type", page.content_type), ("Content-Length", str(len(text)))]
        )
        return [text]

    return answer
