"""Entries, imports and referrals: what they refuse."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kasane_resources.domain.directory_import import (
    DirectoryImport,
    ImportPlan,
    ImportState,
    KnownRow,
    RowOutcome,
    plan_import,
)
from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.errors import (
    AlreadyAnswered,
    EntryWrong,
    ImportAlreadyApplied,
    ReasonMissing,
)
from kasane_resources.domain.gap import age_band
from kasane_resources.domain.human_service import HumanService, HumanServiceEntry
from kasane_resources.domain.layout_rows import ReadRow
from kasane_resources.domain.location import Location, Position, municipality_code_holds
from kasane_resources.domain.organization import corporate_number_holds
from kasane_resources.domain.referral import Referral, ReferralStatus
from kasane_resources.domain.taxonomy import taxonomy

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 3, tzinfo=UTC)
ENTRY = HumanServiceEntry(name="ひだまり食堂")


def referral() -> Referral:
    return Referral("r1", "c1", "n1", "p1", "s1", "ひだまり食堂", "生駒 太郎", "", NOON)


def test_an_entry_that_contradicts_itself_is_refused_with_its_fields() -> None:
    entry = replace(
        ENTRY,
        name=" ",
        url="www.example.jp",
        last_confirmed_on=date(2026, 11, 22),
        eligibility=Eligibility(60, 20, area=ServiceArea(AreaKind.RADIUS)),
        location=Location(position=Position(0.0, 0.0)),
    )

    with pytest.raises(EntryWrong) as refusal:
        HumanService.publish("s1", entry, None, TODAY)

    assert refusal.value.facts["problems"] == (
        ("name", "name_missing"),
        ("maximum_age", "age_order"),
        ("radius_km", "radius_out_of_range"),
        ("latitude", "position_outside_japan"),
        ("last_confirmed_on", "confirmed_in_future"),
        ("url", "url_without_scheme"),
    )


def test_a_wrong_change_leaves_the_entry_as_it_was() -> None:
    service = HumanService.publish("s1", ENTRY, None, TODAY)

    with pytest.raises(EntryWrong):
        service.change(replace(ENTRY, name=""), None, TODAY)

    assert (service.entry, service.hand_edited) == (ENTRY, False)


def test_an_import_says_what_becomes_of_each_row() -> None:
    def row(key: str, digest: str = "new") -> ReadRow:
        return ReadRow(1, key, digest, {}, "食堂", ENTRY, ())

    rows = [row("t/1"), row("t/2"), row("t/3", "old"), row("t/4"), replace(row("t/5"), entry=None)]
    known = {
        "t/2": KnownRow("s2", "食堂", "old", False),
        "t/3": KnownRow("s3", "食堂", "old", False),
        "t/4": KnownRow("s4", "食堂", "old", True),
        "t/6": KnownRow("s6", "食堂", "old", False),
        "u/1": KnownRow("s7", "よその食堂", "old", False),
    }

    plan = plan_import(rows, known)

    assert [planned.outcome for planned in plan.rows] == [
        RowOutcome.ADDED,
        RowOutcome.CHANGED,
        RowOutcome.UNCHANGED,
        RowOutcome.KEPT,
        RowOutcome.REFUSED,
    ]
    assert [gone.human_service_id for gone in plan.gone] == ["s6"]


def test_an_import_is_applied_once_and_lets_its_bytes_go() -> None:
    one = DirectoryImport(
        "i1", "open_data", "kodomo_shokudo", "public", "a.csv", "d", b"x", "a1", NOON
    )
    one.apply(ImportPlan(()), NOON, retires=True)

    with pytest.raises(ImportAlreadyApplied):
        one.apply(ImportPlan((), known=5), NOON, retires=True)

    assert (one.content, one.counts["added"], one.state) == (b"", 0, ImportState.APPLIED)


def test_declining_needs_a_reason() -> None:
    one = referral()

    with pytest.raises(ReasonMissing):
        one.decline("  ", "a1", NOON)

    assert (one.status, one.answered_at) == (ReferralStatus.REQUESTED, None)


def test_an_answer_is_not_replaced_by_a_later_one() -> None:
    one = referral()
    one.accept("a1", NOON)

    with pytest.raises(AlreadyAnswered):
        one.decline("満員", "a2", NOON)

    assert (one.status, one.answered_by, one.reason) == (ReferralStatus.ACCEPTED, "a1", "")


def test_check_digits_hold_for_real_numbers_only() -> None:
    assert corporate_number_holds("1011805002666")
    assert not corporate_number_holds("1011805002667")
    assert not corporate_number_holds("１０１１８０５００２６６６")
    assert municipality_code_holds("292095")
    assert not municipality_code_holds("292096")


def test_an_age_is_kept_as_ten_years_only() -> None:
    assert [age_band(age) for age in (None, 0, 24, 100)] == ["", "0-9", "20-29", "100-109"]


def test_every_kind_meets_something() -> None:
    assert len(taxonomy()) == 45
    assert all(term.meets for term in taxonomy().values())
