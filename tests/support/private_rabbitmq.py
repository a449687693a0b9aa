"""A RabbitMQ broker of the tests' own, which they may stop, kill and wipe."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.support import own_processes
from tests.support.own_processes import LOOPBACK

CONFIGURATION = """\
listeners.tcp.local = {host}:{port}
log.file.level = info
disk_free_limit.absolute = 50MB
raft.wal_max_size_bytes = 32000000
cluster_partition_handling = pause_minority
"""
COOKIE = "of-the-tests-own"
# Nodes that do not share a cookie refuse one another: a parting that stays until it is taken back.
PART = "erlang:set_cookie('{0}', parted_{1})."
MEET = "erlang:set_cookie('{0}', erlang:get_cookie()), net_kernel:connect_node('{0}')."

# Nodes talk over 127.0.0.1 only, and none starts a port mapper: the one of this module is there.
ERLANG_ARGUMENTS = "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false"


class PrivateRabbit:
    """A broker on a free port of 127.0.0.1; node name, cookie, data and port mapper are its own.

    guest/guest may do everything on the virtual host `/`. The port stays the same over stop(),
    kill(), wipe() and start(). A broker or port mapper that already runs here is never touched.
    """

    host = LOOPBACK

    def __init__(self, programs: Path, epmd: Path, *, beside: PrivateRabbit | None = None) -> None:
        """Choose the ports and write the configuration; start() starts the broker.

        ``beside`` another one that runs it becomes, once started, a part of that one's cluster.
        """
        self.port = own_processes.free_port()
        self._beside = beside
        self._programs = programs
        self._epmd_program = epmd
        self._epmd_port = beside._epmd_port if beside else own_processes.free_port()
        self._node = f"kasane-{os.getpid()}-{self.port}@localhost"
        self._folder = own_processes.make_folder("kasane-rabbitmq-")
        self._log = self._folder / "output"
        self.process: subprocess.Popen[bytes] | None = None
        self._epmd: subprocess.Popen[bytes] | None = None
        (self._folder / "home").mkdir(mode=0o700)
        cookie = self._folder / "home" / ".erlang.cookie"
        cookie.write_text(COOKIE)
        cookie.chmod(0o400)
        (self._folder / "conf.d").mkdir()
        (self._folder / "environment").write_text("")
        (self._folder / "enabled_plugins").write_text("[].\n")
        (self._folder / "rabbitmq.conf").write_text(
            CONFIGURATION.format(host=self.host, port=self.port)
        )
        self._environment = self._make_environment()

    @property
    def url(self) -> str:
        """The address of the virtual host `/` as guest, read alike by kombu and pika."""
        return f"amqp://guest:guest@{self.host}:{self.port}/%2F"

    @property
    def node(self) -> str:
        """The Erlang name of the broker."""
        return self._node

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start the broker and return when it takes connections; does nothing when it runs."""
        if self.running:
            return
        self._start_epmd()
        self.process = own_processes.start(
            [self._programs / "rabbitmq-server"],
            environment=self._environment,
            log=self._log,
            folder=self._folder,
        )
        if not own_processes.wait_until(self._answers(), seconds=240):
            self.kill(settled=False)
            raise RuntimeError(
                f"The private RabbitMQ on port {self.port} did not answer, so it was ended. "
                f"The end of its output:\n{own_processes.tail(self._log)}"
            )
        if self._beside is not None and self._beside.node not in self.members():
            self.rabbitmqctl("stop_app")
            self.rabbitmqctl("join_cluster", self._beside.node)
            self.rabbitmqctl("start_app")

    def members(self) -> set[str]:
        """The nodes of the cluster that this one knows, itself included; one that is down is one of them."""
        return set(re.findall(r"[\w-]+@localhost", self.rabbitmqctl("eval", "rabbit_nodes:all().")))

    def part_from(self, *others: PrivateRabbit) -> None:
        """The others and this one hear no more of one another, as when a cable is cut; the others do."""
        for one, another in _both_ways(self, others):
            one.rabbitmqctl("eval", PART.format(another.node, one.port))
        # At once: nodes that see one another part by part would break with everybody.
        self.rabbitmqctl("eval", "[erlang:disconnect_node(N) || N <- nodes()].")

    def meet(self, *others: PrivateRabbit) -> None:
        """After part_from(): they hear one another again, and who had paused goes on."""
        for one, another in _both_ways(self, others):
            one.rabbitmqctl("eval", MEET.format(another.node))

    def stop(self) -> None:
        """End the broker as an operator does: clients are told, files are closed."""
        if self.process is not None:
            own_processes.end(self.process, signal.SIGTERM, patience=60)
            self.process = None

    def kill(self, *, settled: bool = True) -> None:
        """End the broker at once, as a power cut does; confirmed messages in quorum queues survive.

        RabbitMQ 3.10 writes down which quorum queues exist up to a second after it has confirmed
        the declaration. A queue that loses that race has no leader after start(): it can be
        declared, but nothing can be taken from it until it is deleted. `settled` waits until the
        list is written, so that a test of messages is not a test of that race.
        """
        if settled and self.running:
            self.rabbitmqctl("eval", "lists:foreach(fun dets:sync/1, dets:all()).")
        if self.process is not None:
            own_processes.end(self.process, signal.SIGKILL, group=True)
            self.process = None

    def wipe(self) -> None:
        """Make it an empty broker again: queues, exchanges and messages are gone with the disk."""
        self.kill(settled=False)
        shutil.rmtree(self._folder / "data")
        self.start()

    def rabbitmqctl(self, *arguments: str) -> str:
        """Run rabbitmqctl against this broker and return what it printed, without headings."""
        done = subprocess.run(
            [str(self._programs / "rabbitmqctl"), "--quiet", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=self._environment,
            cwd=self._folder,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(
                f"rabbitmqctl {' '.join(arguments)} was not done by the private RabbitMQ: "
                f"{(done.stderr or done.stdout).strip()}"
            )
        return done.stdout.strip()

    def close(self) -> None:
        """End the broker and its port mapper, and delete the data."""
        self.kill(settled=False)
        if self._epmd is not None:
            own_processes.end(self._epmd, signal.SIGKILL)
            self._epmd = None
        own_processes.delete_folder(self._folder)

    def _make_environment(self) -> dict[str, str]:
        distribution_port = own_processes.free_port()
        tool_port = own_processes.free_port()
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(self._folder / "home"),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": self.host,
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_CTL_DIST_PORT_MIN": str(tool_port),
            "RABBITMQ_CTL_DIST_PORT_MAX": str(tool_port + 10),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG_ARGUMENTS,
            "RABBITMQ_CTL_ERL_ARGS": ERLANG_ARGUMENTS,
            "RABBITMQ_CONF_ENV_FILE": str(self._folder / "environment"),
            "RABBITMQ_CONFIG_FILE": str(self._folder / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(self._folder / "conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self._folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self._folder / "generated"),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder / "logs"),
            "RABBITMQ_PID_FILE": str(self._folder / "pid"),
        }

    def _start_epmd(self) -> None:
        if self._beside is not None:
            return
        if self._epmd is not None and self._epmd.poll() is None:
            return
        self._epmd = own_processes.start(
            [self._epmd_program, "-address", self.host, "-port", str(self._epmd_port)],
            environment=self._environment,
            log=self._folder / "epmd-output",
            folder=self._folder,
        )
        if not own_processes.wait_until(self._epmd_answers(self._epmd), seconds=240):
            raise RuntimeError(
                f"The port mapper of the private RabbitMQ did not listen on {self._epmd_port}, "
                "so the broker was not started. The end of its output:\n"
                f"{own_processes.tail(self._folder / 'epmd-output')}"
            )

    def _epmd_answers(self, epmd: subprocess.Popen[bytes]) -> Iterator[bool]:
        while epmd.poll() is None:
            try:
                socket.create_connection((self.host, self._epmd_port), timeout=1).close()
            except OSError:
                yield False
            else:
                yield True

    def _answers(self) -> Iterator[bool]:
        while self.running:
            try:
                with socket.create_connection((self.host, self.port), timeout=2) as connection:
                    connection.sendall(b"AMQP\x00\x00\x09\x01")
                    # The broker greets with a method frame (type 1) once it takes connections.
                    yield connection.recv(1) == b"\x01"
            except OSError:
                yield False


def _both_ways(
    one: PrivateRabbit, others: Sequence[PrivateRabbit]
) -> Iterator[tuple[PrivateRabbit, PrivateRabbit]]:
    for other in others:
        yield one, other
        yield other, one
