"""Components say what they show, to everybody."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard import colours
from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.design.chart import CONFIG, chart
from dashboard.components.design.near import Near
from dashboard.web.prerender import find_first, text_of, to_html, walk
from performance_store.definitions import vocabulary

CSS = (Path(__file__).parents[4] / "assets" / "planning.css").read_text()
COLUMNS = [
    ui.Column("Dataset", sort_href="?sort=name", order="ascending"),
    ui.Column("Rows", True),
]


def test_the_style_sheet_stays_small() -> None:
    assert len(CSS.encode()) < 34 * 1024


def test_the_style_sheet_asks_nobody_else() -> None:
    assert not re.findall(r"url\((?!\"data:image/svg)|@import|https?://(?!www\.w3\.org)", CSS)


def test_colours_of_a_name_are_those_of_the_style_sheet() -> None:
    single = {name.lower(): colour for name, colour in vars(colours).items() if name.isupper()}
    variables = {name: colour for name, colour in single.items() if isinstance(colour, str)}
    assert {"ink", "paper", "deep"} <= set(variables)
    for name in ("grid", "land"):  # in drawings only
        assert f"--{name}" not in CSS
        del variables[name]
    for name, colour in (variables | colours.TONES).items():
        assert re.findall(rf"--{name}: ([^;]+);", CSS) == [colour], name


def test_every_status_has_words_a_tone_and_a_colour() -> None:
    assert set(ui.STATUSES) == set(vocabulary.STATUSES)
    for status, word in ui.STATUSES.items():
        assert word.tone in colours.TONES
        assert text_of(ui.status_tag(status)) == word.label
    assert len({word.tone for word in ui.STATUSES.values()}) == len(ui.STATUSES)


def test_every_tone_has_its_own_symbol() -> None:
    tones = set(colours.TONES) - {"none"}  # "none" has the plain ring every tag begins with
    shapes = {re.search(rf"\.tag-{tone} {{[^}}]*(--shape: [^;]*)", CSS).group(1) for tone in tones}  # type: ignore[union-attr]
    assert len(shapes) == len(tones)


def test_a_state_never_seen_is_shown_as_it_is() -> None:
    assert to_html(ui.severity_tag("very_bad")) == '<span class="tag tag-unknown">Very bad</span>'
    assert text_of(ui.status_tag(None)) == "Not known"


def test_a_table_has_caption_scopes_and_order() -> None:
    table = to_html(ui.table("Datasets", COLUMNS, [["Tree", "1,204"], ["Wood", None]]))
    assert '<caption class="table-caption">Datasets</caption>' in table
    assert table.count('scope="col"') == 2
    assert table.count('scope="row"') == 2
    assert 'aria-sort="ascending"' in table
    assert '<td class="numeric" role="cell" data-label="Rows">' in table
    assert "not known" in table


def test_a_row_must_fit_its_table() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells in a table of 2 columns"):
        ui.table("Datasets", COLUMNS, [["Tree"]])


def test_a_scrolled_table_can_be_reached_by_keyboard() -> None:
    table = to_html(ui.table("Datasets", COLUMNS, [], stack=False))
    assert table.startswith('<div class="table-scroll"')
    assert 'tabindex="0"' in table
    assert 'aria-label="Datasets"' in table


@pytest.mark.parametrize(
    ("page", "pages", "words"),
    [
        (1, 2, "Page 1 Page 2 Next"),
        (5, 20, "Previous Page 1 … Page 4 Page 5 Page 6 … Page 20 Next"),
        (20, 20, "Previous Page 1 … Page 19 Page 20"),
    ],
)
def test_pages_are_linked(page: int, pages: int, words: str) -> None:
    pages = ui.pagination(page, pages, lambda number: f"?page={number}")
    assert text_of(pages) == words
    assert to_html(pages).count('aria-current="page"') == 1


def test_one_page_needs_no_links() -> None:
    assert ui.pagination(1, 1, str) is None


@pytest.mark.parametrize(
    ("first", "last", "total", "words"),
    [
        (1, 50, 311, "Showing 1 to 50 of 311 authorities"),
        (1, 3, 3, "Showing all 3 authorities"),
        (1, 1, 1, "1 authority found"),
        (0, 0, 0, "No authorities match"),
    ],
)
def test_results_are_counted_in_words(first: int, last: int, total: int, words: str) -> None:
    assert text_of(ui.result_line(first, last, total, "authority", "authorities")) == words


def test_controls_have_labels() -> None:
    form = ui.filter_form(
        "/x",
        ui.select("region", "Region", [("n", "North")], "n"),
        ui.date_input("since", "Since", None, hint="A day"),
        ui.text_input("q", "Words", "a", suggestions=("a", "b")),
        ui.checkboxes("status", "Status", [("live", "Live"), ("error", "Error")], ("live",)),
        keep={"sort": "name"},
        filter_count=2,
        clear_href="/x",
    )
    form = to_html(form)
    labels = set(re.findall(r'<label [^>]*for="([^"]+)"', form))
    controls = set(re.findall(r'<(?:input|select)[^>]* id="([^"]+)"', form))
    assert controls == labels
    assert form.count("checked") == 1
    assert '<option selected="selected" value="n">North</option>' in form
    assert '<input type="hidden" name="sort" value="name">' in form
    assert "Filters (2 applied)" in form
    assert 'aria-describedby="field-since-hint"' in form


def test_drawings_have_names() -> None:
    drawings = (
        ui.sparkline([1, None, 3], "From 1 to 3"),
        ui.sparkline([2], "2 once"),
        ui.sparkline([0, 0], "Always 0"),
        ui.tone_strip(["good", None, "bad"], "Mostly live"),
        ui.small_bar(6, 8, "6 of 8"),
        ui.small_bar(None, None, "not known"),
        ui.stacked_bar([("Live", 6, "good"), ("None", 0, "none")], "6 live"),
    )
    for drawing in drawings:
        markup = to_html(drawing)
        assert 'role="img"' in markup
        assert re.search(r'aria-label="[^"]+"', markup)
        assert "nan" not in markup


def test_no_history_is_said_in_words() -> None:
    assert text_of(ui.sparkline([None, None], "x")) == "no history yet"


def test_a_strip_draws_runs_not_days() -> None:
    markup = to_html(ui.tone_strip(["good"] * 300 + ["bad"] * 65, "A year"))
    assert markup.count("<rect") == 2


def a_chart(plot: go.Figure) -> Any:
    return chart(
        plot,
        id="c",
        title="Trees",
        headline="Trees doubled.",
        columns=COLUMNS,
        rows=[["Tree", "2"]],
        csv_href="/trees.csv",
    )


def test_a_chart_comes_with_headline_table_and_file() -> None:
    figure = a_chart(go.Figure(go.Bar(x=[1], y=[2])))
    html_text = to_html(figure)
    assert "Loading the chart" in html_text
    assert "<table" in html_text
    assert 'href="/trees.csv"' in html_text
    graph = next(item for item in walk(figure) if isinstance(item, Near))
    assert graph.config == CONFIG
    assert graph.config["displayModeBar"] is False
    assert graph.config["plotlyServerURL"] == ""


def test_no_chart_calls_foreign_hosts() -> None:
    with pytest.raises(ValueError, match="no chart of type choropleth"):
        a_chart(go.Figure(go.Choropleth()))


def test_headings_can_be_focused_once() -> None:
    assert find_first(ui.heading("x"), html.H1).tabIndex == "-1"  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="levels 1 to 4"):
        ui.heading("x", 5)
