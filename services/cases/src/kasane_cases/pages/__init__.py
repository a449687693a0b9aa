"""The HTML door of cases: a form becomes a command, a command goes to one handler."""

from kasane_cases.pages.agenda import blueprint as agenda
from kasane_cases.pages.assessments import blueprint as assessments
from kasane_cases.pages.attachments import blueprint as attachments
from kasane_cases.pages.bodies import blueprint as bodies
from kasane_cases.pages.case import blueprint as case
from kasane_cases.pages.case_studies import blueprint as case_studies
from kasane_cases.pages.cases import blueprint as cases
from kasane_cases.pages.community_issues import blueprint as community_issues
from kasane_cases.pages.conferences import blueprint as conferences
from kasane_cases.pages.gaps import blueprint as gaps
from kasane_cases.pages.households import blueprint as households
from kasane_cases.pages.items import blueprint as items
from kasane_cases.pages.ledger import blueprint as ledger
from kasane_cases.pages.minutes import blueprint as minutes
from kasane_cases.pages.need_options import blueprint as need_options
from kasane_cases.pages.origins import blueprint as origins
from kasane_cases.pages.packs import blueprint as packs
from kasane_cases.pages.papers import blueprint as papers
from kasane_cases.pages.participation import blueprint as participation
from kasane_cases.pages.plan_reading import blueprint as plan_reading
from kasane_cases.pages.plans import blueprint as plans
from kasane_cases.pages.protection import blueprint as protection
from kasane_cases.pages.records import blueprint as records
from kasane_cases.pages.retention import blueprint as retention
from kasane_cases.pages.sessions import blueprint as sessions
from kasane_cases.pages.shared_ledgers import blueprint as shared_ledgers
from kasane_cases.pages.trail import blueprint as trail
from kasane_cases.pages.transfers import blueprint as transfers

PAGES = (
    cases,
    case,
    assessments,
    gaps,
    households,
    protection,
    need_options,
    records,
    plans,
    plan_reading,
    origins,
    conferences,
    sessions,
    transfers,
    ledger,
    shared_ledgers,
    attachments,
    trail,
    papers,
    agenda,
    items,
    minutes,
    packs,
    bodies,
    case_studies,
    participation,
    community_issues,
    retention,
)

__all__ = ["PAGES"]
