"""A reverse proxy of the tests' own: the first segment of the address chooses the service."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.own_processes import LOOPBACK, free_port

HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "transfer-encoding",
    "te",
    "upgrade",
    "proxy-connection",
    "content-length",
}


class FrontDoor:
    """Forwards `/<service>/…` to the port of the service; anything else goes to the portal."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        """Starts listening at once on a free port of 127.0.0.1."""
        self.port = free_port()
        self._server = ThreadingHTTPServer((LOOPBACK, self.port), _handler_for(dict(ports)))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """Where a browser goes."""
        return f"http://{LOOPBACK}:{self.port}"

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()


def _handler_for(ports: dict[str, int]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            service = self.path.split("/", 2)[1].split("?")[0]
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length) if length else None
            connection = http.client.HTTPConnection(
                LOOPBACK, ports.get(service, ports["portal"]), timeout=60
            )
            headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
            try:
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
            except OSError as error:
                self.send_error(502, str(error))
                return
            finally:
                connection.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = forward

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    return Handler
