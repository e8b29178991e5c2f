"""Issue pages' own parts: words for rows, values made visible, values on the map."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.components.provider import issue_rows, places
from dashboard.components.words.issue_texts import BY_TYPE
from dashboard.components.words.issue_words import issue_words, row_heading
from dashboard.web.prerender import text_of, to_html
from performance_store.rows import IssueFile, IssueRow, Place


@pytest.mark.parametrize("issue_type", sorted(BY_TYPE))
def test_every_type_is_said_of_one_row_of_some_and_of_all(issue_type: str) -> None:
    words = issue_words(issue_type)
    one, some, every = (row_heading(words, rows, rows, 12) for rows in (1, 5, 12))
    assert one.startswith("1 row ")
    assert some.startswith("5 rows ")
    assert every.startswith("All 12 rows ")
    assert every == some.replace("5 rows", "All 12 rows")
    verb = some.split()[2]
    assert verb in ("have", "point", "name"), "the verb goes with many rows"
    assert one.split()[2] == {"have": "has"}.get(verb, f"{verb}s")
    assert words.why.endswith(".")
    for step in words.steps:
        assert step.endswith("."), step
    # Either there is something to do, and where the file goes, or it is said that there is not.
    assert words.steps or words.remedy.startswith("Nothing to do")


def test_a_single_record_and_issues_told_twice_are_not_all_rows() -> None:
    words = issue_words("invalid date")
    assert row_heading(words, 1, 1, 1) == "1 row has a date that cannot be read"
    assert row_heading(words, 1234, 1234, None) == "1,234 rows have a date that cannot be read"
    assert row_heading(words, 13, 14, 12) == "13 rows have a date that cannot be read"


def test_where_rows_are_not_known_the_heading_counts_problems() -> None:
    heading = row_heading(issue_words("invalid date"), None, 1234, 1234)
    assert heading == "A date cannot be read: 1,234 problems"


def test_a_type_never_seen_has_neutral_words_and_still_a_way_on() -> None:
    words = issue_words("odd_new thing")
    assert row_heading(words, 2, 2, 9) == "2 rows have the issue “odd new thing”"
    assert "do not have a description" in words.why
    assert len(words.steps) == 3


def issue(value: str | None, length: int | None = None) -> IssueRow:
    letters = len(value or "") if length is None else length
    return IssueRow(1, "abc", 2, None, None, value, None, letters, None)


@pytest.mark.parametrize(
    ("value", "visible"),
    [
        (" a b ", "␣a b␣"),
        ("a\nb\tc", "a↵b⇥c"),
        ("\u00a0a", "␣a"),
        ("a\x00b\u202ec", "a�b�c"),
        ("Llanŵryd ŷ â", "Llanŵryd ŷ â"),
        ("   ", "␣␣␣"),
    ],
)
def test_what_cannot_be_seen_in_a_value_is_made_visible(value: str, visible: str) -> None:
    assert issue_rows.visible(value) == visible


def test_a_value_is_text_marked_and_cut() -> None:
    assert "&lt;b&gt;x" in to_html(issue_rows.marked_value(issue("<b>x</b>")))
    assert ">blank<" in to_html(issue_rows.marked_value(issue(None)))
    long = to_html(issue_rows.marked_value(issue("9" * 500, 12_345)))
    assert "9" * 160 + "…" in long
    assert "9" * 161 not in long
    assert "of 12,345 letters, the first 160" in long


def test_columns_with_nothing_in_them_are_left_out() -> None:
    markup = to_html(issue_rows.table([issue("x")], "file", lambda to: f"?sort={to}"))
    assert "Line" in markup
    assert "What the check said" not in markup
    assert "On the platform" not in markup
    assert 'aria-sort="ascending"' in markup
    assert 'href="?sort=file-reversed"' in markup
    assert 'href="?sort=value"' in markup


# Places and their coordinates as the national mapping agency gives them, to the kilometre.
@pytest.mark.parametrize(
    ("longitude", "latitude", "east", "north"),
    [
        (-0.0015, 51.4779, 538.9, 177.3),  # Greenwich Observatory
        (-1.6178, 54.9783, 424.5, 564.9),  # Newcastle upon Tyne
        (-5.7160, 50.0660, 134.2, 25.0),  # Land's End
    ],
)
def test_degrees_are_put_on_the_national_grid(
    longitude: float, latitude: float, east: float, north: float
) -> None:
    point = places.point_of(f"{longitude},{latitude}", "WGS84 out of bounds")
    assert point is not None
    assert point[0] / 1000 == pytest.approx(east, abs=4)
    assert point[1] / 1000 == pytest.approx(north, abs=4)


@pytest.mark.parametrize(
    ("value", "issue_type", "expected"),
    [
        ("530000,180000", "OSGB", (530_000, 180_000)),
        ("180000 530000", "OSGB flipped", (530_000, 180_000)),
        ("POINT (530000 180000)", "OSGB", (530_000, 180_000)),
        ("MULTIPOLYGON (((530000 180000, 1 2)))", "OSGB", (530_000, 180_000)),
        ("12 Sept", "invalid date", None),
        ("2025-03-04", "invalid date", None),
        ("", "OSGB", None),
        (None, "OSGB", None),
        ("530000", "OSGB", None),
    ],
)
def test_a_value_is_a_place_or_it_is_not(
    value: str | None, issue_type: str, expected: tuple[float, float] | None
) -> None:
    assert places.point_of(value, issue_type) == expected


def test_other_ways_to_write_a_place_come_to_the_same() -> None:
    plain = places.point_of("-1.6178,54.9783", "WGS84 out of bounds of England")
    flipped = places.point_of("54.9783,-1.6178", "WGS84 flipped")
    mercator = places.point_of("-180092.7,7355938.1", "Mercator")
    assert plain is not None
    assert flipped == plain
    assert mercator == pytest.approx(plain, abs=2_000)
    # Put right already by whoever reported it: left as it is.
    assert places.point_of("-1.6178,54.9783", "WGS84 flipped") == plain


def test_the_map_says_how_many_places_it_cannot_show() -> None:
    authorities = [Place(f"a:{n}", -2 + n / 30, 50.5 + n / 10) for n in range(30)]
    assert places.locator(["text"], "OSGB", authorities, "a:1") is None
    assert places.locator(["-1.5,52"], "OSGB", authorities[:19], "a:1") is None
    point = places.locator(["-1.5,52", "100,80", "x"], "WGS84 out of bounds", authorities, "a:1")
    assert point is not None
    picture, sentence = point
    assert sentence == "2 places on this page of rows, 1 of them outside this map."
    markup = to_html(picture)
    assert markup.count("locator-cross") == 1
    assert markup.count("locator-here") == 1


def test_rows_of_several_files_say_which_they_are_in() -> None:
    files = [IssueFile("abc", "https://a.example/1.csv"), IssueFile("def", None)]
    rows = [issue("x"), replace(issue("y"), resource="def")]
    page = text_of(issue_rows.table(rows, "file", str, files))
    assert "File Line" in page
    assert "1 2 x 2 2 y" in page
    words = text_of(issue_rows.file_list(files))
    assert words == "These rows are in two files: https://a.example/1.csv def"
    # One file needs no numbers.
    assert "File" not in text_of(issue_rows.table(rows[:1], "file", str, files[:1]))
    assert text_of(issue_rows.file_list(files[:1])) == "The file is https://a.example/1.csv ."
    assert issue_rows.file_list(()) is None
