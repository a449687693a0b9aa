"""Failures to sign in are counted in the database: two processes on it count together."""

import re

from flask import Flask

from kasane_kit.testing.pytest_plugin import BenchMaker
from kasane_kit.web import create_service_app

TOWN = "292095"


def try_to_sign_in(app: Flask, name: str) -> int:
    """The status that a new browser gets for a wrong password."""
    client = app.test_client()
    page = client.get(f"/{TOWN}/sign-in").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    data = {"csrf_token": found[1], "login_name": name, "password": "wrong battery"}
    return client.post(f"/{TOWN}/sign-in", data=data).status_code


def test_two_applications_on_one_database_count_failures_together(
    make_workbench: BenchMaker,
) -> None:
    bench = make_workbench("portal")
    apps = [create_service_app(bench.service, bench.house) for _ in range(2)]

    answers = [try_to_sign_in(apps[number % 2], "s0412") for number in range(7)]

    assert answers == [401] * 5 + [429] * 2
    assert try_to_sign_in(apps[0], "s0413") == 401
