"""Links of pages of a past date: each that leads to a page, a file or a list of a date keeps it."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from dash import Dash
from sqlalchemy import Engine
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from dashboard.components.design.near import Near
from dashboard.pages import PAGES
from dashboard.urls import addresses
from dashboard.urls.rules import PageRule
from dashboard.web.prerender import to_html, walk
from dashboard.web.router import query_params
from performance_api.resources import RESOURCES
from performance_store.sample.reader import Sample
from tests.support.national import words
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
DAY = date(2026, 7, 24)

NATIONAL = (
    *(addresses.NATIONAL, addresses.COVERAGE, f"{addresses.COVERAGE}?view=table"),
    *(f"{addresses.COVERAGE}?shapes=boundaries", f"{addresses.COVERAGE}?set=any&dataset=tree"),
    *(addresses.TRENDS, f"{addresses.TRENDS}?by=region", f"{addresses.TRENDS}?by=cohort&set=any"),
    *(f"{addresses.COMPARE}?pick=organisation:local-authority:XABB&pick=dataset:tree",),
    *(addresses.FRESHNESS, f"{addresses.FRESHNESS}?set=statutory"),
    *(addresses.ISSUES, f"{addresses.ISSUES}?set=any&issue=missing-value"),
    *(addresses.NATIONAL_TASKS, addresses.CHANGES, addresses.NATIONAL_SUBMISSIONS),
    *(addresses.DATASETS, f"{addresses.DATASETS}?set=any", "/datasets/tree"),
    *("/datasets/conservation-area", "/datasets/brownfield-land?set=any"),
)
# What is of now, or of all dates, whichever page it is linked from.
OF_NOW = re.compile(
    # A feed or a calendar tells whoever follows it what is new.
    r"/downloads/.*\.(atom|ics)"
    # What an organisation's figures were on all dates, as the words above them say.
    r"|/api/v1/organisations/.*/(statuses|severities|history|issue-history)"
    # Rows with an issue, which are kept of the latest date only: the link says so.
    r"|/organisations/.*/issues/.*#rows"
)
FILES = re.compile(
    r"/downloads/(national/(?!submissions)[^/]+|datasets/[^/]+|organisations/[^/]+)\.(csv|xlsx)"
)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=60, weeks=14))


@pytest.fixture(scope="module")
def app(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Dash:
    return real_app(tmp_path_factory.mktemp("pages"), module_engine)


PATHS = Map([PageRule(page.PATH) for page in PAGES]).bind("")
MODULES = {page.PATH: page for page in PAGES}
LISTS = Map([PageRule(f"{addresses.API}{row.path}") for row in RESOURCES]).bind("")
OF_A_DATE = {
    f"{addresses.API}{row.path}" for row in RESOURCES if "as_at" in row.parameters.model_fields
}


def rule_of(rules: Any, path: str) -> tuple[str, dict[str, str]]:
    """The pattern of a path, and its variables; blank: there is none."""
    try:
        return cast(tuple[str, dict[str, str]], rules.match(path))
    except HTTPException:
        return "", {}


def filters_of(module: Any) -> Iterator[str]:
    """What the filters of a page are called in addresses."""
    for kind in vars(module).values():
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            yield from (
                field.name for field in dataclasses.fields(kind) if "param" in field.metadata
            )


PAST = {path for path, module in MODULES.items() if "as_at" in filters_of(module)}
# Its filters stand in a module beside it.
PAST.add(addresses.NATIONAL_DATASET)


def takes_a_date(link: str) -> bool:
    parts = urlsplit(link)
    path = parts.path
    if OF_NOW.fullmatch(f"{path}#{parts.fragment}" if parts.fragment else path):
        return False
    return (
        rule_of(PATHS, path)[0] in PAST
        or rule_of(LISTS, path)[0] in OF_A_DATE
        or FILES.fullmatch(path) is not None
    )


def at(address: str) -> str:
    address = address.partition("#")[0]
    return f"{address}{'&' if '?' in address else '?'}as_at={DAY}"


def links_of(app: Dash, address: str) -> set[str]:
    """Where a page leads to, by its links, its forms (with what they hold) and its charts."""
    parts = urlsplit(address)
    path, variables = rule_of(PATHS, parts.path)
    with app.server.test_request_context(address):
        page = MODULES[path].layout(**variables, **query_params(parts.query))
    markup = to_html(page)
    there = {html.unescape(href) for href in re.findall(r'(?:href|data-copy)="(/[^"]*)"', markup)}
    for action, form in re.findall(r'<form[^>]* action="(/[^"]*)"(.*?)</form>', markup, flags=re.S):
        there.add(at(action) if 'name="as_at"' in form else action)
    for part in walk(page):
        if isinstance(part, Near) and hasattr(part, "figure"):
            there |= set(re.findall(r'"(/[^"\\]*)"', part.figure.to_json()))
    return there


def without_the_date(app: Dash, address: str) -> set[str]:
    return {
        link
        for link in links_of(app, at(address))
        if takes_a_date(link) and parse_qs(urlsplit(link).query).get("as_at") != [str(DAY)]
    }


def test_which_pages_are_of_a_date() -> None:
    assert {addresses.COVERAGE, addresses.DATASETS, addresses.ORGANISATION} <= PAST
    assert {addresses.DATASET, addresses.ISSUE, addresses.NATIONAL_DATASET} <= PAST
    assert not {addresses.TASKS, addresses.GUIDANCE, addresses.ORGANISATIONS} & PAST
    assert takes_a_date("/downloads/national/all.csv")
    assert takes_a_date("/api/v1/coverage")


@pytest.mark.parametrize("address", NATIONAL)
def test_links_of_a_national_page_keep_its_date(app: Dash, address: str) -> None:
    assert without_the_date(app, address) == set()


def test_links_of_an_authoritys_pages_keep_their_date(app: Dash) -> None:
    every = links_of(app, at(f"{addresses.COVERAGE}?set=any"))
    pages = {urlsplit(link).path for link in every if link.startswith("/organisations/")}
    owners = sorted(path for path in pages if rule_of(PATHS, path)[0] == addresses.ORGANISATION)
    pages = set(owners[:12])
    for owner in owners[:2]:
        of_owner = {urlsplit(link).path for link in links_of(app, at(owner))}
        pages |= {path for path in of_owner if rule_of(PATHS, path)[0] == addresses.DATASET}
    for page in sorted(pages):
        of_page = {urlsplit(link).path for link in links_of(app, at(page))}
        issues = {path for path in of_page if rule_of(PATHS, path)[0] == addresses.ISSUE}
        pages |= set(sorted(issues)[:1])
    kinds = {rule_of(PATHS, path)[0] for path in pages}
    assert {addresses.ORGANISATION, addresses.DATASET, addresses.ISSUE} <= kinds
    lost = {page: without_the_date(app, page) for page in sorted(pages)}
    assert {page: links for page, links in lost.items() if links} == {}


def test_the_view_that_is_of_now_says_so(app: Dash) -> None:
    client = app.server.test_client()
    past = words(client, at(f"{addresses.NATIONAL_SUBMISSIONS}?set=any&region=E12000007"))
    assert "This view shows submissions as they are now, and not as at 24 July 2026." in past
    assert "This view shows submissions of all authorities." in past
    assert "We do not know the filter" not in past
    latest = words(client, f"{addresses.NATIONAL_SUBMISSIONS}?set=any&as_at=2026-08-21")
    assert "This view shows" not in latest
