"""Files of the country's issues: by type and dataset, who has one, and through time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, request

from dashboard import frame, links
from dashboard.data import ask
from dashboard.downloads.files import as_csv, blueprint, names, unknown
from dashboard.frame import Frame
from performance_store.queries import national_issues, snapshots
from performance_store.rows import IssueHolder, IssueSpread, IssueTypePoint


@blueprint.get("/national/issues.csv")
def issues_by_type() -> Response:
    """Provisions, authorities and rows by type of issue and dataset, for the frame's parameters.
    Without a dataset: all together."""
    found = _frame()
    if found is None:
        return unknown("No data has been loaded yet.")
    rows = ask(national_issues.by_type, **_at(found))
    return as_csv(names(IssueSpread), map(asdict, rows), _name("issues", found))


@blueprint.get("/national/issue-authorities.csv")
def issue_authorities() -> Response:
    """Who has a type of issue (``issue``, as in addresses), in any dataset or ``within`` one."""
    found = _frame()
    if found is None:
        return unknown("No data has been loaded yet.")
    asked = request.args.get("issue", "")
    types = {row.issue_type for row in ask(national_issues.by_type, **_at(found))}
    issue_type = next((name for name in sorted(types) if links.slug(name) == asked), None)
    if issue_type is None:
        return unknown("Nobody counted here has such an issue.")
    rows = ask(
        national_issues.holders,
        **_at(found),
        issue_type=issue_type,
        within=request.args.get("within") or None,
    )
    columns = ["issue_type", *(name for name in names(IssueHolder) if name != "found")]
    told = ({"issue_type": issue_type, **asdict(row)} for row in rows)
    return as_csv(columns, told, _name(f"issue-{links.slug(issue_type)}", found))


@blueprint.get("/national/issue-trend.csv")
def issue_trend() -> Response:
    """Every type on every date up to the one shown; type '': of how many issues are known."""
    found = _frame()
    if found is None:
        return unknown("No data has been loaded yet.")
    rows = ask(
        national_issues.through_time,
        kind=found.snapshot.kind,
        denominator=found.set,
        until=found.snapshot.as_at,
        narrow=found.narrow,
    )
    return as_csv(names(IssueTypePoint), map(asdict, rows), _name("issue-trend", found))


def _frame() -> Frame | None:
    if not ask(snapshots.current):
        return None
    return frame.read(frame.Wanted, request.args.to_dict(flat=False))[1]


def _at(found: Frame) -> dict[str, Any]:
    return {
        "snapshot_id": found.snapshot.snapshot_id,
        "denominator": found.set,
        "narrow": found.narrow,
    }


def _name(what: str, found: Frame) -> str:
    return f"{what}-{found.set}-{found.snapshot.kind}-{found.snapshot.as_at}.csv"
