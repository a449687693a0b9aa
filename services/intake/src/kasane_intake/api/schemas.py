"""The shapes that intake's API takes and gives."""

from marshmallow import RAISE, Schema, fields, validate

from kasane_intake.domain.consultation import ConsultationStatus
from kasane_intake.domain.reception import BroughtBy, Channel, SurveyNeed


class Strict(Schema):
    """Refuses fields that it does not know, so that a misspelt one is not lost silently."""

    class Meta:
        unknown = RAISE


class ContactPersonSchema(Strict):
    """Who came or called; everything may be left out."""

    name = fields.String(load_default="", validate=validate.Length(max=200))
    kana = fields.String(load_default="", validate=validate.Length(max=200))
    relation = fields.String(load_default="", validate=validate.Length(max=60))
    phone = fields.String(load_default="", validate=validate.Length(max=40))
    hidden = fields.Boolean(load_default=False)


class PersonConcernedSchema(Strict):
    """One person whom the consultation is about."""

    person_id = fields.String(dump_only=True)
    name = fields.String(load_default="", validate=validate.Length(max=200))
    kana = fields.String(load_default="", validate=validate.Length(max=200))
    birth_date = fields.Date(load_default=None, allow_none=True)
    relation = fields.String(load_default="", validate=validate.Length(max=60))
    address = fields.String(load_default="", validate=validate.Length(max=300))
    phone = fields.String(load_default="", validate=validate.Length(max=40))
    given_consent = fields.Boolean(load_default=False)
    carer = fields.Boolean(load_default=False)
    description = fields.String(load_default="", validate=validate.Length(max=300))


class ScreeningSchema(Strict):
    """The two answers; null means not asked yet."""

    single_agency_enough = fields.Boolean(load_default=None, allow_none=True)
    ordinary_cooperation_enough = fields.Boolean(load_default=None, allow_none=True)


class EscalationSchema(Strict):
    """How far the consultation goes, as the town's rule says."""

    level = fields.String()
    target_role = fields.String()
    reason = fields.String()
    source = fields.String()


class ReceptionSchema(Strict):
    """How the matter reached the desk. A letter or e-mail needs ``written_on``, another agency its ``agency``,
    a reply to a survey ``campaign`` and ``need``; no reply is not a consultation."""

    route = fields.Enum(BroughtBy, by_value=True, load_default=None, allow_none=True)
    written_on = fields.Date(load_default=None, allow_none=True)
    heard_by = fields.String(load_default="", validate=validate.Length(max=200))
    agency = fields.String(load_default="", validate=validate.Length(max=200))
    campaign = fields.String(load_default="", validate=validate.Length(max=60))
    need = fields.Enum(SurveyNeed, by_value=True, load_default=None, allow_none=True)
    contact_by = fields.String(load_default="", validate=validate.Length(max=300))
    do_not_contact = fields.String(load_default="", validate=validate.Length(max=300))


class ReceiveConsultationSchema(Strict):
    """A consultation as a desk heard it."""

    desk = fields.String(required=True, validate=validate.Length(min=1, max=60))
    channel = fields.Enum(Channel, by_value=True, required=True)
    story = fields.String(required=True, validate=validate.Length(min=1, max=20000))
    categories = fields.List(fields.String(validate=validate.Length(max=60)), load_default=list)
    main_category = fields.String(load_default="", validate=validate.Length(max=60))
    contact = fields.Nested(ContactPersonSchema, load_default=dict)
    persons = fields.List(
        fields.Nested(PersonConcernedSchema), load_default=list, validate=validate.Length(max=30)
    )
    urgent = fields.Boolean(load_default=False)
    screening = fields.Nested(ScreeningSchema, load_default=dict)
    reception = fields.Nested(ReceptionSchema, load_default=dict)


class ConsultationSchema(Strict):
    """One consultation."""

    id = fields.String()
    number = fields.String()
    received_at = fields.AwareDateTime(format="iso")
    desk = fields.String()
    channel = fields.Enum(Channel, by_value=True)
    status = fields.Enum(ConsultationStatus, by_value=True)
    story = fields.String()
    categories = fields.List(fields.String())
    main_category = fields.String()
    contact = fields.Nested(ContactPersonSchema)
    persons = fields.List(fields.Nested(PersonConcernedSchema))
    urgent = fields.Boolean()
    screening = fields.Nested(ScreeningSchema)
    reception = fields.Nested(ReceptionSchema)
    national_categories = fields.List(fields.String())
    national_main = fields.String()
    escalation = fields.Nested(EscalationSchema)
    outcome = fields.String()
    case_id = fields.String()
    next_contact_on = fields.Date()
    version = fields.Integer()


class ConsultationLineSchema(Strict):
    """One consultation in a list: no address, no telephone number."""

    id = fields.String()
    number = fields.String()
    received_at = fields.AwareDateTime(format="iso")
    desk = fields.String()
    main_category = fields.String()
    categories = fields.List(fields.String())
    urgent = fields.Boolean()
    status = fields.String()
    target_role = fields.String()
    persons = fields.List(fields.List(fields.String()))


class ConsultationPageSchema(Strict):
    """A page of consultations, newest first."""

    items = fields.List(fields.Nested(ConsultationLineSchema))
    next_cursor = fields.String()


class CloseConsultationSchema(Strict):
    """The outcome with which a consultation ends."""

    outcome = fields.String(required=True, validate=validate.Length(min=1, max=4000))


class SendReferralSheetSchema(Strict):
    """A つなぐシート to one office."""

    to_office = fields.String(required=True, validate=validate.Length(min=1, max=60))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=4000))
    consent = fields.Boolean(required=True)
    companionship = fields.String(load_default="", validate=validate.Length(max=60))
    includes_arrears = fields.Boolean(load_default=False)
    arrears_consent = fields.Boolean(load_default=False)
    persons = fields.List(
        fields.String(validate=validate.Length(max=36)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=30),
    )


class ReferralSheetSchema(Strict):
    """One つなぐシート."""

    id = fields.String()
    consultation_id = fields.String()
    from_office = fields.String()
    to_office = fields.String()
    reason = fields.String()
    consent = fields.Boolean()
    companionship = fields.String()
    sent_on = fields.Date()
    acknowledge_by = fields.Date()
    decide_by = fields.Date()
    overdue_role = fields.String()
    status = fields.String(attribute="status.value")
    return_reason = fields.String()
    outcome = fields.String()
    persons = fields.List(fields.String())
    responsible_office = fields.String()
    chain_id = fields.String()
    redirected_from = fields.String()
    copies_to = fields.List(fields.String())
    accompanied_as = fields.String()
    accompanied_on = fields.Date()
    accompanied_by = fields.String()
    void_reason = fields.String()
    reminders = fields.Integer()
    version = fields.Integer()


class AnswerReferralSheetSchema(Strict):
    """What the receiving office does; a return and an outcome need words."""

    step = fields.String(
        required=True, validate=validate.OneOf(["acknowledge", "accept", "return", "outcome"])
    )
    text = fields.String(load_default="", validate=validate.Length(max=4000))
