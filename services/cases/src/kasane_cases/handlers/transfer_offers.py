"""Takes a household over from another town, or gives the offer back with a reason."""

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from kasane_cases.commands import AcceptOffer, ReturnOffer
from kasane_cases.domain.case import Case
from kasane_cases.domain.errors import WrongAcceptKey
from kasane_cases.domain.household import Household, Membership, Person
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind, TimelineKind
from kasane_cases.domain.transfer import (
    OfferStatus,
    TransferDocument,
    TransferDocumentKind,
    TransferOffer,
    package_key,
)
from kasane_cases.handlers.case_access import OBJECT, note
from kasane_cases.handlers.opening import admit_actor
from kasane_cases.handlers.transfers import ANSWER
from kasane_cases.repository import Cases, Tasks, TransferOffers
from kasane_contracts import cases as events
from kasane_kit import clock
from kasane_kit.bus import Parcel
from kasane_kit.ids import new_id
from kasane_kit.keys import SealBroken, unseal
from kasane_kit.unit_of_work import UnitOfWork

OFFERED = "transfer_offer"


def hear_offer(parcel: Parcel, uow: UnitOfWork, _hooks: Any) -> None:
    """Another town offers a household; nobody here can read more than where from and how much."""
    told = parcel.body
    offer = TransferOffer(
        id=str(told["transfer_id"]),
        from_municipality=parcel.from_municipality,
        from_name=str(told["from_name"]),
        contact=str(told["contact"]),
        persons=int(told["persons"]),
        documents=int(told["documents"]),
        secret=bool(told["secret"]),
        digest=str(told["digest"]),
        body=str(told["sealed"]),
        offered_at=clock.now(),
    )
    TransferOffers(uow.connection).add(offer)
    uow.record("cases.transfer_offer.arrived", OFFERED, offer.id)
    _answer(offer, uow)


def hear_withdrawal(parcel: Parcel, uow: UnitOfWork, _hooks: Any) -> None:
    """The sender takes an offer back; what was answered before stands and is said again."""
    offers = TransferOffers(uow.connection)
    offer = offers.get(str(parcel.body["transfer_id"]))
    if offer.from_municipality != parcel.from_municipality or not offer.withdrawn(clock.now()):
        return
    offers.save(offer)
    uow.record("cases.transfer_offer.withdrawn", OFFERED, offer.id)
    _answer(offer, uow)


def accept_offer(command: AcceptOffer, uow: UnitOfWork) -> str:
    """Opens the package with the key and a case of this town with what is in it; returns the case's id.

    Consents and the protection of addresses do not move: whom to ask becomes a task for each person.
    Raises WrongAcceptKey, which is counted, and TooManyTries.
    """
    offers = TransferOffers(uow.connection)
    offer = offers.get(command.offer_id)
    offer.before_try(clock.now())
    try:
        package = _opened(offer, command.accept_key, uow.municipality)
    except SealBroken as error:
        offer.wrong_key(clock.now())
        offers.save(offer)
        uow.record("cases.transfer_offer.wrong_key", OFFERED, offer.id)
        uow.commit()
        raise WrongAcceptKey from error
    case = _case(command.case_id, package, uow)
    Cases(uow.connection).add(case)
    documents = _documents(package, [person.id for person in case.persons])
    offers.keep(offer.id, case.id, documents)
    offer.accept(uow.actor.account_id, clock.now(), case.id)
    offers.save(offer)
    for person, told in zip(case.persons, package["people"], strict=True):
        _to_do(case, person.id, CaseTaskKind.ASK_CONSENT_HERE, uow)
        if told["protected"]:
            admit_actor(uow, person.id)
            _to_do(case, person.id, CaseTaskKind.ASK_PROTECTION, uow)
    uow.record("cases.transfer_offer.accepted", OFFERED, offer.id)
    uow.record("cases.case.opened", OBJECT, case.id, basis="transfer")
    uow.publish(
        events.CaseOpened(
            case_id=case.id,
            number=case.number,
            consultation_id="",
            household_id=case.household.id,
            opened_on=case.opened_on,
            members=len(case.persons),
            status=case.status.value,
        )
    )
    note(uow, case.id, TimelineKind.TAKEN_OVER, object_id=offer.id, town=offer.from_name)
    _answer(offer, uow, receipt=case.number, documents=len(documents))
    uow.commit()
    return case.id


def return_offer(command: ReturnOffer, uow: UnitOfWork) -> None:
    """Gives an offer back unopened or unread; the other town stays responsible."""
    offers = TransferOffers(uow.connection)
    offer = offers.get(command.offer_id)
    offer.give_back(uow.actor.account_id, clock.now(), command.reason)
    offers.save(offer)
    uow.record("cases.transfer_offer.returned", OFFERED, offer.id)
    _answer(offer, uow)
    uow.commit()


def _answer(offer: TransferOffer, uow: UnitOfWork, receipt: str = "", documents: int = 0) -> None:
    uow.post(
        ANSWER,
        offer.from_municipality,
        {
            "transfer_id": offer.id,
            "answer": offer.status.value,
            "receipt": receipt,
            "documents": documents,
            "digest": offer.digest,
            "reason": offer.reason if offer.status is OfferStatus.RETURNED else "",
        },
        subject=offer.id,
    )


def _opened(offer: TransferOffer, accept_key: str, municipality: str) -> Mapping[str, Any]:
    """What is in the package; raises SealBroken for a wrong key and for a package that was changed."""
    body = base64.b64decode(offer.body)
    if hashlib.sha256(body).hexdigest() != offer.digest:
        raise SealBroken("the package is not the one that was sent")
    place = f"{offer.id}|{offer.from_municipality}|{municipality}"
    package: Mapping[str, Any] = json.loads(unseal(package_key(accept_key, offer.id), body, place))
    return package


def _case(case_id: str, package: Mapping[str, Any], uow: UnitOfWork) -> Case:
    today = clock.today()
    persons = tuple(
        Person(
            id=new_id(),
            name=told["name"],
            kana=told["kana"],
            birth_date=date.fromisoformat(told["birth_date"]) if told["birth_date"] else None,
            address=told["address"],
            phone=told["phone"],
            address_protected=told["protected"],
            phone_protected=told["protected"],
        )
        for told in package["people"]
    )
    relations = [told["relation"] for told in package["people"]]
    return Case(
        id=case_id,
        number=Cases(uow.connection).next_number(today),
        consultation_id="",
        household=Household(
            new_id(),
            tuple(
                Membership(person.id, relation, today)
                for person, relation in zip(persons, relations, strict=True)
            ),
        ),
        persons=persons,
        opened_on=today,
        opened_by=uow.actor.account_id,
    )


def _documents(package: Mapping[str, Any], person_ids: list[str]) -> tuple[TransferDocument, ...]:
    return tuple(
        TransferDocument(
            id=new_id(),
            kind=TransferDocumentKind(told["kind"]),
            person_id="" if told["person"] is None else person_ids[told["person"]],
            title=told["title"],
            dated=date.fromisoformat(told["dated"]),
            lines=tuple((label, value) for label, value in told["lines"]),
            third_party=told["third_party"],
        )
        for told in package["documents"]
    )


def _to_do(case: Case, person_id: str, kind: CaseTaskKind, uow: UnitOfWork) -> None:
    Tasks(uow.connection).raise_once(
        CaseTask(new_id(), case.id, person_id, kind, person_id, clock.today())
    )
