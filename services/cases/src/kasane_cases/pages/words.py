"""Finds the words that the screens of cases show: the town's labels, states, reasons."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import g, render_template, url_for

from kasane_cases.domain.case import AccessGrant, CaseStatus, GrantSubject
from kasane_cases.domain.consent import HEARD_AT_INTAKE
from kasane_cases.domain.emergency import ends_at
from kasane_cases.domain.errors import CasesRefusal, ClosedOrigin, EmergencyTakesNothingOut
from kasane_cases.domain.obstacle import Obstacle, ObstacleCode
from kasane_cases.domain.steps import STATUS_OF, WorkStep
from kasane_cases.domain.timeline import CaseTask, TimelineEntry, TimelineKind
from kasane_cases.repository import COORDINATOR
from kasane_contracts import links
from kasane_kit import clock
from kasane_kit.tenancy import current_municipality
from kasane_kit.web import Refusal, days_in_words, hooks, looking_on, term, text, wareki

_SERVICE_OF = {
    TimelineKind.CASE_OPENED: ("consultation", links.consultation),
    TimelineKind.SHEET_SENT: ("referral_sheet", links.referral_sheet),
    TimelineKind.SHEET_ANSWERED: ("referral_sheet", links.referral_sheet),
    TimelineKind.REFERRAL_REQUESTED: ("human_service", None),
    TimelineKind.REFERRAL_ACCEPTED: ("human_service", None),
    TimelineKind.REFERRAL_DECLINED: ("human_service", None),
    TimelineKind.VISIT_SCHEDULED: ("visit", links.visit),
    TimelineKind.VISIT_COMPLETED: ("visit", links.visit),
    TimelineKind.CONTACT_NOT_MADE: ("visit", links.visit),
    TimelineKind.ON_AGENDA: ("conference", links.conference),
    TimelineKind.CONFERENCE_HELD: ("conference", links.conference),
    TimelineKind.PLAN_AGREED: ("conference", links.conference),
    TimelineKind.PARTICIPATION_PROPOSED: ("participation", links.participation),
    TimelineKind.PARTICIPATION_MOVED: ("participation", links.participation),
    TimelineKind.PARTICIPATION_HOST_TOLD: ("participation", links.participation),
    TimelineKind.PARTICIPATION_NEEDED: ("conference", links.conference),
    TimelineKind.PARTICIPATION_NOT_NEEDED: ("conference", links.conference),
    TimelineKind.COMMUNITY_ISSUE_ANSWERED: ("community_issue", links.community_issue),
    TimelineKind.GAP_CLOSED: ("human_service", links.human_service),
}
_CODED = {
    "state": "consent_state",
    "outcome": "closing_outcome",
    "handoff": "handoff_state",
    "plan_outcome": "plan_outcome",
    "participation": "participation_status",
}
_OF_A_PLAN = (
    TimelineKind.PLAN_DRAFTED,
    TimelineKind.PLAN_SUBMITTED,
    TimelineKind.PLAN_ACCEPTED,
    TimelineKind.PLAN_NOT_ACCEPTED,
    TimelineKind.PLAN_MONITORED,
    TimelineKind.PLAN_EVALUATED,
    TimelineKind.PLAN_ENDED,
    TimelineKind.PLAN_RENEWED,
    TimelineKind.PLAN_INTERRUPTED,
)


def category_labels() -> dict[str, str]:
    """The town's categories by code."""
    return {one.code: one.label for one in hooks().consultation_categories()}


def office_labels(on: date | None = None) -> dict[str, str]:
    """The town's offices by code."""
    return {one.code: one.label for one in hooks().organization(on=on or clock.today())}


def role_labels() -> dict[str, str]:
    """The town's posts by code."""
    return {one.code: one.label for one in hooks().roles(on=clock.today())}


def status_label(status: CaseStatus) -> str:
    """The town's word for a state, else the national one."""
    town = hooks().status_labels()
    words: Mapping[str, str] = town.labels if town is not None else {}
    return words.get(status.value) or term(f"case_status.{status.value}")


def step_label(step: WorkStep) -> str:
    """The name of a step of multi-agency work; where it is a state too, the town's word for that."""
    status = STATUS_OF.get(step)
    return status_label(status) if status else term(f"work_step.{step.value}")


def method_labels() -> dict[str, str]:
    """The ways of consenting in this town, with the one that intake heard."""
    policy = hooks().consent_policy(purpose="multi_agency")
    own = {choice.value: choice.label for choice in policy.methods} or {
        "written": text("method.written"),
        "spoken": text("method.spoken"),
    }
    return {**own, HEARD_AT_INTAKE: text("method.heard_at_intake")}


def member_label(grant: AccessGrant, names: Mapping[str, str]) -> str:
    """Who holds a right to a case, in words."""
    if grant.subject_kind is GrantSubject.ACCOUNT:
        return names.get(grant.subject, grant.subject)
    labels = office_labels() if grant.subject_kind is GrantSubject.OFFICE else role_labels()
    return labels.get(grant.subject, grant.subject)


