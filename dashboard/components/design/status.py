"""Tags: a state as a word, a symbol and a colour, in this order of importance; each leads to what
the word means.

The colours are in `assets/planning.css` and, for what Python draws, in `dashboard.colours`.
"""

from __future__ import annotations

from dash.development.base_component import Component

from dashboard.components.design import html
from dashboard.components.design.tones import Tone as Tone
from dashboard.components.design.tones import Word as Word
from dashboard.urls import addresses

STATUSES: dict[str, Word] = {
    "live": Word("Live", "good", "The data is collected, with no errors for its provider to fix."),
    "needs_improving": Word(
        "Needs improving", "warn", "The data is collected, but something in it should be fixed."
    ),
    "error": Word("Error", "bad", "The data could not be collected at the last attempt."),
    "processing": Word(
        "Processing", "busy", "The endpoint is new. Nothing has been collected yet."
    ),
    "not_submitted": Word(
        "Not submitted", "none", "No active endpoint is processed for this dataset."
    ),
    "unknown": Word("Not known", "unknown", "We do not have the information to tell."),
}
ACCESS_BANDS: dict[str, Word] = {
    "ok": Word("Working", "good", "The last attempt to collect the data worked."),
    "failing": Word("Failing", "warn", "Attempts have failed for fewer than 5 days."),
    "broken": Word("Broken", "bad", "Attempts have failed for 5 to 30 days."),
    "long_broken": Word("Long broken", "bad", "Attempts have failed for more than 30 days."),
    "never": Word("No success known", "none", "No attempt that we know of has worked."),
}
FRESHNESS_BANDS: dict[str, Word] = {
    "fresh": Word("Fresh", "good", "The content changed in the last 6 months."),
    "ageing": Word("Ageing", "warn", "The content last changed 6 to 12 months ago."),
    "stale": Word("Stale", "bad", "The content has not changed for more than a year."),
    "unknown": Word("Age not known", "unknown", "We do not know when the content last changed."),
}
SEVERITIES: dict[str, Word] = {
    "critical": Word("Critical", "bad", "The data cannot be used until this is fixed."),
    "error": Word("Error in data", "bad", "This must be fixed."),
    "warning": Word("Warning", "warn", "This should be fixed."),
    "notice": Word("Notice", "busy", "For information only. No action needed."),
    "info": Word("Information", "none", "Recorded when the data was read."),
}
FAMILIES = {
    "status": STATUSES,
    "access": ACCESS_BANDS,
    "freshness": FRESHNESS_BANDS,
    "severity": SEVERITIES,
}
"""Every word of state, by what it is a state of."""
_OTHER = Word("Not known", "unknown", "We do not recognise this status.")


def word(kind: dict[str, Word], value: str | None) -> Word:
    """How a state is said; values we have never seen are shown as they are, as not known."""
    if value is None:
        return _OTHER
    return kind.get(value, Word(value.replace("_", " ").capitalize(), "unknown", _OTHER.meaning))


def tag(words: str, tone: Tone = "none") -> Component:
    """A short word in a coloured box, with the symbol of its tone."""
    return html.Span(words, className=f"tag tag-{tone}")


def status_tag(status: str | None) -> Component:
    """The tag of a provision's status."""
    return _tag("status", status)


def access_tag(band: str | None) -> Component:
    """The tag of an access band."""
    return _tag("access", band)


def freshness_tag(band: str | None) -> Component:
    """The tag of a freshness band."""
    return _tag("freshness", band)


def severity_tag(severity: str | None) -> Component:
    """The tag of an issue's severity."""
    return _tag("severity", severity)


def _tag(family: str, value: str | None) -> Component:
    state = word(FAMILIES[family], value)
    if value not in FAMILIES[family]:
        return tag(state.label, state.tone)
    return html.A(
        state.label, href=addresses.term(family, value), className=f"tag tag-{state.tone}"
    )


def mark(words: str, tone: Tone) -> Component:
    """Only the symbol, for cells too small for words; the words are there for screen readers."""
    return html.Span(html.Span(words, className="hidden"), className=f"mark-only tag-{tone}")
