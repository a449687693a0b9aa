"""Every step a person could take, at random, and what has to be true after each."""

from inspect import getmembers

from hypothesis.stateful import RULE_MARKER

from tests.stateful.looking import Looking
from tests.stateful.meetings import Meetings
from tests.stateful.people import People
from tests.stateful.telling import Telling

# What a play of some thousand steps must have reached; the town refused each of these acts as well.
DONE = [
    "open_case",
    "decide_support",
    "split_household",
    "join_households",
    "add_member",
    "end_membership",
    "undo_household_step",
    "merged",
    "protect_address",
    "end_protection",
    "record_consent",
    "plan_session",
    "record_secrecy",
    "mark_presence",
    "add_agenda_item",
    "confirm_members",
    "open_session",
    "record_fact",
    "hold_session",
    "draft_minutes",
    "fix_minutes",
    "issue_pack",
    "assign_team",
    "end_team",
    "restrict_case",
    "identify_need",
    "request_referral",
    "request_outreach",
    "tell_somebody",
    "ask_legal_ground",
    "answer_legal_ground",
    "draft_plan",
    "prepare_transfer",
    "approve_transfer",
    "accepted",
]
REFUSED = [
    "record_consent",
    "add_agenda_item",
    "open_session",
    "record_fact",
    "plan_session",
    "tell_somebody",
    "answer_legal_ground",
    "assign_team",
    "draft_plan",
    "prepare_transfer",
    "request_referral",
]
BASES = ("consent", "support_conference", "other_law", "own_duty")
LOOKED = ("looked at a case", "looked at a session", "opened a page")


class Sharing(People, Meetings, Telling, Looking):
    """One play: a town at work for some months."""

    @classmethod
    def acts(cls) -> set[str]:
        """The names of the acts that are drawn at random."""
        return {name for name, value in getmembers(cls) if hasattr(value, RULE_MARKER)}

    @staticmethod
    def expected() -> set[str]:
        """What a whole play must have reached: every kind of act, basis and look."""
        return {
            *DONE,
            *(f"told:{basis}" for basis in BASES),
            *LOOKED,
        }

    @staticmethod
    def refusals() -> set[str]:
        """What can be refused; one play may miss a rare one."""
        return {f"refused:{name}" for name in REFUSED}
