"""Checks the shape of every answer: headers, problems, versions, pages of a list, repeated submissions, outages."""

import base64
import io
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from kasane_kit.auth import COOKIE
from kasane_kit.service import Service
from kasane_kit.testing.workbench import OTHER_TOWN, TOWN, Visitor, Workbench, build_workbench
from kasane_kit.web import typed_version
from kasane_kit.web.headers import SECURITY_HEADERS

Rows = Callable[[Workbench], list[tuple[str, int]]]
LAMP = {"name": "灯", "watts": "40"}
JSON = {"name": "灯", "watts": 40}


@pytest.fixture
def keeper(lamps: Workbench) -> Visitor:
    """A browser of somebody who may do everything with lamps."""
    return lamps.visit_as(lamps.staff("receiver"))


@pytest.fixture(scope="module")
def answers(
    lamp_service: Callable[..., Service], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, TestResponse]]:
    """An answer of each kind, by what it is; the number in front is the status it should have."""
    lamps = build_workbench(lamp_service(), tmp_path_factory.mktemp("answers"))
    keeper = lamps.visit_as(lamps.staff("receiver"))
    logging.disable(logging.ERROR)
    made = keeper.post("/lamps", LAMP)
    lamp_id = made.headers["Location"].rsplit("/", 1)[1]
    found = {
        "200": keeper.get("/lamps"),
        "200 api": keeper.get(f"/api/v1/lamps/{lamp_id}"),
        "201 api": keeper.send_json("POST", "/api/v1/lamps", JSON),
        "302": lamps.app.test_client().get(f"/{TOWN}/lamps"),
        "303": made,
        "400 api": keeper.get("/api/v1/lamps?cursor=x"),
        "401 api": lamps.app.test_client().get(f"/{TOWN}/api/v1/lamps"),
        "403": lamps.visit_as(lamps.staff("coordinator")).post("/lamps", LAMP),
        "404": keeper.get("/nothing"),
        "404 api": keeper.get("/api/v1/lamps/nothing"),
        "404 outside": lamps.app.test_client().get("/nothing"),
        "404 static": lamps.app.test_client().get("/-/kit/nothing.css"),
        "405": keeper.post("/lamps/x"),
        "405 api": keeper.send_json("DELETE", "/api/v1/lamps"),
        "409": keeper.post(f"/lamps/{lamp_id}/touch"),
        "409 api": keeper.send_json("POST", f"/api/v1/lamps/{lamp_id}/touch"),
        "413": keeper.client.post(f"/{TOWN}/lamps", data=b"x" * (20 * 1024 * 1024 + 1)),
        "415 api": keeper.send_json("POST", "/api/v1/lamps", None, data="x"),
        "422": keeper.post("/lamps", {"name": "", "watts": "x"}),
        "422 api": keeper.send_json("POST", "/api/v1/lamps", {"name": "", "colour": "red"}),
        "428 api": keeper.send_json("PUT", f"/api/v1/lamps/{lamp_id}", JSON),
        "500": keeper.get("/boom"),
        "500 api": keeper.get("/api/v1/boom"),
    }
    with _database_is_read_only(lamps):
        found["503"] = keeper.post("/lamps", LAMP)
        found["503 api"] = keeper.send_json("POST", "/api/v1/lamps", JSON)
    logging.disable(logging.NOTSET)
    yield found
    lamps.house.databases.dispose()


def test_every_answer_has_the_status_it_should(answers: dict[str, TestResponse]) -> None:
    found = {name: answer.status_code for name, answer in answers.items()}

    assert found == {name: int(name.split()[0]) for name in answers} | {"415 api": found["415 api"]}
    assert found["415 api"] in (415, 422)


def test_every_answer_has_every_security_header(answers: dict[str, TestResponse]) -> None:
    missing = {
        name: [
            header
            for header, value in SECURITY_HEADERS.items()
            if answer.headers.get(header) != value
        ]
        for name, answer in answers.items()
    }

    assert {name: headers for name, headers in missing.items() if headers} == {}


def test_the_security_headers_allow_nothing_that_is_not_our_own() -> None:
    policy = dict(
        part.strip().split(" ", 1)
        for part in SECURITY_HEADERS["Content-Security-Policy"].split(";")
    )

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in SECURITY_HEADERS["Content-Security-Policy"]
    assert SECURITY_HEADERS["X-Content-Type-Options"] == "nosniff"
    assert sorted(SECURITY_HEADERS) == [
        "Content-Security-Policy",
        "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy",
        "Permissions-Policy",
        "Referrer-Policy",
        "X-Content-Type-Options",
    ]


