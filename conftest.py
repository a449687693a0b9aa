"""Hands every test of the workspace, wherever it lives, the fixtures of tests/support."""

import pytest

pytest_plugins = ["tests.support.fixtures"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """How many random days the tests of the door-step play; `make doorstep-days` asks for all."""
    parser.addoption("--doorstep-days", help="random days at doors, instead of the usual few")
