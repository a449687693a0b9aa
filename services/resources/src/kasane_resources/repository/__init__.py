"""Loads and saves whole entries, imports, referrals and gaps."""

from kasane_resources.repository.candidates import (
    candidates,
    candidates_of_kind,
    of_kind,
    usable_in,
)
from kasane_resources.repository.freshness import ConfirmLinks, OrganizationAnswers, Reminders
from kasane_resources.repository.gaps import Gaps
from kasane_resources.repository.host_contacts import HostContacts
from kasane_resources.repository.human_services import HumanServices, Organizations
from kasane_resources.repository.imports import DirectoryImports
from kasane_resources.repository.long_imports import LongImports
from kasane_resources.repository.quarantine import (
    ColumnMappings,
    Quarantine,
    RefusedRow,
    RefusedRows,
)
from kasane_resources.repository.referrals import Referrals

__all__ = [
    "ColumnMappings",
    "ConfirmLinks",
    "DirectoryImports",
    "Gaps",
    "HostContacts",
    "HumanServices",
    "LongImports",
    "OrganizationAnswers",
    "Organizations",
    "Quarantine",
    "Referrals",
    "RefusedRow",
    "RefusedRows",
    "Reminders",
    "candidates",
    "candidates_of_kind",
    "of_kind",
    "usable_in",
]