def test_no_answer_is_kept_by_anybody_but_static_files(
    lamps: Workbench, answers: dict[str, TestResponse]
) -> None:
    kept = {
        name: answer.headers["Cache-Control"]
        for name, answer in answers.items()
        if answer.headers["Cache-Control"] != "no-store"
    }

    static = [
        lamps.app.test_client().get(path, buffered=True)
        for path in ("/-/kit/kasane.css", "/-/static/lamp.js")
    ]

    assert kept == {}
    assert [answer.headers["Cache-Control"] for answer in static] == ["public, max-age=3600"] * 2


def test_every_answer_has_a_number_of_its_own(answers: dict[str, TestResponse]) -> None:
    numbers = [answer.headers["X-Request-Id"] for answer in answers.values()]

    assert len(set(numbers)) == len(numbers)
    assert {UUID(number).version for number in numbers} == {7}


def test_every_problem_of_the_api_has_one_shape(answers: dict[str, TestResponse]) -> None:
    problems = {n: a for n, a in answers.items() if n.endswith("api") and a.status_code >= 400}

    for name, answer in problems.items():
        body = json.loads(answer.text)
        assert answer.content_type == "application/problem+json", name
        assert set(body) - {"errors"} == {"type", "title", "status", "detail", "instance"}
        assert body["type"].startswith("urn:kasane:problem:")
        assert body["status"] == answer.status_code
        assert body["instance"] == answer.headers["X-Request-Id"]
        assert body["title"]
        assert body["detail"]


def test_every_problem_of_a_page_says_what_was_not_done_and_what_next(
    answers: dict[str, TestResponse],
) -> None:
    pages = {n: a for n, a in answers.items() if "api" not in n and a.status_code >= 400}
    pages.pop("422")

    incomplete = {
        name
        for name, answer in pages.items()
        if not all(
            words in answer.text
            for words in ("行われなかったこと", "次にすること", answer.headers["X-Request-Id"])
        )
    }

    assert incomplete == set()
    assert {answer.mimetype for answer in pages.values()} == {"text/html"}


def test_no_answer_tells_how_the_house_is_built(answers: dict[str, TestResponse]) -> None:
    telling = ("Traceback", "canary-in-the-message", "sqlite", "SELECT", "INSERT", "werkzeug")

    found = {(n, word) for n, answer in answers.items() for word in telling if word in answer.text}

    assert found == set()


def test_wrong_fields_are_named(answers: dict[str, TestResponse]) -> None:
    body = json.loads(answers["422 api"].text)

    assert sorted(body["errors"]) == ["colour", "name", "watts"]
    assert body["type"] == "urn:kasane:problem:invalid_input"


@pytest.mark.parametrize(
    "body",
    [
        "{bad",
        "",
        '{"name": "\\ud800", "watts": 1}',
        '{"name": "\\u0000"}',
        "[" * 100_000,
        '{"name": ' * 900 + "1" + "}" * 900,
        '{"name": "灯", "watts": ' + "1" * 5000 + "}",
    ],
    ids=["bad", "empty", "half", "nul", "endless", "deep", "long number"],
)
def test_what_is_no_json_or_no_text_is_refused_and_saves_nothing(
    keeper: Visitor, lamps: Workbench, lamp_rows: Rows, body: str
) -> None:
    answer = keeper.send_json(
        "POST", "/api/v1/lamps", None, data=body, content_type="application/json"
    )

    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"
    assert lamp_rows(lamps) == []


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/lamps?q=%00", 400),
        ("/api/v1/lamps?cursor=%00", 400),
        ("/lamps?a%00=1", 400),
        ("/lamps/a%00b", 404),
        ("/api/v1/lamps/%00", 404),
    ],
)
def test_an_address_with_what_no_database_takes_is_refused(
    keeper: Visitor, address: str, status: int
) -> None:
    answer = keeper.get(address)

    assert answer.status_code == status
    assert "読み取れない" in answer.text if status == 400 else "見つかりません" in answer.text


