"""When and how workers go round: a list, and one worker's hours, breaks, skills and places."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kasane_kit.auth import require
from kasane_kit.web import (
    Form,
    NotADate,
    Refusal,
    actor,
    parse_date,
    reading,
    term,
    text,
    this_town,
    typed_version,
    unit_of_work,
)
from kasane_outreach import queries
from kasane_outreach.commands import SetWorkerProfile
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.planning import WorkPause
from kasane_outreach.domain.planning_errors import HoursUnreadable
from kasane_outreach.domain.position import TravelMode
from kasane_outreach.domain.time_of_day import minute_of, time_at
from kasane_outreach.domain.worker_profile import Hours, WorkerProfile
from kasane_outreach.handlers import set_worker_profile
from kasane_outreach.pages import forms
from kasane_outreach.pages.households import agency_labels
from kasane_plugin_api import Choice, FieldKind, FieldSpec

blueprint = Blueprint("workers", __name__)

WEEKDAYS = range(7)
OFFICE_DAYS, OFFICE_HOURS, LUNCH = range(5), ("9:00", "17:00"), ("12:00", "13:00", "60")
SEPARATORS = str.maketrans({"、": ",", "，": ",", "\n": ",", "\r": ","})
Shown = tuple[str, int]


@blueprint.get("/workers")
@require("outreach.plan.make")
def list_workers() -> str:
    """Those who can be sent, and whether their hours are written down."""
    with reading() as connection:
        workers = queries.workers(connection)
        profiles = queries.worker_profiles(connection, [one.account_id for one in workers])
    return render_template("outreach/workers.html", workers=workers, profiles=profiles)


@blueprint.get("/workers/<account_id>")
@require("outreach.worker_profile.set", object_argument="account_id")
def one_worker(account_id: str) -> str:
    """The form with what is written down; office hours for somebody new."""
    with reading() as connection:
        profile = queries.worker_profile(connection, _mine(account_id))
    return _show(account_id, Form(_fields(), _typed(profile)), profile.version)[0]


@blueprint.post("/workers/<account_id>")
@require("outreach.worker_profile.set", object_argument="account_id")
def save(account_id: str) -> Response | Shown:
    """Writes it down; every problem is shown at its field."""
    agency = _agency_of(_mine(account_id))
    version = typed_version()
    form = Form(_fields())
    form.check(request.form, forms.say)
    try:
        if actor().has("coordinator"):
            agency = form.values.get("agency") or ""
        profile = _profile(account_id, form, agency)
        if profile is None:
            return _show(account_id, form, version, status=422)
        with unit_of_work() as uow:
            set_worker_profile(SetWorkerProfile(profile, version), uow)
    except OutreachRefusal as refusal:
        return _show(account_id, form, version, refusal=refusal, status=refusal.status)
    return redirect(url_for("workers.list_workers"), 303)


def split_words(typed: Any) -> frozenset[str]:
    """Words with commas of any width or lines between them."""
    words = str(typed or "").translate(SEPARATORS).split(",")
    return frozenset(word.strip() for word in words if word.strip())


def _mine(account_id: str) -> str:
    """A coordinator writes for everybody, a worker for themselves."""
    with reading() as connection:
        known = {one.account_id for one in queries.workers(connection)}
    if account_id not in known or not (
        actor().has("coordinator") or actor().account_id == account_id
    ):
        raise Refusal("not_found", 404)
    return account_id


def _agency_of(account_id: str) -> str:
    with reading() as connection:
        return queries.worker_profile(connection, account_id).agency


def _fields() -> tuple[FieldSpec, ...]:
    blocks = tuple(Choice(one.name, one.name) for one in queries.town_blocks(this_town().name))
    agencies = tuple(Choice(code, label) for code, label in agency_labels().items())
    chosen = FieldSpec("agency", text("plan.agency"), FieldKind.CHOICE, choices=agencies)
    agency = (chosen,) if actor().has("coordinator") else ()
    modes = tuple(Choice(one.value, term(f"travel_mode.{one.value}")) for one in TravelMode)
    sexes = tuple(Choice(one, text(f"plan.sex_{one}")) for one in ("female", "male"))
    hours = [
        FieldSpec(
            f"{part}-{day}", text(f"plan.{part}_on", day=text(f"plan.weekday_{day}")), max_length=10
        )
        for day in WEEKDAYS
        for part in ("begins", "ends")
    ]
    return (
        *hours,
        FieldSpec("pause_from", text("plan.pause_from"), max_length=10),
        FieldSpec("pause_to", text("plan.pause_to"), max_length=10),
        FieldSpec("pause_minutes", text("plan.pause_minutes"), FieldKind.INTEGER),
        FieldSpec(
            "days_off", text("plan.days_off"), hint=text("plan.days_off_hint"), max_length=2000
        ),
        FieldSpec("works_on_holidays", text("plan.works_on_holidays"), FieldKind.BOOLEAN),
        FieldSpec("on_call", text("plan.on_call"), FieldKind.BOOLEAN),
        FieldSpec("start_block", text("plan.start_block"), FieldKind.CHOICE, True, choices=blocks),
        FieldSpec("end_block", text("plan.end_block"), FieldKind.CHOICE, choices=blocks),
        FieldSpec("mode", text("round.mode"), FieldKind.CHOICE, True, choices=modes),
        FieldSpec("most_visits", text("plan.most_visits"), FieldKind.INTEGER),
        *agency,
        FieldSpec("skills", text("plan.skills"), hint=text("plan.words_hint"), max_length=500),
        FieldSpec(
            "languages", text("plan.languages"), hint=text("plan.words_hint"), max_length=200
        ),
        FieldSpec("sex", text("plan.sex"), FieldKind.CHOICE, choices=sexes),
    )


def _typed(profile: WorkerProfile) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    hours = {day: (f"{time_at(a):%H:%M}", _end(b)) for day, (a, b) in profile.hours.items()}
    if profile.version == 0:
        hours = dict.fromkeys(OFFICE_DAYS, OFFICE_HOURS)
        typed |= dict(zip(("pause_from", "pause_to", "pause_minutes"), LUNCH, strict=True))
        typed["mode"] = TravelMode.CAR.value
    for day, (begins, ends) in hours.items():
        typed |= {f"begins-{day}": begins, f"ends-{day}": ends}
    for pause in profile.pauses[:1]:
        typed |= {
            "pause_from": f"{time_at(pause.earliest):%H:%M}",
            "pause_to": f"{time_at(pause.latest):%H:%M}",
            "pause_minutes": str(pause.minutes),
        }
    if profile.version:
        typed["mode"] = profile.mode.value
    return typed | {
        "days_off": "、".join(day.isoformat() for day in sorted(profile.days_off)),
        "works_on_holidays": profile.works_on_holidays,
        "on_call": profile.on_call,
        "start_block": profile.start_block,
        "end_block": profile.end_block,
        "most_visits": str(profile.most_visits or ""),
        "agency": profile.agency,
        "skills": "、".join(sorted(profile.skills)),
        "languages": "、".join(sorted(profile.languages)),
        "sex": profile.sex,
    }


def _end(minute: int) -> str:
    return f"{time_at(minute):%H:%M}" if minute < 24 * 60 else "23:59"


def _profile(account_id: str, form: Form, agency: str) -> WorkerProfile | None:
    blocks = {one.name: one.position for one in queries.town_blocks(this_town().name)}
    hours: dict[int, Hours] = {}
    for day in WEEKDAYS:
        begins, ends = forms.read_time(form, f"begins-{day}"), forms.read_time(form, f"ends-{day}")
        if bool(begins) != bool(ends):
            form.add_error(f"ends-{day}", text("plan.both_times"))
        elif begins and ends:
            hours[day] = (minute_of(begins), minute_of(ends))
    early, late = forms.read_time(form, "pause_from"), forms.read_time(form, "pause_to")
    minutes = form.values.get("pause_minutes")
    pauses: tuple[WorkPause, ...] = ()
    if early and late and minutes:
        pauses = (WorkPause(minute_of(early), minute_of(late), minutes),)
    elif early or late or minutes:
        form.add_error("pause_minutes", text("plan.pause_incomplete"))
    days_off = set()
    for word in split_words(form.values.get("days_off")):
        try:
            days_off.add(parse_date(word))
        except NotADate:
            form.add_error("days_off", text("plan.day_unreadable", day=word))
    if not hours:
        form.add_error("begins-0", text("plan.no_hours"))
    if form.errors:
        return None
    values = form.values
    most = values["most_visits"] or 0
    if most < 0:
        raise HoursUnreadable
    return WorkerProfile(
        account_id,
        agency=agency,
        skills=split_words(values["skills"]),
        sex=values["sex"] or "",
        languages=split_words(values["languages"]),
        mode=TravelMode(values["mode"]),
        hours=hours,
        pauses=pauses,
        days_off=frozenset(days_off),
        works_on_holidays=values["works_on_holidays"],
        on_call=values["on_call"],
        most_visits=most,
        start=blocks[values["start_block"]],
        start_block=values["start_block"],
        end=blocks.get(values["end_block"] or ""),
        end_block=values["end_block"] or "",
    )


def _show(
    account_id: str,
    form: Form,
    version: int,
    *,
    refusal: OutreachRefusal | None = None,
    status: int = 200,
) -> Shown:
    with reading() as connection:
        names = queries.names_of_workers(connection)
    page = render_template(
        "outreach/worker_profile.html",
        form=form,
        fields={spec.name: spec for spec in form.specs},
        account_id=account_id,
        agency=agency_labels().get(_agency_of(account_id), ""),
        name=names.get(account_id, account_id),
        version=version,
        weekdays=WEEKDAYS,
        refusal=forms.refusal_words(refusal) if refusal else None,
    )
    return page, status
