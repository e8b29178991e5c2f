"""What changed: events in words, what rules caused, and the flow between statuses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dash.development.base_component import Component

from dashboard.components.common.events import KINDS, issue, sentence
from dashboard.components.design import blocks, html, status, tables, text
from dashboard.components.design.element import Children
from dashboard.components.design.status import STATUSES
from dashboard.components.words import formatting, wording
from dashboard.urls import addresses
from performance_store.rows import Annotation, ChangedByRule, ChangeKind, Event, Flow

_GROUPS = (
    ("Got better", ("newly_provided", "recovered", "issue_type_cleared")),
    ("Got worse", ("lost", "newly_broken", "issue_type_appeared")),
    ("Changed", ("endpoint_replaced", "content_updated")),
    ("Who is counted", ("joined_denominator", "left_denominator")),
)
# From the worst to the best.
_ORDER = ("not_submitted", "error", "unknown", "processing", "needs_improving", "live")
_NEEDS = {
    "newly_broken": "logs",
    "recovered": "logs",
    "content_updated": "logs",
    "issue_type_cleared": "issues",
    "issue_type_appeared": "issues",
}


def counts(
    rows: Sequence[ChangeKind], knows: Sequence[str], href: Callable[[str], str]
) -> Component:
    """How often each kind of event happened, in groups. In: also what the snapshots know, and the
    address of the list of a kind. What they cannot tell is said to be not known."""
    by_kind = {row.kind: row for row in rows}
    groups = []
    for title, names in _GROUPS:
        cells: list[list[Children]] = []
        for name in names:
            row = by_kind.get(name)
            number, authorities = (row.events, row.organisations) if row else (0, 0)
            if name in _NEEDS and _NEEDS[name] not in knows:
                cells.append([KINDS[name], "not known", "not known"])
                continue
            label: Children = text.link(KINDS[name], href(name)) if number else KINDS[name]
            cells.append([label, formatting.number(number), formatting.number(authorities)])
        groups.append(
            blocks.card(
                title,
                tables.table(
                    title,
                    [
                        tables.Column("What happened"),
                        tables.Column("Times", numeric=True),
                        tables.Column("Authorities", numeric=True),
                    ],
                    cells,
                    caption_hidden=True,
                ),
            )
        )
    return blocks.cards(*groups)


def counts_headline(rows: Sequence[ChangeKind], knows: Sequence[str]) -> str:
    """How often what matters most happened, in a sentence."""
    by_kind = {row.kind: row.events for row in rows}
    counts = [
        f"{formatting.number(by_kind.get(name, 0))} {KINDS[name].lower()}"
        for name in ("newly_provided", "lost", "newly_broken", "recovered")
        if name not in _NEEDS or _NEEDS[name] in knows
    ]
    return f"Provisions: {formatting.list_of(counts)}."


def rules(rows: Sequence[ChangedByRule], notes: Sequence[Annotation]) -> list[Component]:
    """What each changed rule caused, under its own title; its words stand at the head."""
    parts: list[Component] = []
    for day in sorted({row.as_at for row in rows}, reverse=True):
        causes = [note for note in notes if note.kind == "rule" and note.on_date == day]
        title = formatting.list_of([note.title for note in causes]) or "A rule changed"
        parts.append(html.H3(f"{formatting.day(day)}: {title}"))
        parts.append(text.bullets([_rule_effect(row) for row in rows if row.as_at == day]))
    return parts


def _rule_effect(row: ChangedByRule) -> str:
    who = formatting.plural(row.organisations, "authority", "authorities")
    many = formatting.plural(row.events, "provision")
    if row.kind == "status_changed":
        before, after = (status.word(STATUSES, value).label for value in (row.before, row.after))
        return f"{many} of {who} went from “{before}” to “{after}”"
    verb = "has" if row.events == 1 else "have"
    if row.kind == "issue_type_cleared":
        return f"{many} of {who} no longer {verb} the issue “{issue(row.before)}”"
    return f"{many} of {who} now {verb} the issue “{issue(row.after)}”"


def events(rows: Sequence[Event], at: Callable[[str], str]) -> Component:
    """Events one by one. In: also what makes an authority's page one of the date shown."""
    cells: list[list[Children]] = []
    for row in rows:
        name = wording.name_of(row.organisation_name, row.organisation)
        what: Children = "All datasets"
        if row.dataset:
            what = text.link(
                row.dataset_name or row.dataset,
                at(addresses.dataset(row.organisation, row.dataset)),
            )
        cells.append(
            [
                formatting.short_day(row.as_at).replace(" ", "\u00a0"),
                text.link(name, at(addresses.organisation(row.organisation))),
                what,
                sentence(row),
            ]
        )
    columns = [tables.Column(name) for name in ("Seen on", "Authority", "Dataset", "What happened")]
    return tables.table("What changed", columns, cells, caption_hidden=True, row_headings=False)


