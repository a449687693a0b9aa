"""Hands a household over to another town: prepares, lets go, takes back, hears the answer."""

import base64
import hashlib
import json
from typing import Any

from kasane_cases.commands import ApproveTransfer, PrepareTransfer, WithdrawTransfer
from kasane_cases.domain.case import Case, ClosingOutcome
from kasane_cases.domain.consent import DataClass
from kasane_cases.domain.errors import (
    DestinationNamed,
    RecordNotFound,
    SplitFirst,
    UnknownDestination,
)
from kasane_cases.domain.timeline import CaseTask, CaseTaskKind, TimelineKind
from kasane_cases.domain.transfer import (
    OfferStatus,
    Transfer,
    TransferDocument,
    TransferDocumentKind,
    names_the_destination,
    new_accept_key,
    package_key,
)
from kasane_cases.handlers.case_access import note, open_for_change
from kasane_cases.handlers.closing import end_episode
from kasane_cases.handlers.disclosures import disclose, refused, would_disclose
from kasane_cases.handlers.origins import must_be_told_openly
from kasane_cases.handlers.transfer_documents import Package, collect, disclosing, written
from kasane_cases.repository import Cases, Grants, Tasks, Transfers
from kasane_kit import clock
from kasane_kit.bus import Parcel
from kasane_kit.ids import new_id
from kasane_kit.keys import seal
from kasane_kit.strings import Strings
from kasane_kit.unit_of_work import UnitOfWork

OFFER, ANSWER, WITHDRAWAL = (
    "cases.transfer.offer",
    "cases.transfer.answer",
    "cases.transfer.withdrawal",
)
TRANSFER = "transfer"
_words = Strings("kasane_cases")


def prepare_transfer(command: PrepareTransfer, uow: UnitOfWork, hooks: Any) -> str:
    """Writes down what would go where; nothing leaves the town before somebody else approves it.

    Raises DisclosureRefused for a person without a basis, SplitFirst for a secret transfer that would
    leave members of the household behind, ClosedOrigin for a letter with what only a closed session
    knows, DestinationNamed, UnknownDestination, TransferUnderWay.
    """
    case, _ = open_for_change(command.case_id, uow)
    town = _destination(command.to_municipality, uow)
    if command.secret and names_the_destination(command.evaluation, town):
        raise DestinationNamed
    transfer = Transfer(
        id=command.transfer_id,
        case_id=case.id,
        to_municipality=command.to_municipality,
        secret=command.secret,
        person_ids=tuple(dict.fromkeys(command.person_ids)),
        handover=command.handover,
        safety_notes=command.safety_notes,
        contact=command.contact,
        evaluation=command.evaluation,
        prepared_by=uow.actor.account_id,
        prepared_by_name=uow.actor.display_name,
        prepared_at=clock.now(),
        approver=command.approver,
    )
    _check(transfer, case, _label(transfer, uow), uow, hooks)
    Transfers(uow.connection).add(transfer)
    uow.record("cases.transfer.prepared", TRANSFER, transfer.id)
    uow.commit()
    return transfer.id


def approve_transfer(command: ApproveTransfer, uow: UnitOfWork, hooks: Any) -> str:
    """The named approver lets it go: every gate is asked again, the package is sealed and handed in.

    Returns the accept key, which one officer tells the other; it can be shown again until the answer.
    """
    transfers = Transfers(uow.connection)
    transfer = transfers.get_known(command.transfer_id, uow.actor, clock.today())
    case = Cases(uow.connection).get(transfer.case_id)
    label = _label(transfer, uow)
    _check(transfer, case, label, uow, hooks)
    package = collect(case, transfer.person_ids, label, uow=uow, hooks=hooks)
    for person in package.people:
        disclose(uow, hooks, disclosing(case, person.person_id, label, person.allowed, transfer.id))
    accept_key = new_accept_key()
    place = f"{transfer.id}|{uow.municipality}|{transfer.to_municipality}"
    body = seal(package_key(accept_key, transfer.id), _packed(transfer, case, package), place)
    papers = len(_documents(transfer, package))
    digest = hashlib.sha256(body).hexdigest()
    transfer.approve(uow.actor.account_id, clock.now(), papers, digest)
    transfers.save(transfer, command.version)
    transfers.keep_key(transfer.id, _kept(accept_key, transfer.id, uow))
    uow.post(
        OFFER,
        transfer.to_municipality,
        {
            "transfer_id": transfer.id,
            "from_name": uow.name_of(uow.municipality),
            "contact": transfer.contact,
            "persons": len(transfer.person_ids),
            "documents": papers,
            "secret": transfer.secret,
            "digest": digest,
            "sealed": base64.b64encode(body).decode(),
        },
        subject=transfer.id,
    )
    uow.record("cases.transfer.approved", TRANSFER, transfer.id)
    uow.commit()
    return accept_key


