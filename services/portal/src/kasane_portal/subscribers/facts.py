"""What is counted when others speak: each event becomes facts with the marks they are counted by.

Ids and codes only. A consultation counts its first person, whom it is about; an unfinished count of a
gathering is replaced by the next.
"""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kasane_contracts import cases, intake, outreach, resources
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_portal.commands import JoinPersons, MeasureFact
from kasane_portal.domain.figure import FactKind, MarkKind
from kasane_portal.handlers.figures import measure
from kasane_portal.repository import MeasuredFacts

Marks = tuple[tuple[MarkKind, str], ...]
Facts = tuple[MeasureFact | JoinPersons, ...]


def _received(e: intake.ConsultationReceived, _known: MeasuredFacts) -> Facts:
    marks: Marks = (
        *((MarkKind.PERSON, one.person_id) for one in e.persons[:1]),
        (MarkKind.ROUTE, e.route),
        (MarkKind.BODY, e.desk),
        (MarkKind.CHANNEL, e.channel),
        (MarkKind.AREA, e.area),
        (MarkKind.LEVEL, e.escalation_level),
        (MarkKind.URGENT, "yes" if e.urgent else ""),
        *((MarkKind.CATEGORY, code) for code in (*e.categories, *e.national_categories)),
    )
    asked_again: Marks = (
        (MarkKind.MAIN_CATEGORY, e.main_category),
        *((MarkKind.LOCAL_CATEGORY, code) for code in e.categories),
        *(
            (MarkKind.TOWN_ANSWER, told)
            for told in map(_answer, e.town_answers)
            if len(told) <= 100
        ),
    )
    return (
        MeasureFact(FactKind.CONSULTATION, e.consultation_id, e.received_on, marks + asked_again),
        *_screened(e, e.received_on),
    )


def _answer(one: intake.TownAnswer) -> str:
    return f"{one.plugin}:{one.name}={one.value}"


def _screened(
    e: intake.ConsultationReceived | intake.ConsultationScreened, on: date
) -> tuple[MeasureFact, ...]:
    """What the desk answered; nothing of an event from before there was such an answer."""
    marks: Marks = (
        (MarkKind.SINGLE, e.single_agency_enough),
        (MarkKind.ORDINARY, e.ordinary_cooperation_enough),
    )
    if not any(value for _, value in marks):
        return ()
    return (MeasureFact(FactKind.SCREENING, e.consultation_id, on, marks),)


def _screened_anew(e: intake.ConsultationScreened, _known: MeasuredFacts) -> Facts:
    return _screened(e, clock.today())


def _visited(kind: FactKind) -> Callable[[Any, MeasuredFacts], Facts]:
    def visited(e: Any, _known: MeasuredFacts) -> Facts:
        marks: Marks = (
            (MarkKind.PERSON, e.person_id),
            (MarkKind.CASE, e.case_id),
            (MarkKind.KIND, e.result),
        )
        return (MeasureFact(kind, e.visit_id, e.on, marks),)

    return visited


def _opened(e: cases.CaseOpened, _known: MeasuredFacts) -> Facts:
    marks: Marks = ((MarkKind.CASE, e.case_id), (MarkKind.HOUSEHOLD, e.household_id))
    return (
        MeasureFact(FactKind.CASE_OPENED, e.case_id, e.opened_on, marks),
        *_state(e.case_id, e.status),
    )


def _stands(e: cases.CaseStatusChanged, _known: MeasuredFacts) -> Facts:
    return _state(e.case_id, e.status)


def _state(case_id: str, status: str) -> Facts:
    """The latest state stands, on the day it was said."""
    marks: Marks = ((MarkKind.KIND, status),)
    return (MeasureFact(FactKind.CASE_STATE, case_id, clock.today(), marks),)


def _closed(e: cases.CaseClosed, _known: MeasuredFacts) -> Facts:
    # Events of the first releases have no day of their own: they are counted on the day they were said.
    marks: Marks = ((MarkKind.CASE, e.case_id), (MarkKind.KIND, e.outcome))
    on = e.closed_on or clock.today()
    return (MeasureFact(FactKind.CASE_CLOSED, end_of_episode(e), on, marks),)


def end_of_episode(e: cases.CaseClosed) -> str:
    """The id of one end of a case: it may be reopened and end again, and both ends stay in their own years."""
    return f"{e.case_id}:{(e.closed_on or clock.today()).isoformat()}"


def _held(e: cases.ConferenceHeld, known: MeasuredFacts) -> Facts:
    marks: Marks = (
        (MarkKind.BODY, e.body),
        (MarkKind.LEGAL_KIND, e.legal_kind),
        *((MarkKind.CASE, one) for one in e.case_ids),
        *((MarkKind.HOUSEHOLD, known.household_of(one)) for one in e.case_ids),
    )
    return (MeasureFact(FactKind.SESSION, e.session_id, e.held_on, marks),)


