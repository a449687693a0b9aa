"""What the tests of the towns at work share: a bench of a service with one town's plugin and settings."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

from kasane_kit.tenancy import read_town_file
from kasane_kit.testing.workbench import TOWN, Visitor, Workbench

BenchMaker = Callable[..., Workbench]
FILES = Path(__file__).resolve().parents[2] / "deploy" / "towns"
STORY = {"channel": "window", "story": "困っていることがいくつもある。"}


def bench_of(
    make_workbench: BenchMaker, service: str, plugin: str, settings: Mapping[str, Any] | None = None
) -> Workbench:
    """The service with the plugins and settings of the shipped file of this plugin's town.

    ``settings`` are the plugin's own, in place of the file's.
    """
    files = (read_town_file(path).town for path in sorted(FILES.glob("*.toml")))
    (town,) = (one for one in files if plugin in one.plugins)
    bench = make_workbench(service, {TOWN: town.plugins})
    towns = bench.house.directory._towns  # type: ignore[attr-defined]
    chosen = {**town.settings, **({plugin: dict(settings)} if settings else {})}
    towns[TOWN] = replace(towns[TOWN], settings=chosen, revision=towns[TOWN].revision + 1)
    return bench


def received(desk: Visitor, office: str, **more: Any) -> str:
    """A consultation that a window took, by its id."""
    answer = desk.send_json("POST", "/api/v1/consultations", {"desk": office, **STORY, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def screened(desk: Visitor, consultation: str, alone: bool, together: bool, version: int) -> Any:
    """What the API answers when the window says how far it can cope."""
    return desk.send_json(
        "PUT",
        f"/api/v1/consultations/{consultation}/screening",
        {"single_agency_enough": alone, "ordinary_cooperation_enough": together},
        headers={"If-Match": f'"{version}"'},
    )


def account(visitor: Visitor, role: str, office: str) -> int:
    """The status of the answer when an administrator gives somebody this post in this office."""
    values = {
        "login_name": f"s{crc32(f'{role} {office}'.encode())}",
        "display_name": "職員 一",
        "password": "a-long-enough-password",
        "roles": [role],
        "office": office,
        "submission": f"{role}-{office}",
    }
    return visitor.post("/accounts", values).status_code
