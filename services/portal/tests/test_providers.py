"""Signing in with the town's own provider: who gets in, and every answer that opens nothing."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import select
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from kasane_contracts.audit import AuditEntryRecorded
from kasane_kit.tenancy import ProviderAccess, SignInProvider, Town, municipality_scope
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import GivenTowns, Workbench
from kasane_portal import tables
from kasane_portal.commands import ChangeAccount
from kasane_portal.handlers.accounts import change_account
from tests.support.sign_in_provider import CLIENT_ID, SECRET, FakeProvider, fake_provider

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TOWN = "292095"
OTHER_TOWN = "012319"
PASSWORD = "correct horse battery"
NAME = "s0412"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with fake_provider() as made:
        yield made


def with_provider(bench: Workbench, provider: SignInProvider | None) -> None:
    """The bench's town gets a provider; the other town has none."""
    towns = {town.code: town for town in bench.house.directory.towns()}
    town: Town = replace(towns[TOWN], provider=provider)
    bench.house = replace(
        bench.house,
        directory=GivenTowns(town, towns[OTHER_TOWN]),
        provider_access=ProviderAccess({TOWN: SECRET}),
    )
    bench.__dict__.pop("app", None)


@pytest.fixture
def bench(make_workbench: BenchMaker, provider: FakeProvider) -> Workbench:
    """The portal of a town with a provider, a coordinator and an administrator."""
    bench = make_workbench("portal", {TOWN: ("ikoma",)})
    with_provider(bench, SignInProvider(provider.issuer, CLIENT_ID))
    for login_name, name, role in (
        (NAME, "生駒 直子", "coordinator"),
        ("kanri", "管理 花子", "town_administrator"),
    ):
        bench.service.commands["create_account"](
            bench.house,
            TOWN,
            login_name=login_name,
            display_name=name,
            password=PASSWORD,
            roles=[role],
            office="",
        )
    return bench


def asked(client: FlaskClient, path: str = "/sign-in/provider") -> str:
    """Where the browser is sent to."""
    sent = client.get(f"/{TOWN}{path}")
    assert sent.status_code == 303, sent.text
    return sent.headers["Location"]


def answered(client: FlaskClient, query: str, address: str = "127.0.0.1") -> TestResponse:
    return client.get(
        f"/{TOWN}/sign-in/provider/answer?{query}", environ_base={"REMOTE_ADDR": address}
    )


def signed_in(bench: Workbench, provider: FakeProvider, **person: Any) -> FlaskClient:
    client = bench.app.test_client()
    query = provider.let_in(asked(client), **{"preferred_username": NAME, **person})
    done = answered(client, query)
    assert done.status_code == 303, done.text
    return client


def session_cookie(client: FlaskClient) -> str | None:
    cookie = client.get_cookie("kasane_session")
    return cookie.value if cookie else None


def sentence(bench: Workbench, code: str) -> str:
    return str(bench.app.extensions["kasane"]["strings"].text(f"refusal.{code}.why", "ja"))


def trail(bench: Workbench) -> list[tuple[str, str, str]]:
    return [
        (entry.action, entry.object_id, entry.basis)
        for entry in bench.said(AuditEntryRecorded)
        if entry.action.startswith("portal.session")
    ]


def test_staff_sign_in_at_the_provider_and_arrive_where_they_wanted_to_be(
    bench: Workbench, provider: FakeProvider
) -> None:
    client = bench.app.test_client()
    page = client.get(f"/{TOWN}/sign-in?next=/cases/{TOWN}/cases").text
    link = re.search(r'href="([^"]*/sign-in/provider\?next=[^"]+)"', page)
    assert link is not None
    assert "職員認証でサインイン" in page
    sent = client.get(link[1])
    address = sent.headers["Location"]
    wanted = parse_qs(urlsplit(address).query)
    assert wanted["redirect_uri"] == [f"http://localhost/{TOWN}/sign-in/provider/answer"]
    assert len(wanted["state"][0]) == len(wanted["nonce"][0]) == 43
    assert "prompt" not in wanted
    done = answered(client, provider.let_in(address, preferred_username="Ｓ０４１２"))
    assert (done.status_code, done.headers["Location"]) == (303, f"/cases/{TOWN}/cases")
    assert "生駒 直子" in client.get(f"/{TOWN}/").text
    assert client.get_cookie("kasane_asked", path=f"/{TOWN}/sign-in/provider/answer") is None


