"""What a person sees at the entrance."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kasane_contracts import cases, intake
from kasane_contracts.audit import AuditEntryRecorded
from kasane_contracts.portal import StaffAccountChanged
from kasane_kit import clock
from kasane_kit.bus import dead_letters
from kasane_kit.bus.dead_letters import ParkingReason
from kasane_kit.db.engine import SqliteAddresses
from kasane_kit.keys import KeyMissing
from kasane_kit.tenancy import municipality_scope
from kasane_kit.testing.workbench import Visitor, Workbench
from kasane_portal.domain.overview import fiscal_year
from kasane_portal.handlers.telling import tell_counts
from kasane_portal.pages.sessions import own_path
from kasane_portal.queries import list_accounts

PASSWORD = "correct horse battery"
TOWN = "292095"
OTHER_TOWN = "012319"
BenchMaker = Callable[..., Workbench]


@pytest.fixture
def bench(make_workbench: BenchMaker) -> Workbench:
    """The portal with 生駒市's plugin, so that there are offices and the town's own roles."""
    return make_workbench("portal", {TOWN: ("ikoma",)})


def make(bench: Workbench, login_name: str, role: str, town: str = TOWN, office: str = "") -> str:
    created: str = bench.service.commands["create_account"](
        bench.house,
        town,
        login_name=login_name,
        display_name="生駒 直子",
        password=PASSWORD,
        roles=[role],
        office=office,
    )
    return created


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def sign_in(
    client: FlaskClient, login_name: str, password: str = PASSWORD, town: str = TOWN, **more: str
) -> TestResponse:
    token = token_of(client.get(f"/{town}/sign-in").text)
    data = {"csrf_token": token, "login_name": login_name, "password": password, **more}
    return client.post(f"/{town}/sign-in", data=data)


def administrator(bench: Workbench) -> Visitor:
    return bench.visit_as(bench.staff("town_administrator", account_id="admin"))


# ---- The front door, signing in and out


def test_the_front_door_lists_the_towns_and_the_host(workbench: Workbench) -> None:
    page = workbench.app.test_client().get("/")

    assert page.status_code == 200
    for address in (f"/portal/{TOWN}/sign-in", f"/portal/{OTHER_TOWN}/sign-in"):
        assert f'href="{address}"' in page.text
    assert 'href="/portal/host/sign-in"' in page.text
    assert "生駒市" in page.text


def test_the_front_door_shows_the_way_on_to_whoever_is_signed_in(bench: Workbench) -> None:
    make(bench, "s0412", "coordinator")
    client = bench.app.test_client()
    sign_in(client, "s0412")

    assert "生駒市にサインインしています" in client.get("/").text


def test_the_front_door_and_the_overview_go_on_without_a_town_whose_key_is_not_here(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(bench, "s0412", "coordinator")
    client = bench.app.test_client()
    sign_in(client, "s0412")
    at_host = operator(bench)
    bench.house.databases.dispose()
    url = SqliteAddresses.url

    def without_key(addresses: SqliteAddresses, service: str, municipality: str) -> Any:
        if municipality == TOWN:
            raise KeyMissing(f"there is no key logins{TOWN}")
        return url(addresses, service, municipality)

    monkeypatch.setattr(SqliteAddresses, "url", without_key)

    door, overview = client.get("/"), at_host.get("/host/overview")

    assert (door.status_code, overview.status_code) == (200, 200)
    assert f'href="/portal/{OTHER_TOWN}/sign-in"' in door.text
    assert "サインインしています" not in door.text
    assert [town for town, _ in counts_shown(overview.text)] == ["恵庭市", "合計"]
    assert "生駒市" in overview.text


def test_signing_in_leads_home_and_signing_out_ends_it(bench: Workbench) -> None:
    make(bench, "s0412", "coordinator")
    client = bench.app.test_client()

    answer = sign_in(client, "s0412")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/portal/{TOWN}/")
    home = client.get(f"/{TOWN}/")
    assert home.status_code == 200
    assert "いこまる主任推進員" in home.text
    out = client.post(f"/{TOWN}/sign-out", data={"csrf_token": token_of(home.text)})
    assert (out.status_code, out.headers["Location"]) == (303, f"/portal/{TOWN}/sign-in")
    assert client.get(f"/{TOWN}/").status_code == 302
    actions = [(e.action, e.object_id) for e in bench.said(AuditEntryRecorded)]
    assert actions[-2:] == [
        ("portal.session.opened", "s0412"),
        ("portal.session.closed", "s0412"),
    ]


def test_signing_out_works_long_after_signing_in(
    bench: Workbench, clock_at: Callable[[datetime], None]
) -> None:
    begun = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    clock_at(begun)
    make(bench, "s0412", "coordinator")
    client = bench.app.test_client()
    sign_in(client, "s0412")
    clock_at(begun + timedelta(minutes=10))
    token = token_of(client.get(f"/{TOWN}/").text)
    clock_at(begun + timedelta(minutes=20))

    client.post(f"/{TOWN}/sign-out", data={"csrf_token": token})

    assert client.get_cookie("kasane_session") is None


def test_signing_in_as_another_replaces_the_session(
    bench: Workbench, clock_at: Callable[[datetime], None]
) -> None:
    begun = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    clock_at(begun)
    make(bench, "s0412", "coordinator")
    make(bench, "admin", "town_administrator")
    client = bench.app.test_client()
    sign_in(client, "s0412")
    clock_at(begun + timedelta(minutes=10))

    sign_in(client, "admin")

    assert client.get(f"/{TOWN}/accounts").status_code == 200


@pytest.mark.parametrize("login_name", ["s0412", "nobody"])
def test_a_wrong_name_and_a_wrong_password_look_the_same(bench: Workbench, login_name: str) -> None:
    make(bench, "s0412", "coordinator")
    client = bench.app.test_client()

    answer = sign_in(client, login_name, "wrong wrong wrong")

    assert answer.status_code == 401
    assert "ログイン名かパスワードが違います。" in answer.text
    assert f'value="{login_name}"' in answer.text
    assert "wrong wrong wrong" not in answer.text
    assert client.get_cookie("kasane_session") is None


def test_empty_fields_are_named(bench: Workbench) -> None:
    answer = sign_in(bench.app.test_client(), "", "")

    assert answer.status_code == 422
    assert "ログイン名を入力してください。" in answer.text
    assert "パスワードを入力してください。" in answer.text


def test_the_sixth_try_is_told_when_to_come_again(bench: Workbench) -> None:
    make(bench, "s0412", "coordinator")
    client = bench.app.test_client()
    for _ in range(5):
        assert sign_in(client, "s0412", "wrong wrong").status_code == 401

    answer = sign_in(client, "s0412")

    assert answer.status_code == 429
    assert 890 <= int(answer.headers["Retry-After"]) <= 900
    assert "約15分後" in answer.text


def test_a_sign_in_form_from_elsewhere_is_refused(bench: Workbench) -> None:
    make(bench, "s0412", "coordinator")
    data = {"login_name": "s0412", "password": PASSWORD}

    answer = bench.app.test_client().post(f"/{TOWN}/sign-in", data=data)

    assert answer.status_code == 403
    assert bench.said(AuditEntryRecorded)[-1].action == "portal.account.created"


def test_an_account_of_one_town_is_nobody_in_another(bench: Workbench) -> None:
    make(bench, "s0412", "coordinator")
    client = bench.app.test_client()

    assert sign_in(client, "s0412", town=OTHER_TOWN).status_code == 401
    sign_in(client, "s0412")
    assert client.get(f"/{TOWN}/").status_code == 200
    assert client.get(f"/{OTHER_TOWN}/").location.startswith(f"/portal/{OTHER_TOWN}/sign-in")


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/intake/292095/consultations", "/intake/292095/consultations"),
        ("/intake/292095/consultations?cursor=x", "/intake/292095/consultations?cursor=x"),
        ("", ""),
        ("https://evil.example/", ""),
        ("//evil.example/", ""),
        ("/\\evil.example/", ""),
        ("/a\nb", ""),
        ("javascript:alert(1)", ""),
        ("///evil.example", ""),
        ("intake/292095", ""),
    ],
)
def test_the_way_on_is_an_own_path_or_nothing(wanted: str, given: str) -> None:
    assert own_path(wanted) == given


def test_signing_in_goes_on_to_the_wanted_page_and_never_elsewhere(bench: Workbench) -> None:
    make(bench, "s0412", "coordinator")

    onward = sign_in(bench.app.test_client(), "s0412", next="/cases/292095/cases")
    away = sign_in(bench.app.test_client(), "s0412", next="//evil.example/")

    assert onward.headers["Location"] == "/cases/292095/cases"
    assert away.headers["Location"] == f"/portal/{TOWN}/"


# ---- My tasks


def test_home_shows_my_tasks_the_urgent_ones_first(bench: Workbench) -> None:
    today = date(2026, 11, 21)
    common: dict[str, Any] = {
        "channel": "window",
        "desk": "tax_window",
        "received_on": today,
        "categories": ("income",),
        "target_role": "coordinator",
    }
    bench.hear(intake.ConsultationReceived("c1", "2026-000001", **common))
    bench.hear(intake.ConsultationReceived("c2", "2026-000002", urgent=True, **common))
    bench.hear(cases.CaseOpened("k1", "R8-0001", "", "h1", today, 2, "assessment"))
    bench.hear(cases.ReferralRequested("r1", "k1", "n1", "p1", "s1"))
    actor = bench.staff("coordinator", roles=("coordinator",), office="welfare_policy")

    page = bench.visit_as(actor).get("/")

    numbers = re.findall(r"p-task__number\">([^<]+)<", page.text)
    assert numbers == ["2026-000002", "2026-000001", "R8-0001"]
    assert f'href="/intake/{TOWN}/consultations/c2"' in page.text
    assert f'href="/intake/{TOWN}/consultations/new"' in page.text
    assert "福祉政策課" in page.text


def test_home_of_a_coordinator_shows_the_numbers_that_cases_told_last_and_nobody_elses(
    bench: Workbench,
) -> None:
    today = date(2026, 11, 21)
    told = (cases.GapCount("no_lead", 3), cases.GapCount("look_due", 0), cases.GapCount("new", 2))
    bench.hear(cases.GapsCounted(TOWN, today, (cases.GapCount("no_contact", 9),)))
    bench.hear(cases.GapsCounted(TOWN, today, told))

    page = bench.visit_as(bench.staff("coordinator")).get("/").text
    other = bench.visit_as(bench.staff("contact", account_id="other")).get("/").text

    assert "見落としそうなケース" in page
    assert f'href="/cases/{TOWN}/gaps?kind=no_lead"' in page
    assert "主担当" in page
    assert "令和8年11月21日時点" in page
    assert "モニタリングが近い" not in page
    assert "見落としそうなケース" not in other


def test_home_of_another_role_shows_none_of_them(bench: Workbench) -> None:
    bench.hear(cases.ReferralRequested("r1", "k1", "n1", "p1", "s1"))

    page = bench.visit_as(bench.staff("receiver", roles=("receiver",))).get("/")

    assert page.status_code == 200
    assert "いま待っている仕事はありません" in page.text
    assert "市町村の管理" not in page.text


@pytest.mark.parametrize(
    ("role", "term", "records"),
    [
        ("town_administrator", True, False),
        ("coordinator", False, True),
        ("responsible", False, True),
        ("receiver", False, False),
    ],
)
def test_home_leads_to_the_end_of_retention_those_who_have_to_do_with_it(
    bench: Workbench, role: str, term: bool, records: bool
) -> None:
    make(bench, "someone", role)
    client = bench.app.test_client()
    sign_in(client, "someone")

    page = client.get(f"/{TOWN}/").text

    assert (f'href="/cases/{TOWN}/retention/term"' in page) is term
    assert (f'href="/cases/{TOWN}/retention"' in page) is records
    assert ("町の文書が定める年数と、消すまでに待つ日数" in page) is term
    assert (">保存期間が終わった記録</a>" in page) is records
    assert (f'href="/intake/{TOWN}/arrivals/term"' in page) is term
    assert (f'href="/intake/{TOWN}/arrivals"' in page) is records


def test_home_without_a_session_leads_to_signing_in(bench: Workbench) -> None:
    answer = bench.app.test_client().get(f"/{TOWN}/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/portal/{TOWN}/sign-in?next=%2F{TOWN}%2F"


# ---- Accounts


def an_account(**more: Any) -> dict[str, Any]:
    return {
        "login_name": "s0777",
        "display_name": "窓口 一",
        "password": PASSWORD,
        "roles": ["receiver"],
        "office": "tax_window",
        **more,
    }


def names(bench: Workbench) -> list[str]:
    with bench.reading() as connection:
        return [account.login_name for account in list_accounts(connection, 100)]


def test_a_double_click_makes_one_account(bench: Workbench) -> None:
    visitor = administrator(bench)
    data = an_account(submission="once")

    answers = [visitor.post("/accounts", data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert names(bench) == ["s0777"]
    assert len(bench.said(StaffAccountChanged)) == 1
    page = visitor.get("/accounts").text
    assert "いこまる相談窓口の職員" in page
    assert "税の窓口" in page


def test_every_problem_of_a_new_account_is_at_its_field_and_the_rest_is_kept(
    bench: Workbench,
) -> None:
    data = an_account(login_name="", display_name="", roles=["king"], office="moon")

    answer = administrator(bench).post("/accounts", data)

    assert answer.status_code == 422
    for field in ("login_name", "display_name", "roles", "office"):
        assert f'id="field-{field}-error"' in answer.text
    assert PASSWORD not in answer.text
    assert names(bench) == []


@pytest.mark.parametrize(
    ("field", "typed"),
    [("login_name", "職員"), ("password", "short"), ("roles", ["prefecture_operator"])],
)
def test_what_the_domain_refuses_is_at_its_field(
    bench: Workbench, field: str, typed: str | list[str]
) -> None:
    answer = administrator(bench).post("/accounts", an_account(**{field: typed}))

    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    assert names(bench) == []


def test_a_taken_login_name_is_at_its_field(bench: Workbench) -> None:
    make(bench, "s0777", "receiver")

    answer = administrator(bench).post("/accounts", an_account())

    assert answer.status_code == 422
    assert "ログイン名「s0777」は、ほかの人が使っています。" in answer.text


def test_closing_an_account_ends_its_session(bench: Workbench) -> None:
    account_id = make(bench, "s0777", "receiver")
    client = bench.app.test_client()
    sign_in(client, "s0777")
    assert client.get(f"/{TOWN}/").status_code == 200
    data = {"display_name": "窓口 一", "roles": ["receiver"], "office": "", "revision": "1"}

    answer = administrator(bench).post(f"/accounts/{account_id}", data)

    assert answer.status_code == 303
    assert client.get(f"/{TOWN}/").status_code == 302
    assert bench.said(StaffAccountChanged)[-1].active is False


def test_a_change_of_an_outdated_page_is_refused(bench: Workbench) -> None:
    account_id = make(bench, "s0777", "receiver")
    data = {"display_name": "別人", "roles": ["receiver"], "active": "1", "revision": "0"}

    answer = administrator(bench).post(f"/accounts/{account_id}", data)

    assert answer.status_code == 412
    assert len(bench.said(StaffAccountChanged)) == 1


def test_the_last_administrator_is_told_why_they_stay(bench: Workbench) -> None:
    account_id = make(bench, "admin", "town_administrator")
    data = {"display_name": "管理", "roles": ["receiver"], "active": "1", "revision": "1"}

    answer = administrator(bench).post(f"/accounts/{account_id}", data)

    assert answer.status_code == 422
    assert "市町村の管理者がいなくなってしまいます。" in answer.text
    assert len(bench.said(StaffAccountChanged)) == 1


def test_an_account_that_is_not_there_is_not_found(bench: Workbench) -> None:
    assert administrator(bench).get("/accounts/nobody").status_code == 404


def test_a_new_password_is_shown_once_and_works(bench: Workbench) -> None:
    account_id = make(bench, "s0777", "receiver")

    page = administrator(bench).post(f"/accounts/{account_id}/password")

    found = re.search(r"<code translate=\"no\">([a-z0-9-]{19})</code>", page.text)
    assert found is not None
    assert page.headers["Cache-Control"] == "no-store"
    client = bench.app.test_client()
    assert sign_in(client, "s0777").status_code == 401
    assert sign_in(client, "s0777", found[1]).status_code == 303
    assert found[1] not in str(bench.said())


def test_changing_the_own_password_keeps_this_session_and_ends_the_others(
    bench: Workbench,
) -> None:
    make(bench, "s0777", "receiver")
    here, elsewhere = bench.app.test_client(), bench.app.test_client()
    for client in (here, elsewhere):
        sign_in(client, "s0777")
    token = token_of(here.get(f"/{TOWN}/password").text)
    data = {"present": PASSWORD, "password": "another password", "again": "another password"}

    answer = here.post(f"/{TOWN}/password", data={**data, "csrf_token": token})

    assert answer.status_code == 303
    assert here.get(f"/{TOWN}/").status_code == 200
    assert elsewhere.get(f"/{TOWN}/").status_code == 302


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"present": "guess"}, "present"),
        ({"again": "different"}, "again"),
        ({"password": "short", "again": "short"}, "password"),
    ],
)
def test_a_wrong_own_password_form_names_the_field(
    bench: Workbench, change: dict[str, str], field: str
) -> None:
    account_id = make(bench, "s0777", "receiver")
    visitor = bench.visit_as(bench.staff("receiver", account_id=account_id))
    data = {"present": PASSWORD, "password": "another password", "again": "another password"}

    answer = visitor.post("/password", {**data, **change})

    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    assert sign_in(bench.app.test_client(), "s0777").status_code == 303


def test_the_sixth_guess_at_the_own_password_says_when_to_come_again(bench: Workbench) -> None:
    account_id = make(bench, "s0777", "receiver")
    visitor = bench.visit_as(bench.staff("receiver", account_id=account_id))
    data = {"password": "another password", "again": "another password"}
    for _ in range(5):
        assert visitor.post("/password", {**data, "present": "guess"}).status_code == 422

    answer = visitor.post("/password", {**data, "present": PASSWORD})

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert "サインインの失敗が続いたため、しばらく受け付けません。" in answer.text
    assert "another password" not in answer.text


@pytest.mark.parametrize("path", ["/accounts", "/accounts/new", "/audit", "/dead-letters"])
def test_the_administrators_pages_are_closed_to_staff(bench: Workbench, path: str) -> None:
    visitor = bench.visit_as(bench.staff("coordinator", "receiver"))

    assert visitor.get(path).status_code == 403
    assert administrator(bench).get(path).status_code == 200


def test_a_parcel_that_was_put_aside_is_on_the_page_until_it_is_given_back(
    bench: Workbench,
) -> None:
    def heard(position: int, action: str, parcel: str = "parcel-1") -> None:
        bench.hear(
            AuditEntryRecorded(
                entry_id=f"e{position}",
                service="cases",
                position=position,
                at=f"2026-11-21T00:00:0{position}+00:00",
                actor="cases",
                actor_name="",
                action=f"cases.parcel.{action}",
                object_kind="parcel",
                object_id=parcel,
                basis="cases.transfer.offer ValueError",
                correlation_id="c",
                causation_id="",
            )
        )

    heard(1, "taken", "parcel-2")
    heard(2, "parked")
    shown = administrator(bench).get("/dead-letters").text
    heard(3, "given_back")
    after = administrator(bench).get("/dead-letters").text

    assert "ほかの町への小包で止まっているもの" in shown
    assert "cases.transfer.offer ValueError" in shown
    assert "parcel-1" in shown
    assert "parcel-2" not in shown
    assert "ほかの町への小包で止まっているもの" not in after


def test_staff_can_make_no_account(bench: Workbench) -> None:
    visitor = bench.visit_as(bench.staff("coordinator"))

    assert visitor.post("/accounts", an_account()).status_code == 403
    assert names(bench) == []


# ---- The town, the audit trail, dead letters


def test_the_town_page_shows_what_the_plugins_say_with_sources(bench: Workbench) -> None:
    page = administrator(bench).get("/town").text

    for word in (
        "いこまる主任推進員",
        "重層的支援会議",
        "重層的支援体制整備事業の取組み 218～221行",
        "予定",
        "実施中",
        "税の窓口",
    ):
        assert word in page


def rule_rows(page: str) -> dict[str, str]:
    """The rows of the page by their heading, as a person reads them."""
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', page, re.DOTALL)
    return {
        re.sub(r"<[^>]+>", "", head).strip(): " ".join(re.sub(r"<[^>]+>", " ", rest).split())
        for head, rest in rows
    }


def test_everybody_of_the_town_reads_how_it_works(bench: Workbench) -> None:
    rows = rule_rows(bench.visit_as(bench.staff("receiver")).get("/town").text)

    assert rows["受け付けた窓口で対応できる"].startswith("受け付けた窓口で対応します")
    assert rows["通常の連携では難しい"].startswith("いこまる主任推進員")
    assert "重層的支援体制整備事業の取組み 137～138行" in rows["通常の連携では難しい"]
    assert rows["本人の同意：同意あり"].startswith("重層的支援会議")
    assert "町の資料では決まっていません" in rows["本人の同意：同意しない"]
    assert rows["コーディネーター"].startswith("いこまる主任推進員")
    assert rows["終えるまでに要ること"] == "評価・次の相談先 国の標準"


@pytest.mark.parametrize("plugin", ["eniwa", "kasugai", "senboku", "yonago", "hokuei"])
def test_each_town_says_who_takes_what_the_desk_cannot(
    make_workbench: BenchMaker, plugin: str
) -> None:
    bench = make_workbench("portal", {TOWN: (plugin,)})
    page = bench.visit_as(bench.staff("receiver")).get("/town").text

    assert "答えられなかった" not in page
    assert "通常の連携では難しい" in rule_rows(page)


def test_what_no_document_says_is_shown_as_the_national_standard(
    make_workbench: BenchMaker,
) -> None:
    bench = make_workbench("portal", {TOWN: ()})
    rows = rule_rows(bench.visit_as(bench.staff("receiver")).get("/town").text)

    assert rows["通常の連携では難しい"].endswith("国の標準")


def test_a_source_is_said_by_its_document_and_lines_and_its_whole_name_stands_behind(
    bench: Workbench,
) -> None:
    page = administrator(bench).get("/town").text

    whole = "資料004：生駒市福祉政策課「重層的支援体制整備事業の取組み」令和5年6月"
    assert f'title="{whole}">重層的支援体制整備事業の取組み 139行、215行</span>' in page
    assert "・<span class" in page
    assert ">奈良新聞 令和5年5月31日</span>" in page
    assert "004:L" not in page
    assert "最初に相談を受けて受け止める人（125行）" in page


def test_what_no_question_asks_stands_on_the_page_and_what_is_silent_is_not_stated(
    bench: Workbench,
) -> None:
    rows = rule_rows(administrator(bench).get("/town").text)

    assert rows["【会議】本人の同意がないときの会議"].startswith("資料に記載なし")
    assert rows["【窓口】関係課"].startswith("「相談支援」「地域づくり」に関わりのある課")
    assert rows["自治会の地域課題"].startswith("（仮称）わがごとカイギ")


def test_how_long_an_entry_counts_as_confirmed_stands_on_the_page(bench: Workbench) -> None:
    rows = rule_rows(administrator(bench).get("/town").text)

    assert rows["登録を確かめ直す"].startswith("前に確かめてから180日たったとき")
    assert "聞いた空きは90日のあいだ数える" in rows["登録を確かめ直す"]
    assert "この仕組みがはじめに決めた日数です" in rows["登録を確かめ直す"]
    assert "国の標準" not in rows["登録を確かめ直す"]


@pytest.mark.parametrize(
    ("plugin", "words"),
    [
        ("kasugai", ("3.5名", "4名", "参加支援を計画する前に", "地域包括ケア推進協議会", "年2回")),
        ("eniwa", ("12名以内", "過半数の出席で開く", "【参考】京都府長岡京市", "前の名前：")),
        ("senboku", ("【会議】会議の頻度・定足数・様式", "1年以下の懲役")),
        ("yonago", ("08:30～17:15", "【窓口】時間外の扱い", "基礎コース", "3名")),
        ("hokuei", ("愛の輪活動", "共助交通", "仁厚会", "支え愛連絡会", "検討")),
    ],
)
def test_the_page_of_each_town_says_what_its_document_says(
    make_workbench: BenchMaker, plugin: str, words: tuple[str, ...]
) -> None:
    bench = make_workbench("portal", {TOWN: (plugin,)})
    page = bench.visit_as(bench.staff("receiver")).get("/town").text

    assert [word for word in words if word not in page] == []


def test_a_partner_does_not_read_how_the_town_works(bench: Workbench) -> None:
    assert bench.visit_as(bench.staff("partner")).get("/town").status_code == 403


def test_the_town_page_says_what_is_wrong_with_a_misconfigured_town(
    make_workbench: BenchMaker,
) -> None:
    bench = make_workbench("portal", {TOWN: ("no-such-plugin",)})
    make(bench, "kencho", "prefecture_operator", "host")
    visitor = administrator(bench)

    town, home = visitor.get("/town"), visitor.get("/")
    client = bench.app.test_client()
    sign_in(client, "kencho", town="host")
    overview = client.get("/host/overview")

    for page in (town, home, overview):
        assert page.status_code == 200
        assert "no-such-plugin" in page.text


def hear_entry(bench: Workbench, number: int, **more: Any) -> None:
    facts: dict[str, Any] = {
        "entry_id": f"e{number}",
        "service": "intake",
        "position": number,
        "at": datetime(2026, 11, 21, 0, number, tzinfo=UTC).isoformat(),
        "actor": "a1",
        "actor_name": "窓口 一",
        "action": "intake.consultation.received",
        "object_kind": "consultation",
        "object_id": f"c{number}",
        "correlation_id": "thread",
        **more,
    }
    bench.hear(AuditEntryRecorded(**facts), producer=facts["service"])


def objects(page: str) -> list[str]:
    return re.findall(r'p-id">([^<]+)</span>', page)


def test_the_audit_page_shows_the_newest_first_and_narrows(bench: Workbench) -> None:
    hear_entry(bench, 1)
    hear_entry(bench, 2, actor="a2", service="cases", correlation_id="other")
    hear_entry(bench, 3, at=datetime(2026, 11, 20, 15, 0, tzinfo=UTC).isoformat())
    hear_entry(bench, 4, at=datetime(2026, 11, 20, 14, 59, tzinfo=UTC).isoformat())
    visitor = administrator(bench)

    assert objects(visitor.get("/audit").text) == ["c2", "c1", "c3", "c4"]
    assert objects(visitor.get("/audit?object_id=c1").text) == ["c1"]
    assert objects(visitor.get("/audit?correlation_id=other").text) == ["c2"]
    assert objects(visitor.get("/audit?on=2026-11-21").text) == ["c2", "c1", "c3"]
    assert objects(visitor.get("/audit?on=R8.11.20").text) == ["c4"]


def test_the_audit_page_says_in_words_what_was_done_refused_or_only_opened(
    bench: Workbench,
) -> None:
    hear_entry(bench, 1, action="intake.referral_sheet.send.form_opened")
    hear_entry(bench, 2, action="intake.referral_sheet.send.refused")
    hear_entry(bench, 3, action="cases.case.opened", service="cases")

    page = administrator(bench).get("/audit").text

    assert "つなぐシートを送る（入力画面を開いた）" in page
    assert "つなぐシートを送る（断りました）" in page
    assert "<code>cases.case.opened</code>" not in page
    assert ">相談受付</td>" in page


def test_the_audit_page_says_in_words_why_one_might_look(bench: Workbench) -> None:
    hear_entry(bench, 1, basis="emergency")
    hear_entry(bench, 2, basis="coordinator")
    hear_entry(bench, 3, basis="meeting:m-1")
    hear_entry(bench, 4, basis="救急隊から電話があり、服薬を伝えます")

    page = administrator(bench).get("/audit").text
    bases = re.findall(r'data-label="根拠">([^<]*)<', page)

    assert sorted(bases) == sorted(
        [
            "緊急の閲覧",
            "役割：調整",
            "会議の出席（m-1）",
            "救急隊から電話があり、服薬を伝えます",
        ]
    )


def test_the_audit_page_narrows_by_a_person_of_the_town(bench: Workbench) -> None:
    account_id = make(bench, "s0777", "receiver")
    hear_entry(bench, 1, actor=account_id)
    hear_entry(bench, 2)
    visitor = administrator(bench)

    assert objects(visitor.get(f"/audit?actor={account_id}").text) == ["c1"]


@pytest.mark.parametrize(
    "query",
    ["on=yesterday", "on=0001-01-01", "on=9999-12-31", "actor=nobody", "object_id=" + "x" * 129],
)
def test_a_wrong_filter_is_named_and_shows_nothing(bench: Workbench, query: str) -> None:
    hear_entry(bench, 1)

    answer = administrator(bench).get(f"/audit?{query}")

    assert answer.status_code == 422
    assert objects(answer.text) == []


def test_an_unreadable_cursor_is_refused(bench: Workbench) -> None:
    assert administrator(bench).get("/audit?cursor=xx").status_code == 400


def test_the_audit_page_goes_on_to_older_entries(bench: Workbench) -> None:
    for number in range(55):
        hear_entry(bench, number)
    visitor = administrator(bench)

    first = visitor.get("/audit?correlation_id=thread").text
    address = re.search(r'rel="next" href="[^"?]*([^"]+)"', first)

    assert len(objects(first)) == 50
    assert address is not None
    second = visitor.get("/audit" + address[1].replace("&amp;", "&")).text
    assert objects(second) == ["c4", "c3", "c2", "c1", "c0"]


def test_one_thread_is_told_in_its_order_over_services(bench: Workbench) -> None:
    hear_entry(bench, 2, service="cases", action="cases.case.opened")
    hear_entry(bench, 1)
    hear_entry(bench, 3, correlation_id="other")

    page = administrator(bench).get("/audit/thread").text

    assert objects(page) == ["c1", "c2"]


def test_looking_at_the_audit_trail_is_recorded(bench: Workbench) -> None:
    administrator(bench).get("/audit/thread")

    last = bench.said(AuditEntryRecorded)[-1]
    assert (last.action, last.object_id, last.actor) == ("portal.audit.read", "thread", "admin")


def test_dead_letters_are_listed_with_their_reason_and_without_their_content(
    bench: Workbench,
) -> None:
    with municipality_scope(TOWN), bench.house.databases.writing("portal") as connection:
        dead_letters.park(
            connection, "SECRET", ParkingReason.UNKNOWN_EVENT, "x.v9 is not known", None
        )
        connection.commit()

    page = administrator(bench).get("/dead-letters").text

    assert "この版が知らない種類" in page
    assert "x.v9 is not known" in page
    assert "SECRET" not in page


# ---- The prefecture's overview


def operator(bench: Workbench) -> FlaskClient:
    make(bench, "kencho", "prefecture_operator", "host")
    client = bench.app.test_client()
    answer = sign_in(client, "kencho", town="host")
    assert answer.headers["Location"] == "/portal/host/"
    return client


def hear_consultations(bench: Workbench, town: str, count: int, on: date) -> None:
    bench.municipality = town
    for number in range(count):
        bench.hear(
            intake.ConsultationReceived(
                f"{town}-{number}", f"n{number}", "window", "tax", on, ("income",)
            )
        )
    bench.municipality = TOWN


def tell(bench: Workbench) -> None:
    """What the hourly job does in every town."""
    for town in (TOWN, OTHER_TOWN):
        with municipality_scope(town):
            tell_counts(bench.house, town)


def counts_shown(page: str) -> list[tuple[str, str]]:
    rows = re.findall(r"<tr[^>]*>\s*<th scope=\"row\">([^<]+)</th>\s*<td[^>]*>(.*?)</td>", page)
    return [(name, re.sub(r"<[^>]+>", " ", cell).strip()) for name, cell in rows][:3]


def test_an_operator_lands_on_the_overview_of_every_town(bench: Workbench) -> None:
    day = date(2026, 11, 21)
    hear_consultations(bench, TOWN, 12, day)
    hear_consultations(bench, OTHER_TOWN, 3, day)
    with clock.fixed(lambda: datetime(2026, 12, 1, tzinfo=UTC)):
        tell(bench)
        client = operator(bench)

        home = client.get("/host/")

        assert (home.status_code, home.headers["Location"]) == (302, "/host/overview")
        page = client.get(f"/host/overview?year={fiscal_year(day)}").text
    assert counts_shown(page) == [("恵庭市", "10未満"), ("生駒市", "12"), ("合計", "13以上")]
    assert "2026年11月までの件数です。" in page


def test_a_month_is_told_when_it_is_over_and_a_small_growth_is_not(bench: Workbench) -> None:
    def page_on(year: int, month: int) -> str:
        with clock.fixed(lambda: datetime(year, month, 2, tzinfo=UTC)):
            tell(bench)
            tell(bench)
            return operator_page(bench)

    make(bench, "kencho", "prefecture_operator", "host")
    hear_consultations(bench, TOWN, 12, date(2026, 11, 21))
    assert counts_shown(page_on(2026, 11))[1] == ("生駒市", "0")
    assert counts_shown(page_on(2026, 12))[1] == ("生駒市", "12")
    for number in range(3):
        bench.hear(
            intake.ConsultationReceived(
                f"late-{number}", f"l{number}", "window", "tax", date(2026, 11, 30), ("income",)
            )
        )
    later = counts_shown(page_on(2027, 1))
    assert later[1] == ("生駒市", "12 11月まで")
    assert later[2] == ("合計", "12以上")
    told = [one for one in bench.said(AuditEntryRecorded) if one.action == "portal.counts.told"]
    assert [one.object_id for one in told if one.object_id.startswith("2026")] == [
        "2026:2026-10",
        "2026:2026-11",
        "2026:2026-12",
    ]


def operator_page(bench: Workbench) -> str:
    client = bench.app.test_client()
    sign_in(client, "kencho", town="host")
    return client.get("/host/overview?year=2026").text


def test_a_year_that_is_not_offered_shows_the_present_one(bench: Workbench) -> None:
    client = operator(bench)

    assert client.get("/host/overview?year=1999").text == client.get("/host/overview").text


def test_the_overview_is_for_operators_in_the_host_alone(bench: Workbench) -> None:
    in_town = bench.visit_as(bench.staff("prefecture_operator"))

    assert in_town.get("/overview").status_code == 404
    assert administrator(bench).get("/overview").status_code == 403


@pytest.mark.parametrize("path", ["/host/accounts", "/host/town", "/host/audit", f"/{TOWN}/"])
def test_an_operator_sees_nothing_else(bench: Workbench, path: str) -> None:
    answer = operator(bench).get(path)

    assert answer.status_code in ({403} if path.startswith("/host") else {302})
