"""What a person can do in cases; each handler is one transaction."""

from kasane_cases.handlers.agenda import (
    add_agenda_item,
    admit_to_item,
    build_agenda,
    continue_item,
    move_item,
    remove_item,
)
from kasane_cases.handlers.assessments import current_form, record_assessment
from kasane_cases.handlers.attachments import attach_file
from kasane_cases.handlers.case_studies import make_case_study
from kasane_cases.handlers.closing import change_status, close_case, finish_task
from kasane_cases.handlers.community_issues import raise_community_issue
from kasane_cases.handlers.conferences import (
    add_attendee,
    confirm_members,
    mark_presence,
    plan_session,
    record_secrecy,
)
from kasane_cases.handlers.consents import record_consent, remind_of_expiring
from kasane_cases.handlers.decisions import finish_decision, record_decision, share_roles
from kasane_cases.handlers.disclosures import Disclosing, Recipient, disclose, would_disclose
from kasane_cases.handlers.legal_grounds import (
    answer_legal_ground,
    ask_legal_ground,
    tell_somebody,
)
from kasane_cases.handlers.members import (
    add_member,
    change_person,
    end_care,
    end_membership,
    record_care,
)
from kasane_cases.handlers.minutes import add_addendum, draft_minutes, fix_minutes
from kasane_cases.handlers.need_options import decide_need_option
from kasane_cases.handlers.needs import identify_need, request_referral
from kasane_cases.handlers.opening import (
    assign_team,
    decide_support,
    end_team,
    name_lead,
    open_case,
)
from kasane_cases.handlers.origins import record_origin
from kasane_cases.handlers.outreach import request_outreach
from kasane_cases.handlers.packs import issue_pack, print_copies, set_pack_days, settle_copy
from kasane_cases.handlers.participation import (
    judge_participation,
    propose_participation,
    tell_host,
)
from kasane_cases.handlers.plan_work import evaluate_plan, finish_plan, record_monitoring
from kasane_cases.handlers.plans import (
    decide_plan,
    draft_plan,
    record_agreement,
    revise_plan,
    submit_plan,
)
from kasane_cases.handlers.protection import (
    admit_reader,
    end_protection,
    end_reader,
    open_protected_address,
    open_restricted_case,
    protect_address,
    restrict_case,
)
from kasane_cases.handlers.retention import (
    confirm_shredding,
    lift_hold,
    place_hold,
    propose_shredding,
    set_retention,
    withdraw_shredding,
)
from kasane_cases.handlers.sessions import hold_session, open_session, record_fact
from kasane_cases.handlers.shared_ledgers import (
    SharedLedger,
    check_shared_ledger,
    export_shared_ledger,
    shared_ledger_bridges,
)
from kasane_cases.handlers.shredding import ANSWERING, bury, carry_out_shreddings, take_answer
from kasane_cases.handlers.splitting import (
    join_households,
    split_household,
    undo_household_step,
)
from kasane_cases.handlers.transfer_offers import (
    accept_offer,
    hear_offer,
    hear_withdrawal,
    return_offer,
)
from kasane_cases.handlers.transfers import (
    ANSWER,
    OFFER,
    WITHDRAWAL,
    approve_transfer,
    hear_answer,
    prepare_transfer,
    show_accept_key,
    withdraw_transfer,
)
from kasane_cases.handlers.watching import (
    remind_of_days,
    remind_of_protections,
    set_watch_rules,
    tell_gap_counts,
)

__all__ = [
    "ANSWER",
    "ANSWERING",
    "OFFER",
    "WITHDRAWAL",
    "Disclosing",
    "Recipient",
    "SharedLedger",
    "accept_offer",
    "add_addendum",
    "add_agenda_item",
    "add_attendee",
    "add_member",
    "admit_reader",
    "admit_to_item",
    "answer_legal_ground",
    "approve_transfer",
    "ask_legal_ground",
    "assign_team",
    "attach_file",
    "build_agenda",
    "bury",
    "carry_out_shreddings",
    "change_person",
    "change_status",
    "check_shared_ledger",
    "close_case",
    "confirm_members",
    "confirm_shredding",
    "continue_item",
    "current_form",
    "decide_need_option",
    "decide_plan",
    "decide_support",
    "disclose",
    "draft_minutes",
    "draft_plan",
    "end_care",
    "end_membership",
    "end_protection",
    "end_reader",
    "end_team",
    "evaluate_plan",
    "export_shared_ledger",
    "finish_decision",
    "finish_plan",
    "finish_task",
    "fix_minutes",
    "hear_answer",
    "hear_offer",
    "hear_withdrawal",
    "hold_session",
    "identify_need",
    "issue_pack",
    "join_households",
    "judge_participation",
    "lift_hold",
    "make_case_study",
    "mark_presence",
    "move_item",
    "name_lead",
    "open_case",
    "open_protected_address",
    "open_restricted_case",
    "open_session",
    "place_hold",
    "plan_session",
    "prepare_transfer",
    "print_copies",
    "propose_participation",
    "propose_shredding",
    "protect_address",
    "raise_community_issue",
    "record_agreement",
    "record_assessment",
    "record_care",
    "record_consent",
    "record_decision",
    "record_fact",
    "record_monitoring",
    "record_origin",
    "record_secrecy",
    "remind_of_days",
    "remind_of_expiring",
    "remind_of_protections",
    "remove_item",
    "request_outreach",
    "request_referral",
    "restrict_case",
    "return_offer",
    "revise_plan",
    "set_pack_days",
    "set_retention",
    "set_watch_rules",
    "settle_copy",
    "share_roles",
    "shared_ledger_bridges",
    "show_accept_key",
    "split_household",
    "submit_plan",
    "take_answer",
    "tell_gap_counts",
    "tell_host",
    "tell_somebody",
    "undo_household_step",
    "withdraw_shredding",
    "withdraw_transfer",
    "would_disclose",
]
