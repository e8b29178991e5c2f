"""Rows: the contract between SQL and everything above it.

Frozen dataclasses, one for each kind of answer. ``None`` means "not known", never zero. Counts say
their unit in the docstring. Dates are dates, not text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One published snapshot. ``knows`` holds logs, issues, fields, expectations, as given."""

    snapshot_id: int
    as_at: date
    kind: str
    scope: str
    knows: tuple[str, ...]
    lpa_count: int | None
    published_at: datetime
    data_version: int


@dataclass(frozen=True, slots=True)
class DataVersion:
    """The newest load that was published: its number, and when that was."""

    data_version: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class OrganisationCounts:
    """An organisation in the list, with how many datasets it is asked for and provides.

    ``expected`` counts the datasets it has a provision for (statutory, expected, encouraged or
    prospective) on the date, ``provided`` those of them with an active endpoint; ``also_supplied``
    the others. Status counts are of the expected ones. ``error_rows`` are issue rows of severity
    error or critical that the organisation must fix.
    """

    organisation: str
    name: str | None
    type: str
    region: str
    region_name: str
    cohort: str | None
    is_lpa: bool
    statistical_geography: str | None
    end_date: date | None
    successor: str | None
    successor_name: str | None
    former_names: tuple[str, ...]
    expected: int
    provided: int
    also_supplied: int
    live: int
    needs_improving: int
    error: int
    processing: int
    unknown: int
    not_submitted: int
    error_rows: int | None
    last_changed_on: date | None
    cohort_name: str | None
    project: str | None
    project_name: str | None
    local_authority_type: str | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """One body, from the register."""

    organisation: str
    name: str | None
    type: str
    region: str
    region_name: str
    local_authority_type: str | None
    statistical_geography: str | None
    start_date: date | None
    end_date: date | None
    successor: str | None
    successor_name: str | None
    former_names: tuple[str, ...]
    is_lpa: bool
    cohort: str | None
    project: str | None
    groups: tuple[tuple[str, str], ...]
    """(CURIE, name) of the groups it belongs to."""
    members: tuple[tuple[str, str], ...]
    """(CURIE, name) of its members, when it is a group."""
    cohort_name: str | None
    project_name: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an organisation is: a point in its area, in degrees (WGS84)."""

    organisation: str
    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class Hexagon:
    """Where an authority stands on the map of equal hexagons: counted from the west and from the
    north; odd rows are moved east by half a hexagon."""

    organisation: str
    name: str
    across: int
    down: int


@dataclass(frozen=True, slots=True)
class DatasetStatus:
    """One organisation's dataset in one snapshot. Counts of issues are rows; see ``reasons``.

    ``failing_since`` is the first day of the longest failure under way among its endpoints.
    ``error_rows`` counts severity error and critical, external; ``issue_rows`` everything from
    notice up. Both are of the last good data when ``issues_of_last_good``. ``status_before`` is
    that of the comparison snapshot, None when there is none or the cell was not in it.
    """

    dataset: str
    dataset_name: str
    collection: str | None
    typology: str | None
    provision_reason: str | None
    in_denominator: bool
    status: str
    reasons: tuple[str, ...]
    access_band: str
    freshness_band: str
    stage: str
    endpoint_count: int
    endpoint_failing_count: int | None
    endpoint_url: str | None
    documentation_url: str | None
    licence: str | None
    http_status: str | None
    exception: str | None
    endpoint_added_on: date | None
    last_attempt_on: date | None
    last_success_on: date | None
    content_changed_on: date | None
    issues_of_last_good: bool
    error_rows: int | None
    warning_rows: int | None
    issue_rows: int | None
    error_type_count: int | None
    fields_total: int | None
    fields_supplied: int | None
    fields_matched: int | None
    record_count: int | None
    status_before: str | None
    error_rows_before: int | None
    failing_since: date | None


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset, from the register."""

    dataset: str
    name: str
    plural: str | None
    description: str | None
    collection: str | None
    typology: str | None


