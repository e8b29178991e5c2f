"""The figures of an organisation's charts, each at an address of its own as JSON.

A page only points to them, so that it carries none and asks for none: `assets/chart.js` fetches
what the reader comes near to. They are of all dates; what they say hangs on the data alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import unquote

import plotly.graph_objects as go
from flask import Blueprint, Response

from dashboard.components.design.chart import json_of
from dashboard.components.provider import cell_lines, severity_lines, status_runs
from dashboard.data.cache import make_key
from dashboard.data.door import door, now
from dashboard.data.errors import NotFound, StoreUnavailable
from dashboard.data.reading import soon
from dashboard.pages.provider.subject import DateFilter, Subject, dates, rule_changes, subject_of
from dashboard.urls import addresses, links
from dashboard.web.public import hold, unless_new
from performance_store.queries import histories, problem_histories

blueprint = Blueprint("charts", __name__)

STATUSES, SEVERITIES, ISSUES, STATE = "statuses", "severities", "issues", "state"


@blueprint.get(addresses.ORGANISATION_CHART)
def of_organisation(organisation: str, name: str) -> Response:
    """A figure of all datasets of an organisation."""
    make = {STATUSES: _statuses, SEVERITIES: _severities}.get(name)
    if make is None:
        raise NotFound("There is no such figure.")
    return _answer(lambda: make(_subject(organisation)), [organisation, name])


@blueprint.get(addresses.CHART)
def of_dataset(organisation: str, dataset: str, name: str) -> Response:
    """A figure of one dataset of an organisation."""
    make = {ISSUES: _issues, STATE: _state}.get(name)
    if make is None:
        raise NotFound("There is no such figure.")
    slug = unquote(dataset)
    return _answer(lambda: make(_subject(organisation), slug), [organisation, slug, name])


@blueprint.errorhandler(NotFound)
def no_figure(error: NotFound) -> Response:
    """The answer for what there is no figure of."""
    return Response("There is no such figure.\n", 404, mimetype="text/plain")


@blueprint.errorhandler(StoreUnavailable)
def unavailable(error: StoreUnavailable) -> Response:
    """The answer while the database does not answer."""
    return Response("Our database is not answering.\n", 503, mimetype="text/plain")


def _subject(organisation: str) -> Subject:
    curie = unquote(organisation)
    if now().empty or not curie.isprintable():
        raise NotFound("There is no such organisation.")
    return subject_of(curie)


def _answer(make: Callable[[], go.Figure], names: Sequence[str]) -> Response:
    """A figure, unless who asks has it: made once for each version of the data. In: what makes it,
    and the variables of its address."""
    same = unless_new()
    if same is not None:
        return same
    key = make_key(now().version, _answer, {"names": list(names)})
    body = door().cache.cached(key, lambda: json_of(make()), str)
    return hold(Response(body, mimetype="application/json"))


def _statuses(subject: Subject) -> go.Figure:
    rows = soon(histories.statuses, organisation=subject.curie, kind=subject.snapshot.kind)
    days = dates(subject.snapshot)
    if not rows.value:
        raise NotFound("Nothing is known of its datasets.")
    return status_runs.plot(
        rows.value, days.value, lambda dataset: addresses.dataset(subject.curie, dataset)
    )


def _severities(subject: Subject) -> go.Figure:
    rows = soon(
        problem_histories.severities, organisation=subject.curie, kind=subject.snapshot.kind
    )
    days, notes = dates(subject.snapshot), rule_changes(subject)
    if not rows.value:
        raise NotFound("No problems are known.")
    return severity_lines.plot(rows.value, days.value, notes.value)


def _issues(subject: Subject, dataset: str) -> go.Figure:
    which = {"organisation": subject.curie, "dataset": dataset, "kind": subject.snapshot.kind}
    rows, history = soon(problem_histories.issues, **which), soon(histories.cell, **which)
    days, notes = dates(subject.snapshot), rule_changes(subject)
    if not rows.value:
        raise NotFound("No issues are known.")
    return cell_lines.plot_issues(
        rows.value,
        history.value,
        days.value,
        notes.value,
        lambda day: _dataset(subject, dataset, day),
    )


def _state(subject: Subject, dataset: str) -> go.Figure:
    which = {"organisation": subject.curie, "dataset": dataset, "kind": subject.snapshot.kind}
    history = soon(histories.cell, **which)
    days, notes = dates(subject.snapshot), rule_changes(subject)
    if not history.value:
        raise NotFound("Nothing is known of it.")
    return cell_lines.plot_state(
        history.value, days.value, notes.value, lambda day: _dataset(subject, dataset, day)
    )


def _dataset(subject: Subject, dataset: str, day: date | None) -> str:
    path = addresses.dataset(subject.curie, dataset)
    return links.address(path, DateFilter(as_at=day))
