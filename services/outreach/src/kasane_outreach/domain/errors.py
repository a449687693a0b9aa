"""Names what outreach refuses; each code has its sentences in strings/."""


class OutreachRefusal(Exception):
    """Something that a visit or a household does not allow; ``facts`` fill the sentence shown."""

    code = "refused"
    status = 409

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code)
        self.facts = facts


class HouseholdNotFound(OutreachRefusal):
    """No such household to reach, or it is not open to this person."""

    code = "not_found"
    status = 404


class VisitNotFound(OutreachRefusal):
    """No such visit, or it is not open to this person."""

    code = "not_found"
    status = 404


class RoundNotFound(OutreachRefusal):
    """No such round, or it is not open to this person."""

    code = "not_found"
    status = 404


class HouseholdClosed(OutreachRefusal):
    """The request was closed; no further visit is scheduled."""

    code = "household_closed"


class NotAPosition(OutreachRefusal):
    """The coordinates are not a place in Japan."""

    code = "not_a_position"
    status = 422


class AddressProtected(OutreachRefusal):
    """A protected address is put on no map and into no round (I-10)."""

    code = "address_protected"


class WorkersMissing(OutreachRefusal):
    """A visit needs a worker, a two-person visit two different ones."""

    code = "workers_missing"
    status = 422


class NotAVisitTime(OutreachRefusal):
    """The visit has no length, or does not end on the day it begins."""

    code = "not_a_visit_time"
    status = 422


class DayIsPast(OutreachRefusal):
    """A visit cannot be scheduled on a day that is over."""

    code = "day_is_past"
    status = 422


class WorkerBusy(OutreachRefusal):
    """The worker has another visit at that time."""

    code = "worker_busy"


class SameDayVisit(OutreachRefusal):
    """Somebody visits the same household on the same day; a person has to say that it is meant."""

    code = "same_day_visit"


class VisitCancelled(OutreachRefusal):
    """The visit was cancelled; a record can no longer be made of it."""

    code = "visit_cancelled"


class AlreadyRecorded(OutreachRefusal):
    """Somebody recorded this visit before."""

    code = "already_recorded"


class ReasonMissing(OutreachRefusal):
    """A visit is cancelled with a reason."""

    code = "reason_missing"
    status = 422


class RoundNotSound(OutreachRefusal):
    """The checker found a breach in a plan; it is not kept."""

    code = "round_not_sound"


class RoundOutdated(OutreachRefusal):
    """What the round was planned on has changed; it has to be planned again."""

    code = "round_outdated"


class RoundEmpty(OutreachRefusal):
    """A round without a worker, a visit or a placed visit cannot be used."""

    code = "round_empty"
    status = 422


class ChangedMeanwhile(OutreachRefusal):
    """Somebody else changed the record after it was read."""

    code = "changed_meanwhile"
    status = 412


class SameWorkers(OutreachRefusal):
    """The visit is theirs already."""

    code = "same_workers"


class NotYours(OutreachRefusal):
    """Only a coordinator, or who asked for the visits, ends a request without a case."""

    code = "not_yours"
    status = 403


class AskedByCase(OutreachRefusal):
    """The request belongs to a case and ends with it, or where the case takes it back."""

    code = "asked_by_case"


class PlaceMissing(OutreachRefusal):
    """Nobody can be visited without an address."""

    code = "place_missing"
    status = 422
