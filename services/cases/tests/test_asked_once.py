"""What pages ask the database: nothing twice, and no more for a case with much behind it."""

from kasane_cases import commands, handlers
from kasane_cases.domain.conference import LegalKind
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


def test_a_case_with_many_sessions_costs_no_more_questions(at_work, browser, asked_by):
    case_id = at_work.case(MOTHER)
    numbers = []
    for sessions in (1, 4):
        for _ in range(sessions):
            session_id = at_work.session(LegalKind.SUPPORT_CONFERENCE)
            at_work.item(session_id, case_id, MOTHER)
        said = asked_by(browser, f"/cases/{case_id}")
        numbers.append(len(said))
        assert sorted(said) == sorted(set(said))

    assert numbers[0] == numbers[1]


def test_a_household_that_was_split_and_joined_costs_no_more_questions(at_work, browser, asked_by):
    case_id = at_work.case(MOTHER)
    numbers = []
    for _ in range(2):
        _split_and_join(at_work, case_id)
        said = asked_by(browser, f"/cases/{case_id}")
        numbers.append(len(said))
        assert sorted(said) == sorted(set(said))

    assert numbers[0] == numbers[1]


def test_the_list_of_cases_asks_as_much_for_one_as_for_many(at_work, browser, asked_by):
    numbers = []
    for cases in (1, 5):
        for _ in range(cases):
            at_work.item(
                at_work.session(LegalKind.SUPPORT_CONFERENCE), at_work.case(MOTHER), MOTHER
            )
        said = asked_by(browser, "/cases")
        numbers.append(len(said))
        assert sorted(said) == sorted(set(said))

    assert numbers[0] == numbers[1]


def _split_and_join(at_work, case_id):
    left = at_work.do(
        handlers.split_household,
        commands.SplitHousehold(
            new_id(),
            case_id,
            new_id(),
            (SON,),
            clock.today(),
            "ひとり暮らし",
            at_work.read_case(case_id).version,
        ),
    )
    at_work.do(
        handlers.join_households,
        commands.JoinHouseholds(
            new_id(), case_id, left, clock.today(), "戻った", at_work.read_case(case_id).version
        ),
    )
