"""What intake does when others speak."""

from typing import Any

from kasane_contracts.cases import AddressProtectionChanged, CaseOpened
from kasane_intake.domain.errors import ConsultationNotFound
from kasane_intake.handlers import change_protection, link_to_case
from kasane_kit.unit_of_work import UnitOfWork


def on_case_opened(event: CaseOpened, uow: UnitOfWork, _hooks: Any) -> None:
    """Links the consultation to the case that was opened from it; cases opened without one are none of intake's."""
    if not event.consultation_id:
        return
    try:
        link_to_case(event.consultation_id, event.case_id, uow)
    except ConsultationNotFound:
        return


def on_address_protection_changed(
    event: AddressProtectionChanged, uow: UnitOfWork, _hooks: Any
) -> None:
    """Hides the person's address on every page, or shows it again."""
    change_protection(event, uow)
