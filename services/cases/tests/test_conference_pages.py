"""Sessions and bodies on their pages."""

import re

import pytest

from kasane_cases import commands, handlers
from kasane_cases.domain.conference import LegalKind, SessionStatus
from kasane_cases.domain.consent import AttendeeKind
from kasane_contracts import cases as says
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


def test_an_agenda_greys_out_who_may_not_be_spoken_of_and_says_why(at_work, browser):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session()

    shown = browser.get(f"/conferences/{session_id}/items/new").text
    refused = browser.post(
        f"/conferences/{session_id}/items",
        {"subject": f"{case_id}:{SON}", "topic": "方針", "submission": "a"},
    )

    assert re.search(rf'value="{case_id}:{SON}" disabled', shown)
    assert not re.search(rf'value="{case_id}:{MOTHER}" disabled', shown)
    assert refused.status_code == 409
    assert (
        "試験 太郎さんの有効な本人同意がないため、重層的支援会議にはかけられません" in refused.text
    )
    assert "支援会議" in refused.text
    assert at_work.read_session(session_id).items == []


def test_a_whole_conference_through_its_pages(at_work, browser):
    case_id = at_work.case(MOTHER)
    made = browser.post(
        "/conferences",
        {
            "body": "multi_agency_conference:multi_agency_conference",
            "planned_for": clock.today().isoformat(),
            "guests-0-name": "社協 五郎",
            "guests-0-affiliation": "社協",
            "guests-0-attendee_kind": "partner_agency",
            "submission": "a",
        },
    )
    session_id = made.location.rsplit("/", 1)[1]
    at = f"/conferences/{session_id}"
    early = browser.post(f"{at}/open")
    assert early.status_code == 409
    assert "守秘が確認されていないため、会議を始められません" in early.text
    own, guest = at_work.read_session(session_id).attendees
    browser.post(f"{at}/attendees/{own.id}/secrecy")
    unsigned = browser.post(f"{at}/attendees/{guest.id}/secrecy")
    assert unsigned.status_code == 422
    assert "誓約書への署名が必要です" in unsigned.text
    browser.post(f"{at}/attendees/{guest.id}/secrecy", {"signed": "1"})
    browser.post(
        f"{at}/items", {"subject": f"{case_id}:{MOTHER}", "topic": "方針", "submission": "b"}
    )
    browser.post(f"{at}/items", {"subject": "", "topic": "夜の居場所が足りない", "submission": "c"})
    browser.post(f"{at}/open")
    item = at_work.read_session(session_id).items[0]
    empty = browser.post(f"{at}/items/{item.id}/decisions", {"decision": ""})
    assert empty.status_code == 422
    browser.post(
        f"{at}/items/{item.id}/facts",
        {"fact": "滞納が3か月", "source": "税の窓口", "submission": "d"},
    )
    browser.post(
        f"{at}/items/{item.id}/decisions",
        {"decision": "家計を見る", "in_charge": "care", "submission": "e"},
    )
    browser.post(f"{at}/hold", {"next_on": "2027-01-10"})
    version = at_work.read_session(session_id).version
    browser.post(f"{at}/minutes", {"minutes": "議事録", "then": "fix", "version": version})

    session = at_work.read_session(session_id)
    assert session.status is SessionStatus.MINUTES_FIXED
    assert [len(i.decisions) for i in session.items] == [1, 0]
    shown = browser.get(at).text
    assert "家計を見る" in shown
    assert "議事録は確定しています" in browser.get(f"{at}/minutes").text
    assert "家計を見る" in browser.get(f"/cases/{case_id}").text


def test_a_support_conference_hides_its_material_from_a_coordinator_who_was_not_there(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = at_work.item(session_id, case_id, SON)
    at_work.open(session_id)
    at_work.do(
        handlers.record_fact,
        commands.RecordFact(new_id(), session_id, item_id, "受診が中断している", "包括"),
    )
    other = at_work.bench.visit_as(at_work.bench.staff("coordinator", account_id="account-other"))

    pages = [
        other.get(path).text
        for path in (
            f"/conferences/{session_id}",
            f"/conferences/{session_id}/items/{item_id}",
            f"/cases/{case_id}",
        )
    ]

    assert all("受診が中断している" not in page for page in pages)
    assert "あなたはこの会議の出席者ではないため、内容は表示しません。" in pages[0]
    own = at_work.bench.visit_as(at_work.coordinator)
    assert "受診が中断している" in own.get(f"/conferences/{session_id}/items/{item_id}").text


def test_an_attendee_confirms_their_own_secrecy_and_nobody_elses(at_work):
    contact = at_work.bench.staff("contact", account_id="account-contact", office="care")
    session_id = at_work.session(
        LegalKind.SUPPORT_CONFERENCE,
        commands.AttendeeAsked(account_id="account-contact"),
        commands.AttendeeAsked(AttendeeKind.PARTNER_AGENCY, name="外部 三郎"),
        bound=False,
    )
    browser = at_work.bench.visit_as(contact)
    _, own, guest = at_work.read_session(session_id).attendees

    mine = browser.post(f"/conferences/{session_id}/attendees/{own.id}/secrecy")
    theirs = browser.post(
        f"/conferences/{session_id}/attendees/{guest.id}/secrecy", {"signed": "1"}
    )

    assert (mine.status_code, theirs.status_code) == (303, 404)
    assert [a.bound for a in at_work.read_session(session_id).attendees] == [False, True, False]


def test_the_bodies_are_listed_with_their_legal_kind_and_cadence(at_work_in):
    at_work = at_work_in("ikoma")

    shown = at_work.bench.visit_as(at_work.coordinator).get("/conferences").text

    assert "重層的支援会議" in shown
    assert "定例で月1回" in shown
    assert "（仮称）わがごとカイギ" in shown
    assert "地域の会議" in shown


@pytest.mark.parametrize(
    "form",
    [
        {"body": "no-such-body:staff", "planned_for": "2026-12-01"},
        {"body": "support_conference:support_conference", "planned_for": "そのうち"},
        {"body": "support_conference:support_conference"},
        {
            "body": "support_conference:support_conference",
            "planned_for": "2026-12-01",
            "appointed": "0",
        },
        {
            "body": "support_conference:support_conference",
            "planned_for": "2026-12-01",
            "guests-0-name": "名前だけ",
        },
    ],
)
def test_a_wrong_session_form_is_shown_again(at_work, browser, form):
    answer = browser.post("/conferences", form)

    assert answer.status_code == 422
    assert at_work.bench.said(says.ConferencePlanned) == []


def test_a_planned_session_shows_who_attends_by_the_towns_rule(at_work_in):
    at_work = at_work_in("ikoma")
    session_id = at_work.session()

    shown = at_work.bench.visit_as(at_work.coordinator).get(f"/conferences/{session_id}").text

    assert "町が定める出席者" in shown
    assert "いこまる主任推進員（招集）" in shown
