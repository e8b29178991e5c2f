"""The words for one dataset of one organisation: the reason for its status, its freshness,
what to do next. All such words are here and in `failures`, so that every page says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from dashboard.components.words import advice, amounts, formatting, outages
from dashboard.components.words.bodies import NAMES
from dashboard.components.words.failures import evidence, failure
from performance_store.definitions import vocabulary
from performance_store.rows import DatasetStatus

DUE = "statutory and expected datasets"
"""The name of the set that an organisation's figures count."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A heading under which datasets are grouped, by the reason of their provision.

    ``meaning`` describes all datasets under it, ``of_one`` a single one.
    """

    id: str
    title: str
    meaning: str
    of_one: str
    reasons: tuple[vocabulary.Obligation, ...]


OBLIGATIONS = (
    Obligation(
        "must",
        "Must provide",
        "Required by law.",
        "This dataset is required by law.",
        ("statutory",),
    ),
    Obligation(
        "expected",
        "Expected to provide",
        "Expected under a funding agreement, for example with Open Digital Planning.",
        "This dataset is expected under a funding agreement, for example with Open Digital "
        "Planning.",
        ("expected",),
    ),
    Obligation(
        "can",
        "Can provide",
        "Optional.",
        "This dataset is optional.",
        ("encouraged", "prospective"),
    ),
)
ALSO = Obligation(
    "also",
    "Also supplied",
    "Not required. These are shown, but not counted.",
    "This dataset is not required.",
    (),
)
SOURCES = {
    "platform": "the Planning Data Platform",
    "odp-reports": "weekly reports of the Open Digital Planning programme",
    "registers": "the Planning Data Platform’s public registers",
    "sample": "invented sample data",
}

TYPES = {
    "local-authority": "Local authority",
    "national-park-authority": "National park authority",
    "development-corporation": "Development corporation",
    "local-planning-group": "Local planning group",
    "government-organisation": "Government organisation",
    "waste-authority": "Waste authority",
    "company": "Company",
}
AUTHORITY_TYPES = {
    "NMD": "District council",
    "MD": "Metropolitan district council",
    "UA": "Unitary authority",
    "LBO": "London borough council",
    "CTY": "County council",
    "CC": "City corporation",
    "COMB": "Combined authority",
    "SRA": "Strategic regional authority",
    "NPARK": "National park authority",
}
LICENCES = {
    "ogl3": "Open Government Licence v3.0",
    "ogl2": "Open Government Licence v2.0",
    "ogl": "Open Government Licence",
    "odc-by": "Open Data Commons Attribution Licence",
    "cc0": "Creative Commons Zero",
    "cc-by-4.0": "Creative Commons Attribution 4.0",
}


def name_of(name: str | None, curie: str) -> str:
    """An organisation's name, or its reference when the name is not known."""
    return name or NAMES.get(curie, curie)


def kind_of(type: str, local_authority_type: str | None = None) -> str:
    """What kind of organisation it is."""
    authority_type = AUTHORITY_TYPES.get(local_authority_type or "")
    return authority_type or TYPES.get(type) or type.replace("-", " ").capitalize()


def licence_of(licence: str | None) -> str | None:
    """A licence's name; an unknown licence as it is written."""
    return LICENCES.get(licence.lower(), licence) if licence else None


YOU = "You"


def responsible(responsibility: str, owner: str = YOU) -> str:
    """Who has to act on an issue, in data of `owner`."""
    return {"external": owner, "internal": amounts.BY_PLATFORM}.get(
        responsibility, "Not decided yet"
    )


def who_fixes(responsibility: str, severity: str) -> str:
    """Who has to fix an issue of a severity, as a sentence."""
    if responsibility == "external":
        return {
            "critical": "You need to fix this.",
            "error": "You need to fix this.",
            "warning": "You should fix this.",
        }.get(severity, "You do not have to fix this.")
    if responsibility == "internal":
        return f"{amounts.BY_PLATFORM}. You do not need to do anything."
    return "It is not decided yet who fixes this."


def obligation_of(row: DatasetStatus) -> Obligation:
    """The heading that a dataset is listed under."""
    for item in OBLIGATIONS:
        if row.provision_reason in item.reasons:
            return item
    return ALSO


