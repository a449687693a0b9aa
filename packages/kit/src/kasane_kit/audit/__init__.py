"""The audit trail: written in the act's transaction, chained, and verified."""

from kasane_kit.audit.chain import Break
from kasane_kit.audit.heads import SignedHead, WrongHead, find_denial, public_key, sign_head
from kasane_kit.audit.trail import Entry, about, read, record, record_each, verify

__all__ = [
    "Break",
    "Entry",
    "SignedHead",
    "WrongHead",
    "about",
    "find_denial",
    "public_key",
    "read",
    "record",
    "record_each",
    "sign_head",
    "verify",
]
