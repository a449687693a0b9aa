"""What is done with the visits of a prefecture's team: recorded, and taken back with a reason."""

from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import PrefectureView
from kasane_portal.commands import RecordSupportVisit, VoidSupportVisit
from kasane_portal.domain.support_visit import SupportVisit
from kasane_portal.repository import SupportVisits

OBJECT = "support_visit"


def record_support_visit(command: RecordSupportVisit, uow: UnitOfWork, view: PrefectureView) -> str:
    """Writes down a visit; returns its id. Raises the refusal for a place, duty or day that cannot be."""
    visit = SupportVisit(
        id=command.visit_id,
        prefecture=command.prefecture,
        municipality=command.municipality,
        visited_on=command.visited_on,
        duty=command.duty,
        note=command.note,
        recorded_by=uow.actor.display_name,
        recorded_at=clock.now(),
    )
    visit.check(
        {one.code for one in view.municipalities},
        {duty.code for duty in view.duties},
        clock.today(),
    )
    SupportVisits(uow.connection).add(visit)
    uow.record("portal.support_visit.recorded", OBJECT, visit.id)
    uow.commit()
    return visit.id


def void_support_visit(command: VoidSupportVisit, uow: UnitOfWork) -> str:
    """Takes a visit back; returns its prefecture. Raises VisitNotFound, WordsMissing and VisitVoided."""
    visits = SupportVisits(uow.connection)
    visit = visits.get(command.visit_id).voided(command.reason)
    visits.save_void(visit)
    uow.record("portal.support_visit.voided", OBJECT, visit.id)
    uow.commit()
    return visit.prefecture
