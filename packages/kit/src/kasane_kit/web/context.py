"""Gives a view what it works with: the actor, the unit of work, a connection for reading, the town's hooks, words."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, Any, cast

from flask import current_app, g, request
from sqlalchemy import Connection, delete, select

from kasane_contracts.glossary import glossary
from kasane_kit import clock
from kasane_kit.auth import Actor
from kasane_kit.db import write_later
from kasane_kit.db.typed import idempotency_key
from kasane_kit.ids import new_id
from kasane_kit.plugins import MisconfiguredTown, PluginFailed
from kasane_kit.service import Service
from kasane_kit.strings import Strings
from kasane_kit.tenancy import HOST, Town, current_municipality
from kasane_kit.unit_of_work import Cause, House, UnitOfWork
from kasane_kit.web.errors import Refusal

EXTENSION = "kasane"
SUBMISSION_FIELD = "submission"
LONGEST_VERSION = 9


def this_service() -> Service:
    """The service whose application is running."""
    return cast(Service, current_app.extensions[EXTENSION]["service"])


def this_house() -> House:
    """What the process has."""
    return cast(House, current_app.extensions[EXTENSION]["house"])


def typed_version(field: str = "version") -> int:
    """The version of the record that the sent form was made from; 0, which no record has, where it names none."""
    typed = request.form.get(field, "")
    known = typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_VERSION
    return int(typed) if known else 0


def strings() -> Strings:
    """The sentences of this service."""
    return cast(Strings, current_app.extensions[EXTENSION]["strings"])


def language() -> str:
    """Japanese, unless a program asks an API in English."""
    if "/api/" in request.path and request.accept_languages.best_match(["ja", "en"], "ja") == "en":
        return "en"
    return "ja"


def text(key: str, **facts: Any) -> str:
    """A sentence of this service for the present reader."""
    return strings().text(key, language(), **facts)


def text_of_a_page() -> Callable[..., str]:
    """``text`` for who asks it a hundred times in one piece: the reader is looked at once."""
    return partial(strings().text, language=language())


def term(term_id: str) -> str:
    """The town's own word for a term, else the glossary's."""
    if "kasane_terms" not in g:
        g.kasane_terms = _words_of_town()
    words: dict[str, str] = g.kasane_terms
    if term_id in words:
        return words[term_id]
    entry = glossary()[term_id]
    return entry.en if language() == "en" else entry.ja


def _words_of_town() -> dict[str, str]:
    """The town's own words; none where its plugins cannot answer, so that the page saying so can be shown."""
    if current_or_none() in (None, HOST):
        return {}
    try:
        return dict(hooks().town_terms(on=clock.today()))
    except (MisconfiguredTown, PluginFailed):
        return {}


def current_or_none() -> str | None:
    """The open municipality of this request, or None on pages outside towns."""
    return cast(str | None, g.get("municipality"))


def this_town() -> Town:
    """The town of this request; raises UnknownTown outside a town."""
    return this_house().directory.get(current_municipality())


def actor() -> Actor:
    """Who acts in this request; only behind ``require``."""
    found = g.get("actor")
    if found is None:
        raise RuntimeError("no actor: the route is public; nothing was done; declare a permission")
    return cast(Actor, found)


def own_roles() -> tuple[str, ...]:
    """The town's words for the roles of who acts; none where its plugins cannot answer, as for its other words."""
    municipality = current_or_none()
    if municipality in (None, HOST) or g.get("actor") is None:
        return ()
    try:
        labels = {role.code: role.label for role in hooks().roles(on=clock.today())}
    except (MisconfiguredTown, PluginFailed):
        return ()
    return tuple(labels[code] for code in actor().roles if code in labels)


def looking_on(basis: str) -> None:
    """Says on which basis the person of this request may look; it stands in the trail beside the look."""
    g.look_basis = basis


def hooks() -> Any:
    """The hooks of this town's plugins; within one request a plugin is not asked the same thing twice."""
    town = current_municipality()
    if g.get("kasane_hooks_of") != town:
        g.kasane_hooks = this_house().plugins.hooks_for(town).remembering()
        g.kasane_hooks_of = town
    return g.kasane_hooks


@contextmanager
def unit_of_work() -> Iterator[UnitOfWork]:
    """A unit of work of this service for the actor of this request."""
    with UnitOfWork(
        this_house(), this_service().name, actor(), Cause(correlation_id=g.request_id)
    ) as unit:
        yield unit


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for queries of this service."""
    with this_house().databases.reading(this_service().name) as connection:
        yield connection


def create_once(create: Callable[[UnitOfWork, str], object]) -> str:
    """Runs ``create(uow, object_id)`` unless the same submission made its object already; returns the object's id.

    The submission is named by the header ``Idempotency-Key`` or by the hidden form field; the name is kept in the
    transaction that makes the object. The same name with another content, or with another file, is refused.
    """
    key = request.headers.get("Idempotency-Key") or request.form.get(SUBMISSION_FIELD, "")
    if not key:
        object_id = new_id()
        with unit_of_work() as uow:
            create(uow, object_id)
        return object_id
    if len(key) > 200:
        raise Refusal("idempotency_key_too_long", 422)
    digest = _request_digest()
    object_id = new_id()
    try:
        with unit_of_work() as uow:
            write_later(
                uow.connection,
                idempotency_key,
                {
                    "key": key,
                    "account_id": actor().account_id,
                    "request_digest": digest,
                    "object_id": object_id,
                    "at": clock.now(),
                },
            )
            create(uow, object_id)
    except Exception:
        # What was made already cannot be made again; whatever refused that, the first answer is given again.
        known = _known_submission(key, digest)
        if known == object_id:
            # Refused behind a commit of its own (a wrong key is counted): nothing was made, the name is free again.
            _forget_submission(key)
        elif known:
            return known
        raise
    return object_id


def _forget_submission(key: str) -> None:
    with this_house().databases.writing(this_service().name) as connection:
        connection.execute(
            delete(idempotency_key).where(
                idempotency_key.c.key == key, idempotency_key.c.account_id == actor().account_id
            )
        )
        connection.commit()


def _known_submission(key: str, digest: str) -> str | None:
    with reading() as connection:
        row = connection.execute(
            select(idempotency_key.c.object_id, idempotency_key.c.request_digest).where(
                idempotency_key.c.key == key, idempotency_key.c.account_id == actor().account_id
            )
        ).one_or_none()
    if row is None:
        return None
    if row.request_digest != digest:
        by_header = "Idempotency-Key" in request.headers
        raise Refusal("idempotency_key_reused" if by_header else "submission_reused", 422)
    return cast(str, row.object_id)


def _request_digest() -> str:
    content = (
        request.get_data()
        or repr(
            sorted((k, v) for k, v in request.form.items(multi=True) if k != "csrf_token")
        ).encode()
    )
    whole = hashlib.sha256(f"{request.method} {request.path}\n".encode() + content)
    for name, file in sorted(request.files.items(multi=True), key=lambda one: one[0]):
        if file.filename:
            whole.update(repr((name, file.filename, _content_digest(file.stream))).encode())
    return whole.hexdigest()


def _content_digest(stream: IO[bytes]) -> str:
    """The digest of all that a stream holds; whoever read on in it reads on from the same place."""
    place = stream.tell()
    stream.seek(0)
    digest = hashlib.sha256(stream.read()).hexdigest()
    stream.seek(place)
    return digest
