"""Describes the part of the form about how the matter came, and what each channel needs."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from kasane_intake.domain.errors import (
    AgencyNeedsItsName,
    IntakeRefusal,
    LetterFromTheFuture,
    LetterNeedsItsDate,
    SurveyNeedsAReply,
)
from kasane_intake.domain.reception import BroughtBy, Channel, Reception, SurveyNeed
from kasane_intake.pages import forms
from kasane_kit import clock
from kasane_kit.web import Form, actor, age_on, hooks, text
from kasane_plugin_api import Choice, FieldKind, FieldSpec

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from kasane_intake.domain.consultation import Consultation

FIELD_OF = {
    LetterNeedsItsDate: "written_on",
    LetterFromTheFuture: "written_on",
    AgencyNeedsItsName: "agency",
    SurveyNeedsAReply: "campaign",
}


def way_fields() -> tuple[FieldSpec, ...]:
    """BroughtBy, who heard it, and what only some channels need."""
    before, after = _before_the_campaign(), _behind_the_campaign()
    return (*before, _campaign_field(), *after)


@forms.once_in_each_language
def _before_the_campaign() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "route",
            text("receiving.field.route"),
            FieldKind.CHOICE,
            choices=tuple(
                Choice(route.value, text(f"brought_by.{route.value}")) for route in BroughtBy
            ),
        ),
        FieldSpec(
            "heard_by",
            text("receiving.field.heard_by"),
            hint=text("receiving.hint.heard_by"),
            max_length=200,
        ),
        FieldSpec(
            "written_on",
            text("receiving.field.written_on"),
            FieldKind.DATE,
        ),
        FieldSpec("agency", text("receiving.field.agency"), max_length=200),
    )


@forms.once_in_each_language
def _behind_the_campaign() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "need",
            text("receiving.field.need"),
            FieldKind.CHOICE,
            choices=tuple(
                Choice(need.value, text(f"survey_need.{need.value}")) for need in SurveyNeed
            ),
        ),
        FieldSpec(
            "contact_by",
            text("receiving.field.contact_by"),
            hint=text("receiving.hint.contact_by"),
            max_length=300,
        ),
        FieldSpec(
            "do_not_contact",
            text("receiving.field.do_not_contact"),
            hint=text("receiving.hint.do_not_contact"),
            max_length=300,
        ),
    )


def check(form: Form, data: "MultiDict[str, str]") -> bool:
    """Checks the whole form, and puts what the channel still needs at its field."""
    if not form.check(data, forms.say):
        return False
    try:
        reception_from(form.values).check(Channel(form.values["channel"]), clock.today())
    except IntakeRefusal as refusal:
        sentence = text(f"refusal.{refusal.code}.why")
        form.add_error(FIELD_OF[type(refusal)], sentence)
        return False
    return True


def reception_from(values: Any) -> Reception:
    """What was noted; the person at the keyboard heard it when nobody else is named."""
    return Reception(
        route=BroughtBy(values["route"]) if values["route"] else None,
        written_on=values["written_on"],
        heard_by=values["heard_by"] or actor().display_name,
        agency=values["agency"],
        campaign=values["campaign"],
        need=SurveyNeed(values["need"]) if values["need"] else None,
        contact_by=values["contact_by"],
        do_not_contact=values["do_not_contact"],
    )


def shown(consultation: "Consultation") -> Sequence[tuple[str, Any]]:
    """Label and value of what was noted, for the page of a consultation; empty ones are left out."""
    noted = consultation.reception
    route = noted.route_by(consultation.channel)
    campaigns = {one.value: one.label for one in _campaign_field().choices}
    lines = (
        ("route", text(f"brought_by.{route.value}") if route else ""),
        ("heard_by", noted.heard_by),
        ("written_on", noted.written_on),
        ("agency", noted.agency),
        ("campaign", campaigns.get(noted.campaign, noted.campaign)),
        ("need", text(f"survey_need.{noted.need.value}") if noted.need else ""),
        ("contact_by", noted.contact_by),
    )
    return [(text(f"receiving.field.{name}"), value) for name, value in lines if value]


def is_open(form: Form) -> bool:
    """Whether something was typed, or is wrong, in the part that most consultations do not need."""
    rare = [spec.name for spec in way_fields()[2:]]
    return any(form.shown(name) or name in form.errors for name in rare)


def age_today(birth: date) -> int | None:
    """Age in full years today."""
    return age_on(birth, clock.today())


def _campaign_field() -> FieldSpec:
    known = hooks().campaigns(year=_year())
    choices = tuple(Choice(one.code, one.label) for one in known)
    return FieldSpec(
        "campaign",
        text("receiving.field.campaign"),
        FieldKind.CHOICE if choices else FieldKind.TEXT,
        hint=text("receiving.hint.campaign"),
        choices=choices,
        max_length=60,
    )


def _year() -> int:
    today = clock.today()
    return today.year if today.month >= 4 else today.year - 1
