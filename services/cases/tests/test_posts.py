"""異動: who leaves a post holds no case by name any more, and no case is left without a word."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from kasane_cases import commands, handlers, queries, tables
from kasane_cases.domain.case import GrantSubject
from kasane_cases.domain.errors import CaseNotFound, CaseRestricted
from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.portal import StaffAccountChanged
from kasane_kit import clock
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
WORKER = "account-worker"


@pytest.fixture
def worker(at_work):
    """A contact person of an office, whose account every service knows."""
    return at_work.bench.staff(
        "contact", account_id=WORKER, name="異動 一郎", office="welfare", roles=("contact_person",)
    )


def changed(at_work, **changes):
    facts = {
        "account_id": WORKER,
        "display_name": "異動 一郎",
        "roles": ("contact_person",),
        "functions": ("contact",),
        "office": "welfare",
        "active": True,
        "revision": 2,
    }
    at_work.bench.hear(StaffAccountChanged(**{**facts, **changes}))


def assign(at_work, case_id, account_id=WORKER):
    member = commands.TeamMember(GrantSubject.ACCOUNT, account_id)
    at_work.do(handlers.assign_team, commands.AssignTeam(new_id(), case_id, member))


def lead(at_work, case_id, account_id=WORKER):
    member = commands.TeamMember(GrantSubject.ACCOUNT, account_id)
    version = at_work.read_case(case_id).version
    at_work.do(handlers.name_lead, commands.NameLead(case_id, member, version))


def read(at_work, case_id, viewer=None):
    with at_work.bench.reading() as connection:
        return queries.case_file(connection, viewer or at_work.coordinator, case_id, clock.today())


def tasks(at_work, case_id):
    return [task.kind.value for task in read(at_work, case_id).tasks]


def left(at_work, case_id):
    return [
        (line.facts["member"], line.facts["held_rights"])
        for line in read(at_work, case_id).timeline
        if line.kind.value == "post_left"
    ]


LEAVING = {
    "closed": {"active": False},
    "another office": {"office": "tax"},
    "another role": {"roles": ("reception",), "functions": ("receiver",)},
    "one role more": {"roles": ("contact_person", "reception")},
}
STAYING = {
    "a password": {},
    "another name": {"display_name": "異動 一朗"},
    "heard before": {"active": False, "revision": 1},
}


@pytest.mark.parametrize("change", LEAVING.values(), ids=LEAVING)
def test_whoever_leaves_the_post_loses_the_team_and_the_lead_and_the_case_waits_for_somebody(
    at_work, worker, change
):
    case_id = at_work.case(MOTHER)
    lead(at_work, case_id)
    before = at_work.read_case(case_id).version
    assert read(at_work, case_id, worker).case.id == case_id

    changed(at_work, **change)

    with pytest.raises(CaseNotFound):
        read(at_work, case_id, worker)
    assert at_work.read_case(case_id).lead == ""
    assert at_work.read_case(case_id).version == before + 1
    assert WORKER not in [grant.subject for grant in read(at_work, case_id).team]
    assert tasks(at_work, case_id) == ["hand_over"]
    assert left(at_work, case_id) == [("異動 一郎", "lead,team")]
    entry = at_work.bench.said(AuditEntryRecorded)[-1]
    assert (entry.action, entry.object_id) == ("cases.case.post_left", case_id)
    page = at_work.bench.visit_as(at_work.coordinator)
    assert (
        "異動 一郎さんが異動した。終わった担当：主担当・担当" in page.get(f"/cases/{case_id}").text
    )
    assert "引継ぎを決める" in page.get("/cases").text


@pytest.mark.parametrize("change", STAYING.values(), ids=STAYING)
def test_another_name_or_password_ends_nothing(at_work, worker, change):
    case_id = at_work.case(MOTHER)
    lead(at_work, case_id)

    changed(at_work, **change)

    assert read(at_work, case_id, worker).case.id == case_id
    assert at_work.read_case(case_id).lead == f"account:{WORKER}"
    assert tasks(at_work, case_id) == []
    assert left(at_work, case_id) == []


def test_heard_twice_it_is_done_once_and_coming_back_gives_nothing_back(at_work, worker):
    case_id = at_work.case(MOTHER)
    assign(at_work, case_id)

    changed(at_work, active=False)
    changed(at_work, active=False)
    changed(at_work, active=True, revision=3)

    with pytest.raises(CaseNotFound):
        read(at_work, case_id, worker)
    assert tasks(at_work, case_id) == ["hand_over"]
    assert left(at_work, case_id) == [("異動 一郎", "team")]


def test_the_next_in_charge_closes_the_handing_over(at_work, worker):
    case_id = at_work.case(MOTHER)
    lead(at_work, case_id)
    changed(at_work, active=False)
    at_work.bench.staff("contact", account_id="account-next", name="後任 花子")

    lead(at_work, case_id, "account-next")

    assert tasks(at_work, case_id) == []
    assert at_work.read_case(case_id).lead == "account:account-next"


def test_the_rights_of_others_of_an_office_and_of_a_role_stay(at_work, worker):
    case_id = at_work.case(MOTHER)
    assign(at_work, case_id)
    at_work.bench.staff("contact", account_id="account-other", name="同僚 花子")
    assign(at_work, case_id, "account-other")

    changed(at_work, active=False)

    assert "account-other" in [grant.subject for grant in read(at_work, case_id).team]


def test_a_named_reader_of_a_protected_address_is_none_any_more(at_work, worker):
    case_id = at_work.case(MOTHER)
    command = commands.ProtectAddress(
        new_id(), case_id, MOTHER, clock.today(), "試験警察署", "支援第1号", "避難", True, (WORKER,)
    )
    at_work.do(handlers.protect_address, command)

    changed(at_work, office="tax")

    readers = [one.account_id for one in read_household(at_work, case_id).readers]
    assert WORKER not in readers
    assert at_work.coordinator.account_id in readers
    assert left(at_work, case_id) == [("異動 一郎", "reader")]


def read_household(at_work, case_id):
    return read(at_work, case_id).household


def test_an_attended_session_closes_and_the_attendance_stays_written(at_work, worker):
    session_id = new_id()
    with at_work.unit() as uow:
        uow.connection.execute(
            insert(tables.attendee).values(
                id=new_id(),
                session_id=session_id,
                position=0,
                name="異動 一郎",
                kind="municipal_staff",
                account_id=WORKER,
                affiliation="",
                present=True,
                duty_text="",
                duty_basis="",
                needs_signature=False,
                duty_source="",
            )
        )
        uow.record("cases.test", "case", "x")
        uow.commit()

    changed(at_work, roles=("reception",), functions=("receiver",))
    changed(at_work, roles=("other",), functions=("receiver",), revision=3)

    with at_work.bench.reading() as connection:
        ended = connection.execute(select(tables.ended_attendance)).all()
        kept = connection.scalars(
            select(tables.attendee.c.account_id).where(tables.attendee.c.session_id == session_id)
        ).all()
    assert [(row.session_id, row.account_id) for row in ended] == [(session_id, WORKER)]
    assert kept == [WORKER]


def test_an_emergency_look_ends_and_asks_nobody_to_take_it_over(at_work, clock_at):
    moment = clock.now()
    clock_at(moment)
    case_id = at_work.case(MOTHER)
    version = at_work.read_case(case_id).version
    at_work.do(handlers.restrict_case, commands.RestrictCase(case_id, True, version))
    other = at_work.bench.staff(
        "coordinator", account_id=WORKER, name="異動 一郎", office="welfare", roles=("lead",)
    )
    at_work.do(
        handlers.open_restricted_case,
        commands.OpenRestrictedCase(
            new_id(),
            case_id,
            next(iter(handlers.protection.EmergencyCause)),
            "本人から助けを求める電話があり、世帯の状況を確かめるため",
        ),
        other,
    )
    assert read(at_work, case_id, other).case.id == case_id
    clock_at(moment + timedelta(minutes=5))

    changed(at_work, roles=("other",), functions=("coordinator",))

    with pytest.raises(CaseRestricted):
        read(at_work, case_id, other)
    assert tasks(at_work, case_id) == ["review_emergency"]
    assert left(at_work, case_id) == [("異動 一郎", "emergency")]


@pytest.mark.parametrize("near", [True, False])
def test_a_restricted_case_whose_team_is_gone_goes_to_coordinators_by_name(at_work, near):
    leaver = at_work.bench.staff(
        "coordinator", account_id=WORKER, name="異動 一郎", office="welfare", roles=("lead",)
    )
    office = "welfare" if near else "tax"
    heir = at_work.bench.staff("coordinator", account_id="account-heir", office=office)
    case_id = at_work.case(MOTHER)
    version = at_work.read_case(case_id).version
    at_work.do(handlers.restrict_case, commands.RestrictCase(case_id, True, version), leaver)

    changed(at_work, active=False)

    assert read(at_work, case_id, heir).case.restricted is True
    if near:
        with pytest.raises(CaseRestricted):
            read(at_work, case_id)
    else:
        assert read(at_work, case_id).case.id == case_id
    assert [task.kind.value for task in read(at_work, case_id, heir).tasks] == ["hand_over"]


def test_an_ended_case_is_closed_to_them_and_waits_for_nobody(at_work, worker):
    case_id = at_work.case(MOTHER)
    lead(at_work, case_id)
    with at_work.unit() as uow:
        uow.connection.execute(
            tables.case.update().where(tables.case.c.id == case_id).values(status="closed")
        )
        uow.record("cases.test", "case", "x")
        uow.commit()

    changed(at_work, active=False)

    with pytest.raises(CaseNotFound):
        read(at_work, case_id, worker)
    assert tasks(at_work, case_id) == []
    assert left(at_work, case_id) == [("異動 一郎", "lead,team")]
