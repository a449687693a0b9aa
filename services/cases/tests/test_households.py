"""People and households: dated membership, two households at once, splitting, joining, undoing."""

from datetime import date, timedelta

import pytest

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.case import CaseStatus, ClosingOutcome, GrantSubject
from kasane_cases.domain.consent import (
    NO_SCOPE,
    AttendeeKind,
    ConsentPurpose,
    ConsentScope,
    ConsentState,
    DataClass,
    Elsewhere,
)
from kasane_cases.domain.errors import (
    AlreadyMember,
    CaseNotFound,
    CaseRestricted,
    ChangedMeanwhile,
    DayNotPossible,
    LastMember,
    PersonLeft,
    RecordNotFound,
    SamePersonTwice,
    StepUndone,
)
from kasane_cases.domain.household import HouseholdStepKind
from kasane_contracts import cases as says
from kasane_contracts.outreach import VisitCompleted
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
EVERYTHING = ConsentScope(tuple(ConsentPurpose), tuple(AttendeeKind), tuple(DataClass))


def read(at_work, case_id, viewer=None):
    with at_work.bench.reading() as connection:
        return queries.case_file(connection, viewer or at_work.coordinator, case_id, clock.today())


def add(at_work, case_id, name="試験 花子", **changes):
    person_id = new_id()
    command = commands.AddMember(
        **{
            "step_id": new_id(),
            "case_id": case_id,
            "details": commands.PersonDetails(name, "シケン ハナコ", date(1899, 3, 4)),
            "relation": "祖母",
            "from_on": clock.today(),
            "person_id": person_id,
            **changes,
        }
    )
    return at_work.do(handlers.add_member, command)


def leave(at_work, case_id, person_id, from_on=None):
    command = commands.EndMembership(
        new_id(), case_id, person_id, from_on or clock.today(), "施設に入った"
    )
    at_work.do(handlers.end_membership, command)


def split(at_work, case_id, *persons, **changes):
    facts = {
        "step_id": new_id(),
        "case_id": case_id,
        "new_case_id": new_id(),
        "person_ids": persons,
        "from_on": clock.today(),
        "reason": "別に暮らすことになった",
        "version": at_work.read_case(case_id).version,
        **changes,
    }
    return at_work.do(handlers.split_household, commands.SplitHousehold(**facts))


def undo(at_work, case_id, step_id):
    at_work.do(
        handlers.undo_household_step, commands.UndoStep(new_id(), case_id, step_id, "取り違えた")
    )


def worker(at_work, case_id, name="account-other"):
    someone = at_work.bench.staff("contact", account_id=name)
    at_work.do(
        handlers.assign_team,
        commands.AssignTeam(new_id(), case_id, commands.TeamMember(GrantSubject.ACCOUNT, name)),
    )
    return someone


def test_a_name_is_kept_as_typed_with_old_and_rare_characters(at_work):
    case_id = at_work.case()
    name = "渡邉󠄀 \u9ad9\U00020bb7郎"

    person_id = add(at_work, case_id, details=commands.PersonDetails(name, "ワタナベ", None))

    assert read(at_work, case_id).person(person_id).name == name


def test_who_comes_belongs_to_the_household_from_that_day(at_work):
    case_id = at_work.case()

    person_id = add(at_work, case_id, householder=True)

    household = at_work.read_case(case_id).household
    assert household.members_on(clock.today()) == (MOTHER, SON, person_id)
    assert household.members_on(clock.today() - timedelta(days=1)) == ()
    assert household.running(person_id, clock.today()).householder is True
    assert read(at_work, case_id).consent_state(person_id, clock.today()) is ConsentState.NOT_ASKED


def test_a_person_on_file_belongs_to_two_households_and_both_say_so(at_work):
    first, second = at_work.case(), _second_case(at_work)

    add(at_work, second, known_person_id=SON, person_id="", relation="長男")

    shown = read(at_work, second)
    assert shown.person(SON).name == "試験 太郎"
    assert [one.id for one in shown.household.other_households[SON]] == [first]
    assert [one.id for one in read(at_work, first).household.other_households[SON]] == [second]


def test_a_person_is_not_twice_in_one_household(at_work):
    case_id = at_work.case()

    with pytest.raises(AlreadyMember):
        add(at_work, case_id, known_person_id=SON, person_id="")

    assert at_work.read_case(case_id).household.members_on(clock.today()) == (MOTHER, SON)


def test_a_person_of_a_case_that_one_may_not_see_is_not_taken_from_it(at_work):
    at_work.case()
    second = _second_case(at_work)
    stranger = worker(at_work, second)

    with pytest.raises(RecordNotFound):
        at_work.do(
            handlers.add_member,
            commands.AddMember(
                new_id(),
                second,
                commands.PersonDetails(),
                "",
                clock.today(),
                known_person_id=SON,
            ),
            stranger,
        )

    assert len(at_work.read_case(second).persons) == 1