def test_a_refusal_of_the_domain_is_told_in_its_own_words(
    answers: dict[str, TestResponse],
) -> None:
    body = json.loads(answers["409 api"].text)

    assert body["type"] == "urn:kasane:problem:lamp_is_hot"
    assert body["title"] == "灯は熱いので触れません。"
    assert body["detail"] == "消していません。 冷めるまで待ってください。"
    assert "灯は熱いので触れません。" in answers["409"].text


@pytest.mark.parametrize(
    ("name", "shown"), [("2026-02-30", "2026-02-30"), ("2026-11-21", "令和8年11月21日")]
)
def test_what_only_looks_like_a_day_is_told_as_it_was_typed(
    keeper: Visitor, name: str, shown: str
) -> None:
    lamp_id = keeper.send_json("POST", "/api/v1/lamps", {"name": name, "watts": 40}).json["id"]

    answer = keeper.send_json("POST", f"/api/v1/lamps/{lamp_id}/touch")

    assert answer.status_code == 409
    assert json.loads(answer.text)["title"] == f"{shown}は熱いので触れません。"


def test_a_wrong_method_says_which_are_right(answers: dict[str, TestResponse]) -> None:
    assert answers["405"].headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answers["405 api"].headers["Allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize(
    ("path", "asked", "title"),
    [
        ("/api/v1/lamps/nothing", "en", "en"),
        ("/api/v1/lamps/nothing", "en-GB,en;q=0.8", "en"),
        ("/api/v1/lamps/nothing", "ja,en;q=0.5", "ja"),
        ("/api/v1/lamps/nothing", "fr", "ja"),
        ("/api/v1/lamps/nothing", "", "ja"),
        ("/lamps/nothing", "en", "ja"),
    ],
)
def test_a_program_may_ask_for_english_and_a_person_reads_japanese(
    keeper: Visitor, path: str, asked: str, title: str
) -> None:
    answer = keeper.get(path, headers={"Accept-Language": asked})

    japanese = "お探しの画面または記録は見つかりません。"
    assert answer.status_code == 404
    assert (japanese in answer.text) is (title == "ja")


def test_english_refusals_of_the_domain_have_their_facts(keeper: Visitor) -> None:
    lamp_id = keeper.send_json("POST", "/api/v1/lamps", {"name": "Lamp 1", "watts": 40}).json["id"]

    answer = keeper.send_json(
        "POST", f"/api/v1/lamps/{lamp_id}/touch", headers={"Accept-Language": "en"}
    )

    assert json.loads(answer.text)["title"] == "Lamp 1 is too hot to touch."


def test_the_same_submission_makes_one_object(
    lamps: Workbench, keeper: Visitor, lamp_rows: Rows
) -> None:
    first = keeper.send_json("POST", "/api/v1/lamps", JSON, headers={"Idempotency-Key": "k-1"})
    second = keeper.send_json("POST", "/api/v1/lamps", JSON, headers={"Idempotency-Key": "k-1"})
    form = [keeper.post("/lamps", {**LAMP, "submission": "f-1"}) for _ in range(2)]

    assert first.status_code == second.status_code == 201
    assert first.json == second.json
    assert form[0].headers["Location"] == form[1].headers["Location"]
    assert lamp_rows(lamps) == [("灯", 40), ("灯", 40)]
    assert len(lamps.said()) == 2


def test_the_same_name_with_another_content_is_refused(
    lamps: Workbench, keeper: Visitor, lamp_rows: Rows
) -> None:
    keeper.send_json("POST", "/api/v1/lamps", JSON, headers={"Idempotency-Key": "k-1"})

    other = keeper.send_json(
        "POST", "/api/v1/lamps", {**JSON, "watts": 60}, headers={"Idempotency-Key": "k-1"}
    )

    assert other.status_code == 422
    assert json.loads(other.text)["type"] == "urn:kasane:problem:idempotency_key_reused"
    assert lamp_rows(lamps) == [("灯", 40)]


