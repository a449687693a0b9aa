"""Plan texts take no fact known only from a closed session (I-04); how well that is found."""

import tomllib
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kasane_cases import commands, handlers, queries, tables
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.errors import CaseNotFound, ClosedOrigin, DatesBackward
from kasane_cases.domain.origin import ClosedPassage, closed_origins
from kasane_cases.domain.support_plan import PlanGoal, PlanKind, PlanOutcome, PlanStatus, PlanTrack
from kasane_contracts.intake import PersonConcerned
from kasane_kit import clock
from kasane_kit.audit.tables import audit_entry
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
FACT = "以前に受けていた障害年金が、主治医が変わってから止まっている。"
GOAL = "止まっている障害年金をもう一度受ける"
EXAMPLES = Path(__file__).parent / "origin_examples.toml"


def closed_session(at_work, case_id, fact=FACT, minutes=""):
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = at_work.item(session_id, case_id, SON)
    at_work.open(session_id)
    if fact:
        at_work.do(
            handlers.record_fact,
            commands.RecordFact(new_id(), session_id, item_id, fact, "相談支援センター"),
        )
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))
    if minutes:
        at_work.do(handlers.fix_minutes, commands.FixMinutes(session_id, minutes))
    return session_id


def refused_passages(at_work):
    with at_work.bench.reading() as connection:
        rows = connection.execute(
            select(audit_entry.c.action, audit_entry.c.basis).where(
                audit_entry.c.action == "cases.fact_origin.refused"
            )
        ).all()
    return [row.basis for row in rows]


def plans_of(at_work, case_id):
    with at_work.bench.reading() as connection:
        return queries.case_file(connection, at_work.coordinator, case_id, clock.today()).plans


@pytest.mark.parametrize(
    ("held_out", "expected"),
    [
        (
            False,
            {
                ("copied", "right"): 10,
                ("reworded", "right"): 9,
                ("reworded", "wrong"): 1,
                ("far paraphrase", "wrong"): 6,
                ("harmless", "right"): 19,
                ("harmless", "wrong"): 1,
                ("known openly", "right"): 5,
                ("partly open", "right"): 2,
            },
        ),
        (
            True,
            {
                ("copied", "right"): 7,
                ("copied", "wrong"): 1,
                ("reworded", "right"): 6,
                ("reworded", "wrong"): 2,
                ("far paraphrase", "wrong"): 2,
                ("harmless", "right"): 11,
                ("harmless", "wrong"): 1,
            },
        ),
    ],
)
def test_what_the_check_finds_in_written_examples_is_known(held_out, expected):
    data = tomllib.loads(EXAMPLES.read_text("utf-8"))
    found = Counter()
    for pair in data["pair"]:
        if pair.get("held_out", False) is held_out:
            closed = [ClosedPassage(pair["closed"], "session-1")]
            open_texts = pair.get("open", [])
            stopped = closed_origins([pair["plan"]], closed, open_texts, data["vocabulary"])
            verdict = "right" if bool(stopped) is pair["leak"] else "wrong"
            found[(pair["kind"], verdict)] += 1

    assert dict(found) == expected


def test_width_case_spaces_and_punctuation_hide_nothing():
    closed = [ClosedPassage("HIVの治療を、続けている", "session-1")]

    (found,) = closed_origins(["ＨＩＶ の治療を続けている"], closed, [])

    assert (found.passage, found.session_id) == ("ＨＩＶ の治療を続けている", "session-1")


def test_the_name_of_an_agency_is_nobodys_secret():
    closed = [ClosedPassage("障がい者相談支援センターが気にかけている", "session-1")]

    assert closed_origins(["障がい者相談支援センターに相談する"], closed, []) != ()
    words = ["障がい者相談支援センター"]
    assert closed_origins(["障がい者相談支援センターに相談する"], closed, [], words) == ()


