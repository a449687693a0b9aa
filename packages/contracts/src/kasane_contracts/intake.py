"""Declares what intake says: a consultation was received, went further, was handed over, was closed."""

from dataclasses import dataclass
from datetime import date

from kasane_contracts.registry import event, personal


@dataclass(frozen=True)
class PersonConcerned:
    """One person the consultation is about. ``given_consent`` is what the desk heard, person by person."""

    person_id: str
    relation: str = ""
    given_consent: bool = False
    name: str = personal("")
    kana: str = personal("")
    birth_date: str = personal("")
    address: str = personal("")
    phone: str = personal("")
    carer: bool = False
    description: str = personal("")


@dataclass(frozen=True)
class TownAnswer:
    """What was chosen in a field that a town's plugin added; ``value`` is JSON. Free text is never in it."""

    plugin: str
    name: str
    value: str


@event("intake.consultation.received", version=1, subject="consultation_id")
@dataclass(frozen=True)
class ConsultationReceived:
    """A desk took a consultation. ``target_role`` is empty when the desk can cope alone.

    ``route`` says through whom it came (``commissioner`` is a 民生委員), ``national_categories`` count it in the
    national words. The two screening answers are ``yes``, ``no`` or ``not_asked``, empty in events of before. Who
    told it is never in it, and a hidden complainant's name is taken out of the story (I-11).
    """

    consultation_id: str
    number: str
    channel: str
    desk: str
    received_on: date
    categories: tuple[str, ...]
    main_category: str = ""
    urgent: bool = False
    area: str = ""
    escalation_level: str = "single_agency"
    target_role: str = ""
    reason: str = ""
    persons: tuple[PersonConcerned, ...] = ()
    story: str = personal("")
    route: str = ""
    national_categories: tuple[str, ...] = ()
    national_main: str = ""
    survey_campaign: str = ""
    survey_next_step: str = ""
    single_agency_enough: str = ""
    ordinary_cooperation_enough: str = ""
    town_answers: tuple[TownAnswer, ...] = ()


@event("intake.consultation.screened", version=1, subject="consultation_id")
@dataclass(frozen=True)
class ConsultationScreened:
    """The desk answered the two questions anew: ``yes``, ``no`` or ``not_asked``."""

    consultation_id: str
    single_agency_enough: str
    ordinary_cooperation_enough: str


@event("intake.consultation.escalated", version=1, subject="consultation_id")
@dataclass(frozen=True)
class ConsultationEscalated:
    """The screening showed that a wider circle is needed; ``reason`` is the town's rule in a sentence."""

    consultation_id: str
    escalation_level: str
    target_role: str
    reason: str


@event("intake.referral_sheet.sent", version=1, subject="sheet_id")
@dataclass(frozen=True)
class ReferralSheetSent:
    """A つなぐシート is on its way; the sender stays responsible until it is accepted."""

    sheet_id: str
    consultation_id: str
    from_office: str
    to_office: str
    acknowledge_by: date
    overdue_role: str = ""
    responsible_office: str = ""
    copies_to: tuple[str, ...] = ()


@event("intake.referral_sheet.acknowledged", version=1, subject="sheet_id")
@dataclass(frozen=True)
class ReferralSheetAcknowledged:
    """The receiving office has seen the sheet and accepts or returns it until ``decide_by``."""

    sheet_id: str
    consultation_id: str
    to_office: str
    decide_by: date | None = None


@event("intake.referral_sheet.accepted", version=1, subject="sheet_id")
@dataclass(frozen=True)
class ReferralSheetAccepted:
    """The receiving office took the matter over."""

    sheet_id: str
    consultation_id: str
    to_office: str


@event("intake.referral_sheet.returned", version=1, subject="sheet_id")
@dataclass(frozen=True)
class ReferralSheetReturned:
    """The receiving office gave the sheet back with a reason; the sender is still responsible."""

    sheet_id: str
    consultation_id: str
    from_office: str
    to_office: str


@event("intake.consultation.closed", version=1, subject="consultation_id")
@dataclass(frozen=True)
class ConsultationClosed:
    """A consultation ended with an outcome; there is no rejection."""

    consultation_id: str
    outcome: str


@event("intake.persons.merged", version=1, subject="merge_id")
@dataclass(frozen=True)
class PersonsMerged:
    """Two records were found to be of one person. Both stay as they are; nothing of a person is told here."""

    merge_id: str
    one_person_id: str
    other_person_id: str
    one_consultation_id: str
    other_consultation_id: str


@event("intake.persons.merge_undone", version=1, subject="merge_id")
@dataclass(frozen=True)
class PersonsMergeUndone:
    """Two records joined before are of different people after all; may be heard before the merge itself."""

    merge_id: str
    one_person_id: str
    other_person_id: str
    one_consultation_id: str
    other_consultation_id: str


@event("intake.referral_sheet.redirected", version=1, subject="sheet_id")
@dataclass(frozen=True)
class ReferralSheetRedirected:
    """The receiving office sent it on with a new sheet; the first sender is still responsible."""

    sheet_id: str
    consultation_id: str
    from_office: str
    to_office: str
    new_sheet_id: str


