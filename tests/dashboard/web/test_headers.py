"""What responses tell the browser."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from serving.holding import PUBLIC
from tests.support.fake_store import FakeStore, make_app
from tests.support.settings import settings_at

PATHS = ("/about", "/nowhere", "/health/live", "/_dash-layout", "/assets/planning.css")


def policy(client: FlaskClient, path: str = "/about") -> dict[str, list[str]]:
    text = client.get(path).headers["Content-Security-Policy"]
    return {words[0]: words[1:] for words in (part.split() for part in text.split("; "))}


@pytest.mark.parametrize("path", PATHS)
def test_every_response_is_guarded(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_scripts_run_by_their_hash_only(client: FlaskClient) -> None:
    allowed = policy(client)["script-src"]
    assert allowed[0] == "'self'"
    assert all(re.fullmatch(r"'sha256-[\w+/]+=*'", item) for item in allowed[1:])
    text = client.get("/about").text
    inline = re.findall(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>(.*?)</script>", text, flags=re.S
    )
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in allowed
    assert not re.search(r"<[^>]+ on\w+=", text)


def test_nothing_else_may_be_loaded_framed_or_sent(client: FlaskClient) -> None:
    directives = policy(client)
    assert (
        directives["default-src"]
        == directives["connect-src"]
        == directives["form-action"]
        == ["'self'"]
    )
    assert directives["frame-ancestors"] == directives["object-src"] == ["'none'"]
    assert policy(client, "/nowhere") == directives


def test_an_error_page_has_the_policy_too(client: FlaskClient) -> None:
    assert "frame-ancestors" in policy(client, "/nowhere")


def test_pages_are_asked_for_again_and_files_kept(client: FlaskClient) -> None:
    def cache_control(path: str) -> str:
        return client.get(path).headers["Cache-Control"]

    assert cache_control("/nowhere") == "no-cache"
    assert cache_control("/health/live") == "no-cache"
    assert cache_control("/assets/planning.css") == "public, max-age=86400"
    assert (
        cache_control("/_dash-component-suites/dash/dcc/async-graph.js") == "public, max-age=86400"
    )
    # An address that changes with the file: as the page has it, and of another release.
    ours = [script(client, name) for name in ("dash_renderer", "shell.js", "dcc/dash_core")]
    # A part that comes late takes the edition of the script that asks for it.
    ours.append(re.sub(r"dash_core_components(-shared)?\.", "async-graph.", ours[-1]))
    for address in ours:
        assert cache_control(address) == "public, max-age=31536000, immutable", address
        other = re.sub(r"(m=?)\d+", r"\g<1>1", address)
        assert other != address
        assert cache_control(other) == PUBLIC
    # What is not there yet may be there in a moment.
    for missing in ("/assets/new.css?m=1", "/_dash-component-suites/dash/new.v4_4_1m1.js"):
        assert cache_control(missing) == "no-cache", missing


def script(client: FlaskClient, name: str) -> str:
    sources = re.findall(r'<script src="([^"]+)"', client.get("/about").text)
    return next(source for source in sources if name in source)


def test_text_is_compressed(client: FlaskClient) -> None:
    for path in ("/about", "/assets/planning.css", script(client, "dash_renderer")):
        plain = client.get(path).data
        answer = client.get(path, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
        assert answer.headers["Content-Encoding"] == "br"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert len(answer.data) < len(plain) / 2
        assert len(brotli.decompress(answer.data)) > len(plain) * 0.9


def test_tls_is_remembered_where_it_is_used(tmp_path: Path, client: FlaskClient) -> None:
    name = "Strict-Transport-Security"
    assert name in client.get("/about", base_url="https://localhost").headers
    forwarded = {"X-Forwarded-Proto": "https"}
    assert name not in client.get("/about", headers=forwarded).headers
    behind = settings_at(tmp_path / "behind", trusted_proxies=1)
    trusting = make_app(tmp_path, FakeStore(), settings=behind).server.test_client()
    assert name in trusting.get("/about", headers=forwarded).headers


def test_large_requests_are_refused(client: FlaskClient) -> None:
    answer = client.post(
        "/_dash-update-component", data=b"x" * 300_000, content_type="application/json"
    )
    assert answer.status_code == 413
