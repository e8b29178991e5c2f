"""What requests of their own ask the platform: kept in the cache under the version of the data, and
not asked again within a minute when it did not come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from dash.development.base_component import Component
from flask import Flask, current_app

from dashboard.components import design as ui
from dashboard.components.design import html, part
from dashboard.components.design.element import Children
from dashboard.components.provider import records as parts
from dashboard.data.cache import make_key
from dashboard.data.door import ask, door, now
from dashboard.data.errors import NotFound
from dashboard.maps.entities import EntitiesUnavailable, EntitySource
from dashboard.pages.provider.subject import Subject, subject_of
from dashboard.urls import addresses, links
from performance_store.queries import areas, cell
from performance_store.rows import Area, Dataset, Outline

T = TypeVar("T")

EXTENSION = "entity-source"
FAILURE_SECONDS = 60


def add_source(server: Flask, entity_api_url: str | None) -> None:
    """Let an application ask the platform. In: its address; None for none."""
    server.extensions[EXTENSION] = EntitySource(entity_api_url) if entity_api_url else None


def source() -> EntitySource | None:
    """Whom the present application asks; None: nobody."""
    return cast("EntitySource | None", current_app.extensions[EXTENSION])


def remember(
    page: Callable[..., Any],
    subject: dict[str, Any],
    compute: Callable[[], T],
    kind: Any = Any,
) -> T:
    """What `compute` gives, or gave before. In: the function of the page that asks, what it asks
    about, and the type of the answer, as the cache is told it. Raises EntitiesUnavailable, within
    a minute of the first time without asking anybody."""
    cache = door().cache
    key = make_key(now().version, page, subject)
    failure = f"{key}:failed"
    before = cache.peek(failure, int)
    if before is not None:
        raise EntitiesUnavailable("it did not answer a moment ago", before[0])
    try:
        return cache.cached(key, compute, kind)
    except EntitiesUnavailable as error:
        cache.put(failure, error.status, FAILURE_SECONDS)
        raise


@dataclass(frozen=True, slots=True)
class Filters:
    """The page of a table of records, from the address."""

    page: int = links.number(1, 100_000, default=1)


@dataclass(frozen=True, slots=True)
class Holding:
    """What a page of records is about: whose they are, of which dataset, whom to ask, and by which
    number the platform knows the authority."""

    subject: Subject
    dataset: Dataset
    area: Area
    source: EntitySource
    number: int

    @property
    def caption(self) -> str:
        """What stands above the heading of its pages."""
        return f"{self.dataset.name} of {self.subject.name}"

    @property
    def where(self) -> tuple[str, str]:
        """Organisation and dataset, as addresses are made of them."""
        return self.subject.curie, self.dataset.dataset

    def outline(self) -> Outline | None:
        """The authority's boundary as it is drawn; None where we have none."""
        area = self.area
        rows = ask(areas.outline, organisation=area.organisation) if area.has_boundary else ()
        return rows[0] if rows else None

    def question(self, **more: Any) -> dict[str, Any]:
        """What a question about it is about, for `remember`."""
        return question(self.area, self.dataset.dataset, **more)


def holding_of(organisation: str, dataset: str) -> Holding:
    """Whose records of what. Raises NotFound, also where there is nobody to be asked for them."""
    subject = subject_of(organisation)
    datasets = ask(cell.dataset, dataset=dataset)
    if not datasets:
        raise NotFound(f"We cannot find a dataset called “{dataset[:80]}”.")
    places = source()
    if places is None:
        raise NotFound("This site does not show the platform’s records.")
    area = _area(organisation)
    if area is None or area.entity is None:
        raise NotFound(f"We do not know the number of {subject.name} on the platform.")
    return Holding(subject, datasets[0], area, places, area.entity)


def _area(organisation: str) -> Area | None:
    """An authority that the platform knows by a number."""
    rows = ask(areas.area, organisation=organisation)
    return rows[0] if rows and rows[0].entity is not None else None


def question(area: Area, dataset: str, **more: Any) -> dict[str, Any]:
    """What a question about the records of an authority is about, for `remember`."""
    places = source()
    return {
        "organisation": area.organisation,
        "entity": area.entity,
        "dataset": dataset,
        "source": places.url if places else "",
        **more,
    }


def list_of_places(area: Area | None, dataset: str) -> str | None:
    """The address where people can look through the records; None where nobody is asked."""
    places = source()
    if places is None or area is None or area.entity is None:
        return None
    return places.list_address(area.entity, dataset)


def whole_record(organisation: str, dataset: str) -> Callable[[int], str] | None:
    """The address of a record of an authority, by its number; None where nobody is asked."""
    if source() is None or not _area(organisation):
        return None
    return lambda number: addresses.record(organisation, dataset, number)


def page(holding: Holding, title: str, *content: Children) -> Component:
    """A page below that of all records: a script may take its content into another."""
    return html.Div(
        [
            trail(holding, ("Records", addresses.records(*holding.where))),
            ui.heading(title, caption=holding.caption),
            part.content(*content),
        ]
    )


def unavailable(again: str) -> list[Component]:
    """What is said where the platform does not answer. In: the address to ask once more."""
    return [ui.paragraph(parts.UNAVAILABLE), ui.paragraph(ui.link("Try again", again))]


def trail(holding: Holding, *below: tuple[str, str]) -> Component:
    """The way to a page of records. In: what it is below, besides the dataset."""
    return ui.breadcrumbs(
        [
            ("Home", addresses.HOME),
            ("Authorities", addresses.ORGANISATIONS),
            (holding.subject.name, addresses.organisation(holding.subject.curie)),
            (holding.dataset.name, addresses.dataset(*holding.where)),
            *below,
        ]
    )
