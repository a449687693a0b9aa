"""Kills the worker that carries households between towns; each arrives once and is closed once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from kasane_cases import commands, handlers
from kasane_cases.domain import consent
from kasane_cases.domain.case import CaseStatus
from kasane_cases.domain.transfer import TransferStatus
from kasane_cases.repository import Cases, TransferOffers, Transfers
from kasane_contracts.cases import CaseClosed, CaseOpened
from kasane_kit.bus.tables import parcel_in, parcel_out
from kasane_kit.config import Settings
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Workbench
from kasane_runtime import broker, databases
from kasane_runtime.compose import Composition, compose
from tests.faults.conftest import delete_our_queues, drop_our_databases
from tests.faults.running_house import write_town_files
from tests.support import own_processes
from tests.support.private_postgres import PrivatePostgres
from tests.support.private_rabbitmq import PrivateRabbit

HOUSEHOLDS = 24
WIDEST = consent.ConsentScope(
    tuple(consent.ConsentPurpose),
    (
        consent.AttendeeKind.MUNICIPAL_STAFF,
        consent.AttendeeKind.CONTRACTOR,
        consent.AttendeeKind.PARTNER_AGENCY,
    ),
    tuple(consent.DataClass),
)


class Neighbours:
    """Two towns with the real cases service on real servers, and the worker between them."""

    def __init__(self, composition: Composition, environment: dict[str, str], log: Path) -> None:
        self.composition = composition
        self._environment = {**os.environ, **environment}
        self._log = log
        self._worker: subprocess.Popen[bytes] | None = None
        self.here = self._bench(TOWN)
        self.there = self._bench(OTHER_TOWN)
        self.preparer = self.here.staff("coordinator", account_id="preparer", name="調整 花子")
        self.approver = self.here.staff("coordinator", account_id="approver", name="決裁 次郎")
        self.receiver = self.there.staff("coordinator", account_id="receiver", name="受付 三郎")

    def approved(self, number: int) -> tuple[str, str]:
        """One household of one person on its way; returns the transfer's id and its key."""
        person = f"person-{number}"
        case_id, transfer_id = new_id(), new_id()
        opening = commands.OpenCase(
            case_id,
            persons=(commands.PersonOfCase(person, f"試験 {number}"),),
            support_decided=True,
        )
        agreed = commands.RecordConsent(
            new_id(),
            case_id,
            person,
            state=consent.ConsentState.GIVEN,
            scope=WIDEST,
            method="written",
        )
        prepared = commands.PrepareTransfer(
            transfer_id,
            case_id,
            OTHER_TOWN,
            (person,),
            handover="月に一度、玄関先で話せる。",
            contact="福祉政策課 調整 花子",
            evaluation="家計が落ち着いた。",
            approver=self.approver.account_id,
        )
        hooks = self.here.hooks
        with self.here.unit(self.preparer) as uow:
            handlers.open_case(opening, uow, hooks)
        with self.here.unit(self.preparer) as uow:
            handlers.record_consent(agreed, uow, hooks)
        with self.here.unit(self.preparer) as uow:
            handlers.prepare_transfer(prepared, uow, hooks)
        with self.here.unit(self.approver) as uow:
            version = Transfers(uow.connection).get(transfer_id).version
            approval = commands.ApproveTransfer(transfer_id, version)
            return transfer_id, handlers.approve_transfer(approval, uow, hooks)

    def accept(self, transfer_id: str, key: str) -> None:
        """The other town takes a household over."""
        with self.there.unit(self.receiver) as uow:
            handlers.accept_offer(commands.AcceptOffer(transfer_id, key, new_id()), uow)

    def start_worker(self) -> None:
        """`kasane work cases`, as in production."""
        self._worker = own_processes.start(
            [str(Path(sys.executable).parent / "kasane"), "work", "cases"],
            environment=self._environment,
            log=self._log,
            folder=self._log.parent,
        )

    def kill_worker(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        if self._worker is not None:
            own_processes.end(self._worker, signal.SIGKILL)

    def taken(self, bench: Workbench) -> int:
        """How many parcels a town has taken."""
        with bench.reading() as connection:
            return connection.scalar(select(func.count()).select_from(parcel_in)) or 0

    def kept(self, bench: Workbench) -> list[tuple[bool, str]]:
        """Of each parcel that a town handed in: whether it was carried, and what is left of it."""
        with bench.reading() as connection:
            rows = connection.execute(select(parcel_out.c.carried_at, parcel_out.c.body))
            return [(carried is not None, body) for carried, body in rows]

    def settled(self, bench: Workbench, many: int) -> bool:
        """Whether a town has handed in so many parcels, and all of them were carried."""
        carried = [done for done, _ in self.kept(bench)]
        return len(carried) == many and all(carried)

    def wait(self, done: Callable[[], bool], what: str) -> None:
        """Returns when it is done; asks again and again."""

        def ask() -> Iterator[bool]:
            while True:
                yield done()

        said = own_processes.tail(self._log)
        assert own_processes.wait_until(ask(), seconds=240), f"{what}\n{said}"

    def _bench(self, town: str) -> Workbench:
        service = self.composition.services["cases"]
        return Workbench(service, self.composition.house, Flask("unused"), municipality=town)


@pytest.fixture
def neighbours(
    tmp_path: Path, private_postgres: PrivatePostgres, private_rabbitmq: PrivateRabbit
) -> Iterator[Neighbours]:
    """The whole house, migrated, its queues declared, no process running yet."""
    drop_our_databases(private_postgres)
    delete_our_queues(private_rabbitmq)
    environment = {
        "KASANE_MODE": "distributed",
        "KASANE_KEYS": str(tmp_path / "keys"),
        "KASANE_TOWN_FILES": str(write_town_files(tmp_path / "towns")),
        "KASANE_DATABASE_URL": private_postgres.dsn,
        "KASANE_ADMIN_DATABASE_URL": private_postgres.dsn,
        "KASANE_BROKER_URL": private_rabbitmq.url,
    }
    composition = compose(Settings.from_env(environment))
    databases.migrate_postgres(composition)
    broker.declare(private_rabbitmq.url, broker.queues(composition.services))
    found = Neighbours(composition, environment, tmp_path / "cases.log")
    yield found
    found.kill_worker()
    composition.house.databases.dispose()


def ids_of(said: list[Any]) -> list[str]:
    return sorted(event.case_id for event in said)


@pytest.mark.slow
def test_killing_the_worker_between_two_towns_neither_loses_nor_doubles_a_household(
    neighbours: Neighbours,
) -> None:
    moments = random.Random(20261121)
    keys = dict(neighbours.approved(number) for number in range(HOUSEHOLDS))

    def carried_despite_kills(receiving: Workbench, sending: Workbench, many: int) -> None:
        """The worker is killed at moments of its work until everything was carried."""
        for least in sorted(moments.sample(range(1, many), k=3)):
            neighbours.start_worker()
            neighbours.wait(
                lambda least=least: neighbours.taken(receiving) >= least,  # type: ignore[misc]
                f"{receiving.municipality} took {neighbours.taken(receiving)} of {least}",
            )
            neighbours.kill_worker()
        neighbours.start_worker()
        neighbours.wait(
            lambda: neighbours.settled(sending, many),
            f"{sending.municipality} keeps {neighbours.kept(sending)}",
        )

    carried_despite_kills(neighbours.there, neighbours.here, HOUSEHOLDS)
    neighbours.wait(
        lambda: neighbours.settled(neighbours.there, HOUSEHOLDS), "that the offers were answered"
    )
    neighbours.kill_worker()
    with neighbours.there.reading() as connection:
        offers = TransferOffers(connection).all()
    with neighbours.here.reading() as connection:
        statuses = {Transfers(connection).get(one).status for one in keys}
    assert sorted(offer.id for offer in offers) == sorted(keys)
    assert statuses == {TransferStatus.OFFERED}
    assert neighbours.here.said(CaseClosed) == []

    for transfer_id, key in keys.items():
        neighbours.accept(transfer_id, key)
    carried_despite_kills(neighbours.here, neighbours.there, 2 * HOUSEHOLDS)
    neighbours.kill_worker()

    with neighbours.here.reading() as connection:
        sent = [Transfers(connection).get(one) for one in keys]
        left = {Cases(connection).get(one.case_id).status for one in sent}
    with neighbours.there.reading() as connection:
        taken_over = [offer.case_id for offer in TransferOffers(connection).all()]
        numbers = [Cases(connection).get(one).number for one in taken_over]
    assert {one.status for one in sent} == {TransferStatus.ACCEPTED}
    assert left == {CaseStatus.TRANSFERRED}
    assert ids_of(neighbours.here.said(CaseClosed)) == sorted(one.case_id for one in sent)
    assert ids_of(neighbours.there.said(CaseOpened)) == sorted(taken_over)
    assert sorted(one.receipt for one in sent) == sorted(numbers)
    assert len(set(numbers)) == HOUSEHOLDS
    assert {body for _, body in neighbours.kept(neighbours.here)} == {"{}"}
