"""What the screens of cases read; every read carries the right of who looks."""

from kasane_cases.queries.cases import (
    CaseFile,
    CaseLine,
    SessionOfCase,
    case_file,
    case_lines,
    waiting,
    waiting_one,
)
from kasane_cases.queries.conferences import SessionFile, SessionLine, session_file, session_lines
from kasane_cases.queries.staff import colleagues

__all__ = [
    "CaseFile",
    "CaseLine",
    "SessionFile",
    "SessionLine",
    "SessionOfCase",
    "case_file",
    "case_lines",
    "colleagues",
    "session_file",
    "session_lines",
    "waiting",
    "waiting_one",
]