def test_a_name_that_only_the_providers_page_about_the_person_tells_is_asked_for_there(
    bench: Workbench, provider: FakeProvider
) -> None:
    provider.person = {"sub": "p-1", "preferred_username": NAME}
    client = bench.app.test_client()
    assert answered(client, provider.let_in(asked(client))).status_code == 303
    provider.person = {"sub": "p-2", "preferred_username": NAME}
    stranger = bench.app.test_client()
    refused = answered(stranger, provider.let_in(asked(stranger)))
    assert refused.status_code == 401
    assert sentence(bench, "provider_token_foreign") in refused.text
    assert session_cookie(stranger) is None


def changed(**claims: Any) -> Callable[[dict[str, Any]], None]:
    def spoil(whole: dict[str, Any]) -> None:
        for name, value in claims.items():
            if value is None:
                whole.pop(name, None)
            else:
                whole[name] = value

    return spoil


def since(seconds: int) -> int:
    return int(time.time()) + seconds


WRONG_TOKENS: list[tuple[dict[str, Any], str]] = [
    ({"iss": "https://idp.other.example"}, "provider_token_foreign"),
    ({"iss": None}, "provider_token_foreign"),
    ({"aud": "another"}, "provider_token_foreign"),
    ({"aud": None}, "provider_token_foreign"),
    ({"aud": [CLIENT_ID, "another"]}, "provider_token_foreign"),
    ({"aud": [CLIENT_ID, "another"], "azp": "another"}, "provider_token_foreign"),
    ({"azp": "another"}, "provider_token_foreign"),
    ({"nonce": "another"}, "provider_token_forged"),
    ({"nonce": None}, "provider_token_forged"),
    ({"exp": None}, "provider_token_forged"),
    ({"iat": None}, "provider_token_forged"),
    ({"iat": True}, "provider_token_stale"),
    ({"sub": None}, "provider_token_forged"),
    ({"sub": ""}, "provider_answer_unfit"),
    ({"sub": 7}, "provider_token_forged"),
    ({"preferred_username": ["a", "b"]}, "provider_answer_unfit"),
    ({"preferred_username": ""}, "provider_answer_unfit"),
    ({"preferred_username": "nobody"}, "provider_account_unknown"),
    ({"at_hash": "another"}, "provider_token_forged"),
]


def test_a_token_that_says_something_else_opens_nothing(
    bench: Workbench, provider: FakeProvider
) -> None:
    for number, (claims, code) in enumerate(WRONG_TOKENS):
        provider.spoil_claims = changed(**claims)
        client = bench.app.test_client()
        query = provider.let_in(asked(client), preferred_username=NAME)
        refused = answered(client, query, f"10.0.0.{number}")
        assert sentence(bench, code) in refused.text, claims
        assert refused.status_code >= 400
        assert session_cookie(client) is None
        assert trail(bench)[-1] == ("portal.session.refused", "unknown", f"oidc:{code}")


CLOCKS: list[tuple[dict[str, int], bool]] = [
    ({"exp": -59}, False),
    ({"exp": -62}, True),
    ({"iat": 58}, False),
    ({"iat": 63}, True),
    ({"nbf": 63}, True),
    ({"iat": -598, "exp": 60}, False),
    ({"iat": -603, "exp": 60}, True),
]


def test_clocks_may_differ_by_a_minute_and_no_more(
    bench: Workbench, provider: FakeProvider, clock_at: Callable[[datetime], None]
) -> None:
    now = int(time.time())
    clock_at(datetime.fromtimestamp(now, UTC))
    for claims, refused in CLOCKS:
        provider.spoil_claims = changed(**{name: now + much for name, much in claims.items()})
        client = bench.app.test_client()
        answer = answered(client, provider.let_in(asked(client), preferred_username=NAME))
        assert (session_cookie(client) is None) is refused, claims
        assert (sentence(bench, "provider_token_stale") in answer.text) is refused


def forged_with_another_key(provider: FakeProvider) -> None:
    provider.signing = ECKey.generate_key("P-256")


