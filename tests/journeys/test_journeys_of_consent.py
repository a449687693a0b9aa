"""Plays S2, S4, S5 and S7 through the pages, each in its own town of one installation, with what must be refused.

In S4 and S5 somebody goes to a door with a telephone, and the line is cut in the middle.
"""

from __future__ import annotations

import pytest

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
    person_id,
    plan_session,
    receive,
    refused_item,
    seat_guest,
    take_consent,
)
from tests.journeys.doors import Telephone, ask_for_visit, heard, open_household, schedule
from tests.journeys.workers import Desk, SignIn
from tests.support.relay import Relay

ENIWA, SENBOKU, KASUGAI = "012319", "052159", "232068"
IKOMA, YONAGO, HOKUEI = "292095", "312029", "313726"
OUTREACH = Strings("kasane_outreach").text
SUPPORT, MULTI = "support_conference", "multi_agency_conference"
RESOURCES = Strings("kasane_resources").text
NO_CONSENT = "本人同意がありません"

pytestmark = [pytest.mark.slow]


def tell(desk: Desk, fact: str, source: str, decision: str, office: str) -> str:
    """Opens the session on the screen, writes a fact and a decision into its first item, ends it."""
    desk.submit(CASES("session.open"))
    session = desk.address()
    desk.press(desk.page.locator('main a[href*="/items/"]').first)
    desk.fill(fact=fact, source=source)
    form = desk.page.locator("main form:has([name=fact])")
    desk.press(form.get_by_role("button", name=CASES("session.fact_submit"), exact=True))
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


def test_s4_a_visit_in_the_survey_becomes_a_sheet_with_consent_and_a_conference_without(
    embedded_sign_in: SignIn, embedded_line: Relay
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

    # 1. to 3. Every household in its turn: ✗ nobody before a second person approved the list with its ground.
    coordinator.go("outreach", "campaigns?year=2026")
    coordinator.submit(OUTREACH("run.begin"))
    run = coordinator.address()
    coordinator.fill(lines="みなみ区,仁厚会,1番1\nみなみ区,仁厚会,1番2")
    coordinator.submit(OUTREACH("run.add_do"))
    coordinator.fill(source="住宅地図", keep_until="2030-03-31")
    coordinator.choose("legal_ground", "町の中で利用する場合")
    coordinator.submit(OUTREACH("run.save_ground"))
    coordinator.submit(OUTREACH("run.approve_do"))
    assert coordinator.sees(OUTREACH("refusal.same_person_approves.why"))
    head = embedded_sign_in(HOKUEI, "hokuei-head")
    head.go("outreach", run)
    head.submit(OUTREACH("run.approve_do"))
    phone = embedded_sign_in(HOKUEI, "hokuei-outreach", phone=True, address=embedded_line.address)
    phone.go("outreach", f"{run}/areas/みなみ区")
    phone.page.locator("main summary", has_text=OUTREACH("run.hear")).click()
    phone.fill(heard_from="自治会長", words="1番1の方を最近見かけない")
    phone.choose("legal_ground", "町の中で利用する場合")
    phone.submit(OUTREACH("run.hear_do"))
    phone.follow("1番2")
    phone.fill(result="refused")
    phone.submit(OUTREACH("visit.save_record"))
    assert phone.sees("支援を断ったことにはなりません")
    # The next house lies where no line is: its area goes into the telephone, the record arrives afterwards.
    phone.go("outreach", f"{run}/areas/みなみ区")
    phone.submit(OUTREACH("run.walk"))
    telephone = Telephone(phone, embedded_line)
    telephone.open()
    telephone.cut()
    telephone.record_house("1番1", "worrying", "新聞がたまっている")
    # ✗ What the 自治会長 said is not among the household's own words, and not in the telephone.
    assert not phone.sees("最近見かけない")
    telephone.mend("accepted")

    # A worrying household is visited again, by somebody whose telephone has no line there.
    household = open_household(coordinator, "1番1")
    schedule(coordinator, household, "訪問 しおり", "16:00")
    telephone.refresh()
    telephone.cut()
    telephone.go_to("1番1")
    telephone.record(
        "met", "息子さんが出てきた。ごみ出しに困っている。", accompanied_to="役場の窓口"
    )
    telephone.mend("accepted", "accepted")
    coordinator.go("outreach", household)
    assert coordinator.sees("ごみ出しに困っている")
    # 9. Progress by 自治会, and the month of each corporation, in counts.
    coordinator.go("outreach", run)
    assert coordinator.sees("みなみ区")
    coordinator.go("outreach", f"{run}/months")
    assert coordinator.sees("仁厚会")
    assert not coordinator.sees("1番1")

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
    embedded_sign_in: SignIn, embedded_line: Relay
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
    # The reply came online; it is a consultation of its own channel, and who needs much is to be visited.
    number = receive(
        desk,
        people,
        channel="survey",
        desk="tax_window",
        campaign="survey",
        need="high",
        contact_by="平日の昼に母へ電話",
        story="調査の返事。息子が家にいる。",
    )
    assert desk.sees("アンケート調査")
    assert desk.sees(INTAKE("survey_need.high"))
    # ✗ A reply says nothing of his consent: nobody was asked yet.
    assert desk.sees(INTAKE("text.consent_not_asked"))

    # 7. ✗ He was not asked: at the monthly meeting his name is greyed; without a name it may be talked of.
    coordinator = embedded_sign_in(IKOMA, "ikoma-coordinator")
    case = open_case(coordinator, number)
    session = plan_session(coordinator, MULTI, ("推進 けいすけ",))
    refused_item(coordinator, session, "高山 じゅん", NO_CONSENT)
    assert coordinator.sees("会議体を市が決めるまで")
    add_item(coordinator, session, "", "返事のない家への訪ね方")
    assert coordinator.sees(CASES("session.no_identity"))

    # 6. A visit at a door without a network: he talks, and what he said waits to be confirmed with him.
    ask_for_visit(coordinator, case, "高山 じゅん", "初回訪問")
    household = open_household(coordinator, "高山 じゅん")
    schedule(coordinator, household, "訪問 だいち", "15:00")
    phone = embedded_sign_in(IKOMA, "ikoma-outreach", phone=True, address=embedded_line.address)
    telephone = Telephone(phone, embedded_line)
    telephone.open()
    telephone.cut()
    telephone.go_to("高山 じゅん")
    telephone.record("met", "玄関先で話せた。", said="市役所の人に話してもいい")
    telephone.mend("accepted")
    heard(coordinator, case, "玄関先で話せた")
    coordinator.go("cases", f"{case}/consents/{person_id(coordinator, case, '高山 じゅん')}")
    assert coordinator.sees("話してもいい")

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
