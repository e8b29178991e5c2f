"""The registers tell what was provided on any past date, and survive what is odd in them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pytest

from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.programme import DATASETS
from performance_store.readers.registers import Registers, repaired_date
from performance_store.readers.stream import (
    Boundary,
    Dataset,
    DatasetField,
    Endpoint,
    InputError,
    IssueType,
    Observation,
    Organisation,
    Provision,
    Reader,
    RoleOrganisation,
    Source,
    SourcePipeline,
)

PROGRAMME = {dataset.dataset for dataset in DATASETS}
Pair = tuple[str, str]


class Coverage:
    """Who provided which of the programme's datasets on a date: the dates of endpoints decide."""

    def __init__(self, reader: Reader) -> None:
        endpoints = {row[0]: Endpoint(*row) for row in reader.rows(Endpoint)}
        sources = {row[0]: Source(*row) for row in reader.rows(Source)}
        self.uses: set[tuple[Pair, str, str]] = set()
        for key, pipeline in reader.rows(SourcePipeline):
            source = sources[key]
            endpoint = endpoints.get(source.endpoint or "")
            if pipeline in PROGRAMME and endpoint is not None:
                organisation = source.organisation.replace("-eng:", ":")
                begin, end = (text or "" for text in (endpoint.entry_date, endpoint.end_date))
                self.uses.add(((organisation, pipeline), begin[:10], end[:10]))

    def on(self, day: str, organisations: Iterable[str]) -> set[Pair]:
        among = set(organisations)
        return {
            pair
            for pair, begin, end in self.uses
            if pair[0] in among and begin <= day and (not end or end > day)
        }


@pytest.fixture(scope="module")
def registers(shared_data: Path) -> Registers:
    lpa = shared_data / "lpa"
    return Registers(
        shared_data / "register",
        organisations=lpa / "local-planning-authority.csv",
        boundaries=lpa / "local-planning-authority.geojson",
        today=date(2026, 9, 1),
    )


@pytest.fixture(scope="module")
def coverage(registers: Registers) -> Coverage:
    return Coverage(registers)


@pytest.fixture(scope="module")
def reports(shared_data: Path) -> OdpReports:
    return OdpReports(shared_data / "snapshots")


def members(reports: OdpReports, day: str) -> set[str]:
    return {row[1] for row in reports.rows(Provision) if row[0] == day}


@pytest.mark.data
@pytest.mark.parametrize(
    ("day", "reported", "rebuilt", "both"),
    [
        ("2025-01-22", 222, 224, 221),
        ("2025-01-30", 223, 225, 222),
        ("2025-03-05", 249, 250, 248),
        ("2025-03-12", 253, 254, 252),
        ("2025-03-19", 257, 259, 256),
        ("2025-04-02", 275, 277, 274),
    ],
)
def test_history_agrees_with_the_weekly_reports(
    coverage: Coverage, reports: OdpReports, day: str, reported: int, rebuilt: int, both: int
) -> None:
    seen = {
        (row.organisation, row.dataset)
        for row in map(Observation._make, reports.rows(Observation))
        if row.as_at == day
    }
    report = coverage.on(day, members(reports, day))
    assert (len(seen), len(report), len(seen & report)) == (reported, rebuilt, both)


@pytest.mark.data
@pytest.mark.parametrize(
    ("day", "pairs", "authorities"),
    [
        ("2021-12-31", 59, 48),
        # One endpoint was entered again in 2023: its first entry counts.
        ("2022-12-31", 83, 52),
        ("2023-12-31", 118, 58),
        ("2024-06-30", 154, 64),
        ("2024-12-31", 227, 72),
        ("2025-06-30", 336, 87),
        ("2025-12-31", 444, 99),
        ("2026-03-31", 599, 125),
        ("2026-06-30", 693, 139),
        ("2026-08-21", 768, 147),
    ],
)
def test_the_trend_among_the_authorities_of_today(
    registers: Registers, coverage: Coverage, day: str, pairs: int, authorities: int
) -> None:
    today = {row[0] for row in registers.rows(Organisation) if not Organisation(*row).end_date}
    assert len(today) == 311
    report = coverage.on(day, today)
    assert (len(report), len({organisation for organisation, _ in report})) == (pairs, authorities)


