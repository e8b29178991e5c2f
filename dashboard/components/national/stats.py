"""The national numbers at the head of a page, and what they say in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from dash.development.base_component import Component

from dashboard.components.design import blocks, drawing, html, text
from dashboard.components.design.element import Children
from dashboard.components.national import coverage, movement
from dashboard.components.words import formatting
from performance_store.rows import Coverage, CoveragePoint, EventCount, Movement


@dataclass(frozen=True, slots=True)
class Now:
    """What the stats are made of: n of N now, how it came from the comparison by measure, the line
    of all datasets together, the events between the two dates by kind, and what the snapshot
    knows. `leads`: where each stat is explained in full, by its name."""

    total: Coverage
    moves: Mapping[str, Movement]
    since: date | None
    line: tuple[CoveragePoint, ...]
    events: Mapping[str, EventCount]
    knows: tuple[str, ...]
    leads: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Loss:
    """What falls out before a stage: the stage, how much in words, the datasets where most does,
    and how much of them."""

    stage: str
    words: str
    datasets: tuple[str, ...]
    worst: str


MEASURES = (
    "coverage", "authorities_some", "authorities_all", "reachable", "error_free", "fresh",
)  # fmt: skip
"""What the stats count, for how they are worked out."""


def of_all(now: Now) -> Component:
    """One line of the stats that matter, each with its change and its line."""
    total = now.total
    return blocks.stats(
        _stat(now, "endpoint", total.expected, "expected provisions are provided"),
        _stat(now, "organisations_some", total.organisations, "authorities provide something"),
        _stat(now, "organisations_all", total.organisations, "authorities provide everything"),
        *_provision_stats(now),
        line=True,
    )


def of_dataset(now: Now) -> Component:
    """The stats of one dataset. Each of its provisions is another authority's."""
    total = now.total
    return blocks.stats(
        _stat(now, "endpoint", total.expected, "authorities provide it"),
        *_provision_stats(now),
        line=True,
    )


def _provision_stats(now: Now) -> list[Component]:
    """How what is provided does, as far as the snapshot can tell."""
    total, items = now.total, []
    fields = {field for field, *_ in coverage.stages_of(now.knows)}
    if "reachable" in fields:
        items.append(_stat(now, "reachable", total.endpoint, "provided are reachable"))
    if "error_free" in fields:
        items.append(_stat(now, "error_free", total.collected, "collected are error-free"))
    if "reachable" in fields:
        items.append(_stat(now, "fresh", total.endpoint, "provided are fresh"))
    return items


def _stat(now: Now, field: str, of: int, label: str) -> Component:
    total = now.total
    value: int = getattr(total, field)
    words = formatting.n_of(value, of)
    sentence = f"{words} {label}"
    values = coverage.sample([float(getattr(point, field)) for point in now.line])
    picture = (
        drawing.sparkline(values, _line_words(sentence, now.line, field))
        if len(values) > 1
        else drawing.small_bar(value, of, sentence)
    )
    value_words: list[Children] = [html.Span(words, className="nowrap")]
    if of and total.organisations >= coverage.MIN_AUTHORITIES:
        value_words += [
            " ",
            html.Span(f"({formatting.percent(value / of)})", className="stat-share"),
        ]
    note = None
    if now.since is not None:
        since = formatting.short_day(now.since)
        whole, _, parts = movement.change(now.moves.get(field)).partition(" (")
        note = f"{whole} since {since}{f' ({parts}' * bool(parts)}{_but(now, field)}"
    return blocks.stat(value_words, label, picture, note=note, href=now.leads.get(field))


def _but(now: Now, field: str) -> str:
    """What the change of what is provided must not be read without."""
    expected = now.moves.get("expected")
    if field != "endpoint" or expected is None or not expected.change:
        return ""
    more = "more" if expected.change > 0 else "fewer"
    return f"; {formatting.number(abs(expected.change))} {more} expected"


def _line_words(sentence: str, line: Sequence[CoveragePoint], field: str) -> str:
    if len(line) < 2:
        return sentence
    first = line[0]
    return (
        f"{sentence}; {formatting.number(getattr(first, field))} on {formatting.day(first.as_at)}"
    )


def summary(events: Mapping[str, EventCount], since: date, *, logs: bool) -> str:
    """What happened, in one sentence."""
    counts = [_words(events, kind, label) for kind, label in _happenings(logs).items()]
    return f"Provisions since {formatting.day(since)}: {formatting.list_of(counts)}."


