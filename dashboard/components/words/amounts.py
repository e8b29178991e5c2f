"""How much there is to fix: in rows, or in problems where the figures know only these.

A row can have several problems. So a number never stands without saying which of the two it counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from dashboard.components.words import formatting

BY_PLATFORM = "Being dealt with by the platform’s team"


class ToFix(Protocol):
    """Figures that say how much an organisation has to fix."""

    @property
    def rows_to_fix(self) -> int | None: ...
    @property
    def problems_to_fix(self) -> int | None: ...


def amount(rows: int | None, problems: int | None, what: str = "") -> str:
    """ "12 rows", or "12 problems" where rows are not known. `what` comes before the noun."""
    before = f"{what} " if what else ""
    if rows is None:
        return formatting.plural(problems, f"{before}problem")
    return formatting.plural(rows, f"{before}row")


def difference(now: int | None, before: int | None) -> int | None:
    """How many more there are now; None where either is not known."""
    return None if now is None or before is None else now - before


def to_fix(row: ToFix) -> int | None:
    """How much there is to fix, in the unit that `noun` names; None: not known."""
    return row.problems_to_fix if row.rows_to_fix is None else row.rows_to_fix


def noun(rows: Iterable[ToFix]) -> str:
    """The unit of a column or a line: "problems" where some figures know only these."""
    only_problems = any(row.rows_to_fix is None and row.problems_to_fix is not None for row in rows)
    return "problems" if only_problems else "rows"


def heading(rows: Iterable[ToFix]) -> str:
    """ "Rows to fix" or "Problems to fix", for a column of `to_fix`."""
    return f"{noun(rows).capitalize()} to fix"


def with_warning(rows: int | None, warnings: int) -> str:
    """ "48 rows have a warning", or "There are 48 warnings" where rows are not known."""
    if rows is None:
        verb = "is" if warnings == 1 else "are"
        return f"There {verb} {formatting.plural(warnings, 'warning')}"
    return f"{formatting.plural(rows, 'row')} {'has' if rows == 1 else 'have'} a warning"


def with_platform(count: int) -> str:
    """ "12 problems are being dealt with by the platform’s team." """
    verb = "is" if count == 1 else "are"
    return f"{formatting.plural(count, 'problem')} {verb} being dealt with by the platform’s team."
