"""Reads the ledger of disclosures of a case: who was told what about whom, on which basis."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from kasane_cases.domain.case import Case
from kasane_cases.domain.disclosure import LegalGround
from kasane_cases.domain.ledger import Disclosure
from kasane_cases.repository import Admission, Cases, Ledger, LegalGrounds, enter
from kasane_kit.auth import Actor


@dataclass(frozen=True)
class LedgerFile:
    """The ledger of a case, or of one person of it, newest first, with the legal bases asked for."""

    case: Case
    admission: Admission
    disclosures: tuple[Disclosure, ...]
    grounds: tuple[LegalGround, ...]

    def ground(self, ground_id: str) -> LegalGround | None:
        """One legal basis, or None."""
        return next((one for one in self.grounds if one.id == ground_id), None)


def ledger_file(
    connection: Connection, viewer: Actor, case_id: str, today: date, person_id: str = ""
) -> LedgerFile:
    """The ledger, for who has a right to the whole case; raises CaseNotFound, RecordNotFound."""
    admission = enter(connection, viewer, case_id, today, team_only=True)
    case = Cases(connection).get(case_id)
    grounds = LegalGrounds(connection).of_case(case_id)
    if not person_id:
        return LedgerFile(case, admission, Ledger(connection).of_case(case_id), grounds)
    case.person(person_id)
    return LedgerFile(
        case,
        admission,
        Ledger(connection).of_person(case_id, person_id),
        tuple(one for one in grounds if one.person_id == person_id),
    )
