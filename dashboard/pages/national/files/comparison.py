"""Files of the page that compares: where each authority stands, and lines side by side."""

from __future__ import annotations

from dataclasses import asdict

from flask import Response, request

from dashboard.data.door import ask
from dashboard.pages.national.files import scope_file
from dashboard.web.file_writers import blueprint, names
from performance_store.queries import comparison
from performance_store.rows import ComparedPoint, Standing


@blueprint.get(f"/national/standings.<{scope_file.FORMS}:form>")
def standings(form: str) -> Response:
    """Every authority of the set in one snapshot, for the scope's parameters."""
    scope = scope_file.read(over_time=True)
    rows = ask(comparison.standings, **scope_file.of_snapshot(scope))
    return scope_file.send(form, names(Standing), map(asdict, rows), "standings", scope)


@blueprint.get(f"/national/comparison.<{scope_file.FORMS}:form>")
def lines(form: str) -> Response:
    """All together and what is picked (``pick``, at most six), every date up to the one shown."""
    scope = scope_file.read(over_time=True)
    rows = ask(
        comparison.lines,
        kind=scope.snapshot.kind,
        denominator=scope.set,
        until=scope.snapshot.as_at,
        picks=tuple(request.args.getlist("pick")[: comparison.MOST_PICKS]),
        narrow=scope.narrow,
    )
    return scope_file.send(form, names(ComparedPoint), map(asdict, rows), "comparison", scope)
