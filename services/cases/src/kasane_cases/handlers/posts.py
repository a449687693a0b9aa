"""What follows when somebody leaves their post (異動): no right by name stays, and no case is left without a word."""

from collections import defaultdict

from kasane_cases.domain.case import AccessGrant, GrantBasis, GrantSubject, HeldRight
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind, TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note
from kasane_cases.repository import COORDINATOR, Cases, Grants, Protections, Tasks
from kasane_contracts.portal import StaffAccountChanged
from kasane_kit import clock
from kasane_kit.auth import AccountFacts, accounts
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork


def take_account_changed(event: StaffAccountChanged, uow: UnitOfWork) -> None:
    """Ends what the account held by name when it was closed or has another office or other roles.

    Each case says who left and what they held, waits on the coordinators' list to be handed over, and has nobody in
    charge when it was this account. Another name or password ends nothing.
    """
    before = accounts.find(uow.connection, event.account_id)
    if before is None or not _left_post(before, event):
        return
    now, today = clock.now(), clock.today()
    cases, grants = Cases(uow.connection), Grants(uow.connection)
    held: defaultdict[str, set[HeldRight]] = defaultdict(set)
    for case_id, basis in grants.end_of_account(event.account_id, now):
        held[case_id].add(HeldRight(basis.value))
    for person_id in Protections(uow.connection).end_of_account(event.account_id, now):
        for case_id in cases.of_person(person_id):
            held[case_id].add(HeldRight.READER)
    for case_id in cases.led_by(f"account:{event.account_id}"):
        held[case_id].add(HeldRight.LEAD)
    grants.end_attendance(event.account_id, now)
    open_cases = cases.open_among(held)
    for case_id, restricted in open_cases.items():
        if restricted and not grants.is_held(case_id, today):
            _give_to_coordinators(case_id, before, uow)
    for case_id in sorted(held):
        rights = ",".join(right.value for right in HeldRight if right in held[case_id])
        if HeldRight.LEAD in held[case_id]:
            cases.leave_without_lead(case_id)
        if case_id in open_cases and held[case_id] != {HeldRight.EMERGENCY}:
            reference = f"{event.account_id}:{event.revision}"[:64]
            Tasks(uow.connection).raise_once(
                CaseTask(new_id(), case_id, "", CaseTaskKind.HAND_OVER, reference, today)
            )
        note(uow, case_id, TimelineKind.POST_LEFT, member=before.display_name, held_rights=rights)
        uow.record("cases.case.post_left", OBJECT, case_id, basis=f"account:{event.account_id}")


def _give_to_coordinators(case_id: str, before: AccountFacts, uow: UnitOfWork) -> None:
    """A case for a named team of which nobody is left goes to the coordinators of the office, or else to all."""
    others = [
        one
        for one in accounts.everyone(uow.connection)
        if COORDINATOR in one.functions and one.account_id != before.account_id
    ]
    for one in [near for near in others if near.office == before.office] or others:
        Grants(uow.connection).add(
            AccessGrant(
                id=new_id(),
                case_id=case_id,
                subject_kind=GrantSubject.ACCOUNT,
                subject=one.account_id,
                basis=GrantBasis.TEAM,
                valid_from=clock.today(),
            )
        )


def _left_post(before: AccountFacts, now: StaffAccountChanged) -> bool:
    if now.revision <= before.revision or not before.active:
        return False
    moved = now.office != before.office or set(now.roles) != set(before.roles)
    return not now.active or moved
