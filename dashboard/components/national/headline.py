"""The national figures at the head of a page, and what they say in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from dash import html
from dash.development.base_component import Component

from dashboard.components.common import explain
from dashboard.components.design import blocks, drawing
from dashboard.components.design.element import Children
from dashboard.components.national import coverage
from dashboard.components.words import formatting
from performance_store.rows import Coverage, CoveragePoint, EventCount


@dataclass(frozen=True, slots=True)
class Now:
    """What the figures are made of: n of N now and at the comparison, the line of all datasets
    together, the events between the two dates by kind, and what the snapshot knows;
    `rules_changed` if a check did in that time. `leads`: where each figure is shown in full, by
    its name."""

    total: Coverage
    then: Coverage | None
    since: date | None
    rules_changed: bool
    line: tuple[CoveragePoint, ...]
    events: Mapping[str, EventCount]
    knows: tuple[str, ...]
    leads: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Loss:
    """What falls out before a stage: the stage, how much in words, the dataset where most does,
    and how much of it."""

    stage: str
    said: str
    dataset: str
    worst: str


def figures(now: Now) -> Component:
    """The figures that matter, each with its change, its line and how it is worked out."""
    total = now.total
    return blocks.stats(
        _figure(now, "endpoint", total.expected, "expected provisions are provided", "coverage"),
        _figure(now, "organisations_some", total.organisations, "authorities provide something",
                "authorities_some"),
        _figure(now, "organisations_all", total.organisations, "authorities provide everything",
                "authorities_all"),
        *_of_provided(now),
        four=True,
    )  # fmt: skip


def of_dataset(now: Now) -> Component:
    """The figures of one dataset. Each of its provisions is another authority's."""
    total = now.total
    return blocks.stats(
        _figure(now, "endpoint", total.expected, "authorities provide it", "coverage"),
        *_of_provided(now),
        four=True,
    )


def _of_provided(now: Now) -> list[Component]:
    """How what is provided does, as far as the snapshot can tell, and what happened."""
    total, items = now.total, []
    known = {field for field, *_ in coverage.known_stages(now.knows)}
    if "reachable" in known:
        items.append(
            _figure(now, "reachable", total.endpoint, "provided are reachable", "reachable")
        )
    if "error_free" in known:
        items.append(
            _figure(now, "error_free", total.collected, "collected are error-free", "error_free")
        )
    if "reachable" in known:
        items.append(_figure(now, "fresh", total.endpoint, "provided are fresh", "fresh"))
    if now.since is not None:
        items.append(_happened(now, "newly_provided", "newly provided", "lost", "lost"))
        if "reachable" in known:
            items.append(_happened(now, "newly_broken", "newly broken", "recovered", "recovered"))
    return items


def _figure(now: Now, field: str, of: int, label: str, measure: str) -> Component:
    total = now.total
    value: int = getattr(total, field)
    words = formatting.n_of(value, of)
    said = f"{words} {label}"
    values = coverage.thinned([float(getattr(point, field)) for point in now.line])
    drawn = (
        drawing.sparkline(values, _told(said, now.line, field))
        if len(values) > 1
        else drawing.small_bar(value, of, said)
    )
    shown: list[Children] = [html.Span(words, className="nowrap")]
    if of and total.organisations >= coverage.WITHHELD:
        shown += [" ", html.Span(f"({formatting.percent(value / of)})", className="stat-share")]
    note = None
    if now.then is not None and now.since is not None:
        changed = formatting.change(value - getattr(now.then, field))
        note = f"{changed} since {formatting.short_day(now.since)}{_but(now, field)}"
    href = now.leads.get(field)
    return blocks.stat(shown, label, drawn, note=note, href=href, more=explain.explain(measure))


def _but(now: Now, field: str) -> str:
    """What a change must not be read without."""
    if field == "error_free" and now.rules_changed:
        return "; a check changed"
    grew = now.then is not None and now.total.expected - now.then.expected
    if field == "endpoint" and grew:
        return f"; {formatting.number(abs(grew))} {'more' if grew > 0 else 'fewer'} expected"
    return ""


def _told(said: str, line: Sequence[CoveragePoint], field: str) -> str:
    if len(line) < 2:
        return said
    first = line[0]
    return f"{said}; {formatting.number(getattr(first, field))} on {formatting.day(first.as_at)}"


def _happened(now: Now, kind: str, label: str, other: str, other_label: str) -> Component:
    def count(name: str) -> int:
        found = now.events.get(name)
        return found.events if found else 0

    return blocks.stat(
        formatting.number(count(kind)),
        label,
        note=f"{count(other)} {other_label}, since {formatting.short_day(now.since)}",
        href=now.leads.get(kind),
        more=explain.explain(kind),
    )


def summary(events: Mapping[str, EventCount], since: date, *, logs: bool) -> str:
    """What happened, in one sentence."""
    words = {"newly_provided": "newly provided", "lost": "lost"}
    if logs:
        words |= {"newly_broken": "newly broken", "recovered": "recovered"}
    told = [f"{_count(events, key)} {said}" for key, said in words.items()]
    return f"Provisions since {formatting.day(since)}: {formatting.listed(told)}."


def movements(
    events: Mapping[str, EventCount],
    datasets: Sequence[Coverage],
    then: Mapping[tuple[str, str], Coverage],
) -> list[str]:
    """The biggest movements, a sentence each."""
    found = []
    rises = sorted(
        ((row.endpoint - then[row.value, row.dataset].endpoint, row.label) for row in datasets
         if (row.value, row.dataset) in then),
        key=lambda item: (-abs(item[0]), item[1]),
    )  # fmt: skip
    for more, label in rises[:2]:
        if more:
            word = "more authorities provide" if more > 0 else "fewer authorities provide"
            one = "more authority provides" if more > 0 else "fewer authority provides"
            said = formatting.plural(abs(more), one, word)
            found.append(f"{formatting.sentence(said)[:-1]} {_low(label)}.")
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
            found.append(words(events[kind].events, events[kind].organisations))
    changed = events.get("status_changed")
    if changed and changed.by_rule:
        found.append(
            "A changed rule, and nothing that an authority did, moved the status of "
            f"{formatting.plural(changed.by_rule, 'provision')}."
        )
    return found


def look_first(total: Coverage, datasets: Sequence[Coverage], knows: Sequence[str]) -> list[Loss]:
    """Where most provisions fall out, the largest loss first, three at most."""
    stages = coverage.known_stages(knows)
    found = []
    for (field, *_), (after, _, _, lost) in pairwise(stages):
        missing = getattr(total, field) - getattr(total, after)
        if missing <= 0:
            continue
        worst = max(datasets, key=lambda row: getattr(row, field) - getattr(row, after))
        there = getattr(worst, field) - getattr(worst, after)
        said = f"{formatting.plural(missing, 'provision')} {lost[missing != 1]}"
        most = f"{formatting.number(there)} of them of {_low(worst.label)}"
        found.append((missing, Loss(after, said, worst.dataset, most)))
    return [loss for _, loss in sorted(found, key=lambda item: -item[0])[:3]]


def _low(label: str) -> str:
    """A dataset's name within a sentence."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _count(events: Mapping[str, EventCount], kind: str) -> int:
    return events[kind].events if kind in events else 0
