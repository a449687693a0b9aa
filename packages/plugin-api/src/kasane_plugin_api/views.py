"""Read-only snapshots handed to hooks; they carry no name, address or number of a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from kasane_plugin_api.scopes import DataScope


@dataclass(frozen=True)
class PersonView:
    """One person of a consultation or case, with age in years and place in the household.

    ``reference`` is opaque: it says nothing about who the person is.
    """

    reference: str
    age: int | None = None
    relation: str = ""


@dataclass(frozen=True)
class ScreeningView:
    """What the desk found: can one agency cope, can ordinary cooperation cope.

    ``None`` means that it was not asked yet.
    """

    single_agency_enough: bool | None = None
    ordinary_cooperation_enough: bool | None = None


@dataclass(frozen=True)
class ConsultationView:
    """A consultation as a town's rule may see it; free text is not handed over.

    ``route`` says through whom it came, as the desk noted it or the channel itself says: ``person``,
    ``family``, ``commissioner``, ``neighbour``, ``agency`` or ``other``; empty when nobody said.
    """

    SCOPE: ClassVar[DataScope] = DataScope.CONSULTATION

    channel: str
    desk: str
    categories: tuple[str, ...] = ()
    main_category: str = ""
    urgent: bool = False
    area: str = ""
    received_on: date | None = None
    screening: ScreeningView = ScreeningView()
    extensions: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    route: str = ""


@dataclass(frozen=True)
class SheetView:
    """A つなぐシート on its way: from whom to whom, since when, and whether the person agreed."""

    SCOPE: ClassVar[DataScope] = DataScope.SHEET

    from_office: str
    to_office: str
    sent_on: date | None = None
    consent: bool = False


@dataclass(frozen=True)
class ConsentView:
    """The consent state of one person of a case on the day of asking.

    ``state`` is one of not_asked, pending, refused, given, withdrawn, expired and unable.
    """

    SCOPE: ClassVar[DataScope] = DataScope.CONSENT

    person: PersonView
    state: str

    @property
    def given(self) -> bool:
        """True when this person's consent holds today; every other state is no consent."""
        return self.state == "given"


@dataclass(frozen=True)
class CaseView:
    """A case as a town's rule may see it."""

    SCOPE: ClassVar[DataScope] = DataScope.CASE

    reference: str
    status: str
    support_decided: bool = False
    need_categories: tuple[str, ...] = ()
    area: str = ""


@dataclass(frozen=True)
class SessionView:
    """A held session of a body."""

    SCOPE: ClassVar[DataScope] = DataScope.SESSION

    body: str
    held_on: date | None = None


@dataclass(frozen=True)
class PlanView:
    """A support plan: its kind and the day it was decided."""

    SCOPE: ClassVar[DataScope] = DataScope.PLAN

    kind: str
    decided_on: date | None = None


@dataclass(frozen=True)
class CandidateView:
    """One human service that could meet a need, with the points it has from the platform."""

    SCOPE: ClassVar[DataScope] = DataScope.DIRECTORY

    human_service_id: str
    title: str
    categories: tuple[str, ...]
    points: float
    micro_tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class NeedView:
    """One need of a person or household."""

    SCOPE: ClassVar[DataScope] = DataScope.NEED

    category: str
    area: str = ""
