"""Random days with the product's own queue in Node, a store that outlives death, and the real handlers."""

from __future__ import annotations

import json
import random
import subprocess
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
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
            if "send" not in said:
                assert "failed" not in said, said
                return said["done"]
            self._tell({"reply": self._carry(said["send"])})

    def _tell(self, value: Any) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(value) + "\n")
        self._process.stdin.flush()

    def _carry(self, wire: dict[str, Any]) -> dict[str, Any] | None:
        lossy = self._line.startswith("loses") and self._chance.random() < 0.5
        if self._line == "gone" or (lossy and self._line == "loses_requests"):
            return None
        answer = self._client.post(f"/{TOWN}/api/v1/door/items", json=wire)
        if lossy:
            return None
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
