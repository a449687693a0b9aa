"""Opens the installed Chromium and asks axe-core about a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Out of reach of pytest-socket, being a process of its own: it may reach this machine only.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)


@contextmanager
def open_chromium(program: Path) -> Iterator[Browser]:
    """A running browser, closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(browser: Browser, size: ViewportSize, *, touch: bool) -> Iterator[Page]:
    """A page in a fresh profile, as a person in Japan sees it; the next one knows nothing of it."""
    context = browser.new_context(
        viewport=size,
        screen=size,
        has_touch=touch,
        is_mobile=touch,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
    )
    context.set_default_timeout(120_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def axe(
    page: Page, *, within: str | None = None, rules: list[str] | None = None
) -> list[dict[str, Any]]:
    """The violations axe-core finds on the page as it is now: each with id, impact, help and nodes.

    `within` is a CSS selector that limits the search; `rules` limits it to rule ids.
    """
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules is not None:
        options["runOnly"] = {"type": "rule", "values": rules}
    results = Axe().run(page, context=within, options=options)
    violations: list[dict[str, Any]] = results.response["violations"]
    return violations
