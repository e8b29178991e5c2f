"""The read API: what it answers is what the store holds; what it refuses it explains."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, event, text

from performance_api import create_app, openapi
from performance_api.resources import RESOURCES, Resource
from performance_store.database import connect, make_engine
from performance_store.loading import load
from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.registers import Registers
from performance_store.sample.reader import Sample
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
TODAY = date(2026, 8, 21)
BASE = openapi.BASE


@pytest.fixture(scope="module")
def place(client: FlaskClient, module_engine: Engine) -> dict[str, str]:
    """An organisation's dataset with issues, and the type and field of most rows."""
    with module_engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT o.organisation, d.dataset, t.issue_type, s.field FROM issue_summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id JOIN issue_type t ON t.id = s.issue_type_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) "
                "ORDER BY s.problems DESC, 1, 2, 3, 4 LIMIT 1"
            )
        ).one()
    return dict(zip(("organisation", "dataset", "issue_type", "field"), row, strict=True))


def address(resource: Resource, place: dict[str, str]) -> str:
    if resource.name == "past-issues":
        place = place | resource.example
    path = re.sub(r"<(\w+)>", lambda name: place[name[1]], resource.path)
    query = f"?issue_type={place['issue_type']}&field={place['field']}"
    if resource.name == "national-registers":
        return f"{BASE}{path}?denominator=statutory"
    if resource.name == "national-dataset-authorities":
        return f"{BASE}{path}?denominator=any&within={place['dataset']}"
    asks_for_a_type = resource.name in ("issue-rows", "national-issue-authorities")
    if resource.name != "issue-rows":
        query = query.split("&")[0]
    return BASE + path + (query if asks_for_a_type else "")


def more(url: str, query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{query}"


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_json_and_csv_say_the_same_and_pages_add_up(
    client: FlaskClient, place: dict[str, str], resource: Resource
) -> None:
    url = address(resource, place)
    answer = client.get(url if resource.single else more(url, "limit=1000"))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    body = answer.get_json()
    whole = [body["data"]] if resource.single else body["data"]
    assert whole
    lines = list(csv.DictReader(io.StringIO(client.get(more(url, "format=csv")).text)))
    if body["next"] is None:
        assert len(lines) == len(whole)
    for row, line in zip(whole, lines, strict=False):
        assert set(row) == set(line)
        for name, value in row.items():
            if value is None:
                assert line[name] == "", name
            elif isinstance(value, (int, str)) and not isinstance(value, bool):
                assert line[name].removeprefix("'") == str(value).removeprefix("'") or (
                    "_at" in name or name == "last_modified"
                ), name
    if resource.single:
        return
    paged: list[Any] = []
    cursor = ""
    while True:
        page = client.get(more(url, f"limit=70{cursor}")).get_json()
        paged += page["data"]
        if page["next"] is None or len(paged) >= 1000:
            break
        cursor = f"&cursor={page['next']}"
    assert paged[: len(whole)] == whole[: len(paged)]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_what_has_not_changed_is_not_sent_again(
    client: FlaskClient, place: dict[str, str], resource: Resource
) -> None:
    url = address(resource, place)
    first = client.get(url)
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in ({"If-None-Match": tag}, {"If-Modified-Since": modified}):
        again = client.get(url, headers=headers)
        assert again.status_code == 304
        assert again.get_data() == b""
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
    assert first.headers["Access-Control-Allow-Origin"] == "*"


def test_a_load_makes_answers_and_cursors_old(engine: Engine, shared_data: Path) -> None:
    load(engine, Sample(TODAY, authorities=40, weeks=2))
    client = create_app(lambda: connect(engine)).test_client()
    first = client.get(f"{BASE}/organisations?limit=5")
    load(engine, OdpReports(shared_data / "snapshots"))
    headers = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"{BASE}/organisations?limit=5", headers=headers).status_code == 200
    stale = client.get(f"{BASE}/organisations?cursor={first.get_json()['next']}")
    assert stale.status_code == 409
    assert stale.get_json()["parameter"] == "cursor"
    # The golden numbers of the newest report, reporting.md 3.2.
    rows = client.get(f"{BASE}/coverage?kind=odp-reports&as_at=2025-04-02").get_json()["data"]
    (total,) = [row for row in rows if row["dimension"] == "all"]
    assert (total["endpoint"], total["expected"], total["organisations"]) == (275, 952, 119)
    assert (total["reachable"], total["collected"], total["error_free"]) == (268, 267, 215)
    events = client.get(
        f"{BASE}/events?kind=odp-reports&as_at=2025-03-05&since=2025-01-30&limit=1000"
    ).get_json()["data"]
    kinds = [event["kind"] for event in events]
    assert [kinds.count(name) for name in ("newly_provided", "recovered", "lost")] == [27, 1, 1]


