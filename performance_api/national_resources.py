"""The lists behind the national pages, from the questions that the pages ask: what a page shows
and saves is what these answer for the same filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field
from sqlalchemy import Connection

from performance_api import parameters as p
from performance_api.problems import Problem
from performance_store import rows
from performance_store.definitions.vocabulary import EventKind
from performance_store.queries import (
    changes,
    comparison,
    datasets,
    freshness,
    growth,
    lasting,
    matrix,
    movements,
    national,
    national_issues,
    snapshots,
)
from performance_store.rows import Snapshot

_COMPARED_DAYS = 7


class Compared(p.Narrowed):
    """One snapshot beside an earlier one of its kind."""

    compare: p.Day | None = Field(
        None,
        description="The date of the earlier snapshot; by default the newest at least a week "
        "older.",
        examples=["2026-07-31"],
    )


class EventList(p.Events):
    """Events of some kinds."""

    event: tuple[EventKind, ...] = Field(
        (),
        max_length=20,
        description="Kinds of event; all by default; may be repeated.",
        examples=[["newly_provided"]],
    )
    by_rule: bool | None = Field(
        None,
        description="Only what a changed rule caused, or only what none did; both by default.",
        examples=[False],
    )


class Holders(p.Narrowed):
    """Who has one type of issue."""

    issue_type: p.Text = Field(description="The type of issue.", examples=["missing value"])
    within: p.Text | None = Field(
        None, description="Only in this dataset.", examples=["tree-preservation-zone"]
    )


class OfDataset(Compared):
    """Who is counted for one dataset."""

    within: p.Text = Field(description="The dataset.", examples=["tree-preservation-zone"])


class Picks(p.Narrowed):
    """What is compared."""

    pick: p.Values = Field(
        (),
        max_length=comparison.MOST_PICKS,
        description="What to compare with all together: organisation, region, cohort or dataset, "
        "and which one; may be repeated. `all-lpas` has no lines of organisations and cohorts, and "
        "of regions only where it is not narrowed.",
        examples=[["region:E12000007"]],
    )


@dataclass(frozen=True, slots=True)
class National:
    """A list about a set of provisions in one snapshot. `ask` takes a connection, the parameters,
    the snapshot, and the set with its narrowing (of a paged one also `offset` and `limit`);
    `needs` is what a snapshot must know for it; `example` is asked in the documentation."""

    name: str
    summary: str
    parameters: type[p.Narrowed]
    row: type[Any]
    ask: Callable[[Connection, Any, Snapshot, dict[str, Any]], tuple[Any, ...]]
    needs: str | None = None
    paged: bool = False
    example: Mapping[str, str] = field(default_factory=lambda: {"denominator": "any", "limit": "2"})

    def rows(
        self, connection: Connection, query: Any, snapshot: Snapshot, of: dict[str, Any]
    ) -> tuple[Any, ...]:
        """The answer. Raises Problem where the snapshot cannot tell."""
        if self.needs is not None:
            knows = national.knowledge(connection, snapshot_id=snapshot.snapshot_id)
            if self.needs not in {row.of for row in knows}:
                raise Problem(
                    404,
                    "These figures do not say",
                    f"The snapshot of {snapshot.as_at} ({snapshot.kind}) has no {self.needs}.",
                    "kind",
                )
        return self.ask(connection, query, snapshot, of)


def _compared(connection: Connection, query: Compared, snapshot: Snapshot) -> Snapshot | None:
    """The snapshot to compare with, if there is one. Raises Problem for a date without one."""
    older = [
        row
        for row in snapshots.every(connection)
        if row.kind == snapshot.kind and row.as_at < snapshot.as_at
    ]
    if query.compare is None:
        weeks = [row for row in older if (snapshot.as_at - row.as_at).days >= _COMPARED_DAYS]
        return weeks[0] if weeks else None
    for row in older:
        if row.as_at == query.compare:
            return row
    raise Problem(
        404,
        "There is no such snapshot to compare with",
        f"It has to be of the same kind ({snapshot.kind}) and before {snapshot.as_at}.",
        "compare",
    )


def _cells(
    connection: Connection, query: Any, snapshot: Snapshot, of: dict[str, Any]
) -> tuple[Any, ...]:
    before = _compared(connection, query, snapshot)
    return matrix.cells(
        connection,
        snapshot_id=snapshot.snapshot_id,
        compare_id=before.snapshot_id if before else None,
        **of,
    )


def _since(question: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    """A question about one snapshot and an earlier one. Raises Problem where there is none."""

    def rows(
        connection: Connection, query: Any, snapshot: Snapshot, of: dict[str, Any]
    ) -> tuple[Any, ...]:
        before = _compared(connection, query, snapshot)
        if before is None:
            raise Problem(404, "There is no earlier snapshot to compare with", "", "compare")
        return question(
            connection, snapshot_id=snapshot.snapshot_id, compare_id=before.snapshot_id, **of
        )

    return rows


def _events(
    connection: Connection, query: Any, snapshot: Snapshot, of: dict[str, Any]
) -> tuple[Any, ...]:
    after = query.since
    if after is None:
        before = snapshots.earlier(connection, snapshot_id=snapshot.snapshot_id, days=1)
        after = before[0].as_at if before else snapshot.as_at
    return changes.events(
        connection,
        kind=snapshot.kind,
        after=after,
        until=snapshot.as_at,
        kinds=query.event,
        by_rule=query.by_rule,
        **of,
    )


def _holders(
    connection: Connection, query: Any, snapshot: Snapshot, of: dict[str, Any]
) -> tuple[Any, ...]:
    return national_issues.holders(
        connection,
        snapshot_id=snapshot.snapshot_id,
        issue_type=query.issue_type,
        within=query.within,
        **of,
    )


def _authorities(
    connection: Connection, query: Any, snapshot: Snapshot, of: dict[str, Any]
) -> tuple[Any, ...]:
    before = _compared(connection, query, snapshot)
    return datasets.authorities(
        connection,
        snapshot_id=snapshot.snapshot_id,
        dataset=query.within,
        compare_id=before.snapshot_id if before else None,
        **of,
    )


def _at(question: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    """A question about one snapshot."""
    return lambda connection, _, snapshot, of: question(
        connection, snapshot_id=snapshot.snapshot_id, **of
    )


def _until(question: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    """A question about the snapshots of a kind up to one."""
    return lambda connection, _, snapshot, of: question(
        connection, kind=snapshot.kind, until=snapshot.as_at, **of
    )


def _compared_lines(
    connection: Connection, query: Any, snapshot: Snapshot, of: dict[str, Any]
) -> tuple[Any, ...]:
    return comparison.lines(
        connection, kind=snapshot.kind, until=snapshot.as_at, picks=query.pick, **of
    )


def _cadence(
    connection: Connection, _: Any, snapshot: Snapshot, of: dict[str, Any]
) -> tuple[Any, ...]:
    return freshness.cadence(
        connection, snapshot_id=snapshot.snapshot_id, kind=snapshot.kind, as_at=snapshot.as_at, **of
    )


NATIONAL = (
    National("cells", "The matrix of coverage, cell by cell, with what has changed", Compared,
             rows.NationalCell, _cells),
    National("ages", "Provided provisions by days since their content changed", p.Narrowed,
             rows.Ages, _at(freshness.ages), needs="logs"),
    National("oldest", "Provided provisions, the oldest content first", p.Narrowed,
             rows.AgeOfContent, _at(freshness.oldest), needs="logs", paged=True),
    National("registers", "Brownfield land registers: reviewed, due or overdue", p.Narrowed,
             rows.RegisterYear, _at(freshness.registers), needs="logs",
             example={"denominator": "statutory", "limit": "2"}),
    National("availability", "Provided provisions on each date by whether they answer",
             p.Narrowed, rows.Availability, _until(freshness.availability), needs="logs"),
    National("cadence", "Provided provisions by how often their content changes", p.Narrowed,
             rows.Cadence, _cadence, needs="logs"),
    National("issues", "Issue types by dataset; dataset '': in all together", p.Narrowed,
             rows.IssueSpread, _at(national_issues.by_type), needs="issues"),
    National("issue-authorities", "Provisions that have one type of issue", Holders,
             rows.IssueHolder, _holders, needs="issues", paged=True,
             example={"denominator": "any", "issue_type": "missing value", "limit": "2"}),
    National("issue-trend", "Issue types through time; type '': of how many issues are known",
             p.Narrowed, rows.IssueTypePoint, _until(national_issues.through_time),
             needs="issues"),
    National("datasets", "The register of datasets, with n of N of each", p.Narrowed,
             rows.RegisteredDataset, _at(datasets.with_counts)),
    National("dataset-authorities", "Authorities that are counted for one dataset", OfDataset,
             rows.DatasetAuthority, _authorities,
             example={"denominator": "any", "within": "tree-preservation-zone", "limit": "2"}),
    National("standings", "Where each organisation of the set stands", p.Narrowed, rows.Standing,
             _at(comparison.standings)),
    National("comparison", "Organisations, regions, cohorts and datasets through time", Picks,
             rows.ComparedPoint, _compared_lines,
             example={"denominator": "any", "pick": "dataset:tree-preservation-zone",
                      "limit": "2"}),
    National("flow", "Provisions by status then and now", Compared, rows.Flow,
             _since(changes.flow)),
    National("movements", "What the change of each figure is made of", Compared, rows.Movement,
             _since(movements.balance)),
    National("growth", "Datasets by how many of the same authorities provide them, then and now",
             Compared, rows.Growth, _since(growth.by_dataset)),
    National("lasting", "How many of the provisions broken then are still broken, on each date",
             Compared, rows.LastingPoint, _since(lasting.points)),
    National("lasting-provisions", "Provisions that were broken then and are now", Compared,
             rows.LastingProvision, _since(lasting.provisions)),
    National("changes", "Events of some kinds, the newest first", EventList, rows.Event, _events,
             paged=True, example={"denominator": "any", "since": "2026-08-07", "limit": "2"}),
)  # fmt: skip
