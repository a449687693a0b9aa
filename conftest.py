"""Hands every test of the workspace, wherever it lives, the fixtures of tests/support."""

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.support.fixtures", "tests.support.meanwhile"]

# What holds for any value holds however busy the machine is: no property is judged by the time it takes.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many random days the tests of the door-step play; `make doorstep-days` asks for all."""
    parser.addoption("--doorstep-days", help="random days at doors, instead of the usual few")
