"""What a reader leaves out of a log that repeats itself."""

from __future__ import annotations

from datetime import date

from performance_store.readers.log_runs import without_repeats

LAST = date(2025, 5, 31)
GOOD, BAD = ("200", "", "r1"), ("404", "", "")


def rest_of(*attempts: tuple[str, str, tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Endpoint, time and ``since`` of the attempts that stay."""
    rows = [(name, at, *answer, number) for number, (name, at, answer) in enumerate(attempts, 1)]
    return [(row[0], row[1], row[5]) for row in without_repeats(rows, LAST)]


def at(day: int, time: str = "02:00:00") -> str:
    return f"2025-05-{day:02d}T{time}Z"


def test_of_a_month_with_one_answer_the_first_and_the_last_day_stay() -> None:
    assert rest_of(*(("e1", at(day), GOOD) for day in range(1, 31))) == [
        ("e1", at(1), ""),
        ("e1", at(30), "2025-05-02"),
    ]


def test_each_answer_begins_and_ends() -> None:
    days = [("e1", at(day), BAD if 10 <= day <= 13 else GOOD) for day in range(1, 21)]
    assert rest_of(*days) == [
        ("e1", at(1), ""),
        ("e1", at(9), "2025-05-02"),
        ("e1", at(10), ""),
        ("e1", at(13), "2025-05-11"),
        ("e1", at(14), ""),
        ("e1", at(20), "2025-05-15"),
    ]


def test_days_without_an_attempt_are_not_filled() -> None:
    assert rest_of(*(("e1", at(day), GOOD) for day in (1, 2, 3, 6, 7, 8))) == [
        ("e1", at(1), ""),
        ("e1", at(3), "2025-05-02"),
        ("e1", at(6), ""),
        ("e1", at(8), "2025-05-07"),
    ]


def test_a_day_with_several_attempts_keeps_them_all() -> None:
    attempts = [at(1), at(2), at(3, "01:00:00"), at(3, "05:00:00"), at(4), at(5)]
    assert rest_of(*(("e1", when, GOOD) for when in attempts)) == [
        ("e1", at(1), ""),
        # The day before may be the last of its answer: the day's last attempt is what counts.
        ("e1", at(2), ""),
        ("e1", at(3, "01:00:00"), ""),
        ("e1", at(3, "05:00:00"), ""),
        ("e1", at(5), at(4)[:10]),
    ]


def test_endpoints_do_not_mix() -> None:
    assert rest_of(("e1", at(1), GOOD), ("e2", at(2), GOOD), ("e3", at(3), GOOD)) == [
        ("e1", at(1), ""),
        ("e2", at(2), ""),
        ("e3", at(3), ""),
    ]


def test_what_is_written_in_another_way_stays_and_its_neighbours() -> None:
    odd = "2025-05-03 02:00:00"
    assert rest_of(*(("e1", when, GOOD) for when in (at(1), at(2), odd, at(4), at(5)))) == [
        ("e1", when, "") for when in (at(1), at(2), odd, at(4), at(5))
    ]
    for never in ("2025-02-30T02:00:00Z", "2025-05-03T25:00:00Z", "soon", "", None):
        assert rest_of(("e1", never, GOOD)) == [("e1", never, "")]  # type: ignore[arg-type]


def test_the_last_two_days_stay_and_what_is_later_does_not() -> None:
    rows = [("e1", f"2025-0{month}-{day:02d}T02:00:00Z", *GOOD, 1)
            for month, day in ((5, 27), (5, 28), (5, 29), (5, 30), (5, 31), (6, 1))]  # fmt: skip
    assert [(row[1][:10], row[5]) for row in without_repeats(rows, LAST)] == [
        ("2025-05-27", ""),
        ("2025-05-30", "2025-05-28"),
        ("2025-05-31", ""),
    ]