def flow(rows: Sequence[Flow], *, of_all: bool) -> Component:
    """A table of statuses then (rows) and now (columns). `of_all`: in the set of all LPAs, in
    which nobody counts what is not submitted at both dates."""
    provisions = {(row.before, row.after): row.provisions for row in rows}
    by_rule = {(row.before, row.after): row.by_rule for row in rows}
    there = {value for key in provisions for value in key}
    names: list[str | None] = [name for name in _ORDER if name in there]
    before: list[str | None] = [*names, *([None] if any(k[0] is None for k in provisions) else [])]
    after: list[str | None] = [*names, *([None] if any(k[1] is None for k in provisions) else [])]
    body: list[list[Children]] = []
    for then in before:
        row: list[Children] = [_then(then)]
        for now in after:
            number = provisions.get((then, now), 0)
            if of_all and then == now == "not_submitted":
                row.append("not counted")
            else:
                row.append(_flow_cell(number, then, now, by_rule.get((then, now), 0)))
        total = sum(value for key, value in provisions.items() if key[0] == then)
        row.append("not counted" if of_all and then == "not_submitted" else _number(total))
        body.append(row)
    columns = [
        tables.Column("Then"),
        *(tables.Column(_now(name), numeric=True) for name in after),
        tables.Column("All then", numeric=True),
    ]
    foot: list[Children] = ["All now"]
    for now in after:
        total = sum(value for key, value in provisions.items() if key[1] == now)
        foot.append("not counted" if of_all and now == "not_submitted" else _number(total))
    foot.append("")
    return tables.table(
        "Provisions by status then (down) and now (across)", columns, body, stack=False, foot=foot
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """How many provisions moved up, moved down and stayed, of those counted at both dates whose
    status is known at both; and how many a changed rule alone moved, either way."""

    up: int
    down: int
    same: int
    by_rule: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.up + self.down + self.same + self.by_rule


def balance(rows: Sequence[Flow]) -> Balance:
    """What authorities did, apart from what only a rule did."""
    steps = {"not_submitted": 0, "error": 1, "needs_improving": 2, "live": 3}
    there = [row for row in rows if row.before in steps and row.after in steps]

    def count(sign: int) -> int:
        return sum(
            row.provisions - row.by_rule
            for row in there
            for step in [steps[str(row.after)] - steps[str(row.before)]]
            if (step > 0) - (step < 0) == sign
        )

    return Balance(count(1), count(-1), count(0), sum(row.by_rule for row in there))


def _then(name: str | None) -> Children:
    return "Not counted then" if name is None else status.status_tag(name)


def _now(name: str | None) -> str:
    return "Not counted now" if name is None else status.word(STATUSES, name).label


def _flow_cell(number: int, then: str | None, now: str | None, by_rule: int) -> Children:
    if not number:
        return "–"
    if then == now:
        return _number(number)
    words = html.Strong(_number(number))
    if not by_rule:
        return words
    return [words, html.Div(f"{_number(by_rule)} by a rule", className="quiet small nowrap")]


def _number(value: int) -> str:
    return formatting.number(value)
