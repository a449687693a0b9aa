"""Participation support: the gate, the steps, the host, the visits, and what others hear of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from kasane_contracts.cases import (
    AddressProtectionChanged,
    CaseClosed,
    CaseStatusChanged,
    ConsentRecorded,
    ParticipationHostTold,
    ParticipationJudged,
    ParticipationProposed,
    PersonsMovedCase,
    SupportPlanAgreed,
)
from kasane_contracts.outreach import ContactNotMade, VisitCompleted
from kasane_contracts.resources import (
    HumanServicePublished,
    ParticipationMoved,
    SettlingVisitCalledOff,
    SettlingVisitRequested,
)
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench
from kasane_plugin_api import ParticipationRule
from kasane_resources.commands import PublishHumanService
from kasane_resources.commands.participation import (
    AnswerWorry,
    BeginTrial,
    DevelopMicroTask,
    MatchHost,
    Place,
    RecordHostSupport,
    TakeStep,
)
from kasane_resources.domain.errors import (
    CaseOver,
    ChangedMeanwhile,
    ConsentGone,
    DatesBackward,
    GateClosed,
    HostNotInUse,
    HostNotTold,
    NumberOutOfRange,
    ResourcesRefusal,
    StepNotNext,
    WordsIdentify,
    WordsMissing,
    WorryAnswered,
)
from kasane_resources.domain.host_support import HostSupportKind
from kasane_resources.domain.human_service import HumanServiceEntry, ServiceStatus
from kasane_resources.domain.location import Location
from kasane_resources.domain.names_nobody import check_names_nobody
from kasane_resources.domain.participation import Participation, ParticipationStatus, Telling
from kasane_resources.handlers import participation as heard
from kasane_resources.handlers import participation_steps as steps
from kasane_resources.handlers import publish_human_service
from kasane_resources.queries import participation as queries

PROPOSED = ParticipationProposed(
    participation_id="part-1",
    case_id="case-1",
    case_number="2026-0007",
    person_id="person-1",
    category="withdrawal_truancy",
    area="東新町",
    age_band="40",
    consent="given",
    wish="静かなところで手を動かす仕事を、週に1回",
)
JUDGED = ParticipationJudged(
    "part-1", "case-1", "session-1", "own", "multi_agency_conference", date(2026, 11, 2), True
)
AGREED = SupportPlanAgreed(
    "plan-1",
    "case-1",
    "participation",
    "session-1",
    date(2026, 11, 2),
    date(2027, 2, 1),
    ("person-1",),
)


class Gated:
    """The hooks of a town that asks for a judgement, over those of the bench."""

    def __init__(self, hooks: Any) -> None:
        self._hooks = hooks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hooks, name)

    def participation_rule(self, case: Any) -> ParticipationRule:
        """Asks for the 重層的支援会議."""
        return ParticipationRule("会議の判断が要ります。", judged_by="multi_agency_conference")


def file_of(bench: Workbench) -> queries.ParticipationFile:
    with bench.reading() as connection:
        return queries.participation_file(connection, "part-1")


def one_of(bench: Workbench) -> Participation:
    return file_of(bench).participation


def run(bench: Workbench, handler: Callable[..., Any], command: Any, hooks: Any = None) -> Any:
    with bench.unit(bench.staff("coordinator")) as uow:
        return handler(command, uow, hooks or bench.hooks)


def shop(bench: Workbench) -> str:
    entry = HumanServiceEntry(
        name="値札貼り",
        organization_name="ひだまり商店",
        categories=("micro_task",),
        location=Location(address="生駒市元町1-6"),
    )
    return run(bench, publish_human_service, PublishHumanService(new_id(), entry))


def planned(bench: Workbench) -> Participation:
    bench.hear(PROPOSED)
    bench.hear(AGREED)
    return one_of(bench)


def matched(bench: Workbench) -> Participation:
    one = planned(bench)
    run(bench, steps.match_host, MatchHost(one.id, shop(bench), "", one.version))
    return one_of(bench)


def on_trial(bench: Workbench) -> Participation:
    one = matched(bench)
    today = clock.today()
    run(
        bench,
        steps.begin_trial,
        BeginTrial(one.id, today, today + timedelta(days=14), True, one.version),
    )
    return one_of(bench)


def placed(bench: Workbench) -> Participation:
    one = on_trial(bench)
    run(bench, steps.place, Place(one.id, 30, one.version))
    return one_of(bench)


def refused(bench: Workbench, refusal: type[ResourcesRefusal], act: Callable[[], Any]) -> None:
    """The act is refused, and nothing changed and nothing was said."""
    before, said = one_of(bench), len(bench.said(ParticipationMoved))

    with pytest.raises(refusal):
        act()

    assert one_of(bench) == before
    assert len(bench.said(ParticipationMoved)) == said


def test_without_a_rule_of_the_town_a_proposal_is_admitted_and_says_that_none_is_stated(
    workbench: Workbench,
) -> None:
    workbench.hear(PROPOSED)
    workbench.hear(PROPOSED)

    one = one_of(workbench)
    assert one.status is ParticipationStatus.ADMITTED
    assert [(step.status.value, step.reason) for step in one.steps] == [
        ("proposed", ""),
        (
            "admitted",
            "市町村の資料に、参加支援を始める前の判断の定めはありません。国の基本の進め方によります。",
        ),
    ]
    (moved,) = workbench.said(ParticipationMoved)
    assert (moved.status, moved.person_id, moved.host) == ("admitted", "person-1", "")


def test_the_gate_of_a_town_stays_closed_until_its_own_meeting_judged_it_needed(
    workbench: Workbench,
) -> None:
    hooks = Gated(workbench.hooks)
    with workbench.unit(workbench.staff("coordinator")) as uow:
        heard.take_proposal(PROPOSED, uow, hooks)
        uow.commit()
    with workbench.unit(workbench.staff("coordinator")) as uow:
        heard.take_plan(AGREED, uow)
        uow.commit()
    service = shop(workbench)
    one = one_of(workbench)
    assert one.status is ParticipationStatus.PROPOSED

    refused(
        workbench,
        GateClosed,
        lambda: run(
            workbench, steps.match_host, MatchHost(one.id, service, "", one.version), hooks
        ),
    )
    for other in (
        replace(JUDGED, legal_kind="support_conference"),
        replace(JUDGED, needed=False, judged_on=date(2026, 11, 3)),
    ):
        with workbench.unit(workbench.staff("coordinator")) as uow:
            heard.take_judgement(other, uow, hooks)
            uow.commit()
        assert one_of(workbench).status is ParticipationStatus.PROPOSED

    with workbench.unit(workbench.staff("coordinator")) as uow:
        heard.take_judgement(replace(JUDGED, judged_on=date(2026, 11, 9)), uow, hooks)
        uow.commit()

    # The plan was agreed before, so the way goes on at once.
    assert [step.status.value for step in one_of(workbench).steps] == [
        "proposed",
        "admitted",
        "planned",
    ]


def test_only_a_participation_plan_that_this_person_agreed_to_leads_on(
    workbench: Workbench,
) -> None:
    workbench.hear(PROPOSED)

    workbench.hear(replace(AGREED, kind="multi_agency"))
    workbench.hear(replace(AGREED, persons=("person-2",)))
    assert one_of(workbench).status is ParticipationStatus.ADMITTED

    workbench.hear(AGREED)
    workbench.hear(AGREED)
    assert one_of(workbench).status is ParticipationStatus.PLANNED
    assert len(one_of(workbench).steps) == 3


def test_a_micro_task_is_made_for_supporters_without_naming_the_person(
    workbench: Workbench,
) -> None:
    one = planned(workbench)
    command = DevelopMicroTask(
        one.id, new_id(), "駄菓子の値札貼り", "ひだまり商店", "値札を貼る。1日20分", ("TU",), 1,
        one.version, "生駒市元町1-6",
    )  # fmt: skip

    service_id = run(workbench, steps.develop_micro_task, command)

    one = one_of(workbench)
    assert (one.status, one.host, one.activity) == (
        ParticipationStatus.MATCHED,
        "ひだまり商店",
        "駄菓子の値札貼り",
    )
    (said,) = workbench.said(HumanServicePublished)
    assert (said.human_service_id, said.name) == (service_id, "駄菓子の値札貼り")
    with workbench.reading() as connection:
        (entry,) = queries.places_to_take_part(connection, workbench.staff("coordinator"), "")
        assert entry.entry.visibility.value == "supporters_only"
        assert entry.entry.micro_tasks[0].name == "駄菓子の値札貼り"
        found = queries.places_to_take_part(connection, workbench.staff("town_administrator"), "")
        assert list(found) == []


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("元町1-6の家", "address"),
        ("山田さんに合う仕事", "name"),
        ("０９０-１２３４-５６７８に電話", "phone"),
        ("元町1丁目2番の家", "address"),
        ("ケース2026-0007の方", "number"),
    ],
)
def test_words_that_point_to_a_person_make_no_micro_task(
    workbench: Workbench, words: str, what: str
) -> None:
    one = planned(workbench)
    command = DevelopMicroTask(one.id, new_id(), words, "商店", "", (), None, one.version)

    refused(workbench, WordsIdentify, lambda: run(workbench, steps.develop_micro_task, command))

    with pytest.raises(WordsIdentify) as refusal:
        check_names_nobody(words)
    assert refusal.value.facts == {"what": what}
    assert workbench.said(HumanServicePublished) == []


@pytest.mark.parametrize("words", ["お客さんに渡す袋を20枚折る", "農家さんの畑で、午前10-12時"])
def test_words_about_a_task_name_nobody(words: str) -> None:
    check_names_nobody(words)


def test_no_trial_begins_while_the_host_does_not_know_who_comes(workbench: Workbench) -> None:
    one = matched(workbench)
    today = clock.today()
    trial = BeginTrial(one.id, today, today + timedelta(days=14), False, one.version)

    refused(workbench, HostNotTold, lambda: run(workbench, steps.begin_trial, trial))
    refused(
        workbench,
        DatesBackward,
        lambda: run(
            workbench,
            steps.begin_trial,
            replace(trial, until=today - timedelta(days=1), introduces_self=True),
        ),
    )

    told = ParticipationHostTold("part-1", "case-1", "line-1", "よその商店", today)
    workbench.hear(told)
    assert one_of(workbench).telling is Telling.NOT_TOLD
    workbench.hear(replace(told, host="ひだまり商店"))
    one = one_of(workbench)
    assert one.telling is Telling.TOLD
    run(workbench, steps.begin_trial, replace(trial, version=one.version))
    assert (one_of(workbench).status, one_of(workbench).due_on) == (
        ParticipationStatus.TRIAL,
        today + timedelta(days=14),
    )


def test_without_the_persons_consent_no_new_step_is_taken_with_the_host(
    workbench: Workbench,
) -> None:
    one = on_trial(workbench)
    workbench.hear(ConsentRecorded("case-1", "person-2", "withdrawn"))
    assert one_of(workbench).consent == "given"
    workbench.hear(ConsentRecorded("case-1", "person-1", "withdrawn"))

    version = one_of(workbench).version
    refused(
        workbench,
        ConsentGone,
        lambda: run(workbench, steps.place, Place(one.id, 30, version)),
    )


def test_a_placement_asks_outreach_to_look_in_and_every_visit_asks_for_the_next(
    workbench: Workbench,
) -> None:
    one = placed(workbench)
    today = clock.today()
    (asked,) = workbench.said(SettlingVisitRequested)
    assert (asked.case_number, asked.host, asked.place, asked.by_when) == (
        "2026-0007",
        "ひだまり商店",
        "生駒市元町1-6",
        today + timedelta(days=30),
    )

    workbench.hear(ContactNotMade("v1", asked.request_id, "case-1", "person-1", today, "absent", 1))
    assert len(workbench.said(SettlingVisitRequested)) == 1
    seen = VisitCompleted("v2", asked.request_id, "case-1", "person-1", today, "met")
    workbench.hear(seen)
    workbench.hear(seen)
    workbench.hear(replace(seen, visit_id="v3", request_id="somebody-elses"))

    assert len(workbench.said(SettlingVisitRequested)) == 2
    assert sorted(visit.due for visit in file_of(workbench).visits) == [False, True]

    run(workbench, steps.settle, TakeStep(one.id, one_of(workbench).version, "自分で通えている"))
    (off,) = workbench.said(SettlingVisitCalledOff)
    assert off.request_id == workbench.said(SettlingVisitRequested)[1].request_id
    assert (one_of(workbench).status, one_of(workbench).due_on) == (
        ParticipationStatus.STABLE,
        None,
    )


def test_coming_back_is_no_failure_and_leads_on_with_what_was_learnt(
    workbench: Workbench,
) -> None:
    one = placed(workbench)
    refused(
        workbench,
        WordsMissing,
        lambda: run(workbench, steps.come_back, TakeStep(one.id, one.version, " ")),
    )

    run(workbench, steps.come_back, TakeStep(one.id, one.version, "朝は起きられないことが分かった"))
    returned = one_of(workbench)
    run(workbench, steps.resume, TakeStep(one.id, returned.version))

    again = one_of(workbench)
    assert (again.status, again.host_id, again.telling) == (
        ParticipationStatus.PLANNED,
        "",
        Telling.NOT_TOLD,
    )
    assert [step.status.value for step in again.steps][-3:] == ["placed", "returned", "planned"]
    assert again.steps[-2].reason == "朝は起きられないことが分かった"
    assert [moved.status for moved in workbench.said(ParticipationMoved)] == [
        "admitted", "planned", "matched", "trial", "placed", "returned", "planned",
    ]  # fmt: skip


def test_a_step_that_does_not_follow_and_an_old_page_are_refused(workbench: Workbench) -> None:
    one = matched(workbench)
    for act in (
        lambda: run(workbench, steps.place, Place(one.id, 30, one.version)),
        lambda: run(workbench, steps.settle, TakeStep(one.id, one.version)),
        lambda: run(workbench, steps.resume, TakeStep(one.id, one.version)),
        lambda: run(workbench, steps.match_host, MatchHost(one.id, one.host_id, "", one.version)),
    ):
        refused(workbench, StepNotNext, act)
    old = TakeStep(one.id, one.version - 1, "理由")
    refused(workbench, ChangedMeanwhile, lambda: run(workbench, steps.end_participation, old))


@pytest.mark.parametrize("days", [0, -1, 367])
def test_days_between_visits_that_cannot_be_meant_are_refused(
    workbench: Workbench, days: int
) -> None:
    one = on_trial(workbench)

    refused(
        workbench,
        NumberOutOfRange,
        lambda: run(workbench, steps.place, Place(one.id, days, one.version)),
    )
    assert workbench.said(SettlingVisitRequested) == []


def test_a_protected_address_goes_with_the_visit_and_visits_end_with_the_case(
    workbench: Workbench,
) -> None:
    workbench.hear(PROPOSED)
    workbench.hear(AddressProtectionChanged("person-1", "case-1", True))
    workbench.hear(AGREED)
    one = one_of(workbench)
    run(workbench, steps.match_host, MatchHost(one.id, shop(workbench), "", one.version))
    one = one_of(workbench)
    today = clock.today()
    run(workbench, steps.begin_trial, BeginTrial(one.id, today, today, True, one.version))
    run(workbench, steps.place, Place(one.id, 7, one_of(workbench).version))

    (asked,) = workbench.said(SettlingVisitRequested)
    assert asked.address_protected is True
    workbench.hear(CaseClosed("case-1", "", "settled"))
    workbench.hear(CaseClosed("case-1", "", "settled"))
    assert [off.request_id for off in workbench.said(SettlingVisitCalledOff)] == [asked.request_id]
    assert one_of(workbench).status is ParticipationStatus.PLACED


def test_a_plan_agreed_before_the_proposal_leads_on_at_once(workbench: Workbench) -> None:
    workbench.hear(AGREED)
    workbench.hear(replace(PROPOSED, plan_id=AGREED.plan_id))

    one = one_of(workbench)
    assert (one.status, one.plan_id) == (ParticipationStatus.PLANNED, "plan-1")
    assert [step.status.value for step in one.steps] == ["proposed", "admitted", "planned"]


def test_no_new_step_with_a_host_is_taken_while_the_case_is_over(workbench: Workbench) -> None:
    one = on_trial(workbench)
    workbench.hear(CaseClosed("case-1", "", "roles_settled"))
    workbench.hear(CaseStatusChanged("case-1", "closed"))
    one = one_of(workbench)

    refused(
        workbench, CaseOver, lambda: run(workbench, steps.place, Place("part-1", 30, one.version))
    )
    assert workbench.said(SettlingVisitRequested) == []
    who = workbench.visit_as(workbench.staff("coordinator"))
    assert "このケースは終わっています" in who.get("/participations/part-1").text

    workbench.hear(CaseStatusChanged("case-1", "reopened"))
    run(workbench, steps.place, Place("part-1", 30, one_of(workbench).version))
    (asked,) = workbench.said(SettlingVisitRequested)
    assert asked.case_id == "case-1"


def test_a_case_that_is_reopened_asks_for_the_settling_visit_again(workbench: Workbench) -> None:
    placed(workbench)
    workbench.hear(CaseClosed("case-1", "", "roles_settled"))
    workbench.hear(CaseStatusChanged("case-1", "closed"))

    for _ in range(2):
        workbench.hear(CaseStatusChanged("case-1", "reopened"))

    first, again = workbench.said(SettlingVisitRequested)
    assert (again.case_id, again.by_when) == ("case-1", first.by_when)
    waiting = [visit.id for visit in file_of(workbench).visits if not visit.called_off]
    assert waiting == [again.request_id]


def test_nobody_is_matched_with_a_host_that_is_closed(workbench: Workbench) -> None:
    one = planned(workbench)
    closed = HumanServiceEntry(
        name="閉じた店", categories=("micro_task",), status=ServiceStatus.RETIRED
    )
    host = run(workbench, publish_human_service, PublishHumanService(new_id(), closed))
    who = workbench.visit_as(workbench.staff("coordinator"))

    match = MatchHost(one.id, host, "", one.version)
    refused(workbench, HostNotInUse, lambda: run(workbench, steps.match_host, match))

    for query in ("", "?q=閉じた店"):
        assert f'value="{host}"' not in who.get(f"/participations/part-1{query}").text


def test_support_for_the_host_runs_beside_and_names_nobody(workbench: Workbench) -> None:
    host = shop(workbench)
    worry = RecordHostSupport(
        "s1", host, HostSupportKind.WORRY, clock.today(), "急に休むときの連絡が心配"
    )

    with pytest.raises(WordsIdentify):
        run(workbench, steps.record_host_support, replace(worry, note="山田さんが休む"))
    run(workbench, steps.record_host_support, worry)
    with workbench.reading() as connection:
        assert [one.id for one in queries.waiting_worries(connection)] == ["s1"]
    run(workbench, steps.answer_worry, AnswerWorry(host, "s1", "町に電話してください", 1))
    with pytest.raises(WorryAnswered):
        run(workbench, steps.answer_worry, AnswerWorry(host, "s1", "もう一度", 2))

    with workbench.reading() as connection:
        file = queries.host_file(connection, workbench.staff("coordinator"), host)
        assert queries.waiting_worries(connection) == []
    assert [(one.note, one.answer) for one in file.support] == [
        ("急に休むときの連絡が心配", "町に電話してください")
    ]


def test_the_pages_carry_one_person_from_the_list_to_settling_in(workbench: Workbench) -> None:
    workbench.hear(PROPOSED)
    workbench.hear(AGREED)
    service = shop(workbench)
    who = workbench.visit_as(workbench.staff("coordinator"))
    path = "/participations/part-1"

    assert "2026-0007" in who.get("/participations").text
    page = who.get(path)
    assert page.status_code == 200
    assert "町の資料に定めなし（国の基本）" in page.text
    assert "値札貼り（ひだまり商店）" in page.text

    def post(step: str, data: dict[str, Any]) -> Any:
        version = one_of(workbench).version
        return who.post(f"{path}/{step}", {"version": version, **data})

    assert post("match", {}).status_code == 422
    assert post("match", {"human_service_id": service}).status_code == 303
    wrong = post("trial", {"since": "令和8年11月21日", "until": "令和8年12月5日"})
    assert wrong.status_code == 409
    assert "だれが来るのかをまだ知りません" in wrong.text
    days = {"since": "令和8年11月21日", "until": "令和8年12月5日", "introduces_self": "1"}
    assert post("trial", days).status_code == 303
    assert post("place", {"every_days": "14"}).status_code == 303
    assert "14日ごとに様子を見に行く" in who.get(path).text
    assert post("settle", {}).status_code == 303
    assert post("settle", {}).status_code == 409
    assert who.get("/participations?resting=1").text.count("2026-0007") == 1

    assert who.post(f"/hosts/{service}/support", {"kind": "worry"}).status_code == 422
    noted = {"kind": "worry", "on": "令和8年11月20日", "note": "道具の置き場が心配"}
    assert who.post(f"/hosts/{service}/support", noted).status_code == 303
    assert "道具の置き場が心配" in who.get(f"/hosts/{service}").text


@pytest.mark.parametrize("function", ["receiver", "town_administrator"])
def test_who_does_not_work_on_cases_sees_no_participation(
    workbench: Workbench, function: str
) -> None:
    workbench.hear(PROPOSED)
    who = workbench.visit_as(workbench.staff(function))

    for path in ("/participations", "/participations/part-1", "/api/v1/participations"):
        assert who.get(path).status_code == 403
    assert who.post("/participations/part-1/end", {"reason": "x"}).status_code == 403
    assert one_of(workbench).status is ParticipationStatus.ADMITTED


def test_the_api_takes_the_same_steps(workbench: Workbench) -> None:
    planned(workbench)
    who = workbench.visit_as(workbench.staff("coordinator"))
    path = "/api/v1/participations/part-1"

    def put(step: str, body: Any) -> Any:
        etag = who.get(path).headers["ETag"]
        return who.send_json("PUT", f"{path}/{step}", body, headers={"If-Match": etag})

    task = {"name": "袋を折る", "organization_name": "ひだまり商店", "days": ["TU"], "capacity": 2}
    assert who.send_json("PUT", f"{path}/micro-task", task).status_code == 428
    assert put("micro-task", {**task, "name": "山田さんの仕事"}).status_code == 422
    assert put("micro-task", {**task, "capacity": 0}).status_code == 422
    assert put("micro-task", task).json["status"] == "matched"
    trial = {"since": "2026-11-21", "until": "2026-12-05"}
    assert put("trial", trial).json["type"].endswith("host_not_told")
    assert put("trial", {**trial, "introduces_self": True}).json["telling"] == "introduces_self"
    assert put("placement", {"every_days": 30}).json["status"] == "placed"
    assert put("returned", {"reason": ""}).status_code == 422
    assert put("returned", {"reason": "合わなかった"}).json["status"] == "returned"
    (listed,) = who.get("/api/v1/participations").json["items"]
    assert (listed["id"], listed["status"]) == ("part-1", "returned")
    host = SimpleNamespace(**listed).host_id
    made = who.send_json(
        "POST",
        f"/api/v1/hosts/{host}/support",
        {"kind": "worry", "on": "2026-11-20", "note": "火の扱い"},
    )
    assert made.status_code == 201

    def answered(at: str) -> Any:
        return who.send_json(
            "PUT",
            f"/api/v1/hosts/{at}/support/{made.json['id']}/answer",
            {"answer": "火は使わない"},
            headers={"If-Match": made.headers["ETag"]},
        )

    assert answered("another-host").status_code == 404
    assert answered(host).json["answer"] == "火は使わない"


def test_participation_follows_a_person_into_another_case_and_the_visit_is_asked_for_from_there(
    workbench: Workbench,
) -> None:
    one = placed(workbench)
    (first,) = workbench.said(SettlingVisitRequested)
    moved = PersonsMovedCase("case-1", "case-9", "2026-0090", ("person-1",))

    workbench.hear(replace(moved, person_ids=("person-2",)))
    assert one_of(workbench).case_number == "2026-0007"
    workbench.hear(moved)
    workbench.hear(moved)

    now = one_of(workbench)
    assert (now.case_id, now.case_number, now.due_on) == ("case-9", "2026-0090", one.due_on)
    (off,) = workbench.said(SettlingVisitCalledOff)
    assert (off.request_id, off.case_id) == (first.request_id, "case-1")
    again = workbench.said(SettlingVisitRequested)[-1]
    assert (again.case_id, again.case_number, again.by_when) == (
        "case-9",
        "2026-0090",
        first.by_when,
    )
    assert len(workbench.said(SettlingVisitRequested)) == 2
    # The end of the old case is nothing to it, and consent is heard from the new one.
    workbench.hear(CaseClosed("case-1", "", "joined"))
    assert len(workbench.said(SettlingVisitCalledOff)) == 1
    workbench.hear(ConsentRecorded("case-9", "person-1", "withdrawn"))
    assert one_of(workbench).consent == "withdrawn"


def test_what_was_not_placed_yet_follows_without_any_visit(workbench: Workbench) -> None:
    on_trial(workbench)

    workbench.hear(PersonsMovedCase("case-1", "case-9", "2026-0090", ("person-1",)))

    assert (one_of(workbench).case_number, one_of(workbench).status) == (
        "2026-0090",
        ParticipationStatus.TRIAL,
    )
    assert workbench.said(SettlingVisitRequested) == []
