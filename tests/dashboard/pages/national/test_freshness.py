"""Freshness: the golden figures read off the page, and each table counted again by pandas."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from performance_store.loading import load
from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.registers import Registers
from performance_store.sample.reader import Sample
from tests.support.national import words
from tests.support.real_store import real_app
from tests.support.servers import Filled

pytestmark = pytest.mark.postgres
PATH = "/national/freshness"
TODAY = date(2026, 8, 21)
# reporting.md 3.2: provided, answering, within 5 days, older than 365 days.
GOLDEN = {
    "2025-01-22": (222, 209, 217, 11),
    "2025-01-30": (223, 213, 213, 11),
    "2025-03-05": (249, 239, 240, 15),
    "2025-03-12": (253, 244, 246, 18),
    "2025-03-19": (257, 248, 250, 16),
    "2025-04-02": (275, 267, 268, 21),
}


def file_of(client: FlaskClient, table: str, query: str) -> list[dict[str, str]]:
    answer = client.get(f"/downloads/national/{table}.csv?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=80, weeks=70))


@pytest.fixture(scope="module")
def cells(client: FlaskClient, module_engine: Engine) -> pd.DataFrame:
    """Every summary of every snapshot, as one flat table."""
    with module_engine.connect() as connection:
        return pd.read_sql(
            "SELECT s.*, n.as_at, d.dataset, o.region FROM summary s "
            "JOIN snapshot n ON n.id = s.snapshot_id JOIN dataset d ON d.id = s.dataset_id "
            "JOIN organisation o ON o.id = s.organisation_id",
            connection,
            parse_dates=["as_at", "content_changed_on"],
        )


def test_the_golden_figures_are_on_the_page(
    engine: Engine, tmp_path: Path, shared_data: Path
) -> None:
    load(engine, OdpReports(shared_data / "snapshots"))
    client = real_app(tmp_path, engine).server.test_client()
    rows = file_of(client, "availability", "kind=odp-reports")
    for day, (provided, answering, within, old) in GOLDEN.items():
        page = words(client, f"{PATH}?kind=odp-reports&as_at={day}")
        match = re.search(
            r"of ([\d,]+) provided provisions changed in the last 6 months\. "
            r"The content of ([\d,]+) has not changed for more than a year\.",
            page,
        )
        assert match is not None
        assert (int(match[1]), int(match[2])) == (provided, old)
        (row,) = [row for row in rows if row["as_at"] == day]
        assert (int(row["provided"]), int(row["ok"])) == (provided, answering)
        assert int(row["ok"]) + int(row["failing"]) == within
        assert f" {provided} {answering} " in page


@pytest.mark.parametrize("query", ["set=any", "set=programme&dataset=tree", "set=statutory"])
def test_ages_are_those_of_the_cells(client: FlaskClient, cells: pd.DataFrame, query: str) -> None:
    rows = file_of(client, "ages", query)
    set_name = query.split("&")[0].removeprefix("set=")
    mine = cells[(cells.as_at == pd.Timestamp(TODAY)) & cells[f"in_{set_name}"]]
    mine = mine[mine.endpoint_count > 0]
    if "dataset=tree" in query:
        mine = mine[mine.dataset == "tree"]
    days = (mine.as_at - mine.content_changed_on).dt.days
    edges = [-(10**6), 7, 30, 90, 182, 365, 730, 10**6]
    names = ["week", "month", "quarter", "half_year", "year", "two_years", "older"]
    for row in rows:
        of = days if not row["dataset"] else days[mine.dataset == row["dataset"]]
        counts = pd.cut(of, edges, labels=names).value_counts()
        assert {name: int(row[name]) for name in names} == counts.to_dict()
        assert int(row["unknown"]) == of.isna().sum()
        assert int(row["provided"]) == len(of)
        if row["median"]:
            assert abs(int(row["median"]) - of.median()) <= 0.5
    assert {row["dataset"] for row in rows} == {"", *mine.dataset}
    bands = {name: (mine.freshness_band == name).sum() for name in ("fresh", "ageing", "stale")}
    whole = rows[0]
    assert sum(int(whole[name]) for name in names[:4]) == bands["fresh"], "as everywhere else"
    assert int(whole["year"]) == bands["ageing"]
    assert int(whole["two_years"]) + int(whole["older"]) == bands["stale"]
    page = words(client, f"{PATH}?{query}")
    assert f"All datasets {int(whole['provided']):,} " in page


def test_the_oldest_come_first_and_the_file_has_them_all(
    client: FlaskClient, cells: pd.DataFrame
) -> None:
    rows = file_of(client, "oldest", "set=any")
    assert [row["content_changed_on"] for row in rows] == sorted(
        row["content_changed_on"] for row in rows
    )
    mine = cells[(cells.as_at == pd.Timestamp(TODAY)) & cells.in_any & (cells.endpoint_count > 0)]
    assert len(rows) == mine.content_changed_on.notna().sum()
    page = words(client, f"{PATH}?set=any&page=2")
    assert f"Showing 26 to 50 of {len(rows):,} provisions" in page
    assert rows[25]["organisation_name"] in page


def test_registers_are_judged_by_the_calendar_year(
    client: FlaskClient, cells: pd.DataFrame
) -> None:
    rows = file_of(client, "registers", "set=statutory")
    mine = cells[(cells.as_at == pd.Timestamp(TODAY)) & (cells.dataset == "brownfield-land")]
    mine = mine[mine.in_statutory]

    def state(row: pd.Series) -> str:
        if not row.endpoint_count:
            return "missing"
        if pd.isna(row.content_changed_on):
            return "unknown"
        return {2026: "reviewed", 2025: "due"}.get(row.content_changed_on.year, "overdue")

    expected = mine.apply(state, axis=1).value_counts().to_dict()
    assert pd.Series([row["state"] for row in rows]).value_counts().to_dict() == expected
    assert {"overdue", "due", "reviewed"} <= set(expected)
    page = words(client, f"{PATH}?set=statutory")
    total = len(mine)
    assert f"{expected['overdue']} of {total} last changed before 2025: overdue" in page
    left = (date(2026, 12, 31) - TODAY).days
    assert f"{expected['due']} of {total} changed last year but not yet in 2026" in page
    assert f"due in {left} days" in page
    elsewhere = words(client, f"{PATH}?set=programme")
    assert (
        "There are no brownfield land registers in these figures. See all statutory duties"
        in elsewhere
    )


def test_cadence_is_that_of_the_months_and_credits_no_churn(
    client: FlaskClient, cells: pd.DataFrame
) -> None:
    """12 full months up to the first of the month, counted again one provision at a time."""
    (whole,) = [row for row in file_of(client, "cadence", "set=any") if not row["dataset"]]
    since, till = pd.Timestamp("2025-08-01"), pd.Timestamp("2026-08-01")
    key = ["organisation_id", "dataset_id"]
    now = cells[(cells.as_at == pd.Timestamp(TODAY)) & cells.in_any & (cells.endpoint_count > 0)]
    past = cells[(cells.as_at >= since) & (cells.as_at < till) & (cells.endpoint_count > 0)]
    looked = past.as_at.nunique()
    groups = dict(list(past.groupby(key)))
    counts = dict.fromkeys(
        ("continuous", "monthly", "quarterly", "half_yearly", "yearly", "less", "young", "unknown"),
        0,
    )
    for place in now[key].itertuples(index=False, name=None):
        mine = groups.get(place)
        counts[_class(mine, looked, since, till)] += 1
    assert {name: int(whole[name]) for name in counts} == counts
    assert sum(counts.values()) == len(now) == int(whole["provided"])
    assert counts["continuous"]
    assert counts["young"]


def _class(mine: pd.DataFrame | None, looked: int, since: pd.Timestamp, till: pd.Timestamp) -> str:
    if mine is None or mine.as_at.min() > since + pd.Timedelta(days=31):
        return "young"
    days = mine.content_changed_on.dropna()
    if days.empty:
        return "unknown"
    newest, days = days.max(), pd.Series(days[days >= since].unique())
    half = since + pd.DateOffset(months=6)
    months = days.dt.to_period("M").nunique() if len(days) else 0
    if len(days) * 4 >= looked * 3:
        return "continuous"
    if months >= 7 and newest >= till - pd.DateOffset(months=2):
        return "monthly"
    if months >= 3 and newest >= till - pd.DateOffset(months=4):
        return "quarterly"
    if (days < half).any() and (days >= half).any():
        return "half_yearly"
    return "yearly" if months else "less"


def test_figures_that_cannot_tell_say_so(
    filled: Filled, registers: Registers, tmp_path: Path
) -> None:
    client = real_app(tmp_path, filled(registers)).server.test_client()
    assert "These figures do not show when content changed" in words(client, PATH)
    assert client.get("/downloads/national/ages.csv").status_code == 404


def test_what_the_figures_do_not_reach_back_to_is_not_known(
    filled: Filled, shared_data: Path, tmp_path: Path
) -> None:
    """Ten weeks of reports cannot say that a provision is too young to tell."""
    reports = filled(OdpReports(shared_data / "snapshots"))
    client = real_app(tmp_path, reports).server.test_client()
    (whole,) = [row for row in file_of(client, "cadence", "") if not row["dataset"]]
    assert (whole["provided"], whole["unknown"], whole["young"]) == ("275", "275", "0")
    assert "How often content changes is not known" in words(client, PATH)


def test_nobody_and_few_are_told(client: FlaskClient, cells: pd.DataFrame) -> None:
    page = words(client, f"{PATH}?dataset=tree&status=not_submitted")
    assert "No authorities match all of these filters" in page
    few = file_of(client, "ages", "set=any")
    small = [row for row in few if 0 < int(row["organisations"]) < 5]
    assert small, "the sample has such a dataset"
    row = small[0]
    assert f"{row['name']} {row['provided']} not shown" in words(client, f"{PATH}?set=any")
