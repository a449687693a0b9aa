"""Reads what became no consultation and how long it is kept: numbers and days, no word about a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from kasane_contracts.glossary import term as word
from kasane_intake.domain.arrival import Arrival, ArrivalHold, ArrivalKind, ArrivalTerm
from kasane_intake.repository.arrivals import (
    ArrivalHolds,
    Arrivals,
    ArrivalTerms,
    among,
    handled,
    unhandled,
)
from kasane_kit import clock
from kasane_kit.unit_of_work import House, reading


@dataclass(frozen=True)
class ArrivalFile:
    """Everything about the end of what became no consultation, on a day; the first of ``terms`` holds."""

    terms: Sequence[ArrivalTerm]
    counts: Mapping[str, int]
    waiting: Sequence[Arrival]
    ends: Sequence[tuple[Arrival, date | None]]
    held: Sequence[tuple[ArrivalHold, Arrival]]


def arrival_file(connection: Connection, today: date) -> ArrivalFile:
    """What waits over the term although nobody handled it, what ends when, and what is kept on."""
    terms, store = ArrivalTerms(connection).all(), Arrivals(connection)
    term = next(iter(terms), None)
    over = unhandled(term.latest(today)) if term else None
    holds = ArrivalHolds(connection).running()
    kept = {one.id: one for one in store.those(among([hold.arrival_id for hold in holds]), 1000)}
    return ArrivalFile(
        terms,
        {
            "waiting": store.count(over) if over else 0,
            "handled": store.count(handled()),
            "over": store.count(handled(term.latest(today))) if term else 0,
            "ending": store.ending(),
            "destroyed": store.destroyed(),
        },
        store.those(over) if over else (),
        [(one, _ends_on(one, term)) for one in store.those(handled())],
        [(hold, kept[hold.arrival_id]) for hold in holds if hold.arrival_id in kept],
    )


def waiting_over_term(connection: Connection, kind: ArrivalKind, today: date) -> Sequence[Arrival]:
    """Of one kind, what waits over the town's term although nobody handled it."""
    terms = ArrivalTerms(connection).all()
    found = Arrivals(connection).those(unhandled(terms[0].latest(today))) if terms else ()
    return [one for one in found if one.kind is kind]


def arrival_lines(house: House, _municipality: str) -> Iterator[str]:
    """The numbers for the operator's command line."""
    with reading(house, "intake") as connection:
        file = arrival_file(connection, clock.today())
    called, counts = word("arrival").ja, file.counts
    if not file.terms:
        yield f"{called}: 定めがありません。何も消しません。 / no term; nothing is destroyed"
    else:
        term = file.terms[0]
        yield (
            f"{called}: {term.length} {word(f'term_unit.{term.unit.value}').ja}、{term.source}、"
            f"{term.valid_from} から消します / term, source, destroyed from"
        )
    yield (
        f"{called}: だれも処理していないまま期間が過ぎて待つもの {counts['waiting']} 件（消しません）、"
        f"処理が済んだもの {counts['handled']} 件（うち期間が過ぎたもの {counts['over']} 件）、"
        f"残しておくもの {len(file.held)} 件、"
        f"消している途中 {counts['ending']} 件、消し終えたもの {counts['destroyed']} 件"
        " / waiting over term unhandled (kept), handled (of these over term), kept on, under way, destroyed"
    )


def _ends_on(one: Arrival, term: ArrivalTerm | None) -> date | None:
    return max(term.over_since(one.day), term.valid_from) if term else None
