"""A worker at doors in a journey: the app on a telephone whose line is cut in the middle, and the office meanwhile."""

from __future__ import annotations

from kasane_kit import clock
from kasane_kit.strings import Strings
from tests.journeys.workers import Desk, eventually
from tests.support.relay import Relay

CASES, OUTREACH = Strings("kasane_cases").text, Strings("kasane_outreach").text
STATES = "DoorApp.store.all().then((all) => all.map((one) => one.state).sort().join())"


class Telephone:
    """The app for visits on the telephone of a desk, at the end of a line that can be cut."""

    def __init__(self, phone: Desk, line: Relay) -> None:
        self._desk, self._line, self.page = phone, line, phone.page

    def open(self) -> None:
        """Opens the app over a good line; afterwards it lies in the telephone with today's round."""
        self._desk.go("outreach", "door/")
        self._started()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")

    def refresh(self) -> None:
        """Asks the office for today's round, and sends what waits."""
        self.page.evaluate("DoorApp.refresh()")

    def cut(self) -> None:
        """No line; the app is started anew and shows what the telephone itself holds."""
        self._line.cut()
        self.page.reload(wait_until="commit")
        self._started()
        self.page.get_by_text(OUTREACH("door.say.offline"), exact=True).wait_for()

    def mend(self, *states: str) -> None:
        """The line is back: everything written ends in these states, in any order."""
        self._line.mend()
        self.refresh()
        self._until(STATES, ",".join(sorted(states)))

    def go_to(self, name: str) -> None:
        """Opens the visit to somebody from the round."""
        self.page.locator(".d-bar__item").first.click()
        self.page.locator(".d-visit__link", has_text=name).last.click()
        self.page.locator("#screen h2", has_text=name).wait_for()

    def record(self, result: str, note: str, *, said: str = "", accompanied_to: str = "") -> None:
        """Writes down the visit on the screen; it lies in the telephone when this returns."""
        page = self.page
        waiting = (
            "DoorApp.store.all().then((all) => all.filter((one) => one.state === 'waiting').length)"
        )
        before = int(page.evaluate(waiting))
        page.locator(f'[data-act=record] [name=result][value="{result}"]').check()
        page.get_by_label(OUTREACH("visit.note")).fill(note)
        if said:
            page.get_by_text(OUTREACH("door.consent")).click()
            page.get_by_label(OUTREACH("door.said"), exact=True).fill(said)
        if accompanied_to:
            page.get_by_text(OUTREACH("door.more"), exact=True).click()
            page.get_by_label(OUTREACH("visit.accompanied_to")).fill(accompanied_to)
        self._desk.look()
        page.get_by_role("button", name=OUTREACH("visit.save_record")).click()
        self._until(waiting, before + 1)

    def record_house(self, label: str, result: str, words: str) -> None:
        """Writes down a house of the survey from the list of its area; it lies in the telephone when this returns."""
        page = self.page
        page.locator(".d-bar__item").first.click()
        page.locator(".d-visit__link", has_text=label).first.click()
        page.locator("#screen h2", has_text=label).wait_for()
        page.locator(f'[data-act=survey] [name=result][value="{result}"]').check()
        page.get_by_label(OUTREACH("run.own_words")).fill(words)
        self._desk.look()
        page.get_by_role("button", name=OUTREACH("visit.save_record")).click()
        page.locator("#screen .d-item").wait_for()

    def _started(self) -> None:
        self.page.wait_for_function("() => window.DoorApp && DoorApp.started")

    def _until(self, expression: str, wanted: object) -> None:
        self.page.evaluate(
            f"async (wanted) => {{ while ((await ({expression})) !== wanted)"
            " await new Promise(requestAnimationFrame); }",
            wanted,
        )


def ask_for_visit(desk: Desk, case: str, name: str, purpose: str) -> None:
    """Asks outreach for a visit to a person of a case, by the first agency that the town names."""
    desk.go("cases", f"{case}/outreach/new")
    desk.page.locator("label", has_text=name).locator('[name="person_id"]').first.check()
    desk.fill(purpose=purpose, reason="顔を合わせる")
    agency = desk.page.locator('main [name="agency"]')
    if agency.first.evaluate("e => e.tagName") == "SELECT":
        agency.select_option(index=1)
    else:
        agency.first.check()
    desk.submit(CASES("outreach.submit"))
    assert not desk.address().endswith("/new"), desk.page.locator("main").inner_text()


def open_household(desk: Desk, name: str) -> str:
    """Opens a household to reach as soon as it is on the list; its address."""
    eventually(lambda: desk.go("outreach", "households") or desk.sees(name), f"{name} on the list")
    desk.press(desk.page.locator("main a", has_text=name).first)
    return desk.address()


def schedule(desk: Desk, household: str, worker: str, at: str, *, again: bool = False) -> None:
    """Schedules a visit today; with ``again`` a second one that day, which first has to be meant."""
    desk.go("outreach", f"{household}/visits/new")
    desk.fill(on=clock.today().isoformat(), starts_at=at, minutes="30")
    desk.choose("worker", worker)
    desk.submit(OUTREACH("visit.schedule_save"))
    if again:
        assert desk.sees(OUTREACH("visit.despite_same_day"))
        desk.fill(despite_same_day=True)
        desk.submit(OUTREACH("visit.schedule_save"))
    assert desk.sees(OUTREACH("visit.scheduled")), desk.page.locator("main").inner_text()


def heard(desk: Desk, case: str, words: str) -> None:
    """What was written at a door stands in the case."""
    eventually(lambda: desk.go("cases", case) or desk.sees(words), f"{words} in the case")
