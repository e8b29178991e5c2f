"""What the pages of a check are made of, without a store."""

from __future__ import annotations

import msgspec

from dashboard.components.check import cells, downloads, groups, words
from dashboard.components.check import columns as parts
from providers.checks.format import Column, Field, Row
from tests.support import check_result


def test_a_verdict_says_what_is_wrong_with_the_whole_file() -> None:
    base = check_result.summary()
    sentence = "Not ready: 3 things must be fixed: 1 of the whole file, 2 in 13 rows"
    assert words.verdict(base) == sentence
    rows, whole = base.groups[:2], base.groups[2:3]
    of_rows = msgspec.structs.replace(base, groups=rows)
    assert words.verdict(of_rows) == "Not ready: 2 things must be fixed, in 13 rows"
    of_file = msgspec.structs.replace(base, groups=whole, must_rows=0)
    assert words.verdict(of_file) == "Not ready: 1 thing must be fixed, of the whole file"
    ready = msgspec.structs.replace(base, groups=base.groups[3:], verdict="improve")
    assert words.verdict(ready) == "Ready, but 1 thing should be fixed, in 30 rows"


def test_a_row_of_brownfield_land_is_called_by_its_reference() -> None:
    fields = tuple(Field(name) for name in ("GeoX", "SiteReference"))
    columns = (Column("Site Reference", "SiteReference", "alias"), Column("GeoX", "GeoX", "name"))
    summary = msgspec.structs.replace(check_result.summary(), fields=fields, columns=columns)
    row = Row(1, 2, ("B1", "-0.1"), ("-0.1", "B1"))
    assert cells.reference(row, summary) == "B1"
    # What is refused is called by what the file has.
    assert cells.reference(Row(1, 2, ("B1", "-0.1"), ("-0.1", "")), summary) == "B1"


def test_a_column_with_the_name_of_its_field_was_matched_by_it() -> None:
    columns = (Column("Site_Reference", "SiteReference", "alias"),
               Column("OrganisationURI", "OrganisationURI", "alias"))  # fmt: skip
    summary = msgspec.structs.replace(check_result.summary(), columns=columns)
    page = str(parts.fields(summary, {0: "SiteReference", 1: "OrganisationURI"}, {}))
    assert page.count("Matched by its name") == 1
    assert page.count("Matched by another name it is known by") == 1


def test_of_a_complete_file_nothing_is_missed() -> None:
    summary = msgspec.structs.replace(
        check_result.summary(),
        fields=check_result.FIELDS[:4],
        columns=check_result.COLUMNS[:4],
        groups=(msgspec.structs.replace(check_result.GROUPS[4], rule="changed text"),),
    )
    section = str(downloads.section("x", summary))
    assert "not complete" not in section
    assert "leaves out" not in section
    assert "without double quotes" in section


def test_a_shape_is_cut_to_a_line_with_its_length() -> None:
    shape = "MULTIPOLYGON (((-0.1277 51.5035, -0.1262 51.5035, -0.1262 51.5044, -0.1277 51.5035)))"
    start, length = cells.short(shape).children
    assert start.children == shape[:32]
    assert length.children == f"… ({len(shape)} characters)"
    assert cells.short("Pointing (a lot)" * 4).children == "Pointing (a lot)" * 4


def test_the_first_rows_of_three_groups_are_in_sight() -> None:
    summary = check_result.summary()
    samples = {group.number: [check_result.row(1)] for group in summary.groups if group.rows}
    rungs = [groups.rung("x", summary, ladder, samples) for ladder in words.LADDER]
    folded = [str(rung).count("Show the first of these rows") for rung in rungs]
    assert folded == [0, 0, 1]
