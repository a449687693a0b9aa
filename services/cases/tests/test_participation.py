"""Participation support and community issues as the case sees them: who is told what, and numbers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kasane_cases import handlers
from kasane_cases.commands import DecidePlan, RecordAgreement
from kasane_cases.commands.participation import (
    JudgeParticipation,
    ProposeParticipation,
    RaiseCommunityIssue,
    TellHost,
)
from kasane_cases.domain.agenda import LegalKind
from kasane_cases.domain.community_issue import CaseIssue, IssueLevel, may_be_named
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
)
from kasane_cases.domain.errors import (
    AreaMissing,
    CasesRefusal,
    CaseStudyIdentifies,
    DisclosureRefused,
    HostUnknown,
    JudgementClosed,
    NobodyHasIt,
    RecordNotFound,
    TooFewHouseholds,
    UnknownChoice,
    WrongStep,
)
from kasane_cases.domain.plan_records import AgreementWay
from kasane_cases.domain.support_plan import PlanKind
from kasane_cases.queries import case_file
from kasane_cases.repository import Ledger
from kasane_cases.repository.participations import CaseIssues, CaseParticipations
from kasane_contracts.cases import (
    CommunityIssueRaised,
    ParticipationHostTold,
    ParticipationJudged,
    ParticipationProposed,
    SupportPlanAgreed,
)
from kasane_contracts.resources import CommunityIssueAnswered, ParticipationMoved
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
EVERYTHING = ConsentScope(tuple(ConsentPurpose), tuple(AttendeeKind), tuple(DataClass))
TownAtWork = Any
WISH = "静かなところで手を動かす仕事を、週に1回"
HOSTED = ("matched", "ひだまり商店", "host-1")


def propose(town: TownAtWork, case_id: str, person_id: str = SON, wish: str = WISH) -> str:
    command = ProposeParticipation(new_id(), case_id, person_id, "withdrawal_truancy", wish)
    return str(town.do(handlers.propose_participation, command))


def moved(
    town: TownAtWork, case_id: str, part_id: str, status: str, host: str, host_id: str
) -> None:
    today = clock.today()
    town.bench.hear(ParticipationMoved(part_id, case_id, SON, status, today, host, host_id))


def kept(town: TownAtWork, part_id: str) -> Any:
    with town.bench.reading() as connection:
        return CaseParticipations(connection).find(part_id)


def timeline(town: TownAtWork, case_id: str) -> list[str]:
    with town.bench.reading() as connection:
        file = case_file(connection, town.coordinator, case_id, clock.today())
    return [entry.kind.value for entry in file.timeline]


def refused(
    town: TownAtWork, part_id: str, refusal: type[CasesRefusal], act: Callable[[], Any]
) -> None:
    before = kept(town, part_id)

    with pytest.raises(refusal):
        act()

    assert kept(town, part_id) == before


def test_a_proposal_says_what_the_person_wishes_and_not_who_it_is(at_work: TownAtWork) -> None:
    case_id = at_work.case(MOTHER)
    part_id = propose(at_work, case_id)

    (said,) = at_work.bench.said(ParticipationProposed)
    assert (said.participation_id, said.wish, said.age_band, said.consent) == (
        part_id,
        WISH,
        "50",
        "not_asked",
    )
    assert "試験" not in repr(said)
    assert "participation_proposed" in timeline(at_work, case_id)


def test_a_proposal_brings_the_plan_that_the_person_agreed_to_before(at_work: TownAtWork) -> None:
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    plan_id = at_work.active(case_id, SON, kind=PlanKind.PARTICIPATION)
    propose(at_work, case_id)
    propose(at_work, case_id, MOTHER)

    told = at_work.bench.said(ParticipationProposed)
    assert [(one.person_id, one.plan_id) for one in told] == [(SON, plan_id), (MOTHER, "")]


@pytest.mark.parametrize(
    "wish", ["試験太郎は静かな仕事がよい", "シケン タロウの希望", "試験町1番地の近く"]
)
def test_a_wish_that_says_whose_it_is_is_refused(at_work: TownAtWork, wish: str) -> None:
    case_id = at_work.case(MOTHER)

    with pytest.raises(CaseStudyIdentifies):
        propose(at_work, case_id, MOTHER if "町" in wish else SON, wish)

    assert at_work.bench.said(ParticipationProposed) == []
    with at_work.bench.reading() as connection:
        assert CaseParticipations(connection).of_case(case_id) == ()


def test_a_held_session_judges_about_its_own_person_and_says_so(at_work: TownAtWork) -> None:
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    part_id, mothers = propose(at_work, case_id), propose(at_work, case_id, MOTHER)
    session_id = at_work.session()
    item_id = at_work.item(session_id, case_id, SON)
    judge = JudgeParticipation(session_id, item_id, part_id, True)
    refused(at_work, part_id, WrongStep, lambda: at_work.do(handlers.judge_participation, judge))
    session_id = at_work.held(case_id, SON)
    (item,) = at_work.read_session(session_id).agenda
    judge = JudgeParticipation(session_id, item.id, part_id, True)

    other = replace(judge, participation_id=mothers)
    refused(
        at_work, mothers, RecordNotFound, lambda: at_work.do(handlers.judge_participation, other)
    )
    at_work.do(handlers.judge_participation, judge)

    (said,) = at_work.bench.said(ParticipationJudged)
    assert (said.participation_id, said.legal_kind, said.needed) == (
        part_id,
        "multi_agency_conference",
        True,
    )
    assert kept(at_work, part_id).judged_needed is True


def test_what_a_closed_session_judged_does_not_leave_it(at_work: TownAtWork) -> None:
    case_id = at_work.case(MOTHER)
    part_id = propose(at_work, case_id)
    session_id = at_work.held(case_id, SON, legal_kind=LegalKind.SUPPORT_CONFERENCE)
    (item,) = at_work.read_session(session_id).agenda

    command = JudgeParticipation(session_id, item.id, part_id, True)
    refused(
        at_work, part_id, JudgementClosed, lambda: at_work.do(handlers.judge_participation, command)
    )
    assert at_work.bench.said(ParticipationJudged) == []


def test_a_host_is_told_only_on_a_basis_and_the_ledger_keeps_it(at_work: TownAtWork) -> None:
    case_id = at_work.case(MOTHER)
    part_id = propose(at_work, case_id)
    tell = TellHost(new_id(), case_id, part_id, AttendeeKind.PARTNER_AGENCY, ())
    refused(at_work, part_id, HostUnknown, lambda: at_work.do(handlers.tell_host, tell))
    moved(at_work, case_id, part_id, *HOSTED)

    refused(at_work, part_id, DisclosureRefused, lambda: at_work.do(handlers.tell_host, tell))
    at_work.consent(case_id, SON, scope=replace_scope(AttendeeKind.MUNICIPAL_STAFF))
    refused(at_work, part_id, DisclosureRefused, lambda: at_work.do(handlers.tell_host, tell))
    assert at_work.bench.said(ParticipationHostTold) == []

    at_work.consent(case_id, SON)
    at_work.do(handlers.tell_host, tell)

    (said,) = at_work.bench.said(ParticipationHostTold)
    assert (said.host, said.disclosure_id) == ("ひだまり商店", tell.disclosure_id)
    assert "試験" not in repr(said)
    with at_work.bench.reading() as connection:
        lines = Ledger(connection).of_case(case_id)
    (line,) = [one for one in lines if one.act.value == "participation"]
    assert (line.recipient, line.person_id, [one.value for one in line.data_classes]) == (
        "ひだまり商店",
        SON,
        ["identity"],
    )

    # Another host has not been told.
    moved(at_work, case_id, part_id, "returned", "ひだまり商店", "host-1")
    assert kept(at_work, part_id).told_on == clock.today()
    moved(at_work, case_id, part_id, "matched", "別の商店", "host-2")
    assert kept(at_work, part_id).told_on is None


def replace_scope(*recipients: AttendeeKind) -> ConsentScope:
    return replace(EVERYTHING, recipients=recipients)


def test_withdrawn_consent_stops_the_next_telling_and_keeps_the_last(at_work: TownAtWork) -> None:
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    part_id = propose(at_work, case_id)
    moved(at_work, case_id, part_id, *HOSTED)
    tell = TellHost(new_id(), case_id, part_id, AttendeeKind.PARTNER_AGENCY, ())
    at_work.do(handlers.tell_host, tell)
    at_work.consent(case_id, SON, state=ConsentState.WITHDRAWN, scope=ConsentScope())

    again = replace(tell, disclosure_id=new_id())
    refused(at_work, part_id, DisclosureRefused, lambda: at_work.do(handlers.tell_host, again))
    with at_work.bench.reading() as connection:
        lines = [
            one for one in Ledger(connection).of_case(case_id) if one.recipient_code == "host-1"
        ]
    assert len(lines) == 1


def test_the_steps_stand_in_the_timeline_and_a_repeat_adds_nothing(at_work: TownAtWork) -> None:
    case_id = at_work.case(MOTHER)
    part_id = propose(at_work, case_id)
    for _ in range(2):
        moved(at_work, case_id, part_id, *HOSTED)
    at_work.bench.hear(ParticipationMoved("unknown", "case-x", SON, "trial", clock.today()))

    assert timeline(at_work, case_id).count("participation_moved") == 1
    page = at_work.bench.visit_as(at_work.coordinator).get(f"/cases/{case_id}").text
    assert "試験 太郎さんの参加支援：先が決まった" in page
    assert "ひだまり商店" in page


def test_every_person_who_agrees_later_to_a_plan_is_said_too(at_work: TownAtWork) -> None:
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    plan_id = at_work.plan(case_id, MOTHER, SON, kind=PlanKind.PARTICIPATION)
    session_id = at_work.held(case_id, MOTHER, SON)
    at_work.do(handlers.decide_plan, DecidePlan(case_id, plan_id, session_id, (MOTHER,)))
    later = RecordAgreement(
        new_id(), case_id, plan_id, SON, agreed=True, way=AgreementWay.SPOKEN, on=clock.today()
    )
    at_work.do(handlers.record_agreement, later)

    assert [said.persons for said in at_work.bench.said(SupportPlanAgreed)] == [
        (MOTHER,),
        (MOTHER, SON),
    ]


def test_the_pages_propose_judge_and_tell(at_work: TownAtWork) -> None:
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    who = at_work.bench.visit_as(at_work.coordinator)
    path = f"/cases/{case_id}/participation"
    assert "町の資料に定めなし（国の基本）" in who.get(path).text
    typed = {"person_id": SON, "category": "withdrawal_truancy", "wish": "試験太郎の希望"}
    assert who.post(path, typed).status_code == 422
    assert who.post(path, {**typed, "wish": WISH}).status_code == 303
    with at_work.bench.reading() as connection:
        (one,) = CaseParticipations(connection).of_case(case_id)
    session_id = at_work.held(case_id, SON)
    (item,) = at_work.read_session(session_id).agenda
    place = f"/conferences/{session_id}/items/{item.id}/participation"
    assert "判断を書く" in who.get(place).text
    assert who.post(f"{place}/{one.id}", {}).status_code == 422
    assert who.post(f"{place}/{one.id}", {"needed": "yes"}).status_code == 303
    moved(at_work, case_id, one.id, *HOSTED)
    told = who.post(f"{path}/{one.id}/host", {f"{one.id}-recipient": "partner_agency"})
    assert told.status_code == 303
    assert "「ひだまり商店」へ伝えました" in who.get(path).text
    stranger = at_work.bench.visit_as(at_work.bench.staff("contact", account_id="stranger"))
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, typed).status_code == 404


def test_an_issue_says_a_theme_and_a_number_and_small_numbers_are_not_said(
    at_work: TownAtWork,
) -> None:
    for _ in range(2):
        at_work.need(at_work.case(MOTHER), MOTHER)
    town = RaiseCommunityIssue(new_id(), "no_food", IssueLevel.TOWN)
    place = RaiseCommunityIssue(new_id(), "no_food", IssueLevel.DISTRICT, ("1",))
    for command, refusal in (
        (place, TooFewHouseholds),
        (replace(place, areas=()), AreaMissing),
        (replace(place, areas=("9",)), UnknownChoice),
        (replace(town, theme="housing"), NobodyHasIt),
        (replace(town, theme="dragons"), UnknownChoice),
    ):
        with pytest.raises(refusal):
            at_work.do(handlers.raise_community_issue, command)
    assert at_work.bench.said(CommunityIssueRaised) == []

    at_work.do(handlers.raise_community_issue, town)
    case_id = at_work.case(MOTHER)
    at_work.need(case_id, MOTHER)
    at_work.do(handlers.raise_community_issue, place)

    said = at_work.bench.said(CommunityIssueRaised)
    assert [(one.theme, one.level, one.areas, one.households) for one in said] == [
        ("no_food", "town", (), None),
        ("no_food", "district", ("1",), None),
    ]
    answer = CommunityIssueAnswered(
        place.issue_id, "協議体", "activity", "食料を配る場を始める", clock.today()
    )
    at_work.bench.hear(answer)
    at_work.bench.hear(answer)
    assert timeline(at_work, case_id).count("community_issue_answered") == 1
    with at_work.bench.reading() as connection:
        issue = CaseIssues(connection).find(place.issue_id)
    assert issue is not None
    assert (issue.households, issue.said, issue.answer) == (3, None, "食料を配る場を始める")
    page = at_work.bench.visit_as(at_work.coordinator).get("/community-issues").text
    assert "10世帯未満" in page
    assert "食料を配る場を始める" in page


@pytest.mark.parametrize(("households", "said"), [(9, None), (10, 10), (37, 37)])
def test_ten_is_the_smallest_number_that_is_said(households: int, said: int | None) -> None:
    issue = CaseIssue("i", "no_food", IssueLevel.TOWN, (), households, clock.today(), "a")

    issue.check()

    assert issue.said == said


@pytest.mark.parametrize(
    ("area", "may"),
    [("東新町", True), ("1", True), ("元町1-6", False), ("元町１丁目", False), ("", False)],
)
def test_the_name_of_a_place_is_never_as_narrow_as_a_house(area: str, may: bool) -> None:
    assert may_be_named(area) is may


def test_the_api_proposes_and_raises(at_work: TownAtWork) -> None:
    case_id = at_work.case(MOTHER)
    who = at_work.bench.visit_as(at_work.coordinator)
    body = {"person_id": SON, "category": "withdrawal_truancy", "wish": WISH}
    made = who.send_json("POST", f"/api/v1/cases/{case_id}/participation", body)
    assert (made.status_code, made.json["wish"]) == (201, WISH)
    listed = who.get(f"/api/v1/cases/{case_id}/participation").json["items"]
    assert [one["id"] for one in listed] == [made.json["id"]]
    at_work.need(case_id, MOTHER)
    raised = who.send_json(
        "POST", "/api/v1/community-issues", {"theme": "no_food", "level": "town"}
    )
    assert (raised.status_code, raised.json["said"]) == (201, None)
    contact = at_work.bench.visit_as(at_work.bench.staff("contact"))
    assert contact.get("/api/v1/community-issues").status_code == 403
