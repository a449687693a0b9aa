"""Measures how fast a need is matched, the directory searched and a file read, each beside a bare baseline.

    python services/resources/benchmarks/matching_speed.py [--sizes 10000 100000]

Everything is made from a seed: a directory of 10,000 entries is one prefecture, 100,000 are ten. The
database is SQLite in a file. Times are CPU times of this thread, so that a busy machine changes them little.
"""

import argparse
import csv
import io
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from math import cos, log, radians
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, create_engine

from kasane_kit.db.migrate import MigrationSource, upgrade
from kasane_resources.app import service
from kasane_resources.domain.columns import day_bits
from kasane_resources.domain.eligibility import AreaKind, Eligibility, ServiceArea
from kasane_resources.domain.folding import bigrams, fold
from kasane_resources.domain.human_service import (
    ContactMode,
    HumanService,
    HumanServiceEntry,
    Visibility,
)
from kasane_resources.domain.layout_rows import read_file
from kasane_resources.domain.location import KM_PER_DEGREE, Location, Position, box_around
from kasane_resources.domain.matching import MatchingPolicy, match_rows
from kasane_resources.domain.need import Need
from kasane_resources.domain.schedule import DAYS, Schedule
from kasane_resources.domain.searching import DirectorySearch
from kasane_resources.domain.taxonomy import taxonomy
from kasane_resources.domain.thesaurus import thesaurus
from kasane_resources.handlers.needs import suggestion
from kasane_resources.queries.finding import found, found_ids
from kasane_resources.repository import HumanServices, candidates

TODAY = date(2026, 11, 21)
A_PREFECTURE = 10_000
TOWNS = 40
NEEDS = 40
SEARCHES = 60
ROWS = 10_000
TWO = (
    "電話",
    "訪問",
    "参加",
    "住居",
    "農園",
    "夜間",
    "活動",
    "予約",
)  # no kind answers them by meaning
FOUR = (
    "手伝いを",
    "ご自宅へ",
    "生活困窮",
    "夜間の見",
    "電話で受",
    "見守り活",
    "農園での",
    "作業や夜",
)
_PLAIN = (
    "地域のみなさんと一緒に活動しています",
    "相談は無料です。予約は電話で受け付けます",
    "就労支援や介護相談、住居の相談にも応じます",
    "子ども食堂と学習の手伝いをしています",
    "ご自宅への訪問や送迎もできます",
    "農園での作業や夜間の見守り活動に参加できます",
    "生活困窮や療育の相談を受けています",
)


def made_up(size: int, chance: random.Random) -> Iterator[HumanService]:
    """An invented directory: names, texts of about 150 characters, places around the towns of prefectures."""
    kinds, situations = list(taxonomy()), thesaurus().situations
    for number in range(size):
        prefecture, town = number // A_PREFECTURE, chance.randrange(TOWNS)
        code = f"{prefecture + 1:02d}{town + 101:03d}0"
        centre = town_centre(prefecture, town)
        kind = chance.choice(kinds)
        words = [word for one in chance.sample(situations, 2) for word in one.offered[:2]]
        texts = [*chance.sample(_PLAIN, 2), *words, f"{taxonomy()[kind].ja}の窓口です"]
        area = chance.choice(
            (
                ServiceArea(),
                ServiceArea(AreaKind.TOWNS, (f"町{prefecture:02d}{town:02d}市",)),
                ServiceArea(AreaKind.TOWNS, (f"町{prefecture:02d}{town:02d}市",)),
                ServiceArea(AreaKind.RADIUS, radius_km=chance.choice((5, 10, 20))),
            )
        )
        yield HumanService(
            f"s{number:06d}",
            HumanServiceEntry(
                name=f"{taxonomy()[kind].ja} {number}号室",
                description="。".join(texts),
                categories=tuple(
                    dict.fromkeys((kind, *chance.sample(kinds, chance.randint(0, 1))))
                ),
                contact_modes=tuple(chance.sample(list(ContactMode), 2)),
                fees_description=chance.choice(("無料", "1回300円", "")),
                last_confirmed_on=chance.choice((None, date(2026, 9, 1), date(2024, 1, 1))),
                eligibility=Eligibility(chance.choice((None, 0, 15, 65)), None, "", area),
                schedule=Schedule(tuple(chance.sample(DAYS, 3)), "09:00", "17:00"),
                location=Location(
                    "",
                    "",
                    code,
                    Position(
                        centre.latitude + chance.gauss(0, 0.04),
                        centre.longitude + chance.gauss(0, 0.05),
                    ),
                ),
            ),
        )


