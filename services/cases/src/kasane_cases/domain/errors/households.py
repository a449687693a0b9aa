"""Why a household, a member or a protection is not changed."""

from kasane_cases.domain.errors.refusal import CasesRefusal


class PersonLeft(CasesRefusal):
    """The person no longer belongs to this household; nothing new is written about them here."""

    code = "person_left"


class LastMember(CasesRefusal):
    """A household does not become empty: its case is ended instead."""

    code = "last_member"


class AlreadyMember(CasesRefusal):
    """The person belongs to this household already."""

    code = "already_member"


class DayNotPossible(CasesRefusal):
    """A step of a household lies in the past or today, and not before its persons came."""

    code = "day_not_possible"
    status = 422


class StepUndone(CasesRefusal):
    """The step was taken back before, or the household has changed since."""

    code = "step_undone"


class JoinsEndedCase(CasesRefusal):
    """Who is supported in an open case is not taken into one that ended: both would be ended."""

    code = "joins_ended_case"


class OpensRestrictedCase(CasesRefusal):
    """What only a named team sees is not taken into a case that every coordinator sees."""

    code = "opens_restricted_case"


class SamePersonTwice(CasesRefusal):
    """Nobody cares for themselves, and no household joins itself."""

    code = "same_person_twice"
    status = 422


class RenewalTooEarly(CasesRefusal):
    """The protection of an address is renewed from one month before its end."""

    code = "renewal_too_early"


class NotProtected(CasesRefusal):
    """There is no running protection to end or to admit to."""

    code = "not_protected"
