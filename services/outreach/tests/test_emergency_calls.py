"""The telephones behind the emergency button: of the document, of the coordinator, and always 110 and 119."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from kasane_kit.audit.tables import audit_entry
from kasane_kit.auth import Actor
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench
from kasane_outreach import queries
from kasane_outreach.domain.planning import PlanWeights
from tests.support.sealed_telephone import SealedTelephone

ALWAYS = [("警察", "110"), ("救急・消防", "119")]
TYPED = "福祉政策課、０１２３－４５－６７８９\n夜の当番,090-0000-0000"
Call = Callable[[Workbench, Actor], list[tuple[str, str]]]


def on_telephone(bench: Workbench, worker: Actor) -> list[tuple[str, str]]:
    telephone = SealedTelephone(bench, worker)
    telephone.begin()
    return [(one["label"], one["phone"]) for one in telephone.round()["contacts"]]


def save(visitor: Visitor, calls: str, version: int = 0) -> Any:
    return visitor.post("/telephones/calls", {"calls": calls, "version": str(version)})


def test_a_town_whose_document_says_nothing_has_110_and_119_and_is_told_so(
    workbench: Workbench, worker: Actor
) -> None:
    assert on_telephone(workbench, worker) == ALWAYS
    assert "定めがない" in workbench.visit_as(worker).get("/telephones/calls").text


def test_what_the_coordinator_types_is_on_every_telephone_and_in_the_trail(
    workbench: Workbench, worker: Actor, coordinator: Actor
) -> None:
    visitor = workbench.visit_as(coordinator)

    assert save(visitor, TYPED).status_code == 303

    own = [("福祉政策課", "0123-45-6789"), ("夜の当番", "090-0000-0000")]
    assert on_telephone(workbench, worker) == [*own, *ALWAYS]
    with workbench.reading() as connection:
        actions = connection.scalars(select(audit_entry.c.action)).all()
        assert queries.plan_weights(connection) == (PlanWeights(), 0)
    assert "outreach.emergency_calls.set" in actions
    assert "福祉政策課、0123-45-6789" in visitor.get("/telephones/calls").text
    assert save(visitor, "", 1).status_code == 303
    assert on_telephone(workbench, worker) == ALWAYS


def test_what_a_document_states_stands_there_until_the_town_types_its_own(
    make_workbench: BenchMaker,
) -> None:
    bench = make_workbench("outreach", {TOWN: ("senboku",)})
    worker = bench.staff("outreach_worker", account_id="worker-1")
    visitor = bench.visit_as(bench.staff("coordinator", account_id="coordinator-1"))

    (_lead, *rest) = on_telephone(bench, worker)
    assert rest == ALWAYS
    assert "重層的支援体制整備事業実施計画 227～231行" in visitor.get("/telephones/calls").text

    save(visitor, "当番、090-0000-0000\n警察、110")

    assert on_telephone(bench, worker) == [("当番", "090-0000-0000"), ("警察", "110"), ALWAYS[1]]


@pytest.mark.parametrize(
    "calls",
    [
        "福祉政策課",
        "、0123-45-6789",
        "福祉政策課、電話して",
        "あ" * 61 + "、110",
        "当番、110\n" * 9,
    ],
    ids=["no-number", "no-name", "no-digits", "long-name", "nine"],
)
def test_what_cannot_be_called_is_refused_and_the_words_stay(
    workbench: Workbench, worker: Actor, coordinator: Actor, calls: str
) -> None:
    answer = save(workbench.visit_as(coordinator), calls)

    assert answer.status_code == 422
    assert "k-field__error" in answer.text
    assert calls.splitlines()[0] in answer.text
    assert on_telephone(workbench, worker) == ALWAYS


def test_only_the_coordinator_changes_them_and_an_old_page_does_not_overwrite(
    workbench: Workbench, worker: Actor, coordinator: Actor
) -> None:
    visitor = workbench.visit_as(coordinator)

    assert save(workbench.visit_as(worker), TYPED).status_code == 403
    assert (
        "calls" not in workbench.visit_as(worker).get("/telephones/calls").text.split("<form")[-1]
    )
    assert save(visitor, TYPED).status_code == 303
    assert save(visitor, "別、110").status_code in (409, 412)
    assert ("福祉政策課", "0123-45-6789") in on_telephone(workbench, worker)
