"""The pages of plans: two people writing at once, looks on a phone, what the person is shown."""

import re

import pytest

from kasane_cases import commands, handlers
from kasane_cases.domain.case import CaseStatus
from kasane_cases.domain.support_plan import PlanGoal, PlanStatus, PlanTrack
from kasane_kit import clock

MOTHER, SON = "person-mother", "person-son"


def hidden(page, name):
    return re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)[1]


def typed(version, goal, **changes):
    return {
        "version": str(version),
        "persons": [MOTHER],
        "goals-0-goal": goal,
        "tracks-0-what": "分納の相談",
        "tracks-0-who": "税の窓口",
        "reason": "本人と話した",
        **changes,
    }


def test_the_second_of_two_writers_sees_both_versions_and_loses_nothing(at_work, browser):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.draft(case_id, MOTHER)
    path = f"/cases/{case_id}/plans/{plan_id}/edit"
    other = at_work.bench.visit_as(
        at_work.bench.staff("coordinator", account_id="account-other", name="同僚 次郎")
    )
    other.post(path, typed(1, "滞納を分けて払う", reason="窓口で聞いた"))

    second = browser.post(path, typed(1, "友人に会う"))

    assert second.status_code == 412
    assert "同僚 次郎さんが" in second.text
    assert "第2版" in second.text
    assert "窓口で聞いた" in second.text
    beside = second.text.split("k-side-by-side", 1)[1]
    saved, mine = beside.split("あなたが書いたもの", 1)
    assert "滞納を分けて払う" in saved
    assert "友人に会う" in mine.split("<form", 1)[0]
    assert re.search(r"<textarea[^>]*>\s*友人に会う</textarea>", second.text)
    plan = at_work.read_plan(case_id, plan_id)
    assert [goal.text for goal in plan.goals] == ["滞納を分けて払う"]
    version = re.search(r'name="version" value="(\d+)"', second.text)[1]
    third = browser.post(path, typed(version, "友人に会う"))
    assert third.status_code == 303
    assert at_work.read_plan(case_id, plan_id).edition == 3
    older = browser.get(f"/cases/{case_id}/plans/{plan_id}/editions/2").text
    assert "滞納を分けて払う" in older


def test_who_writes_while_the_plan_is_decided_is_shown_what_was_decided(at_work, browser):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.active(case_id, MOTHER)

    late = browser.post(f"/cases/{case_id}/plans/{plan_id}/edit", typed(1, "友人に会う"))

    assert late.status_code == 409
    assert "友人に会う" in late.text
    assert [g.text for g in at_work.read_plan(case_id, plan_id).goals] == ["家計が落ち着く"]


def test_the_second_who_changes_a_state_is_told_who_was_faster(at_work, browser):
    case_id = at_work.case(MOTHER)
    path = f"/cases/{case_id}/status"
    other = at_work.bench.visit_as(
        at_work.bench.staff("coordinator", account_id="account-other", name="同僚 次郎")
    )
    other.post(path, {"status": "outreach", "version": "1"})

    second = browser.post(path, {"status": "assessment", "version": "1"})

    assert second.status_code == 412
    assert "同僚 次郎さんが" in second.text
    assert at_work.read_case(case_id).status is CaseStatus.OUTREACH


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"goals-0-goal": ""}, "目標を1つ以上書いてください"),
        ({"reason": ""}, 'id="field-reason-error"'),
        ({"starts_on": "令和9年2月1日", "ends_on": "令和9年1月1日"}, "日付の順序が合いません"),
        ({"starts_on": "1月32日"}, "日付として読み取れません"),
        ({"tracks-0-person_id": SON}, "選ばれていない人がいます"),
        ({"persons": ["person-elsewhere"]}, 'id="field-persons-error"'),
        ({"goals-0-goal": "あ" * 1001}, "1000"),
    ],
)
def test_a_wrong_plan_is_shown_again_with_what_was_typed(at_work, browser, changes, said):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.draft(case_id, MOTHER)

    answer = browser.post(
        f"/cases/{case_id}/plans/{plan_id}/edit", {**typed(1, "友人に会う"), **changes}
    )

    assert answer.status_code == 422
    assert said in answer.text
    assert "税の窓口" in answer.text
    assert at_work.read_plan(case_id, plan_id).edition == 1


def test_the_person_reads_only_their_own_part(at_work, browser):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    plan_id = at_work.plan(
        case_id,
        MOTHER,
        SON,
        goals=(PlanGoal("薬を飲む", person_id=MOTHER), PlanGoal("外に出る", person_id=SON)),
        tracks=(
            PlanTrack(MOTHER, "薬の管理", "訪問看護ステーション"),
            PlanTrack(SON, "朝の散歩", "社会福祉協議会"),
        ),
    )

    shown = browser.get(f"/cases/{case_id}/plans/{plan_id}/persons/{SON}").text

    assert "試験 太郎さんのプラン" in shown
    assert "朝の散歩" in shown
    assert "まだ決まっていません" in shown
    for secret in ("薬", "訪問看護", "試験 よし子"):
        assert secret not in shown
    assert browser.get(f"/cases/{case_id}/plans/{plan_id}/persons/x").status_code == 404


