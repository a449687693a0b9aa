"""The five pages that are measured: who opens them, with what, and for whom each time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from kasane_cases.tables import case
from kasane_intake.tables import person_concerned as person
from kasane_kit.db.engine import Databases
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope
from tests.benchmarks.installation import Seat
from tests.benchmarks.residents import story


@dataclass(frozen=True)
class Known:
    """Whom and what a town's pages are asked about, in a drawn order, nobody twice."""

    residents: list[tuple[str, str, date, str, str]]
    cases: list[str]
    list_pages: list[str]

    @classmethod
    def of(cls, databases: Databases, town: str, draw: Random, many: int) -> "Known":
        """Draws from what the town holds, read as the product reads it."""
        same = (person.c.name, person.c.kana, person.c.birth_date, person.c.phone)
        with municipality_scope(town):
            with databases.reading("intake") as connection:
                one_of_each = select(func.min(person.c.id)).group_by(*same).order_by(*same)
                drawn = list(connection.scalars(one_of_each))
                draw.shuffle(drawn)
                del drawn[3 * many :]
                told = (person.c.name, person.c.kana, person.c.birth_date, person.c.address)
                found = {
                    row.id: tuple(row[1:])
                    for row in connection.execute(
                        select(person.c.id, *told, person.c.phone).where(person.c.id.in_(drawn))
                    )
                }
                residents: list[Any] = [found[one] for one in drawn]
            with databases.reading("cases") as connection:
                every = select(case.c.id).order_by(case.c.id)
                ids = list(connection.scalars(every))
                still_open = list(connection.scalars(every.where(case.c.status != "closed")))
        draw.shuffle(ids)
        draw.shuffle(still_open)
        pages = [
            query
            for case_id in still_open[:many]
            for query in ("", f"?sort=attention&after={case_id}", "?status=in_support", "?due=1")
        ]
        return cls(residents, ids[:many], pages[: 4 * many] or [""])


@dataclass(frozen=True)
class Page:
    """One page: whose seat, which service's statements, and how it is asked for the n-th time."""

    login: str
    service: str
    expected: int
    ask: Callable[[Seat, Known, int], TestResponse]


def typed(seat: Seat, known: Known, turn: int) -> dict[str, Any]:
    """The form of a consultation as somebody at the desk typed it."""
    name, kana, born, address, phone = _resident(known, 3 * turn)
    return {
        **_carried(seat),
        "channel": "window",
        "desk": "tax_window",
        "story": story(Random(turn), name),
        "categories": ["rent_loans", "income"],
        "main_category": "rent_loans",
        "contact_name": name,
        "contact_kana": kana,
        "contact_phone": phone,
        "persons-0-relation": "本人",
        **_typed(name, kana, born, address, phone),
    }


def payload(known: Known, turn: int) -> dict[str, Any]:
    """The same consultation as a program sends it."""
    name, kana, born, address, phone = _resident(known, 3 * turn)
    return {
        "channel": "window",
        "desk": "tax_window",
        "story": story(Random(turn), name),
        "categories": ["rent_loans", "income"],
        "main_category": "rent_loans",
        "contact": {"name": name, "kana": kana, "phone": phone},
        "persons": [
            {
                "relation": "本人",
                "name": name,
                "kana": kana,
                "birth_date": born.isoformat(),
                "address": address,
                "phone": phone,
            }
        ],
    }


def _take(seat: Seat, known: Known, turn: int) -> TestResponse:
    data = typed(seat, known, turn)
    return seat.client.post(f"/intake/{seat.town}/consultations/new", data=data)


def _search(seat: Seat, known: Known, turn: int) -> TestResponse:
    name = _resident(known, 3 * turn + 1)[0]
    return seat.client.get(
        f"/intake/{seat.town}/consultations", query_string={"q": name.replace(" ", "")}
    )


def _candidates(seat: Seat, known: Known, turn: int) -> TestResponse:
    person = _typed(*_resident(known, 3 * turn + 2))
    return seat.client.post(
        f"/intake/{seat.town}/consultations/candidates", data={**_carried(seat), **person}
    )


def _list(seat: Seat, known: Known, turn: int) -> TestResponse:
    page = known.list_pages[turn % len(known.list_pages)]
    return seat.client.get(f"/cases/{seat.town}/cases{page}")


def _case(seat: Seat, known: Known, turn: int) -> TestResponse:
    return seat.client.get(f"/cases/{seat.town}/cases/{known.cases[turn % len(known.cases)]}")


PAGES: Mapping[str, Page] = {
    "take_consultation": Page("clerk", "intake", 303, _take),
    "search_by_name": Page("clerk", "intake", 200, _search),
    "candidates": Page("clerk", "intake", 200, _candidates),
    "coordinator_list": Page("coordinator", "cases", 200, _list),
    "case_page": Page("coordinator", "cases", 200, _case),
}
TAKE = "take_consultation"


def _resident(known: Known, turn: int) -> tuple[str, str, date, str, str]:
    return known.residents[turn % len(known.residents)]


def _carried(seat: Seat) -> dict[str, str]:
    return {"csrf_token": seat.form_token, "submission": new_id()}


def _typed(name: str, kana: str, born: date, address: str, phone: str) -> dict[str, str]:
    values = {
        "name": name,
        "kana": kana,
        "birth_date": born.isoformat(),
        "address": address,
        "phone": phone,
    }
    return {f"persons-0-{field}": value for field, value in values.items()}
