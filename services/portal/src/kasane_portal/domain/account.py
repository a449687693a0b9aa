"""An account: who signs in, in which roles, at which office; what a name and a password must be."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kasane_portal.domain.errors import (
    ChangedMeanwhile,
    DisplayNameMissing,
    LastAdministrator,
    LoginNameUnfit,
    OfficeUnknown,
    PasswordUnfit,
    RoleMissing,
    RoleUnknown,
)

ADMINISTRATOR = "town_administrator"
OPERATOR = "prefecture_operator"
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_DISPLAY_NAME = 100

_LOGIN_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{2,63}")


@dataclass(frozen=True)
class Posts:
    """What a town (or the host) has to give on a day: roles with their functions, and offices."""

    functions_by_role: Mapping[str, str]
    offices: frozenset[str] = frozenset()

    def functions_of(self, roles: Sequence[str]) -> tuple[str, ...]:
        """The functions of the roles, sorted; raises RoleMissing and RoleUnknown."""
        if not roles:
            raise RoleMissing
        unknown = [role for role in roles if role not in self.functions_by_role]
        if unknown:
            raise RoleUnknown(role=unknown[0], known=", ".join(sorted(self.functions_by_role)))
        return tuple(sorted({self.functions_by_role[role] for role in roles}))

    def check_office(self, office: str) -> None:
        """Raises OfficeUnknown; an account may have no office."""
        if office and office not in self.offices:
            raise OfficeUnknown(office=office)


HOST_POSTS = Posts({OPERATOR: OPERATOR})


@dataclass
class Account:
    """One staff member's account in one town; every change gives it the next revision.

    A session carries the revision it was made with, so any change also ends the open sessions.
    """

    id: str
    login_name: str
    display_name: str
    roles: tuple[str, ...]
    functions: tuple[str, ...]
    office: str = ""
    active: bool = True
    revision: int = 1

    @classmethod
    def make(
        cls,
        account_id: str,
        login_name: str,
        display_name: str,
        roles: Sequence[str],
        office: str,
        posts: Posts,
    ) -> "Account":
        """A new account; raises the refusals of its parts."""
        posts.check_office(office)
        return cls(
            id=account_id,
            login_name=fit_login_name(login_name),
            display_name=_fit_display_name(display_name),
            roles=_in_order(roles),
            functions=posts.functions_of(roles),
            office=office,
        )

    @property
    def administers(self) -> bool:
        """Whether this account can look after the town's accounts now."""
        return self.active and ADMINISTRATOR in self.functions

    def change(
        self,
        display_name: str,
        roles: Sequence[str],
        office: str,
        active: bool,
        posts: Posts,
        other_administrators: int,
    ) -> None:
        """Gives new roles, another office, or closes and reopens it; the next revision follows.

        An account can be closed although the town no longer offers its role, and an office may
        stay. Raises LastAdministrator when nobody could look after the accounts afterwards.
        """
        if office != self.office:
            posts.check_office(office)
        wanted = _in_order(roles)
        unchanged_and_closed = wanted == self.roles and not active
        functions = self.functions if unchanged_and_closed else posts.functions_of(wanted)
        still_administers = active and ADMINISTRATOR in functions
        if self.administers and not still_administers and other_administrators == 0:
            raise LastAdministrator
        self.display_name = _fit_display_name(display_name)
        self.roles, self.functions, self.office, self.active = wanted, functions, office, active
        self.revision += 1

    def password_changed(self) -> None:
        """A new password is a change like any other: the open sessions end."""
        self.revision += 1

    def check_revision(self, read: int) -> None:
        """Raises ChangedMeanwhile when the account is not as it was read."""
        if read != self.revision:
            raise ChangedMeanwhile


def fold_login_name(typed: str) -> str:
    """A login name as it is compared: any width, any case, without spaces around it."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def fit_login_name(typed: str) -> str:
    """The folded login name; raises LoginNameUnfit."""
    folded = fold_login_name(typed)
    if not _LOGIN_NAME.fullmatch(folded):
        raise LoginNameUnfit
    return folded


def check_password(password: str, login_name: str) -> None:
    """Raises PasswordUnfit; length is what counts, no rule asks for kinds of letters."""
    fits = SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD
    if not fits or fold_login_name(password) == fold_login_name(login_name):
        raise PasswordUnfit(least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)


def _fit_display_name(typed: str) -> str:
    name = typed.strip()
    if not name or len(name) > LONGEST_DISPLAY_NAME:
        raise DisplayNameMissing(most=LONGEST_DISPLAY_NAME)
    return name


def _in_order(roles: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(roles)))
