"""The inputs of intake's handlers."""

from kasane_intake.commands.attachments import AttachFiles, OpenAttachment, VoidAttachment
from kasane_intake.commands.candidates import NoteShown
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
    "AttachFiles",
    "CloseConsultation",
    "ContinueContact",
    "DecideMerge",
    "DeclareEmergency",
    "MergeStep",
    "NoteShown",
    "OpenAttachment",
    "ReceiveConsultation",
    "RedirectReferralSheet",
    "ReopenConsultation",
    "RequestMerge",
    "ScreenConsultation",
    "SendReferralSheet",
    "SettleEmergency",
    "SettleReferralSheet",
    "VoidAttachment",
]