@pytest.mark.data
@pytest.mark.parametrize(
    ("day", "published", "rebuilt"),
    [("2024-08-28", 138, 139), ("2024-10-10", 155, 155), ("2025-02-07", 229, 230)],
)
def test_figures_published_by_hand_are_met_within_one(
    coverage: Coverage, reports: OdpReports, day: str, published: int, rebuilt: int
) -> None:
    report = coverage.on(day, members(reports, "2025-01-22"))
    assert len(report) == rebuilt
    assert abs(rebuilt - published) <= 1


@pytest.mark.data
def test_the_real_registers_are_whole(registers: Registers) -> None:
    assert registers.missing == ()
    assert registers.as_at[0] == date(2018, 1, 1)
    assert registers.as_at[-2:] == (date(2026, 8, 1), date(2026, 8, 21))
    assert len(list(registers.rows(Organisation))) == 354
    assert len(list(registers.rows(Boundary))) == 296
    assert len(list(registers.rows(Provision))) == 8369
    assert len(list(registers.rows(Endpoint))) == 4551
    assert len(list(registers.rows(Source))) == 6192
    roles = [RoleOrganisation(*row) for row in registers.rows(RoleOrganisation)]
    assert not [role for role in roles if (role.start_date or "").startswith("1905")]


# -- small registers with one oddity each ----------------------------------------------------------

Cells = dict[str, str]

ORGANISATION: Cells = {
    "organisation": "local-authority:AAA",
    "name": "Alder",
    "region": "E12000001",
    "start-date": "",
    "note": "not asked for",
}
PROVISION: Cells = {
    "organisation": "local-authority:AAA",
    "dataset": "tree",
    "provision-reason": "expected",
    "project": "open-digital-planning",
    "entry-date": "2024-01-01",
    "start-date": "",
    "end-date": "",
}
SOURCE: Cells = {
    "source": "wrong",
    "collection": "tree-preservation-order",
    "organisation": "local-authority:AAA",
    "endpoint": "e1",
    "licence": "ogl3",
    "pipelines": "tree",
    "entry-date": "2024-01-01",
    "end-date": "",
}
ENDPOINT: Cells = {
    "endpoint": "e1",
    "endpoint-url": "https://alder.example/tree.csv",
    "plugin": "",
    "entry-date": "2024-02-15T10:00:00Z",
    "end-date": "",
}

Open = Callable[..., Registers]


