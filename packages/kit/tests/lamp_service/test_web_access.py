"""Checks the doors of a service: who comes in, from where, and what is left behind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Blueprint
from sqlalchemy import text

from kasane_contracts.audit import AuditEntryRecorded
from kasane_kit.auth import AccountFacts, accounts, require
from kasane_kit.service import Service
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Workbench
from kasane_kit.web import UndeclaredRoute, create_service_app

Rows = Callable[[Workbench], list[tuple[str, int]]]
MakeService = Callable[..., Service]

LAMP = {"name": "灯", "watts": "40"}
START = datetime(2026, 11, 2, 0, tzinfo=UTC)


def _undeclared() -> Blueprint:
    blueprint = Blueprint("forgotten", __name__)

    @blueprint.get("/forgotten")
    def forgotten() -> str:
        return "open to all"

    @blueprint.post("/misspelt")
    @require("lamps.lamp.ligth")
    def misspelt() -> str:
        return "nobody"

    return blueprint


def test_a_service_with_an_undeclared_route_does_not_start(
    lamps: Workbench, lamp_service: MakeService
) -> None:
    with pytest.raises(UndeclaredRoute) as caught:
        create_service_app(lamp_service(pages=(_undeclared(),)), lamps.house)

    assert str(caught.value) == (
        "lamps was not started: "
        "/<municipality:municipality>/forgotten declares no permission; "
        "/<municipality:municipality>/misspelt needs lamps.lamp.ligth, "
        "which the service does not declare"
    )


def test_a_route_outside_all_towns_must_declare_itself_too(
    lamps: Workbench, lamp_service: MakeService
) -> None:
    with pytest.raises(UndeclaredRoute, match=r"^lamps was not started: /forgotten declares"):
        create_service_app(lamp_service(front=(_undeclared(),)), lamps.house)


def test_a_service_that_does_not_say_how_grave_its_data_is_does_not_start(
    lamps: Workbench, lamp_service: MakeService
) -> None:
    with pytest.raises(UndeclaredRoute) as caught:
        create_service_app(lamp_service(data={}), lamps.house)

    assert "lamps.lamp.read is about lamp, which has no grade of data" in str(caught.value)


def test_every_route_of_the_kit_itself_is_declared(lamps: Workbench) -> None:
    public = sorted(
        rule.rule for rule in lamps.app.url_map.iter_rules() if rule.rule.startswith("/-/")
    )

    assert public == [
        "/-/health",
        "/-/kit/<path:name>",
        "/-/metrics",
        "/-/openapi",
        "/-/openapi.json",
        "/-/ready",
        "/-/static/<path:name>",
    ]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/lamps", 302),
        ("HEAD", "/lamps", 302),
        ("POST", "/lamps", 401),
        ("GET", "/api/v1/lamps", 401),
        ("POST", "/api/v1/lamps", 401),
        ("PUT", "/api/v1/lamps/x", 401),
    ],
)
def test_without_an_account_nothing_is_open(
    lamps: Workbench, lamp_rows: Rows, method: str, path: str, status: int
) -> None:
    answer = lamps.app.test_client().open(f"/{TOWN}{path}", method=method, data=LAMP)

    assert answer.status_code == status
    assert lamp_rows(lamps) == []
    assert lamps.said() == []


def test_a_person_is_led_to_sign_in_and_back(lamps: Workbench) -> None:
    answer = lamps.app.test_client().get(f"/{TOWN}/lamps?q=1", base_url="http://kasane/lamps")

    assert answer.headers["Location"] == (f"/portal/{TOWN}/sign-in?next=%2Flamps%2F{TOWN}%2Flamps")


def test_who_has_no_function_is_refused_and_the_attempt_is_kept(
    lamps: Workbench, lamp_rows: Rows
) -> None:
    reader = lamps.visit_as(lamps.staff("coordinator"))

    answer = reader.post("/lamps", LAMP)

    assert answer.status_code == 403
    assert "この操作は、あなたの役割では行えません。" in answer.text
    assert lamp_rows(lamps) == []
    assert [(e.action, e.object_id) for e in lamps.said(AuditEntryRecorded)] == [
        ("lamps.lamp.light.refused", "list")
    ]


@pytest.mark.parametrize("path", ["/lamps", "/lamps/x", "/api/v1/lamps", "/town", "/nothing"])
def test_a_neighbour_is_a_stranger_there(lamps: Workbench, path: str) -> None:
    neighbour = lamps.visit_as(lamps.staff("receiver", municipality=OTHER_TOWN))
    stranger = lamps.app.test_client()

    answers = [one.get(f"/{TOWN}{path}") for one in (neighbour.client, stranger)]
    posted = neighbour.post(path, LAMP).status_code

    assert answers[0].status_code == answers[1].status_code
    assert answers[0].headers.get("Location") == answers[1].headers.get("Location")
    assert posted in (302, 401, 404, 405)
    assert lamps.said() == []


@pytest.mark.parametrize("code", ["473821", "000000", "host"])
def test_a_town_that_is_not_here_is_not_found(lamps: Workbench, code: str) -> None:
    answer = lamps.app.test_client().get(f"/{code}/lamps")

    assert answer.status_code == (302 if code == "host" else 404)


def test_a_page_about_a_town_is_not_found_at_the_host(lamps: Workbench) -> None:
    visitor = lamps.visit_as(lamps.staff("receiver", municipality="host"))

    answer = visitor.client.get("/host/town")

    assert answer.status_code == 404
    assert "お探しの画面または記録は見つかりません。" in answer.text


@pytest.mark.parametrize("code", ["29209", "2920955", "abcdef", "２９２０９５", "292095x"])
def test_what_is_no_code_is_no_address(lamps: Workbench, code: str) -> None:
    assert lamps.app.test_client().get(f"/{code}/lamps").status_code == 404


def test_nothing_but_the_address_and_the_session_says_which_town(lamps: Workbench) -> None:
    keeper = lamps.visit_as(lamps.staff("receiver"))

    answer = keeper.get(
        f"/town?municipality={OTHER_TOWN}&town={OTHER_TOWN}",
        headers={
            "X-Municipality": OTHER_TOWN,
            "Municipality": OTHER_TOWN,
            "X-Forwarded-Prefix": f"/{OTHER_TOWN}",
            "X-Forwarded-Host": OTHER_TOWN,
            "X-Original-URL": f"/{OTHER_TOWN}/town",
        },
        data={"municipality": OTHER_TOWN},
    )

    assert answer.text == f"{TOWN} {TOWN}"


@pytest.mark.parametrize(
    "change",
    [{"active": False}, {"revision": 2}, {"account_id": "somebody-else", "revision": 1}],
)
def test_an_account_that_changed_or_left_is_asked_to_sign_in_again(
    lamps: Workbench, change: dict[str, Any]
) -> None:
    keeper = lamps.staff("receiver", account_id="a-1")
    visitor = lamps.visit_as(keeper)
    assert visitor.get("/lamps").status_code == 200
    facts = AccountFacts("a-1", "職員", (), ("receiver",), "", True, 1)
    with municipality_scope(TOWN), lamps.house.databases.writing("lamps") as connection:
        if "account_id" in change:
            connection.execute(text("DELETE FROM account_projection"))
        else:
            accounts.remember(connection, replace(facts, **{"revision": 2, **change}))
        connection.commit()

    assert visitor.get("/lamps").status_code == 302


def test_rights_are_those_the_account_has_now(lamps: Workbench, lamp_rows: Rows) -> None:
    keeper = lamps.staff("receiver", account_id="a-1")
    visitor = lamps.visit_as(keeper)
    with municipality_scope(TOWN), lamps.house.databases.writing("lamps") as connection:
        connection.execute(text("UPDATE account_projection SET functions = '[\"coordinator\"]'"))
        connection.commit()

    answer = visitor.post("/lamps", LAMP)

    assert answer.status_code == 403
    assert lamp_rows(lamps) == []


@pytest.mark.parametrize(("minutes", "statuses"), [(15, (200, 303, 201)), (16, (302, 403, 403))])
def test_what_is_grave_asks_for_the_password_after_a_quarter_of_an_hour(
    lamps: Workbench,
    lamp_service: MakeService,
    lamp_rows: Rows,
    clock_at: Callable[[datetime], None],
    minutes: int,
    statuses: tuple[int, ...],
) -> None:
    grave = tuple(replace(one, step_up=True) for one in lamps.service.permissions)
    lamps.service = lamp_service(permissions=grave)
    clock_at(START)
    visitor = lamps.visit_as(lamps.staff("receiver"))
    clock_at(START + timedelta(minutes=10))
    visitor.get("/lamps")
    clock_at(START + timedelta(minutes=minutes))

    answers = (
        visitor.get("/lamps"),
        visitor.post("/lamps", LAMP),
        visitor.send_json("POST", "/api/v1/lamps", {"name": "灯", "watts": 40}),
    )

    assert tuple(answer.status_code for answer in answers) == statuses
    assert len(lamp_rows(lamps)) == (2 if minutes == 15 else 0)
    if minutes == 16:
        assert answers[0].headers["Location"] == f"/portal/{TOWN}/confirm?next=%2F{TOWN}%2Flamps"
        assert f'href="/portal/{TOWN}/confirm"' in answers[1].text
        assert "パスワードをもう一度" in answers[1].text
        assert ">パスワードを入れ直す</a>" in answers[1].text
        assert ">サインインする</a>" not in answers[1].text
        typed = visitor.post("/lamps", {**LAMP, "kept_at": f"/lamps/{TOWN}/lamps"})
        assert f"/confirm?next=%2Flamps%2F{TOWN}%2Flamps" in typed.text
        assert answers[2].json["type"] == "urn:kasane:problem:password_needed"


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        (f"http://localhost/{TOWN}/lamps", f"?next=%2F{TOWN}%2Flamps"),
        (f"http://localhost/{TOWN}/lamps?q=%E8%A9%A6", f"?next=%2F{TOWN}%2Flamps"),
        (f"http://localhost/{OTHER_TOWN}/lamps", ""),
        (f"http://localhost/{TOWN}/nothing-here", ""),
        (f"http://localhost/{TOWN}/lamps/1/touch", ""),
        (f"http://elsewhere.example/{TOWN}/lamps", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_after_the_password_one_comes_back_to_the_page_one_was_on(
    lamps: Workbench,
    lamp_service: MakeService,
    clock_at: Callable[[datetime], None],
    came_from: str,
    back: str,
) -> None:
    grave = tuple(replace(one, step_up=True) for one in lamps.service.permissions)
    lamps.service = lamp_service(permissions=grave)
    clock_at(START)
    visitor = lamps.visit_as(lamps.staff("receiver"))
    clock_at(START + timedelta(minutes=10))
    visitor.get("/lamps")
    clock_at(START + timedelta(minutes=16))

    refused = visitor.post("/lamps", LAMP, headers={"Referer": came_from})

    assert refused.status_code == 403
    assert f'href="/portal/{TOWN}/confirm{back}"' in refused.text


def test_what_was_sent_and_refused_leads_back_to_the_page_it_was_sent_from(
    lamps: Workbench,
) -> None:
    visitor = lamps.visit_as(lamps.staff("receiver"))
    page = f"/{TOWN}/lamps"

    sent = lamps.visit_as(lamps.staff("coordinator")).post(
        "/lamps", LAMP, headers={"Referer": f"http://localhost{page}"}
    )
    from_nowhere = visitor.post("/nothing-here", LAMP)
    looked = visitor.get("/nothing-here", headers={"Referer": f"http://localhost{page}"})

    assert sent.status_code == 403
    assert f'href="{page}">もとの画面を開き直す</a>' in sent.text
    assert (from_nowhere.status_code, looked.status_code) == (404, 404)
    assert "もとの画面を開き直す" not in from_nowhere.text + looked.text


def test_cookies_are_marked_secure_where_the_house_is_reached_by_https(
    lamps: Workbench, lamp_service: MakeService
) -> None:
    app = create_service_app(lamp_service(), lamps.house, secure_cookies=True)

    answer = app.test_client().get(f"/{TOWN}/door")

    assert "Secure" in answer.headers["Set-Cookie"]
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Strict" in answer.headers["Set-Cookie"]


def test_over_https_the_session_is_in_a_cookie_that_no_neighbouring_host_can_set(
    lamps: Workbench, lamp_service: MakeService
) -> None:
    app = create_service_app(lamp_service(), lamps.house, secure_cookies=True)
    text = lamps.open_session(lamps.staff("receiver").account_id)

    planted, own = app.test_client(), app.test_client()
    planted.set_cookie("kasane_session", text)
    own.set_cookie("__Host-kasane_session", text)
    opened = own.get(f"/{TOWN}/lamps", base_url="https://localhost")

    assert planted.get(f"/{TOWN}/lamps", base_url="https://localhost").status_code == 302
    assert opened.status_code == 200


def test_a_program_brings_its_session_as_a_bearer_and_needs_no_form_token(
    lamps: Workbench, lamp_rows: Rows
) -> None:
    actor = lamps.staff("receiver")
    bearer = f"Bearer {lamps.open_session(actor.account_id)}"
    client = lamps.app.test_client()

    made = client.post(
        f"/{TOWN}/api/v1/lamps",
        json={"name": "灯", "watts": 40},
        headers={"Authorization": bearer},
    )

    assert made.status_code == 201
    assert "Set-Cookie" not in made.headers
    assert lamp_rows(lamps) == [("灯", 40)]


@pytest.mark.parametrize("bearer", ["", "x", "Bearer x", "bearer x"])
def test_a_bearer_that_is_none_opens_nothing_even_beside_a_good_cookie(
    lamps: Workbench, lamp_rows: Rows, bearer: str
) -> None:
    visitor = lamps.visit_as(lamps.staff("receiver"))

    answer = visitor.client.post(
        f"/{TOWN}/api/v1/lamps",
        json={"name": "灯", "watts": 40},
        headers={"Authorization": bearer},
    )

    assert answer.status_code in (401, 403)
    assert lamp_rows(lamps) == []


@pytest.mark.parametrize("token", ["", "x", "あ", "0" * 64, "\x00"])
@pytest.mark.parametrize("place", ["form", "header"])
def test_a_wrong_form_token_changes_nothing(
    lamps: Workbench, lamp_rows: Rows, token: str, place: str
) -> None:
    if place == "header" and not (token.isascii() and token.isprintable()):
        token = "\xe9"
    client = lamps.visit_as(lamps.staff("receiver")).client

    answer = client.post(
        f"/{TOWN}/lamps",
        data={**LAMP, "csrf_token": token} if place == "form" else LAMP,
        headers={"X-CSRF-Token": token} if place == "header" else {},
    )

    assert answer.status_code == 403
    assert "画面を開いてから時間がたった" in answer.text
    assert lamp_rows(lamps) == []
    assert lamps.said() == []


def test_the_token_of_another_session_changes_nothing(lamps: Workbench, lamp_rows: Rows) -> None:
    keeper = lamps.staff("receiver")
    mine, other = lamps.visit_as(keeper), lamps.visit_as(keeper)

    answer = mine.client.post(f"/{TOWN}/lamps", data={**LAMP, "csrf_token": other._token})

    assert answer.status_code == 403
    assert lamp_rows(lamps) == []
    assert mine.post("/lamps", LAMP).status_code == 303


def test_the_token_of_the_page_is_the_one_that_is_taken(lamps: Workbench, lamp_rows: Rows) -> None:
    visitor = lamps.visit_as(lamps.staff("receiver"))
    token = visitor.get("/lamps").text.split("csrf_token value=")[1].split(">")[0]

    answer = visitor.client.post(f"/{TOWN}/lamps", data={**LAMP, "csrf_token": token})

    assert answer.status_code == 303
    assert lamp_rows(lamps) == [("灯", 40)]


@pytest.mark.parametrize(
    ("site", "status"),
    [("cross-site", 403), ("same-site", 403), ("odd", 403), ("same-origin", 303), ("none", 303)],
)
def test_the_browsers_word_on_where_a_form_comes_from_counts(
    lamps: Workbench, lamp_rows: Rows, site: str, status: int
) -> None:
    visitor = lamps.visit_as(lamps.staff("receiver"))

    answer = visitor.post("/lamps", LAMP, headers={"Sec-Fetch-Site": site})

    assert answer.status_code == status
    assert lamp_rows(lamps) == ([("灯", 40)] if status == 303 else [])


def test_a_script_of_a_page_needs_the_token_for_the_api_as_well(
    lamps: Workbench, lamp_rows: Rows
) -> None:
    visitor = lamps.visit_as(lamps.staff("receiver"))

    without = visitor.client.post(f"/{TOWN}/api/v1/lamps", json={"name": "灯", "watts": 40})
    with_token = visitor.send_json("POST", "/api/v1/lamps", {"name": "灯", "watts": 40})

    assert (without.status_code, with_token.status_code) == (403, 201)
    assert lamp_rows(lamps) == [("灯", 40)]


def test_a_public_form_needs_the_token_of_its_own_page(lamps: Workbench) -> None:
    client, stranger = lamps.app.test_client(), lamps.app.test_client()
    token = client.get(f"/{TOWN}/door").text.split("csrf_token value=")[1].split(">")[0]

    good = client.post(f"/{TOWN}/door", data={"csrf_token": token})
    foreign = stranger.post(f"/{TOWN}/door", data={"csrf_token": token})
    missing = client.post(f"/{TOWN}/door")

    assert [answer.status_code for answer in (good, foreign, missing)] == [200, 403, 403]


def test_static_files_and_health_hand_out_no_cookie(lamps: Workbench) -> None:
    client = lamps.app.test_client()

    answers = [
        client.get(path, buffered=True)
        for path in ("/-/kit/kasane.css", "/-/health", "/-/openapi.json")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.headers.get("Set-Cookie") for answer in answers] == [None, None, None]


def test_looking_at_a_record_leaves_a_trace_and_a_list_without_persons_does_not(
    lamps: Workbench,
) -> None:
    visitor = lamps.visit_as(lamps.staff("receiver"))
    lamp_id = visitor.post("/lamps", LAMP).headers["Location"].rsplit("/", 1)[1]

    visitor.get("/lamps")
    visitor.get(f"/lamps/{lamp_id}")
    visitor.get("/lamps/nothing")

    assert [(e.action, e.object_id == lamp_id) for e in lamps.said(AuditEntryRecorded)] == [
        ("lamps.lamp.lit", True),
        ("lamps.lamp.read", True),
    ]


def test_a_record_shown_in_answer_to_what_was_sent_is_a_look_and_a_sentence_is_none(
    lamps: Workbench,
) -> None:
    visitor = lamps.visit_as(lamps.staff("receiver"))
    lamp_id = visitor.post("/lamps", LAMP).headers["Location"].rsplit("/", 1)[1]

    refused = visitor.post(f"/lamps/{lamp_id}/rename", {"name": ""})
    tried = visitor.post(f"/lamps/{lamp_id}/rename", {"name": "次の灯"})
    hot = visitor.post(f"/lamps/{lamp_id}/rename", {"name": "灯"})
    visitor.post("/lamps/nothing/rename", {"name": ""})
    visitor.client.post(f"/{TOWN}/lamps/{lamp_id}/rename", data={"name": ""})

    assert [(one.status_code, one.text) for one in (refused, tried)] == [(422, "灯"), (200, "灯")]
    assert hot.status_code == 409
    assert [(e.action, e.object_id == lamp_id) for e in lamps.said(AuditEntryRecorded)] == [
        ("lamps.lamp.lit", True),
        ("lamps.lamp.rename.form_opened", True),
        ("lamps.lamp.rename.form_opened", True),
    ]


def test_a_look_and_its_request_have_one_number(lamps: Workbench) -> None:
    visitor = lamps.visit_as(lamps.staff("receiver"))
    lamp_id = visitor.post("/lamps", LAMP).headers["Location"].rsplit("/", 1)[1]

    answer = visitor.get(f"/lamps/{lamp_id}")

    assert lamps.said(AuditEntryRecorded)[-1].correlation_id == answer.headers["X-Request-Id"]
