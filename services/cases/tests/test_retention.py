"""Plays the end of retention in cases: the town's term, four eyes, the wait, what is destroyed and what lives on."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kasane_cases import commands, handlers, tables
from kasane_cases.domain.errors import (
    DatesBackward,
    NoRetentionRule,
    PeriodNotPossible,
    ProposerConfirms,
    RecordNotFound,
    RecordNotOver,
    RecordShredded,
    RetentionBlocked,
    ShreddingBegun,
    ShreddingProposed,
    WaitingNotPossible,
    WordsMissing,
    WrongStep,
)
from kasane_cases.domain.retention import (
    CountedFrom,
    RetainedKind,
    RetentionObstacle,
    RetentionRule,
    ShreddingStatus,
)
from kasane_cases.handlers.shredding import PART, begin, carry_out
from kasane_cases.repository import Shreddings
from kasane_contracts import cases as says
from kasane_contracts import intake, outreach, resources
from kasane_kit import clock
from kasane_kit.db.sealed import field_key
from kasane_kit.db.tombstones import TombstonesBroken
from kasane_kit.ids import new_id
from kasane_kit.tenancy import municipality_scope

MOTHER, SON = "person-mother", "person-son"
CANARY = (
    "試験 よし子",
    "シケン ヨシコ",
    "試験町1番地",
    "試験 太郎",
    "外に出ていない",
    "食べるものが足りない",
)
CASE = RetainedKind.CASE


def test_without_a_term_nothing_is_over_and_nothing_can_be_proposed(retaining):
    case_id = retaining.at_work.case(MOTHER)
    retaining.close(case_id)
    retaining.go(36500)

    assert retaining.file().lines == []
    with pytest.raises(NoRetentionRule):
        retaining.propose(case_id)


def test_the_list_says_since_when_a_case_is_over_and_by_which_document(retaining):
    case_id = retaining.over()

    (line,) = retaining.file().lines

    assert (line.record.id, line.rule.source) == (case_id, "試験町文書管理規程 別表 架空の項")
    assert line.over_since == line.record.ended_on.replace(
        year=line.record.ended_on.year + 1
    ) + timedelta(1)
    assert line.obstacles == ()


@pytest.mark.parametrize(
    ("counted_from", "ended", "since"),
    [
        (CountedFrom.END, date(2026, 3, 31), date(2031, 4, 1)),
        (CountedFrom.END, date(2024, 2, 29), date(2029, 3, 1)),
        (CountedFrom.FISCAL_YEAR, date(2026, 3, 31), date(2031, 4, 1)),
        (CountedFrom.FISCAL_YEAR, date(2026, 4, 1), date(2032, 4, 1)),
    ],
)
def test_years_count_from_the_end_or_from_the_first_of_april_after_it(counted_from, ended, since):
    assert RetentionRule(CASE, 5, counted_from, "架空の規程").over_since(ended) == since


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"years": 0}, PeriodNotPossible),
        ({"years": 101}, PeriodNotPossible),
        ({"waiting_days": 13}, WaitingNotPossible),
        ({"waiting_days": 367}, WaitingNotPossible),
        ({"title": "　"}, WordsMissing),
        ({"article": ""}, WordsMissing),
        ({"document_date": date(2999, 1, 1)}, DatesBackward),
    ],
)
def test_a_term_without_source_or_out_of_bounds_is_refused_and_nothing_is_kept(
    retaining, changes, refusal
):
    with pytest.raises(refusal):
        retaining.term(**changes)

    assert retaining.file().entered == ()


def test_no_record_outlives_the_trail_that_tells_of_it(retaining):
    retaining.term(5)
    with pytest.raises(PeriodNotPossible):
        retaining.term(4, RetainedKind.AUDIT_TRAIL)
    retaining.term(5, RetainedKind.AUDIT_TRAIL)
    with pytest.raises(PeriodNotPossible):
        retaining.term(6)

    assert {kind: rule.years for kind, rule in retaining.file().rules.items()} == {
        CASE: 5,
        RetainedKind.AUDIT_TRAIL: 5,
    }


def test_the_proposer_does_not_confirm_and_what_was_confirmed_waits(retaining):
    case_id = retaining.over()
    shredding_id = retaining.propose(case_id)

    with pytest.raises(ProposerConfirms):
        retaining.confirm(shredding_id, retaining.at_work.coordinator)
    with pytest.raises(ShreddingProposed):
        retaining.propose(case_id)
    retaining.confirm(shredding_id)
    with pytest.raises(WrongStep):
        retaining.confirm(shredding_id)
    retaining.go(13)
    retaining.work()

    assert retaining.get(shredding_id).status is ShreddingStatus.CONFIRMED
    assert retaining.at_work.read_case(case_id).person(MOTHER).name == "試験 よし子"


def test_what_waits_can_be_taken_back_and_what_was_begun_cannot(retaining):
    case_id = retaining.over()
    first = retaining.due(case_id)
    retaining.at_work.do(handlers.withdraw_shredding, commands.WithdrawShredding(first))
    retaining.work()
    assert retaining.at_work.read_case(case_id).person(MOTHER).name == "試験 よし子"

    second = retaining.due(case_id)
    retaining.work()

    with pytest.raises(ShreddingBegun):
        retaining.at_work.do(handlers.withdraw_shredding, commands.WithdrawShredding(second))
    assert retaining.get(first).status is ShreddingStatus.WITHDRAWN


def test_an_open_case_is_not_over(retaining):
    case_id = retaining.at_work.case(MOTHER)
    retaining.term()
    retaining.go(400)

    with pytest.raises(RecordNotOver):
        retaining.propose(case_id)


def test_a_hold_stands_against_it_until_it_is_lifted_also_while_it_waits(retaining):
    case_id = retaining.over()
    shredding_id = retaining.due(case_id)
    hold = commands.PlaceHold(new_id(), CASE, case_id, "開示請求が出ている")
    with pytest.raises(WordsMissing):
        retaining.at_work.do(handlers.place_hold, commands.PlaceHold(new_id(), CASE, case_id, " "))
    retaining.at_work.do(handlers.place_hold, hold)

    retaining.work()

    assert retaining.get(shredding_id).status is ShreddingStatus.CONFIRMED
    ((_, against),) = retaining.file().running
    assert against == (RetentionObstacle.ON_HOLD,)
    retaining.at_work.do(handlers.lift_hold, commands.LiftHold(hold.hold_id))
    retaining.work()
    assert retaining.get(shredding_id).status is ShreddingStatus.CARRIED_OUT


def hold(retaining, record_id="", reason="開示請求が出ている", **changes):
    command = commands.PlaceHold(new_id(), changes.pop("kind", CASE), record_id, reason, **changes)
    retaining.at_work.do(handlers.place_hold, command)
    return command.hold_id


def test_a_record_is_held_before_it_ends_by_its_number_however_it_is_typed(retaining):
    case_id = retaining.at_work.case(MOTHER)
    number = retaining.at_work.read_case(case_id).number
    typed = "".join(chr(ord(letter) + 0xFEE0) for letter in number.lower())
    hold_id = hold(retaining, number=f" {typed} ")
    retaining.close(case_id)
    retaining.term()
    retaining.go(400)

    with pytest.raises(RetentionBlocked) as refused:
        retaining.propose(case_id)

    assert refused.value.facts == {"obstacles": ("on_hold",)}
    ((held, shown),) = retaining.file().held
    assert (held.id, held.record_id, held.reason, shown) == (
        hold_id,
        case_id,
        "開示請求が出ている",
        number,
    )
    retaining.at_work.do(handlers.lift_hold, commands.LiftHold(hold_id))
    assert retaining.file().held == ()
    retaining.propose(case_id)


def test_one_hold_keeps_every_record_of_the_same_person_and_nobody_elses(retaining):
    old, newer = retaining.over(), retaining.at_work.case(MOTHER)
    neighbour = intake.PersonConcerned("person-other", "本人", True, "架空 はな", "カクウ ハナ")
    of_neighbour = retaining.at_work.consultation(persons=(neighbour,))
    other = retaining.at_work.case("person-other", consultation_id=of_neighbour)
    for case_id in (newer, other):
        retaining.close(case_id)
    retaining.go(400)
    hold_id = hold(retaining, newer)

    with pytest.raises(RetentionBlocked):
        retaining.propose(old)
    retaining.propose(other)

    retaining.at_work.do(handlers.lift_hold, commands.LiftHold(hold_id))
    retaining.propose(old)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"record_id": "nobody"}, RecordNotFound),
        ({"number": "C1999-0001"}, RecordNotFound),
        ({}, RecordNotFound),
        ({"record_id": "case", "kind": RetainedKind.CONSULTATION}, RecordNotFound),
        ({"record_id": "case", "reason": "　"}, WordsMissing),
    ],
)
def test_what_is_no_record_or_has_no_reason_is_not_held(retaining, changes, refusal):
    case_id = retaining.over()
    if changes.get("record_id") == "case":
        changes = {**changes, "record_id": case_id}

    with pytest.raises(refusal):
        hold(retaining, **changes)

    assert retaining.file().held == ()


def test_what_was_destroyed_is_not_held_any_more(retaining):
    case_id = retaining.over()
    retaining.due(case_id)
    retaining.work()

    with pytest.raises(ShreddingBegun):
        hold(retaining, case_id)


def test_a_person_of_an_open_case_keeps_the_old_one_from_being_ended(retaining):
    case_id = retaining.over()
    other = retaining.at_work.case(MOTHER)

    with pytest.raises(RetentionBlocked) as refused:
        retaining.propose(case_id)

    assert refused.value.facts == {"obstacles": ("same_person_open",)}
    assert other != case_id


def test_no_byte_of_the_household_is_left_and_the_number_stays(retaining):
    case_id = retaining.over()
    at_work = retaining.at_work
    number, before = at_work.read_case(case_id).number, retaining.bytes()
    assert [one for one in CANARY if one not in before] == []
    shredding_id = retaining.due(case_id)

    retaining.work()

    left = retaining.bytes()
    assert [one for one in CANARY if one in left] == []
    with retaining.bench.reading() as connection:
        row = connection.execute(select(tables.case).where(tables.case.c.id == case_id)).one()
        keys = set(connection.scalars(select(field_key.c.owner)))
    assert (row.number, row.status, row.closing_outcome) == (number, "closed", "roles_settled")
    assert keys & {case_id, MOTHER, SON} == set()
    with pytest.raises(RecordShredded):
        at_work.need(case_id, MOTHER)
    (said,) = retaining.bench.said(says.RecordsEnded)
    assert {case_id, MOTHER, SON} <= set(said.records)
    assert said.shredding_id == shredding_id


def test_what_is_left_is_named_until_it_is_destroyed(retaining):
    case_id = retaining.over()
    ids = (case_id, MOTHER, SON)
    with retaining.bench.reading() as connection:
        before = PART.left_over(connection, retaining.bench.house.sealer, ids)
    retaining.due(case_id)
    retaining.work()
    with retaining.bench.reading() as connection:
        after = PART.left_over(connection, retaining.bench.house.sealer, ids)

    assert before["cases_person"] == 2
    assert before["event_log"] >= 1
    assert after == {}


def test_it_is_done_when_every_service_has_answered_and_a_second_answer_changes_nothing(retaining):
    case_id = retaining.over()
    shredding_id = retaining.due(case_id)
    retaining.work()

    for answer in (
        intake.IntakeRecordsShredded(shredding_id, 5, 1, 1),
        intake.IntakeRecordsShredded(shredding_id, 0, 0, 0),
        outreach.OutreachRecordsShredded(shredding_id, 0, 0, 0),
    ):
        retaining.bench.hear(answer)
    assert retaining.get(shredding_id).status is ShreddingStatus.CARRIED_OUT
    retaining.bench.hear(resources.ResourcesRecordsShredded(shredding_id, 1, 1, 1))

    ended = retaining.get(shredding_id)
    assert ended.status is ShreddingStatus.DONE
    assert {one.service: one.rows for one in ended.parts if one.service != "cases"} == {
        "intake": 5,
        "outreach": 0,
        "resources": 1,
    }


def test_a_household_that_stays_keeps_every_word(retaining):
    at_work = retaining.at_work
    case_id = retaining.over()
    neighbour = at_work.case(
        consultation_id=at_work.consultation(
            persons=(
                intake.PersonConcerned(
                    "person-else",
                    "本人",
                    True,
                    "隣人 花",
                    "リンジン ハナ",
                    "1980-01-01",
                    "隣町9番地",
                ),
            ),
            story="隣の家の別の話",
        )
    )
    at_work.need(neighbour, "person-else")
    retaining.due(case_id)

    retaining.work()

    case = at_work.read_case(neighbour)
    assert (case.person("person-else").name, case.person("person-else").address) == (
        "隣人 花",
        "隣町9番地",
    )
    assert case.story == "隣の家の別の話"


def test_what_moved_to_a_case_that_lives_on_opens_although_the_old_key_is_gone(retaining):
    at_work = retaining.at_work
    case_id = at_work.case(MOTHER)
    need_id = at_work.need(case_id, SON)
    new_case = new_id()
    at_work.do(
        handlers.split_household,
        commands.SplitHousehold(
            step_id=new_id(),
            case_id=case_id,
            new_case_id=new_case,
            person_ids=(SON,),
            from_on=clock.today(),
            reason="独立した",
            version=at_work.read_case(case_id).version,
        ),
    )
    retaining.close(case_id)
    retaining.close(new_case)
    retaining.term()
    retaining.go(400)
    retaining.due(case_id)

    retaining.work()

    with retaining.bench.reading() as connection:
        need = connection.execute(
            select(tables.support_need).where(tables.support_need.c.id == need_id)
        ).one()
    assert (need.case_id, need.description) == (new_case, "食べるものが足りない")
    son, mother = (
        at_work.read_case(new_case).person(SON),
        at_work.read_case(case_id).person(MOTHER),
    )
    assert (son.name, mother.name) == ("試験 太郎", "")


@pytest.mark.parametrize("cut", ["begun", "tombstone", "destroyed"])
def test_cut_off_at_any_step_it_goes_on_and_ends_the_same(retaining, monkeypatch, cut):
    case_id = retaining.over()
    shredding_id = retaining.due(case_id)
    house, town = retaining.bench.house, retaining.bench.municipality

    class Killed(BaseException):
        pass

    def killed(*_):
        raise Killed

    with municipality_scope(town):
        assert begin(house, town, shredding_id)
        if cut == "tombstone":
            monkeypatch.setattr(type(PART), "destroy", killed)
        elif cut == "destroyed":
            monkeypatch.setattr(Shreddings, "answer", killed)
        if cut != "begun":
            with pytest.raises(Killed):
                carry_out(house, town, shredding_id)
            monkeypatch.undo()
            assert retaining.at_work.read_case(case_id).person(MOTHER).name == "試験 よし子"
            assert len(house.tombstones.all(town)) == 1

    retaining.work()
    retaining.work()

    assert [one for one in CANARY if one in retaining.bytes()] == []
    assert len(house.tombstones.all(town)) == 1
    assert len(retaining.bench.said(says.RecordsEnded)) == 1


def test_where_no_tombstone_can_be_written_nothing_is_destroyed(retaining):
    case_id = retaining.over()
    retaining.due(case_id)
    folder = retaining.bench.house.tombstones.folder
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("in the way")

    with pytest.raises(TombstonesBroken, match="nothing was destroyed"):
        retaining.work()

    assert retaining.at_work.read_case(case_id).person(MOTHER).name == "試験 よし子"


def test_a_consultation_without_a_case_ends_by_its_own_term(retaining):
    at_work = retaining.at_work
    consultation_id = at_work.consultation()
    retaining.bench.hear(intake.ConsultationClosed(consultation_id, "settled"))
    retaining.term(kind=RetainedKind.CONSULTATION)
    retaining.go(400)
    (line,) = retaining.file().lines
    assert (line.record.kind, line.record.number) == (RetainedKind.CONSULTATION, "2026-000001")
    shredding_id = retaining.propose(consultation_id, RetainedKind.CONSULTATION)
    retaining.confirm(shredding_id)
    retaining.go(14)

    retaining.work()

    with retaining.bench.reading() as connection:
        row = connection.execute(select(tables.consultation_summary)).one()
    assert (row.number, row.story, row.persons) == ("2026-000001", "", [])
    (said,) = retaining.bench.said(says.RecordsEnded)
    assert {consultation_id, MOTHER, SON} == set(said.records)
