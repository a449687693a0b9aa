"""The file of what bodies decided to share about a household: an open layout of the platform's own.

It is nobody else's import format. docs/shared-ledger.md describes every column.
"""

from dataclasses import dataclass
from datetime import date

LAYOUT = "kasane-shared-ledger/1"

COLUMNS = (
    "layout",
    "case_number",
    "person",
    "body",
    "body_kind",
    "held_on",
    "entry",
    "text",
    "who",
    "due_on",
    "done_on",
    "basis",
    "basis_reference",
    "disclosure_id",
)
"""The columns of the CSV and the keys of each line of the JSON, in this order."""


@dataclass(frozen=True)
class SharedLine:
    """One decision (``decision``) or one part of the table of roles (``role``) of one person's item."""

    case_number: str
    person: str
    body: str
    body_kind: str
    held_on: date
    entry: str
    text: str
    who: str
    due_on: date | None
    done_on: date | None
    basis: str
    basis_reference: str
    disclosure_id: str

    def values(self) -> dict[str, str]:
        """Every column as text; days as 2026-11-21, empty where there is none."""
        found = {"layout": LAYOUT}
        for column in COLUMNS[1:]:
            value = getattr(self, column)
            found[column] = value.isoformat() if isinstance(value, date) else str(value or "")
        return found
