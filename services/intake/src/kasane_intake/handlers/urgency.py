"""Tells those whom the town names for an emergency, at once."""

from typing import Any

from kasane_contracts import intake as events
from kasane_intake.domain.consultation import Consultation
from kasane_intake.handlers.escalation import consultation_view
from kasane_kit.plugins import ask_each
from kasane_kit.unit_of_work import UnitOfWork
from kasane_plugin_api import EmergencyContact


def emergency_contacts(consultation: Consultation, hooks: Any) -> tuple[EmergencyContact, ...]:
    """Whom the town names; a plugin that fails holds up none of the others."""
    answers = ask_each(hooks, "emergency_contacts", consultation=consultation_view(consultation))
    return tuple(answers.joined())


def tell_at_once(consultation: Consultation, uow: UnitOfWork, hooks: Any) -> None:
    """Says who has to act within how many minutes; without a named role the coordinator has."""
    contacts = [one for one in emergency_contacts(consultation, hooks) if one.role]
    uow.publish(
        events.EmergencyDeclared(
            consultation_id=consultation.id,
            number=consultation.number,
            roles=tuple(dict.fromkeys(one.role for one in contacts)) or ("coordinator",),
            within_minutes=min((one.within_minutes for one in contacts), default=30),
        )
    )
