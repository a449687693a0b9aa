"""What is decided about a human service for one need: pinned, rejected, proposed, and the person's answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kasane_cases.domain.errors import CasesRefusal


class NeedCircumstance(StrEnum):
    """What a service has to fit because of the household."""

    WHEELCHAIR = "wheelchair"
    HARD_OF_HEARING = "hard_of_hearing"
    HARD_OF_SEEING = "hard_of_seeing"
    WITH_INFANT = "with_infant"
    PREGNANCY = "pregnancy"
    WITHOUT_CAR = "without_car"


class WishedContact(StrEnum):
    """How the person wishes to be reached; the words of the directory."""

    PHONE = "phone"
    EMAIL = "email"
    LINE = "line"
    WALK_IN = "walk_in"
    HOME_VISIT = "home_visit"
    ONLINE = "online"


class NeedTimes(StrEnum):
    """When it suits the household."""

    WEEKDAY_DAYTIME = "weekday_daytime"
    WEEKDAY_EVENING = "weekday_evening"
    WEEKEND = "weekend"


class OptionStep(StrEnum):
    """One step with a human service for a need."""

    PINNED = "pinned"
    REJECTED = "rejected"
    PROPOSED = "proposed"
    WANTS = "wants"
    NOT_NOW = "not_now"
    DOES_NOT_WANT = "does_not_want"


ANSWERS = frozenset({OptionStep.WANTS, OptionStep.NOT_NOW, OptionStep.DOES_NOT_WANT})


class RejectionWithoutReason(CasesRefusal):
    """A human service is rejected, or taken up again, with a reason."""

    code = "rejection_without_reason"
    status = 422


class OptionRejected(CasesRefusal):
    """A rejected human service stays rejected for the need until it is pinned again with a reason."""

    code = "option_rejected"


class NotProposed(CasesRefusal):
    """The person answers what was proposed."""

    code = "not_proposed"


@dataclass(frozen=True)
class NeedOption:
    """One step with a human service for a need. Steps are added, never changed."""

    id: str
    need_id: str
    human_service_id: str
    name: str
    step: OptionStep
    reason: str
    by_name: str
    at: datetime


def next_step(before: NeedOption | None, step: OptionStep, reason: str) -> None:
    """Refuses a step that may not follow: RejectionWithoutReason, OptionRejected, NotProposed."""
    last = None if before is None else before.step
    if last is OptionStep.REJECTED:
        if step is not OptionStep.PINNED:
            raise OptionRejected
        if not reason.strip():
            raise RejectionWithoutReason
    if step is OptionStep.REJECTED and not reason.strip():
        raise RejectionWithoutReason
    if step in ANSWERS and last is not OptionStep.PROPOSED and last not in ANSWERS:
        raise NotProposed


def latest(steps: Iterable[NeedOption]) -> Mapping[str, NeedOption]:
    """The last step for each human service; ``steps`` are oldest first."""
    return {one.human_service_id: one for one in steps}
