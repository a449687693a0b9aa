"""Builds the addresses of pages that another service may link to; a test resolves each of them."""


def home(municipality: str) -> str:
    """My tasks."""
    return f"/portal/{municipality}/"


def sign_in(municipality: str) -> str:
    """The sign-in page of a town."""
    return f"/portal/{municipality}/sign-in"


def confirm(municipality: str) -> str:
    """Where the password is entered again before something grave."""
    return f"/portal/{municipality}/confirm"


def sign_out(municipality: str) -> str:
    """Where the sign-out button posts to."""
    return f"/portal/{municipality}/sign-out"


def trail_of(municipality: str, object_id: str) -> str:
    """The town's audit trail, narrowed to one object."""
    return f"/portal/{municipality}/audit?object_id={object_id}"


def consultation(municipality: str, consultation_id: str) -> str:
    """One consultation in intake."""
    return f"/intake/{municipality}/consultations/{consultation_id}"


def referral_sheet(municipality: str, sheet_id: str) -> str:
    """One つなぐシート in intake, where it is acknowledged and answered."""
    return f"/intake/{municipality}/sheets/{sheet_id}"


def referral_sheets(municipality: str) -> str:
    """The つなぐシート of one's own office in intake."""
    return f"/intake/{municipality}/sheets"


def consultations(municipality: str) -> str:
    """The list of consultations in intake."""
    return f"/intake/{municipality}/consultations"


def new_consultation(municipality: str) -> str:
    """The form for taking a consultation."""
    return f"/intake/{municipality}/consultations/new"


def coordinator_list(municipality: str) -> str:
    """What waits for a coordinator, and the open cases."""
    return f"/cases/{municipality}/cases"


def gaps(municipality: str, kind: str = "") -> str:
    """The cases that may be lost from sight, by reason, or those of one."""
    return f"/cases/{municipality}/gaps" + (f"?kind={kind}" if kind else "")


def case(municipality: str, case_id: str) -> str:
    """One case."""
    return f"/cases/{municipality}/cases/{case_id}"


def retention(municipality: str) -> str:
    """The records whose term of keeping is over."""
    return f"/cases/{municipality}/retention"


def retention_term(municipality: str) -> str:
    """How long a town keeps its records, by which document."""
    return f"/cases/{municipality}/retention/term"


def arrivals(municipality: str) -> str:
    """What people left that became no consultation, and when it ends."""
    return f"/intake/{municipality}/arrivals"


def arrival_term(municipality: str) -> str:
    """How long a town keeps what became no consultation, by which document."""
    return f"/intake/{municipality}/arrivals/term"


def need_option(municipality: str, case_id: str, need_id: str, human_service_id: str) -> str:
    """What is decided about one human service for a need of a case."""
    return f"/cases/{municipality}/cases/{case_id}/needs/{need_id}/options/{human_service_id}"


def conference(municipality: str, session_id: str) -> str:
    """One session of a body."""
    return f"/cases/{municipality}/conferences/{session_id}"


def decision(municipality: str, decision_id: str) -> str:
    """What a session decided that somebody does."""
    return f"/cases/{municipality}/decisions/{decision_id}"


def conferences(municipality: str) -> str:
    """The bodies of a town and their sessions."""
    return f"/cases/{municipality}/conferences"


def directory(municipality: str) -> str:
    """The directory of human services."""
    return f"/resources/{municipality}/human-services"


def human_service(municipality: str, human_service_id: str) -> str:
    """One human service."""
    return f"/resources/{municipality}/human-services/{human_service_id}"


def referrals(municipality: str) -> str:
    """Referrals waiting for an answer."""
    return f"/resources/{municipality}/referrals"


def participations(municipality: str) -> str:
    """Participation support in its steps, and what is due."""
    return f"/resources/{municipality}/participations"


def participation(municipality: str, participation_id: str) -> str:
    """One participation with its steps, its host and its visits."""
    return f"/resources/{municipality}/participations/{participation_id}"


def community(municipality: str) -> str:
    """Community building: issues, gatherings, networks and partners."""
    return f"/resources/{municipality}/community"


def community_issue(municipality: str, issue_id: str) -> str:
    """One community issue and the way it took."""
    return f"/resources/{municipality}/community/issues/{issue_id}"


def resource_gaps(municipality: str) -> str:
    """What nobody offers, and what of it can be raised as a community issue."""
    return f"/resources/{municipality}/gaps"


def todays_visits(municipality: str) -> str:
    """The visits of today."""
    return f"/outreach/{municipality}/visits"


def visit(municipality: str, visit_id: str) -> str:
    """One visit and its record."""
    return f"/outreach/{municipality}/visits/{visit_id}"


def watch(municipality: str, assignment_id: str) -> str:
    """The page of one watching."""
    return f"/outreach/{municipality}/watches/{assignment_id}"


def check_in(municipality: str, check_in_id: str) -> str:
    """A worker at a door whose word is awaited."""
    return f"/outreach/{municipality}/check-ins/{check_in_id}"


def households_to_reach(municipality: str) -> str:
    """Households that somebody should visit."""
    return f"/outreach/{municipality}/households"


def overview() -> str:
    """The prefecture's page: counts by town, no person."""
    return "/portal/host/overview"


def web_message(municipality: str, message_id: str) -> str:
    """One message that arrived through the public form."""
    return f"/intake/{municipality}/web-messages/{message_id}"


def consultation_day(municipality: str, day_id: str) -> str:
    """One 相談会 with its bookings."""
    return f"/intake/{municipality}/consultation-days/{day_id}"


def person_merge(municipality: str, merge_id: str) -> str:
    """One request to show two records as one person."""
    return f"/intake/{municipality}/merges/{merge_id}"