@pytest.mark.parametrize("days", [1, -1])
def test_a_step_lies_neither_ahead_nor_before_the_person_came(at_work, days):
    case_id = at_work.case()

    with pytest.raises(DayNotPossible):
        leave(at_work, case_id, SON, clock.today() + timedelta(days=days))

    assert at_work.read_case(case_id).household.members_on(clock.today()) == (MOTHER, SON)


def test_a_household_does_not_become_empty(at_work):
    case_id = at_work.case()
    leave(at_work, case_id, SON)

    with pytest.raises(LastMember) as refused:
        leave(at_work, case_id, MOTHER)

    assert refused.value.facts == {"person": "試験 よし子"}
    with pytest.raises(LastMember):
        split(at_work, case_id, MOTHER)


def test_nothing_new_is_written_about_who_left_but_the_past_stays(at_work):
    case_id = at_work.case(MOTHER)
    at_work.need(case_id, SON)
    leave(at_work, case_id, SON)

    with pytest.raises(PersonLeft):
        at_work.need(case_id, SON)
    with pytest.raises(PersonLeft):
        at_work.consent(case_id, SON)

    file = read(at_work, case_id)
    assert [need.person_id for need in file.needs] == [SON]
    assert file.household.left_on == {SON: clock.today()}
    assert file.person(SON).address == ""


def test_leaving_and_coming_are_taken_back_and_the_history_keeps_all(at_work):
    case_id = at_work.case()
    leave(at_work, case_id, SON)
    (left,) = read(at_work, case_id).household.steps

    undo(at_work, case_id, left.step.id)

    file = read(at_work, case_id)
    assert SON in file.household.members
    assert [one.step.kind for one in file.household.steps] == [
        HouseholdStepKind.JOINED,
        HouseholdStepKind.LEFT,
    ]
    with pytest.raises(StepUndone):
        undo(at_work, case_id, left.step.id)


def test_a_split_gives_a_case_of_its_own_with_consent_and_open_work(at_work):
    case_id = at_work.case(MOTHER)
    at_work.consent(case_id, SON)
    need_id = at_work.need(case_id, SON)

    new_case = split(at_work, case_id, SON)

    file = read(at_work, new_case)
    assert file.household.members == {SON}
    assert file.consent_state(SON, clock.today()) is ConsentState.GIVEN
    assert [need.id for need in file.needs] == [need_id]
    assert "need_identified" in {entry.kind.value for entry in file.timeline}
    assert file.case.support_decided is True
    assert at_work.bench.said(says.CaseOpened)[-1].household_id == file.case.household.id
    old = read(at_work, case_id)
    assert old.household.members == {MOTHER}
    assert "need_identified" in {entry.kind.value for entry in old.timeline}


def test_a_split_and_its_undoing_say_to_others_which_case_the_persons_are_in(at_work):
    case_id = at_work.case()

    new = split(at_work, case_id, SON)
    number = at_work.read_case(new).number
    assert at_work.bench.said(says.PersonsMovedCase) == [
        says.PersonsMovedCase(case_id, new, number, (SON,))
    ]

    (line,) = read(at_work, case_id).household.steps
    undo(at_work, case_id, line.step.id)

    back = says.PersonsMovedCase(new, case_id, at_work.read_case(case_id).number, (SON,))
    assert at_work.bench.said(says.PersonsMovedCase)[-1] == back


def test_the_parts_of_a_split_do_not_see_each_others_later_facts(at_work):
    case_id = at_work.case(MOTHER)
    husbands_worker = worker(at_work, case_id)
    request_id = _visit_asked(at_work, case_id, SON)
    new_case = split(at_work, case_id, SON)
    at_work.do(
        handlers.change_person,
        commands.ChangePerson(
            new_case,
            SON,
            commands.PersonDetails("改名 太郎", address="転居先町9番地"),
            "本人",
            at_work.read_case(new_case).version,
        ),
    )
    at_work.bench.hear(
        VisitCompleted(new_id(), request_id, case_id, SON, clock.today(), "met", note="新しい話")
    )

    old = read(at_work, case_id, husbands_worker)
    assert (old.person(SON).name, old.person(SON).address) == ("試験 太郎", "")
    assert [entry.kind.value for entry in old.timeline if "新しい話" in str(entry.facts)] == []
    assert [line.other for line in old.household.steps] == [None]
    with pytest.raises(CaseNotFound):
        read(at_work, new_case, husbands_worker)
    mine = read(at_work, new_case)
    assert [entry.facts["note"] for entry in mine.timeline if entry.facts.get("note")][:1] == [
        "新しい話"
    ]
    assert [one.status.value for one in mine.outreach] == ["met"]


