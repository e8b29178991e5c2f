"""The headers of every kind of answer, checked from the outside as a scanner would."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from performance_api import blueprint, create_app
from performance_store.settings import load_settings
from tests.support.fake_store import FakeStore, make_app
from tests.support.settings import settings_at

ANSWERS = [
    ("GET", "/about", 200),
    ("GET", "/about?q=<script>alert(1)</script>", 200),
    ("GET", "/nowhere/<script>alert(1)</script>", 404),
    ("HEAD", "/about", 200),
    ("OPTIONS", "/about", 200),
    ("DELETE", "/health/live", 405),
    ("GET", "/health/live", 200),
    ("GET", "/health/ready", 503),
    ("GET", "/metrics", 200),
    ("GET", "/_dash-layout", 200),
    ("POST", "/_dash-update-component", 415),
    ("GET", "/assets/planning.css", 200),
    ("GET", "/assets/../app.py", 404),
    ("GET", "/assets/nothing.css", 404),
    ("GET", "/downloads/coverage.csv", 503),
    ("GET", "/api/v1/openapi.json", 200),
    ("GET", "/api/v1/nothing", 404),
    ("GET", "/api/v1/datasets?limit=x", 400),
    ("GET", "/api/v1/datasets", 503),
]


@pytest.fixture
def server(tmp_path: Path) -> Flask:
    """The whole application over a database that is silent."""
    store = FakeStore()
    store.silent = True
    settings = settings_at(tmp_path, trusted_proxies=1)
    flask = make_app(tmp_path, store, settings=settings).server
    flask.register_blueprint(blueprint(store.connect))
    return flask


@pytest.fixture
def client(server: Flask) -> FlaskClient:
    return server.test_client()


TLS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.4"}


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_is_guarded(client: FlaskClient, method: str, path: str, status: int) -> None:
    headers = {} if path == "/metrics" else TLS
    answer = client.open(path, method=method, headers=headers, buffered=True)
    assert answer.status_code == status, answer.text[:300]
    answer_headers = answer.headers
    assert answer_headers.getlist("X-Content-Type-Options") == ["nosniff"]
    assert answer_headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in answer_headers["Permissions-Policy"]
    assert answer_headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer_headers["X-Frame-Options"] == "DENY"
    assert len(answer_headers.getlist("X-Request-ID")) == 1
    assert ("Strict-Transport-Security" in answer_headers) == (headers == TLS)
    assert "Set-Cookie" not in answer_headers
    assert "Server" not in answer_headers or "Werkzeug" not in answer_headers["Server"]
    assert "X-Powered-By" not in answer_headers
    assert "<script>alert" not in answer.text
    assert "Traceback" not in answer.text
    if answer.mimetype == "text/html":
        assert_strict(answer_headers["Content-Security-Policy"])


def assert_strict(policy: str) -> None:
    rules = {words[0]: words[1:] for words in (part.split() for part in policy.split("; "))}
    scripts = rules["script-src"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "data:"} & set(scripts)
    assert all(s == "'self'" or re.fullmatch(r"'sha256-[\w+/]+=*'", s) for s in scripts)
    assert rules["frame-ancestors"] == ["'none'"]
    assert rules["object-src"] == ["'none'"]
    assert rules["base-uri"] == rules["form-action"] == ["'self'"]


@pytest.mark.parametrize("path", ["/api/v1/openapi.json", "/api/v1/nothing", "/elsewhere"])
def test_the_interface_alone_is_guarded_too(path: str) -> None:
    settings = load_settings({"TRUSTED_PROXIES": "1"})
    headers = create_app(FakeStore().connect, settings).test_client().get(path, headers=TLS).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    if path.startswith("/api"):
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
