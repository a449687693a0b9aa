"""The inputs of intake's handlers."""

from kasane_intake.commands.consultations import (
    NOT_SCREENED,
    CloseConsultation,
    ReceiveConsultation,
    ScreenConsultation,
)
from kasane_intake.commands.merges import DecideMerge, MergeStep, RequestMerge
from kasane_intake.commands.sheets import AnswerReferralSheet, SendReferralSheet

__all__ = [
    "NOT_SCREENED",
    "AnswerReferralSheet",
    "CloseConsultation",
    "DecideMerge",
    "MergeStep",
    "ReceiveConsultation",
    "RequestMerge",
    "ScreenConsultation",
    "SendReferralSheet",
]
