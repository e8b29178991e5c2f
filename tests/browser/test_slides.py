"""Pictures for slides, in a real browser: of charts, drawings and tables, in both shapes, as PNG
and as SVG, complete and with nothing outside."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine

from dashboard import create_app
from dashboard.data.wiring import read_state
from performance_store.database import connect
from performance_store.queries import organisations, snapshots
from performance_store.sample.reader import Sample
from tests.support import browser
from tests.support.servers import Filled
from tests.support.settings import settings_at

TODAY = date(2026, 8, 21)
SIZES = {"wide": (1920, 1080), "square": (1080, 1080)}
KINDS = {
    "wide png": "16:9 PNG",
    "wide svg": "16:9 SVG",
    "square png": "square PNG",
    "square svg": "square SVG",
}
LICENCE = "Open Government Licence v3.0."
# A chart of Plotly's, drawings of the server's, and tables with and without a figure around them.
NATIONAL = (
    ("/national?set=any", "[data-figure=national-line]", "Provisions provided"),
    ("/national?set=any", "[data-figure=funnel]", "From expected to conformant"),
    ("/national/coverage?set=any", "[data-figure=map]", "Datasets provided by each authority"),
    ("/national/trends?set=any&by=dataset", "figure:has(.multiples)", "Provisions provided"),
    ("/national/coverage?set=any", "[data-figure=by-region]", "Coverage by region"),
    ("/national/coverage?set=any", "#matrix-end", "Who provides what"),
)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=60, weeks=12))


@pytest.fixture(scope="module")
def site(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = settings_at(tmp_path_factory.mktemp("site"), redis_url=None)
    app = create_app(settings, connect=lambda: connect(module_engine), read_state=read_state)
    with browser.serving(app) as address:
        yield address


def pixels(data: bytes) -> tuple[int, int, int]:
    """Width, height and how many different rows a PNG has; its checks hold."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, width, height = 8, b"", 0, 0
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, chunk = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert zlib.crc32(kind + chunk) == check
        if kind == b"IHDR":
            width, height = struct.unpack(">II", chunk[:8])
        packed += chunk if kind == b"IDAT" else b""
        at += 12 + length
    lines = zlib.decompress(packed)
    step = len(lines) // height
    return width, height, len({lines[n * step : (n + 1) * step] for n in range(height)})


def saved(page: Page, place: Locator, kind: str, folder: Path) -> tuple[str, bytes]:
    """The name and the bytes of a picture."""
    with page.expect_download() as started:
        place.get_by_role("button", name=re.compile(f"^{KINDS[kind]} of")).first.click()
    path = folder / "picture"
    started.value.save_as(path)
    return started.value.suggested_filename, path.read_bytes()


def words_of(svg: bytes) -> str:
    """All the words of a drawing, in order."""
    return " ".join(" ".join(ElementTree.fromstring(svg).itertext()).split())


def outside(page: Page, svg: bytes) -> list[str]:
    """Which marks of a drawing stand outside its box, which has many."""
    page.goto(f"data:image/svg+xml,{quote(svg)}")
    return page.evaluate(
        """() => {
          const view = document.documentElement.viewBox.baseVal, wrong = [];
          const all = document.documentElement.getBoundingClientRect();
          const zoom = all.width / view.width;
          const marks = document.querySelectorAll("text, rect, path, circle, line, use");
          if (marks.length < 20) { wrong.push("hardly anything is drawn"); }
          marks.forEach(mark => {
            if (mark.closest("defs, clipPath, pattern")) { return; }
            const box = mark.getBoundingClientRect();
            if (box.left < -1 || box.top < -1 || box.right > view.width * zoom + 1
                || box.bottom > view.height * zoom + 1) {
              wrong.push(mark.outerHTML.slice(0, 150));
            }
          });
          return wrong;
        }"""
    )


