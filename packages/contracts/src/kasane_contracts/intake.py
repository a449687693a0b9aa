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


@event("intake.consultation.received", version=1, subject="consultation_id")
@dataclass(frozen=True)
class ConsultationReceived:
    """A desk took a consultation. ``target_role`` is empty when the desk can cope alone.

    ``route`` says through whom it came (``commissioner`` is a 民生委員), ``national_categories`` count it in the
    national words. Who told it is never in it, and a hidden complainant's name is taken out of the story (I-11).
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


@event("intake.referral_sheet.acknowledged", version=1, subject="sheet_id")
@dataclass(frozen=True)
class ReferralSheetAcknowledged:
    """The receiving office has seen the sheet."""

    sheet_id: str
    consultation_id: str
    to_office: str


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
