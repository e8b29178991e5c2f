"""Which answers a shared cache may hold, of them all, and why not the others."""

from __future__ import annotations

import re
from functools import partial
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from dashboard.pages import PAGES
from dashboard.web.document import ShellDash
from performance_api import blueprint as api
from performance_store.database import connect, transaction
from performance_store.queries import snapshots
from performance_store.queries import tasks as facts
from providers import tasks
from providers.accounts import people, sessions
from providers.accounts.addresses import parse
from serving.holding import PUBLIC
from tests.support.accounts import Person, account_app, approve
from tests.support.servers import Filled
from tests.support.surface import CELL, VALUES
from tools.api_examples import sample

pytestmark = pytest.mark.postgres

AAA, DATASET = CELL["organisation"], CELL["dataset"]
FILES = (
    *(f"/downloads/organisations/{AAA}.{form}" for form in ("csv", "xlsx")),
    *("/downloads/organisations.csv", "/downloads/coverage.csv"),
    *("/downloads/national/datasets.csv", "/api/v1/organisations", "/api/v1/"),
)
# By whom and how often they are asked for is their own affair.
LONGER = {
    f"/downloads/organisations/{AAA}.atom": "public, max-age=900",
    f"/downloads/organisations/{AAA}.ics": "public, max-age=900",
    f"/organisations/{AAA}/badge.svg": "public, max-age=300",
}
# People said something in them, and whoever asks for a file wants what is so now.
NEVER = (f"/organisations/{AAA}/tasks/badge.svg", f"/downloads/organisations/{AAA}/submissions.csv")


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    engine = filled(sample())
    approve(engine, "xrow.example", AAA)
    with engine.begin() as connection:
        connection.execute(text("UPDATE organisation SET entity = id WHERE entity IS NULL"))
    return engine


@pytest.fixture(scope="module")
def app(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> ShellDash:
    # Nobody answers there: pages about records do not ask, and what asks is held nowhere.
    nobody = "http://127.0.0.1:9"
    folder = tmp_path_factory.mktemp("app")
    app = account_app(folder, module_engine, entity_api_url=nobody)
    app.server.register_blueprint(api(partial(connect, module_engine), site="/"))
    return app


@pytest.fixture
def stranger(app: ShellDash) -> Person:
    return Person(app.server)


def addresses(stranger: Person) -> dict[str, str]:
    """An address of each page, by its rule; that of an issue as a page links to it."""
    places = {page.PATH: re.sub("<(.*?)>", _value, page.PATH) for page in PAGES}
    page = stranger.get(places["/organisations/<organisation>/<dataset>"]).text
    links = re.findall(r'href="(/organisations/[^"?#]*/issues/[^"?#]*)', page)
    return places | {rule: unescape(links[0]) for rule in places if "/issues/" in rule}


def _value(match: re.Match[str]) -> str:
    return quote(VALUES[match[1]], safe=":")


def tag(answer: TestResponse) -> dict[str, str]:
    return {"If-None-Match": answer.headers["ETag"]}


def test_every_page_is_held_or_has_a_form_or_is_of_one_reader(stranger: Person) -> None:
    count = 0
    places = addresses(stranger)
    for page in PAGES:
        answer = stranger.get(places[page.PATH])
        if getattr(page, "PLAIN", False):
            # It has a form that is bound to its reader, or a secret in its address, or it asks
            # somebody else, who may not answer.
            assert answer.headers["Cache-Control"] == "private, no-store", page.PATH
            assert "ETag" not in answer.headers
            continue
        assert answer.status_code == 200, page.PATH
        assert answer.headers["Cache-Control"] == PUBLIC, page.PATH
        assert "Set-Cookie" not in answer.headers
        assert 'name="csrf_token"' not in answer.text
        again = stranger.get(places[page.PATH], headers=tag(answer))
        assert (again.status_code, again.data) == (304, b""), page.PATH
        count += 1
        stranger.client.delete_cookie("__Host-form", domain="performance.example")
    assert count > 20


def test_files_and_the_interface_are_held_too(stranger: Person) -> None:
    for path, caching in {**dict.fromkeys(FILES, PUBLIC), **LONGER}.items():
        answer = stranger.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Cache-Control"] == caching, path
        again = stranger.get(path, headers=tag(answer))
        assert (again.status_code, again.data) == (304, b""), path
        for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy"):
            assert again.headers.get(name) == answer.headers.get(name), (path, name)
    for path in NEVER:
        assert stranger.get(path).headers["Cache-Control"] == "no-store", path


def test_who_is_signed_in_is_answered_alone(
    app: ShellDash, module_engine: Engine, stranger: Person
) -> None:
    with transaction(module_engine) as connection:
        person_id = people.person_at(connection, address=parse("ann@xrow.example"))
        session_id = sessions.begin(connection, person_id=person_id, acting_for=AAA)
    officer = Person(app.server)
    officer.client.set_cookie("__Host-session", session_id, domain="performance.example")
    for path in (*addresses(stranger).values(), *FILES[:5], *LONGER, "/_dash-layout"):
        labels = {"If-None-Match": stranger.get(path).headers.get("ETag", '"none"')}
        answer = officer.get(path, headers=labels)
        # Feeds and badges are the same for whoever asks.
        assert answer.status_code != 304 or path in LONGER, path
        assert answer.headers["Cache-Control"] == "private, no-store", path
        assert "Cookie" in answer.vary, path
    page = officer.get("/about")
    assert "ann@xrow.example" in page.text
    assert "ETag" not in page.headers
    assert "ann@xrow.example" not in stranger.get("/about").text


def test_what_people_say_makes_a_kept_page_another(module_engine: Engine, stranger: Person) -> None:
    path = f"/organisations/{AAA}"
    first = stranger.get(path)
    assert stranger.get(path, headers=tag(first)).status_code == 304
    with transaction(module_engine) as connection:
        (now,) = snapshots.current(connection)
        rows = facts.of_organisation(connection, organisation=AAA, snapshot_id=now.snapshot_id)
        task = next(row for row in rows if row.kind in tasks.CONFIRMABLE)
        tasks.record(
            connection,
            task=task.public_id,
            organisation=AAA,
            dataset=task.dataset,
            person_id=None,
            state="confirmed",
            previous_event_id=None,
        )
    page = stranger.get(path, headers=tag(first))
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == PUBLIC
    assert page.text != first.text


def test_a_load_makes_everything_another(module_engine: Engine, stranger: Person) -> None:
    paths = ["/", f"/organisations/{AAA}", "/national/tasks", *FILES[:5]]
    tags = {path: tag(stranger.get(path)) for path in paths}
    with module_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO load (kind, input, ruleset_version, state) "
                "VALUES ('sample', 'new', '1', 'published')"
            )
        )
    for path in paths:
        answer = stranger.get(path, headers=tags[path])
        assert answer.status_code == 200, path
        assert answer.headers["ETag"] != tags[path]["If-None-Match"], path
