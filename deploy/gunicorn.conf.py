"""Settings of gunicorn for one web process of the distributed mode."""

import os

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
