"""Sessions that end before their time: in the transaction that ends them, and so in every service at once."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from kasane_contracts.audit import AuditEntryRecorded
from kasane_kit.auth import Session
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import Workbench

TOWN = "292095"
PASSWORD = "correct horse battery"


@pytest.fixture
def bench(make_workbench: BenchMaker) -> Workbench:
    """The portal with one account."""
    bench = make_workbench("portal", {TOWN: ("ikoma",)})
    bench.service.commands["create_account"](
        bench.house,
        TOWN,
        login_name="s0412",
        display_name="生駒 直子",
        password=PASSWORD,
        roles=["coordinator"],
        office="",
    )
    return bench


def signed_in(bench: Workbench) -> tuple[FlaskClient, str]:
    """A browser that signed in, and what its cookie holds."""
    client = bench.app.test_client()
    page = client.get(f"/{TOWN}/sign-in").text
    data = {"csrf_token": token_of(page), "login_name": "s0412", "password": PASSWORD}
    assert client.post(f"/{TOWN}/sign-in", data=data).status_code == 303
    cookie = client.get_cookie("kasane_session")
    assert cookie is not None
    return client, cookie.value


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def session_of(bench: Workbench, cookie: str) -> Session:
    session = bench.session(cookie)
    assert session is not None
    return session


def test_a_copy_of_the_cookie_is_worth_nothing_after_signing_out(bench: Workbench) -> None:
    client, cookie = signed_in(bench)
    thief = bench.app.test_client()
    thief.set_cookie("kasane_session", cookie)
    assert thief.get(f"/{TOWN}/").status_code == 200

    token = token_of(client.get(f"/{TOWN}/").text)
    client.post(f"/{TOWN}/sign-out", data={"csrf_token": token})

    assert thief.get(f"/{TOWN}/").status_code == 302


def test_the_other_screens_are_signed_out_and_this_one_stays(bench: Workbench) -> None:
    other, _ = signed_in(bench)
    third, _ = signed_in(bench)
    client, cookie = signed_in(bench)
    page = client.get(f"/{TOWN}/password").text
    assert page.count("<strong>この画面</strong>") == 1
    assert page.count("<li><time") == 3

    answer = client.post(
        f"/{TOWN}/sessions/others/end", data={"csrf_token": token_of(page)}, follow_redirects=True
    )

    assert "ほかの画面を 2 件、サインアウトしました。" in answer.text
    assert "この画面のほかに、サインインしている画面はありません。" in answer.text
    assert [one.get(f"/{TOWN}/").status_code for one in (other, third, client)] == [302, 302, 200]
    assert session_of(bench, cookie).account_id
    last = bench.said(AuditEntryRecorded)[-2:]
    assert ("portal.session.others_ended", "s0412") in [(e.action, e.object_id) for e in last]


def test_entering_the_password_again_begins_a_new_session_and_ends_the_one_at_hand(
    bench: Workbench, clock_at: object
) -> None:
    begun = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    clock_at(begun)  # type: ignore[operator]
    client, cookie = signed_in(bench)
    for minutes in (10, 20):
        clock_at(begun + timedelta(minutes=minutes))  # type: ignore[operator]
        client.get(f"/{TOWN}/")
    page = client.get(f"/{TOWN}/confirm?next=/{TOWN}/accounts").text
    assert "生駒 直子 さん本人" in page
    data = {"csrf_token": token_of(page), "next": f"/{TOWN}/accounts", "password": PASSWORD}

    wrong = client.post(f"/{TOWN}/confirm", data={**data, "password": "wrong battery horse"})
    empty = client.post(f"/{TOWN}/confirm", data={**data, "password": ""})
    old = session_of(bench, cookie)
    right = client.post(f"/{TOWN}/confirm", data=data)

    assert (wrong.status_code, empty.status_code, right.status_code) == (401, 422, 303)
    assert "いまのパスワードが違います。" in wrong.text
    assert right.headers["Location"] == f"/{TOWN}/accounts"
    found = client.get_cookie("kasane_session")
    assert found is not None
    new = session_of(bench, found.value)
    assert found.value != cookie
    assert (old.is_confirmed, new.is_confirmed) == (False, True)
    assert bench.session(cookie) is None


def test_the_password_is_not_guessed_where_it_is_asked_again(bench: Workbench) -> None:
    client, _ = signed_in(bench)
    data = {"csrf_token": token_of(client.get(f"/{TOWN}/confirm").text), "password": "no battery"}

    answers = [client.post(f"/{TOWN}/confirm", data=data).status_code for _ in range(6)]

    assert answers == [401, 401, 401, 401, 401, 429]


def test_after_the_password_nobody_is_led_to_another_server(bench: Workbench) -> None:
    client, _ = signed_in(bench)
    token = token_of(client.get(f"/{TOWN}/confirm").text)
    data = {"csrf_token": token, "password": PASSWORD, "next": "//elsewhere.example/"}

    answer = client.post(f"/{TOWN}/confirm", data=data)

    assert answer.headers["Location"] == f"/portal/{TOWN}/"


def test_nobody_ends_the_sessions_of_somebody_else(bench: Workbench) -> None:
    client, _ = signed_in(bench)
    colleague = bench.visit_as(bench.staff("coordinator", account_id="somebody-else"))

    assert colleague.post("/sessions/others/end").status_code == 404

    assert client.get(f"/{TOWN}/").status_code == 200


def test_changing_the_password_ends_every_screen_and_lists_only_the_new_one(
    bench: Workbench,
) -> None:
    other, _ = signed_in(bench)
    client, _ = signed_in(bench)
    data = {"present": PASSWORD, "password": "another password", "again": "another password"}
    token = token_of(client.get(f"/{TOWN}/password").text)

    client.post(f"/{TOWN}/password", data={"csrf_token": token, **data})

    assert other.get(f"/{TOWN}/").status_code == 302
    assert client.get(f"/{TOWN}/password").text.count("<li><time") == 1
