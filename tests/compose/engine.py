"""A podman of the trial's own: its images, containers and networks lie in one folder, which can be deleted."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

PROGRAMS = {
    "podman": "podman",
    "runc": "runc",
    "catatonit": "catatonit",
    "iptables": "iptables",
    "debootstrap": "debootstrap",
}
LIBRARIES = {
    "netavark": "/usr/lib/podman/netavark",
    "aardvark-dns": "/usr/lib/podman/aardvark-dns",
}
ROOT = Path(__file__).parents[2]
TOOLS = "tools"
WANTED_FILES = 1024 * 1024
"""What podman asks for when nobody tells it otherwise; without the right to raise limits it fails."""


class NoEngine(RuntimeError):
    """No container can be started here; the message says what is missing."""


class Podman:
    """The engine, and podman-compose on top of it for one project."""

    def __init__(self, folder: Path, project: Path, name: str) -> None:
        self.folder, self.project, self.name = folder, project, name
        self.environment = {
            **os.environ,
            "CONTAINERS_CONF": str(folder / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
            "COMPOSE_PROJECT_NAME": name,
        }
        self.files: list[str] = ["compose.yaml"]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "containers.conf").write_text(_containers_conf(folder))
        (folder / "storage.conf").write_text(
            f'[storage]\ndriver = "overlay"\ngraphroot = "{folder}/storage"\nrunroot = "{folder}/run"\n'
        )

    def run(self, *arguments: str | Path, told: str | None = None, check: bool = True) -> str:
        """What one podman command prints; raises with what it complained about."""
        done = self.ask(*arguments, told=told)
        if check and done.returncode:
            raise RuntimeError(f"podman {' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout.strip()

    def ask(
        self, *arguments: str | Path, told: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """One podman command, however it ends."""
        return subprocess.run(
            ["podman", *map(str, arguments)],
            input=told,
            stdin=subprocess.DEVNULL if told is None else None,
            capture_output=True,
            text=True,
            check=False,
            env=self.environment,
        )

    def compose(self, *arguments: str, settings: Mapping[str, str] | None = None) -> str:
        """One command of compose over the project's files; returns everything it said."""
        files = [part for name in self.files for part in ("--file", name)]
        done = subprocess.run(
            [self.folder / TOOLS / "bin/podman-compose", "--in-pod=false", *files, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**self.environment, **(settings or {})},
            cwd=self.project,
        )
        if done.returncode:
            raise RuntimeError(f"podman-compose {' '.join(arguments)}:\n{done.stdout[-4000:]}")
        return done.stdout

    def up(self, *only: str, settings: Mapping[str, str] | None = None) -> None:
        """``compose up``, keeping the order of depends_on as compose's own engine does.

        podman-compose does not wait for health before podman 4.6, and podman before 5 cannot start what depends on
        something that itself depends.
        """
        entries = self.entries()
        wanted = [name for name in entries if not only or name in only]
        started: set[str] = set(entries) - set(wanted)
        while left := [name for name in wanted if name not in started]:
            ready = [name for name in left if set(_depends(entries[name])) <= started]
            if not ready:
                raise RuntimeError(f"depends_on has a circle: {left}")
            for name in {dep for one in ready for dep in _depends(entries[one])} & set(wanted):
                self._await(name, {_depends(entries[one]).get(name) for one in ready})
            self.compose("up", "--detach", "--no-build", "--no-deps", *ready, settings=settings)
            started |= set(ready)

    def _await(self, service: str, conditions: set[str | None]) -> None:
        if "service_completed_successfully" in conditions:
            status = self.run("wait", self.container(service))
            if status != "0":
                raise RuntimeError(
                    f"{service} ended with {status}, so nothing behind it was started: "
                    f"{self.logs(service)[-1500:]}"
                )
        if "service_healthy" in conditions:
            self.healthy(service)

    def container(self, service: str) -> str:
        """The name of a service's container."""
        return f"{self.name}_{service}_1"

    def entries(self) -> dict[str, dict]:
        """Every service that the files name, with what they say of it together."""
        found: dict[str, dict] = {}
        for file in self.files:
            document = yaml.safe_load((self.project / file).read_text("utf-8"))
            for name, entry in document.get("services", {}).items():
                found[name] = {**found.get(name, {}), **entry}
        return found

    def inspect(self, service: str) -> dict:
        """What the engine knows of a service's container."""
        return yaml.safe_load(self.run("inspect", self.container(service)))[0]

    def health(self, service: str) -> bool:
        """Whether the check that compose.yaml declares for the service succeeds now."""
        return self.ask("healthcheck", "run", self.container(service)).returncode == 0

    def healthy(self, *services: str, seconds: float = 180) -> None:
        """Returns when every one of the services is healthy; raises naming those that are not."""
        deadline = time.monotonic() + seconds
        waiting = list(services)
        while waiting := [name for name in waiting if not self.health(name)]:
            if time.monotonic() > deadline:
                said = "\n".join(f"{name}: {self.logs(name)[-1500:]}" for name in waiting)
                raise RuntimeError(f"not healthy after {seconds:.0f} s: {said}")
            time.sleep(0.5)

    def logs(self, service: str) -> str:
        """Everything the container of a service said."""
        done = self.ask("logs", self.container(service))
        return done.stdout + done.stderr


def _depends(entry: dict) -> dict[str, str]:
    return {name: said["condition"] for name, said in entry.get("depends_on", {}).items()}


def prepare(folder: Path, say: Callable[[str], None]) -> None:
    """Installs the engine when root on Debian, and podman-compose, in a place that `make venv` does not clear.

    Raises NoEngine saying what to install elsewhere.
    """
    uv = Path(sys.executable).parent / "uv"
    tools = folder / TOOLS
    lock = ROOT / "requirements/compose.txt"
    for command in (
        [uv, "venv", "--quiet", "--allow-existing", tools],
        [uv, "pip", "sync", "--quiet", "--python", tools, "--require-hashes", lock],
    ):
        subprocess.run(command, check=True)
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    missing += [name for name, path in LIBRARIES.items() if not Path(path).exists()]
    if not missing:
        return
    wanted = " ".join(sorted({*missing, "uidmap"}))
    debian = Path("/etc/debian_version").exists() and shutil.which("apt-get")
    if not debian or os.geteuid() != 0:
        raise NoEngine(
            f"コンテナを動かすものがありません（{wanted}）。何も始めていません。"
            f"root で「apt-get install --no-install-recommends {wanted}」を実行してください。\n"
            f"No container engine ({wanted}). Nothing was started. As root on Debian run "
            f'"apt-get install --no-install-recommends {wanted}".'
        )
    say(f"入れます / installing: {wanted}")
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted.split()],
    ):
        subprocess.run(command, check=True, env=quietly, stdout=subprocess.DEVNULL)


def _containers_conf(folder: Path) -> str:
    limits: Sequence[str] = ()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if 0 < hard < WANTED_FILES:
        limits = (f"nofile={hard}:{hard}", "nproc=32768:32768")
    return "\n".join(
        (
            "[containers]",
            f"default_ulimits = [{', '.join(repr(limit) for limit in limits)}]".replace("'", '"'),
            "[engine]",
            'cgroup_manager = "cgroupfs"',
            'events_logger = "file"',
            'runtime = "runc"',
            "[network]",
            'network_backend = "netavark"',
            f'network_config_dir = "{folder}/networks"',
            "",
        )
    )
