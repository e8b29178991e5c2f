"""Lighthouse itself: fetched by npm into a cache outside the checkout, held to the hashes of
``bench/npm/package-lock.json``, and run on one address at a time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.inputs import NoInput
from bench.settings import CHECKOUT, load_settings
from tests.support.servers import headless_browser

LISTS = CHECKOUT / "bench" / "npm"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking "
    "--disable-component-update --disable-sync"
)
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
SECONDS = 240


@dataclass(frozen=True, slots=True)
class Run:
    """What Lighthouse said of a page once: scores of 0 to 100 by category, times in milliseconds,
    how much the page moved, bytes over the wire, whether Plotly was among them, how fast it held
    the machine to be, and what it found wrong outside performance, a line each."""

    scores: dict[str, float]
    first_paint: float
    largest_paint: float
    blocking: float
    shift: float
    transfer: float
    chart: bool
    speed: float
    complaints: tuple[str, ...]


def program() -> Path:
    """Lighthouse's own script, fetched unless it is in the cache. Raises NoInput without npm, a
    network or Chromium."""
    npm, browser = shutil.which("npm"), headless_browser()
    if npm is None or browser is None:
        raise NoInput(f"no {'npm' if npm is None else 'Chromium'} on this machine")
    lock = LISTS / "package-lock.json"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    folder = load_settings().cache / f"lighthouse-{digest}"
    script = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    if script.is_file():
        return script
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Moved there once it is whole.
    with tempfile.TemporaryDirectory(dir=folder.parent) as part:
        tool = Path(part) / "tool"
        tool.mkdir()
        for name in ("package.json", lock.name):
            shutil.copy(LISTS / name, tool)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        fetch = subprocess.run(command, cwd=tool, capture_output=True, text=True, check=False)
        if fetch.returncode:
            raise NoInput(f"npm could not fetch Lighthouse: {fetch.stderr.strip()[:300]}")
        shutil.rmtree(folder, ignore_errors=True)
        tool.rename(folder)
    return script


def run(script: Path, address: str) -> Run:
    """Lighthouse on one address: as a telephone, throttled by simulation, with an empty profile.
    Raises RuntimeError where it cannot say anything."""
    command = [
        *("node", str(script), address, "--quiet", "--output=json", "--output-path=stdout"),
        *("--form-factor=mobile", "--throttling-method=simulate", f"--chrome-flags={FLAGS}"),
        *(f"--only-categories={','.join(CATEGORIES)}", "--no-enable-error-reporting"),
    ]
    environment = os.environ | {"CHROME_PATH": str(headless_browser())}
    answer = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    if answer.returncode:
        raise RuntimeError(f"Lighthouse on {address}: {answer.stderr.strip()[-500:]}")
    return _read(json.loads(answer.stdout))


def _read(report: dict[str, Any]) -> Run:
    audits = report["audits"]
    urls = [item["url"] for item in audits["network-requests"]["details"]["items"]]

    def value(name: str) -> float:
        return float(audits[name]["numericValue"])

    return Run(
        scores={name: 100 * report["categories"][name]["score"] for name in CATEGORIES},
        first_paint=value("first-contentful-paint"),
        largest_paint=value("largest-contentful-paint"),
        blocking=value("total-blocking-time"),
        shift=value("cumulative-layout-shift"),
        transfer=value("total-byte-weight"),
        chart=any("plotly" in url for url in urls),
        speed=float(report["environment"]["benchmarkIndex"]),
        complaints=tuple(_complaints(report)),
    )


def _complaints(report: dict[str, Any]) -> list[str]:
    lines = []
    for name in CATEGORIES[1:]:
        for part in report["categories"][name]["auditRefs"]:
            audit = report["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                lines.append(f"{name}: {audit['title']} ({part['id']})")
    return lines
