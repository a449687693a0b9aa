"""A restricted case stays closed at meetings to coordinators who are not named on it."""

import io
import re

import pytest
from pypdf import PdfReader

from kasane_cases import commands, handlers, queries
from kasane_cases.commands.participation import JudgeParticipation, ProposeParticipation
from kasane_cases.domain.agenda import LegalKind
from kasane_cases.domain.emergency import EmergencyCause
from kasane_cases.domain.errors import ItemRestricted, SessionNotFound
from kasane_cases.repository import Packs
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
OTHER = commands.AttendeeAsked(account_id="account-other")


@pytest.fixture
def other(at_work):
    return at_work.bench.staff("coordinator", account_id="account-other", name="別 次郎")


@pytest.fixture
def restricted(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, MOTHER)
    at_work.need(case_id, MOTHER)
    at_work.plan(case_id, MOTHER)
    version = at_work.read_case(case_id).version
    at_work.do(handlers.restrict_case, commands.RestrictCase(case_id, True, version))
    return case_id


def parts(at_work, session_id):
    with at_work.bench.reading() as connection:
        return len(Packs(connection).parts(session_id))


def copy_on_paper(at_work, viewer, session_id):
    with at_work.bench.reading() as connection:
        copy = queries.pack_desk(connection, viewer, session_id).copies[0]
    path = f"/conferences/{session_id}/copies/{copy.id}.pdf"
    answer = at_work.bench.visit_as(viewer).get(path)
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def test_a_restricted_case_is_proposed_only_to_who_may_see_it(at_work, other, restricted):
    session_id = at_work.session()

    with at_work.bench.reading() as connection:
        session = at_work.read_session(session_id)
        own = queries.agenda_proposals(connection, at_work.coordinator, session)
        others = queries.agenda_proposals(connection, other, session)
    page = at_work.bench.visit_as(other).get(f"/conferences/{session_id}/agenda").text
    told = at_work.bench.visit_as(other).get(f"/api/v1/conferences/{session_id}/proposals").json

    assert [(one.kind.value, one.case.id) for one in own] == [("plan_to_decide", restricted)]
    assert (others, told) == ([], {"items": []})
    assert "試験 よし子" not in page


def test_the_session_page_says_only_that_there_is_an_item_of_a_restricted_case(
    at_work, other, restricted
):
    session_id = at_work.session()
    item_id = at_work.item(session_id, restricted, MOTHER)

    file = at_work.file_of(other, session_id)
    page = at_work.bench.visit_as(other).get(f"/conferences/{session_id}").text
    item = at_work.bench.visit_as(other).get(f"/conferences/{session_id}/items/{item_id}").text

    assert (file.restricted, file.cases, file.standings) == ({item_id}, {}, {})
    assert [(one.topic, one.case_id, one.person_id) for one in file.session.items] == [("", "", "")]
    assert "1件の議題は、担当に入った人だけが見られるケースのものです" in page
    assert "試験 よし子" not in page + item
    assert (
        "試験 よし子"
        in at_work.bench.visit_as(at_work.coordinator).get(f"/conferences/{session_id}").text
    )


def test_who_is_not_named_neither_issues_nor_prints_what_a_pack_tells_of_a_restricted_case(
    at_work, other, restricted
):
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE, OTHER)
    at_work.item(session_id, restricted, MOTHER)

    at_work.do(handlers.print_copies, commands.PrintCopies(session_id), other)
    issued_by_other = parts(at_work, session_id)
    at_work.do(handlers.print_copies, commands.PrintCopies(session_id))
    others_copy = copy_on_paper(at_work, other, session_id)
    own_copy = copy_on_paper(at_work, at_work.coordinator, session_id)

    assert (issued_by_other, parts(at_work, session_id)) == (0, 2)
    assert "食べるものが足りない" in own_copy
    assert "試験よし子" not in others_copy
    assert "食べるものが足りない" not in others_copy
    assert "この議題は、担当に入った人だけが見られるケースのものです" in others_copy


def test_a_session_about_a_restricted_case_is_opened_and_changed_by_who_is_named(
    at_work, other, restricted
):
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE, OTHER)
    item_id = at_work.item(session_id, restricted, MOTHER)
    before = at_work.read_session(session_id)
    lead = before.attendees[0].id

    for handler, command in (
        (handlers.open_session, commands.OpenSession(session_id)),
        (handlers.admit_to_item, commands.AdmitToItem(session_id, item_id, (lead,))),
        (handlers.remove_item, commands.RemoveItem(session_id, item_id, "見送り")),
    ):
        with pytest.raises(ItemRestricted):
            at_work.do(handler, command, other)
    opening = commands.OpenRestrictedCase(
        new_id(),
        restricted,
        EmergencyCause.LIFE_IN_DANGER,
        "連絡がつかず、安否が分からないため記録を確かめる",
    )
    at_work.do(handlers.open_restricted_case, opening, other)
    with pytest.raises(ItemRestricted):
        at_work.do(handlers.open_session, commands.OpenSession(session_id), other)

    assert at_work.read_session(session_id) == before
    at_work.open(session_id)


def test_what_a_session_decided_of_a_restricted_case_is_closed_to_who_was_not_there(
    at_work, other, restricted
):
    session_id = at_work.session()
    item_id = at_work.item(session_id, restricted, MOTHER)
    at_work.open(session_id)
    decision = at_work.decision(session_id, item_id)
    at_work.do(handlers.record_decision, decision)
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))
    proposal = ProposeParticipation(new_id(), restricted, MOTHER, "no_food", "昼に人と話したい")
    at_work.do(handlers.propose_participation, proposal)
    judgement = JudgeParticipation(session_id, item_id, proposal.participation_id, True)

    with at_work.bench.reading() as connection, pytest.raises(SessionNotFound):
        queries.one_decision(connection, other, decision.decision_id)
    finish = commands.FinishDecision(session_id, item_id, decision.decision_id, "済")
    with pytest.raises(SessionNotFound):
        at_work.do(handlers.finish_decision, finish, other)
    with pytest.raises(ItemRestricted):
        at_work.do(handlers.judge_participation, judgement, other)

    assert at_work.file_of(other, session_id).readable == frozenset()
    assert at_work.read_session(session_id).items[0].decisions[0].done_on is None
    at_work.do(handlers.judge_participation, judgement)
