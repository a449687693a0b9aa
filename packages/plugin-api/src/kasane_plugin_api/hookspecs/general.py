"""Asks about the town itself: its words, offices, posts and the items of its plan."""

from collections.abc import Mapping, Sequence
from datetime import date

from kasane_plugin_api.answers import Office, PhaseAnswer, ResponsibleOffice, Role
from kasane_plugin_api.facts import TownFact
from kasane_plugin_api.markers import question
from kasane_plugin_api.views import ConsultationView


@question(since="0.1")
def town_terms(on: date) -> Mapping[str, str] | None:
    """Which words does the town use in place of the national terms?

    町は国の用語の代わりにどの言葉を使いますか。

    Asked by:
        every service, when a label is shown.
    Arguments:
        ``on`` is the day for which the words hold.
    Answer:
        glossary id to the town's word; unknown ids are ignored.
    Order:
        all answers, a plugin later in the town's list wins.
    """


@question(since="0.1")
def organization(on: date) -> Sequence[Office] | None:
    """Which desks, units and agencies does the town have on a day?

    その日、町にはどの窓口・課・機関がありますか。

    Asked by:
        intake (desks, handing over), portal (accounts).
    Arguments:
        ``on`` is the day.
    Answer:
        offices with unique codes.
    Order:
        all answers, joined in the town's order.
    """


@question(since="0.1")
def roles(on: date) -> Sequence[Role] | None:
    """Which posts take part, and with which function on the platform?

    どの職がどの役割で参加しますか。

    Asked by:
        portal (accounts and rights), intake and cases (who is told).
    Arguments:
        ``on`` is the day.
    Answer:
        roles with unique codes; a role's function decides what it may do.
    Order:
        all answers, joined in the town's order.
    """


@question(since="0.1", decides=True)
def responsible_office(consultation: ConsultationView) -> ResponsibleOffice | None:
    """Which office should take this matter first?

    この相談はまずどの課が受け持ちますか。

    Asked by:
        intake, when a consultation is received.
    Arguments:
        ``consultation`` is the snapshot without personal data.
    Answer:
        the office and the reason, or nothing.
    Order:
        the first answer, a plugin later in the town's list is asked earlier.
    """


@question(since="0.1", decides=True)
def phase(feature: str, on: date) -> PhaseAnswer | None:
    """Is a thing of the plan document planned, running or ended on a day?

    計画書のその項目は、その日に予定・実施中・終了のどれですか。

    Asked by:
        every service, before a feature is offered.
    Arguments:
        ``feature`` is the town's own code of the item; ``on`` the day.
    Answer:
        the phase with the words of the document.
    Order:
        the first answer.
    """


@question(since="0.2")
def stated_facts(on: date) -> Sequence[TownFact] | None:
    """What else do the town's documents say that no other question asks about?

    町の資料には、ほかの質問にない何が書かれていますか。

    Asked by:
        portal, on the town's page; no rule reads it.
    Arguments:
        ``on`` is the day.
    Answer:
        facts with unique codes, each with its lines.
    Order:
        all answers, joined.
    """
