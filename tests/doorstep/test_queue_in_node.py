"""Random days with the product's own queue in Node, a store that outlives death, and the real handlers."""

from __future__ import annotations

import json
import random
import subprocess
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

from kasane_kit.testing.workbench import TOWN
from tests.doorstep.office import Office, moment, open_office
from tests.doorstep.schedules import play

HERE = Path(__file__).parent
SCRIPTS = HERE.parents[1] / "services/outreach/src/kasane_outreach/static/outreach/door"
DAYS = 120
FIRST_SEED = 100_000

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


class NodeTelephone:
    """The queue in a process of its own; its line is this test."""

    def __init__(self, office: Office) -> None:
        node, _ = compute_driver_executable()
        self.office = office
        self.visitor = office.bench.visit_as(office.worker)
        self.device = str(uuid.uuid4())
        self._line = "good"
        self.asked = 0
        self._client = office.bench.app.test_client()
        self._chance = random.Random(0)
        self._process = subprocess.Popen(
            [node, HERE / "telephone.js", SCRIPTS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        day = self.visitor.send_json("POST", "/api/v1/door/devices", {"device_id": self.device})
        assert day.status_code == 200, day.text
        self._act(
            "begin",
            day={
                "town": TOWN,
                "device": self.device,
                "account": office.worker.account_id,
                "day": day.json["day"],
                "key": day.json["key"],
                "now": day.json["now"],
            },
        )

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def line(self, kind: str) -> None:
        self._line = kind

    def hand_out(self) -> None:
        path = f"/api/v1/door/devices/{self.device}/round"
        assert self.visitor.send_json("POST", path).status_code == 200

    def write(self, kind: str, visit: str, content: dict[str, Any], replaces: str = "") -> str:
        number = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        done = self._act(
            "write", id=number, kind=kind, visit=visit, content=content, replaces=replaces
        )
        return str(done["id"])

    def send(self) -> None:
        self._act("flush", die_after=0)

    def die(self, chance: random.Random) -> None:
        self._act("flush", die_after=chance.randint(1, 14))

    def forget(self) -> None:
        self._act("forget")

    def items(self) -> list[dict[str, Any]]:
        return list(self._act("items"))

    def seed(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def _act(self, act: str, **asked: Any) -> Any:
        self._tell({"act": act, **asked})
        while True:
            assert self._process.stdout is not None
            said = json.loads(self._process.stdout.readline())
            if "send" in said:
                self._tell({"reply": self._carry(said["send"])})
            elif "asks" in said:
                self._tell({"reply": self._epoch()})
            else:
                assert "failed" not in said, said
                return said["done"]

    def _tell(self, value: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()

    def _carry(self, wire: dict[str, Any]) -> dict[str, Any] | None:
        lossy = self._line.startswith("loses") and self._chance.random() < 0.5
        if self._line == "gone" or (lossy and self._line == "loses_requests"):
            return None
        account = {"X-Door-Account": wire.pop("account_id")}
        answer = self._client.post(f"/{TOWN}/api/v1/door/items", json=wire, headers=account)
        if lossy:
            return None
        return {"status": answer.status_code, "body": answer.json}

    def _epoch(self) -> dict[str, Any] | None:
        self.asked += 1
        if self._line == "gone":
            return None
        answer = self._client.get(f"/{TOWN}/api/v1/door/epoch")
        return {"status": answer.status_code, "body": answer.json}


@pytest.fixture
def telephone(tmp_path: Path, clock_at: Callable[..., None]) -> Iterator[NodeTelephone]:
    clock_at(moment())
    found = NodeTelephone(open_office(tmp_path))
    yield found
    found.close()


def test_after_any_day_the_telephone_and_the_office_say_the_same_and_nothing_is_missing(
    telephone: NodeTelephone, request: pytest.FixtureRequest
) -> None:
    days = int(request.config.getoption("--doorstep-days") or DAYS)
    counts: Counter[str] = Counter()

    for seed in range(FIRST_SEED, FIRST_SEED + days):
        telephone.seed(seed)
        counts.update(play(seed, telephone.office, telephone))

    # The days are random, not empty: every way of ending came up.
    assert min(counts.values()) > days // 20, counts


def test_a_telephone_that_dies_at_every_single_step_of_sending_loses_and_doubles_nothing(
    telephone: NodeTelephone,
) -> None:
    office = telephone.office
    (visit,) = office.new_visits(1)
    telephone.hand_out()
    first = telephone.write("record", visit, {"result": "met", "note": "一度だけ"})
    second = telephone.write("addendum", visit, {"text": "これも"})

    for steps in range(1, 20):
        telephone._act("flush", die_after=steps)

    telephone.send()
    states = {item["id"]: item["state"] for item in telephone.items()}
    assert states == {first: "accepted", second: "accepted"}
    assert set(office.items(visit)) == {first, second}
    assert [one.text for one in office.addenda(visit)] == ["これも"]


def test_what_a_restored_server_lost_is_sent_again_by_itself_after_the_end_of_the_day(
    telephone: NodeTelephone,
) -> None:
    office = telephone.office
    first, second = office.new_visits(2)
    telephone.hand_out()
    office.backup.take()
    entered = telephone.write("check_in", first, {"minutes": 30})
    kept = telephone.write("record", first, {"result": "met", "note": "一度だけ"})
    telephone.send()
    telephone.forget()
    telephone.send()
    assert telephone.items() == []
    telephone.line("gone")
    left = telephone.write("check_out", first, {"check_in": entered})
    waiting = telephone.write("record", second, {"result": "absent", "note": "圏外で"})

    for _ in range(2):
        office.backup.put_back()
        assert office.items(first) == {}
        telephone.line("gone")
        telephone.send()
        telephone.line("good")
        telephone.send()
        telephone.send()

        # What happened earlier went first, so the watch was there when its end came.
        states = {item["id"]: (item["state"], item.get("again")) for item in telephone.items()}
        assert set(states) == {entered, kept, left, waiting}
        assert {state for state, _ in states.values()} == {"accepted"}
        assert (states[entered][1], states[kept][1]) == (True, True)
        assert set(office.items(first)) == {entered, kept, left}
        assert set(office.items(second)) == {waiting}
        record = office.visit(first).record
        assert record is not None
        assert (record.note, record.submission) == ("一度だけ", f"door:{kept}")
    epochs = {one["epoch"] for one in telephone._act("copies")}
    assert epochs == {office.backup.epoch_of(TOWN)}


def test_a_telephone_that_dies_at_any_step_of_sending_again_loses_and_doubles_nothing(
    telephone: NodeTelephone,
) -> None:
    office = telephone.office
    (visit,) = office.new_visits(1)
    telephone.hand_out()
    office.backup.take()
    first = telephone.write("record", visit, {"result": "met", "note": "一度だけ"})
    second = telephone.write("addendum", visit, {"text": "これも"})
    telephone.send()

    for steps in range(1, 24):
        office.backup.put_back()
        telephone._act("flush", die_after=steps)
        telephone.send()
        states = {item["id"]: item["state"] for item in telephone.items()}
        assert states == {first: "accepted", second: "accepted"}, steps
        assert set(office.items(visit)) == {first, second}, steps
        assert [one.text for one in office.addenda(visit)] == ["これも"], steps


def test_what_was_rejected_and_given_to_the_office_is_there_again_and_asks_nobody_twice(
    telephone: NodeTelephone,
) -> None:
    office = telephone.office
    (visit,) = office.new_visits(1)
    telephone.hand_out()
    office.hand_over(visit)
    office.backup.take()
    record = telephone.write("record", visit, {"result": "met", "note": "会えた"})
    telephone.send()
    assert [item["state"] for item in telephone.items()] == ["rejected"]
    telephone.forget()
    office.backup.put_back()
    assert office.items(visit) == {}

    telephone.send()

    (item,) = telephone.items()
    assert (item["id"], item["state"], item["settled"]) == (record, "rejected", "office")
    assert office.items(visit)[record].waits


def test_copies_go_after_the_time_that_the_server_names_and_not_before(
    telephone: NodeTelephone, clock_at: Callable[..., None]
) -> None:
    office = telephone.office
    (visit,) = office.new_visits(1)
    telephone.hand_out()
    office.backup.take()
    telephone.write("record", visit, {"result": "met", "note": "会えた"})
    telephone.send()

    clock_at(moment() + timedelta(days=35))
    telephone.send()
    kept = len(telephone._act("copies"))
    clock_at(moment() + timedelta(days=35, seconds=1))
    telephone.send()

    assert (kept, telephone._act("copies")) == (1, [])
    asked = telephone.asked
    telephone.send()
    assert telephone.asked == asked


def test_the_key_and_the_words_are_the_same_on_both_sides(telephone: NodeTelephone) -> None:
    office = telephone.office
    (visit,) = office.new_visits(1)
    telephone.hand_out()
    note = "「𠮷野家」さんの髙橋様 👵🏻\n" + "長い" * 2000

    telephone.write("record", visit, {"result": "worrying", "note": note})
    telephone.send()

    record = office.visit(visit).record
    assert record is not None
    assert record.note == note
