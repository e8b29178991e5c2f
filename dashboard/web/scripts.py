"""Plotly's script: the smaller bundle where there is one.

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
import logging
import re
from pathlib import Path

import plotly
from flask import Flask, Response, send_file

from dashboard.web.headers import DAY, SUITES
from performance_store.settings import CHECKOUT

logger = logging.getLogger(__name__)

PLOTLY_PATH = f"{SUITES}plotly/package_data/plotly.min.js"
NODE_MODULES = CHECKOUT / "node_modules"
CARTESIAN = "plotly.js-cartesian-dist-min/plotly-cartesian.min.js"
FULL = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
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


def _version(path: Path) -> str:
    with path.open("rb") as file:
        banner = _BANNER.search(file.read(2000))
    return banner.group(1).decode() if banner else ""
