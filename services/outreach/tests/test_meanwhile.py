"""Somebody else is faster by an instant, on PostgreSQL: what they did is not undone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kasane_contracts.cases import CaseClosed, OutreachRequested
from kasane_kit.auth import Actor
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_outreach.domain.campaign_run import CampaignRun
from kasane_outreach.domain.survey import SurveyTarget
from kasane_outreach.domain.watch_assignment import WatchAssignment
from kasane_outreach.repository import HouseholdsToReach
from kasane_outreach.repository.campaigns import SurveyTargets
from kasane_outreach.repository.watching import Watches
from tests.support.campaigns import reply, surveying, targets, version_shown
from tests.support.meanwhile import Meanwhile
from tests.support.postgres_bench import on_postgres
from tests.support.private_postgres import PrivatePostgres

pytestmark = pytest.mark.postgresql


@pytest.fixture
def bench(
    make_workbench: BenchMaker, private_postgres: PrivatePostgres, tmp_path: Path
) -> Iterator[Workbench]:
    """生駒市, which has begun its survey, on PostgreSQL."""
    plain = surveying(make_workbench, {"started": {"survey": date(2026, 10, 1)}})
    with on_postgres(plain, private_postgres, tmp_path) as found:
        yield found


@pytest.fixture
def worker(bench: Workbench) -> Actor:
    """An outreach worker."""
    return bench.staff("outreach_worker", account_id="worker-1", name="訪問 一子")


@pytest.fixture
def ikoma(bench: Workbench) -> Workbench:
    """The same town, for what is shared with other tests."""
    return bench


def test_a_report_does_not_begin_a_watching_anew_that_is_ended_in_the_same_instant(
    bench: Workbench, office: Visitor, worker: Actor, meanwhile: Meanwhile
) -> None:
    bench.hear(OutreachRequested("request-1", "case-1", "person-1", "見守り", name="見本 花子"))
    watch = {"watcher": "worker-1", "every_days": "7", "what": "新聞", "basis": "支援会議の決定"}
    made = office.post("/households/request-1/watches/new", watch)
    watch_id = made.location.rsplit("/", 1)[1]
    ended: list[int] = []

    def end() -> None:
        ended.append(office.post(f"/watches/{watch_id}/end", {"reason": "入院"}).status_code)

    others = meanwhile(WatchAssignment, "looked", end)
    reported = bench.visit_as(worker).post(f"/watches/{watch_id}", {"words": "変わりない"})
    others[0].join()

    assert (reported.status_code, ended) == (303, [303])
    with bench.reading() as connection:
        assert Watches(connection).get(watch_id).end_reason == "入院"


def test_a_household_whose_case_ends_in_the_same_instant_is_watched_no_more(
    bench: Workbench, office: Visitor, worker: Actor, meanwhile: Meanwhile
) -> None:
    bench.hear(OutreachRequested("request-1", "case-1", "person-1", "見守り", name="見本 花子"))
    watch = {"watcher": "worker-1", "every_days": "7", "what": "新聞", "basis": "支援会議の決定"}

    others = meanwhile(
        HouseholdsToReach,
        "get",
        lambda: bench.hear(CaseClosed("case-1", "consultation-1", "落ち着いた")),
    )
    made = office.post("/households/request-1/watches/new", watch)
    others[0].join()

    assert made.status_code == 303
    with bench.reading() as connection:
        assert HouseholdsToReach(connection).get("request-1").open is False
        assert Watches(connection).open_ones() == ()


def test_a_reply_that_comes_while_another_is_decided_on_is_refused_and_overwrites_nothing(
    bench: Workbench, office: Visitor, run_id: str, sent: dict[str, str], meanwhile: Meanwhile
) -> None:
    reply(bench, sent["見本 一郎"], trouble="とくになし")
    path = f"/campaigns/runs/{run_id}/replies/{targets(bench, run_id)[0].id}"
    version = version_shown(office.get(path).text)
    answers: list[int] = []

    others = meanwhile(
        SurveyTarget,
        "triage",
        lambda: answers.append(reply(bench, sent["見本 一郎"], trouble="助けて")),
    )
    decided = office.post(path, {"need": "none", "version": version})
    others[0].join()

    assert (decided.status_code, answers) == (303, [409])
    assert "とくになし" in office.get(path).text


def test_a_reply_that_comes_while_a_wave_goes_out_is_kept(
    bench: Workbench, office: Visitor, run_id: str, sent: dict[str, str], meanwhile: Meanwhile
) -> None:
    page = f"/campaigns/runs/{run_id}"
    version = version_shown(office.get(page).text)
    answers: list[int] = []

    others = meanwhile(
        SurveyTargets,
        "of_run",
        lambda: answers.append(reply(bench, sent["見本 一郎"], trouble="助けて")),
    )
    wave = office.post(f"{page}/waves", {"version": version})
    others[0].join()

    assert (wave.status_code, answers) == (303, [200])
    assert [one.replied_at is not None for one in targets(bench, run_id)] == [True, False, False]


def test_nobody_joins_a_list_in_the_instant_in_which_it_is_approved(
    bench: Workbench, office: Visitor, head: Visitor, run_id: str, meanwhile: Meanwhile
) -> None:
    page, answers = f"/campaigns/runs/{run_id}", []
    version = version_shown(head.get(page).text)

    def join() -> None:
        answers.append(office.post(f"{page}/list", {"lines": "見本 四郎,,生駒市"}).status_code)

    others = meanwhile(CampaignRun, "fix_list", join)
    approved = head.post(f"{page}/approve", {"version": version})
    others[0].join()

    assert (approved.status_code, answers) == (303, [409])
    assert len(targets(bench, run_id)) == 3
