"""Campaigns carried out: the postal survey of 生駒市 and the visits to every household of 北栄町."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from kasane_contracts.outreach import HelpAskedFor
from kasane_kit.audit.tables import audit_entry
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench
from kasane_outreach import queries, tables
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.handlers.list_retention import delete_due_lists
from kasane_outreach.repository import HouseholdsToReach
from kasane_outreach.repository.campaigns import AreaSurveys, CampaignRuns
from tests.support.campaigns import (
    GROUND,
    LISTED,
    api,
    begun,
    households,
    press,
    reply,
    surveying,
    targets,
)


def test_what_the_document_only_plans_is_not_begun(make_workbench: BenchMaker) -> None:
    bench = surveying(make_workbench, {})
    visitor = bench.visit_as(bench.staff("coordinator"))

    answer = visitor.post("/campaigns/runs", {"campaign": "survey", "year": "2026"})

    assert answer.status_code == 409
    assert "まだ予定です" in answer.text
    with bench.reading() as connection:
        assert CampaignRuns(connection).all() == ()


@pytest.mark.parametrize("year", [3_000_000_000, 0, -2026])
def test_a_program_begins_no_campaign_of_a_year_that_is_none(
    ikoma: Workbench, office: Visitor, year: int
) -> None:
    answer = api(office, "POST", "", {"campaign": "survey", "year": year})

    assert answer.status_code == 422
    assert "year" in answer.json["errors"]
    with ikoma.reading() as connection:
        assert CampaignRuns(connection).all() == ()


def test_no_list_is_fixed_before_receivers_ground_and_a_second_person(
    ikoma: Workbench, office: Visitor, head: Visitor
) -> None:
    run_id = begun(office, "survey")
    office.post(f"/campaigns/runs/{run_id}/list", {"lines": LISTED})

    no_receivers = head.post(f"/campaigns/runs/{run_id}/approve")
    for one in ("就労支援の受け皿が用意されている", "訪問相談の受け皿が用意されている"):
        office.post(f"/campaigns/runs/{run_id}/receivers", {"precondition": one})
    no_ground = head.post(f"/campaigns/runs/{run_id}/approve")
    office.post(f"/campaigns/runs/{run_id}/ground", GROUND)
    myself = office.post(f"/campaigns/runs/{run_id}/approve")
    no_wave = office.post(f"/campaigns/runs/{run_id}/waves")

    assert "就労支援の受け皿が用意されている、訪問相談" in no_receivers.text
    assert [one.status_code for one in (no_receivers, no_ground, myself, no_wave)] == [
        409,
        422,
        409,
        409,
    ]
    with ikoma.reading() as connection:
        run = CampaignRuns(connection).get(run_id)
    assert (run.stage.value, run.waves, run.approved_by) == ("designed", 0, "")


def test_a_fixed_list_takes_nobody_more(
    ikoma: Workbench, run_id: str, office: Visitor, sent: dict[str, str]
) -> None:
    answer = office.post(f"/campaigns/runs/{run_id}/list", {"lines": "見本 四郎,,生駒市"})

    assert answer.status_code == 409
    assert len(targets(ikoma, run_id)) == 3


@pytest.mark.parametrize("lines", ["一つだけ", "名前,ふりがな", "a,b,c,d"], ids=["1", "2", "4"])
def test_a_line_that_cannot_be_read_adds_nothing(
    ikoma: Workbench, office: Visitor, lines: str
) -> None:
    run_id = begun(office, "survey")

    answer = office.post(f"/campaigns/runs/{run_id}/list", {"lines": f"見本 一郎,,生駒市\n{lines}"})

    assert answer.status_code == 422
    assert "2行目" in answer.text
    assert targets(ikoma, run_id) == []


def test_a_reply_comes_by_its_code_however_it_is_typed_and_lies_sealed(
    ikoma: Workbench, run_id: str, office: Visitor, sent: dict[str, str]
) -> None:
    code = sent["見本 一郎"].lower().replace("-", " ")

    status = reply(ikoma, code, trouble="夜に眠れない", want="visit", contact="080-0000-0000")

    assert status == 200
    first = targets(ikoma, run_id)[0]
    with ikoma.reading() as connection:
        row = connection.execute(select(tables.survey_target)).first()
    assert row is not None
    assert "眠れない".encode() not in row.sealed
    page = office.get(f"/campaigns/runs/{run_id}/replies/{first.id}").text
    assert "夜に眠れない" in page
    assert "訪問してほしい" in page


@pytest.mark.parametrize("stroke", ["－", "ー", "ｰ", "−", "‐", "　"])
def test_a_code_typed_with_a_japanese_keyboard_is_taken(
    ikoma: Workbench, run_id: str, sent: dict[str, str], stroke: str
) -> None:
    wide = "".join(
        stroke if letter == "-" else chr(ord(letter) + 0xFEE0) for letter in sent["見本 一郎"]
    )

    assert reply(ikoma, wide.lower(), trouble="夜に眠れない") == 200

    assert [one.replied_at is not None for one in targets(ikoma, run_id)] == [True, False, False]


def test_a_wrong_code_keeps_nothing_and_too_many_are_refused(
    ikoma: Workbench, run_id: str, sent: dict[str, str]
) -> None:
    tried = [reply(ikoma, f"WRONGCODE{number:03}", trouble="x") for number in range(20)]

    after = reply(ikoma, sent["見本 一郎"], trouble="本物の番号")

    assert set(tried) == {404}
    assert after == 429
    assert [one.replied_at for one in targets(ikoma, run_id)] == [None, None, None]


def test_high_need_and_no_reply_are_visited_once_and_no_reply_says_nothing(
    ikoma: Workbench, run_id: str, office: Visitor, sent: dict[str, str]
) -> None:
    reply(ikoma, sent["見本 一郎"], trouble="仕事がない", want="visit")
    reply(ikoma, sent["見本 二郎"], trouble="", no_letters="true")
    first, second, third = targets(ikoma, run_id)
    press(office, f"/campaigns/runs/{run_id}/replies/{first.id}", need="high")
    press(office, f"/campaigns/runs/{run_id}/replies/{second.id}", need="none")

    asked = office.post(f"/campaigns/runs/{run_id}/visits").status_code
    again = office.post(f"/campaigns/runs/{run_id}/visits").status_code

    assert (asked, again) == (303, 409)
    first, second, third = targets(ikoma, run_id)
    assert [bool(one.request_id) for one in (first, second, third)] == [True, False, True]
    with ikoma.reading() as connection:
        found = HouseholdsToReach(connection).those([third.request_id])[0]
    assert (found.name, found.case_id, found.status.value) == ("見本 三郎", "", "waiting")
    assert third.need is None
    assert not third.no_letters


def test_the_next_wave_leaves_out_who_replied_or_wants_no_letters(
    ikoma: Workbench, run_id: str, office: Visitor, sent: dict[str, str]
) -> None:
    reply(ikoma, sent["見本 一郎"], trouble="話したい")
    reply(ikoma, sent["見本 二郎"], no_letters="true")

    press(office, f"/campaigns/runs/{run_id}", "/waves")

    assert [one.wave for one in targets(ikoma, run_id)] == [1, 1, 2]


def test_a_reply_that_was_read_is_not_overwritten(
    ikoma: Workbench, run_id: str, office: Visitor, sent: dict[str, str]
) -> None:
    reply(ikoma, sent["見本 一郎"], trouble="初め")
    first = targets(ikoma, run_id)[0]
    press(office, f"/campaigns/runs/{run_id}/replies/{first.id}", need="some")

    status = reply(ikoma, sent["見本 一郎"], trouble="別の人が書いた")

    assert status == 409
    assert "初め" in office.get(f"/campaigns/runs/{run_id}/replies/{first.id}").text


# 北栄町


def test_leaders_are_heard_apart_from_the_households_own_words(
    hokuei: Workbench, visiting: tuple[Visitor, str]
) -> None:
    visitor, run_id = visiting
    heard = {
        "heard_from": "自治会長",
        "legal_ground": GROUND["legal_ground"],
        "words": "1番1の方は最近見かけない",
    }
    assert visitor.post(f"/campaigns/runs/{run_id}/areas/みなみ区", heard).status_code == 303
    one = households(hokuei, run_id)["1番1"]
    path = f"/campaigns/runs/{run_id}/households/{one.id}"
    press(visitor, path, result="met", words="足が痛いが元気にしている")

    area = visitor.get(f"/campaigns/runs/{run_id}/areas/みなみ区").text
    household = visitor.get(path).text

    assert "最近見かけない" in area
    assert "足が痛い" not in area
    assert "足が痛い" in household
    assert "最近見かけない" not in household
    with hokuei.reading() as connection:
        (row,) = connection.execute(select(tables.leader_hearing)).all()
    assert "最近".encode() not in row.sealed


def test_progress_counts_households_once_and_visits_every_time(
    hokuei: Workbench, visiting: tuple[Visitor, str]
) -> None:
    visitor, run_id = visiting
    found = households(hokuei, run_id)
    for label, results in {"1番1": ("absent", "refused"), "1番2": ("absent",)}.items():
        for result in results:
            press(visitor, f"/campaigns/runs/{run_id}/households/{found[label].id}", result=result)
    office = hokuei.visit_as(hokuei.staff("coordinator", account_id="coordinator-1"))

    with hokuei.reading() as connection:
        north, south = sorted(queries.area_progress(connection, run_id), key=lambda a: a.area)
        (month,) = queries.agency_months(connection, run_id, date(2026, 11, 1))
    page = office.get(f"/campaigns/runs/{run_id}/months?month=2026-11").text

    assert (south.area, south.households, south.left, south.refused, south.visits) == (
        "みなみ区",
        2,
        1,
        1,
        3,
    )
    assert (north.area, north.left, north.visits) == ("きた区", 1, 0)
    assert (month.agency, month.households, month.visits) == ("仁厚会", 2, 3)
    assert month.by_result == {"met": 0, "absent": 2, "refused": 1, "moved": 0, "worrying": 0}
    assert "1番1" not in page


def test_a_worrying_household_is_put_on_the_list_once_and_a_refusal_is_not_of_help(
    hokuei: Workbench, visiting: tuple[Visitor, str]
) -> None:
    visitor, run_id = visiting
    found = households(hokuei, run_id)
    for label, result in (("1番1", "worrying"), ("1番1", "worrying"), ("1番2", "refused")):
        path = f"/campaigns/runs/{run_id}/households/{found[label].id}"
        assert press(visitor, path, result=result).status_code == 303

    after = households(hokuei, run_id)

    assert bool(after["1番1"].request_id)
    assert after["1番2"].request_id == ""
    with hokuei.reading() as connection:
        rows = connection.execute(select(tables.household_to_reach)).all()
    assert [(row.id, row.status) for row in rows] == [(after["1番1"].request_id, "waiting")]
    page = visitor.get(f"/campaigns/runs/{run_id}/households/{after['1番2'].id}").text
    assert "調査を断っても、支援を断ったことにはなりません" in page


def test_nobody_is_visited_before_the_list_is_approved(hokuei: Workbench) -> None:
    office = hokuei.visit_as(hokuei.staff("coordinator", account_id="coordinator-1"))
    run_id = begun(office, "household_survey")
    office.post(f"/campaigns/runs/{run_id}/list", {"lines": "みなみ区,仁厚会,1番1"})
    one = households(hokuei, run_id)["1番1"]

    answer = office.post(f"/campaigns/runs/{run_id}/households/{one.id}", {"result": "met"})

    assert answer.status_code == 409
    assert households(hokuei, run_id)["1番1"].visits == 0


def test_a_worker_who_only_visits_sees_no_postal_list(
    ikoma: Workbench, run_id: str, sent: dict[str, str]
) -> None:
    worker = ikoma.visit_as(ikoma.staff("outreach_worker", account_id="worker-1"))

    answers = [
        worker.get(f"/campaigns/runs/{run_id}").status_code,
        worker.get(f"/campaigns/runs/{run_id}/letters").status_code,
        worker.post(f"/campaigns/runs/{run_id}/waves").status_code,
    ]

    assert answers == [403, 403, 403]


# The end of a run, its list, and replies that want help


def run_job(bench: Workbench) -> None:
    with municipality_scope(TOWN):
        delete_due_lists(bench.house, TOWN)


def test_a_reply_that_wants_help_becomes_one_consultation_and_no_reply_becomes_none(
    ikoma: Workbench, run_id: str, office: Visitor, sent: dict[str, str]
) -> None:
    reply(ikoma, sent["見本 一郎"], trouble="仕事がない", want="call", contact="080-0000-0000")
    first, second, _third = targets(ikoma, run_id)
    path = f"/campaigns/runs/{run_id}/replies/{first.id}"
    form = office.get(path).text
    for _ in range(2):
        done = press(office, path, need="some", to_intake="true")
        assert done.status_code == 303, done.text
    nothing = press(
        office, f"/campaigns/runs/{run_id}/replies/{second.id}", need="some", to_intake="true"
    )

    assert re.search(r'name="to_intake"[^>]*checked', form)
    (asked,) = ikoma.said(HelpAskedFor)
    assert (asked.campaign, asked.need, asked.want) == ("survey", "some", "call")
    assert (asked.name, asked.story, asked.contact) == (
        "見本 一郎",
        "仕事がない",
        "080-0000-0000",
    )
    assert nothing.status_code == 404
    first, second, third = targets(ikoma, run_id)
    assert first.consultation_id == asked.consultation_id
    assert (second.need, third.need, second.consultation_id) == (None, None, "")
    assert "相談受付に渡しました" in office.get(path).text


def test_a_reply_that_needs_nothing_stays_with_the_survey(
    ikoma: Workbench, run_id: str, office: Visitor, sent: dict[str, str]
) -> None:
    reply(ikoma, sent["見本 一郎"], trouble="元気です", want="none")
    first = targets(ikoma, run_id)[0]

    press(office, f"/campaigns/runs/{run_id}/replies/{first.id}", need="none", to_intake="true")

    assert ikoma.said(HelpAskedFor) == []


def test_a_wave_leaves_out_who_is_linked_already(
    ikoma: Workbench, run_id: str, office: Visitor, sent: dict[str, str]
) -> None:
    office.post(f"/campaigns/runs/{run_id}/visits")
    first = targets(ikoma, run_id)[0]
    with ikoma.unit(ikoma.staff("coordinator", account_id="coordinator-1")) as uow:
        households = HouseholdsToReach(uow.connection)
        met = households.get(first.request_id)
        met.visited(VisitResult.MET, others_due=False)
        households.save(met)
        uow.record("outreach.visit.recorded", "visit", "x")
        uow.commit()

    press(office, f"/campaigns/runs/{run_id}", "/waves")

    assert [one.wave for one in targets(ikoma, run_id)] == [1, 2, 2]


def test_who_wanted_no_letters_gets_none_in_the_next_years_run_either(
    ikoma: Workbench, run_id: str, office: Visitor, head: Visitor, sent: dict[str, str]
) -> None:
    reply(ikoma, sent["見本 二郎"], no_letters="true")

    next_id = begun(office, "survey")
    office.post(f"/campaigns/runs/{next_id}/list", {"lines": LISTED})

    assert [one.no_letters for one in targets(ikoma, next_id)] == [False, True, False]
    with ikoma.reading() as connection:
        (row,) = connection.execute(select(tables.letter_refusal)).all()
    assert "見本" not in row.digest
    # Who changes their mind is written to again.
    reply(ikoma, sent["見本 二郎"], trouble="やはり届けてほしい")
    with ikoma.reading() as connection:
        assert connection.execute(select(tables.letter_refusal)).all() == []


def test_after_its_end_nobody_is_written_to_visited_or_heard_any_more(
    ikoma: Workbench, run_id: str, office: Visitor, sent: dict[str, str]
) -> None:
    no_reason = office.post(f"/campaigns/runs/{run_id}/close", {"close_reason": ""})
    closed = office.post(f"/campaigns/runs/{run_id}/close", {"close_reason": "年度の終わり"})

    refused = [
        office.post(f"/campaigns/runs/{run_id}/{step}")
        for step in ("waves", "visits", "close", "approve")
    ]
    assert (no_reason.status_code, closed.status_code) == (422, 303)
    assert [one.status_code for one in refused] == [409, 409, 422, 409]
    assert "この取組は終わっています" in refused[0].text
    assert reply(ikoma, sent["見本 一郎"], trouble="遅れた返事") == 404
    page = office.get(f"/campaigns/runs/{run_id}").text
    assert "年度の終わり" in page
    assert "回目の郵送を出す" not in page


def test_the_list_goes_when_its_term_is_over_and_the_numbers_stay(
    ikoma: Workbench,
    run_id: str,
    office: Visitor,
    sent: dict[str, str],
    clock_at: Callable[..., None],
) -> None:
    reply(ikoma, sent["見本 一郎"], trouble="仕事がない", want="visit")
    first = targets(ikoma, run_id)[0]
    press(office, f"/campaigns/runs/{run_id}/replies/{first.id}", need="high", to_intake="true")
    office.post(f"/campaigns/runs/{run_id}/visits")
    run_job(ikoma)
    assert len(targets(ikoma, run_id)) == 3

    clock_at(datetime(2028, 3, 31, 15, 0, tzinfo=UTC))  # the first minute of the day after
    run_job(ikoma)
    run_job(ikoma)

    assert targets(ikoma, run_id) == []
    with ikoma.reading() as connection:
        run = CampaignRuns(connection).get(run_id)
        counts = queries.postal_counts(connection, run_id)
        left = connection.execute(select(tables.household_to_reach)).all()
    assert (run.stage.value, run.deleted_on, run.close_reason) == (
        "closed",
        date(2028, 4, 1),
        "名簿の保存期限が過ぎたため",
    )
    assert (counts.listed, counts.written, counts.replied, counts.high) == (3, 3, 1, 1)
    assert (counts.to_visit, counts.consultations, counts.unread) == (3, 1, 0)
    assert {(row.name, row.address, row.status) for row in left} == {("", "", "closed")}
    later = ikoma.visit_as(ikoma.staff("coordinator", account_id="coordinator-1"))
    page = later.get(f"/campaigns/runs/{run_id}").text
    assert "件数だけが残っています" in page
    assert "見本" not in page
    with ikoma.reading() as connection:
        deleted = connection.scalars(
            select(audit_entry.c.object_id).where(
                audit_entry.c.action == "outreach.campaign.list_deleted"
            )
        ).all()
    assert deleted == [run_id]


def test_who_was_visited_stays_on_the_list_of_those_to_reach_when_the_survey_list_goes(
    ikoma: Workbench,
    run_id: str,
    office: Visitor,
    sent: dict[str, str],
    clock_at: Callable[..., None],
) -> None:
    office.post(f"/campaigns/runs/{run_id}/visits")
    first = targets(ikoma, run_id)[0]
    form = {"on": "2026-11-24", "starts_at": "10:00", "minutes": "45", "submission": "s"}
    scheduled = office.post(
        f"/households/{first.request_id}/visits/new", {**form, "worker": "coordinator-1"}
    )
    assert scheduled.status_code == 303, scheduled.text

    clock_at(datetime(2028, 4, 1, 1, 0, tzinfo=UTC))
    run_job(ikoma)

    with ikoma.reading() as connection:
        kept = HouseholdsToReach(connection).get(first.request_id)
    assert (kept.name, kept.address) == ("見本 一郎", "生駒市東新町8番38号")


def test_who_is_watched_stays_on_the_list_of_those_to_reach_when_the_survey_list_goes(
    ikoma: Workbench,
    run_id: str,
    office: Visitor,
    sent: dict[str, str],
    clock_at: Callable[..., None],
) -> None:
    ikoma.staff("outreach_worker", account_id="worker-1", name="訪問 一子")
    office.post(f"/campaigns/runs/{run_id}/visits")
    first, second, _third = targets(ikoma, run_id)
    watch = {"watcher": "worker-1", "every_days": "7", "what": "新聞", "basis": "支援会議の決定"}
    ended = office.post(f"/households/{second.request_id}/watches/new", watch).location
    office.post(f"{ended.split(TOWN, 1)[1]}/end", {"reason": "入院"})
    made = office.post(f"/households/{first.request_id}/watches/new", watch)

    clock_at(datetime(2028, 4, 1, 1, 0, tzinfo=UTC))
    run_job(ikoma)

    later = ikoma.visit_as(ikoma.staff("outreach_worker", account_id="worker-1"))
    assert made.status_code == 303, made.text
    assert "見本 一郎" in later.get("/watches").text
    with ikoma.reading() as connection:
        kept = HouseholdsToReach(connection).those([first.request_id, second.request_id])
    assert {one.name for one in kept} == {"見本 一郎", ""}


def test_areas_and_months_are_read_from_what_was_kept(
    hokuei: Workbench, visiting: tuple[Visitor, str], clock_at: Callable[..., None]
) -> None:
    visitor, run_id = visiting
    found = households(hokuei, run_id)
    press(visitor, f"/campaigns/runs/{run_id}/households/{found['1番1'].id}", result="met")
    heard = {"heard_from": "自治会長", "legal_ground": GROUND["legal_ground"], "words": "元気"}
    visitor.post(f"/campaigns/runs/{run_id}/areas/みなみ区", heard)
    with hokuei.reading() as connection:
        before = list(queries.area_progress(connection, run_id))
        month = list(queries.agency_months(connection, run_id, date(2026, 11, 1)))

    clock_at(datetime(2028, 4, 1, 1, 0, tzinfo=UTC))
    run_job(hokuei)

    office = hokuei.visit_as(hokuei.staff("coordinator", account_id="coordinator-1"))
    with hokuei.reading() as connection:
        assert list(queries.area_progress(connection, run_id)) == before
        assert list(queries.agency_months(connection, run_id, date(2026, 11, 1))) == month
        assert AreaSurveys(connection).hearings(run_id) == ()
    assert [one.heard for one in before] == [False, True]
    gone = office.get(f"/campaigns/runs/{run_id}/areas/みなみ区")
    assert gone.status_code == 410
    assert "保存の期限が過ぎたため消しました" in gone.text


def test_the_api_carries_a_run_from_its_list_to_its_end(
    ikoma: Workbench, office: Visitor, head: Visitor
) -> None:
    begun_run = api(office, "POST", "", {"campaign": "survey", "year": 2026})
    assert begun_run.status_code == 201, begun_run.text
    run_id = begun_run.json["run"]["id"]

    def etag() -> str:
        return str(api(office, "GET", f"/{run_id}").headers["ETag"])

    for one in begun_run.json["run"]["preconditions"]:
        api(office, "POST", f"/{run_id}/receivers", {"precondition": one})
    people = [{"name": "見本 一郎", "address": "生駒市東新町8番38号"}]
    wrong = api(office, "POST", f"/{run_id}/people", {"people": [{"name": "見本"}]})
    assert api(office, "POST", f"/{run_id}/people", {"people": people}).status_code == 200
    assert api(office, "PUT", f"/{run_id}/ground", GROUND).status_code == 200
    own = api(office, "POST", f"/{run_id}/approve", If_Match=etag())
    assert api(head, "POST", f"/{run_id}/approve", If_Match=etag()).status_code == 200
    assert api(office, "POST", f"/{run_id}/waves", If_Match=etag()).json["counts"]["written"] == 1
    (listed,) = api(office, "GET", f"/{run_id}/people").json["items"]
    unread = api(
        office, "POST", f"/{run_id}/replies/{listed['id']}/triage", {"need": "high"}, If_Match='"2"'
    )
    assert api(office, "POST", f"/{run_id}/visits").json["counts"]["to_visit"] == 1
    closed = api(office, "POST", f"/{run_id}/close", {"reason": "終わり"})

    assert [one.status_code for one in (wrong, own, unread, closed)] == [422, 409, 404, 200]
    assert closed.json["run"]["stage"] == "closed"
    assert [one["id"] for one in api(office, "GET", "").json["items"]] == [run_id]
    worker = ikoma.visit_as(ikoma.staff("outreach_worker", account_id="worker-1"))
    assert api(worker, "GET", f"/{run_id}/people").status_code == 403


def test_the_api_takes_visits_and_hearings_apart_and_counts_the_month(
    hokuei: Workbench, visiting: tuple[Visitor, str]
) -> None:
    visitor, run_id = visiting
    listed = api(visitor, "GET", f"/{run_id}/areas/みなみ区").json["items"]
    one = next(each for each in listed if each["label"] == "1番1")
    heard = {"heard_from": "自治会長", "legal_ground": GROUND["legal_ground"], "words": "心配"}

    visited = api(
        visitor,
        "POST",
        f"/{run_id}/households/{one['id']}/visits",
        {"result": "refused", "words": "いらない"},
        If_Match=f'"{one["version"]}"',
    )
    hearing = api(visitor, "POST", f"/{run_id}/areas/みなみ区/hearings", heard)
    other_run = api(visitor, "POST", f"/nobody/households/{one['id']}/visits", {"result": "met"})
    office = hokuei.visit_as(hokuei.staff("coordinator", account_id="coordinator-1"))
    month = api(office, "GET", f"/{run_id}/months?month=2026-11-03").json

    assert (visited.status_code, hearing.status_code, other_run.status_code) == (201, 201, 404)
    assert (visited.json["result"], visited.json["visits"]) == ("refused", 1)
    assert "心配" not in hearing.text
    assert month["month"] == "2026-11-01"
    assert month["items"][0]["by_result"]["refused"] == 1
