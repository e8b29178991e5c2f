"""What the full sample says, for the tests of it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from performance_store.readers.stream import (
    Endpoint,
    IssueCount,
    Observation,
    Organisation,
    Provision,
    Resource,
    Source,
)
from performance_store.sample.reader import Sample

TODAY = date(2026, 8, 21)
LAST = TODAY.isoformat()
Pair = tuple[str, str]


class Facts:
    """What the full sample says, read once."""

    def __init__(self, sample: Sample) -> None:
        self.organisations = {row[0]: Organisation(*row) for row in sample.rows(Organisation)}
        self.lpas = {
            key
            for key, body in self.organisations.items()
            if body.lpa == "1" and body.end_date is None
        }
        self.provisions = [Provision(*row) for row in sample.rows(Provision)]
        self.endpoints = {row[0]: Endpoint(*row) for row in sample.rows(Endpoint)}
        self.sources = {row[0]: Source(*row) for row in sample.rows(Source)}
        self.resources = {row[0]: Resource(*row) for row in sample.rows(Resource)}
        self.observations = [Observation(*row) for row in sample.rows(Observation)]
        self.issue_counts = [IssueCount(*row) for row in sample.rows(IssueCount)]
        self.last = [row for row in self.observations if row.as_at == LAST]
        self.last_counts = [row for row in self.issue_counts if row.as_at == LAST]

    def expected(self, day: str) -> set[Pair]:
        """What the programme expects of authorities on a day."""
        return {
            (row.organisation, row.dataset)
            for row in self.provisions
            if row.provision_reason == "expected"
            and self.organisations[row.organisation].lpa == "1"
            and (row.start_date or "") <= day
            and (row.end_date is None or row.end_date > day)
        }

    def on(self, day: str) -> dict[Pair, list[Observation]]:
        """Observations of the programme's expected pairs on a day."""
        expected = self.expected(day)
        observations: dict[Pair, list[Observation]] = defaultdict(list)
        for row in self.observations:
            if row.as_at == day and (row.organisation, row.dataset) in expected:
                observations[row.organisation, row.dataset].append(row)
        return observations

    def coverage(self, day: str) -> float:
        return len(self.on(day)) / len(self.expected(day))

    def with_errors(self, day: str) -> set[Pair]:
        return {
            (row.organisation, row.dataset)
            for row in self.issue_counts
            if row.as_at == day and row.severity == "error" and row.responsibility == "external"
        }

    def error_free(self, day: str) -> float:
        """Share of the answering pairs without an error for the authority to mend."""
        answering = {
            pair
            for pair, rows in self.on(day).items()
            if any(r.resource_current == "1" for r in rows)
        }
        return len(answering - self.with_errors(day)) / len(answering)
