"""The typed stream: what every reader yields and the loader stages.

A reader is an object with a few facts about its input (:class:`Reader`) and a generator of rows
for each record type it provides. Rows are plain tuples in the order of the record type's fields, so
that millions of them cost little; the record types name and describe the columns.

Values are as the source gives them: text (``None`` and ``''`` mean the same, "not given"), or
``int`` where the type says so. Dates are ISO text; only the first ten characters of a date count.
The loader converts and checks them in SQL, and rejects a row by name when it cannot be used.
Keys come without the blanks around them (:data:`BLANKS`); a byte that is not UTF-8 comes as a lone
surrogate, as Python's ``surrogateescape`` reads it, and the loader tells of it.

Each record type with ``as_at`` may speak of one snapshot only (the ISO date) or of all (``None``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple, Protocol

Row = tuple[Any, ...]

BLANKS = (
    "\t\n\v\f\r \x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff"
)
"""What may stand around a key without being part of it: all that Unicode calls white, and what has
no width."""
LONGEST_KEY = 300
"""Letters of anything that rows are found by. The longest in real data has 71."""
LONGEST_TEXT = 1_000_000
"""Letters of anything that is only read."""
TEXTS = frozenset(
    {
        *("name", "plural", "description", "former_names", "members", "endpoint_url", "licence"),
        *("documentation_url", "exception", "value", "message", "details", "title", "text"),
    }
)
"""Fields that are only read; all others are keys, dates and numbers."""


class InputError(Exception):
    """The input cannot be loaded. The message is one line: the file, what is wrong, what to do."""


class Organisation(NamedTuple):
    """A body. ``organisation`` is its CURIE; ``lpa`` is '1' when the source lists it as an LPA."""

    organisation: str
    name: str | None = None
    entity: str | None = None
    region: str | None = None
    """ONS code, or the platform's slug (``south-east``)."""
    local_authority_type: str | None = None
    statistical_geography: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    successor: str | None = None
    former_names: str | None = None
    """Several are parted by ``;``."""
    longitude: str | None = None
    latitude: str | None = None
    members: str | None = None
    """CURIEs of a group's members, parted by ``;``."""
    lpa: str | None = None
    website: str | None = None


class Boundary(NamedTuple):
    """The area of an organisation."""

    organisation: str
    geojson: str
    """A GeoJSON geometry as text."""


class Role(NamedTuple):
    """What an organisation can be responsible as, such as ``local-planning-authority``."""

    role: str
    name: str | None
    description: str | None


class RoleOrganisation(NamedTuple):
    """An organisation in a role, until before ``end_date``."""

    organisation: str
    role: str
    start_date: str | None
    end_date: str | None


class Dataset(NamedTuple):
    """A dataset. One with an ``end_date`` is no longer in use."""

    dataset: str
    name: str | None
    plural: str | None
    description: str | None
    collection: str | None
    typology: str | None
    end_date: str | None = None


class DatasetField(NamedTuple):
    """A field that the specification of a dataset has."""

    dataset: str
    field: str


class ProvisionReason(NamedTuple):
    """Why a dataset is provided. Of several obligations for one cell that of the highest
    ``priority``, a whole number, counts."""

    provision_reason: str
    name: str | None
    description: str | None
    priority: str | None


class IssueType(NamedTuple):
    """A kind of problem, with its severity and who has to fix it (``external`` or ``internal``)."""

    issue_type: str
    name: str | None
    description: str | None
    severity: str | None
    responsibility: str | None
    quality_dimension: str | None
    quality_criteria: str | None
    quality_criteria_level: str | None


class Project(NamedTuple):
    """A programme that cohorts belong to."""

    project: str
    name: str | None
    description: str | None


class Cohort(NamedTuple):
    """Organisations that joined a project together."""

    cohort: str
    name: str | None
    project: str | None
    fund: str | None
    intervention: str | None
    start_date: str | None
    end_date: str | None


class CohortAlias(NamedTuple):
    """The name that the weekly reports have for a cohort."""

    alias: str
    cohort: str


class Provision(NamedTuple):
    """An obligation. Valid from ``start_date`` (else ``entry_date``) until before ``end_date``."""

    as_at: str | None
    organisation: str
    dataset: str
    provision_reason: str | None
    project: str | None
    cohort: str | None
    role: str | None
    specification: str | None
    entry_date: str | None
    start_date: str | None
    end_date: str | None


class Endpoint(NamedTuple):
    """A web address that data is collected from. ``endpoint`` is the hash of ``endpoint_url``."""

    endpoint: str
    endpoint_url: str | None
    plugin: str | None
    entry_date: str | None
    end_date: str | None


