"""How soon the directory's suggestions stand on a case after a need was written down, with real delivery.

Run by `make bench-suggestions`: a whole house of each mode, a coordinator's program that writes needs down one after
another and looks at the case until the suggestions are there. The last line is one JSON object.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.journeys import houses
from tests.journeys.houses import House
from tests.journeys.workers import ApiWorker, eventually
from tests.support import own_processes
from tests.support.missing import find_epmd, find_postgres_folder, find_rabbitmq_folder
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_rabbitmq import PrivateRabbit

TOWN = "292095"
ENTRIES = 200
NEEDS = 40
WARM_UP = 3
AIM_SECONDS = 2.0
LONGEST_SECONDS = 30.0
PAUSE_SECONDS = 0.01
THEMES = (
    ("子ども食堂", "夕食と宿題の見守り。学校に行きにくい子どもの居場所。", "children_cafeteria"),
    ("家計の相談室", "滞納や借金の整理をいっしょに考える。", "self_reliance_advice"),
    ("フードパントリー", "食料の無料の受け渡し。", "food_pantry"),
    ("家族のつどい", "ひきこもりの家族が話せる居場所。", "place_to_be"),
)
WORDS = (
    "学校以外の居場所がほしい",
    "夕食を一人で食べている",
    "家賃の滞納を整理したい",
    "通院に付き添う人がいない",
)


def main() -> int:
    """Measures both modes and prints; 1 where the servers of the distributed mode are missing."""
    postgres, rabbit, epmd = find_postgres_folder(), find_rabbitmq_folder(), find_epmd()
    if postgres is None or rabbit is None or epmd is None:
        sys.stderr.write("PostgreSQL か RabbitMQ がありません。make services で入ります。\n")
        return 1
    result: dict[str, float] = {}
    with embedded() as house:
        result |= measured("embedded", house)
    with distributed(PrivatePostgres(postgres), PrivateRabbit(rabbit, epmd)) as house:
        result |= measured("distributed", house)
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


@contextmanager
def embedded() -> Iterator[House]:
    """One process on SQLite."""
    furnished = own_processes.make_folder("kasane-furnished-")
    folder = own_processes.make_folder("kasane-embedded-")
    house = houses.embedded(folder, houses.furnish(furnished))
    try:
        house.wait()
        yield house
    finally:
        house.close()
        own_processes.delete_folder(folder)
        own_processes.delete_folder(furnished)


@contextmanager
def distributed(postgres: PrivatePostgres, rabbit: PrivateRabbit) -> Iterator[House]:
    """Ten processes on PostgreSQL and RabbitMQ."""
    folder = own_processes.make_folder("kasane-distributed-")
    try:
        postgres.start()
        rabbit.start()
        house = houses.distributed(folder, postgres, rabbit)
        try:
            house.wait()
            yield house
        finally:
            house.close()
    finally:
        rabbit.close()
        postgres.close()
        own_processes.delete_folder(folder)


def measured(mode: str, house: House) -> dict[str, float]:
    """Seconds from the answer that a need was written down until its suggestions are on the case."""
    coordinator = ApiWorker(house, TOWN, "ikoma-coordinator")
    for number in range(ENTRIES):
        name, description, category = THEMES[number % len(THEMES)]
        coordinator.post(
            "resources",
            "human-services",
            {
                "name": f"{name}{number}",
                "description": description,
                "categories": [category],
                "service_area": {"kind": "towns", "words": ["生駒市"]},
            },
        )
    case_path = f"cases/{_case(house, coordinator)}"
    (person,) = coordinator.get("cases", case_path)["persons"]
    looks, waits = [], []
    for number in range(WARM_UP + NEEDS):
        need = {
            "person_id": person["id"],
            "category": "child_rearing",
            "description": f"{WORDS[number % len(WORDS)]}（{number}）",
        }
        coordinator.post("cases", f"{case_path}/needs", need)
        began = time.monotonic()
        while True:
            looked = time.monotonic()
            needs = coordinator.get("cases", case_path)["needs"]
            now = time.monotonic()
            looks.append(now - looked)
            (mine,) = (one for one in needs if one["description"] == need["description"])
            if mine["suggestions"]:
                break
            if now - began > LONGEST_SECONDS:
                raise SystemExit(f"{mode}: suggestions never came")
            time.sleep(PAUSE_SECONDS)
        waits.append(now - began)
    waits = sorted(waits[WARM_UP:])
    look = statistics.median(looks)
    middle, longest = statistics.median(waits), waits[-1]
    sys.stdout.write(
        f"{mode}: {NEEDS} needs, {ENTRIES} entries: median {middle:.3f} s, longest {longest:.3f} s, "
        f"over {AIM_SECONDS:.0f} s: {sum(wait > AIM_SECONDS for wait in waits)}; "
        f"one look at the case {look:.3f} s, so {middle / look:.1f} looks\n"
    )
    sys.stdout.flush()
    return {
        f"{mode}_suggested_median_s": round(middle, 4),
        f"{mode}_suggested_longest_s": round(longest, 4),
        f"{mode}_suggested_to_look": round(middle / look, 2),
    }


def _case(house: House, coordinator: ApiWorker) -> str:
    desk = ApiWorker(house, TOWN, "ikoma-desk")
    consultation = desk.post(
        "intake",
        "consultations",
        {
            "desk": "tax_window",
            "channel": "window",
            "story": "食事のことで困っている",
            "categories": ["child_rearing"],
            "main_category": "child_rearing",
            "persons": [{"name": "測定 花子", "birth_date": "2014-04-02", "given_consent": True}],
        },
    )
    path = f"consultations/{consultation['id']}"
    desk.put(
        "intake",
        f"{path}/screening",
        {"single_agency_enough": False, "ordinary_cooperation_enough": False},
        desk.get("intake", path)["version"],
    )
    waiting = eventually(
        lambda: next(
            (
                one
                for one in coordinator.get("cases", "waiting")["items"]
                if one["number"] == consultation["number"]
            ),
            None,
        ),
        "the consultation on the coordinator's list",
    )
    case = coordinator.post(
        "cases",
        "cases",
        {
            "consultation_id": waiting["id"],
            "consent_confirmed": [consultation["persons"][0]["person_id"]],
            "support_decided": True,
            "support_reason": "課どうしの連携では難しい",
        },
    )
    return str(case["id"])


if __name__ == "__main__":
    sys.exit(main())
