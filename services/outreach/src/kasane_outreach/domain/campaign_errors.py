"""Names what campaigns and watching refuse; each code has its sentences in strings/."""

from kasane_outreach.domain.errors import OutreachRefusal


class CampaignRunNotFound(OutreachRefusal):
    """No such run of a campaign, or no such household or person in it."""

    code = "not_found"
    status = 404


class CampaignNotRunning(OutreachRefusal):
    """The town's document only plans the campaign; the town has not said that it began."""

    code = "campaign_not_running"


class ReceiversNotReady(OutreachRefusal):
    """Somebody who could receive those who answer is not ready yet (I-17)."""

    code = "receivers_not_ready"


class ListNotFixed(OutreachRefusal):
    """The list was not approved, so nobody is written to."""

    code = "list_not_fixed"


class ListFixed(OutreachRefusal):
    """The list is fixed; nobody is added or taken off."""

    code = "list_fixed"


class RunOver(OutreachRefusal):
    """The run of the campaign is over; nobody is written to or visited for it any more."""

    code = "run_over"


class WatchEnded(OutreachRefusal):
    """Nobody has to look any more, so nothing more is reported."""

    code = "watch_ended"


class ListGone(OutreachRefusal):
    """The list was deleted when its term ended; only counts are left."""

    code = "list_gone"
    status = 410


class GroundMissing(OutreachRefusal):
    """Source, legal ground and the day until which the list is kept have to be named."""

    code = "ground_missing"
    status = 422


class SamePersonApproves(OutreachRefusal):
    """Who made the list does not approve it."""

    code = "same_person_approves"


class NobodyLeft(OutreachRefusal):
    """Nobody is left to write to or to visit."""

    code = "nobody_left"


class UnknownCode(OutreachRefusal):
    """The code of the letter is not one of ours, or its survey is over."""

    code = "unknown_code"
    status = 404


class TooManyTries(OutreachRefusal):
    """Too many codes were tried from one place."""

    code = "too_many_tries"
    status = 429


class AlreadyTriaged(OutreachRefusal):
    """The reply was read already and is not changed any more."""

    code = "already_triaged"
