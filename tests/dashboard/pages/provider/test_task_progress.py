"""Saying how far a task is: by whom, seen by whom, two at once, and in nothing that is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from dashboard.components.provider import progress as progress_parts
from dashboard.components.words import formatting, progress_words
from dashboard.web import slots
from dashboard.web.document import ShellDash
from dashboard.web.prerender import text_of
from performance_store.database import connect, make_engine, transaction
from performance_store.queries import tasks as facts
from performance_store.rows import Task
from providers import tasks
from providers.accounts import people, sessions
from providers.accounts.addresses import parse
from tests.support.accounts import SITE, Letters, Person, account_app, approve, letters
from tests.support.build import AAA, BBB, PlatformFile, Store

__all__ = ["letters"]

pytestmark = pytest.mark.postgres

NOTE = "Our supplier <b>looks</b> at it"
FORMULA = '=HYPERLINK("https://evil.example")'


@pytest.fixture(scope="module")
def module_engine(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    engine = make_engine(module_database_url, application_name="tests")
    file = PlatformFile(tmp_path_factory.mktemp("file"))
    for number, body in enumerate((AAA, BBB)):
        name = f"e{number}"
        file.provision(organisation=body).endpoint(name, organisation=body)
        resource = f"r{number}"
        file.resource(resource, start_date="2023-01-01").answer(name, resource=resource)
        for field in ("name", "reference", "geometry", "notes"):
            file.issues(3, resource=resource, field=field)
    Store(engine).load(file)
    approve(engine, "aaa.gov.uk", AAA)
    approve(engine, "bbb.gov.uk", BBB)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def app(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> ShellDash:
    return account_app(tmp_path_factory.mktemp("app"), module_engine)


@pytest.fixture(scope="module")
def rows(module_engine: Engine) -> dict[str, list[Task]]:
    """The tasks of each organisation."""
    with connect(module_engine) as connection:
        now = Store(module_engine).now().snapshot_id
        return {
            body: list(facts.of_organisation(connection, organisation=body, snapshot_id=now))
            for body in (AAA, BBB)
        }


@pytest.fixture
def officer(app: ShellDash, module_engine: Engine) -> Person:
    """Somebody who is signed in for AAA."""
    return signed(app, module_engine, "ann@aaa.gov.uk", AAA)


def signed(app: ShellDash, engine: Engine, address: str, organisation: str) -> Person:
    """Somebody's browser, signed in without the mail, of which one person gets only so many."""
    with transaction(engine) as connection:
        person_id = people.person_at(connection, address=parse(address))
        session_id = sessions.begin(connection, person_id=person_id, acting_for=organisation)
    person = Person(app.server)
    person.client.set_cookie("__Host-session", session_id, domain="performance.example")
    return person


def fix(rows: dict[str, list[Task]], field: str, body: str = AAA) -> Task:
    return next(row for row in rows[body] if row.kind == "fix" and row.field == field)


def path(task: Task) -> str:
    return f"/organisations/{task.organisation}/tasks/{task.public_id}"


def form(person: Person, task: Task, **values: str) -> dict[str, str]:
    """The form of a task as somebody fills it in."""
    page = person.get(path(task)).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w*)"', page))
    assert set(hidden) == {"csrf_token", "previous"}
    return hidden | values


def newest(engine: Engine, task: Task) -> tuple[str, str | None]:
    with connect(engine) as connection:
        row = tasks.history(connection, task=task.public_id)[0]
    return row.state, row.note


