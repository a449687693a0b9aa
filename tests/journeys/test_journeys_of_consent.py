"""Plays S2 to S7 through the pages, each in its own town of one installation, with what must be refused.

What outreach and resources do in these stories is played as far as they go: survey campaigns, frozen lists and
watch assignments stay outside.
"""

from __future__ import annotations

import pytest

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
    receive,
    refused_item,
    seat_guest,
    take_consent,
)
from tests.journeys.workers import Desk, SignIn

ENIWA, SENBOKU, KASUGAI = "012319", "052159", "232068"
IKOMA, YONAGO, HOKUEI = "292095", "312029", "313726"
SUPPORT, MULTI = "support_conference", "multi_agency_conference"
NO_CONSENT = "本人同意がありません"

pytestmark = [pytest.mark.timeout(300), pytest.mark.slow]


def tell(desk: Desk, fact: str, source: str, decision: str, office: str) -> str:
    """Opens the session on the screen, writes a fact and a decision into its first item, ends it."""
    desk.submit(CASES("session.open"))
    session = desk.address()
    with desk.page.expect_navigation():
        desk.page.locator('main a[href*="/items/"]').first.click()
    desk.look()
    desk.fill(fact=fact, source=source)
    form = desk.page.locator("main form:has([name=fact])")
    with desk.page.expect_navigation():
        form.get_by_role("button", name=CASES("session.fact_submit"), exact=True).click()
    assert desk.sees(fact)
    desk.fill(decision=decision, in_charge=office)
    desk.submit(CASES("session.decision_submit"))
    desk.go("cases", session)
    desk.submit(CASES("session.hold"))
    return session


def test_s7_the_mother_consents_the_son_refuses_and_what_is_said_of_him_stays_closed(
    embedded_sign_in: SignIn,
) -> None:
    desk = embedded_sign_in(SENBOKU, "senboku-desk")
    people = [
        {"name": "沢口 きぬ", "birth_date": "S20.4.2", "relation": "母", "given_consent": True},
        {"name": "沢口 まもる", "birth_date": "S48.9.1", "relation": "長男"},
    ]
    number = receive(desk, people, channel="telephone", desk="health", story="長男が外に出ない。")
    coordinator = embedded_sign_in(SENBOKU, "senboku-coordinator")
    case = open_case(coordinator, number, "沢口 きぬ")
    take_consent(coordinator, case, "沢口 きぬ")
    take_consent(coordinator, case, "沢口 まもる", state="refused")

    # 5. Two items in two bodies: ✗ the son is greyed on the 重層的支援会議.
    consented = plan_session(coordinator, MULTI, ("窓口 みき",))
    refused_item(coordinator, consented, "沢口 まもる", NO_CONSENT)
    add_item(coordinator, consented, "沢口 きぬ", "母への支え")
    closed = plan_session(coordinator, SUPPORT, ("窓口 みき",))
    add_item(coordinator, closed, "沢口 まもる", "見守り")

    # 3. The town's own notice stands before each member; ✗ nobody sits there unbound, ✗ no family unseen.
    assert coordinator.sees("1年以下の懲役又は100万円以下の罰金")
    cannot_open(coordinator, "守秘が確認されていません")
    seat_guest(coordinator, closed, "沢口 きぬ", "person_or_family")
    coordinator.follow(CASES("item.open_page"))
    coordinator.page.locator("main summary", has_text=CASES("item.choose_attendees")).click()
    for name in ("沢口 きぬ", "窓口 みき", "調整 たけし"):
        coordinator.page.locator("label.k-choice:has([name=admitted])", has_text=name).locator(
            "input"
        ).check()
    coordinator.submit(CASES("item.admit_submit"))
    coordinator.go("cases", closed)
    cannot_open(coordinator, "本人・家族の沢口 きぬさんが加わることになっています。")
    coordinator.follow(CASES("item.open_page"))
    coordinator.page.locator("main summary", has_text=CASES("item.choose_attendees")).click()
    coordinator.page.locator("label.k-choice:has([name=admitted])", has_text="沢口 きぬ").locator(
        "input"
    ).uncheck()
    coordinator.submit(CASES("item.admit_submit"))
    coordinator.go("cases", closed)
    bind_everybody(coordinator)
    secret = "長男は十年前に会社でいじめを受けて退職した"
    tell(coordinator, secret, "保健課", "郵便の人が見守る", "health")

    # 5. ✗ The mother's plan may not carry what only the son's item knows.
    draft_plan(
        coordinator,
        case,
        ("沢口 きぬ",),
        f"{secret}ことを踏まえて支える",
        [{"what": "見守り", "who": "保健課"}],
    )
    assert coordinator.sees(CASES("origin.refused"))
    coordinator.fill_named({"goals-0-goal": "母が安心して暮らす"})
    coordinator.submit(CASES("plan.submit"))
    assert coordinator.sees("母が安心して暮らす")
    coordinator.go("cases", consented)
    bind_everybody(coordinator)
    decide_and_end(coordinator, "母の介護の負担を軽くする", "social_welfare")

    # 6. He agrees later; his matter may go to the 重層的支援会議, and the minutes stay closed.
    take_consent(coordinator, case, "沢口 まもる")
    later = plan_session(coordinator, MULTI, ("窓口 みき",))
    add_item(coordinator, later, "沢口 まもる", "支援の方針")
    assert not coordinator.sees(secret)
    bind_everybody(coordinator)

    # 8. She withdraws: ✗ the next session is blocked, and what was told before stays in the ledger.
    add_item(coordinator, later, "沢口 きぬ", "母への支え")
    take_consent(coordinator, case, "沢口 きぬ", state="withdrawn")
    coordinator.go("cases", later)
    cannot_open(coordinator, "沢口 きぬさんの有効な本人同意がありません")
    coordinator.go("cases", f"{case}/disclosures")
    assert coordinator.sees("沢口 きぬ")


