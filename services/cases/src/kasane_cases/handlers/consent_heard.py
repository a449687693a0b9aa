"""Keeps what somebody said at a door about passing information on, to be confirmed with the person."""

from kasane_cases.domain.consent import Consent, ConsentState, GivenBy
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind, TimelineKind
from kasane_cases.handlers.case_access import note
from kasane_cases.repository import Consents, OutreachRequests, Tasks
from kasane_contracts import cases as events
from kasane_contracts.outreach import ConsentHeard
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork

SPOKEN = "spoken"


def take_consent_heard(event: ConsentHeard, uow: UnitOfWork) -> None:
    """A pending record with the words as they were said, and the task to ask; the delivery commits.

    It is no consent and opens nothing. A consent that stands, or begins on a later day, is left as it is;
    what a relative said is kept as a relative's words and never as the person's.
    """
    try:
        request = OutreachRequests(uow.connection).where(event.request_id)
    except RecordNotFound:
        return
    consents = Consents(uow.connection)
    before = consents.standing_of(request.case_id, request.person_id)
    if before is not None and before.to_be_kept(clock.today()):
        return
    by_person = event.said_by == "person"
    consent = Consent(
        id=new_id(),
        case_id=request.case_id,
        person_id=request.person_id,
        number=before.number + 1 if before else 1,
        state=ConsentState.PENDING,
        recorded_at=clock.now(),
        recorded_by=event.heard_by,
        given_by=GivenBy.SELF if by_person else GivenBy.OTHER_REPRESENTATIVE,
        method=SPOKEN,
        note=event.said,
        heard_by=event.heard_by_name,
    )
    consents.add(consent)
    Tasks(uow.connection).raise_once(
        CaseTask(
            new_id(),
            request.case_id,
            request.person_id,
            CaseTaskKind.ASK_CONSENT,
            event.visit_id,
            clock.today(),
        )
    )
    uow.record("cases.consent.heard", "person", request.person_id, basis=event.visit_id)
    uow.publish(
        events.ConsentRecorded(
            request.case_id, request.person_id, ConsentState.PENDING.value, clock.today()
        )
    )
    note(
        uow,
        request.case_id,
        TimelineKind.CONSENT_RECORDED,
        request.person_id,
        consent.id,
        state=ConsentState.PENDING.value,
    )
