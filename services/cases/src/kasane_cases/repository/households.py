"""Loads and saves how households changed, who cares for whom, and protected addresses."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from kasane_cases import tables
from kasane_cases.domain.address_protection import AddressProtection, ProtectedReader
from kasane_cases.domain.case import ENDED
from kasane_cases.domain.household import CareTie, HouseholdStep, HouseholdStepKind, PersonThen
from kasane_cases.repository.rows import as_utc, columns, moment
from kasane_kit import clock


class HouseholdSteps:
    """The steps of the households of the open municipality; none is ever removed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, step: HouseholdStep) -> None:
        """Adds a step and marks the one that it takes back."""
        self._connection.execute(
            insert(tables.household_step).values(
                **columns(step, "persons"), persons=[vars(one) for one in step.persons]
            )
        )
        if step.undoes:
            s = tables.household_step.c
            self._connection.execute(
                update(tables.household_step).where(s.id == step.undoes).values(undone_by=step.id)
            )

    def of_case(self, case_id: str) -> tuple[HouseholdStep, ...]:
        """Every step out of a case or into it, newest first."""
        s = tables.household_step.c
        rows = self._connection.execute(
            select(tables.household_step)
            .where(or_(s.case_id == case_id, s.other_case_id == case_id))
            .order_by(s.recorded_at.desc(), s.id.desc())
        )
        return tuple(_step(row) for row in rows)


class CareTies:
    """Who cares for whom, in the open municipality."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, tie: CareTie) -> None:
        """Saves a new tie."""
        self._connection.execute(insert(tables.care_tie).values(**columns(tie)))

    def of_case(self, case_id: str) -> tuple[CareTie, ...]:
        """The ties of a case that did not end, oldest first."""
        c = tables.care_tie.c
        rows = self._connection.execute(
            select(tables.care_tie).where(c.case_id == case_id, c.ended_on.is_(None)).order_by(c.id)
        )
        return tuple(CareTie(**row._mapping) for row in rows)

    def end(self, case_id: str, tie_id: str, day: date) -> bool:
        """Ends a tie; False when there is none."""
        c = tables.care_tie.c
        ended = self._connection.execute(
            update(tables.care_tie)
            .where(c.id == tie_id, c.case_id == case_id, c.ended_on.is_(None))
            .values(ended_on=day)
        )
        return ended.rowcount == 1


class Protections:
    """The protected addresses of the open municipality and who may read them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, protection: AddressProtection) -> None:
        """Saves a new term."""
        self._connection.execute(insert(tables.address_protection).values(**columns(protection)))

    def running(self, person_id: str) -> AddressProtection | None:
        """The latest term of a person that nobody ended, or None."""
        terms = [one for one in self.of_persons([person_id]) if one.ended_on is None]
        return terms[-1] if terms else None

    def of_persons(self, person_ids: Iterable[str]) -> tuple[AddressProtection, ...]:
        """Every term of the persons, oldest first."""
        p = tables.address_protection.c
        rows = self._connection.execute(
            select(tables.address_protection)
            .where(p.person_id.in_(list(person_ids)))
            .order_by(p.from_on, p.id)
        )
        return tuple(
            AddressProtection(**{**row._mapping, "recorded_at": moment(row.recorded_at)})
            for row in rows
        )

    def renewable(self, today: date) -> tuple[AddressProtection, ...]:
        """The running terms that may be renewed already, the first to end first."""
        near = self.ending(today + timedelta(days=31))
        return tuple(term for term in near if term.renewal_due(today))

    def ending(self, until: date) -> tuple[AddressProtection, ...]:
        """The running terms that end by a day and that no later one follows, the first to end first."""
        p = tables.address_protection.c
        rows = self._connection.execute(
            select(tables.address_protection)
            .where(p.ended_on.is_(None), p.until_on <= until, ~followed())
            .order_by(p.until_on, p.id)
        )
        return tuple(
            AddressProtection(**{**row._mapping, "recorded_at": moment(row.recorded_at)})
            for row in rows
        )

    def asked_in(self, term_id: str, today: date) -> str:
        """The case in which the renewal of a term is asked for, as ``case_asked_in`` finds it."""
        p = tables.address_protection.c
        return str(self._connection.scalar(select(case_asked_in(today)).where(p.id == term_id)))

    def end(self, person_id: str, day: date, reason: str) -> None:
        """Ends every running term of a person."""
        p = tables.address_protection.c
        self._connection.execute(
            update(tables.address_protection)
            .where(p.person_id == person_id, p.ended_on.is_(None))
            .values(ended_on=day, end_reason=reason)
        )

    def admit(self, reader: ProtectedReader) -> None:
        """Lets somebody read a protected address."""
        self._connection.execute(insert(tables.protected_reader).values(**columns(reader)))

    def taken_in_emergency(self, account_id: str, today: date) -> int:
        """How often the account opened a protected address by itself today."""
        r = tables.protected_reader.c
        return (
            self._connection.scalar(
                select(func.count()).where(
                    r.account_id == account_id,
                    r.emergency.is_(True),
                    r.given_at >= datetime.combine(today, time(), clock.JAPAN).astimezone(UTC),
                )
            )
            or 0
        )

    def end_reader(self, person_ids: Iterable[str], reader_id: str, at: datetime) -> bool:
        """Ends one admission; False when there is none running."""
        r = tables.protected_reader.c
        ended = self._connection.execute(
            update(tables.protected_reader)
            .where(r.id == reader_id, r.person_id.in_(list(person_ids)), r.ended_at.is_(None))
            .values(ended_at=at)
        )
        return ended.rowcount == 1

    def end_of_account(self, account_id: str, at: datetime) -> tuple[str, ...]:
        """Ends every admission of an account; returns the persons."""
        r = tables.protected_reader.c
        mine = and_(r.account_id == account_id, or_(r.ended_at.is_(None), r.ended_at > at))
        persons = self._connection.scalars(select(r.person_id).where(mine).distinct()).all()
        self._connection.execute(update(tables.protected_reader).where(mine).values(ended_at=at))
        return tuple(persons)

    def readers(self, person_ids: Iterable[str], today: date) -> tuple[ProtectedReader, ...]:
        """Who may read the protected addresses of the persons today, oldest first."""
        r = tables.protected_reader.c
        rows = self._connection.execute(
            select(tables.protected_reader)
            .where(
                r.person_id.in_(list(person_ids)),
                or_(r.ended_at.is_(None), r.ended_at > clock.now()),
                or_(r.valid_to.is_(None), r.valid_to >= today),
            )
            .order_by(r.given_at, r.id)
        )
        return tuple(
            ProtectedReader(
                **{
                    **row._mapping,
                    "given_at": moment(row.given_at),
                    "ended_at": as_utc(row.ended_at),
                }
            )
            for row in rows
        )

    def open_to(self, account_id: str, person_ids: Iterable[str], today: date) -> frozenset[str]:
        """The persons whose protected address this account may read today."""
        readers = self.readers(person_ids, today)
        return frozenset(one.person_id for one in readers if one.account_id == account_id)


