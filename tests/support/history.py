"""A history of a few named values, kept by the store and, beside it, day by day in Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, text

Rows = dict[str, int | None]
_TABLES = """
CREATE TABLE told (snapshot_kind text, name text, value int, to_on date, from_on date,
    PRIMARY KEY (snapshot_kind, name, to_on));
CREATE TABLE telling (name text, value int, from_on date, to_on date, other text);
INSERT INTO load (kind, input, ruleset_version, state) VALUES ('sample', '', '1', 'published');
"""
_SNAPSHOT = """
INSERT INTO snapshot (load_id, as_at, kind, scope, fingerprint, ruleset_version, issue_rules,
    knows) VALUES (1, :day, 'sample', '', '', :rules, '', '{}')
ON CONFLICT (kind, as_at) DO UPDATE SET ruleset_version = excluded.ruleset_version
"""


@dataclass(frozen=True)
class Step:
    """What some days say, by some rules; None: the day is no snapshot any more."""

    days: dict[date, Rows | None]
    rules: str


class History:
    """Both of them, and what they say."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._days: dict[date, Rows] = {}
        self._rules: dict[date, str] = {}
        with engine.begin() as connection:
            connection.exec_driver_sql(_TABLES)

    def forget(self) -> None:
        """Begin again."""
        self._days, self._rules = {}, {}
        with self._engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM snapshot; DELETE FROM told")

    def take(self, step: Step) -> None:
        """Let both know what these days say."""
        for day, rows in step.days.items():
            self._days.pop(day, None)
            if rows is not None:
                self._days[day], self._rules[day] = rows, step.rules
        with self._engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM telling")
            for day, rows in step.days.items():
                if rows is None:
                    sql = text("DELETE FROM snapshot WHERE as_at = :day")
                    connection.execute(sql, {"day": day})
                    continue
                connection.execute(text(_SNAPSHOT), {"day": day, "rules": step.rules})
                for name, value in rows.items():
                    sql = text("INSERT INTO telling VALUES (:name, :value, :day, :day, :day)")
                    connection.execute(sql, {"name": name, "value": value, "day": day})
            sql = text("SELECT record_intervals('told', 'telling', 'sample', :dates)")
            connection.execute(sql, {"dates": sorted(step.days)})

    def truth(self) -> set[tuple[date, str, int | None]]:
        """Every day's rows, as they were given last."""
        return {(day, *row) for day, rows in self._days.items() for row in rows.items()}

    def rows(self) -> set[tuple[date, str, int | None]]:
        """Every day's rows, as the store tells them."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                text(
                    "SELECT n.as_at, t.name, t.value FROM snapshot n JOIN told t "
                    "ON t.snapshot_kind = n.kind AND n.as_at BETWEEN t.from_on AND t.to_on"
                )
            ).all()
        assert len(set(rows)) == len(rows), "told twice"
        return {(row[0], row[1], row[2]) for row in rows}

    def intervals(self) -> set[tuple[str, int | None, date, date | None]]:
        """What the store keeps: name, value, first and last day, None for open."""
        with self._engine.connect() as connection:
            return {
                (row[0], row[1], row[2], row[3])
                for row in connection.execute(
                    text("SELECT name, value, from_on, nullif(to_on, 'infinity') FROM told")
                )
            }

    def shortest(self) -> set[tuple[str, int | None, date, date | None]]:
        """The fewest intervals that tell it: they end where a value, the rules or the days do."""
        days = sorted(self._days)
        intervals: list[tuple[str, int | None, date, date]] = []
        running: dict[tuple[str, int | None], date] = {}
        for before, day in zip([None, *days], days, strict=False):
            goes_on = before is not None and self._rules[before] == self._rules[day]
            present = set(self._days[day].items())
            for key in [key for key in running if key not in present or not goes_on]:
                assert before is not None
                intervals.append((*key, running.pop(key), before))
            for key in present - set(running):
                running[key] = day
        return set(intervals) | {(*key, first, None) for key, first in running.items()}
