"""Plays S8 and S10 through the pages, each in its own town of one installation, with what must be refused.

A year is not frozen here: the figures of a year are a work of their own.
"""

from __future__ import annotations

import pytest

from kasane_kit import clock
from tests.journeys.acts import (
    CASES,
    bind_everybody,
    cannot_open,
    open_case,
    receive,
    seat_guest,
    take_consent,
)
from tests.journeys.workers import Desk, SignIn, eventually

ENIWA, YONAGO, HOKUEI = "012319", "312029", "313726"

pytestmark = [pytest.mark.slow]


def transfer(desk: Desk, case: str, names: tuple[str, ...], **fields: object) -> None:
    """Prepares the way of these people to another town, whatever comes of it."""
    desk.go("cases", f"{case}/transfers/new")
    desk.choose("to_municipality", "米子市")
    boxes = desk.page.locator("label.k-choice:has([name=person_ids])")
    for index in range(boxes.count()):
        box = boxes.nth(index)
        box.locator("input").set_checked(box.inner_text().strip() in names)
    desk.fill(
        handover="玄関先で話せます。",
        transfer_contact="福祉課 0858-00-0000",
        **{"evaluation": "家計が落ち着いた。", **fields},
    )
    desk.choose("approver", "課長 まさる")
    desk.submit(CASES("transfer.submit"))


def open_cases(desk: Desk) -> int:
    """How many cases the town's list holds that have not ended."""
    answer = desk.page.request.get(f"{desk.house.address}/cases/{desk.town}/api/v1/cases")
    assert answer.ok, answer.text()
    return sum(one["status"] != "closed" for one in answer.json()["items"])


def approve(head: Desk, address: str) -> str:
    """Lets a transfer go and waits until it has arrived; returns the accept key."""
    head.go("cases", address)
    head.submit(CASES("transfer.approve"))
    eventually(
        lambda: head.go("cases", address) or head.sees("相手の町に届きました"),
        "the package in the other town",
    )
    head.submit(CASES("transfer.show_key"))
    return head.page.locator(".k-key").inner_text()


