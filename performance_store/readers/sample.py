"""The sample: two years of invented national data, for a first start without any input.

The same arguments give the same rows in the same order, on any machine. History is simulated once,
in the constructor, and kept as spans; rows are made from it when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date
from hashlib import sha256
from typing import Any

from performance_store.readers import sample_facts, sample_registers, stream
from performance_store.readers.sample_calendar import Calendar
from performance_store.readers.sample_history import History
from performance_store.readers.stream import Row

GENERATOR_VERSION = "1"
"""Change this when the same arguments begin to give other rows."""

_FEWEST_AUTHORITIES, _MOST_AUTHORITIES = 20, 1000
_FEWEST_WEEKS, _MOST_WEEKS = 2, 260

_GENERATORS: dict[type[Any], Callable[[History], Iterator[Row]]] = {
    stream.Organisation: sample_registers.organisations,
    stream.Role: sample_registers.roles,
    stream.RoleOrganisation: sample_registers.role_organisations,
    stream.Dataset: sample_registers.datasets,
    stream.DatasetField: sample_registers.dataset_fields,
    stream.ProvisionReason: sample_registers.provision_reasons,
    stream.IssueType: sample_registers.issue_types,
    stream.Project: sample_registers.projects,
    stream.Cohort: sample_registers.cohorts,
    stream.Provision: sample_registers.provisions,
    stream.Expectation: sample_registers.expectations,
    stream.Annotation: sample_registers.changes,
    stream.Endpoint: sample_facts.endpoints,
    stream.Source: sample_facts.sources,
    stream.SourcePipeline: sample_facts.source_pipelines,
    stream.Resource: sample_facts.resources,
    stream.DatasetResource: sample_facts.dataset_resources,
    stream.LogEntry: sample_facts.log_entries,
    stream.Observation: sample_facts.observations,
    stream.IssueCount: sample_facts.issue_counts,
    stream.FieldCount: sample_facts.field_counts,
}
_LIMITED: dict[type[Any], Callable[[History, Collection[str] | None], Iterator[Row]]] = {
    stream.Issue: sample_facts.issues,
    stream.ColumnField: sample_facts.column_fields,
}
"""Those that can be limited to the resources wanted."""


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
            record for record in stream.RECORD_TYPES if record in _GENERATORS or record in _LIMITED
        )
        self.missing: tuple[str, ...] = ()
        calendar = Calendar(today, weeks)
        self.as_at: tuple[date, ...] = calendar.as_at
        self._history = History(authorities, calendar, seed)

    def rows(self, record: type, *, wanted: Collection[str] | None = None) -> Iterator[Row]:
        """Yield the rows of one record type; none for a type that the sample does not provide.

        ``wanted`` limits issues and columns to the resources named.
        """
        if record in _LIMITED:
            return _LIMITED[record](self._history, wanted)
        if record in _GENERATORS:
            return _GENERATORS[record](self._history)
        return iter(())
