"""Plays S3 (米子市) and S6 (春日井市) through the pages: what resources does in them, with what must be refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kasane_kit import clock
from kasane_kit.strings import Strings
from tests.journeys.acts import (
    CASES,
    INTAKE,
    add_item,
    bind_everybody,
    cannot_open,
    decide_and_end,
    draft_plan,
    open_case,
    plan_session,
    raise_gaps,
    receive,
    refused_item,
    seat_guest,
    take_consent,
    write_need,
)
from tests.journeys.doors import Telephone, ask_for_visit, heard, open_household, schedule
from tests.journeys.workers import Desk, SignIn, eventually
from tests.support.relay import Relay

KASUGAI, YONAGO = "232068", "312029"
SUPPORT, MULTI = "support_conference", "multi_agency_conference"
RESOURCES, OUTREACH = Strings("kasane_resources").text, Strings("kasane_outreach").text
NO_CONSENT = "本人同意がありません"

pytestmark = [pytest.mark.slow]


def test_s3_a_neighbour_calls_and_the_town_has_no_body_for_who_does_not_ask(
    embedded_sign_in: SignIn, embedded_line: Relay
) -> None:
    desk = embedded_sign_in(YONAGO, "yonago-desk")
    people = [{"name": "日野 かつみ", "birth_date": "S30.4.2", "relation": "本人"}]
    number = receive(
        desk,
        people,
        channel="telephone",
        desk="general_support_center",
        story="隣の家のごみが道にあふれている。",
        categories=["hoarding", "neighbours"],
        main_category="hoarding",
        contact_name="隣野 やよい",
        contact_hidden=True,
    )
    # 1. The neighbour is not the subject, ✗ and her name goes no further than the desk.
    coordinator = embedded_sign_in(YONAGO, "yonago-coordinator")
    case = open_case(coordinator, number)
    assert not coordinator.sees("隣野")

    # 3. Nobody opens, twice, and it is counted both times; the line is gone, and nothing is written twice.
    ask_for_visit(coordinator, case, "日野 かつみ", "初回訪問")
    household = open_household(coordinator, "日野 かつみ")
    schedule(coordinator, household, "調整 たけし", "10:00")
    phone = embedded_sign_in(
        YONAGO, "yonago-coordinator", phone=True, address=embedded_line.address
    )
    telephone = Telephone(phone, embedded_line)
    telephone.open()
    telephone.cut()
    telephone.go_to("日野 かつみ")
    telephone.record("absent", "呼び鈴に答えがない。名刺を置いた。")
    telephone.mend("accepted")
    # ✗ A second visit on the same day only when it is meant.
    schedule(coordinator, household, "調整 たけし", "15:00", again=True)
    telephone.refresh()
    telephone.cut()
    telephone.go_to("日野 かつみ")
    telephone.record("absent", "窓の明かりは見えた。")
    telephone.mend("accepted", "accepted")
    coordinator.go("outreach", household)
    assert coordinator.sees(OUTREACH("household.attempts_count", count=2))
    assert coordinator.sees("名刺を置いた")
    heard(coordinator, case, "窓の明かりは見えた")

    # 4. ✗ The town has no body for him: not by name. 5. Without a name among other matters, it may be talked of.
    session = plan_session(coordinator, MULTI, ())
    refused_item(coordinator, session, "日野 かつみ", NO_CONSENT)
    assert coordinator.sees("会議体を市が決めるまで")
    add_item(coordinator, session, "", "家の中の物が増えた方への関わり")
    assert coordinator.sees(CASES("session.no_identity"))
    assert not coordinator.sees("日野")
    bind_everybody(coordinator)
    decide_and_end(coordinator, "玄関から一緒に片づける", "general_support_center")

    # 6. Nothing fits: the gap is kept without him; ✗ neither his name nor the story is there.
    write_need(coordinator, case, "日野 かつみ", "hoarding", "家の中に物が積まれ、道にあふれる")
    eventually(
        lambda: coordinator.go("cases", case) or coordinator.sees(CASES("case.missing")),
        "the answer that nothing fits",
    )
    # 8. Rolled up to the meeting that makes mechanisms, by theme and number.
    issue = raise_gaps(coordinator, "ゴミ屋敷", "米子市重層的支援会議")
    assert not coordinator.sees("日野")
    assert not coordinator.sees("道にあふれる")
    coordinator.fill(answer="片づけの応援隊をつくる")
    coordinator.choose("outcome", RESOURCES("issue_outcome.activity"))
    coordinator.submit(RESOURCES("action.answer_issue"))
    coordinator.go("resources", "gaps")
    coordinator.press(coordinator.page.locator("main tbody th a").first)
    gap = coordinator.address()
    assert coordinator.sees("片づけの応援隊をつくる")
    coordinator.follow(RESOURCES("action.new_entry"))
    coordinator.fill(
        name="片づけ応援隊",
        description="ごみ屋敷の片づけを、住民といっしょに少しずつ進める。",
        status="active",
        visibility="town_hall",
        area_kind="towns",
        area_words="米子市",
        categories=["clearing_up"],
    )
    coordinator.submit(RESOURCES("action.save"))
    coordinator.go("resources", f"{gap}?q=片づけ応援隊")
    coordinator.choose("human_service_id", "片づけ応援隊")
    coordinator.submit(RESOURCES("action.close_gap"))
    assert coordinator.sees(RESOURCES("text.told_the_case"))
    eventually(
        lambda: coordinator.go("cases", case) or coordinator.sees(CASES("case.developed")),
        "what was developed, at the need",
    )
    coordinator.go("resources", issue)
    assert coordinator.sees("片づけの応援隊をつくる")

    # 7. The third visit: he opens, and says that he agrees; the telephone tells it once it has a line.
    schedule(coordinator, household, "調整 たけし", "17:00", again=True)
    telephone.refresh()
    telephone.cut()
    telephone.go_to("日野 かつみ")
    telephone.record("met", "玄関で片づけの話ができた。", said="妹と一緒なら話を聞く")
    telephone.mend("accepted", "accepted", "accepted")
    heard(coordinator, case, "片づけの話ができた")

    # He agrees, and a relative sits at his table: each item has its own people.
    take_consent(
        coordinator,
        case,
        "日野 かつみ",
        recipients=["municipal_staff", "contractor", "partner_agency", "person_or_family"],
    )
    session = plan_session(coordinator, MULTI, ())
    add_item(coordinator, session, "日野 かつみ", "支援の方針")
    seat_guest(coordinator, session, "日野 まさえ", "person_or_family")
    bind_everybody(coordinator)
    decide_and_end(coordinator, "週に一度片づける", "general_support_center")

    # 9. ✗ Closing needs an evaluation.
    coordinator.go("cases", f"{case}/close")
    coordinator.submit(CASES("closing.submit"))
    assert coordinator.address().endswith("/close")
    coordinator.fill(
        outcome="roles_settled", evaluation="道にごみがなくなった。", no_contact_needed=True
    )


def _participation_page(desk: Desk) -> str:
    """Opens the only participation of the town, as soon as resources heard of it; its address."""

    def listed() -> bool:
        desk.go("resources", "participations")
        return desk.page.locator("main tbody a").count() > 0

    assert eventually(listed, "the proposal in resources")
    desk.press(desk.page.locator("main tbody a").first)
    return desk.address()


def test_s6_a_commissioners_report_leads_through_visits_to_a_consent_and_a_team(
    embedded_sign_in: SignIn, embedded_line: Relay
) -> None:
    desk = embedded_sign_in(KASUGAI, "kasugai-desk")
    people = [{"name": "牧野 さとる", "birth_date": "S55.4.2", "relation": "本人"}]
    number = receive(
        desk,
        people,
        channel="telephone",
        desk="disability_welfare",
        route="commissioner",
        story="新聞がたまっている。",
    )
    assert desk.sees(INTAKE("brought_by.commissioner"))
    coordinator = embedded_sign_in(KASUGAI, "kasugai-coordinator")
    case = open_case(coordinator, number)

    # 3. ✗ Without consent not at the 重層的支援会議; the 支援会議 prepares the visit.
    consented = plan_session(coordinator, MULTI, ("窓口 みき",))
    refused_item(coordinator, consented, "牧野 さとる", NO_CONSENT)
    closed = plan_session(coordinator, SUPPORT, ("窓口 みき",))
    add_item(coordinator, closed, "牧野 さとる", "訪問の前の事前調整")
    bind_everybody(coordinator)
    decide_and_end(coordinator, "推進員が訪ねる", "community_inclusion")

    # 4. 推進員 goes to see him; ✗ without consent the case does not go on to the multi-agency work.
    coordinator.go("cases", f"{case}/status")
    assert coordinator.sees(CASES("status.needs_consent"))
    coordinator.fill(status="outreach")
    coordinator.submit(CASES("status.submit"))
    coordinator.go("cases", case)
    offered = coordinator.page.get_by_role("button", name=CASES("household.begin_multi_agency"))
    assert offered.count() == 0

    # The visit at his door, without a line: what he said arrives once there is one again, and is no consent yet.
    ask_for_visit(coordinator, case, "牧野 さとる", "初回訪問")
    household = open_household(coordinator, "牧野 さとる")
    schedule(coordinator, household, "訪問 なつ", "11:00")
    phone = embedded_sign_in(KASUGAI, "kasugai-outreach", phone=True, address=embedded_line.address)
    telephone = Telephone(phone, embedded_line)
    telephone.open()
    telephone.cut()
    telephone.go_to("牧野 さとる")
    telephone.record("met", "戸を少し開けて話せた。", said="次は中で話してもいい")
    telephone.mend("accepted")
    heard(coordinator, case, "戸を少し開けて話せた")
    coordinator.go("cases", case)
    assert offered.count() == 0

    # 5. He agrees: the multi-agency work is offered by itself, and one press begins it.
    take_consent(coordinator, case, "牧野 さとる")
    coordinator.go("cases", case)
    assert coordinator.sees(CASES("task.offer_multi_agency"))
    coordinator.submit(CASES("household.begin_multi_agency"))
    assert offered.count() == 0

    # 8. ✗ 参加支援 is not decided before the 重層的支援会議 has judged it: there is no session to name yet.
    draft_plan(
        coordinator,
        case,
        ("牧野 さとる",),
        "人と関わる時間をもつ",
        [{"what": "値札貼り", "who": "地域共生推進課"}],
        kind="participation",
    )
    plan = coordinator.address()
    coordinator.submit(CASES("plan.sign_off"))
    coordinator.go("cases", f"{plan}/decision")
    assert coordinator.sees(CASES("plan.no_session"))

    # 7. ✗ A resident only where his consent names residents.
    add_item(coordinator, consented, "牧野 さとる", "参加支援")
    seat_guest(coordinator, consented, "地域食堂の人", "resident")
    bind_everybody(coordinator)
    cannot_open(coordinator, "に伝えることを含んでいません")
    take_consent(
        coordinator,
        case,
        "牧野 さとる",
        recipients=["municipal_staff", "contractor", "partner_agency", "resident"],
    )

    # 9. ✗ Nobody looks for a place before 8., the judgement of the 重層的支援会議.
    coordinator.go("cases", f"{case}/participation")
    coordinator.choose("person_id", "牧野 さとる")
    coordinator.fill(category="withdrawal_truancy", wish="静かなところで、少しずつ手を動かしたい")
    coordinator.submit(CASES("participation.propose_submit"))
    place = _participation_page(coordinator)
    assert coordinator.sees(RESOURCES("text.gate_waits", body="重層的支援会議"))
    assert coordinator.sees("出典：第二期重層的支援体制整備事業実施計画 371～379行")
    assert coordinator.page.get_by_role("button", name=RESOURCES("action.match")).is_disabled()

    coordinator.go("cases", consented)
    assert coordinator.sees(CASES("session.signed"))
    decide_and_end(coordinator, "駄菓子の値札貼りから始める", "community_inclusion")
    coordinator.go("cases", consented)
    coordinator.follow(CASES("item.open_page"))
    coordinator.follow(CASES("participation.judge_submit"))
    coordinator.page.get_by_role("radio", name=CASES("participation.needed")).check()
    coordinator.submit(CASES("participation.judge_submit"))

    def admitted() -> bool:
        coordinator.go("resources", place)
        return coordinator.sees(RESOURCES("text.plan_waits"))

    assert eventually(admitted, "the gate is open")
    coordinator.go("cases", f"{plan}/decision")
    assert not coordinator.sees(CASES("plan.no_session"))

    # 9. The plan is decided and he agrees: the way to a place is open. Nothing fits, so a task is made.
    coordinator.page.locator('main [name="session_id"]').first.check()
    coordinator.submit(CASES("plan.decide_submit"))
    coordinator.press(coordinator.page.locator('main a[href$="/agreement"]').first)
    today = clock.today()
    coordinator.fill(agreed="1", way="spoken", on=today.isoformat(), given_by="self")
    coordinator.submit(CASES("plan.agreement_submit"))

    def open_to_match() -> bool:
        coordinator.go("resources", place)
        return coordinator.sees(RESOURCES("text.match_help"))

    assert eventually(open_to_match, "the plan in resources")
    assert coordinator.sees(RESOURCES("text.no_places"))
    assert coordinator.sees("静かなところで、少しずつ手を動かしたい")
    # ✗ The task made from his wish may not name him.
    task = {
        "organization_name": "まちかど駄菓子店",
        "description": "奥の机で値札を貼る。1回20分から。",
        "byday": ["TU"],
        "capacity": "1",
        "address": "春日井市鳥居松町",
    }
    coordinator.fill(task_name="牧野さんの値札貼り", **task)
    coordinator.submit(RESOURCES("action.develop"))
    assert coordinator.sees(RESOURCES("text.match_help"))
    assert not coordinator.sees(RESOURCES("text.host_not_told", host="まちかど駄菓子店"))
    coordinator.fill(task_name="駄菓子の値札貼り", **task)
    coordinator.submit(RESOURCES("action.develop"))
    assert coordinator.sees(RESOURCES("text.host_not_told", host="まちかど駄菓子店"))
    coordinator.go("resources", "human-services?q=値札貼り")
    coordinator.follow("駄菓子の値札貼り")
    assert coordinator.sees("奥の机で値札を貼る")
    assert not coordinator.sees("牧野")

    # ✗ No trial with a host that does not know who comes; he says his name himself.
    coordinator.go("resources", place)
    trial = {"since": today.isoformat(), "until": (today + timedelta(days=14)).isoformat()}
    coordinator.fill(**trial)
    coordinator.submit(RESOURCES("action.begin_trial"))
    assert RESOURCES("refusal.host_not_told.next") in coordinator.page.locator("body").inner_text()
    coordinator.fill(introduces_self=True, **trial)
    coordinator.submit(RESOURCES("action.begin_trial"))

    # Beside it the host is supported: a worry is written down and answered, without a name.
    coordinator.follow(RESOURCES("text.open_host"))
    host = coordinator.address()
    coordinator.choose("kind", RESOURCES("host_support_kind.worry"))
    coordinator.fill(on=today.isoformat(), note="休みの日の連絡のしかたに迷う")
    coordinator.submit(RESOURCES("action.save"))
    answer = coordinator.page.locator('main form[action$="/answer"]').first
    answer.locator("textarea").fill("朝のうちに推進員へ電話をください")
    coordinator.press(answer.get_by_role("button"))
    assert coordinator.sees("朝のうちに推進員へ電話をください")
    assert not coordinator.sees("牧野")

    # 10. Placed: a settling visit is asked of outreach at the host's place, made, and the next is asked for.
    coordinator.go("resources", place)
    coordinator.fill(every_days="30")
    coordinator.submit(RESOURCES("action.place"))
    assert coordinator.sees(RESOURCES("text.visit_asked"))
    settling = OUTREACH("settling.reason", host="まちかど駄菓子店")
    eventually(
        lambda: coordinator.go("outreach", "households") or coordinator.sees(settling),
        "the settling visit in outreach",
    )
    coordinator.press(coordinator.page.locator("main tr", has_text=settling).locator("a").first)
    assert coordinator.sees(settling)
    schedule(coordinator, coordinator.address(), "調整 たけし", "15:00", again=True)
    coordinator.go("outreach", "visits")
    coordinator.press(coordinator.page.locator('main a[href*="/visits/"]', has_text="の本人").first)
    coordinator.fill(result="met", note="落ち着いて貼っていた")
    coordinator.submit(OUTREACH("visit.save_record"))

    def looked_in() -> bool:
        coordinator.go("resources", place)
        made = coordinator.page.locator("#visits", has_text=RESOURCES("text.visit_made", on=""))
        return made.count() == 1

    assert eventually(looked_in, "the settling visit, made")
    assert coordinator.sees(RESOURCES("text.visit_asked"))

    # It holds by itself; later he comes back, and what was learnt leads on to another place.
    coordinator.page.locator("main summary", has_text=RESOURCES("action.settle")).click()
    coordinator.submit(RESOURCES("action.settle"))
    assert coordinator.sees(RESOURCES("text.stable")), coordinator.page.locator("main").inner_text()
    assert coordinator.sees(RESOURCES("text.visit_called_off"))
    coordinator.page.locator("main summary", has_text=RESOURCES("action.return")).click()
    form = coordinator.page.locator('main form[action$="/return"]')
    form.locator("textarea").fill("店が冬のあいだ休みになる")
    coordinator.press(form.get_by_role("button"))
    assert coordinator.sees(RESOURCES("text.returned_help"))
    coordinator.go("resources", host)
    assert not coordinator.sees("牧野")
    eventually(
        lambda: coordinator.go("cases", f"{case}/participation") or coordinator.sees("戻った"),
        "the return, on the case",
    )

    # 10. ✗ No end without an evaluation and a next contact.
    coordinator.go("cases", f"{case}/close")
    coordinator.submit(CASES("closing.submit"))
    assert coordinator.sees("評価")
    assert coordinator.address().endswith("/close")
    coordinator.go("cases", case)
    assert coordinator.page.get_by_role("link", name=CASES("case.close")).count() > 0