def subject_label(subject: str, names: Mapping[str, str]) -> str:
    """An account, an office or a post that was kept as ``kind:code``, in words."""
    kind, _, code = subject.partition(":")
    labels = {"account": names, "office": office_labels(), "role": role_labels()}
    return labels.get(kind, {}).get(code, code)


def obstacle_words(obstacle: Obstacle) -> str:
    """Why a gate fails, in a sentence."""
    detail = obstacle.detail
    if obstacle.code is ObstacleCode.CONSENT_MISSING:
        detail = term(f"consent_state.{detail}")
    elif obstacle.code is ObstacleCode.CONSENT_RECIPIENTS:
        detail = term(f"attendee_kind.{detail}")
    return text(f"obstacle.{obstacle.code.value}", who=obstacle.who, detail=detail)


def refusal_words(refusal: CasesRefusal | Refusal) -> str:
    """What happened, what was not done and what to do next; days as people write them."""
    facts = days_in_words(refusal.facts)
    parts = (
        text(f"refusal.{refusal.code}.{part}", **facts) for part in ("why", "not_done", "next")
    )
    return " ".join(part for part in parts if part)


def show_refusal(refusal: CasesRefusal) -> None:
    """Shows a refusal above the page that is shown again, with the passages that it is about."""
    if isinstance(refusal, ClosedOrigin):
        g.closed_passages = refusal.passages
    g.notices = [*g.get("notices", []), {"tone": "danger", "text": refusal_words(refusal)}]


def page(template: str, /, **context: Any) -> str:
    """A page with the words that every page of cases uses; the trail hears why one may look."""
    admission = getattr(context.get("file"), "admission", None)
    if admission is not None:
        looking_on(admission.basis or COORDINATOR)
        if admission.only_reads:
            context["not_printed"] = refusal_words(EmergencyTakesNothingOut())
    return render_template(
        f"cases/{template}",
        status_label=status_label,
        category_labels=category_labels(),
        office_labels=office_labels(),
        today=clock.today(),
        at_clock=at_clock,
        closed_passages=g.get("closed_passages", ()),
        **context,
    )


def at_clock(at: datetime) -> str:
    """The time of day of a moment as the town's clocks show it: 18:05."""
    return at.astimezone(clock.JAPAN).strftime("%H:%M")


def task_words(task: CaseTask, looks_end: Mapping[str, datetime]) -> str:
    """What is to be done; of an emergency look also when it ends or ended."""
    ends = looks_end.get(task.reference)
    if ends is None:
        return text(f"task.{task.kind.value}")
    state = "running" if ends > clock.now() else "over"
    at = f"{wareki(ends)} {at_clock(ends)}"
    return f"{text(f'task.{task.kind.value}')} {text(f'protection.look.{state}', at=at)}"


def timeline_line(entry: TimelineEntry, names: Mapping[str, str]) -> dict[str, Any]:
    """A line of the timeline as the macro shows it, with its link into the service it is from."""
    facts = {
        name: term(f"{_CODED[name]}.{value}") if name in _CODED else value
        for name, value in entry.facts.items()
    }
    if "on" in facts:
        facts["on"] = wareki(facts["on"])
    if "office" in entry.facts:
        facts["office"] = office_labels().get(entry.facts["office"], entry.facts["office"])
    if entry.kind is TimelineKind.EMERGENCY_ACCESS:
        facts["until"] = at_clock(ends_at(entry.at))
    if "theme" in entry.facts:
        facts["theme"] = category_labels().get(entry.facts["theme"], entry.facts["theme"])
    if "status" in entry.facts:
        facts["status"] = status_label(CaseStatus(entry.facts["status"]))
    if "held_rights" in facts:
        held = facts["held_rights"].split(",")
        facts["held_rights"] = "・".join(term(f"held_right.{one}") for one in held)
    who = names.get(entry.person_id, "")
    service, link = _SERVICE_OF.get(entry.kind, ("case", None))
    href = link(current_municipality(), entry.object_id) if link and entry.object_id else ""
    if entry.kind in _OF_A_PLAN:
        href = url_for("plan_reading.show_plan", case_id=entry.case_id, plan_id=entry.object_id)
    title = text(f"timeline.{entry.kind.value}", who=who, **facts)
    cause = entry.facts.get("cause", "")
    body = [
        term(f"emergency_cause.{cause}") if cause else "",
        entry.facts.get("note", ""),
        entry.facts.get("reason", ""),
    ]
    return {
        "at": entry.at.astimezone(clock.JAPAN),
        "title": title,
        "body": " ".join([*filter(None, body), entry.actor_name]).strip(),
        "href": href,
        "service": term(service),
    }
