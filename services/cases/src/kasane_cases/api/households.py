"""Households in the JSON API: who comes, who goes, splitting, joining, protected addresses."""

from typing import Any

from flask import Response

from kasane_cases import handlers, queries
from kasane_cases.api import household_schemas as schemas
from kasane_cases.commands import (
    AddMember,
    EndMembership,
    JoinHouseholds,
    PersonDetails,
    ProtectAddress,
    SplitHousehold,
    UndoStep,
)
from kasane_kit import clock
from kasane_kit.auth import require
from kasane_kit.ids import new_id
from kasane_kit.web import (
    ApiBlueprint,
    actor,
    asked_version,
    create_once,
    hooks,
    reading,
    shown_by,
    unit_of_work,
    with_version,
)

blueprint = ApiBlueprint("households_api", __name__, description="世帯 / households")
CHANGE = "cases.household.change"


@blueprint.route("/cases/<case_id>/household", methods=["GET"])
@require("cases.case.read", object_argument="case_id")
@blueprint.response(200, schemas.HouseholdSchema)
def get_household(case_id: str) -> Response:
    """The household of a case; no address is in it."""
    return _household(case_id)


@blueprint.route("/cases/<case_id>/members", methods=["POST"])
@require(CHANGE, object_argument="case_id")
@blueprint.arguments(schemas.MemberSchema)
@blueprint.response(201, schemas.HouseholdSchema)
def add_member(payload: dict[str, Any], case_id: str) -> Response:
    """Somebody belongs to the household from a day on."""
    details = PersonDetails(
        **{
            name: payload.pop(name)
            for name in ("name", "kana", "birth_date", "sex", "address", "phone")
        }
    )
    create_once(
        lambda uow, new: handlers.add_member(
            AddMember(step_id=new_id(), case_id=case_id, person_id=new, details=details, **payload),
            uow,
        )
    )
    return _household(case_id, 201)


@blueprint.route("/cases/<case_id>/members/<person_id>/leaving", methods=["POST"])
@require(CHANGE, object_argument="case_id")
@blueprint.arguments(schemas.LeavingSchema)
@blueprint.response(200, schemas.HouseholdSchema)
def leave(payload: dict[str, Any], case_id: str, person_id: str) -> Response:
    """Somebody no longer belongs to the household."""
    with unit_of_work() as uow:
        handlers.end_membership(EndMembership(new_id(), case_id, person_id, **payload), uow)
    return _household(case_id)


@blueprint.route("/cases/<case_id>/household/split", methods=["POST"])
@require("cases.case.open", object_argument="case_id")
@blueprint.arguments(schemas.SplitSchema)
@blueprint.response(201, schemas.HouseholdSchema)
def split(payload: dict[str, Any], case_id: str) -> Response:
    """Some members live apart with a case of their own; gives that case. Needs If-Match."""
    persons = tuple(payload.pop("person_ids"))
    version = asked_version()
    made = create_once(
        lambda uow, new: handlers.split_household(
            SplitHousehold(
                step_id=new_id(),
                case_id=case_id,
                new_case_id=new,
                person_ids=persons,
                version=version,
                **payload,
            ),
            uow,
            hooks(),
        )
    )
    return _household(made, 201)


@blueprint.route("/cases/<case_id>/household/join", methods=["POST"])
@require("cases.case.open", object_argument="case_id")
@blueprint.arguments(schemas.JoinSchema)
@blueprint.response(200, schemas.HouseholdSchema)
def join(payload: dict[str, Any], case_id: str) -> Response:
    """The members of another case come into this household. Needs If-Match."""
    with unit_of_work() as uow:
        handlers.join_households(
            JoinHouseholds(new_id(), case_id, version=asked_version(), **payload), uow
        )
    return _household(case_id)


@blueprint.route("/cases/<case_id>/household/steps/<step_id>/undoing", methods=["POST"])
@require(CHANGE, object_argument="case_id")
@blueprint.arguments(schemas.UndoSchema)
@blueprint.response(200, schemas.HouseholdSchema)
def undo(payload: dict[str, Any], case_id: str, step_id: str) -> Response:
    """Take a step back from today on."""
    with unit_of_work() as uow:
        handlers.undo_household_step(UndoStep(new_id(), case_id, step_id, **payload), uow)
    return _household(case_id)


@blueprint.route("/cases/<case_id>/members/<person_id>/protection", methods=["POST"])
@require("cases.protection.record", object_argument="person_id")
@blueprint.arguments(schemas.ProtectionSchema)
@blueprint.response(201, schemas.HouseholdSchema)
def protect(payload: dict[str, Any], case_id: str, person_id: str) -> Response:
    """Hide an address for a term of one year, or renew it."""
    readers = tuple(payload.pop("readers"))
    create_once(
        lambda uow, new: handlers.protect_address(
            ProtectAddress(
                protection_id=new, case_id=case_id, person_id=person_id, readers=readers, **payload
            ),
            uow,
        )
    )
    return _household(case_id, 201)


def _household(case_id: str, status: int = 200) -> Response:
    today = clock.today()
    with reading() as connection:
        file = queries.case_file(connection, actor(), case_id, today)
    beside = file.household
    members = []
    for person in file.persons:
        running = file.case.household.running(person.id, today)
        term = beside.protections.get(person.id)
        members.append(
            {
                "id": person.id,
                "name": person.name,
                "kana": person.kana,
                "relation": file.case.relation(person.id),
                "householder": running is not None and running.householder,
                "left_on": beside.left_on.get(person.id),
                "address_protected": person.address_protected,
                "protected_until": term.until_on if term else None,
            }
        )
    body = {
        "case_id": case_id,
        "members": members,
        "steps": [{"step": one.step, "undone": bool(one.step.undone_by)} for one in beside.steps],
        "version": file.case.version,
    }
    return with_version(shown_by(schemas.HouseholdSchema, body), file.case.version, status)
