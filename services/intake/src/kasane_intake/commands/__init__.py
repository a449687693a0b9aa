"""The inputs of intake's handlers."""

from kasane_intake.commands.consultations import (
    NOT_SCREENED,
    CloseConsultation,
    ReceiveConsultation,
    ScreenConsultation,
)
from kasane_intake.commands.merges import DecideMerge, MergeStep, RequestMerge
from kasane_intake.commands.sheets import (
    AccompanyPerson,
    AnswerReferralSheet,
    RedirectReferralSheet,
    SendReferralSheet,
    SettleReferralSheet,
)
from kasane_intake.commands.states import (
    ContinueContact,
    DeclareEmergency,
    ReopenConsultation,
    SettleEmergency,
)

__all__ = [
    "NOT_SCREENED",
    "AccompanyPerson",
    "AnswerReferralSheet",
    "CloseConsultation",
    "ContinueContact",
    "DecideMerge",
    "DeclareEmergency",
    "MergeStep",
    "ReceiveConsultation",
    "RedirectReferralSheet",
    "ReopenConsultation",
    "RequestMerge",
    "ScreenConsultation",
    "SendReferralSheet",
    "SettleEmergency",
    "SettleReferralSheet",
]
