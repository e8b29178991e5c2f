"""The sample's simulated past: who is there, which endpoints they had and what became of them.

Made once, kept compact (spans and small arrays, no object per day), read by the row generators.
"""

from __future__ import annotations

from hashlib import md5
from itertools import pairwise
from random import Random
from typing import NamedTuple

from performance_store.sample.calendar import OPEN, TODAY, Calendar
from performance_store.sample.feeds import (
    Failure,
    Feed,
    apply_troubles,
    draw_versions,
    host_failures,
    make_feeds,
    trace_weeks,
)
from performance_store.sample.issue_types import UNREGISTERED_TYPE
from performance_store.sample.population import Body, Population, populate
from performance_store.sample.problems import Budget, IssueRow, fill, issue
from performance_store.sample.supply import Supply, draw_supplies

ISSUE_BUDGET = 170_000
LONG_FAILURE_DAYS = 247
DEAD_FILE_DAYS = 400
"""How long a file has been dead whose dataset has a newer one that works."""
LARGEST = 6985
"""Issue rows of the largest single group."""
ODD_VALUES = {
    "invalid category value": ('<b>x</b><script>alert("x")</script>', "Woodland", "Group & area"),
    "missing associated entity": ('=HYPERLINK("https://x.example","x")', "+1", "@ref", "TPO/7"),
}
"""Values that pages and downloads must survive, found in one resource."""


class Cell(NamedTuple):
    """A body's dataset and its endpoints, oldest first, each with the key of its source."""

    body: Body
    dataset: str
    feeds: list[Feed]
    sources: list[str]


