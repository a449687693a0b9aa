"""Asks which bodies a town has, who sits in them and what binds them."""

from collections.abc import Sequence
from datetime import date

from kasane_plugin_api.answers import (
    AttendeeKind,
    AttendeeSlot,
    FollowUp,
    MeetingBody,
    MeetingRoute,
    Quorum,
    SecrecyNotice,
)
from kasane_plugin_api.markers import question
from kasane_plugin_api.views import CaseView, ConsentView, SessionView


@question(since="0.1")
def meeting_bodies(on: date) -> Sequence[MeetingBody] | None:
    """Which bodies does the town have, and of which legal nature?

    町にはどの会議体があり、法的にはどの種類ですか。

    Asked by:
        cases, when a session is planned.
    Arguments:
        ``on`` is the day: names and bodies have validity dates.
    Answer:
        bodies with unique codes and at least one legal kind each.
    Order:
        all answers, joined; the two national bodies stand when nobody answers.
    """


@question(since="0.1", decides=True)
def meeting_for(case: CaseView, consent: ConsentView, urgent: bool) -> MeetingRoute | None:
    """In which body may this person's matter be discussed?

    この方のことはどの会議で話し合えますか。

    Asked by:
        cases, on the case page and when an agenda item is added.
    Arguments:
        ``consent`` is the state of the one person; ``urgent`` that it cannot wait.
    Answer:
        the body and why; an empty body means that the town has not decided.
    Order:
        the first answer; the platform then still refuses what the law refuses.
    """


@question(since="0.1")
def attendees(body: str, case: CaseView) -> Sequence[AttendeeSlot] | None:
    """Who sits in this body for this case?

    この会議には誰が出席しますか。

    Asked by:
        cases, when a session is planned.
    Arguments:
        ``body`` is the body's code.
    Answer:
        slots with role or office and the kind of secrecy that binds them.
    Order:
        all answers, joined.
    """


@question(since="0.1", decides=True)
def quorum(body: str, members: int, present: int) -> Quorum | None:
    """Are enough members present for the body to open?

    会議を開ける人数がそろっていますか。

    Asked by:
        cases, before a session opens.
    Arguments:
        ``members`` is the number appointed, ``present`` those attending.
    Answer:
        whether it is met, with the sentence to show.
    Order:
        the first answer; no quorum when nobody answers.
    """


@question(since="0.1")
def cadence(body: str, year: int) -> Sequence[str] | None:
    """How often does this body meet in a fiscal year?

    この会議は年度に何回開かれますか。

    Asked by:
        cases, on the list of bodies.
    Arguments:
        ``year`` is the fiscal year beginning in April.
    Answer:
        the document's own words.
    Order:
        all answers, joined.
    """


@question(since="0.1", decides=True)
def secrecy_notice(body: str, attendee: AttendeeKind, on: date) -> SecrecyNotice | None:
    """Which duty of secrecy binds this attendee, in which words?

    この出席者はどの守秘義務に服し、どの文言を示しますか。

    Asked by:
        cases, on the attendance list.
    Arguments:
        ``attendee`` is the kind of attendee; ``on`` the day of the session.
    Answer:
        dated wording with its basis and source.
    Order:
        the first answer, then the platform's pledge without a penalty sentence.
    """


@question(since="0.1")
def after_meeting(session: SessionView) -> Sequence[FollowUp] | None:
    """Who is told what after a session?

    会議のあと、誰に何を伝えますか。

    Asked by:
        cases, on the session's page.
    Arguments:
        ``session`` is the held session.
    Answer:
        follow-ups by body or role; the platform still shows them only what it may.
    Order:
        all answers, joined.
    """
