"""An officer's pages, on the platform's own small file and on the sample."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from performance_store.loading import load
from performance_store.sample.reader import Sample
from tests.support.national import words
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
TODAY = date(2026, 8, 21)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=40, weeks=12))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("pages"), module_engine).server.test_client()


@pytest.fixture(scope="module")
def cells(module_engine: Engine, client: FlaskClient) -> list[tuple[str, str, str, int]]:
    """Organisation, dataset, status and endpoints of every cell of the newest snapshot."""
    with module_engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT o.organisation, d.dataset, s.status, s.endpoint_count FROM summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot)"
            )
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


def test_every_organisation_has_a_page(
    client: FlaskClient, cells: list[tuple[str, str, str, int]]
) -> None:
    for organisation in sorted({cell[0] for cell in cells}):
        assert client.get(f"/organisations/{organisation}").status_code == 200, organisation


@pytest.mark.parametrize("status", ["live", "needs_improving", "error", "not_submitted"])
def test_a_dataset_of_each_status_says_why_and_what_next(
    client: FlaskClient, cells: list[tuple[str, str, str, int]], status: str
) -> None:
    organisation, dataset, *_ = next(cell for cell in cells if cell[2] == status)
    page = words(client, f"/organisations/{organisation}/{dataset}")
    label = {
        "live": "Live",
        "needs_improving": "Needs improving",
        "error": "Error",
        "not_submitted": "Not submitted",
    }[status]
    assert label in page
    assert "What to do next" in page


def test_the_list_counts_provided_of_expected(client: FlaskClient, module_engine: Engine) -> None:
    with module_engine.connect() as connection:
        name, provided, expected = connection.execute(
            text(
                "SELECT o.name, count(*) FILTER (WHERE s.endpoint_count > 0), count(*) "
                "FROM summary s JOIN organisation o ON o.id = s.organisation_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.in_to_provide "
                "GROUP BY o.name ORDER BY 2 DESC, 1 LIMIT 1"
            )
        ).one()
    page = words(client, f"/organisations?q={name.replace('&', '%26')}")
    assert name in page
    assert f"{provided} of {expected}" in page


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/organisations/local-authority:NOBODY", "We cannot find an organisation called"),
        ("/organisations/{0}/no-such-dataset", "We cannot find a dataset called"),
        ("/nowhere", "not found"),
    ],
)
def test_unknown_things_are_told_apart(
    client: FlaskClient, cells: list[tuple[str, str, str, int]], address: str, sentence: str
) -> None:
    answer = client.get(address.format(cells[0][0]))
    assert answer.status_code == 404
    assert sentence.lower() in answer.get_data(as_text=True).lower()


def test_every_page_says_that_the_data_are_invented_and_how_old_they_are(
    client: FlaskClient, cells: list[tuple[str, str, str, int]]
) -> None:
    organisation, dataset, *_ = cells[0]
    for address in (
        *("/", "/organisations", "/national", f"/organisations/{organisation}"),
        f"/organisations/{organisation}/{dataset}",
    ):
        page = words(client, address)
        assert "Every authority and every figure here is invented." in page
        assert "Data as at 21 August 2026" in page


def test_values_of_the_data_are_shown_as_text_never_as_markup(
    client: FlaskClient, module_engine: Engine, cells: list[tuple[str, str, str, int]]
) -> None:
    with module_engine.begin() as connection:
        connection.execute(
            text("UPDATE organisation SET name = '<b>Bold</b> & Co' WHERE organisation = :o"),
            {"o": cells[0][0]},
        )
        connection.execute(text("UPDATE snapshot SET published_at = now()"))
        connection.execute(
            text("INSERT INTO load (kind, input, ruleset_version, state) "
                 "VALUES ('sample', 'x', '1', 'published')")
        )  # fmt: skip
    page = client.get(f"/organisations/{cells[0][0]}/{cells[0][1]}").get_data(as_text=True)
    assert "<b>Bold</b>" not in page


def test_the_platform_file_opens_on_a_real_authority(
    engine: Engine, shared_data: Path, tmp_path: Path
) -> None:
    from performance_store.readers.platform import Platform

    load(engine, Platform(shared_data / "platform-small"))
    client = real_app(tmp_path, engine).server.test_client()
    page = words(client, "/organisations/local-authority:BUC")
    assert "Buckinghamshire Council" in page
    assert (
        "2 of 9 statutory and expected datasets are live, and 0 of 4 optional; 4 need improving; "
        "3 are not provided yet." in page
    )
    detail = words(client, "/organisations/local-authority:BUC/conservation-area")
    assert "Last accessed 21 May 2025" in detail
    assert "Open Government Licence v3.0" in detail
    assert "reference Required Supplied as UID" in detail
