"""A site to fetch from, names that lead where a test says, and a certificate of nobody's."""

from __future__ import annotations

import datetime
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from providers.fetching.layers import Fetched, fetch
from tests.support.fake_site import Site, open_site, rules


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as site:
        yield site


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What names lead to: a list of addresses for each look-up in turn, the last one for ever."""
    table: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        if host not in table:
            return real(host, port, *arguments, **options)
        answers = table[host]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            entry for address in addresses for entry in real(address, port, *arguments, **options)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return table


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for `council.example` that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "council.example")])
    now = datetime.datetime.now(datetime.UTC)
    made_out = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("council.example")]), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made_out.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def read(site: Site, tmp_path: Path) -> Callable[..., Fetched]:
    """Fetches a path of the site within the limits of a test."""

    def read(path: str, *, say: Callable[[str], None] = lambda _: None, **limits: Any) -> Fetched:
        limits = {"stall": 2.0, "whole": 10.0} | limits
        where = f"http://127.0.0.1:{site.port}{path}"
        return fetch(where, tmp_path, say=say, rules=rules(site.port, **limits))

    return read
