"""Scripts that only some pages need: Plotly's, in the smaller bundle where there is one, and what
enlivens pages. And those of Dash's that no page needs.

The full bundle (1.3 MB compressed) is replaced by the basic one (0.36 MB), which draws lines, bars
and pies, where `npm install` has fetched it. In the same way what Dash sends for browsers of before
2018 (33 KB) is replaced by the one thing in it that Dash's own scripts use.
Flask sends them, with validators and ranges, and Flask-Compress compresses each
once in each process (see `headers`), as both do for the assets and for Dash's own scripts.
WhiteNoise was considered for all of these and would be more code, not less:

- it stands outside Flask, so the headers of every answer, the name of the route in the log and
  the metrics would be written a second time for it;
- it says `immutable` by the path alone, and Dash's hashes are in the query string;
- it serves compressed files that lie beside the plain ones, and the folder of the code cannot be
  written to: everything would be copied and compressed at each start, Plotly for seconds.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import plotly
from dash import Dash
from flask import Flask, Response, g, request, send_file

from dashboard.components.design import alive, drawing, part
from dashboard.web.embedding import FRAMED
from dashboard.web.headers import ASSETS, DAY, EDITION, EDITIONS, SUITES
from dashboard.web.prerender import walk
from performance_store.settings import CHECKOUT

logger = logging.getLogger(__name__)

PLOTLY_PATH = f"{SUITES}plotly/package_data/plotly.min.js"
NODE_MODULES = CHECKOUT / "node_modules"
BASIC = "plotly.js-basic-dist-min/plotly-basic.min.js"
FULL = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
# Dash's name for what makes up for old browsers, with the edition that it puts in.
POLYFILL_PATH = f"{SUITES}dash/deps/polyfill@<edition>.min.js"
GENERATORS = "regenerator-runtime/runtime.js"
# No page has a table of Dash's: 34 KB of script that every page would load and run.
_TABLES = "dash_table/"
# What charts have in common with controls that no page of ours has: 114 KB, of which a page without
# a chart runs nothing. Dash's script fetches it itself where it draws one.
_OF_CHARTS = "dcc/dash_core_components-shared.js"
# Of our assets, those that Dash is not to send with every page.
SOME_PAGES = r"^(alive|drawings|frame|parts|redraw|slides)\.(css|js)$"
# The attribute by which a part of a page wants one of these scripts, with its sheet if it has one.
# `slides` and `redraw` are fetched by `share.js` when a reader asks for a picture.
_WANTED_BY = {
    alive.MARK: "alive",
    drawing.MARK: "drawings",
    part.MARK: "parts",
    FRAMED: "frame",
}
_UPDATE = "/_dash-update-component"
_BANNER = re.compile(rb"plotly\.js(?: \(\w+ - minified\))? v(\d+\.\d+\.\d+)")


def plotly_bundle(node_modules: Path) -> Path:
    """The Plotly script to serve: the basic one if it is there and of the same version as the
    one the Python package was made for, otherwise the full one."""
    small = node_modules / BASIC
    if not small.is_file():
        return FULL
    if _version(small) != _version(FULL):
        logger.warning("Serving the full Plotly bundle: the basic one is another version")
        return FULL
    return small


def serve_small(server: Flask) -> None:
    """Answer requests for Plotly's script with the bundle of our choice, where Dash would answer
    with the full one; and those for what makes up for old browsers with generators alone, where
    they are there. A browser that lacks more than these reads pages as it does without scripts."""
    script = plotly_bundle(NODE_MODULES)
    # By content and not by time, which may be the same in two releases.
    etag = _digest(script)

    @server.get(PLOTLY_PATH)
    def plotly_script() -> Response:
        return send_file(script, "text/javascript", max_age=DAY, etag=etag)

    generators = NODE_MODULES / GENERATORS
    if not generators.is_file():
        return
    generators_etag = _digest(generators)

    @server.get(POLYFILL_PATH)
    def generators_script(edition: str) -> Response:
        return send_file(generators, "text/javascript", max_age=DAY, etag=generators_etag)


def needful(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the scripts, as Dash lists them, that some page of ours needs. What only some need
    is there to be fetched, and not sent with every page."""
    some = [one for one in resources if not _path(one).startswith(_TABLES)]
    return [{**one, "dynamic": True} if _path(one) == _OF_CHARTS else one for one in some]


def _path(resource: dict[str, Any]) -> str:
    return str(resource.get("relative_package_path", ""))


def moves(files: list[dict[str, str]]) -> bool:
    """Whether a page holds what only the script of Dash Bootstrap Components can draw. In: what it
    needs."""
    return any(alive.LIBRARY in file["url"] for file in files)


def enlivening(app: Dash, content: Any) -> list[dict[str, str]]:
    """What a page needs beside what every page has, as Dash lists it: script of the library, and
    our own scripts and sheets; nothing for most pages."""
    names: set[str] = set()
    library: list[dict[str, str]] = []
    for piece in walk(content):
        if getattr(piece, "_namespace", "") == alive.LIBRARY:
            library = library or _of_library(app)
            names.add("alive")
        names.update(_WANTED_BY[mark] for mark in _WANTED_BY.keys() & vars(piece).keys())
    return [*library, *(file for name in sorted(names) for file in _own(app, name))]


def as_html(files: list[dict[str, str]], kind: str) -> str:
    """The elements for those of the files that are of one kind, `_js_dist` or `_css_dist`."""
    form = {
        "_js_dist": '<script src="{}" defer></script>',
        "_css_dist": '<link rel="stylesheet" href="{}">',
    }[kind]
    return "\n".join(form.format(file["url"]) for file in files if file["type"] == kind)


def serve_enlivening(server: Flask, app: Dash) -> None:
    """Send what a page needs with the page that a browser moves on to: Dash loads what its answer
    lists before it draws. `note_page` says which page that is."""
    with server.test_request_context("/"):
        # Noted at once as a file that may be served: see `_note_scripts` in the application.
        late = as_html(_of_library(app), "_js_dist")
        server.config[EDITIONS] = frozenset(EDITION.findall(app._generate_scripts_html() + late))

    @server.after_request
    def add_files(response: Response) -> Response:
        files = g.get("enlivening")
        if files and request.path == _UPDATE and response.status_code == 200:
            body = json.loads(response.get_data())
            response.set_data(json.dumps({**body, "dist": files}, separators=(",", ":")))
        return response


def note_page(app: Dash, content: Any) -> None:
    """Note what the page of a callback needs."""
    g.enlivening = enlivening(app, content)


def _of_library(app: Dash) -> list[dict[str, str]]:
    # Dash's own method for libraries that come late looks only at those on its list.
    resources = app.scripts._resources._filter_resources(alive.SCRIPTS)
    urls = app._collect_and_register_resources(  # type: ignore[no-untyped-call]
        resources, include_async=False
    )
    return [{"type": "_js_dist", "url": str(url)} for url in urls]


def _own(app: Dash, name: str) -> Iterator[dict[str, str]]:
    for ending, kind in (("js", "_js_dist"), ("css", "_css_dist")):
        file = Path(app.config.assets_folder) / f"{name}.{ending}"
        if file.is_file():
            changed_at = int(file.stat().st_mtime)
            yield {"type": kind, "url": f"{ASSETS}{file.name}?m={changed_at}"}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:20]


def _version(path: Path) -> str:
    with path.open("rb") as file:
        banner = _BANNER.search(file.read(2000))
    return banner.group(1).decode() if banner else ""
