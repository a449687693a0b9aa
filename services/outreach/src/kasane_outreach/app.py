"""The index of outreach: what exists in this service, on one screen."""

from pathlib import Path

from kasane_contracts import outreach as says
from kasane_contracts.cases import (
    AddressProtectionChanged,
    CaseClosed,
    OutreachRequested,
    PersonsMovedCase,
    RecordsEnded,
)
from kasane_contracts.resources import SettlingVisitCalledOff, SettlingVisitRequested
from kasane_kit.auth import DataGrade, Permission
from kasane_kit.db import UnderTownKey
from kasane_kit.service import Job, Service
from kasane_kit.shredding import sweep_service
from kasane_kit.web import forget_drafts
from kasane_outreach import tables
from kasane_outreach.api.v1 import BLUEPRINTS as API
from kasane_outreach.domain.errors import OutreachRefusal
from kasane_outreach.domain.visit import VISITING_FUNCTIONS as VISITORS
from kasane_outreach.handlers.area_surveys import WORDS, place_of_words
from kasane_outreach.handlers.campaigns import REPLIES, place_of_reply
from kasane_outreach.handlers.door_days import alarm_overdue_check_ins
from kasane_outreach.handlers.door_items import (
    SEALED_ITEMS,
    SEALED_PHOTOS,
    open_every_photo,
    place_of_item_kept,
    place_of_photo,
)
from kasane_outreach.handlers.list_retention import delete_due_lists
from kasane_outreach.handlers.plan_search import PlanSearches, plan_now
from kasane_outreach.handlers.watching import SEEN, place_of_report, tell_days_of_watching
from kasane_outreach.pages.area_surveys import blueprint as area_surveys
from kasane_outreach.pages.calendars import blueprint as calendars
from kasane_outreach.pages.campaign_runs import blueprint as campaign_runs
from kasane_outreach.pages.campaigns import blueprint as campaigns
from kasane_outreach.pages.door import blueprint as door
from kasane_outreach.pages.emergency_calls import blueprint as emergency_calls
from kasane_outreach.pages.households import blueprint as households
from kasane_outreach.pages.mending import blueprint as mending
from kasane_outreach.pages.placing import blueprint as placing
from kasane_outreach.pages.plans import blueprint as plans
from kasane_outreach.pages.requests import blueprint as requests
from kasane_outreach.pages.rounds import blueprint as rounds
from kasane_outreach.pages.survey_replies import blueprint as survey_replies
from kasane_outreach.pages.visits import blueprint as visits
from kasane_outreach.pages.watching import blueprint as watching
from kasane_outreach.pages.weights import blueprint as weights
from kasane_outreach.pages.wishes import blueprint as wishes
from kasane_outreach.pages.workers import blueprint as workers
from kasane_outreach.repository import PROTECTED_ADDRESS, place_of_address
from kasane_outreach.subscribers import (
    on_address_protection_changed,
    on_case_closed,
    on_outreach_requested,
    on_persons_moved_case,
    on_records_ended,
    on_settling_visit_called_off,
    on_settling_visit_requested,
)
from kasane_outreach.tables.schema import metadata

LOOKERS = VISITORS | {"contact"}
PLANNERS = LOOKERS | {"responsible", "town_administrator"}
HOUSEHOLD, VISIT, ROUND = "household_to_reach", "visit", "visit_round"
PLAN, PROFILE, WEIGHTS = "visit_plan", "worker_profile", "plan_weights"
SEARCHES = PlanSearches()
DEVICE, RUN, WATCH = "door_device", "campaign_run", "watch_assignment"
COORDINATORS = frozenset({"coordinator"})
RUNNERS = frozenset({"coordinator", "responsible", "contact"})

