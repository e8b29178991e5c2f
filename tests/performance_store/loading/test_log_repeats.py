"""A log read without its repeats gives the store that the whole log gives, in any order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from performance_store.database import make_engine
from performance_store.readers.platform import Platform
from performance_store.readers.stream import LogEntry, Row
from tests.support.build import PlatformFile, Store
from tests.support.loads import checksum

FIRST, DAYS = date(2025, 4, 1), 40
ANSWERS = (("200", "", "r1"), ("200", "", "r2"), ("404", "", ""), ("", "Timeout", ""))
TIMES = ("00:00:00", "02:00:00", "14:00:00", "23:59:59")


class Whole(Platform):
    """A reader that leaves nothing of the log out."""

    def _attempts(self) -> Iterator[Row]:
        for row in self._state.rows(f"{self._sql[LogEntry]} ORDER BY 6"):
            yield (*row[:5], "", row[5])


def a_log(folder: Path, seed: int, last: date, *, odd: bool) -> Path:
    """A file whose endpoints answer as they like: often the same, not every day, often twice."""
    draw = random.Random(seed)
    file = PlatformFile(folder, as_at=last)
    for name in ("e1", "e2", "e3", "e4"):
        file.provision().endpoint(name)
        answer = draw.choice(ANSWERS)
        for back in range(DAYS):
            day = FIRST + timedelta(days=back)
            if draw.random() < 0.2:
                answer = draw.choice(ANSWERS)
            times = draw.sample(TIMES, draw.choice((0, 1, 1, 1, 1, 1, 2, 3)))
            for time in times:
                other = draw.choice(ANSWERS) if draw.random() < 0.1 else answer
                text = f"{day}T{time}{draw.choice(('Z', 'Z', '+02:00')) if odd else 'Z'}"
                if text[:10] <= last.isoformat():
                    status, exception, resource = other
                    file.answer(name, text, status=status, exception=exception, resource=resource)
    file.add("log", endpoint="nobody", entry_date=f"{last}T02:00:00Z", status="200", resource="r1")
    file.add("log", endpoint="e1", entry_date="2025-02-30T02:00:00Z", status="200", resource="r1")
    return file.issues().write()


@pytest.mark.parametrize("odd", [False, True], ids=["as the platform writes", "other zones"])
@pytest.mark.parametrize("seed", range(2))
def test_a_log_without_repeats_gives_the_same_store(
    fresh_database: Callable[[], AbstractContextManager[str]],
    tmp_path: Path,
    seed: int,
    odd: bool,
) -> None:
    lasts = [FIRST + timedelta(days=days) for days in (DAYS - 1, DAYS - 2, DAYS // 2, DAYS - 1)]
    random.Random(seed).shuffle(lasts)
    paths = [a_log(tmp_path / str(n), seed, last, odd=odd).parent for n, last in enumerate(lasts)]
    # The last is loaded as at an earlier day than its newest.
    dates: list[date | None] = [None, None, None, FIRST + timedelta(days=10)]
    seen: list[tuple[Any, ...]] = []
    for reader in (Platform, Whole):
        with fresh_database() as url:
            engine = make_engine(url, application_name="test", pool=None)
            store = Store(engine)
            for path, as_at in zip(paths, dates, strict=True):
                store.load(reader(path, as_at=as_at))
            rejections = store.sql("SELECT row_number, reason, row::text FROM rejection ORDER BY 1")
            runs = store.sql(
                "SELECT endpoint_id, from_day, to_day, http_status, exception, resource_id, "
                "first_attempt_at, last_attempt_at FROM endpoint_run ORDER BY 1, 2"
            )
            # A snapshot notes when it was made.
            seen.append((checksum(engine) | {"snapshot": ""}, runs, rejections))
            engine.dispose()
    without, whole = seen
    assert without[1] == whole[1]
    assert without[2] == whole[2] != []
    assert without[0] == whole[0]
    assert not without[0]["summary_interval"].startswith("0")
