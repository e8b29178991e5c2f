"""Checking a file on pages: from the form to what was found, in an application with a store."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlalchemy import Engine, text

from dashboard.components.check import words
from dashboard.pages.check import start
from performance_store.database import transaction
from providers.checks import storing, uploads
from providers.checks.format import Options
from providers.checks.requests import Check, Failure
from providers.checks.terms import FILE_BYTES
from serving import guards
from tests.support import check_result
from tests.support.accounts import Person
from tests.support.build import AAA
from tests.support.check_result import SCRIPT
from tests.support.checks import begin, get

pytestmark = pytest.mark.postgres
OWNER = "o" * 22
ESCAPED = "&lt;script&gt;"


@pytest.fixture
def owner(person: Person) -> Person:
    """A browser that began the checks of these tests."""
    person.client.set_cookie("__Host-checks", OWNER, domain="performance.example", secure=True)
    return person


@pytest.fixture
def check(engine: Engine, owner: Person) -> Check:
    """A check that has ended with the invented result."""
    one = waiting(engine)
    check_result.store(engine, one)
    return one


def waiting(engine: Engine, content: str = "a;b\n1;2\n") -> Check:
    return begin(engine, content, dataset="tree", organisation=AAA, owner_token=OWNER)


def send(person: Person, data: dict[str, Any], path: str = "/check") -> Any:
    token = person.token_on("/check")
    form = {"dataset": "tree", "organisation": AAA, "csrf_token": token, **data}
    return person.post(path, form, content_type="multipart/form-data")


def file_of(content: bytes = b"reference\n1\n", name: str = "trees.CSV.txt") -> Any:
    return (io.BytesIO(content), name)


def test_the_form_is_filled_in_from_the_link(person: Person) -> None:
    page = person.get(f"/check?dataset=tree&organisation={AAA}")
    assert page.status_code == 200
    assert re.search(r'<option selected="selected" value="tree">Tree', page.text)
    assert re.search(rf'<option selected="selected" value="{AAA}">', page.text)
    assert 'enctype="multipart/form-data"' in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Cookie" in page.headers["Vary"]


def test_search_engines_may_list_where_a_check_begins_and_no_filled_in_form(person: Person) -> None:
    assert "X-Robots-Tag" not in person.get("/check").headers
    assert person.get("/check").headers["Cache-Control"] == "private, no-store"
    assert person.get("/check?dataset=tree").headers["X-Robots-Tag"] == "noindex"
    assert send(person, {}).headers["X-Robots-Tag"] == "noindex"


def test_a_file_is_sent_and_its_browser_owns_the_check(person: Person, engine: Engine) -> None:
    # No extension is wrong: what a file is shows when it is read.
    answer = send(person, {"file": file_of(name="C:\\data\\trees.v2.CSV")})
    assert answer.status_code == 303
    secret = answer.location.rpartition("/")[2]
    assert len(secret) == 22
    page = person.get(answer.location)
    assert "Checking your file" in page.text
    assert "trees.v2.CSV" in page.text
    assert "C:\\data" not in page.text
    assert 'http-equiv="refresh"' in page.text
    assert "Cancel the check" in page.text
    stranger = Person(person.client.application)
    assert "Cancel the check" not in stranger.get(answer.location).text
    state = person.get(f"/check/{secret}/state.json").json
    assert state["ended"] is False
    assert state["stage"] == "Waiting for its turn"


def test_an_address_is_taken_in_place_of_a_file(person: Person) -> None:
    url = "https://council.example/data/trees.csv?x=1"
    answer = send(person, {"url": f" {url} "})
    assert answer.status_code == 303
    assert url in person.get(answer.location).text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"dataset": ""}, start.NO_DATASET),
        ({}, start.NOTHING),
        ({"file": file_of(), "url": "https://a.example/x"}, start.BOTH),
        ({"url": "www.council.example/data"}, start.WRONG_ADDRESS),
        ({"url": "ftp://council.example/data"}, start.WRONG_ADDRESS),
        ({"url": "https://[bad"}, start.WRONG_ADDRESS),
        # What stands where no stranger may look is refused before it waits and counts.
        ({"url": "http://169.254.169.254/x"}, "is not a server on the public internet"),
        ({"url": "http://localhost/x"}, "is not a server on the public internet"),
        ({"file": file_of(b"")}, start.EMPTY),
    ],
)
def test_mistakes_are_said_above_the_form(
    person: Person, data: dict[str, Any], sentence: str
) -> None:
    answer = send(person, data)
    assert answer.status_code in (400, 429)
    assert "There is a problem" in answer.text
    assert sentence in answer.text
    # What was typed is there still.
    assert re.search(rf'<option selected="selected" value="{AAA}">', answer.text)
    if data.get("url"):
        assert f'value="{data["url"]}"' in answer.text


def test_an_organisation_that_nobody_has_heard_of_begins_nothing(
    person: Person, engine: Engine
) -> None:
    answer = send(person, {"file": file_of(), "organisation": "local-authority:NONE"})
    assert answer.status_code == 400
    assert answer.text.count(start.NO_ORGANISATION) == 2
    assert 'id="field-organisation-mistake"' in answer.text
    assert send(person, {"file": file_of(), "organisation": ""}).status_code == 303


def test_a_file_that_is_too_large_is_refused_on_the_page(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(guards.UPLOAD_BYTES, "/check", 2000)
    answer = send(person, {"file": file_of(b"x" * 5000)}, f"/check?dataset=tree&organisation={AAA}")
    assert answer.status_code == 413
    assert start.TOO_LARGE in answer.text
    assert re.search(r'<option selected="selected" value="tree">', answer.text)


def test_the_limit_is_that_of_the_file_without_the_form_around_it(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert guards.FILE_BYTES == FILE_BYTES
    monkeypatch.setitem(guards.UPLOAD_BYTES, "/check", 2000 + guards.FORM_BYTES)
    monkeypatch.setitem(uploads.receive.__kwdefaults__, "limit", 2000)
    assert send(person, {"file": file_of(b"x" * 2000)}).status_code == 303
    answer = send(person, {"file": file_of(b"x" * 2001)})
    assert answer.status_code == 413
    assert "The file is larger than" in answer.text


def test_a_form_without_its_token_begins_nothing(person: Person) -> None:
    answer = person.post("/check", {"dataset": "tree", "url": "https://a.example/x"})
    assert answer.status_code == 403


def test_what_was_found(owner: Person, check: Check) -> None:
    page = owner.get(f"/check/{check.secret}")
    assert page.status_code == 200
    assert "Not ready: 3 things must be fixed: 1 of the whole file, 2 in 13 rows" in page.text
    for sentence in (
        "Semicolon-separated, Windows-1252, header in row 3, 120 rows.",
        "Coordinates were in the British National Grid.",
        "Each reference is used once.",
        "There is no earlier check of this file",
        "End this link",
        "Every change in the corrected file",
    ):
        assert sentence in page.text
    assert f'href="/check/{check.secret}/rows?group=1"' in page.text
    assert SCRIPT not in page.text
    assert ESCAPED in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    # It has our sheet and script, and none of Dash's.
    assert "/assets/alive.js" in page.text
    assert "_dash-component-suites" not in page.text


def test_what_the_corrected_file_lacks_is_said_beside_it(owner: Person, check: Check) -> None:
    page = owner.get(f"/check/{check.secret}").text
    section = page[page.index('id="files"') : page.index('id="share"')]
    plain = re.sub("<[^>]*>", "", section)
    assert "The corrected file is not complete" in plain
    assert "Not in it, and required: documentation-url." in plain
    assert "leaves out columns that are no field: &lt;b&gt;Anmerkung&lt;/b&gt;." in plain
    assert section.count(f'href="/check/{check.secret}/columns"') == 2
    assert "has an apostrophe before it" in section
    assert "without double quotes" not in section


def test_rows_are_shown_with_marks_and_by_group(owner: Person, check: Check) -> None:
    everything = owner.get(f"/check/{check.secret}/rows").text
    assert "Showing 1 to 50 of 120 rows" in everything
    assert SCRIPT not in everything
    assert "see &lt;i&gt;minutes" in everything
    last = owner.get(f"/check/{check.secret}/rows?page=3").text
    assert 'id="row-120"' in last
    few = owner.get(f"/check/{check.secret}/rows?group=1").text
    assert "Showing all 12 rows" in few
    assert "“01/13/2024” is no date" in few
    # A page too far is the last, a group that is not there is none.
    far = owner.get(f"/check/{check.secret}/rows?group=99&page=999").text
    assert "Showing 101 to 120 of 120 rows" in far


def test_the_map_leads_to_rows(owner: Person, check: Check) -> None:
    page = owner.get(f"/check/{check.secret}/map")
    assert page.status_code == 200
    assert "120 shapes, 12 of them with trouble." in page.text
    assert f'href="/check/{check.secret}/rows#row-3"' in page.text
    assert "shape-hatch" in page.text
    assert SCRIPT not in page.text
    near = owner.get(f"/check/{check.secret}/map?around=3").text
    assert "Around entry 3" in near
    # What was only changed has a mark of its own, and shapes upon each other are named.
    assert "<title>Would be changed: CA13</title>" in page.text
    assert "<title>With trouble: CA12</title>" in page.text
    assert "In this part of the map: " in near
    assert re.search(r'/rows#row-4"[^>]*>CA4 \(entry 4\)', near)
    data = owner.get(f"/check/{check.secret}/map.json")
    assert data.mimetype == "application/geo+json"
    assert len(data.get_json(force=True)["features"]) == 120
    assert data.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("kind", [kind for kind, *_ in words.FILES])
def test_files_to_take_away(owner: Person, check: Check, kind: str) -> None:
    answer = owner.get(f"/check/{check.secret}/download/{kind}")
    assert answer.status_code == 200
    assert f"areas-{kind}" in answer.headers["Content-Disposition"]
    assert len(answer.data) > 500
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_what_is_no_file_is_not_there(owner: Person, check: Check) -> None:
    assert owner.get(f"/check/{check.secret}/download/secrets.csv").status_code == 404
    one = owner.get("/check/unknown/download/findings.csv")
    assert one.status_code == 404


def test_columns_are_matched_by_hand_and_remembered(
    owner: Person, check: Check, engine: Engine
) -> None:
    path = f"/check/{check.secret}/columns"
    page = owner.get(path).text
    assert "Suggested" in page
    assert SCRIPT not in page
    form = {
        "csrf_token": owner.token_on(path),
        "columns": "1",
        "column-0": "reference",
        "column-1": "",
        "column-2": "designation-date",
        "column-3": "geometry",
        "column-4": "notes",
    }
    twice = owner.post(f"/check/{check.secret}/again", form | {"column-4": "reference"})
    assert twice.status_code == 400
    assert "cannot both be reference" in twice.text
    answer = owner.post(f"/check/{check.secret}/again", form)
    assert answer.status_code == 303
    new = get(engine, Check_at(answer.location))
    assert new is not None
    assert new.options.mapping == {"name": "IGNORE", "<b>Anmerkung</b>": "notes"}
    # The next file of this authority and dataset is taken likewise.
    later = send(owner, {"file": file_of(b"another\n1\n")})
    other = get(engine, Check_at(later.location))
    assert other is not None
    assert other.options.mapping == new.options.mapping


class Check_at:
    """The check that an address leads to, for `get`."""

    def __init__(self, location: str) -> None:
        self.secret = location.rpartition("/")[2]


def test_what_a_file_is_can_be_said(owner: Person, check: Check, engine: Engine) -> None:
    path = f"/check/{check.secret}"
    form = {
        "csrf_token": owner.token_on(path),
        "delimiter": "\t",
        "encoding": "cp1252",
        "header_row": "3",
        "crs": "27700",
        "kind": "point",
    }
    wrong = owner.post(f"{path}/again", form | {"header_row": "three"})
    assert wrong.status_code == 400
    assert "The row must be a number" in wrong.text
    answer = owner.post(f"{path}/again", form)
    new = get(engine, Check_at(answer.location))
    assert new is not None
    assert new.options == Options("\t", "cp1252", 3, None, 27700, "point")


@pytest.mark.parametrize("value", ["9", "nonsense"])
@pytest.mark.parametrize("name", ["delimiter", "encoding", "sheet", "crs", "kind", "header_row"])
def test_what_a_file_cannot_be_is_said_beside_the_control(
    owner: Person, check: Check, name: str, value: str
) -> None:
    if (name, value) == ("header_row", "9"):
        value = "1001"
    path = f"/check/{check.secret}"
    form = {"csrf_token": owner.token_on(path), name: value}
    answer = owner.post(f"{path}/again", form)
    assert answer.status_code == 400
    assert f'href="#field-{name}"' in answer.text
    # This file has no sheets to select from.
    assert (f'id="field-{name}-mistake"' in answer.text) is (name != "sheet")


def test_a_link_dies_when_it_is_ended_by_its_owner(
    owner: Person, check: Check, engine: Engine
) -> None:
    path = f"/check/{check.secret}"
    stranger = Person(owner.client.application)
    token = stranger.token_on("/check")
    assert "End this link" not in stranger.get(path).text
    assert stranger.post(f"{path}/revoke", {"csrf_token": token}).status_code == 403
    assert stranger.get(path).status_code == 200
    answer = owner.post(f"{path}/revoke", {"csrf_token": owner.token_on(path)})
    assert answer.status_code == 303
    for rest in ("", "/rows", "/columns", "/map", "/map.json", "/state.json"):
        page = stranger.get(path + rest)
        assert page.status_code == 404
        assert page.headers["Cache-Control"] == "private, no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_file_is_checked_again_by_its_owner_alone(owner: Person, check: Check) -> None:
    stranger = Person(owner.client.application)
    form = {"csrf_token": stranger.token_on("/check"), "header_row": "2"}
    answer = stranger.post(f"/check/{check.secret}/again", form)
    assert answer.status_code == 403
    assert "Only whoever sent this file can check it again" in answer.text


def test_a_check_is_called_off_by_its_owner(owner: Person, engine: Engine) -> None:
    one = waiting(engine, "x;y\n")
    path = f"/check/{one.secret}"
    stranger = Person(owner.client.application)
    token = stranger.token_on("/check")
    assert stranger.post(f"{path}/cancel", {"csrf_token": token}).status_code == 403
    token = owner.token_on("/check")
    assert owner.post(f"{path}/cancel", {"csrf_token": token}).status_code == 303
    assert "You cancelled this check" in owner.get(path).text


def test_why_there_is_no_result(owner: Person, engine: Engine) -> None:
    one = waiting(engine, "z\n")
    with transaction(engine) as connection:
        storing.begin(connection, one.id)
        sentence = f"This is no table, but {SCRIPT}."
        storing.fail(connection, one.id, Failure("no-table", sentence))
    page = owner.get(f"/check/{one.secret}").text
    assert "We could not check this file" in page
    assert ESCAPED in page
    assert SCRIPT not in page
    assert "Columns are parted by" in page


def test_a_check_of_the_same_file_is_compared_with_the_last(
    owner: Person, check: Check, engine: Engine
) -> None:
    later = waiting(engine, "a;b\n3;4\n")
    check_result.store(engine, later)
    page = owner.get(f"/check/{later.secret}").text
    assert "it said: Not ready: 3 things must be fixed: 1 of the whole file, 2 in 13 rows." in page
    assert "Nothing that it found has changed since." in page


def test_pages_about_data_lead_to_a_check(person: Person, engine: Engine) -> None:
    link = f'href="/check?dataset=tree&amp;organisation={AAA}"'
    assert link in person.get(f"/organisations/{AAA}/tree").text
    assert f'href="/check?organisation={AAA}"' in person.get(f"/organisations/{AAA}").text
    tasks = person.get(f"/organisations/{AAA}/tasks").text
    address = re.search(rf'href="(/organisations/{AAA}/tasks/[0-9a-f]+)"', tasks)
    assert address
    page = person.get(address[1]).text
    assert "Check your file" in page
    assert "found nothing that must be fixed" not in page
    dataset = re.search(r'href="/check\?dataset=([a-z-]+)&', page)
    assert dataset
    one = begin(engine, "clean", dataset=dataset[1], organisation=AAA)
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE providers.check_result SET state = 'finished', has_must = false, "
                "finished_at = '2026-03-04' WHERE id = :id"
            ),
            {"id": one.id},
        )
    page = person.get(address[1]).text
    assert "found nothing that must be fixed, on 4 March 2026" in page
