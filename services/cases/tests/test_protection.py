"""The protection of an address: one term, named readers, the broken glass, and I-10 at every door."""

import io
import re
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from pypdf import PdfReader
from werkzeug.routing import IntegerConverter

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.address_protection import last_day_of_term
from kasane_cases.domain.case import ClosingOutcome, GrantSubject
from kasane_cases.domain.emergency import EmergencyCause
from kasane_cases.domain.errors import (
    CaseRestricted,
    EmergencyOfOneself,
    EmergencyReadsOnly,
    EmergencyReasonTooShort,
    EmergencyTooOften,
    NotProtected,
    RenewalTooEarly,
)
from kasane_cases.pages.words import refusal_words
from kasane_contracts import cases as says
from kasane_contracts.intake import PersonConcerned
from kasane_contracts.registry import dump
from kasane_kit import clock
from kasane_kit.auth import access_of
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
SECRET, TELEPHONE = "試験町1番地", "090-1234-5678"


def read(at_work, case_id, viewer=None):
    with at_work.bench.reading() as connection:
        return queries.case_file(connection, viewer or at_work.coordinator, case_id, clock.today())


def protect(at_work, case_id, person_id=MOTHER, actor=None, **changes):
    command = commands.ProtectAddress(
        **{
            "protection_id": new_id(),
            "case_id": case_id,
            "person_id": person_id,
            "from_on": clock.today(),
            "authority": "試験警察署",
            "certificate": "支援第1号",
            "reason": "夫からの暴力",
            **changes,
        }
    )
    return at_work.do(handlers.protect_address, command, actor)


def noon(day):
    return datetime.combine(day, time(12), clock.JAPAN)


def colleague(at_work, *functions, name="account-colleague"):
    return at_work.bench.staff(*(functions or ("coordinator",)), account_id=name, name="同僚 一郎")


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        (date(2026, 4, 1), date(2027, 3, 31)),
        (date(2024, 2, 29), date(2025, 2, 27)),
        (date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_term_is_one_year(begins, ends):
    assert last_day_of_term(begins) == ends


def test_i_10_only_who_was_admitted_reads_the_address(at_work):
    case_id = at_work.case(MOTHER)
    other, admitted = colleague(at_work), colleague(at_work, name="account-admitted")

    protect(at_work, case_id, readers=("account-admitted",))

    assert read(at_work, case_id).person(MOTHER).address == SECRET
    assert read(at_work, case_id, admitted).person(MOTHER).address == SECRET
    hidden = read(at_work, case_id, other).person(MOTHER)
    assert (hidden.address, hidden.phone, hidden.name) == ("", "", "試験 よし子")
    (said,) = at_work.bench.said(says.AddressProtectionChanged)
    assert dump(said) == {
        "person_id": MOTHER,
        "case_id": case_id,
        "protected": True,
        "phone_too": True,
        "kept_back": [MOTHER],
        "shown_again": [],
    }


def test_i_10_who_lives_with_somebody_protected_does_not_give_the_address_away(at_work):
    typed = "試験町 １番地"
    persons = (
        PersonConcerned(MOTHER, "母", True, "試験 よし子", "シケン ヨシコ", "1943-05-06", SECRET),
        PersonConcerned(SON, "長男", False, "試験 太郎", "シケン タロウ", "1972-01-02", typed),
    )
    case_id = at_work.case(MOTHER, consultation_id=at_work.consultation(persons=persons))
    assert read(at_work, case_id, colleague(at_work)).person(SON).address == typed
    protect(at_work, case_id)

    assert read(at_work, case_id, colleague(at_work)).person(SON).address == ""
    assert read(at_work, case_id).person(SON).address == typed


def test_the_telephone_stays_where_only_the_address_is_to_be_hidden(at_work):
    case_id = at_work.case(MOTHER)

    protect(at_work, case_id, phone_too=False)

    hidden = read(at_work, case_id, colleague(at_work)).person(MOTHER)
    assert (hidden.address, hidden.phone) == ("", "0")


def test_a_protection_is_renewed_from_one_month_before_its_end(at_work, clock_at):
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)
    ends = last_day_of_term(clock.today())
    clock_at(noon(ends - timedelta(days=40)))

    with pytest.raises(RenewalTooEarly):
        protect(at_work, case_id, from_on=ends + timedelta(days=1))

    clock_at(noon(ends - timedelta(days=20)))
    protect(at_work, case_id, from_on=ends + timedelta(days=1))
    term = read(at_work, case_id).household.protections[MOTHER]
    assert term.until_on == last_day_of_term(ends + timedelta(days=1))


