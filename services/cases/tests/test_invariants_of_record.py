"""The invariants about another town's records, counting, what is fixed, and who read what."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.errors import CaseNotFound, SessionNotFound, WrongStep
from kasane_cases.repository import Ledger
from kasane_contracts import cases as says
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import OTHER_TOWN

MOTHER, SON = "person-mother", "person-son"
GUIDE = Path(__file__).resolve().parents[3] / "docs/operations/when-something-leaked.md"


def everything_in(town):
    with town.bench.reading() as connection:
        names = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        return "\n".join(
            repr(row)
            for name in list(names)
            for row in connection.execute(text(f'SELECT * FROM "{name}"'))
        )


def test_i_09_a_town_finds_nothing_of_another_towns_cases_and_sessions(at_work):
    there = type(at_work)(replace(at_work.bench, municipality=OTHER_TOWN))
    case_id = at_work.case(MOTHER)
    session_id = at_work.held(case_id, MOTHER)

    with there.bench.reading() as connection:
        assert queries.case_lines(connection, there.coordinator, clock.today()) == []
        assert queries.session_lines(connection, there.coordinator) == []
        assert (
            queries.on_file(connection, there.coordinator, clock.today(), "試験 よし子", None, ())
            == ()
        )
        with pytest.raises(CaseNotFound):
            queries.case_file(connection, there.coordinator, case_id, clock.today())
        with pytest.raises(SessionNotFound):
            queries.session_file(connection, there.coordinator, session_id)
    assert "試験 よし子" in everything_in(at_work)
    for told in ("試験", case_id, session_id, MOTHER):
        assert told not in everything_in(there)


def test_i_18_one_session_about_two_persons_of_one_case_is_told_as_one_session_and_one_case(
    at_work,
):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    session_id = at_work.session(LegalKind.MULTI_AGENCY_CONFERENCE)
    at_work.item(session_id, case_id, MOTHER)
    removed = at_work.item(session_id, case_id, SON)
    at_work.do(handlers.remove_item, commands.RemoveItem(session_id, removed, "日を改める"))
    at_work.item(session_id, case_id, SON)
    at_work.open(session_id)
    at_work.do(handlers.hold_session, commands.HoldSession(session_id))

    [opened] = at_work.bench.said(says.CaseOpened)
    [held] = at_work.bench.said(says.ConferenceHeld)
    assert (opened.members, held.items) == (2, 2)
    assert held.case_ids == (opened.case_id,)
    with at_work.bench.reading() as connection:
        [line] = queries.session_lines(connection, at_work.coordinator)
        [case_line] = queries.case_lines(connection, at_work.coordinator, clock.today())
    assert (line.items, line.attendees, len(case_line.persons)) == (2, 1, 2)


def test_i_19_fixed_minutes_keep_their_words_and_are_corrected_by_a_dated_addition(at_work):
    session_id = at_work.held(at_work.case(MOTHER), MOTHER)
    at_work.do(handlers.fix_minutes, commands.FixMinutes(session_id, "延べ3件を話し合った。"))
    fixed = at_work.read_session(session_id)

    for handler, command in (
        (handlers.draft_minutes, commands.DraftMinutes(session_id, "延べ4件")),
        (handlers.fix_minutes, commands.FixMinutes(session_id, "延べ4件")),
    ):
        with pytest.raises(WrongStep):
            at_work.do(handler, command)
    at_work.do(
        handlers.add_addendum, commands.AddAddendum(new_id(), session_id, "3件は4件の誤り。")
    )

    assert at_work.read_session(session_id) == fixed
    with at_work.bench.reading() as connection:
        seen = queries.session_file(connection, at_work.coordinator, session_id)
    assert seen.session.minutes == "延べ3件を話し合った。"
    [addition] = seen.addenda
    assert addition.text == "3件は4件の誤り。"
    assert addition.added_at >= fixed.fixed_at


def test_i_23_who_read_one_persons_record_and_who_was_told_of_them_can_be_listed(at_work):
    case_id = at_work.case(MOTHER)
    at_work.held(case_id, MOTHER)
    at_work.bench.visit_as(at_work.coordinator).get(f"/cases/{case_id}")

    with at_work.bench.reading() as connection:
        trail = queries.trail_file(
            connection, at_work.coordinator, case_id, clock.today(), person_id=MOTHER
        )
        told = Ledger(connection).of_case(case_id)

    looks = [entry for entry in trail.entries if entry.action == "cases.case.read"]
    assert [entry.actor_name for entry in looks] == ["調整 花子"]
    assert [(line.person_id, line.recipient) for line in told] == [(MOTHER, "調整 花子")]


def test_i_23_the_guide_to_a_leak_names_each_term_and_that_one_person_is_enough():
    guide = GUIDE.read_text("utf-8")

    for term in (
        "速報",
        "3〜5 日",
        "確報",
        "30 日",
        "60 日",
        "1 人",
        "100 人",
        "kasane audit verify",
    ):
        assert term in guide
    # Where the terms come from, and that it is no law that was read.
    assert re.search(r"\]\(https://[^)]+\)", guide)
    assert "条文そのものは確かめていません" in guide
