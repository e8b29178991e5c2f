"""The shipped tables are the published ones, and say what a check needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from checking.specification import (
    DATA,
    UnknownDataset,
    allowed_values,
    datasets,
    specification,
)
from tools.check_tables import tables


def test_the_tables_are_those_that_the_tool_makes(shared_data: Path) -> None:
    for name, content in tables(shared_data).items():
        assert (DATA / name).read_bytes() == content, name


def test_every_dataset_has_fields() -> None:
    for dataset in datasets():
        assert specification(dataset).fields, dataset


def test_an_unknown_dataset_is_refused() -> None:
    with pytest.raises(UnknownDataset):
        specification("castle")


def test_a_tree_needs_a_point_or_a_geometry() -> None:
    assert specification("tree").fields["point"].one_of == ("point", "geometry")


def test_values_with_a_register() -> None:
    assert "1A" in allowed_values("permitted-development-right")
    assert allowed_values("plan-event") == ()