@pytest.mark.parametrize("where", ["goal", "track", "extension"])
def test_i_04_the_mothers_plan_does_not_carry_what_only_the_sons_item_knows(at_work, where):
    case_id = at_work.case(MOTHER)
    session_id = closed_session(at_work, case_id)
    changes = {
        "goal": {"goals": (PlanGoal(GOAL),)},
        "track": {"tracks": (PlanTrack(MOTHER, GOAL, "生活支援課"),)},
        "extension": {"extensions": {"town.note": GOAL}},
    }[where]

    with pytest.raises(ClosedOrigin) as refused:
        at_work.draft(case_id, MOTHER, **changes)

    assert refused.value.passages == (GOAL,)
    assert "主治医" not in str(refused.value.facts)
    assert plans_of(at_work, case_id) == ()
    assert refused_passages(at_work) == [f"meeting:{session_id}"]


def test_i_04_the_minutes_of_a_closed_session_are_compared_as_well(at_work):
    case_id = at_work.case(MOTHER)
    closed_session(at_work, case_id, fact="", minutes=f"はじめに自己紹介をした。{FACT}")

    with pytest.raises(ClosedOrigin):
        at_work.draft(case_id, MOTHER, goals=(PlanGoal(GOAL),))

    assert plans_of(at_work, case_id) == ()


def test_i_04_a_revision_a_look_and_an_evaluation_are_checked_too(at_work):
    case_id = at_work.case(MOTHER)
    draft_id = at_work.draft(case_id, MOTHER)
    plan_id = at_work.active(case_id, MOTHER)
    closed_session(at_work, case_id)
    version = at_work.read_plan(case_id, plan_id).version
    acts = (
        (
            handlers.revise_plan,
            commands.RevisePlan(case_id, draft_id, (MOTHER,), (PlanGoal(GOAL),), 1, "変更"),
        ),
        (
            handlers.record_monitoring,
            commands.RecordMonitoring(new_id(), case_id, plan_id, MOTHER, clock.today(), GOAL),
        ),
        (
            handlers.evaluate_plan,
            commands.EvaluatePlan(
                new_id(), case_id, plan_id, clock.today(), PlanOutcome.END, GOAL, (), version
            ),
        ),
    )

    for handler, command in acts:
        with pytest.raises(ClosedOrigin):
            at_work.do(handler, command)

    assert at_work.read_plan(case_id, draft_id).edition == 1
    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.ACTIVE
    assert len(refused_passages(at_work)) == 3


def test_i_04_consent_that_comes_later_does_not_open_what_was_said_before(at_work):
    case_id = at_work.case(MOTHER)
    closed_session(at_work, case_id)
    at_work.consent(case_id, SON)

    with pytest.raises(ClosedOrigin):
        at_work.draft(case_id, SON, goals=(PlanGoal(GOAL),))


def test_a_fact_that_the_consultation_told_as_well_is_not_stopped(at_work):
    told = "長男の障害年金が止まっている。どうしたらよいか。"
    case_id = at_work.case(MOTHER, consultation_id=at_work.consultation(story=told))
    closed_session(at_work, case_id)

    plan_id = at_work.draft(case_id, MOTHER, goals=(PlanGoal(GOAL),))

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.DRAFT
    assert refused_passages(at_work) == []


def test_a_fact_that_a_need_named_before_is_not_stopped(at_work):
    case_id = at_work.case(MOTHER)
    at_work.do(
        handlers.identify_need,
        commands.IdentifyNeed(new_id(), case_id, SON, "income", "障害年金が止まっている"),
    )
    closed_session(at_work, case_id)

    plan_id = at_work.draft(case_id, MOTHER, goals=(PlanGoal(GOAL),))

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.DRAFT


def test_who_was_told_it_elsewhere_says_by_whom_and_when_and_that_is_on_record(at_work):
    case_id = at_work.case(MOTHER)
    closed_session(at_work, case_id)
    day = clock.today() - timedelta(days=2)

    at_work.do(
        handlers.record_origin,
        commands.RecordOrigin(new_id(), case_id, GOAL, "試験 太郎（本人）", day),
    )
    plan_id = at_work.draft(case_id, MOTHER, goals=(PlanGoal(GOAL),))

    assert at_work.read_plan(case_id, plan_id).status is PlanStatus.DRAFT
    with at_work.bench.reading() as connection:
        file = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
        (origin,) = queries.origins_of(connection, file)
        actions = connection.scalars(select(audit_entry.c.action)).all()
    assert (origin.told_by, origin.told_on, origin.recorder_name) == (
        "試験 太郎（本人）",
        day,
        "調整 花子",
    )
    assert actions.count("cases.fact_origin.recorded") == 1


