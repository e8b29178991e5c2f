"""What browsers and CDNs may hold: for whom, for how long, and when it is another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.data.door import StoreState, door
from dashboard.data.errors import StoreUnavailable
from serving.holding import PUBLIC
from tests.support.fake_store import FakeStore, make_app
from tests.support.pages import TestPage
from tests.support.settings import settings_at

BOTH = pytest.mark.parametrize("keep", [True, False])


def client_of(
    folder: Path, *, act: Callable[[], Any] = lambda: None, **page: Any
) -> tuple[FlaskClient, FakeStore, list[int]]:
    """A client of a site with one page, its store, and a number for each time the page was
    drawn."""
    draws: list[int] = []

    def draw(params: dict[str, Any]) -> Any:
        draws.append(1)
        act()
        return f"Drawn {params}"

    store = FakeStore()
    app = make_app(folder, store, pages=(TestPage("/x", draw, NEEDS_DATA=True, **page),))
    return app.server.test_client(use_cookies=False), store, draws


def is_public(answer: TestResponse) -> bool:
    """Whether a shared cache may hold an answer; it says so in the one way, or not at all."""
    assert answer.cache_control.public == ("ETag" in answer.headers)
    if answer.cache_control.public:
        assert answer.headers["Cache-Control"] == PUBLIC
        assert answer.headers["ETag"].startswith('W/"')
        assert {"Cookie", "Accept-Encoding"} <= set(answer.vary)
    return bool(answer.cache_control.public)


def of_nobody(answer: TestResponse) -> dict[str, str]:
    """The headers, but for those that are others for each request."""
    each = ("X-Request-ID", "Date")
    return {name: value for name, value in answer.headers.items() if name not in each}


@BOTH
def test_a_page_is_held_for_a_minute_and_one_more(tmp_path: Path, keep: bool) -> None:
    client, _, _ = client_of(tmp_path, KEEP=keep)
    first, second = client.get("/x"), client.get("/x")
    assert is_public(first)
    assert first.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=60"
    assert of_nobody(first) == of_nobody(second)
    assert client.get("/x?a=1").headers["ETag"] != first.headers["ETag"]


def test_who_has_a_kept_page_is_told_so_and_it_is_not_drawn(tmp_path: Path) -> None:
    client, _, draws = client_of(tmp_path, KEEP=True)
    page = client.get("/x")
    for tag in (page.headers["ETag"], f'"other", {page.headers["ETag"]}', "*"):
        again = client.get("/x", headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")
        # What a cache holds gets these headers: they are those of the page.
        names = set(of_nobody(page)) - {"Content-Type", "Content-Length"}
        assert {name: page.headers[name] for name in names} == of_nobody(again)
    assert len(draws) == 1
    other = client.get("/x", headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.data) == (200, page.data)


def test_another_process_knows_the_tag_too(tmp_path: Path) -> None:
    tag = client_of(tmp_path / "1", KEEP=True)[0].get("/x").headers["ETag"]
    other, _, _ = client_of(tmp_path / "2", KEEP=True)
    assert other.get("/x", headers={"If-None-Match": tag}).status_code == 304


@BOTH
@pytest.mark.parametrize("encoding", ["", "br", "gzip"])
def test_head_is_get_without_the_page(tmp_path: Path, keep: bool, encoding: str) -> None:
    client, _, _ = client_of(tmp_path, KEEP=keep)
    headers = {"Accept-Encoding": encoding}
    for _ in range(2):
        page, head = client.get("/x", headers=headers), client.head("/x", headers=headers)
        assert (head.status_code, head.data) == (200, b"")
        assert of_nobody(head) == of_nobody(page)
        assert page.headers.get("Content-Encoding", "") == encoding
    tag = {"If-None-Match": page.headers["ETag"], **headers}
    assert client.head("/x", headers=tag).status_code == 304


@BOTH
def test_new_data_are_another_page(tmp_path: Path, keep: bool) -> None:
    client, store, _ = client_of(tmp_path, KEEP=keep)
    tag = client.get("/x").headers["ETag"]
    store.state = replace(store.state, version="2")
    page = client.get("/x", headers={"If-None-Match": tag})
    assert page.status_code == 200
    assert is_public(page)
    assert page.headers["ETag"] != tag


def test_a_setting_that_pages_show_makes_them_others(tmp_path: Path) -> None:
    tags = set()
    for words in ("Closed on Monday", "Open again"):
        settings = settings_at(tmp_path, maintenance_message=words)
        client = make_app(tmp_path, settings=settings).server.test_client()
        tags.add(client.get("/about").headers["ETag"])
    assert len(tags) == 2


@BOTH
@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "session=somebody"},
        {"Cookie": "__Host-session=somebody"},
        {"Cookie": "checks=mine"},
        {"Cookie": "unknown=1"},
        {"Authorization": "Basic YTpi"},
    ],
)
def test_nobody_holds_the_page_of_who_may_be_somebody(
    tmp_path: Path, headers: dict[str, str], keep: bool
) -> None:
    client, _, _ = client_of(tmp_path, KEEP=keep)
    tag = client.get("/x").headers["ETag"]
    for more in ({}, {"If-None-Match": tag}):
        answer = client.get("/x", headers=headers | more)
        assert answer.status_code == 200
        assert answer.cache_control.private
        assert not is_public(answer)
    if headers.get("Cookie") == "session=somebody":
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert is_public(client.get("/x", headers={"Cookie": "AWSALB=1; form=2"}))


def test_an_empty_store_is_not_held(tmp_path: Path) -> None:
    store = FakeStore(StoreState("empty", None, None))
    client = make_app(tmp_path, store).server.test_client()
    for path in ("/", "/about"):
        assert not is_public(client.get(path))


@BOTH
def test_in_an_outage_nothing_is_held(tmp_path: Path, keep: bool) -> None:
    client, store, _ = client_of(tmp_path, KEEP=keep)
    tag = client.get("/x").headers["ETag"]
    store.silent = True
    page = client.get("/x", headers={"If-None-Match": tag})
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    unheard = FakeStore()
    unheard.silent = True
    page = make_app(tmp_path / "2", unheard).server.test_client().get("/national")
    assert page.status_code == 503
    assert page.headers["Cache-Control"] == "no-store"


@BOTH
def test_a_page_that_did_without_an_answer_is_not_held(tmp_path: Path, keep: bool) -> None:
    """The database answers, and falls silent while what people said is asked for."""

    def act() -> None:
        store.silent = True
        with pytest.raises(StoreUnavailable):
            door().fresh(store.read_state)
        store.silent = False

    client, store, draws = client_of(tmp_path, act=act, KEEP=keep)
    for _ in range(2):
        page = client.get("/x")
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
    assert len(draws) == 2


def test_what_is_no_page_and_what_changes_something_is_not_held(client: FlaskClient) -> None:
    for path in ("/nowhere", "/organisations/%00", "/sign-in"):
        assert not is_public(client.get(path))
    for answer in (client.post("/about"), client.get("/health/ready"), client.get("/metrics")):
        assert not answer.cache_control.public
