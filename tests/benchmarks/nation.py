"""A whole country's consultations at the peak of a working day against the real house; the last line is one JSON.

Desks of every town take consultations at random moments: the form, the candidates of the person, the
consultation, its page, a search. Meanwhile the workers carry every event. At the end everything that
was answered is compared with what is stored, numbered, heard and audited.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import psycopg

from kasane_kit import audit, clock
from kasane_kit.auth import COOKIE
from kasane_kit.config import Settings
from kasane_kit.db.engine import database_name
from kasane_kit.ids import new_id
from kasane_kit.tenancy import HOST, municipality_scope
from kasane_runtime.compose import Composition, compose
from kasane_runtime.databases import migrate_postgres
from kasane_runtime.demo import create_account
from tests.benchmarks.driving import Line, Spent, post, resident_megabytes, spending
from tests.benchmarks.installation import PASSWORD, town_code
from tests.benchmarks.measuring import Times
from tests.benchmarks.residents import Resident, households, story
from tests.benchmarks.writing import FORM, ROOT, gunicorn
from tests.support import own_processes
from tests.support.missing import find_epmd, find_postgres_folder, find_rabbitmq_folder
from tests.support.own_processes import LOOPBACK, free_port
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_rabbitmq import PrivateRabbit

# What is assumed, with where it comes from; docs/benchmarks.md says the same in words.
RESIDENTS = 124_000_000
PER_THOUSAND_A_YEAR = 17.0
WORKING_DAYS = 245
BUSIEST_DAY = 2.0
BUSIEST_HOUR = 0.2
TOWNS_OF_THE_COUNTRY = 1_741
COMMITTED = """SELECT extract(epoch FROM pg_xact_commit_timestamp(c.xmin))::float8,
                      extract(epoch FROM pg_xact_commit_timestamp(s.xmin))::float8, c.id, s.id
               FROM intake.intake_consultation c FULL JOIN cases.cases_consultation_summary s USING (id)"""
DESKS = 24
WAIT_SECONDS = 600
WRITTEN = "receive"


def peak_rate() -> float:
    """Consultations a second of the whole country in the busiest hour of the busiest day."""
    a_year = RESIDENTS * PER_THOUSAND_A_YEAR / 1000
    return a_year / WORKING_DAYS * BUSIEST_DAY * BUSIEST_HOUR / 3600


@dataclass
class Told:
    """What the desks were answered: milliseconds by kind of request, and the consultations by town."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    received: list[tuple[str, str]] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)


class Desk:
    """A member of staff of one town: signed in once, then taking consultations."""

    def __init__(self, port: int, town: str, people: list[tuple[Resident, ...]]) -> None:
        self.town = town
        self._port = port
        self._people = people
        self._cookie = self._form_token = ""

    def sign_in(self) -> None:
        """Through the portal; returns when the desk's own service has heard of the account."""
        line = Line(self._port)
        body = json.dumps({"login_name": "clerk", "password": PASSWORD}).encode()
        path = f"/portal/{self.town}/api/v1/sessions"
        answer = line.ask(post(path, body, "application/json"))
        assert answer.status in (200, 201), answer.body
        self._cookie = f"{COOKIE}={json.loads(answer.body)['token']}"
        deadline = time.monotonic() + WAIT_SECONDS
        while (page := line.ask(self._get("consultations/new"))).status != 200:
            if time.monotonic() > deadline:
                raise SystemExit(f"{self.town}: the account was not heard of; nothing is reported")
            time.sleep(0.2)
        self._form_token = (
            page.body.decode().partition('name="csrf_token" value="')[2].split('"')[0]
        )
        line.close()

    def take(self, line: Line, number: int, told: Told) -> None:
        """One consultation from the empty form to its page, then a search for the name."""
        person = self._people[number % len(self._people)][0]
        one = {
            "name": person.name,
            "kana": person.kana,
            "birth_date": person.birth_date.isoformat(),
            "address": person.address,
            "phone": person.phone,
        }
        typed: dict[str, Any] = {f"persons-0-{name}": value for name, value in one.items()}
        typed["csrf_token"] = self._form_token
        whole = {
            **typed,
            "submission": new_id(),
            "channel": "window",
            "desk": "tax_window",
            "story": story(Random(number), person.name),
            "categories": ["rent_loans", "income"],
            "main_category": "rent_loans",
            "contact_name": person.name,
            "persons-0-relation": "本人",
        }
        self._timed(line, told, "form", self._get("consultations/new"), 200)
        self._timed(line, told, "candidates", self._post("consultations/candidates", typed), 200)
        head = self._timed(line, told, WRITTEN, self._post("consultations/new", whole), 303)
        place = head.partition(b"location: ")[2].split(b"\r\n")[0].decode()
        consultation = place.partition("?")[0].rpartition("/")[2]
        told.received.append((self.town, consultation))
        self._timed(line, told, "page", self._get(f"consultations/{consultation}"), 200)
        found = self._get(f"consultations?q={quote(person.name)}")
        self._timed(line, told, "search", found, 200)

    def _timed(self, line: Line, told: Told, kind: str, request: bytes, expected: int) -> bytes:
        began = time.perf_counter()
        head = line.send(request, expected)
        told.times[kind].append(1000 * (time.perf_counter() - began))
        return head

    def _get(self, path: str) -> bytes:
        address = f"/intake/{self.town}/{path}"
        lines = [f"GET {address} HTTP/1.1", f"Host: {LOOPBACK}", f"Cookie: {self._cookie}"]
        return "\r\n".join([*lines, "", ""]).encode()

    def _post(self, path: str, typed: dict[str, Any]) -> bytes:
        body = urlencode(typed, doseq=True).encode()
        return post(f"/intake/{self.town}/{path}", body, FORM, Cookie=self._cookie)


