"""Files of a past date: each is of the date in its address, or says why there is none."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from performance_store.sample.reader import Sample
from tests.support.national import table_of
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
LATEST, PAST = "2026-08-21", "2026-08-07"

# Patterns of a file that there is of the latest figures only, and the words that say so.
OF_LATEST = {
    "/downloads/issues.csv?organisation={o}&dataset={d}": "which rows have an issue is kept",
    "/downloads/issues.csv?organisation={o}&dataset={d}&issue_type={i}&field={f}": "which rows",
    "/downloads/organisations.csv?": "this list is",
    "/downloads/organisations.xlsx?": "this list is",
    "/downloads/organisations/{o}/tasks.csv?": "what is to be done is told",
    "/downloads/organisations/{o}/tasks.xlsx?": "what is to be done is told",
    "/downloads/organisations/{o}/submissions.csv?": "submissions are told",
    "/downloads/national/submissions.csv?": "submissions are told",
    "/downloads/organisations/{o}.atom?": "a feed is",
    "/downloads/organisations/{o}/{d}.atom?": "a feed is",
    "/downloads/datasets/{d}.atom?": "a feed is",
    "/downloads/organisations/{o}.ics?": "a calendar is",
}
OF_A_DATE = (
    *("/downloads/coverage.csv?", "/downloads/national/all.csv?", "/downloads/national/cells.csv?"),
    *("/downloads/national/issues.csv?", "/downloads/datasets/{d}.csv?"),
    *("/downloads/national/changes.atom?", "/downloads/organisations/{o}.csv?"),
)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=40, weeks=12))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("files"), module_engine).server.test_client()


@pytest.fixture(scope="module")
def names(module_engine: Engine) -> dict[str, str]:
    """An organisation, a dataset of it and a type of issue, of which there are rows now."""
    with module_engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT o.organisation, d.dataset, t.issue_type, s.field FROM issue_summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id "
                "JOIN issue_type t ON t.id = s.issue_type_id "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.field <> '' "
                "ORDER BY s.problems DESC, 1, 2, 3 LIMIT 1"
            )
        ).one()
    return {"o": row.organisation, "d": row.dataset, "i": row.issue_type, "f": row.field}


def answer_of(client: FlaskClient, address: str, day: str) -> tuple[int, str]:
    with client.get(f"{address}&as_at={day}") as answer:
        return answer.status_code, answer.get_data().decode("utf-8", "replace")


@pytest.mark.parametrize("pattern", OF_LATEST)
def test_what_is_kept_of_the_latest_only_says_so(
    client: FlaskClient, names: dict[str, str], pattern: str
) -> None:
    address = pattern.format(**names)
    status, words = answer_of(client, address, PAST)
    assert status == 404
    assert OF_LATEST[pattern] in words
    assert f"of the latest figures only, of {LATEST}. Leave out as_at." in words
    assert answer_of(client, address, "yesterday")[0] == 404
    for right in (LATEST, ""):
        assert answer_of(client, address, right)[0] == 200, right


@pytest.mark.parametrize("pattern", OF_A_DATE)
def test_a_file_of_a_date_is_refused_for_what_is_no_date(
    client: FlaskClient, names: dict[str, str], pattern: str
) -> None:
    address = pattern.format(**names)
    assert answer_of(client, address, PAST)[0] == 200
    for wrong in ("yesterday", "2026-02-30", "20260807"):
        status, words = answer_of(client, address, wrong)
        assert status == 404
        assert "as_at is not a date such as 2026-11-29" in words


def test_the_national_line_ends_on_the_date(client: FlaskClient) -> None:
    def days(query: str) -> list[str]:
        return [row["as_at"] for row in table_of(client, f"/downloads/coverage.csv{query}")]

    every = days("")
    assert max(every) == LATEST
    assert days(f"?as_at={PAST}") == [day for day in every if day <= PAST]
