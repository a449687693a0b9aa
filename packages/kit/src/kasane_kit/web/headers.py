"""The headers that every answer carries, whoever made it: a page, a file, an error, the front door."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

log = logging.getLogger("kasane.web")

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
}
# Sent only where the house is reached by HTTPS: for a year a browser asks in no other way.
ONLY_BY_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


class GuardedAnswers:
    """A WSGI application around another one: what that one did not say of itself is said here.

    An error that nobody caught becomes an answer as well, with the number 500 and without its text.
    """

    def __init__(self, app: WsgiApp, *, by_https: bool) -> None:
        self._app = app
        self._headers = SECURITY_HEADERS | (ONLY_BY_HTTPS if by_https else {})

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answers as the application does, with every header."""

        def start(status: str, headers: list[tuple[str, str]], *failed: Any) -> Any:
            said = {name.lower() for name, _ in headers}
            more = {"Cache-Control": "no-store", **self._headers}
            missing = [(name, value) for name, value in more.items() if name.lower() not in said]
            return start_response(status, [*headers, *missing], *failed)

        try:
            return self._app(environ, start)
        except Exception:
            log.exception("no application answered")
            text = "処理できませんでした。もう一度お試しください。\n".encode()
            lines = [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Content-Length", str(len(text))),
            ]
            start("500 Internal Server Error", lines)
            return [text]