class Country:
    """The real house with so many towns: one web, a worker for each service, private servers."""

    def __init__(self, towns: int, stack: ExitStack) -> None:
        programs = find_postgres_folder(), find_rabbitmq_folder(), find_epmd()
        if programs[0] is None or programs[1] is None or programs[2] is None:
            raise SystemExit("PostgreSQL or RabbitMQ is not installed; nothing was measured")
        self.folder = own_processes.make_folder("kasane-nation-")
        stack.callback(own_processes.delete_folder, self.folder)
        self.postgres = PrivatePostgres(
            programs[0],
            track_commit_timestamp="on",
            max_connections="600",
            shared_buffers="256MB",
            max_wal_size="2GB",
            autovacuum="on",
        )
        stack.callback(self.postgres.close)
        self.rabbit = PrivateRabbit(programs[1], programs[2])
        stack.callback(self.rabbit.close)
        self.postgres.start()
        self.rabbit.start()
        self.towns = [town_code(number) for number in range(99_101, 99_101 + towns)]
        base = f"{self.postgres.host}:{self.postgres.port}"
        self._environment = {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "KASANE_MODE": "distributed",
            "KASANE_VAR": str(self.folder / "var"),
            "KASANE_TOWN_FILES": str(self._town_files()),
            "KASANE_DATABASE_URL": f"postgresql+psycopg://{base}/",
            "KASANE_ADMIN_DATABASE_URL": f"postgresql+psycopg://postgres@{base}/postgres",
            "KASANE_BROKER_URL": self.rabbit.url,
        }
        self.composition: Composition = compose(Settings.from_env(self._environment))
        stack.callback(self.composition.house.databases.dispose)
        began = time.monotonic()
        migrate_postgres(self.composition)
        self.seconds_a_town = (time.monotonic() - began) / (towns + 1)
        for town in self.towns:
            facts = ("clerk", "窓口 はるか", PASSWORD, ("receiver",), "tax_window")
            create_account(self.composition, town, *facts)
        self.composition.house.databases.dispose()
        self.port = free_port()
        application = "kasane_runtime.wsgi:application()"
        web = gunicorn(application, self.port, self._environment, self.folder / "web.log")
        self.web = stack.enter_context(web)
        self.workers = {name: self._worker(name, stack) for name in self.composition.services}

    def programs(self) -> dict[str, subprocess.Popen[bytes]]:
        """Everything that works for the house, by name."""
        assert self.postgres.process is not None
        assert self.rabbit.process is not None
        workers = {f"worker_{name}": one for name, one in self.workers.items()}
        servers = {"postgres": self.postgres.process, "rabbitmq": self.rabbit.process}
        return {"web": self.web, **workers, **servers}

    def logs(self) -> str:
        """The ends of what the programs wrote."""
        return "\n".join(own_processes.tail(one) for one in sorted(self.folder.glob("*.log")))

    def _worker(self, name: str, stack: ExitStack) -> subprocess.Popen[bytes]:
        worker = own_processes.start(
            [str(Path(sys.executable).parent / "kasane"), "work", name],
            environment=self._environment,
            log=self.folder / f"worker-{name}.log",
            folder=ROOT,
        )
        stack.callback(own_processes.end, worker, signal.SIGTERM)
        return worker

    def _town_files(self) -> Path:
        files = self.folder / "towns"
        files.mkdir()
        for code in self.towns:
            lines = f'code = "{code}"\nname = "架空町 {code}"\nprefecture = "290009"\nplugins = ["ikoma"]\n'
            (files / f"{code}.toml").write_text(lines, "utf-8")
        return files


