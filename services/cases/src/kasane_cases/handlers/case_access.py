"""What every handler of a case begins and ends with: the right to it, a line on its timeline."""

from kasane_cases.domain.case import Case
from kasane_cases.domain.timeline import TimelineEntry, TimelineKind
from kasane_cases.repository import Admission, Cases, Timeline, enter
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork

OBJECT = "case"


def open_for_change(case_id: str, uow: UnitOfWork) -> tuple[Case, Admission]:
    """The case, for somebody with a right to the whole of it; raises CaseNotFound otherwise."""
    admission = enter(uow.connection, uow.actor, case_id, clock.today(), team_only=True)
    return Cases(uow.connection).get(case_id), admission


def note(
    uow: UnitOfWork,
    case_id: str,
    kind: TimelineKind,
    person_id: str = "",
    object_id: str = "",
    **facts: str,
) -> None:
    """Adds a line to the timeline of a case."""
    Timeline(uow.connection).add(
        TimelineEntry(
            id=new_id(),
            case_id=case_id,
            kind=kind,
            at=clock.now(),
            person_id=person_id,
            object_id=object_id,
            actor_name="" if uow.actor.is_platform else uow.actor.display_name,
            facts=facts,
        )
    )
