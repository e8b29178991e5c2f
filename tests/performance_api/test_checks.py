"""Checks through the API: begun, waited for, read; and refused in words."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from performance_api import create_app
from performance_api.problems import BASE
from performance_store.database import connect, transaction
from performance_store.settings import Settings
from providers.checks import downloads, requests, results
from providers.checks.terms import DATASETS
from tests.support import check_engine
from tests.support.check_result import store
from tests.support.checks import begin, done
from tests.support.gunicorn import web
from worker import checking_process

pytestmark = pytest.mark.postgres
CHECKS = f"{BASE}/checks"
DATASET = "conservation-area"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, checks_per_minute=0)


@pytest.fixture
def client(engine: Engine, settings: Settings) -> FlaskClient:
    app = create_app(lambda: connect(engine), settings, lambda: transaction(engine))
    return app.test_client()


def post(client: FlaskClient, content: bytes = b"rows=10", **fields: Any) -> Any:
    file = (io.BytesIO(content), fields.pop("name", "data/areas.csv"))
    return client.post(CHECKS, data={"dataset": DATASET, "file": file} | fields)


def test_a_file_is_checked_and_its_findings_are_read(
    client: FlaskClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking_process, "COMMAND", check_engine.COMMAND)
    answer = post(client, b"rows=1000", options='{"header_row": 2}')
    assert answer.status_code == 202, answer.text
    place = answer.headers["Location"]
    body = answer.get_json()["data"]
    assert place == f"{CHECKS}/{body['id']}"
    assert (body["state"], body["name"]) == ("waiting", "areas.csv")
    assert body["options"] == {"header_row": 2}
    assert client.get(f"{place}/findings").status_code == 409
    with engine.connect() as connection:
        check = requests.get(connection, secret=body["id"])
    assert check is not None
    done(engine, check)
    answer = client.get(place)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    body = answer.get_json()["data"]
    assert (body["state"], body["summary"]["rows"]) == ("finished", 1000)
    page = client.get(f"{place}/findings?limit=3").get_json()
    assert [(row["entry-number"], row["field"]) for row in page["data"]] == [
        (3, "entry-date"),
        (6, "entry-date"),
        (7, "entry-date"),
    ]
    page = client.get(f"{place}/findings?limit=3&group=1&cursor=140").get_json()
    assert ([row["value"] for row in page["data"]], page["next"]) == (["987", "994"], None)
    lines = client.get(f"{place}/findings?format=csv").text.splitlines()
    assert lines[0].startswith("line-number,entry-number,field,issue-type,value,severity")
    assert len(lines) == 1 + 333 + 142


def test_an_empty_organisation_is_none(client: FlaskClient) -> None:
    answer = post(client, organisation="")
    assert answer.status_code == 202, answer.text
    assert answer.get_json()["data"]["organisation"] is None


def test_what_is_said_of_the_whole_file_comes_first(client: FlaskClient, engine: Engine) -> None:
    """The same findings as the file of a page has."""
    check = begin(engine, "invented")
    store(engine, check)
    place = f"{CHECKS}/{check.secret}/findings"
    with engine.connect() as connection:
        subject = requests.get(connection, secret=check.secret)
        assert subject is not None
        blocks = results.blocks(connection, check_id=check.id)
        expected = json.loads(b"".join(downloads.findings_json(subject, blocks)))
    assert client.get(f"{place}?limit=500").get_json()["data"] == expected
    table = list(csv.DictReader(io.StringIO(client.get(f"{place}?format=csv").text)))
    assert [row["issue-type"] for row in table] == [row["issue-type"] for row in expected]
    assert (table[0]["issue-type"], table[0]["line-number"]) == ("missing column", "")
    [missing] = client.get(f"{place}?group=2").get_json()["data"]
    assert (missing["field"], missing["entry-number"]) == ("documentation-url", None)
    later = client.get(f"{place}?cursor=1&limit=1").get_json()["data"]
    assert all(row["line-number"] for row in later)


def test_an_address_is_taken_as_json(client: FlaskClient) -> None:
    question = {"url": "https://example.org/data/areas%20new.csv", "dataset": "tree"}
    body = client.post(CHECKS, json=question).get_json()["data"]
    assert (body["name"], body["url"]) == ("areas new.csv", question["url"])


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({}, "missing required field `dataset`"),
        ({"dataset": "nonsense", "url": "https://example.org"}, "It is one of: article-4"),
        ({"dataset": "tree"}, "Send a file, or the address of one"),
        ({"dataset": "tree", "url": "http://localhost/x"}, "not a server on the public internet"),
        ({"dataset": "tree", "url": "file:///etc/passwd"}, "must begin with https"),
        ({"dataset": "tree", "organisation": "x\0"}, "There is no such organisation"),
        ({"dataset": "tree", "organisation": "local-authority:X"}, "There is no such organ"),
        ({"dataset": "tree", "shape": "round"}, "unknown field `shape`"),
        ({"dataset": "tree", "options": {"header_row": "two"}}, "Expected `int | null`"),
    ],
)
def test_what_cannot_be_used_is_told(
    client: FlaskClient, question: dict[str, Any], words: str
) -> None:
    answer = client.post(CHECKS, json=question)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert words in answer.get_json()["detail"]


@pytest.mark.parametrize(
    ("options", "parameter"),
    [
        ('{"sheet": "a\\u0000b"}', "options.sheet"),
        ('{"delimiter": "\\u0000"}', "options.delimiter"),
        ('{"delimiter": "ab"}', "options.delimiter"),
        ('{"mapping": {"a\\u0000": "name"}}', "options.mapping"),
        ('{"mapping": {"a": "\\u0000"}}', "options.mapping"),
        ('{"header_row": -5}', "options.header_row"),
        ('{"header_row": 99999999999999999999}', "options.header_row"),
        ('{"crs": -1}', "options.crs"),
        ('{"encoding": "klingon"}', "options.encoding"),
        ('{"encoding": "zip"}', "options.encoding"),
        ('{"encoding": "utf-8\\u0000"}', "options.encoding"),
        ('{"colour": "red"}', "options"),
        ("[" * 100_000, "options"),
        ("{", "options"),
    ],
)
def test_options_out_of_bounds_are_refused_before_a_file_is_kept(
    client: FlaskClient, engine: Engine, options: str, parameter: str
) -> None:
    answers = [post(client, options=options)]
    body = f'{{"dataset": "tree", "url": "https://example.org/a", "options": {options}}}'
    answers.append(client.post(CHECKS, data=body, content_type="application/json"))
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].get_json()["parameter"] == parameter
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM providers.check_upload")).all() == []


def test_options_within_bounds_are_taken(client: FlaskClient) -> None:
    options = {"delimiter": "\t", "encoding": "cp1252", "header_row": 1000, "crs": 27700}
    options |= {"sheet": "Blatt 1", "mapping": {"Ref No": "reference", "x": ""}, "kind": "point"}
    answer = post(client, options=json.dumps(options))
    assert answer.status_code == 202, answer.text
    assert answer.get_json()["data"]["options"] == options


@pytest.mark.parametrize("name", [b'filename="a\0b.csv"', b"filename*=UTF-8''a%00b.csv"])
def test_a_file_with_a_nul_in_its_name_is_refused(
    client: FlaskClient, engine: Engine, name: bytes
) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="dataset"\r\n\r\ntree\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; %b\r\n\r\nrows=1\r\n--x--\r\n'
    ) % name
    answer = client.post(CHECKS, data=body, content_type="multipart/form-data; boundary=x")
    assert (answer.status_code, answer.get_json().get("parameter")) == (400, "file"), answer.text
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM providers.check_upload")).all() == []


def test_each_refusal_has_its_status(client: FlaskClient) -> None:
    assert client.post(CHECKS, data="x", content_type="text/csv").status_code == 415
    assert post(client, b"").get_json()["detail"] == "The file is empty."
    assert client.get(CHECKS).status_code == 405
    for path in ("", "/findings"):
        answer = client.get(f"{CHECKS}/nobody{path}")
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    for number in range(3):
        assert post(client, f"rows={number}".encode()).status_code == 202
    answer = post(client, b"rows=9")
    assert (answer.status_code, "3 of your checks" in answer.get_json()["detail"]) == (429, True)
    assert answer.headers["Retry-After"] == "60"


def test_how_often_one_may_ask_is_a_rule_of_its_own(engine: Engine, settings: Settings) -> None:
    strict = settings.model_copy(update={"checks_per_minute": 2})
    app = create_app(lambda: connect(engine), strict, lambda: transaction(engine))
    client = app.test_client()
    assert [client.get(f"{CHECKS}/x").status_code for _ in range(3)] == [404, 404, 429]
    assert client.get(f"{BASE}/openapi.json").status_code == 200


def test_a_large_file_is_never_whole_in_a_web_process(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    size = 99_000_000
    head = (
        b'--x\r\nContent-Disposition: form-data; name="dataset"\r\n\r\ntree\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    )
    tail = b"\r\n--x--\r\n"
    application = "performance_api:create_app()"
    with web(tmp_path, application, DATABASE_URL=database_url, WEB_CONCURRENCY="1") as running:
        processes = [psutil.Process(running.process.pid)]
        processes += processes[0].children(recursive=True)
        before = sum(process.memory_info().rss for process in processes)
        host = running.address.removeprefix("http://")
        with closing(HTTPConnection(host, timeout=60)) as connection:
            connection.putrequest("POST", CHECKS)
            connection.putheader("Content-Type", "multipart/form-data; boundary=x")
            connection.putheader("Content-Length", str(len(head) + size + len(tail)))
            connection.endheaders(head)
            for _ in range(size // 1_000_000):
                connection.send(bytes(1_000_000))
            connection.send(tail)
            answer = connection.getresponse()
            assert answer.status == 202, answer.read()
        # Linux says what each had at most.
        most = sum(_peak(process.pid) for process in processes)
    with engine.connect() as reading:
        (stored,) = reading.execute(text("SELECT size FROM providers.check_upload")).one()
    assert stored == size
    assert most - before < 60_000_000


def _peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(
        int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")
    )


def test_datasets_are_those_of_the_engine() -> None:
    file = Path(__file__).parents[2] / "checking" / "data" / "datasets.csv"
    if not file.exists():
        pytest.skip("the engine's tables are not here")
    lines = file.read_text(encoding="utf-8").splitlines()[1:]
    assert sorted(line.partition(",")[0] for line in lines) == sorted(DATASETS)