def is_expected(row: DatasetStatus) -> bool:
    """Whether the dataset is one that its organisation must or is expected to provide: those that
    are counted."""
    return row.provision_reason in vocabulary.TO_PROVIDE


def is_optional(row: DatasetStatus) -> bool:
    """Whether its organisation can provide the dataset and does not have to."""
    return row.provision_reason in vocabulary.OBLIGATIONS and not is_expected(row)


def and_optional(provided: int, total: int) -> str:
    """ ", and 1 of 4 optional", which stands beside what is counted; nothing where there are none.
    In: how many optional datasets are provided, of how many."""
    return f", and {formatting.n_of(provided, total)} optional" if total else ""


def rows_to_fix(row: DatasetStatus) -> str:
    """ "1,204 rows need fixing", or a sentence without a number when it is not known."""
    count = amounts.to_fix(row)
    if not count:
        return "some rows need fixing"
    return f"{amounts.amount(row.rows_to_fix, row.problems_to_fix)} need{_s(count)} fixing"


def reason(row: DatasetStatus) -> str:
    """Why the dataset has its status: one plain sentence."""
    explain = {
        "processing": _waiting,
        "error": _cannot_collect,
        "unknown": _cannot_tell,
        "needs_improving": _to_improve,
        "live": _fine,
    }.get(row.status)
    if row.status == "not_submitted":
        if advice.is_unprocessed(row):
            return "Not provided: an address is registered, but the platform does not process it."
        return "Not provided: there is no active endpoint."
    return explain(row) if explain else "We do not have a description of this status."


def _waiting(row: DatasetStatus) -> str:
    date_note = f" on {formatting.day(row.endpoint_added_on)}" if row.endpoint_added_on else ""
    return f"An endpoint was added{date_note}. We have not collected data from it yet."


def _cannot_collect(row: DatasetStatus) -> str:
    why = failure(row.http_status, row.exception).brief
    outage = outages.of_dataset(row)
    if row.endpoint_count > 1:
        verb = f"have been failing{outage}" if outage else "fail"
        return f"All {row.endpoint_count} endpoints {verb}. For the newest one, {why}."
    return f"Collecting {f'has been failing{outage}' if outage else 'failed'}: {why}."


def _cannot_tell(row: DatasetStatus) -> str:
    if "logs_not_known" in row.reasons:
        return "An endpoint has been added. These figures do not show whether it works."
    return "The data is collected. These figures do not show whether anything needs fixing."


def _to_improve(row: DatasetStatus) -> str:
    parts = []
    if "some_endpoints_failing" in row.reasons:
        failing = row.endpoint_failing_count or 0
        verb = "fails" if failing == 1 else "fail"
        parts.append(f"{formatting.n_of(failing, row.endpoint_count)} endpoints {verb}")
    if "issues_to_fix" in row.reasons:
        parts.append(rows_to_fix(row))
    if "outside_boundary" in row.reasons:
        parts.append("some places are outside the authority’s area")
    if not parts:
        return "Something in the data needs fixing."
    return formatting.sentence(formatting.list_of(parts))


def _fine(row: DatasetStatus) -> str:
    words = "Collected, without errors to fix."
    if row.warnings:
        words += f" {amounts.with_warning(row.warning_rows, row.warnings)}."
    if row.platform_problems:
        words += f" {amounts.with_platform(row.platform_problems)}"
    return words


def freshness(row: DatasetStatus, as_at: date) -> str:
    """How old the content is, in a few words."""
    if row.content_changed_on is None:
        return "Age of content not known"
    if (as_at - row.content_changed_on).days < 2:
        return f"Content changed {formatting.day(row.content_changed_on)}"
    return f"Content changed {formatting.age(row.content_changed_on, as_at)}"


SEE_ISSUES = "See below which issues are yours to fix."
SEE_ENDPOINT = "See below which endpoint fails, and why."
RETIRE = "If you no longer need it, ask us to retire it."


