"""Writes down what one person said about passing on their information."""

from datetime import date, timedelta
from typing import Any

from kasane_cases.commands import RecordConsent
from kasane_cases.domain.consent import Consent, ConsentPurpose, ConsentState
from kasane_cases.domain.errors import TermTooLong, UnknownChoice
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind, TimelineKind
from kasane_cases.handlers.case_access import note, open_for_change
from kasane_cases.repository import Cases, Consents, Grants, Tasks
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork

OWN_METHODS = ("written", "spoken")


def record_consent(command: RecordConsent, uow: UnitOfWork, hooks: Any) -> str:
    """Adds to one person's consent history (I-08); rights from the last entry end with it."""
    case, _ = open_for_change(command.case_id, uow)
    case.member(command.person_id, clock.today())
    consents = Consents(uow.connection)
    before = consents.standing_of(case.id, command.person_id)
    given = command.state is ConsentState.GIVEN
    valid_from = (command.valid_from or clock.today()) if given else None
    consent = Consent(
        id=command.consent_id,
        case_id=case.id,
        person_id=command.person_id,
        number=before.number + 1 if before else 1,
        state=command.state,
        recorded_at=clock.now(),
        recorded_by=uow.actor.account_id,
        scope=command.scope,
        given_by=command.given_by,
        method=command.method,
        valid_from=valid_from,
        expires_on=_last_day(command, valid_from, hooks) if valid_from else None,
        note=command.note,
    )
    consent.check_after(before, clock.today())
    if given and command.method not in methods(hooks):
        raise UnknownChoice(choice=command.method)
    consents.add(consent)
    if before is not None:
        Grants(uow.connection).end_with(before.id, clock.now())
    if command.state is not ConsentState.PENDING:
        for asked in (CaseTaskKind.ASK_CONSENT, CaseTaskKind.ASK_CONSENT_HERE):
            Tasks(uow.connection).finish(case.id, command.person_id, asked, clock.today())
    if command.state is not ConsentState.PENDING:
        Cases(uow.connection).contact_made(case.id, clock.today())
    if case.unasked_for_consent and consent.covers(clock.today(), ConsentPurpose.MULTI_AGENCY):
        Tasks(uow.connection).raise_once(
            CaseTask(
                new_id(),
                case.id,
                command.person_id,
                CaseTaskKind.OFFER_MULTI_AGENCY,
                consent.id,
                clock.today(),
            )
        )
    uow.record("cases.consent.recorded", "person", command.person_id, basis=command.method)
    uow.publish(events.ConsentRecorded(case.id, command.person_id, command.state.value))
    note(
        uow,
        case.id,
        TimelineKind.CONSENT_RECORDED,
        command.person_id,
        consent.id,
        state=command.state.value,
    )
    uow.commit()
    return consent.id


def methods(hooks: Any) -> tuple[str, ...]:
    """The codes of the ways of consenting in this town, else the platform's own."""
    policy = hooks.consent_policy(purpose=ConsentPurpose.MULTI_AGENCY.value)
    return tuple(choice.value for choice in policy.methods) or OWN_METHODS


def _last_day(command: RecordConsent, valid_from: date, hooks: Any) -> date:
    purposes = command.scope.purposes or (ConsentPurpose.MULTI_AGENCY,)
    longest = min(
        valid_from + timedelta(days=hooks.consent_policy(purpose=purpose.value).valid_for_days)
        for purpose in purposes
    )
    if command.expires_on is None:
        return longest
    if command.expires_on > longest:
        raise TermTooLong(longest=longest.isoformat())
    return command.expires_on
