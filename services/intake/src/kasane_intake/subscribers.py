"""What intake does when others speak."""

from typing import Any

from kasane_contracts.cases import AddressProtectionChanged, CaseOpened
from kasane_contracts.intake import IntakeRecordsShredded
from kasane_contracts.outreach import HelpAskedFor
from kasane_intake.commands import ReceiveConsultation
from kasane_intake.domain.consultation import ContactPerson, PersonConcerned
from kasane_intake.domain.errors import ConsultationNotFound
from kasane_intake.domain.reception import Channel, Reception, SurveyNeed
from kasane_intake.handlers import change_protection, link_to_case, take_consultation
from kasane_intake.repository.ending import RULES
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.shredding import Part
from kasane_kit.strings import Strings
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


def on_help_asked_for(event: HelpAskedFor, uow: UnitOfWork, hooks: Any) -> None:
    """Makes a consultation of a reply in which help is wanted; it is no consent to pass anything on (I-17)."""
    words = Strings("kasane_intake").text
    want = words(f"reply_want.{event.want}") if event.want in ("visit", "call", "online") else ""
    take_consultation(
        ReceiveConsultation(
            consultation_id=event.consultation_id,
            desk=_receiving_desk(event.office, hooks),
            channel=Channel.SURVEY,
            story=event.story or words("reply_want.no_words"),
            categories=(),
            main_category="",
            contact=ContactPerson(name=event.name, kana=event.kana),
            persons=(
                PersonConcerned(new_id(), name=event.name, kana=event.kana, address=event.address),
            ),
            reception=Reception(
                campaign=event.campaign,
                need=SurveyNeed(event.need),
                contact_by=" ".join(part for part in (want, event.contact) if part),
            ),
        ),
        uow,
        hooks,
    )


def _receiving_desk(office: str, hooks: Any) -> str:
    """The office of who read the reply, where it receives; else the first office of the town that does."""
    desks = [one.code for one in hooks.organization(on=clock.today()) if one.receives]
    return office if office in desks or not desks else str(desks[0])


on_records_ended = Part(
    RULES, {"intake.consultation.received.v1": ("town_answers",)}, IntakeRecordsShredded
)
"""Destroys what intake has of the records that ended, and answers."""
