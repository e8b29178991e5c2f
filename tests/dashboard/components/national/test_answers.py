"""The headings that are answers: which dataset they name, and when they name none."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.components.design.figure import Around
from dashboard.components.national import answers
from performance_store.rows import Growth, LastingPoint, LastingProvision, Standing

FIRST, LAST = date(2025, 7, 7), date(2025, 8, 11)
AROUND = Around("chart", "this", "As at", "/national/trends", "Over time")
WHEN = "between 7 July and 11 August 2025"


def grew(*pairs: tuple[str, int, int]) -> answers.Answer:
    rows = sorted(
        (Growth(name.lower(), name, 73, before, after) for name, before, after in pairs),
        key=lambda row: -row.change,
    )
    return answers.grew(rows, FIRST, LAST, lambda key: f"/{key}", AROUND)


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        (
            [("Tree", 45, 61), ("Local plan", 3, 4)],
            f"Tree grew most, from 45 to 61 authorities, {WHEN}",
        ),
        (
            [("Tree", 45, 61), ("Local plan", 4, 3)],
            "Tree grew most, from 45 to 61 authorities, and local plan fell most, from 4 to 3 "
            f"authorities, {WHEN}",
        ),
        (
            [("Tree", 5, 7), ("Local plan", 4, 6), ("Area", 1, 1)],
            f"Tree and local plan grew most, by 2 authorities each, {WHEN}",
        ),
        ([("Tree", 2, 1)], f"Tree fell, from 2 to 1 authority, {WHEN}"),
        ([("Tree", 5, 5), ("Area", 1, 1)], f"No dataset gained or lost authorities {WHEN}"),
    ],
)
def test_what_grew_and_fell_is_said_by_name(rows: list[tuple[str, int, int]], title: str) -> None:
    assert grew(*rows).title == title


def test_without_any_change_there_is_no_chart() -> None:
    assert grew(("Tree", 5, 5)).chart is None
    assert grew(("Tree", 5, 6)).chart is not None


def standing(name: str, rows: int | None, problems: int | None, age: int | None) -> Standing:
    return Standing(name, name, "none", "", 8, 4, None, None, rows, problems, age)


def test_the_worst_is_by_what_is_known() -> None:
    def title(*rows: Standing) -> str | None:
        answer = answers.worst(rows, LAST, str, AROUND)
        return answer.title if answer else None

    on = "on 11 August 2025"
    assert (
        title(standing("A", 5, 9, 1), standing("B", 7, 8, 1), standing("C", None, 99, 1))
        == f"B has most to do: 7 rows to fix {on}"
    )
    assert (
        title(standing("A", None, 9, 1), standing("B", None, 9, 1))
        == f"A and B have most to do: 9 problems to fix each {on}"
    )
    assert (
        title(standing("A", None, None, 400), standing("B", None, None, 3))
        == f"A has the oldest data: 400 days (median) {on}"
    )
    assert title(standing("A", 0, 0, 1)) == f"No authority has errors to fix {on}"
    assert title(standing("A", None, None, None)) is None


def still(what: answers.What, *counts: int | None, since: date = FIRST) -> answers.Answer | None:
    days = (FIRST, date(2025, 7, 21), LAST)
    points = [
        LastingPoint(day, *((count, None) if what == "failing" else (None, count)))
        for day, count in zip(days, counts, strict=True)
    ]
    rows = [
        LastingProvision(what, "x", f"X{number}", "tree", "Tree", since, 35, None)
        for number in range(counts[-1] or 0)
    ]
    return answers.still(what, answers.Lasting(points, rows, "/file.csv", str), (), AROUND)


def test_what_is_still_broken_is_n_of_those_then() -> None:
    answer = still("failing", 12, 9, 2)
    assert answer is not None
    assert answer.title == (
        "2 of 12 provisions that had no working endpoint on 7 July 2025 still have none on "
        "11 August 2025"
    )
    assert answer.basis.endswith("X0 (tree) and X1 (tree) were broken on every date in between.")
    mended = still("failing", 12, 0, 2, since=LAST)
    assert mended is not None
    assert mended.basis.endswith("Each of them was mended in between, and broke again.")
    none = still("errors", 0, 0, 0)
    assert none is not None
    assert none.title == "No provision had errors to fix on 7 July 2025"
    assert none.chart is None


@pytest.mark.parametrize("counts", [(None, 1, 2), (2, 1, None)])
def test_what_one_of_the_dates_does_not_say_is_no_answer(counts: tuple[int | None, ...]) -> None:
    assert still("errors", *counts) is None
