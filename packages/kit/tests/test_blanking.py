"""What was said of a record is taken out of every place in which a service keeps an event, however long its log is."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, select

from kasane_contracts.intake import ConsultationReceived
from kasane_kit.bus import blanking
from kasane_kit.bus.blanking import blank_events, speaking_events
from kasane_kit.bus.tables import event_log
from kasane_kit.tenancy import municipality_scope

TOWN = "292095"
MANY = 11


def say_many(bench) -> list[str]:
    ids = [f"c-{number}" for number in range(MANY)]
    bench.say(
        *(
            ConsultationReceived(one, "1", "window", "desk", date(2026, 4, 1), (), story="話")
            for one in ids
        )
    )
    return ids


@pytest.mark.parametrize("at_once", [1, 2, MANY, 500])
def test_every_event_of_the_records_is_emptied_and_no_other(bus_bench, monkeypatch, at_once):
    ids, house = say_many(bus_bench), bus_bench.house
    monkeypatch.setattr(blanking, "READ_AT_ONCE", at_once)

    with municipality_scope(TOWN), house.databases.writing("intake") as connection:
        assert speaking_events(connection, house.sealer, ids, {}) == MANY
        assert blank_events(connection, house.sealer, ids[1:], {}) == MANY - 1
        assert speaking_events(connection, house.sealer, ids, {}) == 1
        connection.commit()
        numbers = connection.scalars(select(event_log.c.sequence)).all()
    assert sorted(numbers) == list(range(1, MANY + 1))
    bus_bench.delivery.catch_up(TOWN, "intake")
    assert bus_bench.heard() == ["話", *[""] * (MANY - 1)]


def test_between_two_questions_to_the_database_few_events_are_held_and_looked_at(
    bus_bench, monkeypatch
):
    """A log of years is larger than the memory, and a server ends a transaction that asks nothing for long."""
    say_many(bus_bench)
    house, since_asked, most = bus_bench.house, [], []
    about = blanking._about

    def counted(body, *more):
        since_asked.append(body)
        most.append(len(since_asked))
        return about(body, *more)

    def asked(*_what):
        since_asked.clear()

    monkeypatch.setattr(blanking, "READ_AT_ONCE", 3)
    monkeypatch.setattr(blanking, "_about", counted)
    with municipality_scope(TOWN), house.databases.writing("intake") as connection:
        event.listen(connection, "before_cursor_execute", asked)
        assert blank_events(connection, house.sealer, ["nobody"], {}) == 0

    assert (len(most), max(most)) == (MANY, 3)
