"""Feeds of events and calendars, as answers: what is the same for whoever they are about."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Response, request

from dashboard.components.common import events as event_words
from dashboard.components.words import wording
from dashboard.data.cache import code_version
from dashboard.data.door import now
from dashboard.urls import addresses
from dashboard.web import atom, cookies
from performance_store.rows import Event

SECONDS = 900
PAGE_ENTRIES = 50
PAGES = 200
# The country has too many events for more.
QUARTER, YEAR = timedelta(days=92), timedelta(days=366)
INVENTED = "Every authority and every figure here is invented."


def page_number() -> int:
    """Which page of a feed the address asks for; the first for what is no number."""
    text = request.args.get("page", "")
    return min(int(text), PAGES) if text.isascii() and text.isdecimal() and int(text) else 1


def site() -> str:
    """This site's address for links that are read elsewhere: what the settings say. Where they say
    nothing it is this machine by the name that it is called by, or blank: links are relative then,
    for the answer is kept for others, too, and whoever asks could call us anything."""
    address = cookies.accounts().site
    if urlsplit(address).hostname not in cookies.LOOPBACK:
        return address
    is_here = urlsplit(request.url_root).hostname in cookies.LOOPBACK
    return request.url_root.rstrip("/") if is_here else ""


def window() -> dict[str, Any]:
    """Where the page begins, and one entry more than it holds: whether there is a next page."""
    return {"offset": (page_number() - 1) * PAGE_ENTRIES, "limit": PAGE_ENTRIES + 1}


def of_events(
    rows: Sequence[Event],
    *,
    title: str,
    link: str,
    day: date,
    beside: Sequence[atom.Entry] = (),
) -> bytes:
    """A page of the feed at the address of the request. In: events as `window` asked for them, the
    feed's title, the page that people read instead, the day of the figures, and entries that stand
    among the events of the first page by their day."""
    page, query = page_number(), request.args.to_dict(flat=False)
    query.pop("page", None)

    def at(number: int) -> str:
        pages = {"page": [str(number)]} if number > 1 else {}
        text = urlencode(query | pages, doseq=True)
        return f"{request.path}?{text}" if text else request.path

    pages = {"first": at(1)}
    if page > 1:
        pages["previous"] = at(page - 1)
    if len(rows) > PAGE_ENTRIES and page < PAGES:
        pages["next"] = at(page + 1)
    entries = [_entry(row) for row in rows[:PAGE_ENTRIES]]
    if page == 1:
        entries = sorted([*entries, *beside], key=lambda entry: entry.day, reverse=True)
    is_sample = now().kind == "sample"
    return atom.write(
        atom.Feed(
            key=(at(1),),
            title=f"Sample data: {title}" if is_sample else title,
            subtitle=INVENTED if is_sample else "What changed from one day’s data to the next.",
            day=max([day, *(entry.day for entry in entries)]),
            address=site() + at(page),
            link=site() + link,
            pages={relation: site() + address for relation, address in pages.items()},
            entries=entries,
        )
    )


def _entry(row: Event) -> atom.Entry:
    name = wording.name_of(row.organisation_name, row.organisation)
    sentence = event_words.sentence(row)
    what = f", {row.dataset_name or row.dataset}" if row.dataset else ""
    link = addresses.organisation(row.organisation)
    if row.dataset:
        link = addresses.dataset(row.organisation, row.dataset)
    # Of a day and a provision there is one event of each kind, and of types of issue one each:
    # what it was before can become another when data of a day between are loaded later.
    subject = row.before or row.after or "" if row.kind in event_words.OF_MANY else ""
    return atom.Entry(
        key=(row.kind, row.organisation, row.dataset or "", subject, row.as_at.isoformat()),
        title=f"{name}{what}: {sentence}",
        summary=f"Between {row.previous_as_at} and {row.as_at}: {sentence}.",
        day=row.as_at,
        link=site() + link,
    )


def send(write: Callable[[], bytes], mimetype: str, changed_at: datetime | None = None) -> Response:
    """What ``write`` gives, unless the client has it: then it is not even made. In: also when what
    it holds beside the data changed last."""
    state = now()
    version = f"{state.version} {code_version()} {site()} {request.full_path} {changed_at or ''}"
    answer = Response(content_type=f"{mimetype}; charset=utf-8")
    answer.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    answer.set_etag(hashlib.sha256(version.encode()).hexdigest()[:20])
    moments = [moment for moment in (state.published_at, changed_at) if moment]
    answer.last_modified = max(moments, default=None)
    answer.make_conditional(request)
    if answer.status_code != 304:
        answer.set_data(write())
    return answer
