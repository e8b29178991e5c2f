"""Files of the country's issues: by type and dataset, who has one, and through time."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, request

from dashboard.data.door import ask
from dashboard.pages.national.files import scope_file
from dashboard.urls import links
from dashboard.web.file_writers import blueprint, names, unknown
from performance_store.queries import national_issues
from performance_store.rows import IssueHolder, IssueSpread, IssueTypePoint


@blueprint.get(f"/national/issues.<{scope_file.FORMS}:form>")
def issues_by_type(form: str) -> Response:
    """Provisions, authorities and rows by type of issue and dataset, for the scope's parameters.
    Without a dataset: all together."""
    scope = scope_file.read()
    rows = ask(national_issues.by_type, **scope_file.of_snapshot(scope))
    return scope_file.send(form, names(IssueSpread), map(asdict, rows), "issues", scope)


@blueprint.get(f"/national/issue-authorities.<{scope_file.FORMS}:form>")
def issue_authorities(form: str) -> Response:
    """Who has a type of issue (``issue``, as in addresses), in any dataset or ``within`` one."""
    scope = scope_file.read()
    slug = request.args.get("issue", "")
    types = {
        row.issue_type for row in ask(national_issues.by_type, **scope_file.of_snapshot(scope))
    }
    issue_type = next((name for name in sorted(types) if links.slug(name) == slug), None)
    if issue_type is None:
        return unknown("No authority here has that issue.")
    rows = ask(
        national_issues.holders,
        **scope_file.of_snapshot(scope),
        issue_type=issue_type,
        within=request.args.get("within") or None,
    )
    columns = ["issue_type", *(name for name in names(IssueHolder) if name != "found")]
    lines = ({"issue_type": issue_type, **asdict(row)} for row in rows)
    return scope_file.send(form, columns, lines, f"issue-{links.slug(issue_type)}", scope)


@blueprint.get(f"/national/issue-trend.<{scope_file.FORMS}:form>")
def issue_trend(form: str) -> Response:
    """Every type on every date up to the one shown; type '': of how many issues are known."""
    scope = scope_file.read()
    rows = ask(
        national_issues.through_time,
        kind=scope.snapshot.kind,
        denominator=scope.set,
        until=scope.snapshot.as_at,
        narrow=scope.narrow,
    )
    return scope_file.send(form, names(IssueTypePoint), map(asdict, rows), "issue-trend", scope)
