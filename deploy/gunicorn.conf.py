"""Settings of gunicorn for one web process of the distributed mode."""

import atexit
import importlib
import os
import shutil
import tempfile

bind = os.environ.get("KASANE_BIND", "127.0.0.1:8000")
workers = 2
worker_class = "gthread"
threads = 4
# Nothing is imported or opened before the fork: a connection that two processes share is broken.
preload_app = False
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
timeout = 60
graceful_timeout = 30
keepalive = 5
# The trail of who read what is kept by the services; a list of addresses beside it would be a second one.
accesslog = None
errorlog = "-"
loglevel = "warning"


# Every process of this gunicorn counts in files of one folder, so that whichever answers Prometheus answers for all.
if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    _counts = tempfile.mkdtemp(prefix="kasane-metrics-", dir=worker_tmp_dir)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _counts
    atexit.register(shutil.rmtree, _counts, ignore_errors=True)


def child_exit(_server, worker):
    """Takes away what a process that ended held of the moment; what it counted stays."""
    multiprocess = importlib.import_module("prometheus_client.multiprocess")
    multiprocess.mark_process_dead(worker.pid)
