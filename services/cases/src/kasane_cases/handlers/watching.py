"""Keeps cases in sight: hand-offs that intake tells of, the town's days, reminders by themselves."""

from kasane_cases.commands import SetWatchRules
from kasane_cases.domain.address_protection import AddressProtection
from kasane_cases.domain.errors import UnknownChoice
from kasane_cases.domain.gap import WATCHED_DAYS, GapKind, Handoff, HandoffState
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind
from kasane_cases.repository import Handoffs, Protections, Tasks, WatchRules
from kasane_contracts import intake
from kasane_kit import clock
from kasane_kit.auth import platform_actor
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import House, UnitOfWork

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
    """Raises the task to renew each protection that is about to end, once per term."""
    actor = platform_actor(SERVICE, municipality)
    with UnitOfWork(house, SERVICE, actor) as uow:
        due = Protections(uow.connection).renewable(clock.today())
    for term in due:
        with UnitOfWork(house, SERVICE, actor) as uow:
            _remind(term, uow)


def _remind(term: AddressProtection, uow: UnitOfWork) -> None:
    raised = Tasks(uow.connection).raise_once(
        CaseTask(
            new_id(),
            term.case_id,
            term.person_id,
            CaseTaskKind.RENEW_PROTECTION,
            term.id,
            clock.today(),
        )
    )
    if raised:
        uow.record("cases.protection.reminded", "person", term.person_id)
        uow.commit()
