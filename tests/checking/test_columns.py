"""Which column is taken for which field."""

from __future__ import annotations

from checking.columns import Match, columns_of, dropped, match_columns, missing_columns
from checking.specification import specification

AREA = specification("conservation-area")
TREE = specification("tree")


def fields_of(*columns: str, mapping: dict[str, str] | None = None) -> dict[str, str | None]:
    return {match.column: match.field for match in match_columns(columns, AREA, mapping=mapping)}


def test_spellings_of_a_name() -> None:
    fields = fields_of("REFERENCE", "Start_Date", "Start Date", "notes (optional)")

    assert fields == {
        "REFERENCE": "reference",
        "Start_Date": "start-date",
        "Start Date": None,
        "notes (optional)": None,
    }


def test_an_alias_beats_the_fields_own_column() -> None:
    matches = match_columns(("documentation-url", "url"), AREA)

    assert columns_of(matches) == {"documentation-url": ("url",)}
    assert dropped(matches, AREA) == {"documentation-url": "documentation-url"}


def test_of_two_columns_the_later_spelling_wins() -> None:
    matches = match_columns(("start_date", "Start_Date"), AREA)

    assert columns_of(matches) == {"start-date": ("Start_Date", "start_date")}


def test_a_persons_mapping_comes_first() -> None:
    fields = fields_of(
        "ID", "wkt", "Shape", "name", mapping={"Shape": "geometry", "name": "IGNORE"}
    )

    assert fields == {"ID": None, "wkt": None, "Shape": "geometry", "name": None}


def test_ignored_columns_say_so() -> None:
    assert match_columns(("organisation",), AREA) == (Match("organisation", None, "ignored"),)


def test_a_trees_shapes_are_points_unless_they_are_polygons() -> None:
    assert columns_of(match_columns(("WKT",), TREE)) == {"point": ("WKT",)}
    assert columns_of(match_columns(("WKT",), TREE, kind="polygon")) == {"geometry": ("WKT",)}


def test_missing_columns() -> None:
    assert missing_columns(match_columns(("Ward",), AREA), AREA) == (
        "geometry",
        "name",
        "reference",
    )
    assert missing_columns(match_columns(("reference",), TREE), TREE) == (
        "geometry",
        "point",
    )
    assert missing_columns(match_columns(("reference", "geometry"), TREE), TREE) == ()


def test_a_fields_own_name_is_no_other_name_for_it() -> None:
    matches = match_columns(
        ("SiteReference", "organisationuri", "Site_Name"), specification("brownfield-land")
    )

    assert {match.column: match.how for match in matches} == {
        "SiteReference": "name",
        "organisationuri": "name",
        "Site_Name": "unused",
    }
