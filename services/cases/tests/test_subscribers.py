"""What cases does when others speak."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from kasane_cases import commands, handlers, queries
from kasane_cases.domain.consent import ConsentState
from kasane_cases.domain.requests import OutreachStatus, ReferralStatus
from kasane_cases.domain.timeline import CaseTaskKind, TimelineKind
from kasane_contracts.intake import ConsultationClosed, ConsultationEscalated, ConsultationReopened
from kasane_contracts.outreach import ConsentHeard, ContactNotMade, VisitCompleted, VisitScheduled
from kasane_contracts.resources import (
    GapClosed,
    HumanServicesSuggested,
    ReferralAccepted,
    ReferralDeclined,
    Suggestion,
)
from kasane_kit import clock
from kasane_kit.bus.tables import dead_letter
from kasane_kit.ids import new_id

MOTHER, SON = "person-mother", "person-son"
DAY = date(2026, 11, 21)


def waiting(at_work, actor=None):
    with at_work.bench.reading() as connection:
        return [one.id for one in queries.waiting(connection, actor or at_work.coordinator)]


def read(at_work, case_id):
    with at_work.bench.reading() as connection:
        return queries.case_file(connection, at_work.coordinator, case_id, clock.today())


def parked(at_work):
    with at_work.bench.reading() as connection:
        return connection.scalar(select(func.count()).select_from(dead_letter))


def asked(at_work):
    case_id = at_work.case()
    request_id = at_work.do(
        handlers.request_outreach,
        commands.RequestOutreach(new_id(), case_id, SON, "顔を合わせる", "coordinator"),
    )
    return case_id, request_id


@pytest.mark.parametrize(
    ("changes", "waits"),
    [
        ({"target_role": "coordinator"}, True),
        ({"target_role": "contact", "urgent": True}, True),
        ({"target_role": "contact"}, False),
        ({"target_role": ""}, False),
    ],
)
def test_urgent_consultations_and_those_for_a_coordinator_wait(at_work, changes, waits):
    consultation_id = at_work.consultation(**changes)

    assert waiting(at_work) == ([consultation_id] if waits else [])


def test_a_second_hearing_of_a_consultation_changes_nothing(at_work):
    consultation_id = at_work.consultation()

    at_work.consultation(consultation_id=consultation_id, number="2026-999999")

    with at_work.bench.reading() as connection:
        (one,) = queries.waiting(connection, at_work.coordinator)
    assert (one.id, one.number) == (consultation_id, "2026-000001")


def test_a_consultation_waits_once_it_is_escalated(at_work):
    consultation_id = at_work.consultation(target_role="", escalation_level="single_agency")

    at_work.bench.hear(
        ConsultationEscalated(
            consultation_id, "multi_agency", "coordinator", "通常の連携では難しい"
        )
    )

    with at_work.bench.reading() as connection:
        (one,) = queries.waiting(connection, at_work.coordinator)
    assert (one.id, one.reason) == (consultation_id, "通常の連携では難しい")


def test_a_consultation_that_ended_at_its_desk_waits_no_more(at_work):
    consultation_id = at_work.consultation()

    at_work.bench.hear(ConsultationClosed(consultation_id, "answered"))

    assert waiting(at_work) == []


def test_a_consultation_that_was_ended_too_early_is_on_the_list_again(at_work):
    consultation_id = at_work.consultation()
    at_work.bench.hear(ConsultationClosed(consultation_id, "answered"))

    at_work.bench.hear(ConsultationReopened(consultation_id, "2026-000001", "fukushi"))

    assert waiting(at_work) == [consultation_id]


def test_a_consultation_from_which_a_case_was_opened_waits_no_more(at_work):
    at_work.case()

    assert waiting(at_work) == []


def test_who_does_not_coordinate_sees_only_what_waits_for_their_post(at_work):
    urgent = at_work.consultation(target_role="contact", urgent=True)
    at_work.consultation(number="2026-000002")
    contact = at_work.bench.staff("contact", account_id="account-contact", roles=("contact",))

    assert waiting(at_work, contact) == [urgent]


def test_suggestions_stand_at_their_need_and_a_new_answer_takes_their_place(at_work):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    first = Suggestion("service-1", "フードバンク見本", 80.0, ("食べ物に合います",))

    at_work.bench.hear(HumanServicesSuggested(need_id, case_id, (first,), ("夜の場所",)))
    second = Suggestion("service-2", "食堂みほん", 60.0)
    at_work.bench.hear(HumanServicesSuggested(need_id, case_id, (second,)))

    need = read(at_work, case_id).need(need_id)
    assert [(s.human_service_id, s.points) for s in need.suggestions] == [("service-2", 60.0)]
    assert need.missing == ()
    kinds = [entry.kind for entry in read(at_work, case_id).timeline]
    assert kinds.count(TimelineKind.SUGGESTIONS_ARRIVED) == 1


def test_what_was_developed_for_a_need_stands_first_at_it_and_once(at_work):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    other = Suggestion("service-2", "食堂みほん", 60.0)
    at_work.bench.hear(HumanServicesSuggested(need_id, case_id, (other,), ("夜の場所",)))

    for gap_id in ("gap-1", "gap-2"):
        at_work.bench.hear(GapClosed(gap_id, need_id, "service-9", "片づけ応援隊", DAY))
    at_work.bench.hear(GapClosed("gap-3", "need-elsewhere", "service-9", "片づけ応援隊", DAY))

    file = read(at_work, case_id)
    need = file.need(need_id)
    assert [(s.human_service_id, s.reasons) for s in need.suggestions] == [
        ("service-9", ("応える支援がなかったため、新しくつくられました。",)),
        ("service-2", ()),
    ]
    assert need.missing == ()
    closed = [entry for entry in file.timeline if entry.kind is TimelineKind.GAP_CLOSED]
    assert [(entry.object_id, entry.person_id, entry.facts) for entry in closed] == [
        ("service-9", SON, {"name": "片づけ応援隊"})
    ]


def test_an_accepted_referral_is_shown_and_a_declined_one_leaves_a_task(at_work):
    case_id = at_work.case()
    need_id = at_work.need(case_id, SON)
    at_work.consent(case_id, SON)
    referrals = [
        at_work.do(
            handlers.request_referral,
            commands.RequestReferral(new_id(), case_id, need_id, f"service-{n}", f"支援先{n}"),
        )
        for n in (1, 2)
    ]

    at_work.bench.hear(ReferralAccepted(referrals[0], case_id, "service-1", "支援先1"))
    at_work.bench.hear(ReferralDeclined(referrals[1], case_id, "service-2", "定員", "支援先2"))
    at_work.bench.hear(ReferralDeclined(referrals[1], case_id, "service-2", "定員", "支援先2"))

    page = read(at_work, case_id)
    assert {r.id: (r.status, r.reason) for r in page.referrals} == {
        referrals[0]: (ReferralStatus.ACCEPTED, ""),
        referrals[1]: (ReferralStatus.DECLINED, "定員"),
    }
    assert [task.kind for task in page.tasks if task.reference == referrals[1]] == [
        CaseTaskKind.FIND_ANOTHER_SERVICE
    ]
    kinds = [entry.kind for entry in page.timeline]
    assert kinds.count(TimelineKind.REFERRAL_DECLINED) == 1


def test_consent_heard_at_a_visit_is_a_task_and_no_consent(at_work):
    case_id, request_id = asked(at_work)

    at_work.bench.hear(VisitScheduled("visit-1", request_id, case_id, "worker", DAY, "10:00", 45))
    at_work.bench.hear(
        VisitCompleted("visit-1", request_id, case_id, SON, DAY, "met", True, "関心がある")
    )

    page = read(at_work, case_id)
    assert page.consent_state(SON, clock.today()) is ConsentState.NOT_ASKED
    assert [(t.kind, t.person_id) for t in page.tasks] == [(CaseTaskKind.ASK_CONSENT, SON)]
    assert page.outreach[0].status is OutreachStatus.MET
    assert [e.kind for e in page.timeline[:2]] == [
        TimelineKind.VISIT_COMPLETED,
        TimelineKind.VISIT_SCHEDULED,
    ]


def heard(request_id, case_id, said_by="person"):
    return ConsentHeard(
        "visit-1", request_id, case_id, SON, DAY, "worker", said_by, "話していいよ", "訪問 一子"
    )


def test_words_at_the_door_become_a_pending_record_that_opens_nothing(at_work):
    case_id, request_id = asked(at_work)

    at_work.bench.hear(heard(request_id, case_id))

    page = read(at_work, case_id)
    record = page.consents[SON]
    assert page.consent_state(SON, clock.today()) is ConsentState.PENDING
    assert (record.note, record.method, record.heard_by, record.given_by.value) == (
        "話していいよ",
        "spoken",
        "訪問 一子",
        "self",
    )
    assert (record.scope.complete, record.valid_from) == (False, None)
    assert [(t.kind, t.person_id) for t in page.tasks] == [(CaseTaskKind.ASK_CONSENT, SON)]


def test_words_at_the_door_leave_a_consent_that_stands_as_it_is(at_work):
    case_id, request_id = asked(at_work)
    at_work.consent(case_id, SON)

    at_work.bench.hear(heard(request_id, case_id, "family"))

    assert read(at_work, case_id).consent_state(SON, clock.today()) is ConsentState.GIVEN


def test_words_at_the_door_leave_a_consent_that_begins_tomorrow_as_it_is(at_work):
    case_id, request_id = asked(at_work)
    tomorrow = clock.today() + timedelta(days=1)
    at_work.consent(case_id, SON, valid_from=tomorrow)

    at_work.bench.hear(heard(request_id, case_id, "family"))

    page = read(at_work, case_id)
    assert page.consent_state(SON, clock.today()) is ConsentState.PENDING
    assert page.consent_state(SON, tomorrow) is ConsentState.GIVEN


def test_words_at_the_door_are_kept_where_the_consent_is_over(at_work):
    case_id, request_id = asked(at_work)
    first = clock.today() - timedelta(days=30)
    at_work.consent(case_id, SON, valid_from=first, expires_on=first + timedelta(days=20))

    at_work.bench.hear(heard(request_id, case_id))

    assert read(at_work, case_id).consents[SON].note == "話していいよ"


def test_recording_the_consent_finishes_the_task(at_work):
    case_id, request_id = asked(at_work)
    at_work.bench.hear(VisitCompleted("visit-1", request_id, case_id, SON, DAY, "met", True))

    at_work.consent(case_id, SON)

    kinds = {task.kind for task in read(at_work, case_id).tasks}
    assert kinds == {CaseTaskKind.OFFER_MULTI_AGENCY}


def test_a_visit_with_nobody_home_is_counted(at_work):
    case_id, request_id = asked(at_work)

    at_work.bench.hear(ContactNotMade("visit-1", request_id, case_id, SON, DAY, "absent", 2))

    request = read(at_work, case_id).outreach[0]
    assert (request.status, request.attempts) == (OutreachStatus.NOT_MET, 2)


@pytest.mark.parametrize(
    "event",
    [
        HumanServicesSuggested("need-elsewhere", "case-elsewhere"),
        ReferralAccepted("referral-elsewhere", "case-elsewhere", "service-1"),
        VisitScheduled("visit-1", "request-elsewhere", "case-elsewhere", "w", DAY, "10:00", 45),
        ConsultationEscalated("consultation-elsewhere", "multi_agency", "coordinator", "…"),
        ConsultationClosed("consultation-elsewhere", "answered"),
        ConsultationReopened("consultation-elsewhere", "2026-000009", "fukushi"),
    ],
)
def test_what_is_about_nothing_of_ours_changes_nothing_and_is_not_parked(at_work, event):
    at_work.bench.hear(event)

    assert parked(at_work) == 0
    assert waiting(at_work) == []