def happenings(
    events: Mapping[str, EventCount], since: date, *, logs: bool, leads: Mapping[str, str]
) -> Component:
    """The same with links. In: the addresses of the lists of what happened, by its kind."""
    counts: list[Children] = []
    for kind, label in _happenings(logs).items():
        words = _words(events, kind, label)
        counts.append(text.link(words, leads[kind]) if kind in leads else words)
    return text.paragraph(
        f"Provisions since {formatting.day(since)}: ",
        *text.in_words(counts),
        ". Broken is what has failed for 5 days." if logs else ".",
    )


def _happenings(logs: bool) -> dict[str, str]:
    words = {"newly_provided": "newly provided", "lost": "lost"}
    return words | ({"newly_broken": "newly broken", "recovered": "recovered"} if logs else {})


def _words(events: Mapping[str, EventCount], kind: str, label: str) -> str:
    return f"{formatting.number(_count(events, kind))} {label}"


def movements(
    events: Mapping[str, EventCount], datasets: Sequence[Movement], error_free: Movement | None
) -> list[str]:
    """The biggest movements, a sentence each: of datasets by what authorities did that are counted
    on both dates. In: events by kind, the movements of datasets, and of all that is error-free."""
    sentences = _rises(datasets)
    tell: tuple[tuple[str, Callable[[int, int], str]], ...] = (
        ("content_updated", lambda n, a: f"The content of {formatting.plural(n, 'provision')} "
         f"changed, at {formatting.plural(a, 'authority', 'authorities')}."),
        ("endpoint_replaced", lambda n, a: f"{formatting.plural(n, 'endpoint')} "
         f"{'was' if n == 1 else 'were'} replaced."),
        ("joined_denominator", lambda n, a: f"{formatting.plural(a, 'authority', 'authorities')} "
         "joined this set."),
        ("left_denominator", lambda n, a: f"{formatting.plural(a, 'authority', 'authorities')} "
         "left this set."),
    )  # fmt: skip
    for kind, words in tell:
        if kind in events:
            sentences.append(words(events[kind].events, events[kind].organisations))
    if error_free is not None and error_free.by_rule:
        more = error_free.by_rule
        sentences.append(
            "A rule change, not anything that an authority did, made "
            f"{formatting.plural(abs(more), 'provision')} "
            f"{'error-free' if more > 0 else 'no longer error-free'}."
        )
    return sentences


def _rises(datasets: Sequence[Movement]) -> list[str]:
    """The two biggest rises or falls by what authorities did, with all that are equal to them."""
    rises = sorted(
        (row for row in datasets if row.measure == "endpoint" and row.by_authorities),
        key=lambda row: (-abs(row.by_authorities), -row.by_authorities, row.label),
    )
    least = min((abs(row.by_authorities) for row in rises[:2]), default=0)
    sentences = []
    for more, group in groupby(rises, key=lambda row: row.by_authorities):
        if abs(more) < least:
            break
        word = "more authorities provide" if more > 0 else "fewer authorities provide"
        one = "more authority provides" if more > 0 else "fewer authority provides"
        names = []
        for row in group:
            rest = ", ".join(movement.others(row))
            names.append(f"{_low(row.label)}{f' (besides: {rest})' if rest else ''}")
        each = "each of " if len(names) > 1 else ""
        sentences.append(
            f"{formatting.plural(abs(more), one, word)} {each}{formatting.some(names)}."
        )
    return sentences


def look_first(total: Coverage, datasets: Sequence[Coverage], knows: Sequence[str]) -> list[Loss]:
    """Where most provisions fall out, the largest loss first, three at most."""
    stages = coverage.stages_of(knows)
    losses = []
    for (field, *_), (after, _, _, loss_words) in pairwise(stages):
        missing = getattr(total, field) - getattr(total, after)
        if missing <= 0:
            continue
        counts = [getattr(row, field) - getattr(row, after) for row in datasets]
        there = max(counts)
        worst = [row for row, count in zip(datasets, counts, strict=True) if count == there]
        words = f"{formatting.plural(missing, 'provision')} {loss_words[missing != 1]}"
        each = " each" if len(worst) > 1 else ""
        names = formatting.some([_low(row.label) for row in worst])
        most = f"{formatting.number(there)} of them{each} for {names}"
        losses.append((missing, Loss(after, words, tuple(row.dataset for row in worst), most)))
    return [loss for _, loss in sorted(losses, key=lambda item: -item[0])[:3]]


def _low(label: str) -> str:
    """A dataset's name within a sentence."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _count(events: Mapping[str, EventCount], kind: str) -> int:
    return events[kind].events if kind in events else 0
