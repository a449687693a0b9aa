"""Who looked at a case, when and on which basis, for those who lead and answer for it."""

import re
from datetime import datetime

from kasane_cases import commands, handlers
from kasane_cases.domain.case import GrantSubject
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.emergency import EmergencyCause
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


def member(at_work, name, function="contact"):
    return at_work.bench.staff(function, account_id=f"account-{name}", name=name, office="care")


def team(at_work, case_id, actor):
    grant = commands.TeamMember(GrantSubject.ACCOUNT, actor.account_id)
    at_work.do(handlers.assign_team, commands.AssignTeam(new_id(), case_id, grant))


def test_a_look_stands_there_with_who_and_on_which_basis(at_work, browser):
    case_id = at_work.case()
    actor = member(at_work, "担当 七子")
    team(at_work, case_id, actor)
    at_work.bench.visit_as(actor).get(f"/cases/{case_id}")
    browser.get(f"/cases/{case_id}")

    shown = browser.get(f"/cases/{case_id}/trail").text

    assert "担当 七子" in shown
    assert "担当チーム" in shown
    assert "コーディネーターの役割" in shown
    assert "ケースを見る" in shown
    assert "cases.case" not in shown


def test_a_look_of_an_attendee_names_the_meeting(at_work, browser):
    case_id = at_work.case(MOTHER)
    actor = member(at_work, "出席 八郎")
    session_id = at_work.session(
        LegalKind.SUPPORT_CONFERENCE, commands.AttendeeAsked(account_id=actor.account_id)
    )
    at_work.item(session_id, case_id, SON)
    at_work.open(session_id)
    at_work.bench.visit_as(actor).get(f"/cases/{case_id}")

    shown = browser.get(f"/cases/{case_id}/trail?person={SON}").text

    assert "出席 八郎" in shown
    assert "会議への出席" in shown


def test_the_trail_of_one_person_leaves_out_the_looks_at_another(at_work, browser):
    case_id = at_work.case()
    browser.get(f"/cases/{case_id}/consents/{MOTHER}")

    sons = browser.get(f"/cases/{case_id}/trail?person={SON}").text
    mothers = browser.get(f"/cases/{case_id}/trail?person={MOTHER}").text

    assert "（画面を開いた）" not in sons
    assert "（画面を開いた）" in mothers


def test_looks_at_a_new_plan_a_transfer_and_a_decision_of_a_session_stand_there(
    at_work, moving, browser
):
    case_id = moving.both_consent()
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = at_work.item(session_id, case_id, SON)
    at_work.open(session_id)
    decision = at_work.decision(session_id, item_id, owner=at_work.coordinator.account_id)
    at_work.do(handlers.record_decision, decision)
    transfer_id = moving.prepared(case_id, MOTHER)
    for path in (
        f"/cases/{case_id}/plans/new",
        f"/transfers/{transfer_id}",
        f"/decisions/{decision.decision_id}",
    ):
        assert browser.get(path).status_code == 200

    sons = looks(browser, case_id, SON)
    mothers = looks(browser, case_id, MOTHER)

    assert sons == ["支援プランを書く（画面を開いた）", "会議を見る"]
    assert mothers == ["支援プランを書く（画面を開いた）", "引継ぎを見る"]


def test_who_does_not_know_of_a_secret_transfer_does_not_learn_of_it_from_the_trail(
    at_work, moving, browser
):
    case_id = moving.both_consent()
    transfer_id = moving.prepared(case_id, MOTHER, SON, secret=True)
    assert browser.get(f"/transfers/{transfer_id}").status_code == 200
    other = at_work.bench.visit_as(member(at_work, "隣 十子", "coordinator"))

    assert looks(browser, case_id) == ["引継ぎを見る"]
    assert looks(other, case_id) == []


def looks(browser, case_id, person_id=""):
    """What the trail of a case says was looked at, the oldest first."""
    shown = browser.get(f"/cases/{case_id}/trail?person={person_id}").text
    said = re.findall(r'data-label="何を">([^<]*)<', shown)[::-1]
    return [one for one in said if one != "だれが見たかを見る"]


def test_what_was_written_is_shown_when_asked_for(at_work, browser):
    case_id = at_work.case()
    at_work.consent(case_id, SON)

    looks = browser.get(f"/cases/{case_id}/trail").text
    everything = browser.get(f"/cases/{case_id}/trail?all=1").text

    assert "本人の記録を書いた" not in looks
    assert "本人の記録を書いた" in everything


def test_older_looks_are_a_page_away(at_work, browser):
    case_id = at_work.case()
    for _ in range(101):
        browser.get(f"/cases/{case_id}/needs/fragment")

    first = browser.get(f"/cases/{case_id}/trail").text

    assert "もっと前を見る" in first
    assert browser.get(f"/cases/{case_id}/trail?before=x").status_code == 200
    assert "もっと前を見る" not in browser.get(f"/cases/{case_id}/trail?before=3").text


def test_i_22_looking_at_the_trail_leaves_a_trace_itself(at_work, browser):
    case_id = at_work.case()
    browser.get(f"/cases/{case_id}/trail")

    assert "だれが見たかを見る" in browser.get(f"/cases/{case_id}/trail").text


def test_who_only_works_on_the_case_does_not_see_who_looked(at_work):
    case_id = at_work.case()
    actor = member(at_work, "担当 七子")
    team(at_work, case_id, actor)
    head = member(at_work, "課長 九子", "responsible")

    assert at_work.bench.visit_as(actor).get(f"/cases/{case_id}/trail").status_code == 403
    assert at_work.bench.visit_as(head).get(f"/cases/{case_id}/trail").status_code == 404
    team(at_work, case_id, head)
    assert at_work.bench.visit_as(head).get(f"/cases/{case_id}/trail").status_code == 200


def test_an_emergency_look_stands_there_with_its_reason_and_as_the_basis_of_what_was_seen(
    at_work, clock_at
):
    clock_at(datetime(2026, 11, 25, 17, 5, tzinfo=clock.JAPAN))
    browser = at_work.bench.visit_as(at_work.coordinator)
    case_id = at_work.case(MOTHER)
    version = at_work.read_case(case_id).version
    at_work.do(handlers.restrict_case, commands.RestrictCase(case_id, True, version))
    other = member(at_work, "隣 十子", "coordinator")
    reason = "救急隊から電話があり、服薬をいま伝える必要があります"
    opening = commands.OpenRestrictedCase(new_id(), case_id, EmergencyCause.LIFE_IN_DANGER, reason)
    at_work.do(handlers.open_restricted_case, opening, other)
    at_work.bench.visit_as(other).get(f"/cases/{case_id}")

    shown = browser.get(f"/cases/{case_id}/trail").text
    rows = [row for row in shown.split("<tr>") if "隣 十子" in row]
    case = browser.get(f"/cases/{case_id}").text

    assert ["緊急の閲覧</td>" in row for row in rows] == [True, False]
    assert "ケースを見る" in rows[0]
    assert "限られたケースを開く" in rows[1]
    assert f"緊急の閲覧（18:05まで）：{reason}" in rows[1]
    assert f"命や体に危険がある {reason} 隣 十子" in case
