"""Where pages keep what is typed and not sent yet, under the address of the town and for the account itself only."""

import base64
import logging
import re
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, jsonify, request
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from kasane_kit.auth import Actor, platform_actor, signed_in
from kasane_kit.clock import JAPAN, today
from kasane_kit.service import Service
from kasane_kit.unit_of_work import Cause, House, UnitOfWork
from kasane_kit.web import csrf
from kasane_kit.web.errors import Refusal
from kasane_kit.web.kept_drafts import (
    KeptDraft,
    KeptDrafts,
    RecordIsOver,
    TooManyDrafts,
    Typed,
    drop_expired,
    drop_late,
    has_passed,
)
from kasane_kit.web.town_urls import PREFIX

log = logging.getLogger("kasane.web")

FIELD = "kept_draft"
OBJECT = "kept_draft"
MOST_FORMS = 100
MOST_FIELDS = 2000
MOST_LETTERS = 2_000_000
_ID = re.compile(r"[0-9a-z-]{16,64}\Z")
_OWN = "an account's own words, before they are sent"


def forget_drafts(service: str) -> Callable[[House, str], None]:
    """A job that deletes what was typed and not sent once its time has passed or its record has ended."""

    def run(house: House, municipality: str) -> None:
        with house.databases.reading(service) as connection:
            if not has_passed(connection):
                return
        with UnitOfWork(house, service, platform_actor(service, municipality)) as uow:
            old = [*drop_expired(uow.connection), *drop_late(uow.connection)]
            if old:
                uow.record_each("kept_draft.expired", OBJECT, old)
                uow.commit()
            else:
                # What is left of forms that were saved holds no words.
                uow.connection.commit()

    return run


def install_drafts(app: Flask, house: House, service: Service) -> None:
    """Adds the addresses that ``drafts.js`` speaks to, and forgets a draft when its form was saved.

    The key that a page gets is the account's own, derived from the town's: with it the browser seals what it must
    keep while the server is away, so that the next person at a shared computer reads nothing.
    """

    def kept(connection: Connection) -> KeptDrafts:
        return KeptDrafts(connection, g.actor.account_id)

    @app.get(PREFIX + "/-/drafts")
    @signed_in(_OWN)
    def drafts() -> Response:
        """The account's key for this browser, and for each form of the page when something was typed into it."""
        forms = [_form(address) for address in request.args.getlist("form")[:MOST_FORMS]]
        with house.databases.reading(service.name) as connection:
            found = [kept(connection).of_form(form) for form in forms]
        return jsonify(
            **_browser_key(house, g.actor),
            token=csrf.token_for_this_request(house.keys),
            drafts=[[_shown(draft) for draft in drafts] for drafts in found],
        )

    @app.put(PREFIX + "/-/drafts/<draft_id>")
    @signed_in(_OWN)
    def keep_draft(draft_id: str) -> Any:
        """Keeps the present words of a tab. 410 when its form was saved meanwhile, or its record has ended."""
        form, typed, typed_at, instead_of = _sent(draft_id)
        with UnitOfWork(house, service.name, g.actor, Cause(correlation_id=g.request_id)) as uow:
            store = kept(uow.connection)
            try:
                begun = store.keep(draft_id, form, typed, typed_at)
            except TooManyDrafts:
                raise Refusal("too_many_drafts", 409) from None
            except RecordIsOver:
                return jsonify(done=True, ended=True), 410
            if begun is None:
                return jsonify(done=True), 410
            if instead_of:
                store.throw_away(instead_of)
            (mine,) = [draft for draft in store.of_form(form) if draft.id == draft_id]
            if begun:
                for old in drop_expired(uow.connection):
                    uow.record("kept_draft.expired", OBJECT, old)
                uow.record("kept_draft.begun", OBJECT, draft_id)
                uow.commit()
            else:
                # One line in the trail when a draft begins and one when it ends, none for each word.
                uow.connection.commit()
        return jsonify(_shown(mine))

    @app.post(PREFIX + "/-/drafts/<draft_id>/open")
    @signed_in(_OWN)
    def open_draft(draft_id: str) -> Response:
        """What was typed; looking leaves a trace."""
        with UnitOfWork(house, service.name, g.actor, Cause(correlation_id=g.request_id)) as uow:
            typed = kept(uow.connection).typed(draft_id)
            if typed is None:
                raise Refusal("not_found", 404)
            uow.record("kept_draft.opened", OBJECT, draft_id)
            uow.commit()
        return jsonify(fields=[list(pair) for pair in typed])

    @app.delete(PREFIX + "/-/drafts/<draft_id>")
    @signed_in(_OWN)
    def throw_draft_away(draft_id: str) -> Response:
        """Forgets a draft of this account."""
        with UnitOfWork(house, service.name, g.actor, Cause(correlation_id=g.request_id)) as uow:
            if not kept(uow.connection).throw_away(draft_id):
                raise Refusal("not_found", 404)
            uow.record("kept_draft.thrown_away", OBJECT, draft_id)
            uow.commit()
        return jsonify(done=True)

    @app.after_request
    def forget_what_was_saved(response: Response) -> Response:
        draft_id = g.get("draft_goes_on", "")
        # A form that was saved sends the browser on; a page in its place shows the form once more.
        if not draft_id or not 300 <= response.status_code < 400:
            return response
        try:
            with house.databases.writing(service.name) as connection:
                kept(connection).finish(draft_id)
                connection.commit()
        except (DBAPIError, NoFreeConnection) as error:
            # The form itself was saved; the draft of it is offered once more and can be thrown away.
            log.warning("a draft outlived its form: %s", type(error).__name__)
        return response

    @app.before_request
    def go_on_with_the_draft() -> None:
        # A form that comes back with errors goes on with the draft it was sent with.
        actor: Actor | None = g.get("actor")
        ours = actor is not None and actor.municipality == g.get("municipality")
        if ours and request.method == "POST" and request.mimetype in _FORMS:
            draft_id = request.form.get(FIELD, "")
            g.draft_goes_on = draft_id if _ID.match(draft_id) else ""


