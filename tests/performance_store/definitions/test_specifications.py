"""Requirement levels of fields: read right, and of fields that exist."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from performance_store.definitions.specifications import _FIELDS, _read, requirements
from performance_store.sample.specification import SPEC


def of(dataset: str, field: str) -> object:
    return next(item for item in requirements(dataset) if item.field == field)


def levels(dataset: str, level: str) -> list[str]:
    return [item.field for item in requirements(dataset) if item.level == level]


def test_levels_are_the_strictest_of_those_who_ask() -> None:
    assert levels("conservation-area", "required") == ["reference", "name", "geometry"]
    brownfield = levels("brownfield-land", "required")
    assert len(brownfield) == 14
    assert "OrganisationURI" in brownfield  # should, but the check insists
    assert levels("brownfield-land", "should") == [
        *("PermissionType", "PermissionDate", "PlanningHistory", "HazardousSubstances")
    ]
    assert levels("brownfield-land", "optional") == ["Notes", "EndDate"]
    assert levels("plan-timetable", "if_applies") == ["actual-date"]


def test_a_word_says_everything_of_a_field() -> None:
    rights = of("article-4-direction-area", "permitted-development-rights")
    assert rights == _read("permitted-development-rights:CV[]>permitted-development-right")
    assert (rights.column, rights.value, rights.several) == (True, True, True)  # type: ignore[attr-defined]
    assert rights.refers_to == "permitted-development-right"  # type: ignore[attr-defined]
    assert of("tree", "point").instead == "geometry"  # type: ignore[attr-defined]
    end = of("local-plan", "period-end-date")
    assert (end.column, end.value, end.published) == (True, False, "must")  # type: ignore[attr-defined]


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="not a requirement"):
        _read("name:CX")


def test_datasets_without_known_levels_have_none() -> None:
    assert requirements("flood-risk-zone") == ()
    assert requirements("") == ()


@pytest.mark.parametrize("dataset", _FIELDS)
def test_fields_are_those_of_the_sample(dataset: str) -> None:
    """Two lists, written apart: a slip in either shows."""
    names = [item.field for item in requirements(dataset)]
    assert len(names) == len(set(names))
    # The pipeline adds points; two fields are newer than the programme's count.
    others = set() if dataset == "tree" else {"point"}
    if dataset == "listed-building-outline":
        others |= {"description", "uprns"}
    assert set(names) == set(SPEC[dataset].fields) - others
    assert set(SPEC[dataset].required) <= set(levels(dataset, "required"))


@pytest.mark.data
def test_each_list_is_as_long_as_the_weekly_report_counts_it(shared_data: Path) -> None:
    """One list for the platform's listing and the programme's report, so that both say the same
    of one authority."""
    with (shared_data / "snapshots" / "odp-conformance_2025-04-02.csv").open() as file:
        totals = {(row["dataset"], int(float(row["field"]))) for row in csv.DictReader(file)}
    assert len(totals) == 8
    assert totals == {(dataset, len(requirements(dataset))) for dataset, _ in totals}