def test_a_look_an_evaluation_and_a_renewal_through_the_pages(at_work, browser):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.active(case_id, MOTHER)
    here = f"/cases/{case_id}/plans/{plan_id}"
    today = clock.today().isoformat()
    look = {
        "on": today,
        "condition": "表情が明るい",
        "goal_1": "progressing",
        "submission": "a",
    }

    empty = browser.post(f"{here}/persons/{MOTHER}/monitoring", {**look, "condition": ""})
    browser.post(f"{here}/persons/{MOTHER}/monitoring", look)
    browser.post(f"{here}/persons/{MOTHER}/monitoring", look)
    shown = browser.get(here).text
    assert empty.status_code == 422
    assert "進んでいる" in empty.text
    assert shown.count("表情が明るい") == 1
    version = at_work.read_plan(case_id, plan_id).version
    evaluation = {
        "on": today,
        "summary": "家計の見通しが立った",
        "goal_1": "progressing",
        "plan_outcome": "continue",
        "version": str(version),
        "submission": "b",
    }
    lacking = browser.post(f"{here}/evaluation", {**evaluation, "goal_1": ""})
    assert lacking.status_code == 422
    browser.post(f"{here}/evaluation", evaluation)
    assert "達成していない目標を引き継いだ新しいプラン" in browser.get(here).text
    renewed = browser.post(f"{here}/finishing", {"version": str(version + 1)})

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.RENEWED
    assert renewed.location.endswith("/edit")
    assert "家計が落ち着く" in browser.get(renewed.location.split("292095", 1)[1]).text


def test_a_person_who_does_not_agree_is_told_of_in_a_sentence(at_work, browser):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    session_id = at_work.held(case_id, MOTHER)
    at_work.do(handlers.decide_plan, commands.DecidePlan(case_id, plan_id, session_id))
    form = {
        "agreed": "0",
        "way": "spoken",
        "on": clock.today().isoformat(),
        "given_by": "self",
        "edition": "1",
    }

    wrong = browser.post(
        f"/cases/{case_id}/plans/{plan_id}/persons/{MOTHER}/agreement",
        {**form, "agreed": "1", "given_by": "parent", "giver_name": "試験 花"},
    )
    browser.post(f"/cases/{case_id}/plans/{plan_id}/persons/{MOTHER}/agreement", form)

    assert wrong.status_code == 422
    assert "試験 花" in wrong.text
    shown = browser.get(f"/cases/{case_id}/plans/{plan_id}").text
    assert "試験 よし子さんが合意していないため、試験 よし子さんの分は始まっていません" in shown
    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.DECIDED


def test_an_agreement_to_an_edition_that_is_not_the_newest_is_asked_for_again(at_work, browser):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    path = f"/cases/{case_id}/plans/{plan_id}/persons/{MOTHER}/agreement"
    form = {"agreed": "1", "way": "written", "on": clock.today().isoformat(), "given_by": "self"}
    read = browser.get(path).text
    goals = (PlanGoal("施設に入る"),)
    read_version = at_work.read_plan(case_id, plan_id).version
    at_work.do(
        handlers.revise_plan,
        commands.RevisePlan(
            case_id, plan_id, persons=(MOTHER,), goals=goals, reason="変更", version=read_version
        ),
    )
    at_work.do(handlers.submit_plan, commands.SubmitPlan(case_id, plan_id, read_version + 1))

    stale = browser.post(path, {**form, "edition": hidden(read, "edition"), "note": "自宅で聞いた"})
    unread = browser.post(path, form)
    refused = at_work.read_plan(case_id, plan_id).agreed_by
    agreed = browser.post(path, {**form, "edition": hidden(stale.text, "edition")})

    assert "家計が落ち着く" in read
    assert (stale.status_code, unread.status_code, refused) == (412, 412, ())
    assert "自宅で聞いた" in stale.text
    assert "施設に入る" in stale.text
    assert agreed.status_code == 303
    assert at_work.read_plan(case_id, plan_id).agreed_by == (MOTHER,)


def test_a_case_that_is_not_open_to_somebody_opens_none_of_its_plans(at_work):
    case_id = at_work.case(MOTHER)
    plan_id = at_work.active(case_id, MOTHER)
    stranger = at_work.bench.visit_as(at_work.bench.staff("contact", account_id="account-x"))
    here = f"/cases/{case_id}/plans/{plan_id}"

    for path in (
        here,
        f"{here}/edit",
        f"{here}/editions/1",
        f"{here}/persons/{MOTHER}",
        f"{here}/persons/{MOTHER}/agreement",
        f"{here}/persons/{MOTHER}/monitoring",
        f"/api/v1{here}",
        f"/cases/{case_id}/origins",
        f"/api/v1/cases/{case_id}/origins",
    ):
        assert stranger.get(path).status_code == 404, path
