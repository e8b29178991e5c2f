"""Places in kept pages for what people said: filled for each request, after the page cache.

A kept page is the same for everyone and holds facts alone. Where people's confirmations change a
number or a word in it, the page has a marker, and this puts the words in its place: in HTML and in
Dash's JSON alike, so the words are letters, digits and plain punctuation. Nobody can write a
marker: it holds a random part that is new in each process.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache

from flask import Flask, Response

from dashboard.components.words import formatting, submission_words, task_words
from dashboard.data.door import door
from dashboard.data.errors import StoreUnavailable
from performance_store.queries import snapshots
from performance_store.rows import Task, TaskCount, TaskOfKind
from providers import tasks
from providers.submissions import reading
from providers.submissions.rows import Submission
from providers.tasks import Confirmation

_SECRET = secrets.token_hex(16)
_MARKER = re.compile(rf"\[{_SECRET}:(count|said):(\d*):([01]):([0-9a-f,]*)\]".encode())
_SENT_MARKER = re.compile(rf"\[{_SECRET}:(sent|step):([0-9a-f]+):([0-9a-f]*)\]".encode())
_LOAD_MARKER = re.compile(rf"\[{_SECRET}:load:(first|past)\]".encode())
_START = f"[{_SECRET}:".encode()
_KINDS = ("text/html", "application/json")


def count(count: TaskCount, rows: Sequence[Task | TaskOfKind]) -> str:
    """Stands for the number of open tasks. In: the number by the facts, and the tasks."""
    return _marker("count", count.total, count.unknown, *confirmable(rows))


def confirmation(task: Task) -> str:
    """Stands for what was said of a task in place of doing it: nothing, or when and that there is
    nothing to change."""
    return _marker("said", 0, False, task.public_id) if confirmable([task]) else ""


def submissions(organisation: str, dataset: str = "") -> str:
    """Stands for what an organisation has sent that is open: of one dataset how far it is, of all
    how many. Nothing where nothing is open."""
    return _sent_marker("sent", organisation, dataset)


def step(organisation: str, dataset: str) -> str:
    """Stands for that the address of a dataset was sent, beside the step that asks for it."""
    return _sent_marker("step", organisation, dataset)


def _sent_marker(kind: str, organisation: str, dataset: str) -> str:
    return f"[{_SECRET}:{kind}:{organisation.encode().hex()}:{dataset.encode().hex()}]"


def loading_sample() -> str:
    """Stands, in an empty store, for that sample data are being loaded; nothing where none are."""
    return f"[{_SECRET}:load:first]"


def loading_past() -> str:
    """Stands for how far the load of the sample's past is, in a store that lacks it."""
    return f"[{_SECRET}:load:past]"


def confirmable(rows: Sequence[Task | TaskOfKind]) -> list[str]:
    """The public ids of those tasks that a confirmation meets."""
    return [row.public_id for row in rows if row.kind in tasks.CONFIRMABLE]


def _marker(kind: str, number: int, unknown: bool, *ids: str) -> str:
    return f"[{_SECRET}:{kind}:{number}:{int(unknown)}:{','.join(ids)}]"


def confirmations(ids: Sequence[str]) -> dict[str, Confirmation]:
    """Which of some tasks are met, by their public ids: asked anew each time, and of nobody where
    no task can be met. While the database is silent none is."""
    if not ids:
        return {}
    try:
        rows = door().fresh(
            tasks.confirmations, isolation="AUTOCOMMIT", tasks=tuple(ids), today=today()
        )
    except StoreUnavailable:
        return {}
    return {row.task: row for row in rows}


def today() -> date:
    """The day of the calendar that what people said is held against."""
    return datetime.now(UTC).date()


def fill_slots(server: Flask) -> None:
    """Fill the places in every answer. After an answer was copied for the page cache, so before
    `cache_pages` is called, whose work after a request comes first."""

    @server.after_request
    def fill(response: Response) -> Response:
        if response.mimetype not in _KINDS or response.is_streamed:
            return response
        body = response.get_data()
        if has_places(body):
            response.set_data(with_words(body))
        if _LOAD_MARKER.search(body):
            # It is of this moment: no shared cache holds it, and ours fills it anew.
            response.headers.setdefault("Cache-Control", "no-cache, max-age=0")
        return response


def has_places(body: bytes) -> bool:
    """Whether an answer has places to fill."""
    return _START in body


def with_words(body: bytes) -> bytes:
    """An answer with its places filled."""
    # One page may say it in several places.
    rows_of = cache(_open_submissions)
    body = _SENT_MARKER.sub(lambda match: _sent(match, rows_of).encode(), body)
    body = _LOAD_MARKER.sub(lambda match: _loading(match[1] == b"past").encode(), body)
    ids = {one for match in _MARKER.finditer(body) for one in match[4].decode().split(",") if one}
    met = confirmations(sorted(ids))
    return _MARKER.sub(lambda match: _words(match, met).encode(), body)


def _words(match: re.Match[bytes], met: Mapping[str, Confirmation]) -> str:
    ids = [one for one in match[4].decode().split(",") if one in met]
    if match[1] == b"said":
        return f" Confirmed on {formatting.day(met[ids[0]].at.date())}." if ids else ""
    return task_words.number(int(match[2]) - len(ids), match[3] == b"1")


def _open_submissions(organisation: str, dataset: str) -> tuple[Submission, ...]:
    """What an organisation has sent that is open, of one dataset or all; nothing while the
    database is silent."""
    try:
        rows = door().fresh(
            reading.of_organisation,
            isolation="AUTOCOMMIT",
            organisation=organisation,
            dataset=dataset or None,
            today=today(),
        )
    except StoreUnavailable:
        return ()
    return tuple(row for row in rows if row.is_open)


def _sent(match: re.Match[bytes], rows_of: Callable[[str, str], tuple[Submission, ...]]) -> str:
    """How far what is open is."""
    organisation, dataset = (bytes.fromhex(part.decode()).decode() for part in match.group(2, 3))
    rows = rows_of(organisation, dataset)
    if match[1] == b"step":
        return submission_words.of_step(rows)
    return submission_words.of_dataset(rows, today()) if dataset else submission_words.of_all(rows)


def _loading(is_past: bool) -> str:
    """How far the load of the sample is, to whom all of it is missing or its past. Of an empty
    store nothing is said where no load is under way, which may never come."""
    try:
        rows = door().fresh(snapshots.loading_sample, isolation="AUTOCOMMIT")
    except StoreUnavailable:
        rows = ()
    if not is_past:
        return " Sample data are being loaded: reload this page in a few seconds." if rows else ""
    how = "is not loaded yet"
    if rows:
        how = "is still being loaded"
        if rows[0].percent is not None:
            how += f": {rows[0].percent}% when this page was drawn"
    return (
        f" The history of the sample {how}. What pages say of earlier days comes with it: changes, "
        "charts over time, how endpoints answered, since when there is a task. Reload this page to "
        "see more."
    )