def test_an_origin_in_the_future_or_by_somebody_without_a_right_is_refused(at_work):
    case_id = at_work.case(MOTHER)
    tomorrow = clock.today() + timedelta(days=1)
    stranger = at_work.bench.staff("contact", account_id="account-stranger")

    with pytest.raises(DatesBackward):
        at_work.do(
            handlers.record_origin,
            commands.RecordOrigin(new_id(), case_id, GOAL, "本人", tomorrow),
        )
    with pytest.raises(CaseNotFound):
        at_work.do(
            handlers.record_origin,
            commands.RecordOrigin(new_id(), case_id, GOAL, "本人", clock.today()),
            stranger,
        )

    with at_work.bench.reading() as connection:
        file = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
        assert queries.origins_of(connection, file) == ()


def test_a_refused_plan_page_names_the_passage_and_keeps_what_was_typed(at_work):
    case_id = at_work.case(MOTHER)
    closed_session(at_work, case_id)
    browser = at_work.bench.visit_as(at_work.coordinator)
    form = {
        "kind": "multi_agency",
        "persons": [MOTHER],
        "goals-0-goal": GOAL,
        "goals-1-goal": "家計が落ち着く",
        "submission": "a",
    }

    refused = browser.post(f"/cases/{case_id}/plans", form)
    recorded = browser.post(
        f"/cases/{case_id}/origins",
        {"passage": GOAL, "told_by": "本人", "told_on": clock.today().isoformat()},
    )
    saved = browser.post(f"/cases/{case_id}/plans", form)

    assert refused.status_code == 409
    assert f"「{GOAL}」" in refused.text
    assert "非公開の会議" in refused.text
    assert "家計が落ち着く" in refused.text
    assert "主治医" not in refused.text
    assert recorded.status_code == 200
    assert "本人から" in recorded.text
    assert saved.status_code == 303


def test_the_api_refuses_and_takes_an_origin_the_same_way(at_work):
    case_id = at_work.case(MOTHER)
    closed_session(at_work, case_id)
    program = at_work.bench.visit_as(at_work.coordinator)
    plan = {"persons": [MOTHER], "goals": [{"text": GOAL}]}
    path = f"/api/v1/cases/{case_id}"

    refused = program.send_json("POST", f"{path}/plans", plan)
    wrong = program.send_json("POST", f"{path}/origins", {"text": "", "told_by": "本人"})
    kept = program.send_json(
        "POST",
        f"{path}/origins",
        {"text": GOAL, "told_by": "本人", "told_on": clock.today().isoformat()},
    )
    saved = program.send_json("POST", f"{path}/plans", plan)

    assert (refused.status_code, refused.json["type"]) == (
        409,
        "urn:kasane:problem:closed_origin",
    )
    assert "主治医" not in refused.text
    assert (wrong.status_code, kept.status_code, saved.status_code) == (422, 201, 201)


