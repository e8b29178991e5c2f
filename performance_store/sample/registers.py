"""Register rows of the sample: bodies, roles, datasets, rules, obligations, annotations."""

from __future__ import annotations

from collections.abc import Iterator

from performance_store.readers.stream import (
    Annotation,
    Cohort,
    Dataset,
    DatasetField,
    Expectation,
    IssueType,
    Organisation,
    Project,
    Provision,
    ProvisionReason,
    Role,
    RoleOrganisation,
    Row,
)
from performance_store.sample.calendar import TODAY, Calendar
from performance_store.sample.history import History
from performance_store.sample.issue_types import ISSUE_TYPES, RULE_TYPE
from performance_store.sample.population import MEMBER_COHORTS, NEW_COHORT, SUPPLIER_COHORT, Body
from performance_store.sample.specification import (
    AGREEMENTS,
    DATASETS,
    NATIONAL,
    PLAN_DATASETS,
    PROGRAMME,
    PROVISION_REASONS,
    SPEC,
)
from performance_store.sample.supply import cohort_start

PROJECT = "open-digital-planning"
LPA_ROLE = "local-planning-authority"
_COHORT_NAMES = {
    "software-partners": ("Planning software partners", "software"),
    "improvement-round-1": ("Planning data improvement: round 1", "improvement"),
    "improvement-round-2": ("Planning data improvement: round 2", "improvement"),
    "innovation-round-1": ("Planning innovation: round 1", "innovation"),
    "improvement-round-3": ("Planning data improvement: round 3", "improvement"),
    "suppliers-round-1": ("Software suppliers: round 1", "innovation"),
}


def organisations(history: History) -> Iterator[Row]:
    """All bodies, with entity numbers that are invented too."""
    for number, body in enumerate(history.population.all, start=1):
        x, y = body.point or (None, None)
        yield Organisation(
            organisation=body.organisation,
            name=body.name,
            entity=str(9_900_000 + number),
            region=body.region,
            local_authority_type=body.authority_type,
            statistical_geography=body.geography,
            start_date=body.start_date,
            end_date=history.calendar.date(body.end_day),
            successor=body.successor,
            former_names=body.former_name,
            longitude=None if x is None else str(x),
            latitude=None if y is None else str(y),
            members=";".join(body.members) or None,
            lpa="1" if body.is_lpa else None,
            website=f"https://www.{body.slug}.example/" if body.is_lpa else None,
        )


def roles(history: History) -> Iterator[Row]:
    """The one role that the sample has."""
    yield Role(LPA_ROLE, "Local planning authority", "Decides planning applications in its area.")


def role_organisations(history: History) -> Iterator[Row]:
    """The authorities of the sample, those that ended too, as planning authorities."""
    for body in history.population.authorities + history.population.former:
        end = history.calendar.date(body.end_day)
        yield RoleOrganisation(body.organisation, LPA_ROLE, body.start_date, end)


def datasets(history: History) -> Iterator[Row]:
    """The datasets of the sample’s specification."""
    for spec in DATASETS:
        yield Dataset(
            spec.dataset, spec.name, spec.plural, spec.description, spec.collection, spec.typology
        )


def dataset_fields(history: History) -> Iterator[Row]:
    """Every field of each dataset, those of all datasets included."""
    for spec in DATASETS:
        for field in spec.all_fields:
            yield DatasetField(spec.dataset, field)


def provision_reasons(history: History) -> Iterator[Row]:
    """The reasons of the platform’s own register, the strongest last."""
    for reason in PROVISION_REASONS:
        yield ProvisionReason(*reason)


def issue_types(history: History) -> Iterator[Row]:
    """The types of problems that the sample can have."""
    for spec in ISSUE_TYPES:
        yield IssueType(
            spec.issue_type,
            spec.name,
            spec.description,
            spec.severity,
            spec.responsibility,
            spec.dimension,
            spec.criteria,
            spec.level,
        )


def projects(history: History) -> Iterator[Row]:
    """The one programme that cohorts belong to."""
    yield Project(
        PROJECT, "Open Digital Planning", "Authorities that promised to publish planning data."
    )


def cohorts(history: History) -> Iterator[Row]:
    """The rounds in which bodies joined the programme, with the day each began."""
    for cohort in [name for name, _ in MEMBER_COHORTS] + [SUPPLIER_COHORT]:
        name, intervention = _COHORT_NAMES[cohort]
        start = history.calendar.iso[cohort_start(cohort, history.calendar)]
        yield Cohort(cohort, name, PROJECT, cohort, intervention, start, None)


# --------------------------------------------------------------------------------------------------
# Obligations
# --------------------------------------------------------------------------------------------------


def provisions(history: History) -> Iterator[Row]:
    """Who must, should or may provide what, with its dates; ended bodies and companies included.

    A body that ended before a duty began never had it.
    """
    for row in _all_provisions(history):
        if row.end_date is None or (row.start_date or "") < row.end_date:
            yield row


