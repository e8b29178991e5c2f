"""A real browser on a real server: start, check with axe, walk by keyboard, take pictures."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from dash import Dash
from flask import Flask
from playwright.sync_api import Frame, Page
from werkzeug.serving import WSGIRequestHandler, make_server

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    # What passes is not described: on a page of thousands of elements that is most of the work.
    "resultTypes": ["violations"],
}
# Contrast takes four fifths of axe's time, and a list of a hundred rows says the same a hundred
# times: it is looked at once for each kind of text, by the classes and colours of all it is in.
_MARK_KINDS = """() => {
  const seen = new Set();
  const colours = new Map();
  for (const el of document.querySelectorAll('html, body, body *')) {
    const style = getComputedStyle(el);
    colours.set(el, (colours.get(el.parentElement) || '') + [el.tagName, el.getAttribute('class'),
      style.color, style.backgroundColor, style.backgroundImage, style.opacity, style.fontSize,
      style.fontWeight, style.position].join());
    const words = [...el.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const first = (words || el.matches('input, select, textarea')) && !seen.has(colours.get(el))
      && el.checkVisibility();
    if (first) { seen.add(colours.get(el)); }
    el.toggleAttribute('data-kind', first);
  }
}"""
_BY_KIND = ";axe.configure({rules: [{id: 'color-contrast', selector: '[data-kind]'}]})"
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 390, "height": 844}
SIZES = {"wide": WIDE, "narrow": NARROW, "320 px": {"width": 320, "height": 600}}
CHARTS_FOLLOW_MS = 250


class _Quiet(WSGIRequestHandler):
    """Serves without a line in the log for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def serving(app: Dash | Flask) -> Iterator[str]:
    """Serve an application on a free port; the value is its address without a last slash."""
    served = app if isinstance(app, Flask) else app.server
    server = make_server("127.0.0.1", 0, served, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


def open_page(page: Page, url: str) -> None:
    """Go to an address and wait until Dash has drawn it."""
    page.goto(url)
    wait_until_ready(page)


def wait_until_ready(page: Page | Frame) -> None:
    """Wait until Dash has taken over from the server's HTML and nothing is under way.

    Until then both are there, so that a heading is found twice, and what is found first goes.
    """
    # No `wait_for_function`: it evaluates text, which our own policy forbids.
    page.wait_for_selector("#first-page", state="detached")
    page.wait_for_selector("#page h1", state="visible")
    page.wait_for_selector("#main[aria-busy]", state="detached")
    # The address changes before the page does.
    url = urlsplit(page.url)
    address = f"{unquote(url.path)}?{url.query}".replace("\\", "\\\\").replace('"', '\\"')
    page.wait_for_selector(f'#page .page[data-address="{address}"]', state="attached")


def framed(page: Page) -> Frame:
    """The figure in the only frame of somebody else's page, ready."""
    page.frame_locator("iframe").locator("h1").first.wait_for()
    frame = page.frames[1]
    # A figure without anything alive in it is the server's HTML for good.
    if frame.locator("#react-entry-point").count():
        wait_until_ready(frame)
    return frame


def axe_violations(page: Page) -> list[str]:
    """What axe finds wrong, a line each: rule, element."""
    page.evaluate(_MARK_KINDS)
    axe = Axe(AXE_SCRIPT + _BY_KIND)
    response: dict[str, Any] = axe.run(page, options=RULES).response
    return [
        f"{rule['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for rule in response["violations"]
        for node in rule["nodes"]
    ]


def tab_stops(page: Page, limit: int = 400) -> list[str]:
    """Press Tab from the top of the page to its end: the accessible words of each stop.

    Fails if a stop has no visible box or no sign of focus.
    """
    page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()")
    stops: list[str] = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
              const el = document.activeElement;
              if (!el || el === document.body) { return null; }
              const box = el.getBoundingClientRect(), style = getComputedStyle(el);
              const label = el.labels && el.labels.length ? el.labels[0].innerText : '';
              return { words: (el.getAttribute('aria-label') || label || el.innerText
                  || el.id || el.tagName).trim(),
                seen: box.width > 0 && box.height > 0,
                marked: style.outlineStyle !== 'none' || style.boxShadow !== 'none'
                  || el.classList.contains('skip-link') };
            }"""
        )
        if stop is None:
            break
        assert stop["seen"], f"focus is on something that cannot be seen: {stop['words']}"
        assert stop["marked"], f"focus does not show: {stop['words']}"
        stops.append(" ".join(stop["words"].split()))
    return stops


def small_targets(page: Page) -> list[str]:
    """Controls under 24 by 24 pixels, other than links within a sentence (WCAG 2.5.8)."""
    return page.evaluate(
        """() => [...document.querySelectorAll('a, button, input, select, summary')]
          .filter(el => {
            const box = el.getBoundingClientRect();
            if (!box.width || el.type === 'hidden') { return false; }
            const inline = getComputedStyle(el).display === 'inline';
            return !inline && (box.width < 24 || box.height < 24);
          }).map(el => el.outerHTML.slice(0, 120))"""
    )


def words_outside(page: Page) -> list[str]:
    """Words that run out of the box they stand in, over what is beside it. What can be scrolled,
    is cut on purpose or is for screen readers alone does not count."""
    return page.evaluate(
        """() => {
          const found = [];
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const text = texts.currentNode;
            let box = text.parentElement;
            if (!text.data.trim() || box.closest('svg, select, textarea, pre, .table-scroll')) {
              continue;
            }
            while (getComputedStyle(box).display === 'inline') { box = box.parentElement; }
            const frame = box.getBoundingClientRect();
            if (frame.width < 2 || getComputedStyle(box).overflowX !== 'visible') { continue; }
            const range = document.createRange();
            range.selectNodeContents(text);
            const outside = [...range.getClientRects()].some(line => line.width > 1 &&
              (line.right > frame.right + 1 || line.left < frame.left - 1));
            if (outside) { found.push(`words outside: ${text.data.trim().slice(0, 60)}`); }
          }
          return found;
        }"""
    )


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def check_sizes(page: Page, *sizes: str, targets: bool = True) -> None:
    """Look at the page as it stands at each size, all unless named: axe finds nothing, nothing is
    wider than the window, no words lie across others and, where ``targets``, every control can be
    hit.

    One page is resized, not opened again. Raises AssertionError with everything that is wrong.
    """
    wrong: list[str] = []
    for size in sizes or SIZES:
        page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
        if page.locator(".js-plotly-plot").count():
            page.wait_for_timeout(CHARTS_FOLLOW_MS)
        findings = axe_violations(page)
        if wider := overflow(page):
            findings.append(f"{wider} pixels wider than the window")
        findings += words_outside(page)
        findings += small_targets(page) if targets else []
        wrong += [f"{size}: {finding}" for finding in findings]
    assert wrong == [], "\n".join(wrong)


def picture(page: Page, path: Path) -> None:
    """A picture of the whole page, for people to look at."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)


def draw_charts(page: Page) -> None:
    """Go down to every chart of the page, wait until it is drawn or says why not, and return."""
    for box in page.locator(".chart-plot").all():
        if box.is_visible():
            box.scroll_into_view_if_needed()
            box.locator(".main-svg, p:not(:text('Loading'))").first.wait_for()
    page.evaluate("window.scrollTo(0, 0)")


def unfold(page: Page) -> None:
    """Open everything that is folded up, menus too."""
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
