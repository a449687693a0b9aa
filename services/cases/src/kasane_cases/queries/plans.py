"""Reads plans as far as the viewer's right to the members goes (I-07), and which are due."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection, select

from kasane_cases import tables
from kasane_cases.domain.errors import CaseNotFound, RecordNotFound
from kasane_cases.domain.origin import FactOrigin
from kasane_cases.domain.plan_records import Monitoring, PlanAgreement, PlanEvaluation
from kasane_cases.domain.support_plan import PlanEdition, PlanStatus, SupportPlan
from kasane_cases.queries.cases import CaseFile, case_file
from kasane_cases.repository import Origins, PlanRecords, Plans, granted_cases, plan_from
from kasane_kit.auth import Actor

SOON = timedelta(days=14)


@dataclass(frozen=True)
class PlanFile:
    """One plan with its editions and what was written about it, cut to what the viewer may see.

    ``whole`` says whether nothing was left out.
    """

    case: CaseFile
    plan: SupportPlan
    editions: tuple[PlanEdition, ...]
    agreements: tuple[PlanAgreement, ...]
    monitorings: tuple[Monitoring, ...]
    evaluation: PlanEvaluation | None
    whole: bool

    def standing_agreement(self, person_id: str) -> PlanAgreement | None:
        """What a person last said to the edition that stands."""
        return next(
            (
                one
                for one in self.agreements
                if one.person_id == person_id and one.edition == self.plan.edition
            ),
            None,
        )

    def next_look(self, person_id: str) -> date | None:
        """When somebody looks at this member's part again."""
        looks = (one.next_on for one in self.monitorings if one.person_id == person_id)
        return next(looks, self.plan.review_on)

    def edition(self, number: int) -> PlanEdition:
        """One edition; raises RecordNotFound."""
        for edition in self.editions:
            if edition.number == number:
                return edition
        raise RecordNotFound


@dataclass(frozen=True)
class PlanDue:
    """A plan at which somebody has to look soon; ``late`` when the day has passed."""

    plan: SupportPlan
    case_number: str
    late: bool


def plan_file(
    connection: Connection, viewer: Actor, case_id: str, plan_id: str, today: date
) -> PlanFile:
    """One plan as far as the viewer may see it; raises CaseNotFound or RecordNotFound."""
    file = case_file(connection, viewer, case_id, today)
    plan = file.plan(plan_id)
    shows = file.admission.shows
    records = PlanRecords(connection)
    evaluation = records.evaluation(plan_id)
    goals = {goal.number for goal in plan.goals}
    return PlanFile(
        case=file,
        plan=plan,
        editions=tuple(
            replace(one, content=one.content.seen_by(shows))
            for one in Plans(connection).editions(plan_id)
        ),
        agreements=tuple(one for one in records.agreements(plan_id) if shows(one.person_id)),
        monitorings=tuple(
            replace(one, checks=tuple(check for check in one.checks if check.goal in goals))
            for one in records.monitorings(plan_id)
            if shows(one.person_id)
        ),
        evaluation=evaluation.seen_by(lambda goal: goal in goals) if evaluation else None,
        whole=Plans(connection).get(case_id, plan_id).content == plan.content,
    )


def origins_of(connection: Connection, file: CaseFile) -> tuple[FactOrigin, ...]:
    """The origins recorded for a case; raises CaseNotFound without a right to the whole of it."""
    if not file.admission.whole:
        raise CaseNotFound
    return Origins(connection).of_case(file.case.id)


def plans_due(
    connection: Connection, viewer: Actor, today: date, limit: int = 200
) -> Sequence[PlanDue]:
    """Running plans at which somebody has to look within a fortnight, the most urgent first.

    Only of cases that the viewer may see whole.
    """
    p, c = tables.support_plan.c, tables.case.c
    rows = connection.execute(
        select(tables.support_plan, c.number.label("case_number"))
        .join(tables.case, c.id == p.case_id)
        .where(
            p.status == PlanStatus.ACTIVE.value,
            p.review_on <= today + SOON,
            granted_cases(viewer, today, whole=True),
        )
        .order_by(p.review_on, p.id)
        .limit(limit)
    ).all()
    found = []
    for row in rows:
        values = dict(row._mapping)
        number = str(values.pop("case_number"))
        plan = plan_from(values)
        late = plan.review_on is not None and plan.review_on < today
        found.append(PlanDue(plan, number, late))
    return found