def test_s8_a_family_moves_to_another_town_and_the_son_stays_out_of_it(
    embedded_sign_in: SignIn,
) -> None:
    desk = embedded_sign_in(HOKUEI, "hokuei-desk")
    people = [
        {"name": "引地 さなえ", "birth_date": "S60.4.2", "relation": "母"},
        {"name": "引地 たくみ", "birth_date": "H18.9.1", "relation": "長男"},
    ]
    number = receive(desk, people, channel="window", desk="welfare", story="米子へ引っ越す。")
    coordinator = embedded_sign_in(HOKUEI, "hokuei-coordinator")
    case = open_case(coordinator, number, offices=("福祉課",))

    # 1. ✗ Nobody is handed over without a consent to just that, and the screen says so before anything is sent.
    transfer(coordinator, case, ("引地 さなえ",))
    assert coordinator.sees("引地 さなえさんの有効な同意がありません（今の状態：未確認）。")
    take_consent(coordinator, case, "引地 さなえ", purposes=["multi_agency", "handoff", "transfer"])
    take_consent(coordinator, case, "引地 たくみ", state="refused")

    # 5. ✗ The son does not consent: he stays.
    coordinator.go("cases", f"{case}/transfers/new")
    assert coordinator.sees(CASES("transfer.stays"))
    assert coordinator.sees(CASES("transfer.never_goes"))
    transfer(coordinator, case, ("引地 さなえ",))
    going = coordinator.address()

    # 3. ✗ Who prepared it does not approve it; the head does, and reads the key out on the telephone.
    assert coordinator.page.get_by_role("button", name=CASES("transfer.approve")).count() == 0
    head = embedded_sign_in(HOKUEI, "hokuei-head")
    key = approve(head, going)

    # えしこに sees how much there is and nobody's name; ✗ a wrong key opens nothing.
    yonago = embedded_sign_in(YONAGO, "yonago-coordinator", phone=True)
    yonago.go("cases", "transfers")
    yonago.follow("北栄町")
    assert not yonago.sees("引地")
    offer = yonago.address()
    yonago.fill(accept_key="0000-0000-0000")
    yonago.submit(CASES("transfer.take_submit"))
    assert yonago.sees(CASES("refusal.wrong_accept_key.why"))
    assert not yonago.sees("引地")

    before_in_yonago = open_cases(yonago)

    # 4. With the key it is a case of 米子, and 北栄 learns that it was accepted; the son is not in it.
    yonago.go("cases", offer)
    yonago.fill(accept_key=key)
    yonago.submit(CASES("transfer.take_submit"))
    assert yonago.sees("引地 さなえ")
    assert not yonago.sees("引地 たくみ")
    assert yonago.sees(CASES("task.ask_consent_here"))
    eventually(
        lambda: coordinator.go("cases", going) or coordinator.sees("相手の町が引き受けました"),
        "the receipt",
    )

    # 5. ✗ Nothing of the son goes, until another legal basis is written down with its reason by somebody else.
    transfer(coordinator, case, ("引地 たくみ",))
    assert coordinator.sees("引地 たくみさんの有効な同意がありません（今の状態：同意しない）。")
    coordinator.go("cases", f"{case}/legal-grounds/new")
    coordinator.choose("person_id", "引地 たくみ")
    coordinator.fill(
        destination="other_town",
        to_whom="米子市",
        told_classes=["identity", "contact"],
        legal_basis="pipa_69_2_3",
        ground_reason="転校先の学校の支援が要る。",
    )
    coordinator.submit(CASES("ledger.ask_submit"))
    assert coordinator.sees(CASES("ledger.own_request"))
    transfer(coordinator, case, ("引地 たくみ",))
    assert coordinator.sees("引地 たくみ")
    assert "/transfers/new" in coordinator.address() or coordinator.address().endswith("/transfers")
    head.go("cases", f"{case}/disclosures")
    head.submit(CASES("ledger.approve"))
    transfer(coordinator, case, ("引地 たくみ",))
    going = coordinator.address()
    approve(head, going)

    # 8. A package that is given back leaves the first town in charge, with the reason.
    yonago.go("cases", "transfers")
    yonago.press(yonago.page.locator("main tr.k-row--warning a").first)
    yonago.fill(return_reason="転入の届けがまだありません")
    yonago.submit(CASES("transfer.give_back_submit"))
    assert open_cases(yonago) == before_in_yonago + 1
    eventually(
        lambda: coordinator.go("cases", going) or coordinator.sees("転入の届けがまだありません"),
        "the returned package",
    )
    coordinator.go("cases", case)
    assert coordinator.sees("引地 たくみ")