def signed_with_the_public_key(provider: FakeProvider) -> None:
    public = json.dumps(provider.key.as_dict(private=False))
    provider.signing = OctKey.import_key(public.ljust(64))  # type: ignore[assignment]
    provider.header = {"alg": "HS256"}


def of_an_unknown_key(provider: FakeProvider) -> None:
    provider.signing = ECKey.generate_key("P-256")
    provider.header = {"alg": "ES256", "kid": "two"}


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_forged_token_opens_nothing(bench: Workbench, provider: FakeProvider) -> None:
    for spoil in (forged_with_another_key, signed_with_the_public_key, of_an_unknown_key):
        spoil(provider)
        client = bench.app.test_client()
        refused = answered(client, provider.let_in(asked(client), preferred_username=NAME))
        assert refused.status_code == 401, spoil
        assert sentence(bench, "provider_token_forged") in refused.text
        assert session_cookie(client) is None


def test_a_token_without_any_signature_opens_nothing(
    bench: Workbench, provider: FakeProvider
) -> None:
    provider.answers["/token"] = Response(
        json.dumps(
            {
                "access_token": "at",
                "token_type": "Bearer",
                "id_token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwLTEifQ.",
            }
        ),
        content_type="application/json",
    )
    client = bench.app.test_client()
    refused = answered(client, provider.let_in(asked(client), preferred_username=NAME))
    assert sentence(bench, "provider_token_forged") in refused.text