def _consented(e: cases.ConsentRecorded, _known: MeasuredFacts) -> Facts:
    marks: Marks = ((MarkKind.CASE, e.case_id), (MarkKind.KIND, e.state))
    # The latest state stands; the first releases said no day: theirs are of the day they were said.
    on = e.on or clock.today()
    return (MeasureFact(FactKind.CONSENT, f"{e.case_id}:{e.person_id}", on, marks),)


def _participates(e: resources.ParticipationMoved, _known: MeasuredFacts) -> Facts:
    marks: Marks = ((MarkKind.CASE, e.case_id), (MarkKind.KIND, e.status))
    step = f"{e.participation_id}:{e.on.isoformat()}:{e.status}"
    return (
        MeasureFact(FactKind.PARTICIPATION, e.participation_id, e.on, marks),
        # Every step stays on its own day, so that a later year takes nobody out of an earlier one.
        MeasureFact(
            FactKind.PARTICIPATION_STEP,
            step,
            e.on,
            (*marks, (MarkKind.PERSON, e.person_id), (MarkKind.GROUP, e.host_id)),
        ),
    )


def _agreed(e: cases.SupportPlanAgreed, _known: MeasuredFacts) -> Facts:
    marks: Marks = (
        (MarkKind.KIND, e.kind),
        (MarkKind.CASE, e.case_id),
        *((MarkKind.PERSON, one) for one in e.persons),
    )
    return (MeasureFact(FactKind.PLAN, e.plan_id, e.decided_on, marks),)


def _gathered(e: resources.GatheringCounted, known: MeasuredFacts) -> Facts:
    marks: Marks = (
        (MarkKind.KIND, e.kind),
        (MarkKind.BODY, e.body),
        (MarkKind.COURSE, e.course),
        (MarkKind.PLACE, unicodedata.normalize("NFKC", e.place).strip()[:100]),
    )
    now = {f"{e.gathering_id}:{one.kind}" for one in e.participants}
    before = known.parts_of(FactKind.ATTENDANCE, e.gathering_id)
    return (
        *(
            MeasureFact(FactKind.ATTENDANCE, part, day, (), quantity=0)
            for part, day in before.items()
            if part not in now
        ),
        MeasureFact(
            FactKind.GATHERING, e.gathering_id, e.held_on, marks, quantity=int(not e.cancelled)
        ),
        *(
            MeasureFact(
                FactKind.ATTENDANCE,
                f"{e.gathering_id}:{one.kind}",
                e.held_on,
                (*marks, (MarkKind.PARTICIPANT, one.kind)),
                quantity=one.number,
            )
            for one in e.participants
        ),
    )


def _takes_part(e: resources.NetworkMemberChanged, _known: MeasuredFacts) -> Facts:
    marks: Marks = (
        (MarkKind.NETWORK, e.network),
        (MarkKind.GROUP, e.group_id or e.member_id),
        *((MarkKind.ACTIVITY, one) for one in e.activities),
    )
    return (
        MeasureFact(
            FactKind.NETWORK_MEMBER,
            e.member_id,
            e.since,
            marks,
            until=e.until,
            quantity=int(not e.voided),
        ),
    )


def _given(e: resources.DonationReceived, _known: MeasuredFacts) -> Facts:
    marks: Marks = ((MarkKind.NETWORK, e.network),)
    return (
        MeasureFact(
            FactKind.DONATION, e.donation_id, e.received_on, marks, quantity=int(not e.voided)
        ),
    )


def _joined(e: intake.PersonsMerged, _known: MeasuredFacts) -> Facts:
    return (JoinPersons(e.merge_id, e.one_person_id, e.other_person_id),)


def _parted(e: intake.PersonsMergeUndone, _known: MeasuredFacts) -> Facts:
    return (JoinPersons(e.merge_id, e.one_person_id, e.other_person_id, undone=True),)


FACTS: Mapping[type, Callable[[Any, MeasuredFacts], Facts]] = {
    intake.ConsultationReceived: _received,
    intake.ConsultationScreened: _screened_anew,
    intake.PersonsMerged: _joined,
    intake.PersonsMergeUndone: _parted,
    cases.CaseOpened: _opened,
    cases.CaseStatusChanged: _stands,
    cases.CaseClosed: _closed,
    cases.ConferenceHeld: _held,
    cases.SupportPlanAgreed: _agreed,
    cases.ConsentRecorded: _consented,
    resources.ParticipationMoved: _participates,
    resources.GatheringCounted: _gathered,
    resources.NetworkMemberChanged: _takes_part,
    resources.DonationReceived: _given,
    outreach.VisitCompleted: _visited(FactKind.VISIT),
    outreach.ContactNotMade: _visited(FactKind.CONTACT_ATTEMPT),
}


def count_by_marks(event: Any, uow: UnitOfWork) -> None:
    """Keeps what is counted of an event, if anything is."""
    if type(event) in FACTS:
        said_at = uow.said_at
        with clock.fixed(lambda: said_at):
            found = FACTS[type(event)](event, MeasuredFacts(uow.connection))
        measure(found, uow)
