"""Keeps what entries are found by, written in the same transaction as the entry."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from secrets import randbits
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from kasane_resources import tables
from kasane_resources.domain.finding import Findable

AT_ONCE = 400


def new_mark() -> int:
    """A number that an entry has not had before, so that what is remembered of it is known to be old."""
    return randbits(31)


def keep_findable(connection: Connection, entries: Sequence[Findable]) -> None:
    """Writes anew what these entries are found by; an entry keeps its number."""
    f = tables.finding.c
    for start in range(0, len(entries), AT_ONCE):
        part = entries[start : start + AT_ONCE]
        ids = [one.human_service_id for one in part]
        known = set(
            connection.scalars(select(f.human_service_id).where(f.human_service_id.in_(ids)))
        )
        rows = [one.values() | {"mark": new_mark()} for one in part]
        fresh = [row for row in rows if row["human_service_id"] not in known]
        old = [
            {f"_{name}": value for name, value in row.items()}
            for row in rows
            if row["human_service_id"] in known
        ]
        if fresh:
            connection.execute(insert(tables.finding), fresh)
        if old:
            connection.execute(
                update(tables.finding)
                .where(f.human_service_id == bindparam("_human_service_id"))
                .values({name: bindparam(f"_{name}") for name in rows[0]}),
                old,
            )
        _keep_areas(connection, part, bool(old))
        _keep_openings(connection, part, bool(old))


def _keep_areas(connection: Connection, entries: Sequence[Findable], known: bool) -> None:
    link = tables.finding_area
    wanted = [one for one in entries if one.area_words or known]
    if not wanted:
        return
    numbers = _numbers(connection, wanted)
    if known:
        connection.execute(delete(link).where(link.c.number.in_(numbers.values())))
    words = _word_ids(connection, {word for one in wanted for word in one.area_words})
    rows = list(_links(wanted, numbers, words))
    if rows:
        connection.execute(insert(link), rows)


def _keep_openings(connection: Connection, entries: Sequence[Findable], known: bool) -> None:
    wanted = [one for one in entries if one.further or known]
    if not wanted:
        return
    numbers = _numbers(connection, wanted)
    if known:
        of_these = tables.opening.c.number.in_(numbers.values())
        connection.execute(delete(tables.opening).where(of_these))
    rows = [
        row | {"number": numbers[one.human_service_id]}
        for one in wanted
        for row in one.further_values()
    ]
    if rows:
        connection.execute(insert(tables.opening), rows)


def _numbers(connection: Connection, entries: Sequence[Findable]) -> Mapping[str, int]:
    f = tables.finding.c
    ids = [one.human_service_id for one in entries]
    statement = select(f.human_service_id, f.number).where(f.human_service_id.in_(ids))
    return dict(connection.execute(statement).all())


def _links(
    entries: Iterable[Findable], numbers: Mapping[str, int], words: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    for one in entries:
        for word in dict.fromkeys(one.area_words):
            yield {"area_word_id": words[word], "number": numbers[one.human_service_id]}


def _word_ids(connection: Connection, wanted: set[str]) -> Mapping[str, int]:
    w = tables.area_word.c
    statement = select(w.word, w.id).where(w.word.in_(wanted))
    found = dict(connection.execute(statement).all())
    if new := sorted(wanted - set(found)):
        connection.execute(insert(tables.area_word), [{"word": word} for word in new])
        found = dict(connection.execute(statement).all())
    return found