def test_an_address_stays_hidden_when_its_term_is_over(at_work, clock_at):
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)
    other = colleague(at_work)
    clock_at(noon(clock.today() + timedelta(days=500)))

    file = read(at_work, case_id, other)

    assert file.person(MOTHER).address == ""
    assert file.household.protections[MOTHER].renewal_due(clock.today()) is True


def test_moving_out_ends_the_measure_and_asks_for_it_again(at_work):
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)
    at_work.do(
        handlers.change_person,
        commands.ChangePerson(
            case_id,
            MOTHER,
            commands.PersonDetails("試験 よし子", address="新しい町2番地"),
            "母",
            at_work.read_case(case_id).version,
        ),
    )

    file = read(at_work, case_id)
    assert file.household.protections == {}
    assert [task.kind.value for task in file.tasks] == ["ask_protection_again"]
    assert read(at_work, case_id, colleague(at_work)).person(MOTHER).address == ""


def test_a_case_that_ends_by_moving_away_asks_for_the_protection_again(at_work):
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)

    at_work.do(
        handlers.close_case,
        commands.CloseCase(
            case_id,
            ClosingOutcome.MOVED_AWAY,
            "転居",
            at_work.read_case(case_id).version,
            "転居先の窓口",
        ),
    )

    assert [task.kind.value for task in read(at_work, case_id).tasks] == ["ask_protection_again"]


def test_lifting_shows_the_address_again_and_tells_the_other_services(at_work):
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)

    at_work.do(
        handlers.end_protection, commands.EndProtection(case_id, MOTHER, False, "本人の申し出")
    )

    assert read(at_work, case_id, colleague(at_work)).person(MOTHER).address == SECRET
    assert [one.protected for one in at_work.bench.said(says.AddressProtectionChanged)] == [
        True,
        False,
    ]


def test_who_may_not_read_the_address_neither_admits_nor_lifts(at_work):
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)
    other = colleague(at_work)

    with pytest.raises(NotProtected):
        at_work.do(
            handlers.admit_reader,
            commands.AdmitReader(new_id(), case_id, MOTHER, "account-colleague", "見たい"),
            other,
        )
    with pytest.raises(NotProtected):
        at_work.do(
            handlers.end_protection, commands.EndProtection(case_id, MOTHER, False, "なし"), other
        )

    assert read(at_work, case_id, other).person(MOTHER).address == ""


def test_who_may_not_read_the_address_does_not_wipe_it_by_correcting_the_name(at_work):
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)

    at_work.do(
        handlers.change_person,
        commands.ChangePerson(
            case_id,
            MOTHER,
            commands.PersonDetails("試験 良子", address="書きかえ", phone="1"),
            "母",
            at_work.read_case(case_id).version,
        ),
        colleague(at_work),
    )

    person = read(at_work, case_id).person(MOTHER)
    assert (person.name, person.address, person.phone) == ("試験 良子", SECRET, "0")


LONG = "救急隊から電話があり、持病と服薬をいま伝える必要があります"
CAUSE = EmergencyCause.LIFE_IN_DANGER


def open_address(at_work, case_id, other, reason=LONG):
    command = commands.OpenProtectedAddress(new_id(), case_id, MOTHER, CAUSE, reason)
    at_work.do(handlers.open_protected_address, command, other)


def open_case(at_work, case_id, other, reason=LONG):
    command = commands.OpenRestrictedCase(new_id(), case_id, CAUSE, reason)
    at_work.do(handlers.open_restricted_case, command, other)


