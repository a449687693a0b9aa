"""Opening hours as the town's document states them: at both ends of the day, at weekends and on holidays (S3)."""

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest

from kasane_contracts.intake import ReferralSheetSent
from kasane_intake.handlers.opening import closed_now
from kasane_kit import clock
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench
from kasane_plugin_api import Office, OpeningHours

HUB = Office(
    "hub",
    "総合相談支援センター",
    hours=OpeningHours((1, 2, 3, 4, 5), time(8, 30), time(17, 15), closed_on_holidays=True),
)
CLOSED = "総合相談支援センター「えしこに」は今閉まっています（開所時間 08:30–17:15、土日祝日除く）"
NOT_STATED = "夜間・休日の緊急の連絡先：町の資料に書かれていません。"


def japan(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=clock.JAPAN)


@pytest.fixture
def yonago(make_workbench: Any) -> Workbench:
    bench: Workbench = make_workbench("intake", {TOWN: ("yonago",)})
    return bench


def desk(bench: Workbench) -> Visitor:
    return bench.visit_as(bench.staff("receiver", office="welfare_policy"))


@pytest.mark.parametrize(
    ("here", "opens_next"),
    [
        ("2026-11-20T08:29", "2026-11-20T08:30"),
        ("2026-11-20T08:30", None),
        ("2026-11-20T17:14", None),
        # Friday evening before a weekend and 勤労感謝の日.
        ("2026-11-20T17:15", "2026-11-24T08:30"),
        ("2026-11-21T10:00", "2026-11-24T08:30"),
        ("2026-11-22T10:00", "2026-11-24T08:30"),
        ("2026-11-23T10:00", "2026-11-24T08:30"),
        # 振替休日: the equinox of 2027 is a Sunday.
        ("2027-03-22T10:00", "2027-03-23T08:30"),
        # 国民の休日 between two holidays.
        ("2026-09-22T10:00", "2026-09-24T08:30"),
        # The document says nothing of the days around New Year but the holiday itself.
        ("2026-12-30T10:00", None),
        ("2027-01-01T10:00", "2027-01-04T08:30"),
    ],
)
def test_a_closed_office_says_when_it_opens_next(here: str, opens_next: str | None) -> None:
    closed = closed_now((HUB,), japan(here))

    assert [(one.opens_next, one.unsure) for one in closed] == (
        [(japan(opens_next), False)] if opens_next else []
    )


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        ("2026-11-20T10:00", []),
        ("2026-11-23T10:00", [(True, "2026-11-24T08:30")]),
        ("2026-11-23T18:00", [(False, "2026-11-24T08:30")]),
        ("2026-11-21T10:00", [(False, "2026-11-24T08:30")]),
    ],
)
def test_where_the_document_is_silent_about_holidays_nothing_is_claimed(
    here: str, expected: list[tuple[bool, str]]
) -> None:
    assert HUB.hours is not None
    silent = replace(HUB, hours=replace(HUB.hours, closed_on_holidays=None))

    closed = closed_now((silent,), japan(here))

    assert [(one.unsure, one.opens_next) for one in closed] == [
        (unsure, japan(opens)) for unsure, opens in expected
    ]


def test_an_office_that_works_on_holidays_is_open_on_one() -> None:
    assert HUB.hours is not None
    always = replace(HUB, hours=replace(HUB.hours, closed_on_holidays=False))

    assert closed_now((always,), japan("2026-11-23T10:00")) == ()


def test_an_office_without_stated_hours_is_not_called_closed() -> None:
    assert closed_now((Office("a", "税務課"),), datetime(2026, 11, 22, tzinfo=UTC)) == ()


@pytest.mark.parametrize(
    ("here", "shown"),
    [
        ("2026-11-20T17:14", False),
        ("2026-11-20T17:15", True),
        ("2026-11-23T12:00", True),
        ("2026-11-24T08:29", True),
        ("2026-11-24T08:30", False),
    ],
)
def test_s3_the_way_after_hours_stands_on_every_page_of_the_matter_and_only_then(
    yonago: Workbench, here: str, shown: bool
) -> None:
    browser = desk(yonago)
    body = {
        "desk": "general_support_center",
        "channel": "telephone",
        "story": "隣の家のごみが道にあふれている。",
        "persons": [{"name": "日野 かつみ", "given_consent": True}],
    }
    made = browser.send_json("POST", "/api/v1/consultations", body).json["id"]
    browser.send_json(
        "POST",
        f"/api/v1/consultations/{made}/sheets",
        {"to_office": "general_support_center", "reason": "ごみのこと", "consent": True},
    )
    (sheet,) = yonago.said(ReferralSheetSent)

    with clock.fixed(lambda: japan(here)):
        browser = desk(yonago)
        pages = {
            path: browser.get(path).text
            for path in (
                "/consultations/new",
                f"/consultations/{made}",
                f"/consultations/{made}/emergency",
                f"/consultations/{made}/sheets/new",
                f"/sheets/{sheet.sheet_id}",
            )
        }

    assert {path: CLOSED in page for path, page in pages.items()} == dict.fromkeys(pages, shown)
    assert {path: NOT_STATED in page for path, page in pages.items()} == dict.fromkeys(pages, shown)


def test_the_line_for_emergencies_is_the_towns_own_with_its_source(yonago: Workbench) -> None:
    yonago.visit_as(yonago.staff("coordinator")).post(
        "/web-form",
        {
            "emergency_number": "000-0000-1190",
            "emergency_label": "夜間の相談",
            "emergency_source": "市の資料",
            "version": "0",
        },
    )

    with clock.fixed(lambda: japan("2026-11-20T18:00")):
        stated = desk(yonago).get("/consultations/new").text

    assert "夜間の相談 000-0000-1190（出典：市の資料）" in stated
    assert "町の資料に書かれていません" not in stated


def test_on_a_holiday_the_document_does_not_speak_of_the_page_says_so(
    yonago: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert HUB.hours is not None
    silent = replace(HUB, hours=replace(HUB.hours, closed_on_holidays=None))
    monkeypatch.setattr("kasane_intake.pages.forms.offices", lambda: (silent,))

    with clock.fixed(lambda: japan("2026-11-23T12:00")):
        page = desk(yonago).get("/consultations/new").text

    assert "総合相談支援センターが祝日に開いているかは、町の資料に書かれていません" in page
