"""Pages and APIs: what every service's door has in common."""

from kasane_kit.web.access import UndeclaredRoute, end_session, set_session_cookie
from kasane_kit.web.api import (
    API_PREFIX,
    ApiBlueprint,
    Page,
    asked_version,
    page_size,
    read_cursor,
    shown_by,
    with_version,
    write_cursor,
)
from kasane_kit.web.context import (
    actor,
    create_once,
    hooks,
    language,
    looking_on,
    reading,
    strings,
    term,
    text,
    this_house,
    this_service,
    this_town,
    typed_version,
    unit_of_work,
)
from kasane_kit.web.csrf import token_for_this_session
from kasane_kit.web.dates import NotADate, age_on, parse_date, wareki
from kasane_kit.web.drafts import forget_drafts
from kasane_kit.web.errors import Refusal, days_in_words
from kasane_kit.web.factory import create_service_app
from kasane_kit.web.forms import Form, repeated
from kasane_kit.web.open_forms import guard_open_forms

__all__ = [
    "API_PREFIX",
    "ApiBlueprint",
    "Form",
    "NotADate",
    "Page",
    "Refusal",
    "UndeclaredRoute",
    "actor",
    "age_on",
    "asked_version",
    "create_once",
    "create_service_app",
    "days_in_words",
    "end_session",
    "forget_drafts",
    "guard_open_forms",
    "hooks",
    "language",
    "looking_on",
    "page_size",
    "parse_date",
    "read_cursor",
    "reading",
    "repeated",
    "set_session_cookie",
    "shown_by",
    "strings",
    "term",
    "text",
    "this_house",
    "this_service",
    "this_town",
    "token_for_this_session",
    "typed_version",
    "unit_of_work",
    "wareki",
    "with_version",
    "write_cursor",
]
