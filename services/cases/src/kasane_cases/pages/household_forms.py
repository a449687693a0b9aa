"""The fields of the forms about a household, its people and their protected addresses."""

from collections.abc import Mapping
from typing import Any

from kasane_cases.commands import PersonDetails
from kasane_cases.domain.emergency import SHORTEST_REASON, EmergencyCause
from kasane_cases.domain.household import Person
from kasane_cases.pages.forms import choices, members, spec
from kasane_kit.web import text, wareki
from kasane_plugin_api import FieldKind, FieldSpec

_CONTACTS = ("address", "phone", "email", "contact_note")


def member_fields(*, contacts: bool = True, joins: bool = True) -> list[FieldSpec]:
    """One person as typed: 外字 and old forms stay; every era of birth is read."""
    found = [
        spec("name", max_length=100, hint=text("household.name_hint")),
        spec("kana", max_length=100),
        spec("relation", max_length=60, hint=text("household.relation_hint")),
        spec("householder", FieldKind.BOOLEAN),
        spec("birth_date", FieldKind.DATE, hint=text("household.birth_hint")),
        spec("sex", max_length=20, hint=text("household.sex_hint")),
    ]
    if contacts:
        found += [
            spec("address", max_length=300),
            spec("phone", FieldKind.TEL, max_length=40),
            spec("email", FieldKind.EMAIL, max_length=200),
            spec("contact_note", max_length=400, hint=text("household.contact_hint")),
        ]
    if joins:
        found += [step_day(), spec("step_reason", max_length=400)]
    return found


def details_of(values: Mapping[str, Any]) -> PersonDetails:
    """What was typed about a person; contacts that the form did not show stay as they are."""
    given = {name: values[name] for name in _CONTACTS if name in values}
    return PersonDetails(
        values["name"], values["kana"], values["birth_date"], values["sex"], **given
    )


def typed_of(person: Person, relation: str, *, householder: bool) -> dict[str, Any]:
    """What a form shows of a person on file."""
    born = wareki(person.birth_date.isoformat()) if person.birth_date else ""
    return {
        **{name: getattr(person, name) for name in ("name", "kana", "sex", *_CONTACTS)},
        "relation": relation,
        "birth_date": born,
        "householder": householder,
    }


def step_day() -> FieldSpec:
    """Since when a step of the household holds."""
    return spec("from_on", FieldKind.DATE, required=True, hint=text("household.from_hint"))


def step_reason(*, required: bool = True) -> FieldSpec:
    """Why, in words; it stands in the history."""
    return spec("step_reason", FieldKind.TEXTAREA, required=required, max_length=400)


def emergency_fields() -> list[FieldSpec]:
    """Why something closed is opened: a cause, and a sentence."""
    return [
        spec(
            "emergency_cause",
            FieldKind.CHOICE,
            members(EmergencyCause, "emergency_cause"),
            required=True,
        ),
        spec(
            "emergency_reason",
            FieldKind.TEXTAREA,
            required=True,
            hint=text("protection.reason_hint", least=SHORTEST_REASON),
            max_length=400,
        ),
    ]


def split_fields(members: Mapping[str, str]) -> list[FieldSpec]:
    """Who leaves together, from when, and whether the new case is for a named team only."""
    return [
        spec("leaving", FieldKind.CHOICES, choices(members), required=True),
        step_day(),
        step_reason(),
        spec("restricted", FieldKind.BOOLEAN, hint=text("household.restricted_hint")),
    ]


def join_fields(cases: Mapping[str, str]) -> list[FieldSpec]:
    """Which case's household comes into this one."""
    return [
        spec("other_case", FieldKind.CHOICE, choices(cases), required=True),
        step_day(),
        step_reason(),
    ]


def care_fields(members: Mapping[str, str]) -> list[FieldSpec]:
    """Who cares for whom."""
    return [
        spec("carer", FieldKind.CHOICE, choices(members), required=True),
        spec("cared_for", FieldKind.CHOICE, choices(members), required=True),
        step_day(),
        spec("care_note", FieldKind.TEXTAREA, max_length=1000, hint=text("household.care_hint")),
    ]


def protection_fields(staff: Mapping[str, str]) -> list[FieldSpec]:
    """One term of protection and who may read the address."""
    return [
        spec("from_on", FieldKind.DATE, required=True, hint=text("protection.term_hint")),
        spec("authority", required=True, max_length=200, hint=text("protection.authority_hint")),
        spec("certificate", max_length=200, hint=text("protection.certificate_hint")),
        spec("phone_too", FieldKind.BOOLEAN),
        spec("readers", FieldKind.CHOICES, choices(staff), hint=text("protection.readers_hint")),
        step_reason(),
    ]


def end_of_protection_fields() -> list[FieldSpec]:
    """How a protection ended."""
    ways = {"moved_out": text("protection.moved_out"), "lifted": text("protection.lifted")}
    return [spec("how_ended", FieldKind.CHOICE, choices(ways), required=True), step_reason()]


def reader_fields(staff: Mapping[str, str]) -> list[FieldSpec]:
    """Who may read a protected address, and why."""
    return [
        spec("reader", FieldKind.CHOICE, choices(staff), required=True),
        spec("valid_to", FieldKind.DATE),
        step_reason(),
    ]
