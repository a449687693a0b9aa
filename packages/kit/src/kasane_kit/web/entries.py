"""Says which entry of the navigation the reader is at, or in whose part of the house."""

from collections.abc import Sequence
from typing import Any

from kasane_contracts.navigation import NAVIGATION, Entry


def entries_for(
    path: str, municipality: str, service: str, functions: frozenset[str]
) -> list[dict[str, Any]]:
    """The entries that somebody sees, in order; ``current`` is ``page``, ``true`` for a page behind it, or empty."""
    seen = [entry for entry in NAVIGATION if functions & entry.functions]
    here = _behind([entry for entry in seen if entry.service == service], path, municipality)
    return [
        {
            "term": entry.term,
            "href": (href := entry.link(municipality)),
            "current": "page" if path == href else "true" if entry is here else "",
        }
        for entry in seen
    ]


def _behind(own: Sequence[Entry], path: str, municipality: str) -> Entry | None:
    """The service's entry whose address the path goes on from, else its first."""
    leading = [
        entry for entry in own if f"{path}/".startswith(f"{entry.link(municipality).rstrip('/')}/")
    ]
    return next(iter(leading or own), None)
