"""What people of a journey do again and again: receive, open a case, take a consent, hold a session."""

from __future__ import annotations

from collections.abc import Sequence

from kasane_kit import clock
from kasane_kit.strings import Strings
from tests.journeys.workers import Desk, eventually

CASES, INTAKE = Strings("kasane_cases").text, Strings("kasane_intake").text
RESOURCES = Strings("kasane_resources").text
EVERY_CLASS = ["identity", "contact", "record", "health", "plan"]
EVERYBODY_PAID = ["municipal_staff", "contractor", "partner_agency"]

People = Sequence[dict[str, object]]


def receive(desk: Desk, people: People, /, **fields: object) -> str:
    """Takes a consultation about these people that the town's coordinator must see; returns its number."""
    desk.go("intake", "consultations/new")
    desk.fill(**{"single_agency": "no", "ordinary_cooperation": "no", **fields})
    for place, person in enumerate(people):
        if place:
            desk.page.get_by_role("button", name=INTAKE("action.add_person")).click()
        desk.fill_named({f"persons-{place}-{name}": value for name, value in person.items()})
    desk.submit(INTAKE("action.save"))
    assert "/new" not in desk.address(), desk.page.locator("main").inner_text()
    return desk.page.locator("h1").inner_text().split()[-1]


def open_case(coordinator: Desk, number: str, *confirmed: str, offices: Sequence[str] = ()) -> str:
    """Opens the case of a consultation, confirming the consent of those named; returns its address."""
    eventually(
        lambda: coordinator.go("cases", "cases") or coordinator.sees(number),
        "the consultation on the coordinator's list",
    )
    coordinator.press(
        coordinator.page.locator("tr", has_text=number).get_by_role(
            "link", name=CASES("list.open_from")
        )
    )
    for name in confirmed:
        coordinator.page.locator(
            "label.k-choice:has([name=consent_confirmed])", has_text=name
        ).locator("input").check()
    for office in offices:
        coordinator.page.locator("label.k-choice:has([name=team])", has_text=office).locator(
            "input"
        ).check()
    coordinator.fill(support_decided=True, support_reason="課どうしの連携では難しい")
    coordinator.submit(CASES("open.submit"))
    return coordinator.address()


def take_consent(desk: Desk, case: str, name: str, **fields: object) -> None:
    """Records what one person says about passing information on."""
    desk.go("cases", f"{case}/consents/{person_id(desk, case, name)}")
    given: dict[str, object] = {
        "state": "given",
        "purposes": ["multi_agency", "handoff"],
        "recipients": EVERYBODY_PAID,
        "data_classes": EVERY_CLASS,
        "given_by": "self",
        "method": "written",
    }
    desk.fill(**({**given, **fields} if fields.get("state", "given") == "given" else fields))
    desk.submit(CASES("consent.submit"))
    assert "/consents/" not in desk.address(), desk.page.locator("main").inner_text()


def add_item(desk: Desk, session: str, name: str, topic: str) -> None:
    """Puts a person's matter on a session's agenda; nobody's, when the name is empty."""
    desk.go("cases", f"{session}/items/new")
    if name:
        desk.page.locator("label.k-choice:has([name=subject])", has_text=name).locator(
            "input"
        ).first.check()
    desk.fill(topic=topic)
    desk.submit(CASES("item.submit"))


def refused_item(desk: Desk, session: str, name: str, why: str) -> None:
    """The person is greyed on the form of an item, and the sentence says why."""
    desk.go("cases", f"{session}/items/new")
    box = desk.page.locator("label.k-choice:has([name=subject])", has_text=name).locator("input")
    assert box.first.is_disabled()
    assert desk.sees(why), desk.page.locator("main").inner_text()


def draft_plan(
    desk: Desk,
    case: str,
    names: Sequence[str],
    goal: str,
    tracks: People,
    kind: str = "multi_agency",
) -> None:
    """Writes a plan of the household and sends the form, whatever comes of it."""
    desk.go("cases", f"{case}/plans/new")
    desk.fill(kind=kind)
    for name in names:
        desk.page.locator("label.k-choice:has([name=persons])", has_text=name).locator(
            "input"
        ).first.check()
    desk.fill_named({"goals-0-goal": goal})
    for place, track in enumerate(tracks):
        if place:
            desk.page.get_by_role("button", name=CASES("plan.add_track")).click()
        desk.fill_named({f"tracks-{place}-{name}": value for name, value in track.items()})
    desk.submit(CASES("plan.submit"))


