"""Remembers which submission made which object, and what was typed and not sent yet; forgets both with their record.

What was typed lies sealed under the town's key and not under the record's, so the end of a record has to find it: every
draft carries marks of the ids that the address of its form names.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    select,
)

from kasane_kit.db.under_town_key import UnderTownKey
from kasane_kit.tenancy import current_municipality

metadata = MetaData()

idempotency_key = Table(
    "idempotency_key",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("account_id", String(64), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("object_id", String(64), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
kept_draft = Table(
    "kept_draft",
    metadata,
    Column("account_id", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("form", String(64), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("typed_at", BigInteger, nullable=False),
    Column("saved_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("done", Boolean, nullable=False),
    Column("about", Text, nullable=False),
)

MOST_IDS = 40
DRAFTS = "drafts"
"""What the town's key seals what was typed for."""
AT_ONCE = 500
_WORD = re.compile(r"[0-9A-Za-z_-]+")
_OF_AN_ID = re.compile(r"[0-9-]")


def place_of_draft(account_id: str, draft_id: str) -> str:
    """Where the seal of a draft of the open municipality belongs: it opens nowhere else."""
    return f"{current_municipality()}|{account_id}|{draft_id}"


KEPT_DRAFTS = UnderTownKey(kept_draft.c.sealed, DRAFTS, ("account_id", "id"), place_of_draft)


def ids_in(form: str) -> frozenset[str]:
    """What in the address of a form may be the id of a record; the words of an address are no ids."""
    words = (word for word in _WORD.findall(form) if _OF_AN_ID.search(word) and len(word) <= 64)
    return frozenset(sorted(words)[:MOST_IDS])


def marks_of(ids: Iterable[str]) -> str:
    """The ids as a draft keeps them: nobody reads of whom it is, and who knows an id finds it."""
    return " ".join(sorted(map(_mark, ids)))


def forget_typed(connection: Connection, ids: Iterable[str]) -> Sequence[str]:
    """Deletes every account's drafts about these ids and the digests of what was sent for them; the caller commits.

    Returns the ids of the drafts.
    """
    ids = frozenset(ids)
    drafts = _drafts_about(connection, ids)
    for account_id, draft_id in drafts:
        connection.execute(
            delete(kept_draft).where(
                kept_draft.c.account_id == account_id, kept_draft.c.id == draft_id
            )
        )
    for some in _some(ids):
        connection.execute(delete(idempotency_key).where(idempotency_key.c.object_id.in_(some)))
    return tuple(draft_id for _account_id, draft_id in drafts)


def typed_about(connection: Connection, ids: Iterable[str]) -> Mapping[str, int]:
    """How many drafts and digests about these ids there are, by table; empty when there is none."""
    ids = frozenset(ids)
    sent = sum(
        connection.scalar(select(func.count()).where(idempotency_key.c.object_id.in_(some))) or 0
        for some in _some(ids)
    )
    found = {kept_draft.name: len(_drafts_about(connection, ids)), idempotency_key.name: sent}
    return {name: count for name, count in found.items() if count}


def _drafts_about(connection: Connection, ids: frozenset[str]) -> Sequence[tuple[str, str]]:
    marks = set(map(_mark, ids))
    rows = connection.execute(
        select(kept_draft.c.account_id, kept_draft.c.id, kept_draft.c.about).where(
            kept_draft.c.about != ""
        )
    )
    return [(row.account_id, row.id) for row in rows if not marks.isdisjoint(row.about.split())]


def _mark(record_id: str) -> str:
    return hashlib.sha256(record_id.encode()).hexdigest()[:32]


def _some(ids: frozenset[str]) -> Iterable[Sequence[str]]:
    listed = sorted(ids)
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))
