"""Carries out what two people decided: a tombstone first, then this service's part, then the others are told."""

from datetime import date, datetime

from kasane_cases.domain.errors import CasesRefusal, RecordStillKept
from kasane_cases.domain.retention import (
    CountedFrom,
    RetainedKind,
    Shredding,
    ShreddingPart,
    ShreddingStatus,
    must_be_free,
)
from kasane_cases.repository import ENDING_RULES, Shreddings, ids_of, knows_any, standing_against
from kasane_cases.repository.rows import moment
from kasane_contracts import cases as events
from kasane_contracts.intake import ArrivalsEnded
from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.db.tombstones import Tombstone
from kasane_kit.shredding import Part
from kasane_kit.unit_of_work import House, UnitOfWork, reading

SERVICE, OBJECT = "cases", "shredding"
ARRIVAL = "arrival"
"""The kind of a tombstone of what never was a record: what people left at the town."""
ANSWERING = (SERVICE, "intake", "outreach", "resources")
"""The services that keep something of a person, and whose answer is waited for."""
PART = Part(
    ENDING_RULES,
    {
        "cases.outreach.requested.v1": ("purpose",),
        "cases.support_need.identified.v1": ("latitude", "longitude", "age"),
    },
)


def carry_out_shreddings(house: House, municipality: str) -> None:
    """Begins what is due, and goes on with what was begun, each step in a transaction of its own."""
    with reading(house, SERVICE) as connection:
        store, today = Shreddings(connection), clock.today()
        due = [
            one.id
            for one in store.with_status(ShreddingStatus.CONFIRMED)
            if one.due_on is not None and one.due_on <= today
        ]
    for shredding_id in due:
        begin(house, municipality, shredding_id)
    with reading(house, SERVICE) as connection:
        begun = [one.id for one in Shreddings(connection).with_status(ShreddingStatus.BEGUN)]
    for shredding_id in begun:
        carry_out(house, municipality, shredding_id)


def begin(house: House, municipality: str, shredding_id: str) -> bool:
    """Makes the end of a record final, unless something stands against it by now; returns whether it did."""
    with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
        store = Shreddings(uow.connection)
        shredding = store.get(shredding_id)
        try:
            must_be_free(standing_against(uow.connection, shredding))
            shredding.begin(clock.now(), clock.today())
            store.save(shredding)
        except CasesRefusal:
            return False
        uow.record("cases.retention.begun", OBJECT, shredding.id, shredding.record_id)
        uow.commit()
    return True


def carry_out(house: House, municipality: str, shredding_id: str) -> None:
    """Writes the tombstone, destroys what cases has, and tells the others. Cut off anywhere it is done again."""
    with reading(house, SERVICE) as connection:
        shredding = Shreddings(connection).get(shredding_id)
        ids = ids_of(connection, shredding.kind, shredding.record_id)
        records = PART.records_of(connection, ids)
    stone = house.tombstones.add(
        municipality,
        Tombstone(
            shredding.id,
            shredding.kind.value,
            clock.now().isoformat(),
            tuple(sorted(records)),
            _facts_of(shredding),
        ),
    )
    with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
        store = Shreddings(uow.connection)
        shredding = store.get(shredding_id)
        if shredding.status is not ShreddingStatus.BEGUN:
            return
        done = PART.destroy(uow.connection, uow.sealer, shredding.id, stone.records)
        shredding.status = ShreddingStatus.CARRIED_OUT
        store.save(shredding)
        store.answer(
            shredding.id,
            ShreddingPart(SERVICE, clock.now(), done.rows, done.keys, done.events),
        )
        uow.record("records.shredded", OBJECT, shredding.id, shredding.record_id)
        uow.publish(
            events.RecordsEnded(
                shredding.id,
                shredding.kind.value,
                shredding.record_id,
                shredding.ended_on,
                stone.records,
            )
        )
        uow.commit()


def end_arrivals(event: ArrivalsEnded, uow: UnitOfWork) -> None:
    """Writes the tombstone of what never was a record and tells everybody; heard again it does the same.

    Raises RecordStillKept when one of the ids is a record or a person here: those end only by two people.
    """
    if knows_any(uow.connection, event.records):
        raise RecordStillKept
    stone = uow.tombstones.add(
        uow.municipality,
        Tombstone(event.ending_id, ARRIVAL, clock.now().isoformat(), tuple(sorted(event.records))),
    )
    uow.record("cases.retention.arrivals_ended", OBJECT, event.ending_id)
    uow.publish(
        events.RecordsEnded(
            event.ending_id, ARRIVAL, event.ending_id, event.ended_on, stone.records
        )
    )


def take_answer(
    shredding_id: str, service: str, rows: int, keys: int, events_blanked: int, uow: UnitOfWork
) -> None:
    """Keeps that a service destroyed its part; the last answer ends the shredding."""
    store = Shreddings(uow.connection)
    if store.find(shredding_id) is None:
        return
    store.answer(shredding_id, ShreddingPart(service, clock.now(), rows, keys, events_blanked))
    shredding = store.get(shredding_id)
    if shredding.status is ShreddingStatus.CARRIED_OUT:
        shredding.answered(ANSWERING, clock.now())
        store.save(shredding)
    uow.record("cases.retention.answered", OBJECT, shredding_id, service)


def bury(house: House, municipality: str, stone: Tombstone) -> None:
    """Writes down again what a restored database no longer knows: that the records of a tombstone were destroyed."""
    if stone.kind == ARRIVAL:
        return
    facts = dict(stone.facts)
    with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
        store = Shreddings(uow.connection)
        known = store.find(stone.shredding_id)
        if known is not None and known.status is ShreddingStatus.DONE:
            return
        at = datetime.fromisoformat(stone.at)
        shredding = known or Shredding(
            stone.shredding_id,
            RetainedKind(stone.kind),
            facts["record_id"],
            facts["number"],
            date.fromisoformat(facts["ended_on"]),
            date.fromisoformat(facts["over_since"]),
            int(facts["years"]),
            CountedFrom(facts["counted_from"]),
            facts["source"],
            int(facts["waiting_days"]),
            facts["proposed_by"],
            "",
            moment(at),
        )
        shredding.confirmed_by = shredding.confirmed_by or facts["confirmed_by"]
        shredding.begun_at = shredding.begun_at or at
        shredding.status, shredding.done_at = ShreddingStatus.DONE, clock.now()
        if known is None:
            store.add(shredding)
        else:
            store.save(shredding)
        uow.record("cases.retention.buried", OBJECT, shredding.id, shredding.record_id)
        uow.commit()


def _facts_of(shredding: Shredding) -> tuple[tuple[str, str], ...]:
    return (
        ("record_id", shredding.record_id),
        ("number", shredding.number),
        ("ended_on", shredding.ended_on.isoformat()),
        ("over_since", shredding.over_since.isoformat()),
        ("years", str(shredding.years)),
        ("counted_from", shredding.counted_from.value),
        ("source", shredding.source),
        ("waiting_days", str(shredding.waiting_days)),
        ("proposed_by", shredding.proposed_by),
        ("confirmed_by", shredding.confirmed_by),
    )
