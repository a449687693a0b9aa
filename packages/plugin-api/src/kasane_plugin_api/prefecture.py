"""What a prefecture's plugin answers: how it supports its municipalities and which of them have begun."""

from dataclasses import dataclass

from kasane_plugin_api.answers import Phase


@dataclass(frozen=True)
class SupportDuty:
    """One thing the prefecture does for a municipality, by the document's own name for it."""

    code: str
    label: str
    text: str = ""
    source: str = ""


@dataclass(frozen=True)
class ProgrammeStart:
    """A municipality and the fiscal year in which it began 重層的支援体制整備事業, or means to.

    ``code`` is its local government code of six digits. ``year`` is None and ``phase`` is *not stated*
    where the document names no year; ``source`` says where the year stands.
    """

    code: str
    name: str
    year: int | None = None
    phase: Phase = Phase.NOT_STATED
    source: str = ""


@dataclass(frozen=True)
class PrefectureNote:
    """Something the prefecture's document holds that a reader of its page should know."""

    text: str
    source: str = ""


@dataclass(frozen=True)
class PrefectureView:
    """What a prefecture's document says of its own part; it never holds a person.

    ``municipalities`` are all municipalities of the prefecture, in the order of their codes.
    """

    office: str
    team: str
    duties: tuple[SupportDuty, ...]
    municipalities: tuple[ProgrammeStart, ...]
    notes: tuple[PrefectureNote, ...] = ()
    source: str = ""
