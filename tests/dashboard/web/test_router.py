"""An address leads to one page, the same at first and after a click, with its status."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dashboard.data.door import StoreState, ask
from dashboard.data.errors import NotFound
from tests.support.fake_store import FakeStore, make_app
from tests.support.pages import TestPage

PAGES = (
    TestPage("/"),
    TestPage("/organisations", NAV="Organisations"),
    TestPage("/organisations/<organisation>"),
    TestPage("/organisations/<organisation>/<dataset>"),
    TestPage("/organisations/<organisation>/tasks"),
)


def fail(_: dict[str, Any]) -> Any:
    raise ZeroDivisionError("secret detail")


def missing(_: dict[str, Any]) -> Any:
    raise NotFound("We know no organisation called “x”.")


def question(connection: Any, *, number: int = 0) -> tuple[int, ...]:
    return (number,)


def asking(_: dict[str, Any]) -> Any:
    return [f"{ask(question, number=7)}"]


def client_of(folder: Path, *pages: TestPage, store: FakeStore | None = None) -> FlaskClient:
    return make_app(folder, store, pages=pages).server.test_client()


def callback(client: FlaskClient, path: str, search: str = "") -> Any:
    """What Dash asks when the reader goes somewhere."""
    body = {
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
    answer = client.post("/_dash-update-component", json=body)
    assert answer.status_code == 200
    return answer.get_json()["response"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "Page /<"),
        ("/organisations", "Page /organisations<"),
        ("/organisations/", "Page /organisations<"),
        ("/organisations/local-authority:ELV", "organisation=local-authority:ELV"),
        ("/organisations/a%252Fb", "organisation=a/b"),
        ("/organisations/%C5%B4y", "organisation=Ŵy"),
        ("/organisations/a/tree", "dataset=tree, organisation=a"),
        ("/organisations/a/tasks", "Page /organisations/&lt;organisation&gt;/tasks"),
        ("/organisations/a?q=1&q=2&r=", "organisation=a, q=[&#x27;1&#x27;, &#x27;2&#x27;], r="),
        ("/organisations/a?organisation=b", "organisation=a<"),
        ("/organisations/a?self=b", "organisation=a<"),
    ],
)
def test_an_address_leads_to_its_page(tmp_path: Path, path: str, words: str) -> None:
    answer = client_of(tmp_path, *PAGES).get(path)
    assert answer.status_code == 200
    assert words in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/organisation",
        "/organisations/a/b/c/d",
        "/organisations//b",
        "/a%00b",
        "/organisations/a%0Ab",
        "/" + "x" * 3000,
    ],
)
def test_an_unknown_address_is_404_with_a_way_on(tmp_path: Path, path: str) -> None:
    answer = client_of(tmp_path, *PAGES).get(path)
    assert answer.status_code == 404
    assert "Page not found – Planning Data Performance" in answer.text
    assert 'href="/organisations"' in answer.text


def test_a_page_may_say_what_it_does_not_know(tmp_path: Path) -> None:
    answer = client_of(tmp_path, TestPage("/x", missing)).get("/x")
    assert answer.status_code == 404
    assert "We know no organisation called “x”." in answer.text


def test_an_address_with_more_choices_than_we_read_is_not_shown_as_if_it_had_none(
    tmp_path: Path,
) -> None:
    client = client_of(tmp_path, *PAGES)
    search = "&".join(f"a={number}" for number in range(100))
    assert "&#x27;99&#x27;" in client.get(f"/organisations?{search}").text
    for more in ("&a=100", "&embed=1"):
        answer = client.get(f"/organisations?{search}{more}")
        assert answer.status_code == 400
        assert "This address makes too many choices" in answer.text
        assert "Page /organisations<" not in answer.text
        assert 'href="/organisations"' in answer.text
    assert client.get(f"/nothing-there?{search}&a=100").status_code == 404
    after_a_click = callback(client, "/organisations", f"?{search}&a=100")
    assert after_a_click["page-state"]["data"]["status"] == 400


def test_what_is_in_the_address_is_escaped(tmp_path: Path) -> None:
    answer = client_of(tmp_path, *PAGES).get("/organisations/<script>alert(1)<%2Fscript>?q=<b>")
    assert "<script>alert" not in answer.text
    assert "<b>" not in answer.text


def test_the_title_is_the_heading(tmp_path: Path) -> None:
    answer = client_of(tmp_path, *PAGES).get("/organisations")
    assert "<title>Page /organisations – Planning Data Performance</title>" in answer.text


def test_the_page_after_a_click_is_the_page_of_the_address(tmp_path: Path) -> None:
    client = client_of(tmp_path, *PAGES)
    answer = callback(client, "/organisations/a", "?q=1")
    assert answer["page-state"]["data"] == {
        "title": "Page /organisations/<organisation>",
        "status": 200,
        "address": "/organisations/a?q=1",
        "version": "1",
        "age": "Data as at 1 March 2026, from the Planning Data Platform.",
        "reader": "",
    }
    assert "organisation=a, q=1" in json.dumps(answer["page"])
    assert callback(client, "/nowhere")["page-state"]["data"]["status"] == 404


def test_each_address_draws_its_controls_anew(tmp_path: Path) -> None:
    client = client_of(tmp_path, *PAGES)
    keys = {
        callback(client, "/organisations", search)["page"]["children"]["props"]["attributes"]["key"]
        for search in ("", "?q=1", "?q=2")
    }
    assert len(keys) == 3


def test_our_own_mistake_is_a_page_without_detail(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(tmp_path, TestPage("/x", fail))
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    answer = client.get("/x")
    assert answer.status_code == 500
    assert "Sorry, something went wrong" in answer.text
    assert "<script" not in answer.text
    with caplog.at_level(logging.ERROR):
        reply = callback(client, "/x")
    assert reply["page-state"]["data"]["status"] == 500
    assert "secret detail" not in answer.text + json.dumps(reply)
    assert "secret detail" in caplog.text


def test_an_empty_store_says_so_unless_the_page_needs_none(tmp_path: Path) -> None:
    store = FakeStore(StoreState("empty", None, None))
    pages = (TestPage("/x", NEEDS_DATA=True), TestPage("/y"))
    client = client_of(tmp_path, *pages, store=store)
    empty = client.get("/x")
    assert empty.status_code == 200
    assert "There is no data here yet" in empty.text
    assert "No data has been loaded yet." in empty.text
    assert "Page /y" in client.get("/y").text


def test_a_silent_database_is_503_until_it_answers(tmp_path: Path) -> None:
    store = FakeStore()
    store.silent = True
    client = client_of(tmp_path, TestPage("/x", asking), TestPage("/y"), store=store)
    answer = client.get("/x")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "Our database is not answering." in answer.text
    assert "We cannot tell how old the data is" in answer.text
    assert callback(client, "/x")["page-state"]["data"]["status"] == 503
    assert client.get("/y").status_code == 200


def test_a_kept_page_outlives_the_database_and_says_so(tmp_path: Path) -> None:
    store = FakeStore()
    app = make_app(tmp_path, store, pages=(TestPage("/x", asking),))
    client = app.server.test_client()
    assert client.get("/x").status_code == 200
    store.silent = True
    app.server.extensions["planning-data"]._look_again_at = 0.0
    answer = client.get("/x")
    assert answer.status_code == 200
    assert "(7,)" in answer.text
    assert "These figures may be out of date" in answer.text


def test_two_applications_in_one_process_keep_apart(tmp_path: Path) -> None:
    one = client_of(tmp_path / "1", TestPage("/x", lambda _: ["one"]))
    two = client_of(tmp_path / "2", TestPage("/x", lambda _: ["two"]), TestPage("/y"))
    for _ in range(2):
        assert "one" in one.get("/x").text
        assert "two" in two.get("/x").text
        assert "one" in json.dumps(callback(one, "/x"))
        assert "two" in json.dumps(callback(two, "/x"))
    assert one.get("/y").status_code == 404
    assert len(one.get("/_dash-dependencies").get_json()) == 3
    assert len(two.get("/_dash-dependencies").get_json()) == 3
