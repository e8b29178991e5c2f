"""The datasets of an overview on its page: cards or a table, the filters, the datasets and their
files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html, slide
from dashboard.components.provider import holdings
from dashboard.components.words import formatting, wording
from dashboard.pages.provider import dataset_list
from dashboard.pages.provider.dataset_list import Filters
from dashboard.pages.provider.subject import Subject
from dashboard.urls import addresses, links
from performance_store.rows import DatasetStatus


@dataclass(frozen=True, slots=True)
class Above:
    """What stands above the datasets: their status as one bar, and how it is worked out."""

    bar: Component | None = None
    working: Component | None = None


@dataclass(frozen=True, slots=True)
class _View:
    """What the parts need: `rows` are all datasets, `matches` those that match the filters."""

    subject: Subject
    filters: Filters
    rows: tuple[DatasetStatus, ...]
    matches: tuple[DatasetStatus, ...]
    past: holdings.Past

    @property
    def curie(self) -> str:
        return self.subject.curie

    def href(self, row: DatasetStatus) -> str:
        return dataset_list.of_dataset(self.subject, row)

    def here(self, **changes: Any) -> str:
        """This page, with some filters changed; it opens where the datasets begin."""
        path = addresses.organisation(self.curie)
        return f"{links.address(path, self.filters, **changes)}#results"


def datasets(
    subject: Subject,
    filters: Filters,
    rows: tuple[DatasetStatus, ...],
    past: holdings.Past,
    above: Above,
) -> Component | None:
    """An organisation's datasets that match, as cards or a table; None when it has no datasets."""
    every = dataset_list.relevant(rows)
    if not every:
        return None
    view = _View(subject, filters, every, dataset_list.matching(rows, filters), past)
    return ui.section(
        "Datasets",
        above.bar,
        ui.controls(_views(view), *_files(view), above.working),
        _form(view),
        _result_line(len(view.matches), len(every)),
        *(_results(view) if view.matches else [_nothing(view)]),
        id="datasets",
    )


def _views(view: _View) -> Component:
    choices = {key: (words, view.here(view=key)) for key, words in dataset_list.VIEWS.items()}
    return ui.switch(choices, view.filters.view, "How datasets are shown")


def _results(view: _View) -> list[Component | None]:
    results = [_table(view)] if view.filters.view == "table" else _groups(view)
    return [*results, view.past.caption(view.matches)]


def _nothing(view: _View) -> Component:
    clear = ("Show all datasets", view.here(status=None, obligation=None))
    return ui.empty_state("No dataset matches these filters", clear=clear, level=3)


def _result_line(count: int, total: int) -> Component:
    words = f"Showing all {total}" if count == total else f"Showing {count} of {total}"
    if count == total == 1:
        words = "Showing 1"
    noun = "dataset" if total == 1 else "datasets"
    return html.P(f"{words} {noun}", id="results", className="results", tabIndex="-1")


_TABLE = "datasets-table"
# Fields of the address that take no dataset away.
_NO_FILTERS = ("sort", "order", "view", "since", "as_at")


def _form(view: _View) -> Component:
    filters, rows = view.filters, view.rows
    present = {row.status for row in rows}
    statuses = [(key, word.label) for key, word in ui.STATUSES.items() if key in present]
    present = {wording.obligation_of(row).id for row in rows}
    groups = [(key, words) for key, words in dataset_list.OBLIGATIONS.items() if key in present]
    sorts = list(dataset_list.SORTS.items())
    return ui.filter_form(
        f"{addresses.organisation(view.curie)}#results",
        ui.select("status", "Status", statuses, filters.status),
        ui.select("obligation", "Obligation", groups, filters.obligation),
        ui.select("sort", "Sort by", sorts, filters.sort, any_label=None),
        filter_count=links.filter_count(filters, ignore=_NO_FILTERS),
        clear_href=view.here(status=None, obligation=None),
        keep=links.form_values(filters, "since", "as_at", "view"),
        apply_label="Show",
        title="Filter and sort",
    )


def _table(view: _View) -> Component:
    filters = view.filters
    columns = []
    for sort, label, numeric in holdings.columns(view.matches):
        here = filters.sort == sort
        is_usual = here and filters.order == "usual"
        upwards = (sort in ("name", "urgency")) == (filters.order == "usual")
        href = view.here(sort=sort, order="reversed" if is_usual else "usual") if sort else None
        order: Any = ("ascending" if upwards else "descending") if here else None
        columns.append(ui.Column(label, numeric=numeric, sort_href=href, order=order))
    day = view.subject.snapshot.as_at
    as_at = formatting.day(day)
    rows = holdings.table(f"Datasets on {as_at}", columns, view.matches, day, view.past, view.href)
    return html.Div(rows, id=_TABLE)


def _groups(view: _View) -> list[Component]:
    sections = []
    for group in (*wording.OBLIGATIONS, wording.ALSO):
        matches = [row for row in view.matches if wording.obligation_of(row) == group]
        if not matches:
            continue
        count = ""
        if group is not wording.ALSO:
            group_rows = [row for row in view.rows if wording.obligation_of(row) == group]
            provided = sum(1 for row in group_rows if row.endpoint_count)
            count = f"{formatting.n_of(provided, len(group_rows))} provided. "
        sections.append(
            ui.section(
                group.title,
                ui.paragraph(f"{count}{group.meaning}"),
                *holdings.cards(matches, view.subject.snapshot.as_at, view.past, view.href),
                id=group.id,
                level=3,
            )
        )
    return sections


def _files(view: _View) -> list[Component]:
    """The same datasets as files; none where no dataset matches."""
    count = len(view.matches)
    if not count:
        return []
    what = "this dataset" if count == 1 else f"these {count} datasets"
    csv, xlsx = (
        links.address(
            addresses.datasets_file(view.curie, form),
            view.filters,
            view="cards",
            as_at=view.subject.filters.as_at,
        )
        for form in ("csv", "xlsx")
    )
    columns = ui.details(
        "What the columns of these files mean",
        ui.summary_list(list(dataset_list.COLUMNS.items())),
        on_paper=False,
    )
    files = [ui.download_link("CSV", csv), ui.download_link("XLSX", xlsx)]
    return [ui.menu([*files, *_picture(view, what), columns], about=what)]


def _picture(view: _View, what: str) -> list[Component]:
    """The list as a picture for a slide, where it is a table."""
    if view.filters.view != "table":
        return []
    picture = replace(view.subject.slide("datasets", on=view.subject.snapshot.as_at), part=_TABLE)
    title = "Datasets" if len(view.matches) == len(view.rows) else "Datasets that match the filters"
    return [slide.choices(picture, title, what), ui.announcement()]
