"""Plays S9 (生駒市) and S1 (恵庭市) through the APIs, embedded and distributed, with what must be refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kasane_kit import clock
from tests.journeys.houses import House
from tests.journeys.workers import Answer, ApiWorker, eventually
from tests.support.own_processes import LOOPBACK

IKOMA, ENIWA = "292095", "012319"

pytestmark = [pytest.mark.allow_hosts([LOOPBACK]), pytest.mark.slow]


@pytest.fixture(params=["embedded", "distributed"])
def house(request: pytest.FixtureRequest) -> House:
    """The same journey in both modes."""
    found: House = request.getfixturevalue(f"{request.param}_house")
    return found


def refused(answer: Answer, status: int, words: str) -> None:
    """The answer is a problem with this status whose sentence has these words."""
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert words in answer.body["title"], answer.body


def person_named(case: dict[str, Any], name: str) -> dict[str, Any]:
    return next(person for person in case["persons"] if person["name"] == name)


def waiting_consultation(coordinator: ApiWorker, number: str) -> dict[str, Any]:
    return eventually(
        lambda: next(
            (
                one
                for one in coordinator.get("cases", "waiting")["items"]
                if one["number"] == number
            ),
            None,
        ),
        f"{number} on the coordinator's list",
    )


def hold(coordinator: ApiWorker, session: dict[str, Any], decision: str) -> dict[str, Any]:
    """Binds everybody to secrecy, opens, decides and ends a session."""
    path = f"conferences/{session['id']}"
    for attendee in session["attendees"]:
        coordinator.post("cases", f"{path}/attendees/{attendee['id']}/secrecy", {"signed": True})
    opened = coordinator.post("cases", f"{path}/opening", None)
    for item in opened["items"]:
        coordinator.post(
            "cases",
            f"{path}/items/{item['id']}/decisions",
            {"text": decision, "in_charge": "生活支援課"},
        )
    held = coordinator.post("cases", f"{path}/holding", {})
    minutes = {"minutes": decision, "version": held["version"]}
    fixed: dict[str, Any] = coordinator.post("cases", f"{path}/minutes", minutes)
    return fixed


def account_of(worker: ApiWorker, login_name: str) -> str:
    """The account id of a colleague, as the administrator sees it."""
    return next(
        account["id"]
        for account in worker.get("portal", "accounts?limit=100")["items"]
        if account["login_name"] == login_name
    )


def test_s9_a_walk_in_with_arrears_ends_as_a_recorded_visit(house: House) -> None:
    desk = ApiWorker(house, IKOMA, "ikoma-desk")
    promoter = ApiWorker(house, IKOMA, "ikoma-promoter")
    childcare = ApiWorker(house, IKOMA, "ikoma-childcare")
    coordinator = ApiWorker(house, IKOMA, "ikoma-coordinator")
    administrator = ApiWorker(house, IKOMA, "ikoma-admin")
    coordinator.post(
        "resources",
        "human-services",
        {
            "name": "すずらん子ども食堂",
            "description": "学校に行きにくい子どもの居場所。夕食と宿題の見守り。",
            "categories": ["children_cafeteria"],
            "service_area": {"kind": "towns", "words": ["生駒市"]},
        },
    )

    # 1. Any window receives.
    consultation = desk.post(
        "intake",
        "consultations",
        {
            "desk": "tax_window",
            "channel": "window",
            "story": "住民税が払えない。病気で働けず、子どもが学校に行けていない。",
            "categories": ["taxes_utilities", "illness_disability", "child_rearing"],
            "main_category": "taxes_utilities",
            "persons": [
                {
                    "name": "山川 花子",
                    "kana": "やまかわ はなこ",
                    "birth_date": "1985-04-02",
                    "address": "奈良県生駒市あすか野北一丁目1",
                    "relation": "母",
                    "given_consent": True,
                },
                {"name": "山川 一", "birth_date": "2014-09-01", "relation": "長男"},
            ],
        },
    )
    path = f"consultations/{consultation['id']}"

    # 2. ✗ No sheet without consent, no arrears without their own consent.
    sheet = {"to_office": "livelihood_support", "reason": "生活費", "companionship": "accompanied"}
    refused(
        desk.call("POST", "intake", f"{path}/sheets", {**sheet, "consent": False}),
        422,
        "同意がない",
    )
    arrears = {**sheet, "consent": True, "includes_arrears": True}
    refused(desk.call("POST", "intake", f"{path}/sheets", arrears), 422, "滞納")

    # 3. Sheets to two offices; each acknowledges and accepts.
    first = desk.post("intake", f"{path}/sheets", {**sheet, "consent": True})
    second = desk.post(
        "intake",
        f"{path}/sheets",
        {**sheet, "to_office": "childcare_support_center", "consent": True},
    )
    version = desk.get("intake", path)["version"]
    refused(
        desk.call("PUT", "intake", f"{path}/outcome", {"outcome": "案内した"}, version),
        409,
        "引き受けた課のない",
    )
    for receiver, one in ((promoter, first), (childcare, second)):
        receiver.post("intake", f"sheets/{one['id']}/answers", {"step": "acknowledge"})
        receiver.post("intake", f"sheets/{one['id']}/answers", {"step": "accept"})
    assert desk.get("intake", path)["status"] == "connected"

    # 4. The existing link fails: いこまる主任推進員.
    screened = promoter.put(
        "intake",
        f"{path}/screening",
        {"single_agency_enough": False, "ordinary_cooperation_enough": False},
        desk.get("intake", path)["version"],
    )
    assert (screened["status"], screened["escalation"]["target_role"]) == (
        "escalated",
        "coordinator",
    )

    # 5. The coordinator opens the case; only the mother consented.
    waiting = waiting_consultation(coordinator, consultation["number"])
    mother_id = next(p["person_id"] for p in consultation["persons"] if p["given_consent"])
    case = coordinator.post(
        "cases",
        "cases",
        {
            "consultation_id": waiting["id"],
            "consent_confirmed": [mother_id],
            "support_decided": True,
            "support_reason": "課どうしの連携では難しい",
        },
    )
    mother, child = person_named(case, "山川 花子"), person_named(case, "山川 一")
    assert (mother["consent_state"], child["consent_state"]) == ("given", "not_asked")
    eventually(lambda: desk.get("intake", path)["case_id"] == case["id"], "the link to the case")

    # A need, and what the directory offers for it, with reasons.
    coordinator.post(
        "cases",
        f"cases/{case['id']}/needs",
        {
            "person_id": child["id"],
            "category": "child_rearing",
            "description": "学校以外の居場所がほしい",
        },
    )
    need = eventually(
        lambda: next(
            (
                n
                for n in coordinator.get("cases", f"cases/{case['id']}")["needs"]
                if n["suggestions"]
            ),
            None,
        ),
        "suggestions",
    )
    # The journey by page writes one more such entry into the house that both may share.
    offered = {one["name"]: one for one in need["suggestions"]}
    assert offered["すずらん子ども食堂"]["reasons"]

    # 6. ✗ The child has not consented: not on the 重層的支援会議; the town has not decided where else.
    session = coordinator.post(
        "cases",
        "conferences",
        {
            "body": "multi_agency_conference",
            "legal_kind": "multi_agency_conference",
            "planned_for": clock.today().isoformat(),
            "attendees": [
                {"account_id": account_of(administrator, name)}
                for name in ("ikoma-coordinator", "ikoma-promoter")
            ],
        },
    )
    items = f"conferences/{session['id']}/items"
    topic = {"topic": "世帯の支援方針", "case_id": case["id"]}
    blocked = coordinator.call("POST", "cases", items, {**topic, "person_id": child["id"]})
    assert blocked.status in (409, 422), blocked
    assert "同意" in blocked.body["title"], blocked.body
    coordinator.post("cases", items, {**topic, "person_id": mother["id"]})

    # ✗ It does not open before everybody is bound to secrecy.
    early = coordinator.call("POST", "cases", f"conferences/{session['id']}/opening")
    assert early.status in (409, 422), early
    session = coordinator.get("cases", f"conferences/{session['id']}")
    held = hold(coordinator, session, "世帯全体のプランを立てる")
    assert held["status"] == "minutes_fixed"

    # 7. The plan, with the person's agreement and not without.
    planned = coordinator.post(
        "cases",
        f"cases/{case['id']}/plans",
        {
            "persons": [mother["id"]],
            "goals": [{"text": "家計を立て直す"}],
            "tracks": [{"person_id": mother["id"], "what": "家計の相談", "agency": "生活支援課"}],
        },
    )
    plan = f"cases/{case['id']}/plans/{planned['id']}"
    unsubmitted = coordinator.call(
        "POST", "cases", f"{plan}/decision", {"session_id": session["id"]}
    )
    assert unsubmitted.status == 409, unsubmitted
    coordinator.put("cases", f"{plan}/submission", {}, planned["version"])
    decided = coordinator.post("cases", f"{plan}/decision", {"session_id": session["id"]})
    assert (decided["status"], decided["not_agreed"]) == ("decided", [mother["id"]])
    agreed = coordinator.post(
        "cases",
        f"{plan}/agreements",
        {
            "person_id": mother["id"],
            "agreed": True,
            "way": "spoken",
            "on": session["planned_for"],
            "edition": decided["edition"],
        },
    )
    assert agreed["status"] == "active"

    # 8. ✗ A referral for the child without consent; for the mother it goes, and the answer comes back.
    refused_referral = coordinator.call(
        "POST",
        "cases",
        f"cases/{case['id']}/referrals",
        {
            "need_id": need["id"],
            "human_service_id": offered["すずらん子ども食堂"]["human_service_id"],
        },
    )
    assert refused_referral.status in (409, 422), refused_referral
    assert "同意" in refused_referral.body["title"]
    coordinator.post(
        "cases",
        f"cases/{case['id']}/needs",
        {"person_id": mother["id"], "category": "child_rearing", "description": "夕食と居場所"},
    )
    own = eventually(
        lambda: next(
            (
                n
                for n in coordinator.get("cases", f"cases/{case['id']}")["needs"]
                if n["person_id"] == mother["id"] and n["suggestions"]
            ),
            None,
        ),
        "suggestions for the mother",
    )
    coordinator.post(
        "cases",
        f"cases/{case['id']}/referrals",
        {"need_id": own["id"], "human_service_id": own["suggestions"][0]["human_service_id"]},
    )
    referral = eventually(
        lambda: next(iter(coordinator.get("resources", "referrals")["items"]), None), "the referral"
    )
    answered = coordinator.call(
        "PUT",
        "resources",
        f"referrals/{referral['id']}/answer",
        {"answer": "accept"},
        referral.get("version"),
    )
    assert answered.status == 200, answered
    eventually(
        lambda: (
            coordinator.get("cases", f"cases/{case['id']}")["referrals"][0]["status"] == "accepted"
        ),
        "the answer to the referral",
    )

    # 9. The accompanied visit: absent once, met the second time; both are work.
    coordinator.post(
        "cases",
        f"cases/{case['id']}/outreach-requests",
        {
            "person_id": mother["id"],
            "purpose": "同行",
            "agency": "outreach_worker",
            "reason": "窓口への同行",
        },
    )
    household = eventually(
        lambda: next(
            (
                h
                for h in coordinator.get("outreach", "households")["items"]
                if h["case_id"] == case["id"]
            ),
            None,
        ),
        "the household to reach",
    )
    outreach = ApiWorker(house, IKOMA, "ikoma-outreach")
    worker_id = account_of(administrator, "ikoma-outreach")
    for number, result in enumerate(("absent", "met")):
        visit = coordinator.post(
            "outreach",
            "visits",
            {
                "request_id": household["id"],
                "on": clock.today().isoformat(),
                "starts_at": f"{10 + number}:00",
                "minutes": 30,
                "workers": [worker_id],
                "despite_same_day": True,
            },
        )
        recorded = outreach.call(
            "POST",
            "outreach",
            f"visits/{visit['id']}/record",
            {"result": result, "note": "記録", "consent_heard": result == "met"},
            visit["version"],
        )
        assert recorded.status in (200, 201), recorded
    kinds = eventually(
        lambda: (
            kinds
            if "visit_completed"
            in (
                kinds := [
                    e["kind"] for e in coordinator.get("cases", f"cases/{case['id']}")["timeline"]
                ]
            )
            else None
        ),
        "the visit on the timeline",
    )
    assert "contact_not_made" in kinds

    # ✗ Another town gets nothing, and cannot tell it from what does not exist.
    stranger = ApiWorker(house, ENIWA, "eniwa-coordinator")
    assert stranger.call("GET", "cases", f"cases/{case['id']}").status == 404
    assert stranger.call("GET", "intake", path).status == 404

    # The prefecture sees numbers and nobody.
    operator = ApiWorker(house, "host", "prefecture")
    overview = eventually(
        lambda: str(operator.get("portal", "overview")) if operator else None, "the overview"
    )
    assert "山川" not in overview
    assert operator.call("GET", "cases", f"cases/{case['id']}").status == 403


def test_s1_an_8050_household_where_the_mother_consents_and_the_son_later(house: House) -> None:
    desk = ApiWorker(house, ENIWA, "eniwa-desk")
    coordinator = ApiWorker(house, ENIWA, "eniwa-coordinator")
    contact = ApiWorker(house, ENIWA, "eniwa-contact")
    administrator = ApiWorker(house, ENIWA, "eniwa-admin")

    # 1-2. The support centre brings mother and son; beyond ordinary cooperation.
    consultation = desk.post(
        "intake",
        "consultations",
        {
            "desk": "community_support_center_1",
            "channel": "visit",
            "story": "八十代の母が施設に入る。五十代の息子が一人残る。長く外に出ていない。",
            "categories": ["withdrawal_truancy", "nursing_care"],
            "main_category": "withdrawal_truancy",
            "contact": {"relation": "地域包括支援センター"},
            "persons": [
                {
                    "name": "谷口 ふみ",
                    "birth_date": "1942-03-03",
                    "relation": "母",
                    "given_consent": True,
                },
                {
                    "name": "谷口 実",
                    "birth_date": "1971-06-10",
                    "relation": "長男",
                    "address": "北海道恵庭市相生町1",
                },
            ],
            "screening": {"single_agency_enough": False, "ordinary_cooperation_enough": False},
        },
    )
    assert consultation["escalation"]["target_role"] == "coordinator"

    # 3. The coordinator opens the case; the son: ✗ 重層的支援会議, ✓ 支援会議.
    waiting = waiting_consultation(coordinator, consultation["number"])
    mother_id = next(p["person_id"] for p in consultation["persons"] if p["given_consent"])
    case = coordinator.post(
        "cases",
        "cases",
        {
            "consultation_id": waiting["id"],
            "consent_confirmed": [mother_id],
            "support_decided": True,
            "support_reason": "世帯として支える",
            "team": [{"kind": "office", "subject": "disability_welfare"}],
        },
    )
    son = person_named(case, "谷口 実")
    assert son["consent_state"] == "not_asked"
    attendees = [
        {"account_id": account_of(administrator, n)} for n in ("eniwa-coordinator", "eniwa-desk")
    ]
    today = clock.today()
    plan = {"planned_for": today.isoformat(), "attendees": attendees}
    consented = coordinator.post(
        "cases",
        "conferences",
        {**plan, "body": "multi_agency_conference", "legal_kind": "multi_agency_conference"},
    )
    support = coordinator.post(
        "cases",
        "conferences",
        {**plan, "body": "support_conference", "legal_kind": "support_conference"},
    )
    item = {"topic": "息子さんへの関わり", "case_id": case["id"], "person_id": son["id"]}
    blocked = coordinator.call("POST", "cases", f"conferences/{consented['id']}/items", item)
    assert blocked.status in (409, 422), blocked
    assert "同意" in blocked.body["title"], blocked.body
    coordinator.post("cases", f"conferences/{support['id']}/items", item)

    # 4. What is said stays with those who were there: the contact of the team does not read it.
    support = coordinator.get("cases", f"conferences/{support['id']}")
    for attendee in support["attendees"]:
        coordinator.post(
            "cases",
            f"conferences/{support['id']}/attendees/{attendee['id']}/secrecy",
            {"signed": True},
        )
    opened = coordinator.post("cases", f"conferences/{support['id']}/opening", None)
    coordinator.post(
        "cases",
        f"conferences/{support['id']}/items/{opened['items'][0]['id']}/facts",
        {"text": "以前は障害者手帳を持っていた", "source": "障がい福祉課"},
    )
    coordinator.post(
        "cases",
        f"conferences/{support['id']}/items/{opened['items'][0]['id']}/decisions",
        {"text": "地域包括支援センターが訪ねる", "in_charge": "地域包括支援センター"},
    )
    coordinator.post("cases", f"conferences/{support['id']}/holding", {})
    assert contact.call("GET", "cases", f"conferences/{support['id']}").status == 404
    assert "障害者手帳" not in str(contact.get("cases", f"cases/{case['id']}"))
    assert "障害者手帳" in str(desk.get("cases", f"conferences/{support['id']}"))

    # 5. Visits; he says yes on the door-step, and consents properly afterwards.
    coordinator.post(
        "cases",
        f"cases/{case['id']}/outreach-requests",
        {"person_id": son["id"], "purpose": "関係づくり", "agency": "community_support_center_1"},
    )
    outreach = ApiWorker(house, ENIWA, "eniwa-outreach")
    household = eventually(
        lambda: next(
            (
                h
                for h in coordinator.get("outreach", "households")["items"]
                if h["case_id"] == case["id"]
            ),
            None,
        ),
        "the household to reach",
    )
    visit = coordinator.post(
        "outreach",
        "visits",
        {
            "request_id": household["id"],
            "on": today.isoformat(),
            "starts_at": "14:00",
            "minutes": 45,
            "workers": [account_of(administrator, "eniwa-outreach")],
        },
    )
    done = outreach.call(
        "POST",
        "outreach",
        f"visits/{visit['id']}/record",
        {"result": "met", "note": "フードバンクの話をした", "consent_heard": True},
        visit["version"],
    )
    assert done.status in (200, 201), done
    tasks = eventually(
        lambda: coordinator.get("cases", f"cases/{case['id']}")["tasks"],
        "the reminder to ask for consent",
    )
    assert [t["kind"] for t in tasks] == ["ask_consent"]
    assert (
        person_named(coordinator.get("cases", f"cases/{case['id']}"), "谷口 実")["consent_state"]
        == "not_asked"
    )
    coordinator.post(
        "cases",
        f"cases/{case['id']}/consents",
        {
            "person_id": son["id"],
            "number": 0,
            "state": "given",
            "method": "written",
            "scope": {
                "purposes": ["multi_agency", "handoff"],
                "recipients": ["municipal_staff", "contractor", "partner_agency"],
                "data_classes": ["identity", "contact", "record"],
            },
        },
    )

    # 8. Now the 重層的支援会議 takes him; the earlier material stays closed.
    coordinator.post("cases", f"conferences/{consented['id']}/items", item)
    held = hold(
        coordinator,
        coordinator.get("cases", f"conferences/{consented['id']}"),
        "就労に向けて支える",
    )
    assert held["status"] == "minutes_fixed"
    assert contact.call("GET", "cases", f"conferences/{support['id']}").status == 404
    planned = coordinator.post(
        "cases",
        f"cases/{case['id']}/plans",
        {"persons": [son["id"]], "goals": [{"text": "外に出る日をつくる"}]},
    )
    coordinator.put(
        "cases",
        f"cases/{case['id']}/plans/{planned['id']}/submission",
        {},
        planned["version"],
    )
    coordinator.post(
        "cases",
        f"cases/{case['id']}/plans/{planned['id']}/decision",
        {"session_id": consented["id"], "agreed_by": [son["id"]]},
    )

    # 9. 経過観察 with a day to look again; ✗ closing without evaluation.
    case = coordinator.get("cases", f"cases/{case['id']}")
    ending = coordinator.call(
        "PUT", "cases", f"cases/{case['id']}/closing", {"outcome": "roles_settled"}, case["version"]
    )
    assert ending.status in (409, 422), ending
    observed = coordinator.put(
        "cases",
        f"cases/{case['id']}/status",
        {"status": "observing", "review_on": (today + timedelta(days=60)).isoformat()},
        case["version"],
    )
    assert observed["status"] == "observing"
