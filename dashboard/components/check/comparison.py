"""How a check compares with the last one, and with what the platform holds now."""

from __future__ import annotations

from datetime import datetime

from dash.development.base_component import Component

from dashboard.components.check import words
from dashboard.components.design import blocks, text
from dashboard.components.design.element import Children
from dashboard.components.words import formatting
from providers.checks.format import Comparison, Summary

_MOST = 10


def section(
    summary: Summary, previous: Summary | None, previous_at: datetime | None, *, has_whose: bool
) -> Component:
    """The section of the page. In: the result, the last one and when it was (None: there was
    none), and whether it is known whose the file is."""
    return text.section(
        "Compared",
        text.heading("With what is on the platform now", 3),
        *_live(summary.comparison, has_whose),
        text.heading("With your last check of this file", 3),
        *_last(summary, previous, previous_at),
        id="compared",
    )


def _live(comparison: Comparison | None, has_whose: bool) -> list[Component]:
    if comparison is None:
        why = (
            "Not known: the platform could not be asked while the file was checked."
            if has_whose
            else "Not known: you did not say whose file it is."
        )
        return [text.paragraph(why)]
    facts: list[tuple[str, Children]] = [
        ("New", formatting.number(comparison.new)),
        ("Changed", formatting.number(comparison.changed)),
        ("The same", formatting.number(comparison.same)),
        ("On the platform, not in the file", formatting.number(comparison.gone)),
    ]
    names = comparison.gone_references[:_MOST]
    rest = comparison.gone - len(names)
    items: list[Children] = [text.code(name) for name in names]
    if items and rest > 0:
        items.append(f"{formatting.number(rest)} more")
    gone = text.paragraph("Not in the file: ", *text.in_words(items), ".") if items else None
    parts = [
        text.paragraph("By their references, as the platform holds them for this authority."),
        blocks.summary_list(facts),
        gone,
    ]
    return [part for part in parts if part is not None]


def _last(
    summary: Summary, previous: Summary | None, previous_at: datetime | None
) -> list[Component]:
    if previous is None or previous_at is None:
        return [text.paragraph("There is no earlier check of this file to compare with.")]
    day = formatting.day(previous_at.date())
    lines = [f"On {day} it said: {words.verdict(previous)}."]
    now, then = _groups(summary), _groups(previous)
    fixed = [then[key] for key in then if key not in now]
    new = [now[key] for key in now if key not in then]
    fewer = [now[key] for key in now if key in then and now[key][1] < then[key][1]]
    more = [now[key] for key in now if key in then and now[key][1] > then[key][1]]
    items: list[Children] = [
        f"{label}: {title}"
        for label, titles in (
            ("Fixed since", fixed),
            ("New since", new),
            ("In fewer rows", fewer),
            ("In more rows", more),
        )
        for title, _ in titles[:_MOST]
    ]
    if not items:
        items = ["Nothing that it found has changed since."]
    return [text.paragraph(*lines), text.bullets(items)]


def _groups(summary: Summary) -> dict[tuple[str, str], tuple[str, int]]:
    """What must or should be fixed, with in how many rows, by rule and field."""
    return {
        (group.rule, group.field): (words.sentence(words.group_title(group)), group.rows)
        for group in summary.groups
        if group.ladder != "changed"
    }
