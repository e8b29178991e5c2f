"""Endpoints of one dataset: where each is, whether it answers, and what to do when it does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import formatting
from dashboard.components import blocks, drawing, provision, status, text, wording
from dashboard.components.failures import failure
from dashboard.components.status import Tone
from performance_store.rows import EndpointState, LogDays

STRIP_DAYS = 365
_TONES: dict[str, Tone] = {"ok": "good", "failed": "bad"}


def listed(rows: Sequence[EndpointState], days: Sequence[LogDays], as_at: date) -> Component | None:
    """All active endpoints of a dataset, the newest first, with a year of attempts each."""
    if not rows:
        return None
    title = "Endpoint" if len(rows) == 1 else f"{len(rows)} endpoints"
    items = [_endpoint(row, [d for d in days if d.endpoint == row.endpoint], as_at) for row in rows]
    explained = provision.explain("availability") if days else None
    return text.section(title, *items, explained, id="endpoints")


def _endpoint(row: EndpointState, days: Sequence[LogDays], as_at: date) -> Component:
    band = status.word(status.ACCESS_BANDS, row.access_band)
    url = row.endpoint_url or row.endpoint
    known: list[tuple[str, Any]] = [
        ("Documentation", text.external_link(row.documentation_url, row.documentation_url)
            if row.documentation_url else None),
        ("Licence", wording.licence_of(row.licence)),
        ("Added", text.day(row.added_on)),
        ("Last attempt", _moment(row, as_at)),
        ("Last success", text.day(row.last_success_on)),
        ("Content last changed", text.day(row.content_changed_on)),
    ]  # fmt: skip
    parts: list[Any] = [html.P(text.external_link(url, url), className="break")]
    if row.success is False:
        parts.append(_why(row))
    if row.source_ended_on and row.source_ended_on <= as_at:
        parts.append(
            text.paragraph(
                f"Its source was ended on {formatting.day(row.source_ended_on)}, but it is still "
                "collected.",
                quiet=True,
            )
        )
    if row.shared_with:
        bodies = formatting.plural(row.shared_with, "other body", "other bodies")
        parts.append(text.paragraph(f"It also serves {bodies}.", quiet=True))
    parts.append(blocks.summary_list(known))
    if days:
        parts.append(_year(days, as_at))
    return blocks.card(
        "Newest endpoint" if row.is_primary else "Another endpoint",
        *parts,
        tag=status.access_tag(row.access_band),
        tone=band.tone,
    )


def _moment(row: EndpointState, as_at: date) -> Component | None:
    if row.last_attempt_at is None:
        return None
    day = row.last_attempt_at.date()
    return html.Span([text.day(day), f" ({formatting.age(day, as_at)})"])


def _why(row: EndpointState) -> Component:
    since = f"Failing since {formatting.day(row.failing_since)}" if row.failing_since else "Failing"
    found = failure(row.http_status, row.exception)
    return text.notification(
        since,
        html.P(wording.log_says(row.http_status, row.exception)),
        text.steps(list(found.steps)),
        kind="error",
    )


def _year(days: Sequence[LogDays], as_at: date) -> Component:
    first = as_at - timedelta(days=STRIP_DAYS - 1)
    tones: list[Tone] = ["none"] * STRIP_DAYS
    worked = tried = 0
    for run in days:
        start, end = max(run.first_day, first), min(run.last_day, as_at)
        for number in range((start - first).days, (end - first).days + 1):
            tones[number] = _TONES[run.outcome]
        length = (end - start).days + 1
        tried += length
        worked += length if run.outcome == "ok" else 0
    said = f"Collecting worked on {formatting.n_of(worked, tried)} days"
    return html.Div(
        [
            text.paragraph(f"{said} in the year to {formatting.day(as_at)}."),
            provision.strip_with_dates(drawing.tone_strip(tones, said), first, as_at),
        ]
    )
