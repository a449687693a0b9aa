"""Checks that a change, its events and its trace are saved together or not at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.envelope import Envelope
from kasane_contracts.intake import ConsultationClosed, ConsultationReceived, PersonConcerned
from kasane_contracts.registry import UnknownEvent
from kasane_kit import audit
from kasane_kit.auth import Actor
from kasane_kit.bus.tables import event_log, outbox
from kasane_kit.keys import KeyMissing
from kasane_kit.tenancy import MunicipalityRequired, municipality_scope
from kasane_kit.testing.workbench import TOWN, Workbench
from kasane_kit.unit_of_work import Cause, House, UnitOfWork, UnrecordedChange

Light = Callable[[UnitOfWork, str], None]
Rows = Callable[[Workbench], list[tuple[str, int]]]

ACTOR = Actor("account-1", "職員 一郎", TOWN, (), frozenset({"receiver"}))
CLOSED = ConsultationClosed("c-1", "answered")
SECRETS = (
    "山川 花子",
    "やまかわ",
    "1985-04-02",
    "生駒市東新町8-38",
    "0743-74-1111",
    "税が払えない",
)
RECEIVED = ConsultationReceived(
    "c-1",
    "R8-1",
    "window",
    "zei",
    date(2026, 11, 2),
    ("debt",),
    persons=(PersonConcerned("p-1", "本人", True, *SECRETS[:5]),),
    story=SECRETS[5],
)


def test_a_change_its_event_and_its_trace_are_saved_at_once(
    lamps: Workbench, light: Light, lamp_rows: Rows
) -> None:
    with lamps.unit(ACTOR) as uow:
        light(uow, "灯")
        uow.record("lamps.lamp.lit", "lamp", "l-1", basis="team")
        uow.publish(CLOSED)
        uow.commit()

    recorded, closed = lamps.said()
    assert lamp_rows(lamps) == [("灯", 40)]
    assert closed == CLOSED
    assert (recorded.service, recorded.position, recorded.actor_name) == ("lamps", 1, "職員 一郎")
    assert (recorded.action, recorded.object_id, recorded.basis) == (
        "lamps.lamp.lit",
        "l-1",
        "team",
    )
    assert _trail(lamps) == ["lamps.lamp.lit"]


def test_a_change_without_a_trace_is_refused_and_rolled_back(
    lamps: Workbench, light: Light, lamp_rows: Rows
) -> None:
    steps = (lambda uow: light(uow, "灯"), lambda uow: uow.publish(CLOSED), UnitOfWork.commit)

    with pytest.raises(UnrecordedChange, match="lamps: nothing was saved because no audit"):
        _work(lamps, *steps)

    assert _everything(lamps, lamp_rows) == ([], [], [])


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_an_error_at_any_step_takes_everything_back(
    lamps: Workbench, light: Light, lamp_rows: Rows, step: int
) -> None:
    steps = (
        lambda uow: light(uow, "灯"),
        lambda uow: uow.record("lamps.lamp.lit", "lamp", "l-1"),
        lambda uow: uow.publish(CLOSED),
    )

    with pytest.raises(ZeroDivisionError):
        _work(lamps, *steps[:step], _fail)

    assert _everything(lamps, lamp_rows) == ([], [], [])


def test_leaving_without_commit_saves_nothing(
    lamps: Workbench, light: Light, lamp_rows: Rows
) -> None:
    with lamps.unit(ACTOR) as uow:
        light(uow, "灯")
        uow.record("lamps.lamp.lit", "lamp", "l-1")
        uow.publish(CLOSED)

    assert _everything(lamps, lamp_rows) == ([], [], [])


def test_a_second_unit_works_after_the_first_failed(
    lamps: Workbench, light: Light, lamp_rows: Rows
) -> None:
    with pytest.raises(ZeroDivisionError):
        _work(lamps, lambda uow: light(uow, "一"), _fail)

    with lamps.unit(ACTOR) as uow:
        light(uow, "二")
        uow.record("lamps.lamp.lit", "lamp", "l-2")
        uow.commit()

    assert lamp_rows(lamps) == [("二", 40)]
    assert [entry.position for entry in lamps.said(AuditEntryRecorded)] == [1]


def test_personal_fields_never_reach_the_file_unsealed(lamps: Workbench, tmp_path: Path) -> None:
    with lamps.unit(ACTOR) as uow:
        uow.record("lamps.lamp.lit", "lamp", "l-1")
        uow.publish(RECEIVED)
        uow.commit()

    files = b"".join(
        path.read_bytes() for path in (tmp_path / "bench").rglob("*") if path.is_file()
    )
    (body,) = [body for body in _bodies(lamps) if "received" in body]
    assert [word for word in SECRETS if word in body or word.encode() in files] == []
    assert [word for word in SECRETS if word.encode("unicode_escape") in files] == []
    assert lamps.said(ConsultationReceived) == [RECEIVED]


def test_the_envelope_says_who_where_and_by_what_cause(lamps: Workbench) -> None:
    with (
        municipality_scope(TOWN),
        UnitOfWork(lamps.house, "lamps", ACTOR, Cause("thread-1", "event-1")) as uow,
    ):
        uow.record("lamps.lamp.lit", "lamp", "l-1")
        uow.publish(CLOSED)
        uow.commit()

    recorded, closed = (Envelope.from_json(body) for body in _bodies(lamps))
    for envelope in (recorded, closed):
        assert (envelope.source, envelope.municipality, envelope.actor) == (
            "lamps",
            TOWN,
            "account-1",
        )
        assert (envelope.correlationid, envelope.causationid) == ("thread-1", "event-1")
    assert (closed.type, closed.subject) == ("intake.consultation.closed.v1", "c-1")
    assert closed.dataschema == "intake.consultation.closed.v1.json"
    assert recorded.data["correlation_id"] == "thread-1"


def test_what_is_no_event_takes_the_whole_act_with_it(
    lamps: Workbench, light: Light, lamp_rows: Rows
) -> None:
    steps = (
        lambda uow: light(uow, "灯"),
        lambda uow: uow.record("lamps.lamp.lit", "lamp", "l-1"),
        lambda uow: uow.publish(PersonConcerned("p-1")),
        UnitOfWork.commit,
    )

    with pytest.raises(UnknownEvent, match="PersonConcerned"):
        _work(lamps, *steps)

    assert _everything(lamps, lamp_rows) == ([], [], [])


def test_without_the_towns_key_nothing_is_saved(
    lamps: Workbench, light: Light, lamp_rows: Rows, tmp_path: Path
) -> None:
    (tmp_path / "bench" / "keys" / f"{TOWN}.key").unlink()

    with pytest.raises(KeyMissing):
        _work(
            lamps,
            lambda uow: light(uow, "灯"),
            lambda uow: uow.record("lamps.lamp.lit", "lamp", "l-1"),
            UnitOfWork.commit,
        )

    assert lamp_rows(lamps) == []
    assert _trail(lamps) == []


def test_the_connection_is_there_inside_the_block_only(lamps: Workbench) -> None:
    with lamps.unit(ACTOR) as uow:
        assert uow.connection.scalar(select(1)) == 1

    with pytest.raises(RuntimeError, match="is not open; nothing was read or written"):
        uow.connection.scalar(select(1))


def test_there_is_no_unit_of_work_outside_a_municipality(lamps: Workbench) -> None:
    with pytest.raises(MunicipalityRequired):
        UnitOfWork(lamps.house, "lamps", ACTOR)


def test_the_relay_is_woken_once_and_only_after_the_commit(lamps: Workbench, light: Light) -> None:
    woken: list[tuple[str, str, int]] = []
    house = House(
        lamps.house.databases,
        lamps.house.keys,
        lamps.house.directory,
        lamps.house.plugins,
        wake=lambda *woken_by: woken.append((*woken_by, len(_bodies(lamps)))),
    )
    with municipality_scope(TOWN), UnitOfWork(house, "lamps", ACTOR) as uow:
        light(uow, "灯")
        uow.record("lamps.lamp.lit", "lamp", "l-1")
        assert woken == []
        uow.commit()
    with pytest.raises(ZeroDivisionError):
        _work(
            replace(lamps, house=house),
            lambda uow: uow.record("lamps.lamp.lit", "lamp", "l"),
            _fail,
        )

    assert woken == [(TOWN, "lamps", 1)]


def test_what_is_written_while_reading_is_taken_back(lamps: Workbench, lamp_rows: Rows) -> None:
    with lamps.reading() as connection:
        connection.execute(
            text("INSERT INTO lamps_lamp (id, name, watts, version) VALUES ('l','灯',1,1)")
        )

    assert lamp_rows(lamps) == []


def test_the_trail_of_a_bench_is_whole_after_all_this(lamps: Workbench, light: Light) -> None:
    for number in range(5):
        with lamps.unit(ACTOR) as uow:
            light(uow, f"灯{number}")
            uow.record("lamps.lamp.lit", "lamp", f"l-{number}")
            uow.commit()

    with lamps.reading() as connection:
        assert audit.verify(connection, lamps.house.keys.derived(TOWN, "audit")) is None
        assert audit.verify(connection, lamps.house.keys.derived("012319", "audit")) is not None


def _work(bench: Workbench, *steps: Callable[[UnitOfWork], Any]) -> None:
    with bench.unit(ACTOR) as uow:
        for step in steps:
            step(uow)


def _fail(_uow: UnitOfWork) -> None:
    raise ZeroDivisionError


def _bodies(bench: Workbench) -> list[str]:
    with bench.reading() as connection:
        return [
            *connection.scalars(select(event_log.c.body).order_by(event_log.c.sequence)),
            *connection.scalars(select(outbox.c.body).order_by(outbox.c.id)),
        ]


def _trail(bench: Workbench) -> list[str]:
    with bench.reading() as connection:
        return list(connection.scalars(text("SELECT action FROM audit_entry ORDER BY position")))


def _everything(bench: Workbench, rows: Rows) -> tuple[Any, Any, Any]:
    return rows(bench), _bodies(bench), _trail(bench)