def test_the_same_form_with_another_file_is_refused(
    lamps: Workbench, keeper: Visitor, lamp_rows: Rows
) -> None:
    def sent(content: bytes, name: str, field: str = "photo") -> TestResponse:
        file = (io.BytesIO(content), name)
        return keeper.post("/lamps", {**LAMP, "submission": "f-1", field: file})

    first, again = sent(b"one", "1.png"), sent(b"one", "1.png")
    others = [sent(b"two", "1.png"), sent(b"one", "2.png"), sent(b"one", "1.png", "drawing")]
    without = keeper.post("/lamps", {**LAMP, "submission": "f-1"})

    assert first.headers["Location"] == again.headers["Location"]
    assert [answer.status_code for answer in (*others, without)] == [422] * 4
    assert "いま送られた内容は保存していません" in others[0].text
    assert lamp_rows(lamps) == [("灯", 40)]


def test_a_file_field_left_empty_changes_no_submission(
    lamps: Workbench, keeper: Visitor, lamp_rows: Rows
) -> None:
    plain = keeper.post("/lamps", {**LAMP, "submission": "f-1"})
    empty = keeper.post("/lamps", {**LAMP, "submission": "f-1", "photo": (io.BytesIO(b""), "")})

    assert plain.headers["Location"] == empty.headers["Location"]
    assert lamp_rows(lamps) == [("灯", 40)]


def test_a_name_belongs_to_one_account(lamps: Workbench, lamp_rows: Rows) -> None:
    visitors = [lamps.visit_as(lamps.staff("receiver", account_id=f"a-{n}")) for n in range(2)]

    made = [
        v.send_json("POST", "/api/v1/lamps", JSON, headers={"Idempotency-Key": "k"})
        for v in visitors
    ]

    assert made[0].json != made[1].json
    assert lamp_rows(lamps) == [("灯", 40), ("灯", 40)]


def test_a_submission_that_failed_may_be_sent_again(
    lamps: Workbench, keeper: Visitor, lamp_rows: Rows
) -> None:
    with _database_is_read_only(lamps):
        failed = keeper.post("/lamps", {**LAMP, "submission": "s-1"})

    again = keeper.post("/lamps", {**LAMP, "submission": "s-1"})

    assert (failed.status_code, again.status_code) == (503, 303)
    assert lamp_rows(lamps) == [("灯", 40)]


def test_too_long_a_name_is_refused(lamps: Workbench, keeper: Visitor, lamp_rows: Rows) -> None:
    answer = keeper.send_json("POST", "/api/v1/lamps", JSON, headers={"Idempotency-Key": "k" * 201})

    assert answer.status_code == 422
    assert lamp_rows(lamps) == []


def test_one_submission_from_many_threads_at_once_makes_one_object(
    lamps: Workbench, lamp_rows: Rows
) -> None:
    actor = lamps.staff("receiver")
    token = lamps.open_session(actor.account_id)
    form = lamps.form_token(token)

    def send(_: int) -> tuple[int, str]:
        client = lamps.app.test_client()
        client.set_cookie(COOKIE, token)
        answer = client.post(
            f"/{TOWN}/lamps", data={**LAMP, "submission": "s-1", "csrf_token": form}
        )
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(send, range(24)))

    assert {status for status, _ in seen} == {303}
    assert len({location for _, location in seen}) == 1
    assert lamp_rows(lamps) == [("灯", 40)]


def test_an_update_needs_the_version_that_was_read(
    lamps: Workbench, keeper: Visitor, lamp_rows: Rows
) -> None:
    lamp_id = keeper.send_json("POST", "/api/v1/lamps", JSON).json["id"]
    path, brighter = f"/api/v1/lamps/{lamp_id}", {**JSON, "watts": 60}
    tag = keeper.get(path).headers["ETag"]

    missing = keeper.send_json("PUT", path, brighter)
    first = keeper.send_json("PUT", path, brighter, headers={"If-Match": tag})
    stale = keeper.send_json("PUT", path, {**JSON, "watts": 5}, headers={"If-Match": tag})
    after = keeper.send_json(
        "PUT", path, {**JSON, "watts": 80}, headers={"If-Match": first.headers["ETag"]}
    )

    assert tag == '"1"'
    assert [a.status_code for a in (missing, first, stale, after)] == [428, 200, 412, 200]
    assert json.loads(missing.text)["type"] == "urn:kasane:problem:version_needed"
    assert json.loads(stale.text)["type"] == "urn:kasane:problem:changed_meanwhile"
    assert lamp_rows(lamps) == [("灯", 80)]


