"""Lets a service declare itself: its pages, what it says, what it hears, who may do what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint
from flask_smorest import Blueprint as ApiBlueprint
from sqlalchemy import MetaData, Table

from kasane_contracts import registry
from kasane_kit.auth import DataGrade, Permission
from kasane_kit.bus import Parcel
from kasane_kit.db.sealed import sealed_columns
from kasane_kit.db.tags import Tagged
from kasane_kit.db.typed import KEPT_DRAFTS
from kasane_kit.db.under_town_key import UnderTownKey
from kasane_kit.shredding import Part
from kasane_kit.unit_of_work import House, UnitOfWork

Subscriber = Callable[[Any, UnitOfWork, Any], None]


@dataclass(frozen=True)
class Heard:
    """One event of several that are heard together."""

    event: Any
    event_id: str
    said_at: datetime


@dataclass(frozen=True)
class Together:
    """A subscriber that is called once for the events of its type in a batch, in their order.

    It is called behind the other subscribers of the batch, in the same transaction: only for what keeps rows that
    no other subscriber of the service looks at, and records and says nothing. What it raises for one of them it
    may raise for all: the events are then heard in smaller batches, at last one by one.
    """

    hear: Callable[[Sequence[Heard], UnitOfWork, Any], None]

    def __call__(self, event: Any, uow: UnitOfWork, hooks: Any) -> None:
        """Hears one event alone."""
        self.hear((Heard(event, uow.causation_id, uow.said_at),), uow, hooks)


ParcelHandler = Callable[[Parcel, UnitOfWork, Any], None]


@dataclass(frozen=True)
class Job:
    """Work that a service does by itself, again and again, in every town.

    ``run(house, municipality)`` is called inside the town's scope, at once when the worker starts and then
    every ``seconds``. It may be cut off at any moment and run twice at the same time by two workers: it must
    do what is left to do, each piece in a unit of work of its own, and find nothing to do the second time.
    """

    name: str
    seconds: float
    run: Callable[[House, str], None]


@dataclass(frozen=True)
class Service:
    """What exists in one service, on one screen.

    ``hears`` maps an event class to a function ``(event, uow, hooks)``, or ``Together`` to one that hears several at
    once. ``refusal`` is the base class of the
    domain's errors: they carry ``code`` and ``facts`` and are shown with the sentences ``refusal.<code>.*``.
    ``data`` says of every kind of object of the permissions how grave its data is.
    ``front`` are pages outside every municipality; ``commands`` are what the operator's command line may ask,
    each a function ``(house, municipality, **arguments)``. ``jobs`` are what its worker does by itself.
    ``read_models`` are the tables that hold nothing but what was heard: they can be made again from the logs.
    ``columns`` has its tables with their columns, of which some lie sealed; ``tagged`` are those with tags of what
    is sealed in them; ``under_town_key`` are the columns that its handlers seal directly under the town's key.
    ``shreds`` is its part when records end.
    ``parcels`` maps a kind of parcel from another town to a function ``(parcel, uow, hooks)`` that does not commit.
    """

    name: str
    package: str
    root: Path
    pages: tuple[Blueprint, ...]
    api: tuple[ApiBlueprint, ...]
    permissions: tuple[Permission, ...]
    says: tuple[type, ...]
    hears: Mapping[type, Subscriber | Together]
    tables: tuple[str, ...]
    refusal: type[Exception]
    data: Mapping[str, DataGrade] = field(default_factory=dict)
    template_globals: Mapping[str, Any] = field(default_factory=dict)
    front: tuple[Blueprint, ...] = ()
    commands: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()
    parcels: Mapping[str, ParcelHandler] = field(default_factory=dict)
    read_models: tuple[Table, ...] = ()
    columns: MetaData | None = None
    tagged: tuple[Tagged, ...] = ()
    under_town_key: tuple[UnderTownKey, ...] = ()
    shreds: Part | None = None

    @property
    def migrations(self) -> Path:
        """The folder with the service's own migrations."""
        return self.root / "migrations"

    @property
    def sealed_tables(self) -> tuple[Table, ...]:
        """The tables of which a column lies sealed."""
        tables = self.columns.sorted_tables if self.columns is not None else []
        return tuple(table for table in tables if sealed_columns(table))

    @property
    def all_under_town_key(self) -> tuple[UnderTownKey, ...]:
        """Every column of its database that lies directly under the town's key, those of the kit too."""
        return (*self.under_town_key, KEPT_DRAFTS)

    def permission(self, name: str) -> Permission | None:
        """The declared permission of this name, or None."""
        return next((p for p in self.permissions if p.name == name), None)

    def hears_producer(self, producer: str) -> bool:
        """Whether this service keeps a cursor for the producer.

        Everybody hears the portal (accounts); who hears audit entries hears every service.
        """
        return producer == "portal" or any(
            registry.type_of(heard).producer in (producer, "any") for heard in self.hears
        )
