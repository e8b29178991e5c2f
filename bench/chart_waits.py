"""How long a chart that is asked for keeps its reader waiting, and what a page weighs once all of
its charts are drawn. In a telephone's window, unthrottled.

A chart is asked for when its box comes into the window; it is there when its marks are in the page
and a frame with them was painted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.table import Section, verdict
from bench.visits import Bytes
from dashboard.urls import addresses
from tests.support.servers import BROWSER_ARGUMENTS, headless_browser

COMPARISON = f"{addresses.COMPARE}?pick=region:E12000007&pick=dataset:tree"
ROUNDS = 7
LIMIT_MS, LIMIT_KB = 300.0, 650
_WINDOW = {"width": 412, "height": 823}
_BOX = ".chart-plot"
# In: which of the charts. Out: milliseconds from its coming into the window to its being painted.
_ASK = """number => new Promise((done, failed) => {
  const box = document.querySelectorAll(".chart-plot")[number];
  const start = performance.now();
  box.scrollIntoView({ block: "center", behavior: "instant" });
  const look = () => {
    if (box.querySelector(".main-svg .scatterlayer path, .main-svg .barlayer path")) {
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
    }
    else if (performance.now() - start > 20000) { failed(new Error("no chart")); }
    else { requestAnimationFrame(look); }
  };
  look();
})"""


@dataclass(slots=True)
class Waits:
    """Milliseconds for the first chart of a page with Plotly never fetched, and with it in the
    browser's cache; for each other chart of it, which finds Plotly running; and the bytes of first
    visits with all charts drawn."""

    never: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    transfers: list[float] = field(default_factory=list)


def measure(section: Section, port: int, pages: dict[str, str]) -> None:
    """Waits and bytes of those of the pages that have charts. In: the port of a server, and their
    addresses by what they are."""
    rows = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=headless_browser(), args=list(BROWSER_ARGUMENTS)
        )
        for name, path in pages.items():
            waits = _of_page(chromium, f"http://127.0.0.1:{port}{path}")
            if waits.never:
                rows.append(_row(name, waits))
        chromium.close()
    section.say(
        f"Charts in a telephone’s window, unthrottled, medians of {ROUNDS}: milliseconds from a "
        "chart’s coming into the window to its being painted, for the first of a page with Plotly "
        "never fetched and with it in the browser’s cache, and for the others of the page; and KB "
        "of a first visit with all charts drawn."
    )
    section.table(["page", "never fetched", "in the cache", "others", "limit", "KB", "limit"], rows)


def _row(name: str, waits: Waits) -> list[str]:
    times = [median(some) if some else 0.0 for some in (waits.never, waits.again, waits.others)]
    kb = median(waits.transfers) / 1000
    return [
        name,
        *(f"{one:.0f}" if one else "-" for one in times),
        f"{verdict(max(times), LIMIT_MS)} ({LIMIT_MS:.0f})",
        f"{kb:.0f}",
        f"{verdict(kb, LIMIT_KB)} ({LIMIT_KB})",
    ]


def _of_page(chromium: Browser, address: str) -> Waits:
    waits = Waits()
    # The first visit does not count: it draws the page on the server.
    for number in range(-1, ROUNDS):
        context = chromium.new_context(viewport=_WINDOW)  # type: ignore[arg-type]
        try:
            visit = _visit(context, address)
        finally:
            context.close()
        if visit is None:
            break
        if number >= 0:
            waits.never += visit.never
            waits.again += visit.again
            waits.others += visit.others
            waits.transfers += visit.transfers
    return waits


def _visit(context: BrowserContext, address: str) -> Waits | None:
    """A first visit and another one of one reader; None where the page has no chart."""
    page = context.new_page()
    transfer = Bytes(page)
    _open(page, address)
    count = page.locator(_BOX).count()
    if not count:
        return None
    visit = Waits()
    visit.never.append(page.evaluate(_ASK, 0))
    visit.others += [page.evaluate(_ASK, number) for number in range(1, count)]
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    visit.transfers.append(transfer.total)
    _open(page, address)
    visit.again.append(page.evaluate(_ASK, 0))
    return visit


def _open(page: Page, address: str) -> None:
    page.goto(address)
    # A page with forms alone has nothing that Dash would draw anew.
    if page.locator("#react-entry-point").count():
        page.wait_for_selector("#first-page", state="detached")
    page.wait_for_load_state("networkidle")
