"""The frame around every page."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from dashboard.components.words import formatting, wording
from dashboard.data.door import StoreState
from dashboard.pages import PAGES
from dashboard.web.age import data_age
from dashboard.web.document import page_title
from tests.support.fake_store import FakeStore, make_app
from tests.support.pages import TestPage
from tests.support.settings import settings_at


def test_the_document_has_language_title_landmarks_and_skip_link(client: FlaskClient) -> None:
    text = client.get("/about").text
    assert text.startswith('<!DOCTYPE html>\n<html lang="en-GB"')
    assert text.index('<a class="skip-link" href="#main">') < text.index("<header")
    for landmark in ("<header", "<nav", "<main", "<footer"):
        assert text.count(landmark) == 1
    assert text.count("<h1") == 1


def test_the_page_is_whole_without_a_script(client: FlaskClient) -> None:
    text = client.get("/about").text
    first_page = text.split('<div id="first-page">')[1].split('<div id="react-entry-point">')[0]
    assert "How we count" in first_page


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/organisations", 'href="/organisations" aria-current="page"'),
        ("/organisations/x", 'href="/organisations" aria-current="true"'),
        ("/", 'href="/" aria-current="page"'),
    ],
)
def test_navigation_is_made_of_the_pages_and_shows_where_we_are(
    tmp_path: Path, path: str, current: str
) -> None:
    pages = (
        TestPage("/", NAV="Home"),
        TestPage("/organisations", NAV="Organisations"),
        TestPage("/organisations/<organisation>"),
    )
    nav = make_app(tmp_path, pages=pages).server.test_client().get(path).text
    nav = nav.split("<nav")[1].split("</nav>")[0]
    assert nav.count("<li>") == 2
    assert nav.count("aria-current") == 1
    assert current in nav


def test_sample_data_is_marked_on_every_page(tmp_path: Path) -> None:
    sample = make_app(tmp_path, FakeStore(StoreState("1", date(2026, 3, 1), "sample")))
    for page in PAGES:
        if "<" not in page.PATH:
            assert (
                "<strong>Sample data.</strong>" in sample.server.test_client().get(page.PATH).text
            )
    real = make_app(tmp_path / "real")
    assert "Sample data" not in real.server.test_client().get("/about").text


def test_the_age_and_source_of_the_data_are_said() -> None:
    for kind, source in wording.SOURCES.items():
        state = StoreState("1", date(2026, 3, 1), kind)
        assert data_age(state) == f"Data as at 1 March 2026, from {source}."
    assert data_age(StoreState("0", None, None)) == "No data has been loaded yet."
    assert "not answering" in data_age(None)


@pytest.mark.parametrize(("days", "kind"), [(4, "platform"), (556, "odp-reports")])
def test_readers_are_told_of_old_data_on_every_page_and_in_frames(
    tmp_path: Path, days: int, kind: str
) -> None:
    day = datetime.now(UTC).date() - timedelta(days=days)
    store = FakeStore(StoreState("1", day, kind))
    app = make_app(tmp_path, store, settings=settings_at(tmp_path, data_old_days=3))
    client = app.server.test_client()
    words = f"They are of {formatting.day(day)}, {days} days ago. What providers did since then"
    for path in ("/about", "/about", "/no/such/page", "/about?embed=1"):
        text = client.get(path).text
        assert "These figures are old." in text
        assert words in text, path
    store.state = StoreState("2", datetime.now(UTC).date(), kind)
    assert "These figures are old." not in client.get("/about").text


@pytest.mark.parametrize(("days", "kind"), [(3, "platform"), (400, "sample")])
def test_data_that_are_not_old_are_not_told_of(tmp_path: Path, days: int, kind: str) -> None:
    store = FakeStore(StoreState("1", datetime.now(UTC).date() - timedelta(days=days), kind))
    app = make_app(tmp_path, store, settings=settings_at(tmp_path, data_old_days=3))
    assert "These figures are old." not in app.server.test_client().get("/about").text


def test_a_page_in_memory_does_not_tell_yesterdays_age(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FakeStore(StoreState("1", date(2025, 5, 21), "platform"))
    app = make_app(tmp_path, store, settings=settings_at(tmp_path, data_old_days=3))
    client = app.server.test_client()
    for days in (555, 556):
        monkeypatch.setattr("dashboard.data.door.days_since", lambda *_, days=days: days)
        assert f"21 May 2025, {days} days ago" in client.get("/about").text


def test_the_title_names_the_service_once() -> None:
    assert page_title("Trees") == "Trees – Planning Data Performance"
    assert page_title("Planning Data Performance") == "Planning Data Performance"


def test_nothing_comes_from_anybody_else(client: FlaskClient) -> None:
    text = client.get("/about").text
    for piece in text.split("<")[1:]:
        if piece.startswith(("script", "link", "img", "iframe")) and "_dash-config" not in piece:
            assert "http" not in piece


def test_the_build_of_python_stays_with_us(client: FlaskClient) -> None:
    text = client.get("/about").text
    assert '"python_version":""' in text
    assert sys.version.split()[0] not in text
