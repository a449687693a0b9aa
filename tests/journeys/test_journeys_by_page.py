"""Plays S9 (生駒市) and S1 (恵庭市) through the pages in a real browser, with what must be refused on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from kasane_kit import clock
from kasane_kit.strings import Strings
from tests.journeys.acts import (
    bind_everybody,
    decide_and_end,
    person_id,
    plan_session,
    raise_gaps,
    write_need,
)
from tests.journeys.houses import House
from tests.journeys.workers import SignIn, desks, eventually

IKOMA, ENIWA = "292095", "012319"
ROOT = Path(__file__).parents[2]
# The whole list where the real data lie beside the checkout, else the part of it that is shipped.
WHOLE = ROOT.parent / "shared/data/opendata/kodomo_shokudo/kodomo-shokudo.csv"
SHIPPED = ROOT / "services/resources/src/kasane_resources/data/children_cafeterias_tokyo.csv"
OPEN_DATA = WHOLE if WHOLE.exists() else SHIPPED
CASES, INTAKE = Strings("kasane_cases").text, Strings("kasane_intake").text
OUTREACH, RESOURCES = Strings("kasane_outreach").text, Strings("kasane_resources").text

pytestmark = [pytest.mark.slow]


@pytest.fixture(params=["embedded", "distributed"])
def house(request: pytest.FixtureRequest) -> House:
    """The same journey in both modes."""
    found: House = request.getfixturevalue(f"{request.param}_house")
    return found


@pytest.fixture
def sign_in(chromium: Browser, house: House) -> Iterator[SignIn]:
    """A function that puts somebody before a browser."""
    with desks(chromium, house) as enter:
        yield enter


def test_s9_a_walk_in_with_arrears_ends_as_a_recorded_visit(house: House, sign_in: SignIn) -> None:
    coordinator = sign_in(IKOMA, "ikoma-coordinator")
    coordinator.go("resources", "human-services/new")
    coordinator.fill(
        name="つくし子ども食堂",
        description="学校に行きにくい子どもの居場所。夕食と宿題の見守り。",
        status="active",
        visibility="public",
        area_kind="towns",
        area_words="生駒市",
        categories=["children_cafeteria"],
    )
    coordinator.submit(RESOURCES("action.save"))

    # The open-data file: what would change is shown before anything does, and twice changes nothing.
    coordinator.go("resources", "human-services/import")
    coordinator.page.locator('main [name="file"]').set_input_files(OPEN_DATA)
    coordinator.submit(RESOURCES("action.read_file"))
    coordinator.submit(RESOURCES("action.apply"))

    def applied() -> bool:
        coordinator.go("resources", "human-services?q=おもてなし食堂")
        return coordinator.sees("おもてなし食堂")

    assert eventually(applied, "the worker applies the file")

    # 1. A form with mistakes shows each at its field and keeps what was typed.
    desk = sign_in(IKOMA, "ikoma-desk")
    desk.go("intake", "consultations/new")
    desk.fill(channel="window", desk="tax_window", main_category="taxes_utilities")
    desk.fill(categories=["taxes_utilities", "illness_disability", "child_rearing"])
    desk.fill_named(
        {
            "persons-0-name": "川辺 ゆみ",
            "persons-0-kana": "かわべ ゆみ",
            "persons-0-birth_date": "昭和60年4月31日",
            "persons-0-relation": "母",
            "persons-0-address": "奈良県生駒市あすか野北一丁目8",
            "persons-0-given_consent": True,
        }
    )
    desk.submit(INTAKE("action.save"))
    assert desk.sees("お話の内容を入力してください。")
    assert desk.sees("生年月日を日付として読み取れません。")
    desk.fill(story="住民税が払えない。病気で働けず、子どもが学校に行けていない。")
    desk.fill_named({"persons-0-birth_date": "昭和60年4月2日"})
    desk.page.get_by_role("button", name=INTAKE("action.add_person")).click()
    desk.fill_named(
        {
            "persons-1-name": "川辺 そら",
            "persons-1-relation": "長男",
            "persons-1-birth_date": "H26.9.1",
        }
    )
    desk.submit(INTAKE("action.save"))
    consultation = desk.address()
    assert desk.sees("川辺 ゆみ")
    assert desk.sees(INTAKE("text.consent_not_asked"))

    # 2-3. ✗ No つなぐシート without consent; with it the office acknowledges and takes it.
    desk.go("intake", f"{consultation}/sheets/new")
    desk.fill(to_office="livelihood_support", reason="生活費の相談", companionship="accompanied")
    desk.submit("つなぐシートを送る")
    assert desk.sees(INTAKE("refusal.sheet_needs_consent.why"))
    desk.fill(consent=True)
    desk.submit("つなぐシートを送る")
    promoter = sign_in(IKOMA, "ikoma-promoter")
    promoter.go("intake", "consultations")
    promoter.press(promoter.page.locator('main a[href*="/sheets/"]').first)
    promoter.submit(INTAKE("action.acknowledge"))
    promoter.submit(INTAKE("action.accept"))
    assert promoter.sees(INTAKE("sheet_status.accepted"))

    # 4. The existing link fails: the town's coordinator.
    promoter.go("intake", consultation)
    promoter.page.locator(
        "summary", has_text=INTAKE("page.screening")
    ).click() if not promoter.page.locator(
        'main [name="single_agency"]'
    ).first.is_visible() else None
    promoter.fill(single_agency="no", ordinary_cooperation="no")
    promoter.submit(INTAKE("action.screen"))
    assert promoter.sees("いこまる主任推進員につなぎます。")

    # 5. The task arrives; the case is opened; the mother's consent is confirmed, the child's is not asked.
    eventually(
        lambda: coordinator.go("portal", "") or coordinator.sees("ケースを開く"),
        "the coordinator's task",
    )
    number = promoter.page.locator("h1").inner_text().split()[-1]
    # The portal and cases hear of it each in their own time.
    eventually(
        lambda: coordinator.go("cases", "cases") or coordinator.sees(number),
        "the consultation on the coordinator's list",
    )
    coordinator.press(
        coordinator.page.locator("tr", has_text=number).get_by_role(
            "link", name=CASES("list.open_from")
        )
    )
    coordinator.page.locator('main [name="consent_confirmed"]').first.check()
    coordinator.fill(support_decided=True, support_reason="課どうしの連携では難しい")
    coordinator.submit(CASES("open.submit"))
    case = coordinator.address()
    assert coordinator.sees("川辺 そらさんの有効な本人同意がありません")
    assert coordinator.sees("町が決めていません")

    # A need; suggestions arrive by themselves with their reasons.
    coordinator.go("cases", f"{case}/needs/new")
    coordinator.page.locator('main [name="person_id"]').first.check()
    coordinator.fill(category="child_rearing", description="夕食と居場所がほしい")
    coordinator.submit(CASES("need.submit"))
    coordinator.page.get_by_text("つくし子ども食堂").first.wait_for()
    assert coordinator.sees("「生駒市」が対象で")

    # 6. ✗ The child is greyed on the 重層的支援会議 with the reason; it opens only when all are bound.
    session = plan_session(coordinator, "multi_agency_conference", ("推進 けいすけ",))
    coordinator.go("cases", f"{session}/items/new")
    child = coordinator.page.locator("label.k-choice", has_text="川辺 そら").locator("input")
    assert child.first.is_disabled()
    assert coordinator.sees("本人同意がありません")
    coordinator.page.locator("label.k-choice", has_text="川辺 ゆみ").locator("input").first.check()
    coordinator.fill(topic="世帯の支援方針")
    coordinator.submit(CASES("item.submit"))
    assert coordinator.page.get_by_role("button", name=CASES("session.open")).first.is_disabled()
    bind_everybody(coordinator)
    decide_and_end(coordinator, "世帯全体のプランを立てる", "livelihood_support")

    # 7. The plan: ✗ without the person's agreement.
    coordinator.go("cases", f"{case}/plans/new")
    coordinator.fill(kind="multi_agency")
    coordinator.page.locator("label.k-choice", has_text="川辺 ゆみ").locator("input").first.check()
    coordinator.fill_named({"goals-0-goal": "家計を立て直す"})
    coordinator.fill_named({"tracks-0-what": "家計の相談", "tracks-0-who": "生活支援課"})
    coordinator.submit(CASES("plan.submit"))
    coordinator.submit(CASES("plan.sign_off"))
    coordinator.go("cases", case)
    coordinator.press(coordinator.page.locator('main a[href$="/decision"]').first)
    coordinator.page.locator('main [name="session_id"]').first.check()
    coordinator.submit(CASES("plan.decide_submit"))
    assert coordinator.sees(CASES("plan.waits_for", who="川辺 ゆみ"))
    coordinator.press(coordinator.page.locator('main a[href$="/agreement"]').first)
    coordinator.fill(agreed="1", way="spoken", on=clock.today().isoformat(), given_by="self")
    coordinator.submit(CASES("plan.agreement_submit"))
    assert not coordinator.sees(CASES("plan.waits_for", who="川辺 ゆみ"))

    # The same agenda: nothing fits a need, and the gap becomes a matter of community building, without her.
    write_need(coordinator, case, "川辺 ゆみ", "housing", "雨漏りを直せる人がいない")
    eventually(
        lambda: coordinator.go("cases", case) or coordinator.sees(CASES("case.missing")),
        "the answer that nothing fits",
    )
    coordinator.go("cases", session)
    coordinator.follow(CASES("session.see_gaps"))
    raise_gaps(coordinator, "住まい", "重層的支援会議")
    assert not coordinator.sees("川辺")
    assert not coordinator.sees("雨漏り")

    # 9. The visit: asked for, scheduled, recorded on a phone; nobody home is work as well.
    coordinator.go("cases", f"{case}/outreach/new")
    coordinator.page.locator('main [name="person_id"]').first.check()
    coordinator.fill(purpose="同行", agency="outreach_worker", reason="窓口への同行")
    coordinator.submit(CASES("outreach.submit"))
    eventually(
        lambda: coordinator.go("outreach", "households") or coordinator.sees("川辺 ゆみ"),
        "the household to reach",
    )
    coordinator.press(coordinator.page.locator("main a", has_text="川辺 ゆみ").first)
    household = coordinator.address()
    coordinator.go("outreach", f"{household}/visits/new")
    coordinator.fill(on=clock.today().isoformat(), starts_at="16:30", minutes="30")
    coordinator.choose("worker", "訪問 だいち")
    coordinator.submit(OUTREACH("visit.schedule_save"))
    worker_phone = sign_in(IKOMA, "ikoma-outreach", phone=True)
    worker_phone.go("outreach", "visits")
    worker_phone.press(worker_phone.page.locator("main a", has_text="川辺 ゆみ").first)
    worker_phone.fill(result="met", note="一緒に窓口へ行った", accompanied_to="生活支援課")
    worker_phone.submit(OUTREACH("visit.save_record"))
    eventually(
        lambda: (
            coordinator.go("cases", case)
            or coordinator.sees("会えた")
            or coordinator.sees("訪問した")
        ),
        "the visit on the timeline",
    )

    # The audit trail tells the story; the prefecture sees numbers and nobody.
    administrator = sign_in(IKOMA, "ikoma-admin")
    administrator.go("portal", "audit")
    administrator.go("portal", "town")
    operator = sign_in("host", "prefecture")
    operator.go("portal", "overview")
    assert not operator.sees("川辺")

    # ✗ To this town another town's coordinator is nobody, whether the case exists or not.
    stranger = sign_in(ENIWA, "eniwa-coordinator")
    for address in (case, f"cases/{'0' * 36}"):
        stranger.page.goto(f"{house.address}/cases/{IKOMA}/{address}")
        assert f"/portal/{IKOMA}/sign-in" in stranger.page.url
        assert not stranger.sees("川辺")


def test_s1_an_8050_household_where_the_mother_consents_and_the_son_later(
    house: House, sign_in: SignIn
) -> None:
    desk = sign_in(ENIWA, "eniwa-desk")
    desk.go("intake", "consultations/new")
    desk.fill(
        channel="visit",
        desk="community_support_center_1",
        story="八十代の母が施設に入る。五十代の息子が一人残る。長く外に出ていない。",
        categories=["withdrawal_truancy", "nursing_care"],
        main_category="withdrawal_truancy",
        contact_relation="地域包括支援センター",
        single_agency="no",
        ordinary_cooperation="no",
    )
    desk.fill_named(
        {
            "persons-0-name": "岸田 ふみ",
            "persons-0-birth_date": "S17.3.3",
            "persons-0-relation": "母",
            "persons-0-given_consent": True,
        }
    )
    desk.page.get_by_role("button", name=INTAKE("action.add_person")).click()
    desk.fill_named(
        {
            "persons-1-name": "岸田 実",
            "persons-1-birth_date": "S46.6.10",
            "persons-1-relation": "長男",
            "persons-1-address": "北海道恵庭市相生町1",
        }
    )
    desk.submit(INTAKE("action.save"))
    assert desk.sees("重層支援コーディネーターにつなぎます。")
    number = desk.page.locator("h1").inner_text().split()[-1]

    # The coordinator opens the case for mother and son.
    coordinator = sign_in(ENIWA, "eniwa-coordinator")
    eventually(
        lambda: coordinator.go("cases", "cases") or coordinator.sees(number),
        "the consultation on the list",
    )
    coordinator.press(
        coordinator.page.locator("tr", has_text=number).get_by_role(
            "link", name=CASES("list.open_from")
        )
    )
    coordinator.page.locator('main [name="consent_confirmed"]').first.check()
    coordinator.fill(support_decided=True, support_reason="世帯として支える")
    coordinator.page.locator("label.k-choice", has_text="障がい福祉課").locator(
        "input"
    ).first.check()
    coordinator.submit(CASES("open.submit"))
    case = coordinator.address()

    # ✗ The son is greyed for the 重層的支援会議; the 支援会議 takes him.
    consented = plan_session(coordinator, "multi_agency_conference", ("窓口 ゆき",))
    coordinator.go("cases", f"{consented}/items/new")
    assert (
        coordinator.page.locator("label.k-choice", has_text="岸田 実")
        .locator("input")
        .first.is_disabled()
    )
    support = plan_session(coordinator, "support_conference", ("窓口 ゆき",))
    coordinator.go("cases", f"{support}/items/new")
    coordinator.page.locator("label.k-choice", has_text="岸田 実").locator("input").first.check()
    coordinator.fill(topic="息子さんへの関わり")
    coordinator.submit(CASES("item.submit"))
    bind_everybody(coordinator)
    decide_and_end(
        coordinator,
        "以前は手帳があった。地域包括支援センターが訪ねる。",
        "community_support_center_1",
    )

    # What was said there stays there, also for the office that works on the case.
    contact = sign_in(ENIWA, "eniwa-contact")
    contact.go("cases", case)
    assert not contact.sees("以前は手帳があった")
    contact.page.goto(f"{house.address}/cases/{ENIWA}/{support}")
    assert contact.sees("見つかりません")

    # He is visited and says yes; his consent is taken properly; the 重層的支援会議 takes him now.
    coordinator.go("cases", f"{case}/consents/{person_id(coordinator, case, '岸田 実')}")
    coordinator.fill(
        state="given",
        purposes=["multi_agency", "handoff"],
        recipients=["municipal_staff", "contractor", "partner_agency"],
        data_classes=["identity", "contact", "record"],
        given_by="self",
        method="written",
    )
    coordinator.submit(CASES("consent.submit"))
    coordinator.go("cases", f"{consented}/items/new")
    coordinator.page.locator("label.k-choice", has_text="岸田 実").locator("input").first.check()
    coordinator.fill(topic="支援プラン")
    coordinator.submit(CASES("item.submit"))
    bind_everybody(coordinator)
    decide_and_end(coordinator, "就労に向けて支える", "community_support_center_1")

    # 経過観察 needs a day to look again.
    coordinator.go("cases", f"{case}/status")
    assert coordinator.sees("経過観察")
