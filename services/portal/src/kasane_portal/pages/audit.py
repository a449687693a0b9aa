"""The town's audit trail over all services: who did what to which object, and what followed."""

import re
from functools import cache

from flask import Blueprint, render_template, request

from kasane_contracts.glossary import glossary
from kasane_contracts.registry import all_events
from kasane_kit.auth import require
from kasane_kit.web import Form, read_cursor, reading, strings, term, text, write_cursor
from kasane_plugin_api import Choice, FieldKind, FieldSpec
from kasane_portal.queries import (
    AuditFilter,
    find_audit_lines,
    list_accounts,
    story_of,
)

blueprint = Blueprint("audit", __name__)

PAGE = 50
LONGEST_STORY = 1000
MOST_ACTORS = 1000


@blueprint.get("/audit")
@require("portal.audit.read")
def list_page() -> str | tuple[str, int]:
    """Entries, the newest first, narrowed by object, actor, thread and day."""
    form = _form()
    right = form.check(request.args, text)
    lines = []
    if right:
        with reading() as connection:
            lines = find_audit_lines(connection, _wanted(form), PAGE + 1, _before())
    more = ""
    if len(lines) > PAGE:
        last = lines[PAGE - 1]
        more = write_cursor((last.at.isoformat(), last.entry_id))
    page = render_template(
        "portal/audit.html",
        form=form,
        lines=lines[:PAGE],
        more=more,
        asked={name: value for name, value in request.args.items() if name != "cursor" and value},
        words=words,
        basis_words=basis_words,
    )
    return page if right else (page, 422)


@blueprint.get("/audit/<correlation_id>")
@require("portal.audit.read", object_argument="correlation_id")
def story_page(correlation_id: str) -> str:
    """Everything that followed from one act, in every service, in its order."""
    with reading() as connection:
        lines = story_of(connection, correlation_id, LONGEST_STORY)
    return render_template(
        "portal/audit_story.html",
        correlation_id=correlation_id,
        lines=lines,
        longest=LONGEST_STORY,
        words=words,
        basis_words=basis_words,
    )


def words(name: str) -> str:
    """An action, kind or service in words where there are some, else as it was written."""
    stem, _, ending = name.rpartition(".")
    if ending in ("refused", "form_opened") and stem in glossary():
        return text(f"audit.{ending}", action=term(stem))
    known = name if name in glossary() else _event_terms().get(name, "")
    if known:
        return term(known)
    return text(f"service_name.{name}") if strings().has(f"service_name.{name}") else name


def basis_words(basis: str) -> str:
    """Why one may look, in words where it is a known basis; a reason that somebody wrote stays as it is."""
    code, _, reference = basis.partition(":")
    for known in (f"grant_basis.{code}", f"disclosure_basis.{code}"):
        if known in glossary():
            return f"{term(known)}（{reference}）" if reference else term(known)
    function = f"role_function.{code}"
    return text("audit.by_role", role=text(function)) if strings().has(function) else basis


@cache
def _event_terms() -> dict[str, str]:
    """The glossary's id of each event by the event's name."""
    found = {
        entry.name: re.sub(r"(?<!^)(?=[A-Z])", "_", entry.event_class.__name__).lower()
        for entry in all_events()
    }
    return {name: term_id for name, term_id in found.items() if term_id in glossary()}


def _before() -> tuple[str, str] | None:
    cursor = read_cursor(2)
    return None if cursor is None else (cursor[0], cursor[1])


def _wanted(form: Form) -> AuditFilter:
    return AuditFilter(
        object_id=form.values["object_id"],
        actor=form.values["actor"],
        correlation_id=form.values["correlation_id"],
        on=form.values["on"],
    )


def _form() -> Form:
    with reading() as connection:
        people = list_accounts(connection, MOST_ACTORS)
    return Form(
        (
            FieldSpec("object_id", text("audit.object_id"), max_length=128),
            FieldSpec(
                "actor",
                text("audit.actor"),
                kind=FieldKind.CHOICE,
                choices=tuple(Choice(person.id, person.display_name) for person in people),
                max_length=128,
            ),
            FieldSpec("correlation_id", text("audit.correlation_id"), max_length=64),
            FieldSpec("on", text("audit.on"), kind=FieldKind.DATE),
        )
    )