def plan_session(desk: Desk, body: str, attendees: Sequence[str], kind: str = "") -> str:
    """Plans a session of a body for today with these colleagues and oneself; returns its address."""
    desk.go("cases", "conferences/new")
    desk.fill(body=f"{body}:{kind or body}", planned_for=clock.today().isoformat())
    for name in attendees:
        desk.page.locator("label.k-choice", has_text=name).locator("input").check()
    desk.submit(CASES("conference.plan_submit"))
    return desk.address()


def seat_guest(desk: Desk, session: str, name: str, kind: str) -> None:
    """Somebody who is no colleague will attend."""
    desk.go("cases", session)
    form = desk.page.locator("main form:has([name=attendee_kind])").first
    desk.page.locator("main details:has([name=attendee_kind]) > summary").first.click()
    form.locator("[name=name]").fill(name)
    field = form.locator("[name=attendee_kind]").first
    if field.evaluate("e => e.tagName") == "SELECT":
        field.select_option(kind)
    else:
        form.locator(f"[name=attendee_kind][value={kind}]").check()
    desk.press(form.get_by_role("button").last)


def cannot_open(desk: Desk, why: str) -> None:
    """The button that opens the session is grey, and the sentence says why."""
    assert desk.page.get_by_role("button", name=CASES("session.open")).first.is_disabled()
    assert desk.sees(why), desk.page.locator("main").inner_text()


def bind_everybody(desk: Desk) -> None:
    """Records the duty of secrecy of every attendee of the session on the screen."""
    while True:
        forms = desk.page.locator('main form[action$="/secrecy"]')
        if forms.count() == 0:
            return
        form = forms.first
        if form.locator("[name=signed]").count():
            form.locator("[name=signed]").check()
        desk.press(form.locator("button"))


def decide_and_end(desk: Desk, decision: str, office: str) -> None:
    """Opens the session, decides its first item, ends it and fixes the minutes."""
    desk.submit(CASES("session.open"))
    session = desk.address()
    items = desk.page.locator('main a[href*="/items/"]').first
    desk.press(items)
    desk.fill(decision=decision, in_charge=office)
    desk.submit(CASES("session.decision_submit"))
    desk.go("cases", session)
    desk.submit(CASES("session.hold"))
    desk.go("cases", f"{session}/minutes")
    desk.fill(minutes=decision)
    desk.submit(CASES("session.fix_minutes"))
    desk.go("cases", session)


def write_need(desk: Desk, case: str, name: str, category: str, description: str) -> None:
    """Writes down a need of a person of a case; the directory answers by itself."""
    desk.go("cases", f"{case}/needs/new")
    desk.choose("person_id", name)
    desk.fill(category=category, description=description)
    desk.submit(CASES("need.submit"))


def raise_gaps(desk: Desk, label: str, body: str) -> str:
    """Raises the open gaps of a category for the whole town; returns the address of the issue.

    The town's rule must give it to `body`.
    """

    def recorded() -> bool:
        desk.go("resources", "gaps")
        return desk.sees(label)

    eventually(recorded, f"the gap {label}")
    desk.follow(RESOURCES("action.raise_gaps"))
    assert desk.sees(RESOURCES("text.fewer_needs"))
    desk.fill(where="town")
    desk.submit(RESOURCES("action.raise_gaps"))
    assert desk.sees(RESOURCES("text.gaps_raised"))
    desk.press(desk.page.locator('main a[href*="/community/issues/"]').first)
    assert desk.sees(RESOURCES("text.with_body", body=body))
    assert desk.sees(RESOURCES("text.fewer_needs"))
    return desk.address()


def person_id(desk: Desk, case: str, name: str) -> str:
    """The id of a person of a case, from the link to the consent form beside the name."""
    desk.go("cases", case)
    links = desk.page.locator('main a[href*="/consents/"]')
    for index in range(links.count()):
        link = links.nth(index)
        around = link.locator("xpath=ancestor::*[self::li or self::section or self::div][1]")
        if name in around.inner_text():
            return str(link.get_attribute("href")).rsplit("/", 1)[1]
    raise AssertionError(f"{name} has no consent form on {case}")
