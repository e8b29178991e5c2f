"""Where pages are: addresses that more than one module links to.

They are written by the rules that Flask finds pages by (`dashboard.urls.rules`), but not with
Flask's `url_for`: components write addresses, and they know rows, not an application.
"""

from __future__ import annotations

from urllib.parse import quote

from werkzeug.routing import Map

from dashboard.urls.links import slug, with_query
from dashboard.urls.rules import PageRule

HOME = "/"
ORGANISATIONS = "/organisations"
FIND = "/find"
ORGANISATION = "/organisations/<organisation>"
DATASET = "/organisations/<organisation>/<dataset>"
ISSUE = "/organisations/<organisation>/<dataset>/issues/<issue_type>/<field>"
TASKS = "/organisations/<organisation>/tasks"
TASK = "/organisations/<organisation>/tasks/<task>"
ORGANISATION_CHART = "/organisations/<organisation>/charts/<name>.json"
CHART = "/organisations/<organisation>/<dataset>/charts/<name>.json"
MAP = "/organisations/<organisation>/<dataset>/map.svg"
RECORDS = "/organisations/<organisation>/<dataset>/records"
RECORD_LIST = "/organisations/<organisation>/<dataset>/records/list"
RECORD_MAP = "/organisations/<organisation>/<dataset>/records/map"
RECORD = "/organisations/<organisation>/<dataset>/records/<record>"
NATIONAL = "/national"
COVERAGE = "/national/coverage"
TRENDS = "/national/trends"
COMPARE = "/national/compare"
FRESHNESS = "/national/freshness"
NATIONAL_TASKS = "/national/tasks"
ISSUES = "/national/issues"
CHANGES = "/national/changes"
DATASETS = "/datasets"
NATIONAL_DATASET = "/datasets/<dataset>"
GUIDANCE = "/datasets/<dataset>/guidance"
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
FOLLOW = "/organisations/<organisation>/follow"
WEBHOOKS = "/organisations/<organisation>/follow/webhooks"
CONFIRM = "/follow/confirm"
PREFERENCES = "/follow/preferences"
UNSUBSCRIBE = "/follow/unsubscribe"
START_CHECK = "/check"
CHECK_RESULT = "/check/<check>"
CHECK_ROWS = "/check/<check>/rows"
CHECK_COLUMNS = "/check/<check>/columns"
CHECK_MAP = "/check/<check>/map"
CHECK_MAP_DATA = "/check/<check>/map.json"
CHECK_STATE = "/check/<check>/state.json"
CHECK_FILE = "/check/<check>/download/<kind>"
CHECK_AGAIN = "/check/<check>/again"
CHECK_CANCEL = "/check/<check>/cancel"
CHECK_REVOKE = "/check/<check>/revoke"
SUBMISSION = "/submissions/<reference>"
SUBMISSION_ANSWER = "/submissions/<reference>/answer"
SUBMISSION_AGAIN = "/submissions/<reference>/again"
SUBMISSION_WITHDRAW = "/submissions/<reference>/withdraw"
SUBMISSION_LINK = "/submissions/<reference>/link"
SUBMISSION_UNLINK = "/submissions/<reference>/unlink"
SUBMISSION_ACKNOWLEDGE = "/submissions/<reference>/acknowledge"
SUBMISSION_END = "/submissions/<reference>/end"
TICKET_FILE = "/submissions/<reference>/ticket.csv"
SUBMISSIONS = "/organisations/<organisation>/submissions"
NATIONAL_SUBMISSIONS = "/national/submissions"
SUBMIT = "/submit"
SUBMIT_DRAFT = "/submit/<draft>"
SUBMIT_STANDING = "/submit/<draft>/standing"
SUBMIT_CHECK = "/submit/<draft>/check"
SUBMIT_DETAILS = "/submit/<draft>/details"
SUBMIT_ANSWERS = "/submit/<draft>/answers"
SUBMIT_SAVE = "/submit/<draft>/save"
SUBMIT_SEND = "/submit/<draft>/send"
SUBMIT_REMOVE = "/submit/<draft>/remove"
# What mailed links lead to: their token alone proves who sends a form of theirs.
MAILED = frozenset({CONFIRM, PREFERENCES, UNSUBSCRIBE})
DATASET_FILE = "/downloads/datasets/<dataset>.<form>"
ORGANISATIONS_FILE = "/downloads/organisations.<form>"
ORGANISATION_FILE = "/downloads/organisations/<organisation>.<form>"
NATIONAL_FEED = "/downloads/national/changes.atom"
DATASET_FEED = "/downloads/datasets/<dataset>.atom"
ORGANISATION_FEED = "/downloads/organisations/<organisation>.atom"
CELL_FEED = "/downloads/organisations/<organisation>/<dataset>.atom"
CALENDAR = "/downloads/organisations/<organisation>.ics"
ISSUES_FILE = "/downloads/issues.csv"
TASKS_FILE = "/downloads/organisations/<organisation>/tasks.<form>"
SUBMISSIONS_FILE = "/downloads/organisations/<organisation>/submissions.csv"
NATIONAL_SUBMISSIONS_FILE = "/downloads/national/submissions.csv"
API = "/api/v1"
PLATFORM_GUIDANCE = "https://www.planning.data.gov.uk/guidance/"
CHECK = "https://provide.planning.data.gov.uk/"
# Rows of a check on a page.
CHECK_PAGE = 50
PLANNING_DATA = "https://www.planning.data.gov.uk/dataset/"