_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def _sent(draft_id: str) -> tuple[str, Typed, int, str]:
    body = request.get_json(silent=True)
    if not _ID.match(draft_id) or not isinstance(body, dict):
        raise Refusal("bad_draft", 422)
    fields, instead_of = body.get("fields"), body.get("instead_of", "")
    if not isinstance(fields, list) or len(fields) > MOST_FIELDS:
        raise Refusal("bad_draft", 422)
    if not isinstance(instead_of, str) or (instead_of and not _ID.match(instead_of)):
        raise Refusal("bad_draft", 422)
    typed_at = body.get("typed_at", 0)
    if isinstance(typed_at, bool) or not isinstance(typed_at, int) or not 0 <= typed_at < 2**53:
        raise Refusal("bad_draft", 422)
    typed = [_pair(pair) for pair in fields]
    if sum(len(name) + len(value) for name, value in typed) > MOST_LETTERS:
        raise Refusal("too_large", 413)
    return _form(body.get("form")), typed, typed_at, "" if instead_of == draft_id else instead_of


def _pair(pair: Any) -> tuple[str, str]:
    if (
        not isinstance(pair, list)
        or len(pair) != 2
        or not all(isinstance(part, str) for part in pair)
        or len(pair[0]) > 200
    ):
        raise Refusal("bad_draft", 422)
    return pair[0], pair[1]


def _form(address: Any) -> str:
    if not isinstance(address, str) or not address or len(address) > 1000:
        raise Refusal("bad_draft", 422)
    return address


def _shown(draft: KeptDraft) -> dict[str, str]:
    at = draft.saved_at.astimezone(JAPAN)
    day = "" if at.date() == today() else f"{at.month}月{at.day}日 "
    clock = at.strftime("%H:%M")
    return {"id": draft.id, "saved_at": at.isoformat(), "clock": clock, "when": day + clock}


def _browser_key(house: House, actor: Actor) -> dict[str, str]:
    key = house.keys.derived(actor.municipality, f"drafts in the browser of {actor.account_id}")
    owner = house.keys.derived(actor.municipality, f"owner of drafts {actor.account_id}")
    return {"key": base64.b64encode(key).decode(), "owner": owner.hex()[:24]}
