"""Every request has an id, and one line in the log that a machine can read."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from performance_api import create_app
from performance_store.settings import LOG_FORMATS
from serving import logs
from serving.requests import HEADER, Exchange, add_request_ids
from tests.support.fake_store import FakeStore

REQUEST_ID = "0f3a9c5e-1b7d-4d3e-9b61-6c1f4a7e2d10"


@pytest.mark.parametrize("path", ["/about", "/nowhere", "/health/live", "/assets/planning.css"])
def test_every_answer_has_an_id_of_its_own(client: FlaskClient, path: str) -> None:
    first, second = (client.get(path).headers[HEADER] for _ in range(2))
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


@pytest.mark.parametrize("value", [REQUEST_ID, "a" * 8, "Root=1-67891233-abcdef012345678912345678"])
def test_an_id_that_is_well_formed_is_kept(client: FlaskClient, value: str) -> None:
    assert client.get("/about", headers={HEADER: value}).headers.getlist(HEADER) == [value]


@pytest.mark.parametrize(
    "value", ["", "short", "a" * 129, "with space inside", '"><script>', "-leading-dash", "é" * 9]
)
def test_any_other_is_replaced(client: FlaskClient, value: str) -> None:
    headers = {HEADER: value.encode().decode("latin-1")}
    assert re.fullmatch(r"[0-9a-f]{32}", client.get("/about", headers=headers).headers[HEADER])


def test_the_interface_for_programs_has_them_too() -> None:
    answer = create_app(FakeStore().connect).test_client().get("/api/v1/nothing")
    assert (answer.status_code, len(answer.headers[HEADER])) == (404, 32)


def lines_of(captured: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in captured.splitlines()]


@pytest.fixture
def json_lines() -> Iterator[io.StringIO]:
    """What `serving` logs, as JSON."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.JsonLines())
    logger = logging.getLogger("serving")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield written
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


def test_a_request_is_one_line_without_what_was_searched_for(
    client: FlaskClient, json_lines: io.StringIO
) -> None:
    client.get("/about?q=my+own+affair", headers={HEADER: REQUEST_ID})
    (line,) = lines_of(json_lines.getvalue())
    assert line["request_id"] == REQUEST_ID
    assert (line["method"], line["path"], line["status"]) == ("GET", "/about", 200)
    assert line["route"] == "/about"
    assert isinstance(line["ms"], float)
    assert isinstance(line["bytes"], int)
    assert line["bytes"] > 1000
    assert line["level"] == "INFO"
    assert str(line["time"]).endswith("+00:00")
    assert "affair" not in json.dumps(line)


def test_what_machines_ask_all_day_is_not_said(
    client: FlaskClient, json_lines: io.StringIO
) -> None:
    client.get("/health/live")
    client.get("/assets/planning.css")
    assert json_lines.getvalue() == ""


def test_an_error_is_logged_under_the_id_of_its_request() -> None:
    server = Flask("one", static_folder=None)
    around = add_request_ids(server)
    seen: list[Exchange] = []
    around.watchers.append(seen.append)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.JsonLines())
    server.logger.addHandler(handler)
    server.logger.propagate = False

    @server.get("/fails/<name>")
    def fails(name: str) -> str:
        raise RuntimeError("a reason")

    answer = server.test_client().get("/fails/now", headers={HEADER: REQUEST_ID}, buffered=True)
    server.logger.removeHandler(handler)
    assert (answer.status_code, answer.headers[HEADER]) == (500, REQUEST_ID)
    (line,) = lines_of(written.getvalue())
    assert (line["request_id"], line["level"]) == (REQUEST_ID, "ERROR")
    assert "RuntimeError: a reason" in str(line["exception"])
    (served,) = seen
    assert (served.route, served.path, served.status) == ("/fails/<name>", "/fails/now", 500)
    assert logs.request_id.get() == ""


def record(message: str, **more: object) -> logging.LogRecord:
    entry = logging.makeLogRecord({"msg": message, "levelname": "INFO", "name": "x"})
    vars(entry).update(more)
    return entry


def test_nobody_can_add_a_line_of_his_own() -> None:
    evil = "first\nsecond\r\x1b[31m\u2028third"
    for formatter in (logs.JsonLines(), logs.TextLines()):
        written = formatter.format(record(evil, path=evil))
        assert len(written.splitlines()) == 1
        assert "\x1b" not in written
    assert json.loads(logs.JsonLines().format(record(evil)))["message"] == evil


def test_extras_are_told_in_both_forms() -> None:
    entry = record("said", status=200)
    assert json.loads(logs.JsonLines().format(entry))["status"] == 200
    assert "status=200" in logs.TextLines().format(entry)


@pytest.mark.parametrize("form", LOG_FORMATS)
def test_the_configuration_is_one_that_logging_takes(form: str) -> None:
    import logging.config

    root = logging.getLogger()
    before = (root.level, root.handlers[:])
    try:
        logging.config.dictConfig(logs.configuration("WARNING", form))
        assert root.level == logging.WARNING
        assert isinstance(root.handlers[0].formatter, logs.JsonLines) == (form == "json")
    finally:
        root.handlers[:] = before[1]
        root.setLevel(before[0])
        for name in ("gunicorn.error", "gunicorn.access", "alembic"):
            logging.getLogger(name).setLevel(logging.NOTSET)
