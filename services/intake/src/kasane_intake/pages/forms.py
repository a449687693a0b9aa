"""Describes intake's forms: the core's fields, the town's choices, and what its plugins add."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from flask import g

from kasane_intake.domain.categories import unmapped
from kasane_intake.domain.consultation import ContactPerson, PersonConcerned, Screening
from kasane_intake.domain.reception import Channel
from kasane_intake.domain.same_person.traits import PersonTraits
from kasane_kit import clock
from kasane_kit.plugins import ask_each
from kasane_kit.web import Form, actor, hooks, language, strings, text
from kasane_plugin_api import Choice, FieldKind, FieldSpec, HandoffPolicy, Office

YES_NO = ("yes", "no")


def once_in_each_language(
    describe: Callable[[], tuple[FieldSpec, ...]],
) -> Callable[[], tuple[FieldSpec, ...]]:
    """Describes fields once that are the same in every town: they differ by the reader's language alone."""
    known: dict[str, tuple[FieldSpec, ...]] = {}

    @wraps(describe)
    def described() -> tuple[FieldSpec, ...]:
        spoken = language()
        if spoken not in known:
            known[spoken] = describe()
        return known[spoken]

    return described


def offices() -> tuple[Office, ...]:
    """The town's offices today, in the town's order."""
    return tuple(hooks().organization(on=clock.today()))


def office_labels() -> Mapping[str, str]:
    """The words for each office code."""
    return {office.code: office.label for office in offices()}


def role_labels() -> Mapping[str, str]:
    """The words for each role code."""
    return {role.code: role.label for role in hooks().roles(on=clock.today())}


def category_labels() -> Mapping[str, str]:
    """The town's words for each category."""
    return {category.code: category.label for category in hooks().consultation_categories()}


def unmapped_labels() -> tuple[str, ...]:
    """The town's words for categories that no national category stands for."""
    given = hooks().consultation_categories()
    missing = unmapped((one.code, one.national) for one in given)
    return tuple(one.label for one in given if one.code in missing)


def reception_fields() -> tuple[FieldSpec, ...]:
    """Where and how the consultation came."""
    desks = tuple(Choice(office.code, office.label) for office in offices() if office.receives)
    return (
        *_channel_field(),
        FieldSpec(
            "desk",
            text("field.desk"),
            FieldKind.CHOICE if desks else FieldKind.TEXT,
            True,
            choices=desks,
        ),
        FieldSpec("urgent", text("field.urgent"), FieldKind.BOOLEAN, hint=text("hint.urgent")),
    )


def story_fields() -> tuple[FieldSpec, ...]:
    """What the consultation is about."""
    categories = tuple(Choice(code, label) for code, label in category_labels().items())
    return (
        FieldSpec(
            "story",
            text("field.story"),
            FieldKind.TEXTAREA,
            True,
            text("hint.story"),
            max_length=20000,
        ),
        FieldSpec("categories", text("field.categories"), FieldKind.CHOICES, choices=categories),
        FieldSpec(
            "main_category",
            text("field.main_category"),
            FieldKind.CHOICE,
            choices=categories,
            hint=text("hint.main_category"),
        ),
    )


@once_in_each_language
def contact_fields() -> tuple[FieldSpec, ...]:
    """Who came or called; all may stay empty."""
    return (
        FieldSpec(
            "contact_name",
            text("field.contact_name"),
            hint=text("hint.contact_name"),
            max_length=200,
        ),
        FieldSpec("contact_kana", text("field.kana"), max_length=200),
        FieldSpec(
            "contact_relation",
            text("field.contact_relation"),
            hint=text("hint.contact_relation"),
            max_length=60,
        ),
        FieldSpec("contact_phone", text("field.phone"), FieldKind.TEL, max_length=40),
        FieldSpec(
            "contact_hidden",
            text("field.contact_hidden"),
            FieldKind.BOOLEAN,
            hint=text("hint.contact_hidden"),
        ),
    )


@once_in_each_language
def person_fields() -> tuple[FieldSpec, ...]:
    """One person concerned."""
    return (
        FieldSpec("name", text("field.name"), max_length=200),
        FieldSpec("kana", text("field.kana"), max_length=200),
        FieldSpec("birth_date", text("field.birth_date"), FieldKind.DATE),
        FieldSpec("relation", text("field.relation"), hint=text("hint.relation"), max_length=60),
        FieldSpec(
            "description",
            text("receiving.field.description"),
            hint=text("receiving.hint.description"),
            max_length=300,
        ),
        FieldSpec("address", text("field.address"), max_length=300),
        FieldSpec("phone", text("field.phone"), FieldKind.TEL, max_length=40),
        FieldSpec(
            "given_consent",
            text("field.given_consent"),
            FieldKind.BOOLEAN,
            hint=text("hint.given_consent"),
        ),
        FieldSpec(
            "carer",
            text("receiving.field.carer"),
            FieldKind.BOOLEAN,
            hint=text("receiving.hint.carer"),
        ),
    )


@once_in_each_language
def screening_fields() -> tuple[FieldSpec, ...]:
    """The two questions that decide how far a matter goes."""
    answers = tuple(Choice(value, text(f"answer.{value}")) for value in YES_NO)
    return (
        FieldSpec("single_agency", text("field.single_agency"), FieldKind.CHOICE, choices=answers),
        FieldSpec(
            "ordinary_cooperation",
            text("field.ordinary_cooperation"),
            FieldKind.CHOICE,
            choices=answers,
        ),
    )