def test_what_is_said_is_seen_by_colleagues_and_by_nobody_else(
    app: ShellDash, officer: Person, rows: dict[str, list[Task]], module_engine: Engine
) -> None:
    task = fix(rows, "name")
    answer = officer.post(path(task), form(officer, task, state="in_progress", note=NOTE))
    assert (answer.status_code, answer.location) == (303, f"{path(task)}?saved=1")
    page = officer.get(path(task) + "?saved=1").text
    assert "Saved" in page
    assert "ann@aaa.gov.uk" in page
    assert "Our supplier &lt;b&gt;looks&lt;/b&gt; at it" in page
    colleague = signed(app, module_engine, "bob@aaa.gov.uk", AAA)
    whole = colleague.get(f"/organisations/{AAA}/tasks")
    assert "In progress" in whole.text
    assert "ann@aaa.gov.uk" in whole.text
    assert re.search(r'value="in_progress"[^>]* checked', page)
    assert 'value="Our supplier &lt;b&gt;looks&lt;/b&gt; at it"' in page
    assert whole.headers["Cache-Control"] == "private, no-store"
    assert "ann@aaa.gov.uk" in colleague.get(path(task)).text
    for stranger in (Person(app.server), signed(app, module_engine, "eve@bbb.gov.uk", BBB)):
        for address in (path(task), f"/organisations/{AAA}/tasks"):
            page = stranger.get(address).text
            assert "In progress" not in page
            assert "ann@" not in page
            assert "supplier" not in page
            assert "How far is it?" not in page


def test_whoever_is_not_signed_in_is_asked_to_and_comes_back(
    app: ShellDash, letters: Letters, rows: dict[str, list[Task]]
) -> None:
    task = fix(rows, "name")
    page = Person(app.server).get(path(task)).text
    back = path(task).replace("/", "%2F")
    assert f"/sign-in?next={back}&amp;organisation={AAA}" in page
    person = Person(app.server)
    answer = person.sign_in(letters, "cat@aaa.gov.uk", next=path(task))
    assert answer.location == path(task)


def test_nobody_says_anything_of_tasks_of_others(
    app: ShellDash,
    officer: Person,
    rows: dict[str, list[Task]],
    module_engine: Engine,
) -> None:
    mine, theirs = fix(rows, "name"), fix(rows, "name", BBB)
    values = form(officer, mine, state="done")
    assert officer.post(path(theirs), values).status_code == 403
    # The task of others under the address of one's own organisation.
    wrong = path(theirs).replace(BBB, AAA)
    assert officer.post(wrong, values).status_code == 404
    stranger = Person(app.server)
    assert stranger.post(path(mine), {"state": "done"}).status_code == 401
    without_token = {key: value for key, value in values.items() if key != "csrf_token"}
    assert officer.post(path(mine), without_token).status_code == 403
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert officer.post(path(mine), values, headers=elsewhere).status_code == 403
    with connect(module_engine) as connection:
        assert tasks.history(connection, task=theirs.public_id) == ()


def test_of_two_people_the_second_sees_both_changes_and_chooses_again(
    app: ShellDash,
    officer: Person,
    rows: dict[str, list[Task]],
    module_engine: Engine,
) -> None:
    task = fix(rows, "reference")
    colleague = signed(app, module_engine, "bob@aaa.gov.uk", AAA)
    first = form(officer, task, state="in_progress", note="I have it")
    second = form(colleague, task, state="not_applicable", reason="right", note=NOTE)
    assert officer.post(path(task), first).status_code == 303
    late = colleague.post(path(task), second)
    assert late.status_code == 409
    assert "Somebody said something else meanwhile" in late.text
    assert "ann@aaa.gov.uk" in late.text
    assert "I have it" in late.text
    assert 'value="Our supplier &lt;b&gt;looks&lt;/b&gt; at it"' in late.text
    assert re.search(r'value="not_applicable"[^>]* checked', late.text)
    assert newest(module_engine, task) == ("in_progress", "I have it")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w*)"', late.text))
    assert colleague.post(path(task), second | hidden).status_code == 303
    assert newest(module_engine, task) == ("not_applicable", NOTE)


