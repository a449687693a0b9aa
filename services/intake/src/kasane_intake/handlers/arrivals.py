"""Ends what became no consultation: the town's term, what is kept on, and the job that begins each end."""

from collections import Counter
from datetime import timedelta

from kasane_contracts import intake as events
from kasane_contracts.glossary import term as word
from kasane_intake.commands.arrivals import HoldArrival, SetArrivalTerm
from kasane_intake.domain.arrival import (
    BEGINS_AFTER_DAYS,
    ArrivalHold,
    ArrivalTerm,
)
from kasane_intake.domain.arrival_errors import ArrivalHoldNeedsAReason, ArrivalSourceMissing
from kasane_intake.repository.arrivals import ArrivalHolds, Arrivals, ArrivalTerms, handled
from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import House, UnitOfWork, reading

SERVICE, TERM, ARRIVAL, ENDING = "intake", "arrival_term", "arrival", "arrival_ending"
AT_ONCE = 500


def set_arrival_term(command: SetArrivalTerm, uow: UnitOfWork) -> None:
    """Enters a term that replaces the one before; nothing is destroyed by it for BEGINS_AFTER_DAYS days.

    Raises ArrivalSourceMissing and ArrivalTermNotPossible.
    """
    title, article, today = command.title.strip(), command.article.strip(), clock.today()
    if not title or not article or command.document_date > today:
        raise ArrivalSourceMissing
    term = ArrivalTerm(
        command.length,
        command.unit,
        f"{title} {article}",
        command.document_date,
        today + timedelta(days=BEGINS_AFTER_DAYS),
        uow.actor.display_name,
    )
    term.check()
    ArrivalTerms(uow.connection).add(command.term_id, term, uow.actor.account_id, clock.now())
    uow.record("intake.arrival_term.set", TERM, command.term_id, _words(term))
    uow.commit()


def hold_arrival(command: HoldArrival, uow: UnitOfWork) -> None:
    """Keeps a message or a booking on with a reason.

    Raises ArrivalHoldNeedsAReason, ArrivalNotFound, and ArrivalDestroyed when it is too late.
    """
    if not command.reason.strip():
        raise ArrivalHoldNeedsAReason
    ArrivalHolds(uow.connection).place(
        ArrivalHold(
            command.hold_id,
            command.kind,
            command.arrival_id,
            command.reason.strip(),
            uow.actor.account_id,
            uow.actor.display_name,
            clock.now(),
        )
    )
    uow.record("intake.arrival.held", ARRIVAL, command.arrival_id)
    uow.commit()


def lift_arrival_hold(hold_id: str, uow: UnitOfWork) -> None:
    """Ends a hold; raises ArrivalNotFound when none is running."""
    arrival_id = ArrivalHolds(uow.connection).lift(hold_id, uow.actor.display_name, clock.now())
    uow.record("intake.arrival.hold_lifted", ARRIVAL, arrival_id)
    uow.commit()


def end_arrivals(house: House, municipality: str) -> None:
    """Begins the end of everything whose time is over; it is carried out when cases has written it down.

    Without a term, and until the one entered last is in force, nothing ends. Done again it goes on with what is left.
    """
    while True:
        with reading(house, SERVICE) as connection:
            terms, today = ArrivalTerms(connection).all(), clock.today()
            if not terms or terms[0].valid_from > today:
                return
            term, latest = terms[0], terms[0].latest(today)
            due = Arrivals(connection).those(handled(latest), AT_ONCE)
        if not due:
            return
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            ending_id = new_id()
            ended = Arrivals(uow.connection).begin(due, latest, ending_id)
            if not ended:
                return
            how_many = Counter(one.kind for one in ended)
            said = "、".join(
                f"{word(f'arrival_kind.{k.value}').ja} {how_many[k]}" for k in how_many
            )
            uow.record("intake.arrival.ended", ENDING, ending_id, f"{said}。{_words(term)}")
            uow.publish(events.ArrivalsEnded(ending_id, today, tuple(one.id for one in ended)))
            uow.commit()


def _words(term: ArrivalTerm) -> str:
    unit = word(f"term_unit.{term.unit.value}").ja
    return f"{term.length}{unit}、{term.source}（{term.source_date}）、{term.set_by_name}"
