"""What is opened again while its end waits is not destroyed; the end of one record keeps no other waiting."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kasane_cases import commands, handlers
from kasane_cases.app import service
from kasane_cases.domain.case import CaseStatus
from kasane_cases.domain.errors import ChangedMeanwhile, RecordShredded, RetentionBlocked
from kasane_cases.domain.retention import RetainedKind, RetentionObstacle, ShreddingStatus
from kasane_cases.handlers import shredding
from kasane_cases.repository import Shreddings, standing_against
from kasane_contracts import intake
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import Workbench, build_workbench
from tests.support.postgres_bench import on_postgres
from tests.support.private_postgres import PrivatePostgres

MOTHER, OTHER = "person-mother", "person-other"
REOPENED = (RetentionObstacle.RECORD_REOPENED,)


@pytest.fixture
def postgres_bench(private_postgres: PrivatePostgres, tmp_path: Path) -> Iterator[Workbench]:
    """Cases on PostgreSQL with exactly the rights that a town's logins have."""
    plain = build_workbench(service, tmp_path)
    with on_postgres(plain, private_postgres, tmp_path) as bench:
        yield bench


def reopen(retaining, case_id):
    version = retaining.at_work.read_case(case_id).version
    command = commands.ChangeStatus(case_id, CaseStatus.REOPENED, version)
    retaining.at_work.do(handlers.change_status, command)


def consultation_due(retaining):
    """A consultation without a case, of which two people decided the end and the wait is over."""
    consultation_id = retaining.at_work.consultation()
    retaining.bench.hear(intake.ConsultationClosed(consultation_id, "settled"))
    retaining.term(kind=RetainedKind.CONSULTATION)
    retaining.go(400)
    shredding_id = retaining.propose(consultation_id, RetainedKind.CONSULTATION)
    retaining.confirm(shredding_id)
    retaining.go(14)
    return consultation_id, shredding_id


def test_a_case_that_was_reopened_is_not_destroyed_and_the_list_says_why(retaining):
    case_id = retaining.over()
    shredding_id = retaining.due(case_id)
    reopen(retaining, case_id)

    retaining.work()

    assert retaining.get(shredding_id).status is ShreddingStatus.CONFIRMED
    assert retaining.at_work.read_case(case_id).person(MOTHER).name == "試験 よし子"
    ((_, against),) = retaining.file().running
    assert against == REOPENED


def test_the_end_of_a_case_that_was_reopened_is_not_confirmed(retaining):
    case_id = retaining.over()
    shredding_id = retaining.propose(case_id)
    reopen(retaining, case_id)

    with pytest.raises(RetentionBlocked) as refused:
        retaining.confirm(shredding_id)

    assert refused.value.facts == {"obstacles": ("record_reopened",)}
    assert retaining.get(shredding_id).status is ShreddingStatus.PROPOSED


def test_a_case_that_ended_a_second_time_is_proposed_anew_by_its_new_day(retaining):
    case_id = retaining.over()
    first = retaining.due(case_id)
    reopen(retaining, case_id)
    retaining.close(case_id)

    retaining.work()

    assert retaining.get(first).status is ShreddingStatus.CONFIRMED
    retaining.at_work.do(handlers.withdraw_shredding, commands.WithdrawShredding(first))
    retaining.go(400)
    second = retaining.due(case_id)
    retaining.work()
    assert retaining.get(second).status is ShreddingStatus.CARRIED_OUT


def test_a_consultation_that_was_reopened_is_not_destroyed(retaining):
    consultation_id, shredding_id = consultation_due(retaining)
    retaining.bench.hear(intake.ConsultationReopened(consultation_id, "2026-000001", "tax"))

    retaining.work()

    assert retaining.get(shredding_id).status is ShreddingStatus.CONFIRMED
    ((_, against),) = retaining.file().running
    assert against == REOPENED


def test_no_case_is_opened_from_a_consultation_that_is_being_destroyed(retaining):
    consultation_id, _ = consultation_due(retaining)
    retaining.work()

    with pytest.raises(RecordShredded):
        retaining.at_work.do(
            handlers.open_case, commands.OpenCase(new_id(), consultation_id=consultation_id)
        )


def test_an_end_that_somebody_changes_meanwhile_does_not_keep_the_next_one_waiting(
    retaining, monkeypatch
):
    neighbour = intake.PersonConcerned(OTHER, "本人", True, "架空 はな", "カクウ ハナ")
    of_neighbour = retaining.at_work.consultation(persons=(neighbour,))
    other = retaining.at_work.case(OTHER, consultation_id=of_neighbour)
    retaining.close(other)
    ends = [retaining.propose(one) for one in (retaining.over(), other)]
    for shredding_id in ends:
        retaining.confirm(shredding_id)
    retaining.go(14)
    save = Shreddings.save

    def changed_meanwhile(self, one):
        if one.id == ends[0] and one.status is ShreddingStatus.BEGUN:
            raise ChangedMeanwhile
        save(self, one)

    monkeypatch.setattr(Shreddings, "save", changed_meanwhile)
    retaining.work()

    assert [retaining.get(one).status for one in ends] == [
        ShreddingStatus.CONFIRMED,
        ShreddingStatus.CARRIED_OUT,
    ]


@pytest.mark.postgresql
def test_a_case_that_is_reopened_at_the_moment_its_end_begins_is_kept(
    postgres_bench: Workbench, retaining_with, monkeypatch
):
    retaining = retaining_with(postgres_bench)
    case_id = retaining.over()
    shredding_id = retaining.due(case_id)

    def reopened_after_the_look(connection, one):
        found = standing_against(connection, one)
        reopen(retaining, case_id)
        return found

    monkeypatch.setattr(shredding, "standing_against", reopened_after_the_look)
    retaining.work()

    assert retaining.get(shredding_id).status is ShreddingStatus.CONFIRMED
    assert retaining.at_work.read_case(case_id).status is CaseStatus.REOPENED
