"""The fields of the forms of cases; the words come from strings/, the choices from the town."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from kasane_cases.domain.case import CaseStatus, ClosingOutcome
from kasane_cases.domain.consent import (
    HEARD_AT_INTAKE,
    AttendeeKind,
    ConsentPurpose,
    ConsentState,
    DataClass,
    Elsewhere,
    GivenBy,
)
from kasane_cases.domain.need_option import (
    NeedCircumstance,
    NeedTimes,
    OptionStep,
    WishedContact,
)
from kasane_cases.pages import words
from kasane_kit.auth import AccountFacts
from kasane_kit.web import hooks, term, text
from kasane_plugin_api import Choice, FieldKind, FieldSpec

ASKED_STATES = (
    ConsentState.GIVEN,
    ConsentState.PENDING,
    ConsentState.REFUSED,
    ConsentState.WITHDRAWN,
    ConsentState.UNABLE,
)


def spec(
    name: str,
    kind: FieldKind = FieldKind.TEXT,
    choices: Iterable[Choice] = (),
    *,
    required: bool = False,
    hint: str = "",
    max_length: int = 4000,
) -> FieldSpec:
    """A field whose label is ``field.<name>``."""
    return FieldSpec(name, text(f"field.{name}"), kind, required, hint, tuple(choices), max_length)


def members(enum: type[StrEnum], prefix: str) -> list[Choice]:
    """The members of an enumeration with the glossary's words."""
    return [Choice(member.value, term(f"{prefix}.{member.value}")) for member in enum]


def choices(labels: Mapping[str, str]) -> list[Choice]:
    """Choices from code to label."""
    return [Choice(code, label) for code, label in labels.items()]


def people(accounts: Iterable[AccountFacts]) -> list[Choice]:
    """Colleagues with their offices."""
    offices = words.office_labels()
    return [
        Choice(
            one.account_id,
            f"{one.display_name}（{offices[one.office]}）"
            if one.office in offices
            else one.display_name,
        )
        for one in accounts
    ]


def opening_fields(heard: Mapping[str, str], persons: Mapping[str, str]) -> list[FieldSpec]:
    """The opening form: whose consent is confirmed, whose address is protected, who works on it."""
    found = []
    if heard:
        found.append(
            spec(
                "consent_confirmed",
                FieldKind.CHOICES,
                choices(heard),
                hint=text("open.consent_hint"),
            )
        )
    if persons:
        found.append(
            spec(
                "address_protected",
                FieldKind.CHOICES,
                choices(persons),
                hint=text("open.protected_hint"),
            )
        )
    return [
        *found,
        spec("support_decided", FieldKind.BOOLEAN, hint=text("open.support_hint")),
        spec("support_reason", max_length=400),
        *team_fields(),
    ]


def team_fields() -> list[FieldSpec]:
    """Which offices work on the case; nothing when the town has none."""
    offices = choices(words.office_labels())
    if not offices:
        return []
    return [spec("team", FieldKind.CHOICES, offices, hint=text("open.team_hint"))]


def person_fields() -> list[FieldSpec]:
    """One person of a household, when there is no consultation to take them from."""
    return [
        spec("name", required=True, max_length=100),
        spec("kana", max_length=100),
        spec("relation", max_length=60),
        spec("householder", FieldKind.BOOLEAN),
        spec("birth_date", FieldKind.DATE),
        spec("sex", max_length=20),
        spec("address", max_length=300),
        spec("phone", FieldKind.TEL, max_length=40),
    ]


