"""A household moves to another town: nothing is lost, doubled, or shown to who may not see it."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from kasane_cases import commands, handlers, queries
from kasane_cases.domain import errors
from kasane_cases.domain.case import CaseStatus, ClosingOutcome, GrantSubject
from kasane_cases.domain.conference import LegalKind
from kasane_cases.domain.consent import NO_SCOPE, ConsentState
from kasane_cases.domain.transfer import OfferStatus, TransferStatus
from kasane_cases.repository import Cases, Ledger, Tasks
from kasane_contracts.cases import CaseClosed, CaseOpened
from kasane_kit import clock
from kasane_kit.ids import new_id
from kasane_kit.testing.workbench import OTHER_TOWN

MOTHER, SON = "person-mother", "person-son"


def test_a_household_arrives_whole_and_the_sender_closes_only_then(moving):
    case_id = moving.both_consent()
    moving.here.need(case_id, SON)
    moving.here.plan(case_id, MOTHER, SON)
    transfer_id = moving.prepared(case_id, MOTHER, SON)
    key = moving.approved(transfer_id)
    moving.post.carry()

    assert moving.transfer(transfer_id).status is TransferStatus.APPROVED
    moving.post.carry()
    assert moving.transfer(transfer_id).status is TransferStatus.OFFERED
    assert moving.here.read_case(case_id).open

    new_case_id = moving.accept(transfer_id, key.lower().replace("-", " "))
    assert moving.here.read_case(case_id).open
    moving.post.carry()

    old, new = moving.here.read_case(case_id), moving.there.read_case(new_case_id)
    assert (old.status, old.closing_outcome) == (CaseStatus.TRANSFERRED, ClosingOutcome.HANDED_OVER)
    assert (old.open, old.next_contact) == (False, f"{moving.town_name}　{new.number}")
    assert old.evaluation == "家計が落ち着き、通院も続いている。"
    assert new.status is CaseStatus.IDENTIFIED
    assert [person.name for person in new.persons] == ["試験 よし子", "試験 太郎"]
    assert {person.id for person in new.persons}.isdisjoint({MOTHER, SON})
    sent = moving.transfer(transfer_id)
    assert sent.status is TransferStatus.ACCEPTED
    assert sent.documents == sent.receipt_documents == len(moving.documents(new_case_id)) == 8
    assert sent.receipt == new.number
    assert len(moving.here.bench.said(CaseClosed)) == 1
    assert len(moving.there.bench.said(CaseOpened)) == 1


def test_who_receives_an_offer_sees_only_where_from_and_how_much(moving):
    case_id = moving.both_consent()
    moving.approved(moving.prepared(case_id, MOTHER, SON))
    moving.post.carry()

    [offer] = moving.offers()
    assert (offer.from_name, offer.persons, offer.documents) == ("生駒市", 2, 6)
    for word in ("試験", "よし子", "太郎", "玄関先", "犬が"):
        assert word not in moving.bytes_of(moving.there)


def test_consent_and_protection_do_not_move_but_are_to_be_asked_again(moving):
    case_id = moving.both_consent()
    transfer_id = moving.prepared(case_id, MOTHER, SON, secret=True)
    key = moving.approved(transfer_id)
    moving.post.carry()
    new_case_id = moving.accept(transfer_id, key)

    with moving.there.bench.reading() as connection:
        new = Cases(connection).get(new_case_id)
        open_tasks = sorted(task.kind.value for task in Tasks(connection).open_of_case(new_case_id))
    assert moving.there.consents(new_case_id) == ()
    assert open_tasks == [
        "ask_consent_here",
        "ask_consent_here",
        "ask_protection",
        "ask_protection",
    ]
    assert [person.address_protected for person in new.persons] == [True, True]
    assert [(person.address, person.phone) for person in new.persons] == [("", ""), ("", "")]


def test_a_son_who_does_not_consent_stays_and_nothing_of_him_goes(moving):
    case_id = moving.here.case(MOTHER)
    moving.here.consent(case_id, MOTHER)
    moving.here.need(case_id, SON)
    moving.here.plan(case_id, MOTHER, SON)

    with pytest.raises(errors.DisclosureRefused):
        moving.prepared(case_id, MOTHER, SON)
    transfer_id = moving.prepared(case_id, MOTHER, handover="通院の付添いをお願いします。")
    key = moving.approved(transfer_id)
    moving.post.carry()
    new_case_id = moving.accept(transfer_id, key)
    moving.post.carry()

    assert "太郎" not in moving.bytes_of(moving.there)
    assert "食べるもの" not in moving.bytes_of(moving.there)
    kinds = [document.kind.value for document in moving.documents(new_case_id)]
    assert kinds == ["handover", "safety_note", "person", "consent"]
    old = moving.here.read_case(case_id)
    assert old.open
    today = clock.today()
    left = {m.person_id: m.valid_to for m in old.household.memberships}
    assert left == {MOTHER: today, SON: None}


def test_i_01_an_agency_of_the_team_reads_nothing_more_of_who_moved_away(moving_in):
    moving = moving_in("eniwa")
    office = "community_support_center_1"
    team = (commands.TeamMember(GrantSubject.OFFICE, office),)
    case_id = moving.here.case(MOTHER, team=team)
    moving.here.consent(case_id, MOTHER)
    moving.here.consent(case_id, SON)
    moving.here.do(handlers.assign_team, commands.AssignTeam(new_id(), case_id, team[0]))
    outside = moving.here.bench.staff("contact", account_id="account-outside", office=office)

    def read():
        with moving.here.bench.reading() as connection:
            page = queries.case_file(connection, outside, case_id, clock.today())
        return [person.id for person in page.persons]

    assert read() == [MOTHER, SON]
    transfer_id = moving.prepared(case_id, MOTHER)
    key = moving.approved(transfer_id)
    moving.post.carry()
    moving.accept(transfer_id, key)
    moving.post.carry()

    assert read() == [SON]


def test_i_04_what_was_told_at_a_support_conference_never_goes(moving):
    case_id = moving.both_consent()
    session_id = moving.here.session(LegalKind.SUPPORT_CONFERENCE)
    item_id = moving.here.item(session_id, case_id, SON)
    moving.here.open(session_id)
    moving.here.do(
        handlers.record_fact,
        commands.RecordFact(new_id(), session_id, item_id, "手帳を失効している", "病院"),
    )
    transfer_id = moving.prepared(case_id, MOTHER, SON)
    key = moving.approved(transfer_id)
    moving.post.carry()
    moving.accept(transfer_id, key)

    assert "手帳" in moving.bytes_of(moving.here)
    assert "手帳" not in moving.bytes_of(moving.there)


def test_only_the_named_approver_who_did_not_prepare_it_lets_it_go(moving):
    case_id = moving.both_consent()
    stranger = moving.here.bench.staff("coordinator", account_id="third", name="第三 者")
    transfer_id = moving.prepared(case_id, MOTHER, SON)

    for actor in (moving.here.coordinator, stranger):
        with pytest.raises(errors.ApproverIsAnother):
            moving.approved(transfer_id, actor)
    moving.here.do(handlers.withdraw_transfer, commands.WithdrawTransfer(transfer_id))
    own = moving.prepared(case_id, MOTHER, SON, approver=moving.here.coordinator.account_id)
    with pytest.raises(errors.ApproverIsAnother):
        moving.approved(own, moving.here.coordinator)
    assert moving.post.carry() == 0


def test_consent_withdrawn_before_the_approval_stops_it(moving):
    case_id = moving.both_consent()
    transfer_id = moving.prepared(case_id, MOTHER, SON)
    moving.here.consent(case_id, SON, state=ConsentState.WITHDRAWN, scope=NO_SCOPE, method="")

    with pytest.raises(errors.DisclosureRefused):
        moving.approved(transfer_id)

    assert moving.transfer(transfer_id).status is TransferStatus.DRAFT
    assert moving.post.carry() == 0


def test_every_person_who_goes_has_a_line_in_the_ledger(moving):
    case_id = moving.both_consent()
    transfer_id = moving.prepared(case_id, MOTHER, SON)
    moving.approved(transfer_id)

    with moving.here.bench.reading() as connection:
        lines = [one for one in Ledger(connection).of_case(case_id) if one.reference == transfer_id]
    assert sorted((one.person_id, one.recipient) for one in lines) == [
        (MOTHER, "恵庭市"),
        (SON, "恵庭市"),
    ]


def test_a_wrong_key_opens_nothing_and_too_many_have_to_wait(moving, clock_at):
    case_id = moving.both_consent()
    transfer_id = moving.prepared(case_id, MOTHER, SON)
    key = moving.approved(transfer_id)
    moving.post.carry()
    now = clock.now()
    clock_at(now)

    for _ in range(5):
        with pytest.raises(errors.WrongAcceptKey):
            moving.accept(transfer_id, "0000-0000-0000-0000")
    with pytest.raises(errors.TooManyTries):
        moving.accept(transfer_id, key)
    clock_at(now + timedelta(minutes=16))
    moving.accept(transfer_id, key)

    assert moving.offers()[0].status is OfferStatus.ACCEPTED


def test_a_returned_offer_leaves_its_sender_responsible_with_the_reason(moving):
    case_id = moving.both_consent()
    transfer_id = moving.prepared(case_id, MOTHER, SON)
    key = moving.approved(transfer_id)
    moving.post.carry()
    with pytest.raises(errors.TransferIncomplete):
        moving.there.do(handlers.return_offer, commands.ReturnOffer(transfer_id, " "))
    moving.there.do(
        handlers.return_offer, commands.ReturnOffer(transfer_id, "転入の届けがまだありません。")
    )
    moving.post.carry()

    sent = moving.transfer(transfer_id)
    assert (sent.status, sent.reason) == (TransferStatus.RETURNED, "転入の届けがまだありません。")
    assert moving.here.read_case(case_id).open
    with pytest.raises(errors.WrongStep):
        moving.accept(transfer_id, key)
    moving.prepared(case_id, MOTHER, SON)


def test_a_transfer_taken_back_in_time_is_gone_and_one_taken_back_too_late_stands(moving):
    case_id = moving.both_consent()
    first = moving.prepared(case_id, MOTHER, SON)
    moving.approved(first)
    moving.post.carry()
    moving.here.do(handlers.withdraw_transfer, commands.WithdrawTransfer(first))
    assert moving.transfer(first).status is TransferStatus.WITHDRAWING
    moving.post.carry()
    moving.post.carry()
    assert moving.transfer(first).status is TransferStatus.WITHDRAWN

    second = moving.prepared(case_id, MOTHER, SON)
    key = moving.approved(second)
    moving.post.carry()
    moving.accept(second, key)
    moving.here.do(handlers.withdraw_transfer, commands.WithdrawTransfer(second))
    moving.post.carry()
    moving.post.carry()
    assert moving.transfer(second).status is TransferStatus.ACCEPTED
    assert not moving.here.read_case(case_id).open


@pytest.mark.parametrize("kind", [handlers.ANSWER, handlers.WITHDRAWAL])
def test_a_town_that_was_not_asked_can_neither_answer_nor_take_back(moving, kind):
    case_id = moving.both_consent()
    transfer_id = moving.prepared(case_id, MOTHER, SON)
    moving.approved(transfer_id)
    moving.post.carry()
    moving.post.carry()
    forged = {"transfer_id": transfer_id, "answer": "accepted", "receipt": "1", "documents": 6}
    town = moving.here if kind == handlers.ANSWER else moving.there

    with town.unit() as uow:
        uow.post(kind, town.bench.municipality, {**forged, "reason": ""})
        uow.record("cases.transfer.forged", "transfer", transfer_id)
        uow.commit()
    moving.post.carry()
    moving.post.carry()

    assert moving.transfer(transfer_id).status is TransferStatus.OFFERED
    assert moving.offers()[0].status is OfferStatus.OFFERED
    assert moving.here.read_case(case_id).open


def test_a_case_has_one_transfer_at_a_time(moving):
    case_id = moving.both_consent()
    moving.prepared(case_id, MOTHER, SON)

    with pytest.raises(errors.TransferUnderWay):
        moving.prepared(case_id, MOTHER)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"to_municipality": "292095"}, errors.UnknownDestination),
        ({"to_municipality": "131016"}, errors.UnknownDestination),
        ({"handover": "　"}, errors.TransferIncomplete),
        ({"contact": ""}, errors.TransferIncomplete),
        ({"evaluation": ""}, errors.TransferIncomplete),
        ({"person_ids": ()}, errors.TransferIncomplete),
        ({"person_ids": ("nobody",)}, errors.RecordNotFound),
        ({"secret": True, "evaluation": "恵庭市に移る"}, errors.DestinationNamed),
        ({"secret": True, "evaluation": "恵庭の姉を頼る"}, errors.DestinationNamed),
        ({"secret": True, "person_ids": (MOTHER,)}, errors.SplitFirst),
    ],
)
def test_what_is_missing_or_wrong_is_refused_and_nothing_is_prepared(moving, changes, refusal):
    case_id = moving.both_consent()

    with pytest.raises(refusal):
        moving.prepared(case_id, *changes.pop("person_ids", (MOTHER, SON)), **changes)

    with moving.here.bench.reading() as connection:
        assert queries.transfers(connection, moving.here.coordinator, clock.today()) == []


def test_i_10_a_secret_transfer_shows_nobody_where_to(moving):
    case_id = moving.both_consent()
    transfer_id = moving.prepared(case_id, MOTHER, SON, secret=True)
    key = moving.approved(transfer_id)
    moving.post.carry()
    moving.accept(transfer_id, key)
    moving.post.carry()
    fathers_worker = moving.here.bench.staff("coordinator", account_id="father-worker")

    old = moving.here.read_case(case_id)
    assert (old.status, old.closing_outcome, old.next_contact) == (
        CaseStatus.CLOSED,
        ClosingOutcome.SUPPORT_ENDED,
        "",
    )
    with moving.here.bench.reading() as connection:
        assert queries.transfers(connection, fathers_worker, clock.today()) == []
        assert [one.recipient for one in Ledger(connection).of_case(case_id)][-1] == "ほかの市町村"
        tables = [
            name
            for name in connection.scalars(
                text("SELECT name FROM sqlite_master WHERE type = 'table'")
            )
            if name not in ("cases_transfer", "parcel_out", "parcel_in")
        ]
        seen = "\n".join(
            moving.in_letters(row)
            for name in tables
            for row in connection.execute(text(f'SELECT * FROM "{name}"'))
        )
    assert "恵庭" not in seen
    assert OTHER_TOWN not in seen
    with pytest.raises(errors.RecordNotFound), moving.here.unit(fathers_worker) as uow:
        handlers.show_accept_key(transfer_id, uow)
    [closed] = moving.here.bench.said(CaseClosed)
    assert closed.outcome == "support_ended"


class Fallen(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("after", [False, True], ids=["before a commit", "after a commit"])
@pytest.mark.parametrize("commits", range(8))
def test_killed_at_any_commit_the_household_is_in_exactly_one_place(
    moving, monkeypatch, commits, after
):
    case_id = moving.both_consent()
    transfer_id = moving.prepared(case_id, MOTHER, SON)
    key = moving.approved(transfer_id)
    left = [commits]
    real = Connection.commit

    def commit(connection):
        if left[0] == 0:
            left[0] = -1
            if after:
                real(connection)
            raise Fallen
        left[0] -= 1
        real(connection)

    def whole_way():
        moving.post.carry()
        moving.post.carry()
        if moving.offers()[0].status is OfferStatus.OFFERED:
            moving.accept(transfer_id, key)
        moving.post.carry()

    monkeypatch.setattr(Connection, "commit", commit)
    with suppress(Fallen):
        whole_way()
    fell = left[0] == -1
    monkeypatch.setattr(Connection, "commit", real)
    whole_way()

    assert fell or commits > 6
    assert moving.transfer(transfer_id).status is TransferStatus.ACCEPTED
    assert not moving.here.read_case(case_id).open
    assert len(moving.there.bench.said(CaseOpened)) == 1
    assert len(moving.here.bench.said(CaseClosed)) == 1
    [offer] = moving.offers()
    assert len(moving.documents(offer.case_id)) == moving.transfer(transfer_id).documents
