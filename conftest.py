"""Hands every test of the workspace, wherever it lives, the fixtures of tests/support."""

pytest_plugins = ["tests.support.fixtures"]
