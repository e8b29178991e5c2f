"""What there is to read: each resource's address, parameters, row and question."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, make_dataclass
from datetime import date
from typing import Any, get_type_hints

from sqlalchemy import Connection

from performance_api import parameters as p
from performance_api.national_resources import NATIONAL, National
from performance_api.problems import Problem
from performance_store import rows
from performance_store.definitions.knowledge import NEEDS, honest
from performance_store.queries import (
    cell,
    histories,
    issues,
    national,
    national_tasks,
    organisations,
    problem_histories,
    snapshots,
    summaries,
    trends,
)
from performance_store.queries.filters import impossible
from performance_store.rows import Snapshot

Question = Callable[[Connection, Any, dict[str, Any]], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Resource:
    """A list of rows. `path` has its variables as <name>; `ask` takes a connection, the parameters
    and the path's variables. `single`: exactly one row, or 404. `paged`: `ask` also takes
    `offset` and `limit` among the variables and gives no more than these rows; for lists that may
    be too long to be read whole for a page. `example` fills the variables and `example_query` the
    parameters of the documented example, which is of sample data."""

    name: str
    path: str
    summary: str
    parameters: type[p.Form]
    row: type[Any]
    ask: Question
    example: dict[str, str]
    single: bool = False
    paged: bool = False
    example_query: Mapping[str, str] = field(default_factory=lambda: {"limit": "2"})


def snapshot(connection: Connection, query: p.Dated) -> Snapshot:
    """The snapshot that is asked about. Raises Problem where there is none."""
    if query.as_at is not None:
        match = snapshots.on(connection, as_at=query.as_at, kind=query.kind)
        if not match:
            near = snapshots.near(connection, as_at=query.as_at, kind=query.kind)
            dates = " and ".join(row.as_at.isoformat() for row in near) or "none"
            raise Problem(
                404, "There is no such snapshot", f"The nearest dates are {dates}.", "as_at"
            )
    elif query.kind is not None:
        match = snapshots.latest(connection, until=date.max, kind=query.kind)
    else:
        match = snapshots.current(connection)
    if not match:
        raise Problem(404, "There is no such snapshot", "Nothing has been loaded.", "kind")
    return match[0]


def _organisations(connection: Connection, query: Any, _: dict[str, str]) -> tuple[Any, ...]:
    return organisations.with_counts(
        connection, snapshot_id=snapshot(connection, query).snapshot_id
    )


def _organisation(connection: Connection, query: Any, path: dict[str, str]) -> tuple[Any, ...]:
    at = snapshot(connection, query).snapshot_id
    return organisations.one(connection, organisation=path["organisation"], snapshot_id=at)


def _check_path(connection: Connection, path: dict[str, str]) -> None:
    """Raises Problem for an organisation or dataset that nobody knows."""
    now = snapshots.current(connection)
    at = now[0].snapshot_id if now else 0
    curie = path["organisation"]
    if not organisations.one(connection, organisation=curie, snapshot_id=at):
        raise Problem(404, "There is no such organisation", curie[:100], "organisation")
    slug = path.get("dataset")
    if slug is not None and not cell.dataset(connection, dataset=slug):
        raise Problem(404, "There is no such dataset", slug[:100], "dataset")


def _summary(connection: Connection, query: Any, path: dict[str, str]) -> tuple[Any, ...]:
    _check_path(connection, path)
    at = snapshot(connection, query).snapshot_id
    return summaries.organisation_dataset_summary(
        connection, snapshot_id=at, organisation=path["organisation"]
    )


def _summaries(connection: Connection, query: Any, page: dict[str, Any]) -> tuple[Any, ...]:
    return summaries.organisation_dataset_summary(
        connection,
        snapshot_id=snapshot(connection, query).snapshot_id,
        organisation=query.organisation,
        dataset=query.dataset,
        **page,
    )


def _provisions(connection: Connection, query: Any, page: dict[str, Any]) -> tuple[Any, ...]:
    return summaries.provision_summary(
        connection,
        snapshot_id=snapshot(connection, query).snapshot_id,
        organisation=query.organisation,
        dataset=query.dataset,
        **page,
    )


def _history(connection: Connection, query: Any, path: dict[str, Any]) -> tuple[Any, ...]:
    _check_path(connection, path)
    return histories.cell(connection, **path, kind=snapshot(connection, query).kind)


def _statuses(connection: Connection, query: Any, path: dict[str, Any]) -> tuple[Any, ...]:
    _check_path(connection, path)
    return histories.statuses(connection, **path, kind=snapshot(connection, query).kind)


def _severities(connection: Connection, query: Any, path: dict[str, Any]) -> tuple[Any, ...]:
    _check_path(connection, path)
    return problem_histories.severities(connection, **path, kind=snapshot(connection, query).kind)


def _issue_history(connection: Connection, query: Any, path: dict[str, Any]) -> tuple[Any, ...]:
    _check_path(connection, path)
    return problem_histories.issues(connection, **path, kind=snapshot(connection, query).kind)


def _issues(connection: Connection, query: Any, path: dict[str, Any]) -> tuple[Any, ...]:
    _check_path(connection, path)
    at = snapshot(connection, query).snapshot_id
    before = snapshots.earlier(connection, snapshot_id=at, days=1)
    compare = before[0].snapshot_id if before else None
    return cell.issues(connection, **path, snapshot_id=at, compare_id=compare)


def _past_issues(connection: Connection, query: Any, path: dict[str, Any]) -> tuple[Any, ...]:
    _check_path(connection, path)
    at = snapshot(connection, query).snapshot_id
    return issues.past(connection, **path, snapshot_id=at)


def _issue_rows(connection: Connection, query: Any, path: dict[str, Any]) -> tuple[Any, ...]:
    _check_path(connection, path)
    # In the variables of the path: what page is asked for.
    return issues.rows(
        connection,
        **path,
        issue_type=query.issue_type,
        field=query.field,
        search=query.q,
        letters=100_000,
    )


def _or_null(row: type[Any]) -> type[Any]:
    """The row, with null where its snapshot cannot tell."""
    hints = get_type_hints(row, include_extras=True)
    answer = make_dataclass(
        row.__name__,
        [(name, kind | None if name in NEEDS else kind) for name, kind in hints.items()],
        frozen=True,
        slots=True,
    )
    answer.__doc__ = f"{row.__doc__}\n\n``null``: the snapshot does not know."
    return answer


_Coverage = _or_null(rows.Coverage)
_CoveragePoint = _or_null(rows.CoveragePoint)


def _narrowing(query: p.Narrowed) -> dict[str, Any]:
    """The set and what of it. Raises Problem where the set cannot be narrowed so."""
    narrow = query.narrow()
    if names := impossible(narrow, query.denominator):
        raise Problem(
            400,
            "These parameters do not go together",
            f"{query.denominator} cannot be narrowed by {', '.join(names)}: a dataset that is not "
            "expected and not provided has none.",
            names[0],
        )
    return {"denominator": query.denominator, "narrow": narrow}


def _coverage(connection: Connection, query: Any, _: dict[str, str]) -> tuple[Any, ...]:
    of = _narrowing(query)
    at = snapshot(connection, query).snapshot_id
    knows = _knowledge(connection, at)
    picture = national.picture(connection, snapshot_id=at, **of)
    return tuple(
        _Coverage(**honest(asdict(row), knows))
        for row in picture
        if query.dimension in (None, row.dimension)
    )


def _knowledge(connection: Connection, snapshot_id: int) -> Collection[str]:
    return {row.of for row in national.knowledge(connection, snapshot_id=snapshot_id)}


def _lines(connection: Connection, query: Any, _: dict[str, str]) -> tuple[Any, ...]:
    of = _narrowing(query)
    if query.denominator == "all-lpas":
        _possible_of_all(query)
    newest = snapshot(connection, query)
    points = trends.lines(
        connection,
        kind=newest.kind,
        until=newest.as_at,
        by=query.by,
        basket=query.basis == "basket",
        **of,
    )
    knows = {row.as_at: row.knows for row in snapshots.every(connection) if row.kind == newest.kind}
    return tuple(_CoveragePoint(**honest(asdict(row), knows[row.as_at])) for row in points)


def _possible_of_all(query: p.Lines) -> None:
    """Raises Problem for lines that there are not of all LPAs."""
    title = "These parameters do not go together"
    if query.basis == "basket":
        raise Problem(400, title, "all-lpas has no basket: its members change.", "basis")
    if query.by == "cohort" or (query.by == "region" and query.narrow()):
        raise Problem(400, title, "all-lpas has no such lines: use by=dataset.", "by")


def _events(connection: Connection, query: Any, _: dict[str, str]) -> tuple[Any, ...]:
    of = _narrowing(query)
    newest = snapshot(connection, query)
    after = query.since
    if after is None:
        before = snapshots.earlier(connection, snapshot_id=newest.snapshot_id, days=1)
        after = before[0].as_at if before else newest.as_at
    return national.changes(
        connection,
        kind=newest.kind,
        after=after,
        until=newest.as_at,
        **of,
    )


def _tasks(connection: Connection, query: Any, page: dict[str, Any]) -> tuple[Any, ...]:
    if query.closed_after is not None and query.state == "open":
        return ()  # None is open and was closed.
    of = _narrowing(query)
    at = snapshot(connection, query)
    names = ("organisation", "task_kind", "urgency")
    return national_tasks.facts(
        connection,
        snapshot_id=at.snapshot_id,
        as_at=at.as_at,
        is_now=at == snapshots.current(connection)[0],
        only={name: value for name in names if (value := getattr(query, name)) is not None},
        is_open=query.state == "open" or (query.state is None and query.closed_after is None),
        closed_after=query.closed_after or date.min,
        **of,
        **page,
    )


def _national(one: National) -> Question:
    """The question of a list behind the national pages."""

    def ask(connection: Connection, query: Any, page: dict[str, Any]) -> tuple[Any, ...]:
        of = _narrowing(query) | page
        return one.rows(connection, query, snapshot(connection, query), of)

    return ask


# An invented authority of the sample, with something to fix.
_ONE = {"organisation": "local-authority:XROW"}
_CELL = {**_ONE, "dataset": "tree-preservation-zone"}
# One of whose addresses has long failed while another works.
_DEAD_FILE = {"organisation": "local-authority:XHOL", "dataset": "brownfield-land"}
_REGION = {"denominator": "statutory", "region": "E12000001", "limit": "2"}
RESOURCES = (
    Resource("snapshots", "/snapshots", "Every snapshot, newest first", p.Parameters,
             Snapshot, lambda connection, *_: snapshots.every(connection), {}),
    Resource("organisations", "/organisations", "Organisations with counts of their datasets",
             p.AtDate, rows.OrganisationCounts, _organisations, {}),
    Resource("organisation", "/organisations/<organisation>", "One organisation", p.OneAtDate,
             rows.Organisation, _organisation, _ONE, single=True, example_query={}),
    Resource("organisation-summary", "/organisations/<organisation>/summary",
             "The datasets of one organisation: rows of organisation_dataset_summary", p.AtDate,
             rows.OrganisationDatasetSummary, _summary, _ONE),
    Resource("statuses", "/organisations/<organisation>/statuses",
             "The datasets of one organisation through all snapshots of a kind: a row for as long "
             "as the status stays", p.AtDate, rows.StatusRun, _statuses, _ONE),
    Resource("severities", "/organisations/<organisation>/severities",
             "Problems of one organisation by severity through all snapshots of a kind: a row for "
             "as long as nothing changes", p.AtDate, rows.SeverityHistory, _severities, _ONE),
    Resource("history", "/organisations/<organisation>/<dataset>/history",
             "One dataset of one organisation through all snapshots of a kind: a row for as long "
             "as nothing changes", p.AtDate, rows.CellHistory, _history, _CELL),
    Resource("issue-history", "/organisations/<organisation>/<dataset>/issue-history",
             "Each issue of one dataset through all snapshots of a kind: a row for as long as its "
             "counts stay", p.AtDate, rows.IssueHistory, _issue_history, _CELL),
    Resource("issues", "/organisations/<organisation>/<dataset>/issues",
             "Issues of one dataset by type and field", p.AtDate, rows.IssueCount, _issues, _CELL),
    Resource("past-issues", "/organisations/<organisation>/<dataset>/past-issues",
             "Issues of one dataset that count no more, by endpoint, type and field", p.AtDate,
             rows.PastIssue, _past_issues, _DEAD_FILE),
    Resource("issue-rows", "/organisations/<organisation>/<dataset>/issue-rows",
             "Individual rows that have an issue, of the newest snapshot", p.IssueRows,
             rows.IssueRow, _issue_rows, _CELL, paged=True,
             example_query={"issue_type": "missing value", "field": "tree-preservation-order",
                            "limit": "2"}),
    Resource("organisation-dataset-summary", "/organisation-dataset-summary",
             "All rows of organisation_dataset_summary", p.Cells,
             rows.OrganisationDatasetSummary, _summaries, {}, paged=True),
    Resource("provision-summary", "/provision-summary",
             "Every provision, with the platform’s columns", p.Cells, rows.ProvisionSummary,
             _provisions, {}, paged=True),
    Resource("datasets", "/datasets", "Datasets of the register", p.Parameters, rows.Dataset,
             lambda connection, *_: summaries.datasets(connection), {}),
    Resource("coverage", "/coverage", "Coverage, n of N: in all, by dataset, region and cohort",
             p.Dimension, _Coverage, _coverage, {}, example_query=_REGION),
    Resource("lines", "/coverage/history", "Coverage through time, n of N", p.Lines, _CoveragePoint,
             _lines, {}, example_query={**_REGION, "by": "region"}),
    Resource("events", "/events", "What changed, one by one", p.Events, rows.Event, _events, {},
             example_query={"denominator": "any", "since": "2026-08-07", "limit": "2"}),
    Resource("tasks", "/tasks", "What organisations have to do, task by task", p.Tasks,
             rows.TaskFacts, _tasks, {}, paged=True,
             example_query={"organisation": "local-authority:XROW", "limit": "2"}),
    *(Resource(f"national-{one.name}", f"/national/{one.name}", one.summary, one.parameters,
               one.row, _national(one), {}, paged=one.paged, example_query=one.example)
      for one in NATIONAL),
)  # fmt: skip
