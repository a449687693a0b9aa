"""A telephone-sized browser with the real page, service worker and store, at the end of a line."""

from __future__ import annotations

import random
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

from kasane_kit.auth import COOKIE
from kasane_kit.testing.workbench import TOWN
from tests.doorstep.line import Line
from tests.doorstep.office import Office
from tests.support.chromium import PHONE

# What cuts the line of a page here reaches neither the worker nor what the browser says of the line.
ONLY_THE_PAGE_SENDS = """
delete ServiceWorkerRegistration.prototype.sync;
Object.defineProperty(navigator, "onLine", { get: () => localStorage.getItem("line") !== "cut" });
"""


class BrowserTelephone:
    """A telephone-sized browser at the end of a line."""

    def __init__(
        self, browser: Browser, office: Office, line: Line, *, background: bool = True
    ) -> None:
        """Without ``background`` only the page sends, and it knows when the line is cut."""
        self.office, self._line = office, line
        self.context: BrowserContext = browser.new_context(
            viewport=PHONE, has_touch=True, is_mobile=True, locale="ja-JP", timezone_id="Asia/Tokyo"
        )
        self.context.set_default_timeout(60_000)
        if not background:
            self.context.add_init_script(ONLY_THE_PAGE_SENDS)
        self.sign_in()
        self.page: Page = self.context.new_page()
        self.open()
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        self.workers: CDPSession = self.context.new_cdp_session(self.page)
        self.workers.send("ServiceWorker.enable")

    def sign_in(self) -> None:
        """The worker signs in."""
        bench = self.office.bench
        text = bench.open_session(self.office.worker.account_id)
        self.context.add_cookies([{"name": COOKIE, "value": text, "url": self._line.address}])

    def open(self) -> None:
        """Opens the app and waits until it shows something."""
        self.page.goto(f"{self._line.address}/{TOWN}/door/")
        self.settle()

    def settle(self) -> None:
        """Waits until the page has asked the office, or found that it cannot."""
        self.page.wait_for_function("() => window.DoorApp && DoorApp.started")

    def line(self, kind: str) -> None:
        self._line.kind = kind

    def forget(self) -> None:
        """A new day begins where the last one was settled by hand."""
        self.page.evaluate(
            "async () => { for (const one of await DoorApp.store.all())"
            " if (one.state === 'rejected') await DoorApp.queue.settled(one.id, 'office');"
            " await DoorApp.store.wipe(); }"
        )

    def hand_out(self) -> None:
        self.page.evaluate("() => DoorApp.refresh()")
        assert self.page.evaluate("() => DoorApp.state.round !== null")

    def write(self, kind: str, visit: str, content: dict[str, Any], replaces: str = "") -> str:
        return str(
            self.page.evaluate(
                "async ([kind, visit, content, replaces]) => {"
                " try { return (await DoorApp.write(kind, visit, content, { replaces })).id; }"
                " catch (error) { if (error instanceof DoorAlreadyTried) return ''; throw error; } }",
                [kind, visit, content, replaces],
            )
        )

    def send(self) -> None:
        self.page.evaluate("() => DoorApp.send()")

    def die(self, chance: random.Random) -> None:
        """The worker or the page ends while something is on its way."""
        self.page.evaluate("() => { DoorApp.send(); }")
        if chance.random() < 0.5:
            self.workers.send("ServiceWorker.stopAllWorkers")
        else:
            self.page.reload(wait_until="commit")
            self.settle()

    def items(self) -> list[dict[str, Any]]:
        return list(
            self.page.evaluate(
                "async () => Promise.all((await DoorApp.store.all()).map("
                "async (one) => ({ ...one, content: await DoorApp.contentOf(one) })))"
            )
        )

    def reload(self) -> None:
        """Opens the page again and waits until it has asked the office, or found that it cannot."""
        self.page.reload(wait_until="commit")
        self.settle()

    def show(self, screen: str) -> None:
        """Goes to a screen of the page, as a link in it does; returns when the page has drawn it."""
        self.page.evaluate(
            "(hash) => location.hash === hash || new Promise((resolve) => {"
            # Ours is heard after the page's own listener, which draws.
            " addEventListener('hashchange', () => resolve(true), { once: true });"
            " location.hash = hash; })",
            f"#{screen}",
        )

    def stop_the_clock(self) -> None:
        """The page looks at its clock no more by itself, so that a test may move what it keeps."""
        self.page.evaluate(
            "() => { for (let one = setInterval(() => {}, 1e6); one; one -= 1) clearInterval(one); }"
        )

    def sees(self, words: str) -> None:
        """Waits until the words stand on the screen."""
        self.page.get_by_text(words).first.wait_for()

    def kept(self, *states: str) -> None:
        """Waits until what lies in the telephone stands in exactly these states, in any order."""
        self.until(
            "DoorApp.store.all().then((all) => all.map((one) => one.state).sort().join() === arg)",
            ",".join(sorted(states)),
        )

    def until(self, condition: str, arg: Any = None) -> None:
        """Waits in the page until an expression with `arg`, which may be a promise, is true."""
        self.page.evaluate(
            f"async (arg) => {{ while (!(await ({condition}))) await new Promise(requestAnimationFrame); }}",
            arg,
        )

    def cut(self) -> None:
        """No line at all, and the telephone knows."""
        self._line.kind = "gone"
        self.context.set_offline(True)
        self.page.evaluate("localStorage.setItem('line', 'cut')")

    def mend(self) -> None:
        """The line is back, and everything has been sent."""
        self.mend_quietly()
        self.page.evaluate("() => DoorApp.refresh()")

    def mend_quietly(self) -> None:
        """The line is back and nobody has noticed."""
        self._line.kind = "good"
        self.context.set_offline(False)
        self.page.evaluate("localStorage.removeItem('line')")
