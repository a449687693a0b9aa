"""Reads transfers to other towns and offers from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from kasane_cases.domain.case import Case
from kasane_cases.domain.errors import RecordNotFound
from kasane_cases.domain.transfer import Transfer, TransferDocument, TransferOffer, TransferStatus
from kasane_cases.repository import Admission, Cases, TransferOffers, Transfers
from kasane_kit.auth import AccountFacts, Actor, accounts

_APPROVERS = frozenset({"coordinator", "responsible"})


@dataclass(frozen=True)
class TransferFile:
    """One transfer with its case, and what the viewer may do with it now."""

    transfer: Transfer
    case: Case
    may_approve: bool
    may_withdraw: bool
    has_key: bool


def transfers(connection: Connection, viewer: Actor, today: date) -> Sequence[Transfer]:
    """The transfers that the viewer may know of, newest first."""
    return Transfers(connection).known_to(viewer, today)


def transfers_of_case(
    connection: Connection, viewer: Actor, case_id: str, today: date
) -> Sequence[Transfer]:
    """The transfers of one case that the viewer may know of, newest first."""
    return Transfers(connection).known_to(viewer, today, case_id)


def transfer_file(
    connection: Connection, viewer: Actor, transfer_id: str, today: date
) -> TransferFile:
    """One transfer; raises RecordNotFound when there is none or the viewer may not know of it.

    Who prepared or approves it knows of it, also where the case was restricted to others since.
    """
    store = Transfers(connection)
    transfer = store.get_known(transfer_id, viewer, today)
    mine = viewer.account_id in (transfer.prepared_by, transfer.approver)
    if not (mine or viewer.has("coordinator")):
        raise RecordNotFound
    return TransferFile(
        transfer,
        Cases(connection).get(transfer.case_id),
        may_approve=transfer.status is TransferStatus.DRAFT
        and viewer.account_id == transfer.approver != transfer.prepared_by,
        may_withdraw=mine
        and transfer.status
        in (TransferStatus.DRAFT, TransferStatus.APPROVED, TransferStatus.OFFERED),
        has_key=mine and bool(store.key_of(transfer.id)),
    )


def offers(connection: Connection) -> Sequence[TransferOffer]:
    """What other towns offered, newest first."""
    return TransferOffers(connection).all()


def offer(connection: Connection, offer_id: str) -> TransferOffer:
    """One offer; raises RecordNotFound."""
    return TransferOffers(connection).get(offer_id)


def documents_from_another_town(
    connection: Connection, case_id: str, admission: Admission
) -> Sequence[TransferDocument]:
    """What came with a case from another town; only about persons whom the admission shows."""
    found = TransferOffers(connection).documents_of(case_id)
    return [
        one
        for one in found
        if admission.whole or (one.person_id and admission.shows(one.person_id))
    ]


def approvers(connection: Connection, viewer: Actor) -> Sequence[AccountFacts]:
    """Who may approve a transfer that the viewer prepares."""
    return [
        one
        for one in accounts.everyone(connection)
        if one.account_id != viewer.account_id and _APPROVERS & set(one.functions)
    ]
