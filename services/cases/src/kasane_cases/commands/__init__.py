"""The inputs of the handlers of cases."""

from kasane_cases.commands.cases import (
    AssignTeam,
    ChangeStatus,
    CloseCase,
    DecideSupport,
    EndTeam,
    OpenCase,
    PersonOfCase,
    TeamMember,
)
from kasane_cases.commands.conferences import (
    AddAgendaItem,
    AddAttendee,
    AttendeeAsked,
    FixMinutes,
    HoldSession,
    MarkPresence,
    OpenSession,
    PlanSession,
    RecordDecision,
    RecordFact,
    RecordSecrecy,
)
from kasane_cases.commands.consents import RecordConsent
from kasane_cases.commands.needs import IdentifyNeed, RequestOutreach, RequestReferral
from kasane_cases.commands.plans import DecidePlan, DraftPlan, RevisePlan
from kasane_cases.commands.transfers import (
    AcceptOffer,
    ApproveTransfer,
    PrepareTransfer,
    ReturnOffer,
    WithdrawTransfer,
)

__all__ = [
    "AcceptOffer",
    "AddAgendaItem",
    "AddAttendee",
    "ApproveTransfer",
    "AssignTeam",
    "AttendeeAsked",
    "ChangeStatus",
    "CloseCase",
    "DecidePlan",
    "DecideSupport",
    "DraftPlan",
    "EndTeam",
    "FixMinutes",
    "HoldSession",
    "IdentifyNeed",
    "MarkPresence",
    "OpenCase",
    "OpenSession",
    "PersonOfCase",
    "PlanSession",
    "PrepareTransfer",
    "RecordConsent",
    "RecordDecision",
    "RecordFact",
    "RecordSecrecy",
    "RequestOutreach",
    "RequestReferral",
    "ReturnOffer",
    "RevisePlan",
    "TeamMember",
    "WithdrawTransfer",
]
