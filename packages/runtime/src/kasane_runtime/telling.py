"""Says how this process writes its log: for people, or as JSON where KASANE_LOG asks for it."""

import contextlib
import os
from collections.abc import Mapping

from flask import g, has_request_context

from kasane_kit.logs import install_logs
from kasane_kit.tenancy import MunicipalityRequired, current_municipality


def tell() -> None:
    """Lets every logger of the process write as KASANE_LOG says: ``json``, or lines for people."""
    install_logs(whereabouts, as_json=os.environ.get("KASANE_LOG") == "json")


def whereabouts() -> Mapping[str, str]:
    """The town and the request that a line is about, as far as there are any."""
    facts = {}
    with contextlib.suppress(MunicipalityRequired):
        facts["town"] = current_municipality()
    if has_request_context() and g.get("request_id"):
        facts["request"] = g.request_id
    return facts
