"""A small OpenID provider on loopback whose answers a test may spoil: every wrong answer a provider could give."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.support.own_processes import LOOPBACK

CLIENT_ID = "kasane"
SECRET = "a secret of this test only"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing."""


@dataclass
class FakeProvider:
    """Answers as a provider does; ``spoil_claims`` and ``answers`` make it lie."""

    issuer: str = ""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "one"}))
    signing: ECKey | None = None
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "ES256", "kid": "one"})
    spoil_claims: Callable[[dict[str, Any]], None] = lambda _claims: None
    metadata: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Response] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    person: dict[str, Any] | None = None
    _codes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def token(self, claims: dict[str, Any]) -> str:
        """Signed claims of this issuer for this client."""
        now = int(time.time())
        whole = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **claims}
        self.spoil_claims(whole)
        return jwt.encode(self.header, whole, self.signing or self.key)

    def logout_token(self, **claims: Any) -> str:
        """The token of a back-channel logout."""
        more = {"jti": secrets.token_hex(8), "events": {LOGOUT_EVENT: {}}, **claims}
        return self.token(more)

    def let_in(self, address: str, **person: Any) -> str:
        """What a browser brings back after the person proved it at the provider: the query of the answer."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self._codes[code] = {"asked": asked, "person": person}
        return f"state={asked['state']}&code={code}"

    def application(self, environ: dict[str, Any], start: Any) -> Any:
        """The provider's own pages that a server asks."""
        request = Request(environ)
        self.asked.append(request.path)
        answer = self.answers.get(request.path) or self._answer(request)
        return answer(environ, start)

    def _answer(self, request: Request) -> Response:
        if request.path == "/.well-known/openid-configuration":
            return _json(
                {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/ask",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                    "userinfo_endpoint": f"{self.issuer}/person",
                    "end_session_endpoint": f"{self.issuer}/over",
                    **self.metadata,
                }
            )
        if request.path == "/keys":
            return _json(KeySet([self.key]).as_dict(private=False))
        if request.path == "/person" and self.person is not None:
            assert request.headers["Authorization"] == "Bearer at"
            return _json(self.person)
        if request.path == "/token":
            return self._exchange(request)
        return Response("not found", 404)

    def _exchange(self, request: Request) -> Response:
        shown = b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode()
        kept = self._codes.pop(request.form["code"], None)
        if kept is None or shown.split(":", 1)[0] != CLIENT_ID:
            return _json({"error": "invalid_grant"}, 400)
        verifier = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        challenge = urlsafe_b64encode(verifier).rstrip(b"=").decode()
        asked = kept["asked"]
        assert challenge == asked["code_challenge"]
        assert request.form["redirect_uri"] == asked["redirect_uri"]
        claims = {"sub": "p-1", "sid": "at-provider-1", "nonce": asked["nonce"], **kept["person"]}
        return _json({"access_token": "at", "token_type": "Bearer", "id_token": self.token(claims)})


def _json(content: Any, status: int = 200) -> Response:
    return Response(json.dumps(content), status, content_type="application/json")


@contextmanager
def fake_provider() -> Iterator[FakeProvider]:
    """A provider at an address of its own."""
    provider = FakeProvider()
    server = make_server(LOOPBACK, 0, provider.application, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True
    provider.issuer = f"http://{LOOPBACK}:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
