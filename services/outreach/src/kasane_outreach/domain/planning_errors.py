"""Names what is refused about visit plans, wishes and working hours; each code has its sentences in strings/."""

from kasane_outreach.domain.errors import OutreachRefusal


class PlanNotFound(OutreachRefusal):
    """No such visit plan, or it is not open to this person."""

    code = "not_found"
    status = 404


class PlanNotReady(OutreachRefusal):
    """The plan is still being searched, or was accepted before."""

    code = "plan_not_ready"


class PlanOutdated(OutreachRefusal):
    """Visits, households or workers changed after the plan was made."""

    code = "plan_outdated"


class PlanPartlyHidden(OutreachRefusal):
    """The plan holds households that who accepts it may not see."""

    code = "plan_partly_hidden"
    status = 403


class PlanEmpty(OutreachRefusal):
    """There is no worker, no visit or no placed visit."""

    code = "plan_empty"
    status = 422


class TooMuchToPlan(OutreachRefusal):
    """More visits or days than are planned in one go."""

    code = "too_much_to_plan"
    status = 422


class HoursUnreadable(OutreachRefusal):
    """Working hours end before they begin, or a break lies outside the day."""

    code = "hours_unreadable"
    status = 422


class AgencyOnlyByCoordinator(OutreachRefusal):
    """For which agency a worker goes is written down by coordinators alone."""

    code = "agency_only_by_coordinator"
    status = 403


class WishUnreadable(OutreachRefusal):
    """A window is shorter than nothing, or one person is wanted and refused."""

    code = "wish_unreadable"
    status = 422


class SecondWorkerMissing(OutreachRefusal):
    """Skills of a second worker are asked for where one worker goes alone."""

    code = "second_worker_missing"
    status = 422


class RepeatUnreadable(OutreachRefusal):
    """The rule of repetition is none that is planned with."""

    code = "repeat_unreadable"
    status = 422


class WeightOutOfBounds(OutreachRefusal):
    """A weight of a soft goal is less or more than plans can sensibly be made with."""

    code = "weight_out_of_bounds"
    status = 422


class DisruptionUnclear(OutreachRefusal):
    """What happened does not name what it happened to, or something that is not there."""

    code = "disruption_unclear"
    status = 422


class NoRoomLeft(OutreachRefusal):
    """The visit that has to be added finds no place on that day, even if others move."""

    code = "no_room_left"
    status = 422


class PositionMissing(OutreachRefusal):
    """The household has not been put on the map, so no way to it is known."""

    code = "position_missing"
    status = 422