class History:
    """Everything simulated. ``cells`` are in the order of bodies, ``feeds`` without repeats."""

    def __init__(self, authorities: int, calendar: Calendar, seed: int) -> None:
        self.calendar = calendar
        self.population: Population = populate(authorities, calendar, seed)
        self.feeds: list[Feed] = []
        self.odd: Feed | None = None
        """The endpoint whose data hold the odd values."""
        supplies: dict[str, list[Supply]] = {}
        for supply in draw_supplies(self.population, calendar, seed):
            supplies.setdefault(supply.body.organisation, []).append(supply)
        random = Random(f"{seed}/history")
        for body in self.population.all:
            self._live(body, supplies.get(body.organisation, []), random)
        self._share_joint_plans()
        self._stage_failures()
        self._fill(random, seed)
        self.cells: list[Cell] = self._make_cells()

    def _live(self, body: Body, supplies: list[Supply], random: Random) -> None:
        if not supplies:
            return
        troubles = host_failures(body, self.calendar, random)
        for supply in supplies:
            feeds = make_feeds(supply, troubles, random)
            for feed in feeds:
                apply_troubles(feed, troubles)
            self.feeds += feeds

    def _lasting(self, dataset: str, age: int = 400) -> list[Feed]:
        """Sole, long-lived endpoints of a dataset that still serve: the stage for special cases."""
        replaced = {id(feed.replaces) for feed in self.feeds}
        return [
            feed
            for feed in self.feeds
            if feed.datasets == (dataset,)
            and feed.start < TODAY - age
            and feed.end > TODAY
            and feed.replaces is None
            and id(feed) not in replaced
            and feed.owners[0].is_lpa
        ]

    def _share_joint_plans(self) -> None:
        """Up to three pairs of authorities provide one local plan, from one endpoint."""
        plans = self._lasting("local-plan", age=30)
        for mine, theirs in list(zip(plans[::2], plans[1::2], strict=False))[:3]:
            mine.owners += theirs.owners
            self.feeds.remove(theirs)

    def _stage_failures(self) -> None:
        """Failures that pages must show: one for 247 days, one for three, two without content."""
        areas = self._lasting("conservation-area")
        if areas:
            areas[0].failures = [Failure(TODAY - LONG_FAILURE_DAYS + 1, OPEN, "404", None)]
        if len(areas) > 1:
            away = Failure(TODAY - 2, OPEN, None, "ConnectionError")
            organisation = areas[1].owners[0].organisation
            for feed in self.feeds:
                if feed.owners[0].organisation == organisation and "//maps." in feed.url:
                    earlier = [item for item in feed.failures if item.start < TODAY - 2]
                    earlier = [item._replace(end=min(item.end, TODAY - 2)) for item in earlier]
                    feed.failures = [*earlier, away] if feed.start < TODAY - 2 else feed.failures
        for feed in self._lasting("conservation-area-document")[:2]:
            feed.failures = [Failure(feed.start + 1, OPEN, "200", None)]

    def _fill(self, random: Random, seed: int) -> None:
        for feed in self.feeds:
            draw_versions(feed, self.calendar, random)
        budget = Budget(ISSUE_BUDGET)
        for feed in self.feeds:
            fill(feed, self.calendar, budget, random)
        self._stage_issues()
        self._stage_dead_file()
        for feed in self.feeds:
            trace_weeks(feed, self.calendar.weeks)

    def _stage_issues(self) -> None:
        """One resource with odd values and an unregistered type; one with very many rows."""
        zones = [feed for feed in self._lasting("tree-preservation-zone", 60) if feed.versions]
        if zones:
            self.odd = zones[0]
            _add_issues(
                self.odd,
                "tree-preservation-zone",
                issue("invalid category value", "tree-preservation-zone-type", 12),
                issue("missing associated entity", "tree-preservation-order", 9),
                issue(UNREGISTERED_TYPE, "reference", 30),
            )
        trees = [feed for feed in self._lasting("tree", 60) if feed.versions]
        if trees:
            _add_issues(trees[-1], "tree", issue("OSGB", "geometry", LARGEST))

    def _stage_dead_file(self) -> None:
        """An address that has long failed while another of the dataset works, so that what is
        wrong with its last file counts no more. Without a draw, so that no other moves."""
        begin = TODAY - DEAD_FILE_DAYS
        for feed, newer in pairwise(self.feeds):
            if (
                feed.datasets == newer.datasets == ("brownfield-land",)
                and feed.owners == newer.owners
                and feed.versions
                and feed.versions[0] < begin
                and not feed.mechanical
                and min(feed.end, newer.end) > TODAY
                and newer.versions
                and all(failure.end <= TODAY for failure in newer.failures)
            ):
                number = sum(day < begin for day in feed.versions)
                feed.versions, feed.resources = feed.versions[:number], feed.resources[:number]
                feed.steps = {name: steps[:number] for name, steps in feed.steps.items()}
                ends = [item for item in feed.failures if item.end <= begin]
                feed.failures = [*ends, Failure(begin, OPEN, "404", None)]
                issues = issue("missing value", "PermissionType", 40)
                _add_issues(feed, "brownfield-land", issues)
                return

    def _make_cells(self) -> list[Cell]:
        cells: dict[tuple[str, str], Cell] = {}
        for feed in self.feeds:
            for body in feed.owners:
                for dataset in feed.datasets:
                    cell = cells.setdefault(
                        (body.organisation, dataset), Cell(body, dataset, [], [])
                    )
                    cell.feeds.append(feed)
                    cell.sources.append(source_key(body, feed))
        return list(cells.values())

    def last_resources(self) -> list[tuple[Feed, int]]:
        """Endpoints active today that have content, with its current or last good version."""
        return [
            (feed, len(feed.versions) - 1)
            for feed in self.feeds
            if feed.end > TODAY and feed.versions
        ]


def source_key(body: Body, feed: Feed) -> str:
    """Key of the source that ties an endpoint to one of its owners."""
    return md5(f"{body.organisation}|{feed.endpoint}".encode(), usedforsecurity=False).hexdigest()


def _add_issues(feed: Feed, dataset: str, *added: IssueRow) -> None:
    """Put issues in every version of an endpoint's content, in place of others of their types."""
    types = {item[0] for item in added}
    rows = max(int(item[4]) for item in added)
    feed.steps[dataset] = [
        step._replace(
            records=str(max(int(step.records), rows)),
            issues=(*[item for item in step.issues if item[0] not in types], *added),
        )
        for step in feed.steps[dataset]
    ]
