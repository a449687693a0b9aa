"""Two households become one: never so that both end, nor so that more people see what a named team kept."""

import re
from datetime import datetime, time, timedelta

import pytest

from kasane_cases import commands, handlers, queries, tables
from kasane_cases.domain.case import ClosingOutcome
from kasane_cases.domain.errors import JoinsEndedCase, OpensRestrictedCase
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


def split(at_work, case_id, *persons, **changes):
    command = commands.SplitHousehold(
        new_id(),
        case_id,
        new_id(),
        persons,
        clock.today(),
        "別居",
        at_work.read_case(case_id).version,
        **changes,
    )
    return at_work.do(handlers.split_household, command)


def join(at_work, case_id, other):
    version = at_work.read_case(case_id).version
    command = commands.JoinHouseholds(new_id(), case_id, other, clock.today(), "同居", version)
    at_work.do(handlers.join_households, command)


def close(at_work, case_id):
    version = at_work.read_case(case_id).version
    command = commands.CloseCase(
        case_id, ClosingOutcome.ROLES_SETTLED, "落ち着いた", version, "福祉課"
    )
    at_work.do(handlers.close_case, command)


def restrict(at_work, case_id, restricted=True):
    version = at_work.read_case(case_id).version
    at_work.do(handlers.restrict_case, commands.RestrictCase(case_id, restricted, version))


def take_back_last_step(at_work, case_id):
    with at_work.bench.reading() as connection:
        file = queries.case_file(connection, at_work.coordinator, case_id, clock.today())
    command = commands.UndoStep(new_id(), case_id, file.household.steps[0].step.id, "誤り")
    at_work.do(handlers.undo_household_step, command)


def members(at_work, *case_ids):
    return [set(at_work.read_case(one).household.members_on(clock.today())) for one in case_ids]


def test_an_open_household_is_not_joined_into_a_case_that_ended(at_work):
    ended = at_work.case(MOTHER)
    going_on = split(at_work, ended, SON)
    close(at_work, ended)

    with pytest.raises(JoinsEndedCase):
        join(at_work, ended, going_on)

    assert at_work.read_case(going_on).open is True
    assert members(at_work, ended, going_on) == [{MOTHER}, {SON}]


def test_a_split_is_not_taken_back_into_a_case_that_ended(at_work):
    ended = at_work.case(MOTHER)
    going_on = split(at_work, ended, SON)
    close(at_work, ended)

    with pytest.raises(JoinsEndedCase):
        take_back_last_step(at_work, ended)

    assert at_work.read_case(going_on).open is True


def test_the_page_of_an_ended_case_offers_no_joining_and_refuses_it_with_what_was_typed(
    at_work, browser
):
    ended = at_work.case(MOTHER)
    going_on = split(at_work, ended, SON)
    path = f"/cases/{ended}/household/join"
    assert path in browser.get(f"/cases/{ended}").text
    close(at_work, ended)

    answer = browser.post(
        path,
        {
            "other_case": going_on,
            "from_on": clock.today().isoformat(),
            "step_reason": "また一緒に住み始めた",
            "version": str(at_work.read_case(ended).version),
        },
    )

    assert path not in browser.get(f"/cases/{ended}").text
    assert answer.status_code == 409
    assert "また一緒に住み始めた" in answer.text
    assert "を再開してから" in answer.text


def test_a_restricted_case_is_not_joined_into_one_that_every_coordinator_sees(at_work):
    open_to_all = at_work.case(MOTHER)
    own = split(at_work, open_to_all, SON, restricted=True)

    with pytest.raises(OpensRestrictedCase):
        join(at_work, open_to_all, own)
    with pytest.raises(OpensRestrictedCase):
        take_back_last_step(at_work, open_to_all)
    assert members(at_work, open_to_all, own) == [{MOTHER}, {SON}]

    restrict(at_work, open_to_all)
    join(at_work, open_to_all, own)
    assert members(at_work, open_to_all, own) == [{MOTHER, SON}, set()]


def test_a_part_of_a_restricted_case_is_restricted_unless_somebody_unticks_it(at_work, browser):
    case_id = at_work.case(MOTHER)
    box = re.compile(r'name="restricted"[^>]*checked')
    assert not box.search(browser.get(f"/cases/{case_id}/household/split").text)

    restrict(at_work, case_id)

    assert box.search(browser.get(f"/cases/{case_id}/household/split").text)


@pytest.mark.parametrize(
    ("said", "restricted"),
    [({}, True), ({"restricted": None}, True), ({"restricted": False}, False)],
)
def test_a_program_that_does_not_say_leaves_a_part_as_restricted_as_the_whole(
    at_work, browser, said, restricted
):
    case_id = at_work.case(MOTHER)
    restrict(at_work, case_id)
    version = at_work.read_case(case_id).version
    leaving = {"person_ids": [SON], "from_on": clock.today().isoformat(), "reason": "別に暮らす"}

    made = browser.send_json(
        "POST",
        f"/api/v1/cases/{case_id}/household/split",
        {**leaving, **said},
        headers={"If-Match": f'"{version}"'},
    )

    assert made.status_code == 201, made.text
    assert at_work.read_case(made.json["case_id"]).restricted is restricted


@pytest.mark.parametrize("before", [0, 5])
def test_who_lived_in_both_households_stays_in_both_when_joining_is_taken_back(
    at_work, clock_at, before
):
    first = at_work.case(MOTHER)
    second = split(at_work, first, SON)
    adding = commands.AddMember(
        new_id(),
        second,
        commands.PersonDetails(),
        "祖母",
        clock.today(),
        known_person_id=MOTHER,
        reason="週の半分を過ごす",
    )
    at_work.do(handlers.add_member, adding)
    clock_at(datetime.combine(clock.today() + timedelta(days=before), time(12), clock.JAPAN))
    join(at_work, first, second)
    assert members(at_work, first, second) == [{MOTHER, SON}, set()]

    take_back_last_step(at_work, first)

    assert members(at_work, first, second) == [{MOTHER}, {MOTHER, SON}]
    assert [at_work.read_case(one).relation(MOTHER) for one in (first, second)] == ["母", "祖母"]


def test_a_joining_that_an_earlier_release_wrote_down_is_taken_back_by_the_days(at_work, clock_at):
    first = at_work.case(MOTHER)
    second = split(at_work, first, SON)
    adding = commands.AddMember(
        new_id(), second, commands.PersonDetails(), "祖母", clock.today(), known_person_id=MOTHER
    )
    at_work.do(handlers.add_member, adding)
    clock_at(datetime.combine(clock.today() + timedelta(days=5), time(12), clock.JAPAN))
    join(at_work, first, second)
    with at_work.unit() as uow:
        uow.connection.execute(tables.household_step.update().values(in_both=[]))
        uow.record("cases.household.changed", "case", first)
        uow.commit()

    take_back_last_step(at_work, first)

    assert members(at_work, first, second) == [{MOTHER}, {MOTHER, SON}]


def test_joining_is_not_taken_back_out_of_a_restricted_case_into_one_that_all_see(at_work):
    kept = at_work.case(MOTHER)
    other = split(at_work, kept, SON)
    join(at_work, kept, other)
    restrict(at_work, kept)

    with pytest.raises(OpensRestrictedCase):
        take_back_last_step(at_work, kept)

    assert members(at_work, kept, other) == [{MOTHER, SON}, set()]
