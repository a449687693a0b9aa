"""Consents, needs, referrals and requests to visit: one form each."""

from collections.abc import Callable

from flask import Blueprint, json, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from kasane_cases import handlers, queries
from kasane_cases.commands import IdentifyNeed, RecordConsent, RequestOutreach, RequestReferral
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
    Elsewhere,
    GivenBy,
)
from kasane_cases.domain.consent_record import consent_record
from kasane_cases.domain.errors import CasesRefusal, RecordNotFound
from kasane_cases.domain.need_option import NeedCircumstance, NeedTimes, WishedContact
from kasane_cases.handlers.views import need_view
from kasane_cases.pages import forms, words
from kasane_cases.pages.attachments import taken_file
from kasane_cases.pages.doing import create
from kasane_cases.pages.words import page, show_refusal
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.web import Form, actor, hooks, reading, text, typed_version
from kasane_plugin_api import FieldSpec

blueprint = Blueprint("records", __name__)


@blueprint.get("/cases/<case_id>/consents/<person_id>")
@require("cases.consent.record", object_argument="person_id")
def consent_form(case_id: str, person_id: str) -> str:
    """One person's consent: what stands, what was, and a form for the next entry."""
    form = Form(
        forms.consent_fields(),
        typed={"given_by": GivenBy.SELF.value, "elsewhere": Elsewhere.NARROW.value},
    )
    return _consent_page(case_id, person_id, form)


@blueprint.post("/cases/<case_id>/consents/<person_id>")
@require("cases.consent.record", object_argument="person_id")
def record_consent(case_id: str, person_id: str) -> Response | tuple[str, int]:
    """Adds an entry to one person's consent history."""
    form = Form(forms.consent_fields())
    right = form.check(request.form, text)
    values = form.values
    if values.get("state") == ConsentState.GIVEN:
        for name in ("purposes", "recipients", "data_classes", "method", "given_by"):
            if not values.get(name):
                form.add_error(name, text("form.required", label=form.label(name)))
        if values.get("given_by") not in (None, "", GivenBy.SELF):
            adult = values["given_by"] != GivenBy.PARENT
            needed = ("representative", *(("representative_basis", "own_will") if adult else ()))
            for name in needed:
                if not values.get(name):
                    form.add_error(name, text("form.required", label=form.label(name)))
    evidence = taken_file(form, "evidence")
    if not right or form.errors:
        return _consent_page(case_id, person_id, form), 422
    given = values["state"] == ConsentState.GIVEN

    def command(object_id: str) -> RecordConsent:
        return RecordConsent(
            consent_id=object_id,
            case_id=case_id,
            person_id=person_id,
            state=ConsentState(values["state"]),
            scope=ConsentScope(
                tuple(ConsentPurpose(one) for one in values["purposes"]),
                tuple(AttendeeKind(one) for one in values["recipients"]),
                tuple(DataClass(one) for one in values["data_classes"]),
            )
            if given
            else ConsentScope(),
            given_by=GivenBy(values["given_by"] or GivenBy.SELF.value),
            method=values["method"],
            representative=values["representative"],
            representative_basis=values["representative_basis"],
            own_will=values["own_will"],
            heard_by=values["heard_by"],
            form=values.get("consent_form") or "",
            evidence=evidence,
            valid_from=values["valid_from"],
            expires_on=values["expires_on"],
            note=values["note"],
            elsewhere=Elsewhere(values["elsewhere"] or Elsewhere.NARROW),
            expected=typed_version("number"),
        )

    try:
        create(handlers.record_consent, command, hooks())
    except CasesRefusal as refusal:
        return _again(refusal, lambda: _consent_page(case_id, person_id, form))
    return _back(case_id)


@blueprint.get("/cases/<case_id>/consents/<person_id>/record.json")
@require("cases.consent.export", object_argument="person_id")
def consent_record_file(case_id: str, person_id: str) -> Response:
    """One person's consent as a record for other systems; see docs/consent.md."""
    file = _file(case_id)
    file.admission.check_taking_out()
    history = tuple(one for one in file.history if one.person_id == file.person(person_id).id)
    if not history:
        raise RecordNotFound
    body = consent_record(file.case, history, hooks().town.name)
    response = make_response(json.dumps(body, ensure_ascii=False, indent=2))
    response.content_type = "application/json"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=consent-{file.case.number}-{person_id}.json"
    )
    return response


@blueprint.get("/cases/<case_id>/needs/new")
@require("cases.support_need.identify", object_argument="case_id")
def need_form(case_id: str) -> str:
    """The form for a need."""
    file = _file(case_id)
    typed = {"person_id": request.args.get("person", "")}
    return page("need.html", file=file, form=Form(forms.need_fields(_persons(file)), typed=typed))


@blueprint.post("/cases/<case_id>/needs")
@require("cases.support_need.identify", object_argument="case_id")
def identify_need(case_id: str) -> Response | tuple[str, int]:
    """Writes the need down."""
    file = _file(case_id)
    form = Form(forms.need_fields(_persons(file)))
    if not form.check(request.form, text):
        return page("need.html", file=file, form=form), 422
    values = form.values
    try:
        create(
            handlers.identify_need,
            lambda object_id: IdentifyNeed(
                object_id,
                case_id,
                values["person_id"],
                values["category"],
                values["description"],
                tuple(map(NeedCircumstance, values["circumstances"] or ())),
                WishedContact(values["contact"]) if values["contact"] else None,
                NeedTimes(values["times"]) if values["times"] else None,
            ),
            hooks(),
        )
    except CasesRefusal as refusal:
        return _again(refusal, lambda: page("need.html", file=file, form=form))
    return _back(case_id)


