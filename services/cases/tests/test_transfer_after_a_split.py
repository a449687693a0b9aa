"""A household that divides while another town has the offer: nobody it named is lost from sight by the answer."""

from kasane_cases import commands, handlers
from kasane_cases.domain.case import CaseStatus, ClosingOutcome
from kasane_cases.repository import Tasks
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


def tasks(at_work, case_id):
    with at_work.bench.reading() as connection:
        found = Tasks(connection).open_of_case(case_id)
    return [
        (task.person_id, task.kind.value) for task in found if task.kind.value == "confirm_transfer"
    ]


def offered(moving, case_id):
    transfer_id = moving.prepared(case_id, MOTHER, SON)
    key = moving.approved(transfer_id)
    moving.post.carry()
    return transfer_id, key


def split(at_work, case_id, person_id):
    command = commands.SplitHousehold(
        new_id(),
        case_id,
        new_id(),
        (person_id,),
        clock.today(),
        "別居",
        at_work.read_case(case_id).version,
    )
    return at_work.do(handlers.split_household, command)


def accepted(moving, transfer_id, key):
    moving.accept(transfer_id, key)
    moving.post.carry()


def test_who_has_an_own_case_by_then_keeps_it_with_the_task_to_decide(moving):
    at_work = moving.here
    case_id = moving.both_consent()
    transfer_id, key = offered(moving, case_id)
    own = split(at_work, case_id, SON)

    accepted(moving, transfer_id, key)

    assert at_work.read_case(case_id).status is CaseStatus.TRANSFERRED
    assert at_work.read_case(own).status is CaseStatus.IDENTIFIED
    assert (tasks(at_work, case_id), tasks(at_work, own)) == ([], [(SON, "confirm_transfer")])
    shown = at_work.bench.visit_as(at_work.coordinator).get(f"/cases/{own}").text
    assert "ほかの町が引き受けました" in shown


def test_the_decision_is_made_by_ending_the_case_or_by_saying_so(moving):
    at_work = moving.here
    case_id = moving.both_consent()
    transfer_id, key = offered(moving, case_id)
    own = split(at_work, case_id, SON)
    accepted(moving, transfer_id, key)

    version = at_work.read_case(own).version
    outcome = ClosingOutcome.HANDED_OVER
    command = commands.CloseCase(own, outcome, "ほかの町へ移った", version, "移った先の町")
    at_work.do(handlers.close_case, command)

    assert tasks(at_work, own) == []


def test_an_answer_that_concerns_no_other_case_asks_nothing(moving):
    case_id = moving.both_consent()
    transfer_id, key = offered(moving, case_id)

    accepted(moving, transfer_id, key)

    assert tasks(moving.here, case_id) == []
