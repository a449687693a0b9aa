"""Starts compose.yaml for real, plays two towns through the proxy, and breaks things: ``make test-compose``.

Prints a line per thing that was tried and, last, a line of JSON. Ends with 1 at the first thing that is not as it
should be. Images are kept in the folder between runs; containers, networks and data are not.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets as randomness
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from kasane_runtime import demo
from tests.compose import images
from tests.compose.engine import NoEngine, Podman, prepare
from tests.compose.scenario import ENIWA, IKOMA, TOWNS, Place, Story, found_again, play
from tests.support.own_processes import LOOPBACK, free_port

ROOT = Path(__file__).parents[2]
FOLDER = Path("/var/tmp/kasane-compose")
OPERATE = "compose.operate.yaml"
NOT_OURS = ("postgres", "rabbitmq", "proxy")
SERVICES = ("cases", "intake", "outreach", "portal", "resources")
GENEROUS_SECONDS = 120.0
_ENTER_STAFF = """
import json
import sys
from kasane_runtime.cli import main

for account in json.loads(sys.argv[1]):
    if main(["accounts", "create", *account]):
        sys.exit(1)
"""
_ENTER = """
import sys
import psycopg
from kasane_kit.config import Settings
from kasane_kit.db.engine import PostgresAddresses, database_name
from kasane_kit.keys import KeyMissing, KeyRing

login_of, database_of = sys.argv[1:]
settings = Settings.from_env()
try:
    url = PostgresAddresses(settings.database_url, KeyRing(settings.keys_folder)).url("cases", login_of)
    url = url.set(drivername="postgresql", database=database_name(database_of))
    psycopg.connect(url.render_as_string(hide_password=False)).close()
    print("in")
except KeyMissing:
    print("KeyMissing")
except psycopg.OperationalError as error:
    print(error)
