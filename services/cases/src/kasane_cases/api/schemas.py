"""The shapes that the API of cases takes and gives."""

from enum import StrEnum
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from kasane_cases.domain.case import CaseStatus, ClosingOutcome, GrantSubject
from kasane_cases.domain.conference import LegalKind, SessionStatus
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentState,
    DataClass,
    GivenBy,
)
from kasane_cases.domain.support_plan import PlanKind, PlanStatus

_SHORT = validate.Length(max=200)
_LONG = validate.Length(min=1, max=20000)


def _enum(kind: type[StrEnum], **options: Any) -> "fields.Enum[StrEnum]":
    return fields.Enum(kind, by_value=True, **options)


class Strict(Schema):
    """Refuses fields that it does not know, so that a misspelt one is not lost silently."""

    class Meta:
        unknown = RAISE


class NewPersonSchema(Strict):
    """One person of a case that is opened without a consultation."""

    name = fields.String(load_default="", validate=_SHORT)
    kana = fields.String(load_default="", validate=_SHORT)
    birth_date = fields.Date(load_default=None, allow_none=True)
    relation = fields.String(load_default="", validate=_SHORT)
    address = fields.String(load_default="", validate=validate.Length(max=300))
    phone = fields.String(load_default="", validate=validate.Length(max=40))


class TeamMemberSchema(Strict):
    """Who works on a case: an account, an office or a role."""

    kind = _enum(GrantSubject, required=True)
    subject = fields.String(required=True, validate=validate.Length(min=1, max=64))


class OpenCaseSchema(Strict):
    """Open a case from a consultation that waits, or with persons when there is none."""

    consultation_id = fields.String(load_default="", validate=validate.Length(max=64))
    persons = fields.List(fields.Nested(NewPersonSchema), load_default=list)
    consent_confirmed = fields.List(fields.String(), load_default=list)
    address_protected = fields.List(fields.String(), load_default=list)
    support_decided = fields.Boolean(load_default=False)
    support_reason = fields.String(load_default="", validate=validate.Length(max=4000))
    team = fields.List(fields.Nested(TeamMemberSchema), load_default=list)


class WaitingSchema(Strict):
    """A consultation from which a case should be opened; no address."""

    id = fields.String()
    number = fields.String()
    received_on = fields.Date()
    urgent = fields.Boolean()
    target_role = fields.String()


class CaseLineSchema(Strict):
    """One case in a list, without address."""

    id = fields.String()
    number = fields.String()
    persons = fields.List(fields.String())
    status = _enum(CaseStatus)
    opened_on = fields.Date()
    next_session_on = fields.Date(allow_none=True)
    review_on = fields.Date(allow_none=True)
    urgent = fields.Boolean()
    unmet = fields.List(fields.String())
    version = fields.Integer()


class CasePageSchema(Strict):
    """A page of cases, newest first."""

    items = fields.List(fields.Nested(CaseLineSchema))
    next_cursor = fields.String()


class WaitingListSchema(Strict):
    """What waits for a coordinator."""

    items = fields.List(fields.Nested(WaitingSchema))


class PersonSchema(Strict):
    """One person of a case as far as the caller may see; a protected address is left out."""

    id = fields.String()
    name = fields.String()
    kana = fields.String()
    birth_date = fields.Date(allow_none=True)
    consent_state = _enum(ConsentState)


class SuggestionSchema(Strict):
    """One human service that could meet a need, with the reasons."""

    human_service_id = fields.String()
    name = fields.String()
    points = fields.Float()
    reasons = fields.List(fields.String())


class NeedSchema(Strict):
    """One need with what the directory suggests."""

    id = fields.String()
    person_id = fields.String()
    category = fields.String()
    description = fields.String()
    suggestions = fields.List(fields.Nested(SuggestionSchema))
    missing = fields.List(fields.String())
    suggested_at = fields.AwareDateTime(allow_none=True)


class ReferralSchema(Strict):
    """One referral and its answer."""

    id = fields.String()
    person_id = fields.String()
    human_service_id = fields.String()
    human_service_name = fields.String()
    status = fields.String(attribute="status.value")
    reason = fields.String()


class OutreachRequestSchema(Strict):
    """One request to visit and what became of it."""

    id = fields.String()
    person_id = fields.String()
    purpose = fields.String()
    agency = fields.String()
    status = fields.String(attribute="status.value")
    attempts = fields.Integer()


