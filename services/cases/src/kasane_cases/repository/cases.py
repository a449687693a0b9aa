"""Loads and saves whole cases with their households and persons."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, delete, insert, or_, select, text, update

from kasane_cases import tables
from kasane_cases.domain.case import ENDED, Case, CaseStatus, Episode
from kasane_cases.domain.errors import CaseNotFound, ChangedMeanwhile
from kasane_cases.domain.household import Household, Membership, Person
from kasane_cases.repository.rows import columns

# The day of the last contact is written by itself, so that saving a case never takes it back.
_NOT_COLUMNS = ("household", "persons", "last_contact_on")


class Cases:
    """The cases of the open municipality; rights are checked by ``enter`` before."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_number(self, day: date) -> str:
        """The next case number of a fiscal year, for example ``C2026-0012``; never given twice."""
        year = fiscal_year(day)
        last = self._connection.scalar(
            text(
                "INSERT INTO cases_counter (year, last) VALUES (:year, 1) "
                "ON CONFLICT (year) DO UPDATE SET last = cases_counter.last + 1 RETURNING last"
            ),
            {"year": year},
        )
        return f"C{year}-{last:04d}"

    def get(self, case_id: str) -> Case:
        """The case; raises CaseNotFound."""
        row = self._connection.execute(
            select(tables.case).where(tables.case.c.id == case_id)
        ).one_or_none()
        if row is None:
            raise CaseNotFound
        values = dict(row._mapping)
        household_id = values.pop("household_id")
        memberships = self._memberships(household_id)
        return Case(
            **{
                **values,
                "status": CaseStatus(values["status"]),
                "categories": tuple(values["categories"]),
            },
            household=Household(household_id, memberships),
            persons=self._persons(m.person_id for m in memberships),
        )

    def add(self, case: Case) -> None:
        """Saves a new case with its household, and the persons who are not on file yet."""
        known = {person.id for person in self._persons(person.id for person in case.persons)}
        self._connection.execute(insert(tables.household).values(id=case.household.id))
        for person in case.persons:
            if person.id not in known:
                self.add_person(person)
        self._add_memberships(case.household)
        self._connection.execute(insert(tables.case).values(**_columns(case)))

    def add_person(self, person: Person) -> None:
        """Saves a person who is not on file yet."""
        self._connection.execute(insert(tables.person).values(**columns(person)))

    def save_person(self, person: Person) -> None:
        """Saves what is known of a person, for every household that they belong to."""
        self._connection.execute(
            update(tables.person).where(tables.person.c.id == person.id).values(**columns(person))
        )

    def find_person(self, person_id: str) -> Person | None:
        """A person on file, or None."""
        return next(iter(self._persons([person_id])), None)

    def of_person(self, person_id: str) -> tuple[str, ...]:
        """The cases of every household that a person belongs to or belonged to."""
        m, c = tables.membership.c, tables.case.c
        rows = self._connection.scalars(
            select(c.id)
            .join(tables.membership, m.household_id == c.household_id)
            .where(m.person_id == person_id)
            .distinct()
            .order_by(c.id)
        )
        return tuple(rows)

    def where_they_live(self, person_ids: Sequence[str], today: date) -> dict[str, tuple[str, ...]]:
        """The open cases of the households to which the persons belong on a day, each with those persons."""
        m, c = tables.membership.c, tables.case.c
        rows = self._connection.execute(
            select(c.id, m.person_id)
            .join(tables.membership, m.household_id == c.household_id)
            .where(
                m.person_id.in_(person_ids),
                m.valid_from <= today,
                or_(m.valid_to.is_(None), m.valid_to >= today),
                c.status.not_in([one.value for one in ENDED]),
            )
            .distinct()
            .order_by(c.id, m.person_id)
        )
        found: dict[str, tuple[str, ...]] = {}
        for row in rows:
            found[row.id] = (*found.get(row.id, ()), row.person_id)
        return found

    def led_by(self, lead: str) -> tuple[str, ...]:
        """The cases that somebody is in charge of, open or ended."""
        c = tables.case.c
        return tuple(self._connection.scalars(select(c.id).where(c.lead == lead).order_by(c.id)))

    def leave_without_lead(self, case_id: str) -> None:
        """Nobody is in charge any more; whoever is editing the case has to read it again."""
        c = tables.case.c
        self._connection.execute(
            update(tables.case).where(c.id == case_id).values(lead="", version=c.version + 1)
        )

    def open_among(self, case_ids: Iterable[str]) -> dict[str, bool]:
        """Those of the cases that are being worked on, and whether they are kept to a named team."""
        c = tables.case.c
        rows = self._connection.execute(
            select(c.id, c.restricted).where(
                c.id.in_(list(case_ids)), c.status.not_in([one.value for one in ENDED])
            )
        )
        return {row.id: row.restricted for row in rows}

    def save_household(self, household: Household) -> None:
        """Saves the memberships of a household; call ``save`` for its case as well."""
        m = tables.membership.c
        self._connection.execute(delete(tables.membership).where(m.household_id == household.id))
        self._add_memberships(household)

    def contact_made(self, case_id: str, day: date) -> None:
        """Notes the last day on which somebody was in touch with the household."""
        self._connection.execute(
            update(tables.case).where(tables.case.c.id == case_id).values(last_contact_on=day)
        )

    def save(self, case: Case, read_version: int | None = None) -> None:
        """Saves a changed case; raises ChangedMeanwhile when its version is not the one read."""
        expected = case.version if read_version is None else read_version
        case.version = expected + 1
        saved = self._connection.execute(
            update(tables.case)
            .where(tables.case.c.id == case.id, tables.case.c.version == expected)
            .values(**_columns(case))
        )
        if saved.rowcount != 1:
            raise ChangedMeanwhile

    def end_memberships(self, household_id: str, person_ids: Iterable[str], day: date) -> None:
        """The persons belong to the household until the day and no longer."""
        m = tables.membership.c
        self._connection.execute(
            update(tables.membership)
            .where(
                m.household_id == household_id,
                m.person_id.in_(list(person_ids)),
                m.valid_to.is_(None),
            )
            .values(valid_to=day)
        )

    def keep_episode(self, case: Case) -> None:
        """Keeps how the episode that has just ended was evaluated."""
        self._connection.execute(
            insert(tables.episode).values(
                case_id=case.id,
                number=case.episode,
                opened_on=case.episode_opened_on or case.opened_on,
                closed_on=case.closed_on,
                outcome=case.closing_outcome,
                evaluation=case.evaluation,
                next_contact=case.next_contact,
            )
        )

    def episodes(self, case_id: str) -> tuple[Episode, ...]:
        """The ended episodes of a case, oldest first."""
        e = tables.episode.c
        rows = self._connection.execute(
            select(tables.episode).where(e.case_id == case_id).order_by(e.number)
        )
        return tuple(Episode(**row._mapping) for row in rows)

    def _add_memberships(self, household: Household) -> None:
        self._connection.execute(
            insert(tables.membership),
            [
                {"household_id": household.id, "position": position, **columns(membership)}
                for position, membership in enumerate(household.memberships)
            ],
        )

    def _memberships(self, household_id: str) -> tuple[Membership, ...]:
        m = tables.membership.c
        rows = self._connection.execute(
            select(m.person_id, m.relation, m.valid_from, m.valid_to, m.householder)
            .where(m.household_id == household_id)
            .order_by(m.position, m.valid_from)
        )
        return tuple(Membership(*row) for row in rows)

    def _persons(self, person_ids: Iterable[str]) -> tuple[Person, ...]:
        wanted = list(dict.fromkeys(person_ids))
        rows = self._connection.execute(select(tables.person).where(tables.person.c.id.in_(wanted)))
        found = {row.id: Person(**row._mapping) for row in rows}
        return tuple(found[person_id] for person_id in wanted if person_id in found)


def fiscal_year(day: date) -> int:
    """The fiscal year of a day: it begins in April."""
    return day.year if day.month >= 4 else day.year - 1


def _columns(case: Case) -> dict[str, object]:
    return {**columns(case, *_NOT_COLUMNS), "household_id": case.household.id}
