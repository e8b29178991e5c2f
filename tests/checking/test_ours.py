"""What we say and the platform does not, and what is said of a file as a whole."""

from __future__ import annotations

import pytest

from checking.model import CannotRead, Choices, Entity, Held
from tests.support.check_files import check

SQUARE = "POLYGON((-1.15 52.95,-1.14 52.95,-1.14 52.96,-1.15 52.96,-1.15 52.95))"
ELSEWHERE = "POLYGON((-1.25 52.95,-1.24 52.95,-1.24 52.96,-1.25 52.96,-1.25 52.95))"
BOUNDARY = "POLYGON((-1.2 52.9,-1.1 52.9,-1.1 53,-1.2 53,-1.2 52.9))"


def areas(*references: str, **columns: list[str]) -> dict[str, list[str]]:
    count = len(references)
    return {
        "reference": list(references),
        "name": ["Mill Lane"] * count,
        "geometry": [SQUARE] * count,
        **{name.replace("_", "-"): cells for name, cells in columns.items()},
    }


def test_a_reference_used_again_names_the_other_rows() -> None:
    columns = areas("A", "A", "A", entry_date=["2024-01-01", "2024-02-01", "2024-02-01"])

    outcome = check(columns, "conservation-area")

    assert outcome.cells("reference used again") == [(1, "A", "Also in rows 3, 4")]
    assert outcome.cells("reference values are not unique") == [
        (2, "A", "Also in row 4"),
        (3, "A", "Also in row 3"),
    ]


def test_a_coordinate_system_that_a_person_names_is_used() -> None:
    # Metres of UTM zone 30, which nobody would take for England's.
    square = "POLYGON((624279 5868000,624379 5868000,624379 5868100,624279 5868000))"
    columns = {**areas("A"), "geometry": [square]}

    assert check(columns, "conservation-area").values("geometry") == [""]

    outcome = check(columns, "conservation-area", choices=Choices(crs=32630))
    assert outcome.values("geometry")[0].startswith("MULTIPOLYGON (((-1.1")
    assert "EPSG:32630" in outcome.result.recognised.sentence


def test_a_coordinate_system_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CannotRead, match="EPSG:9999") as error:
        check(areas("A"), "conservation-area", choices=Choices(crs=9999))
    assert error.value.code == "crs"


def test_links_to_what_the_platform_does_not_hold() -> None:
    platform = Held(references={"tree-preservation-order": frozenset({"T1"})})
    columns = {"reference": ["1", "2", "3"], "tree-preservation-order": ["T1", "T2", ""]}

    outcome = check(columns, "tree", platform)

    assert outcome.cells("unknown reference") == [(2, "T2", "")]
    assert not outcome.passed("unknown reference")


def test_links_that_are_not_known_are_not_judged() -> None:
    outcome = check({"reference": ["1"], "tree-preservation-order": ["T1"]}, "tree")

    assert outcome.group("unknown reference") is None
    assert not outcome.passed("unknown reference")


def test_beside_what_the_platform_holds() -> None:
    platform = Held(
        entities=(
            Entity("same", "2024-01-01", SQUARE),
            Entity("dated", "2023-01-01", SQUARE),
            Entity("moved", "2024-01-01", ELSEWHERE),
            Entity("gone", "2020-01-01"),
        )
    )
    columns = areas("same", "dated", "moved", "new", entry_date=["2024-01-01"] * 4)

    comparison = check(columns, "conservation-area", platform).result.comparison

    assert comparison is not None
    assert (comparison.new, comparison.changed, comparison.same) == (1, 2, 1)
    assert comparison.gone_references == ("gone",)


def test_without_the_platform_nothing_is_compared() -> None:
    assert check(areas("A"), "conservation-area").result.comparison is None


def test_outside_the_authority() -> None:
    columns = areas("A", "B") | {"geometry": [SQUARE, ELSEWHERE]}

    outcome = check(columns, "conservation-area", Held(boundary=BOUNDARY))

    assert [entry for entry, _, _ in outcome.cells("outside authority")] == [2]
    assert outcome.result.boundary is not None


def test_two_columns_for_one_field() -> None:
    columns = areas("A", "B") | {"Start_Date": ["2001-01-01", ""], "start_date": ["", "2002-02-02"]}

    outcome = check(columns, "conservation-area")

    assert outcome.cells("two columns for one field") == [(1, "2001-01-01", "")]
    assert outcome.values("start-date") == ["", "2002-02-02"]


def test_a_column_that_an_alias_hides() -> None:
    columns = areas("A") | {"documentation-url": ["https://a.gov.uk/1"], "url": [""]}

    outcome = check(columns, "conservation-area")

    assert outcome.cells("column dropped") == [(1, "https://a.gov.uk/1", "")]


def test_a_column_of_which_nothing_is_left_must_be_put_right() -> None:
    outcome = check(areas("A", "B", start_date=["June", "July"]), "conservation-area")

    group = outcome.group("invalid date")
    assert group is not None
    assert group.ladder == "must"
    assert outcome.result.verdict == "not-ready"


