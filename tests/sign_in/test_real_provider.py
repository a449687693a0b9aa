"""The whole way with a provider that others wrote: in, grave things, out there and so out here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from playwright._impl._driver import compute_driver_executable
from werkzeug.serving import make_server

from kasane_kit.tenancy import ProviderAccess, SignInProvider
from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.testing.workbench import GivenTowns, Workbench
from tests.support.missing import find_npm
from tests.support.own_processes import LOOPBACK

HERE = Path(__file__).parent
TOWN = "292095"
SECRET = "a secret of this test only"
PASSWORD = "correct horse battery"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def node_provider(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the provider as its lock names it, every package's digest checked by npm."""
    npm = find_npm()
    assert npm is not None
    folder = tmp_path_factory.mktemp("node-provider")
    for name in ("package.json", "package-lock.json", "provider.js"):
        shutil.copy(HERE / name, folder / name)
    subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=110,
    )
    return folder


@dataclass
class Running:
    """A portal that is really served, and the provider of its town."""

    bench: Workbench
    portal: str
    provider: str


@pytest.fixture
def running(node_provider: Path, make_workbench: BenchMaker) -> Iterator[Running]:
    """Both servers, knowing each other."""
    bench = make_workbench("portal", {TOWN: ("ikoma",)})
    application: list[Callable[..., object]] = []
    server = make_server(
        LOOPBACK, 0, lambda environ, start: application[0](environ, start), threaded=True
    )
    server.daemon_threads = True
    portal = f"http://{LOOPBACK}:{server.port}"
    client = {
        "client_id": "kasane",
        "client_secret": SECRET,
        "redirect_uris": [f"{portal}/{TOWN}/sign-in/provider/answer"],
        "post_logout_redirect_uris": [f"{portal}/{TOWN}/sign-in"],
        "backchannel_logout_uri": f"{portal}/{TOWN}/api/v1/provider-sign-outs",
        "backchannel_logout_session_required": True,
    }
    node, _ = compute_driver_executable()
    process = subprocess.Popen(
        [node, "provider.js", json.dumps(client)],
        cwd=node_provider,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    try:
        assert process.stdout is not None
        issuer = f"http://{LOOPBACK}:{int(process.stdout.readline())}"
        towns = {town.code: town for town in bench.house.directory.towns()}
        towns[TOWN] = replace(towns[TOWN], provider=SignInProvider(issuer, "kasane"))
        bench.house = replace(
            bench.house,
            directory=GivenTowns(*towns.values()),
            provider_access=ProviderAccess({TOWN: SECRET}),
        )
        for login_name, name, role in (
            ("s0412", "生駒 直子", "coordinator"),
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
        application.append(bench.app)
        thread.start()
        yield Running(bench, portal, issuer)
    finally:
        if thread.is_alive():
            server.shutdown()
            thread.join(10)
        server.server_close()
        process.terminate()
        process.communicate(timeout=20)


class Browser:
    """Follows redirects and fills in the provider's forms, as a person does."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.web = requests.Session()
        self.web.trust_env = False

    def get(self, path: str) -> requests.Response:
        return self.web.get(urljoin(self.running.portal, path), timeout=30)

    def at_provider(self, answer: requests.Response, name: str) -> requests.Response:
        """Signs in and agrees wherever the provider asks, until the portal answers; stops before it if told."""
        for _ in range(6):
            if answer.url.startswith(self.running.portal):
                return answer
            fields = dict(re.findall(r'name="(prompt|xsrf)" value="([^"]*)"', answer.text))
            action = re.search(r'action="([^"]+)"', answer.text)
            assert action is not None, answer.text
            sent = {**fields, "login": name, "password": "any"}
            if "/session/end" in action[1]:
                sent = {**fields, "logout": "yes"}
            answer = self.web.post(urljoin(answer.url, unescape(action[1])), data=sent, timeout=30)
        raise AssertionError(answer.url)

    def sign_in(self, name: str) -> requests.Response:
        return self.at_provider(self.get(f"/{TOWN}/sign-in/provider"), name)


def test_a_real_provider_opens_confirms_and_closes_a_session(running: Running) -> None:
    browser = Browser(running)
    home = browser.sign_in("person-kanri")
    # The portal is not mounted under its name here, so its own links lead nowhere; the session is what counts.
    assert browser.get(f"/{TOWN}/").status_code == 200, home.url
    assert "管理 花子" in browser.get(f"/{TOWN}/").text
    first = browser.web.cookies["kasane_session"]

    again = browser.get(f"/{TOWN}/confirm/provider?next=/{TOWN}/accounts")
    assert again.url.startswith(
        running.provider
    )  # asked anew, although the provider knows the person
    done = browser.at_provider(again, "person-kanri")
    assert urlsplit(done.url).path == f"/{TOWN}/accounts"
    assert done.status_code == 200
    assert browser.web.cookies["kasane_session"] != first

    over = browser.web.get(
        f"{running.provider}/session/end",
        params={
            "client_id": "kasane",
            "post_logout_redirect_uri": f"{running.portal}/{TOWN}/sign-in",
        },
        timeout=30,
    )
    back = browser.at_provider(over, "")
    assert urlsplit(back.url).path == f"/{TOWN}/sign-in"
    # Nothing was said here by the browser; the provider itself told the portal.
    page = browser.web.get(f"{running.portal}/{TOWN}/", timeout=30, allow_redirects=False)
    assert page.status_code == 302


def test_a_person_of_the_provider_without_an_account_and_a_used_code_stay_outside(
    running: Running,
) -> None:
    stranger = Browser(running)
    refused = stranger.sign_in("person-nobody")
    assert refused.status_code == 403
    assert "アカウントがありません" in refused.text
    assert "kasane_session" not in stranger.web.cookies

    browser = Browser(running)
    code: list[str] = []

    def note(answer: requests.Response, **_more: object) -> None:
        location = answer.headers.get("Location", "")
        if location.startswith(running.portal) and "code=" in location:
            code.append(location.partition("code=")[2].partition("&")[0])

    browser.web.hooks["response"].append(note)
    browser.sign_in("person-s0412")
    assert "生駒 直子" in browser.get(f"/{TOWN}/").text
    thief = Browser(running)
    started = thief.web.get(
        f"{running.portal}/{TOWN}/sign-in/provider", allow_redirects=False, timeout=30
    )
    state = started.headers["Location"].partition("state=")[2].partition("&")[0]
    replayed = thief.get(
        f"/{TOWN}/sign-in/provider/answer?state={state}&code={code[0]}&iss={running.provider}"
    )
    assert replayed.status_code == 401
    assert "kasane_session" not in thief.web.cookies

    somebody_else = browser.at_provider(browser.get(f"/{TOWN}/confirm/provider"), "person-kanri")
    assert somebody_else.status_code == 403
    # The provider's own session passed to somebody else, so it told the portal that the first one is over.
    left = browser.web.get(f"{running.portal}/{TOWN}/", timeout=30, allow_redirects=False)
    assert left.status_code == 302
