"""Pins, rejects and proposes a human service for a need, and writes down the person's answer."""

from kasane_cases.commands import DecideNeedOption
from kasane_cases.domain.need_option import NeedOption, latest, next_step
from kasane_cases.domain.timeline import TimelineKind
from kasane_cases.handlers.case_access import OBJECT, note, open_for_change
from kasane_cases.repository import NeedOptions, Needs
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork


def decide_need_option(command: DecideNeedOption, uow: UnitOfWork) -> str:
    """Adds one step with a human service; refused when it may not follow the last one."""
    case, _ = open_for_change(command.case_id, uow)
    need = Needs(uow.connection).get(case.id, command.need_id)
    person = case.member(need.person_id, clock.today())
    options = NeedOptions(uow.connection)
    before = latest(options.of_needs([need.id])).get(command.human_service_id)
    next_step(before, command.step, command.reason)
    suggested = {one.human_service_id: one.name for one in need.suggestions}
    name = suggested.get(command.human_service_id) or (before.name if before else command.name)
    options.add(
        NeedOption(
            id=command.option_id,
            need_id=need.id,
            human_service_id=command.human_service_id,
            name=name,
            step=command.step,
            reason=command.reason.strip(),
            by_name=uow.actor.display_name,
            at=clock.now(),
        )
    )
    uow.record("cases.need_option.decided", OBJECT, case.id, basis=command.step.value)
    note(
        uow,
        case.id,
        TimelineKind.NEED_OPTION_DECIDED,
        person.id,
        need.id,
        service=name,
        step=command.step.value,
    )
    uow.commit()
    return command.option_id
