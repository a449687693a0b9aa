"""Whether a town shows its public entries to everybody: open until its administrator closes it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PublicPage:
    """The switch of the page for everybody; ``changed_at`` is None while nobody moved it."""

    open: bool = True
    changed_at: datetime | None = None
    changed_by_name: str = ""
