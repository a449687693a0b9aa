"""What deploy/kubernetes and deploy/systemd say is what the process table says, and is valid where it can be asked."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from kasane_kit.config import Settings
from kasane_runtime.compose import load_services
from kasane_runtime.processes import process_table

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "deploy/kubernetes"
SYSTEMD = ROOT / "deploy/systemd"
OF_OPERATORS = {"Cluster", "RabbitmqCluster", "ScaledObject", "TriggerAuthentication"}
"""Kinds of somebody else's: their schemas lie in their operators and not in Kubernetes."""

needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not here")
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here"
)


@cache
def rendered(overlay: str) -> tuple[dict, ...]:
    done = subprocess.run(
        ["kubectl", "kustomize", KUBERNETES / "overlays" / overlay],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return tuple(yaml.load_all(done.stdout, yaml.CSafeLoader))


def of_kind(overlay: str, kind: str) -> dict[str, dict]:
    return {one["metadata"]["name"]: one for one in rendered(overlay) if one["kind"] == kind}


def pods(overlay: str) -> dict[str, dict]:
    return {
        name: one["spec"]["template"]["spec"]
        for kind in ("Deployment", "Job")
        for name, one in of_kind(overlay, kind).items()
    }


@needs_kubectl
@pytest.mark.parametrize("overlay", ["example", "by-town"])
def test_every_object_is_valid_for_kubernetes(overlay: str):
    asked = 0
    for one in rendered(overlay):
        if one["kind"] not in OF_OPERATORS:
            kubernetes_validate.validate(one, "1.32", strict=True)
            asked += 1

    assert asked >= 30


@needs_kubectl
def test_a_wrong_object_is_not_valid():
    broken = {**of_kind("example", "Deployment")["cases-web"]}
    broken["spec"] = {**broken["spec"], "replicas": "two"}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, "1.32", strict=True)


@needs_kubectl
def test_the_cluster_runs_the_processes_of_the_process_table():
    table = {process.name: process for process in process_table(load_services())}
    settings = next(iter(of_kind("example", "ConfigMap").values()))["data"]

    found = pods("example")

    assert set(found) == set(table)
    assert (
        Settings.from_env(
            {name: value for name, value in settings.items() if not name.endswith("_FILE")}
            | {
                "KASANE_DATABASE_URL": "postgresql+psycopg://database/",
                "KASANE_BROKER_URL": "amqp://broker/",
                "KASANE_METRICS_TOKEN": "x",
            }
        ).mode.value
        == "distributed"
    )
    for name, pod in found.items():
        (container,) = pod["containers"]
        said = " ".join(f'"{word}"' if "(" in word else word for word in container["args"])
        assert said == table[name].command, name
        told = {**settings, **{one["name"]: one["value"] for one in container.get("env", ())}}
        for key, value in table[name].environment.items():
            assert told[key] == value, name


@needs_kubectl
@pytest.mark.parametrize("overlay", ["example", "by-town"])
def test_no_process_may_more_than_it_needs(overlay: str):
    for name, pod in pods(overlay).items():
        (container,) = pod["containers"]
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert "memory" in container["resources"]["limits"], name
        writes_keys = not next(
            mount for mount in container["volumeMounts"] if mount["name"] == "keys"
        ).get("readOnly", False)
        holds_admin = any(
            volume.get("secret", {}).get("secretName") == "kasane-admin"
            for volume in pod["volumes"]
        )
        assert writes_keys == holds_admin == (name == "migrate"), name


@needs_kubectl
@pytest.mark.parametrize(("overlay", "town"), [("example", ""), ("by-town", "-292095")])
def test_the_worker_of_cases_alone_writes_which_records_were_destroyed(overlay: str, town: str):
    place = {"name": "tombstones", "mountPath": "/var/lib/kasane/tombstones"}
    claimed = {
        "name": "tombstones",
        "persistentVolumeClaim": {"claimName": f"kasane-tombstones{town}"},
    }

    for name, pod in pods(overlay).items():
        mounts = pod["containers"][0]["volumeMounts"]
        writes = name == f"cases-worker{town}"
        assert (place in mounts) == (claimed in pod["volumes"]) == writes, name
        assert ("tombstones" in yaml.dump(pod)) == writes, name
    claims = of_kind("example", "PersistentVolumeClaim")
    assert claims["kasane-tombstones"]["spec"]["accessModes"] == ["ReadWriteMany"]