@pytest.mark.parametrize(("path", "place", "title"), NATIONAL)
def test_a_national_figure_is_a_whole_slide(
    page: Page, site: str, tmp_path: Path, path: str, place: str, title: str
) -> None:
    browser.open_page(page, site + path)
    figure = page.locator(place).first
    browser.draw_charts(page)
    browser.unfold(page)
    drawings = []
    for kind in KINDS:
        shape, form = kind.split()
        name, data = saved(page, figure, kind, tmp_path)
        assert re.fullmatch(rf"[a-z-]+-sample-2026-08-21-{shape}\.{form}", name)
        expect(figure.locator("[data-said]").first).to_have_text("Picture saved")
        if form == "png":
            width, height, rows = pixels(data)
            assert (width, height) == SIZES[shape]
            # Title, figure and source: not a blank sheet.
            assert rows > 200
            continue
        root = ElementTree.fromstring(data)
        assert root.get("viewBox") == "0 0 {} {}".format(*SIZES[shape])
        words = words_of(data)
        assert words.startswith(f"All obligations – {title}")
        assert re.search("As at 21 August 2026|5 June 2026 to 21 August 2026", words)
        assert f"Source: invented sample data, by Planning Data Performance ({site[7:]}" in words
        assert words.endswith(LICENCE)
        drawings.append(data)
    expect(page.locator("#announcer")).to_have_text("Picture saved")
    assert page.locator("iframe").count() == 0
    for data in drawings:
        assert outside(page, data) == []


def test_a_table_that_does_not_fit_says_how_much_of_it_is_shown(
    page: Page, site: str, tmp_path: Path
) -> None:
    browser.open_page(page, f"{site}/national/freshness?set=any")
    browser.unfold(page)
    _, data = saved(page, page.locator("#oldest"), "wide svg", tmp_path)
    words = words_of(data)
    match = re.search(r"First (\d+) of ([\d,]+) rows", words)
    assert match
    total = page.locator("#oldest [data-total]").get_attribute("data-total")
    assert match[2].replace(",", "") == total
    assert 5 <= int(match[1]) < int(str(total))
    names = page.locator("#oldest tbody th").all_inner_texts()
    assert names[0] in words
    # Of another page of it the numbers of its rows are said, and a wide one says its columns.
    browser.open_page(page, f"{site}/organisations?page=2")
    browser.unfold(page)
    _, data = saved(page, page.locator("main"), "square svg", tmp_path)
    assert re.search(r"Rows 51 to \d+ of \d+", words_of(data))
    browser.open_page(page, f"{site}/national/issues?set=any")
    browser.unfold(page)
    _, data = saved(page, page.locator("[data-figure=kinds]"), "square svg", tmp_path)
    assert re.search(r"[Ff]irst \d+ of \d+ columns", words_of(data))


LEADERS = """() => {
  const at = (mark, point) => {
    const place = point.matrixTransform(mark.getScreenCTM());
    return [place.x, place.y];
  };
  const all = [...document.querySelectorAll(".shapelayer path")];
  const paths = all.filter(path => !path.style.strokeDasharray).map(path => ({
    colour: path.style.stroke, starts: at(path, path.getPointAtLength(0)),
    ends: at(path, path.getPointAtLength(path.getTotalLength())) }));
  const points = [...document.querySelectorAll(".scatterlayer .trace")].map(trace => {
    const box = [...trace.querySelectorAll(".points path")].pop().getBoundingClientRect();
    return { colour: trace.querySelector(".points path").style.fill,
      at: [box.left + box.width / 2, box.top + box.height / 2] };
  });
  return [...document.querySelectorAll(".annotation-text")].flatMap(label => {
    const swatch = [...label.querySelectorAll("tspan")].find(part => part.textContent === "━");
    if (!swatch) { return []; }
    const box = swatch.getBoundingClientRect();
    const own = paths.filter(path => path.colour === swatch.style.fill);
    return [{ own, name: [box.left, box.top + box.height / 2],
      end: points.find(point => point.colour === swatch.style.fill).at }];
  });
}"""


@pytest.mark.parametrize("kind", ["wide svg", "square svg"])
def test_names_lead_back_to_lines_that_end_close_together(
    page: Page, site: str, tmp_path: Path, module_engine: Engine, kind: str
) -> None:
    with module_engine.connect() as connection:
        (snapshot,) = snapshots.current(connection)
        rows = organisations.with_counts(connection, snapshot_id=snapshot.snapshot_id)
    # Of those that provide few, so that their lines end together.
    few = sorted((row.provided / row.expected, row.organisation) for row in rows if row.is_lpa)
    picks = "".join(f"&pick=organisation:{organisation}" for _, organisation in few[:3])
    browser.open_page(page, f"{site}/national/compare?set=any{picks}")
    browser.unfold(page)
    browser.draw_charts(page)
    _, data = saved(page, page.locator("[data-figure=compared-lines]"), kind, tmp_path)
    assert outside(page, data) == []
    labels = page.evaluate(LEADERS)
    assert len(labels) == 4
    for label in labels:
        first, second = label["own"]
        assert first["starts"] == pytest.approx(label["end"], abs=2)
        assert first["ends"] == pytest.approx(second["starts"], abs=2)
        assert second["ends"] == pytest.approx(label["name"], abs=12)
    downwards = sorted(labels, key=lambda label: label["name"][1])
    assert downwards == sorted(downwards, key=lambda label: round(label["end"][1]))


