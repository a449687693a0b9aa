"""Walks the forms that staff meet with a household they have taken in, and looks what each asks again."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape

from werkzeug.test import Client

from kasane_kit.strings import Strings

# What intake's form asks of a person, by the keys of its words: typed once at the first desk.
ASKED_ONCE = ("name", "kana", "birth_date", "address", "phone")
# Forms about somebody or something new: they ask for the first time.
ABOUT_ANOTHER = ("members/new", "consultations/new", "book", "soudan")
MOST_PAGES = 80

_LINK = re.compile(r'href="(/(?:cases|outreach|intake|resources)/[^"#]+)"')
_FIELD = re.compile(r'<label[^>]*for="([^"]+)"[^>]*>(.*?)</label>', re.DOTALL)
_INPUT = re.compile(r"<input\b[^>]*>")
_TYPED = ("text", "tel", "date")


@dataclass(frozen=True)
class AskedAgain:
    """An empty field for what was typed at the first desk already."""

    page: str
    label: str


def asked_again(
    browser: Client, starts: Iterable[str], within: Sequence[str]
) -> tuple[list[AskedAgain], int]:
    """Every field asked again on the pages that ``starts`` lead to in two steps, and how many forms were looked at.

    Only addresses that hold one of ``within`` are followed.
    """
    words = Strings("kasane_intake").text
    once = {words(f"field.{key}") for key in ASKED_ONCE}
    found: list[AskedAgain] = []
    seen: set[str] = set()
    forms = 0
    waiting = [(path, 0) for path in starts]
    while waiting and len(seen) < MOST_PAGES:
        path, steps = waiting.pop(0)
        if path in seen or path.endswith((".pdf", ".xlsx", ".csv")):
            continue
        seen.add(path)
        answer = browser.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        page = answer.get_data(as_text=True)
        forms += "<form" in page[page.find("<main") :]
        if not any(part in path for part in ABOUT_ANOTHER):
            found += [AskedAgain(path, label) for label in _empty_fields(page, once)]
        if steps < 2:
            links = (unescape(one) for one in _LINK.findall(page))
            waiting += [(one, steps + 1) for one in links if any(part in one for part in within)]
    return found, forms


def fields_seen(browser: Client, path: str) -> set[str]:
    """The fields of one page that would count when asked again; shows that the look can see them."""
    words = Strings("kasane_intake").text
    once = {words(f"field.{key}") for key in ASKED_ONCE}
    return set(_empty_fields(browser.get(path).get_data(as_text=True), once))


def _empty_fields(page: str, once: set[str]) -> list[str]:
    inputs = {}
    for tag in _INPUT.findall(page):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type", "text") in _TYPED:
            inputs[attributes.get("id", "")] = attributes.get("value", "")
    return [
        label
        for target, inner in _FIELD.findall(page)
        if (label := re.sub(r"<[^>]+>.*?</[^>]+>|<[^>]+>", "", inner).strip()) in once
        and inputs.get(target) == ""
    ]
