"""Random days at doors: a worker, the office, a bad line and a dying telephone; and what must hold after."""

from __future__ import annotations

import random
from typing import Any, Protocol

from kasane_outreach.domain.door_item import DoorOutcome
from tests.doorstep.office import Office

RESULTS = ("met", "absent", "refused", "moved", "worrying")
LINES = ("good", "good", "gone", "loses_requests", "loses_answers")


class Telephone(Protocol):
    """A telephone of any making: the queue is the product's own, the line is ours."""

    def line(self, kind: str) -> None:
        """How the line is from now on: good, gone, loses_requests, loses_answers."""

    def hand_out(self) -> None:
        """Gets the round of the day, over a good line."""

    def write(self, kind: str, visit: str, content: dict[str, Any], replaces: str = "") -> str:
        """Writes one thing and gives its number; "" where the earlier one was tried already."""

    def send(self) -> None:
        """Sends what waits, as far as the line allows."""

    def die(self, chance: random.Random) -> None:
        """Is killed in the middle of sending, and started again."""

    def forget(self) -> None:
        """A new day: what was settled goes."""

    def items(self) -> list[dict[str, Any]]:
        """Everything that lies on it, with ``content`` where it can be opened."""


def play(seed: int, office: Office, telephone: Telephone) -> dict[str, int]:
    """Plays one random day and checks it; says how often each outcome came."""
    chance = random.Random(seed)
    visits = office.new_visits(chance.randint(1, 3))
    telephone.line("good")
    telephone.forget()
    telephone.hand_out()
    office.backup.take()
    written: dict[str, dict[str, Any]] = {}
    for _ in range(chance.randint(4, 12)):
        visit = chance.choice(visits)
        match chance.choice(STEPS):
            case "record":
                _write(telephone, written, "record", visit, _record(chance, seed))
            case "rewrite":
                earlier = [one for one in written if written[one]["kind"] == "record"]
                if earlier:
                    before = chance.choice(earlier)
                    place = written[before]["visit"]
                    _write(telephone, written, "record", place, _record(chance, seed), before)
            case "addendum":
                text = {"text": f"追記 {seed} {chance.random()}"}
                _write(telephone, written, "addendum", visit, text)
            case "line":
                telephone.line(chance.choice(LINES))
            case "send":
                telephone.send()
            case "die":
                telephone.die(chance)
            case "office_records":
                office.record(visit)
            case "office_hands_over":
                office.hand_over(visit)
            case "office_gives_back":
                office.give_back(visit)
            case "office_cancels":
                office.cancel(visit)
            case "backup":
                office.backup.take()
            case "restore":
                office.backup.put_back()
    telephone.line("good")
    telephone.send()
    return check(seed, office, telephone, visits, written)


STEPS = (
    *("record",) * 4,
    *("rewrite",) * 2,
    *("addendum",) * 2,
    *("line",) * 4,
    *("send",) * 3,
    *("die",) * 3,
    "office_records",
    *("office_hands_over",) * 2,
    "office_gives_back",
    "office_cancels",
    "backup",
    *("restore",) * 2,
)


def check(
    seed: int,
    office: Office,
    telephone: Telephone,
    visits: list[str],
    written: dict[str, dict[str, Any]],
) -> dict[str, int]:
    """After everything was sent the telephone and the office say the same, and nothing is missing."""
    here = {item["id"]: item for item in telephone.items() if item["visit"] in visits}
    there = {key: item for visit in visits for key, item in office.items(visit).items()}
    counts = {outcome.value: 0 for outcome in DoorOutcome}
    # What was written on a telephone that died before it said so may be there as well; never less.
    assert set(written) <= set(here), seed
    assert set(here) == set(there), seed
    for key, item in here.items():
        outcome = there[key].outcome.value
        assert item["state"] == outcome, (seed, key)
        counts[outcome] += 1
        if outcome == "rejected":
            assert item["content"] is not None, (seed, key)
            assert item["answer"]["why"], (seed, key)
            assert there[key].waits, (seed, key)
        if outcome == "superseded":
            assert any(key in other["replaces"] for other in here.values()), (seed, key)
    for visit in visits:
        _check_visit(seed, office, visit, here, written)
    return counts


def _check_visit(
    seed: int,
    office: Office,
    visit: str,
    here: dict[str, dict[str, Any]],
    written: dict[str, dict[str, Any]],
) -> None:
    accepted = [
        one for one in here.values() if one["visit"] == visit and one["state"] == "accepted"
    ]
    records = [one["id"] for one in accepted if one["kind"] == "record"]
    record = office.visit(visit).record
    if records:
        (only,) = records
        assert record is not None, seed
        assert record.submission == f"door:{only}", seed
        if only in written:
            content = written[only]["content"]
            assert (record.result.value, record.note) == (content["result"], content["note"]), seed
    elif record is not None:
        assert record.recorded_by != office.worker.account_id, seed
    words = sorted(one.id for one in office.addenda(visit))
    assert words == sorted(one["id"] for one in accepted if one["kind"] == "addendum"), seed


def _write(
    telephone: Telephone,
    written: dict[str, dict[str, Any]],
    kind: str,
    visit: str,
    content: dict[str, Any],
    replaces: str = "",
) -> None:
    key = telephone.write(kind, visit, content, replaces)
    if key:
        written[key] = {"kind": kind, "visit": visit, "content": content}


def _record(chance: random.Random, seed: int) -> dict[str, Any]:
    return {"result": chance.choice(RESULTS), "note": f"記録 {seed} {chance.random()}"}
