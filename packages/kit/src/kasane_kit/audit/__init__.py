"""The audit trail: written in the act's transaction, chained, and verified."""

from kasane_kit.audit.chain import Break
from kasane_kit.audit.heads import SignedHead, WrongHead, find_denial, public_key, sign_head
from kasane_kit.audit.trail import (
    Draft,
    Entry,
    about,
    draft,
    enter,
    is_begun,
    read,
    record,
    verify,
)

__all__ = [
    "Break",
    "Draft",
    "Entry",
    "SignedHead",
    "WrongHead",
    "about",
    "draft",
    "enter",
    "find_denial",
    "is_begun",
    "public_key",
    "read",
    "record",
    "sign_head",
    "verify",
]
