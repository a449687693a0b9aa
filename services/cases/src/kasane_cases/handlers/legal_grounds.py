"""Writes down what was told outside the platform, and other legal bases with a second person's answer."""

from typing import Any

from kasane_cases.commands import AnswerLegalGround, AskLegalGround, TellSomebody
from kasane_cases.domain.disclosure import LegalGround
from kasane_cases.domain.errors import ApproverIsAsker, GroundAnswered, UnknownChoice
from kasane_cases.domain.ledger import DisclosureAct
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind, TimelineKind
from kasane_cases.handlers.case_access import note, open_for_change
from kasane_cases.handlers.disclosures import Disclosing, Recipient, disclose
from kasane_cases.repository import LegalGrounds, Tasks
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork

OBJECT = "legal_ground"


def tell_somebody(command: TellSomebody, uow: UnitOfWork, hooks: Any) -> str:
    """Writes a telling into the ledger when it is allowed, before it is done; returns the line's id."""
    case, _ = open_for_change(command.case_id, uow)
    case.person(command.person_id)
    disclosure = disclose(
        uow,
        hooks,
        Disclosing(
            case=case,
            person_id=command.person_id,
            recipient=Recipient(command.destination, command.recipient.strip()),
            purpose=command.purpose,
            data_classes=command.data_classes,
            closed_classes=command.closed_classes,
            act=DisclosureAct.TOLD,
            disclosure_id=command.disclosure_id,
            reason=command.reason,
        ),
    )
    note(
        uow,
        case.id,
        TimelineKind.DISCLOSED,
        command.person_id,
        disclosure.id,
        recipient=disclosure.recipient,
    )
    uow.commit()
    return disclosure.id


def ask_legal_ground(command: AskLegalGround, uow: UnitOfWork, hooks: Any) -> str:
    """Asks for another legal basis in the town's dated words; a second person has to answer."""
    case, _ = open_for_change(command.case_id, uow)
    case.person(command.person_id)
    today = clock.today()
    bases = {one.code: one for one in hooks.legal_bases(on=today)}
    if command.code not in bases:
        raise UnknownChoice(choice=command.code)
    basis = bases[command.code]
    ground = LegalGround(
        id=command.ground_id,
        case_id=case.id,
        person_id=command.person_id,
        code=basis.code,
        label=basis.label,
        source=basis.source,
        destination=command.destination,
        recipient=command.recipient.strip(),
        data_classes=command.data_classes,
        closed_classes=command.closed_classes,
        reason=command.reason,
        valid_to=command.valid_to,
        asked_by=uow.actor.account_id,
        asked_at=clock.now(),
    )
    LegalGrounds(uow.connection).add(ground)
    Tasks(uow.connection).raise_once(
        CaseTask(
            new_id(),
            case.id,
            command.person_id,
            CaseTaskKind.ANSWER_LEGAL_GROUND,
            ground.id,
            today,
        )
    )
    uow.record("cases.legal_ground.asked", OBJECT, ground.id, basis=ground.code)
    uow.commit()
    return ground.id


def answer_legal_ground(command: AnswerLegalGround, uow: UnitOfWork) -> None:
    """Approves or refuses it once; raises ApproverIsAsker for who asked, GroundAnswered later."""
    case, _ = open_for_change(command.case_id, uow)
    grounds = LegalGrounds(uow.connection)
    ground = grounds.get(case.id, command.ground_id)
    person = case.person(ground.person_id).name
    if ground.asked_by == uow.actor.account_id:
        raise ApproverIsAsker(person=person)
    answered = grounds.answer(
        ground.id,
        approved=command.approved,
        by=uow.actor.account_id,
        at=clock.now(),
        note=command.note,
    )
    if not answered:
        raise GroundAnswered(person=person)
    Tasks(uow.connection).finish_from(
        case.id, CaseTaskKind.ANSWER_LEGAL_GROUND, ground.id, clock.today()
    )
    answer = "approved" if command.approved else "refused"
    uow.record(f"cases.legal_ground.{answer}", OBJECT, ground.id, basis=ground.code)
    uow.commit()
