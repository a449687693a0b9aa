"""What follows a restored backup: no number stands for two events, and who knows more than the producer is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from kasane_kit.audit.tables import audit_head
from kasane_kit.bus import cursor, outbox
from kasane_kit.tenancy import municipality_scope
from kasane_runtime.compose import HOST_SERVICE, Composition


@dataclass(frozen=True)
class Ahead:
    """A service that has applied events which the restored one no longer knows that it said."""

    consumer: str
    producer: str
    known: int
    applied: int

    @property
    def sentence(self) -> str:
        """What to tell the operator."""
        return (
            f"{self.consumer} は {self.producer} の出来事を {self.applied} 番まで反映していますが、戻した "
            f"{self.producer} にあるのは {self.known} 番までです。{self.applied - self.known} 件を確かめてください。 / "
            f"{self.consumer} has applied {self.producer} up to {self.applied}, which ends at {self.known}"
        )


def begin_anew(composition: Composition, town: str, services: Sequence[str]) -> list[Ahead]:
    """Opens a new epoch for each restored service and returns who is ahead of what it says now.

    What waited for its number at the moment of the backup gets it in the old epoch first, as it got it then:
    who has applied it already passes it over. Run again it opens another epoch and finds nobody ahead.
    """
    databases, found = composition.house.databases, []
    with municipality_scope(town):
        for producer in services:
            with databases.writing(producer) as connection:
                while outbox.number(connection):
                    pass
                head = outbox.head(connection)
                outbox.begin_epoch(connection)
                connection.commit()
            if head is None:
                continue
            for consumer in composition.services:
                with databases.reading(consumer) as connection:
                    place = cursor.read(connection, producer, head.epoch)
                if place.sequence > head.sequence:
                    found.append(Ahead(consumer, producer, head.sequence, place.sequence))
    return found


def lost_acts(composition: Composition, town: str, services: Sequence[str]) -> Iterator[str]:
    """What the portal's copy of the trails has of the restored services behind what they have themselves.

    Nothing when the portal was restored along with them: then nobody knows more than the backup.
    """
    portal = composition.services.get(HOST_SERVICE)
    if portal is None or HOST_SERVICE in services:
        return
    for service in services:
        with (
            municipality_scope(town),
            composition.house.databases.reading(service) as connection,
        ):
            position = connection.scalar(select(audit_head.c.position)) or 0
        for act in portal.commands["acts_behind"](
            composition.house, town, service=service, position=position
        ):
            yield f"{service}: {act}"