def test_new_keys_of_the_provider_are_fetched_when_the_old_ones_do_not_fit(
    bench: Workbench, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kasane_kit.auth.provider.KEYS_AGAIN_AFTER_SECONDS", -1.0)
    signed_in(bench, provider)
    provider.key = ECKey.generate_key("P-256", {"kid": "two"})
    provider.header = {"alg": "ES256", "kid": "two"}
    signed_in(bench, provider)
    assert provider.asked.count("/keys") == 2


LIES: list[dict[str, str | None]] = [
    {"issuer": "https://idp.other.example"},
    {"issuer": "{issuer}/"},
    {"jwks_uri": "http://127.0.0.1:1/keys"},
    {"token_endpoint": "http://169.254.169.254/"},
    {"authorization_endpoint": "https://evil.example/"},
    {"jwks_uri": None},
    {"userinfo_endpoint": "file:///etc/passwd"},
]


def test_a_provider_that_names_another_server_is_asked_nothing(
    bench: Workbench, provider: FakeProvider
) -> None:
    client = bench.app.test_client()
    for said in LIES:
        provider.metadata = {
            key: value.format(issuer=provider.issuer) if value else value
            for key, value in said.items()
        }
        refused = client.get(f"/{TOWN}/sign-in/provider")
        assert refused.status_code == 502, said
        assert sentence(bench, "provider_untrusted") in refused.text
    assert set(provider.asked) == {"/.well-known/openid-configuration"}


def test_a_provider_that_does_not_answer_well_is_given_up(
    bench: Workbench, provider: FakeProvider
) -> None:
    client = bench.app.test_client()
    for answer in (
        Response("sorry", 500),
        Response("<html>", 200),
        Response("[]", 200, content_type="application/json"),
        Response("", 302, headers={"Location": "http://169.254.169.254/latest"}),
        Response("{" + " " * 300_000 + "}", 200, content_type="application/json"),
    ):
        provider.answers["/.well-known/openid-configuration"] = answer
        refused = client.get(f"/{TOWN}/sign-in/provider")
        assert refused.status_code == 503, answer
        assert sentence(bench, "provider_unreachable") in refused.text


def test_without_the_provider_the_password_still_opens_the_town(bench: Workbench) -> None:
    with_provider(bench, SignInProvider("http://127.0.0.1:9", CLIENT_ID))
    client = bench.app.test_client()
    refused = client.get(f"/{TOWN}/sign-in/provider")
    assert (refused.status_code, "答えません" in refused.text) == (503, True)
    assert by_password(client, NAME).status_code == 303


def by_password(client: FlaskClient, login_name: str) -> TestResponse:
    page = client.get(f"/{TOWN}/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    data = {"csrf_token": token[1], "login_name": login_name, "password": PASSWORD}
    return client.post(f"/{TOWN}/sign-in", data=data)


def test_a_foreign_state_another_browser_and_a_late_answer_open_nothing(
    bench: Workbench, provider: FakeProvider, clock_at: Callable[[datetime], None]
) -> None:
    began = datetime.now(UTC)
    clock_at(began)
    client, other = bench.app.test_client(), bench.app.test_client()
    query = provider.let_in(asked(client), preferred_username=NAME)
    asked(other)
    for browser, brought in (
        (client, "state=foreign&code=x"),
        (other, query),
        (bench.app.test_client(), query),
        (client, ""),
    ):
        refused = answered(browser, brought)
        assert refused.status_code == 400
        assert sentence(bench, "provider_answer_unfit") in refused.text
    clock_at(began + timedelta(minutes=10, seconds=1))
    assert answered(client, query).status_code == 400
    late = began + timedelta(minutes=9, seconds=59)
    clock_at(late)
    moment = int(late.timestamp())
    provider.spoil_claims = changed(iat=moment, exp=moment + 300)
    assert answered(client, query).status_code == 303


def test_an_answer_is_taken_once(bench: Workbench, provider: FakeProvider) -> None:
    client = bench.app.test_client()
    query = provider.let_in(asked(client), preferred_username=NAME)
    kept = client.get_cookie("kasane_asked", path=f"/{TOWN}/sign-in/provider/answer")
    assert kept is not None
    assert answered(client, query).status_code == 303
    thief = bench.app.test_client()
    thief.set_cookie("kasane_asked", kept.value)
    refused = answered(thief, query)
    assert sentence(bench, "provider_answer_spent") in refused.text
    assert session_cookie(thief) is None


def test_a_code_that_the_provider_does_not_know_and_an_error_open_nothing(
    bench: Workbench, provider: FakeProvider
) -> None:
    for brought in ("code=unknown", "error=access_denied"):
        client = bench.app.test_client()
        query = provider.let_in(asked(client), preferred_username=NAME)
        state = parse_qs(query)["state"][0]
        refused = answered(client, f"state={state}&{brought}")
        assert refused.status_code == 401
        assert sentence(bench, "provider_declined") in refused.text


def test_an_answer_of_another_issuer_is_not_exchanged(
    bench: Workbench, provider: FakeProvider
) -> None:
    provider.metadata = {"authorization_response_iss_parameter_supported": True}
    for issuer in ("", "&iss=https://idp.other.example"):
        client = bench.app.test_client()
        query = provider.let_in(asked(client), preferred_username=NAME)
        refused = answered(client, query + issuer)
        assert sentence(bench, "provider_token_foreign") in refused.text
    assert "/token" not in provider.asked


def test_who_has_no_account_or_a_closed_one_is_told_whom_to_ask(
    bench: Workbench, provider: FakeProvider
) -> None:
    with municipality_scope(TOWN), bench.house.databases.reading("portal") as connection:
        row = connection.execute(
            select(tables.account).where(tables.account.c.login_name == NAME)
        ).one()
    with bench.unit(bench.staff("town_administrator")) as uow:
        command = ChangeAccount(row.id, row.display_name, tuple(row.roles), "", False, 1)
        change_account(command, uow, bench.hooks)
    for name, code in (("s0413", "provider_account_unknown"), (NAME, "provider_account_closed")):
        client = bench.app.test_client()
        refused = answered(client, provider.let_in(asked(client), preferred_username=name))
        assert refused.status_code == 403
        assert sentence(bench, code) in refused.text
        assert "市町村の管理者" in refused.text
    with municipality_scope(TOWN), bench.house.databases.reading("portal") as connection:
        assert len(connection.execute(select(tables.account)).all()) == 2


def test_an_address_counts_as_a_name_only_when_the_provider_verified_it(
    bench: Workbench, provider: FakeProvider
) -> None:
    with_provider(bench, SignInProvider(provider.issuer, CLIENT_ID, claim="email"))
    client = bench.app.test_client()
    for person, status in (
        ({"email": NAME}, 400),
        ({"email": NAME, "email_verified": "true"}, 400),
        ({"email": NAME, "email_verified": True}, 303),
    ):
        assert answered(client, provider.let_in(asked(client), **person)).status_code == status


def test_the_provider_of_one_town_opens_no_other_town(
    bench: Workbench, provider: FakeProvider
) -> None:
    client = bench.app.test_client()
    query = provider.let_in(asked(client), preferred_username=NAME)
    kept = client.get_cookie("kasane_asked", path=f"/{TOWN}/sign-in/provider/answer")
    assert kept is not None
    client.set_cookie("kasane_asked", kept.value)
    refused = client.get(f"/{OTHER_TOWN}/sign-in/provider/answer?{query}")
    assert refused.status_code == 404
    assert session_cookie(client) is None
    assert client.get(f"/{OTHER_TOWN}/sign-in/provider").status_code == 404
    assert "職員認証" not in client.get(f"/{OTHER_TOWN}/sign-in").text


def test_a_town_without_the_secret_says_so(bench: Workbench) -> None:
    bench.house = replace(bench.house, provider_access=ProviderAccess())
    bench.__dict__.pop("app", None)
    refused = bench.app.test_client().get(f"/{TOWN}/sign-in/provider")
    assert refused.status_code == 503
    assert sentence(bench, "provider_not_ready") in refused.text


def test_one_password_is_kept_for_the_day_when_the_provider_is_down(
    bench: Workbench, provider: FakeProvider
) -> None:
    with_provider(bench, SignInProvider(provider.issuer, CLIENT_ID, break_glass="kanri"))
    client = bench.app.test_client()
    assert "管理者の非常用サインイン" in client.get(f"/{TOWN}/sign-in").text
    refused = by_password(client, NAME)
    assert refused.status_code == 403
    assert sentence(bench, "password_not_asked") in refused.text
    program = client.post(
        f"/{TOWN}/api/v1/sessions", json={"login_name": NAME, "password": PASSWORD}
    )
    assert program.status_code == 403
    assert by_password(client, "Kanri").status_code == 303
    with_provider(bench, SignInProvider(provider.issuer, CLIENT_ID, break_glass=NAME))
    assert by_password(bench.app.test_client(), NAME).status_code == 401


def test_too_many_bad_answers_from_one_address_are_not_looked_at(
    bench: Workbench, provider: FakeProvider
) -> None:
    client = bench.app.test_client()
    statuses = [answered(client, "state=x&code=y").status_code for _ in range(22)]
    assert statuses == [400] * 20 + [429] * 2
    refused = answered(client, "state=x&code=y")
    assert int(refused.headers["Retry-After"]) > 800
    assert provider.asked == []


def test_something_grave_is_proved_again_at_the_provider(
    bench: Workbench, provider: FakeProvider
) -> None:
    with_provider(bench, SignInProvider(provider.issuer, CLIENT_ID, acr="strong"))
    client = signed_in(bench, provider, preferred_username="kanri")
    first = session_cookie(client)
    page = client.get(f"/{TOWN}/confirm?next=/portal/{TOWN}/accounts").text
    assert "職員認証で確かめて進む" in page
    assert 'name="password"' not in page
    address = asked(client, f"/confirm/provider?next=/portal/{TOWN}/accounts")
    wanted = parse_qs(urlsplit(address).query)
    assert (wanted["prompt"], wanted["max_age"]) == (["login"], ["0"])
    assert wanted["acr_values"] == ["strong"]
    done = answered(
        client,
        provider.let_in(address, preferred_username="kanri", auth_time=since(0), acr="strong"),
    )
    assert (done.status_code, done.headers["Location"]) == (303, f"/portal/{TOWN}/accounts")
    assert session_cookie(client) not in (None, first)
    old = bench.app.test_client()
    old.set_cookie("kasane_session", first or "")
    assert old.get(f"/{TOWN}/").status_code == 302


def test_a_confirmation_of_somebody_else_or_of_earlier_confirms_nothing(
    bench: Workbench, provider: FakeProvider
) -> None:
    with_provider(bench, SignInProvider(provider.issuer, CLIENT_ID, acr="strong"))
    client = signed_in(bench, provider, preferred_username="kanri")
    first = session_cookie(client)
    strong = {"preferred_username": "kanri", "acr": "strong"}
    for person, code in (
        (strong, "provider_proof_too_old"),
        ({**strong, "auth_time": since(-300)}, "provider_proof_too_old"),
        ({**strong, "auth_time": since(0), "acr": "weak"}, "provider_proof_too_old"),
        ({**strong, "auth_time": since(0), "preferred_username": NAME}, "provider_other_person"),
    ):
        query = provider.let_in(asked(client, "/confirm/provider"), **person)
        refused = answered(client, query)
        assert refused.status_code == 403, person
        assert sentence(bench, code) in refused.text
        assert session_cookie(client) == first
        assert client.get(f"/{TOWN}/").status_code == 200


def test_a_confirmation_that_another_session_asked_for_confirms_nothing(
    bench: Workbench, provider: FakeProvider
) -> None:
    client = signed_in(bench, provider)
    query = provider.let_in(
        asked(client, "/confirm/provider"), preferred_username=NAME, auth_time=since(0)
    )
    other = signed_in(bench, provider)
    cookie = other.get_cookie("kasane_session")
    assert cookie is not None
    client.set_cookie("kasane_session", cookie.value)
    refused = answered(client, query)
    assert refused.status_code == 403
    assert sentence(bench, "provider_other_person") in refused.text


def test_signing_out_here_goes_on_to_sign_out_there(
    bench: Workbench, provider: FakeProvider
) -> None:
    client = signed_in(bench, provider)
    page = client.get(f"/{TOWN}/password").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    over = client.post(f"/{TOWN}/sign-out", data={"csrf_token": token[1]})
    assert over.status_code == 200
    seconds, _, address = over.headers["Refresh"].partition("; url=")
    assert (seconds, urlsplit(address).path) == ("1", "/over")
    assert parse_qs(urlsplit(address).query) == {
        "client_id": [CLIENT_ID],
        "post_logout_redirect_uri": [f"http://localhost/{TOWN}/sign-in"],
    }
    assert session_cookie(client) is None
    local = bench.app.test_client()
    by_password(local, NAME)
    page = local.get(f"/{TOWN}/password").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    assert local.post(f"/{TOWN}/sign-out", data={"csrf_token": token[1]}).status_code == 303


def sign_out_there(bench: Workbench, token: str, town: str = TOWN) -> TestResponse:
    return bench.app.test_client().post(
        f"/{town}/api/v1/provider-sign-outs", data={"logout_token": token}
    )


def test_a_session_that_is_over_there_is_over_here_and_nobody_elses(
    bench: Workbench, provider: FakeProvider
) -> None:
    mine = signed_in(bench, provider)
    also_mine = signed_in(bench, provider, sid="at-provider-2")
    theirs = signed_in(bench, provider, preferred_username="kanri", sub="p-2", sid="at-provider-3")
    cookie = mine.get_cookie("kasane_session")
    assert cookie is not None
    token = provider.logout_token(sid="at-provider-1")
    assert sign_out_there(bench, token).status_code == 204
    assert bench.session(cookie.value) is None
    seen = [browser.get(f"/{TOWN}/").status_code for browser in (mine, also_mine, theirs)]
    assert seen == [302, 200, 200]
    assert sign_out_there(bench, provider.logout_token(sub="p-1")).status_code == 204
    seen = [browser.get(f"/{TOWN}/").status_code for browser in (mine, also_mine, theirs)]
    assert seen == [302, 302, 200]
    again = sign_out_there(bench, token)
    assert (again.status_code, again.json["type"]) == (
        400,
        "urn:kasane:problem:provider_answer_spent",
    )


WRONG_LOGOUTS: list[tuple[dict[str, Any], str]] = [
    ({"events": None}, "provider_token_forged"),
    ({"events": {"http://example.test/other": {}}}, "provider_token_forged"),
    ({"nonce": "n"}, "provider_token_forged"),
    ({"aud": "another"}, "provider_token_foreign"),
    ({"iss": "https://idp.other.example"}, "provider_token_foreign"),
    ({"exp": 1}, "provider_token_stale"),
    ({"iat": 1}, "provider_token_stale"),
    ({"jti": None}, "provider_answer_unfit"),
    ({"sub": None, "sid": None}, "provider_answer_unfit"),
]


def test_a_wrong_logout_token_ends_nothing(bench: Workbench, provider: FakeProvider) -> None:
    client = signed_in(bench, provider)
    for claims, code in WRONG_LOGOUTS:
        provider.spoil_claims = changed(**claims)
        refused = sign_out_there(bench, provider.logout_token(sub="p-1", sid="at-provider-1"))
        assert refused.json["type"] == f"urn:kasane:problem:{code}", claims
        assert client.get(f"/{TOWN}/").status_code == 200
