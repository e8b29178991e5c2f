"""The web server, sized for a machine of 512 MB (see ARCHITECTURE.md for the measurements).

For a deployment: it listens on every address. `make run` puts --bind 127.0.0.1 on top.
"""

import gc
import os
import shutil
import socket
import sys
import tempfile
from datetime import date
from pathlib import Path

from performance_store.settings import SettingsError, load_settings
from providers.submissions import working_days
from serving import logs, metrics
from serving.intake import Bounds
from serving.worker import BufferWorker

try:
    _settings = load_settings()
except SettingsError as error:
    sys.exit("\n".join(f"Error: {line}" for line in str(error).splitlines()))

_address = "[::]" if socket.has_dualstack_ipv6() else "0.0.0.0"
bind = f"{_address}:{_settings.port}"
# Spreads connections more evenly over the workers. Elsewhere it would let two servers share a
# port without either noticing.
reuse_port = _settings.on_dyno

# Threads, because a request mostly waits for the database, and has one only once it is whole:
# clients that are slow, or mean to be, keep no thread. Preload, because two workers then share the
# memory of what they import (191 MB instead of 290 MB).
worker_class = BufferWorker
workers = _settings.web_concurrency
threads = 5
preload_app = True
# A worker that starts again has to draw every page anew, and closes its readers' connections: at
# 2,000 requests that came every minute or two under load (bench/soak.py), with memory flat.
max_requests = 20_000
max_requests_jitter = 2_000

timeout = 20
graceful_timeout = 20  # a dyno is killed 30 s after it was asked to stop
keepalive = 100  # longer than the router's 90 s, which would else meet closed connections
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# A query string of serving/guards.py and a path in front of it; headers as gunicorn has them.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190
BufferWorker.bounds = Bounds(
    seconds=_settings.slow_seconds,
    rate=_settings.slow_bytes,
    client_connections=_settings.client_connections,
    trusted_proxies=_settings.trusted_proxies,
    keepalive=keepalive,
    line=limit_request_line,
    field=limit_request_field_size,
    fields=limit_request_fields,
)
control_socket_disable = True  # it would be a file in the home folder

# One line a request, written by serving/requests.py with the request's id.
accesslog = None
loglevel = _settings.log_level.lower()
logconfig_dict = logs.configuration(_settings.log_level, _settings.log_format)

# Where the workers count what /metrics tells; thrown away with the server.
_figures = metrics.share(lambda: Path(tempfile.mkdtemp(prefix="pdp-figures-", dir=worker_tmp_dir)))
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_figures)


def post_fork(server: object, worker: object) -> None:
    """A worker counts in files of its place, so that they do not grow in number."""
    metrics.take_place()


def on_exit(server: object) -> None:
    """Leave nothing behind."""
    shutil.rmtree(_figures, ignore_errors=True)


def when_ready(server: object) -> None:
    """Load what knows bank holidays, which is large, once for all workers; and take all that was
    loaded before they start out of the garbage collector's sight.

    Looking through it again and again took a tenth of a second each time, which one request in
    twenty had to wait for; and it made the workers copy memory that they share.
    """
    working_days.after(date.today(), working_days.PROMISE)
    gc.collect()
    gc.freeze()
