"""Conformance is measured against one list of fields a dataset, whatever figures are made of."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import Engine

from performance_store.definitions.specifications import requirements
from tests.support.build import PlatformFile, Store

pytestmark = [pytest.mark.data, pytest.mark.postgres]


@pytest.fixture
def store(engine: Engine) -> Store:
    return Store(engine)


@pytest.fixture
def file(tmp_path: Path, shared_data: Path) -> PlatformFile:
    """A platform's file with the real register of fields."""
    file = PlatformFile(tmp_path)
    with (shared_data / "register" / "dataset-field.csv").open() as register:
        for row in csv.DictReader(register):
            file.add("dataset_field", dataset=row["dataset"], field=row["field"])
    return file


def test_the_programmes_datasets_have_as_many_fields_as_in_the_weekly_report(
    store: Store, file: PlatformFile, shared_data: Path
) -> None:
    with (shared_data / "snapshots" / "odp-conformance_2025-04-02.csv").open() as report:
        totals = {row["dataset"]: int(float(row["field"])) for row in csv.DictReader(report)}
    assert len(totals) == 8
    for dataset in totals:
        file.provision(dataset).endpoint(dataset, dataset).answer(dataset, resource=dataset)
        # What the platform adds, or once asked for, is not counted as supplied either.
        for field in ("reference", "organisation", "wikidata", "legislation", "tree-species"):
            file.add("column_field", dataset=dataset, resource=dataset, column=field, field=field)
    store.load(file)
    cells = {dataset: store.cell(dataset) for dataset in totals}
    assert {dataset: row.fields_total for dataset, row in cells.items()} == totals
    assert {row.fields_supplied for row in cells.values()} == {1}


def test_names_of_the_pipeline_count_as_fields_of_the_brownfield_standard(
    store: Store, file: PlatformFile
) -> None:
    """Twenty fields, though the register has forty-five names for them."""
    file.provision("brownfield-land").endpoint("b", "brownfield-land").answer("b", resource="b")
    columns = (
        *(("SiteReference", "reference"), ("Eastings,Northings", "point")),
        *(("hectares", "hectares"), ("OrganisationLabel", "OrganisationLabel")),
    )
    for column, field in columns:
        file.add(
            "column_field", dataset="brownfield-land", resource="b", column=column, field=field
        )
    store.load(file)
    row = store.cell("brownfield-land")
    assert row.fields_total == len(requirements("brownfield-land")) == 20
    # The reference, the area, and an easting and a northing that came as a point.
    assert (row.fields_supplied, row.fields_matched) == (4, 4)
