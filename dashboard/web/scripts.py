"""Scripts sent compressed once and for all, and a smaller Plotly where there is one.

Dash serves its scripts as they are and the compression would be done anew for each reader. Here
each script is compressed once, hard, and kept in the data home. Plotly's full bundle (1.1 MB
compressed) is replaced by its cartesian one (0.4 MB) where `npm install` has fetched it.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path

import brotli
import plotly
from flask import Flask, Response, request

from dashboard.web.headers import DAY
from performance_store.settings import CHECKOUT

logger = logging.getLogger(__name__)

PLOTLY_PATH = "/_dash-component-suites/plotly/package_data/plotly.min.js"
NODE_MODULES = CHECKOUT / "node_modules"
CARTESIAN = "plotly.js-cartesian-dist-min/plotly-cartesian.min.js"
FULL = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_BANNER = re.compile(rb"plotly\.js(?: \(\w+ - minified\))? v(\d+\.\d+\.\d+)")
# Quality 11 takes 4 seconds for a tenth less; somebody may be waiting for the first answer.
BROTLI_QUALITY = 9


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


def serve_plotly(server: Flask, *, data_home: Path) -> None:
    """Answer requests for Plotly's script with the bundle of our choice, compressed."""
    script = _Script(plotly_bundle(NODE_MODULES), data_home / "compressed")

    @server.before_request
    def plotly_script() -> Response | None:
        if request.path != PLOTLY_PATH:
            return None
        return script.response()


@dataclass
class _Script:
    """One script, and its compressed forms once somebody has asked for them."""

    source: Path
    folder: Path
    _forms: dict[str, bytes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def response(self) -> Response:
        """The script in the best form the browser takes, or 304."""
        encoding = request.accept_encodings.best_match(["br", "gzip"]) or "identity"
        with self._lock:
            if encoding not in self._forms:
                self._forms[encoding] = self._form(encoding)
            body = self._forms[encoding]
        answer = Response(body, mimetype="text/javascript")
        if encoding != "identity":
            answer.headers["Content-Encoding"] = encoding
        answer.headers["Vary"] = "Accept-Encoding"
        answer.headers["Cache-Control"] = f"public, max-age={DAY}"
        answer.set_etag(hashlib.sha256(body).hexdigest()[:20])
        answer.make_conditional(request)
        return answer

    def _form(self, encoding: str) -> bytes:
        plain = self.source.read_bytes()
        if encoding == "identity":
            return plain
        name = f"{self.source.stem}-{hashlib.sha256(plain).hexdigest()[:12]}.{encoding}"
        kept = self.folder / name
        try:
            return kept.read_bytes()
        except OSError:
            made = (
                brotli.compress(plain, quality=BROTLI_QUALITY)
                if encoding == "br"
                else gzip.compress(plain, 9, mtime=0)
            )
            _keep(kept, made)
            return made


def _keep(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a folder that cannot be written costs only time."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{threading.get_ident()}.part")
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        logger.warning("Cannot keep a compressed script (%s)", type(error).__name__)


def _version(path: Path) -> str:
    with path.open("rb") as file:
        found = _BANNER.search(file.read(2000))
    return found.group(1).decode() if found else ""
