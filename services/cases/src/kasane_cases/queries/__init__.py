"""What the screens of cases read; every read carries the right of who looks."""

from kasane_cases.queries.cases import (
    CaseFile,
    CaseLine,
    SessionOfCase,
    case_file,
    case_lines,
    consultation_summary,
    open_cases,
    waiting,
)
from kasane_cases.queries.conferences import SessionFile, SessionLine, session_file, session_lines
from kasane_cases.queries.person_links import AlsoElsewhere, also_elsewhere
from kasane_cases.queries.staff import colleagues

__all__ = [
    "AlsoElsewhere",
    "CaseFile",
    "CaseLine",
    "SessionFile",
    "SessionLine",
    "SessionOfCase",
    "also_elsewhere",
    "case_file",
    "case_lines",
    "colleagues",
    "consultation_summary",
    "open_cases",
    "session_file",
    "session_lines",
    "waiting",
]
