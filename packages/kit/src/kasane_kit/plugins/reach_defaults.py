"""Answers what reaches out, to visits, resources, participation and the community, when no plugin does."""

from collections.abc import Sequence
from datetime import date

from kasane_plugin_api import (
    Campaign,
    CandidateView,
    CaseView,
    CommunityLevel,
    CommunityNetwork,
    CommunityRoute,
    FreshnessRule,
    IssueView,
    NeedView,
    OutreachAgency,
    ParticipationRule,
    PrefectureView,
    RankedResource,
    ResourceSource,
    RoleFunction,
    TrainingCourse,
    VisitSafety,
    hookimpl,
)

_COORDINATOR = str(RoleFunction.COORDINATOR)
_WIDER = {
    CommunityLevel.NEIGHBOURHOOD: CommunityLevel.DISTRICT,
    CommunityLevel.DISTRICT: CommunityLevel.TOWN,
}

# The sixteen boxes of the intake sheet from which the national forms descend.


class DefaultReach:
    """What the platform does of itself: no campaign, no judgement, no ranking, no community body is stated."""

    @hookimpl(trylast=True)
    def outreach_agencies(self, area: str, need: NeedView) -> Sequence[OutreachAgency]:
        """The coordinator's own unit.
        コーディネーターの所属。
        """
        return (OutreachAgency("coordinator", "コーディネーターの所属", area, _COORDINATOR),)

    @hookimpl(trylast=True)
    def campaigns(self, year: int) -> Sequence[Campaign]:
        """None.
        ない。
        """
        return ()

    @hookimpl(trylast=True)
    def visit_safety(self, on: date) -> VisitSafety:
        """The coordinator is told a quarter of an hour after a late visit (our choice).
        予定を15分過ぎたら、コーディネーターに知らせる（基盤の既定）。
        """
        return VisitSafety()

    @hookimpl(trylast=True)
    def resource_sources(self) -> Sequence[ResourceSource]:
        """The municipal open data of 子ども食堂, until a town names its own.
        自治体オープンデータの子ども食堂一覧（町が定めるまで）。
        """
        return (ResourceSource("open_data", "自治体オープンデータ", layout="kodomo_shokudo"),)

    @hookimpl(trylast=True)
    def resource_freshness(self, on: date) -> FreshnessRule:
        """Asked about after half a year, stale after a year, reminded every month (our choice).
        半年で問い合わせ、1年で古いとみなし、1か月ごとに知らせる（基盤の既定）。
        """
        return FreshnessRule(180, 365, 30, stated=False)

    @hookimpl(trylast=True)
    def participation_rule(self, case: CaseView) -> ParticipationRule:
        """No judgement is asked for; the plan itself still takes the meeting of its case.
        判断の会議は求めない（参加支援プランは、ケースの会議で決める）。
        """
        return ParticipationRule(
            "市町村の資料に、参加支援を始める前の判断の定めはありません。国の基本の進め方によります。",
            stated=False,
        )

    @hookimpl(trylast=True)
    def community_route(self, issue: IssueView, on: date) -> CommunityRoute:
        """None is named: somebody chooses; from a neighbourhood it goes to its district, then to the town.
        受ける会議体の定めはなく、人が選ぶ。自治会から校区・圏域、町全域へ上げられる。
        """
        return CommunityRoute(
            "市町村の資料に、地域課題を受ける会議体の定めはありません。会議体を選んでください。",
            next_level=_WIDER.get(issue.level),
        )

    @hookimpl(trylast=True)
    def training_courses(self, on: date) -> Sequence[TrainingCourse]:
        """None is stated.
        定めはない。
        """
        return ()

    @hookimpl(trylast=True)
    def community_networks(self, on: date) -> Sequence[CommunityNetwork]:
        """None is stated.
        定めはない。
        """
        return ()

    @hookimpl(trylast=True)
    def rank_resources(
        self, need: NeedView, candidates: Sequence[CandidateView]
    ) -> Sequence[RankedResource]:
        """Nothing: the order of the platform stands.
        加えない。
        """
        return ()

    @hookimpl(trylast=True)
    def prefecture_view(self, on: date) -> PrefectureView | None:
        """None: what a prefecture does is written in its own document.
        ない。都道府県の資料にしか書かれていない。
        """
        return None
