"""Three weekly files in which authorities join, leave, break and are mended, small enough to count
by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from tests.support.build import PlatformFile, Store

DAYS = (date(2025, 5, 7), date(2025, 5, 14), date(2025, 5, 21))
# Of each authority and day: not asked for (.), nothing provided (-), works (o), fails (x), works
# with two errors (e). What each is there for: fails throughout; fails again; joined; mended; errors
# throughout; began to provide; left; errors that were mended.
WEEKS = {
    "AAA": "xxx",
    "BBB": "xox",
    "CCC": "..x",
    "DDD": "xoo",
    "EEE": "eee",
    "FFF": "-oo",
    "GGG": "xx.",
    "HHH": "eeo",
}


def three_dates(engine: Engine, folder: Path) -> None:
    """Load the three files."""
    for place, day in enumerate(DAYS):
        file = PlatformFile(folder / day.isoformat(), as_at=day)
        for name, weeks in WEEKS.items():
            _authority(file, f"local-authority:{name}", weeks[place], place)
        Store(engine).load(file)


def _authority(file: PlatformFile, organisation: str, state: str, place: int) -> None:
    file.organisation(organisation)
    if state == ".":
        return
    file.provision("tree", organisation)
    if state == "-":
        return
    endpoint = f"e-{organisation[-3:]}"
    file.endpoint(endpoint, "tree", organisation)
    if state == "x":
        file.failure(endpoint)
        return
    # Errors go with the file that had them.
    resource = f"r-{organisation[-3:]}-{state}"
    file.answer(endpoint, resource=resource)
    if state == "e":
        file.issues(2, resource=resource)
