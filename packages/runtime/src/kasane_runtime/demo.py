"""Prepares the demonstration: two towns, invented staff and invented people, entered through the front doors."""

import fcntl
import os
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from werkzeug.test import Client, TestResponse

from kasane_kit import clock
from kasane_kit.config import Settings
from kasane_kit.ids import new_id
from kasane_kit.tenancy import HOST
from kasane_runtime.compose import HOST_SERVICE, Composition, make_app
from kasane_runtime.databases import migrate_sqlite
from kasane_runtime.processes import settle

PASSWORD = "kasane-demo"
MARK = "demonstration"
READY = "ready"
CONTENT = ("demo.toml", "demo_household.toml", "demo_community.toml", "demo_outreach.toml")

Say = Callable[[str], None]


class DemoRefused(RuntimeError):
    """The demonstration cannot be prepared; the message says why and that nothing was changed."""


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Holds the folder for this process and those it forks, until they end; raises DemoRefused.

    Refused, nothing is changed. A folder that was made for it and stayed empty is gone afterwards.
    """
    folder = settings.var
    made = not folder.exists()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with _held(folder, fcntl.LOCK_EX):
            yield
    finally:
        if made and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def not_alone(settings: Settings) -> Iterator[None]:
    """Works on the folder beside others of the kind: meanwhile nobody holds it ``alone``, so none deletes it.

    Raises DemoRefused where somebody does. A folder that is not there yet is nobody's.
    """
    if settings.var.is_dir():
        with _held(settings.var, fcntl.LOCK_SH):
            yield
    else:
        yield


@contextmanager
def _held(folder: Path, how: int) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoRefused(
                f"{folder} では見本かサーバーが動いています。何も消さず、何も始めていません。"
                "動いているものを Ctrl+C で止めてからもう一度行うか、KASANE_VAR に別のフォルダーを書いてください。"
                f" / a demonstration or a server runs on {folder}; nothing was deleted or begun;"
                " stop it with Ctrl+C and try again, or name another folder in KASANE_VAR"
            ) from None
        yield
    finally:
        os.close(handle)


def reset(settings: Settings) -> None:
    """Deletes the demonstration's data, for who holds its folder; refuses one that is not ours."""
    folder = settings.var
    if not (folder / MARK).exists() and any(folder.iterdir()):
        raise DemoRefused(
            f"{folder} は見本のデータではないので、消していません。KASANE_VAR を確かめてください。"
        )
    for one in folder.iterdir():
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one)
        elif one.name != MARK:
            one.unlink()
    (folder / MARK).unlink(missing_ok=True)


def prepare(composition: Composition, say: Say) -> None:
    """Migrates, and on the first time enters accounts, resources and consultations; later runs keep everything.

    A preparation that was interrupted is started over.
    """
    mark = composition.settings.var / MARK
    if mark.exists() and mark.read_text("utf-8") != READY:
        reset(composition.settings)
    first_time = not mark.exists()
    if first_time:
        mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark.write_text("", "utf-8")
    say("表を用意しています… / preparing the databases")
    migrate_sqlite(composition)
    if not first_time:
        return
    content = _content()
    say("架空の職員と相談を入れています… / entering invented staff and consultations")
    kept = create_accounts(composition)
    settle(composition)
    app = make_app(composition, "all")
    begun = clock.now()
    for step in content["step"]:
        sent_at = begun - timedelta(days=step.get("days_ago", 0))
        with clock.fixed(partial(_same, sent_at)):
            kept |= _send(Client(app), step, kept)
            settle(composition)
    for visit in content["visit"]:
        _visit(Client(app), visit)
        settle(composition)
    mark.write_text(READY, "utf-8")


def _same(moment: datetime) -> datetime:
    """A clock that stands still."""
    return moment


def create_account(
    composition: Composition,
    municipality: str,
    login_name: str,
    display_name: str,
    password: str,
    roles: tuple[str, ...] | list[str] = (),
    office: str = "",
) -> str:
    """Makes a staff account in a town, or in the host for the prefecture; returns its id."""
    account_id = composition.services[HOST_SERVICE].commands["create_account"](
        composition.house,
        municipality,
        login_name=login_name,
        display_name=display_name,
        password=password,
        roles=tuple(roles),
        office=office,
    )
    return str(account_id)


def towns() -> tuple[str, ...]:
    """The codes of the towns that the demonstration fills, in the order of its accounts."""
    codes = (account["municipality"] for account in _content()["account"])
    return tuple(dict.fromkeys(code for code in codes if code != HOST))