"""


class Trial:
    """One installation under trial, from nothing to its end."""

    def __init__(self, folder: Path) -> None:
        self.house = folder / "house"
        shutil.rmtree(self.house, ignore_errors=True)
        (self.house / "deploy").mkdir(parents=True)
        for name in ("compose.yaml", "compose.by-town.yaml", OPERATE):
            shutil.copy(ROOT / name, self.house)
        for name in ("proxy", "rabbitmq"):
            shutil.copytree(ROOT / "deploy" / name, self.house / "deploy" / name)
        shutil.copy(ROOT / "deploy/make-secrets.sh", self.house / "deploy")
        self.podman = Podman(folder, self.house, f"kasane-trial-{randomness.token_hex(3)}")
        self.podman.files.append("compose.podman.yaml")
        (self.house / "compose.podman.yaml").write_text(_for_podman())
        self.port = free_port()
        self.settings = {"KASANE_PORT": str(self.port)}
        self.place = Place(f"http://{LOOPBACK}:{self.port}")
        self.stories: list[Story] = []
        self.lines = 0
        self.begun = time.monotonic()

    # How things are told and asked

    def tried(self, what: str, work: Callable[[], object]) -> None:
        """Does one thing and prints it with its seconds; what fails is raised."""
        begun = time.monotonic()
        try:
            said = work()
        except BaseException:
            _say(f"✗ {what}")
            raise
        self.lines += 1
        words = f"  {said}" if isinstance(said, str) else ""
        _say(f"○ {what}  {time.monotonic() - begun:.1f} s{words}")

    def answers(self, path: str) -> tuple[int, str, dict[str, str]]:
        """What the proxy answers to somebody without an account."""
        try:
            with urllib.request.urlopen(f"{self.place.address}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), dict(error.headers)

    def eventually(self, look: Callable[[], bool], what: str) -> None:
        """Returns as soon as it is so."""
        deadline = time.monotonic() + GENEROUS_SECONDS
        while not _without_an_answer(look):
            if time.monotonic() > deadline:
                raise AssertionError(f"it never came: {what}")
            time.sleep(0.3)

    def all_ready(self) -> bool:
        """Whether every service has every town's database behind the proxy."""
        return all(self.answers(f"/{name}/-/ready")[0] == 200 for name in SERVICES)

    def up(self) -> None:
        """Everything runs and every check of compose.yaml succeeds."""
        self.podman.up(settings=self.settings)
        entries = self.podman.entries()
        self.podman.healthy(*(name for name in entries if "healthcheck" in entries[name]))
        self.eventually(self.all_ready, "every service ready behind the proxy")

    # What is tried

    def starts(self) -> None:
        self.podman.run("run", "--rm", "localhost/kasane", "kasane", "processes", "--list")
        self._shell("deploy/make-secrets.sh")
        self.up()

    def staff_is_entered(self) -> None:
        accounts = [
            [town.code, f"{town.prefix}-{short}", name, "--role", role, "--office", office]
            for town in TOWNS
            for short, name, role, office in town.staff
        ]
        # The operator's command for each, in one process: starting it takes longer than what it does.
        self.podman.run(
            *("exec", "--interactive", self.podman.container("portal-worker")),
            *("python", "-c", _ENTER_STAFF, json.dumps(accounts)),
            told=f"{demo.PASSWORD}\n" * len(accounts),
        )

    def door_is_shut_where_it_should_be(self) -> None:
        status, page, headers = self.answers("/portal/292095/sign-in")
        assert status == 200, page
        assert "サインイン" in page, page
        assert "default-src" in headers["Content-Security-Policy"], headers
        assert self.answers("/cases/-/metrics")[0] == 404
        assert self.answers("/nothing/-/health")[0] in (404, 502)
        status, _page, _headers = self.answers("/cases/292095/cases")
        assert status in (200, 401, 403), status

    def towns_play(self) -> None:
        self.stories += [play(self.place, town) for town in TOWNS]

    def towns_see_everything(self) -> None:
        for story in self.stories:
            found_again(self.place, story)

    def broker_is_used(self) -> str:
        """The queues have readers, and everything that was said has been taken."""
        container = self.podman.container("rabbitmq")
        told = self.podman.run(
            *("exec", container, "rabbitmqctl", "--quiet", "--no-table-headers"),
            *("list_queues", "name", "consumers", "messages"),
        )
        queues = {line.split()[0]: line.split()[1:] for line in told.splitlines()}
        for service in SERVICES:
            assert int(queues[f"kasane.{service}"][0]) >= 1, queues
        assert queues["kasane.dead"][1] == "0", queues
        return f"{len(queues)} queues"

    def processes_may_little(self) -> str:
        entries, ours = self.podman.entries(), 0
        for name in entries:
            if name in NOT_OURS:
                continue
            ours += 1
            found = self.podman.inspect(name)
            host = found["HostConfig"]
            assert found["Config"]["User"] == "10001:10001", name
            assert host["ReadonlyRootfs"] is True, name
            assert not found["EffectiveCaps"], (name, found["EffectiveCaps"])
            assert any("no-new-privileges" in one for one in host["SecurityOpt"]), name
            for setting in found["Config"]["Env"]:
                assert not re.search(r"PASSWORD=|://[^/]*:[^/]*@", setting), (name, setting)
        container = self.podman.container("cases-web")
        told = self.podman.run(
            *("exec", container, "python", "-c"),
            "import os; print(os.getuid(), open('/proc/self/status').read())",
        )
        assert told.startswith("10001 "), told
        assert re.search(r"CapEff:\s+0{16}", told), told
        assert re.search(r"NoNewPrivs:\s+1", told), told
        for place in ("/srv/kasane/x", "/opt/kasane/x", "/var/lib/kasane/keys/x", "/x"):
            touched = self.podman.ask(
                *("exec", container, "python", "-c", f"open('{place}', 'w').close()")
            )
            assert "Read-only file system" in touched.stderr, (place, touched.stderr)
        return f"{ours} processes"

    def migration_ran_once(self) -> str:
        found = self.podman.inspect("migrate")
        assert (found["State"]["Status"], found["State"]["ExitCode"]) == ("exited", 0), found
        said = self.podman.logs("migrate").splitlines()
        done = [line.split()[-1] for line in said if line.startswith("○ ")]
        assert (done.count("292095"), done.count("012319")) == (1, 1), said
        return f"{len(done)} towns"

    def killed_processes_come_back(self) -> None:
        killed = {}
        for name in ("cases-worker", "resources-web", "intake-worker"):
            killed[name] = self.podman.inspect(name)["State"]["Pid"]
            os.kill(killed[name], signal.SIGKILL)
        # Nobody starts them but the engine, for compose.yaml says restart: unless-stopped.
        for name, old in killed.items():
            self.eventually(
                lambda name=name, old=old: (
                    self.podman.inspect(name)["State"]["Pid"] not in (0, old)
                ),
                f"{name} running again",
            )
        self.podman.healthy("resources-web")
        self.eventually(self.all_ready, "every service ready")
        self.towns_see_everything()

    def broker_restarts(self) -> None:
        self.podman.run("restart", "--time", "30", self.podman.container("rabbitmq"))
        self.podman.healthy("rabbitmq")
        self.towns_see_everything()

    def second_up_changes_nothing(self) -> None:
        before = self._identities()
        self.up()
        assert self._identities() == before
        self.migration_again()
        self.towns_see_everything()

    def migration_again(self) -> None:
        found = self.podman.inspect("migrate")
        assert found["State"]["ExitCode"] == 0, found["State"]

    def down_and_up_keep_everything(self) -> None:
        self.podman.compose("down", settings=self.settings)
        self.up()
        self.towns_see_everything()

    def newer_image_keeps_everything(self) -> str:
        images.newer(self.podman, "kasane", "kasane:newer")
        self.settings["KASANE_IMAGE"] = "kasane:newer"
        self.up()
        for name in self.podman.entries():
            if name not in NOT_OURS:
                assert self.podman.inspect(name)["ImageName"].endswith("kasane:newer"), name
        self.towns_see_everything()
        return "kasane:newer"

    def wrong_secrets_are_told(self) -> None:
        said = self._alone("cases-web", {"KASANE_DATABASE_URL_FILE": "/run/secrets/nothing"})
        assert "KASANE_DATABASE_URL_FILE" in said, said
        assert "nothing was started" in said, said
        said = self._alone(
            "migrate",
            {
                "KASANE_ADMIN_DATABASE_URL_FILE": "",
                "KASANE_ADMIN_DATABASE_URL": "postgresql://postgres:wrong@postgres:5432/postgres",
            },
        )
        assert "何も変えていません" in said, said
        assert "password authentication failed" in said, said
        assert "Traceback" not in said, said
        self._one_login_is_wrong()

    def a_town_is_backed_up_and_restored(self) -> str:
        """By the operator's container: taken and tried beside the work, put back while nobody works."""
        self._operate("backup", "create", IKOMA.code, "--into", "/backup")
        taken = self._operate("backup", "drill", IKOMA.code)
        found = re.search(rf"{IKOMA.code}-\w+", self._operates("ls", "/backup"))
        assert found, taken
        self._operate("backup", "verify", f"/backup/{found[0]}")
        ours = [name for name in self.podman.entries() if name not in NOT_OURS]
        working = [self.podman.container(name) for name in ours if name != "migrate"]
        self.podman.run("stop", "--time", "40", *working)
        self._operate("backup", "restore", IKOMA.code, f"/backup/{found[0]}")
        broker = self.podman.container("rabbitmq")
        for name in SERVICES:
            self.podman.run("exec", broker, "rabbitmqctl", "purge_queue", f"kasane.{name}")
        self._operate("audit", "verify")
        self.podman.run("start", *working)
        self.up()
        self.towns_see_everything()
        return found[0]

    def a_town_has_workers_of_its_own(self) -> str:
        """compose.by-town.yaml: 生駒市's group holds its own secrets alone; without it 恵庭市 works on."""
        self._shell("deploy/make-secrets.sh", IKOMA.code)
        self.podman.files.insert(1, "compose.by-town.yaml")
        self.up()
        self.towns_see_everything()
        own = self.podman.container(f"cases-worker-{IKOMA.code}")
        kept = self.podman.run("exec", own, "ls", "/var/lib/kasane/keys").split()
        assert kept == [
            *(f"{IKOMA.code}.key", f"{IKOMA.code}.sealed"),
            f"logins{IKOMA.code}.key",
        ], kept
        for town, said in ((IKOMA, "in"), (ENIWA, "KeyMissing")):
            assert self._enters(own, town.code, town.code) == said, town
        assert "permission denied for database" in self._enters(own, IKOMA.code, ENIWA.code)
        held = {
            mount["Destination"]
            for mount in self.podman.inspect(f"cases-worker-{IKOMA.code}")["Mounts"]
        }
        assert held == {
            *("/var/lib/kasane/keys", "/run/secrets/database_url"),
            *("/run/secrets/broker_url", "/run/secrets/metrics_token"),
            "/var/lib/kasane/tombstones",
        }, held
        group = [f"{name}-worker-{IKOMA.code}" for name in SERVICES]
        for name in group:
            self.podman.run("stop", "--time", "40", self.podman.container(name))
        eniwa = [story for story in self.stories if story.town is ENIWA]
        for story in eniwa:
            found_again(self.place, story)
        for name in group:
            self.podman.run("start", self.podman.container(name))
        self.towns_see_everything()
        return f"{len(group)} workers of {IKOMA.code}"

    def _enters(self, container: str, login_of: str, database_of: str) -> str:
        """What happens when a process of a container goes into a town's database with a town's login."""
        told = self.podman.ask(*("exec", container, "python", "-c", _ENTER, login_of, database_of))
        return told.stdout.strip() or told.stderr.strip()

    def _operate(self, *command: str) -> str:
        """What one command of ours says in the operator's container."""
        return self._operates("kasane", *command)

    def _operates(self, *command: str) -> str:
        self.podman.files.append(OPERATE)
        try:
            return self.podman.compose(
                *("--profile", "operate", "run", "--rm", "--no-deps", "-T", "operate", *command),
                settings=self.settings,
            )
        finally:
            self.podman.files.remove(OPERATE)

    def _one_login_is_wrong(self) -> None:
        """One town's login of one service is refused: /-/ready says which, the rest works, migrate mends it."""
        login, town = "kasane_012319_cases", "012319"
        self._sql(f"ALTER ROLE {login} PASSWORD 'another'")
        self._sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{login}'"
        )
        self.eventually(lambda: self.answers("/cases/-/ready")[0] == 503, "not ready")
        towns = json.loads(self.answers("/cases/-/ready")[1])["towns"]
        assert [code for code, said in towns.items() if said != "ready"] == [town], towns
        assert self.answers("/intake/-/ready")[0] == 200
        found_again(self.place, self.stories[0])
        self.podman.run("start", self.podman.container("migrate"))
        self.eventually(self.all_ready, "ready after migrate")

    # Parts

    def _sql(self, statement: str) -> str:
        return self.podman.run(
            *("exec", "--user", "postgres", self.podman.container("postgres")),
            *("psql", "--no-align", "--tuples-only", "--command", statement),
        )

    def _alone(self, service: str, settings: dict[str, str]) -> str:
        """What a process of a service says when it is started once more with other settings; it must fail."""
        told = [part for name, value in settings.items() for part in ("--env", f"{name}={value}")]
        found = self.podman.inspect(service)
        mounts = [
            part
            for mount in found["Mounts"]
            for part in (
                "--volume",
                f"{mount.get('Name') or mount['Source']}:{mount['Destination']}:ro",
            )
        ]
        environment = [part for one in found["Config"]["Env"] for part in ("--env", one)]
        networks = ",".join(found["NetworkSettings"]["Networks"])
        done = self.podman.ask(
            *("run", "--rm", "--network", networks, "--read-only", *mounts, *environment, *told),
            *("localhost/kasane", *found["Config"]["Cmd"]),
        )
        assert done.returncode != 0, done.stdout
        return done.stdout + done.stderr

    def _identities(self) -> dict[str, str]:
        return {name: self.podman.inspect(name)["Id"] for name in self.podman.entries()}

    def _shell(self, script: str, *arguments: str) -> None:
        subprocess.run(["sh", self.house / script, *arguments], check=True, capture_output=True)

    def memory(self) -> dict[str, float]:
        """Megabytes per container."""
        told = self.podman.run("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}")
        found = {}
        for line in told.splitlines():
            name, used = line.split()[:2]
            number, unit = re.match(r"([\d.]+)([kMG]?B)", used).groups()
            factor = {"kB": 0.001, "MB": 1, "GB": 1000, "B": 1e-6}[unit]
            found[name.removeprefix(f"{self.podman.name}_").removesuffix("_1")] = round(
                float(number) * factor, 1
            )
        return found

    def close(self) -> None:
        """Containers, networks and volumes of this trial go."""
        try:
            self.podman.compose("down", "--volumes", settings=self.settings)
        except RuntimeError as error:
            _complain(f"-- {error}")

    def run(self, skipped: Sequence[str]) -> dict[str, object]:
        """Everything but what is skipped, in order; returns the figures."""
        memory: dict[str, float] = {}
        for name, words, work in (
            ("start", "一つの命令で起き上がる / one command starts it", self.starts),
            ("migration", "移行は一度で終わった / the migration ran once", self.migration_ran_once),
            ("staff", "職員を登録する / staff is entered", self.staff_is_entered),
            ("door", "入口の外 / outside the door", self.door_is_shut_where_it_should_be),
            ("towns", "二つの町が働く / two towns at work", self.towns_play),
            ("broker", "RabbitMQ を通った / through RabbitMQ", self.broker_is_used),
            ("little", "権限のないプロセス / processes may little", self.processes_may_little),
            ("kill", "落としても戻る / killed and back", self.killed_processes_come_back),
            ("restart", "RabbitMQ の再起動 / the broker restarts", self.broker_restarts),
            ("again", "二度目の up / a second up", self.second_up_changes_nothing),
            ("wrong", "誤った秘密 / wrong secrets", self.wrong_secrets_are_told),
            ("down", "down と up / down and up", self.down_and_up_keep_everything),
            ("newer", "新しいイメージ / a newer image", self.newer_image_keeps_everything),
            (
                "backup",
                "控えと復元 / backed up and restored",
                self.a_town_is_backed_up_and_restored,
            ),
            ("town", "町だけの worker / a town's own workers", self.a_town_has_workers_of_its_own),
        ):
            if name in skipped:
                _note(f"{words}: 飛ばしました / skipped")
                continue
            self.tried(words, work)
            if name == "towns":
                memory = self.memory()
        return {
            "tried": self.lines,
            "seconds": round(time.monotonic() - self.begun, 1),
            "memory_mb": memory,
            "memory_mb_together": round(sum(memory.values()), 1),
        }


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _note(words: str) -> None:
    _say(f"-- {words}")


