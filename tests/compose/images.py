"""The images of the trial: ours from deploy/Dockerfile, the others pulled, or made from this machine's own Debian."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.compose.engine import NoEngine, Podman

ROOT = Path(__file__).parents[2]
STAND_INS = Path(__file__).parent / "images"
NEEDED = ("python:3.11-slim-bookworm", "postgres:15", "rabbitmq:3.13", "nginx:1.26")
DEBIAN = "localhost/kasane-test/debian"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")

Say = Callable[[str], None]


def make(podman: Podman, say: Say) -> None:
    """Makes every image that compose.yaml needs; what is there already is built on."""
    for name in NEEDED:
        if podman.ask("image", "exists", name).returncode == 0:
            continue
        if podman.ask("pull", "--quiet", name).returncode == 0:
            say(f"{name}: 取り寄せました / pulled")
            continue
        say(f"{name}: この機械の Debian から作ります / made from this machine's Debian")
        _debian(podman, say)
        file = STAND_INS / f"{name.partition(':')[0]}.Containerfile"
        _build(podman, file, f"localhost/{name}", STAND_INS)
    ours(podman, "kasane", ROOT)


def ours(podman: Podman, tag: str, context: Path) -> None:
    """Builds the image of our processes from a checkout."""
    _build(podman, context / "deploy/Dockerfile", f"localhost/{tag}", context)


def newer(podman: Podman, old: str, new: str) -> None:
    """The same programs under another tag and another identity, as an upgrade of nothing brings them."""
    file = podman.folder / "newer.Containerfile"
    file.write_text(f"FROM localhost/{old}\nLABEL kasane.trial=newer\n")
    _build(podman, file, f"localhost/{new}", podman.folder / "empty")


def _build(podman: Podman, file: Path, tag: str, context: Path) -> None:
    context.mkdir(exist_ok=True)
    # Lent to the build and not left in the image: the machine's way to the package index may have its own authority.
    lent = ["--volume", f"{CERTIFICATES}:{CERTIFICATES}:ro"] if CERTIFICATES.exists() else []
    podman.run(
        *("build", "--quiet", "--pull=never", "--network=host", "--format=docker", *lent),
        *("--file", file, "--tag", tag, context),
    )


def _debian(podman: Podman, say: Say) -> None:
    if podman.ask("image", "exists", DEBIAN).returncode == 0:
        return
    mirror, suite = _mirror()
    say(f"debootstrap {suite}")
    folder = podman.folder / "debian"
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run(
        [
            *("debootstrap", "--variant=minbase", "--include=ca-certificates"),
            *(suite, folder, mirror),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoEngine(f"debootstrap: {done.stdout[-800:]}{done.stderr[-800:]}")
    for rest in ("var/lib/apt/lists", "var/cache/apt/archives"):
        shutil.rmtree(folder / rest)
        (folder / rest / "partial").mkdir(parents=True)
    archive = podman.folder / "debian.tar"
    subprocess.run(["tar", "-C", folder, "-cf", archive, "."], check=True)
    podman.run("import", "--quiet", archive, DEBIAN)
    archive.unlink()
    shutil.rmtree(folder)


def _mirror() -> tuple[str, str]:
    """Where this machine takes its own packages from, and which Debian it is."""
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT) $(ORIGIN)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for line in told.splitlines():
        uri, suite, component, origin = (*line.split(" ", 3), "", "", "")[:4]
        if component == "main" and origin == "Debian" and "-" not in suite:
            return uri, suite
    raise NoEngine(
        "apt の設定に Debian の入手元がないため、土台のイメージを作れません。何も始めていません。\n"
        "apt names no source of Debian here, so no base image can be made. Nothing was started."
    )
