"""Puts events into the logs of the services that say them, and lets the portal hear them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from kasane_contracts import registry
from kasane_contracts.envelope import Envelope
from kasane_kit import clock
from kasane_kit.bus import outbox
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope
from kasane_runtime.compose import Composition

Tables = dict[str, list[tuple[Any, ...]]]


def say(composition: Composition, town: str, events: Iterable[Any]) -> None:
    """Writes each event into its producer's log, numbered, with its personal fields sealed."""
    by_producer: dict[str, list[Envelope]] = {}
    for event in events:
        entry = registry.type_of(event)
        data, event_id = registry.dump(event), new_id()
        by_producer.setdefault(entry.producer, []).append(
            Envelope(
                id=event_id,
                source=entry.producer,
                type=entry.type,
                subject=str(data[entry.subject_field]),
                time=clock.now().isoformat(),
                municipality=town,
                actor="somebody",
                correlationid=new_id(),
                data=composition.house.sealer.seal(town, entry.type, event_id, data),
            )
        )
    with municipality_scope(town):
        for producer, envelopes in by_producer.items():
            with composition.house.databases.writing(producer) as connection:
                outbox.append(connection, *envelopes)
                connection.commit()
    number(composition, town)


def number(composition: Composition, town: str) -> None:
    """Gives every waiting event its number, what the portal itself recorded too."""
    with municipality_scope(town):
        for producer in composition.services:
            with composition.house.databases.writing(producer) as connection:
                while outbox.number(connection, 5000):
                    pass
                connection.commit()


def hear(composition: Composition, town: str) -> None:
    """Lets the portal hear what it has not heard yet, and then its own entries of having heard."""
    for _own in range(2):
        for producer in composition.producers_heard_by("portal"):
            composition.deliveries["portal"].catch_up(town, producer)
        number(composition, town)


def read_models(composition: Composition, town: str) -> Tables:
    """Every row of the portal's read models, by table."""
    with municipality_scope(town), composition.house.databases.reading("portal") as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in composition.services["portal"].read_models
        }