def test_s8_dv_a_mother_and_child_flee_and_nobody_at_home_sees_where(
    embedded_sign_in: SignIn,
) -> None:
    desk = embedded_sign_in(HOKUEI, "hokuei-desk")
    people = [
        {
            "name": "逃水 みほ",
            "birth_date": "S62.4.2",
            "relation": "妻",
            "address": "北栄町由良宿1",
        },
        {"name": "逃水 りく", "birth_date": "H28.9.1", "relation": "長男"},
        {"name": "逃水 つよし", "birth_date": "S58.9.1", "relation": "夫"},
    ]
    number = receive(desk, people, channel="window", desk="welfare", story="家を出たい。")
    coordinator = embedded_sign_in(HOKUEI, "hokuei-coordinator")
    case = open_case(coordinator, number)
    for name in ("逃水 みほ", "逃水 りく"):
        by = {} if name == "逃水 みほ" else {"given_by": "parent", "representative": "逃水 みほ"}
        take_consent(coordinator, case, name, purposes=["multi_agency", "transfer"], **by)

    # ✗ A secret transfer out of a household that others stay in is refused: split first.
    transfer(coordinator, case, ("逃水 みほ", "逃水 りく"), secret=True)
    assert coordinator.sees(CASES("refusal.split_first.why"))
    coordinator.go("cases", case)
    coordinator.follow(CASES("household.household_split.title"))
    for name in ("逃水 みほ", "逃水 りく"):
        coordinator.page.locator("label.k-choice:has([name=leaving])", has_text=name).locator(
            "input"
        ).check()
    coordinator.fill(from_on=clock.today().isoformat(), step_reason="別に暮らす", restricted=True)
    coordinator.submit(CASES("household.household_split.submit"))
    fled = coordinator.address()
    if fled == case:
        coordinator.go("cases", "cases")
        links = coordinator.page.locator("main tr", has_text="逃水 みほ").locator("a")
        coordinator.press(links.first)
        fled = coordinator.address()
    assert fled != case
    coordinator.go("cases", fled)
    coordinator.page.locator("main summary", has_text=CASES("household.more")).first.click()
    coordinator.follow(CASES("household.protection_record.title"))
    coordinator.fill(
        from_on=clock.today().isoformat(),
        authority="配偶者暴力相談支援センター",
        step_reason="申出",
    )
    coordinator.submit(CASES("household.protection_record.submit"))

    # ✗ The evaluation, which others read, may not name the town.
    transfer(
        coordinator, fled, ("逃水 みほ", "逃水 りく"), secret=True, evaluation="米子市へ移る。"
    )
    assert coordinator.sees(CASES("refusal.destination_named.why"))
    transfer(coordinator, fled, ("逃水 みほ", "逃水 りく"), secret=True)
    going = coordinator.address()
    head = embedded_sign_in(HOKUEI, "hokuei-head")
    key = approve(head, going)
    yonago = embedded_sign_in(YONAGO, "yonago-coordinator")
    before = open_cases(coordinator), open_cases(yonago)
    yonago.go("cases", "transfers")
    yonago.press(yonago.page.locator("main tr.k-row--warning a").first)
    assert yonago.sees(CASES("transfer.secret_offer"))
    yonago.fill(accept_key=key)
    yonago.submit(CASES("transfer.take_submit"))
    assert yonago.sees("逃水 みほ")
    assert yonago.sees(CASES("task.ask_protection"))
    eventually(
        lambda: coordinator.go("cases", going) or coordinator.sees("相手の町が引き受けました"),
        "the receipt",
    )

    # The household is in exactly one place: one case fewer here, one more there.
    assert (open_cases(coordinator), open_cases(yonago)) == (before[0] - 1, before[1] + 1)

    # ✗ The father's worker sees neither the destination nor that there was a transfer.
    worker = embedded_sign_in(HOKUEI, "hokuei-colleague")
    for address in (case, fled, going, "transfers", "cases"):
        worker.page.goto(f"{worker.house.address}/cases/{HOKUEI}/{address}")
        assert "米子" not in worker.page.locator("body").inner_text()
    coordinator.go("cases", case)
    assert not coordinator.sees("米子")


def test_s10_a_panel_with_six_of_twelve_does_not_open_and_the_counts_name_nobody(
    embedded_sign_in: SignIn,
) -> None:
    coordinator = embedded_sign_in(ENIWA, "eniwa-coordinator")
    colleagues = ("窓口 ゆき", "担当 まこと", "訪問 あかり", "管理 のぞみ")
    coordinator.go("cases", "conferences/new")
    coordinator.fill(
        body="review_panel:governance", planned_for=clock.today().isoformat(), appointed="12"
    )
    for name in colleagues:
        coordinator.page.locator("label.k-choice", has_text=name).locator("input").check()
    coordinator.submit(CASES("conference.plan_submit"))
    panel = coordinator.address()
    seat_guest(coordinator, panel, "学識 経験", "resident")
    bind_everybody(coordinator)
    cannot_open(
        coordinator, "構成員12名の過半数（7名）に1名足りないため、会議を開催できません（出席6名）。"
    )
    assert coordinator.sees(CASES("conference.no_persons"))
    seat_guest(coordinator, panel, "住民 代表", "resident")
    bind_everybody(coordinator)
    coordinator.submit(CASES("session.open"))
    coordinator.submit(CASES("session.hold"))

    # ✗ The prefecture reads counts of every town and reaches nobody.
    prefecture = embedded_sign_in("host", "prefecture")
    prefecture.go("portal", "overview")
    assert prefecture.sees("北栄町")
    for service, page in (("cases", "cases"), ("intake", "consultations")):
        prefecture.page.goto(f"{prefecture.house.address}/{service}/{HOKUEI}/{page}")
        assert "引地" not in prefecture.page.locator("body").inner_text()
        assert prefecture.page.locator("main table").count() == 0