def withdraw_transfer(command: WithdrawTransfer, uow: UnitOfWork) -> None:
    """Takes a transfer back; when the other town answered before, that answer stands."""
    transfers = Transfers(uow.connection)
    transfer = transfers.get_known(command.transfer_id, uow.actor, clock.today())
    if transfer.withdraw(clock.now()):
        uow.post(
            WITHDRAWAL,
            transfer.to_municipality,
            {"transfer_id": transfer.id},
            subject=transfer.id,
        )
    transfers.save(transfer)
    uow.record("cases.transfer.withdrawn", TRANSFER, transfer.id)
    uow.commit()


def show_accept_key(transfer_id: str, uow: UnitOfWork) -> str:
    """The accept key for who handles the transfer, while it may still be needed; the look is recorded."""
    transfers = Transfers(uow.connection)
    transfer = transfers.get_known(transfer_id, uow.actor, clock.today())
    kept = transfers.key_of(transfer.id)
    if not kept or uow.actor.account_id not in (transfer.prepared_by, transfer.approver):
        raise RecordNotFound
    uow.record("cases.transfer.key_shown", TRANSFER, transfer.id)
    uow.commit()
    return uow.unseal(TRANSFER, base64.b64decode(kept), place_of_key(transfer.id)).decode()


def hear_answer(parcel: Parcel, uow: UnitOfWork, _hooks: Any) -> None:
    """What the other town did with the offer: it has it, took it, gave it back, or let it be withdrawn."""
    transfers = Transfers(uow.connection)
    transfer = transfers.get(str(parcel.body["transfer_id"]))
    if transfer.to_municipality != parcel.from_municipality or transfer.settled:
        return
    if parcel.body["answer"] == OfferStatus.OFFERED.value:
        transfer.arrived()
    else:
        answer = OfferStatus(parcel.body["answer"])
        receipt, reason = str(parcel.body["receipt"]), str(parcel.body["reason"])
        transfer.answered(answer, clock.now(), receipt, reason)
        transfer.receipt_documents = int(parcel.body["documents"])
        transfers.keep_key(transfer.id, "")
        if answer is OfferStatus.ACCEPTED:
            _let_go(transfer, uow)
    transfers.save(transfer)
    uow.record(f"cases.transfer.{transfer.status.value}", TRANSFER, transfer.id)


def _let_go(transfer: Transfer, uow: UnitOfWork) -> None:
    """The household left: the case ends, or goes on for those who stayed.

    A secret one ends like any other support, so that nothing says that there is a destination. Who has another
    case by now keeps it, with the task to decide about it.
    """
    cases = Cases(uow.connection)
    case = cases.get(transfer.case_id)
    today = clock.today()
    town = _label(transfer, uow)
    members = set(case.household.members_on(today))
    moved = [one for one in transfer.person_ids if one not in members]
    for case_id, persons in cases.where_they_live(moved, today).items():
        person_id = persons[0] if len(persons) == 1 else ""
        task = CaseTask(
            new_id(), case_id, person_id, CaseTaskKind.CONFIRM_TRANSFER, transfer.id, today
        )
        Tasks(uow.connection).raise_once(task)
    staying = members - set(transfer.person_ids)
    if staying:
        cases.end_memberships(case.household.id, transfer.person_ids, today)
        Grants(uow.connection).end_for_persons(case.id, transfer.person_ids, clock.now())
        note(uow, case.id, TimelineKind.MEMBERS_LEFT, town=town)
        return
    if not case.open:
        return
    if transfer.secret:
        case.close(
            ClosingOutcome.SUPPORT_ENDED,
            transfer.evaluation,
            "",
            no_contact_needed=True,
            review_on=None,
            review_date_required=False,
            day=today,
        )
    else:
        case.transferred(transfer.evaluation, f"{town}　{transfer.receipt}".strip(), today)
    end_episode(case, uow)