def test_numbered_dots_are_named(page: Page, site: str, tmp_path: Path) -> None:
    browser.open_page(page, f"{site}/national/trends?set=any")
    browser.unfold(page)
    browser.draw_charts(page)
    figure = page.locator("[data-figure=worst-chart]")
    names = figure.locator("ol > li > a").all_inner_texts()
    assert len(names) == 3
    for kind in ("wide svg", "square svg"):
        _, data = saved(page, figure, kind, tmp_path)
        for number, name in enumerate(names, start=1):
            assert f"{number}. {name} is " in words_of(data)
    # A figure that is a list itself is not said again.
    browser.open_page(page, f"{site}/national?set=any")
    browser.unfold(page)
    _, data = saved(page, page.locator("[data-figure=funnel]"), "wide svg", tmp_path)
    assert "1. Expected" not in words_of(data)


def test_words_of_a_heading_stand_on_no_others(page: Page, site: str, tmp_path: Path) -> None:
    browser.open_page(page, f"{site}/national/issues?set=any")
    browser.unfold(page)
    for place in ("mend", "kinds"):
        browser.open_page(page, f"{site}/national/issues?set=any")
        browser.unfold(page)
        _, data = saved(page, page.locator(f"[data-figure={place}]"), "square svg", tmp_path)
        assert outside(page, data) == []
        boxes = page.evaluate(
            """() => [...document.querySelectorAll("text")].map(text => {
              const box = text.getBoundingClientRect();
              return [box.left, box.right, box.top, box.bottom, text.textContent];
            })"""
        )
        over = [
            (one[4], other[4])
            for number, one in enumerate(boxes)
            for other in boxes[:number]
            if min(one[1], other[1]) - max(one[0], other[0]) > 1
            and min(one[3], other[3]) - max(one[2], other[2]) > 6
        ]
        assert over == []


@pytest.mark.parametrize("kind", ["wide svg", "square svg"])
def test_a_table_of_few_rows_is_on_the_slide_as_a_whole(
    page: Page, site: str, tmp_path: Path, kind: str
) -> None:
    browser.open_page(page, f"{site}/national/coverage?set=any")
    browser.unfold(page)
    place = page.locator("[data-figure=by-region]")
    names = place.locator("tbody th").all_inner_texts()
    assert len(names) == 9
    _, data = saved(page, place, kind, tmp_path)
    words = words_of(data)
    assert [name for name in names if name not in words] == []
    assert "First" not in words


def test_the_datasets_of_an_authority_are_a_slide(page: Page, site: str, tmp_path: Path) -> None:
    page.goto(f"{site}/organisations")
    href = page.locator("table tbody th a").first.get_attribute("href")
    browser.open_page(page, f"{site}{href}?view=table")
    browser.unfold(page)
    name, place = page.locator("h1").inner_text(), page.locator("#datasets")
    first = place.locator("tbody th a").first.inner_text()
    file, data = saved(page, place, "square svg", tmp_path)
    assert re.fullmatch(r"datasets-\w+-2026-08-21-square\.svg", file)
    words = words_of(data)
    assert words.startswith(f"{name} – Datasets")
    assert "As at 21 August 2026" in words
    assert first in words
    assert words.endswith(LICENCE)
    assert outside(page, data) == []
    # Cards are no table.
    browser.open_page(page, f"{site}{href}")
    assert page.locator("#datasets [data-slide]").count() == 0


def test_a_figure_of_a_change_says_both_dates(page: Page, site: str) -> None:
    for path, figure, both in (
        ("/national/trends?set=any", "grew-chart", True),
        ("/national/trends?set=any", "worst-chart", False),
        ("/national/changes?set=any", "flow", True),
        ("/national?set=any", "movements", True),
    ):
        browser.open_page(page, site + path)
        slide = page.locator(f"[data-figure={figure}] [data-slide]")
        dates = slide.get_attribute("data-dates") or ""
        assert (" to 21 August 2026" in dates) is both


