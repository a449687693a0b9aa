"""What cases does when others speak."""

from typing import Any

from kasane_cases.domain.gap import HandoffState
from kasane_cases.handlers.community_issues import take_issue_answer
from kasane_cases.handlers.consent_heard import take_consent_heard
from kasane_cases.handlers.hearing import (
    forget_waiting,
    queue_escalated,
    queue_for_opening,
    take_gap_closed,
    take_referral_answer,
    take_suggestions,
    take_visit,
    wait_again,
)
from kasane_cases.handlers.participation import take_participation
from kasane_cases.handlers.person_links import take_merge, take_merge_undone
from kasane_cases.handlers.posts import take_account_changed
from kasane_cases.handlers.shredding import end_arrivals, take_answer
from kasane_cases.handlers.watching import take_sheet_answer, take_sheet_sent
from kasane_contracts.intake import (
    ArrivalsEnded,
    ConsultationClosed,
    ConsultationEscalated,
    ConsultationReceived,
    ConsultationReopened,
    IntakeRecordsShredded,
    PersonsMerged,
    PersonsMergeUndone,
    ReferralSheetAccepted,
    ReferralSheetAcknowledged,
    ReferralSheetReturned,
    ReferralSheetSent,
)
from kasane_contracts.outreach import (
    ConsentHeard,
    ContactNotMade,
    OutreachRecordsShredded,
    VisitCompleted,
    VisitScheduled,
)
from kasane_contracts.portal import StaffAccountChanged
from kasane_contracts.resources import (
    CommunityIssueAnswered,
    GapClosed,
    HumanServicesSuggested,
    ParticipationMoved,
    ReferralAccepted,
    ReferralDeclined,
    ResourcesRecordsShredded,
)
from kasane_kit.unit_of_work import UnitOfWork


def on_consultation_received(event: ConsultationReceived, uow: UnitOfWork, hooks: Any) -> None:
    """Keeps a copy; urgent or escalated ones wait on the coordinator's list."""
    queue_for_opening(event, uow, hooks)


def on_consultation_escalated(event: ConsultationEscalated, uow: UnitOfWork, hooks: Any) -> None:
    """Puts the consultation on the list when it now goes to a coordinator."""
    queue_escalated(event, uow, hooks)


def on_consultation_closed(event: ConsultationClosed, uow: UnitOfWork, _hooks: Any) -> None:
    """Takes the consultation off the list."""
    forget_waiting(event.consultation_id, uow)


def on_consultation_reopened(event: ConsultationReopened, uow: UnitOfWork, _hooks: Any) -> None:
    """Puts the consultation back on the list if it waited there."""
    wait_again(event.consultation_id, uow)


def on_human_services_suggested(
    event: HumanServicesSuggested, uow: UnitOfWork, _hooks: Any
) -> None:
    """Shows the suggestions at their need."""
    take_suggestions(event, uow)


def on_referral_accepted(event: ReferralAccepted, uow: UnitOfWork, _hooks: Any) -> None:
    """Shows that the organisation takes the person on."""
    take_referral_answer(event, uow)


def on_referral_declined(event: ReferralDeclined, uow: UnitOfWork, _hooks: Any) -> None:
    """Shows that the organisation cannot, and that another has to be found."""
    take_referral_answer(event, uow)


def on_visit_scheduled(event: VisitScheduled, uow: UnitOfWork, _hooks: Any) -> None:
    """Shows the day of the visit."""
    take_visit(event, uow)


def on_visit_completed(event: VisitCompleted, uow: UnitOfWork, _hooks: Any) -> None:
    """Shows what came of the visit; consent heard there still has to be asked for."""
    take_visit(event, uow)


def on_contact_not_made(event: ContactNotMade, uow: UnitOfWork, _hooks: Any) -> None:
    """Shows that nobody was met."""
    take_visit(event, uow)


def on_consent_heard(event: ConsentHeard, uow: UnitOfWork, _hooks: Any) -> None:
    """Keeps what was said at the door as pending, to be confirmed with the person."""
    take_consent_heard(event, uow)


def on_staff_account_changed(event: StaffAccountChanged, uow: UnitOfWork, _hooks: Any) -> None:
    """Whoever left their post holds no case by name any more; each of them is to be handed over."""
    take_account_changed(event, uow)


def on_persons_merged(event: PersonsMerged, uow: UnitOfWork, _hooks: Any) -> None:
    """Lets the case page say where the same person also appears."""
    take_merge(event, uow)


def on_persons_merge_undone(event: PersonsMergeUndone, uow: UnitOfWork, _hooks: Any) -> None:
    """They are two people after all."""
    take_merge_undone(event, uow)


def on_referral_sheet_sent(event: ReferralSheetSent, uow: UnitOfWork, _hooks: Any) -> None:
    """Watches that the sheet is answered."""
    take_sheet_sent(event, uow)


def on_referral_sheet_acknowledged(
    event: ReferralSheetAcknowledged, uow: UnitOfWork, _hooks: Any
) -> None:
    """The receiver has seen the sheet."""
    take_sheet_answer(event.sheet_id, HandoffState.ACKNOWLEDGED, uow)


def on_referral_sheet_accepted(event: ReferralSheetAccepted, uow: UnitOfWork, _hooks: Any) -> None:
    """The receiver took the matter over."""
    take_sheet_answer(event.sheet_id, HandoffState.ACCEPTED, uow)


def on_referral_sheet_returned(event: ReferralSheetReturned, uow: UnitOfWork, _hooks: Any) -> None:
    """The sheet came back: its sender is still responsible, and it waits for a new receiver."""
    take_sheet_answer(event.sheet_id, HandoffState.RETURNED, uow)


def on_participation_moved(event: ParticipationMoved, uow: UnitOfWork, _hooks: Any) -> None:
    """Shows the step that participation support took."""
    take_participation(event, uow)


def on_community_issue_answered(
    event: CommunityIssueAnswered, uow: UnitOfWork, _hooks: Any
) -> None:
    """Brings the community's answer back to the cases that an issue was raised from."""
    take_issue_answer(event, uow)


def on_gap_closed(event: GapClosed, uow: UnitOfWork, _hooks: Any) -> None:
    """Shows at the need what was developed for it."""
    take_gap_closed(event, uow)


def on_arrivals_ended(event: ArrivalsEnded, uow: UnitOfWork, _hooks: Any) -> None:
    """Writes down outside the databases what ends by the town's term in intake, and then lets it be destroyed."""
    end_arrivals(event, uow)


def on_records_shredded(
    event: IntakeRecordsShredded | OutreachRecordsShredded | ResourcesRecordsShredded,
    uow: UnitOfWork,
    _hooks: Any,
) -> None:
    """Shows that a service destroyed its part; the last answer ends the shredding."""
    service = type(event).__name__.removesuffix("RecordsShredded").lower()
    take_answer(event.shredding_id, service, event.rows, event.keys, event.events, uow)