def test_only_what_had_something_to_look_at_passes() -> None:
    columns = areas("A", "B", start_date=["2001-01-01", ""], end_date=["", ""])

    passed = {
        (line.rule, line.field): line.rows
        for line in check(columns, "conservation-area").result.passed
    }

    assert passed["invalid date", "start-date"] == 1
    assert ("invalid date", "end-date") not in passed
    assert ("outside authority", "geometry") not in passed
    assert ("duplicate geometry", "geometry") not in passed
    assert passed["reference values are not unique", "reference"] == 2


def test_verdicts() -> None:
    assert check(areas("A"), "conservation-area").result.verdict == "ready"
    assert check(areas("A", "A"), "conservation-area").result.verdict == "not-ready"
    assert check(areas("A", "B"), "conservation-area").result.verdict == "improve"
    assert check({"reference": []}, "conservation-area").result.verdict == "empty"


def test_rows_of_the_verdict_are_counted_once() -> None:
    columns = areas("A", "A", start_date=["x", "2001-01-01"], end_date=["x", "2001-01-01"])

    result = check(columns, "conservation-area").result

    assert (result.must_rows, result.should_rows) == (2, 2)


def test_a_missing_column_has_no_rows() -> None:
    group = check({"name": ["A"]}, "conservation-area").group("missing column", "reference")

    assert group is not None
    assert (group.ladder, group.count, group.rows) == ("must", 1, 0)


def test_blank_rows_are_skipped_and_counted() -> None:
    columns = areas("A", "", "B") | {"name": ["x", "-", "y"], "geometry": [SQUARE, "N/A", SQUARE]}

    outcome = check(columns, "conservation-area")

    assert outcome.result.rows_skipped == 1
    assert [(row[0], row[1]) for row in outcome.rows] == [(1, 2), (2, 4)]


def test_brownfield_coordinates_become_degrees() -> None:
    columns = {"SiteReference": ["B1", "B2"], "GeoX": ["530,800", ""], "GeoY": ["175,200", ""]}

    outcome = check(columns, "brownfield-land")

    assert outcome.values("GeoX")[1] == ""
    assert outcome.values("GeoX")[0].startswith("-0.118")
    assert outcome.group("invalid WKT", "GeoX,GeoY") is not None


def test_fields_that_have_no_column_come_last_and_are_blank() -> None:
    outcome = check(areas("A"), "conservation-area")

    fields = outcome.result.fields
    missing = [item.is_missing for item in fields]
    assert missing == sorted(missing)
    assert outcome.values("notes") == [""]


def test_unused_columns_are_given_likely_fields() -> None:
    columns = areas("A") | {"Start Date": ["2001-01-01"], "Ward": ["Castle"]}

    by_name = {c.column: c for c in check(columns, "conservation-area").result.columns}

    assert by_name["Start Date"].how == "unused"
    assert by_name["Start Date"].suggestions[0] == "start-date"
    assert by_name["Start Date"].examples == ("2001-01-01",)
    assert by_name["name"].suggestions == ()


def test_where_one_column_of_two_is_enough_it_is_said() -> None:
    outcome = check({"reference": ["A"]}, "tree")

    for field in ("point", "geometry"):
        group = outcome.group("missing column", field)
        assert group is not None
        assert group.advice.endswith("Of point and geometry one is enough.")


def test_a_column_that_the_platform_asks_for_and_does_not_know_is_taken() -> None:
    """The platform wants a column `datasets` of plans, and misses it even where it is there, as
    its schema has no such field."""
    without, there = ({"reference": ["A"]} | extra for extra in ({}, {"datasets": ["local-plan"]}))

    assert check(without, "local-plan").group("missing column", "datasets")
    assert not check(there, "local-plan").group("missing column", "datasets")


def test_a_corrected_file_with_a_blank_column_of_points_has_no_findings() -> None:
    columns = areas("A", "B") | {"geometry": [SQUARE, ELSEWHERE], "point": ["", ""]}
    first = check(columns, "conservation-area")
    corrected = {
        field.field: first.values(field.field)
        for field in first.result.fields
        if not field.is_missing
    }

    assert first.result.groups == ()
    assert check(corrected, "conservation-area").result.groups == ()


def test_a_place_drawn_twice_is_said_of_the_column_that_draws_it() -> None:
    outcome = check(areas("A", "B", point=["", ""]), "conservation-area")

    assert outcome.group("duplicate geometry", "geometry")


def test_a_file_of_a_header_only_is_empty_and_misses_its_columns() -> None:
    outcome = check({"reference": []}, "conservation-area")

    assert outcome.result.verdict == "empty"
    assert [(group.rule, group.field) for group in outcome.result.groups] == [
        ("missing column", "geometry"),
        ("missing column", "name"),
    ]


def test_a_shape_within_another_is_not_called_the_same_place() -> None:
    within = "POLYGON((-1.148 52.952,-1.142 52.952,-1.142 52.958,-1.148 52.958,-1.148 52.952))"

    outcome = check(areas("A", "B") | {"geometry": [SQUARE, within]}, "conservation-area")

    assert outcome.group("duplicate geometry") is None
    assert outcome.cells("shape within another") == [
        (1, "", "Has within it the shape of row 3"),
        (2, "", "Lies within the shape of row 2"),
    ]
