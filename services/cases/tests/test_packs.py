"""The meeting pack: the least per attendee, for a time, on numbered copies; the case without identity."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from pypdf import PdfReader

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.agenda import LegalKind
from kasane_cases.domain.consent import (
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
)
from kasane_cases.domain.errors import (
    CaseStudyIdentifies,
    NobodyToGiveTo,
    NotInSession,
    PackExpired,
    RecordNotFound,
    SessionNotFound,
    UnknownChoice,
    WrongStep,
)
from kasane_cases.domain.ledger import DisclosureAct
from kasane_cases.domain.pack import NEEDED, CopyState
from kasane_cases.repository import Ledger, Packs
from kasane_kit import clock

MOTHER, SON = "person-mother", "person-son"
CONTACT = commands.AttendeeAsked(account_id="account-contact")
OUTSIDE = commands.AttendeeAsked(
    AttendeeKind.PARTNER_AGENCY, name="外部 三郎", affiliation="試験法人"
)


@pytest.fixture
def contact(at_work):
    return at_work.bench.staff("contact", account_id="account-contact", office="care")


def own_pack(at_work, viewer, session_id):
    with at_work.bench.reading() as connection:
        return queries.own_pack(connection, viewer, session_id)


def desk(at_work, session_id):
    with at_work.bench.reading() as connection:
        return queries.pack_desk(connection, at_work.coordinator, session_id)


def issue(at_work, session_id):
    at_work.do(handlers.issue_pack, commands.IssuePack(session_id))


def on_paper(answer):
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def pack_lines(at_work, case_id):
    with at_work.bench.reading() as connection:
        lines = Ledger(connection).of_case(case_id)
    return sorted((one.recipient, one.person_id) for one in lines if one.act is DisclosureAct.PACK)


def test_i_01_a_pack_holds_only_what_the_consent_covers_and_leaves_a_line(at_work):
    case_id = at_work.case()
    scope = ConsentScope(
        (ConsentPurpose.MULTI_AGENCY,),
        (AttendeeKind.MUNICIPAL_STAFF, AttendeeKind.PARTNER_AGENCY),
        (DataClass.IDENTITY,),
    )
    at_work.consent(case_id, MOTHER, scope=scope)
    at_work.need(case_id, MOTHER)
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE, OUTSIDE)
    at_work.item(session_id, case_id, MOTHER)

    issue(at_work, session_id)
    issue(at_work, session_id)

    (dossier,) = own_pack(at_work, at_work.coordinator, session_id).dossiers
    assert (dossier.person.id, dossier.needs, dossier.plans) == (MOTHER, (), ())
    assert pack_lines(at_work, case_id) == [("外部 三郎", MOTHER), ("調整 花子", MOTHER)]


def test_i_07_a_pack_tells_of_nobody_but_the_person_of_the_item(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, MOTHER)
    at_work.need(case_id, SON)
    at_work.plan(case_id, MOTHER, SON)
    session_id = at_work.session()
    at_work.item(session_id, case_id, MOTHER)

    issue(at_work, session_id)

    (dossier,) = own_pack(at_work, at_work.coordinator, session_id).dossiers
    assert (dossier.person.id, dossier.needs, dossier.plans) == (MOTHER, (), ())


def test_i_07_a_pack_holds_only_the_items_that_its_holder_takes_part_in(at_work, contact):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, MOTHER)
    at_work.consent(case_id, SON)
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE, CONTACT)
    mother = at_work.item(session_id, case_id, MOTHER)
    son = at_work.item(session_id, case_id, SON)
    lead, _ = at_work.read_session(session_id).attendees
    at_work.do(handlers.admit_to_item, commands.AdmitToItem(session_id, son, (lead.id,)))

    issue(at_work, session_id)

    assert [one.item.id for one in own_pack(at_work, contact, session_id).dossiers] == [mother]


def test_i_03_a_pack_is_not_read_before_secrecy_is_recorded(at_work, contact):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE, CONTACT, bound=False)
    at_work.item(session_id, case_id, SON)

    with pytest.raises(NobodyToGiveTo):
        issue(at_work, session_id)
    with pytest.raises(NotInSession):
        own_pack(at_work, contact, session_id)

    assert desk(at_work, session_id).parts == ()
    assert pack_lines(at_work, case_id) == []


def test_i_03_who_does_not_attend_has_no_pack(at_work, contact):
    session_id = at_work.session()

    with pytest.raises(SessionNotFound):
        own_pack(at_work, contact, session_id)


def test_i_01_a_support_conference_opens_its_pack_to_outsiders_only_when_it_is_open(at_work):
    case_id = at_work.case(MOTHER)
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE, OUTSIDE)
    at_work.item(session_id, case_id, SON)

    issue(at_work, session_id)
    before = pack_lines(at_work, case_id)
    at_work.open(session_id)
    issue(at_work, session_id)

    assert before == [("調整 花子", SON)]
    assert pack_lines(at_work, case_id) == [("外部 三郎", SON), ("調整 花子", SON)]


def test_i_10_no_address_and_no_telephone_is_in_a_pack():
    assert not {DataClass.CONTACT} & {one for classes in NEEDED.values() for one in classes}


def test_i_08_a_withdrawn_consent_closes_the_part_that_was_opened(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, MOTHER)
    session_id = at_work.session()
    at_work.item(session_id, case_id, MOTHER)
    issue(at_work, session_id)

    at_work.consent(case_id, MOTHER, state=ConsentState.WITHDRAWN, method="")

    (dossier,) = own_pack(at_work, at_work.coordinator, session_id).dossiers
    assert (dossier.withheld, dossier.person) == (True, None)
    assert pack_lines(at_work, case_id) == [("調整 花子", MOTHER)]


def test_a_pack_closes_some_days_after_the_session(at_work, clock_at):
    session_id = at_work.session()
    start = clock.now()
    at_work.do(handlers.set_pack_days, commands.SetPackDays(session_id, 2))

    clock_at(start + timedelta(days=2))
    assert own_pack(at_work, at_work.coordinator, session_id).dossiers == ()
    clock_at(start + timedelta(days=3))

    with pytest.raises(PackExpired):
        own_pack(at_work, at_work.coordinator, session_id)
    with pytest.raises(PackExpired):
        issue(at_work, session_id)


@pytest.mark.parametrize("days", [-1, 61])
def test_a_pack_stays_open_for_a_sensible_time(at_work, days):
    session_id = at_work.session()

    with pytest.raises(UnknownChoice):
        at_work.do(handlers.set_pack_days, commands.SetPackDays(session_id, days))

    assert at_work.read_session(session_id).pack_days == 7


def test_copies_are_numbered_name_their_holder_and_are_collected(at_work):
    session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE, OUTSIDE)
    at_work.do(handlers.print_copies, commands.PrintCopies(session_id))
    at_work.do(handlers.print_copies, commands.PrintCopies(session_id))
    copies = desk(at_work, session_id).copies
    assert [(one.number, one.holder) for one in copies] == [
        (1, "調整 花子"),
        (2, "外部 三郎"),
        (3, "調整 花子"),
        (4, "外部 三郎"),
    ]

    def settle(copy, state):
        command = commands.SettleCopy(session_id, copy.id, state)
        at_work.do(handlers.settle_copy, command)

    settle(copies[0], CopyState.COLLECTED)
    settle(copies[0], CopyState.DESTROYED)
    settle(copies[1], CopyState.DESTROYED)
    with pytest.raises(WrongStep):
        settle(copies[0], CopyState.COLLECTED)
    with pytest.raises(RecordNotFound):
        settle(replace(copies[0], id="unknown"), CopyState.COLLECTED)

    with at_work.bench.reading() as connection:
        states = [one.state.value for one in Packs(connection).copies(session_id)]
    assert states == ["destroyed", "destroyed", "issued", "issued"]


def test_a_copy_on_paper_is_a_pdf_for_who_leads_only(at_work, contact):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, MOTHER)
    at_work.need(case_id, MOTHER)
    at_work.plan(case_id, MOTHER)
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE, CONTACT)
    at_work.item(session_id, case_id, MOTHER)
    at_work.do(handlers.print_copies, commands.PrintCopies(session_id))
    copy = desk(at_work, session_id).copies[0]
    path = f"/conferences/{session_id}/copies/{copy.id}.pdf"

    paper = at_work.bench.visit_as(at_work.coordinator).get(path)
    refused = at_work.bench.visit_as(contact).get(path)

    assert (paper.status_code, paper.data[:5]) == (200, b"%PDF-")
    assert refused.status_code == 403


def test_a_pack_tells_the_goals_of_a_plan_in_their_words_on_the_page_and_on_paper(at_work, browser):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, MOTHER)
    at_work.plan(case_id, MOTHER)
    session_id = at_work.session()
    at_work.item(session_id, case_id, MOTHER)
    at_work.do(handlers.print_copies, commands.PrintCopies(session_id))
    (copy,) = desk(at_work, session_id).copies

    shown = browser.get(f"/conferences/{session_id}/pack").text
    printed = on_paper(browser.get(f"/conferences/{session_id}/copies/{copy.id}.pdf"))

    assert "<li>家計が落ち着く</li>" in shown
    assert "・家計が落ち着く" in printed


def test_the_pages_of_the_pack_open_issue_and_settle(at_work, contact):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, MOTHER)
    at_work.need(case_id, MOTHER)
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE, CONTACT)
    at_work.item(session_id, case_id, MOTHER)
    lead = at_work.bench.visit_as(at_work.coordinator)
    theirs = at_work.bench.visit_as(contact)
    at = f"/conferences/{session_id}"

    closed = theirs.get(f"{at}/pack").text
    lead.post(f"{at}/packs")
    opened = theirs.get(f"{at}/pack").text
    lead.post(f"{at}/copies")
    copy = desk(at_work, session_id).copies[0]
    lead.post(f"{at}/copies/{copy.id}", {"state": "collected"})
    shown = lead.get(f"{at}/packs").text

    assert "食べるものが足りない" not in closed
    assert "食べるものが足りない" in opened
    assert "試験 太郎" not in opened
    assert "第1号" in shown
    assert "1部がまだ戻っていません" in shown
    assert theirs.get(f"{at}/packs").status_code == 403


@pytest.mark.parametrize("days", ["", "x", "-1", "61", "1.5", "9" * 5000])
def test_a_wrong_number_of_days_is_shown_again(at_work, days):
    session_id = at_work.session()
    lead = at_work.bench.visit_as(at_work.coordinator)

    answer = lead.post(f"/conferences/{session_id}/packs/days", {"days": days})

    assert answer.status_code == 422
    assert "0から60までの数で入力してください" in answer.text
    assert at_work.read_session(session_id).pack_days == 7


def test_a_copy_becomes_nothing_that_is_not_known(at_work):
    session_id = at_work.session()
    at_work.do(handlers.print_copies, commands.PrintCopies(session_id))
    copy = desk(at_work, session_id).copies[0]
    lead = at_work.bench.visit_as(at_work.coordinator)

    answer = lead.post(f"/conferences/{session_id}/copies/{copy.id}", {"state": "eaten"})

    assert answer.status_code == 422
    assert desk(at_work, session_id).copies[0].state is CopyState.ISSUED


@pytest.mark.parametrize(
    "words",
    [
        "試験さんは外に出ない",
        "シケン ヨシコさん",
        "ｼｹﾝが困っている",
        "住まいは試験町1番地",
        "1943-05-06生まれ",
        "５月６日が誕生日",
    ],
)
def test_i_20_a_case_study_that_says_whose_it_is_is_not_made(at_work, words):
    case_id = at_work.case(MOTHER)

    with pytest.raises(CaseStudyIdentifies):
        at_work.do(handlers.make_case_study, commands.MakeCaseStudy(case_id, (("経過", words),)))


def test_i_20_a_case_study_holds_bands_and_categories_and_no_identity(at_work):
    case_id = at_work.case(MOTHER)
    at_work.need(case_id, SON)

    study = at_work.do(
        handlers.make_case_study,
        commands.MakeCaseStudy(case_id, (("経過", "長男は家にいる。母が家計を担う。"),)),
    )

    assert study.ages == ("50", "80")
    assert study.relations == ("母", "長男")
    assert study.needs == ("no_food",)
    assert "試験" not in repr(study)


def test_the_page_of_a_case_study_keeps_what_was_typed_and_says_why(at_work):
    case_id = at_work.case(MOTHER)
    lead = at_work.bench.visit_as(at_work.coordinator)
    path = f"/cases/{case_id}/case-study"

    named = lead.post(path, {"study_course": "試験 太郎は家にいる"})
    empty = lead.post(path, {"study_course": ""})
    made = lead.post(path, {"study_course": "長男は家にいる"})

    assert named.status_code == 422
    assert "だれのことか分かるもの" in named.text
    assert "試験 太郎は家にいる" in named.text
    assert empty.status_code == 422
    assert (made.status_code, made.data[:5]) == (200, b"%PDF-")
    assert lead.get(path).status_code == 200
