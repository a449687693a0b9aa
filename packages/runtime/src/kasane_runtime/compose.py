"""Puts the house together: finds services by entry point and chooses the adapters of the mode."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import entry_points, version
from typing import Any

from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from kasane_kit.bus import Deliver, MessageCodes, Relay, Transport
from kasane_kit.bus.transports.amqp import AmqpTransport
from kasane_kit.bus.transports.inprocess import InProcessTransport
from kasane_kit.config import TRACES_ENDPOINT, Mode, Settings, SettingsError
from kasane_kit.db import Bell, Databases, choices_in
from kasane_kit.db.engine import PostgresAddresses, SqliteAddresses
from kasane_kit.delivery import Delivery
from kasane_kit.keys import KeyRing, MasterKey
from kasane_kit.meters import Meters
from kasane_kit.plugins import PluginHouse
from kasane_kit.service import Service
from kasane_kit.tenancy import HOST, FileTownDirectory, ProjectedTownDirectory, ProviderAccess
from kasane_kit.traces import Traces
from kasane_kit.unit_of_work import House
from kasane_kit.web import create_service_app
from kasane_kit.web.headers import GuardedAnswers

SERVICE_GROUP = "kasane.services"
HOST_SERVICE = "portal"
RELEASE = version("kasane-runtime")
LEAD_SECONDS = 3.0
"""How long a silent relay keeps its lead where several may run."""


class Wake:
    """Tells the relay which municipalities have something to say; losing a call only costs time."""

    def __init__(self, bell: Bell | None = None) -> None:
        """With ``bell`` the relays of other processes are told, too."""
        self._bell = bell
        self._relayed_here = ""
        self._condition = threading.Condition()
        self._dirty: set[str] = set()
        self._also: list[Callable[[str], None]] = []
        self.hears = False
        """Whether what other processes commit is told here at present."""

    def __call__(self, municipality: str, service: str = "") -> None:
        """Marks a municipality, in this process and for the relay of the service in its worker."""
        self.here(municipality)
        if self._bell is not None and service not in ("", self._relayed_here):
            self._bell.ring(service, municipality)

    def relayed_here(self, service: str) -> None:
        """The relay of this service is in this process: nobody else has to be told."""
        self._relayed_here = service

    def here(self, municipality: str) -> None:
        """Marks a municipality in this process alone."""
        with self._condition:
            self._dirty.add(municipality)
            self._condition.notify_all()
        for listener in self._also:
            listener(municipality)

    def look_at(self, municipalities: Iterable[str]) -> None:
        """Lets the relay look, although nobody said that something was committed."""
        with self._condition:
            self._dirty.update(municipalities)
            self._condition.notify_all()

    def also(self, listener: Callable[[str], None]) -> None:
        """Tells another part of this process, beside the relay; it returns at once."""
        self._also.append(listener)

    def wait(self, seconds: float) -> set[str]:
        """The marked municipalities, at once when there are some, else after at most ``seconds``."""
        with self._condition:
            if not self._dirty:
                self._condition.wait(seconds)
            dirty, self._dirty = self._dirty, set()
            return dirty


@dataclass(frozen=True)
class Composition:
    """A house that is ready: its services with their deliveries and relays."""

    settings: Settings
    house: House
    directory: FileTownDirectory
    services: dict[str, Service]
    deliveries: dict[str, Delivery]
    relays: dict[str, Relay]
    wake: Wake

    def municipalities(self) -> tuple[str, ...]:
        """Every served town, and the host before them: unless only towns were named, for it is a municipality too."""
        served = self.settings.served_towns
        host = (HOST,) if not served or HOST in served else ()
        return (*host, *(town.code for town in self.directory.towns()))

    def producers_heard_by(self, consumer: str) -> tuple[str, ...]:
        """The services for which the consumer keeps cursors."""
        service = self.services[consumer]
        return tuple(name for name in sorted(self.services) if service.hears_producer(name))


def load_services() -> dict[str, Service]:
    """Every installed service by name, found by entry point."""
    found = {point.name: point.load() for point in entry_points(group=SERVICE_GROUP)}
    return {name: found[name] for name in sorted(found)}


def compose(settings: Settings, services: Mapping[str, Service] | None = None) -> Composition:
    """Makes everything of a process once; opens no connection yet.

    ``services`` stands for the installed ones; tests of the house itself bring small ones.
    """
    services = load_services() if services is None else dict(services)
    master = MasterKey(settings.master_key_file) if settings.master_key_file else None
    keys = KeyRing(settings.keys_folder, master)
    directory = FileTownDirectory(settings.towns, settings.served_towns)
    distributed = settings.mode is Mode.DISTRIBUTED
    meters = Meters()
    traces = _traces(settings)
    addresses = (
        PostgresAddresses(settings.database_url, keys)
        if distributed
        else SqliteAddresses(settings.var)
    )
    databases = Databases(addresses, keys, settings.kept_connections)
    wake = Wake(Bell(databases) if distributed else None)
    # One process of one service reads its own copy of what a town chose; one of all reads the portal's.
    everywhere = HOST_SERVICE if HOST_SERVICE in services else next(iter(services), "")
    reader = everywhere if settings.target == "all" else settings.target
    chosen = ProjectedTownDirectory(directory, choices_in(databases, reader))
    house = House(
        databases=databases,
        keys=keys,
        directory=directory,
        plugins=PluginHouse(chosen, trace=settings.trace_hooks, meters=meters, traces=traces),
        wake=wake,
        prefectures=PluginHouse(
            FileTownDirectory(settings.towns / "prefectures"),
            trace=settings.trace_hooks,
            meters=meters,
            traces=traces,
        ),
        look_again=chosen.look_again,
        provider_access=ProviderAccess(settings.client_secrets, settings.provider_certificates),
        traces=traces,
        tombstone_folder=settings.tombstones_folder,
    )
    days = settings.oldest_message_days
    oldest = timedelta(days=days) if days else None
    deliveries = {name: Delivery(service, house, oldest) for name, service in services.items()}
    transport = (
        AmqpTransport(settings.broker_url, MessageCodes(keys))
        if distributed
        else _in_process(services, deliveries)
    )
    return Composition(
        settings=settings,
        house=house,
        directory=directory,
        services=services,
        deliveries=deliveries,
        relays={
            name: Relay(
                *(name, house.databases, transport, meters),
                lead_seconds=LEAD_SECONDS if distributed else 0,
                traces=traces,
            )
            for name in services
        },
        wake=wake,
    )


def _traces(settings: Settings) -> Traces:
    """Nothing of OpenTelemetry is imported where no collector is named; raises SettingsError where it is missing."""
    if not settings.traces_endpoint:
        return Traces()
    try:
        from kasane_runtime.tracing import open_traces
    except ImportError as error:
        raise SettingsError(
            f"{TRACES_ENDPOINT} is set and OpenTelemetry is not installed; nothing was started; install "
            "requirements/tracing.txt, or take the address away"
        ) from error
    return open_traces(settings.traces_endpoint, settings.target)


def _in_process(services: dict[str, Service], deliveries: dict[str, Delivery]) -> Transport:
    hearers: dict[str, dict[str, Deliver]] = {
        producer: {
            name: deliveries[name].deliver
            for name, service in services.items()
            if service.hears_producer(producer)
        }
        for producer in services
    }
    return InProcessTransport(hearers)


def make_app(composition: Composition, target: str) -> Callable[..., Any]:
    """One WSGI application: every service, or the one named by ``target``, mounted under its own name."""
    names = list(composition.services) if target == "all" else [target]
    apps: dict[str, Flask] = {
        name: create_service_app(
            composition.services[name],
            composition.house,
            secure_cookies=composition.settings.secure_cookies,
            meters_token=composition.settings.meters_token,
        )
        for name in names
    }
    mounted = DispatcherMiddleware(_to_front_door, {f"/{name}": app for name, app in apps.items()})
    guarded = GuardedAnswers(mounted, by_https=composition.settings.secure_cookies)
    proxies = composition.settings.trusted_proxies
    return ProxyFix(guarded, x_for=proxies, x_proto=proxies) if proxies else guarded


def _to_front_door(environ: dict[str, Any], start_response: Any) -> Any:
    if environ.get("PATH_INFO", "/") in ("", "/"):
        start_response("302 Found", [("Location", f"/{HOST_SERVICE}/"), ("Content-Length", "0")])
        return [b""]
    return NotFound()(environ, start_response)
