"""Keeps cases in sight: hand-offs that intake tells of, the town's days, reminders by themselves."""

from datetime import timedelta

from kasane_cases.commands import SetWatchRules
from kasane_cases.domain.address_protection import AddressProtection
from kasane_cases.domain.errors import UnknownChoice
from kasane_cases.domain.gap import WATCHED_DAYS, GapKind, Handoff, HandoffState
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind
from kasane_cases.repository import (
    COORDINATOR,
    GapCounts,
    Handoffs,
    Protections,
    Tasks,
    WatchRules,
    count_gaps,
    days_to_come,
)
from kasane_contracts import cases as events
from kasane_contracts import intake
from kasane_kit import clock
from kasane_kit.auth import Actor, platform_actor
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import House, UnitOfWork, reading

SHEET = "referral_sheet"
SERVICE = "cases"
LONGEST_DAYS = 366


def take_sheet_sent(event: intake.ReferralSheetSent, uow: UnitOfWork) -> None:
    """A つなぐシート is on its way and waits for an answer."""
    Handoffs(uow.connection).sent(
        Handoff(
            event.sheet_id,
            event.consultation_id,
            event.from_office,
            event.to_office,
            event.acknowledge_by,
            HandoffState.SENT,
        ),
        clock.now(),
    )
    uow.record("cases.handoff.noted", SHEET, event.sheet_id)


def take_sheet_answer(sheet_id: str, state: HandoffState, uow: UnitOfWork) -> None:
    """The receiver acknowledged, accepted or returned the sheet."""
    if Handoffs(uow.connection).answered(sheet_id, state, clock.now()):
        uow.record("cases.handoff.noted", SHEET, sheet_id)


def set_watch_rules(command: SetWatchRules, uow: UnitOfWork) -> None:
    """Sets after how many days the town looks; only whole days from 1 to a year."""
    for kind, days in command.days.items():
        if kind not in WATCHED_DAYS or not 1 <= days <= LONGEST_DAYS:
            raise UnknownChoice(choice=str(days))
    WatchRules(uow.connection).save({GapKind(kind): days for kind, days in command.days.items()})
    uow.record("cases.gap.rules_set", "municipality", uow.municipality)
    uow.commit()


def remind_of_protections(house: House, municipality: str) -> None:
    """Raises the task to renew each protection that is about to end, once per term, where the person lives now.

    From one month before the end, when it may be renewed; a town may set its own days.
    """
    actor, today = platform_actor(SERVICE, municipality), clock.today()
    with reading(house, SERVICE) as connection:
        days = WatchRules(connection).own().get(GapKind.PROTECTION_ENDING)
        protections = Protections(connection)
        due = (
            protections.renewable(today)
            if days is None
            else protections.ending(today + timedelta(days=days))
        )
    for term in due:
        with UnitOfWork(house, SERVICE, actor) as uow:
            _remind(term, uow)


def remind_of_days(house: House, municipality: str) -> None:
    """Raises a task for every day that comes near: end of a plan, next look, end of an observation.

    Each has the town's own lead time; one task for a day, whatever is started twice.
    """
    today = clock.today()
    with reading(house, SERVICE) as connection:
        found = days_to_come(connection, today, WatchRules(connection).days())
    for one in found:
        with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
            task = CaseTask(new_id(), one.case_id, "", one.kind, one.reference, today)
            if Tasks(uow.connection).raise_once(task):
                uow.record("cases.case.reminded", "case", one.case_id)
                uow.commit()


def tell_gap_counts(house: House, municipality: str) -> None:
    """Tells how many gaps of each kind a coordinator of the town sees, when that changed or the day did."""
    today = clock.today()
    everybody = Actor("", "", municipality, (), frozenset({COORDINATOR}), "")
    with UnitOfWork(house, SERVICE, platform_actor(SERVICE, municipality)) as uow:
        found = count_gaps(uow.connection, everybody, today)
        counts = {kind.value: number for kind, number in found.items()}
        told = GapCounts(uow.connection)
        if told.told() == {kind: (number, today) for kind, number in counts.items()}:
            return
        told.keep(counts, today)
        uow.record("cases.gap.counted", "municipality", municipality)
        uow.publish(
            events.GapsCounted(
                municipality=municipality,
                counted_on=today,
                counts=tuple(events.GapCount(kind, number) for kind, number in counts.items()),
            )
        )
        uow.commit()


def _remind(term: AddressProtection, uow: UnitOfWork) -> None:
    raised = Tasks(uow.connection).raise_once(
        CaseTask(
            new_id(),
            Protections(uow.connection).asked_in(term.id, clock.today()),
            term.person_id,
            CaseTaskKind.RENEW_PROTECTION,
            term.id,
            clock.today(),
        )
    )
    if raised:
        uow.record("cases.protection.reminded", "person", term.person_id)
        uow.commit()
