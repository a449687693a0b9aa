"""Names who acts, what a permission is, and lets every route declare the one it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

ACCESS_ATTRIBUTE = "__kasane_access__"


@dataclass(frozen=True)
class Actor:
    """Who acts: an account with its roles in one municipality, or the platform itself."""

    account_id: str
    display_name: str
    municipality: str
    roles: tuple[str, ...] = ()
    functions: frozenset[str] = frozenset()
    office: str = ""
    session_id: str = ""

    @property
    def is_platform(self) -> bool:
        """True for work that no person started, such as hearing an event."""
        return self.account_id.startswith("platform:")

    def has(self, function: str) -> bool:
        """Whether one of the actor's roles has the function."""
        return function in self.functions


def platform_actor(service: str, municipality: str) -> Actor:
    """The actor of work that the platform does by itself."""
    return Actor(f"platform:{service}", service, municipality)


@dataclass(frozen=True)
class Permission:
    """One thing that may be done: its name, its past for the trail, and the functions that hold it.

    ``personal`` says that using it touches a person's record, so that looking is recorded as well; ``step_up``
    that the password must have been entered just now: nobody does it at a screen that somebody else left.
    """

    name: str
    done: str
    functions: frozenset[str]
    object_kind: str
    personal: bool = True
    step_up: bool = False

    @property
    def refused(self) -> str:
        """What the trail calls it when somebody was not allowed."""
        return f"{self.name}.refused"

    @property
    def form_opened(self) -> str:
        """What the trail calls it when somebody looked at the form and did nothing."""
        return f"{self.name}.form_opened"

    @property
    def only_a_look(self) -> bool:
        """Whether it changes nothing."""
        return self.done.rpartition(".")[2] in ("read", "listed")


@dataclass(frozen=True)
class Access:
    """What a route declares: a permission, or that it is public or open to every account of the town, and why."""

    permission: str | None
    public_because: str = ""
    object_argument: str = ""
    signed_in_because: str = ""

    @property
    def is_public(self) -> bool:
        """Whether the route needs no account."""
        return self.permission is None and not self.signed_in_because

    @property
    def reason(self) -> str:
        """Why the route needs no permission; empty when it needs one."""
        if self.signed_in_because:
            return f"signed in: {self.signed_in_because}"
        return f"public: {self.public_because}" if self.public_because else ""


def require(permission: str, object_argument: str = "") -> Callable[[F], F]:
    """Declares the permission of a route; ``object_argument`` names the view argument with the object's id."""
    return _declare(Access(permission, object_argument=object_argument))


def public(because: str) -> Callable[[F], F]:
    """Declares that a route needs no account, with the reason."""
    return _declare(Access(None, public_because=because))


def signed_in(because: str) -> Callable[[F], F]:
    """Declares that a route is open to every account of the town, with the reason; it shows only the account's own."""
    return _declare(Access(None, signed_in_because=because))


def access_of(view: Callable[..., Any]) -> Access | None:
    """What the view declared, or None."""
    found = getattr(view, ACCESS_ATTRIBUTE, None)
    return found if isinstance(found, Access) else None


def _declare(access: Access) -> Callable[[F], F]:
    def mark(view: F) -> F:
        setattr(view, ACCESS_ATTRIBUTE, access)
        return view

    return mark
