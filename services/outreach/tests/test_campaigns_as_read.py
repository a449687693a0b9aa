"""Campaigns are changed as they were read, once: a page that is out of date or sent twice does nothing more."""

from datetime import date

from kasane_contracts.outreach import HelpAskedFor
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_outreach import queries
from kasane_outreach.domain.contact_attempt import VisitResult
from kasane_outreach.repository.campaigns import AreaSurveys, CampaignRuns
from tests.support.campaigns import (
    GROUND,
    LISTED,
    api,
    begun,
    households,
    press,
    reply,
    targets,
    version_shown,
)


def test_a_reply_that_came_while_another_was_read_is_shown_and_not_marked_as_read(
    ikoma: Workbench, run_id: str, office: Visitor, sent: dict[str, str]
) -> None:
    reply(ikoma, sent["見本 一郎"], trouble="とくになし", want="none")
    path = f"/campaigns/runs/{run_id}/replies/{targets(ikoma, run_id)[0].id}"
    version = version_shown(office.get(path).text)
    reply(ikoma, sent["見本 一郎"], trouble="助けてください", want="visit")

    refused = office.post(path, {"need": "none", "version": version})
    unread = targets(ikoma, run_id)[0].need
    again = version_shown(refused.text)
    done = office.post(path, {"need": "high", "to_intake": "true", "version": again})

    assert refused.status_code == 412
    assert "助けてください" in refused.text
    assert "いまの内容を読んでから、もう一度押してください。" in refused.text
    assert (unread, done.status_code) == (None, 303)
    assert [one.story for one in ikoma.said(HelpAskedFor)] == ["助けてください"]


def test_what_a_colleague_decided_on_a_reply_is_shown_before_it_is_changed(
    ikoma: Workbench, run_id: str, office: Visitor, head: Visitor, sent: dict[str, str]
) -> None:
    reply(ikoma, sent["見本 一郎"], trouble="仕事がない")
    path = f"/campaigns/runs/{run_id}/replies/{targets(ikoma, run_id)[0].id}"
    version = version_shown(office.get(path).text)
    press(head, path, need="high")

    refused = office.post(path, {"need": "none", "version": version})

    assert refused.status_code == 412
    assert "<strong>高い（訪問する）</strong>" in refused.text
    assert targets(ikoma, run_id)[0].triaged_by == "head-1"


def test_a_program_says_which_reply_it_read(
    ikoma: Workbench, run_id: str, office: Visitor, sent: dict[str, str]
) -> None:
    reply(ikoma, sent["見本 一郎"], trouble="とくになし")
    path = f"/{run_id}/replies/{targets(ikoma, run_id)[0].id}"
    read = api(office, "GET", path).headers["ETag"]
    reply(ikoma, sent["見本 一郎"], trouble="助けてください")
    now = api(office, "GET", path).headers["ETag"]

    answers = [
        api(office, "POST", f"{path}/triage", {"need": "some"}, **header)
        for header in ({}, {"If_Match": read}, {"If_Match": now})
    ]

    assert [one.status_code for one in answers] == [428, 412, 200]
    assert answers[2].json["target"]["need"] == "some"


def test_a_list_and_a_ground_that_changed_after_they_were_read_are_not_approved(
    ikoma: Workbench, run_id: str, office: Visitor, head: Visitor
) -> None:
    page = f"/campaigns/runs/{run_id}"
    refused = []
    for act, typed in (
        ("list", {"lines": "見本 四郎,,生駒市元町9番9号"}),
        ("ground", {**GROUND, "source": "別の名簿"}),
    ):
        version = version_shown(head.get(page).text)
        assert office.post(f"{page}/{act}", typed).status_code == 303
        refused.append(head.post(f"{page}/approve", {"version": version}))
    with ikoma.reading() as connection:
        before = CampaignRuns(connection).get(run_id)

    done = head.post(f"{page}/approve", {"version": version_shown(refused[1].text)})

    assert [one.status_code for one in refused] == [412, 412]
    assert "見本 四郎" in refused[0].text
    assert "別の名簿" in refused[1].text
    assert (before.stage.value, before.approved_by) == ("designed", "")
    assert done.status_code == 303


def test_a_program_approves_and_sends_what_it_read(
    ikoma: Workbench, run_id: str, office: Visitor, head: Visitor
) -> None:
    read = api(head, "GET", f"/{run_id}").headers["ETag"]
    person = {"name": "見本 四郎", "address": "生駒市元町9番9号"}
    joined = [
        api(office, "POST", f"/{run_id}/people", {"people": [person]}, Idempotency_Key="list-2")
        for _ in range(2)
    ]
    now = joined[1].headers["ETag"]

    approved = [
        api(head, "POST", f"/{run_id}/approve", **header).status_code
        for header in ({}, {"If_Match": read}, {"If_Match": now})
    ]
    fixed = api(head, "GET", f"/{run_id}").headers["ETag"]
    waves = [
        api(office, "POST", f"/{run_id}/waves", **header).status_code
        for header in ({}, {"If_Match": fixed}, {"If_Match": fixed})
    ]

    assert [one.status_code for one in joined] == [200, 200]
    assert (approved, waves) == ([428, 412, 200], [428, 200, 412])
    assert [(one.name, one.wave) for one in targets(ikoma, run_id)][2:] == [
        ("見本 三郎", 1),
        ("見本 四郎", 1),
    ]


def test_a_list_that_is_sent_twice_is_added_once(ikoma: Workbench, office: Visitor) -> None:
    run_id = begun(office, "survey")

    sent = [
        office.post(
            f"/campaigns/runs/{run_id}/list", {"lines": LISTED, "submission": "list-1"}
        ).status_code
        for _ in range(2)
    ]

    assert sent == [303, 303]
    assert len(targets(ikoma, run_id)) == 3


