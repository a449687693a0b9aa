"""Lists the entries of the navigation that every page of the house shows, and who sees each."""

from collections.abc import Callable
from dataclasses import dataclass

from kasane_contracts import links

STAFF = frozenset({"receiver", "contact", "responsible", "coordinator", "outreach_worker"})


@dataclass(frozen=True)
class Entry:
    """One entry: the glossary id of its words, its address, and the functions that see it."""

    term: str
    link: Callable[[str], str]
    functions: frozenset[str]
    service: str


NAVIGATION = (
    Entry("home", links.home, STAFF | {"town_administrator", "prefecture_operator"}, "portal"),
    Entry("consultation", links.consultations, STAFF, "intake"),
    Entry(
        "case",
        links.coordinator_list,
        frozenset({"contact", "responsible", "coordinator"}),
        "cases",
    ),
    Entry(
        "conference",
        links.conferences,
        frozenset({"contact", "responsible", "coordinator"}),
        "cases",
    ),
    Entry("human_service", links.directory, STAFF | {"town_administrator"}, "resources"),
    Entry(
        "visit",
        links.todays_visits,
        frozenset({"coordinator", "outreach_worker", "contact"}),
        "outreach",
    ),
)