def test_the_glass_is_broken_with_a_reason_for_an_hour_and_the_team_is_told(at_work, clock_at):
    moment = noon(clock.today())
    clock_at(moment)
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)
    other = colleague(at_work)

    for reason in ("  ", "あ" * 19, "あ" * 19 + "\n\n  "):
        with pytest.raises(EmergencyReasonTooShort):
            open_address(at_work, case_id, other, reason)
    assert read(at_work, case_id, other).person(MOTHER).address == ""
    open_address(at_work, case_id, other, "あ" * 20)

    assert read(at_work, case_id, other).person(MOTHER).address == SECRET
    team = read(at_work, case_id)
    assert [task.kind.value for task in team.tasks] == ["review_emergency"]
    assert [(r.account_id, r.reason, r.emergency) for r in team.household.readers][-1] == (
        "account-colleague",
        "あ" * 20,
        True,
    )
    clock_at(moment + timedelta(minutes=59, seconds=59))
    assert read(at_work, case_id, other).person(MOTHER).address == SECRET
    clock_at(moment + timedelta(minutes=60))
    assert read(at_work, case_id, other).person(MOTHER).address == ""


def restricted(at_work, *persons):
    case_id = at_work.case(*persons)
    version = at_work.read_case(case_id).version
    at_work.do(handlers.restrict_case, commands.RestrictCase(case_id, True, version))
    return case_id


def test_a_restricted_case_opens_for_an_hour_with_a_reason(at_work, clock_at):
    moment = noon(clock.today())
    clock_at(moment)
    case_id = restricted(at_work, MOTHER)
    browser = at_work.bench.visit_as(colleague(at_work))

    refused = browser.get(f"/cases/{case_id}", follow_redirects=True)
    assert "試験 よし子" not in refused.text
    assert "理由を残して60分だけ開く" in refused.text
    path = f"/cases/{case_id}/restricted"
    for sent in (
        {"emergency_cause": CAUSE.value, "emergency_reason": ""},
        {"emergency_cause": CAUSE.value, "emergency_reason": "短い理由"},
        {"emergency_cause": "curiosity", "emergency_reason": LONG},
        {"emergency_reason": LONG},
    ):
        assert browser.post(path, sent).status_code == 422, sent
    assert read(at_work, case_id).tasks == ()
    opened = browser.post(path, {"emergency_cause": CAUSE.value, "emergency_reason": LONG})

    assert opened.status_code == 303
    assert "試験 よし子" in browser.get(f"/cases/{case_id}").text
    assert [task.kind.value for task in read(at_work, case_id).tasks] == ["review_emergency"]
    clock_at(moment + timedelta(minutes=59, seconds=59))
    browser = at_work.bench.visit_as(colleague(at_work))
    assert "試験 よし子" in browser.get(f"/cases/{case_id}").text
    clock_at(moment + timedelta(minutes=60))
    assert "試験 よし子" not in browser.get(f"/cases/{case_id}", follow_redirects=True).text


def test_a_running_look_and_its_review_say_when_it_ends(at_work, clock_at):
    begun = datetime.combine(date(2026, 11, 25), time(17, 5), clock.JAPAN)
    clock_at(begun)
    case_id = restricted(at_work, MOTHER)
    other = at_work.bench.visit_as(colleague(at_work))
    open_case(at_work, case_id, colleague(at_work))

    seen = other.get(f"/cases/{case_id}").text
    team = at_work.bench.visit_as(at_work.coordinator).get(f"/cases/{case_id}").text
    clock_at(begun + timedelta(hours=2))
    later = at_work.bench.visit_as(at_work.coordinator).get(f"/cases/{case_id}").text

    assert "緊急の閲覧です。18:05まで（開いてから60分）、読むことだけができます。" in seen
    assert '緊急の閲覧</span> <span class="k-soft">18:05まで</span>' in team
    assert "令和8年11月25日 18:05まで開いています。" in team
    assert "理由を書いて、守られた記録を60分だけ（18:05まで）開いた" in team
    assert "令和8年11月25日 18:05に閉じました。" in later
    assert "まで開いています。" not in later
    assert '<span class="k-soft">18:05まで</span>' not in later


