"""How a matter reached the desk: its way, what each channel needs to be told, and how one may answer."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kasane_intake.domain.errors import (
    AgencyNeedsItsName,
    LetterFromTheFuture,
    LetterNeedsItsDate,
    SurveyNeedsAReply,
)


class Channel(StrEnum):
    """How a consultation came."""

    WINDOW = "window"
    TELEPHONE = "telephone"
    VISIT = "visit"
    LETTER = "letter"
    EMAIL = "email"
    EVENT = "event"
    SURVEY = "survey"
    WEB = "web"
    WEB_COMMISSIONER = "web_commissioner"
    AGENCY = "agency"


class BroughtBy(StrEnum):
    """Through whom the matter found its way to the desk, whatever the channel."""

    PERSON = "person"
    FAMILY = "family"
    COMMISSIONER = "commissioner"
    NEIGHBOUR = "neighbour"
    AGENCY = "agency"
    OTHER = "other"


class SurveyNeed(StrEnum):
    """What a reply to a survey asks for. There is no value for a reply that did not come (I-17)."""

    HIGH = "high"
    SOME = "some"
    NONE = "none"

    @property
    def next_step(self) -> str:
        """``visit`` for high need, ``event`` (相談会) for some, nothing for none."""
        return {"high": "visit", "some": "event"}.get(self.value, "")


WRITTEN = (Channel.LETTER, Channel.EMAIL)


@dataclass(frozen=True)
class Reception:
    """What was noted about how the matter came; all may stay empty unless the channel needs it."""

    route: BroughtBy | None = None
    written_on: date | None = None
    heard_by: str = ""
    agency: str = ""
    campaign: str = ""
    need: SurveyNeed | None = None
    contact_by: str = ""
    do_not_contact: str = ""

    def check(self, channel: Channel, today: date) -> None:
        """Raises a refusal naming what the channel needs and was not told."""
        if channel in WRITTEN and self.written_on is None:
            raise LetterNeedsItsDate
        if self.written_on is not None and self.written_on > today:
            raise LetterFromTheFuture
        if channel is Channel.AGENCY and not self.agency:
            raise AgencyNeedsItsName
        if channel is Channel.SURVEY and not (self.campaign and self.need):
            raise SurveyNeedsAReply

    def route_by(self, channel: Channel) -> BroughtBy | None:
        """The route as noted, else as the channel itself says it."""
        if self.route is not None:
            return self.route
        return {
            Channel.WEB_COMMISSIONER: BroughtBy.COMMISSIONER,
            Channel.AGENCY: BroughtBy.AGENCY,
        }.get(channel)
