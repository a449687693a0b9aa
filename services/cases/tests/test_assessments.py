"""Assessments: forms as data, versions that stay readable, and who may read whose."""

from dataclasses import replace
from datetime import date

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.assessment_form import (
    AssessmentField,
    AssessmentFieldKind,
    AssessmentForm,
    AssessmentScope,
    AssessmentSection,
    TownForm,
    form_from,
    form_on,
    in_words,
)
from kasane_cases.domain.case import AccessGrant, GrantBasis, GrantSubject
from kasane_cases.domain.errors import (
    AnswerRefused,
    CaseNotFound,
    ChangedMeanwhile,
    CorrectionReasonMissing,
    FormChangedSilently,
    FormSuperseded,
    RecordNotFound,
)
from kasane_cases.repository import Assessments, Grants, platform_forms
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


def assess(at_work, case_id, person_id="", answers=None, **changes):
    """An assessment through the real handler, in the form that holds today."""
    facts = {
        "assessment_id": new_id(),
        "case_id": case_id,
        "person_id": person_id,
        "form_id": "kasane_member" if person_id else "kasane_household",
        "form_version": 1,
        "answers": answers or {"opinion": "疲れている"},
    }
    return at_work.do(handlers.record_assessment, commands.RecordAssessment(**{**facts, **changes}))


def kept(at_work, case_id):
    with at_work.bench.reading() as connection:
        return Assessments(connection).of_case(case_id)


def read(at_work, case_id, assessment_id, viewer=None):
    with at_work.bench.reading() as connection:
        return queries.assessment_read(
            connection, viewer or at_work.coordinator, case_id, assessment_id, clock.today()
        )


def form(**changes):
    facts = {
        "form_id": "trial",
        "version": 1,
        "label": "試し",
        "scope": AssessmentScope.MEMBER,
        "valid_from": date(2026, 4, 1),
        "sections": (AssessmentSection("見出し", (AssessmentField("story", "話"),)),),
    }
    return AssessmentForm(**{**facts, **changes})


def field(kind, **changes):
    return AssessmentField("one", "欄", AssessmentFieldKind(kind), **changes)


@pytest.mark.parametrize(
    ("kind", "answer", "kept"),
    [
        ("text", " 外字は𠮷葛\U000e0100のまま ", "外字は𠮷葛\U000e0100のまま"),
        ("text", "  ", None),
        ("choice", "a", "a"),
        ("choices", {"b": "○", "a": "◎"}, {"a": "◎", "b": "○"}),
        ("choices", {}, None),
        ("date", "2026-11-21", "2026-11-21"),
        ("number", 0, 0),
        ("yes_no", "no", "no"),
        ("yes_no", "unknown", None),
        ("opinion", "見立て", "見立て"),
        (
            "third_party",
            {"text": "夜中に声がする", "source": "隣の方"},
            {"text": "夜中に声がする", "source": "隣の方"},
        ),
        ("third_party", {"text": "", "source": ""}, None),
        ("cooperating_body", "訪問看護", "訪問看護"),
    ],
)
def test_an_answer_is_kept_as_its_field_says(kind, answer, kept):
    one = field(kind, choices=(("a", "甲"), ("b", "乙")))

    assert one.checked(answer) == kept


