"""Reads the settings of a process from the environment, once, into one value."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")
_CLIENT_SECRET = re.compile(r"KASANE_OIDC_SECRET_[0-9]{6}(_FILE)?")


class Mode(StrEnum):
    """Which adapters ``runtime/compose.py`` chooses; nothing else may ask."""

    EMBEDDED = "embedded"
    DISTRIBUTED = "distributed"


class SettingsError(ValueError):
    """A setting is missing or cannot be used; the message names the variable and the remedy."""


@dataclass(frozen=True)
class Settings:
    """Everything a process is told from outside.

    ``var`` holds SQLite files and keys in the embedded mode, and only keys in the distributed one.
    ``database_url`` is a PostgreSQL address with ``{login}``, ``{password}`` and ``{database}`` to fill in.
    ``served_towns`` limits a process to some towns; empty means all. ``trusted_proxies`` is how many proxies stand
    before the process and write the caller's address; what a browser claims about itself is not believed.
    ``meters_token`` is what Prometheus must show to read ``/-/metrics``; without one nobody reads it. A worker, which
    has no pages, answers at ``meters_bind`` (``address:port``). ``client_secrets`` are, by town, what its sign-in
    provider wants to be shown; ``provider_certificates`` is a file of authorities to believe instead of the usual ones.
    A message of the bus older than ``oldest_message_days`` is not taken from the broker but read from the log; 0 takes
    every one. ``kept_connections`` is how many connections to databases of towns a process keeps open.
    ``master_key_file`` is the file of the master key that wraps the keys (``{name}`` stands for each key's name).
    ``traces_endpoint`` is the address of a collector of OpenTelemetry traces; empty tells nobody.
    """

    mode: Mode = Mode.EMBEDDED
    var: Path = Path("var")
    towns: Path = Path("deploy/towns")
    keys: Path | None = None
    master_key_file: str = ""
    tombstones: Path | None = None
    database_url: str = ""
    admin_database_url: str = ""
    broker_url: str = ""
    served_towns: tuple[str, ...] = ()
    secure_cookies: bool = False
    trusted_proxies: int = 0
    trace_hooks: bool = False
    target: str = "all"
    meters_token: str = ""
    meters_bind: str = ""
    client_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    provider_certificates: str = ""
    oldest_message_days: int = 7
    kept_connections: int = 128
    traces_endpoint: str = ""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def _check_addresses(self) -> None:
        """Raises SettingsError naming an address that nothing can be reached at; no address is repeated."""
        for name, value, is_one, example in (
            ("KASANE_DATABASE_URL", self.database_url, _is_postgresql, "postgresql+psycopg://…"),
            (
                "KASANE_ADMIN_DATABASE_URL",
                self.admin_database_url,
                _is_postgresql,
                "postgresql+psycopg://…",
            ),
            ("KASANE_BROKER_URL", self.broker_url, _is_broker, "amqp://…"),
        ):
            if value and not is_one(value):
                raise SettingsError(
                    f"{name} is no address; nothing was started; set it to one such as {example}"
                )

    @property
    def keys_folder(self) -> Path:
        """Where the signing key and the towns' keys are kept."""
        return self.keys or self.var / "keys"

    @property
    def tombstones_folder(self) -> Path:
        """Where it is kept, outside the databases, which records were destroyed."""
        return self.tombstones or self.var / "tombstones"

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Raises SettingsError naming the variable that is wrong or missing."""
        env = os.environ if environment is None else environment
        try:
            mode = Mode(env.get("KASANE_MODE", Mode.EMBEDDED))
        except ValueError:
            raise SettingsError(
                f"KASANE_MODE is {env['KASANE_MODE']!r}; nothing was started; set embedded or distributed"
            ) from None
        settings = cls(
            mode=mode,
            var=Path(env.get("KASANE_VAR", "var")),
            towns=Path(env.get("KASANE_TOWN_FILES", "deploy/towns")),
            keys=Path(env["KASANE_KEYS"]) if env.get("KASANE_KEYS") else None,
            master_key_file=env.get("KASANE_MASTER_KEY_FILE", ""),
            tombstones=Path(env["KASANE_TOMBSTONES"]) if env.get("KASANE_TOMBSTONES") else None,
            database_url=secret(env, "KASANE_DATABASE_URL"),
            admin_database_url=secret(env, "KASANE_ADMIN_DATABASE_URL"),
            broker_url=secret(env, "KASANE_BROKER_URL"),
            served_towns=tuple(
                filter(None, map(str.strip, env.get("KASANE_TOWNS", "").split(",")))
            ),
            secure_cookies=env.get("KASANE_SECURE_COOKIES", "") == "1",
            trusted_proxies=_count(env, "KASANE_TRUSTED_PROXIES"),
            trace_hooks=env.get("KASANE_TRACE_HOOKS", "") == "1",
            target=env.get("KASANE_TARGET", "all"),
            meters_token=secret(env, "KASANE_METRICS_TOKEN"),
            meters_bind=env.get("KASANE_METRICS_BIND", ""),
            client_secrets=_client_secrets(env),
            provider_certificates=env.get("KASANE_OIDC_CA_FILE", ""),
            oldest_message_days=_count(env, "KASANE_OLDEST_MESSAGE_DAYS", 7),
            kept_connections=_count(env, "KASANE_KEPT_CONNECTIONS", 128),
            traces_endpoint=env.get(TRACES_ENDPOINT, ""),
        )
        settings._check_addresses()
        if settings.traces_endpoint and not _ADDRESS.fullmatch(settings.traces_endpoint):
            raise SettingsError(
                f"{TRACES_ENDPOINT} is {settings.traces_endpoint!r}; nothing was started; set an address such as "
                "http://collector:4318, or take it away"
            )
        if settings.meters_bind and not settings.meters_token:
            raise SettingsError(
                "KASANE_METRICS_BIND is set and KASANE_METRICS_TOKEN is not; nothing was started; set the token "
                "that Prometheus shows, or take the address away"
            )
        if mode is Mode.DISTRIBUTED:
            for name, value in (
                ("KASANE_DATABASE_URL", settings.database_url),
                ("KASANE_BROKER_URL", settings.broker_url),
            ):
                if not value:
                    raise SettingsError(
                        f"{name} is not set; the distributed mode was not started; set it"
                    )
        return settings


def _is_postgresql(address: str) -> bool:
    try:
        return make_url(address).get_backend_name() == "postgresql"
    except (ArgumentError, ValueError):
        return False


def _is_broker(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("amqp", "amqps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def secret(environment: Mapping[str, str], name: str) -> str:
    """The value of a setting, or the content of the file that ``<name>_FILE`` names."""
    path = environment.get(f"{name}_FILE", "")
    if not path:
        return environment.get(name, "")
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise SettingsError(
            f"{name}_FILE is {path!r} and was not read ({error.strerror}); nothing was started; "
            "name a file that this user may read"
        ) from None


def _client_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """By town, what ``KASANE_OIDC_SECRET_<code>`` or the file of ``…_FILE`` holds."""
    names = {name.removesuffix("_FILE") for name in environment if _CLIENT_SECRET.fullmatch(name)}
    return {name[-6:]: secret(environment, name) for name in sorted(names)}


def _count(environment: Mapping[str, str], name: str, default: int = 0) -> int:
    text = environment.get(name, str(default))
    if not text.isdigit():
        raise SettingsError(f"{name} is {text!r}; nothing was started; set a number such as 1")
    return int(text)