def test_the_same_form_twice_is_saved_once(
    officer: Person, rows: dict[str, list[Task]], module_engine: Engine
) -> None:
    task = fix(rows, "name")
    values = form(officer, task, state="not_applicable", reason="right", note="Twice")
    for _ in range(2):
        answer = officer.post(path(task), values)
        assert (answer.status_code, answer.location) == (303, f"{path(task)}?saved=1")
    with connect(module_engine) as connection:
        notes = [row.note for row in tasks.history(connection, task=task.public_id)]
    assert notes.count("Twice") == 1
    late = officer.post(path(task), values | {"reason": "other"})
    assert late.status_code == 409
    assert "You said this in another window" in late.text
    assert "The data are right as they are." in officer.get(f"/organisations/{AAA}/tasks").text
    assert newest(module_engine, task) == ("not_applicable", "Twice")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "Choose how far it is"),
        ({"state": "finished"}, "Choose how far it is"),
        ({"state": "confirmed"}, "Choose how far it is"),
        ({"state": "not_applicable"}, "Choose why it does not apply"),
        ({"state": "not_applicable", "reason": "tired"}, "Choose why it does not apply"),
        ({"state": "paused"}, "Enter a day within the next 12 months"),
        ({"state": "paused", "until": "2020-01-01"}, "Enter a day within the next 12 months"),
        ({"state": "paused", "until": "9999-01-01"}, "Enter a day within the next 12 months"),
        ({"state": "done", "note": "x" * 501}, "The note must be 500 characters or fewer"),
        ({"state": "done", "note": "a\x07b"}, "The note must be one line of text"),
        ({"state": "done", "previous": "1; DROP"}, "The form was damaged"),
    ],
)
def test_what_cannot_be_used_comes_back_with_all_that_was_typed(
    officer: Person, rows: dict[str, list[Task]], values: dict[str, str], sentence: str
) -> None:
    task = fix(rows, "geometry")
    typed = {"note": "typed before"} | values
    answer = officer.post(path(task), form(officer, task, **typed))
    assert answer.status_code == 400
    # Above the form, and at the control that it leads to.
    assert answer.text.count(sentence) == 2
    assert "<title>Error: " in answer.text
    (target,) = re.findall(r'href="#(field-\w+)"', answer.text)
    assert f'id="{target}"' in answer.text
    if "note" not in values:
        assert 'value="typed before"' in answer.text


def test_a_pause_says_until_when(officer: Person, rows: dict[str, list[Task]]) -> None:
    task = fix(rows, "geometry")
    day = slots.today() + timedelta(days=30)
    for until in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day.day} {day.month} {day.year}"):
        answer = officer.post(path(task), form(officer, task, state="paused", until=until))
        assert answer.status_code == 303
        assert f"Paused until {formatting.day(day)}" in officer.get(path(task)).text


def test_what_was_said_is_in_no_file(
    officer: Person, app: ShellDash, rows: dict[str, list[Task]]
) -> None:
    task = fix(rows, "notes")
    officer.post(path(task), form(officer, task, state="done", note=FORMULA))
    unseen = "we have not seen it in the data yet"
    assert (
        f"You said so on {formatting.day(slots.today())}; {unseen}" in officer.get(path(task)).text
    )
    assert unseen not in Person(app.server).get(path(task)).text
    assert FORMULA.replace('"', "&quot;") in officer.get(path(task)).text
    for person in (officer, Person(app.server)):
        file = person.get(f"/downloads/organisations/{AAA}/tasks.csv").text
        assert task.public_id in file
        assert "HYPERLINK" not in file
        assert "done" not in file


def test_a_confirmation_changes_every_count_at_once_and_no_kept_page(
    app: ShellDash,
    rows: dict[str, list[Task]],
    module_engine: Engine,
) -> None:
    task = next(row for row in rows[BBB] if row.kind == "confirm")
    reader = FlaskClient(app.server, app.server.response_class)
    number = len(rows[BBB])
    tags: dict[str, set[str | None]] = {}

    def see(address: str) -> str:
        answer = reader.get(address, base_url=SITE)
        tags.setdefault(address, set()).add(answer.headers.get("ETag"))
        assert slots._SECRET not in answer.text
        return answer.text

    def counts() -> tuple[bool, int, int, bool]:
        lines = see(f"/downloads/organisations/{BBB}/tasks.csv").splitlines()
        page = see(f"/organisations/{BBB}/tasks")
        return (
            f"See all tasks: {number}<" in see(f"/organisations/{BBB}"),
            page.count('id="task-'),
            len(lines) - 1,
            f">{number}</text>" in see(f"/organisations/{BBB}/tasks/badge.svg"),
        )

    assert counts() == (True, number, number, True)
    eve = signed(app, module_engine, "eve@bbb.gov.uk", BBB)
    answer = eve.post(path(task), form(eve, task, state="confirmed"))
    assert answer.status_code == 303
    number -= 1
    assert counts() == (True, number, number, True)
    assert "Confirmed by the authority on" in see(path(task))
    assert "confirmed by the authority on" in see(f"/organisations/{BBB}/tasks")
    overview = see(f"/organisations/{BBB}/tree")
    assert f"See all tasks of this dataset: {number}<" in overview
    with transaction(module_engine) as connection:
        (event, *_) = tasks.history(connection, task=task.public_id)
        tasks.record(
            connection,
            task=task.public_id,
            organisation=BBB,
            dataset=task.dataset,
            person_id=None,
            state="to_do",
            previous_event_id=event.event_id,
        )
    number += 1
    assert counts() == (True, number, number, True)
    # Whoever holds a page asks by a tag, which is another each time.
    assert len(tags[f"/organisations/{BBB}"]) > 1


