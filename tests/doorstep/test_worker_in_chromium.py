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
from tests.support.chromium import axe

DAYS = 50
FIRST_SEED = 500_000
NOTE = "玄関で10分話した。"
COPIES = (
    "() => DoorApp.store.within(['things'], 'readonly', ({ things }, give) => {"
    " things.getAll(IDBKeyRange.lowerBound([])).onsuccess ="
    " (event) => give(JSON.stringify(event.target.result)); })"
)
FULL_ONCE = (
    "() => { const add = DoorApp.store.add.bind(DoorApp.store); let full = true;"
    " DoorApp.store.add = (...given) => { if (!full) return add(...given); full = false;"
    " return Promise.reject(new DOMException('', 'QuotaExceededError')); }; }"
)

pytestmark = [pytest.mark.slow]


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


def test_the_real_worker_sends_again_what_a_restored_server_lost_and_the_screen_says_so(
    telephone: BrowserTelephone, line: tuple[Office, Line]
) -> None:
    office, page = line[0], telephone.page
    (visit,) = office.new_visits(1)
    telephone.forget()
    telephone.hand_out()
    office.backup.take()
    number = telephone.write("record", visit, {"result": "met", "note": NOTE})
    telephone.send()
    telephone.kept("accepted")
    # The day is over: the round, the key and what was settled leave the telephone, the sealed copy stays.
    page.evaluate("() => DoorApp.wipe('over')")
    telephone.kept()
    copies = page.evaluate(COPIES)
    assert NOTE not in copies
    assert number in copies

    for _ in range(2):
        office.backup.put_back()
        assert office.items(visit) == {}
        telephone.context.clear_cookies()
        telephone.reload()

        telephone.kept("accepted")
        telephone.sees(
            "サーバーが控えから戻されました。送り終えていた記録 1件を、もう一度送りました。"
        )
        telephone.sees("届いたもの 1件、送信待ち 0件、受け取られなかったもの 0件。")
        assert axe(page) == []
        assert set(office.items(visit)) == {number}
        record = office.visit(visit).record
        assert record is not None
        assert (record.note, record.recorded_by) == (NOTE, office.worker.account_id)


def test_on_a_full_telephone_new_words_are_kept_and_the_oldest_copies_make_room(
    telephone: BrowserTelephone, line: tuple[Office, Line]
) -> None:
    office, page = line[0], telephone.page
    (visit,) = office.new_visits(1)
    telephone.forget()
    telephone.hand_out()
    office.backup.take()
    numbers = [telephone.write("addendum", visit, {"text": str(one)}) for one in range(4)]
    telephone.send()
    telephone.kept(*["accepted"] * 4)
    page.evaluate(FULL_ONCE)

    new = telephone.write("addendum", visit, {"text": "新しい言葉"})
    telephone.send()

    telephone.kept(*["accepted"] * 5)
    copies = page.evaluate(COPIES)
    assert [one for one in numbers if one in copies] == numbers[2:]
    assert new in copies