@pytest.mark.parametrize("number", [0, 1])
def test_charts_of_an_authority_are_slides(
    page: Page, site: str, tmp_path: Path, number: int
) -> None:
    page.goto(f"{site}/organisations")
    href = page.locator("table tbody th a").first.get_attribute("href")
    browser.open_page(page, f"{site}{href}")
    name, drawing = page.locator("#page h1").inner_text(), b""
    browser.unfold(page)
    browser.draw_charts(page)
    figure = page.locator("#history figure").nth(number)
    for kind in ("wide svg", "square png"):
        _, data = saved(page, figure, kind, tmp_path)
        if kind == "square png":
            assert pixels(data)[:2] == SIZES["square"]
            continue
        drawing, words = data, words_of(data)
        assert name in words
        assert "to 21 August 2026" in words
        assert words.endswith(LICENCE)
    assert outside(page, drawing) == []


def test_a_title_may_be_long_strange_and_of_other_scripts(
    page: Page, site: str, tmp_path: Path
) -> None:
    browser.open_page(page, f"{site}/national/coverage?set=any")
    browser.unfold(page)
    title = "Cyngor Ŵyr & <Ynys> “東京都” 🏛 ]]> \u0007 " + "a very long name of a programme " * 6
    place = page.locator("[data-figure=by-region]")
    place.locator("[data-slide]").evaluate("(menu, title) => { menu.dataset.title = title }", title)
    _, data = saved(page, place, "square svg", tmp_path)
    words = words_of(data)
    assert "Cyngor Ŵyr & <Ynys> “東京都” 🏛 ]]>" in words
    texts = [
        (float(text.get("y", 0)), float(text.get("font-size", 0)))
        for text in ElementTree.fromstring(data).findall("{http://www.w3.org/2000/svg}text")
    ]
    lines = sorted(texts)
    assert all(low - high >= size * 0.8 for (high, _), (low, size) in pairwise(lines))
    assert outside(page, data) == []


def test_a_phone_makes_the_same_slide_by_keyboard(page: Page, site: str, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    browser.open_page(page, f"{site}/national/coverage?set=any")
    browser.unfold(page)
    place = page.locator("[data-figure=by-region]")
    place.get_by_role("button", name=re.compile("^16:9 PNG of")).focus()
    with page.expect_download() as started:
        page.keyboard.press("Enter")
    started.value.save_as(tmp_path / "it.png")
    assert pixels((tmp_path / "it.png").read_bytes())[:2] == SIZES["wide"]
    _, data = saved(page, place, "wide svg", tmp_path)
    # As a table, and not in the blocks that a phone shows.
    assert "Region Authorities Provided, of expected" in words_of(data)
    assert browser.overflow(page) == 0


def test_an_address_asks_for_a_picture(page: Page, site: str) -> None:
    with page.expect_download() as started:
        page.goto(f"{site}/national?set=any#picture=national-line")
    assert started.value.suggested_filename.endswith(".png")
    # The reader is led to it, and a page that is loaded again does not save it once more.
    expect(page.locator("#page [data-figure=national-line] .main-svg").first).to_be_in_viewport()
    assert page.url.endswith("/national?set=any")


def test_what_makes_slides_comes_only_when_asked_for(page: Page, site: str, tmp_path: Path) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    browser.open_page(page, f"{site}/national/coverage?set=any")
    browser.unfold(page)
    assert not [url for url in fetched if "slides.js" in url or "redraw.js" in url]
    saved(page, page.locator("[data-figure=map]"), "wide svg", tmp_path)
    saved(page, page.locator("[data-figure=map]"), "wide svg", tmp_path)
    assert len([url for url in fetched if "slides.js" in url]) == 1


def test_without_a_script_no_picture_is_offered(new_context: object, site: str) -> None:
    page = new_context(java_script_enabled=False).new_page()  # type: ignore[operator]
    page.goto(f"{site}/national/coverage?set=any")
    page.locator("[data-figure=map] .tools summary").first.click()
    expect(page.locator("[data-figure=map] [data-slide]")).to_be_hidden()
