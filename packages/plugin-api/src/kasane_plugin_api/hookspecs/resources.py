"""Asks about the directory of resources, participation support and community building."""

from collections.abc import Sequence
from datetime import date

from kasane_plugin_api.answers import FreshnessRule, RankedResource, ResourceSource
from kasane_plugin_api.community import (
    CommunityNetwork,
    CommunityRoute,
    IssueView,
    ParticipationRule,
    TrainingCourse,
)
from kasane_plugin_api.markers import question
from kasane_plugin_api.views import CandidateView, CaseView, NeedView


@question(since="0.1")
def resource_sources() -> Sequence[ResourceSource] | None:
    """Where does the town's directory of resources come from?

    町の社会資源の一覧は何から作られますか。

    Asked by:
        resources, on the directory page.
    Arguments:
        none.
    Answer:
        sources with layout and visibility.
    Order:
        all answers, joined.
    """


@question(since="0.2", decides=True)
def resource_freshness(on: date) -> FreshnessRule | None:
    """How long does an entry of the directory count as confirmed, and how often is its owner reminded?

    社会資源の登録は、確かめてから何日たつと問い合わせ、古いとみなし、担当者に再び知らせますか。

    Asked by:
        resources, on every list of entries, and by the job that reminds.
    Arguments:
        ``on`` is today.
    Answer:
        days from the last confirmation.
    Order:
        the first answer; the page says when none of the town is stated.
    """


@question(since="0.2", decides=True)
def participation_rule(case: CaseView) -> ParticipationRule | None:
    """What must have happened before participation support is planned, and who carries it out?

    参加支援を計画する前に何が必要で、誰が担いますか。

    Asked by:
        cases, when it is proposed; resources, at every step and on its page.
    Arguments:
        ``case`` is the snapshot; resources knows only its id and area.
    Answer:
        the judgement asked for, the office, the steps in the town's words.
    Order:
        the first answer; without one no judgement is asked for, and the page says that none is stated.
    """


@question(since="0.2", decides=True)
def community_route(issue: IssueView, on: date) -> CommunityRoute | None:
    """Which body takes up a community issue at its level, and where does it go from there?

    地域課題は、その段階ではどの会議体が受け、次はどこへ上がりますか。

    Asked by:
        resources, when an issue is raised or handed up.
    Arguments:
        ``issue`` has a theme and a place, no person; ``on`` is the day.
    Answer:
        the body with the reason; an empty body means that somebody has to choose.
    Order:
        the first answer; without one somebody chooses.
    """


@question(since="0.2")
def training_courses(on: date) -> Sequence[TrainingCourse] | None:
    """Which courses does the town hold for people who support others?

    支える人のための研修には、どのコースがありますか。

    Asked by:
        resources, on the page of training.
    Arguments:
        ``on`` is the day.
    Answer:
        courses with unique codes.
    Order:
        all answers, joined.
    """


@question(since="0.2")
def community_networks(on: date) -> Sequence[CommunityNetwork] | None:
    """Which networks of groups does the town keep, and what do their members do?

    町にはどのネットワークがあり、参画団体は何をしていますか。

    Asked by:
        resources, on the page of networks.
    Arguments:
        ``on`` is the day.
    Answer:
        networks with unique codes and their kinds of activity.
    Order:
        all answers, joined.
    """


@question(since="0.2", budget_ms=200)
def rank_resources(
    need: NeedView, candidates: Sequence[CandidateView]
) -> Sequence[RankedResource] | None:
    """What does the town add to candidates for a need?

    困りごとの候補に、町は何を加えますか。

    Asked by:
        resources, when it compares a need with the directory.
    Arguments:
        ``need`` is the category and the area, without the person; ``candidates`` are the first thirty.
    Answer:
        points of at most ten either way, with a sentence that says why. Nobody comes in who is not
        among the candidates, and who was left out stays out.
    Order:
        all answers, joined.
    """