@dataclass(frozen=True, slots=True)
class Area:
    """What is known of an organisation's area. ``entity`` is its number on the platform."""

    organisation: str
    name: str | None
    entity: int | None
    has_boundary: bool


@dataclass(frozen=True, slots=True)
class Boundary:
    """The outline of an organisation's area: a GeoJSON geometry in longitude and latitude."""

    organisation: str
    geojson: str


@dataclass(frozen=True, slots=True)
class Outlined:
    """Of how many authorities on the map of hexagons (``mapped``) the outline is known."""

    outlined: int
    mapped: int


@dataclass(frozen=True, slots=True)
class EndpointState:
    """One active endpoint of a cell in one snapshot. ``success`` None: not tried or not known."""

    endpoint: str
    endpoint_url: str | None
    documentation_url: str | None
    licence: str | None
    collection: str | None
    is_primary: bool
    added_on: date | None
    attempted: bool
    success: bool | None
    http_status: str | None
    exception: str | None
    last_attempt_at: datetime | None
    last_success_on: date | None
    failing_since: date | None
    access_band: str
    resource: str | None
    content_changed_on: date | None
    resource_current: bool
    shared_with: int
    source_ended_on: date | None


@dataclass(frozen=True, slots=True)
class LogDays:
    """A run of days on which an endpoint answered alike. ``outcome`` is ok or failed."""

    endpoint: str
    first_day: date
    last_day: date
    outcome: str
    http_status: str | None
    exception: str | None


@dataclass(frozen=True, slots=True)
class FileSeen:
    """One version of the file that an endpoint served within a period.

    ``first_day`` is when these bytes were first seen, before the period perhaps, ``last_day`` when
    they were last collected in it. ``versions`` is how many versions the endpoint served in the
    period, shown or not. ``size`` is in bytes.
    """

    endpoint: str
    resource: str
    first_day: date
    last_day: date
    size: int | None
    versions: int


@dataclass(frozen=True, slots=True)
class EndedEndpoint:
    """An endpoint that a cell had once and has no more.

    ``ended_on`` is None where no register says, ``last_listed_on`` the last snapshot that held it,
    None if none did. ``last_success_on`` is of any day up to the snapshot.
    """

    endpoint: str
    endpoint_url: str | None
    added_on: date | None
    ended_on: date | None
    last_listed_on: date | None
    last_success_on: date | None


@dataclass(frozen=True, slots=True)
class IssueCount:
    """Rows affected by one issue type in one field of a cell, with the count before."""

    issue_type: str
    name: str | None
    description: str | None
    field: str | None
    severity: str
    responsibility: str
    rows: int
    of_last_good: bool
    rows_before: int | None


@dataclass(frozen=True, slots=True)
class FieldUse:
    """One field of a dataset and how a cell supplies it. ``expected`` None: not specified."""

    field: str
    supplied: bool
    matched: bool
    supplied_as: str | None
    expected: bool | None


@dataclass(frozen=True, slots=True)
class CellHistory:
    """One snapshot of one cell. ``error_rows`` are those the organisation must fix, of severity
    error and critical; ``warning_rows`` and ``notice_rows`` anybody's."""

    as_at: date
    kind: str
    status: str
    endpoint_count: int
    error_rows: int | None
    issue_rows: int | None
    content_changed_on: date | None
    fields_total: int | None
    fields_supplied: int | None
    warning_rows: int | None
    notice_rows: int | None


@dataclass(frozen=True, slots=True)
class OrganisationHistory:
    """One snapshot of one organisation: n of N provided, of its provisions that day."""

    as_at: date
    kind: str
    expected: int
    provided: int
    live: int
    needs_improving: int
    error: int
    error_rows: int | None


@dataclass(frozen=True, slots=True)
class StatusRun:
    """Snapshots in a row in which a dataset of an organisation had one status.

    ``snapshots`` counts them; between ``first_as_at`` and ``last_as_at`` there are no others.
    """

    dataset: str
    status: str
    first_as_at: date
    last_as_at: date
    snapshots: int