class Source(NamedTuple):
    """Who provides data at an endpoint; without an endpoint nobody does yet."""

    source: str
    organisation: str
    endpoint: str | None
    collection: str | None
    licence: str | None
    documentation_url: str | None
    entry_date: str | None
    end_date: str | None


class SourcePipeline(NamedTuple):
    """A dataset (``pipeline``) that a source supplies."""

    source: str
    pipeline: str


class LogEntry(NamedTuple):
    """One attempt to collect an endpoint. ``entry_date`` is an ISO timestamp.

    A log repeats itself: what has the same answer as the day before and the day after may be left
    out (``log_runs``). ``since`` is the first such day before this attempt, '' for none;
    ``number`` is where the row stands in its table, where rows are left out.
    """

    endpoint: str
    entry_date: str
    status: str | None
    exception: str | None
    resource: str | None
    since: str
    number: int | None


class Resource(NamedTuple):
    """One version of an endpoint’s content. ``resource`` is its sha256, ``bytes`` its size."""

    resource: str
    start_date: str | None
    end_date: str | None
    bytes: str | None
    mime_type: str | None


class ResourceEndpoint(NamedTuple):
    """Where a resource was collected."""

    resource: str
    endpoint: str


class DatasetResource(NamedTuple):
    """How many entries of a resource became records of a dataset."""

    dataset: str
    resource: str
    entry_count: str | None


class ColumnField(NamedTuple):
    """A column of a resource that supplies a field of a dataset."""

    dataset: str
    resource: str
    column: str
    field: str


class Issue(NamedTuple):
    """One problem, in one cell or row of a resource."""

    dataset: str
    resource: str
    issue_type: str
    field: str | None
    line_number: int | None
    entry_number: int | None
    entity: int | None
    value: str | None
    message: str | None


class Expectation(NamedTuple):
    """A test of a built dataset for one organisation. ``passed`` is 'True' or 'False'."""

    dataset: str
    organisation: str
    name: str | None
    operation: str | None
    passed: str | None
    severity: str | None
    responsibility: str | None
    details: str | None


class Observation(NamedTuple):
    """What a source that has no log says of one endpoint of one cell on one date.

    ``http_status`` and ``exception`` are of the newest attempt. ``last_success`` is a date.
    ``resource`` is the current one, else the last good one when ``resource_current`` is '0'.
    """

    as_at: str
    organisation: str
    dataset: str
    endpoint: str
    source: str | None
    """Key of a :class:`Source` row of the same stream."""
    http_status: str | None
    exception: str | None
    last_attempt: str | None
    last_success: str | None
    resource: str | None
    resource_start_date: str | None
    resource_current: str | None
    """'1' or '0'."""
    record_count: str | None


class IssueCount(NamedTuple):
    """Rows of one issue type and field in one resource, counted by the source."""

    as_at: str
    organisation: str
    dataset: str
    resource: str
    issue_type: str
    field: str | None
    severity: str | None
    responsibility: str | None
    rows: str | None
    """None where the reader cannot use the count: the issues of the cell are then not known."""


class FieldCount(NamedTuple):
    """Fields of the primary endpoint's resource, counted by the source."""

    as_at: str
    organisation: str
    dataset: str
    fields_total: str | None
    fields_supplied: str | None
    fields_matched: str | None


class Annotation(NamedTuple):
    """A change that a line must not be read without: ``kind`` rule, denominator or incident."""

    on_date: str
    kind: str
    title: str
    text: str


RECORD_TYPES: tuple[type[NamedTuple], ...] = (
    Organisation,
    Boundary,
    Role,
    RoleOrganisation,
    Dataset,
    DatasetField,
    ProvisionReason,
    IssueType,
    Project,
    Cohort,
    CohortAlias,
    Provision,
    Endpoint,
    Source,
    SourcePipeline,
    LogEntry,
    Resource,
    ResourceEndpoint,
    DatasetResource,
    ColumnField,
    Issue,
    Expectation,
    Observation,
    IssueCount,
    FieldCount,
    Annotation,
)


class Reader(Protocol):
    """What the loader needs of a reader. The constructor opens and checks the input."""

    kind: str
    """platform, odp-reports, registers or sample."""
    scope: str
    """national, programme or sample: what the figures speak of."""
    input_name: str
    """The file's or folder's own name, for people."""
    fingerprint: str
    """sha256 over everything that could change the outcome."""
    as_at: tuple[date, ...]
    """Dates of the snapshots to make, ascending."""
    provides: tuple[type, ...]
    """Record types this input has. What is not named here is not known."""
    missing: tuple[str, ...]
    """Optional tables or files that the input lacks, by their own names."""

    def rows(self, record: type, *, only: Collection[str] | None = None) -> Iterator[Row]:
        """Yield the rows of one record type, in bounded memory.

        ``only`` limits ``Issue`` and ``ColumnField`` to the resources (hashes) named.
        """
        ...
