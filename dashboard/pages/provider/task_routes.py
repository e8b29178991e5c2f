"""What the form of a task does: it says how far it is, and sends the browser back to the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import unquote

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from dashboard.components.words.formatting import read_day
from dashboard.data.errors import NotFound, StoreUnavailable
from dashboard.pages.provider import task as page
from dashboard.pages.provider import task_progress
from dashboard.urls import addresses
from dashboard.web import cookies, identity, slots
from dashboard.web.document import plain_page
from dashboard.web.problems import not_found, unavailable
from performance_store.database import DatabaseUnavailable
from providers import audit, tasks
from providers.tasks import CONFIRMABLE, REASONS, Progress

blueprint = Blueprint("tasks", __name__)

LONGEST_PAUSE = timedelta(days=366)
_FIELDS = ("state", "reason", "until", "note", "previous")


@blueprint.errorhandler(NotFound)
def no_task(error: NotFound) -> Response:
    """Said where there is no such task."""
    return plain_page(not_found.layout(error.sentence), 404)


@blueprint.errorhandler(StoreUnavailable)
@blueprint.errorhandler(DatabaseUnavailable)
def silent(_error: Exception) -> Response:
    """Said while the database is silent."""
    return plain_page(unavailable.layout(), 503)


@blueprint.post(addresses.TASK)
def say(organisation: str, task: str) -> AnyResponse:
    """Say how far a task is: its own organisation decides who may, not the address."""
    cookies.keep_private()
    if not cookies.is_on():
        raise identity.Refused(404, "Page not found", "There is no page at this address.")
    view = page.view(unquote(organisation), unquote(task))
    values = {name: request.form.get(name, "").strip()[:1000] for name in _FIELDS}
    mistakes = _mistakes(view, values)
    with identity.change() as connection:
        who = identity.required(connection, organisation=view.task.organisation)
        if mistakes:
            sent = page.Sent(values, mistakes)
            return plain_page(page.render(replace(view, sent=sent)), 400)
        event_id = tasks.record(
            connection,
            task=view.task.public_id,
            organisation=view.task.organisation,
            dataset=view.task.dataset,
            person_id=who.person_id,
            state=tasks.state_of(values["state"]) or "to_do",
            reason=values["reason"] if values["state"] == "not_applicable" else None,
            note=values["note"] or None,
            until=read_day(values["until"]) if values["state"] == "paused" else None,
            problems=view.task.problems,
            previous_event_id=int(values["previous"]) if values["previous"] else None,
        )
        audit.record(
            connection,
            action="progress" if event_id else "progress-late",
            person_id=who.person_id,
            organisation=view.task.organisation,
            subject=view.task.public_id,
            details={"state": values["state"]},
            request_id=identity.request_id(),
        )
    if event_id is None:
        return _late(view, values, who.person_id)
    return redirect(f"{view.address}?saved=1", 303)


def _late(view: page.View, values: dict[str, str], person_id: int) -> AnyResponse:
    """The page with what was said meanwhile; its form follows that. Whoever said the very same
    themselves, as by pressing the button twice, has saved it."""
    events = task_progress.history(view.who, view.task)
    progress = task_progress.progress(view.who, [view.task]).get(view.task.public_id)
    is_own = progress is not None and progress.person_id == person_id
    if progress is not None and is_own and _is_same(progress, values):
        return redirect(f"{view.address}?saved=1", 303)
    sent = page.Sent(values, late="own" if is_own else "other")
    return plain_page(page.render(replace(view, events=events, progress=progress, sent=sent)), 409)


def _is_same(progress: Progress, values: dict[str, str]) -> bool:
    return (progress.state, progress.reason, progress.until, progress.note) == (
        values["state"],
        values["reason"] if values["state"] == "not_applicable" else None,
        read_day(values["until"]) if values["state"] == "paused" else None,
        values["note"] or None,
    )


def _mistakes(view: page.View, values: dict[str, str]) -> dict[str, str]:
    """What is wrong with a form, by the name of the control."""
    state = tasks.state_of(values["state"])
    mistakes: dict[str, str] = {}
    if view.task.closed_on is not None:
        mistakes["state"] = "The task has closed meanwhile. There is nothing left to say of it."
    elif state is None or (state == "confirmed" and view.task.kind not in CONFIRMABLE):
        mistakes["state"] = "Choose how far it is"
    if state == "not_applicable" and values["reason"] not in REASONS:
        mistakes["reason"] = "Choose why it does not apply"
    if state == "paused" and not _is_to_come(read_day(values["until"])):
        mistakes["until"] = "Enter a day within the next 12 months, such as 27 3 2027"
    if len(values["note"]) > 500:
        mistakes["note"] = "The note must be 500 characters or fewer"
    elif not values["note"].isprintable():
        mistakes["note"] = "The note must be one line of text"
    if values["previous"] and not (values["previous"].isdecimal() and len(values["previous"]) < 19):
        mistakes["state"] = "The form was damaged on its way. Choose again"
    return mistakes


def _is_to_come(day: date | None) -> bool:
    return day is not None and timedelta(0) < day - slots.today() <= LONGEST_PAUSE
