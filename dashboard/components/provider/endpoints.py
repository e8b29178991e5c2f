"""Endpoints of one dataset: where each is, whether it answers, and why not when it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from dash.development.base_component import Component

from dashboard.components.common import explain, steps
from dashboard.components.common.steps import About
from dashboard.components.design import blocks, drawing, html, status, text
from dashboard.components.design.status import Tone
from dashboard.components.provider import cards, collected
from dashboard.components.words import formatting, outages, wording
from dashboard.components.words.failures import evidence, failure
from performance_store.rows import (
    DatasetStatus,
    EndedEndpoint,
    EndpointState,
    FileSeen,
    LogDays,
    UnprocessedEndpoint,
)

STRIP_DAYS = 365
_FOLDED_TOGETHER = 3
_TONES: dict[str, Tone] = {"ok": "good", "failed": "bad"}


@dataclass(frozen=True, slots=True)
class Advice:
    """What advice on failing endpoints depends on: the cause that the page already gives advice on
    (`Failure.brief`), and what it is about."""

    cause_above: str | None
    about: About


def section(
    rows: Sequence[EndpointState],
    days: Sequence[LogDays],
    as_at: date,
    *,
    files: Sequence[FileSeen] = (),
    past: Sequence[EndedEndpoint] = (),
    advice: Advice | None = None,
) -> Component | None:
    """All active endpoints of a dataset, the newest first, with a year of attempts and versions of
    the file each; then those that have ended. None if there are none of either.

    Without `advice` none is given on those that fail. All but the newest are folded.
    """
    if not rows:
        return _only_past(past)
    title = "Endpoint" if len(rows) == 1 else f"{len(rows)} endpoints"
    meaning = (
        "The web address that we collect this dataset from."
        if len(rows) == 1
        else "The web addresses that we collect this dataset from, newest first."
    )
    items: list[Any] = []
    older: list[Any] = []
    for number, row in enumerate(rows, 1):
        own = [run for run in days if run.endpoint == row.endpoint]
        parts = _parts(row, own, as_at, advice)
        versions = [file for file in files if file.endpoint == row.endpoint]
        parts += collected.versions(row, versions, as_at)
        if number == 1:
            items.append(_card(row, parts, len(rows)))
        else:
            older.append(_older(row, parts, number, len(rows)))
    if len(older) > _FOLDED_TOGETHER:
        older = [text.details(_summary(rows[1:]), *older)]
    working = explain.explain("availability") if days else None
    past_section = collected.past_endpoints(past)
    intro = text.paragraph(meaning)
    return text.section(title, intro, *items, *older, past_section, working, id="endpoints")


def why_absent(past: Sequence[EndedEndpoint]) -> str:
    """Why a dataset without an active endpoint is not provided: it lost what it had, or never had
    any. In: the endpoints that have ended."""
    if not past:
        return "Not provided: no endpoint has ever been added."
    ends = [row.ended_on for row in past if row.ended_on]
    if ends:
        return f"No longer provided: its last endpoint ended on {formatting.day(max(ends))}."
    days = [row.last_listed_on for row in past if row.last_listed_on]
    until = f" It was last listed on {formatting.day(max(days))}." if days else ""
    return f"No longer provided: its endpoint has gone.{until}"


def _only_past(past: Sequence[EndedEndpoint]) -> Component | None:
    if not past:
        return None
    sentence = text.paragraph(
        "There is no active endpoint. We collected this dataset from another address before."
    )
    return text.section("Endpoint", sentence, collected.past_endpoints(past), id="endpoints")


def unprocessed(rows: Sequence[UnprocessedEndpoint]) -> Component | None:
    """Addresses that are registered but not processed, the newest first; None without any."""
    if not rows:
        return None
    title = "Registered address" if len(rows) == 1 else f"{len(rows)} registered addresses"
    intro = text.paragraph(
        "The platform’s registers name no pipeline for what is at this address, so nothing is made "
        "of it."
    )
    return text.section(title, intro, *map(_unprocessed, rows), id="endpoints")


def _unprocessed(row: UnprocessedEndpoint) -> Component:
    url = row.endpoint_url or row.endpoint
    documentation = row.documentation_url
    facts: list[tuple[str, Any]] = [
        ("Added", text.day(row.added_on)),
        ("Last accessed", text.day(row.last_attempt_on)),
        ("Last answer", evidence(row.http_status, row.exception) or None),
    ]
    if documentation:
        facts.append(("Documentation", text.external_link(documentation, documentation)))
    return html.Div(
        [html.P(text.external_link(url, url), className="break"), blocks.summary_list(facts)]
    )


def _card(row: EndpointState, parts: Sequence[Any], count: int) -> Component:
    band = status.word(status.ACCESS_BANDS, row.access_band)
    title = "The endpoint" if count == 1 else f"Endpoint 1 of {count}"
    return blocks.card(title, *parts, tag=status.access_tag(row.access_band), tone=band.tone)


def _summary(rows: Sequence[EndpointState]) -> str:
    bands = Counter(status.word(status.ACCESS_BANDS, row.access_band).label for row in rows)
    states = formatting.list_of([f"{count} {label.lower()}" for label, count in bands.items()])
    return f"{len(rows)} more endpoints: {states}"


def _older(row: EndpointState, parts: Sequence[Any], number: int, count: int) -> Component:
    band = status.word(status.ACCESS_BANDS, row.access_band).label.lower()
    date_note = f", added {formatting.day(row.added_on)}" if row.added_on else ""
    return text.details(f"Endpoint {number} of {count}: {band}{date_note}", *parts)


def _parts(
    row: EndpointState, days: Sequence[LogDays], as_at: date, advice: Advice | None
) -> list[Any]:
    url = row.endpoint_url or row.endpoint
    parts: list[Any] = [html.P(text.external_link(url, url), className="break")]
    if row.success is False:
        parts.append(_why(row, advice))
    if row.source_ended_on and row.source_ended_on <= as_at:
        end_day = formatting.day(row.source_ended_on)
        words = f"Its source ended on {end_day}, but we still collect from it."
        parts.append(text.paragraph(words, quiet=True))
    if row.shared_with:
        others = formatting.plural(row.shared_with, "other organisation", "other organisations")
        parts.append(text.paragraph(f"It also serves {others}.", quiet=True))
    parts.append(blocks.summary_list(_facts(row, as_at)))
    if days:
        parts.append(_year(days, as_at))
    return parts


def _facts(row: EndpointState, as_at: date) -> list[tuple[str, Any]]:
    documentation = row.documentation_url
    return [
        (
            "Documentation",
            text.external_link(documentation, documentation) if documentation else None,
        ),
        ("Licence", wording.licence_of(row.licence)),
        ("Added", text.day(row.added_on)),
        ("Last accessed", _day_and_age(row.last_attempt_on, as_at)),
        ("Last successful", _day_and_age(row.last_success_on, as_at)),
        ("Content last updated", _day_and_age(row.content_changed_on, as_at)),
    ]


def _day_and_age(day: date | None, as_at: date) -> Component | None:
    if day is None:
        return None
    # "Today" would mean the day of the figures, which is not the reader's.
    age = f" ({formatting.age(day, as_at)})" if (as_at - day).days > 1 else ""
    return html.Span([text.day(day), age])


def _why(row: EndpointState, advice: Advice | None) -> Component:
    title = f"Failing{outages.of_endpoint(row)}"
    cause = failure(row.http_status, row.exception)
    explanation = html.P(wording.log_says(row.http_status, row.exception))
    todo = []
    if advice and cause.brief != advice.cause_above:
        about = replace(advice.about, endpoint=row.endpoint, giving="replace")
        todo.append(text.steps(steps.linked(cause.steps, about)))
    return text.notification(title, explanation, *todo, kind="error")


def _year(days: Sequence[LogDays], as_at: date) -> Component:
    first = as_at - timedelta(days=STRIP_DAYS - 1)
    tones: list[Tone] = ["none"] * STRIP_DAYS
    successes = attempts = 0
    for run in days:
        start, end = max(run.first_day, first), min(run.last_day, as_at)
        if end < start:
            continue
        length = (end - start).days + 1
        offset = (start - first).days
        tones[offset : offset + length] = [_TONES.get(run.outcome, "none")] * length
        attempts += length
        successes += length if run.outcome == "ok" else 0
    headline = f"Collection worked on {formatting.n_of(successes, attempts)} days"
    year_end = formatting.day(as_at)
    return html.Div(
        [
            text.paragraph(f"{headline} when we tried, in the year to {year_end}."),
            cards.strip_with_dates(drawing.tone_strip(tones, headline), first, as_at),
        ]
    )


def alone(row: DatasetStatus) -> Component | None:
    """The endpoint, where the figures list one without saying whether it works; None: they list
    none."""
    if not row.endpoint_count:
        return None
    url, documentation = row.endpoint_url, row.documentation_url
    facts: list[tuple[str, Any]] = [
        ("Endpoint", text.external_link(url, url) if url else None),
        ("Documentation", text.external_link(documentation, documentation)
            if documentation else None),
        ("Licence", wording.licence_of(row.licence)),
        ("Added", text.day(row.endpoint_added_on)),
        ("Last accessed", text.day(row.last_attempt_on)),
        ("Last successful", text.day(row.last_success_on)),
        ("Content last updated", text.day(row.content_changed_on)),
    ]  # fmt: skip
    return text.section("Endpoint", blocks.summary_list(facts), id="endpoints")
