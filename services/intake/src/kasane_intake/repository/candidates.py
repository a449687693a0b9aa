"""Keeps for a day whose records were shown as candidates on which form."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, DateTime, bindparam, delete, select, text

from kasane_intake import tables

KEPT_FOR = timedelta(days=1)


class ShownCandidates:
    """What accounts of the open municipality were shown; a form that stays open longer is a new look."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, account_id: str, form: str, person_ids: Collection[str], now: datetime) -> bool:
        """Whether all of these were shown to the account on this form in the last day."""
        s = tables.shown_candidate.c
        found = self._connection.scalars(
            select(s.person_id).where(
                s.account_id == account_id,
                s.form == form,
                s.person_id.in_(person_ids),
                s.at >= now - KEPT_FOR,
            )
        )
        return set(person_ids) <= set(found)

    def add(
        self, account_id: str, form: str, person_ids: Sequence[str], now: datetime
    ) -> tuple[str, ...]:
        """Remembers them; those that were not shown before, however many pages ask at once."""
        places = ", ".join(
            f"(:account_id, :form, :p{place}, :now)" for place in range(len(person_ids))
        )
        written = self._connection.execute(
            text(
                "INSERT INTO intake_shown_candidate (account_id, form, person_id, at) "
                f"VALUES {places} ON CONFLICT (account_id, form, person_id) "
                "DO UPDATE SET at = excluded.at WHERE intake_shown_candidate.at < :oldest "
                "RETURNING person_id"
            ).bindparams(
                bindparam("now", now, type_=DateTime(timezone=True)),
                bindparam("oldest", now - KEPT_FOR, type_=DateTime(timezone=True)),
                account_id=account_id,
                form=form,
                **{f"p{place}": person_id for place, person_id in enumerate(person_ids)},
            )
        )
        fresh = set(written.scalars())
        return tuple(person_id for person_id in person_ids if person_id in fresh)

    def forget_before(self, now: datetime) -> None:
        """Deletes what is older than a day; the trail keeps its lines."""
        s = tables.shown_candidate
        self._connection.execute(delete(s).where(s.c.at < now - KEPT_FOR))
