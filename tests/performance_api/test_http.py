"""The API as HTTP: validators, forms, methods, other sites, limits."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.http import http_date, parse_date

from performance_api import blueprint, create_app, validators
from performance_api.problems import BASE, MEDIA_TYPE
from performance_store.database import connect
from performance_store.loading import load
from serving.guards import QUERY_BYTES
from serving.release import Release, release_of
from tests.support.fake_store import make_app
from tests.support.real_store import real_app
from tools.api_examples import sample

pytestmark = pytest.mark.postgres
LIST = f"{BASE}/datasets?limit=2"


@pytest.fixture(autouse=True)
def after_the_second(client: FlaskClient) -> None:
    """Within the very second of a load there is no Last-Modified."""
    while "Last-Modified" not in client.get(LIST).headers:
        time.sleep(0.1)


def test_each_form_of_each_address_has_a_tag_of_its_own(client: FlaskClient) -> None:
    tags = [
        client.get(LIST).headers["ETag"],
        client.get(f"{LIST}&format=csv").headers["ETag"],
        client.get(LIST, headers={"Accept": "text/csv"}).headers["ETag"],
        client.get(f"{BASE}/datasets?limit=3").headers["ETag"],
        client.get(f"{BASE}/organisations?limit=2").headers["ETag"],
    ]
    assert len(set(tags)) == len(tags)
    for tag in tags[1:]:
        assert client.get(LIST, headers={"If-None-Match": tag}).status_code == 200
    answer = client.get(LIST, headers={"If-None-Match": f'"other", {tags[0]}'})
    assert answer.status_code == 304
    assert answer.headers["ETag"] == tags[0]
    assert {"Accept", "Accept-Encoding"} <= set(answer.vary)


def test_tags_and_dates_are_of_the_release_too(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = client.get(LIST)
    tag, modified = before.headers["ETag"], before.headers["Last-Modified"]
    soon = datetime.now(UTC) - timedelta(seconds=2)
    loaded = parse_date(modified)
    assert loaded is not None
    later = max(soon, loaded + timedelta(seconds=1))
    monkeypatch.setattr(validators, "release", lambda: Release("another", later))
    while datetime.now(UTC) < later + timedelta(seconds=1.1):
        time.sleep(0.1)
    assert client.get(LIST, headers={"If-None-Match": tag}).status_code == 200
    after = client.get(LIST, headers={"If-Modified-Since": modified})
    assert after.status_code == 200
    assert after.headers["Last-Modified"] == http_date(later)


def test_the_release_is_that_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one")
    first = release_of([tmp_path])
    (tmp_path / "a.py").write_text("two")
    assert release_of([tmp_path]).fingerprint != first.fingerprint
    assert len(first.fingerprint) == 12


def test_a_load_of_older_dates_changes_tag_and_date(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published last need not be the snapshot that is now."""
    monkeypatch.setattr(
        validators, "release", lambda: Release("one", datetime(2020, 1, 1, tzinfo=UTC))
    )
    load(engine, sample())
    with engine.begin() as connection:
        connection.execute(text("UPDATE load SET finished_at = finished_at - interval '1 hour'"))
        connection.execute(text("UPDATE snapshot SET published_at = published_at - interval '1h'"))
    client = create_app(lambda: connect(engine)).test_client()
    first = client.get(LIST)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO load (kind, input, ruleset_version, state, finished_at) SELECT kind, "
                "'more', ruleset_version, 'published', now() - interval '10 min' FROM load LIMIT 1"
            )
        )
    for name, value in (
        ("If-None-Match", first.headers["ETag"]),
        ("If-Modified-Since", first.headers["Last-Modified"]),
    ):
        assert client.get(LIST, headers={name: value}).status_code == 200, name


def test_what_is_not_there_is_never_unchanged(client: FlaskClient) -> None:
    nobody = f"{BASE}/organisations/local-authority:NONE"
    now = http_date(datetime.now(UTC))
    for headers in ({"If-None-Match": "*"}, {"If-Modified-Since": now}):
        assert client.get(nobody, headers=headers).status_code == 404
        assert client.get(LIST, headers=headers).status_code == 304
    wrong = client.get(f"{BASE}/datasets?limit=0", headers={"If-None-Match": "*"})
    assert wrong.status_code == 400
    # RFC 9110, 13.1.3: a tag counts and the date beside it does not.
    both = {"If-None-Match": '"other"', "If-Modified-Since": now}
    assert client.get(LIST, headers=both).status_code == 200