@dataclass(frozen=True, slots=True)
class IssueRow:
    """One individual issue of the newest snapshot. ``value_length`` is that of the whole value;
    ``value`` may be its beginning only."""

    issue_id: int
    resource: str
    line_number: int | None
    entry_number: int | None
    entity: int | None
    value: str | None
    message: str | None
    value_length: int


@dataclass(frozen=True, slots=True)
class IssueMatches:
    """How many rows a search finds; ``more`` when counting stopped there."""

    rows: int
    more: bool


@dataclass(frozen=True, slots=True)
class IssueKind:
    """A type of issue, from the register or as it was first seen."""

    issue_type: str
    name: str | None
    description: str | None
    severity: str
    responsibility: str


@dataclass(frozen=True, slots=True)
class IssueElsewhere:
    """Who else has one type of issue: organisations, not counting one's own.

    ``same_dataset`` have it in the dataset, ``providers`` provide the dataset and their issues are
    known, ``any_dataset`` have it anywhere.
    """

    same_dataset: int
    providers: int
    any_dataset: int


@dataclass(frozen=True, slots=True)
class IssueCleared:
    """An organisation that got rid of a type of issue in a dataset, and still provides it."""

    organisation: str
    name: str | None
    as_at: date


@dataclass(frozen=True, slots=True)
class IssuePoint:
    """Rows affected by one type of issue in one field of a cell on a date; 0: none were open."""

    as_at: date
    rows: int


@dataclass(frozen=True, slots=True)
class IssueSpread:
    """How far a type of issue is spread on one date: in a dataset, or ('') in all together."""

    issue_type: str
    name: str | None
    severity: str
    responsibility: str
    dataset: str
    dataset_name: str
    provisions: int
    organisations: int
    rows: int


@dataclass(frozen=True, slots=True)
class IssueBase:
    """What issues are counted of: provisions of a dataset, or ('') of all.

    ``known`` are those whose issues are known, of so many ``organisations``; ``to_mend`` those of
    the ``collected`` that would be error-free without errors of their own.
    """

    dataset: str
    dataset_name: str
    provided: int
    known: int
    collected: int
    organisations: int
    to_mend: int


@dataclass(frozen=True, slots=True)
class IssueFix:
    """One of the types to mend first. ``provisions`` have it; ``alone`` have no other error;
    ``more`` become error-free when it is mended besides those before it, ``together`` with them.
    """

    issue_type: str
    name: str | None
    provisions: int
    alone: int
    more: int
    together: int


@dataclass(frozen=True, slots=True)
class IssueHolder:
    """A provision that has a type of issue: in which fields ('' for none), most rows first.

    ``found`` is how many there are on all pages together.
    """

    organisation: str
    organisation_name: str | None
    dataset: str
    dataset_name: str
    fields: tuple[str, ...]
    rows: int
    of_last_good: bool
    found: int


@dataclass(frozen=True, slots=True)
class IssueTypePoint:
    """How far a type of issue was spread on one date; of type '' of how many it is known."""

    as_at: date
    issue_type: str
    name: str | None
    provisions: int
    rows: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """n of N in one snapshot, for one value of one dimension of one denominator.

    ``expected`` and the stages count provisions (organisation x dataset); ``organisations_some``
    and ``organisations_all`` count organisations providing at least one, or all, of theirs.
    """

    as_at: date
    kind: str
    denominator: str
    dimension: str
    value: str
    label: str
    dataset: str
    expected: int
    endpoint: int
    reachable: int
    collected: int
    error_free: int
    conformant: int
    answering: int
    not_submitted: int
    processing: int
    error: int
    unknown: int
    needs_improving: int
    live: int
    fresh: int
    ageing: int
    stale: int
    organisations: int
    organisations_some: int
    organisations_all: int