def test_a_protected_address_that_was_opened_says_until_when_it_shows(at_work, clock_at):
    begun = datetime.combine(date(2026, 11, 25), time(17, 5), clock.JAPAN)
    clock_at(begun)
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)
    open_address(at_work, case_id, colleague(at_work))

    mine = at_work.bench.visit_as(colleague(at_work)).get(f"/cases/{case_id}").text
    team = at_work.bench.visit_as(at_work.coordinator).get(f"/cases/{case_id}").text

    assert "あなたが緊急に開いた住所です。18:05まで見られ、そのあとは隠れます。" in mine
    assert "あなたは住所を見られる人です。" not in mine
    assert "あなたは住所を見られる人です。" in team
    assert '<span class="k-soft">18:05まで</span>' in team
    assert "令和8年11月25日 18:05まで開いています。" in team


def test_a_look_taken_before_midnight_holds_for_its_hour_and_is_one_of_its_own_day(
    at_work, clock_at
):
    begun = datetime.combine(date(2026, 11, 25), time(23, 30), clock.JAPAN)
    clock_at(begun)
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)
    other = colleague(at_work)
    for _ in range(3):
        open_address(at_work, case_id, other)

    clock_at(begun + timedelta(minutes=59, seconds=59))
    assert read(at_work, case_id, other).person(MOTHER).address == SECRET
    open_address(at_work, case_id, other)
    clock_at(begun + timedelta(minutes=60))
    assert read(at_work, case_id, other).person(MOTHER).address == SECRET
    clock_at(begun + timedelta(minutes=120))
    assert read(at_work, case_id, other).person(MOTHER).address == ""


def test_an_emergency_look_changes_nothing_and_opens_one_household(at_work):
    case_id, second = restricted(at_work, MOTHER), restricted(at_work)
    other = colleague(at_work)
    open_case(at_work, case_id, other)
    before = at_work.read_case(case_id).version

    for act, command in (
        (handlers.restrict_case, commands.RestrictCase(case_id, False, before)),
        (handlers.finish_task, commands.FinishTask(case_id, "any")),
        (handlers.protect_address, protection_of(case_id)),
    ):
        with pytest.raises(EmergencyReadsOnly):
            at_work.do(act, command, other)
    assert at_work.read_case(case_id).version == before
    with pytest.raises(CaseRestricted):
        read(at_work, second, other)


def test_a_protection_that_begins_out_of_bounds_is_refused_at_its_field(at_work, browser):
    case_id = at_work.case(MOTHER)
    typed = {"authority": "試験警察署", "step_reason": "夫からの暴力", "from_on": "9999-05-01"}

    answer = browser.post(f"/cases/{case_id}/persons/{MOTHER}/protection", typed)
    by_api = browser.send_json(
        "POST",
        f"/api/v1/cases/{case_id}/members/{MOTHER}/protection",
        {"authority": "試験警察署", "reason": "夫からの暴力", "from_on": "9999-05-01"},
    )

    assert (answer.status_code, by_api.status_code) == (422, 422)
    assert 'id="field-from_on-error"' in answer.text
    assert "試験警察署" in answer.text
    assert at_work.read_case(case_id).person(MOTHER).address_protected is False


def protection_of(case_id):
    return commands.ProtectAddress(
        new_id(), case_id, MOTHER, clock.today(), "試験町", "証 1", "避難"
    )


def test_one_person_looks_three_times_a_day(at_work, clock_at):
    moment = noon(clock.today())
    clock_at(moment)
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)
    second = restricted(at_work)
    other = colleague(at_work)
    open_address(at_work, case_id, other)
    open_address(at_work, case_id, other)
    open_case(at_work, second, other)

    third = restricted(at_work)
    for refused in (
        lambda: open_address(at_work, case_id, other),
        lambda: open_case(at_work, third, other),
    ):
        with pytest.raises(EmergencyTooOften):
            refused()
    with pytest.raises(CaseRestricted):
        read(at_work, third, other)
    clock_at(moment + timedelta(days=1))
    open_case(at_work, third, other)
    assert read(at_work, third, other).case.id == third


