"""Builds the addresses of pages that another service may link to; a test resolves each of them."""


def home(municipality: str) -> str:
    """My tasks."""
    return f"/portal/{municipality}/"


def sign_in(municipality: str) -> str:
    """The sign-in page of a town."""
    return f"/portal/{municipality}/sign-in"


def sign_out(municipality: str) -> str:
    """Where the sign-out button posts to."""
    return f"/portal/{municipality}/sign-out"


def consultation(municipality: str, consultation_id: str) -> str:
    """One consultation in intake."""
    return f"/intake/{municipality}/consultations/{consultation_id}"


def referral_sheet(municipality: str, sheet_id: str) -> str:
    """One つなぐシート in intake, where it is acknowledged and answered."""
    return f"/intake/{municipality}/sheets/{sheet_id}"


def consultations(municipality: str) -> str:
    """The list of consultations in intake."""
    return f"/intake/{municipality}/consultations"


def new_consultation(municipality: str) -> str:
    """The form for taking a consultation."""
    return f"/intake/{municipality}/consultations/new"


def coordinator_list(municipality: str) -> str:
    """What waits for a coordinator, and the open cases."""
    return f"/cases/{municipality}/cases"


def case(municipality: str, case_id: str) -> str:
    """One case."""
    return f"/cases/{municipality}/cases/{case_id}"


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


def todays_visits(municipality: str) -> str:
    """The visits of today."""
    return f"/outreach/{municipality}/visits"


def visit(municipality: str, visit_id: str) -> str:
    """One visit and its record."""
    return f"/outreach/{municipality}/visits/{visit_id}"


def households_to_reach(municipality: str) -> str:
    """Households that somebody should visit."""
    return f"/outreach/{municipality}/households"


def overview() -> str:
    """The prefecture's page: counts by town, no person."""
    return "/portal/host/overview"