def test_i_04_what_a_closed_session_decided_and_added_is_compared_too(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = at_work.item(session_id, case_id, SON)
    at_work.open(session_id)
    decided = "保健師が主治医に病名を確かめる"
    at_work.do(
        handlers.record_decision,
        commands.RecordDecision(new_id(), session_id, item_id, decided, "health"),
    )

    with pytest.raises(ClosedOrigin):
        at_work.draft(case_id, MOTHER, goals=(PlanGoal(decided),))

    assert plans_of(at_work, case_id) == ()


def assess(at_work, case_id, answers, **changes):
    facts = {"form_id": "kasane_member", "form_version": 1, "answers": answers, **changes}
    command = commands.RecordAssessment(new_id(), case_id, SON, **facts)
    at_work.do(handlers.record_assessment, command)


def assessments_of(at_work, case_id):
    with at_work.bench.reading() as connection:
        return queries.assessment_file(
            connection, at_work.coordinator, case_id, clock.today()
        ).assessments


def test_a_fact_that_an_assessment_named_before_is_not_stopped(at_work):
    case_id = at_work.case(MOTHER)
    assess(at_work, case_id, {"heard": {"text": FACT, "source": "伯母"}})
    closed_session(at_work, case_id)

    assert at_work.draft(case_id, MOTHER, goals=(PlanGoal(GOAL),))


@pytest.mark.parametrize(
    "answers",
    [{"opinion": GOAL}, {"heard": {"text": FACT, "source": "伯母"}}],
    ids=["opinion", "told by somebody else"],
)
def test_i_04_an_assessment_takes_no_fact_known_only_from_a_closed_session(at_work, answers):
    case_id = at_work.case(MOTHER)
    session_id = closed_session(at_work, case_id)

    with pytest.raises(ClosedOrigin):
        assess(at_work, case_id, answers)

    assert assessments_of(at_work, case_id) == ()
    assert refused_passages(at_work) == [f"meeting:{session_id}"]
    at_work.do(
        handlers.record_origin,
        commands.RecordOrigin(new_id(), case_id, FACT, "伯母", clock.today()),
    )
    assess(at_work, case_id, answers)
    assert len(assessments_of(at_work, case_id)) == 1


def test_i_04_a_need_takes_no_fact_known_only_from_a_closed_session(at_work):
    case_id = at_work.case(MOTHER)
    closed_session(at_work, case_id)

    with pytest.raises(ClosedOrigin):
        at_work.do(
            handlers.identify_need,
            commands.IdentifyNeed(new_id(), case_id, SON, "income", GOAL),
        )

    with at_work.bench.reading() as connection:
        file = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
    assert file.needs == ()


def test_i_04_the_support_conference_of_the_self_reliance_law_is_as_closed(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    session_id = closed_session(at_work, case_id)
    kind = LegalKind.SELF_RELIANCE_CONFERENCE.value
    with at_work.unit() as uow:
        for table in (tables.session, tables.agenda_item):
            uow.connection.execute(table.update().values(legal_kind=kind))
        uow.record("cases.conference.planned", "conference", session_id)
        uow.commit()

    with pytest.raises(ClosedOrigin):
        at_work.draft(case_id, MOTHER, goals=(PlanGoal(GOAL),))

    assert plans_of(at_work, case_id) == ()


def another_family(at_work):
    consultation_id = at_work.consultation(
        number="2026-000002", persons=(PersonConcerned("person-aunt", "", True, "検証 花"),)
    )
    return at_work.case("person-aunt", consultation_id=consultation_id)


def test_i_04_who_was_there_takes_nothing_of_a_family_into_the_plan_of_another(at_work):
    closed_session(at_work, at_work.case(MOTHER))
    other = another_family(at_work)
    named = f"試験太郎さんの{GOAL}"

    with pytest.raises(ClosedOrigin):
        at_work.draft(other, "person-aunt", goals=(PlanGoal(named),))

    assert plans_of(at_work, other) == ()
    assert at_work.draft(other, "person-aunt", goals=(PlanGoal(GOAL),))


def test_who_was_not_there_learns_nothing_of_a_session_about_another_family(at_work):
    closed_session(at_work, at_work.case(MOTHER))
    other = another_family(at_work)
    head = at_work.bench.staff("coordinator", account_id="account-head", name="課長 次子")
    command = commands.DraftPlan(
        plan_id=new_id(),
        case_id=other,
        kind=PlanKind.MULTI_AGENCY,
        persons=("person-aunt",),
        goals=(PlanGoal(f"試験太郎さんの{GOAL}"),),
    )

    assert at_work.do(handlers.draft_plan, command, head)
    assert refused_passages(at_work) == []


def test_a_refused_assessment_page_names_the_passage_and_keeps_what_was_typed(at_work):
    case_id = at_work.case(MOTHER)
    closed_session(at_work, case_id)
    browser = at_work.bench.visit_as(at_work.coordinator)

    refused = browser.post(
        f"/cases/{case_id}/assessments",
        {
            "person": SON,
            "form_id": "kasane_member",
            "form_version": "1",
            "after": "0",
            "opinion": GOAL,
            "met": "unknown",
            "submission": "a",
        },
    )

    assert refused.status_code == 409
    assert f"「{GOAL}」" in refused.text
    assert "主治医" not in refused.text
    assert assessments_of(at_work, case_id) == ()