_WITH_VARIABLES = (
    *(RECORDS, RECORD_LIST, RECORD_MAP, RECORD),
    *(ORGANISATION, DATASET, ISSUE, MAP, ORGANISATION_CHART, CHART, NATIONAL_DATASET, GUIDANCE),
    *(DATASET_FILE, ORGANISATIONS_FILE, ORGANISATION_FILE, FOLLOW, WEBHOOKS),
    *(DATASET_FEED, ORGANISATION_FEED, CELL_FEED, CALENDAR),
    *(TASKS, TASK, TASKS_FILE),
    *(CHECK_RESULT, CHECK_ROWS, CHECK_COLUMNS, CHECK_MAP, CHECK_MAP_DATA, CHECK_STATE),
    *(CHECK_FILE, CHECK_AGAIN, CHECK_CANCEL, CHECK_REVOKE),
    *(SUBMISSION, SUBMISSION_ANSWER, SUBMISSION_WITHDRAW, SUBMISSION_LINK, SUBMISSION_UNLINK),
    *(SUBMIT_DRAFT, SUBMIT_STANDING, SUBMIT_CHECK, SUBMIT_DETAILS, SUBMIT_ANSWERS),
    *(SUBMIT_SAVE, SUBMIT_SEND, SUBMIT_REMOVE),
    *(SUBMISSION_ACKNOWLEDGE, SUBMISSION_END, SUBMISSION_AGAIN),
    *(TICKET_FILE, SUBMISSIONS, SUBMISSIONS_FILE),
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


def guidance(slug: str, part: str | None = None, *, field: str | None = None) -> str:
    """How to provide a dataset: from the top, or from one of the parts `what`, `who`, `fields`,
    `publish`, `errors` and `again`, or from one of its fields."""
    place = field_place(field) if field else part
    address = path(GUIDANCE, dataset=slug)
    return f"{address}#{place}" if place else address


def field_place(field: str) -> str:
    """The id of a field in the guidance. Of several (`GeoX,GeoY`) it is the first one's."""
    return f"field-{slug(field.partition(',')[0])}"


def follow(curie: str) -> str:
    """Where to ask to be told what changes at an organisation."""
    return path(FOLLOW, organisation=curie)


def webhooks(curie: str) -> str:
    """Where the form for an organisation's webhooks is sent to."""
    return path(WEBHOOKS, organisation=curie)


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


def map_of(curie: str, dataset: str) -> str:
    """The picture of an organisation's area with the places of one dataset."""
    return path(MAP, organisation=curie, dataset=dataset)


def records(curie: str, dataset: str) -> str:
    """What the platform holds of one dataset of an organisation, as a table and a map."""
    return path(RECORDS, organisation=curie, dataset=dataset)


def record_list(curie: str, dataset: str, page: int = 1) -> str:
    """The table of these records alone: the request that asks the platform."""
    query = {"page": str(page) if page > 1 else ""}
    return with_query(path(RECORD_LIST, organisation=curie, dataset=dataset), query)


def record_map(curie: str, dataset: str) -> str:
    """The map of these records alone."""
    return path(RECORD_MAP, organisation=curie, dataset=dataset)


def record(curie: str, dataset: str, number: int) -> str:
    """One record with all its fields, by its number on the platform."""
    return path(RECORD, organisation=curie, dataset=dataset, record=str(number))


def organisation_chart(curie: str, name: str) -> str:
    """A figure of an organisation."""
    return path(ORGANISATION_CHART, organisation=curie, name=name)


def chart(curie: str, dataset: str, name: str) -> str:
    """A figure of a dataset of an organisation."""
    return path(CHART, organisation=curie, dataset=dataset, name=name)


def past(curie: str, name: str, kind: str, slug: str | None = None) -> str:
    """The read API's CSV of an organisation, or of one dataset of it, through all snapshots of a
    kind. In: the last part of its address there."""
    own = organisation(curie) if slug is None else dataset(curie, slug)
    return with_query(f"{API}{own}/{name}", {"kind": kind, "format": "csv"})


def dataset_authorities_file(slug: str, form: str) -> str:
    """The file of the authorities of one dataset. In: also its form, csv or xlsx."""
    return path(DATASET_FILE, dataset=slug, form=form)


def datasets_file(curie: str, form: str) -> str:
    """The file of an organisation's datasets. In: also its form, csv or xlsx."""
    return path(ORGANISATION_FILE, organisation=curie, form=form)


def dataset_feed(slug: str) -> str:
    """What changed in one dataset, whoever provides it, as an Atom feed."""
    return path(DATASET_FEED, dataset=slug)


def feed(curie: str, dataset: str | None = None) -> str:
    """What changed at an organisation, or in one of its datasets, as an Atom feed."""
    if dataset is None:
        return path(ORGANISATION_FEED, organisation=curie)
    return path(CELL_FEED, organisation=curie, dataset=dataset)


def calendar(curie: str) -> str:
    """The days on which something is due of an organisation, as a calendar."""
    return path(CALENDAR, organisation=curie)


def organisations_file(form: str) -> str:
    """The file of the list of organisations. In: its form, csv or xlsx."""
    return path(ORGANISATIONS_FILE, form=form)


def tasks_file(curie: str, form: str) -> str:
    """The file of an organisation's open tasks. In: also its form, csv or xlsx."""
    return path(TASKS_FILE, organisation=curie, form=form)


def tasks_api(curie: str) -> str:
    """An organisation's open tasks for programs: the facts alone."""
    return with_query(f"{API}/tasks", {"organisation": curie, "limit": "1000"})


def start_check(dataset: str = "", organisation: str = "") -> str:
    """Where a check of a file begins, with what is known of it filled in."""
    return with_query(START_CHECK, {"dataset": dataset, "organisation": organisation})


def check(secret: str) -> str:
    """What a check found, or how far it is."""
    return path(CHECK_RESULT, check=secret)


def check_rows(secret: str, *, group: int | None = None, page: int = 1) -> str:
    """A page of the rows of a check: all of them, or those with one finding."""
    query = {"group": "" if group is None else str(group), "page": str(page) if page > 1 else ""}
    return with_query(path(CHECK_ROWS, check=secret), query)


def check_row(secret: str, entry: int) -> str:
    """One row among all of a check."""
    page = (entry - 1) // CHECK_PAGE + 1
    return f"{check_rows(secret, page=page)}#row-{entry}"


def check_file(secret: str, kind: str) -> str:
    """A file of what a check found."""
    return path(CHECK_FILE, check=secret, kind=kind)


def submission(reference: str) -> str:
    """One submission: how far it is."""
    return path(SUBMISSION, reference=reference)


def submissions(curie: str) -> str:
    """What an organisation sent to the data team."""
    return path(SUBMISSIONS, organisation=curie)


def submissions_file(curie: str) -> str:
    """The file of what an organisation sent."""
    return path(SUBMISSIONS_FILE, organisation=curie)


def start_submission(
    dataset: str = "",
    organisation: str = "",
    *,
    task: str = "",
    kind: str = "",
    endpoint: str = "",
    check: str = "",
    draft: str = "",
) -> str:
    """Where something is sent to the data team, with what is known of it filled in. In: also the
    public id of a task, a kind of submission, the hash of a registered address, the secret of a
    check, and the token of a draft of another kind, whose answers come along."""
    query = {"dataset": dataset, "organisation": organisation, "task": task, "kind": kind}
    return with_query(SUBMIT, {**query, "endpoint": endpoint, "check": check, "draft": draft})


def submit(pattern: str, draft: str) -> str:
    """A step of sending something. In: one of the paths above, and the token of the draft."""
    return path(pattern, draft=draft)


def on_planning_data(slug: str) -> str:
    """One dataset on the Planning Data Platform."""
    return PLANNING_DATA + quote(slug, safe="")
