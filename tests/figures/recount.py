"""Counts a town's months from the services' own tables, with SQL of its own: nothing of the portal is asked.

Days in Japan: the moments that services keep are in UTC.
"""

import sqlite3
from collections import Counter
from pathlib import Path

# Service, kind of count, statement that gives (what is counted, its month).
MONTHS = (
    (
        "intake",
        "consultation_received",
        "SELECT id, strftime('%Y-%m', received_at, '+9 hours') FROM intake_consultation",
    ),
    ("cases", "case_opened", "SELECT id, strftime('%Y-%m', opened_on) FROM cases_case"),
    (
        "cases",
        "case_closed",
        "SELECT case_id, strftime('%Y-%m', closed_on) FROM cases_episode GROUP BY case_id, closed_on",
    ),
    (
        "cases",
        "support_conference_held",
        "SELECT id, strftime('%Y-%m', held_on) FROM cases_session "
        "WHERE held_on IS NOT NULL AND legal_kind = 'support_conference'",
    ),
    (
        "cases",
        "multi_agency_conference_held",
        "SELECT id, strftime('%Y-%m', held_on) FROM cases_session "
        "WHERE held_on IS NOT NULL AND legal_kind = 'multi_agency_conference'",
    ),
    (
        "cases",
        "support_plan_agreed",
        "SELECT id, strftime('%Y-%m', decided_on) FROM cases_support_plan "
        "WHERE decided_on IS NOT NULL",
    ),
    (
        "resources",
        "referral_accepted",
        "SELECT id, strftime('%Y-%m', answered_at, '+9 hours') FROM resources_referral "
        "WHERE status = 'accepted'",
    ),
    (
        "outreach",
        "visit_completed",
        "SELECT id, strftime('%Y-%m', coalesce(made_on, on_day)) FROM outreach_visit "
        "WHERE status = 'completed'",
    ),
    (
        "outreach",
        "contact_not_made",
        "SELECT visit_id, strftime('%Y-%m', on_day) FROM outreach_contact_attempt",
    ),
)


def by_month(folder: Path) -> dict[tuple[str, str], int]:
    """How many of each kind in each month, by (kind, month), of the town whose files are in the folder."""
    found: Counter[tuple[str, str]] = Counter()
    for service, kind, statement in MONTHS:
        for _id, month in _ask(folder, service, statement):
            found[kind, str(month)] += 1
    return dict(found)


def cases_by_state(folder: Path) -> dict[str, int]:
    """How many cases stand in each state."""
    return dict(_ask(folder, "cases", "SELECT status, count(*) FROM cases_case GROUP BY status"))


def sheets_waiting(folder: Path) -> int:
    """Sheets that were sent and that nobody has acknowledged."""
    ((waiting,),) = _ask(
        folder, "intake", "SELECT count(*) FROM intake_referral_sheet WHERE status = 'sent'"
    )
    return int(waiting)


def _ask(folder: Path, service: str, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{folder}/{service}.sqlite?mode=ro", uri=True) as connection:
        return connection.execute(statement).fetchall()