def test_s6_a_commissioners_report_leads_through_visits_to_a_consent_and_a_team(
    embedded_sign_in: SignIn,
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

    # ✗ Without consent the case does not go on to the multi-agency work.
    coordinator.go("cases", f"{case}/status")
    assert coordinator.sees(CASES("status.needs_consent"))

    # 5. He agrees; the multi-agency work is offered. 7. ✗ A resident only where his consent names residents.
    take_consent(coordinator, case, "牧野 さとる")
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
    coordinator.go("cases", consented)
    assert coordinator.sees(CASES("session.signed"))
    decide_and_end(coordinator, "駄菓子の値札貼りから始める", "community_inclusion")

    # 10. ✗ No end without an evaluation and a next contact.
    coordinator.go("cases", f"{case}/close")
    coordinator.submit(CASES("closing.submit"))
    assert coordinator.sees("評価")
    assert coordinator.address().endswith("/close")
    coordinator.go("cases", case)
    assert coordinator.page.get_by_role("link", name=CASES("case.close")).count() > 0


def test_s2_a_carer_asks_for_himself_and_his_consent_opens_nothing_of_his_mothers(
    embedded_sign_in: SignIn,
) -> None:
    # 1. The urgent path, on a telephone at a door.
    desk = embedded_sign_in(ENIWA, "eniwa-desk", phone=True)
    people = [
        {"name": "樽前 みつ", "birth_date": "S22.4.2", "relation": "母"},
        {"name": "樽前 ゆう", "birth_date": "S57.9.1", "relation": "長男"},
    ]
    number = receive(
        desk,
        people,
        channel="visit",
        desk="community_support_center_1",
        urgent=True,
        story="母が動けなくなった。",
    )
    assert desk.sees("緊急")
    coordinator = embedded_sign_in(ENIWA, "eniwa-coordinator")
    case = open_case(coordinator, number, offices=("障がい福祉課",))

    # 4. Nobody has consented: the 支援会議, and what is said there is not read by the office on the case.
    consented = plan_session(coordinator, MULTI, ("窓口 ゆき",))
    refused_item(coordinator, consented, "樽前 ゆう", NO_CONSENT)
    closed = plan_session(coordinator, SUPPORT, ("窓口 ゆき",))
    add_item(coordinator, closed, "樽前 ゆう", "暮らしの力")
    bind_everybody(coordinator)
    secret = "手続きの書類が読めないように見える"
    tell(
        coordinator, secret, "地域包括支援センター", "包括が寄り添う", "community_support_center_1"
    )

    # 6. He asks for help to work: that is the occasion to ask him; the plan has a track for each.
    take_consent(coordinator, case, "樽前 ゆう")
    add_item(coordinator, consented, "樽前 ゆう", "就労の準備")
    # ✗ The mother has not consented, and his consent does not speak for her.
    refused_item(coordinator, consented, "樽前 みつ", NO_CONSENT)
    draft_plan(
        coordinator,
        case,
        ("樽前 みつ", "樽前 ゆう"),
        "二人がそれぞれに暮らす",
        [
            {"what": "訪問看護の調整", "who": "地域包括支援センター"},
            {"what": "就労準備支援", "who": "市社会福祉協議会"},
        ],
    )
    assert coordinator.sees("就労準備支援")

    # 8. ✗ The office on the case reads neither the closed session nor an assessment it was not given.
    office = embedded_sign_in(ENIWA, "eniwa-contact")
    office.go("cases", case)
    assert not office.sees(secret)
    office.page.goto(f"{office.house.address}/cases/{ENIWA}/{closed}")
    assert office.sees("見つかりません")


def test_s3_a_neighbour_calls_and_the_town_has_no_body_for_who_does_not_ask(
    embedded_sign_in: SignIn,
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

    # 4. ✗ The town has no body for him: not by name. 5. Without a name among other matters, it may be talked of.
    session = plan_session(coordinator, MULTI, ())
    refused_item(coordinator, session, "日野 かつみ", NO_CONSENT)
    assert coordinator.sees("会議体を市が決めるまで")
    add_item(coordinator, session, "", "家の中の物が増えた方への関わり")
    assert coordinator.sees(CASES("session.no_identity"))
    assert not coordinator.sees("日野")
    bind_everybody(coordinator)
    decide_and_end(coordinator, "玄関から一緒に片づける", "general_support_center")

    # 7. He agrees, and a relative sits at his table: each item has its own people.
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


def test_s4_a_visit_in_the_survey_becomes_a_sheet_with_consent_and_a_conference_without(
    embedded_sign_in: SignIn,
) -> None:
    desk = embedded_sign_in(HOKUEI, "hokuei-desk", phone=True)
    people = [
        {"name": "大栄 しげ", "birth_date": "S18.4.2", "relation": "母", "given_consent": True},
        {"name": "大栄 のぼる", "birth_date": "S46.4.2", "relation": "長男"},
    ]
    number = receive(desk, people, channel="visit", desk="welfare", story="ごみ出しができない。")
    consultation = desk.address()

    # 4. ✗ No sheet without consent; with it, it goes to the right window.
    desk.go("intake", f"{consultation}/sheets/new")
    desk.fill(
        to_office="community_support_center", reason="ごみ出しの手伝い", companionship="telephone"
    )
    desk.submit("つなぐシートを送る")
    assert desk.sees(INTAKE("refusal.sheet_needs_consent.why"))
    desk.fill(consent=True)
    desk.submit("つなぐシートを送る")
    assert desk.sees("地域包括支援センター")

    # 5. No consent, worrying: the 包括的支援会議 is allowed regardless of consent.
    coordinator = embedded_sign_in(HOKUEI, "hokuei-coordinator")
    open_case(coordinator, number, "大栄 しげ")
    session = plan_session(coordinator, "comprehensive_support_conference", ("窓口 みき",), SUPPORT)
    add_item(coordinator, session, "大栄 のぼる", "見守り")
    bind_everybody(coordinator)
    tell(coordinator, "夜中に声が聞こえる", "自治会長", "医療の相談につなぐ", "welfare")

    # 8. ✗ The 支え愛連絡会 gets nobody's name.
    neighbours = plan_session(coordinator, "neighbourhood_meeting", (), "community")
    assert coordinator.sees(CASES("conference.no_persons"))
    coordinator.go("cases", f"{neighbours}/items/new")
    assert not coordinator.sees("大栄")

    # ✗ Who was not in the room reads nothing of it.
    colleague = embedded_sign_in(HOKUEI, "hokuei-colleague")
    colleague.page.goto(f"{colleague.house.address}/cases/{HOKUEI}/{session}")
    assert colleague.sees("見つかりません")


def test_s5_a_reply_to_the_survey_is_received_and_a_man_who_was_not_asked_is_not_named(
    embedded_sign_in: SignIn,
) -> None:
    desk = embedded_sign_in(IKOMA, "ikoma-outreach")
    people = [
        {"name": "高山 みゆき", "birth_date": "S24.4.2", "relation": "母"},
        {"name": "高山 じゅん", "birth_date": "S52.9.1", "relation": "長男"},
    ]
    # 4. ✗ A survey without a reply is no consultation.
    desk.go("intake", "consultations/new")
    desk.fill(channel="survey", desk="tax_window", story="息子が家にいる。")
    desk.submit(INTAKE("action.save"))
    assert desk.sees(INTAKE("refusal.survey_needs_a_reply.why"))
    number = receive(
        desk,
        people,
        channel="window",
        desk="tax_window",
        story="調査の返事で来た。息子が家にいる。",
    )

    # 7. ✗ He was not asked: at the monthly meeting his name is greyed; without a name it may be talked of.
    coordinator = embedded_sign_in(IKOMA, "ikoma-coordinator")
    case = open_case(coordinator, number)
    session = plan_session(coordinator, MULTI, ("推進 けいすけ",))
    refused_item(coordinator, session, "高山 じゅん", NO_CONSENT)
    assert coordinator.sees("会議体を市が決めるまで")
    add_item(coordinator, session, "", "返事のない家への訪ね方")
    assert coordinator.sees(CASES("session.no_identity"))

    # 8. He comes and consents: the plan of the whole household.
    take_consent(coordinator, case, "高山 じゅん")
    add_item(coordinator, session, "高山 じゅん", "世帯の支援プラン")
    bind_everybody(coordinator)
    decide_and_end(coordinator, "好きな機械いじりから始める", "welfare_policy")
    draft_plan(
        coordinator,
        case,
        ("高山 みゆき", "高山 じゅん"),
        "それぞれの時間をもつ",
        [{"what": "居場所の見学", "who": "福祉政策課"}],
    )
    assert coordinator.sees("それぞれの時間をもつ")