def test_no_open_task_was_closed(client: FlaskClient) -> None:
    assert client.get(f"{BASE}/tasks?state=open").get_json()["data"]
    answer = client.get(f"{BASE}/tasks?state=open&closed_after=2026-08-01")
    assert answer.status_code == 200
    assert answer.get_json()["data"] == []


@pytest.mark.parametrize(
    ("query", "status", "parameter"),
    [
        ("organisations?limit=0", 400, "limit"),
        ("organisations?limit=x", 400, "limit"),
        ("organisations?limit=1001", 400, "limit"),
        ("coverage/history?limit=200001", 400, "limit"),
        ("organisations?nonsense=1", 400, "nonsense"),
        ("organisations?as_at=yesterday", 400, "as_at"),
        ("organisations?as_at=0", 400, "as_at"),
        ("events?since=1789000000", 400, "since"),
        ("organisations?as_at=1999-01-01", 404, "as_at"),
        ("organisations?kind=registers", 404, "kind"),
        ("organisations?cursor=../../etc", 400, "cursor"),
        ("organisations?cursor=999.5", 409, "cursor"),
        ("organisations/local-authority:NOPE", 404, "organisation"),
        ("organisations/local-authority:NOPE/summary", 404, "organisation"),
        ("coverage?denominator=everyone", 400, "denominator"),
        ("nonsense", 404, None),
        ("coverage?region=a%00b", 400, "region"),
        ("coverage?denominator=all-lpas&status=live", 400, "status"),
        ("coverage/history?denominator=all-lpas&severity=error", 400, "severity"),
        ("coverage/history?denominator=all-lpas&by=cohort", 400, "by"),
        ("coverage/history?denominator=all-lpas&by=region&dataset=tree", 400, "by"),
        ("coverage/history?denominator=all-lpas&basis=basket", 400, "basis"),
        ("events?denominator=all-lpas&reason=statutory", 400, "reason"),
        ("organisations/%00", 400, "organisation"),
        ("tasks?task_kind=wishes", 400, "task_kind"),
        ("tasks?denominator=all-lpas&status=live", 400, "status"),
    ],
)
def test_what_cannot_be_answered_is_explained(
    client: FlaskClient, query: str, status: int, parameter: str | None
) -> None:
    answer = client.get(f"{BASE}/{query}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert body["status"] == status
    assert body["title"]
    assert body.get("parameter") == parameter
    assert "Traceback" not in answer.text


def test_what_a_snapshot_cannot_tell_is_null_and_not_nought(
    filled: Filled, registers: Registers
) -> None:
    engine = filled(registers)
    client = create_app(lambda: connect(engine)).test_client()
    of = "kind=registers&denominator=all-lpas&limit=1000"
    schemas = client.get(f"{BASE}/openapi.json").get_json()["components"]["schemas"]
    for path, schema in (("coverage", "Coverage"), ("coverage/history", "CoveragePoint")):
        rows = client.get(f"{BASE}/{path}?{of}").get_json()["data"]
        assert rows
        assert {row["reachable"] for row in rows} == {row["error_free"] for row in rows} == {None}
        assert all(row["endpoint"] is not None for row in rows)
        properties = schemas[schema]["properties"]
        assert {"type": "null"} in properties["reachable"]["anyOf"]
        assert properties["endpoint"]["type"] == "integer"


def test_a_load_in_the_midst_of_an_answer_is_not_in_it(engine: Engine, shared_data: Path) -> None:
    """The validator and the rows are of one state of the database."""
    load(engine, Sample(TODAY, authorities=40, weeks=2))
    loaded = []

    def late(statement: Any) -> None:
        if not loaded and "OVER" not in statement and " FROM snapshot s ORDER BY" in statement:
            loaded.append(True)
            load(engine, OdpReports(shared_data / "snapshots"))

    @contextmanager
    def slow() -> Iterator[Connection]:
        with connect(engine) as connection:
            event.listen(
                connection, "before_cursor_execute", lambda _, __, statement, *___: late(statement)
            )
            yield connection

    answer = create_app(slow).test_client().get(f"{BASE}/snapshots").get_json()
    assert loaded
    assert {row["kind"] for row in answer["data"]} == {"sample"}
    after = create_app(slow).test_client().get(f"{BASE}/snapshots").get_json()
    assert after["version"] != answer["version"]
    assert {row["kind"] for row in after["data"]} == {"odp-reports"}


def test_an_unknown_dataset_is_named(client: FlaskClient, place: dict[str, str]) -> None:
    answer = client.get(f"{BASE}/organisations/{place['organisation']}/nonsense/issues")
    assert answer.status_code == 404
    assert answer.get_json()["parameter"] == "dataset"


def test_without_a_database_it_says_so() -> None:
    engine = make_engine("postgresql://postgres@127.0.0.1:1/none", application_name="test")

    @contextmanager
    def closed() -> Iterator[Connection]:
        with connect(engine) as connection:
            yield connection

    answer = create_app(closed).test_client().get(f"{BASE}/snapshots")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert answer.get_json()["title"] == "The database does not answer"


def test_the_document_describes_every_resource_and_its_rows(client: FlaskClient) -> None:
    document = client.get(f"{BASE}/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    checks = {path: item for path, item in document["paths"].items() if path.startswith("/checks")}
    assert set(checks) == {"/checks", "/checks/{id}", "/checks/{id}/findings"}
    assert len(document["paths"]) == len(RESOURCES) + len(checks)
    for path, item in document["paths"].items():
        if path in checks:
            continue
        names = {parameter["name"] for parameter in item["get"]["parameters"]}
        assert set(re.findall(r"{(\w+)}", path)) <= names
        paged = set() if path == "/organisations/{organisation}" else {"limit", "cursor"}
        assert paged | {"format"} <= names
        assert paged & names == paged
    assert "entity" not in document["components"]["schemas"]["Snapshot"]["properties"]
    assert json.dumps(document)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    resource=st.sampled_from(RESOURCES),
    query=st.dictionaries(
        st.sampled_from(
            ["limit", "cursor", "format", "as_at", "kind", "region", "status", "denominator", "by"]
        )
        | st.text(max_size=8),
        st.text(max_size=20) | st.sampled_from(["csv", "json", "1", "sample", "2026-08-21"]),
        max_size=4,
    ),
    path=st.text(min_size=1, max_size=20).filter(lambda value: value not in (".", "..")),
)
def test_no_question_makes_it_fail(
    client: FlaskClient, place: dict[str, str], resource: Resource, query: Any, path: str
) -> None:
    from urllib.parse import quote

    filled = re.sub(r"<(\w+)>", lambda name: quote(path, safe=""), resource.path)
    answer = client.get(BASE + filled, query_string=query)
    assert answer.status_code in (200, 304, 308, 400, 404, 409), answer.text
    if answer.status_code == 200 and answer.mimetype == "application/json":
        assert set(answer.get_json()) == {"data", "next", "version"}
    elif answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json" or answer.status_code == 404
