"""Writes down what intake ends by the town's term, and never what is a record or a person."""

from datetime import date

import pytest

from kasane_cases.domain.errors import RecordStillKept
from kasane_cases.handlers.shredding import bury, end_arrivals
from kasane_cases.repository import Shreddings
from kasane_contracts.cases import RecordsEnded
from kasane_contracts.intake import ArrivalsEnded, IntakeRecordsShredded
from kasane_kit.db.tombstones import TombstonesBroken
from kasane_kit.tenancy import municipality_scope

MOTHER = "person-mother"
TODAY = date(2026, 10, 2)


def stones(retaining):
    return retaining.bench.house.tombstones.all(retaining.bench.municipality)


def test_the_tombstone_stands_before_anybody_is_told_and_the_answer_needs_no_record(retaining):
    retaining.bench.hear(ArrivalsEnded("ending-1", TODAY, ("w2", "w1")))
    retaining.bench.hear(IntakeRecordsShredded("ending-1", 2, 2, 0))

    (stone,) = stones(retaining)
    assert (stone.shredding_id, stone.kind, stone.records, stone.facts) == (
        "ending-1",
        "arrival",
        ("w1", "w2"),
        (),
    )
    assert retaining.bench.said(RecordsEnded) == [
        RecordsEnded("ending-1", "arrival", "ending-1", TODAY, ("w1", "w2"))
    ]


def test_after_a_restore_its_tombstone_makes_no_record_of_it(retaining):
    retaining.bench.hear(ArrivalsEnded("ending-1", TODAY, ("w1",)))
    (stone,) = stones(retaining)

    with municipality_scope(retaining.bench.municipality):
        bury(retaining.bench.house, retaining.bench.municipality, stone)

    with retaining.bench.reading() as connection:
        assert Shreddings(connection).find("ending-1") is None


def end(retaining, *records):
    with retaining.bench.unit(retaining.second) as uow:
        end_arrivals(ArrivalsEnded("ending-1", TODAY, records), uow)


def test_a_record_or_a_person_is_not_ended_by_what_intake_says(retaining):
    case_id = retaining.at_work.case(MOTHER)
    case = retaining.at_work.read_case(case_id)

    for known in (case_id, case.household.id, case.consultation_id, MOTHER):
        with pytest.raises(RecordStillKept):
            end(retaining, "w1", known)

    assert list(stones(retaining)) == []
    assert retaining.bench.said(RecordsEnded) == []
    assert retaining.at_work.read_case(case_id).person(MOTHER).name == "試験 よし子"


def test_where_no_tombstone_can_be_written_nobody_is_told(retaining):
    folder = retaining.bench.house.tombstones.folder
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("in the way")

    with pytest.raises(TombstonesBroken):
        end(retaining, "w1")

    assert retaining.bench.said(RecordsEnded) == []