def consent_fields() -> list[FieldSpec]:
    """One person's consent: state, scope, who gave it, how, for how long."""
    states = [Choice(s.value, term(f"consent_state.{s.value}")) for s in ASKED_STATES]
    ways = {code: label for code, label in words.method_labels().items() if code != HEARD_AT_INTAKE}
    policy = hooks().consent_policy(purpose=ConsentPurpose.MULTI_AGENCY.value)
    days = policy.valid_for_days
    offered = {kind.value for kind in policy.recipients} or {kind.value for kind in AttendeeKind}
    return [
        spec("state", FieldKind.CHOICE, states, required=True),
        spec("purposes", FieldKind.CHOICES, members(ConsentPurpose, "consent_purpose")),
        spec(
            "recipients",
            FieldKind.CHOICES,
            [one for one in members(AttendeeKind, "attendee_kind") if one.value in offered],
            hint=text("consent.recipients_hint"),
        ),
        spec("data_classes", FieldKind.CHOICES, members(DataClass, "data_class")),
        spec("given_by", FieldKind.CHOICE, members(GivenBy, "given_by")),
        spec("representative", hint=text("consent.representative_hint"), max_length=100),
        spec("representative_basis", max_length=200),
        spec("own_will", FieldKind.TEXTAREA, hint=text("consent.own_will_hint"), max_length=1000),
        spec("method", FieldKind.CHOICE, choices(ways)),
        spec("heard_by", hint=text("consent.heard_by_hint"), max_length=100),
        *([spec("consent_form", FieldKind.CHOICE, policy.forms)] if policy.forms else []),
        spec("valid_from", FieldKind.DATE, hint=text("consent.valid_from_hint")),
        spec("expires_on", FieldKind.DATE, hint=text("consent.expires_hint", days=days)),
        spec("note", FieldKind.TEXTAREA, max_length=1000),
        spec(
            "elsewhere",
            FieldKind.CHOICE,
            members(Elsewhere, "elsewhere"),
            hint=text("consent.elsewhere_hint"),
        ),
    ]


def need_fields(persons: Mapping[str, str]) -> list[FieldSpec]:
    """A need of one person."""
    return [
        spec("person_id", FieldKind.CHOICE, choices(persons), required=True),
        spec("category", FieldKind.CHOICE, choices(words.category_labels()), required=True),
        spec("description", FieldKind.TEXTAREA, required=True, max_length=1000),
        spec("circumstances", FieldKind.CHOICES, members(NeedCircumstance, "need_circumstance")),
        spec("contact", FieldKind.CHOICE, members(WishedContact, "wished_contact")),
        spec("times", FieldKind.CHOICE, members(NeedTimes, "need_times")),
    ]


def need_option_fields() -> list[FieldSpec]:
    """A step with one human service for a need."""
    return [
        spec("step", FieldKind.CHOICE, members(OptionStep, "option_step"), required=True),
        spec(
            "reason",
            FieldKind.TEXTAREA,
            max_length=1000,
            hint=text("need_option.reason_hint"),
        ),
    ]


def referral_fields() -> list[FieldSpec]:
    """A request to a human service."""
    return [
        spec(
            "recipient",
            FieldKind.CHOICE,
            members(AttendeeKind, "attendee_kind"),
            required=True,
            hint=text("referral.recipient_hint"),
        ),
        spec("message", FieldKind.TEXTAREA, max_length=1000),
    ]


def outreach_fields(persons: Mapping[str, str], agencies: Mapping[str, str]) -> list[FieldSpec]:
    """A request to visit."""
    return [
        spec("person_id", FieldKind.CHOICE, choices(persons), required=True),
        spec("purpose", required=True, max_length=200),
        spec("agency", FieldKind.CHOICE, choices(agencies), required=True),
        spec("reason", FieldKind.TEXTAREA, max_length=1000, hint=text("outreach.reason_hint")),
        spec("by_when", FieldKind.DATE),
        spec("duration", FieldKind.INTEGER, hint=text("outreach.minutes_hint")),
        spec("two_person", FieldKind.BOOLEAN),
    ]


def status_fields(states: Iterable[CaseStatus]) -> list[FieldSpec]:
    """The next state of a case."""
    found = [Choice(state.value, words.status_label(state)) for state in states]
    return [
        spec("status", FieldKind.CHOICE, found, required=True),
        spec("review_on", FieldKind.DATE, hint=text("status.review_hint")),
    ]


def closing_fields() -> list[FieldSpec]:
    """The end of the multi-agency work."""
    reasons = [
        choice
        for choice in members(ClosingOutcome, "closing_outcome")
        if choice.value != ClosingOutcome.JOINED
    ]
    return [
        spec("outcome", FieldKind.CHOICE, reasons, required=True),
        spec("evaluation", FieldKind.TEXTAREA, required=True, max_length=2000),
        spec("next_contact", max_length=200, hint=text("closing.next_contact_hint")),
        spec("no_contact_needed", FieldKind.BOOLEAN),
        spec("review_on", FieldKind.DATE),
    ]
