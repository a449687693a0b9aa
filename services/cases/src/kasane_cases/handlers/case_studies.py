"""Tells a case without saying whose it is, for meetings that learn nobody's name."""

from kasane_cases.commands import MakeCaseStudy
from kasane_cases.domain.case_study import CaseStudy, case_study
from kasane_cases.handlers.case_access import OBJECT, open_for_change
from kasane_cases.repository import Needs, Sessions
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def make_case_study(command: MakeCaseStudy, uow: UnitOfWork) -> CaseStudy:
    """The study as data; raises CaseStudyIdentifies when the words say whose it is (I-20)."""
    case, _ = open_for_change(command.case_id, uow)
    study = case_study(
        case,
        (need.category for need in Needs(uow.connection).of_case(case.id)),
        Sessions(uow.connection).held_about(case.id),
        command.told,
        clock.today(),
    )
    uow.record("cases.case_study.made", OBJECT, case.id)
    uow.commit()
    return study
