"""Issues of the whole country: types by datasets, which three to fix first, who has one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dash.development.base_component import Component

from dashboard.components.design import drawing, html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.design.figure import Around, figure
from dashboard.components.words import amounts, formatting
from dashboard.components.words.issue_words import issue_words
from performance_store.rows import IssueBase, IssueFix, IssueHolder, IssueSpread

Measure = Literal["provisions", "problems"]
MEASURES: dict[str, str] = {"provisions": "Provisions affected", "problems": "Problems found"}
_ACTS = {"external": "The authority to fix", "internal": amounts.BY_PLATFORM}
_NOT_DECIDED = "Not decided who fixes it"
_SEVERITIES = (*status.SEVERITIES, "debug")
_DEPTHS = 4


@dataclass(frozen=True, slots=True)
class Spread:
    """What the table is made of: types by dataset, what they are counted of, the measure, the
    address that lists who has a type (in a dataset, or None: in any), and that of a dataset."""

    rows: tuple[IssueSpread, ...]
    bases: tuple[IssueBase, ...]
    measure: Measure
    href: Callable[[str, str | None], str]
    dataset_href: Callable[[str], str]


def titles(types: Mapping[str, str | None]) -> dict[str, str]:
    """The title of each type in our words. Where two have the same title, the platform's name tells
    them apart. In: the platform's name of each."""
    names = {key: issue_words(key, name).title for key, name in types.items()}
    repeats = {title for title in names.values() if list(names.values()).count(title) > 1}
    return {key: f"{title} ({key})" if title in repeats else title for key, title in names.items()}


def who_fixes(row: IssueSpread) -> str:
    """Who needs to fix a type of issue, in a sentence; "" where no action is needed."""
    if row.severity not in ("critical", "error", "warning"):
        return ""
    return {
        "external": "The authority needs to fix it.",
        "internal": f"{amounts.BY_PLATFORM}.",
    }.get(row.responsibility, "It has not been decided who needs to fix it.")


def value(row: IssueSpread, measure: Measure) -> int:
    """The number that the table has for a row."""
    return row.provisions if measure == "provisions" else row.problems


def in_order(rows: Sequence[IssueSpread], measure: Measure) -> list[IssueSpread]:
    """Types in all datasets together: the most serious first, of these the most widespread."""
    return sorted(
        (row for row in rows if not row.dataset),
        key=lambda row: (_gravity(row.severity), -value(row, measure), row.issue_type),
    )


def _gravity(severity: str) -> int:
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)


def table(spread: Spread) -> Component:
    """Types by datasets. The deeper the colour of a cell, the higher its number in this table."""
    datasets = [base for base in spread.bases if base.dataset and base.provisions]
    (whole,) = (base for base in spread.bases if not base.dataset)
    cells = {
        (row.issue_type, row.severity, row.responsibility, row.dataset): row for row in spread.rows
    }
    most = max((value(row, spread.measure) for row in spread.rows if row.dataset), default=0)
    names = titles({row.issue_type: row.name for row in spread.rows})
    body: list[list[Children]] = []
    for row in in_order(spread.rows, spread.measure):
        key = (row.issue_type, row.severity, row.responsibility)
        there = [cells.get((*key, base.dataset)) for base in datasets]
        body.append(
            [
                _type_cell(row, names[row.issue_type], spread.href(row.issue_type, None)),
                formatting.number(value(row, spread.measure)),
                formatting.number(row.organisations),
                *(_cell(cell, most, spread) for cell in there),
            ]
        )
    columns = [
        tables.Column("Kind of issue"),
        tables.Column("All datasets", numeric=True),
        tables.Column("Authorities", numeric=True),
        *(
            tables.Column(_high(base.dataset_name), True, href=spread.dataset_href(base.dataset))
            for base in datasets
        ),
    ]
    base_counts = [formatting.number(base.provisions) for base in datasets]
    grid = tables.table(
        f"{MEASURES[spread.measure]} by kind of issue and dataset",
        columns,
        body,
        caption_hidden=True,
        stack=False,
        foot=[
            "Provisions checked",
            formatting.number(whole.provisions),
            formatting.number(whole.organisations),
            *base_counts,
        ],
    )
    return html.Div(grid, className="heat")


def _type_cell(row: IssueSpread, title: str, href: str) -> Component:
    return html.Div(
        [
            text.link(title, href),
            html.Div(
                [
                    status.severity_tag(row.severity),
                    f" {_ACTS.get(row.responsibility, _NOT_DECIDED)}",
                ],
                className="quiet small",
            ),
        ]
    )


def _cell(row: IssueSpread | None, most: int, spread: Spread) -> Children:
    if row is None:
        return html.Span("0", className="quiet")
    words = formatting.number(value(row, spread.measure))
    title = issue_words(row.issue_type, row.name).title
    where = f"in {row.dataset_name}: {title}"
    link = text.link(words, spread.href(row.issue_type, row.dataset), about=where)
    return html.Div(link, className=f"heat-{depth(value(row, spread.measure), most)}")


def depth(count: int, most: int) -> int:
    """How deep a cell is coloured, 1 to 4. By powers: one file can have ten thousand rows, and
    would else be the only cell with a colour."""
    if most < 2:
        return 1
    return min(_DEPTHS, 1 + int(_DEPTHS * math.log(count) / math.log(most)))


