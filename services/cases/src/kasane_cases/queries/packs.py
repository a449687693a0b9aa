"""Reads a meeting pack as one attendee may read it, and its copies for who leads."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from kasane_cases.domain.agenda import AgendaItem
from kasane_cases.domain.attendance import Attendee
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.consent import DataClass
from kasane_cases.domain.errors import NotInSession, SessionNotFound
from kasane_cases.domain.household import Person
from kasane_cases.domain.pack import PackCopy, PackPart, check_open, last_day
from kasane_cases.domain.support_plan import SupportPlan
from kasane_cases.repository import (
    Cases,
    Needs,
    Packs,
    Plans,
    Sessions,
    restricted_items,
    standings,
)
from kasane_kit import clock
from kasane_kit.auth import Actor


@dataclass(frozen=True)
class Dossier:
    """The least about the person of one item; what is not covered is None or empty.

    ``restricted``: the item is about a restricted case that is closed to who prints the copy.
    """

    item: AgendaItem
    person: Person | None
    age: int | None
    relation: str
    needs: tuple[tuple[str, str], ...]
    plans: tuple[SupportPlan, ...]
    withheld: bool
    restricted: bool = False


@dataclass(frozen=True)
class Pack:
    """Agenda, roster and dossiers for one attendee."""

    session: ConferenceSession
    attendee: Attendee
    dossiers: tuple[Dossier, ...]
    until: date


@dataclass(frozen=True)
class PackDesk:
    """What was opened to whom and where the copies are, for who leads; nothing of anybody's record.

    ``restricted`` are the items whose pages and copies another coordinator opens and prints.
    """

    session: ConferenceSession
    parts: tuple[PackPart, ...]
    copies: tuple[PackCopy, ...]
    until: date
    restricted: frozenset[str]


def own_pack(connection: Connection, viewer: Actor, session_id: str) -> Pack:
    """The viewer's own pack; raises NotInSession before their secrecy is recorded (I-03) and
    PackExpired after its last day."""
    session = Sessions(connection).get(session_id)
    attendee = session.attends(viewer.account_id)
    if attendee is None:
        raise SessionNotFound
    if not session.shows_material_to(viewer.account_id):
        raise NotInSession
    return pack_of(connection, session, attendee)


def pack_desk(connection: Connection, viewer: Actor, session_id: str) -> PackDesk:
    """What who leads sees of the pack."""
    session = Sessions(connection).get(session_id)
    packs = Packs(connection)
    restricted = restricted_items(connection, viewer, session, clock.today(), to_act=True)
    return PackDesk(
        session,
        packs.parts(session_id),
        packs.copies(session_id),
        last_day(session),
        restricted.intersection(item.id for item in session.agenda),
    )


def pack_for_copy(
    connection: Connection, viewer: Actor, session_id: str, copy_id: str
) -> tuple[PackCopy, Pack]:
    """What stands on one numbered copy that the viewer prints; raises RecordNotFound."""
    session = Sessions(connection).get(session_id)
    copy = Packs(connection).copy(session_id, copy_id)
    restricted = restricted_items(connection, viewer, session, clock.today(), to_act=True)
    return copy, pack_of(connection, session, session.attendee(copy.attendee_id), restricted)


def pack_of(
    connection: Connection,
    session: ConferenceSession,
    attendee: Attendee,
    restricted: frozenset[str] = frozenset(),
) -> Pack:
    """The pack of one attendee as far as it was opened to them; raises PackExpired.

    Of the ``restricted`` items it holds nothing but that there is one.
    """
    today = clock.today()
    check_open(session, today)
    known = standings(connection, session.items)
    opened = {
        part.item_id: part.data_classes
        for part in Packs(connection).parts(session.id)
        if part.attendee_id == attendee.id
    }
    told = {
        (item.case_id, item.person_id)
        for item in session.agenda
        if DataClass.PLAN in opened.get(item.id, ())
        and item.id not in restricted
        and not session.consent_ended(item, known.get(item.id), today)
    }
    dossiers = []
    for item in session.agenda:
        if not item.admits(attendee.id, attendee.kind):
            continue
        if item.id in restricted:
            nothing = AgendaItem(item.id, "")
            dossiers.append(
                Dossier(nothing, None, None, "", (), (), withheld=True, restricted=True)
            )
        else:
            ended = session.consent_ended(item, known.get(item.id), today)
            classes = () if ended else opened.get(item.id, ())
            dossiers.append(_dossier(connection, item, classes, told, today))
    return Pack(session, attendee, tuple(dossiers), last_day(session))


def _dossier(
    connection: Connection,
    item: AgendaItem,
    classes: tuple[DataClass, ...],
    told: set[tuple[str, str]],
    today: date,
) -> Dossier:
    """What the classes cover; a plan only where every person it concerns is told of (I-07)."""
    if not item.identified or DataClass.IDENTITY not in classes:
        return Dossier(item, None, None, "", (), (), withheld=item.identified)
    case = Cases(connection).get(item.case_id)
    person = case.person(item.person_id)
    needs: tuple[tuple[str, str], ...] = ()
    plans: tuple[SupportPlan, ...] = ()
    if DataClass.RECORD in classes:
        needs = tuple(
            (need.category, need.description)
            for need in Needs(connection).of_case(case.id)
            if need.person_id == person.id
        )
    if DataClass.PLAN in classes:
        plans = tuple(
            plan
            for plan in Plans(connection).of_case(case.id)
            if person.id in plan.persons and all((case.id, one) in told for one in plan.persons)
        )
    return Dossier(
        item,
        person.named(),
        person.age_on(today),
        case.relation(person.id),
        needs,
        plans,
        withheld=False,
    )
