"""Guidance: whole for each dataset, true to the specification, and where tasks lead to."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dashboard.components.common import guidance as parts
from dashboard.components.words.guides import GUIDES, field_guide, systems
from dashboard.pages import guidance
from dashboard.urls import addresses
from dashboard.web.prerender import to_html
from performance_store.definitions.specifications import names_of_fields, requirements
from performance_store.rows import CommonIssue, Dataset
from performance_store.sample.reader import Sample
from tests.support.real_store import real_app
from tests.support.servers import Filled

PRODUCTION = (
    *("article-4-direction", "article-4-direction-area", "brownfield-land", "conservation-area"),
    *("conservation-area-document", "tree-preservation-order", "tree-preservation-zone", "tree"),
    *("listed-building-outline", "developer-agreement", "developer-agreement-contribution"),
    *("developer-agreement-transaction", "infrastructure-funding-statement", "plan-timetable"),
    *("local-plan", "minerals-plan", "waste-plan", "supplementary-plan"),
)


def page_of(slug: str, *errors: CommonIssue, organisations: int | None = 40) -> str:
    dataset = Dataset(slug, slug.capitalize(), None, None, None, None)
    return to_html(guidance.render(guidance.View(dataset, errors, organisations)))


def ids(page: str) -> list[str]:
    return re.findall(r' id="([^"]+)"', page)


@pytest.mark.parametrize("slug", PRODUCTION)
def test_each_dataset_has_every_part_and_every_field(slug: str) -> None:
    guide = GUIDES[slug]
    for name in guide.__slots__:
        assert getattr(guide, name), name
    assert systems(guide.kind)
    page = page_of(slug)
    places = ids(page)
    assert len(places) == len(set(places)), "an address leads to one place"
    assert [place for place in places if place in parts.PARTS] == list(parts.PARTS)
    fields = requirements(slug)
    assert fields
    section = page.partition('id="fields"')[2].partition("</section>")[0]
    assert section.count("<tr") - section.count("<thead") == len(fields)
    optional = [item for item in fields if item.level in ("optional", "accepted")]
    folded = section.partition("<details")[2]
    assert folded.count("<tr") - folded.count("<thead") == len(optional)
    for item in fields:
        words = field_guide(slug, item)
        assert words.meaning.endswith(".")
        assert words.form.endswith(".")
        assert words.example
        assert f'id="{addresses.field_place(item.field)}"' in page
        if item.several:
            assert "semicolons" in words.form


def test_the_guides_are_of_the_production_datasets_alone() -> None:
    assert sorted(GUIDES) == sorted(PRODUCTION)


def test_every_name_of_a_field_leads_somewhere() -> None:
    """Also those that the platform gives to it, under which its issues are reported."""
    pages = {slug: set(ids(page_of(slug))) for slug in PRODUCTION}
    for dataset, _, name in names_of_fields():
        assert addresses.field_place(name) in pages[dataset], (dataset, name)
    assert addresses.field_place("GeoX,GeoY") in pages["brownfield-land"]


def test_examples_have_the_form_that_is_asked_for() -> None:
    for slug in PRODUCTION:
        for item in requirements(slug):
            words = field_guide(slug, item)
            if "YYYY-MM-DD" in words.form:
                date.fromisoformat(words.example)
            elif words.form.startswith("A web address"):
                assert re.match(r"https?://", words.example), words
            elif words.form.startswith("A whole number"):
                assert words.example.isdecimal()
            elif words.form.startswith(("Pounds", "A number", "Degrees")):
                float(words.example)
            elif words.form.startswith("One of: "):
                choices = words.form.removeprefix("One of: ").rstrip(".").split(", ")
                assert words.example in choices, words
            elif "reference of a row" not in words.form and words.form.startswith("A p"):
                assert re.match(r"(MULTIPOLYGON|POINT)\(", words.example), words


def test_addresses_of_parts_and_fields() -> None:
    assert addresses.guidance("tree") == "/datasets/tree/guidance"
    assert addresses.guidance("tree", "publish") == "/datasets/tree/guidance#publish"
    assert addresses.guidance("tree", field="felled-date") == (
        "/datasets/tree/guidance#field-felled-date"
    )


def test_errors_lead_to_their_fields_and_say_how_many() -> None:
    error = CommonIssue("invalid date", "Invalid date", "start-date", "error", 12, 300)
    page = page_of("tree", error)
    assert "12 of 40" in page
    assert 'href="#field-start-date"' in page
    assert "No planning authority provides it" in page_of("tree", organisations=0)
    assert "do not show what is wrong" in page_of("tree", organisations=None)


def test_rare_errors_are_behind_a_line() -> None:
    many = [CommonIssue("invalid date", "Date", f"field-{n}", "error", 12, 3) for n in range(8)]
    section = page_of("tree", *many).partition('id="errors"')[2].partition("</section>")[0]
    seen, _, folded = section.partition("<details")
    assert (seen.count("12 of 40"), folded.count("12 of 40")) == (parts.FOLD, 3)
    assert "Show 3 more" in folded


def test_a_dataset_without_a_guide_has_what_is_the_same_for_all() -> None:
    page = page_of("brownfield-site")
    assert [place for place in ids(page) if place in parts.PARTS] == list(parts.PARTS)


# Of the store


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=12))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("guidance"), module_engine).server.test_client()


@pytest.mark.postgres
def test_the_errors_are_those_of_the_store(client: FlaskClient, module_engine: Engine) -> None:
    with module_engine.connect() as connection:
        top = connection.execute(
            text(
                "SELECT d.dataset, i.field, count(DISTINCT i.organisation_id) AS many "
                "FROM issue_summary i JOIN dataset d ON d.id = i.dataset_id "
                "JOIN summary s ON (s.snapshot_id, s.organisation_id, s.dataset_id) = "
                "(i.snapshot_id, i.organisation_id, i.dataset_id) AND s.is_lpa "
                "WHERE i.snapshot_id = (SELECT id FROM current_snapshot) AND i.field <> '' "
                "AND i.responsibility = 'external' AND i.severity IN ('critical', 'error') "
                "GROUP BY d.dataset, i.issue_type_id, i.field ORDER BY 3 DESC, 1, 2 LIMIT 1"
            )
        ).one()
    page = client.get(f"/datasets/{top.dataset}/guidance").get_data(as_text=True)
    errors = page.partition('id="errors"')[2].partition("</section>")[0]
    assert re.search(rf"{top.many} of \d+", errors)
    assert f'href="#{addresses.field_place(top.field)}"' in errors


@pytest.mark.postgres
def test_pages_lead_to_the_guidance(client: FlaskClient, module_engine: Engine) -> None:
    with module_engine.connect() as connection:
        body, slug = connection.execute(
            text(
                "SELECT o.organisation, d.dataset FROM summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) "
                "AND s.status = 'not_submitted' ORDER BY 1, 2 LIMIT 1"
            )
        ).one()
    guide = addresses.guidance(slug)
    for page in (f"/datasets/{slug}", f"/organisations/{body}/{slug}"):
        assert f'href="{guide}"' in client.get(page).get_data(as_text=True), page
    assert client.get(guide).status_code == 200
    assert client.get("/datasets/nothing/guidance").status_code == 404


def test_an_authority_is_named_as_the_register_names_it() -> None:
    page = page_of("brownfield-land")
    assert "http://opendatacommunities.org/id/district-council/exton" in page
    assert "with http, not https" in page
