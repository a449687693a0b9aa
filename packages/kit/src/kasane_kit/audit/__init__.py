"""The audit trail: written in the act's transaction, chained, and verified."""

from kasane_kit.audit.chain import Break
from kasane_kit.audit.trail import Entry, about, read, record, record_each, verify

__all__ = ["Break", "Entry", "about", "read", "record", "record_each", "verify"]
