"""Gives plans editions, agreements, looks and evaluations; a plan decided before is active."""

import sqlalchemy as sa
from alembic import op

revision = "c0006"
down_revision = "c0005"
branch_labels = None
depends_on = None

PLAN = "cases_support_plan"


def upgrade() -> None:
    for column in (
        sa.Column("starts_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        sa.Column("edition", sa.Integer, nullable=False, server_default="1"),
        sa.Column("submitted_on", sa.Date),
        sa.Column("submitted_by", sa.String(64), nullable=False, server_default=""),
        sa.Column("follows", sa.String(36), nullable=False, server_default=""),
        sa.Column("outcome", sa.String(20), nullable=False, server_default=""),
        sa.Column("outcome_reason", sa.Text, nullable=False, server_default=""),
        sa.Column("ended_on", sa.Date),
    ):
        op.add_column(PLAN, column)
    op.create_table(
        "cases_plan_edition",
        sa.Column("plan_id", sa.String(36), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("written_on", sa.Date, nullable=False),
        sa.Column("written_by", sa.String(64), nullable=False),
        sa.Column("writer_name", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "cases_plan_agreement",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("plan_id", sa.String(36), nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("agreed", sa.Boolean, nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("given_by", sa.String(30), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("giver_name", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_table(
        "cases_monitoring",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("plan_id", sa.String(36), nullable=False),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("next_on", sa.Date, nullable=False),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("checks", sa.JSON, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("recorder_name", sa.Text, nullable=False),
    )
    op.create_table(
        "cases_plan_evaluation",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("plan_id", sa.String(36), nullable=False),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("on", sa.Date, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("checks", sa.JSON, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("recorder_name", sa.Text, nullable=False),
        sa.Column("session_id", sa.String(36), nullable=False),
    )
    op.create_table(
        "cases_fact_origin",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("case_id", sa.String(36), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("told_by", sa.Text, nullable=False),
        sa.Column("told_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("recorder_name", sa.Text, nullable=False),
    )
    op.create_index("cases_plan_due", PLAN, ["status", "review_on"])
    op.create_index("cases_agreement_plan", "cases_plan_agreement", ["plan_id"])
    op.create_index("cases_monitoring_plan", "cases_monitoring", ["plan_id"])
    op.create_index("cases_evaluation_plan", "cases_plan_evaluation", ["plan_id"])
    op.create_index("cases_origin_case", "cases_fact_origin", ["case_id"])
    _carry_over(op.get_bind())


def _carry_over(connection: sa.Connection) -> None:
    """Writes what stood before in the new shape: goals with a term, the text as first edition."""
    plan = sa.table(
        PLAN,
        sa.column("id", sa.String),
        sa.column("persons", sa.JSON),
        sa.column("goals", sa.JSON),
        sa.column("tracks", sa.JSON),
        sa.column("extensions", sa.JSON),
        sa.column("drafted_on", sa.Date),
        sa.column("drafted_by", sa.String),
        sa.column("status", sa.String),
    )
    edition = sa.table(
        "cases_plan_edition",
        sa.column("plan_id", sa.String),
        sa.column("number", sa.Integer),
        sa.column("content", sa.JSON),
        sa.column("written_on", sa.Date),
        sa.column("written_by", sa.String),
        sa.column("writer_name", sa.Text),
        sa.column("reason", sa.Text),
    )
    for row in connection.execute(sa.select(plan)).all():
        goals = [
            {"text": text, "term": "short", "person_id": "", "number": number}
            for number, text in enumerate(row.goals, 1)
        ]
        tracks = [{**track, "in_charge": ""} for track in row.tracks]
        connection.execute(
            plan.update()
            .where(plan.c.id == row.id)
            .values(
                goals=goals,
                tracks=tracks,
                status="active" if row.status == "decided" else row.status,
            )
        )
        content = {
            "persons": row.persons,
            "goals": goals,
            "tracks": tracks,
            "starts_on": "",
            "ends_on": "",
            "extensions": row.extensions,
        }
        connection.execute(
            edition.insert().values(
                plan_id=row.id,
                number=1,
                content=content,
                written_on=row.drafted_on,
                written_by=row.drafted_by,
                writer_name="",
                reason="",
            )
        )
