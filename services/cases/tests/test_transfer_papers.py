"""Which papers of a household go to another town, and what they never say."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from kasane_cases import commands, handlers, queries, tables
from kasane_cases.domain import errors
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.plan_records import GoalCheck, GoalResult
from kasane_cases.domain.support_plan import PlanGoal
from kasane_cases.domain.transfer import TransferDocumentKind, TransferStatus
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"


def test_the_newest_assessments_go_marked_and_without_who_told(moving):
    case_id = moving.both_consent()
    assess(moving.here, case_id, MOTHER, {"opinion": "はじめの見立て"})
    answers = {
        "opinion": "休む時間がいる",
        "cooperating_bodies": "東地域包括支援センター",
        "heard": {"text": "夜中に物音がする", "source": "隣の人"},
    }
    assess(moving.here, case_id, MOTHER, answers, after=1, reason="訪問で確かめた")
    assess(moving.here, case_id, "", {"opinion": "家族で孤立している"})
    transfer_id = moving.prepared(case_id, MOTHER, SON)
    key = moving.approved(transfer_id)
    moving.post.carry()
    new_case_id = moving.accept(transfer_id, key)

    new = moving.there.read_case(new_case_id)
    arrived = [
        (document.person_id, document.third_party, document.lines)
        for document in moving.documents(new_case_id)
        if document.kind is TransferDocumentKind.ASSESSMENT
    ]
    assert [(who, third) for who, third, _ in arrived] == [
        (new.persons[0].id, False),
        (new.persons[0].id, True),
        ("", False),
    ]
    own, told, household = (lines for _, _, lines in arrived)
    assert ("協力している機関（者）（協力機関）", "東地域包括支援センター") in own
    assert ("本人についての職員の見立て（職員の見立て）", "休む時間がいる") in own
    assert told == (("聞いた内容（ほかの方の話）", "夜中に物音がする"),)
    assert [value for _, value in household] == ["家族で孤立している"]
    there = moving.bytes_of(moving.there)
    assert "隣の人" not in there
    assert "はじめの見立て" not in there


def test_the_households_assessment_stays_when_somebody_of_it_stays(moving):
    case_id = moving.here.case(MOTHER)
    moving.here.consent(case_id, MOTHER)
    assess(moving.here, case_id, MOTHER, {"opinion": "休む時間がいる"})
    assess(moving.here, case_id, SON, {"opinion": "昼夜が逆になっている"})
    assess(moving.here, case_id, "", {"opinion": "家族で孤立している"})
    transfer_id = moving.prepared(case_id, MOTHER)
    key = moving.approved(transfer_id)
    moving.post.carry()
    moving.accept(transfer_id, key)

    there = moving.bytes_of(moving.there)
    assert "休む時間がいる" in there
    assert "昼夜が逆" not in there
    assert "孤立している" not in there


def test_a_look_at_a_plan_goes_with_the_person_it_is_about(moving):
    case_id = moving.both_consent()
    goals = (PlanGoal("眠れる", person_id=MOTHER), PlanGoal("外に出る", person_id=SON))
    plan_id = moving.here.active(case_id, MOTHER, SON, goals=goals)
    for person_id, goal, condition in ((MOTHER, 1, "顔色がよい"), (SON, 2, "玄関まで出た")):
        moving.here.do(
            handlers.record_monitoring,
            commands.RecordMonitoring(
                new_id(),
                case_id,
                plan_id,
                person_id,
                clock.today(),
                condition,
                (GoalCheck(goal, GoalResult.PROGRESSING, "少しずつ"),),
            ),
        )
    transfer_id = moving.prepared(case_id, MOTHER)
    key = moving.approved(transfer_id)
    moving.post.carry()
    new_case_id = moving.accept(transfer_id, key)

    [plan] = [one for one in moving.documents(new_case_id) if one.kind.value == "plan"]
    said = [value for label, value in plan.lines if label == "モニタリング"]
    assert [one.splitlines()[1] for one in said] == ["「眠れる」進んでいる　少しずつ"]
    assert "玄関まで出た" not in moving.bytes_of(moving.there)


@pytest.mark.parametrize("field", ["handover", "safety_notes", "evaluation", "contact"])
def test_i_04_a_letter_with_what_only_a_closed_session_knows_is_refused(moving, field):
    case_id = moving.both_consent()
    closed_fact(moving, case_id)

    with pytest.raises(errors.ClosedOrigin) as refused:
        moving.prepared(case_id, MOTHER, SON, **{field: "精神の手帳を失効している。"})

    assert refused.value.passages == ("精神の手帳を失効している",)
    with moving.here.bench.reading() as connection:
        assert queries.transfers(connection, moving.here.coordinator, clock.today()) == []


def test_i_04_a_letter_is_compared_again_when_it_is_approved(moving):
    case_id = moving.both_consent()
    letter = "精神の手帳を失効している。"
    transfer_id = moving.prepared(case_id, MOTHER, SON, handover=letter)
    closed_fact(moving, case_id)

    with pytest.raises(errors.ClosedOrigin):
        moving.approved(transfer_id)

    assert moving.transfer(transfer_id).status is TransferStatus.DRAFT
    assert moving.post.carry() == 0


def test_i_10_who_was_protected_is_hidden_in_the_new_town_until_it_is_asked_for_or_lifted(moving):
    case_id = moving.both_consent()
    moving.here.do(
        handlers.protect_address,
        commands.ProtectAddress(
            new_id(), case_id, MOTHER, clock.today(), "生駒市", "保護命令の写し", "夫から"
        ),
    )
    transfer_id = moving.prepared(case_id, MOTHER, SON)
    key = moving.approved(transfer_id)
    moving.post.carry()
    new_case_id = moving.accept(transfer_id, key)
    there = moving.bytes_of(moving.there)
    assert "試験町1番地" not in there

    mother = moving.there.read_case(new_case_id).persons[0]
    known = replace(mother, address="新しい町9番地", phone="090-9999-8888")
    assert (mother.address_protected, mother.phone_protected) == (True, True)
    assert (mother.address, mother.phone) == ("", "")
    assert (known.withheld().address, known.withheld().phone) == ("", "")
    receiver = moving.there.coordinator
    lifted = commands.EndProtection(new_case_id, mother.id, False, "本人が求めない")
    moving.there.do(handlers.end_protection, lifted, receiver)
    mother = moving.there.read_case(new_case_id).persons[0]
    assert (mother.address_protected, mother.phone_protected) == (False, False)


def closed_fact(moving, case_id):
    session_id = moving.here.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = moving.here.item(session_id, case_id, SON)
    moving.here.open(session_id)
    fact = commands.RecordFact(new_id(), session_id, item_id, "精神の手帳を失効している", "病院")
    moving.here.do(handlers.record_fact, fact)


def assess(town, case_id, person_id, answers, **changes):
    facts = {
        "assessment_id": new_id(),
        "case_id": case_id,
        "person_id": person_id,
        "form_id": "kasane_member" if person_id else "kasane_household",
        "form_version": 1,
        "answers": answers,
    }
    town.do(handlers.record_assessment, commands.RecordAssessment(**{**facts, **changes}))


def test_i_10_the_address_of_a_housemate_of_somebody_protected_does_not_go_either(moving):
    case_id = moving.here.case(MOTHER, address_protected=(SON,))
    with moving.here.unit() as uow:
        person = tables.person
        address = uow.connection.scalar(select(person.c.address).where(person.c.id == MOTHER))
        uow.connection.execute(update(person).where(person.c.id == SON).values(address=address))
        uow.record("cases.case.status_changed", "case", case_id)
        uow.commit()
    for person_id in (MOTHER, SON):
        moving.here.consent(case_id, person_id)
    transfer_id = moving.prepared(case_id, MOTHER, SON)
    key = moving.approved(transfer_id)
    moving.post.carry()
    new_case_id = moving.accept(transfer_id, key)

    assert [person.address for person in moving.there.read_case(new_case_id).persons] == ["", ""]
    assert "試験町1番地" not in moving.bytes_of(moving.there)
