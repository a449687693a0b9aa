"""The survey from house to house, recorded at doors without a line: accepted, refused with a way on, superseded."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kasane_contracts.outreach import VisitCompleted
from kasane_kit.auth import Actor
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench
from kasane_outreach.domain.area_survey import SurveyHousehold
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.repository import HouseholdsToReach
from kasane_outreach.repository.campaigns import AreaSurveys
from tests.support.campaigns import press
from tests.support.sealed_telephone import SealedTelephone

GROUND = {
    "source": "住宅地図",
    "legal_ground": "個人情報保護法69条2項2号：町の中で利用する場合",
    "keep_until": "2028-03-31",
}
HOUSES = "みなみ区,仁厚会,1番1\nみなみ区,仁厚会,1番2\nきた区,赤碕福祉会,9番9"


@pytest.fixture
def bench(make_workbench: BenchMaker) -> Workbench:
    """北栄町."""
    return make_workbench("outreach", {TOWN: ("household-survey", "hokuei")})


@pytest.fixture
def worker(bench: Workbench) -> Actor:
    """Who walks the area."""
    return bench.staff("outreach_worker", account_id="worker-1", name="訪問 一子")


@pytest.fixture
def office(bench: Workbench) -> Visitor:
    """Who carries the survey out."""
    return bench.visit_as(bench.staff("coordinator", account_id="coordinator-1"))


@pytest.fixture
def run_id(bench: Workbench, office: Visitor) -> str:
    """A survey of two areas whose list a second person approved."""
    made = office.post("/campaigns/runs", {"campaign": "household_survey", "year": "2026"})
    run_id = str(made.location.rsplit("/", 1)[1])
    assert office.post(f"/campaigns/runs/{run_id}/list", {"lines": HOUSES}).status_code == 303
    assert office.post(f"/campaigns/runs/{run_id}/ground", GROUND).status_code == 303
    head = bench.visit_as(bench.staff("responsible", account_id="head-1"))
    assert press(head, f"/campaigns/runs/{run_id}", "/approve").status_code == 303
    return run_id


@pytest.fixture
def telephone(bench: Workbench, worker: Actor, run_id: str, clock_at: Any) -> SealedTelephone:
    """The worker's telephone with one of the areas in it."""
    area = f"/campaigns/runs/{run_id}/areas/みなみ区"
    visitor = bench.visit_as(worker)
    assert visitor.post(f"{area}/today").status_code == 303
    assert visitor.post(f"{area}/today").status_code == 303
    assert "今日の訪問アプリに入っています" in visitor.get(area).text
    found = SealedTelephone(bench, worker)
    assert found.begin().status_code == 200
    clock_at(datetime(2026, 11, 24, 0, 10, tzinfo=UTC))
    return found


def houses(bench: Workbench, run_id: str) -> dict[str, SurveyHousehold]:
    with bench.reading() as connection:
        return {one.label: one for one in AreaSurveys(connection).households(run_id)}


def test_the_houses_of_the_area_lie_in_the_telephone_and_no_others(
    bench: Workbench, run_id: str, telephone: SealedTelephone, office: Visitor
) -> None:
    heard = {**GROUND, "heard_from": "自治会長", "words": "最近見かけない"}
    office.post(f"/campaigns/runs/{run_id}/areas/みなみ区", heard)

    round_ = telephone.round()

    assert [(one["area"], one["label"]) for one in round_["houses"]] == [
        ("みなみ区", "1番1"),
        ("みなみ区", "1番2"),
    ]
    assert "最近見かけない" not in str(round_)
    other = SealedTelephone(bench, bench.staff("outreach_worker", account_id="worker-2"))
    other.begin()
    assert other.round()["houses"] == []


