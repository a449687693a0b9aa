"""What deploy/ and compose.yaml say is what the code does."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from kasane_kit.config import Settings
from kasane_kit.db.engine import logins_key
from kasane_kit.meters import Meters
from kasane_runtime import broker
from kasane_runtime.broker_rights import user_names
from kasane_runtime.compose import load_services
from kasane_runtime.processes import process_table
from tests.compose.images import NEEDED, STAND_INS
from tests.support.private_rabbitmq import PrivateRabbit

ROOT = Path(__file__).parents[2]
NOT_OURS = {"postgres", "rabbitmq", "proxy"}
PROGRAMS = Path(sys.executable).parent


def compose_services() -> dict[str, dict]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]


def test_compose_yaml_follows_the_compose_specification():
    done = subprocess.run(
        [
            PROGRAMS / "check-jsonschema",
            *("--builtin-schema", "vendor.compose-spec"),
            *(ROOT / "compose.yaml", ROOT / "compose.by-town.yaml", ROOT / "compose.operate.yaml"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_compose_yaml_runs_the_processes_of_the_process_table():
    table = process_table(load_services())

    found = {
        name: shlex.split(entry["command"])
        for name, entry in compose_services().items()
        if name not in NOT_OURS
    }

    assert found == {process.name: shlex.split(process.command) for process in table}
    assert len(found) == 11


def test_compose_yaml_tells_each_process_what_the_table_tells_it():
    services = compose_services()
    for process in process_table(load_services()):
        told = services[process.name]["environment"]
        for name, value in process.environment.items():
            assert told[name] == value, process.name
        assert ("KASANE_TARGET" in told) == ("KASANE_TARGET" in process.environment), process.name


def test_only_migrate_holds_the_administrators_secret_and_writes_keys():
    for name, entry in compose_services().items():
        if name in NOT_OURS:
            continue
        privileged = name == "migrate"
        assert ("admin_database_url" in entry["secrets"]) == privileged, name
        assert (entry["volumes"] == ["keys:/var/lib/kasane/keys"]) == privileged, name
        assert entry["user"] == "10001:10001"
        assert entry["read_only"] is True


def test_the_operator_s_container_never_starts_by_itself_and_can_back_up_and_restore():
    document = yaml.safe_load((ROOT / "compose.operate.yaml").read_text("utf-8"))
    operate, migrate = document["services"]["operate"], compose_services()["migrate"]
    dockerfile = (ROOT / "deploy/Dockerfile").read_text("utf-8")

    assert operate["profiles"] == ["operate"]
    for same in ("image", "user", "read_only", "tmpfs", "cap_drop", "security_opt", "networks"):
        assert operate[same] == migrate[same], same
    wanted = {k: v for k, v in migrate["environment"].items() if k in operate["environment"]}
    assert operate["environment"] == wanted
    assert set(operate["secrets"]) < set(migrate["secrets"])
    assert operate["volumes"] == [
        *("keys:/var/lib/kasane/keys", "tombstones:/var/lib/kasane/tombstones"),
        "${KASANE_BACKUPS:-backups}:/backup",
    ]
    # The programs have to be of the server's release: a newer pg_dump writes what an older server does not know.
    release = compose_services()["postgres"]["image"].partition(":")[2]
    assert f"postgresql-client-{release} " in dockerfile
    assert re.search(r"install --directory --owner kasane [^#]* /backup ", dockerfile)


def test_the_worker_of_cases_alone_writes_which_records_were_destroyed():
    volume, place = "tombstones:/var/lib/kasane/tombstones", "/var/lib/kasane/tombstones"
    dockerfile = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    by_town = yaml.safe_load((ROOT / "compose.by-town.yaml").read_text("utf-8"))
    laying = by_town["services"]["keys-292095"]

    mounted = {name: entry.get("volumes", []) for name, entry in compose_services().items()}
    writing = {name for name, held in mounted.items() if any("tombstones" in one for one in held)}

    assert writing == {"cases-worker"}
    assert mounted["cases-worker"] == ["keys:/var/lib/kasane/keys:ro", volume]
    assert Settings.from_env({"KASANE_TOMBSTONES": place}).tombstones_folder == Path(place)
    assert re.search(rf"ENV [^#]*KASANE_TOMBSTONES={place}\n", dockerfile)
    assert re.search(rf"install --directory --owner kasane [^#]* {place}\n", dockerfile)
    assert "tombstones" in yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["volumes"]
    assert "tombstones-292095" in by_town["volumes"]
    assert [one for one in laying["volumes"] if "tombstones" in one] == [
        "tombstones:/run/ended:ro",
        f"tombstones-292095:{place}",
    ]


@pytest.mark.parametrize(
    ("already", "kept"), [(None, "general\n"), ("its own\n", "its own\n")], ids=["first", "later"]
)
@pytest.mark.parametrize("also", [(), ("292095v2.key", "292095v3.key", "292095.sealed")], ids=len)
def test_a_town_s_own_workers_get_every_version_of_its_key_and_once_what_was_destroyed(
    tmp_path, already, kept, also
):
    keys = ["292095.key", "logins292095.key", *also]
    by_town = yaml.safe_load((ROOT / "compose.by-town.yaml").read_text("utf-8"))
    command = by_town["services"]["keys-292095"]["command"]
    for folder, names in {
        "run/all": [*keys, "012319.key", "012319v2.key", "012319.sealed"],
        "run/ended": ["292095.jsonl", "012319.jsonl"],
        "var/lib/kasane/keys": [],
        "var/lib/kasane/tombstones": [],
    }.items():
        (tmp_path / folder).mkdir(parents=True)
        for name in names:
            (tmp_path / folder / name).write_text("general\n")
    stones = tmp_path / "var/lib/kasane/tombstones"
    if already:
        (stones / "292095.jsonl").write_text(already)
    # Compose makes one dollar sign of two.
    moved = re.sub(r"/(run|var)/", rf"{tmp_path}/\1/", command).replace("$$", "$")

    subprocess.run(shlex.split(moved), check=True)
    (tmp_path / "run/ended/292095.jsonl").unlink()
    subprocess.run(shlex.split(moved), check=True)

    assert {one.name: one.read_text() for one in stones.iterdir()} == {"292095.jsonl": kept}
    assert {one.name for one in (tmp_path / "var/lib/kasane/keys").iterdir()} == set(keys)


def test_each_service_speaks_to_the_broker_as_its_own_user():
    for name, entry in compose_services().items():
        if name in NOT_OURS:
            continue
        service = name.partition("-")[0]
        held = [one if isinstance(one, str) else tuple(one.values()) for one in entry["secrets"]]
        if name == "migrate":
            assert "broker_url" in held
        else:
            own = (f"broker_url_{service}", "broker_url")
            assert held == ["database_url", own, "metrics_token"], name


def test_a_town_s_own_workers_hold_that_town_s_secrets_and_run_as_the_general_ones_do():
    document = yaml.safe_load((ROOT / "compose.by-town.yaml").read_text("utf-8"))
    general, overlay, town = compose_services(), document["services"], "292095"
    codes = sorted({path.name[:6] for path in (ROOT / "deploy/towns").glob("*.toml")})
    others = ",".join(["host", *(code for code in codes if code != town)])
    assert overlay["migrate"]["environment"]["KASANE_TOWNS"] == ",".join(["host", *codes])
    for service in load_services():
        assert overlay[f"{service}-worker"]["environment"] == {"KASANE_TOWNS": others}
        own, model = overlay[f"{service}-worker-{town}"], general[f"{service}-worker"]
        for same in ("command", "user", "read_only", "tmpfs", "cap_drop", "security_opt", "image"):
            assert own[same] == model[same], (service, same)
        wanted = {k: v for k, v in model["environment"].items() if k in own["environment"]}
        assert own["environment"] == {**wanted, "KASANE_TOWNS": town}
        held = [one.replace(":/var", f"-{town}:/var") for one in model["volumes"]]
        assert own["volumes"] == held
        assert own["secrets"] == [
            "database_url",
            {"source": f"broker_url_{service}_{town}", "target": "broker_url"},
            "metrics_token",
        ]
    copied = set(re.findall(r"/run/all/([^\s;]+)", overlay[f"keys-{town}"]["command"]))
    assert copied == {
        *(f"{town}.key", f"{town}v*.key", f"{town}.sealed"),
        f"{logins_key(town)}.key",
    }


def test_make_test_compose_has_every_image_that_is_pulled():
    dockerfile = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    pulled = set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE))
    pulled |= {compose_services()[name]["image"] for name in NOT_OURS}

    assert set(NEEDED) == pulled
    for name in NEEDED:
        assert (STAND_INS / f"{name.partition(':')[0]}.Containerfile").is_file(), name


def test_every_long_running_service_with_a_port_has_a_healthcheck():
    services = compose_services()
    watched = {name for name, entry in services.items() if "healthcheck" in entry}

    assert watched == NOT_OURS | {name for name in services if name.endswith("-web")}


def test_the_secrets_of_compose_yaml_are_those_that_the_script_makes(tmp_path):
    (tmp_path / "make-secrets.sh").write_text((ROOT / "deploy/make-secrets.sh").read_text())
    document = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    wanted = {Path(entry["file"]).name for entry in document["secrets"].values()}
    by_town = yaml.safe_load((ROOT / "compose.by-town.yaml").read_text("utf-8"))
    wanted |= {Path(entry["file"]).name for entry in by_town["secrets"].values()}
    script = ["sh", tmp_path / "make-secrets.sh"]

    subprocess.run([*script], check=True, capture_output=True)
    before = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run([*script, "292095"], check=True, capture_output=True)
    wrong = subprocess.run([*script, "../x"], capture_output=True, text=True, check=False)

    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert wanted <= set(made)
    assert {name: made[name] for name in before} == before
    assert (wrong.returncode, "町のコードは数字です" in wrong.stderr) == (2, True)
    users = {one["name"]: one for one in json.loads(made["rabbitmq_users.json"])["users"]}
    assert set(users) == {"kasane", *user_names(load_services())}
    for name, user in users.items():
        end = f"_{name.removeprefix('kasane-')}" if name != "kasane" else ""
        password = made[f"broker_password{end}"].strip()
        assert made[f"broker_url{end}"] == f"amqp://{name}:{password}@rabbitmq:5672/%2F\n"
        kept = base64.b64decode(user["password_hash"])
        assert kept[4:] == hashlib.sha256(kept[:4] + password.encode()).digest(), name
        assert user["tags"] == (["administrator"] if name == "kasane" else []), name
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700


def test_the_definitions_for_rabbitmq_are_the_topology_of_the_code():
    written = json.loads((ROOT / "deploy/rabbitmq/definitions.json").read_text("utf-8"))

    assert written == broker.definitions(broker.queues(load_services()))


def test_rabbitmq_takes_the_definitions_and_the_code_finds_nothing_to_change(
    private_rabbitmq: PrivateRabbit,
):
    private_rabbitmq.wipe()
    private_rabbitmq.rabbitmqctl(
        "import_definitions", str(ROOT / "deploy/rabbitmq/definitions.json")
    )

    states = broker.declare(private_rabbitmq.url, broker.queues(load_services()))

    assert len(states) == 6
    assert [state for state in states if state.problem] == []
    private_rabbitmq.wipe()


def test_gunicorn_reads_its_settings(tmp_path):
    done = subprocess.run(
        [
            *(PROGRAMS / "gunicorn", "--print-config", "--check-config"),
            *("--config", ROOT / "deploy/gunicorn.conf.py", "wsgiref.simple_server:demo_app"),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "KASANE_BIND": "127.0.0.1:8999", "HOME": str(tmp_path)},
    )

    settings = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    found = {name.strip(): value.strip() for name, value in settings.items()}
    assert done.returncode == 0, done.stderr
    assert found["bind"] == "['127.0.0.1:8999']"
    assert (found["worker_class"], found["workers"], found["threads"]) == ("gthread", "2", "4")
    assert (found["preload_app"], found["control_socket_disable"]) == ("False", "True")


@pytest.mark.parametrize("name", ["bootstrap", "build", "runtime", "routing", "tracing"])
def test_the_image_installs_what_is_locked(name):
    dockerfile = (ROOT / "deploy/Dockerfile").read_text("utf-8")

    assert f"requirements/{name}.txt" in dockerfile
    assert (ROOT / f"requirements/{name}.txt").exists()
    assert "--require-hashes" in dockerfile
    assert "USER 10001:10001" in dockerfile


MONITORING = ROOT / "deploy/monitoring"


def test_every_metric_that_an_alert_or_the_dashboard_names_is_counted_by_the_code():
    counted = {
        name
        for family in Meters().registry.collect()
        for name in (
            family.name,
            *(f"{family.name}_{end}" for end in ("total", "count", "sum", "bucket")),
        )
    }
    used = {
        path.name: set(re.findall(r"kasane_[a-z_]+", path.read_text("utf-8")))
        for path in (MONITORING / "alerts.yml", MONITORING / "dashboard.json")
    }

    assert {name: sorted(names - counted) for name, names in used.items()} == {
        "alerts.yml": [],
        "dashboard.json": [],
    }
    assert len(used["dashboard.json"]) >= 10


def test_prometheus_asks_every_process_that_compose_yaml_runs():
    asked = yaml.safe_load((MONITORING / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    services = compose_services()
    ours = {name for name in services if name.endswith(("-web", "-worker"))}
    worker_port = services["cases-worker"]["environment"]["KASANE_METRICS_BIND"].partition(":")[2]

    assert {job["job_name"] for job in asked} == ours
    for job in asked:
        name = job["job_name"]
        service, _, kind = name.partition("-")
        port, path = ("8000", f"/{service}") if kind == "web" else (worker_port, "")
        assert job["static_configs"] == [{"targets": [f"{name}:{port}"]}]
        assert job["metrics_path"] == f"{path}/-/metrics"
        assert job["authorization"] == {"credentials_file": "/run/secrets/metrics_token"}


def test_an_alert_for_one_event_sees_the_first_of_its_kind():
    groups = yaml.safe_load((MONITORING / "alerts.yml").read_text("utf-8"))["groups"]
    seen = []
    for rule in (rule for group in groups for rule in group["rules"]):
        if one := re.search(r"increase\((\w+)\[(\w+)\]\) > 0\b", rule["expr"]):
            name, span = one.groups()
            # A series that appears with 1 has not increased.
            assert f"({name} unless {name} offset {span}) > 0" in rule["expr"], rule["alert"]
            seen.append(name)

    assert seen == ["kasane_dead_letters_total", "kasane_unauthentic_messages_total"]


def test_every_alert_names_a_page_that_exists():
    groups = yaml.safe_load((MONITORING / "alerts.yml").read_text("utf-8"))["groups"]
    alerts = [rule for group in groups for rule in group["rules"]]

    assert len(alerts) >= 9
    for rule in alerts:
        assert (ROOT / rule["annotations"]["page"]).is_file(), rule["alert"]
        assert "/" in rule["annotations"]["summary"], rule["alert"]
