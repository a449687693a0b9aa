"""What intake does when others speak."""

from typing import Any

from kasane_contracts.cases import CaseOpened
from kasane_intake.domain.errors import ConsultationNotFound
from kasane_intake.handlers import link_to_case
from kasane_kit.unit_of_work import UnitOfWork


def on_case_opened(event: CaseOpened, uow: UnitOfWork, _hooks: Any) -> None:
    """Links the consultation to the case that was opened from it; cases opened without one are none of intake's."""
    if not event.consultation_id:
        return
    try:
        link_to_case(event.consultation_id, event.case_id, uow)
    except ConsultationNotFound:
        return