def test_somebody_else_reviews_it_within_two_working_days(at_work, clock_at):
    # Friday before a Monday that is a holiday: Tuesday and Wednesday are the working days.
    clock_at(noon(date(2026, 10, 9)))
    case_id = at_work.case(MOTHER)
    protect(at_work, case_id)
    other = colleague(at_work)
    open_address(at_work, case_id, other)
    (task,) = read(at_work, case_id).tasks
    assert task.due_on == date(2026, 10, 14)

    with pytest.raises(EmergencyOfOneself):
        at_work.do(handlers.finish_task, commands.FinishTask(case_id, task.id), other)
    assert read(at_work, case_id).tasks == (task,)
    for day, overdue in ((date(2026, 10, 14), False), (date(2026, 10, 15), True)):
        clock_at(noon(day))
        page = at_work.bench.visit_as(at_work.coordinator).get(f"/cases/{case_id}").text
        assert "令和8年10月14日までに確かめてください。" in page
        assert ("確かめる期限を過ぎています" in page) is overdue
    at_work.do(handlers.finish_task, commands.FinishTask(case_id, task.id))
    assert read(at_work, case_id).tasks == ()
    taken, reviewed = (
        said
        for said in at_work.bench.said()
        if isinstance(said, says.EmergencyLookTaken | says.EmergencyLookReviewed)
    )
    assert taken == says.EmergencyLookTaken(
        task.reference,
        case_id,
        other.account_id,
        CAUSE.value,
        date(2026, 10, 9),
        date(2026, 10, 14),
    )
    assert reviewed == says.EmergencyLookReviewed(task.reference, case_id, date(2026, 10, 15))


def test_without_the_record_nothing_is_opened(at_work, monkeypatch):
    case_id = restricted(at_work, MOTHER)
    other = colleague(at_work)

    def broken(*_args, **_more):
        raise OSError("the trail takes nothing")

    monkeypatch.setattr("kasane_kit.unit_of_work.UnitOfWork.record", broken)
    with pytest.raises(OSError, match="takes nothing"):
        open_case(at_work, case_id, other)
    with pytest.raises(CaseRestricted):
        read(at_work, case_id, other)
    assert read(at_work, case_id).tasks == ()


def test_a_refusal_prints_days_as_people_write_them(at_work):
    with at_work.bench.app.test_request_context():
        said = refusal_words(RenewalTooEarly(day="2027-04-01"))

    assert "令和9年4月1日" in said
    assert "2027" not in said


def test_i_10_the_address_is_in_no_answer_to_who_was_not_admitted(at_work):
    """Every door of cases that answers to reading, with every id that there is, for four people."""
    case_id = at_work.case(
        MOTHER,
        consultation_id="",
        consent_confirmed=(),
        persons=(
            commands.PersonOfCase(MOTHER, "試験 よし子", address=SECRET, phone=TELEPHONE),
            commands.PersonOfCase(SON, "試験 太郎"),
        ),
    )
    at_work.consent(case_id, MOTHER)
    need_id = at_work.need(case_id, MOTHER)
    session_id = at_work.held(case_id, MOTHER)
    plan_id = at_work.plan(case_id, MOTHER)
    protect(at_work, case_id)
    colleague(at_work, "contact", name="account-contact")
    at_work.do(
        handlers.assign_team,
        commands.AssignTeam(
            new_id(), case_id, commands.TeamMember(GrantSubject.ACCOUNT, "account-contact")
        ),
    )
    new_case = at_work.do(
        handlers.split_household,
        commands.SplitHousehold(
            new_id(),
            case_id,
            new_id(),
            (MOTHER,),
            clock.today(),
            "逃れた",
            at_work.read_case(case_id).version,
        ),
    )
    known = {
        "case_id": (case_id, new_case),
        "person_id": (MOTHER, SON),
        "session_id": (session_id,),
        "plan_id": (plan_id,),
        "need_id": (need_id,),
    }
    people = [
        colleague(at_work),
        colleague(at_work, "contact", name="account-contact"),
        colleague(at_work, "outreach_worker", name="account-outreach"),
        colleague(at_work, "responsible", name="account-head"),
    ]

    asked, shown = 0, []
    for viewer in people:
        browser = at_work.bench.visit_as(viewer)
        for address in _addresses(at_work, known):
            answer = browser.get(address, follow_redirects=True)
            asked += 1
            said = _said(answer)
            if SECRET in said or TELEPHONE in said:
                shown.append((viewer.account_id, address))

    assert shown == []
    assert asked > 150
    admitted = at_work.bench.visit_as(at_work.coordinator)
    assert SECRET in admitted.get(f"/cases/{new_case}").text