class PlanLineSchema(Strict):
    """One support plan of a case; the plan itself has a door of its own."""

    id = fields.String()
    kind = _enum(PlanKind)
    status = _enum(PlanStatus)
    persons = fields.List(fields.String())
    review_on = fields.Date(allow_none=True)
    version = fields.Integer()


class TimelineEntrySchema(Strict):
    """One line of the timeline."""

    kind = fields.String(attribute="kind.value")
    at = fields.AwareDateTime(format="iso")
    object_id = fields.String()
    person_id = fields.String()


class TaskSchema(Strict):
    """Something that came up and is not done."""

    kind = fields.String(attribute="kind.value")
    person_id = fields.String()


class CaseSchema(Strict):
    """One case as far as the caller may see it."""

    id = fields.String()
    number = fields.String()
    status = _enum(CaseStatus)
    consultation_id = fields.String()
    persons = fields.List(fields.Nested(PersonSchema))
    needs = fields.List(fields.Nested(NeedSchema))
    referrals = fields.List(fields.Nested(ReferralSchema))
    outreach = fields.List(fields.Nested(OutreachRequestSchema))
    plans = fields.List(fields.Nested(PlanLineSchema))
    timeline = fields.List(fields.Nested(TimelineEntrySchema))
    tasks = fields.List(fields.Nested(TaskSchema))
    version = fields.Integer()


class DecideSupportSchema(Strict):
    """The town's decision to support the household, with its reason."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=4000))


class ConsentScopeSchema(Strict):
    """What a consent covers."""

    purposes = fields.List(_enum(ConsentPurpose), load_default=list)
    recipients = fields.List(_enum(AttendeeKind), load_default=list)
    data_classes = fields.List(_enum(DataClass), load_default=list)


class RecordConsentSchema(Strict):
    """One entry of a person's consent history."""

    person_id = fields.String(required=True)
    state = _enum(ConsentState, required=True)
    scope = fields.Nested(ConsentScopeSchema, load_default=dict)
    given_by = _enum(GivenBy, load_default=GivenBy.SELF)
    method = fields.String(load_default="", validate=_SHORT)
    valid_from = fields.Date(load_default=None, allow_none=True)
    expires_on = fields.Date(load_default=None, allow_none=True)
    note = fields.String(load_default="", validate=validate.Length(max=4000))
    heard_by = fields.String(load_default="", validate=_SHORT)
    representative = fields.String(load_default="", validate=_SHORT)
    representative_basis = fields.String(load_default="", validate=_SHORT)
    own_will = fields.String(load_default="", validate=validate.Length(max=1000))
    form = fields.String(load_default="", validate=validate.Length(max=60))
    evidence_id = fields.String(load_default="", validate=validate.Length(max=36))


class IdentifyNeedSchema(Strict):
    """What a person needs."""

    person_id = fields.String(required=True)
    category = fields.String(required=True, validate=validate.Length(min=1, max=60))
    description = fields.String(required=True, validate=_LONG)


class RequestReferralSchema(Strict):
    """Ask a human service to take the person of a need on."""

    need_id = fields.String(required=True)
    human_service_id = fields.String(required=True)
    human_service_name = fields.String(load_default="", validate=_SHORT)
    recipient = _enum(AttendeeKind, load_default=AttendeeKind.PARTNER_AGENCY)
    message = fields.String(load_default="", validate=validate.Length(max=4000))


class RequestOutreachSchema(Strict):
    """Ask that somebody visits a person."""

    person_id = fields.String(required=True)
    purpose = fields.String(required=True, validate=validate.Length(min=1, max=200))
    agency = fields.String(required=True, validate=validate.Length(min=1, max=64))
    reason = fields.String(load_default="", validate=validate.Length(max=4000))
    by_when = fields.Date(load_default=None, allow_none=True)
    minutes = fields.Integer(load_default=45, strict=True, validate=validate.Range(5, 480))
    two_person = fields.Boolean(load_default=False)


class ChangeStatusSchema(Strict):
    """The next state of a case."""

    status = _enum(CaseStatus, required=True)
    review_on = fields.Date(load_default=None, allow_none=True)


