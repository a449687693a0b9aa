"""Opens the meeting pack to each attendee, item by item and on a basis; numbers copies on paper."""

from typing import Any

from kasane_cases.commands import IssuePack, PrintCopies, SetPackDays, SettleCopy
from kasane_cases.domain.agenda import AgendaItem
from kasane_cases.domain.attendance import Attendee
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.consent import AttendeeKind, ConsentPurpose, DataClass
from kasane_cases.domain.disclosure import DisclosureBasis
from kasane_cases.domain.errors import NobodyToGiveTo, UnknownChoice
from kasane_cases.domain.ledger import DisclosureAct
from kasane_cases.domain.pack import LONGEST_PACK_DAYS, PackCopy, PackPart, check_open, needed_by
from kasane_cases.handlers.conferences import OBJECT
from kasane_cases.handlers.disclosures import Disclosing, Recipient, disclose, would_disclose
from kasane_cases.repository import Cases, Packs, Sessions, restricted_items, standings
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.unit_of_work import UnitOfWork


def issue_pack(command: IssuePack, uow: UnitOfWork, hooks: Any) -> None:
    """Opens to each who attends and is bound what their basis covers now (I-01, I-03).

    What may not be told yet, as before a 支援会議 is opened, is left out; asking again later adds it.
    An item of a restricted case is opened by a coordinator who has a right to the case.
    """
    session = Sessions(uow.connection).get(command.session_id)
    check_open(session, clock.today())
    _issue(session, uow, hooks)
    uow.record("cases.conference.pack_issued", OBJECT, session.id)
    uow.commit()


def print_copies(command: PrintCopies, uow: UnitOfWork, hooks: Any) -> None:
    """Numbers one copy for each who attends and is bound; numbers go on, none is used again."""
    session = Sessions(uow.connection).get(command.session_id)
    check_open(session, clock.today())
    packs = Packs(uow.connection)
    _issue(session, uow, hooks)
    number = len(packs.copies(session.id))
    for attendee in _holders(session):
        number += 1
        packs.add_copy(
            PackCopy(
                new_id(),
                session.id,
                number,
                attendee.id,
                attendee.name,
                clock.now(),
                uow.actor.display_name,
            )
        )
    uow.record("cases.conference.copies_printed", OBJECT, session.id)
    uow.commit()


def settle_copy(command: SettleCopy, uow: UnitOfWork) -> None:
    """Notes that a copy came back or was destroyed."""
    packs = Packs(uow.connection)
    copy = packs.copy(command.session_id, command.copy_id)
    copy.settle(command.state, clock.now(), uow.actor.display_name)
    packs.save_copy(copy)
    uow.record(f"cases.conference.copy_{command.state.value}", OBJECT, command.session_id)
    uow.commit()


def set_pack_days(command: SetPackDays, uow: UnitOfWork) -> None:
    """Says for how long after the session the pages stay open."""
    if not 0 <= command.days <= LONGEST_PACK_DAYS:
        raise UnknownChoice(choice=str(command.days))
    sessions = Sessions(uow.connection)
    session = sessions.get(command.session_id)
    session.pack_days = command.days
    sessions.save(session)
    uow.record("cases.conference.pack_days_set", OBJECT, session.id)
    uow.commit()


def _holders(session: ConferenceSession) -> list[Attendee]:
    holders = [one for one in session.attendees if one.present and one.bound]
    if not holders:
        raise NobodyToGiveTo
    return holders


def _issue(session: ConferenceSession, uow: UnitOfWork, hooks: Any) -> None:
    packs = Packs(uow.connection)
    given = {(part.attendee_id, part.item_id) for part in packs.parts(session.id)}
    holders = _holders(session)
    known = standings(uow.connection, session.items)
    restricted = restricted_items(uow.connection, uow.actor, session, clock.today(), to_act=True)
    for item in session.agenda:
        if item.id in restricted:
            continue
        for attendee in holders:
            admitted = item.admits(attendee.id, attendee.kind)
            if not item.identified or not admitted or (attendee.id, item.id) in given:
                continue
            kind = session.kind_of(item)
            classes = needed_by(attendee.kind, kind, known[item.id])
            wanted = _disclosing(session, item, attendee, classes, uow)
            if classes and would_disclose(uow, hooks, wanted).allowed:
                disclose(uow, hooks, wanted)
                part = PackPart(new_id(), session.id, attendee.id, item.id, classes, clock.now())
                packs.open_part(part)


def _disclosing(
    session: ConferenceSession,
    item: AgendaItem,
    attendee: Attendee,
    classes: tuple[DataClass, ...],
    uow: UnitOfWork,
) -> Disclosing:
    asks_consent = session.kind_of(item).asks_consent
    own = attendee.kind is AttendeeKind.MUNICIPAL_STAFF and bool(attendee.account_id)
    return Disclosing(
        case=Cases(uow.connection).get(item.case_id),
        person_id=item.person_id,
        recipient=Recipient.of_kind(attendee.kind, attendee.name, attendee.id),
        purpose=ConsentPurpose.MULTI_AGENCY,
        data_classes=classes,
        act=DisclosureAct.PACK,
        reference=session.id,
        basis=DisclosureBasis.CONSENT if asks_consent else None,
        session=session,
        within_town=own,
    )
