"""Keeps what an account typed into a form and has not sent yet, sealed with the town's key, each tab for itself."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from kasane_kit import clock
from kasane_kit.db import seals_of
from kasane_kit.db.shredding import any_shredded, shredded_since
from kasane_kit.db.typed import DRAFTS, forget_typed, ids_in, kept_draft, marks_of, place_of_draft
from kasane_kit.keys import SealBroken

KEPT_FOR = timedelta(days=14)
MOST_PER_ACCOUNT = 200
LATE = timedelta(days=1)
"""For how long after the end of a record somebody looks whether a draft about it came in between."""

Typed = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class KeptDraft:
    """That something was typed into a form and when; what it was is opened only on demand."""

    id: str
    saved_at: datetime


class TooManyDrafts(Exception):
    """The account has as many drafts as are kept; nothing was kept of this one."""


class RecordIsOver(Exception):
    """What the form was about was destroyed at the end of its time; nothing was kept of this draft."""


class KeptDrafts:
    """The drafts of one account in one service of the open municipality; writing is committed by the caller.

    A row is written by one tab only, so two tabs never overwrite each other. A form that was saved leaves its row
    behind without content (``finish``), so that what a slow line brings later is not kept again.
    """

    def __init__(self, connection: Connection, account_id: str) -> None:
        self._connection = connection
        self._account_id = account_id

    def of_form(self, form: str) -> tuple[KeptDraft, ...]:
        """What this account has typed into the form and not sent, newest first."""
        rows = self._connection.execute(
            select(kept_draft.c.id, kept_draft.c.saved_at)
            .where(
                kept_draft.c.account_id == self._account_id,
                kept_draft.c.form == digest(form),
                kept_draft.c.done.is_(False),
                kept_draft.c.expires_at > clock.now(),
            )
            .order_by(kept_draft.c.saved_at.desc(), kept_draft.c.id)
        )
        return tuple(KeptDraft(row.id, _aware(row.saved_at)) for row in rows)

    def keep(self, draft_id: str, form: str, typed: Typed, typed_at: int) -> bool | None:
        """Keeps the present words of a tab; True when they are its first, None when its form was saved meanwhile.

        What was typed before the words that are kept already (``typed_at``, of the tab's own clock) changes nothing.

        Raises TooManyDrafts and RecordIsOver.
        """
        known = self._connection.execute(
            select(kept_draft.c.done, kept_draft.c.typed_at).where(self._is(draft_id))
        ).one_or_none()
        if known is not None and known.done:
            return None
        if known is not None and known.typed_at > typed_at:
            return False
        now = clock.now()
        values = {
            "form": digest(form),
            "sealed": self._seal(draft_id, typed),
            "typed_at": typed_at,
            "saved_at": now,
            "expires_at": now + KEPT_FOR,
            "done": False,
            "about": marks_of(ids_in(form)),
        }
        if known is not None:
            self._connection.execute(update(kept_draft).where(self._is(draft_id)).values(**values))
            return False
        if any_shredded(self._connection, ids_in(form)):
            raise RecordIsOver
        if self._count() >= MOST_PER_ACCOUNT:
            raise TooManyDrafts
        self._connection.execute(
            insert(kept_draft).values(account_id=self._account_id, id=draft_id, **values)
        )
        return True

    def typed(self, draft_id: str) -> Typed | None:
        """What was typed, in the order of the form; None when there is no such draft of this account."""
        row = self._connection.execute(
            select(kept_draft.c.sealed).where(
                self._is(draft_id),
                kept_draft.c.done.is_(False),
                kept_draft.c.expires_at > clock.now(),
            )
        ).one_or_none()
        return None if row is None else self._open(draft_id, row.sealed)

    def throw_away(self, draft_id: str) -> bool:
        """Forgets a draft; False when there was none."""
        gone = self._connection.execute(
            update(kept_draft)
            .where(self._is(draft_id), kept_draft.c.done.is_(False))
            .values(sealed="", done=True)
        )
        return gone.rowcount == 1

    def finish(self, draft_id: str) -> None:
        """The form was saved: its draft goes, and what is still on its way will not bring it back."""
        if self.throw_away(draft_id):
            return
        if self._connection.execute(select(kept_draft.c.id).where(self._is(draft_id))).first():
            return
        now = clock.now()
        self._connection.execute(
            insert(kept_draft).values(
                account_id=self._account_id,
                id=draft_id,
                form="",
                sealed="",
                typed_at=0,
                saved_at=now,
                expires_at=now + KEPT_FOR,
                done=True,
                about="",
            )
        )

    def _count(self) -> int:
        return int(
            self._connection.execute(
                select(func.count()).where(
                    kept_draft.c.account_id == self._account_id, kept_draft.c.done.is_(False)
                )
            ).scalar_one()
        )

    def _is(self, draft_id: str) -> ColumnElement[bool]:
        return (kept_draft.c.account_id == self._account_id) & (kept_draft.c.id == draft_id)

    def _seal(self, draft_id: str, typed: Typed) -> str:
        content = json.dumps([list(pair) for pair in typed]).encode()
        place = place_of_draft(self._account_id, draft_id)
        sealed = seals_of(self._connection).seal(self._connection, DRAFTS, content, place)
        return base64.b64encode(sealed).decode()

    def _open(self, draft_id: str, sealed: str) -> Typed | None:
        place = place_of_draft(self._account_id, draft_id)
        try:
            content = seals_of(self._connection).unseal(DRAFTS, base64.b64decode(sealed), place)
        except SealBroken:
            return None
        return [(name, value) for name, value in json.loads(content)]


def drop_expired(connection: Connection) -> tuple[str, ...]:
    """Deletes what has passed its time, of every account; returns the ids of those that still held words."""
    passed = kept_draft.c.expires_at <= clock.now()
    held = tuple(
        connection.scalars(select(kept_draft.c.id).where(passed, kept_draft.c.done.is_(False)))
    )
    connection.execute(delete(kept_draft).where(passed))
    return held


def has_passed(connection: Connection) -> bool:
    """Whether anything lies there whose time has passed, or whose record was destroyed lately."""
    passed = select(kept_draft.c.id).where(kept_draft.c.expires_at <= clock.now()).limit(1)
    return connection.scalar(passed) is not None or bool(_lately(connection))


def drop_late(connection: Connection) -> Sequence[str]:
    """Deletes what a slow line brought about a record while that was being destroyed; returns the drafts' ids."""
    return forget_typed(connection, _lately(connection))


def _lately(connection: Connection) -> frozenset[str]:
    return shredded_since(connection, clock.now() - LATE)


def digest(form: str) -> str:
    """A form's address as it is kept: it names records, so it is not kept in the open."""
    return hashlib.sha256(form.encode()).hexdigest()


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
