"""A town that is being moved says so: what was not kept counts neither as a taken name nor as a chosen set."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kasane_contracts.portal import MunicipalityConfigured
from kasane_kit import clock
from kasane_kit.db import is_closed
from kasane_kit.testing.workbench import TOWN, Workbench
from kasane_portal import tables
from kasane_portal.repository.provider_answers import SpentAnswers
from tests.support.closed_town import closed

MOVING = "別の機械へ移しています"
ACCOUNT = {
    "login_name": "s0412",
    "display_name": "生駒 直子",
    "password": "correct horse battery",
    "roles": "coordinator",
}


def test_a_login_name_is_not_called_taken(workbench: Workbench) -> None:
    visitor = workbench.visit_as(workbench.staff("town_administrator"))
    with closed(workbench):
        refused = visitor.post("/accounts", ACCOUNT)
    with workbench.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.account)) == 0
    assert (refused.status_code, MOVING in refused.text) == (503, True)

    later = visitor.post("/accounts", ACCOUNT)

    assert later.status_code == 303, later.text


def test_a_set_of_plugins_is_not_called_chosen_by_another(
    make_workbench: Callable[..., Workbench],
) -> None:
    ikoma = make_workbench("portal", {TOWN: ("ikoma",)})
    visitor = ikoma.visit_as(ikoma.staff("town_administrator"))
    form = {"plugins": ["ikoma"], "settings": "[ikoma]\nsupport_conference = true"}
    page = visitor.post("/plugins/rehearsal", form).text
    (trial,) = set(re.findall(r'name="trial" value="([^"]+)"', page))
    choice = {"trial": trial, "reason": "支援会議を設けたため"}
    with closed(ikoma):
        refused = visitor.post("/plugins", choice)
    assert (refused.status_code, MOVING in refused.text) == (503, True)
    assert ikoma.said(MunicipalityConfigured) == []

    later = visitor.post("/plugins", choice)

    assert (later.status_code, len(ikoma.said(MunicipalityConfigured))) == (303, 1)


def test_an_answer_of_a_provider_is_not_called_used(workbench: Workbench) -> None:
    until = clock.now() + timedelta(hours=1)
    actor = workbench.staff("town_administrator")
    with (
        closed(workbench, "portal_spent_answer"),
        workbench.unit(actor) as uow,
        pytest.raises(IntegrityError) as refusal,
    ):
        SpentAnswers(uow.connection).spend("digest", until)
    with workbench.unit(actor) as uow:
        spent = [SpentAnswers(uow.connection).spend("digest", until) for _ in range(2)]

    assert is_closed(refusal.value)
    assert spent == [True, False]
