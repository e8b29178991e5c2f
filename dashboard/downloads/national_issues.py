"""Files of the country's issues: by type and dataset, who has one, and through time."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, request

from dashboard import links
from dashboard.data import ask
from dashboard.downloads import framed
from dashboard.downloads.files import blueprint, names, unknown
from performance_store.queries import national_issues
from performance_store.rows import IssueHolder, IssueSpread, IssueTypePoint


@blueprint.get(f"/national/issues.<{framed.FORMS}:form>")
def issues_by_type(form: str) -> Response:
    """Provisions, authorities and rows by type of issue and dataset, for the frame's parameters.
    Without a dataset: all together."""
    found = framed.read()
    rows = ask(national_issues.by_type, **framed.of_snapshot(found))
    return framed.send(form, names(IssueSpread), map(asdict, rows), "issues", found)


@blueprint.get(f"/national/issue-authorities.<{framed.FORMS}:form>")
def issue_authorities(form: str) -> Response:
    """Who has a type of issue (``issue``, as in addresses), in any dataset or ``within`` one."""
    found = framed.read()
    asked = request.args.get("issue", "")
    types = {row.issue_type for row in ask(national_issues.by_type, **framed.of_snapshot(found))}
    issue_type = next((name for name in sorted(types) if links.slug(name) == asked), None)
    if issue_type is None:
        return unknown("Nobody counted here has such an issue.")
    rows = ask(
        national_issues.holders,
        **framed.of_snapshot(found),
        issue_type=issue_type,
        within=request.args.get("within") or None,
    )
    columns = ["issue_type", *(name for name in names(IssueHolder) if name != "found")]
    told = ({"issue_type": issue_type, **asdict(row)} for row in rows)
    return framed.send(form, columns, told, f"issue-{links.slug(issue_type)}", found)


@blueprint.get(f"/national/issue-trend.<{framed.FORMS}:form>")
def issue_trend(form: str) -> Response:
    """Every type on every date up to the one shown; type '': of how many issues are known."""
    found = framed.read()
    rows = ask(
        national_issues.through_time,
        kind=found.snapshot.kind,
        denominator=found.set,
        until=found.snapshot.as_at,
        narrow=found.narrow,
    )
    return framed.send(form, names(IssueTypePoint), map(asdict, rows), "issue-trend", found)