def create_accounts(composition: Composition) -> dict[str, str]:
    """Makes every account of the demonstration; returns the ids by login name."""
    made = {}
    for account in _content()["account"]:
        facts = {name: value for name, value in account.items() if name != "note"}
        made[account["login_name"]] = create_account(composition, password=PASSWORD, **facts)
    return made


def welcome(address: str) -> str:
    """What a newcomer needs to begin: the address, the accounts, what each is for."""
    lines = [
        "",
        f"  重ね Kasane   {address}",
        "",
        f"  パスワードはどれも {PASSWORD} です。 / one password for all",
        "",
    ]
    for account in _content()["account"]:
        lines.append(f"  {account['login_name']:<20}{account['display_name']}　{account['note']}")
    lines += ["", "  止める: Ctrl+C   続きから: make run   最初から: make demo-reset", ""]
    return "\n".join(lines)


def _content() -> dict[str, list[dict[str, Any]]]:
    folder = resources.files("kasane_runtime")
    content: dict[str, list[dict[str, Any]]] = {}
    for name in CONTENT:
        for kind, rows in tomllib.loads(folder.joinpath(name).read_text("utf-8")).items():
            content.setdefault(kind, []).extend(rows)
    content["step"].sort(key=lambda step: -step.get("days_ago", 0))
    return content


def _send(browser: Client, step: Mapping[str, Any], kept: Mapping[str, str]) -> dict[str, str]:
    """Sends one step as its account; returns what the step keeps of the answer."""
    town, account = step["municipality"], step["as"]
    session = browser.post(
        f"/portal/{town}/api/v1/sessions", json={"login_name": account, "password": PASSWORD}
    )
    if session.status_code not in (200, 201):
        raise DemoRefused(
            f"見本の {account} でサインインできませんでした: {session.get_data(as_text=True)}"
        )
    token = (session.get_json() or {})["token"]
    path = f"/{step['service']}/{town}/api/v1/{_filled(step['path'], kept)}"
    authorized = {"Authorization": f"Bearer {token}"}
    versioned = {"If-Match": f'"{_filled(step["version"], kept)}"'} if "version" in step else {}
    answer = browser.open(
        path,
        method=step.get("method", "POST"),
        json=_filled(step.get("body", {}), kept),
        headers={**authorized, "Idempotency-Key": new_id(), **versioned},
    )
    if answer.status_code not in (200, 201):
        raise DemoRefused(
            f"見本の一件を入れられませんでした（{path}）: {answer.get_data(as_text=True)}"
        )
    # Nobody who looks through the open sessions of an account finds one that they do not know.
    browser.delete(f"/portal/{town}/api/v1/sessions/current", headers=authorized)
    return {name: _found(answer, where) for name, where in step.get("keep", {}).items()}


def _found(answer: TestResponse, where: str) -> str:
    """The part of an answer that a path of names and numbers leads to; ``version`` is its ETag."""
    if where == "version":
        return str(answer.headers["ETag"]).strip('"')
    part: Any = answer.get_json()
    for name in where.split("."):
        part = part[int(name) if name.isdigit() else name]
    return str(part)


def _visit(browser: Client, visit: Mapping[str, Any]) -> None:
    """Somebody without an account opens a page, fills it in for ``seconds`` and sends it.

    A field that says ``first`` takes the first choice that the page offers.
    """
    address = f"/{visit['service']}/{visit['municipality']}/{visit['path']}"
    opened = clock.now()
    page = browser.get(address).get_data(as_text=True)
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    for name, value in visit["form"].items():
        offered = re.search(rf'name="{name}"[^>]* value="([^"]+)"', page)
        listed = re.search(rf'name="{name}".*?<option value="([^"]+)"', page, re.DOTALL)
        first = offered or listed
        form[name] = first[1] if value == "first" and first else value
    with clock.fixed(lambda: opened + timedelta(seconds=visit.get("seconds", 60))):
        answer = browser.post(address, data=form)
    if answer.status_code != 200:
        raise DemoRefused(f"見本の一件を送れませんでした: {answer.get_data(as_text=True)}")


def _filled(value: Any, kept: Mapping[str, str]) -> Any:
    """A value of a step: ``{name}`` is what was kept, ``today+14`` the day two weeks after the step.

    ``today+14 13:30`` is that moment in Japan.
    """
    if isinstance(value, Mapping):
        return {name: _filled(one, kept) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, kept) for one in value]
    if not isinstance(value, str):
        return value
    day = re.fullmatch(r"today([+-]\d+)(?: (\d\d:\d\d))?", value)
    if day:
        on = (clock.today() + timedelta(days=int(day[1]))).isoformat()
        return f"{on}T{day[2]}:00+09:00" if day[2] else on
    return re.sub(r"\{([\w-]+)\}", lambda name: kept[name[1]], value)
