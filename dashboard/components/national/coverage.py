"""Coverage in the text: the funnel of stages, and n of N by a dimension with its change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from dash.development.base_component import Component

from dashboard.components.common import explain
from dashboard.components.design import drawing, html, tables, text
from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around, figure
from dashboard.components.national import movement
from dashboard.components.national.movement import Moves
from dashboard.components.words import formatting
from dashboard.urls import addresses
from performance_store.rows import Coverage, CoveragePoint

# Field of the row, what the stage is called, its measure, what a snapshot must know for it, and
# what is said of those that fall out before it (one; several).
STAGES = (
    ("expected", "Expected", "expected", None, ("", "")),
    ("endpoint", "Provided", "coverage", None, ("has no endpoint", "have no endpoint")),
    ("reachable", "Reachable", "reachable", "logs", ("cannot be reached", "cannot be reached")),
    ("collected", "Collected", "collected", "logs", ("failed at the last attempt",) * 2),
    (
        "error_free",
        "Error-free",
        "error_free",
        "issues",
        ("has errors to fix", "have errors to fix"),
    ),
    (
        "conformant",
        "Conformant",
        "conformant",
        "fields",
        ("supplies too few fields", "supply too few fields"),
    ),
)
MIN_AUTHORITIES = 5
"""No percentage over fewer authorities than this."""
_POINTS = 40


def share(count: int, total: int, authorities: int) -> str:
    """n of N, with its percentage unless that would speak of too few."""
    if authorities < MIN_AUTHORITIES:
        return formatting.n_of(count, total)
    return formatting.share(count, total)


def stages_of(knows: Sequence[str]) -> list[tuple[str, str, str, tuple[str, str]]]:
    """Stages that a snapshot can tell, as (field, name, measure, what falls out before it).

    It ends at the first one that it cannot: each stands on those before it.
    """
    stages = []
    for field, name, measure, needs, loss in STAGES:
        if needs is not None and needs not in knows:
            break
        stages.append((field, name, measure, loss))
    return stages


def stages_headline(total: Coverage, knows: Sequence[str]) -> str:
    """How many pass each stage, in a sentence."""
    counts = [
        f"{formatting.number(getattr(total, field))} are {name.lower()}"
        for field, name, *_ in stages_of(knows)[1:]
    ]
    expected = formatting.plural(total.expected, "provision is", "provisions are")
    return f"{expected} expected; of these {formatting.list_of(counts)}."


def funnel(
    total: Coverage,
    knows: Sequence[str],
    around: Callable[[str, str], Around] | None = None,
    *,
    is_folded: bool = False,
) -> Component:
    """Nested stages as a list with bars. In: the whole set, what its snapshot knows, and what
    stands around a figure, by its id and what its rows are called. `is_folded`: its heading says
    how many got to its end."""
    stages = stages_of(knows)
    items = []
    before: int | None = None
    for field, name, measure, loss in stages:
        value: int = getattr(total, field)
        words = formatting.n_of(value, total.expected)
        note: Children = "everything that is expected in this set"
        if before is not None:
            note = f"{share(value, before, total.organisations)} of the stage before"
            if before > value:
                note += f"; {formatting.number(before - value)} {loss[before - value != 1]}"
        items.append(
            html.Li(
                [
                    html.Strong(text.link(name, addresses.term("figure", measure))),
                    " ",
                    html.Strong(formatting.number(value), className="funnel-count"),
                    " ",
                    drawing.small_bar(value, total.expected, f"{name}: {words} expected"),
                    html.Span(note, className="funnel-note"),
                ],
                className="funnel-step",
            )
        )
        before = value
    missing = [name for _, name, *_ in STAGES[len(stages) :]]
    parts = [
        text.paragraph(
            "A provision is a dataset that an authority supplies or is expected to supply. "
            "Each stage counts only the provisions that passed the stage before."
        ),
        _unknown_stages(missing),
        _funnel_figure(html.Ol(items, className="funnel"), total, knows, around),
    ]
    title = "From expected to conformant"
    if not is_folded:
        return text.section(title, *parts, id="funnel")
    field, name, *_ = stages[-1]
    reached = formatting.n_of(getattr(total, field), total.expected)
    return text.fold(f"{title}: {reached} {name.lower()}", *parts, id="funnel")


def _funnel_figure(
    steps: Component,
    total: Coverage,
    knows: Sequence[str],
    around: Callable[[str, str], Around] | None,
) -> Component:
    if around is None:
        return steps
    working = explain.explain(*(measure for _, _, measure, _ in stages_of(knows)))
    surrounds = around("funnel", "the stages from expected to conformant")
    return figure(
        replace(surrounds, working=working),
        "From expected to conformant",
        stages_headline(total, knows),
        steps,
        caption=False,
    )


def _unknown_stages(names: Sequence[str]) -> Component | None:
    if not names:
        return None
    words = formatting.list_of([name.lower() for name in names], joiner="or")
    return text.paragraph(
        f"We do not know how many are {words}: these figures do not include that information.",
        quiet=True,
    )


def _columns(
    what: str, authorities: bool, since: date | None, knows: Sequence[str], has_past: bool
) -> list[tables.Column]:
    columns = [tables.Column(what), tables.Column("Provided")]
    if authorities:
        columns.append(tables.Column("Authorities providing something", short="Authorities"))
    if since is not None:
        change = f"Change since {formatting.short_day(since)}"
        columns.append(tables.Column(change, short="Change"))
    columns += [tables.Column(name, numeric=True) for _, name in _extra_stages(knows)]
    return [*columns, tables.Column("Over time")] if has_past else columns


def by(
    what: str,
    rows: Sequence[Coverage],
    *,
    moves: Moves,
    since: date | None,
    knows: Sequence[str],
    history: Mapping[str, Sequence[CoveragePoint]] | None = None,
    around: Callable[[str, str], Around],
    href: Callable[[str], str] | None = None,
    authorities: bool = True,
) -> Component | None:
    """Coverage by one dimension, the fullest first, nobody's region or cohort last.

    In: what a row is called; the rows; how they came from the comparison, and its date; what the
    snapshot knows; what stands around a figure, by its id and what its rows are called; the line of
    each dataset, if rows are datasets (others are folded up); the address of a dataset. Without
    `authorities` they are not counted beside provisions: of a single dataset they are as many.
    """
    if not rows:
        return None
    authorities = authorities and history is None
    has_past = history is not None and any(len(points) > 1 for points in history.values())
    columns = _columns(what, authorities, since, knows, has_past)
    body = []
    for row in sorted(rows, key=fullest):
        name: Children = name_of(what, row)
        cells: list[Children] = [text.link(name, href(row.dataset)) if href else name, bar(row)]
        if authorities:
            cells.append(formatting.n_of(row.organisations_some, row.organisations))
        if since is not None:
            cells.append(change(row, moves))
        cells += [formatting.number(getattr(row, field)) for field, _ in _extra_stages(knows)]
        if has_past and history is not None:
            cells.append(line(row, history.get(row.dataset, ())))
        body.append(cells)
    title = f"By {what.lower()}"
    table = tables.table(f"Provisions {title.lower()}", columns, body, caption_hidden=True)
    surrounds = around(what.lower(), f"coverage {title.lower()}")
    measures = ("coverage", *(("authorities_some",) if authorities else ()))
    working = explain.explain(*measures, *(field for field, _ in _extra_stages(knows)))
    headline, name = spread_headline(what, rows), f"Provided, {title.lower()}"
    whole = figure(replace(surrounds, working=working), name, headline, table, caption=False)
    if history is not None:
        return text.section(title, whole, id=what.lower())
    # Of what is folded up the heading says what is asked first: who is behind.
    lowest = least(what, rows)
    return text.fold(f"{title}: lowest {lowest}" if lowest else title, whole, id=what.lower())


def spread_headline(what: str, rows: Sequence[Coverage]) -> str:
    """Where most is provided and where least, in a sentence."""
    most, lowest = _spread(what, rows)
    where = "for" if what == "Dataset" else "in"
    more = f"; lowest {where} {lowest}" if lowest else ""
    return f"Coverage is highest {where} {most}{more} expected provisions."


def least(what: str, rows: Sequence[Coverage]) -> str:
    """Where least is provided, and how much; "" where all provide alike."""
    return _spread(what, rows)[1]


def _spread(what: str, rows: Sequence[Coverage]) -> tuple[str, str]:
    """Where most is provided, in words, and where least."""
    ranking = [row for row in sorted(rows, key=fullest) if row.value != "none"] or list(rows)
    words = [
        (_part(row), name_of(what, row), share(row.endpoint, row.expected, row.organisations))
        for row in ranking
    ]
    return ends(words)


def ends(ranking: Sequence[tuple[float, str, str]]) -> tuple[str, str]:
    """The first of a ranking in words and the last, each with all that are equal to it; "" for the
    last where all are equal. In: the value, the name and the figure of each, in order."""
    first, last = ranking[0][0], ranking[-1][0]
    most = formatting.alike([(name, figure) for value, name, figure in ranking if value == first])
    least = formatting.alike([(name, figure) for value, name, figure in ranking if value == last])
    return most, "" if first == last else least


def _part(row: Coverage) -> float:
    return row.endpoint / row.expected if row.expected else 0.0


def change(row: Coverage, moves: Moves) -> str:
    """ "+6 (authorities +2, joined +4)", and who was counted then if that has changed; "new" where
    there was nobody."""
    expected = moves.get(("expected", row.value, row.dataset))
    if expected is None or not expected.before:
        return "new"
    provided = moves.get(("endpoint", row.value, row.dataset))
    words = movement.change(provided)
    if expected.change:
        was = formatting.n_of(provided.before if provided else 0, expected.before)
        words += f"; was {was}"
    return words


def _extra_stages(knows: Sequence[str]) -> list[tuple[str, str]]:
    fields = {field for field, *_ in stages_of(knows)}
    return [
        (field, name)
        for field, name in (("reachable", "Reachable"), ("error_free", "Error-free"))
        if field in fields
    ]


def fullest(row: Coverage) -> tuple[bool, float, str]:
    """The key that sorts the fullest first, nobody's region or cohort last."""
    return row.value == "none", -_part(row), row.label


