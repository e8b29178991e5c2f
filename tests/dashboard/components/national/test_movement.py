"""Changes in words: nobody is credited with what came with who joined, or by a rule."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard.components.national import (
    cohorts,
    issue_spread,
    issue_trend,
    movement,
    register,
    stats,
)
from dashboard.web.prerender import text_of
from performance_store.rows import (
    CohortStart,
    CoveragePoint,
    IssueBase,
    IssueSpread,
    IssueTypePoint,
    Movement,
)

PARTS = ("by_authorities", "joiners", "leavers", "movers", "by_rule")


def move(measure: str, before: int, *, dataset: str = "", **parts: int) -> Movement:
    of = dict.fromkeys(PARTS, 0) | parts
    return Movement(
        dimension="dataset" if dataset else "all",
        value="",
        label=dataset,
        dataset=dataset,
        measure=measure,
        before=before,
        after=before + sum(of.values()),
        **of,
    )


def test_a_change_says_what_it_is_made_of_and_no_more() -> None:
    assert movement.change(None) == "no change"
    assert movement.change(move("endpoint", 5, by_authorities=2)) == "+2"
    assert (
        movement.change(move("endpoint", 5, by_authorities=2, joiners=4))
        == "+6 (authorities +2, joined +4)"
    )
    assert movement.change(move("error_free", 200, by_rule=-49)) == "−49 (changed rule −49)"
    assert (
        movement.change(move("endpoint", 9, joiners=3, leavers=-2, movers=-1))
        == "no change (joined +3, left −2, moved −1)"
    )


def test_the_biggest_movement_is_that_of_the_same_authorities() -> None:
    rows = [
        move("endpoint", 20, dataset="conservation area", by_authorities=2, joiners=24),
        move("endpoint", 20, dataset="tree", by_authorities=5),
        move("endpoint", 20, dataset="local plan", joiners=30),
    ]
    assert stats.movements({}, rows, None) == [
        "5 more authorities provide tree.",
        "2 more authorities provide conservation area (besides: joined +24).",
    ]


def test_movements_that_are_equal_are_named_together() -> None:
    rows = [
        move("endpoint", 20, dataset="tree", by_authorities=2),
        move("endpoint", 20, dataset="conservation area", by_authorities=2, joiners=1),
        move("endpoint", 20, dataset="zone", by_authorities=-2),
        move("endpoint", 20, dataset="local plan", by_authorities=1),
    ]
    assert stats.movements({}, rows, None) == [
        "2 more authorities provide each of conservation area (besides: joined +1) and tree.",
        "2 fewer authorities provide zone.",
    ]


def test_kinds_of_issue_that_are_equal_are_named_together() -> None:
    def spread(*counts: tuple[int, int]) -> str:
        rows = tuple(
            IssueSpread(name, name, "error", "external", "", "", provisions, provisions, problems)
            for name, (provisions, problems) in zip("abc", counts, strict=False)
        )
        base = IssueBase("", "", 40, 40, 40, 9, 9)
        view = issue_spread.Spread(rows, (base,), "provisions", lambda *_: "", lambda _: "")
        return issue_spread.headline(view)

    lead = "Of the most serious issues, the most widespread"
    assert spread((5, 12), (4, 90)) == f"{lead} is “A”: 5 of 40 provisions, 12 problems."
    assert spread((5, 12), (5, 90)) == f"{lead} are “A” and “B”: 5 of 40 provisions each."

    def trend(types: tuple[str, ...], **counts: int) -> str:
        days = (date(2025, 1, 1), date(2025, 2, 1))
        points = [IssueTypePoint(day, "", None, 40, 0) for day in days]
        points += [IssueTypePoint(days[1], name, name, n, n) for name, n in counts.items()]
        around: Any = None
        view = issue_trend.IssueTrend(tuple(points), types, "provisions", (), str, around)
        return issue_trend._headline(view, issue_trend._values(view), issue_trend._names(view))

    day = "on 1 February 2025"
    assert (
        trend((), a=5, b=5, c=2) == f"Most widespread: “A” and “B”, 5 of 40 provisions each {day}."
    )
    assert trend(("c", "a"), a=5, b=6, c=2) == (
        f"Of these, most widespread: “A”, 5 of 40 provisions {day}; 0 of 40 provisions on "
        "1 January 2025."
    )


def test_growth_is_ranked_by_the_same_authorities() -> None:
    def entry(name: str, expected: Movement, provided: Movement) -> register.Entry:
        dataset: Any = type("Row", (), {"name": name, "typology": None, "collection": None})()
        total: Any = None
        moves = {"expected": expected, "endpoint": provided}
        return register.Entry(row=dataset, now=total, moves=moves, line=(), cadence=None)

    entries = [
        entry(
            "conservation area",
            move("expected", 73, joiners=46),
            move("endpoint", 49, by_authorities=2, joiners=24),
        ),
        entry("tree", move("expected", 73), move("endpoint", 20, by_authorities=5)),
        entry("new", move("expected", 0, joiners=10), move("endpoint", 0, joiners=10)),
    ]
    ranking = register.in_order(entries, sort="change", backwards=False, group="none")
    assert [item.row.name for item in ranking] == ["tree", "conservation area", "new"]


def test_a_cohort_is_not_compared_with_itself_alone() -> None:
    def line(cohort: str, start: date, days: list[date]) -> list[CoveragePoint]:
        return [
            CoveragePoint(day, cohort, cohort, 80, 8 + place, 8, 8, 8, 8, 10, 5, 1)
            for place, day in enumerate(days)
        ]

    starts = {
        "old": CohortStart("old", "Old cohort", date(2021, 1, 1)),
        "new": CohortStart("new", "New cohort", date(2025, 1, 1)),
    }
    days = [date(2025, 2, 1), date(2025, 3, 1)]
    lines = {name: line(name, start.start_date, days) for name, start in starts.items()}
    assert cohorts._best(lines, starts) is None
    assert cohorts._headline(None) == (
        "We do not have figures for two cohorts at the same age yet, so we compare none."
    )
    early = [date(2021, 2, 1), date(2021, 3, 1), *days]
    lines["old"] = line("old", starts["old"].start_date, early)
    best = cohorts._best(lines, starts)
    assert best is not None
    assert best[1].startswith("Old cohort and New cohort")
    assert "the highest share was that of Old cohort and New cohort" in cohorts._headline(best)


def test_the_table_of_parts_adds_up_line_by_line() -> None:
    rows = [
        move("expected", 584, joiners=368),
        move("endpoint", 257, by_authorities=14, joiners=4),
        move("error_free", 151, by_authorities=9, joiners=4, by_rule=51),
    ]
    words = text_of(movement.table(movement.totals(rows), date(2025, 3, 19)))
    assert "257" in words
    assert "+14" in words
    assert "275" in words
    assert "+51" in words
