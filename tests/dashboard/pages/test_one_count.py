"""What the home page, the list, an organisation's page and the national pages count is one set."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from dashboard.components.common import fields
from dashboard.components.words import formatting
from dashboard.data.door import ask
from dashboard.pages import home
from dashboard.web.document import ShellDash
from dashboard.web.prerender import text_of
from performance_store.definitions.specifications import requirements
from performance_store.definitions.vocabulary import URGENCIES
from performance_store.queries import cell, organisations, snapshots, tasks
from performance_store.sample.reader import Sample
from tests.support.national import words
from tests.support.real_store import real_app
from tests.support.servers import Filled


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=60, weeks=2))


@pytest.fixture(scope="module")
def app(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> ShellDash:
    return real_app(tmp_path_factory.mktemp("pages"), module_engine)


@pytest.fixture(scope="module")
def client(app: ShellDash) -> FlaskClient:
    return app.server.test_client()


@pytest.mark.postgres
def test_home_counts_what_the_list_counts_and_leads_to_the_same_set(
    app: ShellDash, client: FlaskClient
) -> None:
    with app.server.test_request_context("/"):
        figures = home.view().figures
        (now,) = ask(snapshots.current)
        rows = ask(organisations.with_counts, snapshot_id=now.snapshot_id)
    assert figures is not None
    authorities = [row for row in rows if row.is_lpa]
    assert not [row.name for row in authorities if row.end_date and row.end_date <= now.as_at]
    assert sum(row.expected for row in authorities) == figures.expected
    assert sum(row.provided for row in authorities) == figures.endpoint
    assert sum(row.live for row in authorities) == figures.live
    assert sum(row.expected > 0 for row in authorities) == figures.organisations
    page = client.get("/").get_data(as_text=True)
    assert "We count statutory and expected datasets" in words(client, "/")
    assert 'href="/glossary#set-to-provide"' in page
    there = re.findall(r'href="(/national\?[^"]+)"', page)[-1]
    share = f"{figures.endpoint:,} of {figures.expected:,}"
    label = "statutory and expected datasets are provided, across all authorities"
    assert f"{label} {share}" in words(client, "/")
    national = words(client, there)
    assert "Statutory and expected datasets , sample data" in national
    assert f"{share} expected provisions have an endpoint" in national


@pytest.mark.postgres
def test_what_is_optional_stands_beside_and_is_not_counted(
    app: ShellDash, client: FlaskClient
) -> None:
    with app.server.test_request_context("/"):
        (now,) = ask(snapshots.current)
        rows = ask(organisations.with_counts, snapshot_id=now.snapshot_id)
    row = next(row for row in rows if row.expected and 0 < row.optional_provided < row.optional)
    page = words(client, f"/organisations/{row.organisation}")
    beside = f"and {row.optional_provided} of {row.optional} optional"
    assert f"{row.provided} of {row.expected} statutory and expected datasets" in page
    assert f"{row.optional_provided} of {row.optional} provided. Optional." in page
    assert beside in words(client, f"/organisations?q={row.organisation.split(':')[1]}")


@pytest.mark.postgres
def test_figures_and_fields_of_every_cell_say_one_total(app: ShellDash) -> None:
    """The summary counts the fields of a cell, and its page lists them: two ways to one number."""
    cells: set[tuple[str, str, str]] = set()
    others: list[tuple[str, str, str, str | None]] = []
    with app.server.test_request_context("/"):
        (now,) = ask(snapshots.current)
        for body in ask(organisations.with_counts, snapshot_id=now.snapshot_id):
            fields_of = defaultdict(list)
            for use in ask(cell.fields, organisation=body.organisation):
                fields_of[use.dataset].append(use)
            for row in ask(
                organisations.datasets, organisation=body.organisation, snapshot_id=now.snapshot_id
            ):
                section = fields.section(fields_of[row.dataset], requirements(row.dataset))
                if section is None or row.fields_total is None:
                    continue
                supplied = formatting.n_of(row.fields_supplied, row.fields_total)
                sentence = f"{supplied} fields of the specification are supplied."
                total = f"All {formatting.plural(row.fields_total, 'field')}"
                listing = text_of(section)
                case = (body.organisation, row.dataset, sentence)
                cells.add(case)
                if sentence not in listing or (requirements(row.dataset) and total not in listing):
                    others.append((*case, listing[:60]))
    assert not others
    assert {"listed-building-outline", "brownfield-land", "tree"} <= {case[1] for case in cells}


@pytest.mark.postgres
def test_what_is_counted_comes_before_what_is_not(app: ShellDash) -> None:
    places = {"statutory": 0, "expected": 1}
    orders = 0
    with app.server.test_request_context("/"):
        (now,) = ask(snapshots.current)
        for body in ask(organisations.with_counts, snapshot_id=now.snapshot_id):
            rows = ask(
                tasks.of_organisation,
                organisation=body.organisation,
                snapshot_id=now.snapshot_id,
            )
            for urgency in URGENCIES:
                group = [row for row in rows if row.urgency == urgency and not row.gains]
                order = [places.get(row.provision_reason or "", 2) for row in group]
                assert order == sorted(order)
                orders += len(set(order)) > 1
    assert orders > 5


@pytest.mark.postgres
def test_one_count_of_tasks_is_everywhere(app: ShellDash, client: FlaskClient) -> None:
    with app.server.test_request_context("/"):
        (now,) = ask(snapshots.current)
        counts = ask(tasks.counts, snapshot_id=now.snapshot_id)
    assert sum(count.total for count in counts) > 200
    listing = client.get("/downloads/organisations.csv?who=all").get_data(as_text=True)
    lines = {
        line["organisation"]: line["tasks"]
        for line in csv.DictReader(io.StringIO(listing.removeprefix("\ufeff")))
    }
    for count in counts[:12]:
        body = count.organisation
        page = client.get(f"/organisations/{body}/tasks").get_data(as_text=True)
        assert page.count('id="task-') == count.total
        overview = client.get(f"/organisations/{body}").get_data(as_text=True)
        assert (f"See all tasks: {count.total}" in overview) or not count.total
        file = client.get(f"/downloads/organisations/{body}/tasks.csv").get_data(as_text=True)
        assert len(list(csv.reader(io.StringIO(file)))) == count.total + 1
        assert lines[body] == str(count.total)
        entry = words(client, f"/organisations?who=all&q={body.partition(':')[2]}")
        assert f" {count.total} open tasks of " in entry
