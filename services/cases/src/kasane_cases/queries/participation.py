"""What the screens of participation support and of community issues read."""

from sqlalchemy import Connection

from kasane_cases.domain.agenda import AgendaItem
from kasane_cases.domain.community_issue import CaseIssue, may_be_named
from kasane_cases.domain.participation import CaseParticipation
from kasane_cases.queries.cases import CaseFile
from kasane_cases.repository.participations import CaseIssues, CaseParticipations


def participations_of(connection: Connection, file: CaseFile) -> tuple[CaseParticipation, ...]:
    """Those of the persons whose record the viewer may see, newest first."""
    found = CaseParticipations(connection).of_case(file.case.id)
    return tuple(one for one in found if file.admission.shows(one.person_id))


def participations_of_item(
    connection: Connection, item: AgendaItem
) -> tuple[CaseParticipation, ...]:
    """Those of the person of an agenda item that are not over."""
    found = CaseParticipations(connection).of_case(item.case_id) if item.person_id else ()
    return tuple(one for one in found if one.person_id == item.person_id and not one.over)


def community_issues(connection: Connection) -> tuple[CaseIssue, ...]:
    """Issues raised from cases, newest first."""
    return CaseIssues(connection).listed()


def places_of_cases(connection: Connection) -> tuple[str, ...]:
    """The places of open cases that are wide enough to be named."""
    return tuple(area for area in CaseIssues(connection).areas() if may_be_named(area))
