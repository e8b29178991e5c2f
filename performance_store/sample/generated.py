"""Rows about endpoints and their content: what is known on each date, the log, the issues."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from performance_store.definitions.specifications import requirements
from performance_store.readers.stream import Endpoint, Resource, Row, Source
from performance_store.sample.calendar import LOG_DAYS, TODAY, Calendar
from performance_store.sample.feeds import Feed, Step
from performance_store.sample.history import ODD_VALUES, Cell, History, source_key
from performance_store.sample.issue_types import ISSUE_TYPE, RULE_TYPE
from performance_store.sample.problems import IssueRow, individual_issues, step_of
from performance_store.sample.specification import SPEC

_RULE_FIELD = "entity"
_SHAPES = ("geometry", "point")
_MIME_TYPES = {".csv": "text/csv", ".gpkg": "application/geopackage+sqlite3"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def endpoints(history: History) -> Iterator[Row]:
    """Every address that was ever registered, with the days it came and went."""
    date = history.calendar.date
    for feed in history.feeds:
        yield Endpoint(feed.endpoint, feed.url, feed.plugin, date(feed.start), date(feed.end))


def sources(history: History) -> Iterator[Row]:
    """A source for each owner of each endpoint; some endpoints have several."""
    date = history.calendar.date
    for feed in history.feeds:
        for body in feed.owners:
            yield Source(
                source=source_key(body, feed),
                organisation=body.organisation,
                endpoint=feed.endpoint,
                collection=SPEC[feed.datasets[0]].collection,
                licence=feed.licence,
                documentation_url=feed.documentation_url,
                entry_date=date(feed.start),
                end_date=date(feed.end),
            )


def source_pipelines(history: History) -> Iterator[Row]:
    """Which datasets each source supplies."""
    for feed in history.feeds:
        for body in feed.owners:
            for dataset in feed.datasets:
                yield source_key(body, feed), dataset


def resources(history: History) -> Iterator[Row]:
    """Every version of every endpoint's content; each ends where the next begins."""
    date = history.calendar.date
    for feed in history.feeds:
        mime_type = _mime_type(feed.url)
        size = 0
        if feed.versions:
            size = (
                900 + sum(int(feed.steps[dataset][-1].records) for dataset in feed.datasets) * 870
            )
        for number, day in enumerate(feed.versions):
            after = feed.versions[number + 1] if number + 1 < len(feed.versions) else feed.end
            yield Resource(
                feed.resources[number], date(day), date(after), str(size + number % 37), mime_type
            )


def _mime_type(url: str) -> str:
    path = url.partition("?")[0]
    if path.endswith(".xlsx"):
        return _XLSX
    return _MIME_TYPES.get(path[path.rfind(".") :], "application/geo+json")


def dataset_resources(history: History) -> Iterator[Row]:
    """Entries of the resources that are current, or the last good ones, today."""
    for feed, version in history.last_resources():
        for dataset in feed.datasets:
            yield dataset, feed.resources[version], step_of(feed, dataset, version).records


# --------------------------------------------------------------------------------------------------
# Snapshots
# --------------------------------------------------------------------------------------------------


def observations(history: History, weeks: range) -> Iterator[Row]:
    """One row a snapshot, cell and active endpoint."""
    iso = history.calendar.iso
    entries = [
        (cell.body.organisation, cell.dataset, feed, source, feed.steps.get(cell.dataset, []))
        for cell in history.cells
        for feed, source in zip(cell.feeds, cell.sources, strict=True)
        if feed.week_failure
    ]
    for week in weeks:
        day = history.calendar.weeks[week]
        as_at = iso[day]
        for organisation, dataset, feed, source, steps in entries:
            at = week - feed.first_week
            if at < 0 or at >= len(feed.week_failure):
                continue
            head = (as_at, organisation, dataset, feed.endpoint, source)
            yield head + _state(feed, at, day, as_at, steps, iso)


def _state(
    feed: Feed, at: int, day: int, as_at: str, steps: list[Step], iso: list[str]
) -> tuple[str | None, ...]:
    """Status, exception, last attempt, last success, resource, its start, whether it is current,
    records: of one endpoint on one date."""
    failing, version = feed.week_failure[at], feed.week_version[at]
    if version < 0:
        if failing < 0:
            return (None, None, None, None, None, None, "0", None)
        failure = feed.failures[failing]
        return (failure.status, failure.exception, as_at, None, None, None, "0", None)
    resource = feed.resources[version]
    started = iso[feed.versions[version]]
    records = steps[0 if feed.mechanical else version].records
    if failing < 0:
        return ("200", None, as_at, as_at, resource, started, "1", records)
    failure = feed.failures[failing]
    success = iso[_last_success(feed, failing)]
    return (failure.status, failure.exception, as_at, success, resource, started, "0", records)


def _last_success(feed: Feed, failing: int) -> int:
    """The day before a failure, or before those that it follows without a gap."""
    start = feed.failures[failing].start
    while failing and feed.failures[failing - 1].end == start:
        failing -= 1
        start = feed.failures[failing].start
    return start - 1


def issue_counts(history: History, weeks: range) -> Iterator[Row]:
    """One row a snapshot, cell, resource, issue type and field."""
    calendar = history.calendar
    entries = [
        (cell.body.organisation, cell.dataset, feed, feed.steps[cell.dataset])
        for cell in history.cells
        for feed in cell.feeds
        if feed.week_failure and feed.versions
    ]
    for week in weeks:
        day = calendar.weeks[week]
        as_at = calendar.iso[day]
        for organisation, dataset, feed, steps in entries:
            at = week - feed.first_week
            if at < 0 or at >= len(feed.week_version):
                continue
            version = feed.week_version[at]
            if version < 0:
                continue
            head = (as_at, organisation, dataset, feed.resources[version])
            for row in steps[0 if feed.mechanical else version].issues:
                yield head + row
            if day >= calendar.rule and dataset in feed.rule:
                for row in _rule_issues(feed, dataset, day, calendar):
                    yield head + row


