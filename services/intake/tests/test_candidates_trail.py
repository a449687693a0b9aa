"""Whoever is shown somebody's record as a candidate stands in the trail: each record once for each form."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from kasane_contracts.audit import AuditEntryRecorded
from kasane_intake import tables
from kasane_kit import clock
from kasane_kit.testing.workbench import Visitor, Workbench

ASKED = "/consultations/candidates"
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def known(bench: Workbench, *names: str, desk: str = "zei") -> list[str]:
    """Takes one consultation about these people; returns the ids of their records."""
    browser = bench.visit_as(bench.staff("receiver", office=desk))
    body = {
        "desk": desk,
        "channel": "window",
        "story": "相談",
        "persons": [{"name": name, "birth_date": "1985-04-02"} for name in names],
    }
    made = browser.send_json("POST", "/api/v1/consultations", body)
    assert made.status_code == 201
    with bench.reading() as connection:
        p = tables.person_concerned.c
        rows = connection.execute(
            select(p.id).where(p.consultation_id == made.json["id"]).order_by(p.position)
        )
        return [row.id for row in rows]


def looks(bench: Workbench) -> list[tuple[str, str, str]]:
    """Who was shown which record on which form, in the order of the trail."""
    return [
        (one.actor, one.object_id, one.basis)
        for one in bench.said(AuditEntryRecorded)
        if one.action == "intake.candidate.shown"
    ]


def typed(name: str, form: str = "form-1") -> dict[str, Any]:
    return {"persons-0-name": name, "persons-0-birth_date": "1985-04-02", "submission": form}


@pytest.fixture
def desk(workbench: Workbench) -> Visitor:
    return workbench.visit_as(workbench.staff("receiver", office="zei", account_id="clerk"))


def test_pauses_that_show_the_same_people_leave_one_line_for_each(
    workbench: Workbench, desk: Visitor
) -> None:
    (taro,) = known(workbench, "架空 太郎")

    for name in ("架空", "架空 太", "架空 太郎", "架空　太郎"):
        desk.post(ASKED, typed(name))

    assert looks(workbench) == [("clerk", taro, "form-1")]


def test_a_pause_that_shows_nobody_leaves_none(workbench: Workbench, desk: Visitor) -> None:
    known(workbench, "架空 太郎")

    desk.post(ASKED, {"persons-0-name": "別人 花子", "submission": "form-1"})
    desk.post(ASKED, {"persons-0-birth_date": "1月32日", "submission": "form-1"})

    assert looks(workbench) == []


def test_only_who_is_new_in_the_set_is_added(workbench: Workbench, desk: Visitor) -> None:
    (taro,) = known(workbench, "架空 太郎")
    (hanako,) = known(workbench, "仮山 花子")
    desk.post(ASKED, typed("架空 太郎"))

    desk.post(
        ASKED,
        {
            **typed("架空 太郎"),
            "persons-1-name": "仮山 花子",
            "persons-1-birth_date": "1985-04-02",
        },
    )

    assert looks(workbench) == [("clerk", taro, "form-1"), ("clerk", hanako, "form-1")]


def test_another_form_another_account_and_another_day_are_looks_of_their_own(
    workbench: Workbench,
) -> None:
    (taro,) = known(workbench, "架空 太郎")
    for moment in (NOW, NOW + timedelta(hours=23), NOW + timedelta(hours=25)):
        with clock.fixed(lambda moment=moment: moment):
            for account in ("clerk", "other"):
                actor = workbench.staff("receiver", office="zei", account_id=account)
                workbench.visit_as(actor).post(ASKED, typed("架空 太郎"))
    with clock.fixed(lambda: NOW + timedelta(hours=26)):
        browser = workbench.visit_as(workbench.staff("receiver", office="zei", account_id="clerk"))
        browser.post(ASKED, typed("架空 太郎", "form-2"))

    assert looks(workbench) == [
        ("clerk", taro, "form-1"),
        ("other", taro, "form-1"),
        ("clerk", taro, "form-1"),
        ("other", taro, "form-1"),
        ("clerk", taro, "form-2"),
    ]


def test_a_form_without_a_name_is_a_look_each_time(workbench: Workbench, desk: Visitor) -> None:
    (taro,) = known(workbench, "架空 太郎")

    for _ in range(2):
        desk.post(ASKED, {**typed("架空 太郎"), "submission": ""})

    assert [person for _, person, _ in looks(workbench)] == [taro, taro]


def test_the_button_and_the_page_of_a_consultation_leave_the_same_trace(
    workbench: Workbench, desk: Visitor
) -> None:
    (taro,) = known(workbench, "架空 太郎")
    desk.post(ASKED, typed("架空 太郎"))

    desk.post("/consultations/new", {**typed("架空 太郎"), "_check": "1"})
    saved = desk.post(
        "/consultations/new",
        {**typed("架空 太郎"), "desk": "zei", "channel": "window", "story": "相談"},
    )
    page = saved.headers["Location"].split("/292095", 1)[1]
    for _ in range(2):
        assert "架空 太郎" in desk.get(page).text

    consultation = page.split("/consultations/")[1].split("?")[0]
    assert looks(workbench) == [("clerk", taro, "form-1"), ("clerk", taro, consultation)]


def test_a_hint_of_a_record_elsewhere_is_a_look_too(workbench: Workbench, desk: Visitor) -> None:
    (taro,) = known(workbench, "架空 太郎", desk="kaigo")

    answer = desk.post(ASKED, typed("架空 太郎"))

    assert "ほかの課に同じ方かもしれない記録があります" in answer.text
    assert taro not in answer.text
    assert looks(workbench) == [("clerk", taro, "form-1")]