def town_centre(prefecture: int, town: int) -> Position:
    """Towns stand so close that about a third of a prefecture lies within 10 km, as was measured of real towns."""
    return Position(
        33.0 + prefecture % 5 + (town // 8) * 0.06, 131.0 + prefecture // 5 * 2 + town % 8 * 0.07
    )


def needs(chance: random.Random) -> list[Need]:
    """Needs of about 150 characters in the words of workers, all in the first prefecture."""
    situations, made = thesaurus().situations, []
    for _ in range(NEEDS):
        town = chance.randrange(TOWNS)
        told = ["".join(chance.choice(one.said).together) for one in chance.sample(situations, 4)]
        told += chance.sample(_PLAIN, 3)
        made.append(
            Need(
                category="income",
                categories=("income",),
                municipality=f"01{town + 101:03d}0",
                town_name=f"町00{town:02d}市",
                ages=(chance.choice((8, 24, 52)), 82),
                position=town_centre(0, town),
                description="。".join(told),
                without_car=True,
                contact=ContactMode.HOME_VISIT,
            )
        )
    return made


class BareScorer:
    """What is compared with: BM25 on pairs of characters, five plain features and distance over every entry."""

    def __init__(self, services: Sequence[HumanService]) -> None:
        postings: dict[str, list[int]] = {}
        lengths = np.zeros(len(services))
        for row, one in enumerate(services):
            pairs = set(bigrams(f"{one.entry.name} {one.entry.description}"))
            lengths[row] = len(pairs)
            for pair in pairs:
                postings.setdefault(pair, []).append(row)
        norm = 2.2 / (1 + 1.2 * (0.25 + 0.75 * lengths / lengths.mean()))
        self.impacts = {
            pair: (
                np.array(rows, np.int32),
                (log(1 + (len(services) - len(rows) + 0.5) / (len(rows) + 0.5)) * norm[rows]),
            )
            for pair, rows in postings.items()
        }
        entries = [one.entry for one in services]
        kinds = list(taxonomy())
        self.kind = np.array([kinds.index(entry.categories[0]) for entry in entries])
        self.meets = np.array([0.4 * ("income" in term.meets) for term in taxonomy().values()])
        self.low = np.array([entry.eligibility.minimum_age or 0 for entry in entries])
        self.town = np.array([int(entry.location.municipality) for entry in entries])
        self.days = np.array([day_bits(entry.schedule.byday) for entry in entries])
        self.visits = np.array([ContactMode.HOME_VISIT in entry.contact_modes for entry in entries])
        places = [entry.location.position or Position(0, 0) for entry in entries]
        self.place = np.radians([[one.latitude, one.longitude] for one in places])

    def best(self, need: Need) -> list[tuple[int, dict[str, float]]]:
        """The twenty rows with the most points, each with its parts."""
        text = np.zeros(len(self.kind))
        for pair in set(bigrams(need.description)):
            if pair in self.impacts:
                rows, impact = self.impacts[pair]
                text[rows] += impact
        home = np.radians([need.position.latitude, need.position.longitude])
        half = (
            np.sin((self.place[:, 0] - home[0]) / 2) ** 2
            + np.cos(home[0])
            * np.cos(self.place[:, 0])
            * np.sin((self.place[:, 1] - home[1]) / 2) ** 2
        )
        near = np.maximum(0.0, 1 - 2 * 6371.0088 * np.arcsin(np.sqrt(half)) / 30)
        parts = {
            "text": text,
            "kind": self.meets[self.kind],
            "age": (self.low <= max(need.ages)).astype(float),
            "town": (self.town == int(need.municipality)).astype(float),
            "days": ((self.days & 31) != 0).astype(float),
            "visits": self.visits.astype(float),
            "near": near,
        }
        total = np.add.reduce(list(parts.values()))
        first = np.argpartition(total, -20)[-20:]
        first = first[np.argsort(-total[first], kind="stable")]
        return [(int(row), {name: float(one[row]) for name, one in parts.items()}) for row in first]


def milliseconds(work: Callable[[], Any]) -> float:
    """The CPU time of this thread for some work."""
    before = time.thread_time()
    work()
    return (time.thread_time() - before) * 1000


def matched(connection: Connection, need: Need) -> int:
    """The whole of a matching as the product does it, with every sentence of the ten; how many were compared."""
    need = replace(need)  # nothing is known of its words yet
    shelf = candidates(connection, need)
    answer = match_rows(need, shelf, MatchingPolicy(taxonomy(), TODAY))
    for one in answer.matches:
        suggestion(one, "収入・生活費")
    return len(shelf.rows)


def searches(chance: random.Random, terms: Sequence[str]) -> list[DirectorySearch]:
    """Searches for a word within 10 km on a day, free of charge."""
    return [
        DirectorySearch(
            words=chance.choice(terms),
            near=town_centre(0, chance.randrange(TOWNS)),
            day=chance.choice(DAYS[:5]),
            free=True,
        )
        for _ in range(SEARCHES)
    ]


def bare_area_query(plain: sqlite3.Connection, search: DirectorySearch) -> list[str]:
    """The same question in one statement written by hand, without the product."""
    home, km = search.near, search.within.km
    south_west, north_east = box_around(home, km)
    across = cos(radians(home.latitude))
    rows = plain.execute(
        "SELECT human_service_id FROM resources_finding WHERE latitude BETWEEN ? AND ? AND"
        " longitude BETWEEN ? AND ? AND instr(text, ?) > 0 AND days & ? AND free AND"
        " (latitude - ?) * (latitude - ?) + (longitude - ?) * (longitude - ?) * ? <= ?"
        " ORDER BY CAST(((latitude - ?) * (latitude - ?) + (longitude - ?) * (longitude - ?) * ?) * 1e8 AS INTEGER),"
        " sort_key, human_service_id LIMIT 20",
        (
            south_west.latitude,
            north_east.latitude,
            south_west.longitude,
            north_east.longitude,
            fold(search.words),
            day_bits((search.day,)),
            *(home.latitude, home.latitude, home.longitude, home.longitude, across**2),
            (km / KM_PER_DEGREE) ** 2,
            *(home.latitude, home.latitude, home.longitude, home.longitude, across**2),
        ),
    )
    return [row[0] for row in rows]


def of_size(size: int) -> dict[str, float]:
    """Every figure for one directory."""
    chance = random.Random(20261121)
    services = list(made_up(size, chance))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "directory.sqlite"
        engine = create_engine(f"sqlite:///{file}")
        with engine.begin() as connection:
            upgrade(connection, MigrationSource(service.migrations))
            for start in range(0, size, 2000):
                HumanServices(connection).add(services[start : start + 2000])
        bare, asked = BareScorer(services), needs(chance)
        plain = sqlite3.connect(file)
        with engine.connect() as connection:
            cold = milliseconds(lambda: matched(connection, asked[0]))
            compared = statistics.median(matched(connection, need) for need in asked)
            for need in asked:
                bare.best(need)
            ours, theirs = [], []
            for need in asked * 3:
                ours.append(milliseconds(lambda need=need: matched(connection, need)))
                theirs.append(milliseconds(lambda need=need: bare.best(need)))
            two = searched(connection, plain, searches(chance, TWO))
            four = searched(connection, plain, searches(chance, FOUR))
        plain.close()
        engine.dispose()
    return {
        "compared": compared,
        "match_first_ms": cold,
        "match_ms": statistics.median(ours),
        "bare_scorer_ms": statistics.median(theirs),
        "search_two_ms": two[0],
        "search_four_ms": four[0],
        "bare_query_ms": (two[1] + four[1]) / 2,
        "search_with_entries_ms": two[2],
    }


def searched(
    connection: Connection, plain: sqlite3.Connection, asked: Sequence[DirectorySearch]
) -> tuple[float, float, float]:
    """Medians of the product's search, of the bare query, and of the search with its entries."""
    everybody, times = frozenset(Visibility), []
    for search in asked:
        same = found_ids(connection, everybody, search, most=20)
        if list(same) != bare_area_query(plain, search):
            raise SystemExit(f"the bare query and the product do not find the same: {search}")
    for search in asked * 3:
        times.append(
            (
                milliseconds(
                    lambda search=search: found_ids(connection, everybody, search, most=20)
                ),
                milliseconds(lambda search=search: bare_area_query(plain, search)),
                milliseconds(lambda search=search: found(connection, everybody, search, most=20)),
            )
        )
    one, other, whole = (statistics.median(column) for column in zip(*times, strict=True))
    return one, other, whole


def reading() -> dict[str, float]:
    """Reading a file of 子ども食堂 with every check, beside ``csv.reader`` alone."""
    sample = Path(__file__).parents[1] / "src/kasane_resources/data/children_cafeterias_tokyo.csv"
    header, *rows = list(csv.reader(io.StringIO(sample.read_text("utf-8-sig"))))
    many = io.StringIO()
    writer = csv.writer(many)
    writer.writerow(header)
    identity = header.index("ID")
    for number in range(ROWS):
        row = list(rows[number % len(rows)])
        row[identity] = str(number)
        writer.writerow(row)
    content = many.getvalue().encode()
    checked = milliseconds(lambda: list(read_file(content, Visibility.PUBLIC, today=TODAY)))
    plain = milliseconds(lambda: list(csv.reader(io.StringIO(content.decode()))))
    return {
        "import_rows_per_second": ROWS / checked * 1000,
        "csv_rows_per_second": ROWS / plain * 1000,
        "import_ratio": checked / plain,
    }


def main() -> None:
    """Prints the figures, and one JSON object in the last line."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    sizes = options.parse_args().sizes
    found_of = {size: of_size(size) for size in sizes}
    say(f"{'CPU ms, medians':<28}" + "".join(f"{size:>12,}" for size in sizes))
    for name in found_of[sizes[0]]:
        say(f"{name:<28}" + "".join(f"{found_of[size][name]:>12.2f}" for size in sizes))
    first, last = found_of[sizes[0]], found_of[sizes[-1]]
    summary: dict[str, float] = {}
    for size, figures in found_of.items():
        summary[f"match_ratio_{size}"] = figures["match_ms"] / figures["bare_scorer_ms"]
        both = (figures["search_two_ms"] + figures["search_four_ms"]) / 2
        summary[f"search_ratio_{size}"] = both / figures["bare_query_ms"]
        summary[f"two_to_four_{size}"] = figures["search_two_ms"] / figures["search_four_ms"]
    summary["match_growth"] = last["match_ms"] / first["match_ms"]
    summary["search_growth"] = last["search_two_ms"] / first["search_two_ms"]
    summary |= reading()
    for name, value in summary.items():
        say(f"{name:<28}{value:>12.2f}")
    say()
    say(json.dumps({name: round(value, 3) for name, value in summary.items()}))


def say(text: str = "") -> None:
    """Writes one line."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
