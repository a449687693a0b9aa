"""Finds consultations by name in any spelling, reading, telephone, receipt number, birth date or words of the story."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    false,
    literal_column,
    or_,
    select,
)

from kasane_intake import tables
from kasane_intake.domain.search import (
    FoundBy,
    SearchQuery,
    answers,
    findable,
    found_by,
    grams_to_find,
    has_every_word,
    read_query,
    terms_of,
)
from kasane_intake.queries.consultations import CLOSED, ConsultationLine, lines_of
from kasane_intake.repository import Consultations, ProtectedPersons, withheld
from kasane_intake.repository.told import told_to
from kasane_intake.repository.visibility import visible_to
from kasane_kit.auth import Actor
from kasane_kit.db import TagMaker, has_tags, stored_text, tags_in
from kasane_kit.web.dates import NotADate, parse_date

FOUND_AT_MOST = 50
# So many of the newest are looked through; only what is rarer is worth a look into the index.
NEWEST_READ = 2000
LAST_SIGN = "\U0010ffff"
# One consultation may have a term for as many reasons.
KINDS = len(FoundBy)


@dataclass(frozen=True)
class FoundConsultation:
    """One consultation of an answer, with why it was found. No address, no telephone number."""

    line: ConsultationLine
    why: tuple[FoundBy, ...]


@dataclass(frozen=True)
class SearchAnswer:
    """What was found, best first; ``more`` tells that the words could be narrowed."""

    found: tuple[FoundConsultation, ...]
    more: bool


def search(
    connection: Connection,
    viewer: Actor,
    typed: str,
    *,
    status: str = "",
    most: int = FOUND_AT_MOST,
) -> SearchAnswer:
    """Consultations open to the viewer in which every word is found: whole names and numbers first, then newest."""
    query = read_query(typed, _dates(typed))
    if not query.asks:
        return SearchAnswer((), False)
    state = _in_state(status)
    wanted = most + 1
    while True:
        ids = _ids(connection, viewer, state, query, wanted)
        terms = _terms(connection, viewer, query, ids)
        if len(terms) > most or len(ids) < wanted:
            break
        # Some were found only by whom the viewer is not told: what lies behind them is not lost.
        wanted *= 4
    shown = list(terms)[: most + 1]
    reasons = {i: found_by(query, terms[i]) for i in shown}
    lines = {line.id: line for line in lines_of(connection, viewer, shown)}
    ranked = sorted(
        (FoundConsultation(lines[i], reasons[i]) for i in shown),
        key=lambda one: (
            min(list(FoundBy).index(why) for why in one.why),
            -one.line.received_at.timestamp(),
            one.line.id,
        ),
    )
    return SearchAnswer(tuple(ranked[:most]), len(terms) > most)


def _ids(
    connection: Connection, viewer: Actor, state: ColumnElement[bool], query: SearchQuery, most: int
) -> list[str]:
    ids = dict.fromkeys(_by_term(connection, viewer, state, query, most))
    if len(ids) < most:
        ids.update(dict.fromkeys(_not_tagged_yet(connection, viewer, state, query, most)))
        makers = tuple(tags_in(connection, tables.search_text))
        ids.update(dict.fromkeys(_in_newest(connection, viewer, state, query, makers, most)))
        if len(ids) < most:
            ids.update(dict.fromkeys(_anywhere(connection, viewer, state, query, makers, most)))
    return list(ids)[:most]


def _terms(
    connection: Connection, viewer: Actor, query: SearchQuery, ids: Sequence[str]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Those of the consultations that what the viewer may read of them answers, each with its terms.

    Nobody finds a consultation by a person they are not told about (I-07) or by a telephone that is hidden (I-10).
    """
    t, p = tables.search_term.c, tables.person_concerned.c
    told, in_part = told_to(connection, viewer, ids), set()
    people = connection.execute(
        select(p.id, p.consultation_id).where(p.consultation_id.in_(ids))
    ).all()
    hidden = ProtectedPersons(connection).among([row.id for row in people])
    for person_id, consultation_id in people:
        silent = person_id in hidden and hidden[person_id].phone_too
        if silent or not told.of(consultation_id, person_id):
            in_part.add(consultation_id)
    terms: dict[str, list[tuple[str, str]]] = {i: [] for i in ids}
    for row in connection.execute(
        select(t.consultation_id, t.kind, t.term).where(t.consultation_id.in_(ids))
    ):
        terms[row.consultation_id].append((row.kind, row.term))
    found = {i: tuple(terms[i]) for i in ids}
    opened = {whole.id: whole for whole in Consultations(connection).several(in_part)}
    for i in in_part:
        whole = opened.get(i)
        if whole is None:
            del found[i]
            continue
        known = replace(
            findable(whole),
            persons=told.only(i, withheld(whole.persons, hidden)),
            story=told.story(i, whole.shared_story, whole.persons),
        )
        if answers(query, known):
            found[i] = terms_of(known)
        else:
            del found[i]
    return found