def test_a_list_that_comes_after_the_approval_is_shown_again_and_not_added(
    ikoma: Workbench, run_id: str, office: Visitor, sent: dict[str, str]
) -> None:
    page = f"/campaigns/runs/{run_id}"

    late = office.post(f"{page}/list", {"lines": "見本 四郎,,生駒市元町9番9号"})
    ground = office.post(f"{page}/ground", {**GROUND, "source": "別の名簿"})

    assert [late.status_code, ground.status_code] == [409, 409]
    assert "見本 四郎,,生駒市元町9番9号</textarea>" in late.text
    assert 'value="別の名簿"' in ground.text
    assert len(targets(ikoma, run_id)) == 3


def test_a_wave_that_is_sent_twice_goes_out_once(
    ikoma: Workbench, run_id: str, office: Visitor, head: Visitor
) -> None:
    page = f"/campaigns/runs/{run_id}"
    press(head, page, "/approve")
    version = version_shown(office.get(page).text)

    first, second = (office.post(f"{page}/waves", {"version": version}) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 412)
    assert "2回目の郵送を出す" in second.text
    with ikoma.reading() as connection:
        assert CampaignRuns(connection).get(run_id).waves == 1
    assert [one.wave for one in targets(ikoma, run_id)] == [1, 1, 1]


def test_a_visit_of_the_survey_that_is_sent_twice_counts_once(
    hokuei: Workbench, visiting: tuple[Visitor, str]
) -> None:
    visitor, run_id = visiting
    path = f"/campaigns/runs/{run_id}/households/{households(hokuei, run_id)['1番1'].id}"
    typed = {"result": "worrying", "words": "倒れそう", "submission": "visit-1", "version": "1"}

    sent = [visitor.post(path, typed).status_code for _ in range(2)]

    assert sent == [303, 303]
    assert households(hokuei, run_id)["1番1"].visits == 1
    with hokuei.reading() as connection:
        (month,) = queries.agency_months(connection, run_id, date(2026, 11, 1))
    assert month.visits == 1


def test_what_a_colleague_found_at_a_house_is_shown_before_another_visit_is_recorded(
    hokuei: Workbench, visiting: tuple[Visitor, str]
) -> None:
    visitor, run_id = visiting
    path = f"/campaigns/runs/{run_id}/households/{households(hokuei, run_id)['1番1'].id}"
    version = version_shown(visitor.get(path).text)
    press(visitor, path, result="worrying", words="新聞がたまっている")

    refused = visitor.post(path, {"result": "absent", "words": "留守でした", "version": version})
    after = households(hokuei, run_id)["1番1"]
    again = visitor.post(path, {"result": "met", "version": version_shown(refused.text)})

    assert refused.status_code == 412
    assert "新聞がたまっている" in refused.text
    assert "留守でした</textarea>" in refused.text
    assert (after.result, after.visits) == (VisitResult.WORRYING, 1)
    assert again.status_code == 303


def test_a_program_records_a_visit_of_the_survey_once_and_as_it_read_the_household(
    hokuei: Workbench, visiting: tuple[Visitor, str]
) -> None:
    visitor, run_id = visiting
    one = api(visitor, "GET", f"/{run_id}/areas/みなみ区").json["items"][0]
    path, read = f"/{run_id}/households/{one['id']}/visits", f'"{one["version"]}"'

    answers = [
        api(visitor, "POST", path, {"result": result}, **headers)
        for result, headers in (
            ("worrying", {}),
            ("worrying", {"If_Match": read, "Idempotency_Key": "visit-1"}),
            ("worrying", {"If_Match": read, "Idempotency_Key": "visit-1"}),
            ("absent", {"If_Match": read}),
        )
    ]

    assert [answer.status_code for answer in answers] == [428, 201, 201, 412]
    assert (answers[1].json["visits"], answers[1].headers["ETag"]) == (1, '"2"')
    assert households(hokuei, run_id)[one["label"]].result is VisitResult.WORRYING


def test_what_a_leader_said_is_kept_once_and_shown_again_where_the_run_is_over(
    hokuei: Workbench, visiting: tuple[Visitor, str]
) -> None:
    visitor, run_id = visiting
    heard = {
        "heard_from": "自治会長",
        "legal_ground": GROUND["legal_ground"],
        "words": "最近見かけない",
        "submission": "hearing-1",
    }
    path = f"/campaigns/runs/{run_id}/areas/みなみ区"
    sent = [visitor.post(path, heard).status_code for _ in range(2)]
    office = hokuei.visit_as(hokuei.staff("coordinator", account_id="coordinator-1"))
    office.post(f"/campaigns/runs/{run_id}/close", {"close_reason": "年度の終わり"})

    late = visitor.post(path, {**heard, "words": "夜に声がする", "submission": "hearing-2"})

    assert (sent, late.status_code) == ([303, 303], 409)
    assert "この取組は終わっています。" in late.text
    assert "夜に声がする</textarea>" in late.text
    with hokuei.reading() as connection:
        assert len(AreaSurveys(connection).hearings(run_id)) == 1


def test_a_program_keeps_what_a_leader_said_once(
    hokuei: Workbench, visiting: tuple[Visitor, str]
) -> None:
    visitor, run_id = visiting
    heard = {"heard_from": "会長", "legal_ground": GROUND["legal_ground"], "words": "心配"}

    for _ in range(2):
        path = f"/{run_id}/areas/みなみ区/hearings"
        assert api(visitor, "POST", path, heard, Idempotency_Key="hearing").status_code == 201

    with hokuei.reading() as connection:
        assert len(AreaSurveys(connection).hearings(run_id)) == 1
