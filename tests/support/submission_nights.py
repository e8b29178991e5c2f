"""Some nights of the platform, in which each case of a submission has a dataset of its own.

Loaded once in a run and copied. In a copy no night has come yet: a test lets them come, one after
the other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from performance_store.loading.room import INTERVALS
from tests.support.build import AAA, BBB, TODAY, PlatformFile, Store

_FACTS = tuple(table for table in INTERVALS if table.endswith("_interval"))

NIGHTS = (0, 1, 2, 3, 4, 12, 13)
"""Days after TODAY, which is a Wednesday; the Monday after it is a bank holiday."""
PAGE = "https://www.aaa.gov.uk/trees"
OLD = TODAY - timedelta(days=400)
ELSEWHERE = "https://elsewhere.example/1"


def url_of(case: str) -> str:
    return f"https://maps.example/{case}.csv"


def hash_of(url: str) -> str:
    return sha256(url.encode()).hexdigest()


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


class Night(PlatformFile):
    """The platform's file of a night, with all cases as they stand in it."""

    def __init__(self, folder: Path, number: int) -> None:
        super().__init__(folder / str(number), as_at=after(number))
        self.number = number
        self.organisation(BBB)
        for case in CASES:
            self.provision(case)
            CASES[case](self, case)

    def address(
        self,
        url: str,
        dataset: str,
        *,
        entered: date = TODAY,
        end: date | None = None,
        organisation: str = AAA,
        page: str | None = PAGE,
        licence: str | None = "ogl3",
    ) -> str:
        """Register an address. Out: its hash."""
        key, entry = hash_of(url), entered.isoformat()
        if not self._has("endpoint", key):
            end_date = end.isoformat() if end else ""
            row = {"endpoint": key, "endpoint_url": url, "entry_date": entry, "end_date": end_date}
            self.add("endpoint", **row)
        source: dict[str, Any] = {"documentation_url": page, "licence": licence}
        self.endpoint(key, dataset, organisation, collection=dataset, **source)
        self.rows["source"][-1].setdefault("entry_date", entry)
        return key

    def answers(self, key: str, *, since: int = 1, but: tuple[int, ...] = ()) -> None:
        """It was attempted every night since one; answered, but in some of them with a 403."""
        for number in range(since, self.number + 1):
            day = after(number).isoformat()
            if number in but:
                self.failure(key, day, status="403")
            else:
                self.answer(key, day, resource=f"r-{key[:9]}")


def _straight(night: Night, case: str) -> None:
    """Registered in the second night, collected in the third."""
    if night.number >= 2:
        night.answers(night.address(url_of(case), case, entered=after(1)), since=3)


def _existed(night: Night, case: str) -> None:
    """There for long; answers since the third night."""
    key = night.address(url_of(case), case, entered=OLD)
    night.answers(key, since=-3, but=(-3, -2, -1, 0, 1, 2))


def _second(night: Night, case: str) -> None:
    """An old address of another dataset, since the first night of this one too."""
    key = night.address(url_of(case), f"{case}-first", entered=OLD)
    night.answers(key, since=-1)
    if night.number >= 1:
        night.address(url_of(case), case, entered=OLD)


def _refused(night: Night, case: str) -> None:
    """The first attempt is a 403, the second succeeds."""
    if night.number >= 1:
        night.answers(night.address(url_of(case), case), but=(1,))


def _broken(night: Night, case: str) -> None:
    """Collected in the first night, without a record; failing since the second."""
    if night.number >= 1:
        key = night.address(url_of(case), case)
        night.answers(key, but=tuple(range(2, 14)))
        night.add("dataset_resource", dataset=case, resource=f"r-{key[:9]}", entry_count=0)


def _empty(night: Night, case: str) -> None:
    """Collected in the first night; it has no records until the fourth."""
    if night.number >= 1:
        key = night.address(url_of(case), case)
        night.answers(key)
        records = 12 if night.number >= 4 else 0
        night.add("dataset_resource", dataset=case, resource=f"r-{key[:9]}", entry_count=records)


def _altered(night: Night, case: str) -> None:
    """Registered with a query that was added; as it was sent since the fourth night."""
    if night.number >= 1:
        night.address(f"{url_of(case)}?outputFormat=csv", case, entered=after(1), page="")
    if night.number >= 4:
        night.address(url_of(case), case, entered=after(3), page="")


def _guessed(night: Night, case: str) -> None:
    """Collected with a query that was added; as it was sent since the second night."""
    if night.number >= 1:
        added = f"{url_of(case)}?outputFormat=csv"
        night.answers(night.address(added, case, entered=after(1), page=""))
    if night.number >= 2:
        night.address(url_of(case), case, entered=after(2), page="")


def _passing(night: Night, case: str) -> None:
    """Registered in the first nights, and in the last no more."""
    if 1 <= night.number < 13:
        night.address(url_of(case), case)