def headline(spread: Spread) -> str:
    """The most widespread of the most serious issues, in a sentence."""
    rows = in_order(spread.rows, spread.measure)
    if not rows:
        return "No issues are known here."
    (whole,) = (base for base in spread.bases if not base.dataset)
    names = titles({row.issue_type: row.name for row in spread.rows})
    first = [
        row
        for row in rows
        if _gravity(row.severity) == _gravity(rows[0].severity)
        and value(row, spread.measure) == value(rows[0], spread.measure)
    ]
    provisions = f"{formatting.n_of(rows[0].provisions, whole.provisions)} provisions"
    problems = formatting.plural(rows[0].problems, "problem")
    figure_words = f"{provisions}, {problems}"
    if len(first) > 1:
        figure_words = provisions if spread.measure == "provisions" else problems
    most = formatting.alike([(f"“{names[row.issue_type]}”", figure_words) for row in first])
    verb = "is" if len(first) == 1 else "are"
    return f"Of the most serious issues, the most widespread {verb} {most}."


def fix(
    steps: Sequence[IssueFix], base: IssueBase, href: Callable[[str], str], around: Around
) -> Component:
    """Which three types to fix, and how many provisions become error-free with each step."""
    title = "What to fix first"
    if not base.to_fix:
        return text.section(title, text.paragraph(_nothing_to_fix(base)), id="fix")
    if not steps:
        return text.section(
            title,
            text.paragraph(
                f"{formatting.plural(base.to_fix, 'collected provision')} with errors: each has "
                "more than three kinds, so fixing any three kinds makes none of them error-free."
            ),
            id="fix",
        )
    return text.section(
        title,
        text.paragraph(html.Strong(_promise(steps, base))),
        figure(around, title, _promise(steps, base), _fix_table(steps, base, href), caption=False),
        _fix_working(),
        id="fix",
    )


def _fix_table(steps: Sequence[IssueFix], base: IssueBase, href: Callable[[str], str]) -> Component:
    names = titles({step.issue_type: step.name for step in steps})
    rows: list[list[Children]] = []
    for step in steps:
        words = formatting.n_of(step.together, base.to_fix)
        bar = drawing.small_bar(step.together, base.to_fix, f"{words} error-free")
        rows.append(
            [
                text.link(names[step.issue_type], href(step.issue_type)),
                formatting.number(step.provisions),
                formatting.number(step.alone),
                formatting.change(step.more),
                html.Div([html.Div(words), bar], className="bar-cell"),
            ]
        )
    return tables.table(
        "Kinds of issue to fix, in order",
        [
            tables.Column("Fix"),
            tables.Column("Provisions with it", numeric=True),
            tables.Column("With no other error", numeric=True),
            tables.Column("Become error-free", numeric=True),
            tables.Column("Together"),
        ],
        rows,
        caption_hidden=True,
    )


def _nothing_to_fix(base: IssueBase) -> str:
    if not base.collected:
        return "Nothing is collected here, so there is nothing to fix first."
    provisions = formatting.plural(base.collected, "collected provision")
    return f"No errors are left for authorities to fix: {provisions} checked."


def _promise(steps: Sequence[IssueFix], base: IssueBase) -> str:
    """ "Fix these three and 40 of the 52 provisions with errors become error-free."."""
    count = {1: "this one kind", 2: "these two kinds"}.get(len(steps), "these three kinds")
    together = steps[-1].together
    verb = "becomes" if together == 1 else "become"
    return (
        f"Fix {count} of issue, and {formatting.n_of(together, base.to_fix)} provisions "
        f"with errors {verb} error-free."
    )


def _fix_working() -> Component:
    return text.working(
        text.bullets(
            [
                "We tried every combination of three kinds of issue. No other three make more "
                "provisions error-free. Where fewer kinds do the same, we show fewer.",
                "We count only provisions that are collected now, and only errors and critical "
                "issues that the authority needs to fix.",
                "A provision becomes error-free when all its errors are of the kinds fixed. One "
                "with any other error stays as it is.",
                "The first kind is the one that helps most by itself. Each kind after it is the "
                "one that adds most.",
            ]
        ),
        about="what to fix first",
    )


def holders(
    rows: Sequence[IssueHolder],
    order: str,
    sort_href: Callable[[str], str],
    href: Callable[[IssueHolder, str], str],
) -> Component:
    """Provisions that have one type, of one page. In: their order, the address that sorts them by
    something else, and that of an issue's page for a field."""
    columns = [
        _sortable("Authority", "authority", order, sort_href),
        _sortable("Dataset", "dataset", order, sort_href),
        tables.Column("Field"),
        _sortable("Problems", "problems", order, sort_href, numeric=True),
    ]
    body: list[list[Children]] = []
    for row in rows:
        last = html.Div("from the last good data", className="quiet small")
        body.append(
            [
                text.link(
                    row.organisation_name or row.organisation,
                    href(row, row.fields[0]),
                    about=row.dataset_name,
                ),
                _high(row.dataset_name),
                _fields(row, href),
                [formatting.number(row.problems), last if row.of_last_good else None],
            ]
        )
    return tables.table("Authorities with this issue", columns, body, caption_hidden=True)


def _sortable(
    label: str,
    key: str,
    order: str,
    sort_href: Callable[[str], str],
    *,
    numeric: bool = False,
) -> tables.Column:
    present: tables.Order = "descending" if key == "problems" else "ascending"
    return tables.Column(label, numeric, sort_href(key), present if key == order else None)


def _fields(row: IssueHolder, href: Callable[[IssueHolder, str], str]) -> Children:
    pieces: list[Children] = []
    for field in row.fields:
        words = text.code(field) if field else html.Span("whole row", className="quiet")
        if pieces:
            pieces.append(", ")
        alone = len(row.fields) == 1
        pieces.append(words if alone else text.link(words, href(row, field)))
    return pieces


def _high(name: str) -> str:
    return name[:1].upper() + name[1:]
