"""What a reader waits for and pays: bytes of a first visit and of later pages, and how long a
changed filter takes in a browser, on two years of weekly national snapshots.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.inputs import NoInput, national_file
from bench.questions import copy_weeks
from bench.server import new_store, server, web
from bench.table import Section, conditions, percentile, verdict
from dashboard.pages import PAGES
from performance_store.database import make_engine
from performance_store.loading import load
from performance_store.readers.platform import Platform
from tests.support.servers import BROWSER_ARGUMENTS, browser

TITLE = "Visits in a browser"
PORT = 8397
KIB = 1024
FIRST_KIB, CHART_KIB, WHOLE_KIB, LATER_KIB = 400, 900, 1500, 60
CHANGE_MS = 300.0
ROUNDS = 9
QUERIES = ("?set=any&region=E12000007", "?set=any&region=E12000008", "?set=any&status=error")

# A change as a link makes it: the script of the page takes it, as it takes a sent form. It is there
# when the page is, with its charts.
_CHANGE = """address => new Promise(done => {
  const link = document.createElement("a");
  const wanted = address.includes("?") ? address : address + "?";
  link.href = address;
  document.querySelector("#page").append(link);
  const started = performance.now();
  const look = () => {
    const drawn = document.querySelector("#page .page");
    const charts = drawn ? [...drawn.querySelectorAll(".chart-graph")] : [];
    if (drawn && drawn.dataset.address === wanted &&
        charts.every(chart => chart.querySelector(".main-svg .scatterlayer path"))) {
      done(performance.now() - started);
    }
    else requestAnimationFrame(look);
  };
  link.click();
  look();
})"""


class Bytes:
    """Bytes that came over the wire, headers included, as the browser counts them."""

    def __init__(self, page: Page) -> None:
        self.total = 0
        self.chart = False
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._on_finish)
        session.on("Network.responseReceived", self._on_response)

    def _on_finish(self, event: dict[str, float]) -> None:
        self.total += int(event["encodedDataLength"])

    def _on_response(self, event: dict[str, dict[str, str]]) -> None:
        self.chart = self.chart or "plotly" in event["response"]["url"]

    def take(self) -> float:
        """KiB since last taken."""
        kib, self.total = self.total / KIB, 0
        return kib


def measure(section: Section) -> None:
    """Bytes of each page, and the time of a changed filter. Raises NoInput without Chromium."""
    before = os.getloadavg()[0]
    if browser() is None:
        raise NoInput("no Chromium on this machine")
    path = national_file()
    with server() as running:
        url = new_store(running, "visits")
        engine = make_engine(url, application_name="bench", pool=None)
        load(engine, Platform(path))
        copy_weeks(engine)
        with web(url, PORT, "app:server", "/health/live"), _chromium() as chromium:
            _transfer(section, chromium)
            _changes(section, chromium)
        engine.dispose()
    section.say(conditions(before))


def _paths() -> list[str]:
    """Pages without variables, and one dataset's."""
    plain = [page.PATH for page in PAGES if "<" not in page.PATH]
    return [*plain, "/organisations/local-authority:BUC"]


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser(), args=list(BROWSER_ARGUMENTS)
        )
        yield chromium
        chromium.close()


@contextmanager
def _visit(chromium: Browser) -> Iterator[tuple[BrowserContext, Page]]:
    """A reader with an empty cache."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{PORT}")
    yield context, context.new_page()
    context.close()


def _page_name(address: str) -> str:
    """An address as a drawn page calls itself."""
    return address if "?" in address else f"{address}?"


def _open(page: Page, address: str) -> None:
    page.goto(address)
    # Our policy forbids what wait_for_function is made of.
    page.wait_for_selector(f'#page .page[data-address="{_page_name(address)}"]')
    page.wait_for_selector("#first-page", state="detached")
    page.wait_for_load_state("networkidle")


def _transfer(section: Section, chromium: Browser) -> None:
    rows = []
    for path in _paths():
        with _visit(chromium) as (_, page):
            transfer = Bytes(page)
            _open(page, path)
            chart, first = transfer.chart, transfer.take()
        with _visit(chromium) as (_, page):
            transfer = Bytes(page)
            # A page with a chart comes first, so that what charts need is there.
            for before in ("/national", "/about"):
                _open(page, before)
            transfer.take()
            page.evaluate(_CHANGE, path if path != "/about" else "/")
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(500)
            later = transfer.take()
        limit = CHART_KIB if chart else FIRST_KIB
        rows.append(
            [
                path,
                "yes" if chart else "no",
                f"{first:.0f}",
                f"{verdict(first, limit)} ({limit})",
                f"{later:.0f}",
                f"{verdict(later, LATER_KIB)} ({LATER_KIB})",
            ]
        )
    section.say(
        "KiB over the wire, headers included, with an empty cache (first visit), then the same "
        "page after others. With a chart the limit holds where set-up found npm; without npm it "
        f"is {WHOLE_KIB}."
    )
    section.table(["page", "chart", "first visit", "limit", "later", "limit"], rows)


def _changes(section: Section, chromium: Browser) -> None:
    rows = []
    for path in (page.PATH for page in PAGES if page.PATH.startswith(("/national", "/datasets"))):
        if "<" in path:
            continue
        with _visit(chromium) as (_, page):
            _open(page, path)
            cold, times = [], []
            for number in range(ROUNDS):
                address = path + QUERIES[number % len(QUERIES)]
                spent = page.evaluate(_CHANGE, address)
                (cold if number < len(QUERIES) else times).append(spent)
                time.sleep(0.2)
        p95 = percentile(times, 0.95)
        rows.append(
            [
                path,
                f"{max(cold):.0f}",
                f"{percentile(times, 0.5):.0f}",
                f"{p95:.0f}",
                f"{verdict(p95, CHANGE_MS)} ({CHANGE_MS:.0f})",
            ]
        )
    section.say(
        "Milliseconds in the browser from choosing other filters to the page drawn with them: the "
        f"slowest that nobody had asked for before, and {ROUNDS - len(QUERIES)} that somebody had."
    )
    section.table(["page", "never asked, slowest", "median", "p95", "limit"], rows)
