"""Events whose personal fields lie under different versions of the town's key are heard; none is lost without it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from kasane_contracts.cases import SupportNeedIdentified
from kasane_contracts.envelope import Envelope
from kasane_contracts.resources import HumanServicesSuggested
from kasane_kit.bus import Sealer, tables
from kasane_kit.bus.sealing import events_under
from kasane_kit.db import MigrationSource, take_into_use, upgrade
from kasane_kit.db.key_versions import version_in_use
from kasane_kit.db.sealed import field_key
from kasane_kit.delivery import Delivery, NotDelivered
from kasane_kit.keys import KeyRing
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import Workbench

WORDS = "市県民税の滞納。娘の病気で働けない"

UNDONE = (
    "ALTER TABLE outbox DROP COLUMN event_id",
    "ALTER TABLE outbox DROP COLUMN type",
    "DROP TABLE key_in_use",
    "UPDATE schema_version SET version_num = 'k0013' WHERE version_num LIKE 'k%'",
)
"""What the releases after the one that wrapped keys under versions did to the tables."""


def need(need_id: str) -> SupportNeedIdentified:
    return SupportNeedIdentified(
        need_id=need_id,
        case_id=f"c-{need_id}",
        person_id="p1",
        category="taxes_utilities",
        age=48,
        area="東新町",
        latitude=34.6919,
        longitude=135.7006,
        description=WORDS,
    )


def said_under(bench: Workbench, need_id: str, version: int) -> Envelope:
    """The event as a service says it that has this version in use."""
    plain = Workbench._envelope(bench, need(need_id))
    opened = bench.house.sealer.open(plain.municipality, plain.type, plain.id, plain.data)
    sealer = Sealer(bench.house.keys, version)
    return replace(plain, data=sealer.seal(plain.municipality, plain.type, plain.id, opened))


def heard(bench: Workbench) -> list[str]:
    return [one.need_id for one in bench.said(HumanServicesSuggested)]


def parked(bench: Workbench) -> list[tuple[object, ...]]:
    with bench.reading() as connection:
        return [tuple(row) for row in connection.execute(select(tables.dead_letter))]


def test_events_of_before_and_after_a_change_of_the_key_are_heard(workbench: Workbench) -> None:
    before = said_under(workbench, "n1", 1)
    with municipality_scope(workbench.municipality):
        version = workbench.house.keys.make_version(workbench.municipality)
        take_into_use(workbench.house.databases, "resources", version)
    after = said_under(workbench, "n2", 2)

    Delivery(workbench.service, workbench.house).deliver([before, after])

    assert (heard(workbench), parked(workbench)) == (["n1", "n2"], [])
    # What it says itself from now on lies under the version in use.
    with workbench.unit(workbench.staff("coordinator")) as uow:
        uow.publish(need("n3"))
        uow.record("resources.need.answered", "support_need", "n3")
        uow.commit()
    assert [one.description for one in workbench.said(SupportNeedIdentified)] == [WORDS]
    with workbench.reading() as connection:
        assert events_under(connection, 2) == 1
        assert events_under(connection, 3) == 0


def test_an_event_whose_version_is_not_here_waits_and_is_heard_when_the_key_is_copied(
    workbench: Workbench, tmp_path: Path
) -> None:
    workbench.house.keys.make_version(workbench.municipality)
    event = said_under(workbench, "n1", 2)
    made = workbench.house.keys._folder
    shutil.copytree(made, tmp_path / "other")
    (tmp_path / "other" / f"{workbench.municipality}v2.key").unlink()
    elsewhere = Delivery(
        workbench.service, replace(workbench.house, keys=KeyRing(tmp_path / "other"))
    )

    with pytest.raises(NotDelivered):
        elsewhere.deliver([event])
    assert (heard(workbench), parked(workbench)) == ([], [])

    shutil.copy(made / f"{workbench.municipality}v2.key", tmp_path / "other")
    elsewhere.deliver([event])
    assert (heard(workbench), parked(workbench)) == (["n1"], [])


def test_an_event_that_claims_another_version_is_parked_and_says_nothing(
    workbench: Workbench,
) -> None:
    for _ in range(2):
        workbench.house.keys.make_version(workbench.municipality)
    event = said_under(workbench, "n1", 2)
    sealed = event.data["description"]["sealed"]
    # The twelve bytes of the mark are sixteen signs.
    other = Sealer(workbench.house.keys, 3).seal(
        event.municipality, event.type, event.id, {**event.data, "description": ""}
    )["description"]["sealed"]
    changed = replace(
        event, data={**event.data, "description": {"sealed": other[:16] + sealed[16:]}}
    )

    Delivery(workbench.service, workbench.house).deliver([changed])

    assert heard(workbench) == []
    assert [row[7] for row in parked(workbench)] == ["seal_broken"]


@pytest.mark.parametrize(("wrapped", "in_use"), [((), 1), ((1, 2, 1), 2)])
def test_a_town_whose_key_was_changed_by_an_earlier_release_goes_on_with_it(
    workbench: Workbench, wrapped: tuple[int, ...], in_use: int
) -> None:
    with (
        municipality_scope(workbench.municipality),
        workbench.house.databases.writing("resources") as connection,
    ):
        for statement in UNDONE:
            connection.execute(text(statement))
        for number, version in enumerate(wrapped):
            row = {"id": f"k{number}", "owner": f"o{number}", "version": version, "wrapped": ""}
            connection.execute(insert(field_key).values(row))
        upgrade(connection, MigrationSource(workbench.service.migrations))
        connection.commit()

        assert version_in_use(connection) == in_use
