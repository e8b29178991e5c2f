"""Hosted Redis speaks TLS with a certificate it signed itself: the cache works there too."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from dashboard.data.cache import Cache
from dashboard.data.cache_store import RedisStore, make_store
from tests.support.servers import RedisServer, free_port, missing

pytestmark = pytest.mark.redis


def test_a_self_signed_certificate_is_taken(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        missing("openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=nobody.example", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    port = free_port()
    server = RedisServer(
        tmp_path,
        *("--tls-port", str(port), "--tls-cert-file", str(certificate)),
        *("--tls-key-file", str(key), "--tls-auth-clients", "no"),
    )
    server.start()
    try:
        store = make_store(
            Flask("test"), redis_url=f"rediss://127.0.0.1:{port}/0", folder=tmp_path, prefix="t:"
        )
        assert isinstance(store, RedisStore)
        computed: list[int] = []

        def work() -> int:
            computed.append(1)
            return 7

        cache = Cache(store)
        assert [cache.cached("key", work) for _ in range(3)] == [7, 7, 7]
        assert len(computed) == 1, "the answer was kept over TLS"
    finally:
        server.stop()
