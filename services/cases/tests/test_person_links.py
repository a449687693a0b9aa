"""The case page tells where a person also appears, once intake shows two records as one person."""

import pytest
from sqlalchemy import select

from kasane_cases import queries, tables
from kasane_contracts.intake import PersonConcerned, PersonsMerged, PersonsMergeUndone
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER = "person-mother"
ELSEWHERE = "person-mother-again"


def second_case(at_work):
    consultation_id = at_work.consultation(
        number="2026-000002",
        persons=(
            PersonConcerned(
                ELSEWHERE,
                "本人",
                True,
                "試験 よし子",
                "シケン ヨシコ",
                "1943-05-06",
                "守る住所 9-9",
            ),
        ),
    )
    return consultation_id, at_work.case(consultation_id=consultation_id)


def merged(consultation_id):
    return PersonsMerged(new_id(), MOTHER, ELSEWHERE, "consultation-1", consultation_id)


def undone(event):
    return PersonsMergeUndone(
        event.merge_id,
        event.one_person_id,
        event.other_person_id,
        event.one_consultation_id,
        event.other_consultation_id,
    )


def elsewhere(at_work, case_id, viewer=None):
    with at_work.bench.reading() as connection:
        return queries.also_elsewhere(
            connection, viewer or at_work.coordinator, case_id, [MOTHER], clock.today()
        )


def test_the_case_page_says_where_the_same_person_also_appears(at_work):
    case_id = at_work.case()
    consultation_id, other_case = second_case(at_work)

    at_work.bench.hear(merged(consultation_id))

    number = at_work.read_case(other_case).number
    assert elsewhere(at_work, case_id) == (
        queries.AlsoElsewhere(MOTHER, ((other_case, number),), ((consultation_id, "2026-000002"),)),
    )
    page = at_work.bench.visit_as(at_work.coordinator).get(f"/cases/{case_id}").text
    assert "同じ方がほかにも出てくるところ" in page
    assert f"/cases/{other_case}" in page
    assert "守る住所" not in page


def test_a_merge_heard_before_the_other_case_is_opened_counts_as_well(at_work):
    case_id = at_work.case()
    consultation_id = new_id()

    at_work.bench.hear(merged(consultation_id))
    assert elsewhere(at_work, case_id) == ()

    at_work.consultation(
        consultation_id=consultation_id,
        number="2026-000009",
        persons=(PersonConcerned(ELSEWHERE, "本人", True, "試験 よし子"),),
    )
    assert [one.consultations for one in elsewhere(at_work, case_id)] == [
        ((consultation_id, "2026-000009"),)
    ]


@pytest.mark.parametrize("undone_first", [False, True], ids=["in order", "undone first"])
def test_what_was_undone_is_not_shown_in_either_order_of_arrival(at_work, undone_first):
    case_id = at_work.case()
    event = merged(second_case(at_work)[0])
    heard = [event, undone(event)]

    for one in reversed(heard) if undone_first else heard:
        at_work.bench.hear(one)

    assert elsewhere(at_work, case_id) == ()


def test_who_has_no_right_to_the_other_case_is_told_nothing(at_work):
    case_id = at_work.case()
    consultation_id, _ = second_case(at_work)
    at_work.bench.hear(merged(consultation_id))

    assert elsewhere(at_work, case_id, at_work.bench.staff("contact", office="tax")) == ()


def test_a_merge_moves_no_household_membership_or_case(at_work):
    at_work.case()
    consultation_id, _ = second_case(at_work)
    untouched = (tables.person, tables.household, tables.membership, tables.case)

    def contents():
        with at_work.bench.reading() as connection:
            return [sorted(map(repr, connection.execute(select(t)))) for t in untouched]

    before = contents()
    event = merged(consultation_id)
    at_work.bench.hear(event)
    assert contents() == before
    at_work.bench.hear(undone(event))
    assert contents() == before
