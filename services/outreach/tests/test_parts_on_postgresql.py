"""Campaigns, watching and the telephone at the door on PostgreSQL: the same course as on SQLite, in one town."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from kasane_contracts.cases import OutreachRequested, PersonsMovedCase
from kasane_contracts.outreach import HelpAskedFor
from kasane_kit.auth import Actor
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench
from kasane_outreach import queries, tables
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.handlers.list_retention import delete_due_lists
from kasane_outreach.handlers.watching import tell_days_of_watching
from kasane_outreach.repository.campaigns import AreaSurveys
from tests.support.campaigns import press
from tests.support.postgres_bench import on_postgres
from tests.support.private_postgres import PrivatePostgres
from tests.support.sealed_telephone import SealedTelephone

pytestmark = pytest.mark.postgresql
GROUND = {
    "source": "住宅地図",
    "legal_ground": "個人情報保護法69条2項2号：町の中で利用する場合",
    "keep_until": "2026-12-31",
}


@pytest.fixture
def bench(
    make_workbench: BenchMaker, private_postgres: PrivatePostgres, tmp_path: Path
) -> Iterator[Workbench]:
    """北栄町 on PostgreSQL."""
    with on_postgres(
        make_workbench("outreach", {TOWN: ("household-survey", "hokuei")}),
        private_postgres,
        tmp_path,
    ) as found:
        yield found


def run_of(bench: Workbench, office: Visitor) -> str:
    made = office.post("/campaigns/runs", {"campaign": "household_survey", "year": "2026"})
    run_id = str(made.location.rsplit("/", 1)[1])
    office.post(
        f"/campaigns/runs/{run_id}/list", {"lines": "みなみ区,仁厚会,1番1\nみなみ区,仁厚会,1番2"}
    )
    office.post(f"/campaigns/runs/{run_id}/ground", GROUND)
    head = bench.visit_as(bench.staff("responsible", account_id="head-1"))
    assert press(head, f"/campaigns/runs/{run_id}", "/approve").status_code == 303
    return run_id


def at_once(telephone: SealedTelephone, *wires: dict[str, Any]) -> list[str]:
    answers: list[str] = []

    def send(wire: dict[str, Any]) -> None:
        answers.append(telephone.send(wire).json["outcome"])

    threads = [threading.Thread(target=send, args=(one,)) for one in wires]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers


def test_a_survey_a_watch_and_a_telephone_go_their_course(bench: Workbench, clock_at: Any) -> None:
    clock_at(datetime(2026, 11, 24, 0, 0, tzinfo=UTC))
    worker: Actor = bench.staff("outreach_worker", account_id="worker-1", name="訪問 一子")
    coordinator = bench.staff("coordinator", account_id="coordinator-1", name="調整 太郎")
    office, visitor = bench.visit_as(coordinator), bench.visit_as(worker)

    # The survey: the same record sent twice in one instant is one visit.
    run_id = run_of(bench, office)
    assert visitor.post(f"/campaigns/runs/{run_id}/areas/みなみ区/today").status_code == 303
    telephone = SealedTelephone(bench, worker)
    telephone.begin()
    house = telephone.round()["houses"][0]
    wire = telephone.wire("survey", house["id"], {"result": "met", "note": "元気"})
    assert at_once(telephone, wire, wire) == ["accepted", "accepted"]
    with bench.reading() as connection:
        after = AreaSurveys(connection).household(house["id"])
        (area,) = queries.area_progress(connection, run_id)
        (month,) = queries.agency_months(connection, run_id, date(2026, 11, 1))
    assert (after.result, after.visits) == (VisitResult.MET, 1)
    # Two who were at one house in the same instant: one ended its turn, the other is told.
    (house,) = [one for one in telephone.round()["houses"] if one["label"] == "1番2"]
    wires = [
        telephone.wire("survey", house["id"], {"result": result, "note": ""})
        for result in ("met", "refused")
    ]
    assert sorted(at_once(telephone, *wires)) == ["accepted", "rejected"]
    assert (area.met, month.visits) == (1, 1)

    # The watch: assigned, told once, reported, and gone with its person into another case.
    bench.hear(OutreachRequested("request-1", "case-1", "person-1", "見守り", name="見本 花子"))
    watch = {
        "watcher": "worker-1",
        "every_days": "7",
        "what": "新聞",
        "basis": GROUND["legal_ground"],
        "begins_on": "2026-11-24",
    }
    answer = office.post("/households/request-1/watches/new", watch)
    assert answer.status_code == 303, re.sub("<[^>]+>", "", answer.text)
    with municipality_scope(TOWN):
        tell_days_of_watching(bench.house, TOWN)
    bench.hear(PersonsMovedCase("case-1", "case-9", "2026-0090", ("person-1",)))
    with bench.reading() as connection:
        (mine,) = queries.watches(connection, worker)
        assert mine.case_id == "case-9"
    seen = {"words": "カーテンが閉まったまま", "worrying": "true"}
    assert visitor.post(f"/watches/{mine.id}", seen).status_code == 303
    assert "カーテン" in office.get(f"/watches/{mine.id}").text

    # The term of the list is over: what was said goes, the counts stay.
    clock_at(datetime(2027, 1, 1, 0, 0, tzinfo=UTC))
    with municipality_scope(TOWN):
        delete_due_lists(bench.house, TOWN)
    with bench.reading() as connection:
        for table in (tables.survey_household, tables.survey_visit, tables.survey_walk):
            assert connection.scalar(select(func.count()).select_from(table)) == 0
        (kept,) = queries.agency_months(connection, run_id, date(2026, 11, 1))
    assert kept.visits == 2
    assert bench.said(HelpAskedFor) == []
