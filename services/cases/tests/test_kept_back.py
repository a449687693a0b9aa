"""I-10: cases says whose address is kept back with that of a protected person of the household."""

from kasane_cases import commands, handlers
from kasane_contracts import cases as says
from kasane_contracts.intake import PersonConcerned
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
HOME, ELSEWHERE = "試験町1番地", "別の町5番地"


def household(at_work, son_lives=HOME, **changes):
    persons = (
        PersonConcerned(MOTHER, "母", True, "試験 よし子", "シケン ヨシコ", "1943-05-06", HOME),
        PersonConcerned(SON, "長男", False, "試験 太郎", "シケン タロウ", "1972-01-02", son_lives),
    )
    consultation_id = at_work.consultation(persons=persons)
    return at_work.case(MOTHER, consultation_id=consultation_id, **changes)


def protect(at_work, case_id, person_id):
    command = commands.ProtectAddress(
        new_id(), case_id, person_id, clock.today(), "試験警察署", "支援第1号", reason="暴力"
    )
    at_work.do(handlers.protect_address, command)


def lift(at_work, case_id, person_id):
    command = commands.EndProtection(case_id, person_id, False, "本人の申し出")
    at_work.do(handlers.end_protection, command)


def said(at_work):
    """What was said last: whose protection it was, who is kept back, who is shown again."""
    last = at_work.bench.said(says.AddressProtectionChanged)[-1]
    return last.person_id, last.protected, set(last.kept_back), set(last.shown_again)


def test_who_lives_with_somebody_protected_is_kept_back_until_nobody_there_is(at_work):
    case_id = household(at_work)

    protect(at_work, case_id, MOTHER)
    assert said(at_work) == (MOTHER, True, {MOTHER, SON}, set())
    protect(at_work, case_id, SON)
    lift(at_work, case_id, SON)
    assert said(at_work) == (SON, False, {MOTHER, SON}, set())
    lift(at_work, case_id, MOTHER)

    assert said(at_work) == (MOTHER, False, set(), {MOTHER, SON})


def test_who_lives_elsewhere_is_not_kept_back_until_the_address_is_corrected(at_work):
    case_id = household(at_work, son_lives=ELSEWHERE, address_protected=(MOTHER,))
    assert said(at_work) == (MOTHER, True, {MOTHER}, set())
    details = commands.PersonDetails("試験 太郎", address=HOME)
    version = at_work.read_case(case_id).version

    at_work.do(
        handlers.change_person, commands.ChangePerson(case_id, SON, details, "長男", version)
    )

    assert said(at_work) == (MOTHER, True, {MOTHER, SON}, set())


def test_who_moves_in_with_somebody_protected_is_kept_back(at_work):
    case_id = household(at_work, son_lives=ELSEWHERE, address_protected=(MOTHER,))

    sister = at_work.do(
        handlers.add_member,
        commands.AddMember(
            new_id(),
            case_id,
            commands.PersonDetails("試験 はな", address=HOME),
            "妹",
            clock.today(),
            "person-sister",
        ),
    )

    assert said(at_work) == (MOTHER, True, {MOTHER, sister}, set())


def test_households_that_come_together_are_kept_back_together(at_work):
    here = household(at_work, son_lives=ELSEWHERE)
    sister = PersonConcerned("person-sister", "妹", True, "試験 はな", "", "", HOME)
    there = at_work.case(consultation_id=at_work.consultation(persons=(sister,)))
    protect(at_work, here, MOTHER)
    version = at_work.read_case(here).version

    at_work.do(
        handlers.join_households,
        commands.JoinHouseholds(new_id(), here, there, clock.today(), "同居", version),
    )

    assert said(at_work) == (MOTHER, True, {MOTHER, "person-sister"}, set())
