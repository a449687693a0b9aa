"""Drafts of つなぐシート: two people have one open, and one that was sent before is sent again."""

import re
from typing import Any

import pytest

from kasane_contracts.intake import ReferralSheetReturned, ReferralSheetSent
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench

FORM = {
    "to_office": "livelihood_support",
    "reason": "生活費が足りない",
    "consent": "1",
    "companionship": "accompanied",
}


@pytest.fixture
def bench(make_workbench: Any) -> Workbench:
    """生駒市 with its own plugin."""
    made: Workbench = make_workbench("intake", {TOWN: ("connecting-sheet", "ikoma")})
    return made


def at(bench: Workbench, office: str) -> Visitor:
    return bench.visit_as(bench.staff("receiver", office=office))


def consultation(bench: Workbench) -> tuple[str, str]:
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
    return made.json["id"], made.json["persons"][0]["person_id"]


def drafted(bench: Workbench) -> tuple[str, str]:
    consultation_id, person = consultation(bench)
    kept = at(bench, "tax_window").post(
        f"/consultations/{consultation_id}/sheets/new", {**FORM, "step": "draft"}
    )
    return kept.headers["Location"].rsplit("/", 1)[1], person


def opened(desk: Visitor, sheet_id: str) -> dict[str, str]:
    page = desk.get(f"/sheets/{sheet_id}/edit").text
    return dict(re.findall(r'type="hidden" name="(version|submission)" value="([^"]*)"', page))


@pytest.mark.parametrize("step", ["draft", ""])
def test_a_draft_that_somebody_saved_meanwhile_is_not_overwritten(
    bench: Workbench, step: str
) -> None:
    sheet_id, person = drafted(bench)
    desk, path = at(bench, "tax_window"), f"/sheets/{sheet_id}/edit"
    one, two = opened(desk, sheet_id), opened(desk, sheet_id)
    late = {**FORM, **two, "persons": [person], "step": step, "reason": "乙が短く書いた"}

    first = desk.post(path, {**FORM, **one, "step": "draft", "reason": "甲が長く書いた"})
    second = desk.post(path, late)

    assert (first.status_code, second.status_code) == (303, 412)
    assert "甲が長く書いた" in second.text
    assert "乙が短く書いた" in second.text
    assert bench.said(ReferralSheetSent) == []
    assert desk.get(f"/api/v1/sheets/{sheet_id}").json["reason"] == "甲が長く書いた"

    # Who has seen what the other one wrote may send from the page that was shown.
    shown = dict(re.findall(r'type="hidden" name="(version)" value="([^"]*)"', second.text))
    assert desk.post(path, {**late, **shown}).status_code == 303
    assert desk.get(f"/api/v1/sheets/{sheet_id}").json["reason"] == "乙が短く書いた"


def test_a_draft_saved_twice_from_one_page_is_saved_once(bench: Workbench) -> None:
    sheet_id, _ = drafted(bench)
    desk = at(bench, "tax_window")
    form = {**FORM, **opened(desk, sheet_id), "step": "draft", "reason": "一度だけ"}

    answers = [desk.post(f"/sheets/{sheet_id}/edit", form).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert desk.get(f"/api/v1/sheets/{sheet_id}").json["version"] == 2


def test_what_was_typed_stays_when_the_draft_was_sent_meanwhile(bench: Workbench) -> None:
    sheet_id, person = drafted(bench)
    desk, path = at(bench, "tax_window"), f"/sheets/{sheet_id}/edit"
    one, two = opened(desk, sheet_id), opened(desk, sheet_id)
    desk.post(path, {**FORM, **one, "persons": [person]})

    late = {**FORM, **two, "persons": [person], "reason": "書き直した"}
    stale = desk.post(path, late)
    current = {**late, "version": str(int(two["version"]) + 1)}
    again = desk.post(path, current)

    assert (stale.status_code, again.status_code) == (412, 409)
    assert "書き直した" in stale.text
    assert "書き直した" in again.text
    assert len(bench.said(ReferralSheetSent)) == 1


def test_i_13_a_sheet_that_was_sent_on_taken_back_and_sent_again_keeps_its_first_sender(
    bench: Workbench,
) -> None:
    consultation_id, person = consultation(bench)
    first = at(bench, "tax_window").send_json(
        "POST",
        f"/api/v1/consultations/{consultation_id}/sheets",
        {"to_office": "livelihood_support", "reason": "生活費", "consent": True},
    )
    middle = at(bench, "livelihood_support")
    second = middle.send_json(
        "POST",
        f"/api/v1/sheets/{first.json['id']}/redirects",
        {"to_office": "health", "reason": "受診が先", "consent": True},
    ).json
    for step in ("void", "reopen"):
        middle.post(f"/sheets/{second['id']}/settle", {"step": step, "reason": "送りなおす"})
    path, form = f"/sheets/{second['id']}/edit", {**FORM, "persons": [person]}

    to_the_first = middle.post(
        path, {**form, **opened(middle, second["id"]), "to_office": "tax_window"}
    )
    again = middle.post(path, {**form, **opened(middle, second["id"]), "to_office": "health"})

    now = middle.get(f"/api/v1/sheets/{second['id']}").json
    assert (to_the_first.status_code, again.status_code) == (422, 303)
    for name in ("responsible_office", "chain_id", "redirected_from", "from_office"):
        assert now[name] == second[name]
    assert bench.said(ReferralSheetSent)[-1].responsible_office == "tax_window"
    at(bench, "health").post(f"/sheets/{second['id']}", {"step": "return", "text": "対象外"})
    assert bench.said(ReferralSheetReturned)[-1].from_office == "tax_window"
