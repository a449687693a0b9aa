"""The cases of one town with what their pages read: household, consent, plan, sessions, tasks, timeline."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from kasane_intake.domain.consultation import Consultation
from tests.benchmarks.residents import Resident, ordered_id

TABLES = tuple(
    f"cases_{name}"
    for name in (
        *("access_grant", "agenda_item", "attendee", "case", "consent", "consultation_summary"),
        *("counter", "handoff", "household", "item_decision", "item_fact"),
        *("membership", "person", "plan_agreement"),
        *("plan_edition", "referral", "session", "suggestion", "support_need", "support_plan"),
        *("task", "timeline"),
    )
)
CASES_OF_A_SESSION = 8
# Of so many of the newest consultations of a town the coordinator has not decided yet, however large the town is.
WAITING = 25
OPEN = ("identified", "outreach", "assessment", "plan_draft", "in_support", "observing")
Row = tuple[str, dict[str, Any]]


class CaseWork:
    """Opens cases from consultations, oldest first, and writes what happened in them since."""

    def __init__(self, draw: Random, now: datetime) -> None:
        self._draw, self._now, self._today = draw, now, now.date()
        self._numbers: dict[int, int] = {}
        self._table: list[tuple[str, str]] = []

    def summary(
        self, one: Consultation, about: Sequence[Resident], case_id: str, waiting: bool
    ) -> Iterator[Row]:
        """What cases keeps of every consultation that it heard of."""
        yield (
            "cases_consultation_summary",
            {
                "id": one.id,
                "number": one.number,
                "received_on": one.received_at.date(),
                "desk": one.desk,
                "categories": list(one.categories),
                "main_category": one.main_category,
                "escalation_level": "multi_agency" if waiting or case_id else "single_agency",
                "target_role": "coordinator" if waiting or case_id else "",
                "waiting": waiting,
                "story": one.story,
                "persons": [
                    {
                        "id": person.person_id,
                        "name": person.name,
                        "kana": person.kana,
                        "birth_date": str(person.birth_date),
                        "relation": person.relation,
                        "given_consent": person.given_consent,
                        "address": person.address,
                        "phone": person.phone,
                    }
                    for person in one.persons
                ],
                "case_id": case_id,
                "closed": not waiting and not case_id,
            },
        )

    def case(
        self, case_id: str, one: Consultation, home: Sequence[Resident], open_now: bool
    ) -> Iterator[Row]:
        """One case with a household of its own."""
        draw, at = self._draw, one.received_at + timedelta(days=2)
        opened = at.date()
        year = opened.year if opened.month >= 4 else opened.year - 1
        self._numbers[year] = self._numbers.get(year, 0) + 1
        status = draw.choice(OPEN) if open_now else "closed"
        planned = status in ("in_support", "observing", "closed")
        persons = [ordered_id(draw, at) for _ in home]
        household = ordered_id(draw, at)
        yield "cases_household", {"id": household}
        yield (
            "cases_case",
            {
                "id": case_id,
                "number": f"C{year}-{self._numbers[year]:04d}",
                "consultation_id": one.id,
                "household_id": household,
                "opened_on": opened,
                "opened_by": "staff-1",
                "status": status,
                "urgent": draw.random() < 0.03,
                "categories": list(one.categories),
                "story": one.story,
                "support_decided_on": opened + timedelta(days=3) if planned else None,
                "review_on": self._day(-30, 150) if open_now and draw.random() < 0.8 else None,
                "closed_on": opened + timedelta(days=400) if status == "closed" else None,
                "closing_outcome": "support_ended" if status == "closed" else "",
                "lead": draw.choice(("", "office:welfare_policy", "role:coordinator")),
                "episode": 1,
                "episode_opened_on": opened,
                "last_contact_on": opened + timedelta(days=draw.randint(3, 60)),
                "version": draw.randint(2, 9),
            },
        )
        for place, (person, resident) in enumerate(zip(persons, home, strict=True)):
            yield from self._member(case_id, household, person, place, resident, at)
        for kind, subject in (("office", one.desk), ("role", "contact")):
            yield (
                "cases_access_grant",
                {
                    "id": ordered_id(draw, at),
                    "case_id": case_id,
                    "subject_kind": kind,
                    "subject": subject,
                    "basis": "team",
                    "valid_from": opened,
                },
            )
        for kind in ("ask_consent_here", "find_another_service"):
            yield (
                "cases_task",
                {
                    "id": ordered_id(draw, at),
                    "case_id": case_id,
                    "person_id": persons[0],
                    "kind": kind,
                    "reference": "",
                    "raised_on": opened,
                    "done_on": None if open_now and draw.random() < 0.5 else opened,
                },
            )
        if planned:
            yield from self._plan(case_id, persons, at)
            yield from self._session_when_full(case_id, persons[0], at)
        yield (
            "cases_handoff",
            {
                "id": ordered_id(draw, at),
                "consultation_id": one.id,
                "from_office": one.desk,
                "to_office": "welfare_policy",
                "acknowledge_by": opened,
                "state": "accepted",
                "sent_at": at,
                "answered_at": at,
            },
        )
        yield from self._lines(case_id, persons, status, at)

    def counters(self) -> Iterator[Row]:
        """The last case number of each year."""
        for year, last in self._numbers.items():
            yield "cases_counter", {"year": year, "last": last}

    def _member(
        self,
        case_id: str,
        household: str,
        person: str,
        place: int,
        resident: Resident,
        at: datetime,
    ) -> Iterator[Row]:
        draw, opened = self._draw, at.date()
        yield (
            "cases_person",
            {
                "id": person,
                "name": resident.name,
                "kana": resident.kana,
                "birth_date": resident.birth_date,
                "address": resident.address,
                "phone": resident.phone,
            },
        )
        yield (
            "cases_membership",
            {
                "household_id": household,
                "person_id": person,
                "valid_from": opened,
                "position": place,
                "relation": "本人" if place == 0 else "家族",
                "householder": place == 0,
            },
        )
        for number, state in enumerate(("pending", draw.choice(("given", "given", "refused"))), 1):
            yield (
                "cases_consent",
                {
                    "id": ordered_id(draw, at),
                    "case_id": case_id,
                    "person_id": person,
                    "number": number,
                    "state": state,
                    "recorded_at": at + timedelta(days=number),
                    "recorded_by": "staff-1",
                    "purposes": ["multi_agency", "handoff"],
                    "recipients": ["municipal_staff", "partner_agency"],
                    "data_classes": ["identity", "contact", "record"],
                    "given_by": "self",
                    "method": "paper",
                    "valid_from": opened,
                    "expires_on": None,
                },
            )
        yield from self._need(case_id, person, at)

    def _need(self, case_id: str, person: str, at: datetime) -> Iterator[Row]:
        draw = self._draw
        need = ordered_id(draw, at)
        yield (
            "cases_support_need",
            {
                "id": need,
                "case_id": case_id,
                "person_id": person,
                "category": "income",
                "description": "収入が途絶え、家賃の支払いが難しい。",
                "identified_on": at.date(),
                "identified_by": "staff-1",
                "suggested_at": at,
            },
        )
        for position in range(3):
            yield (
                "cases_suggestion",
                {
                    "need_id": need,
                    "position": position,
                    "human_service_id": f"service-{draw.randint(1, 300)}",
                    "name": f"架空の相談支援 {draw.randint(1, 300)}",
                    "points": 3.5 - position,
                    "reasons": ["収入についての相談を受けている", "同じ町にある"],
                },
            )
        yield (
            "cases_referral",
            {
                "id": ordered_id(draw, at),
                "case_id": case_id,
                "need_id": need,
                "person_id": person,
                "human_service_id": "service-1",
                "human_service_name": "架空の相談支援 1",
                "recipient": "partner_agency",
                "message": "一度会ってほしい。",
                "requested_on": at.date(),
                "status": "accepted",
                "answered_on": at.date(),
            },
        )

    def _plan(self, case_id: str, persons: Sequence[str], at: datetime) -> Iterator[Row]:
        draw, day = self._draw, at.date() + timedelta(days=20)
        plan = ordered_id(draw, at)
        content = {
            "persons": list(persons),
            "goals": [
                {"text": "家賃を遅れずに払える。", "term": "short", "person_id": "", "number": 1}
            ],
            "tracks": [
                {
                    "person_id": person,
                    "what": "月に一度会って様子を聞く。",
                    "agency": "welfare_policy",
                    "due_on": str(day + timedelta(days=90)),
                    "in_charge": "",
                }
                for person in persons
            ],
            "extensions": {},
        }
        yield (
            "cases_support_plan",
            {
                **content,
                "id": plan,
                "case_id": case_id,
                "kind": "multi_agency",
                "starts_on": day,
                "ends_on": day + timedelta(days=365),
                "drafted_on": day,
                "drafted_by": "staff-1",
                "status": "decided",
                "edition": 1,
                "decided_on": day,
                "review_on": day + timedelta(days=180),
                "agreed_by": list(persons),
                "version": 3,
            },
        )
        written = {"starts_on": str(day), "ends_on": str(day + timedelta(days=365))}
        yield (
            "cases_plan_edition",
            {
                "plan_id": plan,
                "number": 1,
                "content": {**content, **written},
                "written_on": day,
                "writer_name": "調整の職員",
            },
        )
        for person in persons:
            yield (
                "cases_plan_agreement",
                {
                    "id": ordered_id(draw, at),
                    "plan_id": plan,
                    "edition": 1,
                    "person_id": person,
                    "agreed": True,
                    "way": "signed",
                    "given_by": "self",
                    "on": day,
                    "recorded_at": at,
                },
            )

    def _session_when_full(self, case_id: str, person: str, at: datetime) -> Iterator[Row]:
        """Plans are decided together: one session for so many cases."""
        self._table.append((case_id, person))
        if len(self._table) < CASES_OF_A_SESSION:
            return
        draw, session = self._draw, ordered_id(self._draw, at)
        yield (
            "cases_session",
            {
                "id": session,
                "body": "multi_agency_conference",
                "body_label": "重層的支援会議",
                "legal_kind": "multi_agency_conference",
                "legal_kinds": ["multi_agency_conference"],
                "planned_for": at.date(),
                "planned_by": "staff-1",
                "status": "held",
                "held_on": at.date(),
                "minutes": "話し合ったことを確かめた。",
                "version": 4,
            },
        )
        for position in range(6):
            yield (
                "cases_attendee",
                {
                    "id": ordered_id(draw, at),
                    "session_id": session,
                    "position": position,
                    "name": f"出席者 {position}",
                    "kind": "municipal_staff",
                    "account_id": f"staff-{position}",
                    "present": True,
                },
            )
        for position, (case, about) in enumerate(self._table):
            item = ordered_id(draw, at)
            place = {"session_id": session, "item_id": item, "position": 0}
            yield (
                "cases_agenda_item",
                {
                    "id": item,
                    "session_id": session,
                    "position": position,
                    "topic": "支援プラン",
                    "legal_kind": "multi_agency_conference",
                    "state": "on_agenda",
                    "case_id": case,
                    "person_id": about,
                    "consent_state": "given",
                },
            )
            fact = {"id": ordered_id(draw, at), "text": "先月から通院している。", "recorded_at": at}
            yield "cases_item_fact", {**place, **fact}
            yield (
                "cases_item_decision",
                {**place, "id": ordered_id(draw, at), "text": "プランを決めた。"},
            )
        self._table.clear()

    def _lines(
        self, case_id: str, persons: Sequence[str], status: str, at: datetime
    ) -> Iterator[Row]:
        draw = self._draw
        lines: list[tuple[str, dict[str, str]]] = [("case_opened", {}), ("support_decided", {})]
        lines += [("consent_recorded", {"state": "given"}) for _ in persons]
        lines += [("need_identified", {"category": "収入"}) for _ in persons]
        lines += [("visit_completed", {"on": str(at.date())}) for _ in range(draw.randint(4, 24))]
        lines.append(("status_changed", {"status": status}))
        for place, (kind, facts) in enumerate(lines):
            moment = at + timedelta(days=place * 7)
            yield (
                "cases_timeline",
                {
                    "id": ordered_id(draw, moment),
                    "case_id": case_id,
                    "kind": kind,
                    "at": moment,
                    "person_id": draw.choice(persons),
                    "actor_name": "調整の職員",
                    "facts": facts,
                },
            )

    def _day(self, earliest: int, latest: int) -> date:
        return self._today + timedelta(days=self._draw.randint(earliest, latest))
