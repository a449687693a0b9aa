"""What of a household is personal in visits and watches, and goes when the time of its record is over."""

import copy
from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from kasane_kit.db.shredding import Personal, Rules
from kasane_outreach import tables

_REQUEST, _VISIT = ("request_id",), ("visit_id",)
_NOWHERE = {"latitude": 0.0, "longitude": 0.0}


def requests_of_persons(connection: Connection, records: frozenset[str]) -> Iterable[str]:
    """Requests that no other service numbered, such as settling visits: those of a person and a case that both end."""
    one = tables.household_to_reach.c
    rows = connection.execute(
        select(one.id, one.case_id, one.person_id).where(one.case_id != "", one.person_id != "")
    )
    return [row.id for row in rows if row.case_id in records and row.person_id in records]


def forget_places(connection: Connection, records: frozenset[str]) -> None:
    """Takes out of the rounds of the past where the visits of the records were."""
    visit, visit_round = tables.visit.c, tables.visit_round.c
    rounds = {
        row.round_id
        for row in connection.execute(
            select(visit.id, visit.round_id).where(visit.round_id != "", visit.request_id != "")
        )
        if row.id in records
    }
    for round_id in sorted(rounds):
        stored = connection.scalar(
            select(visit_round.problem).where(visit_round.id == round_id).with_for_update()
        )
        if stored is None:
            continue
        problem = copy.deepcopy(stored)
        for part in ("visits", "fixed"):
            for one in problem.get(part, ()):
                if one.get("position") and records & {one.get("id"), one.get("visit_id")}:
                    one["position"] = dict(_NOWHERE)
        if problem != stored:
            connection.execute(
                update(tables.visit_round).where(visit_round.id == round_id).values(problem=problem)
            )


RULES = Rules(
    personal=(
        Personal(
            tables.household_to_reach,
            ("id",),
            blank=(
                "name",
                "kana",
                "phone",
                "sealed_address",
                "latitude",
                "longitude",
                "town_block",
            ),
            stays=("asked_by",),
            holds=True,
        ),
        Personal(tables.protected_person, ("person_id",), delete=True),
        Personal(tables.visit, _REQUEST, stays=("submission",), holds=True),
        Personal(tables.contact_attempt, _REQUEST),
        Personal(tables.visit_addendum, _VISIT),
        Personal(tables.check_in, _VISIT),
        Personal(tables.visit_photo, _VISIT, delete=True),
        Personal(tables.door_item, _VISIT, blank=("facts", "sealed")),
        Personal(tables.visit_wish, _REQUEST, delete=True),
        Personal(tables.watch_assignment, _REQUEST, holds=True),
        Personal(tables.watch_report, ("assignment_id",), blank=("sealed",)),
        Personal(
            tables.survey_target,
            ("request_id", "consultation_id"),
            blank=("name", "kana", "digest", "sealed"),
            holds=True,
        ),
        Personal(tables.survey_household, _REQUEST, blank=("label",), holds=True),
        Personal(tables.survey_visit, ("household_id",), blank=("sealed",)),
    ),
    reaches=(requests_of_persons,),
    further=(forget_places,),
    # Runs and their lists have a term of their own; rounds and plans know visits by their ids.
    names_nobody=(
        "outreach_campaign_run",
        "outreach_leader_hearing",
        "outreach_plan_run",
        "outreach_plan_setting",
        "outreach_visit_round",
        "outreach_worker_profile",
    ),
)
