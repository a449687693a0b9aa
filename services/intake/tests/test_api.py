"""Calls intake's API as a program does."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.cases import CaseOpened
from kasane_contracts.intake import (
    ConsultationClosed,
    ConsultationEscalated,
    ConsultationReceived,
    ReferralSheetAccepted,
    ReferralSheetSent,
)
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Workbench

BODY: dict[str, Any] = {
    "desk": "tax_window",
    "channel": "window",
    "story": "税が払えない。病気で働けない。",
    "categories": ["taxes_utilities"],
    "persons": [{"name": "山川 花子", "birth_date": "1985-04-02", "given_consent": True}],
}


def ikoma(make_workbench: BenchMaker) -> Workbench:
    return make_workbench("intake", {TOWN: ("ikoma",)})


def test_a_consultation_comes_back_with_its_version(make_workbench: BenchMaker) -> None:
    bench = ikoma(make_workbench)
    desk = bench.visit_as(bench.staff("receiver", office="tax_window"))

    answer = desk.send_json("POST", "/api/v1/consultations", BODY)

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert answer.json is not None
    assert answer.json["status"] == "received"
    assert answer.json["persons"][0]["birth_date"] == "1985-04-02"


@pytest.mark.parametrize(
    "more",
    [
        {},
        {
            "channel": "letter",
            "categories": ["income", "rent_loans"],
            "main_category": "debt",
            "contact": {"name": "近田 知子", "phone": "000-1111-2222", "hidden": True},
            "persons": [{"name": "山川 花子", "birth_date": "1985-04-02"}, {"description": "次男"}],
            "urgent": True,
            "screening": {"single_agency_enough": False},
            "reception": {"route": "family", "written_on": "2026-04-02", "do_not_contact": "夜"},
        },
    ],
    ids=["little", "everything"],
)
def test_what_is_answered_at_once_is_what_is_read_later(
    make_workbench: BenchMaker, more: dict[str, Any]
) -> None:
    bench = ikoma(make_workbench)
    desk = bench.visit_as(bench.staff("receiver", office="tax_window"))

    taken, again = (
        desk.send_json(
            "POST", "/api/v1/consultations", {**BODY, **more}, headers={"Idempotency-Key": "once"}
        )
        for _ in range(2)
    )
    assert taken.json is not None
    read = desk.get(f"/api/v1/consultations/{taken.json['id']}")

    assert (taken.status_code, again.status_code, read.status_code) == (201, 201, 200)
    assert taken.json == again.json == read.json
    assert taken.headers["ETag"] == again.headers["ETag"] == read.headers["ETag"]


def test_a_malformed_call_names_its_fields(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="tax_window"))

    answer = desk.send_json(
        "POST", "/api/v1/consultations", {"story": "", "channel": "pigeon", "colour": "red"}
    )

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert sorted(answer.json["errors"]) == ["channel", "colour", "desk", "story"]
    assert workbench.said() == []


def test_a_category_that_the_town_does_not_have_is_refused(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="tax_window"))

    answer = desk.send_json("POST", "/api/v1/consultations", {**BODY, "categories": ["pets"]})

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["title"] == "困りごとの分類「pets」は、この町の一覧にありません。"
    assert workbench.said() == []


def test_when_ordinary_cooperation_is_not_enough_it_goes_to_the_towns_coordinator(
    make_workbench: BenchMaker,
) -> None:
    bench = ikoma(make_workbench)
    desk = bench.visit_as(bench.staff("receiver", office="tax_window"))
    made = desk.send_json("POST", "/api/v1/consultations", BODY).json
    assert made is not None

    answer = desk.send_json(
        "PUT",
        f"/api/v1/consultations/{made['id']}/screening",
        {"single_agency_enough": False, "ordinary_cooperation_enough": False},
        headers={"If-Match": '"1"'},
    )

    (said,) = bench.said(ConsultationEscalated)
    assert answer.json is not None
    assert answer.json["status"] == "escalated"
    assert (said.escalation_level, said.target_role) == ("multi_agency", "coordinator")


def test_a_change_on_an_old_version_is_refused_and_changes_nothing(
    make_workbench: BenchMaker,
) -> None:
    bench = ikoma(make_workbench)
    desk = bench.visit_as(bench.staff("receiver", office="tax_window"))
    made = desk.send_json("POST", "/api/v1/consultations", BODY).json
    assert made is not None
    path = f"/api/v1/consultations/{made['id']}/screening"
    desk.send_json("PUT", path, {"single_agency_enough": True}, headers={"If-Match": '"1"'})

    late = desk.send_json("PUT", path, {"single_agency_enough": False}, headers={"If-Match": '"1"'})
    without = desk.send_json("PUT", path, {"single_agency_enough": False})

    assert (late.status_code, without.status_code) == (412, 428)
    now = desk.get(f"/api/v1/consultations/{made['id']}").json
    assert now is not None
    assert now["screening"]["single_agency_enough"] is True


def test_a_sheet_is_sent_acknowledged_accepted_and_its_outcome_returned(
    make_workbench: BenchMaker,
) -> None:
    bench = ikoma(make_workbench)
    desk = bench.visit_as(bench.staff("receiver", office="tax_window"))
    receiver = bench.visit_as(bench.staff("contact", office="livelihood_support"))
    made = desk.send_json("POST", "/api/v1/consultations", BODY).json
    assert made is not None

    sheet = desk.send_json(
        "POST",
        f"/api/v1/consultations/{made['id']}/sheets",
        {
            "to_office": "livelihood_support",
            "reason": "生活費",
            "consent": True,
            "companionship": "accompanied",
        },
    ).json
    assert sheet is not None
    steps = [
        receiver.send_json(
            "POST", f"/api/v1/sheets/{sheet['id']}/answers", {"step": step, "text": "面談した"}
        )
        for step in ("acknowledge", "accept", "outcome")
    ]

    assert [(s.json or {})["status"] for s in steps] == [
        "acknowledged",
        "accepted",
        "outcome_returned",
    ]
    assert [e.to_office for e in bench.said(ReferralSheetAccepted)] == ["livelihood_support"]
    assert (desk.get(f"/api/v1/consultations/{made['id']}").json or {})["status"] == "connected"


def test_only_the_receiving_office_answers_a_sheet(make_workbench: BenchMaker) -> None:
    bench = ikoma(make_workbench)
    desk = bench.visit_as(bench.staff("receiver", office="tax_window"))
    made = desk.send_json("POST", "/api/v1/consultations", BODY).json
    assert made is not None
    sheet = desk.send_json(
        "POST",
        f"/api/v1/consultations/{made['id']}/sheets",
        {"to_office": "livelihood_support", "reason": "生活費", "consent": True},
    ).json
    assert sheet is not None

    answer = desk.send_json("POST", f"/api/v1/sheets/{sheet['id']}/answers", {"step": "accept"})

    assert answer.status_code == 403
    assert bench.said(ReferralSheetAccepted) == []


def test_a_sheet_without_consent_is_not_sent(make_workbench: BenchMaker) -> None:
    bench = ikoma(make_workbench)
    desk = bench.visit_as(bench.staff("receiver", office="tax_window"))
    made = desk.send_json("POST", "/api/v1/consultations", BODY).json
    assert made is not None

    answer = desk.send_json(
        "POST",
        f"/api/v1/consultations/{made['id']}/sheets",
        {"to_office": "livelihood_support", "reason": "生活費", "consent": False},
    )

    assert answer.status_code == 422
    assert bench.said(ReferralSheetSent) == []


def test_the_list_goes_on_where_the_page_ended(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="tax_window"))
    for number in range(5):
        desk.send_json("POST", "/api/v1/consultations", {**BODY, "story": str(number)})

    first = desk.get("/api/v1/consultations?limit=3").json
    assert first is not None
    second = desk.get(f"/api/v1/consultations?limit=3&cursor={first['next_cursor']}").json

    assert second is not None
    assert [line["number"][-1] for line in first["items"]] == ["5", "4", "3"]
    assert [line["number"][-1] for line in second["items"]] == ["2", "1"]
    assert second["next_cursor"] == ""


def test_a_closed_consultation_says_so(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="tax_window"))
    made = desk.send_json("POST", "/api/v1/consultations", BODY).json
    assert made is not None

    answer = desk.send_json(
        "PUT",
        f"/api/v1/consultations/{made['id']}/outcome",
        {"outcome": "分けて納める約束をした"},
        headers={"If-Match": '"1"'},
    )

    assert (answer.json or {})["status"] == "answered"
    assert [e.outcome for e in workbench.said(ConsultationClosed)] == ["answered"]


def test_a_case_opened_elsewhere_is_linked_once(workbench: Workbench) -> None:
    desk = workbench.visit_as(workbench.staff("receiver", office="tax_window"))
    made = desk.send_json("POST", "/api/v1/consultations", BODY).json
    assert made is not None
    opened = CaseOpened(
        "case-1",
        "K-1",
        made["id"],
        "h-1",
        datetime(2026, 11, 21, tzinfo=UTC).date(),
        1,
        "identified",
    )

    workbench.hear(opened)

    assert (desk.get(f"/api/v1/consultations/{made['id']}").json or {})["case_id"] == "case-1"
    linked = [
        e
        for e in workbench.said(AuditEntryRecorded)
        if e.action == "intake.consultation.linked_to_case"
    ]
    assert len(linked) == 1


def test_a_case_of_an_unknown_consultation_changes_nothing(workbench: Workbench) -> None:
    opened = CaseOpened(
        "case-1", "K-1", "c-9", "h-1", datetime(2026, 11, 21, tzinfo=UTC).date(), 1, "identified"
    )

    workbench.hear(opened)

    assert workbench.said(ConsultationReceived) == []
