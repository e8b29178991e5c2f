"""The sample: two years of invented national data, for a first start without any input.

The same arguments give the same rows in the same order, on any machine. History is simulated once,
in the constructor, and kept as spans; rows are made from it when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from copy import copy
from datetime import date
from hashlib import sha256
from typing import Any

from performance_store.readers import stream
from performance_store.readers.stream import Row
from performance_store.sample import generated, registers
from performance_store.sample.calendar import Calendar
from performance_store.sample.history import History

GENERATOR_VERSION = "3"
"""Change this when the same arguments begin to give other rows."""

_FEWEST_AUTHORITIES, _MOST_AUTHORITIES = 20, 1000
_FEWEST_WEEKS, _MOST_WEEKS = 2, 260

_GENERATORS: dict[type[Any], Callable[[History], Iterator[Row]]] = {
    stream.Organisation: registers.organisations,
    stream.Role: registers.roles,
    stream.RoleOrganisation: registers.role_organisations,
    stream.Dataset: registers.datasets,
    stream.DatasetField: registers.dataset_fields,
    stream.ProvisionReason: registers.provision_reasons,
    stream.IssueType: registers.issue_types,
    stream.Project: registers.projects,
    stream.Cohort: registers.cohorts,
    stream.Provision: registers.provisions,
    stream.Expectation: registers.expectations,
    stream.Annotation: registers.changes,
    stream.Endpoint: generated.endpoints,
    stream.Source: generated.sources,
    stream.SourcePipeline: generated.source_pipelines,
    stream.Resource: generated.resources,
    stream.DatasetResource: generated.dataset_resources,
    stream.LogEntry: generated.log_entries,
}
_WEEKLY: dict[type[Any], Callable[[History, range], Iterator[Row]]] = {
    stream.Observation: generated.observations,
    stream.IssueCount: generated.issue_counts,
    stream.FieldCount: generated.field_counts,
}
"""Those that speak of one snapshot each, by its number."""
_LIMITED: dict[type[Any], Callable[[History, Collection[str] | None], Iterator[Row]]] = {
    stream.Issue: generated.issues,
    stream.ColumnField: generated.column_fields,
}
"""Those that can be limited to the resources named."""

_OF_OTHER_DAYS = (stream.LogEntry, stream.Annotation)
"""What the newest snapshot is whole without. The log alone takes half of the time."""


class Sample:
    """Reader of invented data: so many authorities over so many weekly snapshots ending today.

    Implements :class:`~performance_store.readers.stream.Reader`.
    """

    kind = "sample"
    scope = "sample"

    def __init__(
        self, today: date, seed: int = 20250521, authorities: int = 311, weeks: int = 104
    ) -> None:
        if not _FEWEST_AUTHORITIES <= authorities <= _MOST_AUTHORITIES:
            raise ValueError(
                f"authorities: {_FEWEST_AUTHORITIES} to {_MOST_AUTHORITIES}, not {authorities}"
            )
        if not _FEWEST_WEEKS <= weeks <= _MOST_WEEKS:
            raise ValueError(f"weeks: {_FEWEST_WEEKS} to {_MOST_WEEKS}, not {weeks}")
        arguments = (GENERATOR_VERSION, today.isoformat(), seed, authorities, weeks)
        self.fingerprint = sha256("|".join(map(str, arguments)).encode()).hexdigest()
        self.input_name = f"sample of {authorities} authorities, {weeks} weeks, seed {seed}"
        self.provides: tuple[type, ...] = tuple(
            record
            for record in stream.RECORD_TYPES
            if record in _GENERATORS or record in _WEEKLY or record in _LIMITED
        )
        self.missing: tuple[str, ...] = ()
        calendar = Calendar(today, weeks)
        self.as_at: tuple[date, ...] = calendar.as_at
        self.part: Sample | None = None
        self._weeks = range(weeks)
        self._history = History(authorities, calendar, seed)
        self.part = self._newest()

    def _newest(self) -> Sample:
        """The same sample with its newest snapshot only, without what tells of other days."""
        newest = copy(self)
        newest.provides = tuple(one for one in self.provides if one not in _OF_OTHER_DAYS)
        newest.as_at = self.as_at[-1:]
        newest.fingerprint = sha256(f"{self.fingerprint}|newest".encode()).hexdigest()
        newest.input_name = f"newest snapshot of the {self.input_name}"
        newest._weeks = self._weeks[-1:]
        return newest

    def rows(self, record: type, *, only: Collection[str] | None = None) -> Iterator[Row]:
        """Yield the rows of one record type; none for a type that the sample does not provide.

        ``only`` limits issues and columns to the resources named.
        """
        if record in _LIMITED:
            return _LIMITED[record](self._history, only)
        if record in _WEEKLY:
            return _WEEKLY[record](self._history, self._weeks)
        if record in _GENERATORS:
            return _GENERATORS[record](self._history)
        return iter(())