@pytest.mark.parametrize(
    "tag", ["*", '"x"', '"-1"', '"1.0"', '"²"', f'"{"9" * 20}"', f'"{"9" * 5000}"', 'W/"1"', '""']
)
def test_a_version_that_is_none_changes_nothing(
    lamps: Workbench, keeper: Visitor, lamp_rows: Rows, tag: str
) -> None:
    lamp_id = keeper.send_json("POST", "/api/v1/lamps", JSON).json["id"]

    answer = keeper.send_json(
        "PUT", f"/api/v1/lamps/{lamp_id}", {**JSON, "watts": 60}, headers={"If-Match": tag}
    )

    assert answer.status_code == 412
    assert lamp_rows(lamps) == [("灯", 40)]


def test_a_list_is_read_to_its_end_page_by_page(lamps: Workbench, keeper: Visitor) -> None:
    for number in range(7):
        keeper.post("/lamps", {"name": f"灯{number}", "watts": "40"})

    pages, cursor = [], ""
    while True:
        page = keeper.get(f"/api/v1/lamps?limit=3&cursor={cursor}").json
        pages.append(page["items"])
        cursor = page["next_cursor"]
        if not cursor:
            break

    assert [len(page) for page in pages] == [3, 3, 1]
    assert sorted(name for page in pages for name in page) == [f"灯{number}" for number in range(7)]


@pytest.mark.parametrize(("limit", "shown"), [("0", 1), ("-5", 1), ("x", 3), ("", 3), ("9" * 9, 3)])
def test_any_limit_gives_a_page(keeper: Visitor, limit: str, shown: int) -> None:
    for number in range(3):
        keeper.post("/lamps", {"name": f"灯{number}", "watts": "40"})

    page = keeper.get(f"/api/v1/lamps?limit={limit}").json

    assert len(page["items"]) == shown


def _as_a_stranger_would(values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "あ",
        ".",
        "a.b",
        _as_a_stranger_would(["l-1"]),
        _as_a_stranger_would(["l-1"]) + "." + "0" * 32,
        _as_a_stranger_would({"a": 1}),
        _as_a_stranger_would([[[]]]),
        base64.urlsafe_b64encode(b"[" * 3000).decode(),
    ],
)
def test_a_cursor_that_this_list_did_not_write_is_refused(keeper: Visitor, cursor: str) -> None:
    answer = keeper.get(f"/api/v1/lamps?cursor={cursor}")

    assert answer.status_code == 400
    assert json.loads(answer.text)["type"] == "urn:kasane:problem:bad_cursor"


def test_the_cursor_of_another_list_is_refused(keeper: Visitor) -> None:
    for number in range(2):
        keeper.post("/lamps", {"name": f"灯{number}", "watts": "40"})
    cursor = keeper.get("/api/v1/lamps?limit=1").json["next_cursor"]

    own = keeper.get(f"/api/v1/lamps?cursor={cursor}")
    other = keeper.get(f"/api/v1/lamp-names?cursor={cursor}")

    assert (own.status_code, other.status_code) == (200, 400)


def test_a_database_that_does_not_take_data_is_told_and_afterwards_all_is_well(
    lamps: Workbench, keeper: Visitor, lamp_rows: Rows
) -> None:
    keeper.post("/lamps", LAMP)

    with _database_is_read_only(lamps):
        page, api = keeper.post("/lamps", LAMP), keeper.send_json("POST", "/api/v1/lamps", JSON)
        reading = keeper.get("/lamps")
        looking = keeper.get(f"/lamps/{'x'}")
    after = keeper.post("/lamps", {"name": "次の灯", "watts": "60"})

    assert [a.status_code for a in (page, api, reading, looking, after)] == [
        503,
        503,
        200,
        404,
        303,
    ]
    assert [a.headers["Retry-After"] for a in (page, api)] == ["10", "10"]
    assert "この操作は保存していません。" in page.text
    assert json.loads(api.text)["type"] == "urn:kasane:problem:storage_unavailable"
    assert lamp_rows(lamps) == [("次の灯", 60), ("灯", 40)]


def test_a_record_is_not_shown_when_the_look_cannot_be_recorded(
    lamps: Workbench, keeper: Visitor
) -> None:
    path = "/lamps/" + keeper.post("/lamps", LAMP).headers["Location"].rsplit("/", 1)[1]

    with _database_is_read_only(lamps):
        page, api = keeper.get(path), keeper.get(f"/api/v1{path}")

    assert [answer.status_code for answer in (page, api)] == [503, 503]
    assert "灯" not in page.text.replace("灯台", "")
    assert "灯" not in api.text
    assert keeper.get(path).status_code == 200


