"""Filters of the national pages, chosen by hypothesis: the figures that pages show and the API
answers are those that pandas counts in the report files themselves."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.national import table_of, words

pytestmark = [pytest.mark.data, pytest.mark.postgres]
DATES = ("2025-01-22", "2025-01-30", "2025-03-05", "2025-03-12", "2025-03-19", "2025-04-02")
DATASETS = (
    *("article-4-direction", "article-4-direction-area", "conservation-area"),
    *("conservation-area-document", "listed-building-outline"),
    *("tree", "tree-preservation-order", "tree-preservation-zone"),
)
COHORTS = ("ODP-Track1", "ODP-Track2", "ODP-Track3", "ODP-Track4", "RIPA-Beta", "odp-round-3")
KEYS = ["organisation", "dataset"]
Filters = dict[str, list[str]]


@pytest.fixture(scope="module")
def reports(shared_data: Path) -> dict[str, pd.DataFrame]:
    """For each date every authority of the programme with each of the eight datasets, provided or
    not, and the errors and warnings of what was collected: from the files alone."""
    tables = {}
    for day in DATES:
        read = {
            name: pd.read_csv(
                shared_data / "snapshots" / f"odp-{name}_{day}.csv",
                dtype=str,
                keep_default_na=False,
            ).rename(columns={"pipeline": "dataset"})
            for name in ("status", "issue")
        }
        status = read["status"]
        bodies = status.drop_duplicates("organisation")[["organisation", "cohort"]]
        cells = bodies.merge(pd.DataFrame({"dataset": DATASETS}), how="cross")
        status_rows = status[status.endpoint != "No endpoint added"].drop_duplicates(KEYS)
        cells = cells.merge(status_rows.drop(columns=["cohort"]), on=KEYS, how="left")
        cells["provided"] = cells.endpoint.notna()
        cells["working"] = cells.status == "200"
        issues = read["issue"][read["issue"].issue_type != ""]
        for severity in ("error", "warning"):
            for side in ("external", "internal"):
                rows = issues[(issues.severity == severity) & (issues.responsibility == side)]
                on = [*KEYS, "endpoint", "resource"]
                has = cells.merge(rows[on].drop_duplicates(), on=on, how="left", indicator=True)
                has_issues = (has._merge == "both").to_numpy() & cells.working.to_numpy()
                cells[f"{severity}_{side}"] = has_issues
        tables[day] = cells
    return tables


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    """One to three filters of one to three values each, some of which nobody has."""
    values = {
        "cohort": st.sampled_from(COHORTS),
        "dataset": st.sampled_from(DATASETS),
        "status": st.sampled_from(("not_submitted", "error")),
        "severity": st.sampled_from(("error", "warning")),
        "responsibility": st.sampled_from(("external", "internal")),
    }
    names = draw(st.sets(st.sampled_from(sorted(values)), min_size=1, max_size=3))
    return {
        name: sorted(draw(st.sets(values[name], min_size=1, max_size=3))) for name in sorted(names)
    }


def fitting(cells: pd.DataFrame, choice: Filters) -> pd.DataFrame:
    """The rows that fit: any value of a filter, and every filter."""
    rows = cells
    for name in ("cohort", "dataset"):
        if name in choice:
            rows = rows[rows[name].isin(choice[name])]
    if "status" in choice:
        fits = pd.Series(False, index=rows.index)
        if "not_submitted" in choice["status"]:
            fits |= ~rows.provided
        if "error" in choice["status"]:
            # The reports tell of the newest endpoint alone.
            fits |= rows.provided & ~rows.working
        rows = rows[fits]
    if "severity" in choice or "responsibility" in choice:
        columns = [
            f"{severity}_{side}"
            for severity in choice.get("severity", ("error", "warning"))
            for side in choice.get("responsibility", ("external", "internal"))
        ]
        rows = rows[rows[columns].any(axis=1)]
    return rows


def sentence(text: str) -> tuple[int, int, int, int] | None:
    """Provided, expected, datasets and authorities, as a page says them."""
    match = re.search(
        r"([\d,]+) of ([\d,]+) expected provisions? ha(?:ve|s) an endpoint: "
        r"(\d+) datasets?, (\d+) authorit",
        text,
    )
    if match is None:
        return None
    provided, expected, datasets, bodies = (int(part.replace(",", "")) for part in match.groups())
    return provided, expected, datasets, bodies


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(choice=filters(), day=st.sampled_from(DATES))
def test_pages_files_and_the_api_count_what_pandas_counts(
    client: FlaskClient, reports: dict[str, pd.DataFrame], choice: Filters, day: str
) -> None:
    """Severities here are those that the reports name as errors and warnings."""
    if "responsibility" in choice and "severity" not in choice:
        choice = {**choice, "severity": ["error", "warning"]}
    rows = fitting(reports[day], choice)
    there = {"cohort": set(reports[day].cohort)}
    usable = {
        name: [value for value in values if value in there.get(name, values)]
        for name, values in choice.items()
    }
    if any(not values for values in usable.values()) or usable != choice:
        # What nobody has on that date is not a choice: the page leaves it out and says so.
        text = words(client, f"/national?{urlencode(choice | {'as_at': day}, doseq=True)}")
        assert "chosen here" in text
        return
    query = urlencode(choice | {"as_at": day, "kind": "odp-reports"}, doseq=True)
    expected = (
        int(rows.provided.sum()),
        len(rows),
        rows.dataset.nunique(),
        rows.organisation.nunique(),
    )
    for path in ("/national", "/national/coverage"):
        text = words(client, f"{path}?{query}")
        if len(rows):
            assert sentence(text) == expected, path
        else:
            assert "No authorities match all of these filters" in text
    lines = table_of(client, f"/downloads/national/cells.csv?{query}")
    assert {
        (line["organisation"], line["dataset"], line["provided"].lower()) for line in lines
    } == {(row.organisation, row.dataset, str(row.provided).lower()) for row in rows.itertuples()}
    answer = client.get(f"/api/v1/coverage?{query}&limit=1000").get_json()["data"]
    counts = {row["dataset"]: row for row in answer if row["dimension"] == "dataset"}
    assert {name: (row["expected"], row["endpoint"]) for name, row in counts.items()} == {
        name: (len(mine), int(mine.provided.sum())) for name, mine in rows.groupby("dataset")
    }
    ages = table_of(client, f"/downloads/national/ages.csv?{query}")
    if ages:
        assert {line["dataset"]: int(line["provided"]) for line in ages if line["dataset"]} == {
            name: int(mine.provided.sum())
            for name, mine in rows.groupby("dataset")
            if mine.provided.any()
        }
