"""Scripts that only some pages need: Plotly's, in the smaller bundle where there is one, and what
enlivens pages.

The full bundle (1.3 MB compressed) is replaced by the cartesian one (0.45 MB) where `npm install`
has fetched it. Flask sends it, with validators and ranges, and Flask-Compress compresses it once in
each process (see `headers`), as both do for the assets and for Dash's own scripts. WhiteNoise was
considered for all of these and would be more code, not less:

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

<<<<<<< HEAD
from dashboard.components.design import alive
from dashboard.components.design.drawing import MARK
from dashboard.web.embedding import FRAMED
=======
from dashboard.components.design import alive, drawing, part
>>>>>>> 0fcbe52baff57d5a963cd54500d3cd3f34c2ef34
from dashboard.web.headers import ASSETS, DAY, EDITION, EDITIONS, SUITES
from dashboard.web.prerender import walk
from performance_store.settings import CHECKOUT

logger = logging.getLogger(__name__)

PLOTLY_PATH = f"{SUITES}plotly/package_data/plotly.min.js"
NODE_MODULES = CHECKOUT / "node_modules"
CARTESIAN = "plotly.js-cartesian-dist-min/plotly-cartesian.min.js"
FULL = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
# Of our assets, those that Dash is not to send with every page.
<<<<<<< HEAD
SOME_PAGES = r"^(alive|drawings|frame|redraw|slides)\.(css|js)$"
# The attribute by which a part of a page wants one of these scripts, with its sheet if it has one.
# `slides` and `redraw` are fetched by `share.js` when a reader asks for a picture.
_WANTED_BY = {alive.MARK: "alive", MARK: "drawings", FRAMED: "frame"}
=======
SOME_PAGES = r"^(alive|drawings|parts)\.(css|js)$"
# The attribute by which a part of a page wants one of these scripts, with its sheet.
_WANTED_BY = {alive.MARK: "alive", drawing.MARK: "drawings", part.MARK: "parts"}
>>>>>>> 0fcbe52baff57d5a963cd54500d3cd3f34c2ef34
_UPDATE = "/_dash-update-component"
_BANNER = re.compile(rb"plotly\.js(?: \(\w+ - minified\))? v(\d+\.\d+\.\d+)")


def plotly_bundle(node_modules: Path) -> Path:
    """The Plotly script to serve: the cartesian one if it is there and of the same version as
    the one the Python package was made for, otherwise the full one."""
    small = node_modules / CARTESIAN
    if not small.is_file():
        return FULL
    if _version(small) != _version(FULL):
        logger.warning("Serving the full Plotly bundle: the cartesian one is another version")
        return FULL
    return small


def serve_plotly(server: Flask) -> None:
    """Answer requests for Plotly's script with the bundle of our choice, where Dash would answer
    with the full one."""
    script = plotly_bundle(NODE_MODULES)
    # By content and not by time, which may be the same in two releases.
    etag = hashlib.sha256(script.read_bytes()).hexdigest()[:20]

    @server.get(PLOTLY_PATH)
    def plotly_script() -> Response:
        return send_file(script, "text/javascript", max_age=DAY, etag=etag)


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
        names.update(name for mark, name in _WANTED_BY.items() if hasattr(piece, mark))
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


def _version(path: Path) -> str:
    with path.open("rb") as file:
        banner = _BANNER.search(file.read(2000))
    return banner.group(1).decode() if banner else ""
