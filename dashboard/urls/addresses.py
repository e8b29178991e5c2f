"""Where pages are: addresses that more than one module links to.

They are written by the rules that Flask finds pages by (`dashboard.urls.rules`), but not with
Flask's `url_for`: components write addresses, and they know rows, not an application.
"""

from __future__ import annotations

from urllib.parse import quote

from werkzeug.routing import Map

from dashboard.urls.links import slug
from dashboard.urls.rules import PageRule

HOME = "/"
ORGANISATIONS = "/organisations"
ORGANISATION = "/organisations/<organisation>"
DATASET = "/organisations/<organisation>/<dataset>"
ISSUE = "/organisations/<organisation>/<dataset>/issues/<issue_type>/<field>"
TASKS = "/organisations/<organisation>/tasks"
TASK = "/organisations/<organisation>/tasks/<task>"
MAP = "/organisations/<organisation>/<dataset>/map.svg"
NATIONAL = "/national"
COVERAGE = "/national/coverage"
COVERAGE_MAP = "/national/coverage/map.svg"
TRENDS = "/national/trends"
FRESHNESS = "/national/freshness"
NATIONAL_TASKS = "/national/tasks"
ISSUES = "/national/issues"
CHANGES = "/national/changes"
DATASETS = "/datasets"
NATIONAL_DATASET = "/datasets/<dataset>"
DATASET_GUIDANCE = "/datasets/<dataset>/guidance"
ABOUT = "/about"
GLOSSARY = "/glossary"
SIGN_IN = "/sign-in"
SIGN_IN_CODE = "/sign-in/code"
SIGN_IN_LINK = "/sign-in/link"
SIGN_OUT = "/sign-out"
SIGN_OUT_EVERYWHERE = "/sign-out/everywhere"
ACCOUNT = "/account"
ACTING_FOR = "/account/organisation"
PRIVACY = "/privacy"
COOKIES = "/cookies"
ACCESSIBILITY = "/accessibility"
DATASET_FILE = "/downloads/datasets/<dataset>.<form>"
ORGANISATION_FILE = "/downloads/organisations/<organisation>.<form>"
TASKS_FILE = "/downloads/organisations/<organisation>/tasks.<form>"
API = "/api/v1"
GUIDANCE = "https://www.planning.data.gov.uk/guidance/"
CHECK = "https://provide.planning.data.gov.uk/"
PLANNING_DATA = "https://www.planning.data.gov.uk/dataset/"

_WITH_VARIABLES = (
    *(ORGANISATION, DATASET, ISSUE, MAP, NATIONAL_DATASET),
    *(DATASET_FILE, ORGANISATION_FILE),
    *(TASKS, TASK, TASKS_FILE, DATASET_GUIDANCE),
)
_RULES = Map([PageRule(path) for path in _WITH_VARIABLES]).bind("")


def path(pattern: str, **variables: str) -> str:
    """One of the paths above with its variables filled in, as `path(ORGANISATION,
    organisation="local-authority:X")`. Raises BuildError for a variable too few."""
    return _RULES.build(pattern, variables)


def term(family: str, name: str) -> str:
    """Where a word is defined: its place in the glossary, which is also the id there."""
    return f"{GLOSSARY}#{family}-{name}"


def organisation(curie: str) -> str:
    """An organisation's overview."""
    return path(ORGANISATION, organisation=curie)


def dataset(curie: str, slug: str) -> str:
    """One dataset of an organisation."""
    return path(DATASET, organisation=curie, dataset=slug)


def national_dataset(slug: str) -> str:
    """One dataset across the country."""
    return path(NATIONAL_DATASET, dataset=slug)


def issue(curie: str, dataset: str, issue_type: str, field: str | None) -> str:
    """The rows of one dataset that have one type of issue in one field."""
    return path(
        ISSUE,
        organisation=curie,
        dataset=dataset,
        issue_type=slug(issue_type),
        field=slug(field or ""),
    )


def tasks(curie: str) -> str:
    """What an organisation is to do."""
    return path(TASKS, organisation=curie)


def task(curie: str, public_id: str) -> str:
    """One task of an organisation."""
    return path(TASK, organisation=curie, task=public_id)


def guidance(slug: str) -> str:
    """How to provide one dataset."""
    return path(DATASET_GUIDANCE, dataset=slug)


def map_of(curie: str, dataset: str) -> str:
    """The picture of an organisation's area with the places of one dataset."""
    return path(MAP, organisation=curie, dataset=dataset)


def dataset_authorities_file(slug: str, form: str) -> str:
    """The file of the authorities of one dataset. In: also its form, csv or xlsx."""
    return path(DATASET_FILE, dataset=slug, form=form)


def datasets_file(curie: str, form: str) -> str:
    """The file of an organisation's datasets. In: also its form, csv or xlsx."""
    return path(ORGANISATION_FILE, organisation=curie, form=form)


def tasks_file(curie: str, form: str) -> str:
    """The file of an organisation's open tasks. In: also its form, csv or xlsx."""
    return path(TASKS_FILE, organisation=curie, form=form)


def on_planning_data(slug: str) -> str:
    """One dataset on the Planning Data Platform."""
    return PLANNING_DATA + quote(slug, safe="")
