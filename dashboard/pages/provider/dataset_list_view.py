"""The datasets of an overview as they are drawn: the choice of cards or table, the filters, the
datasets themselves, the files of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.provider import holdings
from dashboard.components.words import formatting, wording
from dashboard.pages.provider import dataset_list
from dashboard.pages.provider.dataset_list import Filters
from dashboard.pages.provider.subject import Standing
from dashboard.urls import addresses, links
from performance_store.rows import DatasetStatus


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the parts are drawn from: `rows` are all datasets, `chosen` those of the filters."""

    place: Standing
    filters: Filters
    rows: tuple[DatasetStatus, ...]
    chosen: tuple[DatasetStatus, ...]
    past: holdings.Past

    @property
    def curie(self) -> str:
        return self.place.organisation.organisation

    def href(self, row: DatasetStatus) -> str:
        return dataset_list.of_dataset(self.place, row)

    def here(self, **changes: Any) -> str:
        """This page, with some filters changed; it opens where the datasets begin."""
        path = addresses.organisation(self.curie)
        return f"{links.address(path, self.filters, **changes)}#results"


def datasets(
    place: Standing, filters: Filters, rows: tuple[DatasetStatus, ...], past: holdings.Past
) -> Component | None:
    """All datasets of a body, or those chosen, as cards or as a table; None where it has none."""
    every = dataset_list.listed(rows)
    if not every:
        return None
    shown = _Shown(place, filters, every, dataset_list.chosen(rows, filters), past)
    tabs = [(words, shown.here(view=key)) for key, words in dataset_list.VIEWS.items()]
    return ui.section(
        "Datasets",
        ui.tabs("How datasets are shown", tabs, shown.here()),
        _form(shown),
        _found(len(shown.chosen), len(every)),
        *(_body(shown) if shown.chosen else [_nothing(shown)]),
        id="datasets",
    )


def _body(shown: _Shown) -> list[Component | None]:
    made = [_table(shown)] if shown.filters.view == "table" else _groups(shown)
    return [*made, shown.past.caption(shown.chosen), *_files(shown)]


def _nothing(shown: _Shown) -> Component:
    clear = ("Show all datasets", shown.here(status=None, obligation=None))
    return ui.empty_state("No dataset fits these filters", clear=clear, level=3)


def _found(count: int, total: int) -> Component:
    words = f"Showing all {total}" if count == total else f"Showing {count} of {total}"
    if count == total == 1:
        words = "Showing the only"
    noun = "dataset" if total == 1 else "datasets"
    return html.P(f"{words} {noun}", id="results", className="results", tabIndex="-1")


def _form(shown: _Shown) -> Component:
    filters, rows = shown.filters, shown.rows
    there = {row.status for row in rows}
    statuses = [(key, word.label) for key, word in ui.STATUSES.items() if key in there]
    there = {wording.obligation_of(row).id for row in rows}
    groups = [(key, words) for key, words in dataset_list.OBLIGATIONS.items() if key in there]
    sorts = list(dataset_list.SORTS.items())
    return ui.filter_form(
        f"{addresses.organisation(shown.curie)}#results",
        ui.select("status", "Status", statuses, filters.status),
        ui.select("obligation", "Obligation", groups, filters.obligation),
        ui.select("sort", "In order of", sorts, filters.sort, any_label=None),
        filter_count=links.applied(filters, ignore=("sort", "order", "view", "since")),
        clear_href=shown.here(status=None, obligation=None),
        keep=links.kept(filters, "since", "view"),
        apply_label="Show",
        title="Filter and sort",
    )


def _table(shown: _Shown) -> Component:
    filters = shown.filters
    columns = []
    for sort, label, numeric in holdings.COLUMNS:
        here = filters.sort == sort
        turned = here and filters.order == "usual"
        upwards = (sort in ("name", "urgency")) == (filters.order == "usual")
        href = shown.here(sort=sort, order="reversed" if turned else "usual") if sort else None
        order: Any = ("ascending" if upwards else "descending") if here else None
        columns.append(ui.Column(label, numeric=numeric, sort_href=href, order=order))
    as_at = formatting.day(shown.place.snapshot.as_at)
    return holdings.table(f"Datasets on {as_at}", columns, shown.chosen, shown.past, shown.href)


def _groups(shown: _Shown) -> list[Component]:
    made = []
    for group in (*wording.OBLIGATIONS, wording.ALSO):
        chosen = [row for row in shown.chosen if wording.obligation_of(row) == group]
        if not chosen:
            continue
        told = ""
        if group is not wording.ALSO:
            whole = [row for row in shown.rows if wording.obligation_of(row) == group]
            provided = sum(1 for row in whole if row.endpoint_count)
            told = f"{formatting.n_of(provided, len(whole))} provided. "
        cards = holdings.cards(
            chosen,
            shown.place.snapshot.as_at,
            shown.past,
            shown.href,
        )
        made.append(
            ui.section(
                group.title, ui.paragraph(f"{told}{group.meaning}"), cards, id=group.id, level=3
            )
        )
    return made


def _files(shown: _Shown) -> list[Component]:
    """The same datasets to keep."""
    count = len(shown.chosen)
    what = "this dataset" if count == 1 else f"these {count} datasets"
    csv, xlsx = (
        links.address(addresses.datasets_file(shown.curie, form), shown.filters, view="cards")
        for form in ("csv", "xlsx")
    )
    return [
        ui.paragraph(
            ui.download_link(f"Download {what} (CSV)", csv),
            " or ",
            ui.download_link("for a spreadsheet (XLSX)", xlsx),
            ".",
        ),
        ui.details(
            "What the columns of these files mean",
            ui.summary_list(list(dataset_list.COLUMNS.items())),
            on_paper=False,
        ),
    ]