service = Service(
    name="outreach",
    package="kasane_outreach",
    root=Path(__file__).parent,
    pages=(
        placing,
        requests,
        households,
        visits,
        rounds,
        campaigns,
        door,
        emergency_calls,
        mending,
        weights,
        plans,
        workers,
        wishes,
        calendars,
        campaign_runs,
        area_surveys,
        survey_replies,
        watching,
    ),
    api=API,
    permissions=(
        Permission("outreach.household.list", "outreach.household.listed", LOOKERS, HOUSEHOLD),
        Permission("outreach.household.read", "outreach.household.read", LOOKERS, HOUSEHOLD),
        Permission("outreach.household.ask", "outreach.household.asked_for", VISITORS, HOUSEHOLD),
        Permission("outreach.visit.list", "outreach.visit.listed", LOOKERS, VISIT),
        Permission("outreach.visit.read", "outreach.visit.read", LOOKERS, VISIT),
        Permission("outreach.visit.record", "outreach.visit.recorded", VISITORS, VISIT),
        Permission("outreach.visit.schedule", "outreach.visit.scheduled", VISITORS, VISIT),
        Permission("outreach.round.plan", "outreach.round.planned", VISITORS, ROUND),
        Permission("outreach.plan.make", "outreach.plan.made", VISITORS, PLAN),
        Permission("outreach.plan_weights.set", "outreach.plan_weights.set", COORDINATORS, WEIGHTS),
        Permission("outreach.worker_profile.set", "outreach.worker_profile.set", VISITORS, PROFILE),
        Permission("outreach.visit_wish.set", "outreach.visit_wish.set", VISITORS, HOUSEHOLD),
        Permission("outreach.door.use", "outreach.door.used", VISITORS, DEVICE, False),
        Permission(
            "outreach.emergency_calls.set",
            "outreach.emergency_calls.set",
            COORDINATORS,
            "emergency_calls",
        ),
        Permission("outreach.door_item.read", "outreach.door_item.read", VISITORS, "door_item"),
        Permission(
            "outreach.check_in.settle", "outreach.check_in.settled", VISITORS, "check_in", False
        ),
        Permission(
            "outreach.calendar.manage", "outreach.calendar.managed", VISITORS, "calendar", False
        ),
        Permission("outreach.campaign.run", "outreach.campaign.read", RUNNERS, RUN),
        Permission("outreach.campaign.approve", "outreach.campaign.approved", RUNNERS, RUN),
        Permission(
            "outreach.survey_reply.read", "outreach.survey_reply.read", RUNNERS, "survey_target"
        ),
        Permission(
            "outreach.survey_household.visit",
            "outreach.survey_household.read",
            VISITORS | RUNNERS,
            "survey_household",
        ),
        Permission("outreach.watch.list", "outreach.watch.listed", VISITORS, WATCH),
        Permission("outreach.watch.read", "outreach.watch.read", VISITORS, WATCH),
        Permission("outreach.watch.report", "outreach.watch.reported", VISITORS, WATCH),
        Permission("outreach.watch.assign", "outreach.watch.assigned", COORDINATORS, WATCH),
        Permission(
            "outreach.campaign.list", "outreach.campaign.listed", PLANNERS, "campaign", False
        ),
    ),
    says=(
        says.VisitScheduled,
        says.VisitCompleted,
        says.ContactNotMade,
        says.ConsentHeard,
        says.CheckInOverdue,
        says.CheckInSettled,
        says.VisitHandedOver,
        says.VisitCalledOff,
        says.VisitsAskedFor,
        says.VisitRequestEnded,
        says.WatchDue,
        says.WatchEnded,
        says.HelpAskedFor,
        says.OutreachRecordsShredded,
    ),
    hears={
        RecordsEnded: on_records_ended,
        OutreachRequested: on_outreach_requested,
        CaseClosed: on_case_closed,
        PersonsMovedCase: on_persons_moved_case,
        AddressProtectionChanged: on_address_protection_changed,
        SettlingVisitRequested: on_settling_visit_requested,
        SettlingVisitCalledOff: on_settling_visit_called_off,
    },
    data={
        "shredding": DataGrade.SENSITIVE,
        "household_to_reach": DataGrade.SENSITIVE,
        "visit": DataGrade.SENSITIVE,
        "visit_round": DataGrade.SENSITIVE,
        "visit_plan": DataGrade.SENSITIVE,
        "plan_weights": DataGrade.SETTING,
        "worker_profile": DataGrade.STAFF,
        "door_device": DataGrade.STAFF,
        "door_item": DataGrade.SENSITIVE,
        "check_in": DataGrade.STAFF,
        "calendar": DataGrade.STAFF,
        "campaign_run": DataGrade.PERSONAL,
        "survey_target": DataGrade.SENSITIVE,
        "survey_household": DataGrade.SENSITIVE,
        "watch_assignment": DataGrade.SENSITIVE,
        "campaign": DataGrade.SETTING,
        "emergency_calls": DataGrade.SETTING,
    },
    columns=metadata,
    under_town_key=tuple(
        UnderTownKey(column, purpose, of, place)
        for column, purpose, of, place in (
            (tables.door_item.c.sealed, SEALED_ITEMS, ("id",), place_of_item_kept),
            (tables.visit_photo.c.sealed, SEALED_PHOTOS, ("visit_id", "id"), place_of_photo),
            (
                tables.household_to_reach.c.sealed_address,
                PROTECTED_ADDRESS,
                ("id",),
                place_of_address,
            ),
            (tables.survey_target.c.sealed, REPLIES, ("id",), place_of_reply),
            (tables.survey_visit.c.sealed, WORDS, ("id",), place_of_words),
            (tables.leader_hearing.c.sealed, WORDS, ("id",), place_of_words),
            (tables.watch_report.c.sealed, SEEN, ("id",), place_of_report),
        )
    ),
    tables=(
        "outreach_household_to_reach",
        "outreach_protected_person",
        "outreach_visit",
        "outreach_visit_worker",
        "outreach_former_worker",
        "outreach_contact_attempt",
        "outreach_visit_round",
        "outreach_booking_day",
        "outreach_door_device",
        "outreach_door_handout",
        "outreach_door_item",
        "outreach_visit_addendum",
        "outreach_visit_photo",
        "outreach_check_in",
        "outreach_worker_profile",
        "outreach_visit_wish",
        "outreach_plan_run",
        "outreach_plan_setting",
        "outreach_calendar_feed",
        "outreach_campaign_run",
        "outreach_survey_target",
        "outreach_letter_refusal",
        "outreach_survey_household",
        "outreach_survey_visit",
        "outreach_survey_walk",
        "outreach_leader_hearing",
        "outreach_reply_count",
        "outreach_watch_assignment",
        "outreach_watch_report",
    ),
    refusal=OutreachRefusal,
    jobs=(
        Job("overdue_check_ins", 60, alarm_overdue_check_ins),
        Job("days_of_watching", 600, tell_days_of_watching),
        Job("lists_past_their_term", 3600, delete_due_lists),
        Job("visit_plans", 2, SEARCHES.look_after),
        Job("sweep", 600.0, sweep_service("outreach")),
        Job("forget-drafts", 3600.0, forget_drafts("outreach")),
    ),
    commands={"plan": plan_now, "open_files": open_every_photo},
    shreds=on_records_ended,
)
