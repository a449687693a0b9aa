"""Bugs to plant, each where the product decides, and the few acts that are enough to find it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import select, update

from kasane_cases import tables
from kasane_cases.domain.attendance import Attendee
from kasane_cases.domain.conference import ConferenceSession
from kasane_cases.domain.consent import Consent, ConsentState
from kasane_cases.domain.ledger import Disclosure
from kasane_cases.handlers import agenda, conferences
from kasane_cases.queries import households
from kasane_cases.repository import Cases, Consents, Ledger

SAYING = ("somebody_consents", "somebody_says_otherwise", "time_passes")
MEETING = (
    "a_session_is_planned",
    "a_person_is_put_on_an_agenda",
    "a_session_is_convened",
    "a_session_is_convened_and_talks",
)
AGENDA = ("a_session_is_planned", "a_person_is_put_on_an_agenda", "time_passes")
TELLING = ("somebody_is_told", "another_law_is_used")
ADDRESSES = ("a_case_is_opened", "an_address_is_protected", "somebody_joins_the_team")


@dataclass(frozen=True)
class Planted:
    """A bug: how it is planted, how the finding begins, which acts are played, whether with pages.

    ``seed`` is that of the plays that come first: those that found the bug soonest of a few that were tried.
    """

    plant: Callable[[pytest.MonkeyPatch], None]
    finding: str
    acts: tuple[str, ...]
    pages: bool = False
    seed: int = 0

    def __str__(self) -> str:
        return self.plant.__name__


def consent_of_anybody(patch: pytest.MonkeyPatch) -> None:
    """One member's consent counts for everybody of the case."""
    real = Consents.standing

    def standing(self: Consents, case_id: str) -> dict[str, Any]:
        found = real(self, case_id)
        given = [one for one in found.values() if one.state is ConsentState.GIVEN]
        case = Cases(self._connection).get(case_id)
        lent = {}
        for one in case.persons if given else ():
            own = found.get(one.id)
            number = own.number if own else 0
            lent[one.id] = replace(given[-1], person_id=one.id, number=number)
        return {**lent, **{one.person_id: one for one in given}}

    patch.setattr(Consents, "standing", standing)


def withdrawal_ignored(patch: pytest.MonkeyPatch) -> None:
    """What was given once stands, whatever was said after it."""
    real = Consents.standing

    def standing(self: Consents, case_id: str) -> dict[str, Any]:
        given = {
            one.person_id: one for one in self.history(case_id) if one.state is ConsentState.GIVEN
        }
        found = real(self, case_id)
        return found | {
            person_id: replace(one, number=found[person_id].number)
            for person_id, one in given.items()
        }

    patch.setattr(Consents, "standing", standing)


def expiry_ignored(patch: pytest.MonkeyPatch) -> None:
    """A consent has no last day."""
    patch.setattr(Consent, "state_on", lambda self, _day: self.state)


def gate_dropped(patch: pytest.MonkeyPatch) -> None:
    """Anybody is put on any agenda; that the session then does not open is too late."""
    patch.setattr(agenda, "_check_gate", lambda *_arguments: None)


def secrecy_skipped(patch: pytest.MonkeyPatch) -> None:
    """Everybody counts as bound."""
    patch.setattr(Attendee, "bound", property(lambda _self: True))


def host_not_asked(patch: pytest.MonkeyPatch) -> None:
    """A contractor may convene any body."""
    patch.setattr(conferences, "must_be_hosted_by_the_municipality", lambda *_arguments: None)


def closed_words_shown(patch: pytest.MonkeyPatch) -> None:
    """What was told about one matter is open to everybody who may see the session."""
    patch.setattr(ConferenceSession, "item_open_to", lambda *_arguments: True)


def address_shown(patch: pytest.MonkeyPatch) -> None:
    """A protected address is shown like another.

    Not planted in ``Person.withheld`` alone: an address that would give a protected one away is kept
    back as well, which holds that bug.
    """
    patch.setattr(households, "_as_seen", lambda person, _case, _readable: person)


def ledger_rewritten(patch: pytest.MonkeyPatch) -> None:
    """A later line changes an earlier one about the same person."""
    real = Ledger.add

    def add(self: Ledger, disclosure: Disclosure) -> None:
        d = tables.disclosure.c
        earlier = select(d.id).where(d.person_id == disclosure.person_id).limit(1)
        self._connection.execute(
            update(tables.disclosure)
            .where(d.id == earlier.scalar_subquery())
            .values(recipient="墨塗り")
        )
        real(self, disclosure)

    patch.setattr(Ledger, "add", add)


def page_reads_as_somebody_else(patch: pytest.MonkeyPatch) -> None:
    """The queries are right and a page asks them for another person."""
    sessions = import_module("kasane_cases.pages.sessions")
    real = sessions.actor
    patch.setattr(sessions, "actor", lambda: replace(real(), functions=frozenset({"coordinator"})))


PLANTED = (
    # The table itself may be the first to notice: two versions of one consent under one number.
    Planted(consent_of_anybody, "I-0[1278]|UNIQUE.*cases_consent", (*SAYING, *TELLING)),
    Planted(withdrawal_ignored, "I-0[128]", (*SAYING, *MEETING), seed=2),
    Planted(expiry_ignored, "I-02", ("somebody_consents", *AGENDA)),
    Planted(gate_dropped, "I-0[26]", MEETING),
    Planted(secrecy_skipped, "I-0[13]", MEETING),
    Planted(host_not_asked, "I-05", ("a_session_is_planned",)),
    Planted(closed_words_shown, "I-0[34]", MEETING),
    Planted(address_shown, "I-10", ADDRESSES),
    Planted(ledger_rewritten, "I-08", (*SAYING, *TELLING)),
    Planted(
        page_reads_as_somebody_else,
        "I-01, I-03, I-07: .* on /conf",
        MEETING,
        pages=True,
        seed=2,
    ),
)
