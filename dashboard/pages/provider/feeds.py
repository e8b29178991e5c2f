"""Following one organisation: feeds of what changed, and a calendar of what is due."""

from __future__ import annotations

from urllib.parse import unquote

from flask import Response, request

from dashboard.components.common import events as event_words
from dashboard.data.door import ask, now
from dashboard.data.errors import NotFound
from dashboard.pages.provider import dataset_list, deadlines, task_list
from dashboard.pages.provider.subject import Subject, subject_of
from dashboard.pages.submissions import entries as submission_entries
from dashboard.urls import addresses
from dashboard.web import atom, feeds, ics
from dashboard.web.file_writers import blueprint, of_latest
from performance_store.queries import cell, changes, tasks


@blueprint.get("/organisations/<organisation>.atom")
@of_latest("a feed is")
def organisation_feed(organisation: str) -> Response:
    """The newest events of an organisation. ``event`` as on the page about what changed; without
    it what a changed rule caused is there too, for it changes what there is to do."""
    subject = _subject(organisation)
    link = addresses.organisation(subject.curie)
    return _send(subject, None, f"What changed: {subject.name}", link)


@blueprint.get("/organisations/<organisation>/<dataset>.atom")
@of_latest("a feed is")
def cell_feed(organisation: str, dataset: str) -> Response:
    """The newest events of one dataset of an organisation, as in `organisation_feed`."""
    subject = _subject(organisation)
    rows = ask(cell.dataset, dataset=unquote(dataset))
    if not rows:
        raise NotFound("There is no such dataset.")
    row = rows[0]
    link = addresses.dataset(subject.curie, row.dataset)
    return _send(subject, row.dataset, f"What changed: {row.name}, {subject.name}", link)


def _subject(organisation: str) -> Subject:
    if now().empty:
        raise NotFound("There is no such organisation.")
    return subject_of(unquote(organisation))


def _send(subject: Subject, dataset: str | None, title: str, link: str) -> Response:
    day = subject.snapshot.as_at
    event = request.args.get("event")
    choice = event_words.selection(event) | ({} if event else {"by_rule": None})

    steps = submission_entries.steps(subject.curie, dataset, day - feeds.YEAR)

    def write() -> bytes:
        rows = ask(
            changes.feed,
            kind=subject.snapshot.kind,
            organisation=subject.curie,
            dataset=dataset,
            after=day - feeds.YEAR,
            until=day,
            **choice,
            **feeds.window(),
        )
        beside = [submission_entries.entry(step, subject.name) for step in steps]
        return feeds.of_events(rows, title=title, link=link, day=day, beside=beside)

    return feeds.send(write, atom.MIMETYPE, max((step.at for step in steps), default=None))


@blueprint.get("/organisations/<organisation>.ics")
@of_latest("a calendar is")
def calendar(organisation: str) -> Response:
    """The days on which a dataset of an organisation is to be reviewed, this year and the next."""
    subject = _subject(organisation)
    met_on = task_list.reviews_met(task_list.of(subject).value)

    def write() -> bytes:
        title = f"Planning data due: {subject.name}"
        if now().kind == "sample":
            title = f"Sample data: {title}"
        days = deadlines.occasions(
            subject.curie,
            dataset_list.rows(subject).value,
            ask(tasks.deadlines),
            subject.snapshot.as_at,
            feeds.site(),
            met_on,
        )
        return ics.write(title, () if subject.has_closed else days)

    if met_on:
        # What people said is in no validator: it may be another when the data are the same.
        answer = Response(write(), content_type=f"{ics.MIMETYPE}; charset=utf-8")
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return feeds.send(write, ics.MIMETYPE)