def test_kept_pages_are_the_same_bytes_for_whoever_is_next(app: ShellDash, officer: Person) -> None:
    """As one, then as nobody, then as another at the same address."""
    address = f"/organisations/{AAA}"
    before = Person(app.server).get(address).text
    mine = officer.get(address)
    assert "ann@aaa.gov.uk" in mine.text
    after = Person(app.server).get(address)
    assert after.text == before
    assert after.headers["Vary"].lower().count("cookie") == 1


def test_dashs_own_answers_are_filled_too(app: ShellDash) -> None:
    body = {
        "output": "..page.children...page-state.data..",
        "outputs": [
            {"id": "page", "property": "children"},
            {"id": "page-state", "property": "data"},
        ],
        "inputs": [
            {"id": "url", "property": "pathname", "value": f"/organisations/{AAA}"},
            {"id": "url", "property": "search", "value": ""},
        ],
        "changedPropIds": ["url.pathname"],
    }
    for _ in range(2):
        answer = Person(app.server).client.post("/_dash-update-component", json=body, base_url=SITE)
        assert answer.status_code == 200
        assert "See all tasks: " in answer.text
        assert slots._SECRET not in answer.text


def test_what_the_register_does_not_show_is_said_and_since_when() -> None:
    at = datetime(2026, 8, 3, 9, tzinfo=UTC)
    row = tasks.Progress(
        "t", 1, at, None, "done", None, None, None, None, None, date(2026, 8, 6), None,
        "absent_yet", None,
    )  # fmt: skip
    words = progress_words.outcome(row)
    assert words
    assert words.startswith("The register of 6 August 2026 does not show it yet.")
    late = progress_words.outcome(replace(row, outcome="absent"))
    assert late
    assert late.startswith("You said on 3 August 2026 that it is done. The register of 6 August")
    waiting = progress_words.outcome(replace(row, outcome=None, of_register=True))
    assert waiting
    assert waiting.startswith("We look at the register every night, and next in the coming one.")
    at_midnight = progress_words.outcome(replace(row, outcome=None))
    assert at_midnight
    assert at_midnight.startswith("We look next at midnight.")


def test_what_the_data_put_back_is_not_said_by_a_person() -> None:
    at = datetime(2026, 8, 3, 9, tzinfo=UTC)
    row = tasks.Progress(
        "t", 1, at, 7, "done", None, None, None, 5, 5, date(2026, 8, 6), None, "unchanged",
        "officer@aaa.gov.uk",
    )  # fmt: skip

    def words(row: tasks.Progress) -> str:
        line = progress_parts.line(row)
        assert line is not None
        return " ".join(text_of(line).split())

    assert words(row).startswith("To do Put back by the data. You said on 3 August 2026 that it is")
    assert words(row).endswith("Last said by officer@aaa.gov.uk , 3 August 2026 at 10:00.")
    paused = replace(row, state="paused", until=date(2026, 8, 5), outcome="over")
    assert words(paused).startswith("To do Put back by the calendar. The pause ended on 5 August")
    event = replace(
        row, state="to_do", person_id=None, address=None, reason="unchanged", outcome=None
    )
    assert words(event) == (
        "To do Put back by the data on 3 August 2026. The file had not changed after two "
        "collections."
    )
    by_person = replace(row, state="to_do", outcome=None)
    assert words(by_person).startswith("To do officer@aaa.gov.uk , 3 August 2026")