def main(arguments: list[str] | None = None) -> None:
    """Makes the country, lets its desks work, compares, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--towns", type=int, default=60, help="towns that carry the country's rate")
    parser.add_argument("--times", type=float, default=1.0, help="times the peak of the country")
    parser.add_argument("--seed", type=int, default=20261122)
    chosen = parser.parse_args(arguments)
    rate = peak_rate() * chosen.times
    say(
        f"{RESIDENTS:,} residents, {PER_THOUSAND_A_YEAR} consultations a year for a thousand, {WORKING_DAYS} working "
        f"days, the busiest {BUSIEST_DAY:g} times the mean, {BUSIEST_HOUR:.0%} of it in one hour, times "
        f"{chosen.times:g}: {rate:.2f} consultations a second; {chosen.towns} towns carry what "
        f"{TOWNS_OF_THE_COUNTRY:,} have"
    )
    with ExitStack() as stack:
        country = Country(chosen.towns, stack)
        say(f"a town was made in {country.seconds_a_town:.2f} s")
        draw = Random(chosen.seed)
        people = households(draw, 2_000, clock.today())
        desks = [Desk(country.port, town, people) for town in country.towns]
        for desk in desks:
            desk.sign_in()
        say("every desk is signed in")
        with spending(**country.programs()) as spent:
            began = time.monotonic()
            told = let_work(desks, rate, 60 * chosen.minutes, draw)
            worked = time.monotonic() - began
        memory = {name: resident_megabytes(one.pid) for name, one in country.programs().items()}
        if told.failures:
            raise SystemExit(f"{told.failures[0]!r}\n{country.logs()}")
        settled = wait_until_settled(country)
        found = compare(country, told)
        report(chosen, country, told, spent, worked, memory, {**found, "settled_after_s": settled})
        if any(found[what] for what in ("lost", "twice", "strange", "trails_broken")):
            raise SystemExit("not everything arrived once; see above")


def let_work(desks: list[Desk], rate: float, seconds: float, draw: Random) -> Told:
    """People come to random desks at random moments; who finds all desks' lines busy waits and is counted late."""
    told, waiting = Told(), queue.Queue[tuple[float, int] | None]()

    def work() -> None:
        line = Line(desks[0]._port)
        while (one := waiting.get()) is not None and not told.failures:
            due, number = one
            told.late.append(1000 * max(0.0, time.perf_counter() - due))
            try:
                desks[number % len(desks)].take(line, number, told)
            except BaseException as error:
                told.failures.append(error)
        line.close()

    threads = [threading.Thread(target=work) for _ in range(DESKS)]
    for thread in threads:
        thread.start()
    due = began = time.perf_counter()
    while not told.failures:
        due += draw.expovariate(rate)
        if due > began + seconds:
            break
        time.sleep(max(0.0, due - time.perf_counter()))
        waiting.put((due, draw.randrange(10**9)))
    time.sleep(max(0.0, began + seconds - time.perf_counter()))
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.join()
    return told


def wait_until_settled(country: Country) -> float:
    """Seconds until every hearer stands where its producers' logs end; raises SystemExit when it never does."""
    began = time.monotonic()
    while left := sum(1 for _ in behind(country)):
        if time.monotonic() - began > WAIT_SECONDS:
            raise SystemExit(f"{left} streams are behind; nothing is reported\n{country.logs()}")
        time.sleep(0.5)
    return round(time.monotonic() - began, 1)