def _all_provisions(history: History) -> Iterator[Provision]:
    calendar = history.calendar
    for body in history.population.authorities + history.population.former:
        yield from _duties(body, calendar)
        yield from _programme(body, calendar)
    for company in history.population.companies:
        yield from _programme(company, calendar)
    for group in history.population.groups:
        for dataset in PLAN_DATASETS:
            yield _provision(group, dataset, "prospective", "2024-01-15")
    for body, dataset in zip(history.population.national, NATIONAL, strict=True):
        yield _provision(body, dataset, "authoritative", "2020-01-01")


def _duties(body: Body, calendar: Calendar) -> Iterator[Provision]:
    end = calendar.date(body.end_day)
    begun = "2017-04-16" if body.start_day < 0 else body.start_date
    plans = "2021-03-31" if body.start_day < 0 else body.start_date
    yield _provision(body, "brownfield-land", "statutory", begun, end, role=LPA_ROLE)
    for dataset in AGREEMENTS:
        yield _provision(body, dataset, "encouraged", plans, end, role=LPA_ROLE)
    dataset = "infrastructure-funding-statement"
    yield _provision(body, dataset, "prospective", plans, end, role=LPA_ROLE)
    for dataset in PLAN_DATASETS:
        if dataset not in ("minerals-plan", "waste-plan") or body.plans_minerals:
            yield _provision(body, dataset, "statutory", plans, end, role=LPA_ROLE)


def _programme(body: Body, calendar: Calendar) -> Iterator[Provision]:
    """The programme's eight datasets: expected of members since their cohort began, else (and
    until then) prospective."""
    end = calendar.date(body.end_day)
    begun = "2022-06-21" if body.start_day < 0 else body.start_date
    since = None
    if body.cohort is not None:
        since = calendar.iso[max(cohort_start(body.cohort, calendar), body.start_day)]
    for dataset in PROGRAMME:
        if since is None:
            yield _provision(body, dataset, "prospective", begun, end, role=LPA_ROLE)
            continue
        if body.cohort == NEW_COHORT:
            yield _provision(body, dataset, "prospective", begun, since, role=LPA_ROLE)
        yield _provision(body, dataset, "expected", since, end, cohort=body.cohort)


def _provision(
    body: Body,
    dataset: str,
    reason: str,
    start: str | None,
    end: str | None = None,
    *,
    role: str | None = None,
    cohort: str | None = None,
) -> Provision:
    return Provision(
        as_at=None,
        organisation=body.organisation,
        dataset=dataset,
        provision_reason=reason,
        project=PROJECT if cohort else None,
        cohort=cohort,
        role=role,
        specification=SPEC[dataset].collection,
        entry_date=start,
        start_date=start,
        end_date=end,
    )


# --------------------------------------------------------------------------------------------------
# What is said about the data as a whole
# --------------------------------------------------------------------------------------------------


def expectations(history: History) -> Iterator[Row]:
    """The boundary test of conservation areas and trees, for every fourth provider; some fail."""
    for number, cell in enumerate(history.cells):
        if cell.dataset not in ("conservation-area", "tree") or number % 4 or not cell.body.is_lpa:
            continue
        if cell.feeds[-1].end <= TODAY or not cell.feeds[-1].versions:
            continue
        outside = 0 if number % 20 else 1 + number % 7
        yield Expectation(
            dataset=cell.dataset,
            organisation=cell.body.organisation,
            name="Check no entities are outside of the local planning authority boundary",
            operation="count_lpa_boundary",
            passed="False" if outside else "True",
            severity="notice",
            responsibility="external",
            details=f'{{"actual": {outside}, "expected": 0, "entities": []}}',
        )


def changes(history: History) -> Iterator[Row]:
    """Changes that a line must not be read without.

    Titles are those under which the loader notes the changes it finds itself, so that each is
    noted once.
    """
    iso, calendar = history.calendar.iso, history.calendar
    newcomers = sum(body.cohort == NEW_COHORT for body in history.population.authorities)
    before = sum(body.cohort not in (None, NEW_COHORT) for body in history.population.authorities)
    yield Annotation(
        iso[calendar.merger],
        "denominator",
        "Three authorities became one",
        "Three authorities merged: fewer authorities owe the same datasets from this date.",
    )
    yield Annotation(
        iso[calendar.cohort],
        "denominator",
        "The programme grew",
        f"{newcomers} authorities joined. Members rose from {before} to {before + newcomers}. Most "
        "newcomers provide nothing yet, so coverage falls although no data were lost.",
    )
    yield Annotation(
        iso[calendar.rule],
        "rule",
        f"New check: {RULE_TYPE}",
        "A new check turned many provisions to needs improving on one day. The data had not "
        "changed.",
    )
    yield Annotation(
        iso[calendar.rule_change],
        "rule",
        f"Check changed: {RULE_TYPE}",
        "The check's issues are now warnings for the platform to fix, so they no longer count "
        "against authorities.",
    )
