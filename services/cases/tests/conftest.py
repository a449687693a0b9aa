"""A town at work: the steps that come before the one a test is about."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from kasane_cases import commands, handlers, queries, tables
from kasane_cases.domain.case import ClosingOutcome
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
)
from kasane_cases.domain.retention import CountedFrom, RetainedKind
from kasane_cases.domain.support_plan import PlanGoal, PlanKind
from kasane_cases.repository import Shreddings, TransferOffers, Transfers
from kasane_contracts.intake import ConsultationReceived, PersonConcerned
from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.delivery import Post
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Visitor, Workbench
from kasane_kit.unit_of_work import UnitOfWork

MOTHER, SON = "person-mother", "person-son"
EVERYTHING = ConsentScope(
    tuple(ConsentPurpose),
    (AttendeeKind.MUNICIPAL_STAFF, AttendeeKind.CONTRACTOR, AttendeeKind.PARTNER_AGENCY),
    tuple(DataClass),
)


@dataclass
class TownAtWork:
    """One town with a coordinator; each method is one step through the real handlers."""

    bench: Workbench
    coordinator: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.coordinator = self.bench.staff(
            "coordinator", account_id="account-coordinator", name="調整 花子"
        )

    @contextmanager
    def unit(self, actor: Actor | None = None) -> Iterator[UnitOfWork]:
        """A unit of work of the coordinator, or of somebody else."""
        with self.bench.unit(actor or self.coordinator) as uow:
            yield uow

    def do(self, handler: Callable[..., Any], command: Any, actor: Actor | None = None) -> Any:
        """Runs a handler; hands it the hooks when it asks for them."""
        with self.unit(actor) as uow:
            takes_hooks = "hooks" in handler.__code__.co_varnames[: handler.__code__.co_argcount]
            return handler(command, uow, self.bench.hooks) if takes_hooks else handler(command, uow)

    def consultation(self, **changes: Any) -> str:
        """A consultation about a mother who consented and a son who was not asked."""
        facts: dict[str, Any] = {
            "consultation_id": new_id(),
            "number": "2026-000001",
            "channel": "window",
            "desk": "tax",
            "received_on": clock.today(),
            "categories": ("withdrawal_truancy", "taxes_utilities"),
            "main_category": "taxes_utilities",
            "urgent": False,
            "area": "1",
            "escalation_level": "multi_agency",
            "target_role": "coordinator",
            "persons": (
                PersonConcerned(
                    MOTHER,
                    "母",
                    True,
                    "試験 よし子",
                    "シケン ヨシコ",
                    "1943-05-06",
                    "試験町1番地",
                    "0",
                ),
                PersonConcerned(SON, "長男", False, "試験 太郎", "シケン タロウ", "1972-01-02"),
            ),
            "story": "支払いが滞っている。長男は外に出ていない。",
        }
        event = ConsultationReceived(**{**facts, **changes})
        self.bench.hear(event)
        return event.consultation_id

    def case(self, *confirmed: str, **changes: Any) -> str:
        """An opened case that the town decided to support."""
        facts: dict[str, Any] = {
            "case_id": new_id(),
            "consultation_id": self.consultation(),
            "consent_confirmed": confirmed,
            "support_decided": True,
        }
        command = commands.OpenCase(**{**facts, **changes})
        return str(self.do(handlers.open_case, command))

    def consent(self, case_id: str, person_id: str, **changes: Any) -> str:
        """A consent given in writing, with the widest scope."""
        facts: dict[str, Any] = {
            "consent_id": new_id(),
            "case_id": case_id,
            "person_id": person_id,
            "state": ConsentState.GIVEN,
            "scope": EVERYTHING,
            "method": "written",
        }
        command = commands.RecordConsent(**{**facts, **changes})
        return str(self.do(handlers.record_consent, command))

    def session(
        self,
        legal_kind: LegalKind = LegalKind.MULTI_AGENCY_CONFERENCE,
        *attendees: commands.AttendeeAsked,
        body: str = "",
        on: date | None = None,
        bound: bool = True,
    ) -> str:
        """A planned session; everybody's secrecy is recorded unless told otherwise."""
        command = commands.PlanSession(
            session_id=new_id(),
            body=body or legal_kind.value,
            legal_kind=legal_kind,
            planned_for=on or clock.today(),
            attendees=attendees,
        )
        session_id = str(self.do(handlers.plan_session, command))
        if bound:
            for attendee in self.read_session(session_id).attendees:
                self.do(
                    handlers.record_secrecy,
                    commands.RecordSecrecy(session_id, attendee.id, signed=True),
                )
        return session_id

    def item(self, session_id: str, case_id: str, person_id: str, **changes: Any) -> str:
        """An agenda item about a person."""
        command = commands.AddAgendaItem(
            new_id(), session_id, "支援の方針", case_id, person_id, **changes
        )
        return str(self.do(handlers.add_agenda_item, command))

    def open(self, session_id: str) -> None:
        """Opens a session."""
        self.do(handlers.open_session, commands.OpenSession(session_id))

    def held(
        self,
        case_id: str,
        *person_ids: str,
        legal_kind: LegalKind = LegalKind.MULTI_AGENCY_CONFERENCE,
    ) -> str:
        """A held session with the persons on its agenda."""
        session_id = self.session(legal_kind)
        for person_id in person_ids:
            self.item(session_id, case_id, person_id)
        self.open(session_id)
        self.do(handlers.hold_session, commands.HoldSession(session_id))
        return session_id

    def draft(self, case_id: str, *person_ids: str, **changes: Any) -> str:
        """A drafted plan for the persons."""
        facts: dict[str, Any] = {
            "plan_id": new_id(),
            "case_id": case_id,
            "kind": PlanKind.MULTI_AGENCY,
            "persons": person_ids,
            "goals": (PlanGoal("家計が落ち着く"),),
        }
        return str(self.do(handlers.draft_plan, commands.DraftPlan(**{**facts, **changes})))

    def plan(self, case_id: str, *person_ids: str, **changes: Any) -> str:
        """A plan for the persons that was submitted, so that a session may decide it."""
        plan_id = self.draft(case_id, *person_ids, **changes)
        self.do(handlers.submit_plan, commands.SubmitPlan(case_id, plan_id, 1))
        return plan_id

    def active(self, case_id: str, *person_ids: str, **changes: Any) -> str:
        """A plan that a session decided and to which all its persons agreed."""
        plan_id = self.plan(case_id, *person_ids, **changes)
        session_id = self.held(case_id, *person_ids)
        command = commands.DecidePlan(case_id, plan_id, session_id, person_ids)
        self.do(handlers.decide_plan, command)
        return plan_id

    def read_plan(self, case_id: str, plan_id: str) -> Any:
        """The plan as it is stored."""
        from kasane_cases.repository import Plans

        with self.bench.reading() as connection:
            return Plans(connection).get(case_id, plan_id)

    def need(self, case_id: str, person_id: str) -> str:
        """A need of a person."""
        command = commands.IdentifyNeed(
            new_id(), case_id, person_id, "no_food", "食べるものが足りない"
        )
        return str(self.do(handlers.identify_need, command))

    def read_session(self, session_id: str) -> Any:
        """The session as it is stored."""
        from kasane_cases.repository import Sessions

        with self.bench.reading() as connection:
            return Sessions(connection).get(session_id)

    def read_case(self, case_id: str) -> Any:
        """The case as it is stored."""
        from kasane_cases.repository import Cases

        with self.bench.reading() as connection:
            return Cases(connection).get(case_id)

    def file_of(self, viewer: Actor, session_id: str) -> Any:
        """A session as somebody may see it."""
        from kasane_cases import queries

        with self.bench.reading() as connection:
            return queries.session_file(connection, viewer, session_id)

    def withdraw(self, case_id: str, person_id: str) -> None:
        """A person takes their consent back."""
        self.consent(case_id, person_id, state=ConsentState.WITHDRAWN, method="")

    def fact(self, session_id: str, item_id: str, told: str = "受診が中断している") -> Any:
        """The command that writes down what 包括 told about an item."""
        return commands.RecordFact(new_id(), session_id, item_id, told, "包括")

    def decision(self, session_id: str, item_id: str, **changes: Any) -> Any:
        """The command that writes down a decision about an item."""
        facts = {"text": "受診に同行する", "in_charge": "care", "due_on": clock.today()}
        return commands.RecordDecision(new_id(), session_id, item_id, **{**facts, **changes})

    def consents(self, case_id: str) -> Any:
        """The consent history of a case as it is stored."""
        from kasane_cases.repository import Consents

        with self.bench.reading() as connection:
            return Consents(connection).history(case_id)


