"""How long records are kept, what is held back, and how two people end a record."""

import unicodedata
from typing import Any

from kasane_cases.commands import (
    ConfirmShredding,
    LiftHold,
    PlaceHold,
    ProposeShredding,
    SetRetention,
    WithdrawShredding,
)
from kasane_cases.domain.errors import (
    DatesBackward,
    NoRetentionRule,
    RecordNotFound,
    RecordNotOver,
    ShreddingBegun,
    ShreddingProposed,
    WaitingNotPossible,
    WordsMissing,
)
from kasane_cases.domain.retention import (
    SHORTEST_WAIT_DAYS,
    RetainedKind,
    RetentionHold,
    RetentionRule,
    Shredding,
    must_be_free,
)
from kasane_cases.repository import (
    Holds,
    RetentionRules,
    Shreddings,
    ended_record,
    is_gone,
    is_recorded,
    number_to_id,
    obstacles,
    retention_rules,
    standing_against,
)
from kasane_kit import clock
from kasane_kit.unit_of_work import UnitOfWork

SHREDDING = "shredding"
LONGEST_WAIT_DAYS = 366


def set_retention(command: SetRetention, uow: UnitOfWork, hooks: Any) -> None:
    """Enters a term from today on; what was entered before stays to be read."""
    title, article, today = command.title.strip(), command.article.strip(), clock.today()
    if not title or not article:
        raise WordsMissing
    if command.document_date > today:
        raise DatesBackward
    if not SHORTEST_WAIT_DAYS <= command.waiting_days <= LONGEST_WAIT_DAYS:
        raise WaitingNotPossible(
            days=command.waiting_days, least=SHORTEST_WAIT_DAYS, most=LONGEST_WAIT_DAYS
        )
    rule = RetentionRule(
        command.kind,
        command.years,
        command.counted_from,
        f"{title} {article}",
        command.document_date,
        today,
        command.waiting_days,
        uow.actor.display_name,
    )
    standing = retention_rules(RetentionRules(uow.connection).on(today), hooks)
    trail = standing.pop(RetainedKind.AUDIT_TRAIL, None)
    standing.pop(command.kind, None)
    rule.check(trail, standing.values())
    RetentionRules(uow.connection).add(command.rule_id, rule, uow.actor.account_id, clock.now())
    uow.record("cases.retention.rule_set", "municipality", uow.municipality, command.kind.value)
    uow.commit()


def place_hold(command: PlaceHold, uow: UnitOfWork) -> None:
    """Keeps a record on with a reason, also one that is open still or whose end waits to be carried out.

    Raises RecordNotFound, and ShreddingBegun or ChangedMeanwhile when it is too late.
    """
    if not command.reason.strip():
        raise WordsMissing
    record_id = command.record_id or number_to_id(
        uow.connection, command.kind, _plain_number(command.number)
    )
    if not is_recorded(uow.connection, command.kind, record_id):
        raise RecordNotFound
    if is_gone(uow.connection, record_id):
        raise ShreddingBegun
    Shreddings(uow.connection).mark_changed(record_id)
    Holds(uow.connection).place(
        RetentionHold(
            command.hold_id,
            command.kind,
            record_id,
            command.reason.strip(),
            uow.actor.account_id,
            uow.actor.display_name,
            clock.now(),
        )
    )
    uow.record("cases.retention.held", SHREDDING, record_id)
    uow.commit()


def _plain_number(number: str) -> str:
    return unicodedata.normalize("NFKC", number).strip().upper()


def lift_hold(command: LiftHold, uow: UnitOfWork) -> None:
    """Ends a hold; raises RecordNotFound when none is running."""
    record_id = Holds(uow.connection).lift(command.hold_id, uow.actor.display_name, clock.now())
    uow.record("cases.retention.hold_lifted", SHREDDING, record_id)
    uow.commit()


def propose_shredding(command: ProposeShredding, uow: UnitOfWork, hooks: Any) -> str:
    """Proposes the end of a record that is over and that nothing stands against; returns the proposal's id."""
    today = clock.today()
    rules = retention_rules(RetentionRules(uow.connection).on(today), hooks)
    rule = rules.get(command.kind)
    if rule is None or command.kind is RetainedKind.AUDIT_TRAIL:
        raise NoRetentionRule
    record = ended_record(uow.connection, command.kind, command.record_id)
    if record is None or rule.over_since(record.ended_on) > today:
        raise RecordNotOver
    if Shreddings(uow.connection).of_record(record.id) is not None:
        raise ShreddingProposed
    must_be_free(obstacles(uow.connection, command.kind, record.id, record.ended_on))
    Shreddings(uow.connection).add(
        Shredding(
            command.shredding_id,
            command.kind,
            record.id,
            record.number,
            record.ended_on,
            rule.over_since(record.ended_on),
            rule.years,
            rule.counted_from,
            rule.source,
            rule.waiting_days,
            uow.actor.account_id,
            uow.actor.display_name,
            clock.now(),
        )
    )
    uow.record("cases.retention.proposed", SHREDDING, command.shredding_id, record.id)
    uow.commit()
    return command.shredding_id


def confirm_shredding(command: ConfirmShredding, uow: UnitOfWork) -> None:
    """A second person agrees; the record is destroyed when the days of waiting are over."""
    store = Shreddings(uow.connection)
    shredding = store.get(command.shredding_id)
    shredding.confirm(uow.actor.account_id, uow.actor.display_name, clock.now(), clock.today())
    must_be_free(standing_against(uow.connection, shredding))
    store.save(shredding)
    uow.record("cases.retention.confirmed", SHREDDING, shredding.id, shredding.record_id)
    uow.commit()


def withdraw_shredding(command: WithdrawShredding, uow: UnitOfWork) -> None:
    """Takes a proposal or a confirmed end back, as long as nothing was destroyed."""
    store = Shreddings(uow.connection)
    shredding = store.get(command.shredding_id)
    shredding.withdraw(uow.actor.display_name, clock.now())
    store.save(shredding)
    uow.record("cases.retention.withdrawn", SHREDDING, shredding.id, shredding.record_id)
    uow.commit()