def test_a_restricted_part_is_closed_to_a_coordinator_who_was_not_named(at_work):
    case_id = at_work.case(MOTHER)
    colleague = at_work.bench.staff("coordinator", account_id="account-colleague")
    new_case = split(at_work, case_id, SON, restricted=True)

    with pytest.raises(CaseRestricted):
        read(at_work, new_case, colleague)
    with at_work.bench.reading() as connection:
        lines = queries.case_lines(connection, colleague, clock.today())
    assert [line.id for line in lines] == [case_id]
    assert [line.other for line in read(at_work, case_id, colleague).household.steps] == [None]
    assert read(at_work, new_case).case.id == new_case


def test_a_split_is_taken_back_and_nobody_loses_a_record(at_work):
    case_id = at_work.case(MOTHER)
    new_case = split(at_work, case_id, SON)
    at_work.need(new_case, SON)
    (line,) = read(at_work, case_id).household.steps

    undo(at_work, case_id, line.step.id)

    together = read(at_work, case_id)
    assert together.household.members == {MOTHER, SON}
    assert [need.person_id for need in together.needs] == [SON]
    emptied = at_work.read_case(new_case)
    assert (emptied.status, emptied.closing_outcome) == (CaseStatus.CLOSED, "joined")
    assert emptied.next_contact == together.case.number
    assert at_work.bench.said(says.CaseClosed)[-1].case_id == new_case


def test_joining_is_taken_back_into_the_same_case(at_work):
    first, second = at_work.case(), _second_case(at_work)
    (sister,) = at_work.read_case(second).household.members_on(clock.today())
    at_work.do(
        handlers.join_households,
        commands.JoinHouseholds(
            new_id(),
            first,
            second,
            clock.today(),
            "同居を始めた",
            at_work.read_case(first).version,
        ),
    )
    assert read(at_work, first).household.members == {MOTHER, SON, sister}
    assert at_work.read_case(second).status is CaseStatus.CLOSED
    (line,) = read(at_work, first).household.steps

    undo(at_work, first, line.step.id)

    assert read(at_work, first).household.members == {MOTHER, SON}
    assert read(at_work, second).household.members == {sister}
    assert at_work.read_case(second).status is CaseStatus.REOPENED


HANDOFF_ALONE = ConsentScope(
    (ConsentPurpose.HANDOFF,), (AttendeeKind.MUNICIPAL_STAFF,), (DataClass.IDENTITY,)
)
OTHERS = ConsentScope(
    (ConsentPurpose.MULTI_AGENCY,), (AttendeeKind.MUNICIPAL_STAFF,), (DataClass.IDENTITY,)
)
GIVEN, REFUSED = ConsentState.GIVEN, ConsentState.REFUSED


@pytest.mark.parametrize(
    ("there", "here", "stands"),
    [
        ((GIVEN, EVERYTHING), (GIVEN, HANDOFF_ALONE), (GIVEN, HANDOFF_ALONE)),
        ((GIVEN, HANDOFF_ALONE), (GIVEN, EVERYTHING), (GIVEN, HANDOFF_ALONE)),
        ((GIVEN, OTHERS), (GIVEN, HANDOFF_ALONE), (ConsentState.WITHDRAWN, NO_SCOPE)),
        ((REFUSED, NO_SCOPE), (GIVEN, EVERYTHING), (REFUSED, NO_SCOPE)),
        ((GIVEN, EVERYTHING), None, None),
        (None, (GIVEN, HANDOFF_ALONE), (GIVEN, HANDOFF_ALONE)),
    ],
    ids=[
        "narrow here",
        "narrow there",
        "nothing in common",
        "refused there",
        "not asked here",
        "not asked there",
    ],
)
def test_i_01_joining_two_households_widens_no_consent_of_who_lives_in_both(
    at_work, there, here, stands
):
    first, second = at_work.case(), _second_case(at_work)
    add(at_work, second, known_person_id=MOTHER)
    for case_id, said in ((second, there), (first, here)):
        if said is not None:
            at_work.consent(case_id, MOTHER, state=said[0], scope=said[1], elsewhere=Elsewhere.KEEP)

    at_work.do(
        handlers.join_households,
        commands.JoinHouseholds(
            new_id(), first, second, clock.today(), "同居", at_work.read_case(first).version
        ),
    )

    entries = [one for one in at_work.consents(first) if one.person_id == MOTHER]
    assert ((entries[-1].state, entries[-1].scope) if entries else None) == stands


