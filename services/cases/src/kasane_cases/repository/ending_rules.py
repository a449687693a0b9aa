"""What of a case is personal, and goes when its time is over."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from kasane_cases import tables
from kasane_kit.db.shredding import Personal, Rules, shredded_record

_CASE, _PERSON = ("case_id",), ("person_id",)


def sessions_without_a_case(connection: Connection, records: frozenset[str]) -> Iterable[str]:
    """The sessions that spoke of one of these records and of no other that is still kept."""
    item = tables.agenda_item.c
    touched = {
        row.session_id
        for row in connection.execute(
            select(item.session_id, item.case_id).where(item.case_id != "")
        )
        if row.case_id in records
    }
    gone = records | set(connection.scalars(select(shredded_record.c.id)))
    for session_id in sorted(touched):
        spoken_of = connection.scalars(
            select(item.case_id).where(item.session_id == session_id, item.case_id != "")
        )
        if set(spoken_of) <= gone:
            yield session_id


RULES = Rules(
    personal=(
        Personal(tables.consultation_summary, ("id", "case_id"), stays=("categories",), holds=True),
        Personal(tables.case, ("id",), stays=("categories",), holds=True),
        Personal(
            tables.person,
            ("id",),
            blank=("name", "kana", "birth_date", "phone", "sex"),
            holds=True,
        ),
        Personal(tables.membership, ("household_id",), blank=("relation",)),
        Personal(tables.household_step, _CASE, blank=("persons",), stays=("in_both",)),
        Personal(tables.care_tie, _CASE),
        Personal(tables.address_protection, _PERSON),
        Personal(tables.protected_reader, _PERSON),
        Personal(tables.episode, _CASE),
        Personal(tables.assessment, _CASE, stays=("recorded_by_name",)),
        Personal(tables.attachment, _CASE, holds=True, delete=True),
        Personal(
            tables.consent,
            _CASE,
            blank=("heard_by", "representative_basis"),
            stays=("purposes", "recipients", "data_classes"),
        ),
        Personal(
            tables.disclosure,
            _CASE,
            stays=("recipient", "data_classes", "closed_classes", "disclosed_by_name"),
        ),
        Personal(
            tables.legal_ground,
            _CASE,
            stays=("label", "source", "recipient", "data_classes", "closed_classes"),
        ),
        Personal(
            tables.support_need,
            _CASE,
            blank=("circumstances",),
            stays=("missing", "left_out"),
            holds=True,
        ),
        Personal(tables.need_option, ("need_id",), stays=("name", "by_name")),
        Personal(tables.suggestion, ("need_id",), blank=("reasons",), stays=("name",)),
        Personal(tables.referral, _CASE, stays=("human_service_name",), holds=True),
        Personal(
            tables.outreach_request, _CASE, blank=("purpose",), stays=("agency_label",), holds=True
        ),
        Personal(tables.participation, _CASE, stays=("host",), holds=True),
        Personal(tables.agenda_item, _CASE, stays=("admitted", "roles"), holds=True),
        Personal(tables.item_fact, ("item_id",)),
        Personal(tables.item_decision, ("item_id",), stays=("role",)),
        Personal(tables.minutes_addendum, ("item_id", "session_id"), stays=("added_by",)),
        Personal(
            tables.session,
            ("id",),
            stays=("body_label", "place", "legal_kinds"),
            holds=True,
        ),
        Personal(
            tables.attendee,
            ("session_id",),
            blank=("name", "affiliation"),
            stays=("duty_text", "duty_basis", "duty_source"),
        ),
        Personal(
            tables.pack_copy, ("session_id",), blank=("holder",), stays=("printed_by", "settled_by")
        ),
        Personal(tables.pack_part, ("item_id",), stays=("data_classes",)),
        Personal(tables.support_plan, _CASE, stays=("persons", "agreed_by"), holds=True),
        Personal(tables.plan_edition, ("plan_id",), stays=("writer_name",)),
        Personal(tables.plan_agreement, ("plan_id",), blank=("giver_name",)),
        Personal(tables.monitoring, _CASE, stays=("recorder_name",)),
        Personal(tables.plan_evaluation, _CASE, stays=("recorder_name",)),
        Personal(tables.fact_origin, _CASE, stays=("recorder_name",)),
        Personal(tables.timeline, _CASE, stays=("actor_name",)),
        Personal(
            tables.transfer,
            _CASE,
            blank=("contact", "sealed_key"),
            stays=("person_ids", "prepared_by_name"),
            holds=True,
        ),
        Personal(
            tables.transfer_offer,
            _CASE,
            blank=("contact", "body", "reason"),
            stays=("from_name",),
            holds=True,
        ),
        Personal(tables.transfer_document, _CASE),
        Personal(tables.retention_hold, ("record_id",), stays=("placed_by_name", "lifted_by_name")),
    ),
    reaches=(sessions_without_a_case,),
    # Forms and terms, and issues that speak of an area and of how many households, not of whom.
    names_nobody=(
        "cases_assessment_form",
        "cases_community_issue",
        "cases_retention_rule",
        "cases_shredding",
    ),
)