def behind(country: Country) -> Iterator[tuple[str, str, str]]:
    """Which hearer is not where which producer's log ends, in which town."""
    services = country.composition.services
    for town in (HOST, *country.towns):
        with psycopg.connect(country.postgres.dsn_of(database_name(town))) as connection:
            heads = {}
            for producer in services:
                waiting = _one(connection, f"SELECT count(*) FROM {producer}.outbox")
                head = _one(
                    connection, f"SELECT coalesce(max(sequence), 0) FROM {producer}.event_log"
                )
                heads[producer] = -1 if waiting else head
            for hearer in services:
                for producer in country.composition.producers_heard_by(hearer):
                    place = _one(
                        connection,
                        f"SELECT coalesce(max(sequence), 0) FROM {hearer}.cursor WHERE producer = '{producer}'",
                    )
                    if place != heads[producer]:
                        yield town, producer, hearer


def compare(country: Country, told: Told) -> dict[str, Any]:
    """Everything the desks were told beside what is stored, heard and copied into the prefecture's trail."""
    lost = twice = strange = 0
    took: list[float] = []
    answered = defaultdict(list)
    for town, consultation in told.received:
        answered[town].append(consultation)
    for town in country.towns:
        with psycopg.connect(country.postgres.dsn_of(database_name(town))) as connection:
            rows = connection.execute(COMMITTED).fetchall()
            took += [1000 * (row[1] - row[0]) for row in rows if None not in row]
            stored = {row[2] for row in rows if row[2]}
            heard = [row[3] for row in rows if row[3]]
            lost += len(set(answered[town]) - stored) + len(stored - set(heard))
            strange += len(stored - set(answered[town])) + len(set(heard) - stored)
            twice += len(answered[town]) - len(set(answered[town]))
            for service in country.composition.services:
                written, copied = (
                    connection.execute(statement).fetchall()
                    for statement in (
                        f"SELECT position, entry_id FROM {service}.audit_entry ORDER BY 1",
                        "SELECT position, entry_id FROM portal.portal_audit_copy"
                        f" WHERE service = '{service}' ORDER BY 1",
                    )
                )
                lost += len(set(written) - set(copied))
                strange += len(set(copied) - set(written))
                twice += len(copied) - len(set(copied))
                lost += _one(connection, f"SELECT count(*) FROM {service}.dead_letter")
    return {
        "lost": lost,
        "twice": twice,
        "strange": strange,
        "trails_broken": sum(1 for _ in broken_trails(country)),
        **percentiles("applied", took),
    }


def broken_trails(country: Country) -> Iterator[str]:
    """Towns whose audit trail is not as it was written."""
    house = country.composition.house
    for town in country.towns:
        with municipality_scope(town), house.databases.reading("intake") as connection:
            if audit.verify(connection, house.keys.derived(town, "audit")) is not None:
                yield town


def report(
    chosen: argparse.Namespace,
    country: Country,
    told: Told,
    spent: Spent,
    worked: float,
    memory: dict[str, float],
    found: dict[str, Any],
) -> None:
    """Tables, and the last line."""
    requests = [one for times in told.times.values() for one in times]
    for kind, times in {**told.times, "all": requests}.items():
        told_of = percentiles("", times)
        say(f"{kind:<12}{len(times):>7}  " + "  ".join(f"{k} {v}" for k, v in told_of.items()))
    for name, seconds in spent.seconds.items():
        say(f"{name:<18}{seconds / worked:>6.2f} cores {memory[name]:>7.0f} MB")
    result = {
        "minutes": round(worked / 60, 2),
        "towns": chosen.towns,
        "times_the_peak": chosen.times,
        "consultations": len(told.received),
        "consultations_a_second": round(len(told.received) / worked, 3),
        "requests": len(requests),
        **percentiles("request", requests),
        **percentiles("receive", told.times[WRITTEN]),
        **percentiles("late", told.late),
        **found,
        "cores": round(sum(spent.seconds.values()) / worked, 2),
        "memory_mb": round(sum(memory.values())),
        "seconds_a_town": round(country.seconds_a_town, 2),
        "load_average": os.getloadavg()[0],
    }
    say(json.dumps(result))


def percentiles(name: str, times: list[float]) -> dict[str, float]:
    """The three that are told; nothing without a time."""
    before = f"{name}_" if name else ""
    return {
        f"{before}p{share:g}_ms": round(Times.at(times, share / 100), 1)
        for share in (50, 95, 99)
        if times
    }


def _one(connection: psycopg.Connection, statement: str) -> int:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return int(row[0])


def say(words: str) -> None:
    """Writes to the terminal at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
