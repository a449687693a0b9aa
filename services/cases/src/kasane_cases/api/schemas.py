"""The shapes that the API of cases takes and gives."""

from enum import StrEnum
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from kasane_cases.domain.case import CaseStatus, ClosingOutcome, GrantSubject
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentState,
    DataClass,
    Elsewhere,
    GivenBy,
)
from kasane_cases.domain.need_option import NeedCircumstance, NeedTimes, OptionStep, WishedContact
from kasane_cases.domain.steps import WorkStep
from kasane_cases.domain.support_plan import PlanKind, PlanStatus

_SHORT = validate.Length(max=200)
_LONG = validate.Length(min=1, max=20000)


def coded(kind: type[StrEnum], **options: Any) -> "fields.Enum[StrEnum]":
    """A field whose values are the codes of an enumeration."""
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

    kind = coded(GrantSubject, required=True)
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
    status = coded(CaseStatus)
    opened_on = fields.Date()
    next_session_on = fields.Date(allow_none=True)
    review_on = fields.Date(allow_none=True)
    urgent = fields.Boolean()
    unmet = fields.List(fields.String())
    version = fields.Integer()
    lead = fields.String()


class CaseQuerySchema(Strict):
    """What the list of cases is narrowed to; ``attention`` puts what is most pressing first."""

    class Meta:
        unknown = EXCLUDE

    closed = fields.Boolean(load_default=False)
    status = coded(CaseStatus, load_default=None, allow_none=True)
    area = fields.String(load_default="", validate=validate.Length(max=60))
    overdue = fields.Boolean(load_default=False)
    mine = fields.Boolean(load_default=False)
    attention = fields.Boolean(load_default=False)


class CasePageSchema(Strict):
    """A page of cases, newest first."""

    items = fields.List(fields.Nested(CaseLineSchema))
    next_cursor = fields.String()


class WaitingListSchema(Strict):
    """What waits for a coordinator."""

    items = fields.List(fields.Nested(WaitingSchema))


class PersonSchema(Strict):
    """One person of a case as far as the caller may see; a protected address is left out.

    ``consent_number`` is that of the last entry of their consent history, 0 before the first.
    """

    id = fields.String()
    name = fields.String()
    kana = fields.String()
    birth_date = fields.Date(allow_none=True)
    consent_state = coded(ConsentState)
    consent_number = fields.Integer()


class SuggestionSchema(Strict):
    """One human service that could meet a need, with the reasons."""

    human_service_id = fields.String()
    name = fields.String()
    points = fields.Float()
    reasons = fields.List(fields.String())


class LeftOutSchema(Strict):
    """One human service that would meet the need by its kind and cannot be used."""

    human_service_id = fields.String()
    name = fields.String()
    reason = fields.String()


class NeedSchema(Strict):
    """One need with what the directory suggests."""

    id = fields.String()
    person_id = fields.String()
    category = fields.String()
    description = fields.String()
    suggestions = fields.List(fields.Nested(SuggestionSchema))
    missing = fields.List(fields.String())
    left_out = fields.List(fields.Nested(LeftOutSchema))
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
    kind = coded(PlanKind)
    status = coded(PlanStatus)
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


class WorkStepSchema(Strict):
    """A step of multi-agency work, read off the record, and the day on which it was reached."""

    step = coded(WorkStep)
    reached_on = fields.Date(allow_none=True)
    current = fields.Boolean()


class CaseSchema(Strict):
    """One case as far as the caller may see it; ``steps`` for who sees the whole of it."""

    id = fields.String()
    number = fields.String()
    status = coded(CaseStatus)
    consultation_id = fields.String()
    persons = fields.List(fields.Nested(PersonSchema))
    needs = fields.List(fields.Nested(NeedSchema))
    referrals = fields.List(fields.Nested(ReferralSchema))
    outreach = fields.List(fields.Nested(OutreachRequestSchema))
    plans = fields.List(fields.Nested(PlanLineSchema))
    timeline = fields.List(fields.Nested(TimelineEntrySchema))
    tasks = fields.List(fields.Nested(TaskSchema))
    steps = fields.List(fields.Nested(WorkStepSchema))
    version = fields.Integer()


class DecideSupportSchema(Strict):
    """The town's decision to support the household, with its reason."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=4000))


class ConsentScopeSchema(Strict):
    """What a consent covers."""

    purposes = fields.List(coded(ConsentPurpose), load_default=list)
    recipients = fields.List(coded(AttendeeKind), load_default=list)
    data_classes = fields.List(coded(DataClass), load_default=list)


class RecordConsentSchema(Strict):
    """One entry of a person's consent history."""

    person_id = fields.String(required=True)
    state = coded(ConsentState, required=True)
    scope = fields.Nested(ConsentScopeSchema, load_default=dict)
    given_by = coded(GivenBy, load_default=GivenBy.SELF)
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
    elsewhere = coded(Elsewhere, load_default=Elsewhere.NARROW)
    number = fields.Integer(
        required=True,
        attribute="expected",
        metadata={"description": "the consent_number of the person as it was read"},
    )


class IdentifyNeedSchema(Strict):
    """What a person needs."""

    person_id = fields.String(required=True)
    category = fields.String(required=True, validate=validate.Length(min=1, max=60))
    description = fields.String(required=True, validate=_LONG)
    circumstances = fields.List(coded(NeedCircumstance), load_default=())
    contact = coded(WishedContact, load_default=None, allow_none=True)
    times = coded(NeedTimes, load_default=None, allow_none=True)


class DecideNeedOptionSchema(Strict):
    """One step with a human service for a need."""

    name = fields.String(load_default="", validate=_SHORT)
    step = coded(OptionStep, required=True)
    reason = fields.String(load_default="", validate=validate.Length(max=1000))


class NeedOptionSchema(Strict):
    """One step that was taken with a human service for a need."""

    human_service_id = fields.String()
    name = fields.String()
    step = fields.String(attribute="step.value")
    reason = fields.String()
    by_name = fields.String()
    at = fields.AwareDateTime()


class RequestReferralSchema(Strict):
    """Ask a human service to take the person of a need on."""

    need_id = fields.String(required=True)
    human_service_id = fields.String(required=True)
    human_service_name = fields.String(load_default="", validate=_SHORT)
    recipient = coded(AttendeeKind, load_default=AttendeeKind.PARTNER_AGENCY)
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

    status = coded(CaseStatus, required=True)
    review_on = fields.Date(load_default=None, allow_none=True)


class CloseCaseSchema(Strict):
    """The end of the multi-agency work, with its evaluation."""

    outcome = coded(ClosingOutcome, required=True)
    evaluation = fields.String(load_default="", validate=validate.Length(max=20000))
    next_contact = fields.String(load_default="", validate=_SHORT)
    no_contact_needed = fields.Boolean(load_default=False)
    review_on = fields.Date(load_default=None, allow_none=True)
