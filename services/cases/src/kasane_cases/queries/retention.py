"""Reads whose time is over: numbers, days and rules, and no word about a person."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from kasane_cases.domain.retention import (
    RetainedKind,
    RetentionHold,
    RetentionObstacle,
    RetentionRule,
    Shredding,
    ShreddingStatus,
)
from kasane_cases.repository import (
    EndedRecord,
    Holds,
    RetentionRules,
    Shreddings,
    ended_records,
    obstacles,
    retention_rules,
    standing_against,
    without_a_day,
)
from kasane_contracts.glossary import term
from kasane_kit import clock
from kasane_kit.unit_of_work import House, reading

RECORDS = (RetainedKind.CASE, RetainedKind.CONSULTATION)


@dataclass(frozen=True)
class RetentionLine:
    """One record whose time is over: since when, by which rule, and what stands against its end."""

    record: EndedRecord
    over_since: date
    rule: RetentionRule
    obstacles: tuple[RetentionObstacle, ...]
    holds: tuple[RetentionHold, ...]


@dataclass(frozen=True)
class RetentionFile:
    """Everything about the end of retention in a town on a day."""

    rules: Mapping[RetainedKind, RetentionRule]
    lines: Sequence[RetentionLine]
    running: Sequence[tuple[Shredding, tuple[RetentionObstacle, ...]]]
    finished: Sequence[Shredding]
    without_a_day: int
    entered: Sequence[RetentionRule]
    held: Sequence[tuple[RetentionHold, str]]


def retention_file(connection: Connection, hooks: Any, today: date) -> RetentionFile:
    """The list of what is over, and of what was proposed, waits, runs and is done."""
    rules = retention_rules(RetentionRules(connection).on(today), hooks)
    lines = []
    for kind in RECORDS:
        rule = rules.get(kind)
        if rule is None:
            continue
        for record in ended_records(connection, kind, rule.latest_end(today)):
            over_since = rule.over_since(record.ended_on)
            if over_since <= today:
                lines.append(
                    RetentionLine(
                        record,
                        over_since,
                        rule,
                        obstacles(connection, kind, record.id, record.ended_on),
                        Holds(connection).running(record.id),
                    )
                )
    store = Shreddings(connection)
    waiting = store.with_status(
        ShreddingStatus.PROPOSED,
        ShreddingStatus.CONFIRMED,
        ShreddingStatus.BEGUN,
        ShreddingStatus.CARRIED_OUT,
    )
    return RetentionFile(
        rules,
        lines,
        [
            (one, standing_against(connection, one) if one.may_be_taken_back else ())
            for one in waiting
        ],
        store.finished(),
        without_a_day(connection),
        RetentionRules(connection).all(),
        Holds(connection).all_running(),
    )


def retention_lines(house: House, municipality: str) -> Iterator[str]:
    """The same for the operator's command line, one sentence each; ids, numbers and the words of the pages only."""
    with reading(house, "cases") as connection:
        file = retention_file(connection, house.plugins.hooks_for(municipality), clock.today())
    for kind in RECORDS:
        rule, called = file.rules.get(kind), _word(kind)
        yield (
            f"{called}: 定めがありません。何も消しません。 / no rule; nothing is destroyed"
            if rule is None
            else f"{called}: {rule.years} 年（{_word(rule.counted_from)}）、{rule.source}"
            " / years, counted from, source"
        )
    for line in file.lines:
        yield (
            f"△ {_word(line.record.kind)} {line.record.number}: {line.over_since} から期間が過ぎています。"
            f"妨げ {_words(line.obstacles)} / over since, obstacles"
        )
    for one, against_it in file.running:
        answered = "、".join(part.service for part in one.parts) or "—"
        yield (
            f"… {_word(one.kind)} {one.number} {one.id}: {_word(one.status)}、実行日 {one.due_on or '—'}、"
            f"済んだサービス {answered}、妨げ {_words(against_it)} / status, due on, answered, obstacles"
        )
    for hold, number in file.held:
        yield (
            f"■ {_word(hold.kind)} {number}: {hold.placed_at.astimezone(clock.JAPAN).date()} から残しています。"
            " / kept on since"
        )
    yield f"消し終えたもの {len(file.finished)} 件 / finished"


def _word(value: StrEnum) -> str:
    """What the pages call a value: 町どうしの引継ぎの途中です for RetentionObstacle.TRANSFER_RUNNING."""
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(value).__name__).lower()
    return term(f"{kind}.{value.value}").ja


def _words(values: Sequence[StrEnum]) -> str:
    return "、".join(_word(value) for value in values) or "—"
