"""Random days with the real page, service worker and store of a browser, against the real handlers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.doorstep.browser import BrowserTelephone
from tests.doorstep.line import Line
from tests.doorstep.office import Office, open_office
from tests.doorstep.schedules import play

DAYS = 50
FIRST_SEED = 500_000

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Line]]:
    office = open_office(tmp_path_factory.mktemp("office"))
    made = Line(office.bench.app)
    yield office, made
    made.close()
    office.bench.house.databases.dispose()


@pytest.fixture
def telephone(chromium: Browser, line: tuple[Office, Line]) -> Iterator[BrowserTelephone]:
    line[1].kind = "good"
    found = BrowserTelephone(chromium, *line)
    yield found
    found.context.close()


def test_after_any_day_with_the_real_worker_both_sides_say_the_same_and_nothing_is_missing(
    telephone: BrowserTelephone, line: tuple[Office, Line]
) -> None:
    counts: Counter[str] = Counter()

    for seed in range(FIRST_SEED, FIRST_SEED + DAYS):
        line[1].chance = random.Random(seed)
        counts.update(play(seed, telephone.office, telephone))

    assert min(counts.values()) > 0, counts
