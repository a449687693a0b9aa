"""Reads the part ``[oidc]`` of a town file: where the town's staff prove who they are, beside passwords kept here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_KEYS = frozenset({"issuer", "client_id", "claim", "label", "break_glass", "acr"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


class WrongProviderPart(ValueError):
    """The part cannot be used; ``key`` names the line, the text is one sentence."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what)
        self.key = key


@dataclass(frozen=True)
class SignInProvider:
    """The OpenID provider of one town. The secret that we show it stands elsewhere.

    ``claim`` is what of its answer is an account's login name. With ``break_glass``, a login name, nobody else signs in
    with a password; ``acr`` is how the provider calls the strength that something grave needs.
    """

    issuer: str
    client_id: str
    claim: str = "preferred_username"
    label: str = "職員認証"
    break_glass: str = ""
    acr: str = ""


@dataclass(frozen=True)
class ProviderAccess:
    """What a process needs to speak with providers: by town the secret that it shows, and whom it believes."""

    client_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    certificates: str = ""


def read_provider_part(part: Any) -> SignInProvider:
    """The provider that a town file names; raises WrongProviderPart."""
    if not isinstance(part, Mapping):
        raise WrongProviderPart("oidc", "oidc は [oidc] の表で書いてください。")
    for key in sorted(set(part) - _KEYS):
        remedy = (
            "秘密は環境変数 KASANE_OIDC_SECRET_＜自治体コード＞ か、その _FILE で渡してください。"
            if "secret" in key
            else "綴りを直すか消してください。"
        )
        raise WrongProviderPart(
            f"oidc.{key}", f"[oidc] に知らない項目「{key}」があります。{remedy}"
        )
    for key in sorted(_KEYS):
        needed = key in ("issuer", "client_id")
        value = part.get(key)
        if (needed and not value) or (
            value is not None and (not isinstance(value, str) or not value)
        ):
            raise WrongProviderPart(
                f"oidc.{key}" if key in part else "oidc",
                f'[oidc] の {key} を文字列（"…"）で書いてください。',
            )
    if not fit_issuer(part["issuer"]):
        raise WrongProviderPart(
            "oidc.issuer",
            f"issuer の「{part['issuer']}」は使えません。"
            "https:// で始まり、? や # の無い発行者の住所を書いてください。",
        )
    return SignInProvider(**part)


def fit_issuer(issuer: str) -> bool:
    """Whether an issuer is an address that nobody on the way can change: https, or this machine itself."""
    try:
        parts = urlsplit(issuer)
        port_fits = parts.port != 0
    except ValueError:
        return False
    plain = parts.username is None and not parts.query and not parts.fragment
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return bool(plain and safe and port_fits and parts.hostname and issuer.isprintable())