def test_a_database_that_cannot_be_opened_is_told_and_afterwards_all_is_well(
    lamps: Workbench, keeper: Visitor, tmp_path: Path
) -> None:
    keeper.post("/lamps", LAMP)
    lamps.house.databases.dispose()
    in_the_way = tmp_path / "bench" / TOWN / "lamps.sqlite-wal"
    assert not in_the_way.exists()
    in_the_way.mkdir()

    page, api = keeper.get("/lamps"), keeper.get("/api/v1/lamps")
    health, ready = keeper.client.get("/-/health"), keeper.client.get("/-/ready")
    in_the_way.rmdir()
    lamps.house.databases.dispose()

    assert [a.status_code for a in (page, api, health, ready)] == [503, 503, 200, 503]
    assert ready.json["towns"] == {TOWN: "unavailable: OperationalError", OTHER_TOWN: "ready"}
    assert keeper.get("/lamps").status_code == 200
    assert keeper.client.get("/-/ready").status_code == 200


def test_a_missing_key_of_the_town_is_told(
    lamps: Workbench, keeper: Visitor, lamp_rows: Rows, tmp_path: Path
) -> None:
    (tmp_path / "bench" / "keys" / f"{TOWN}.key").unlink()

    answer = keeper.post("/lamps", LAMP)

    assert answer.status_code == 503
    assert "この町の鍵がサーバーにありません。" in answer.text
    assert str(tmp_path) not in answer.text
    assert lamp_rows(lamps) == []


def test_a_database_behind_its_program_is_not_ready(
    lamps: Workbench, lamp_service: Callable[..., Service], tmp_path: Path
) -> None:
    connection = sqlite3.connect(tmp_path / "bench" / TOWN / "lamps.sqlite")
    connection.execute("DELETE FROM schema_version WHERE version_num = 'l0001'")
    connection.commit()
    connection.close()

    answer = lamps.app.test_client().get("/-/ready")

    assert answer.status_code == 503
    assert answer.json == {
        "service": "lamps",
        "towns": {TOWN: "migrations wait", OTHER_TOWN: "ready"},
    }


def test_the_api_describes_itself(lamps: Workbench) -> None:
    document = lamps.app.test_client().get("/-/openapi.json").json

    assert document["openapi"] == "3.1.0"
    assert sorted(document["paths"]) == [
        "/{municipality}/api/v1/boom",
        "/{municipality}/api/v1/lamp-names",
        "/{municipality}/api/v1/lamps",
        "/{municipality}/api/v1/lamps/{lamp_id}",
        "/{municipality}/api/v1/lamps/{lamp_id}/touch",
    ]
    assert document["security"] == [{"session": []}]
    assert document["components"]["securitySchemes"]["session"]["scheme"] == "bearer"
    assert lamps.app.test_client().get("/-/openapi").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/-/kit/../factory.py", "/-/kit/..%2ffactory.py", "/-/static/../../__init__.py", "/-/kit/"],
)
def test_static_files_are_only_those_of_the_folder(lamps: Workbench, path: str) -> None:
    assert lamps.app.test_client().get(path).status_code == 404


@contextmanager
def _database_is_read_only(bench: Workbench) -> Iterator[None]:
    """Every connection made meanwhile answers a write with SQLITE_READONLY, as a read-only disk does."""

    def refuse_writing(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA query_only=ON")

    bench.house.databases.dispose()
    event.listen(Engine, "connect", refuse_writing)
    try:
        yield
    finally:
        event.remove(Engine, "connect", refuse_writing)
        bench.house.databases.dispose()


@pytest.mark.parametrize(
    ("typed", "version"),
    [
        ("3", 3),
        ("999999999", 999999999),
        ("9999999999", 0),
        ("", 0),
        ("-1", 0),
        ("１", 0),
        ("²", 0),
        ("3; DROP", 0),
    ],
)
def test_a_version_in_a_form_is_one_that_a_record_may_have_or_none(
    lamps: Workbench, typed: str, version: int
) -> None:
    with lamps.app.test_request_context(method="POST", data={"version": typed}):
        assert typed_version() == version
    with lamps.app.test_request_context(method="POST"):
        assert typed_version() == 0
