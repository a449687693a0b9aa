"""The values that hooks return: plain frozen data, never behaviour, HTML or database objects."""

from kasane_plugin_api.answers.consent import AttendeeKind, ConsentPolicy, LegalBasis
from kasane_plugin_api.answers.fields import Choice, FieldKind, FieldSpec
from kasane_plugin_api.answers.intake import (
    Category,
    EmergencyContact,
    Escalation,
    EscalationLevel,
    HandoffPolicy,
    ResponsibleOffice,
)
from kasane_plugin_api.answers.meetings import (
    AttendeeSlot,
    FollowUp,
    LegalKind,
    MeetingBody,
    MeetingRoute,
    Quorum,
    SecrecyNotice,
    matching_bodies,
)
from kasane_plugin_api.answers.organization import (
    Office,
    OfficeKind,
    OpeningHours,
    Phase,
    PhaseAnswer,
    Role,
    RoleFunction,
    StatusLabels,
    matching_roles,
)
from kasane_plugin_api.answers.outreach import Campaign, DoorContact, OutreachAgency, VisitSafety
from kasane_plugin_api.answers.plans import (
    AssessmentKind,
    AssessmentPart,
    AssessmentQuestion,
    AssessmentSheet,
    MonitoringInterval,
    PlanForm,
)
from kasane_plugin_api.answers.resources import FreshnessRule, RankedResource, ResourceSource

__all__ = [
    "AssessmentKind",
    "AssessmentPart",
    "AssessmentQuestion",
    "AssessmentSheet",
    "AttendeeKind",
    "AttendeeSlot",
    "Campaign",
    "Category",
    "Choice",
    "ConsentPolicy",
    "DoorContact",
    "EmergencyContact",
    "Escalation",
    "EscalationLevel",
    "FieldKind",
    "FieldSpec",
    "FollowUp",
    "FreshnessRule",
    "HandoffPolicy",
    "LegalBasis",
    "LegalKind",
    "MeetingBody",
    "MeetingRoute",
    "MonitoringInterval",
    "Office",
    "OfficeKind",
    "OpeningHours",
    "OutreachAgency",
    "Phase",
    "PhaseAnswer",
    "PlanForm",
    "Quorum",
    "RankedResource",
    "ResourceSource",
    "ResponsibleOffice",
    "Role",
    "RoleFunction",
    "SecrecyNotice",
    "StatusLabels",
    "VisitSafety",
    "matching_bodies",
    "matching_roles",
]
