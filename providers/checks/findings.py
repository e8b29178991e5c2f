"""What a check found as a table: the same rows and columns for pages, files and programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from providers.checks.format import ANY_FINDING, Finding, Group, Row, Summary

COLUMNS = (
    "line-number", "entry-number", "field", "issue-type", "value", "severity", "responsibility",
    "origin", "message",
)  # fmt: skip


class Findings:
    """Findings as tuples of `COLUMNS`. In: the summary of their check; the number of a group, for
    its findings alone."""

    def __init__(self, summary: Summary, only: int = ANY_FINDING) -> None:
        self._groups = {
            group.number: group for group in summary.groups if only in (ANY_FINDING, group.number)
        }

    def of_file(self) -> Iterator[tuple[Any, ...]]:
        """What is said of the file as a whole, such as a missing column: without line and entry."""
        return (
            _cells(group, None, Finding(0)) for group in self._groups.values() if not group.rows
        )

    def of_row(self, row: Row) -> Iterator[tuple[Any, ...]]:
        """What is said of one row."""
        for finding in row.findings:
            group = self._groups.get(finding.group)
            if group is not None:
                yield _cells(group, row, finding)


def _cells(group: Group, row: Row | None, finding: Finding) -> tuple[Any, ...]:
    place = (row.line, row.entry) if row else (None, None)
    return (
        *(*place, group.field, group.issue_type, finding.value, group.severity),
        *(group.responsibility, group.origin, finding.message or group.message),
    )