@pytest.mark.parametrize(
    ("kind", "answer", "problem"),
    [
        ("text", "長" * 11, "too_long"),
        ("text", "a\x00", "unreadable"),
        ("text", 3, "not_text"),
        ("text", ["a"], "not_text"),
        ("choice", "c", "not_a_choice"),
        ("choice", ["a"], "not_a_choice"),
        ("choices", {"c": "○"}, "not_a_choice"),
        ("choices", ["a"], "not_a_choice"),
        ("choices", {"a": "×"}, "not_a_mark"),
        ("choices", {"a": "◎", "b": "◎"}, "several_most"),
        ("date", "2026-01-32", "not_a_date"),
        ("date", 20261121, "not_a_date"),
        ("number", True, "not_a_number"),
        ("number", 10**9, "not_a_number"),
        ("number", "3", "not_a_number"),
        ("yes_no", "はい", "not_a_choice"),
        ("yes_no", ["yes"], "not_a_choice"),
        ("third_party", {"text": "聞いた"}, "source_missing"),
        ("third_party", {"source": "隣の方"}, "statement_missing"),
        ("third_party", {"text": "聞いた", "who": "隣"}, "not_text"),
        ("third_party", "聞いた", "not_text"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_by_its_field(kind, answer, problem):
    one = field(kind, choices=(("a", "甲"), ("b", "乙")), max_length=10)

    with pytest.raises(AnswerRefused) as refused:
        one.checked(answer)

    assert (refused.value.problem, refused.value.field) == (problem, "one")


def test_a_required_answer_and_an_unknown_field_are_refused():
    asked = form(sections=(AssessmentSection("見出し", (field("text", required=True),)),))

    with pytest.raises(AnswerRefused) as missing:
        asked.checked({})
    with pytest.raises(AnswerRefused) as unknown:
        asked.checked({"one": "話", "two": "話"})
    assert (missing.value.code, unknown.value.code) == ("answer_required", "answer_unknown_field")


@pytest.mark.parametrize("shipped", platform_forms(), ids=lambda one: one.form_id)
def test_the_shipped_forms_claim_nothing_about_the_state(shipped):
    assert form_from(shipped.as_data()) == shipped
    assert not any(one.reported_to_state for one in shipped.fields)
    assert "Kasane の様式" in shipped.source
    kinds = {one.kind for one in shipped.fields}
    assert {"opinion", "third_party", "cooperating_body"} <= kinds


def test_the_newest_form_that_is_valid_holds_and_a_town_may_replace_or_extend_it():
    newer = form(version=2, valid_from=date(2026, 10, 1))
    own = (form(), newer, form(scope=AssessmentScope.HOUSEHOLD))
    town = form(form_id="town", sections=(AssessmentSection("町", (field("text"),)),))
    day, member = date(2026, 11, 21), AssessmentScope.MEMBER

    assert form_on(member, date(2026, 9, 30), own, None).version == 1
    assert form_on(member, day, own, None) == newer
    assert form_on(member, day, own, TownForm(town)) == town
    extended = form_on(member, day, own, TownForm(town, extends_platform=True))
    assert [section.label for section in extended.sections] == ["見出し", "町"]
    assert extended.form_id == "town"


def test_an_assessment_is_written_audited_and_on_the_timeline(at_work):
    case_id = at_work.case()

    made = assess(at_work, case_id, MOTHER, {"troubles": {"health": "◎"}, "met": "yes"})

    [one] = kept(at_work, case_id)
    assert (one.id, one.person_id, one.number, one.recorded_by_name) == (
        made,
        MOTHER,
        1,
        "調整 花子",
    )
    assert one.answers == {"troubles": {"health": "◎"}, "met": "yes"}
    with at_work.bench.reading() as connection:
        file = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
    assert file.timeline[0].kind.value == "assessed"
    assert file.timeline[0].facts == {"form": "アセスメント（世帯員）", "version": "1"}


def test_a_correction_is_another_version_and_the_one_before_stays(at_work):
    case_id = at_work.case()
    first = assess(at_work, case_id, "", {"opinion": "疲れている"})

    assess(at_work, case_id, "", {"opinion": "休めている"}, after=1, reason="その後の聞き取り")

    assert [(one.number, one.answers["opinion"]) for one in kept(at_work, case_id)] == [
        (2, "休めている"),
        (1, "疲れている"),
    ]
    assert read(at_work, case_id, first).assessment.answers == {"opinion": "疲れている"}


def test_a_correction_without_a_reason_changes_nothing(at_work):
    case_id = at_work.case()
    assess(at_work, case_id)

    with pytest.raises(CorrectionReasonMissing):
        assess(at_work, case_id, after=1, reason=" ")

    assert len(kept(at_work, case_id)) == 1


def test_the_second_of_two_who_write_at_once_is_told(at_work):
    case_id = at_work.case()
    assess(at_work, case_id)

    with pytest.raises(ChangedMeanwhile):
        assess(at_work, case_id, answers={"opinion": "別の見立て"})

    assert [one.answers for one in kept(at_work, case_id)] == [{"opinion": "疲れている"}]


def test_a_form_that_is_another_by_now_is_told_and_nothing_saved(at_work):
    case_id = at_work.case()

    with pytest.raises(FormSuperseded):
        assess(at_work, case_id, form_version=0)

    assert kept(at_work, case_id) == ()


def test_a_form_may_not_change_under_its_version(at_work):
    case_id = at_work.case()
    assess(at_work, case_id)
    changed = replace(platform_forms()[0], label="別の様式")

    with at_work.unit() as uow, pytest.raises(FormChangedSilently):
        Assessments(uow.connection).keep_form(changed, clock.now())


def test_answers_are_read_in_the_version_they_were_given_in(at_work):
    case_id = at_work.case()
    old = assess(at_work, case_id, "", {"troubles": {"no_food": "◎"}})
    later = replace(
        platform_forms()[0],
        version=2,
        sections=(AssessmentSection("新しい見出し", (AssessmentField("other", "別の欄"),)),),
    )
    with at_work.unit() as uow:
        Assessments(uow.connection).keep_form(later, clock.now())
        uow.record("cases.assessment.written", "case", case_id)
        uow.commit()

    shown = read(at_work, case_id, old)

    assert shown.form.version == 1
    assert ("食べるものがない", "◎") in shown.sections[0][1][0].marks


def test_somebody_of_another_household_cannot_be_assessed_here(at_work):
    case_id = at_work.case()

    with pytest.raises(RecordNotFound):
        assess(at_work, case_id, "person-elsewhere")

    assert kept(at_work, case_id) == ()


def of_the_son_only(at_work, case_id):
    """Somebody outside who has a right to the son's record, by his consent."""
    partner = at_work.bench.staff("contact", account_id="account-partner", office="partner")
    with at_work.unit() as uow:
        Grants(uow.connection).add(
            AccessGrant(
                new_id(),
                case_id,
                GrantSubject.ACCOUNT,
                partner.account_id,
                GrantBasis.CONSENT,
                clock.today(),
                person_id=SON,
            )
        )
        uow.record("cases.case.assigned", "case", case_id)
        uow.commit()
    return partner


def test_i_07_the_sons_consent_opens_neither_the_mothers_nor_the_households_assessment(at_work):
    case_id = at_work.case()
    household = assess(at_work, case_id)
    mothers = assess(at_work, case_id, MOTHER)
    sons = assess(at_work, case_id, SON)
    partner = of_the_son_only(at_work, case_id)

    with at_work.bench.reading() as connection:
        file = queries.assessment_file(connection, partner, case_id, clock.today())

    assert [one.id for one in file.assessments] == [sons]
    assert [person.id for person in file.persons] == [SON]
    for hidden in (household, mothers):
        with pytest.raises(RecordNotFound):
            read(at_work, case_id, hidden, partner)


def test_who_may_not_see_the_whole_case_does_not_see_who_told(at_work):
    case_id = at_work.case()
    heard = {"heard": {"text": "夜中に声がする", "source": "隣の方"}}
    sons = assess(at_work, case_id, SON, heard)
    partner = of_the_son_only(at_work, case_id)

    assert read(at_work, case_id, sons).assessment.answers == heard
    assert read(at_work, case_id, sons, partner).assessment.answers == {
        "heard": {"text": "夜中に声がする", "source": ""}
    }


def test_who_has_no_right_to_the_case_sees_no_assessment(at_work):
    case_id = at_work.case()
    made = assess(at_work, case_id)
    stranger = at_work.bench.staff("contact", account_id="account-stranger", office="other")

    with pytest.raises(CaseNotFound):
        read(at_work, case_id, made, stranger)


def test_a_right_to_one_member_does_not_write(at_work):
    case_id = at_work.case()
    partner = of_the_son_only(at_work, case_id)

    with pytest.raises(CaseNotFound):
        at_work.do(
            handlers.record_assessment,
            commands.RecordAssessment(
                new_id(), case_id, SON, "kasane_member", 1, {"opinion": "見立て"}
            ),
            partner,
        )

    assert kept(at_work, case_id) == ()


def test_the_town_of_kasugai_asks_about_supporters_behind_the_common_questions(make_workbench):
    bench = make_workbench("cases", {"292095": ("kasugai",)})

    asked = handlers.current_form(AssessmentScope.HOUSEHOLD, date(2026, 11, 21), bench.hooks)

    assert asked.form_id == "kasugai_household"
    assert asked.sections[0].label == "世帯が困っていること"
    assert [one.label for one in asked.sections[-1].fields] == ["支援関係者が困っていること"]


def typed(person_id=SON, **changes):
    member = {"person": person_id, "form_id": "kasane_member", "form_version": "1"}
    return {**member, "after": "0", "submission": "s-1", "met": "unknown", **changes}


def test_the_form_is_filled_in_and_read_with_its_marks(at_work, browser):
    case_id = at_work.case()

    shown = browser.get(f"/cases/{case_id}/assessments/new?person={SON}").text
    answer = browser.post(
        f"/cases/{case_id}/assessments",
        typed(
            heard_on="S33.3.4",
            troubles=["health", "housing"],
            troubles__most="income_work",
            heard="夜中に声がする",
            heard__source="隣の方",
            opinion="眠れていない",
            cooperating_bodies="訪問看護",
        ),
    )

    assert "職員の見立て" in shown
    assert "ほかの方の話" in shown
    assert answer.status_code == 303
    page = browser.client.get(answer.location).text
    for words in (
        "昭和33年3月4日",
        "◎ 収入・仕事",
        "○ 健康",
        "○ 住まい",
        "夜中に声がする",
        "話した方：隣の方",
        "眠れていない",
        "ほかの方の話",
        "協力機関",
    ):
        assert words in page
    assert browser.get(f"/cases/{case_id}").text.count(f"/cases/{case_id}/assessments") >= 1


def test_a_wrong_form_is_shown_again_as_it_was_typed(at_work, browser):
    case_id = at_work.case()

    answer = browser.post(
        f"/cases/{case_id}/assessments",
        typed(heard_on="1月32日", story="残る言葉", heard="聞いた話"),
    )
    unsourced = browser.post(
        f"/cases/{case_id}/assessments", typed(story="残る言葉", heard="聞いた話")
    )

    assert (answer.status_code, unsourced.status_code) == (422, 422)
    assert "残る言葉" in answer.text
    assert "日付として読み取れません" in answer.text
    assert "話した方が入力されていません" in unsourced.text
    assert "残る言葉" in unsourced.text
    assert kept(at_work, case_id) == ()


def test_a_double_submit_writes_once(at_work, browser):
    case_id = at_work.case()

    first = browser.post(f"/cases/{case_id}/assessments", typed(opinion="見立て"))
    second = browser.post(f"/cases/{case_id}/assessments", typed(opinion="見立て"))

    assert first.location == second.location
    assert len(kept(at_work, case_id)) == 1


def test_a_correction_starts_from_what_stands_and_the_history_shows_both(at_work, browser):
    case_id = at_work.case()
    assess(at_work, case_id, SON, {"opinion": "眠れていない", "met": "yes"})

    form_page = browser.get(f"/cases/{case_id}/assessments/new?person={SON}").text
    browser.post(
        f"/cases/{case_id}/assessments",
        typed(after="1", opinion="眠れている", correction_reason="その後の聞き取り"),
    )
    history = browser.get(f"/cases/{case_id}/assessments").text

    assert "眠れていない" in form_page
    assert "第1版を書き直します" in form_page
    assert "第2版" in history
    assert "第1版" in history
    assert "書き直した理由：その後の聞き取り" in history


def test_who_came_second_is_told_on_the_page_and_keeps_the_words(at_work, browser):
    case_id = at_work.case()
    assess(at_work, case_id, SON)

    answer = browser.post(f"/cases/{case_id}/assessments", typed(opinion="残る見立て"))

    assert answer.status_code == 412
    assert "残る見立て" in answer.text
    assert len(kept(at_work, case_id)) == 1


def test_a_right_to_one_member_shows_no_form(at_work):
    case_id = at_work.case()
    outside = at_work.bench.visit_as(of_the_son_only(at_work, case_id))

    assert outside.get(f"/cases/{case_id}/assessments").status_code == 200
    assert outside.get(f"/cases/{case_id}/assessments/new?person={SON}").status_code == 404
    assert outside.post(f"/cases/{case_id}/assessments", typed()).status_code == 404


def test_the_api_gives_forms_takes_answers_and_needs_the_version(at_work, browser):
    case_id = at_work.case()
    path = f"/api/v1/cases/{case_id}/assessments"
    body = {
        "person_id": SON,
        "form_id": "kasane_member",
        "form_version": 1,
        "answers": {"opinion": "見立て"},
    }

    forms = browser.get("/api/v1/assessment-forms").get_json()["items"]
    unversioned = browser.send_json("POST", path, body)
    made = browser.send_json("POST", path, body, headers={"If-Match": '"0"'})
    wrong = browser.send_json(
        "POST", path, {**body, "answers": {"met": "maybe"}}, headers={"If-Match": '"1"'}
    )
    late = browser.send_json("POST", path, body, headers={"If-Match": '"0"'})

    assert [one["form_id"] for one in forms] == ["kasane_household", "kasane_member"]
    assert unversioned.status_code == 428
    assert made.status_code == 201
    assert made.get_json()["form"]["version"] == 1
    assert made.headers["ETag"] == '"1"'
    assert wrong.status_code == 422
    assert wrong.get_json()["title"] == "「本人と直接話せた」にその選択肢はありません。"
    assert late.status_code == 412
    listed = browser.get(path).get_json()["items"]
    assert [one["answers"] for one in listed] == [{"opinion": "見立て"}]
    assert browser.get(f"{path}/{listed[0]['id']}").get_json()["answers"] == {"opinion": "見立て"}


def test_words_of_a_form_stand_at_their_answers():
    asked = form(
        sections=(
            AssessmentSection("見出し", (field("choice", choices=(("a", "甲"), ("b", "乙"))),)),
        )
    )

    [(_, [answer])] = in_words(asked, {"one": "b"})

    assert (answer.label, answer.text) == ("欄", "乙")
