"""The JSON API of cases, version 1."""

from kasane_cases.api.case_file import blueprint as case_file
from kasane_cases.api.conferences import blueprint as conferences

BLUEPRINTS = (case_file, conferences)
