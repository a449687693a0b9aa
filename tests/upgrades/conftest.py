"""Gives the tests of upgrades the small house that runs as processes."""

from tests.faults.conftest import distributed_house

__all__ = ["distributed_house"]
