"""How fast a year's report is, how soon a figure follows its event, how fast read models are made again.

Run by `make bench-reports`: one town on SQLite with 100,000 consultations of a year, written at once into
intake's own tables and into the portal's read models, so that both count the same. The last line is one
JSON object.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from kasane_contracts import registry
from kasane_contracts.envelope import Envelope
from kasane_contracts.intake import ConsultationReceived, PersonConcerned
from kasane_kit.auth import platform_actor
from kasane_kit.bus import tables as bus
from kasane_kit.config import Settings
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import MeasureKind, Metric
from kasane_portal import tables as portal
from kasane_portal.domain.period import Period
from kasane_portal.queries.figures import Figures
from kasane_runtime import databases, rebuild
from kasane_runtime.compose import Composition, compose
from kasane_runtime.processes import EmbeddedLoop
from tests.faults.running_house import write_town_files
from tests.support import own_processes

TOWN = "292095"
YEAR = 2025
FIRST = date(YEAR, 4, 1)
TODAY = date(YEAR + 1, 11, 21)
ROUTES = ("person", "family", "agency", "commissioner")
DESKS = ("tax", "welfare", "child", "elderly")
CATEGORIES = ("income", "housing", "care", "isolation")
REPORTS = 3
LOOKS = 30
WARM_UP = 3
PAUSE_SECONDS = 0.005
LONGEST_SECONDS = 30.0
AIM_SECONDS = 2.0

# The same report by hand over intake's tables: a number for each line.
BY_HAND = (
    "SELECT count(*) FROM intake_consultation WHERE received_at >= :first AND received_at < :after",
    "SELECT count(DISTINCT p.id) FROM intake_person_concerned p JOIN intake_consultation c "
    "ON c.id = p.consultation_id WHERE c.received_at >= :first AND c.received_at < :after "
    "AND p.position = 0",
    *(
        "SELECT count(*) FROM intake_consultation WHERE received_at >= :first "
        f"AND received_at < :after AND desk = '{desk}'"
        for desk in DESKS
    ),
    *(
        "SELECT count(*) FROM intake_consultation WHERE received_at >= :first "
        f"AND received_at < :after AND main_category = '{category}'"
        for category in CATEGORIES
    ),
)


def metrics() -> tuple[Metric, ...]:
    """The report's lines: consultations, persons, and consultations by desk and by category."""
    counted: dict[str, Any] = {
        "kind": MeasureKind.SESSION,
        "unit": "件",
        "counts": ("consultation",),
    }
    return (
        Metric("all", "相談", **counted),
        Metric("persons", "実人数", MeasureKind.DISTINCT_PERSON, "人", counts=("consultation",)),
        *(Metric(one, one, where=(f"body={one}",), **counted) for one in DESKS),
        *(Metric(one, one, where=(f"category={one}",), **counted) for one in CATEGORIES),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; the last line is one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--consultations", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=5_000)
    options = parser.parse_args(arguments)
    folder = own_processes.make_folder("kasane-reports-")
    house = compose(
        Settings.from_env(
            {
                "KASANE_VAR": str(folder / "var"),
                "KASANE_TOWN_FILES": str(write_town_files(Path(folder) / "towns")),
                "KASANE_TOWNS": f"host,{TOWN}",
            }
        )
    )
    try:
        databases.migrate(house)
        result: dict[str, float] = {"consultations": options.consultations}
        result |= lag(house)
        result |= rebuilding(house, options.events)
        fill(house, options.consultations)
        result |= report(house, options.consultations)
    finally:
        house.house.databases.dispose()
        own_processes.delete_folder(folder)
    say(json.dumps(result))
    return 0


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def fill(house: Composition, how_many: int) -> None:
    """The same consultations in intake's tables and in the portal's read models, on top of nothing."""
    with municipality_scope(TOWN):
        with house.house.databases.writing("intake") as connection:
            _insert(connection, "intake_consultation", _consultations(how_many))
            _insert(connection, "intake_person_concerned", _persons(how_many))
            connection.commit()
        with house.house.databases.writing("portal") as connection:
            for table in (portal.measured_mark, portal.measured_fact):
                connection.execute(table.delete())
            _insert(connection, portal.measured_fact.name, _facts(how_many))
            _insert(connection, portal.measured_mark.name, _marks(how_many))
            connection.commit()


def report(house: Composition, how_many: int) -> dict[str, float]:
    """A year's report from the read models beside the same numbers counted by hand; they must agree."""
    year = Period.parse(str(YEAR))

    def from_read_models() -> list[int]:
        with house.house.databases.reading("portal") as connection:
            found = Figures(connection, metrics(), TODAY)
            return [int(found.of(one, year).value or 0) for one in metrics()]

    def by_hand() -> list[int]:
        # Midnight in Japan, as intake keeps moments.
        values = {"first": "2025-03-31 15:00:00", "after": "2026-03-31 15:00:00"}
        with house.house.databases.reading("intake") as connection:
            return [int(connection.scalar(text(one), values) or 0) for one in BY_HAND]

    with municipality_scope(TOWN):
        numbers = by_hand()
        if from_read_models() != numbers or numbers[0] != how_many:
            raise SystemExit(f"the report is wrong: {from_read_models()} and by hand {numbers}")
        ours, bare = [], []
        for _ in range(REPORTS):
            ours.append(_seconds(from_read_models))
            bare.append(_seconds(by_hand))
    mine, plain = statistics.median(ours), statistics.median(bare)
    say(
        f"a year's report of {how_many} consultations, {len(BY_HAND)} lines: "
        f"{mine:.3f} s from the read models, {plain:.3f} s by hand over intake's tables, "
        f"ratio {mine / plain:.2f}"
    )
    return {"report_s": round(mine, 4), "by_hand_s": round(plain, 4), "ratio": mine / plain}


def lag(house: Composition) -> dict[str, float]:
    """Seconds from the commit of what was said until the town's figure has it, the house running."""
    loop = EmbeddedLoop(house)
    loop.start()
    waits = []
    try:
        for number in range(WARM_UP + LOOKS):
            with municipality_scope(TOWN):
                with UnitOfWork(house.house, "intake", platform_actor("intake", TOWN)) as unit:
                    unit.record("intake.consultation.received", "consultation", f"lag-{number}")
                    unit.publish(_received(f"lag-{number}", f"p-{number}", number))
                    unit.commit()
                began = time.monotonic()
                while _counted(house) <= number:
                    if time.monotonic() - began > LONGEST_SECONDS:
                        raise SystemExit("a figure never followed its event")
                    time.sleep(PAUSE_SECONDS)
                waits.append(time.monotonic() - began)
    finally:
        loop.stop()
    waits = sorted(waits[WARM_UP:])
    middle, longest = statistics.median(waits), waits[-1]
    say(
        f"a figure follows its event: median {middle:.3f} s, longest {longest:.3f} s of {LOOKS}; "
        f"over {AIM_SECONDS:.0f} s: {sum(one > AIM_SECONDS for one in waits)}"
    )
    return {"lag_median_s": round(middle, 4), "lag_longest_s": round(longest, 4)}


def rebuilding(house: Composition, how_many: int) -> dict[str, float]:
    """Events per second of a rebuild of empty read models, beside only reading the same log."""
    with municipality_scope(TOWN):
        with house.house.databases.writing("intake") as connection:
            standing = connection.execute(select(bus.stream)).one()
            for start in range(0, how_many, 5000):
                some = range(start, min(how_many, start + 5000))
                connection.execute(
                    insert(bus.event_log),
                    [_logged(house, standing.epoch, standing.head + 1 + one) for one in some],
                )
            head = standing.head + how_many
            connection.execute(bus.stream.update().values(head=head, published=head))
            connection.commit()
        with house.house.databases.writing("portal") as connection:
            for table in house.services["portal"].read_models:
                connection.execute(table.delete())
            connection.execute(
                bus.cursor.update().where(bus.cursor.c.producer == "intake").values(sequence=head)
            )
            connection.commit()

        def read_only() -> None:
            with house.house.databases.reading_log("intake") as connection:
                for body in connection.scalars(select(bus.event_log.c.body)):
                    json.loads(body)

        plain = _seconds(read_only)
    worked = time.process_time()
    done = rebuild.rebuild(house, "portal", TOWN)
    worked = time.process_time() - worked
    speed, alone = done.events / done.seconds, done.events / worked
    say(
        f"rebuilt {done.events} events into {done.rows} rows in {done.seconds:.1f} s: "
        f"{speed:.0f} events/s, {alone:.0f} a second of processor time; "
        f"only reading the log {plain:.2f} s, ratio {done.seconds / plain:.0f}"
    )
    return {
        "rebuilt_events": done.events,
        "rebuild_events_per_s": round(speed),
        "rebuild_events_per_cpu_s": round(alone),
        "ratio_to_reading_the_log": done.seconds / plain,
    }


def _received(consultation: str, person: str, number: int) -> ConsultationReceived:
    return ConsultationReceived(
        consultation,
        f"{YEAR}-{number:06d}",
        "window",
        DESKS[number % 4],
        FIRST + timedelta(days=number % 365),
        (CATEGORIES[number // 4 % 4],),
        persons=(PersonConcerned(person, "本人"),),
        route=ROUTES[number % 4],
    )


def _logged(house: Composition, epoch: str, sequence: int) -> dict[str, Any]:
    event = _received(f"logged-{sequence}", f"person-{sequence % 7000}", sequence)
    entry, event_id = registry.type_of(event), new_id()
    data = house.house.sealer.seal(TOWN, entry.type, event_id, registry.dump(event))
    envelope = Envelope(
        id=event_id,
        source="intake",
        type=entry.type,
        subject=event.consultation_id,
        time=datetime(2026, 4, 1, tzinfo=UTC).isoformat(),
        municipality=TOWN,
        actor="bench",
        correlationid=event_id,
        data=data,
    ).numbered(epoch, sequence)
    return {
        "epoch": epoch,
        "sequence": sequence,
        "event_id": event_id,
        "type": entry.type,
        "body": envelope.to_json(),
    }


def _counted(house: Composition) -> int:
    with house.house.databases.reading("portal") as connection:
        return connection.execute(
            select(func.count()).select_from(portal.counted_fact)
        ).scalar_one()


def _day(number: int) -> date:
    return FIRST + timedelta(days=Random(number).randrange(365))


def _consultations(how_many: int) -> Iterator[dict[str, Any]]:
    for number in range(how_many):
        yield {
            "id": f"c{number}",
            "number": f"{YEAR}-{number:06d}",
            "received_at": f"{_day(number)} 03:00:00.000000",
            "received_by": "bench",
            "desk": DESKS[number % 4],
            "channel": "window",
            "story": "税の滞納について。",
            "categories": "[]",
            "main_category": CATEGORIES[number // 4 % 4],
            "contact_name": "見本 一郎",
            "contact_kana": "ミホンイチロウ",
            "contact_relation": "person",
            "contact_phone": "",
            "contact_hidden": False,
            "urgent": False,
            "area": "",
            "escalation_level": "",
            "target_role": "",
            "escalation_reason": "",
            "escalation_source": "",
            "status": "received",
            "outcome": "",
            "case_id": "",
            "extensions": "{}",
            "version": 1,
        }


def _persons(how_many: int) -> Iterator[dict[str, Any]]:
    for number in range(how_many):
        yield {
            "id": f"p{number}",
            "consultation_id": f"c{number}",
            "position": 0,
            "name": "見本 一郎",
            "kana": "",
            "relation": "本人",
            "address": "",
            "phone": "",
            "given_consent": False,
        }


def _facts(how_many: int) -> Iterator[dict[str, Any]]:
    for number in range(how_many):
        yield {
            "kind": "consultation",
            "fact_id": f"c{number}",
            "day": str(_day(number)),
            "quantity": 1,
        }


def _marks(how_many: int) -> Iterator[dict[str, Any]]:
    for number in range(how_many):
        for mark, value in (
            ("person", f"p{number}"),
            ("route", ROUTES[number % 4]),
            ("body", DESKS[number % 4]),
            ("category", CATEGORIES[number // 4 % 4]),
            ("channel", "window"),
        ):
            yield {"kind": "consultation", "fact_id": f"c{number}", "mark": mark, "value": value}


def _insert(connection: Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    known = list(rows)
    names = ", ".join(known[0])
    values = ", ".join(f":{name}" for name in known[0])
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), known)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