def _moved(night: Night, case: str) -> None:
    """Another address with the same page about it; as it was sent since the second night."""
    if night.number >= 1:
        night.address(ELSEWHERE, case)
    if night.number >= 2:
        night.answers(night.address(url_of(case), case), since=2)


def _unlike(night: Night, case: str) -> None:
    """Another address altogether."""
    if night.number >= 1:
        night.answers(night.address(f"{ELSEWHERE}/{case}", case, page=""))


def _theirs(night: Night, case: str) -> None:
    """The same address, of another organisation."""
    if night.number >= 1:
        night.answers(night.address(url_of(case), case, organisation=BBB))


def _retired(night: Night, case: str) -> None:
    """There for long; the second file lacks it, the third says that it ended."""
    if night.number != 2:
        end = after(3) if night.number >= 3 else None
        night.address(url_of(case), case, entered=OLD, end=end)


def _back(night: Night, case: str) -> None:
    """Ended, active again in the second night, collected in the third."""
    end = after(-9) if night.number < 2 else None
    key = night.address(url_of(case), case, entered=OLD, end=end)
    night.answer(key, OLD.isoformat(), resource=f"r-{key[:9]}")
    night.answers(key, since=3)


def _corrected(night: Night, case: str) -> None:
    """There for long; its page and licence are put right in the second night."""
    is_right = night.number >= 2
    key = night.address(
        url_of(case),
        case,
        entered=OLD,
        page=f"{PAGE}/new" if is_right else PAGE,
        licence="ogl3" if is_right else "",
    )
    night.answers(key, since=-1)


def _replaced(night: Night, case: str) -> None:
    """Two old addresses, one failing for 40 days, which ends in the fourth night; another in its
    place since the second."""
    old = night.address(
        f"{url_of(case)}?old",
        case,
        entered=OLD,
        end=after(4) if night.number >= 4 else None,
    )
    night.answer(old, after(-41).isoformat(), resource=f"r-{old[:9]}")
    for number in range(-40, min(night.number, 3) + 1):
        night.failure(old, after(number).isoformat(), status="404")
    other = night.address(f"{url_of(case)}?other", case, entered=OLD)
    night.answers(other, since=-1)
    night.issues(3, dataset=case, resource=f"r-{other[:9]}")
    if night.number >= 2:
        night.answers(night.address(url_of(case), case, entered=after(1)), since=2)


def _absent(night: Night, case: str) -> None:
    """Nothing is ever registered."""


CASES: dict[str, Callable[[Night, str], None]] = {
    "straight": _straight,
    "existed": _existed,
    "second": _second,
    "refused": _refused,
    "broken": _broken,
    "empty": _empty,
    "changed": _altered,
    "guessed": _guessed,
    "passing": _passing,
    "moved": _moved,
    "unlike": _unlike,
    "theirs": _theirs,
    "retired": _retired,
    "back": _back,
    "corrected": _corrected,
    "replaced": _replaced,
    "absent": _absent,
}


def fill(folder: Path) -> Callable[[Engine], None]:
    """What fills a store with all nights, none of which has come."""

    def load_all(engine: Engine) -> None:
        store = Store(engine)
        for number in NIGHTS:
            store.load(Night(folder, number))
        hide(engine)

    return load_all


def hide(engine: Engine) -> None:
    """Let no night have come: their snapshots are of a kind that says nothing of submissions."""
    _rename(engine, "platform", "odp-reports", NIGHTS[-1])


def reveal(engine: Engine, until: int) -> None:
    """Let all nights come up to one."""
    _rename(engine, "odp-reports", "platform", until)


def _rename(engine: Engine, old: str, new: str, until: int) -> None:
    """Let snapshots be of another kind, and say there what they said."""
    snapshots = "FROM snapshot WHERE kind = :old AND as_at <= :day"
    with engine.begin() as connection:
        values = {"old": old, "day": after(until)}
        dates = list(connection.scalars(text(f"SELECT as_at {snapshots}"), values))
        if not dates:
            return
        for table in _FACTS:
            rows = (
                f"CREATE TEMP TABLE t_{table} ON COMMIT DROP AS SELECT i.*, n.as_at "
                f"FROM (SELECT kind, as_at {snapshots}) n JOIN {table} i "
                "ON i.snapshot_kind = n.kind AND n.as_at BETWEEN i.from_on AND i.to_on"
            )
            connection.execute(text(rows), values)
            connection.execute(text(f"UPDATE t_{table} SET from_on = as_at, to_on = as_at"))
        connection.execute(
            text("UPDATE snapshot SET kind = :new WHERE kind = :old AND as_at <= :day"),
            {"new": new, **values},
        )
        for table in _FACTS:
            record = text(f"SELECT record_intervals('{table}', 't_{table}', :kind, :dates)")
            connection.execute(record, {"kind": new, "dates": dates})
            connection.execute(text(f"DELETE FROM t_{table}"))
            connection.execute(record, {"kind": old, "dates": dates})