def _by_term(
    connection: Connection, viewer: Actor, state: ColumnElement[bool], query: SearchQuery, most: int
) -> Sequence[str]:
    """Those of whom the whole query is a name, reading, number or date; then those whose term begins with it.

    Read in the order of the index and no further than needed, so that a frequent name costs no more than a rare one.
    """
    t, c = tables.search_term.c, tables.consultation.c
    ids: dict[str, None] = {}
    for exact in (True, False):
        for form in query.whole:
            near = (
                select(t.term, t.consultation_id)
                .where(t.term == form if exact else and_(t.term > form, t.term < form + LAST_SIGN))
                .order_by(t.term.desc(), t.consultation_id.desc())
                .limit(NEWEST_READ)
                .subquery()
            )
            if len(ids) < most:
                found = connection.scalars(
                    select(near.c.consultation_id)
                    .join(tables.consultation, c.id == near.c.consultation_id)
                    .where(visible_to(viewer), state)
                    .order_by(near.c.term.desc(), near.c.consultation_id.desc())
                    .limit(KINDS * most)
                )
                ids.update(dict.fromkeys(found))
    return list(ids)


def _in_newest(
    connection: Connection,
    viewer: Actor,
    state: ColumnElement[bool],
    query: SearchQuery,
    makers: Sequence[TagMaker],
    most: int,
) -> list[str]:
    """Those among the newest texts that contain every word; enough for words that many texts have."""
    x = tables.search_text.c
    newest = (
        select(*_hit(x), x.tags, x.tag_version)
        .order_by(x.received_at.desc(), x.consultation_id.desc())
        .limit(NEWEST_READ)
        .subquery()
    )
    hits = (
        select(*_hit(newest.c)).where(_may_contain(connection, newest.c, query, makers)).subquery()
    )
    return _opened(connection, viewer, state, query, hits, most)


def _anywhere(
    connection: Connection,
    viewer: Actor,
    state: ColumnElement[bool],
    query: SearchQuery,
    makers: Sequence[TagMaker],
    most: int,
) -> list[str]:
    """Those anywhere that contain every word: PostgreSQL by its index of tags, SQLite by reading the tags."""
    x = tables.search_text.c
    hits = (
        select(*_hit(x))
        .where(_may_contain(connection, x, query, makers))
        .cte("hits")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return _opened(connection, viewer, state, query, hits, most)


def _not_tagged_yet(
    connection: Connection, viewer: Actor, state: ColumnElement[bool], query: SearchQuery, most: int
) -> list[str]:
    """Those that a release before this one wrote and nobody has tagged yet; their texts are plain."""
    x = tables.search_text.c
    text = stored_text(x.text)
    hits = (
        select(*_hit(x))
        .where(
            x.tag_version == 0,
            *(or_(*(text.contains(f, autoescape=True) for f in w.forms)) for w in query.words),
        )
        .subquery()
    )
    return _opened(connection, viewer, state, query, hits, most)


def _opened(
    connection: Connection,
    viewer: Actor,
    state: ColumnElement[bool],
    query: SearchQuery,
    hits: FromClause,
    most: int,
) -> list[str]:
    """The newest of the hits whose text, opened, has every word: tags may agree where words do not."""
    x, c = tables.search_text.c, tables.consultation.c
    found: list[str] = []
    last: ColumnElement[bool] = literal_column("1") == 1
    while len(found) < most:
        near = (
            select(hits.c.consultation_id)
            .join(tables.consultation, c.id == hits.c.consultation_id)
            .where(visible_to(viewer), state, last)
            .order_by(hits.c.received_at.desc(), hits.c.consultation_id.desc())
            .limit(most)
        )
        rows = connection.execute(
            select(x.consultation_id, x.received_at, x.text)
            .where(x.consultation_id.in_(near))
            .order_by(x.received_at.desc(), x.consultation_id.desc())
        ).all()
        found += [row.consultation_id for row in rows if has_every_word(row.text, query)]
        if len(rows) < most:
            break
        end = rows[-1]
        last = or_(
            hits.c.received_at < end.received_at,
            and_(
                hits.c.received_at == end.received_at, hits.c.consultation_id < end.consultation_id
            ),
        )
    return found[:most]


def _may_contain(
    connection: Connection, row: Any, query: SearchQuery, makers: Sequence[TagMaker]
) -> ColumnElement[bool]:
    """Whether a row has the tags of every word, under whichever version of the town's key they were made."""
    return or_(
        false(),
        *(
            and_(
                row.tag_version == maker.version,
                *(
                    or_(
                        *(
                            has_tags(connection, row.tags, maker.of(grams_to_find(form)))
                            for form in word.forms
                        )
                    )
                    for word in query.words
                ),
            )
            for maker in makers
        ),
    )


def _hit(row: Any) -> tuple[Any, Any]:
    return row.consultation_id, row.received_at


def _in_state(status: str) -> ColumnElement[bool]:
    c = tables.consultation.c
    if status == "open":
        return c.status.not_in(CLOSED)
    return c.status == status if status else literal_column("1") == 1


def _dates(typed: str) -> dict[str, date]:
    """Which of the words, and the whole without spaces, are dates."""
    found = {}
    for word in (*typed[:200].split(), "".join(typed[:200].split())):
        try:
            found[word] = parse_date(word)
        except NotADate:
            continue
    return found
