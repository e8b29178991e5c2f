"""Plotly is served small where it can be, compressed once, and only to those who need it."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from unittest.mock import patch

import brotli
import pytest
from flask.testing import FlaskClient

from dashboard.application import ASSETS
from dashboard.components.design import alive
from dashboard.web import scripts
from dashboard.web.scripts import FULL, PLOTLY_PATH, plotly_bundle
from tests.support.dash_calls import call
from tests.support.fake_store import FakeStore, make_app
from tests.support.pages import TestPage
from tests.support.settings import settings_at

VERSION = FULL.read_text()[:60].split("plotly.js v")[1].split()[0]


def small_bundle(folder: Path, version: str) -> Path:
    path = folder / "plotly.js-basic-dist-min" / "plotly-basic.min.js"
    path.parent.mkdir(parents=True)
    path.write_text(f"/**\n* plotly.js (basic - minified) v{version}\n*/\n" + "x=1;" * 1000)
    return path


def client_with(folder: Path, node_modules: Path) -> FlaskClient:
    settings = settings_at(folder / "home")
    with patch.object(scripts, "NODE_MODULES", node_modules):
        return make_app(folder, FakeStore(), settings=settings).server.test_client()


def test_the_small_bundle_is_taken_if_it_is_of_the_same_version(tmp_path: Path) -> None:
    small = small_bundle(tmp_path, VERSION)
    assert plotly_bundle(tmp_path) == small


def test_otherwise_the_full_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert plotly_bundle(tmp_path) == FULL
    small_bundle(tmp_path, "1.2.3")
    assert plotly_bundle(tmp_path) == FULL
    assert "another version" in caplog.text


def test_it_is_compressed_once_and_asked_for_once(tmp_path: Path) -> None:
    plain = small_bundle(tmp_path, VERSION).read_bytes()
    client = client_with(tmp_path, tmp_path)
    answer = client.get(PLOTLY_PATH, headers={"Accept-Encoding": "gzip, br"})
    assert brotli.decompress(answer.data) == plain
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    with patch("brotli.compress", side_effect=AssertionError("compressed again")):
        for query in ("", "?x=1"):
            again = client.get(PLOTLY_PATH + query, headers={"Accept-Encoding": "br"})
            assert again.data == answer.data
    again = client.get(
        PLOTLY_PATH, headers={"Accept-Encoding": "br", "If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    assert client.get(PLOTLY_PATH).data == plain
    packed = client.get(PLOTLY_PATH, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain


@pytest.mark.parametrize("path", [PLOTLY_PATH, "/assets/planning.css"])
def test_part_of_a_file_and_none_of_it(tmp_path: Path, path: str) -> None:
    small_bundle(tmp_path, VERSION)
    client = client_with(tmp_path, tmp_path)
    plain = client.get(path).data
    part = client.get(path, headers={"Range": "bytes=2-9", "Accept-Encoding": "br"})
    assert (part.status_code, part.data) == (206, plain[2:10])
    assert part.headers["Content-Range"] == f"bytes 2-9/{len(plain)}"
    assert "Content-Encoding" not in part.headers
    head = client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(plain))


def test_generators_take_the_place_of_what_old_browsers_lack(tmp_path: Path) -> None:
    plain = client_with(tmp_path, tmp_path)
    (address,) = re.findall(r'src="(/[^"]*polyfill[^"]*)"', plain.get("/about").text)
    assert b"core-js" in plain.get(address).data
    small = tmp_path / "regenerator-runtime" / "runtime.js"
    small.parent.mkdir()
    small.write_text("regeneratorRuntime = {};" * 100)
    client = client_with(tmp_path, tmp_path)
    # Dash notes what may be served while it writes a page.
    assert address in client.get("/about").text
    answer = client.get(address, headers={"Accept-Encoding": "br"})
    assert brotli.decompress(answer.data) == small.read_bytes()
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_what_no_page_draws_has_no_script(client: FlaskClient) -> None:
    page = client.get("/about").text
    assert "dash_core_components" in page
    assert "dash_table/" not in page
    assert client.get("/_dash-component-suites/dash/dash_table/bundle.js").status_code == 404
    # Dash's script asks for it where a chart is drawn.
    shared = "dash_core_components-shared"
    assert shared not in page
    assert client.get(f"/_dash-component-suites/dash/dcc/{shared}.js").status_code == 200


def test_the_page_itself_does_not_name_plotly(client: FlaskClient) -> None:
    assert "plotly.min.js" not in client.get("/about").text


def test_what_enlivens_a_page_comes_only_with_pages_that_want_it(tmp_path: Path) -> None:
    moving = TestPage("/moving", lambda _: [alive.progress("bar", 10)])
    marked = TestPage("/marked", lambda _: [alive.page("words")])
    pages = (TestPage("/still"), moving, marked)
    client = make_app(tmp_path, pages=pages).server.test_client()

    def files_for(path: str) -> list[str]:
        """What Dash is to load when a reader moves on to a page."""
        answer = client.post("/_dash-update-component", json=call(path)).get_json()
        return [file["url"].partition("?")[0] for file in answer.get("dist", ())]

    files = {path: client.get(path).text for path in ("/still", "/marked", "/moving")}
    assert "alive." not in files["/still"]
    assert [alive.LIBRARY in page for page in files.values()] == [False, False, True]
    assert "/assets/alive.css" in files["/marked"]
    # Dash loads what a callback's answer lists before it draws the page.
    assert files_for("/still") == []
    library, *own = files_for("/moving")
    assert own == files_for("/marked") == ["/assets/alive.js", "/assets/alive.css"]
    for url in (library, *own):
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("name", ["alive.css", "drawings.css"])
def test_a_sheet_of_some_pages_is_small(name: str) -> None:
    assert (ASSETS / name).stat().st_size <= 8_000
