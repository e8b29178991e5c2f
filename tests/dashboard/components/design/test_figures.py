"""What Plotly is given to draw."""

from __future__ import annotations

from datetime import date, timedelta

from dashboard.components.design.chart import chart
from dashboard.components.design.figures.coverage import MANY, Line, look, over_time, since_start
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
    line, dots = since_start([("a", long)]).data
    assert (line.mode, list(dots.x)) == ("lines", [MANY - 1])


def test_a_line_of_which_nothing_is_known_is_not_in_the_legend() -> None:
    empty = Line("nothing", ((START, None), (START + timedelta(weeks=1), None)))
    lines = [weekly("a", 3), empty]
    page = to_html(
        chart(
            over_time(lines, (), share=True),
            id="x",
            title="Shares",
            headline="Shares.",
            columns=[],
            rows=[],
            legend=[(line.name, *look(number)) for number, line in enumerate(lines)],
        )
    )
    assert "nothing" not in page
    assert ">a<" in page or " a" in page
