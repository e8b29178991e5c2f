"""Pages kept whole: the same bytes as drawn ones, of the present data only, within bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import Response, after_this_request, session
from flask.testing import FlaskClient

from dashboard.web.page_cache import EVERYONE, CachedPage, Key, PageCache
from tests.support.fake_store import FakeStore, make_app
from tests.support.metrics import figures
from tests.support.pages import TestPage
from tests.support.settings import settings_at


def callback(path: str, search: str = "") -> dict[str, Any]:
    return {
        "output": "..page.children...page-state.data..",
        "outputs": [
            {"id": "page", "property": "children"},
            {"id": "page-state", "property": "data"},
        ],
        "inputs": [
            {"id": "url", "property": "pathname", "value": path},
            {"id": "url", "property": "search", "value": search},
        ],
        "changedPropIds": ["url.pathname"],
    }


def from_memory(client: FlaskClient) -> float:
    values = figures(client.get("/metrics").text)
    return values.get(("pdp_cache_answers_total", (("outcome", "page"),)), 0.0)


def of_nobody(headers: Any) -> dict[str, str]:
    each = ("X-Request-ID", "Date")
    return {name: value for name, value in headers.items() if name not in each}


def test_a_kept_page_is_the_drawn_one(client: FlaskClient) -> None:
    first, second = client.get("/about?a=1"), client.get("/about?a=1")
    assert from_memory(client) == 1
    assert second.data == first.data
    assert second.status_code == 200
    assert of_nobody(second.headers) == of_nobody(first.headers)
    body = callback("/about")
    one = client.post("/_dash-update-component", json=body)
    other = client.post("/_dash-update-component", json=body)
    assert from_memory(client) == 2
    assert (other.data, of_nobody(other.headers)) == (one.data, of_nobody(one.headers))
    # Another address is another page.
    assert client.get("/about?a=2").data != first.data
    assert client.post("/_dash-update-component", json=callback("/")).data != one.data
    assert from_memory(client) == 2
    values = figures(client.get("/metrics").text)
    assert values["pdp_request_seconds_count", (("route", "callback /about"),)] == 2


def test_nobody_is_given_a_page_that_names_the_site_of_another(client: FlaskClient) -> None:
    for host in ("one.example", "two.example", "one.example"):
        assert client.get("/about", headers={"Host": host}).status_code == 200
    assert from_memory(client) == 1


def test_compressed_for_who_takes_it_and_not_for_others(client: FlaskClient) -> None:
    client.get("/about")
    packed = client.get("/about", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get("/about").headers


def test_a_kept_page_is_compressed_once_and_is_the_same_page(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = {"Accept-Encoding": "gzip, deflate, br, zstd"}
    plain, first = client.get("/about").data, client.get("/about", headers=labels)
    times = []
    compress = brotli.compress

    def count(*arguments: Any, **more: Any) -> bytes:
        times.append(1)
        return compress(*arguments, **more)

    monkeypatch.setattr(brotli, "compress", count)
    for _ in range(3):
        page = client.get("/about", headers=labels)
        assert brotli.decompress(page.data) == plain
        assert of_nobody(page.headers) == of_nobody(first.headers)
        call = client.post("/_dash-update-component", json=callback("/about"), headers=labels)
        assert call.headers["Content-Encoding"] == "br"
        assert b"About" in brotli.decompress(call.data)
    # The page from memory, and the call from memory; as a call is drawn it goes another way.
    assert len(times) <= 3


def test_new_data_are_never_answered_with_an_old_page(
    client: FlaskClient, store: FakeStore
) -> None:
    assert 'data-version="1"' in client.get("/about").text
    store.state = replace(store.state, version="2")
    assert 'data-version="2"' in client.get("/about").text
    assert from_memory(client) == 0


def test_in_an_outage_pages_are_drawn_and_marked(client: FlaskClient, store: FakeStore) -> None:
    client.get("/about")
    store.silent = True
    for _ in range(2):
        page = client.get("/about")
        assert page.status_code == 200
    assert from_memory(client) == 0


@pytest.mark.parametrize("path", ["/nowhere", "/organisations/%00"])
def test_what_is_no_whole_page_is_not_kept(client: FlaskClient, path: str) -> None:
    for _ in range(2):
        assert client.get(path).status_code == 404
    assert from_memory(client) == 0


def test_an_operators_message_is_not_of_the_last_start(tmp_path: Path) -> None:
    for words in ("Closed on Monday", "Open again"):
        settings = settings_at(tmp_path, maintenance_message=words)
        client = make_app(tmp_path, settings=settings).server.test_client()
        assert all(words in client.get("/about").text for _ in range(2))


def test_a_long_address_is_answered_and_not_kept(client: FlaskClient) -> None:
    for _ in range(2):
        assert client.get(f"/about?a={'x' * 3000}").status_code == 200
    assert from_memory(client) == 0


def draw_count(folder: Path, *requests: dict[str, Any], **page: Any) -> int:
    """How often a page is drawn for some requests, one after the other. In: what each request
    carries, and what the page says of itself and does."""
    draws: list[int] = []
    act = page.pop("act", lambda: None)

    def draw(_: dict[str, Any]) -> Any:
        draws.append(1)
        act()
        return "Drawn"

    store = FakeStore()
    app = make_app(folder, store, pages=(TestPage("/x", draw, NEEDS_DATA=True, **page),))
    app.server.secret_key = "for sessions"
    for headers in requests:
        client = app.server.test_client(use_cookies=False)
        assert client.get("/x", headers=headers).status_code == 200
        answer = client.post("/_dash-update-component", json=callback("/x"), headers=headers)
        assert answer.status_code == 200
    # Each was asked for as the first page, and again by Dash.
    assert len(draws) % 2 == 0
    return len(draws) // 2


def test_only_a_page_that_says_so_is_kept(tmp_path: Path) -> None:
    assert draw_count(tmp_path / "1", {}, {}, KEEP=True) == 1
    assert draw_count(tmp_path / "2", {}, {}) == 2


@pytest.mark.parametrize(
    "headers",
    [{"Cookie": "session=somebody"}, {"Cookie": "unknown=1"}, {"Authorization": "Basic YTpi"}],
)
def test_who_may_be_somebody_gets_no_kept_page_and_leaves_none(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    # The first leaves none for the second, the second leaves one that the third does not get.
    assert draw_count(tmp_path, headers, {}, headers, {}, KEEP=True) == 3


def test_a_cookie_that_means_nothing_changes_nothing(tmp_path: Path) -> None:
    headers = {"Cookie": "AWSALB=1; heroku-session-affinity=2"}
    assert draw_count(tmp_path, headers, {}, headers, KEEP=True) == 1


def say(name: str, value: str) -> Callable[[], None]:
    def act() -> None:
        @after_this_request
        def add(response: Response) -> Response:
            response.headers[name] = value
            return response

    return act


def sign_in() -> None:
    session["name"] = "somebody"


@pytest.mark.parametrize(
    "act",
    [
        say("Set-Cookie", "a=1"),
        say("Cache-Control", "no-store"),
        say("Cache-Control", "private, max-age=60"),
        sign_in,
    ],
)
def test_an_answer_for_one_reader_is_not_kept(tmp_path: Path, act: Callable[[], None]) -> None:
    assert draw_count(tmp_path, {}, {}, KEEP=True, act=act) == 2


def test_what_is_kept_is_bounded_and_the_oldest_goes_first() -> None:
    def key(number: int) -> Key:
        return Key(EVERYONE, "1", path=f"/{number}")

    cache = PageCache(limit=100)
    for number in range(10):
        cache.put(key(number), CachedPage(b"x" * 40, "text/html", "/"))
        cache.get(key(0))
    assert [number for number in range(10) if cache.get(key(number))] == [0, 9]
    cache.put(key(0), CachedPage(b"x" * 101, "text/html", "/"))
    assert not any(cache.get(key(number)) for number in range(10))