@dataclass(frozen=True, slots=True)
class AuthorityCells:
    """One organisation's row of the matrix of coverage: its provisions in a set, by dataset.

    ``datasets``, ``statuses`` and ``with_endpoint`` run in step. ``provided`` counts those of the
    ``expected`` with an active endpoint. ``cohort`` is None where no provision has one.
    """

    organisation: str
    name: str
    region: str
    region_name: str
    cohort: str | None
    cohort_name: str | None
    expected: int
    provided: int
    datasets: tuple[str, ...]
    statuses: tuple[str, ...]
    with_endpoint: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class NationalCell:
    """One cell of the matrix of coverage by itself: its status, whether it has an active endpoint,
    and how it differs from the snapshot it is compared with, None if it does not."""

    organisation: str
    name: str
    region: str
    region_name: str
    cohort: str | None
    dataset: str
    status: str
    provided: bool
    change: str | None


@dataclass(frozen=True, slots=True)
class CellChange:
    """How a cell of the matrix differs from the snapshot it is compared with: ``newly_provided``,
    ``lost``, ``newly_broken`` or ``recovered``, as events of the same names."""

    organisation: str
    dataset: str
    change: str


@dataclass(frozen=True, slots=True)
class CoveragePoint:
    """One date of a national line. ``key`` is what the line is of: a dataset, region or cohort,
    '' for all of them together.

    Counts are provisions, but for the last three, which count organisations.
    """

    as_at: date
    key: str
    label: str
    expected: int
    endpoint: int
    reachable: int
    error_free: int
    fresh: int
    organisations: int
    organisations_some: int
    organisations_all: int


@dataclass(frozen=True, slots=True)
class CohortStart:
    """When a cohort of the programme began."""

    cohort: str
    name: str
    start_date: date


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a filter can take, and how many provisions have it."""

    field: str
    value: str
    label: str
    provisions: int


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One thing that a snapshot's figures can tell: logs, issues, fields or expectations."""

    of: str


@dataclass(frozen=True, slots=True)
class EventCount:
    """How many events of one kind a period saw in one denominator, and of how many authorities.

    ``by_rule`` are those of them that a changed rule caused.
    """

    kind: str
    events: int
    organisations: int
    by_rule: int


@dataclass(frozen=True, slots=True)
class Annotation:
    """A change of rules or denominators that a line must not be read without."""

    on_date: date
    kind: str
    scope: str
    title: str
    text: str
    subject: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One change between two consecutive snapshots of one kind."""

    as_at: date
    previous_as_at: date
    kind: str
    organisation: str
    organisation_name: str | None
    dataset: str | None
    dataset_name: str | None
    before: str | None
    after: str | None
    by_rule: bool


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """How many events of one kind, of how many authorities."""

    kind: str
    events: int
    organisations: int


@dataclass(frozen=True, slots=True)
class ChangedByRule:
    """Events of one date that a changed rule caused: what became of what, and how often."""

    as_at: date
    kind: str
    before: str | None
    after: str | None
    events: int
    organisations: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Provisions that had one status and have another; None: not in the denominator."""

    before: str | None
    after: str | None
    provisions: int


@dataclass(frozen=True, slots=True)
class Ages:
    """Provided provisions of one dataset ('': of all) by days since their content changed.

    ``median``: of those whose age is known, of ``organisations`` authorities.
    """

    dataset: str
    name: str
    provided: int
    week: int
    month: int
    quarter: int
    half_year: int
    year: int
    two_years: int
    older: int
    unknown: int
    median: int | None
    organisations: int


@dataclass(frozen=True, slots=True)
class AgeOfContent:
    """One provided provision: when its content changed, and when it was last collected."""

    organisation: str
    organisation_name: str | None
    dataset: str
    dataset_name: str
    content_changed_on: date
    days: int
    last_success_on: date | None
    access_band: str


