"""The steps that a worker takes with participation support, and support for the host."""

from collections.abc import Callable
from typing import Any

from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork
from kasane_resources.commands.participation import (
    AnswerWorry,
    BeginTrial,
    DevelopMicroTask,
    MatchHost,
    Place,
    RecordHostSupport,
    TakeStep,
)
from kasane_resources.domain.errors import (
    HostNotInUse,
    NumberOutOfRange,
    ParticipationNotFound,
    WordsMissing,
)
from kasane_resources.domain.host_support import HostSupport
from kasane_resources.domain.human_service import (
    HumanService,
    HumanServiceEntry,
    Visibility,
)
from kasane_resources.domain.location import Location
from kasane_resources.domain.names_nobody import check_names_nobody
from kasane_resources.domain.participation import Participation, Telling
from kasane_resources.domain.profile import MicroTask
from kasane_resources.domain.schedule import Schedule
from kasane_resources.handlers.directory import say_published
from kasane_resources.handlers.participation import (
    OBJECT,
    ask_to_look_in,
    call_off_visits,
    note_step,
    rule_for,
    say_moved,
)
from kasane_resources.repository import HumanServices, Organizations
from kasane_resources.repository.participations import HostSupports, Participations

HOST = "host_support"
MICRO_TASK = "micro_task"
MOST_AT_ONCE = 1000


def match_host(command: MatchHost, uow: UnitOfWork, hooks: Any) -> None:
    """Names where the person could take part; refused before the town's gate is passed, and where it is closed."""
    one = Participations(uow.connection).get(command.participation_id)
    service = HumanServices(uow.connection).get(command.human_service_id)
    _match(one, service, command.activity, uow, hooks)
    _keep(one, "matched", uow, command.version)


def develop_micro_task(command: DevelopMicroTask, uow: UnitOfWork, hooks: Any) -> str:
    """Puts a new micro-task into the directory and matches it; its words name nobody.

    Raises GateClosed before the gate, WordsIdentify for words that point to a person,
    NumberOutOfRange for a capacity that cannot be meant. Returns its id.
    """
    one = Participations(uow.connection).get(command.participation_id)
    for words in (command.name, command.organization_name, command.description):
        check_names_nobody(words)
    if command.capacity is not None and not 1 <= command.capacity <= MOST_AT_ONCE:
        raise NumberOutOfRange(most=MOST_AT_ONCE)
    entry = HumanServiceEntry(
        name=command.name,
        description=command.description,
        organization_name=command.organization_name,
        categories=(MICRO_TASK,),
        visibility=Visibility.SUPPORTERS_ONLY,
        referral_needed=True,
        capacity=command.capacity,
        schedule=Schedule(command.days),
        micro_tasks=(MicroTask(command.name, command.description[:200]),),
        location=Location(address=command.address),
    )
    organization = Organizations(uow.connection).named(entry.organization_name, "")
    service = HumanService.publish(command.human_service_id, entry, organization, clock.today())
    _match(one, service, command.name, uow, hooks)
    HumanServices(uow.connection).add([service])
    uow.record("resources.human_service.published", "human_service", service.id)
    say_published(service, uow)
    _keep(one, "matched", uow, command.version)
    return service.id


def begin_trial(command: BeginTrial, uow: UnitOfWork, _hooks: Any) -> None:
    """Begins a trial; refused while the host does not know who comes."""
    one = Participations(uow.connection).get(command.participation_id)
    one.begin_trial(command.since, command.until, introduces_self=command.introduces_self)
    note_step(one, uow, command.reason, host=one.host, until=command.until.isoformat())
    _keep(one, "tried", uow, command.version, command.reason)


def place(command: Place, uow: UnitOfWork, _hooks: Any) -> None:
    """Takes the person on for good, and asks outreach to look in."""
    one = Participations(uow.connection).get(command.participation_id)
    one.place(clock.today(), command.every_days)
    note_step(one, uow, command.reason, host=one.host)
    ask_to_look_in(one, uow)
    _keep(one, "placed", uow, command.version, command.reason)


def settle(command: TakeStep, uow: UnitOfWork, _hooks: Any) -> None:
    """Says that it holds by itself; nobody looks in any more."""
    _leave(command, uow, "settled", lambda one: one.settle())


def come_back(command: TakeStep, uow: UnitOfWork, _hooks: Any) -> None:
    """Writes down that the person came back, and what was learnt."""
    _leave(command, uow, "returned", lambda one: one.come_back(command.reason))


def end_participation(command: TakeStep, uow: UnitOfWork, _hooks: Any) -> None:
    """Ends it with the reason."""
    _leave(command, uow, "ended", lambda one: one.end(command.reason))


def resume(command: TakeStep, uow: UnitOfWork, _hooks: Any) -> None:
    """Looks for another place, with what was learnt."""
    one = Participations(uow.connection).get(command.participation_id)
    one.resume()
    note_step(one, uow, command.reason)
    _keep(one, "resumed", uow, command.version, command.reason)


def record_host_support(command: RecordHostSupport, uow: UnitOfWork, _hooks: Any) -> str:
    """Writes down a contact, a worry or a visit with a host, in words that name nobody."""
    if not command.note.strip():
        raise WordsMissing
    check_names_nobody(command.note)
    entry = HumanServices(uow.connection).get(command.host_id).entry
    support = HostSupport(
        id=command.support_id,
        host_id=command.host_id,
        host=entry.organization_name or entry.name,
        kind=command.kind,
        on=command.on,
        note=command.note.strip(),
        recorded_at=clock.now(),
        recorded_by=uow.actor.account_id,
        recorded_by_name=uow.actor.display_name,
    )
    HostSupports(uow.connection).add(support)
    uow.record("resources.host_support.recorded", HOST, support.id)
    uow.commit()
    return support.id


def answer_worry(command: AnswerWorry, uow: UnitOfWork, _hooks: Any) -> None:
    """Answers a host's worry, in words that name nobody; another host's is not found there."""
    check_names_nobody(command.answer)
    supports = HostSupports(uow.connection)
    support = supports.get(command.support_id)
    if support.host_id != command.host_id:
        raise ParticipationNotFound
    support.reply(command.answer, clock.today(), uow.actor.display_name)
    supports.save(support, command.version)
    uow.record("resources.host_support.answered", HOST, support.id)
    uow.commit()


def _match(
    one: Participation, service: HumanService, activity: str, uow: UnitOfWork, hooks: Any
) -> None:
    if not service.active:
        raise HostNotInUse
    entry = service.entry
    host = entry.organization_name or entry.name
    one.match_host(service.id, host, activity or entry.name, rule_for(one, hooks).judged_by)
    note_step(one, uow, host=host, activity=one.activity)


def _leave(
    command: TakeStep, uow: UnitOfWork, done: str, step: Callable[[Participation], None]
) -> None:
    one = Participations(uow.connection).get(command.participation_id)
    step(one)
    call_off_visits(one, uow)
    note_step(one, uow, command.reason, **({"host": one.host} if one.host else {}))
    _keep(one, done, uow, command.version, command.reason)


def _keep(one: Participation, done: str, uow: UnitOfWork, expected: int, reason: str = "") -> None:
    Participations(uow.connection).save(one, expected)
    told = one.telling is Telling.INTRODUCES_SELF and done == "tried"
    basis = "introduces_self" if told else ""
    uow.record(f"resources.participation.{done}", OBJECT, one.id, basis=basis)
    say_moved(one, uow, reason)
    uow.commit()