def _said(answer):
    """Every word of an answer, also of a paper or a table."""
    if answer.mimetype == "application/pdf":
        pages = PdfReader(io.BytesIO(answer.data)).pages
        return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    if answer.data.startswith(b"PK"):
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
        return "".join(str(value) for row in sheet.values for value in row)
    return answer.text


def _addresses(at_work, known):
    for rule in at_work.bench.app.url_map.iter_rules():
        access = access_of(at_work.bench.app.view_functions[rule.endpoint])
        wanted = [name for name in rule.arguments if name != "municipality"]
        if "GET" not in (rule.methods or ()) or access is None or access.permission is None:
            continue
        fillings = [{}]
        for name in wanted:
            counted = isinstance(rule._converters[name], IntegerConverter)
            unknown = 1 if counted else "01a1fded-0000-7000-8000-000000000000"
            fillings = [
                {**filling, name: value}
                for filling in fillings
                for value in known.get(name, (unknown,))
            ]
        for filling in fillings:
            with at_work.bench.app.test_request_context():
                built = at_work.bench.app.url_map.bind("").build(
                    rule.endpoint, {"municipality": at_work.bench.municipality, **filling}
                )
            yield built.removeprefix(f"/{at_work.bench.municipality}")


def test_nothing_is_taken_out_of_an_emergency_look(at_work):
    case_id = restricted(at_work, MOTHER)
    other = colleague(at_work)
    open_case(at_work, case_id, other)
    browser = at_work.bench.visit_as(other)
    here, number = f"/cases/{case_id}", at_work.read_case(case_id).number

    page = browser.get(here)
    refused = {
        path: browser.get(path)
        for path in (
            f"{here}/persons/{MOTHER}/record.pdf",
            f"{here}/plans/any/paper.pdf",
            f"{here}/assessments/any/paper.pdf",
            f"{here}/attachments/any",
            f"{here}/consents/{MOTHER}/record.json",
            f"/api/v1/cases/{case_id}/consents/{MOTHER}",
        )
    }

    assert page.status_code == 200
    assert "書類・ファイル・印刷も出せません" in page.text
    assert 'data-not-printed="緊急の閲覧で開いたケースは' in page.text
    assert {path: answer.status_code for path, answer in refused.items()} == dict.fromkeys(
        refused, 403
    )
    api = refused.pop(f"/api/v1/cases/{case_id}/consents/{MOTHER}")
    assert api.json["type"] == "urn:kasane:problem:emergency_takes_nothing_out"
    for path, answer in refused.items():
        assert "書類もファイルも作っていません。" in answer.text, path
    mine = at_work.bench.visit_as(at_work.coordinator)
    assert mine.get(f"{here}/persons/{MOTHER}/record.pdf").status_code == 200
    with at_work.bench.reading() as connection:
        seen, taken = (
            [
                line.number
                for line in queries.case_lines(
                    connection, other, clock.today(), to_take_out=to_take_out
                )
            ]
            for to_take_out in (False, True)
        )
    assert (number in seen, number in taken) == (True, False)


def test_the_opener_leaves_the_team_list_at_the_sixtieth_minute(at_work, clock_at):
    moment = noon(clock.today())
    clock_at(moment)
    case_id = restricted(at_work, MOTHER)
    other = colleague(at_work)
    open_case(at_work, case_id, other)

    seen = []
    for seconds in (0, 60 * 60 - 1, 60 * 60):
        clock_at(moment + timedelta(seconds=seconds))
        seen.append(other.account_id in [one.subject for one in read(at_work, case_id).team])

    assert seen == [True, True, False]
