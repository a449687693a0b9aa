"""Checks the values that plugins hand back and get handed."""

from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

import kasane_plugin_api
from kasane_plugin_api import (
    ConsentView,
    LegalKind,
    MeetingBody,
    MeetingRoute,
    Office,
    PersonView,
    Role,
    RoleFunction,
    answers,
    matching_bodies,
    matching_roles,
    views,
)

CHIEF = Role("chief", "主任推進員", RoleFunction.COORDINATOR)
HELPER = Role("helper", "副主任", RoleFunction.COORDINATOR)
WORKER = Role("coordinator", "訪問員", RoleFunction.OUTREACH_WORKER)
BOTH = MeetingBody(
    "joint",
    "包括的支援会議",
    (LegalKind.SUPPORT_CONFERENCE, LegalKind.MULTI_AGENCY_CONFERENCE),
)
COMMUNITY = MeetingBody("area", "協議体", (LegalKind.COMMUNITY,))


def test_a_role_is_meant_by_its_code_first() -> None:
    assert matching_roles((CHIEF, HELPER, WORKER), "chief") == (CHIEF,)
    assert matching_roles((CHIEF, HELPER, WORKER), "coordinator") == (WORKER,)


def test_a_role_is_meant_by_its_function_when_no_code_fits() -> None:
    assert matching_roles((CHIEF, HELPER), "coordinator") == (CHIEF, HELPER)
    assert matching_roles((CHIEF, HELPER), RoleFunction.RECEIVER) == ()


def test_a_body_is_meant_by_its_code_or_by_one_of_its_legal_kinds() -> None:
    assert matching_bodies((BOTH, COMMUNITY), "area") == (COMMUNITY,)
    assert matching_bodies((BOTH, COMMUNITY), "support_conference") == (BOTH,)
    assert matching_bodies((BOTH, COMMUNITY), "multi_agency_conference") == (BOTH,)
    assert matching_bodies((BOTH, COMMUNITY), "governance") == ()


def test_a_route_without_a_body_is_undecided() -> None:
    assert MeetingRoute("", "市の資料に定めがありません").undecided
    assert not MeetingRoute("monthly", "本人同意があるため").undecided


@pytest.mark.parametrize(
    ("state", "given"),
    [
        ("given", True),
        ("not_asked", False),
        ("pending", False),
        ("refused", False),
        ("withdrawn", False),
        ("expired", False),
        ("unable", False),
    ],
)
def test_only_a_given_consent_is_consent(state: str, given: bool) -> None:
    assert ConsentView(PersonView("p-1"), state).given is given


def test_every_answer_and_every_view_is_frozen() -> None:
    kinds = [
        kind
        for module in (answers, views)
        for kind in vars(module).values()
        if isinstance(kind, type) and is_dataclass(kind)
    ]

    assert [kind.__name__ for kind in kinds if not kind.__dataclass_params__.frozen] == []
    with pytest.raises(FrozenInstanceError):
        Office("a", "窓口").code = "b"  # type: ignore[misc]


def test_no_view_carries_what_names_a_person() -> None:
    naming = {"name", "kana", "address", "birthday", "telephone", "email", "text", "memo"}

    carried = {
        field.name
        for kind in vars(views).values()
        if isinstance(kind, type) and is_dataclass(kind)
        for field in fields(kind)
    }

    assert carried & naming == set()


def test_every_public_name_is_there() -> None:
    missing = [name for name in kasane_plugin_api.__all__ if not hasattr(kasane_plugin_api, name)]

    assert missing == []
