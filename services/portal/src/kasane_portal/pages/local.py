"""What the portal's pages ask of the place they are in: a town with plugins, or the host."""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from kasane_kit import clock
from kasane_kit.plugins import Hooks, MisconfiguredTown, PluginFailed
from kasane_kit.tenancy import HOST, current_municipality
from kasane_kit.web import actor, hooks, this_service
from kasane_plugin_api import Office, Role


@dataclass(frozen=True)
class Posts:
    """The town's roles and offices of today, and the sentence when its plugins cannot answer."""

    roles: tuple[Role, ...] = ()
    offices: tuple[Office, ...] = ()
    problem: str = ""

    def role_label(self, code: str) -> str:
        """The town's word for a role, by its code or function; the code where it has none."""
        by_code = [role.label for role in self.roles if role.code == code]
        by_function = [role.label for role in self.roles if role.function.value == code]
        return next(iter(by_code or by_function), code)

    def office_label(self, code: str) -> str:
        """The town's word for an office."""
        return next((office.label for office in self.offices if office.code == code), code)


def in_host() -> bool:
    """Whether the page is about the host and not about a town."""
    return current_municipality() == HOST


def hooks_or_none() -> Hooks | None:
    """The town's hooks; None in the host, which has no plugins."""
    return None if in_host() else hooks()


def posts() -> Posts:
    """Roles and offices as far as they can be known: pages must open in a misconfigured town."""
    if in_host():
        return Posts()
    today = clock.today()
    try:
        asked: Any = hooks()
        return Posts(tuple(asked.roles(on=today)), tuple(asked.organization(on=today)))
    except MisconfiguredTown as problem:
        return Posts(problem=problem.sentence)
    except PluginFailed as failure:
        return Posts(problem=failure.notice)


def secure_cookies() -> bool:
    """Whether cookies go over TLS only."""
    return bool(current_app.config["KASANE_SECURE_COOKIES"])


def may(permission: str) -> bool:
    """Whether the person at the screen holds a permission of the portal."""
    known = this_service().permission(permission)
    return known is not None and bool(actor().functions & known.functions)
