"""What an organisation sent to the data team: what is open, and what came of the rest.

For its officer, and for whoever asks after a dataset of theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dash.development.base_component import Component

from dashboard.components import design as ui
from dashboard.components.design import html
from dashboard.components.provider import cards
from dashboard.components.submissions import lines
from dashboard.components.words import formatting, submission_words
from dashboard.data.door import door
from dashboard.pages.provider.subject import Subject, subject_of
from dashboard.pages.submissions import names
from dashboard.urls import addresses, links
from dashboard.web import slots
from providers.submissions import reading
from providers.submissions.rows import Submission

PATH = addresses.SUBMISSIONS
TITLE = "Submissions"
NAV = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Of which dataset, from the address: its reference, or all."""

    dataset: str | None = links.one_of()


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: submissions of the filter, the newest first, and how to call their
    datasets. `every`: how many there are without the filter."""

    subject: Subject
    filters: Filters
    rows: tuple[Submission, ...]
    every: int
    dataset: Callable[[str], str]
    notices: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The page's own path."""
        return addresses.submissions(self.subject.curie)


def layout(organisation: str = "", **params: Any) -> Component:
    """The page of the organisation in the address."""
    return render(view(organisation, params))


def view(organisation: str, params: dict[str, Any] | None = None) -> View:
    """What one organisation sent. In: its filters as in the address. Raises NotFound."""
    subject = subject_of(organisation)
    rows = door().fresh(reading.of_organisation, organisation=subject.curie, today=slots.today())
    present = {row.dataset for row in rows}
    choice = links.parse(Filters, params or {}, allowed={"dataset": present})
    only = choice.filters.dataset
    return View(
        subject,
        choice.filters,
        tuple(row for row in rows if only in (None, row.dataset)),
        len(rows),
        names.of_datasets(),
        (*subject.notices, *choice.notices),
    )


def render(view: View) -> Component:
    """The page."""
    subject = view.subject
    return html.Div(
        [
            ui.breadcrumbs(
                [
                    ("Home", addresses.HOME),
                    ("Authorities", addresses.ORGANISATIONS),
                    (subject.name, addresses.organisation(subject.curie)),
                ]
            ),
            ui.heading("Submissions", caption=subject.name),
            ui.notices(view.notices),
            cards.closure(subject.organisation) if subject.has_closed else None,
            ui.paragraph(_sentence(view), lead=True),
            _only(view),
            *(_nothing(view) if not view.every else _tables(view)),
        ]
    )


def _sentence(view: View) -> str:
    still = [row for row in view.rows if row.is_open]
    late = sum(1 for row in still if row.is_late)
    words = f"{formatting.plural(len(still), 'submission is', 'submissions are')} open."
    if late:
        words += f" {formatting.plural(late, 'takes', 'take')} longer than promised."
    return words


def _only(view: View) -> Component | None:
    if view.filters.dataset is None:
        return None
    name = view.dataset(view.filters.dataset)
    return ui.inset(
        ui.paragraph(f"This page shows those of {name}. ", ui.link("Show all", view.address))
    )


def _nothing(view: View) -> list[Component]:
    return [
        ui.paragraph(
            "Nothing was sent from here yet. An address of data is sent from the ",
            ui.link("task to provide it", addresses.tasks(view.subject.curie)),
            ", from the page of its dataset, or from a check that found nothing to fix.",
        )
    ]


def _tables(view: View) -> list[Component | None]:
    still = [row for row in view.rows if row.is_open]
    over = [row for row in view.rows if not row.is_open]
    return [
        ui.section("Open", lines.table("Open submissions", still, view.dataset), id="open")
        if still
        else None,
        ui.section("Ended", lines.table("Submissions that ended", over, view.dataset), id="ended")
        if over
        else None,
        ui.paragraph(
            ui.download_link("Download them as CSV", addresses.submissions_file(view.subject.curie))
        ),
        ui.working(ui.bullets(list(submission_words.LADDER)), about="how far a submission is"),
    ]
