"""Loads and adds assessments and the forms they were filled in; neither is changed or removed."""

import tomllib
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select

from kasane_cases import tables
from kasane_cases.domain.assessment import Assessment
from kasane_cases.domain.assessment_form import AssessmentForm, form_from
from kasane_cases.domain.errors import FormChangedSilently, RecordNotFound
from kasane_cases.repository.rows import columns, moment


@cache
def platform_forms() -> tuple[AssessmentForm, ...]:
    """The forms that the platform ships, from the files in assessment_forms/."""
    folder = resources.files("kasane_cases").joinpath("assessment_forms")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(form_from(tomllib.loads(file.read_text("utf-8"))) for file in files)


class Assessments:
    """The assessments of the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_case(self, case_id: str) -> tuple[Assessment, ...]:
        """Every assessment of a case, newest first."""
        a = tables.assessment.c
        rows = self._connection.execute(
            select(tables.assessment)
            .where(a.case_id == case_id)
            .order_by(a.recorded_at.desc(), a.id.desc())
        )
        return tuple(_assessment(row) for row in rows)

    def get(self, case_id: str, assessment_id: str) -> Assessment:
        """One assessment; raises RecordNotFound."""
        a = tables.assessment.c
        row = self._connection.execute(
            select(tables.assessment).where(a.case_id == case_id, a.id == assessment_id)
        ).one_or_none()
        if row is None:
            raise RecordNotFound
        return _assessment(row)

    def newest(self, case_id: str, person_id: str) -> Assessment | None:
        """The one that stands for a member, or for the household when ``person_id`` is empty."""
        a = tables.assessment.c
        row = self._connection.execute(
            select(tables.assessment)
            .where(a.case_id == case_id, a.person_id == person_id)
            .order_by(a.number.desc())
            .limit(1)
        ).one_or_none()
        return _assessment(row) if row else None

    def add(self, assessment: Assessment) -> None:
        """Adds one behind the others; its form has to be kept before."""
        self._connection.execute(
            insert(tables.assessment).values(
                **columns(assessment, "answers"), answers=dict(assessment.answers)
            )
        )

    def keep_form(self, form: AssessmentForm, at: datetime) -> None:
        """Keeps a form that is used for the first time.

        Raises FormChangedSilently when the same version was used with another content before.
        """
        definition = form.as_data()
        known = self._connection.scalar(_definition(form.form_id, form.version))
        if known is None:
            self._connection.execute(
                insert(tables.assessment_form).values(
                    form_id=form.form_id,
                    version=form.version,
                    definition=definition,
                    first_used_at=at,
                )
            )
        elif form_from(known) != form:
            raise FormChangedSilently(form=form.label, version=form.version)

    def form_of(self, assessment: Assessment) -> AssessmentForm:
        """The form as it was when the assessment was filled in."""
        kept = self._connection.execute(
            _definition(assessment.form_id, assessment.form_version)
        ).scalar_one()
        return form_from(kept)


def _definition(form_id: str, version: int) -> Select[tuple[Any]]:
    f = tables.assessment_form.c
    return select(f.definition).where(f.form_id == form_id, f.version == version)


def _assessment(row: Row[tuple[object, ...]]) -> Assessment:
    return Assessment(**{**row._mapping, "recorded_at": moment(row.recorded_at)})
