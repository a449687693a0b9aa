"""The JSON API of cases, version 1."""

from kasane_cases.api.agenda import blueprint as agenda
from kasane_cases.api.bodies import blueprint as bodies
from kasane_cases.api.case_file import blueprint as case_file
from kasane_cases.api.conferences import blueprint as conferences
from kasane_cases.api.consents import blueprint as consents
from kasane_cases.api.gaps import blueprint as gaps
from kasane_cases.api.households import blueprint as households
from kasane_cases.api.ledger import blueprint as ledger
from kasane_cases.api.plans import blueprint as plans
from kasane_cases.api.sight import blueprint as sight
from kasane_cases.api.transfers import blueprint as transfers

BLUEPRINTS = (
    case_file,
    households,
    gaps,
    conferences,
    agenda,
    bodies,
    plans,
    transfers,
    ledger,
    consents,
    sight,
)
