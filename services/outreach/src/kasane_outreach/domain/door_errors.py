"""Names what the door-step refuses; each code has its sentences in strings/."""

from kasane_outreach.domain.errors import OutreachRefusal


class DeviceNotFound(OutreachRefusal):
    """No such telephone, or it is not this person's."""

    code = "not_found"
    status = 404


class DeviceStopped(OutreachRefusal):
    """The telephone was stopped; what lies on it is wiped at its next contact."""

    code = "device_stopped"
    status = 410


class DoorItemNotFound(OutreachRefusal):
    """No such thing sent from a telephone, or it is not open to this person."""

    code = "not_found"
    status = 404


class VisitReassigned(OutreachRefusal):
    """The visit belongs to somebody else by now; the record stays with who made it."""

    code = "visit_reassigned"


class NotHandedOut(OutreachRefusal):
    """The visit was never handed out to this telephone."""

    code = "not_handed_out"


class VisitUnknown(OutreachRefusal):
    """Nobody knows the visit here any more, as after a restore from a backup that is older than it."""

    code = "visit_unknown"


class SurveyedMeanwhile(OutreachRefusal):
    """Somebody else has written down how the survey ended at this house."""

    code = "surveyed_meanwhile"


class ContentUnreadable(OutreachRefusal):
    """What the telephone sent is not what a door-step sends."""

    code = "content_unreadable"
    status = 422


class CallUnreadable(OutreachRefusal):
    """A line of the emergency page has no name or no number that can be called, or there are too many."""

    code = "call_unreadable"
    status = 422


class AlreadySettled(OutreachRefusal):
    """Somebody settled this before."""

    code = "already_settled"