@dataclass(frozen=True, slots=True)
class RegisteredDataset:
    """One dataset of the register, and what a snapshot tells of its provisions in a set.

    ``expected`` and ``provided`` count those that have a row, 0 and 0 where nobody of the set is
    asked; ``asked_elsewhere`` the provisions of LPAs for any reason that counts; ``suppliers``
    everybody with an active endpoint, asked or not, None where the snapshot cannot tell.
    ``endpoints`` are active, ``endpoints_ever`` were registered up to the date, each counted once
    however many share it; first and newest by the day on which they were registered.
    """

    dataset: str
    name: str
    collection: str | None
    typology: str | None
    ended_on: date | None
    expected: int
    provided: int
    asked_elsewhere: int
    suppliers: int | None
    endpoints: int
    endpoints_ever: int
    first_endpoint_on: date | None
    newest_endpoint_on: date | None
    content_changed_on: date | None


@dataclass(frozen=True, slots=True)
class FieldOfDataset:
    """A field of a dataset's specification. Not ``expected``: the pipeline adds it itself."""

    field: str
    expected: bool


@dataclass(frozen=True, slots=True)
class DatasetAuthority:
    """One authority's provision of a dataset, and its status at the comparison (None: it was not
    there). ``error_rows`` are those the authority must fix."""

    organisation: str
    name: str
    region: str
    region_name: str
    cohort: str | None
    cohort_name: str | None
    reason: str | None
    status: str
    access_band: str
    endpoints: int
    content_changed_on: date | None
    error_rows: int | None
    status_before: str | None


@dataclass(frozen=True, slots=True)
class Availability:
    """Provided provisions on one date, by whether their endpoints answer."""

    as_at: date
    provided: int
    ok: int
    failing: int
    broken: int
    long_broken: int
    never: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Cadence:
    """Provided provisions of one dataset ('': of all) by how often their content changes."""

    dataset: str
    name: str
    provided: int
    continuous: int
    monthly: int
    quarterly: int
    half_yearly: int
    yearly: int
    less: int
    young: int
    unknown: int


@dataclass(frozen=True, slots=True)
class RegisterYear:
    """A register that is to be reviewed each year: reviewed, due, overdue, missing, unknown."""

    organisation: str
    organisation_name: str | None
    content_changed_on: date | None
    state: str


@dataclass(frozen=True, slots=True)
class LoadRecord:
    """One load, good or failed."""

    load_id: int
    kind: str
    input: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    error: str | None
    missing: tuple[str, ...]
    rejected: int


@dataclass(frozen=True, slots=True)
class RejectionCount:
    """How many rows of a table the newest loads could not use, and why."""

    load_id: int
    table_name: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class OrganisationDatasetSummary:
    """A row of ``organisation_dataset_summary``: first the proposal's columns, then ours.

    ``issue_count`` counts rows of severity critical to notice, ``error_count`` of critical and
    error; both responsibilities, of the current or last good resource.
    """

    id: int
    organisation_id: str
    collection_name: str | None
    dataset_name: str
    endpoint_url: str | None
    documentation_url: str | None
    endpoint_last_accessed: date | None
    endpoint_last_updated: date | None
    licence: str | None
    issue_count: int | None
    record_count: int | None
    fields_supplied_count: int | None
    field_match_count: int | None
    error_count: int | None
    last_modified: datetime
    as_at: date
    kind: str
    organisation_name: str | None
    region: str
    is_lpa: bool
    provision_reason: str | None
    project: str | None
    cohort: str | None
    in_denominator: bool
    status: str
    reasons: tuple[str, ...]
    access_band: str
    freshness_band: str
    stage: str
    endpoint_count: int
    error_endpoint_count: int | None
    latest_status: str | None
    latest_exception: str | None
    endpoint_last_success: date | None
    issues_of_last_good: bool
    fields_total_count: int | None
    issue_type_count: int | None


@dataclass(frozen=True, slots=True)
class ProvisionSummary:
    """A row of ``provision_summary``: the platform builder's columns; counts are issue rows."""

    organisation: str
    organisation_name: str | None
    dataset: str
    provision_reason: str
    provision_end_date: date | None
    active_endpoint_count: int
    error_endpoint_count: int
    count_issue_error_internal: int
    count_issue_error_external: int
    count_issue_warning_internal: int
    count_issue_warning_external: int
    count_issue_notice_internal: int
    count_issue_notice_external: int
    cohort: str | None
    status: str