@needs_kubectl
def test_pages_are_asked_whether_they_live_and_have_a_budget_and_a_policy():
    for name, pod in pods("example").items():
        if not name.endswith("-web"):
            continue
        service = name.removesuffix("-web")
        (container,) = pod["containers"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert container[probe]["httpGet"]["path"] == f"/{service}/-/health"
    deployments = set(of_kind("example", "Deployment"))
    assert set(of_kind("example", "PodDisruptionBudget")) == deployments
    scaled = {
        one["spec"]["scaleTargetRef"]["name"]
        for kind in ("HorizontalPodAutoscaler", "ScaledObject")
        for one in of_kind("example", kind).values()
    }
    assert scaled == deployments
    (watching,) = of_kind("example", "TriggerAuthentication").values()
    assert [one["key"] for one in watching["spec"]["secretTargetRef"]] == ["broker_url_watch"]
    policies = of_kind("example", "NetworkPolicy")
    assert policies["nobody"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@needs_kubectl
def test_the_ingress_sends_each_path_to_its_service():
    (ingress,) = of_kind("example", "Ingress").values()
    (rule,) = ingress["spec"]["rules"]
    ways = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}

    assert ways == {f"/{name}": f"{name}-web" for name in load_services()} | {"/": "portal-web"}
    assert set(ways.values()) <= set(of_kind("example", "Service"))


@needs_kubectl
def test_a_towns_own_workers_hold_that_towns_keys_and_addresses_alone():
    for name, pod in pods("by-town").items():
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        assert name.endswith("-292095")
        assert volumes["keys"]["persistentVolumeClaim"]["claimName"] == "kasane-keys-292095"
        assert volumes["secrets"]["secret"]["secretName"] == "kasane-292095"
    (settings,) = of_kind("by-town", "ConfigMap").values()
    assert settings["data"]["KASANE_TOWNS"] == "292095"


@needs_kubectl
def test_traces_and_a_towns_own_sign_in_are_let_out_where_they_are_asked_for(tmp_path: Path):
    overlay = {
        "resources": ["overlays/example"],
        "components": ["components/traces", "components/staff-sign-in"],
    }
    shutil.copytree(KUBERNETES, tmp_path / "kubernetes")
    (tmp_path / "kubernetes/kustomization.yaml").write_text(yaml.dump(overlay), "utf-8")
    done = subprocess.run(
        ["kubectl", "kustomize", tmp_path / "kubernetes"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = {(one["kind"], one["metadata"]["name"]): one for one in yaml.safe_load_all(done.stdout)}

    for (kind, _name), one in found.items():
        if kind not in OF_OPERATORS:
            kubernetes_validate.validate(one, "1.32", strict=True)
    (settings,) = (one["data"] for (kind, _), one in found.items() if kind == "ConfigMap")
    told = Settings.from_env(
        {"OTEL_EXPORTER_OTLP_ENDPOINT": settings["OTEL_EXPORTER_OTLP_ENDPOINT"]}
    )
    assert told.traces_endpoint == "http://collector.monitoring:4318"
    before = set(of_kind("example", "NetworkPolicy"))
    assert {name for kind, name in found if kind == "NetworkPolicy"} - before == {
        "to-the-collector",
        "to-the-provider-of-sign-in",
    }
    holding = {
        name
        for (kind, name), one in found.items()
        if kind == "Deployment" and "kasane-staff-sign-in" in yaml.dump(one)
    }
    assert holding == {"portal-web"}
    let_out = found["NetworkPolicy", "to-the-provider-of-sign-in"]["spec"]["podSelector"]
    labels = found["Deployment", "portal-web"]["spec"]["template"]["metadata"]["labels"]
    assert let_out["matchLabels"].items() <= labels.items()


def units() -> dict[str, str]:
    return {
        path.name: path.read_text("utf-8") for path in SYSTEMD.glob("kasane*") if path.is_file()
    }


def environment(name: str) -> dict[str, str]:
    lines = (SYSTEMD / "etc" / name).read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_target_of_systemd_wants_every_process_of_the_table():
    wanted = set(re.findall(r"kasane-(web|worker)@([a-z]+)\.service", units()["kasane.target"]))
    table = {process.name for process in process_table(load_services())}

    assert {f"{service}-{kind}" for kind, service in wanted} == table - {"migrate"}
    assert "kasane-migrate.service" in units()


def test_the_settings_of_systemd_are_whole_and_no_two_processes_share_an_address():
    addresses = []
    for service in load_services():
        addresses += [
            environment(f"web-{service}.env")["KASANE_BIND"],
            environment(f"worker-{service}.env")["KASANE_METRICS_BIND"],
        ]
    proxied = dict(
        re.findall(r"~\^/([a-z]+)\(/\|\$\)\s+(\S+);", (SYSTEMD / "nginx.conf").read_text("utf-8"))
    )

    assert len(set(addresses)) == 2 * len(load_services())
    assert proxied == {
        service: environment(f"web-{service}.env")["KASANE_BIND"] for service in load_services()
    }
    common = environment("kasane.env")
    assert common["KASANE_MODE"] == "distributed"
    assert "KASANE_ADMIN_DATABASE_URL_FILE" not in common
    assert environment("migrate.env") == {
        "KASANE_ADMIN_DATABASE_URL_FILE": "/etc/kasane/secrets/admin_database_url",
        "KASANE_BROKER_URL_FILE": "/etc/kasane/secrets/broker_url",
    }
    assert "KASANE_BROKER_URL_FILE" not in common
    for service in load_services():
        for kind in ("web", "worker"):
            said = environment(f"{kind}-{service}.env")["KASANE_BROKER_URL_FILE"]
            assert said == f"/etc/kasane/secrets/broker_url_{service}"


def test_under_systemd_the_worker_of_cases_alone_may_write_which_records_were_destroyed():
    place = environment("kasane.env")["KASANE_TOMBSTONES"]
    written = {
        str(path.relative_to(SYSTEMD)): path.read_text("utf-8")
        for path in SYSTEMD.rglob("*")
        if path.is_file() and path.suffix in (".service", ".conf")
    }

    assert {name for name, text in written.items() if f"ReadWritePaths={place}\n" in text} == {
        "kasane-worker@cases.service.d/tombstones.conf"
    }
    for name in units():
        if name.endswith(".service"):
            assert "ProtectSystem=strict\n" in written[name], name


def compose_entries() -> dict[str, dict]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]


@needs_kubectl
def test_the_cluster_and_compose_yaml_say_the_same():
    compose = compose_entries()
    settings = next(iter(of_kind("example", "ConfigMap").values()))["data"]
    for name, pod in pods("example").items():
        (container,) = pod["containers"]
        told = {**settings, **{one["name"]: one["value"] for one in container.get("env", ())}}
        entry = dict(compose[name]["environment"])
        # Where a secret lies and whether people come by https is each place's own.
        apart = {"KASANE_SECURE_COOKIES", "KASANE_ADMIN_DATABASE_URL_FILE"}
        assert {k: v for k, v in told.items() if k not in apart} == {
            k: v for k, v in entry.items() if k not in apart
        }, name
        user = pod["securityContext"]
        assert compose[name]["user"] == f"{user['runAsUser']}:{user['runAsGroup']}", name
        grace = pod.get("terminationGracePeriodSeconds")
        assert grace is None or f"{grace}s" == compose[name]["stop_grace_period"], name
        probe = container.get("livenessProbe", {}).get("httpGet")
        if probe:
            assert f"8000{probe['path']}" in compose[name]["healthcheck"]["test"][-1], name


@needs_kubectl
@pytest.mark.parametrize("overlay", ["example", "by-town"])
def test_each_pod_holds_its_own_user_of_the_broker_and_nobody_elses(overlay: str):
    for name, pod in pods(overlay).items():
        (secret,) = (one["secret"] for one in pod["volumes"] if one["name"] == "secrets")
        service = name.partition("-")[0]
        own = "broker_url" if name == "migrate" else f"broker_url_{service}"
        assert {one["path"]: one["key"] for one in secret["items"]} == {
            "broker_url": own,
            "database_url": "database_url",
            "metrics_token": "metrics_token",
        }, name


def test_every_proxy_lets_as_much_through():
    def sizes(path: Path) -> set[tuple[str, str]]:
        written = path.read_text("utf-8")
        assert "location ~ ^/[a-z]+/-/metrics {\n        return 404;" in written, path
        return set(re.findall(r"(?:(location ~ \S+) \{\s+)?client_max_body_size (\w+);", written))

    compose = sizes(ROOT / "deploy/proxy/kasane.conf.template")

    assert len(compose) == 2
    assert sizes(SYSTEMD / "nginx.conf") == compose
    ingress = (KUBERNETES / "base/ingress.yaml").read_text("utf-8")
    largest = max((size for _, size in compose), key=lambda size: int(size.removesuffix("m")))
    assert f"proxy-body-size: {largest}\n" in ingress


@needs_systemd
def test_systemd_understands_every_unit(tmp_path):
    instances = {
        "kasane-web@.service": "kasane-web@cases.service",
        "kasane-worker@.service": "kasane-worker@cases.service",
        "kasane-town-worker@.service": "kasane-town-worker@cases-292095.service",
    }
    for name, content in units().items():
        # Its programs are not installed here; everything else of the unit is judged.
        runnable = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", content, flags=re.MULTILINE)
        (tmp_path / instances.get(name, name)).write_text(runnable)
    services = [path for path in sorted(tmp_path.iterdir()) if path.suffix == ".service"]
    for added in SYSTEMD.glob("kasane*.d"):
        shutil.copytree(added, tmp_path / added.name)

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *services],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert len(services) == 4


@needs_systemd
def test_a_unit_with_a_misspelt_line_is_seen(tmp_path):
    unit = tmp_path / "kasane-migrate.service"
    unit.write_text(
        units()["kasane-migrate.service"]
        .replace("Type=oneshot", "Typ=oneshot")
        .replace("ExecStart=/opt/kasane/.venv/bin/kasane", "ExecStart=/bin/true")
    )

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )

    assert "Typ" in done.stderr