def name_of(what: str, row: Coverage) -> str:
    """How a row is called in a table of datasets, regions or cohorts."""
    if row.value == "none" and what == "Cohort":
        return "Not in a cohort"
    label = row.label
    return label[:1].upper() + label[1:] if what == "Dataset" else label


def bar(row: Coverage) -> Component:
    """n of N with its share, and as a bar."""
    words = share(row.endpoint, row.expected, row.organisations)
    picture = drawing.small_bar(row.endpoint, row.expected, words)
    return html.Div([html.Div(words), picture], className="bar-cell")


def line(row: Coverage, points: Sequence[CoveragePoint]) -> Component:
    """How many provisions of a dataset were provided through time, as a small line."""
    values = sample([float(point.endpoint) for point in points])
    label = f"{row.label}: {formatting.number(row.endpoint)} provided"
    if len(points) > 1:
        first = points[0]
        label += f", {formatting.number(first.endpoint)} on {formatting.day(first.as_at)}"
    return drawing.sparkline(values, label)


def sample(values: Sequence[float]) -> list[float]:
    """At most 40 of the values, evenly chosen, the last one among them: a drawing two
    centimetres wide shows no more."""
    if len(values) <= _POINTS:
        return list(values)
    last = len(values) - 1
    return [values[round(number * last / (_POINTS - 1))] for number in range(_POINTS)]
