"""The inputs of what keeps entries fresh."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ConfirmEntry:
    """A worker made sure today that an entry is right as this version says."""

    human_service_id: str
    version: int


@dataclass(frozen=True)
class OwnEntry:
    """The person who asks keeps an entry right from now on, or no longer does."""

    human_service_id: str
    mine: bool


@dataclass(frozen=True)
class MakeConfirmLink:
    """Make a link with which the organization confirms a public entry itself."""

    human_service_id: str


@dataclass(frozen=True)
class RevokeConfirmLink:
    """Let nobody use a link of an entry any more."""

    human_service_id: str
    link_id: str


@dataclass(frozen=True)
class AnswerAsOrganization:
    """An organization says through its link that the entry is right as it is, or what changed.

    ``entry_digest`` is that of the entry it saw.
    """

    token: str
    as_it_is: bool
    text: str
    entry_digest: str


@dataclass(frozen=True)
class DecideAnswer:
    """A worker takes over what an organization said, which confirms this version of the entry, or leaves it."""

    answer_id: str
    taken: bool
    version: int