def write(path: Path, rows: list[Cells]) -> None:
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Write and open a folder of registers; an argument is the rows of the file of that name."""

    def build(*, boundaries: Path | None = None, **files: list[Cells]) -> Registers:
        folder = tmp_path / "register"
        folder.mkdir(exist_ok=True)
        defaults = {"provision": [PROVISION], "source": [SOURCE], "endpoint": [ENDPOINT]}
        for name, rows in (defaults | files).items():
            if name != "organisations" and rows:
                write(folder / f"{name.replace('_', '-')}.csv", rows)
        write(tmp_path / "organisations.csv", files.get("organisations", [ORGANISATION]))
        return Registers(folder, tmp_path / "organisations.csv", boundaries, today=date(2024, 6, 9))

    return build


def test_a_snapshot_a_month_and_one_at_the_newest_date(opened: Open) -> None:
    reader: Reader = opened()
    assert reader.as_at[:2] == (date(2018, 1, 1), date(2018, 2, 1))
    assert reader.as_at[-2:] == (date(2024, 2, 1), date(2024, 2, 15))
    on_the_first = opened(endpoint=[ENDPOINT | {"entry-date": "2024-02-01"}])
    assert on_the_first.as_at[-2:] == (date(2024, 1, 1), date(2024, 2, 1))
    assert len(set(on_the_first.as_at)) == len(on_the_first.as_at) == 74


def test_a_date_that_has_not_come_yet_does_not_make_snapshots(opened: Open) -> None:
    typos = [ENDPOINT | {"endpoint": f"e{i}"} for i in range(2, 5)]
    typos[0]["entry-date"] = "2204-02-15"
    typos[1]["entry-date"] = "soon"
    typos[2]["entry-date"] = "2024-02-31"
    reader = opened(endpoint=[ENDPOINT, *typos])
    assert reader.as_at[-1] == date(2024, 2, 15)
    entries = [Endpoint(*row).entry_date for row in reader.rows(Endpoint)]
    assert entries == ["2024-02-15T10:00:00Z", "2204-02-15", "soon", "2024-02-31"]


def test_registers_without_any_date_are_refused(opened: Open) -> None:
    undated = {"entry-date": ""}
    with pytest.raises(InputError, match="no entry-date up to today is readable"):
        opened(source=[SOURCE | undated], endpoint=[ENDPOINT | undated])


def test_the_last_row_of_an_endpoint_holds(opened: Open) -> None:
    reader = opened(endpoint=[ENDPOINT, ENDPOINT | {"end-date": "2024-05-01"}])
    assert [Endpoint(*row).end_date for row in reader.rows(Endpoint)] == ["2024-05-01"]


def test_all_pipelines_of_all_rows_of_a_source_hold(opened: Open) -> None:
    again = SOURCE | {"source": "other", "pipelines": " tree ; conservation-area;", "licence": ""}
    elsewhere = SOURCE | {"organisation": "local-authority:BBB", "pipelines": "ancient-woodland"}
    reader = opened(source=[SOURCE, again, elsewhere])
    sources = [Source(*row) for row in reader.rows(Source)]
    assert [(s.organisation, s.licence) for s in sources] == [
        ("local-authority:AAA", None),
        ("local-authority:BBB", "ogl3"),
    ]
    assert [tuple(row) for row in reader.rows(SourcePipeline)] == [
        (sources[0].source, "tree"),
        (sources[0].source, "conservation-area"),
        (sources[1].source, "ancient-woodland"),
    ]


def test_a_source_without_endpoint_is_kept(opened: Open) -> None:
    reader = opened(source=[SOURCE | {"endpoint": ""}])
    assert [Source(*row).endpoint for row in reader.rows(Source)] == [None]


def test_headers_may_have_underscores_and_files_hyphens_or_underscores(opened: Open) -> None:
    underscored = {name.replace("-", "_"): value for name, value in PROVISION.items()}
    reader = opened(provision=[underscored], dataset_field=[{"dataset": "tree", "field": "name"}])
    [provision] = [Provision(*row) for row in reader.rows(Provision)]
    assert (provision.provision_reason, provision.as_at) == ("expected", None)
    assert [tuple(row) for row in reader.rows(DatasetField)] == [("tree", "name")]


def test_optional_files_that_are_absent_are_reported(opened: Open) -> None:
    reader = opened(dataset=[{"dataset": "tree", "name": "Tree"}])
    assert reader.missing == (
        "dataset-field.csv",
        "provision-reason.csv",
        "role-organisation.csv",
        "cohort.csv",
        "issue-type.csv",
        "boundaries",
    )
    assert Dataset in reader.provides
    assert not {IssueType, DatasetField, Boundary} & set(reader.provides)
    assert list(reader.rows(IssueType)) == []


@pytest.mark.parametrize("name", ["provision", "source", "endpoint"])
def test_a_required_file_that_is_absent_is_named(opened: Open, name: str) -> None:
    with pytest.raises(InputError, match=rf"{name}\.csv: is missing in the folder register"):
        opened(**{name: []})


def test_a_required_column_that_is_absent_is_named(opened: Open) -> None:
    source = {name: value for name, value in SOURCE.items() if name != "pipelines"}
    with pytest.raises(InputError, match=r"source\.csv: column 'pipelines' is missing"):
        opened(source=[source])


def test_fields_that_were_withdrawn_are_left_out(opened: Open) -> None:
    fields = [
        {"dataset": "tree", "field": name, "end-date": end}
        for name, end in (("name", ""), ("old", "2023-01-01"), ("going", "2030-01-01"))
    ]
    reader = opened(dataset_field=[*fields, fields[0]])
    assert [row[1] for row in reader.rows(DatasetField)] == ["name", "going"]


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("1905-05-27", "1974-04-01"),
        ("1905-06-17", "1995-04-01"),
        ("1905-06-20", "1998-04-01"),
        ("1905-06-07", ""),  # 1985
        ("1905-06-28", ""),  # 2006
        ("1905-05-26", "1905-05-26"),
        ("1905-06-29", "1905-06-29"),
        ("1889-01-01", "1889-01-01"),
        ("2024-02-30", "2024-02-30"),
        ("", ""),
    ],
)
def test_years_that_a_spreadsheet_took_for_days(text: str, repaired: str) -> None:
    assert repaired_date(text) == repaired


def test_such_years_are_repaired_wherever_the_registers_have_them(opened: Open) -> None:
    start = {"start-date": "1905-06-20"}
    role = {"role": "local-planning-authority", "organisation": "local-authority:AAA"} | start
    reader = opened(
        organisations=[ORGANISATION | start],
        provision=[PROVISION | start],
        role_organisation=[role],
    )
    for record in (Organisation, Provision, RoleOrganisation):
        [row] = reader.rows(record)
        assert row[record._fields.index("start_date")] == "1998-04-01"


def test_everyone_on_the_list_of_authorities_is_one(opened: Open) -> None:
    [row] = opened().rows(Organisation)
    organisation = Organisation(*row)
    assert (organisation.lpa, organisation.region) == ("1", "E12000001")
    assert organisation.members is None


SQUARE = [[[0.0, 51.0], [0.1, 51.0], [0.1, 51.1], [0.0, 51.0]]]


def feature(**changes: object) -> dict[str, object]:
    geometry = {"type": "Polygon", "coordinates": SQUARE, "bbox": [0, 0, 1, 1]}
    return {"type": "Feature", "id": "local-authority:AAA", "geometry": geometry} | changes


def test_boundaries_are_geometries_by_organisation(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    other = feature(id=7, properties={"organisation": "local-authority:BBB"})
    path.write_text(json.dumps({"features": [feature(), other, feature(geometry=None)]}))
    reader = opened(boundaries=path)
    rows = [Boundary(*row) for row in reader.rows(Boundary)]
    assert [row.organisation for row in rows] == ["local-authority:AAA", "local-authority:BBB"]
    assert json.loads(rows[0].geojson) == {"type": "Polygon", "coordinates": SQUARE}
    assert "boundaries" not in reader.missing
    assert reader.fingerprint != opened().fingerprint


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("\xff", "is not JSON"),
        ("[]", "has no list of features"),
        ('{"features": [1]}', "feature 1 is not an object"),
        (json.dumps({"features": [feature(id=None)]}), "feature 1 names no organisation"),
        (
            json.dumps(
                {"features": [feature(geometry={"type": "Polygon", "coordinates": [5e999]})]}
            ),
            "is not JSON",
        ),
    ],
)
def test_boundaries_that_are_none_are_refused(
    opened: Open, tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "areas.geojson"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=rf"areas\.geojson: .*{says}") as raised:
        opened(boundaries=path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point"},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": ["Polygon"], "coordinates": SQUARE},
        {"type": "Polygon", "coordinates": "a"},
        {"type": "Polygon", "coordinates": [[[1, "\\u0000"]]]},
        {"type": "Polygon", "coordinates": [[[True, 1]]]},
        {"type": "Polygon", "coordinates": [[[10**400, 1]]]},
        "POLYGON",
    ],
)
def test_a_boundary_that_is_no_area_does_not_keep_the_others_out(
    opened: Open, tmp_path: Path, geometry: object
) -> None:
    path = tmp_path / "areas.geojson"
    odd = feature(id="local-authority:BBB", geometry=geometry)
    path.write_text(json.dumps({"features": [odd, feature()]}))
    rows = [Boundary(*row) for row in opened(boundaries=path).rows(Boundary)]
    assert [row.organisation for row in rows] == ["local-authority:BBB", "local-authority:AAA"]
    assert rows[0].geojson == "null"
    assert json.loads(rows[1].geojson) == {"type": "Polygon", "coordinates": SQUARE}


def test_an_infinite_number_is_no_coordinate(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    text = json.dumps({"features": [feature()]}).replace("[[[", "[[[5e999, 1], [", 1)
    path.write_text(text)
    assert [Boundary(*row).geojson for row in opened(boundaries=path).rows(Boundary)] == ["null"]


def test_the_fingerprint_follows_what_is_read(opened: Open) -> None:
    first = opened().fingerprint
    assert opened().fingerprint == first
    assert opened(organisations=[ORGANISATION | {"name": "Birch"}]).fingerprint != first
    assert opened(source=[SOURCE | {"licence": ""}]).fingerprint != first