def next_steps(row: DatasetStatus, missing: int = 0) -> tuple[str, ...]:
    """What the provider can do now, in order; empty when there is nothing to do.

    In: how many required fields the data lack.
    """
    if row.status == "not_submitted":
        return advice.UNPROCESSED if advice.is_unprocessed(row) else ()
    steps: list[str] = []
    if row.status == "error":
        steps += failure(row.http_status, row.exception).steps
        if row.access_band == "long_broken":
            steps.append("If you no longer need this endpoint, ask us to retire it.")
        steps.append("You do not need to tell us when it is fixed. We try again every night.")
    if "some_endpoints_failing" in row.reasons:
        steps += [SEE_ENDPOINT, RETIRE]
    if "issues_to_fix" in row.reasons and row.status != "error":
        steps += [
            SEE_ISSUES,
            "Fix them in your source system, and publish the data again at the same address.",
        ]
    if "outside_boundary" in row.reasons:
        steps.append(
            "Check the places outside your area. They may belong to a neighbouring authority."
        )
    return (*steps, *advice.beside_status(row, missing))


def nothing_to_do(rows: Sequence[DatasetStatus]) -> str:
    """The sentence in place of steps when there are none. In: the datasets it is about."""
    if any(row.status == "unknown" for row in rows):
        return "These figures do not show whether you need to do anything."
    if any(row.status == "processing" for row in rows):
        return "You do not need to do anything now. Come back when the data has been collected."
    return "You do not need to do anything now."


def host_of(url: str | None) -> str:
    """The website of an address, or "" when the address cannot be used."""
    try:
        return (urlsplit(url).hostname or "") if url else ""
    except ValueError:
        return ""


def summary(rows: Sequence[DatasetStatus]) -> str:
    """An organisation's state in a few sentences. In: all its datasets in one snapshot."""
    expected = [row for row in rows if is_expected(row)]
    optional = [row for row in rows if is_optional(row)]
    if not expected:
        supplied = sum(1 for row in rows if row.endpoint_count)
        if supplied:
            count = formatting.in_words(supplied)
            return f"No dataset is expected of this organisation. It supplies {count}."
        return "No dataset is expected of this organisation, and it supplies none."
    by_status: dict[str, list[DatasetStatus]] = {}
    for row in expected:
        by_status.setdefault(row.status, []).append(row)
    total = len(expected)
    if "unknown" in by_status and "live" not in by_status:
        provided = sum(1 for row in expected if row.endpoint_count)
        beside = and_optional(sum(1 for row in optional if row.endpoint_count), len(optional))
        return (
            f"{formatting.n_of(provided, total)} {DUE} are provided{beside}. These figures "
            "do not show whether they work."
        )
    live = len(by_status.get("live", ()))
    verb = "is" if live == 1 else "are"
    beside = and_optional(sum(1 for row in optional if row.status == "live"), len(optional))
    first = f"{formatting.n_of(live, total)} {DUE} {verb} live{beside}"
    parts = [first, *_trouble(by_status)]
    return "; ".join(parts) + "."


def _trouble(by_status: dict[str, list[DatasetStatus]]) -> list[str]:
    parts = []
    if failing := by_status.get("error"):
        parts.append(_failing_words(failing))
    if fixes := len(by_status.get("needs_improving", ())):
        parts.append(f"{fixes} need{_s(fixes)} improving")
    if waiting := len(by_status.get("processing", ())):
        parts.append(
            f"{waiting} {'is' if waiting == 1 else 'are'} waiting for the first collection"
        )
    if unknown := len(by_status.get("unknown", ())):
        parts.append(f"{unknown} {'has' if unknown == 1 else 'have'} an unknown status")
    if missing := len(by_status.get("not_submitted", ())):
        parts.append(f"{missing} {'is' if missing == 1 else 'are'} not provided yet")
    return parts


def _failing_words(failing: Sequence[DatasetStatus]) -> str:
    outage = outages.longest(failing)
    if len(failing) == 1:
        return f"1 has the status Error{outage}"
    return f"{len(failing)} have the status Error{f', the longest{outage}' if outage else ''}"


def source_of(kind: str | None) -> str:
    """Where figures of a kind come from."""
    return SOURCES.get(kind or "", "an unnamed source")


def log_says(http_status: str | None, exception: str | None) -> str:
    """What a failed attempt means, with the log's own words."""
    cause, log = failure(http_status, exception), evidence(http_status, exception)
    return f"{cause.meaning} (The log says: {log}.)" if log else cause.meaning


def _s(count: int) -> str:
    return "s" if count == 1 else ""