def _rule_issues(feed: Feed, dataset: str, day: int, calendar: Calendar) -> Iterator[IssueRow]:
    """What the new check found, with its severity and responsibility as on the day."""
    if dataset not in feed.rule:
        return
    rows, until = feed.rule[dataset]
    if calendar.rule <= day < min(until, feed.end):
        if day < calendar.rule_change:
            yield RULE_TYPE, _RULE_FIELD, "error", "external", rows
        else:
            spec = ISSUE_TYPE[RULE_TYPE]
            yield RULE_TYPE, _RULE_FIELD, spec.severity, spec.responsibility, rows


def field_counts(history: History, weeks: range) -> Iterator[Row]:
    """One row a snapshot and cell whose primary endpoint, the newest active one, has content."""
    counts = {id(cell): _field_totals(cell) for cell in history.cells}
    for week in weeks:
        as_at = history.calendar.iso[history.calendar.weeks[week]]
        for cell in history.cells:
            for number in range(len(cell.feeds) - 1, -1, -1):
                feed = cell.feeds[number]
                at = week - feed.first_week
                if 0 <= at < len(feed.week_version):
                    if feed.week_version[at] >= 0:
                        yield (
                            as_at,
                            cell.body.organisation,
                            cell.dataset,
                            *counts[id(cell)][number],
                        )
                    break


def _field_totals(cell: Cell) -> list[tuple[str, str, str]]:
    """For each endpoint of a cell: fields there are, supplied, and supplied under their name.

    Where there is a list of fields, only its fields count, as on the platform.
    Shapes count as matched whatever their column is called, as there too.
    """
    fields = {item.field for item in requirements(cell.dataset)} or set(
        SPEC[cell.dataset].supply_fields
    )
    total = str(len(fields))
    counts = []
    for feed in cell.feeds:
        columns = [pair for pair in feed.columns.get(cell.dataset, ()) if pair[1] in fields]
        matched = sum(column == field or field in _SHAPES for column, field in columns)
        counts.append((total, str(len(columns)), str(matched)))
    return counts


# --------------------------------------------------------------------------------------------------
# Details of the last snapshot
# --------------------------------------------------------------------------------------------------


def issues(history: History, only: Collection[str] | None) -> Iterator[Row]:
    """Individual issues of the resources that are current, or the last good ones, today."""
    for number, (feed, version) in enumerate(history.last_resources()):
        resource = feed.resources[version]
        if only is not None and resource not in only:
            continue
        for dataset in feed.datasets:
            step = step_of(feed, dataset, version)
            rule = _rule_issues(feed, dataset, TODAY, history.calendar)
            for row in (*step.issues, *rule):
                odd = ODD_VALUES.get(row[0], ()) if feed is history.odd else ()
                head = (dataset, resource, row[0], row[1])
                for detail in individual_issues(row, int(step.records), number, odd):
                    yield head + detail


def column_fields(history: History, only: Collection[str] | None) -> Iterator[Row]:
    """Columns of the same resources, and the fields that they supply."""
    for feed, version in history.last_resources():
        resource = feed.resources[version]
        if only is not None and resource not in only:
            continue
        for dataset in feed.datasets:
            for column, field in feed.columns[dataset]:
                yield dataset, resource, column, field


# --------------------------------------------------------------------------------------------------
# The log
# --------------------------------------------------------------------------------------------------


def log_entries(history: History) -> Iterator[Row]:
    """One attempt a day and endpoint in the last year, the newest today: of days with the same
    answer the first and the last."""
    iso = history.calendar.iso
    for number, feed in enumerate(history.feeds):
        clock = f"T02:{number % 60:02d}:{number * 7 % 60:02d}Z"
        endpoint = feed.endpoint
        first = max(feed.start + 1, TODAY - LOG_DAYS + 1)
        last = min(feed.end - 1, TODAY)
        for start, end, status, exception, resource in _runs(feed, first, last):
            answer = (status, exception, resource)
            yield endpoint, iso[start] + clock, *answer, "", None
            if end - start > 1:
                since = iso[start + 1] if end - start > 2 else ""
                yield endpoint, iso[end - 1] + clock, *answer, since, None


def _runs(
    feed: Feed, first: int, last: int
) -> Iterator[tuple[int, int, str | None, str | None, str | None]]:
    """Spans of days with one outcome: start, day after the end, status, exception, resource."""
    day, failure_at, version = first, 0, -1
    while day <= last:
        while failure_at < len(feed.failures) and feed.failures[failure_at].end <= day:
            failure_at += 1
        failure = feed.failures[failure_at] if failure_at < len(feed.failures) else None
        if failure is not None and failure.start <= day:
            end = min(failure.end, last + 1)
            yield day, end, failure.status, failure.exception, None
            day = end
            continue
        while version + 1 < len(feed.versions) and feed.versions[version + 1] <= day:
            version += 1
        end = last + 1 if failure is None else min(failure.start, last + 1)
        if version + 1 < len(feed.versions):
            end = min(end, feed.versions[version + 1])
        yield day, end, "200", None, feed.resources[version]
        day = end
