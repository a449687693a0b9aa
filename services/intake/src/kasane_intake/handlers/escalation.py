"""Asks the town's rule where a consultation goes."""

from typing import Any

from kasane_intake.domain.consultation import Consultation, Escalation
from kasane_kit import clock
from kasane_plugin_api import ConsultationView, ScreeningView


def consultation_view(consultation: Consultation) -> ConsultationView:
    """The snapshot that a town's rule may see: no name, no address, no free text."""
    route = consultation.reception.route_by(consultation.channel)
    return ConsultationView(
        channel=consultation.channel.value,
        desk=consultation.desk,
        categories=consultation.categories,
        main_category=consultation.main_category,
        urgent=consultation.urgent,
        area=consultation.area,
        received_on=consultation.received_at.astimezone(clock.JAPAN).date(),
        screening=ScreeningView(
            consultation.screening.single_agency_enough,
            consultation.screening.ordinary_cooperation_enough,
        ),
        extensions=consultation.extensions,
        route="" if route is None else route.value,
    )


def ask_escalation(consultation: Consultation, hooks: Any) -> None:
    """Writes into the consultation where the town's rule sends it."""
    answer = hooks.escalation(consultation=consultation_view(consultation))
    if answer is not None:
        consultation.escalate(
            Escalation(answer.level.value, answer.target_role, answer.reason, answer.source)
        )
