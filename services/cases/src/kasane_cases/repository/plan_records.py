"""Adds to what is written about plans while they run, and reads it; nothing is ever changed."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, insert, select

from kasane_cases import tables
from kasane_cases.domain.consent import GivenBy
from kasane_cases.domain.plan_records import (
    AgreementWay,
    GoalCheck,
    GoalResult,
    Monitoring,
    PlanAgreement,
    PlanEvaluation,
)
from kasane_cases.repository.rows import columns, moment


class PlanRecords:
    """Agreements, looks and evaluations of the plans of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_agreement(self, agreement: PlanAgreement) -> None:
        """Keeps what a person said to a plan."""
        self._connection.execute(insert(tables.plan_agreement).values(**columns(agreement)))

    def agreements(self, plan_id: str) -> tuple[PlanAgreement, ...]:
        """What was said to a plan, newest first."""
        a = tables.plan_agreement.c
        rows = self._connection.execute(
            select(tables.plan_agreement).where(a.plan_id == plan_id).order_by(a.id.desc())
        )
        return tuple(
            PlanAgreement(
                **{
                    **row._mapping,
                    "way": AgreementWay(row.way),
                    "given_by": GivenBy(row.given_by),
                    "recorded_at": moment(row.recorded_at),
                }
            )
            for row in rows
        )

    def add_monitoring(self, monitoring: Monitoring) -> None:
        """Keeps a look at a plan."""
        self._connection.execute(
            insert(tables.monitoring).values(
                **columns(monitoring, "checks"), checks=_checks_columns(monitoring.checks)
            )
        )

    def monitorings(self, plan_id: str) -> tuple[Monitoring, ...]:
        """The looks at a plan, newest first."""
        m = tables.monitoring.c
        rows = self._connection.execute(
            select(tables.monitoring).where(m.plan_id == plan_id).order_by(m.on.desc(), m.id.desc())
        )
        return tuple(
            Monitoring(
                **{
                    **row._mapping,
                    "checks": _checks(row.checks),
                    "recorded_at": moment(row.recorded_at),
                }
            )
            for row in rows
        )

    def add_evaluation(self, evaluation: PlanEvaluation) -> None:
        """Keeps the evaluation of a plan."""
        self._connection.execute(
            insert(tables.plan_evaluation).values(
                **columns(evaluation, "checks"), checks=_checks_columns(evaluation.checks)
            )
        )

    def evaluation(self, plan_id: str) -> PlanEvaluation | None:
        """The evaluation of a plan; None before there is one."""
        e = tables.plan_evaluation.c
        row = self._connection.execute(
            select(tables.plan_evaluation)
            .where(e.plan_id == plan_id)
            .order_by(e.id.desc())
            .limit(1)
        ).one_or_none()
        if row is None:
            return None
        return PlanEvaluation(
            **{
                **row._mapping,
                "checks": _checks(row.checks),
                "recorded_at": moment(row.recorded_at),
            }
        )


def _checks_columns(checks: tuple[GoalCheck, ...]) -> list[dict[str, object]]:
    return [{**asdict(one), "result": one.result.value} for one in checks]


def _checks(values: list[dict[str, Any]]) -> tuple[GoalCheck, ...]:
    return tuple(GoalCheck(**{**one, "result": GoalResult(one["result"])}) for one in values)