def town_fields(channel: str) -> tuple[tuple[str, FieldSpec], ...]:
    """The fields that plugins add, each with its plugin; a plugin that fails is left out with a notice."""
    answers = ask_each(hooks(), "intake_form_fields", channel=channel)
    _notice_failures(answers.failures)
    return tuple((given.plugin, spec) for given in answers.given for spec in given.answer)


def sheet_town_fields() -> tuple[tuple[str, FieldSpec], ...]:
    """The fields that plugins add to a つなぐシート."""
    answers = ask_each(hooks(), "handoff_form_fields")
    _notice_failures(answers.failures)
    return tuple((given.plugin, spec) for given in answers.given for spec in given.answer)


def companionship(policy: HandoffPolicy) -> tuple[Choice, ...]:
    """The ways of making sure that the person arrives: the town's, else accompanying and telephoning."""
    return tuple(policy.companionship) or (
        Choice("accompany", text("companionship.accompany")),
        Choice("telephone", text("companionship.telephone")),
    )


def sheet_fields(policy: HandoffPolicy) -> tuple[FieldSpec, ...]:
    """One つなぐシート: to whom, why, with which consent, and how the person is accompanied."""
    others = tuple(Choice(o.code, o.label) for o in offices() if o.code != actor().office)
    return (
        FieldSpec("to_office", text("field.to_office"), FieldKind.CHOICE, True, choices=others),
        FieldSpec(
            "reason",
            text("field.sheet_reason"),
            FieldKind.TEXTAREA,
            True,
            text("hint.sheet_reason"),
            max_length=4000,
        ),
        FieldSpec(
            "consent",
            text("field.sheet_consent"),
            FieldKind.BOOLEAN,
            hint=text("hint.sheet_consent"),
        ),
        FieldSpec(
            "companionship",
            text("field.companionship"),
            FieldKind.CHOICE,
            True,
            choices=companionship(policy),
        ),
        FieldSpec("includes_arrears", text("field.includes_arrears"), FieldKind.BOOLEAN),
        FieldSpec(
            "arrears_consent",
            text("field.arrears_consent"),
            FieldKind.BOOLEAN,
            hint=text("hint.arrears_consent"),
        ),
    )


def named(plugin: str, spec: FieldSpec) -> FieldSpec:
    """A plugin's field under a name that no other plugin can have."""
    return FieldSpec(
        f"{plugin}--{spec.name}",
        spec.label,
        spec.kind,
        spec.required,
        spec.hint,
        spec.choices,
        spec.max_length,
        spec.autocomplete,
        spec.reported_to_state,
    )


def extensions_of(
    values: Mapping[str, Any], fields: tuple[tuple[str, FieldSpec], ...]
) -> dict[str, dict[str, object]]:
    """What was typed into plugins' fields, by plugin; only what was filled in."""
    result: dict[str, dict[str, object]] = {}
    for plugin, spec in fields:
        value = values.get(f"{plugin}--{spec.name}")
        if value not in (None, "", [], False):
            result.setdefault(plugin, {})[spec.name] = (
                value if isinstance(value, (str, int, bool, list)) else str(value)
            )
    return result


def contact_from(values: Mapping[str, Any]) -> ContactPerson:
    """The contact person as typed."""
    return ContactPerson(
        name=values["contact_name"],
        kana=values["contact_kana"],
        relation=values["contact_relation"],
        phone=values["contact_phone"],
        hidden=values["contact_hidden"],
    )


def person_from(form: Form, person_id: str) -> PersonConcerned:
    """One person concerned as typed."""
    return PersonConcerned(person_id=person_id, **form.values)


def traits_from(values: Mapping[str, Any]) -> PersonTraits:
    """What a person on the form is compared by."""
    return PersonTraits(
        values.get("name") or "",
        values.get("kana") or "",
        values.get("birth_date"),
        values.get("address") or "",
        values.get("phone") or "",
    )


def screening_from(values: Mapping[str, Any]) -> Screening:
    """The two answers; an empty one means not asked yet."""
    meaning = {"yes": True, "no": False}
    return Screening(
        meaning.get(values["single_agency"]), meaning.get(values["ordinary_cooperation"])
    )


@once_in_each_language
def _channel_field() -> tuple[FieldSpec, ...]:
    choices = _choices("channel", Channel)
    return (FieldSpec("channel", text("field.channel"), FieldKind.CHOICE, True, choices=choices),)


def _choices(prefix: str, values: Any) -> tuple[Choice, ...]:
    return tuple(Choice(value.value, text(f"{prefix}.{value.value}")) for value in values)


def _notice_failures(failures: Any) -> None:
    g.notices = [
        *g.get("notices", []),
        *({"tone": "warning", "text": failure.notice} for failure in failures),
    ]


def label_or_code(labels: Mapping[str, str], code: str) -> str:
    """The words for a code, or the code itself when the town no longer has it."""
    return labels.get(code, code)


def say(key: str, **facts: Any) -> str:
    """A sentence for form problems."""
    return strings().text(key, **facts)
