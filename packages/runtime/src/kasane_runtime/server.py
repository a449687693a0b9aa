"""Serves the embedded mode: one gunicorn process with threads, and the relay loop beside them."""

from typing import Any

from gunicorn.app.base import BaseApplication

from kasane_runtime.compose import Composition, make_app
from kasane_runtime.processes import EmbeddedLoop


class EmbeddedServer(BaseApplication):  # type: ignore[misc]
    """All services in one worker process; databases and threads are opened in the worker, not before the fork."""

    def __init__(self, composition: Composition, host: str, port: int, threads: int = 8) -> None:
        self._composition = composition
        self._bind = f"{host}:{port}"
        self._threads = threads
        self._loop: EmbeddedLoop | None = None
        super().__init__()

    def load_config(self) -> None:
        """Sets what gunicorn needs; nothing is read from files or the environment."""
        for name, value in {
            "bind": self._bind,
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._threads,
            "timeout": 60,
            "graceful_timeout": 20,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": self._start_loop,
            "worker_exit": self._stop_loop,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application of all services."""
        return make_app(self._composition, "all")

    def _start_loop(self, _worker: Any) -> None:
        self._loop = EmbeddedLoop(self._composition)
        self._loop.start()

    def _stop_loop(self, _server: Any, _worker: Any) -> None:
        if self._loop is not None:
            self._loop.stop()
