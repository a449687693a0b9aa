"""Loads and saves whole entries, imports, referrals and gaps."""

from kasane_resources.repository.candidates import candidates, of_kind
from kasane_resources.repository.gaps import Gaps
from kasane_resources.repository.human_services import HumanServices, Organizations
from kasane_resources.repository.imports import DirectoryImports
from kasane_resources.repository.referrals import Referrals

__all__ = [
    "DirectoryImports",
    "Gaps",
    "HumanServices",
    "Organizations",
    "Referrals",
    "candidates",
    "of_kind",
]