def _check(transfer: Transfer, case: Case, label: str, uow: UnitOfWork, hooks: Any) -> None:
    """Everybody has a basis, a secret one leaves nobody behind, the letter carries nothing closed."""
    today = clock.today()
    for person_id in transfer.person_ids:
        case.person(person_id)
        question = disclosing(case, person_id, label, (DataClass.IDENTITY,))
        ruling = would_disclose(uow, hooks, question)
        if not ruling.allowed:
            raise refused(question, ruling)
    living_here = {m.person_id for m in case.household.memberships if m.holds_on(today)}
    if transfer.secret and living_here - set(transfer.person_ids):
        raise SplitFirst
    letter = (transfer.handover, transfer.safety_notes, transfer.contact, transfer.evaluation)
    must_be_told_openly(case, letter, uow, hooks)


def _destination(code: str, uow: UnitOfWork) -> str:
    """The name of another town of this installation; raises UnknownDestination."""
    try:
        name = uow.name_of(code)
    except LookupError as error:
        raise UnknownDestination from error
    if code == uow.municipality:
        raise UnknownDestination
    return name


def _label(transfer: Transfer, uow: UnitOfWork) -> str:
    """The destination as everybody may read it."""
    if transfer.secret:
        return _words.text("transfer.another_town")
    return uow.name_of(transfer.to_municipality)


def _kept(accept_key: str, transfer_id: str, uow: UnitOfWork) -> str:
    sealed = uow.seal(TRANSFER, accept_key.encode(), place_of_key(transfer_id))
    return base64.b64encode(sealed).decode()


def place_of_key(transfer_id: str) -> str:
    """Where the seal of an accept key belongs: it opens nowhere else."""
    return transfer_id


def _documents(transfer: Transfer, package: Package) -> tuple[TransferDocument, ...]:
    today = clock.today()
    return (
        *written(TransferDocumentKind.HANDOVER, transfer.handover, today),
        *written(TransferDocumentKind.SAFETY_NOTE, transfer.safety_notes, today),
        *package.documents,
    )


def _packed(transfer: Transfer, case: Case, package: Package) -> bytes:
    """The package as JSON; ids of this town's people become numbers, so that nothing links the towns."""
    numbers = {person_id: number for number, person_id in enumerate(transfer.person_ids)}
    allowed = {person.person_id: person.allowed for person in package.people}
    people = []
    for person_id in transfer.person_ids:
        person = case.person(person_id)
        told = DataClass.CONTACT in allowed[person_id] and not transfer.secret
        people.append(
            {
                "name": person.name,
                "kana": person.kana,
                "birth_date": person.birth_date.isoformat() if person.birth_date else "",
                "relation": case.relation(person_id),
                "phone": person.phone if told and not person.address_protected else "",
                "address": person.address if told and not case.keeps_address_back(person) else "",
                "protected": person.address_protected or transfer.secret,
            }
        )
    return json.dumps(
        {
            "people": people,
            "documents": [
                {
                    "kind": document.kind.value,
                    "person": numbers.get(document.person_id),
                    "title": document.title,
                    "dated": document.dated.isoformat(),
                    "lines": document.lines,
                    "third_party": document.third_party,
                }
                for document in _documents(transfer, package)
            ],
        },
        ensure_ascii=False,
    ).encode()