class Moving:
    """Two towns of one installation, an officer who prepares, one who approves, one who receives."""

    def __init__(self, at_work) -> None:
        self.here = at_work
        self.there = type(at_work)(replace(at_work.bench, municipality=OTHER_TOWN))
        self.approver = at_work.bench.staff("coordinator", account_id="approver", name="決裁 次郎")
        self.post = Post(at_work.bench.service, at_work.bench.house)

    @property
    def town_name(self):
        return self.here.bench.house.directory.get(OTHER_TOWN).name

    def prepared(self, case_id, *person_ids, **changes):
        facts = {
            "transfer_id": new_id(),
            "case_id": case_id,
            "to_municipality": OTHER_TOWN,
            "person_ids": person_ids,
            "handover": "長男とは月に一度、玄関先で話せるようになっています。",
            "contact": "福祉政策課 調整 花子 0743-00-0000",
            "evaluation": "家計が落ち着き、通院も続いている。",
            "approver": self.approver.account_id,
            "safety_notes": "犬がいます。",
        }
        command = commands.PrepareTransfer(**{**facts, **changes})
        return self.here.do(handlers.prepare_transfer, command)

    def approved(self, transfer_id, actor=None):
        command = commands.ApproveTransfer(transfer_id, self.transfer(transfer_id).version)
        return self.here.do(handlers.approve_transfer, command, actor or self.approver)

    def accept(self, transfer_id, key):
        command = commands.AcceptOffer(transfer_id, key, new_id())
        return self.there.do(handlers.accept_offer, command)

    def transfer(self, transfer_id):
        with self.here.bench.reading() as connection:
            return Transfers(connection).get(transfer_id)

    def offers(self):
        with self.there.bench.reading() as connection:
            return TransferOffers(connection).all()

    def documents(self, case_id):
        with self.there.bench.reading() as connection:
            return TransferOffers(connection).documents_of(case_id)

    def bytes_of(self, town):
        """Everything the town's database holds in plain letters, what is sealed by column opened."""
        with town.bench.reading() as connection:
            names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
            known = tables.metadata.tables
            return "\n".join(
                self.in_letters(row)
                for name in list(names)
                for row in connection.execute(
                    known[name].select() if name in known else text(f'SELECT * FROM "{name}"')
                )
            )

    @staticmethod
    def in_letters(row):
        """A row as text; JSON columns keep letters as numbers, which would hide them from a search."""
        return re.sub(r"\\+u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), repr(row))

    def both_consent(self):
        """A case whose mother and son both consent."""
        case_id = self.here.case(MOTHER)
        self.here.consent(case_id, MOTHER)
        self.here.consent(case_id, SON)
        return case_id


@pytest.fixture
def at_work(workbench: Workbench) -> TownAtWork:
    """A town that has the national defaults and no plugin."""
    return TownAtWork(workbench)


@pytest.fixture
def at_work_in(make_workbench: Callable[..., Workbench]) -> Callable[..., TownAtWork]:
    """A function that gives a town with one town plugin, in that plugin's own town."""

    def make(plugin: str, municipality: str = "") -> TownAtWork:
        code = municipality or {"ikoma": "292095", "eniwa": "012319"}[plugin]
        bench = make_workbench("cases", {code: (plugin,)})
        bench.municipality = code
        return TownAtWork(bench)

    return make


@pytest.fixture
def browser(at_work: TownAtWork) -> Visitor:
    """A browser in which the coordinator is signed in."""
    return at_work.bench.visit_as(at_work.coordinator)


@pytest.fixture
def moving(at_work: TownAtWork) -> Moving:
    """Two towns between which households move."""
    return Moving(at_work)


@pytest.fixture
def moving_in(at_work_in: Callable[..., TownAtWork]) -> Callable[..., Moving]:
    """The same for a town with one town plugin."""
    return lambda plugin: Moving(at_work_in(plugin, TOWN))


class Retaining:
    """A town whose cases end, with an administrator's term and a second person."""

    def __init__(self, at_work, clock_at):
        self.at_work, self.bench, self._clock_at = at_work, at_work.bench, clock_at
        self.second = self.bench.staff("responsible", account_id="second", name="確認 次郎")
        self.admin = self.bench.staff("town_administrator", account_id="admin", name="管理 三郎")

    def go(self, days):
        self._clock_at(
            datetime.combine(clock.today() + timedelta(days=days), time(12), clock.JAPAN)
        )

    def term(self, years=1, kind=RetainedKind.CASE, **changes):
        facts = {
            "rule_id": new_id(),
            "kind": kind,
            "years": years,
            "counted_from": CountedFrom.END,
            "title": "試験町文書管理規程",
            "article": "別表 架空の項",
            "document_date": date(2020, 4, 1),
            "waiting_days": 14,
        }
        command = commands.SetRetention(**{**facts, **changes})
        self.at_work.do(handlers.set_retention, command, self.admin)

    def close(self, case_id):
        version = self.at_work.read_case(case_id).version
        self.at_work.do(
            handlers.close_case,
            commands.CloseCase(
                case_id, ClosingOutcome.ROLES_SETTLED, "落ち着いた", version, "福祉課"
            ),
        )

    def over(self):
        """A case that ended, of which the town's year is over."""
        case_id = self.at_work.case(MOTHER)
        self.at_work.need(case_id, MOTHER)
        self.close(case_id)
        self.term()
        self.go(400)
        return case_id

    def propose(self, record_id, kind=RetainedKind.CASE):
        return self.at_work.do(
            handlers.propose_shredding, commands.ProposeShredding(new_id(), kind, record_id)
        )

    def confirm(self, shredding_id, actor=None):
        command = commands.ConfirmShredding(shredding_id)
        self.at_work.do(handlers.confirm_shredding, command, actor or self.second)

    def due(self, case_id):
        shredding_id = self.propose(case_id)
        self.confirm(shredding_id)
        self.go(14)
        return shredding_id

    def work(self):
        with municipality_scope(self.bench.municipality):
            handlers.carry_out_shreddings(self.bench.house, self.bench.municipality)

    def get(self, shredding_id):
        with self.bench.reading() as connection:
            return Shreddings(connection).get(shredding_id)

    def file(self):
        with self.bench.reading() as connection:
            return queries.retention_file(connection, self.bench.hooks, clock.today())

    def bytes(self):
        """Every cell of every table, as it lies in the database and as it opens."""
        with self.bench.reading() as connection:
            names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
            known = tables.metadata.tables
            found = [
                repr(tuple(row))
                for name in list(names)
                for table in (known.get(name), None)
                for row in connection.execute(
                    text(f'SELECT * FROM "{name}"') if table is None else table.select()
                )
            ]
        said = [repr(one) for one in self.bench.said()]
        return "\n".join([*found, *said]).encode().decode("unicode_escape", "ignore") + "\n".join(
            [*found, *said]
        )


@pytest.fixture
def retaining(at_work: TownAtWork, clock_at: Callable[..., None]) -> Retaining:
    """A town whose cases end."""
    return Retaining(at_work, clock_at)


@pytest.fixture
def retaining_with(clock_at: Callable[..., None]) -> Callable[[Workbench], Retaining]:
    """The same on a bench of one's own."""
    return lambda bench: Retaining(TownAtWork(bench), clock_at)
