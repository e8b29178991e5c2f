"""What Plotly is given to draw."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest

from dashboard.components.design.figures.lines import (
    MANY,
    Line,
    look,
    over_time,
    scale_of,
    since_start,
    spread,
)
from dashboard.components.design.figures.theme import with_look
from dashboard.components.design.multiples import Multiples, multiples
from dashboard.web.prerender import to_html

START = date(2024, 1, 5)


def weekly(name: str, count: int, last: float | None = 9) -> Line:
    values = [*range(count - 1), last]
    days = [START + timedelta(weeks=week) for week in range(count)]
    return Line(name, tuple(zip(days, values, strict=True)))


def test_a_short_line_shows_each_of_its_points() -> None:
    (line,) = over_time([weekly("a", MANY - 1)], (), share=False).data
    assert line.mode == "lines+markers"


def test_long_lines_are_dotted_at_their_newest_values_alone() -> None:
    lines = [weekly("a", MANY), weekly("b", 2), weekly("c", 104, 7)]
    *plot, dots = over_time(lines, (), share=False).data
    assert [(line.name, line.mode) for line in plot] == [
        ("a", "lines"),
        ("b", "lines+markers"),
        ("c", "lines"),
    ]
    assert list(zip(dots.x, dots.y, dots.marker.color, strict=True)) == [
        (lines[0].points[-1][0], 9, look(0)[0]),
        (lines[2].points[-1][0], 7, look(2)[0]),
    ]
    assert (dots.mode, dots.hoverinfo) == ("markers", "skip")


def test_lines_that_begin_together_are_dotted_likewise() -> None:
    long = [(float(month), 50.0) for month in range(MANY)]
    line, dots = since_start([Line("a", tuple(long))]).data
    assert (line.mode, list(dots.x)) == ("lines", [MANY - 1])


def test_each_line_is_named_at_its_end_with_its_newest_value() -> None:
    empty = Line("nothing", ((START, None), (START + timedelta(weeks=1), None)))
    plot = over_time([weekly("a", 3), empty], (), share=True)
    (label,) = plot.layout.annotations
    assert label.text.endswith("a 9%")
    assert plot.layout.showlegend is False
    assert with_look(plot).layout.template.layout.hovermode == "x unified"


def test_nothing_stands_after_the_newest_date_that_is_known() -> None:
    plot = over_time([weekly("a", 104, None)], (), share=False)
    first, last = plot.layout.xaxis.range
    newest = START + timedelta(weeks=102)
    assert first == START
    assert newest < last < newest + timedelta(days=10)


@pytest.mark.parametrize(
    "labels",
    [
        [(50.0, 20.0)] * 6,
        [(0.0, 40.0), (2.0, 40.0), (270.0, 60.0), (271.0, 22.0)],
        [(10.0, 22.0), (30.0, 22.0), (40.0, 54.0), (200.0, 22.0)],
    ],
)
def test_no_label_stands_on_another(labels: list[tuple[float, float]]) -> None:
    places = spread(labels, 270)
    edges = [
        (place - height / 2, place + height / 2)
        for place, (_, height) in zip(places, labels, strict=True)
    ]
    assert all(below[1] <= above[0] + 1e-6 for below, above in pairwise(edges))
    assert edges[0][0] >= 0
    assert edges[-1][1] <= 270


def test_labels_that_have_room_stay_where_their_lines_end() -> None:
    assert spread([(20, 22), (120, 22), (240, 54)], 270) == [20, 120, 240]


def test_names_that_are_pushed_away_are_led_to_from_the_ends_of_their_lines() -> None:
    ends = {"Ash": 21, "Oak": 19, "Elm": 20, "Yew": 60}
    plot = over_time([weekly(name, 3, end) for name, end in ends.items()], (), share=True)
    names = [label.text.split("</span> ")[1].split()[0] for label in plot.layout.annotations]
    assert names == ["Oak", "Elm", "Ash", "Yew"]
    to_edge, to_name = plot.layout.shapes[::2], plot.layout.shapes[1::2]
    for name, label, first, second in zip(
        names, plot.layout.annotations, to_edge, to_name, strict=True
    ):
        assert first.x0 == START + timedelta(weeks=2)
        assert {first.y0, first.y1, second.yanchor, label.y} == {ends[name]}
        # From there in pixels, to a name of one row.
        assert (second.y0, second.y1, second.x1) == (0, label.yshift, label.xshift)
        assert second.line.color == first.line.color in label.text
    assert [label.yshift for label in plot.layout.annotations] == [-17.5, 0, 17.5, -11]


def test_names_that_stand_at_the_ends_of_their_lines_are_not_led_to() -> None:
    plot = over_time([weekly("a", 3, 20), weekly("b", 3, 60)], (), share=True)
    # At the very top one stands as far below as it is high, and still beside its line.
    assert [label.yshift for label in plot.layout.annotations] == [0, -11]
    assert not plot.layout.shapes


@pytest.mark.parametrize(
    ("values", "share", "from_zero", "low", "high", "is_cut"),
    [
        ((400, 430), False, False, 390, 430, True),
        ((400, 430), False, True, 0, 500, True),
        ((10, 430), False, False, 0, 500, False),
        ((96.5, 99.8), True, False, 96, 100, True),
        ((3, 3), False, False, 2, 3, True),
        ((0, 0), True, False, 0, 1, False),
        ((), False, False, 0, 1, False),
    ],
)
def test_the_scale_shows_the_change_or_starts_at_zero(
    values: tuple[float, ...],
    share: bool,
    from_zero: bool,
    low: float,
    high: float,
    is_cut: bool,
) -> None:
    points = tuple((START + timedelta(days=day), value) for day, value in enumerate(values))
    scale = scale_of([Line("a", points)], share=share, from_zero=from_zero)
    assert (scale.low, scale.high) == (low, high)
    whole = scale_of([Line("a", points)], share=share, from_zero=False)
    assert whole.is_cut is is_cut
    assert scale.ticks[0] == scale.low
    assert scale.ticks[-1] == pytest.approx(scale.high)
    assert len(scale.ticks) <= 6


def test_a_small_chart_says_no_change_over_what_is_not_known() -> None:
    days = [START + timedelta(weeks=number) for number in range(5)]
    broken = Line("a", tuple(zip(days, (10.0, 20.0, None, 50.0, 60.0), strict=True)))
    still = Line("b", ((days[0], 30.0), (days[4], 30.0)))
    alone = Line("c", ((days[3], None), (days[4], 40.0)))
    numbers = Line("d", ((days[0], 25.0), (days[4], 50.0)), words=("1 of 4", "2 of 4"))
    lines = [broken, still, alone, numbers]
    scale = scale_of(lines, share=True, from_zero=True)
    parts = Multiples(id="x", lines=lines, scale=scale, share=True, label="All.", hrefs={})
    values = re.findall(r'multiple-value">([^<]+)', to_html(multiples(parts)))
    assert values == ["60%, from 50%", "30%, as at first", "40%", "2 of 4 (50%), from 25%"]


def test_small_charts_have_the_same_axes_and_say_their_ends() -> None:
    lines = [weekly("a", 5), weekly("b", 5, None), Line("c", ((START, None),))]
    page = to_html(
        multiples(
            Multiples(
                id="x",
                lines=lines,
                scale=scale_of(lines, share=True, from_zero=True),
                share=True,
                label="All.",
                hrefs={"a": "/national/trends?dataset=a"},
            )
        )
    )
    assert page.count('class="multiple"') == 3
    assert page.count(">10%</text>") == 3
    assert 'aria-label="a: 0% (5 Jan 2024), 9% (2 Feb 2024)."' in page
    assert 'aria-label="c: not known."' in page
    # How each changed can be seen without pointing at it.
    assert page.count('multiple-value">9%, from 0%<') == 1
    assert page.count('class="multiple-dot"') == 4
    assert page.count('href="/national/trends?dataset=a"') == 1
    assert 'data-values="[0,1,2,3,null]"' in page
