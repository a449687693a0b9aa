"""Asks who visits, in which campaigns, and how workers at a door are watched over."""

from collections.abc import Sequence
from datetime import date

from kasane_plugin_api.answers import Campaign, OutreachAgency, VisitSafety
from kasane_plugin_api.markers import question
from kasane_plugin_api.views import NeedView


@question(since="0.1")
def outreach_agencies(area: str, need: NeedView) -> Sequence[OutreachAgency] | None:
    """Who visits in this area for this need?

    この地域・この困りごとには誰が訪問しますか。

    Asked by:
        outreach, when a household is to be reached.
    Arguments:
        ``area`` is the town's area code or empty.
    Answer:
        agencies or roles.
    Order:
        all answers, joined.
    """


@question(since="0.1")
def campaigns(year: int) -> Sequence[Campaign] | None:
    """Which outreach campaigns does the town run or plan in a year?

    町はその年度にどのアウトリーチの取組を行い、または予定していますか。

    Asked by:
        outreach, on the list of campaigns.
    Arguments:
        ``year`` is the fiscal year.
    Answer:
        campaigns with ordered steps and preconditions.
    Order:
        all answers, joined.
    """


@question(since="0.1", decides=True)
def visit_safety(on: date) -> VisitSafety | None:
    """How does the town watch over workers at a door, and whom can they call?

    訪問先の職員の安全をどう見守り、危ないときはどこに電話しますか。

    Asked by:
        outreach, when a round is handed out to a telephone and when a worker's word is late.
    Arguments:
        ``on`` is the day.
    Answer:
        telephone numbers, minutes of grace, and who is told.
    Order:
        first answer.
    """