@pytest.mark.parametrize("query", ["", "&format=csv"])
def test_head_tells_what_get_would(client: FlaskClient, query: str) -> None:
    got, head = client.get(LIST + query), client.head(LIST + query)
    assert head.status_code == 200
    assert head.get_data() == b""
    for name in ("Content-Type", "ETag", "Last-Modified", "Cache-Control", "Vary"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/csv;q=0.5, application/json;q=0.4", "text/csv"),
        ("text/csv;q=0.5, application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("image/png", "application/json"),
        ("nonsense;;q=x", "application/json"),
    ],
)
def test_the_form_is_the_one_preferred(client: FlaskClient, accept: str, form: str) -> None:
    assert client.get(LIST, headers={"Accept": accept}).mimetype == form
    assert client.get(f"{LIST}&format=json", headers={"Accept": accept}).mimetype == (
        "application/json"
    )


def test_other_sites_may_read_with_conditions(client: FlaskClient) -> None:
    headers = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    answer = client.options(LIST, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert {"if-none-match", "if-modified-since"} <= set(allowed.split(", "))
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "ETag" in client.get(LIST).headers["Access-Control-Expose-Headers"]
    # An error too may be read, so that it can be shown.
    assert client.get(f"{BASE}/nothing").headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
def test_it_is_for_reading(client: FlaskClient, method: str) -> None:
    for path in (LIST, BASE, f"{BASE}/", f"{BASE}/organisations/a/b/history"):
        answer = client.open(path, method=method)
        assert answer.status_code == 405, path
        assert answer.mimetype == MEDIA_TYPE
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert client.open(f"{BASE}/no/such/list", method=method).status_code == 404


@pytest.mark.parametrize(
    ("query", "status", "parameter"),
    [
        ("limit=1&limit=2", 400, "limit"),
        ("format=xml", 400, "format"),
        ("nonsense=1", 400, "nonsense"),
        ("nonsense=1&nonsense=2", 400, "nonsense"),
        ("&".join(f"x{number}=" for number in range(500)), 400, "x0"),
        ("region=a" * 1000, 414, None),
    ],
)
def test_too_much_and_unknown_is_refused(
    client: FlaskClient, query: str, status: int, parameter: str | None
) -> None:
    answer = client.get(f"{BASE}/organisations?{query}")
    assert answer.status_code == status
    assert answer.mimetype == MEDIA_TYPE
    body = answer.get_json()
    assert body.get("parameter") == parameter
    assert len(answer.data) < 5_000


def test_values_that_may_be_repeated_are_so_a_hundred_times(client: FlaskClient) -> None:
    many = "&".join(f"region=r{number}" for number in range(100))
    assert client.get(f"{BASE}/coverage?{many}").status_code == 200
    answer = client.get(f"{BASE}/coverage?{many}&region=more")
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, "region")


def test_nothing_asked_for_comes_back_as_markup(client: FlaskClient) -> None:
    for path in ("datasets?<script>=1", "organisations/<script>", "datasets?limit=<script>"):
        assert "<script" not in client.get(f"{BASE}/{path}").text


def test_a_mistake_of_ours_is_a_problem_too(tmp_path: Path) -> None:
    """Alone and beside the pages: without its words or its place in the code."""

    def broken() -> None:
        raise RuntimeError("SELECT secret FROM nowhere")

    alone = create_app(broken)  # type: ignore[arg-type]
    beside: Flask = make_app(tmp_path).server
    beside.register_blueprint(blueprint(broken))  # type: ignore[arg-type]
    for application in (alone, beside):
        answer = application.test_client().get(LIST)
        assert answer.status_code == 500
        assert answer.mimetype == MEDIA_TYPE
        assert "secret" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_unchanged_answer_stays_so_where_answers_are_compressed(
    client: FlaskClient, module_engine: Engine, tmp_path: Path
) -> None:
    browser = real_app(tmp_path, module_engine).server.test_client()
    headers = {"Accept-Encoding": "br"}
    first = browser.get(f"{BASE}/organisations", headers=headers)
    assert first.headers["Content-Encoding"] == "br"
    again = {**headers, "If-None-Match": first.headers["ETag"]}
    assert browser.get(f"{BASE}/organisations", headers=again).status_code == 304


def test_the_longest_question_fits_through_the_web_server() -> None:
    # In a process of its own: a server's configuration changes how figures are counted.
    program = 'import runpy; print(runpy.run_path("gunicorn.conf.py")["limit_request_line"])'
    limit = int(
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout
    )
    assert limit > QUERY_BYTES + 1000