@blueprint.get("/cases/<case_id>/needs/<need_id>/referral")
@require("cases.referral.request", object_argument="case_id")
def referral_form(case_id: str, need_id: str) -> str:
    """The form that asks a suggested human service."""
    typed = {"recipient": AttendeeKind.PARTNER_AGENCY.value}
    form = Form(forms.referral_fields(), typed=typed)
    return _referral_page(case_id, need_id, request.args.get("service", ""), form)


@blueprint.post("/cases/<case_id>/needs/<need_id>/referral")
@require("cases.referral.request", object_argument="case_id")
def request_referral(case_id: str, need_id: str) -> Response | tuple[str, int]:
    """Asks the human service; refused when the person's consent does not cover it."""
    form = Form(forms.referral_fields())
    service_id = request.form.get("human_service_id", "")
    if not form.check(request.form, text):
        return _referral_page(case_id, need_id, service_id, form), 422
    try:
        create(
            handlers.request_referral,
            lambda object_id: RequestReferral(
                object_id,
                case_id,
                need_id,
                service_id,
                recipient=AttendeeKind(form.values["recipient"]),
                message=form.values["message"],
            ),
            hooks(),
        )
    except CasesRefusal as refusal:
        return _again(refusal, lambda: _referral_page(case_id, need_id, service_id, form))
    return _back(case_id)


@blueprint.get("/cases/<case_id>/outreach/new")
@require("cases.outreach.request", object_argument="case_id")
def outreach_form(case_id: str) -> str:
    """The form for a request to visit."""
    typed = {"person_id": request.args.get("person", ""), "duration": "45"}
    return _outreach_page(case_id, Form(_outreach_fields(_file(case_id)), typed=typed))


@blueprint.post("/cases/<case_id>/outreach")
@require("cases.outreach.request", object_argument="case_id")
def request_outreach(case_id: str) -> Response | tuple[str, int]:
    """Asks for a visit."""
    form = Form(_outreach_fields(_file(case_id)))
    right = form.check(request.form, text)
    minutes = form.values.pop("duration", None)
    if minutes is not None and not 5 <= minutes <= 480:
        form.add_error("duration", text("outreach.minutes_range"))
    if not right or form.errors:
        return _outreach_page(case_id, form), 422
    values = {**form.values, "minutes": minutes or 45}
    try:
        create(
            handlers.request_outreach,
            lambda object_id: RequestOutreach(object_id, case_id, **values),
            hooks(),
        )
    except CasesRefusal as refusal:
        return _again(refusal, lambda: _outreach_page(case_id, form))
    return _back(case_id)


def _again(refusal: CasesRefusal, show: Callable[[], str]) -> tuple[str, int]:
    if refusal.status == 404:
        raise refusal
    show_refusal(refusal)
    return show(), refusal.status


def _back(case_id: str) -> Response:
    return redirect(url_for("case.show", case_id=case_id), 303)


def _file(case_id: str) -> queries.CaseFile:
    with reading() as connection:
        return queries.case_file(connection, actor(), case_id, clock.today())


def _persons(file: queries.CaseFile) -> dict[str, str]:
    return {person.id: person.name or text("case.no_name") for person in file.persons}


def _consent_page(case_id: str, person_id: str, form: Form) -> str:
    file = _file(case_id)
    person = file.person(person_id)
    with reading() as connection:
        kept = queries.attachments(connection, actor(), case_id, clock.today())
    return page(
        "consent.html",
        file=file,
        person=person,
        state=file.consent_state(person_id, clock.today()),
        standing=file.consents.get(person_id),
        evidence={one.id for one in kept},
        history=[c for c in reversed(file.history) if c.person_id == person_id],
        policy=hooks().consent_policy(purpose=ConsentPurpose.MULTI_AGENCY.value),
        method_labels=words.method_labels(),
        form=form,
    )


def _referral_page(case_id: str, need_id: str, service_id: str, form: Form) -> str:
    file = _file(case_id)
    need = file.need(need_id)
    suggested = {one.human_service_id: one for one in need.suggestions}
    return page(
        "referral.html",
        file=file,
        need=need,
        person=file.person(need.person_id),
        state=file.consent_state(need.person_id, clock.today()),
        service_id=service_id,
        suggestion=suggested.get(service_id),
        form=form,
    )


def _outreach_fields(file: queries.CaseFile) -> list[FieldSpec]:
    return forms.outreach_fields(_persons(file), _agencies(file))


def _agencies(file: queries.CaseFile) -> dict[str, str]:
    found = {}
    for person in file.persons:
        need = need_view(file.case, file.needs, person.id)
        for agency in hooks().outreach_agencies(area=file.case.area, need=need):
            found[agency.code] = agency.label
    return found


def _outreach_page(case_id: str, form: Form) -> str:
    return page("outreach.html", file=_file(case_id), form=form)
