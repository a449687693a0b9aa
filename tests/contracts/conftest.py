"""Gives these tests every installed service on a bench, made once."""

from collections.abc import Iterator

import pytest

from kasane_kit.testing.workbench import Workbench, build_workbench
from kasane_runtime.compose import load_services


@pytest.fixture(scope="session")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Workbench]]:
    """A bench for each service by its name."""
    made = {
        name: build_workbench(service, tmp_path_factory.mktemp(name))
        for name, service in load_services().items()
    }
    yield made
    for bench in made.values():
        bench.house.databases.dispose()
