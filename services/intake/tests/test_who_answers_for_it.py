"""I-13: somebody answers for a consultation until another took it over, and nobody else ends it."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kasane_contracts.cases import RecordsEnded
from kasane_contracts.intake import (
    ConsultationClosed,
    ReferralSheetOverdue,
    ReferralSheetRedirected,
    ReferralSheetSent,
    ReferralSheetUndecided,
)
from kasane_intake.handlers import alert_overdue_sheets
from kasane_kit import clock
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench

FRIDAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.fixture
def bench(make_workbench: Any) -> Workbench:
    """生駒市 with its own plugin."""
    made: Workbench = make_workbench("intake", {TOWN: ("connecting-sheet", "ikoma")})
    return made


def at(bench: Workbench, office: str, *functions: str) -> Visitor:
    return bench.visit_as(bench.staff(*(functions or ("receiver",)), office=office))


def taken(bench: Workbench) -> str:
    made = at(bench, "tax_window").send_json(
        "POST",
        "/api/v1/consultations",
        {
            "desk": "tax_window",
            "channel": "window",
            "story": "税が払えない。",
            "persons": [{"name": "山川 花子", "given_consent": True}],
        },
    )
    return str(made.json["id"])


def sent(bench: Workbench, consultation_id: str, to: str = "livelihood_support") -> Any:
    return at(bench, "tax_window").send_json(
        "POST",
        f"/api/v1/consultations/{consultation_id}/sheets",
        {"to_office": to, "reason": "生活費", "consent": True},
    )


def end(bench: Workbench, office: str, consultation_id: str) -> Any:
    found = at(bench, "tax_window").get(f"/api/v1/consultations/{consultation_id}").json
    return at(bench, office).post(
        f"/consultations/{consultation_id}/close",
        {"outcome": "制度を案内した", "version": str(found["version"])},
    )


def test_a_sheet_goes_to_no_office_that_the_town_does_not_have(bench: Workbench) -> None:
    consultation_id = taken(bench)

    nowhere = sent(bench, consultation_id, to="nowhere")
    first = sent(bench, consultation_id).json["id"]
    onward = at(bench, "livelihood_support").send_json(
        "POST",
        f"/api/v1/sheets/{first}/redirects",
        {"to_office": "nowhere", "reason": "受診が先", "consent": True},
    )

    assert [(a.status_code, a.json["type"].rpartition(":")[2]) for a in (nowhere, onward)] == [
        (422, "unknown_office")
    ] * 2
    assert [event.to_office for event in bench.said(ReferralSheetSent)] == ["livelihood_support"]
    assert bench.said(ReferralSheetRedirected) == []


def test_an_office_that_gave_its_sheet_back_does_not_end_the_consultation(
    bench: Workbench,
) -> None:
    consultation_id = taken(bench)
    sheet_id = sent(bench, consultation_id).json["id"]
    receiver, path = at(bench, "livelihood_support"), f"/consultations/{consultation_id}"
    receiver.post(f"/sheets/{sheet_id}", {"step": "return", "text": "対象外"})

    page = receiver.get(path).text
    answer = end(bench, "livelihood_support", consultation_id)

    assert f"{path}/close" not in page
    assert answer.status_code == 403
    assert "この相談を終えられるのは、受けた窓口、" in answer.text
    assert "制度を案内した" in answer.text
    assert bench.said(ConsultationClosed) == []
    assert end(bench, "tax_window", consultation_id).status_code == 303


def test_an_office_that_took_it_over_ends_it(bench: Workbench) -> None:
    consultation_id = taken(bench)
    sheet_id = sent(bench, consultation_id).json["id"]
    receiver = at(bench, "livelihood_support")
    receiver.post(f"/sheets/{sheet_id}", {"step": "accept"})

    page = receiver.get(f"/consultations/{consultation_id}").text
    answer = end(bench, "livelihood_support", consultation_id)

    assert re.search(rf"/consultations/{consultation_id}/close", page)
    assert answer.status_code == 303
    assert len(bench.said(ConsultationClosed)) == 1


@pytest.mark.parametrize("step", ["", "acknowledge"])
def test_nobody_is_reminded_of_a_sheet_of_what_was_shredded(bench: Workbench, step: str) -> None:
    with clock.fixed(lambda: FRIDAY):
        consultation_id = taken(bench)
        sheet_id = sent(bench, consultation_id).json["id"]
        if step:
            at(bench, "livelihood_support").post(f"/sheets/{sheet_id}", {"step": step})
    with clock.fixed(lambda: datetime(2032, 4, 1, 1, 0, tzinfo=UTC)):
        bench.hear(RecordsEnded("s1", "case", "k1", date(2032, 4, 1), (consultation_id,)))
        with municipality_scope(TOWN):
            alert_overdue_sheets(bench.house, TOWN)
        boards = [at(bench, "tax_window").get(path).text for path in ("/sheets", "/consultations")]

    assert bench.said(ReferralSheetOverdue) + bench.said(ReferralSheetUndecided) == []
    assert [sheet_id in page for page in boards] == [False, False]