@event("intake.referral_sheet.outcome_returned", version=1, subject="sheet_id")
@dataclass(frozen=True)
class ReferralSheetOutcomeReturned:
    """The office that took the matter over told the first sender what became of it."""

    sheet_id: str
    consultation_id: str
    responsible_office: str
    to_office: str


@event("intake.referral_sheet.closed", version=1, subject="sheet_id")
@dataclass(frozen=True)
class ReferralSheetClosed:
    """The sender has read the outcome."""

    sheet_id: str
    consultation_id: str
    to_office: str
    status: str


@event("intake.referral_sheet.voided", version=1, subject="sheet_id")
@dataclass(frozen=True)
class ReferralSheetVoided:
    """The sender took it back before anybody took it over."""

    sheet_id: str
    consultation_id: str
    to_office: str
    status: str


@event("intake.referral_sheet.reopened", version=1, subject="sheet_id")
@dataclass(frozen=True)
class ReferralSheetReopened:
    """It is in the receiver's hands again (``accepted``), or a draft of the sender again (``draft``)."""

    sheet_id: str
    consultation_id: str
    to_office: str
    status: str


@event("intake.referral_sheet.overdue", version=1, subject="sheet_id")
@dataclass(frozen=True)
class ReferralSheetOverdue:
    """Nobody has acknowledged it in time; said again (``reminders``) after the town's days."""

    sheet_id: str
    consultation_id: str
    responsible_office: str
    to_office: str
    overdue_role: str
    acknowledge_by: date
    reminders: int = 1


@event("intake.referral_sheet.undecided", version=1, subject="sheet_id")
@dataclass(frozen=True)
class ReferralSheetUndecided:
    """The receiving office has seen it and neither accepted nor returned it in time; said again like *overdue*."""

    sheet_id: str
    consultation_id: str
    responsible_office: str
    to_office: str
    overdue_role: str
    decide_by: date
    reminders: int = 1


@event("intake.emergency.declared", version=1, subject="consultation_id")
@dataclass(frozen=True)
class EmergencyDeclared:
    """Life or safety is at risk: these roles have to act within so many minutes."""

    consultation_id: str
    number: str
    roles: tuple[str, ...]
    within_minutes: int = 30


@event("intake.emergency.settled", version=1, subject="consultation_id")
@dataclass(frozen=True)
class EmergencySettled:
    """The danger is over; the work goes on where it stands."""

    consultation_id: str


@event("intake.contact.continued", version=1, subject="consultation_id")
@dataclass(frozen=True)
class ContactContinued:
    """The desk stays in touch and gets back to it on a day."""

    consultation_id: str
    desk: str
    next_contact_on: date


@event("intake.consultation.reopened", version=1, subject="consultation_id")
@dataclass(frozen=True)
class ConsultationReopened:
    """It was ended too early and is the desk's again."""

    consultation_id: str
    number: str
    desk: str


@event("intake.web_message.waiting", version=1, subject="message_id")
@dataclass(frozen=True)
class WebMessageWaiting:
    """Something from the public form waits for this office: a new message, or what its sender added (``added``)."""

    message_id: str
    receipt: str
    office: str
    added: bool = False


@event("intake.web_message.settled", version=1, subject="message_id")
@dataclass(frozen=True)
class WebMessageSettled:
    """Nothing of it waits any more: it was taken up or set aside, and every addition was read."""

    message_id: str


@event("intake.arrivals.ended", version=1, subject="ending_id")
@dataclass(frozen=True)
class ArrivalsEnded:
    """The town's term of these messages and bookings is over; they were handled and became no consultation.

    Nobody takes it back. Cases writes them down outside the databases and then says ``RecordsEnded``.
    """

    ending_id: str
    ended_on: date
    records: tuple[str, ...] = ()


@event("intake.bookings.waiting", version=1, subject="day_id")
@dataclass(frozen=True)
class BookingsWaiting:
    """So many bookings of a 相談会 need somebody of the office: no seat yet, unread words of their sender, or the day
    was called off.

    Said whenever the number changes; with 0 nothing waits.
    """

    day_id: str
    office: str
    held_on: date
    waiting: int
    called_off: bool = False


@event("intake.persons.merge_requested", version=1, subject="merge_id")
@dataclass(frozen=True)
class PersonsMergeRequested:
    """Somebody asks that two records be shown as one person; another account than ``requested_by`` decides."""

    merge_id: str
    requested_by: str


@event("intake.persons.merge_declined", version=1, subject="merge_id")
@dataclass(frozen=True)
class PersonsMergeDeclined:
    """The request was refused or taken back; the records stay apart."""

    merge_id: str


@event("intake.records.shredded", version=1, subject="shredding_id")
@dataclass(frozen=True)
class IntakeRecordsShredded:
    """Nothing personal of the ended records is left in intake; how many rows, keys and events there were."""

    shredding_id: str
    rows: int
    keys: int
    events: int