def followed() -> ColumnElement[bool]:
    """The condition on a term of a protected address that a later one of the person runs."""
    p, later = tables.address_protection.c, tables.address_protection.alias()
    return exists().where(
        later.c.person_id == p.person_id,
        later.c.ended_on.is_(None),
        later.c.until_on > p.until_on,
    )


def case_asked_in(today: date) -> ColumnElement[str]:
    """Of a term of a protected address: the case of the household where the person lives today.

    The open one where there are two, and of those the one that wrote the term down; that one too for who lives in none.
    """
    p, home = tables.address_protection.c, tables.case.alias()
    ended = home.c.status.in_([status.value for status in ENDED])
    here = _lives_in(home, today).where(home.c.id == p.case_id, ~ended)
    elsewhere = _lives_in(home, today).order_by(
        ended, tables.membership.c.valid_from.desc(), home.c.id
    )
    found = [
        one.limit(1).correlate(tables.address_protection).scalar_subquery()
        for one in (here, elsewhere)
    ]
    return func.coalesce(*found, p.case_id)


def _lives_in(home: FromClause, today: date) -> Select[tuple[str]]:
    p, m = tables.address_protection.c, tables.membership.c
    return (
        select(home.c.id)
        .join(tables.membership, m.household_id == home.c.household_id)
        .where(
            m.person_id == p.person_id,
            m.valid_from <= today,
            or_(m.valid_to.is_(None), m.valid_to >= today),
        )
    )


def _step(row: Row[tuple[object, ...]]) -> HouseholdStep:
    values = dict(row._mapping)
    return HouseholdStep(
        **{
            **values,
            "kind": HouseholdStepKind(values["kind"]),
            "persons": tuple(PersonThen(**one) for one in values["persons"]),
            "in_both": tuple(values["in_both"]),
            "recorded_at": moment(values["recorded_at"]),
        }
    )