def _complain(words: object) -> None:
    sys.stderr.write(f"{words}\n")


def _without_an_answer(look: Callable[[], bool]) -> bool:
    try:
        return look()
    except OSError:
        return False


def _for_podman() -> str:
    """The proxy asks podman's own names alone; the machine's resolver knows nothing of our containers."""
    third = 64 + randomness.randbelow(64)
    net = f"10.{128 + randomness.randbelow(100)}.{third}"
    return (
        "networks:\n  inside:\n    ipam:\n"
        f'      config: [{{subnet: "{net}.0/24", gateway: "{net}.1"}}]\n'
        f'services:\n  proxy:\n    dns: ["{net}.1"]\n'
    )


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="images and containers")
    parser.add_argument("--keep", action="store_true", help="leave everything running")
    parser.add_argument(
        "--skip", nargs="*", default=[], help="kill, restart, again, down, newer, …"
    )
    options = parser.parse_args()
    try:
        prepare(options.folder, _note)
        trial = Trial(options.folder)
        begun = time.monotonic()
        images.make(trial.podman, _note)
        _say(f"-- images  {time.monotonic() - begun:.1f} s")
    except NoEngine as error:
        _complain(error)
        return 2
    trial.begun = time.monotonic()
    try:
        figures = trial.run(options.skip)
    except (AssertionError, RuntimeError) as error:
        _complain(f"✗ {error}")
        for name in trial.podman.entries():
            _complain(f"--- {name}\n{trial.podman.logs(name)[-1500:]}")
        return 1
    finally:
        if not options.keep:
            trial.close()
    _say(json.dumps(figures, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