def test_i_08_refusing_here_after_consenting_there_holds_in_the_household_that_is_joined(at_work):
    first, second = at_work.case(), _second_case(at_work)
    add(at_work, second, known_person_id=MOTHER)
    at_work.consent(first, MOTHER, state=REFUSED, scope=NO_SCOPE)
    at_work.consent(second, MOTHER, elsewhere=Elsewhere.KEEP)

    at_work.do(
        handlers.join_households,
        commands.JoinHouseholds(
            new_id(), first, second, clock.today(), "同居", at_work.read_case(first).version
        ),
    )

    assert [one.state for one in at_work.consents(first)] == [REFUSED]


def test_a_household_is_not_joined_with_itself(at_work):
    case_id = at_work.case()

    with pytest.raises(SamePersonTwice):
        at_work.do(
            handlers.join_households,
            commands.JoinHouseholds(new_id(), case_id, case_id, clock.today(), "誤り", 1),
        )

    assert read(at_work, case_id).household.steps == ()


def test_two_people_dividing_one_household_do_not_overwrite_each_other(at_work):
    case_id = at_work.case()
    add(at_work, case_id)
    version = at_work.read_case(case_id).version
    split(at_work, case_id, SON, version=version)

    with pytest.raises(ChangedMeanwhile):
        split(at_work, case_id, MOTHER, version=version)

    assert MOTHER in at_work.read_case(case_id).household.members_on(clock.today())


def test_a_carer_under_age_is_seen_as_one(at_work):
    case_id = at_work.case()
    child = add(
        at_work,
        case_id,
        details=commands.PersonDetails("試験 次郎", "", clock.today() - timedelta(days=365 * 14)),
        relation="孫",
    )

    tie_id = at_work.do(
        handlers.record_care,
        commands.RecordCare(new_id(), case_id, child, MOTHER, clock.today(), "毎日の食事"),
    )

    file = read(at_work, case_id)
    (tie,) = file.household.care
    assert (tie.carer_id, tie.cared_for_id) == (child, MOTHER)
    assert tie.by_a_minor(file.person(child), clock.today()) is True
    at_work.do(handlers.end_care, commands.EndCare(case_id, tie_id))
    assert read(at_work, case_id).household.care == ()


def test_nobody_cares_for_themselves(at_work):
    case_id = at_work.case()

    with pytest.raises(SamePersonTwice):
        at_work.do(
            handlers.record_care, commands.RecordCare(new_id(), case_id, SON, SON, clock.today())
        )

    assert read(at_work, case_id).household.care == ()


def test_a_case_that_is_reopened_begins_a_new_episode_with_the_same_household(at_work):
    case_id = at_work.case(MOTHER)
    household_id = at_work.read_case(case_id).household.id
    at_work.do(
        handlers.close_case,
        commands.CloseCase(
            case_id,
            ClosingOutcome.INSTITUTION,
            "病院の支援に移った",
            at_work.read_case(case_id).version,
            "病院の相談室",
        ),
    )
    at_work.do(
        handlers.change_status,
        commands.ChangeStatus(case_id, CaseStatus.REOPENED, at_work.read_case(case_id).version),
    )

    case = at_work.read_case(case_id)
    assert (case.household.id, case.episode, case.evaluation) == (household_id, 2, "")
    (ended,) = read(at_work, case_id).household.episodes
    assert (ended.number, ended.outcome, ended.evaluation, ended.next_contact) == (
        1,
        "institution",
        "病院の支援に移った",
        "病院の相談室",
    )


def test_consent_offers_the_multi_agency_work_and_beginning_it_ends_the_offer(at_work):
    case_id = at_work.case()
    at_work.consent(case_id, SON)

    (task,) = read(at_work, case_id).tasks
    assert (task.kind.value, task.person_id) == ("offer_multi_agency", SON)

    at_work.do(
        handlers.change_status,
        commands.ChangeStatus(case_id, CaseStatus.ASSESSMENT, at_work.read_case(case_id).version),
    )
    assert read(at_work, case_id).tasks == ()


def _second_case(at_work):
    return at_work.do(
        handlers.open_case,
        commands.OpenCase(
            new_id(),
            persons=(commands.PersonOfCase(new_id(), "試験 さと子", relation="妹"),),
            support_decided=True,
        ),
    )


def _visit_asked(at_work, case_id, person_id):
    # A town without a plugin has no agency; what asking leaves behind is the same.
    from kasane_cases.domain.requests import OutreachRequest
    from kasane_cases.repository import OutreachRequests

    with at_work.unit() as uow:
        request = OutreachRequest(
            new_id(), case_id, person_id, "顔を合わせる", "", "", "", "own_duty", clock.today(), ""
        )
        OutreachRequests(uow.connection).add(request)
        uow.record("cases.outreach.requested", "case", case_id)
        uow.commit()
    return request.id
