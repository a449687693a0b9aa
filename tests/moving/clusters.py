"""Two complete small installations: servers, keys, town files and processes of their own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from kasane_runtime import broker, databases
from tests.faults.running_house import TOWNS, RunningHouse, write_town_files

MOVING, STAYING = TOWNS


@dataclass
class Cluster:
    """One installation, and the file that describes it to the command."""

    house: RunningHouse
    settings: Path


def distributed(folder: Path, dsn: str, rabbit: str, towns: tuple[str, ...]) -> Cluster:
    """An installation of the distributed mode with these towns."""
    return _cluster(
        folder,
        {
            "KASANE_MODE": "distributed",
            "KASANE_VAR": str(folder / "var"),
            "KASANE_KEYS": str(folder / "keys"),
            "KASANE_DATABASE_URL": dsn,
            "KASANE_ADMIN_DATABASE_URL": dsn,
            "KASANE_BROKER_URL": rabbit,
        },
        towns,
    )


def embedded(folder: Path, towns: tuple[str, ...]) -> Cluster:
    """An installation of the embedded mode."""
    return _cluster(folder, {"KASANE_VAR": str(folder / "var")}, towns)


def furnish(cluster: Cluster) -> None:
    """Makes everything of the source: host, towns, queues."""
    composition = cluster.house.composition
    databases.migrate(composition)
    if composition.settings.broker_url:
        broker.declare(composition.settings.broker_url, broker.queues(composition.services))


def furnish_without_towns(cluster: Cluster, key_from: Cluster) -> None:
    """Makes the host and the queues of the target, and brings the moving town's key, as an operator does."""
    composition = cluster.house.composition
    composition.house.keys.ensure("host")
    shutil.copy(
        key_from.house.composition.settings.keys_folder / f"{MOVING}.key",
        composition.settings.keys_folder,
    )
    databases.migrate_one(composition, "host")
    if composition.settings.broker_url:
        broker.declare(composition.settings.broker_url, broker.queues(composition.services))


def _cluster(folder: Path, environment: dict[str, str], towns: tuple[str, ...]) -> Cluster:
    folder.mkdir()
    files = write_town_files(folder / "towns")
    for town in set(TOWNS) - set(towns):
        (files / f"{town}.toml").unlink()
    environment["KASANE_TOWN_FILES"] = str(files)
    settings = folder / "settings.env"
    settings.write_text(
        "# the settings of one installation\n"
        + "".join(f'{name}="{value}"\n' for name, value in environment.items())
    )
    return Cluster(RunningHouse(folder, environment, towns), settings)
