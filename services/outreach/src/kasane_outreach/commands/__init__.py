"""The inputs of outreach's handlers."""

from kasane_outreach.commands.households import (
    AskForVisits,
    EndRequest,
    NoteContactDetails,
    PlaceHousehold,
    PutOnList,
)
from kasane_outreach.commands.planning import (
    AcceptPlan,
    AskForPlan,
    SetPlanWeights,
    SetVisitWish,
    SetWorkerProfile,
    StopPlan,
)
from kasane_outreach.commands.rounds import (
    AcceptRound,
    AskForRound,
    PlanRound,
    WantedVisit,
    WorkerHours,
)
from kasane_outreach.commands.visits import CancelVisit, HandOverVisit, RecordVisit, ScheduleVisit

__all__ = [
    "AcceptPlan",
    "AcceptRound",
    "AskForPlan",
    "AskForRound",
    "AskForVisits",
    "CancelVisit",
    "EndRequest",
    "HandOverVisit",
    "NoteContactDetails",
    "PlaceHousehold",
    "PlanRound",
    "PutOnList",
    "RecordVisit",
    "ScheduleVisit",
    "SetPlanWeights",
    "SetVisitWish",
    "SetWorkerProfile",
    "StopPlan",
    "WantedVisit",
    "WorkerHours",
]
