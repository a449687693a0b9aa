"""What a household needs and wishes of its visits: when, how often, by whom, going along where."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, reading, text, this_town, typed_version, unit_of_work
from kasane_outreach import queries
from kasane_outreach.commands import SetVisitWish
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.routing import END_OF_DAY
from kasane_outreach.domain.time_of_day import minute_of, time_at
from kasane_outreach.domain.visit_wish import USUAL, VisitWish, WishedTime
from kasane_outreach.handlers import set_visit_wish
from kasane_outreach.pages import forms
from kasane_outreach.pages.workers import WEEKDAYS, split_words
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("wishes", __name__)

REPEATS = {
    "weekly": "FREQ=WEEKLY",
    "fortnightly": "FREQ=WEEKLY;INTERVAL=2",
    "monthly": "FREQ=MONTHLY",
    "yearly": "FREQ=YEARLY",
}
Shown = tuple[str, int]


@blueprint.get("/households/<request_id>/wish")
@require("outreach.visit_wish.set", object_argument="request_id")
def one_wish(request_id: str) -> str:
    """The form with what is written down."""
    with reading() as connection:
        wish = queries.visit_wish(connection, actor(), request_id)
        two_person = queries.household(connection, actor(), request_id).two_person
    form = Form(_fields(two_person=two_person), _typed(wish))
    return _show(request_id, form, wish.version)[0]


@blueprint.post("/households/<request_id>/wish")
@require("outreach.visit_wish.set", object_argument="request_id")
def save(request_id: str) -> Response | Shown:
    """Writes it down; every problem is shown at its field."""
    version = typed_version()
    with reading() as connection:
        two_person = queries.household(connection, actor(), request_id).two_person
    form = Form(_fields(two_person=two_person))
    form.check(request.form, forms.say)
    try:
        wish = _wish(request_id, form)
        if wish is None:
            return _show(request_id, form, version, status=422)
        with unit_of_work() as uow:
            set_visit_wish(SetVisitWish(wish, version), uow)
    except OutreachRefusal as refusal:
        return _show(request_id, form, version, refusal=refusal, status=refusal.status)
    return redirect(url_for("households.one_household", request_id=request_id), 303)


def _fields(*, two_person: bool) -> tuple[FieldSpec, ...]:
    with reading() as connection:
        workers = queries.workers(connection)
    people = tuple(Choice(one.account_id, one.display_name) for one in workers)
    blocks = tuple(Choice(one.name, one.name) for one in queries.town_blocks(this_town().name))
    days = tuple(Choice(str(day), text(f"plan.weekday_{day}")) for day in WEEKDAYS)
    ranks = tuple(Choice(str(one), text(f"wish.priority_{one}")) for one in (3, 2, 1))
    repeats = tuple(Choice(one, text(f"wish.repeat_{one}")) for one in REPEATS)
    sexes = tuple(Choice(one, text(f"plan.sex_{one}")) for one in ("female", "male"))
    return (
        FieldSpec("weekdays", text("wish.weekdays"), FieldKind.CHOICES, choices=days),
        FieldSpec("earliest", text("round.earliest"), max_length=10),
        FieldSpec("latest", text("round.latest"), max_length=10),
        FieldSpec("priority", text("wish.priority"), FieldKind.CHOICE, True, choices=ranks),
        FieldSpec("repeat", text("wish.repeat"), FieldKind.CHOICE, choices=repeats),
        FieldSpec(
            "repeat_from", text("wish.repeat_from"), FieldKind.DATE, hint=text("wish.repeat_hint")
        ),
        FieldSpec("same_worker", text("wish.same_worker"), FieldKind.BOOLEAN),
        FieldSpec("preferred", text("wish.preferred"), FieldKind.CHOICES, choices=people),
        FieldSpec("refused", text("wish.refused"), FieldKind.CHOICES, choices=people),
        FieldSpec("sex", text("wish.sex"), FieldKind.CHOICE, choices=sexes),
        FieldSpec("language", text("wish.language"), max_length=60),
        FieldSpec("skills", text("wish.skills"), hint=text("plan.words_hint"), max_length=500),
        *_second_fields(two_person=two_person),
        FieldSpec("accompany", text("wish.accompany"), FieldKind.CHOICE, choices=blocks),
    )


def _second_fields(*, two_person: bool) -> tuple[FieldSpec, ...]:
    """What the second of two workers needs; nobody is asked where one goes alone."""
    if not two_person:
        return ()
    words = text("plan.words_hint")
    return (
        FieldSpec("second_differs", text("wish.second_differs"), FieldKind.BOOLEAN),
        FieldSpec(
            "second_skills",
            text("wish.second_skills"),
            hint=text("wish.second_hint") + words,
            max_length=500,
        ),
    )


def _typed(wish: VisitWish) -> dict[str, Any]:
    first = wish.times[0] if wish.times else None
    names = {rule: name for name, rule in REPEATS.items()}
    return {
        "weekdays": [str(one.weekday) for one in wish.times if one.weekday is not None],
        "earliest": f"{time_at(first.earliest):%H:%M}" if first and first.earliest else "",
        "latest": f"{time_at(first.latest):%H:%M}" if first and first.latest < END_OF_DAY else "",
        "priority": str(wish.priority),
        "repeat": names.get(wish.repeat, ""),
        "repeat_from": wish.repeat_from.isoformat() if wish.repeat_from else "",
        "same_worker": wish.same_worker,
        "preferred": sorted(wish.preferred),
        "refused": sorted(wish.refused),
        "sex": wish.sex,
        "language": wish.language,
        "skills": "、".join(sorted(wish.skills)),
        "second_differs": wish.second_skills is not None,
        "second_skills": "、".join(sorted(wish.second_skills or ())),
        "accompany": wish.accompany_block,
    }


def _wish(request_id: str, form: Form) -> VisitWish | None:
    early, late = forms.read_time(form, "earliest"), forms.read_time(form, "latest")
    begins = minute_of(early) if early else 0
    ends = minute_of(late) if late else END_OF_DAY
    if ends <= begins:
        form.add_error("latest", text("round.hours_wrong"))
    if form.values.get("repeat") and not form.values.get("repeat_from"):
        form.values["repeat_from"] = clock.today()
    both = set(form.values.get("preferred") or ()) & set(form.values.get("refused") or ())
    if both:
        form.add_error("refused", text("wish.both"))
    if form.errors:
        return None
    values = form.values
    days: list[int | None] = [int(day) for day in values["weekdays"]]
    if not days and (early or late):
        days = [None]
    places = {one.name: one.position for one in queries.town_blocks(this_town().name)}
    return VisitWish(
        request_id,
        times=tuple(WishedTime(day, begins, ends) for day in days),
        priority=int(values["priority"] or USUAL),
        repeat=REPEATS.get(values["repeat"] or "", ""),
        repeat_from=values["repeat_from"],
        skills=split_words(values["skills"]),
        second_skills=split_words(values.get("second_skills"))
        if values.get("second_differs") or values.get("second_skills")
        else None,
        sex=values["sex"] or "",
        language=(values["language"] or "").strip(),
        preferred=frozenset(values["preferred"]),
        refused=frozenset(values["refused"]),
        same_worker=values["same_worker"],
        accompany_to=places.get(values["accompany"] or ""),
        accompany_block=values["accompany"] or "",
    )


def _show(
    request_id: str,
    form: Form,
    version: int,
    *,
    refusal: OutreachRefusal | None = None,
    status: int = 200,
) -> Shown:
    with reading() as connection:
        household = queries.household(connection, actor(), request_id)
    page = render_template(
        "outreach/wish.html",
        form=form,
        household=household,
        version=version,
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, status
