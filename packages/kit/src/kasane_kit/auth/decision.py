"""Decides: one pure, total function with default deny; the answer names its rule."""

from dataclasses import dataclass
from enum import StrEnum

from kasane_kit.auth.permissions import Actor, Permission


class Rule(StrEnum):
    """The rule that decided, in the order in which rules are asked."""

    NO_ACTOR = "no_actor"
    OTHER_MUNICIPALITY = "other_municipality"
    UNKNOWN_PERMISSION = "unknown_permission"
    NO_FUNCTION = "no_function"
    NO_GRANT = "no_grant"
    ALLOWED_BY_FUNCTION = "allowed_by_function"
    ALLOWED_BY_GRANT = "allowed_by_grant"


@dataclass(frozen=True)
class Grant:
    """A right to one object that follows from a basis: a team, a consent, a meeting, the law."""

    object_id: str
    basis: str


@dataclass(frozen=True)
class Decision:
    """Whether it is allowed, by which rule, and on which basis the trail names."""

    allowed: bool
    rule: Rule
    basis: str = ""


def decide(
    actor: Actor | None,
    permission: Permission | None,
    municipality: str,
    object_id: str = "",
    *,
    needs_grant: bool = False,
    grants: tuple[Grant, ...] = (),
) -> Decision:
    """Whether the actor may use the permission in the municipality, on the object when one is named.

    Pure and total: same answer for same input, no exception. An object that ``needs_grant`` is open only to
    holders of a grant for exactly this object; a function alone is not enough.
    """
    if actor is None:
        return Decision(False, Rule.NO_ACTOR)
    if actor.municipality != municipality:
        return Decision(False, Rule.OTHER_MUNICIPALITY)
    if permission is None:
        return Decision(False, Rule.UNKNOWN_PERMISSION)
    if not actor.functions & permission.functions:
        return Decision(False, Rule.NO_FUNCTION)
    if not needs_grant:
        return Decision(True, Rule.ALLOWED_BY_FUNCTION)
    for grant in grants:
        if object_id and grant.object_id == object_id:
            return Decision(True, Rule.ALLOWED_BY_GRANT, grant.basis)
    return Decision(False, Rule.NO_GRANT)
