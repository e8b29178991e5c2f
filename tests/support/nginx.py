"""nginx with the configuration of our documentation, in front of servers of the test's own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from performance_store.local.processes import OwnedProcess
from tests.support.servers import free_port, missing

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "nginx.conf"
# One process, all of whose files lie in a folder of the test's own. Which server answered is told.
AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    add_header X-Upstream $upstream_addr always;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where nginx listens, with TLS and without, and the certificate that it shows."""

    address: str
    plain: str
    certificate: Path


@contextmanager
def nginx(folder: Path, servers: Sequence[str]) -> Iterator[Proxy]:
    """nginx in front of two servers (host:port); its files below `folder`."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None or shutil.which("openssl") is None:
        missing("nginx" if program is None else "openssl")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    port, plain = free_port(), free_port()
    ours = {
        "127.0.0.1:8051": servers[0],
        "127.0.0.1:8052": servers[1],
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "/etc/ssl/performance/certificate.pem": str(certificate),
        "/etc/ssl/performance/key.pem": str(key),
    }
    text = EXAMPLE.read_text()
    for word, value in ours.items():
        assert text.count(f"{word};") == 1, word
        text = text.replace(f"{word};", f"{value};")
    (folder / "site.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    command = [program, "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    with (folder / "log").open("wb") as log:
        server = OwnedProcess.start(
            command, stop_signal=signal.SIGTERM, cwd=folder, env=dict(os.environ), output=log
        )
    deadline = time.monotonic() + 10
    while True:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        assert time.monotonic() < deadline, (folder / "error.log").read_text()
        time.sleep(0.05)
    try:
        yield Proxy(f"https://127.0.0.1:{port}", f"http://127.0.0.1:{plain}", certificate)
    finally:
        server.stop([(signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)])
