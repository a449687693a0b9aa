"""Writes what sessions decided to share about a household into a file for a system beside this one.

Nothing of a person is in it without a line in the ledger of disclosures: what a 重層的支援会議 decided goes out
on the person's consent, what a 支援会議 decided only to a bound member of that very session (I-01, I-04).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from kasane_cases.commands import ExportSharedLedger
from kasane_cases.domain.agenda import AgendaItem
from kasane_cases.domain.case import Case
from kasane_cases.domain.conference import ConferenceSession, LegalKind
from kasane_cases.domain.consent import ConsentPurpose, DataClass
from kasane_cases.domain.disclosure import ClosedClass, DisclosureBasis
from kasane_cases.domain.errors import (
    CasesRefusal,
    DisclosureRefused,
    NothingToShare,
    RecordNotFound,
)
from kasane_cases.domain.ledger import Disclosure, DisclosureAct
from kasane_cases.domain.shared_ledger import LAYOUT, SharedLine
from kasane_cases.handlers.case_access import OBJECT, open_for_change
from kasane_cases.handlers.disclosures import (
    Disclosing,
    Recipient,
    disclose,
    refused,
    would_disclose,
)
from kasane_cases.repository import Sessions
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import Bridge

BRIDGE = "shared_ledger"
BASES = {
    LegalKind.MULTI_AGENCY_CONFERENCE: DisclosureBasis.CONSENT,
    LegalKind.SUPPORT_CONFERENCE: DisclosureBasis.SUPPORT_CONFERENCE,
}


@dataclass(frozen=True)
class LeftOut:
    """What of one person's matters does not go out to this recipient, and why."""

    person: str
    body: str
    why: DisclosureRefused


@dataclass(frozen=True)
class SharedLedger:
    """The lines that go out, and what was left out; ``system`` is the town's own name of the other system."""

    system: str
    case_number: str
    lines: tuple[SharedLine, ...]
    left_out: tuple[LeftOut, ...]


def check_shared_ledger(command: ExportSharedLedger, uow: UnitOfWork, hooks: Any) -> SharedLedger:
    """What would be in the file, without telling anybody; raises RecordNotFound where the town names no system."""
    return _ledger(command, uow, hooks, telling=False)


def export_shared_ledger(command: ExportSharedLedger, uow: UnitOfWork, hooks: Any) -> SharedLedger:
    """The file's content, with a line of the ledger for each person and session.

    Raises RecordNotFound where the town names no system with this layout, DisclosureRefused when nothing of
    what was decided may go there, NothingToShare when nothing was decided.
    """
    found = _ledger(command, uow, hooks, telling=True)
    if not found.lines:
        raise _why_nothing(found)
    uow.record("cases.shared_ledger.exported", OBJECT, command.case_id)
    uow.commit()
    return found


def shared_ledger_bridges(hooks: Any, on: date) -> tuple[Bridge, ...]:
    """The systems that the town names beside this one and that get this file."""
    return tuple(one for one in hooks.bridges(on=on) if one.layout == BRIDGE)


def _ledger(
    command: ExportSharedLedger, uow: UnitOfWork, hooks: Any, *, telling: bool
) -> SharedLedger:
    case, _ = open_for_change(command.case_id, uow)
    bridges = shared_ledger_bridges(hooks, clock.today())
    if not bridges:
        raise RecordNotFound
    lines: list[SharedLine] = []
    left: list[LeftOut] = []
    for session, item in _decided(uow, case):
        asked = _disclosing(command, case, session, item)
        ruling = would_disclose(uow, hooks, asked)
        if not ruling.allowed:
            person = case.person(item.person_id).name
            left.append(LeftOut(person, session.body_label, refused(asked, ruling)))
            continue
        told = disclose(uow, hooks, asked) if telling else None
        lines.extend(_lines(case, session, item, ruling.basis, told))
    return SharedLedger(bridges[0].label, case.number, tuple(lines), tuple(left))


def _decided(uow: UnitOfWork, case: Case) -> Iterator[tuple[ConferenceSession, AgendaItem]]:
    """Items of the case in sessions of the two bodies that took place, as far as the writer may read them."""
    sessions = Sessions(uow.connection)
    leads = uow.actor.has("coordinator")
    for session_id in sessions.ids_about(case.id):
        session = sessions.get(session_id)
        for item in session.agenda:
            kind = session.kind_of(item)
            heard = session.item_open_to(item, uow.actor.account_id)
            may_read = heard or (leads and not kind.closed)
            of_case = item.case_id == case.id and item.identified and kind in BASES
            if of_case and may_read and (item.decisions or item.roles):
                yield session, item


def _disclosing(
    command: ExportSharedLedger, case: Case, session: ConferenceSession, item: AgendaItem
) -> Disclosing:
    kind = session.kind_of(item)
    closed = (ClosedClass.CONFERENCE_MATERIAL,) if kind.closed else ()
    return Disclosing(
        case=case,
        person_id=item.person_id,
        recipient=Recipient(command.destination, command.recipient),
        purpose=ConsentPurpose.MULTI_AGENCY,
        data_classes=(DataClass.IDENTITY, DataClass.RECORD),
        act=DisclosureAct.EXPORT,
        reference=session.id,
        basis=BASES[kind],
        closed_classes=closed,
        session=session if kind.closed else None,
        reason=LAYOUT,
    )


def _lines(
    case: Case,
    session: ConferenceSession,
    item: AgendaItem,
    basis: DisclosureBasis,
    told: Disclosure | None,
) -> Iterator[SharedLine]:
    entries = [
        *(("decision", one.text, one.in_charge, one.due_on, one.done_on) for one in item.decisions),
        *(("role", one.part, one.who, None, None) for one in item.roles),
    ]
    for entry, words, who, due_on, done_on in entries:
        yield SharedLine(
            case_number=case.number,
            person=case.person(item.person_id).name,
            body=session.body_label,
            body_kind=session.kind_of(item).value,
            held_on=session.held_on or session.planned_for,
            entry=entry,
            text=words,
            who=who,
            due_on=due_on,
            done_on=done_on,
            basis=basis.value,
            basis_reference=told.basis_reference if told else "",
            disclosure_id=told.id if told else "",
        )


def _why_nothing(found: SharedLedger) -> CasesRefusal:
    return found.left_out[0].why if found.left_out else NothingToShare()