class CloseCaseSchema(Strict):
    """The end of the multi-agency work, with its evaluation."""

    outcome = _enum(ClosingOutcome, required=True)
    evaluation = fields.String(load_default="", validate=validate.Length(max=20000))
    next_contact = fields.String(load_default="", validate=_SHORT)
    no_contact_needed = fields.Boolean(load_default=False)
    review_on = fields.Date(load_default=None, allow_none=True)


class AttendeeAskedSchema(Strict):
    """Somebody asked to a session: staff by account, or a guest."""

    kind = _enum(AttendeeKind, load_default=AttendeeKind.MUNICIPAL_STAFF)
    account_id = fields.String(load_default="", validate=validate.Length(max=64))
    name = fields.String(load_default="", validate=_SHORT)
    affiliation = fields.String(load_default="", validate=_SHORT)


class PlanSessionSchema(Strict):
    """The date of a session of a body."""

    body = fields.String(required=True, validate=validate.Length(min=1, max=60))
    legal_kind = _enum(LegalKind, required=True)
    planned_for = fields.Date(required=True)
    place = fields.String(load_default="", validate=_SHORT)
    appointed = fields.Integer(load_default=None, allow_none=True, strict=True)
    attendees = fields.List(fields.Nested(AttendeeAskedSchema), load_default=list)


class AgendaItemSchema(Strict):
    """A person of a case, or a topic that names nobody."""

    topic = fields.String(required=True, validate=validate.Length(min=1, max=400))
    case_id = fields.String(load_default="")
    person_id = fields.String(load_default="")
    reason = fields.String(load_default="", validate=validate.Length(max=4000))


class SecrecySchema(Strict):
    """Whether the attendee signed as well."""

    signed = fields.Boolean(load_default=False)


class FactSchema(Strict):
    """What was told, and which agency knew it."""

    text = fields.String(required=True, validate=_LONG)
    source = fields.String(required=True, validate=validate.Length(min=1, max=200))


class DecisionSchema(Strict):
    """What was decided: who does it, by when."""

    text = fields.String(required=True, validate=_LONG)
    in_charge = fields.String(required=True, validate=validate.Length(min=1, max=200))
    role = fields.String(load_default="", validate=_SHORT)
    due_on = fields.Date(load_default=None, allow_none=True)


class HoldSchema(Strict):
    """The end of a session."""

    next_on = fields.Date(load_default=None, allow_none=True)


class MinutesSchema(Strict):
    """The minutes that were agreed."""

    minutes = fields.String(required=True, validate=_LONG)


class AttendeeSchema(Strict):
    """One attendee and whether a duty of secrecy is recorded."""

    id = fields.String()
    name = fields.String()
    kind = _enum(AttendeeKind)
    present = fields.Boolean()
    bound = fields.Boolean()


class ItemFactSchema(Strict):
    """What was told."""

    text = fields.String()
    source = fields.String()


class ItemDecisionSchema(Strict):
    """What was decided."""

    text = fields.String()
    in_charge = fields.String()
    due_on = fields.Date(allow_none=True)


class ShownItemSchema(Strict):
    """One agenda item as far as the caller may see it."""

    id = fields.String()
    topic = fields.String()
    case_id = fields.String()
    person_id = fields.String()
    facts = fields.List(fields.Nested(ItemFactSchema))
    decisions = fields.List(fields.Nested(ItemDecisionSchema))


class ConferenceSchema(Strict):
    """One session as far as the caller may see it."""

    id = fields.String()
    body = fields.String()
    body_label = fields.String()
    legal_kind = _enum(LegalKind)
    planned_for = fields.Date()
    held_on = fields.Date(allow_none=True)
    status = _enum(SessionStatus)
    attendees = fields.List(fields.Nested(AttendeeSchema))
    items = fields.List(fields.Nested(ShownItemSchema))
    minutes = fields.String()
    version = fields.Integer()


class ConferenceLineSchema(Strict):
    """One session in a list: counts, no person."""

    id = fields.String()
    body = fields.String()
    body_label = fields.String()
    legal_kind = _enum(LegalKind)
    planned_for = fields.Date()
    status = _enum(SessionStatus)
    items = fields.Integer()
    attendees = fields.Integer()


class ConferencePageSchema(Strict):
    """A page of sessions, latest first."""

    items = fields.List(fields.Nested(ConferenceLineSchema))
    next_cursor = fields.String()