def test_what_was_written_at_a_house_counts_and_the_same_again_counts_once(
    bench: Workbench, run_id: str, telephone: SealedTelephone
) -> None:
    first, second = (one["id"] for one in telephone.round()["houses"])
    absent = telephone.wire("survey", first, {"result": "absent", "note": ""})

    answers = [telephone.send(absent).json["outcome"] for _twice in range(2)]
    worrying = telephone.write("survey", second, {"result": "worrying", "note": "新聞がたまる"})

    assert (answers, worrying["outcome"]) == (["accepted", "accepted"], "accepted")
    found = houses(bench, run_id)
    assert (found["1番1"].result, found["1番1"].visits) == (VisitResult.ABSENT, 1)
    assert (found["1番2"].result, found["1番2"].visited_on) == (
        VisitResult.WORRYING,
        date(2026, 11, 24),
    )
    with bench.reading() as connection:
        assert HouseholdsToReach(connection).get(found["1番2"].request_id).name == "1番2"
    # Who was out is visited again; the other's turn is over.
    assert [one["label"] for one in telephone.round()["houses"]] == ["1番1"]
    assert bench.said(VisitCompleted) == []


def test_who_comes_second_is_told_and_the_office_keeps_the_words(
    bench: Workbench, run_id: str, telephone: SealedTelephone, office: Visitor
) -> None:
    house = telephone.round()["houses"][0]["id"]
    mine = f"/campaigns/runs/{run_id}/households/{house}"
    assert press(office, mine, result="met", words="元気").status_code == 303

    answer = telephone.write("survey", house, {"result": "absent", "note": "留守のようだった"})

    assert (answer["outcome"], answer["reason"]) == ("rejected", "surveyed_meanwhile")
    assert "ほかの職員が記録して" in answer["why"]
    assert answer["next"]
    assert houses(bench, run_id)["1番1"].result is VisitResult.MET
    page = office.get(f"/telephones/items/{answer['id']}").text
    assert "留守のようだった" in page
    assert f"households/{house}" in page

    kept = office.post(f"/telephones/items/{answer['id']}", {"keep": "1"})

    assert kept.status_code == 303
    after = houses(bench, run_id)["1番1"]
    assert (after.result, after.visits) == (VisitResult.MET, 2)
    assert "留守のようだった" in office.get(mine).text


def test_a_record_that_was_rewritten_before_it_was_sent_is_superseded(
    bench: Workbench, run_id: str, telephone: SealedTelephone
) -> None:
    house = telephone.round()["houses"][0]["id"]
    before = telephone.wire("survey", house, {"result": "absent", "note": ""})

    later = telephone.write("survey", house, {"result": "met", "note": ""}, replaces=[before["id"]])

    assert later["outcome"] == "accepted"
    assert telephone.send(before).json["outcome"] == "superseded"
    assert houses(bench, run_id)["1番1"].visits == 1


def test_what_cannot_be_taken_ends_with_a_reason_and_changes_nothing(
    bench: Workbench, run_id: str, telephone: SealedTelephone, office: Visitor
) -> None:
    house = telephone.round()["houses"][0]["id"]
    elsewhere = houses(bench, run_id)["9番9"].id

    strange = telephone.write("survey", elsewhere, {"result": "met", "note": ""})
    unreadable = telephone.write("survey", house, {"result": "dancing", "note": ""})
    office.post(f"/campaigns/runs/{run_id}/close", {"close_reason": "終わり"})
    over = telephone.write("survey", house, {"result": "met", "note": "話せた"})

    assert [one["reason"] for one in (strange, unreadable, over)] == [
        "not_handed_out",
        "content_unreadable",
        "run_over",
    ]
    assert all(one["outcome"] == "rejected" and one["why"] for one in (strange, unreadable, over))
    assert [one.visits for one in houses(bench, run_id).values()] == [0, 0, 0]
    assert telephone.round()["houses"] == []


def test_an_area_is_walked_only_when_its_list_is_approved_and_there_is_one(
    bench: Workbench, worker: Actor, office: Visitor, run_id: str
) -> None:
    made = office.post("/campaigns/runs", {"campaign": "household_survey", "year": "2027"})
    other = made.location.rsplit("/", 1)[1]
    office.post(f"/campaigns/runs/{other}/list", {"lines": HOUSES})
    visitor = bench.visit_as(worker)

    early = visitor.post(f"/campaigns/runs/{other}/areas/みなみ区/today")
    nowhere = visitor.post(f"/campaigns/runs/{run_id}/areas/ない区/today")

    assert early.status_code == 409
    assert "k-notice" in early.text
    assert nowhere.status_code == 404
