"""The snapshots that a town's rules may see of a case: no name, no address, no free text."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kasane_cases.domain.assessment import SupportNeed
from kasane_cases.domain.case import Case
from kasane_cases.domain.conference import ConferenceSession, LegalKind
from kasane_cases.domain.consent import AttendeeKind, Consent, ConsentPurpose, state_on
from kasane_cases.domain.errors import UnknownChoice
from kasane_plugin_api import (
    CaseView,
    ConsentView,
    MeetingBody,
    MeetingRoute,
    NeedView,
    OfficeKind,
    PersonView,
    matching_bodies,
)

KIND_OF_OFFICE = {
    OfficeKind.MUNICIPAL: AttendeeKind.MUNICIPAL_STAFF,
    OfficeKind.CONTRACTED: AttendeeKind.CONTRACTOR,
    OfficeKind.PARTNER_AGENCY: AttendeeKind.PARTNER_AGENCY,
    OfficeKind.RESIDENTS: AttendeeKind.RESIDENT,
    OfficeKind.COMPANY: AttendeeKind.RESIDENT,
}


def case_view(case: Case, needs: tuple[SupportNeed, ...] = ()) -> CaseView:
    """A case as a town's rule may see it."""
    return CaseView(
        reference=case.id,
        status=case.status.value,
        support_decided=case.support_decided,
        need_categories=tuple(dict.fromkeys(need.category for need in needs)),
        area=case.area,
    )


def consent_view(case: Case, person_id: str, consent: Consent | None, day: date) -> ConsentView:
    """One person's consent state as a town's rule may see it."""
    person = PersonView(person_id, case.person(person_id).age_on(day), case.relation(person_id))
    return ConsentView(person, state_on(consent, day).value)


def need_view(case: Case, needs: tuple[SupportNeed, ...], person_id: str) -> NeedView:
    """The person's first need, else what the consultation was about."""
    own = [need.category for need in needs if need.person_id == person_id]
    return NeedView([*own, *case.categories, ""][0], case.area)


def meeting_route(
    case: Case, person_id: str, consent: Consent | None, day: date, hooks: Any
) -> MeetingRoute:
    """Where the town's rule sends this person's matter; undecided when it has none."""
    found = hooks.meeting_for(
        case=case_view(case),
        consent=consent_view(case, person_id, consent, day),
        urgent=case.urgent,
    )
    return MeetingRoute("", "") if found is None else found


def routed_bodies(route: MeetingRoute, day: date, hooks: Any) -> tuple[MeetingBody, ...]:
    """The bodies that a route means; none when it is undecided."""
    return () if route.undecided else matching_bodies(hooks.meeting_bodies(on=day), route.body)


def may_decide_plans(
    session: ConferenceSession,
    case: Case,
    persons: Iterable[str],
    standing: Mapping[str, Consent],
    day: date,
    hooks: Any,
) -> bool:
    """Whether a session is of a body that decides plans for these persons (I-14).

    The national rule is the 重層的支援会議. A town that names another body for a person who consented,
    as one with a single body does, decides there, and only for persons whose consent holds.
    """
    if session.legal_kind is LegalKind.MULTI_AGENCY_CONFERENCE:
        return True
    for person_id in persons:
        consent = standing.get(person_id)
        if consent is None or not consent.covers(day, ConsentPurpose.MULTI_AGENCY):
            return False
        route = meeting_route(case, person_id, consent, day, hooks)
        if session.body not in {body.code for body in routed_bodies(route, day, hooks)}:
            return False
    return True


def suggestion(route: MeetingRoute, bodies: tuple[MeetingBody, ...]) -> str:
    """What to do instead, in the town's words: the body it names, or that it has not decided."""
    names = "・".join(body.label for body in bodies)
    return f"{route.reason}（{names}）" if names else route.reason


def office_kind(code: str, day: date, hooks: Any) -> AttendeeKind:
    """How people of an office are bound; an office that the town does not list is its own."""
    for office in hooks.organization(on=day):
        if office.code == code:
            return KIND_OF_OFFICE[office.kind]
    return AttendeeKind.MUNICIPAL_STAFF


def known_choice(code: str, known: dict[str, str]) -> str:
    """The label of a code; raises UnknownChoice."""
    if code not in known:
        raise UnknownChoice(choice=code)
    return known[code]
