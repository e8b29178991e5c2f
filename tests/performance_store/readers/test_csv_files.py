"""A CSV file is read whole or refused with one line that says where and what to do."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from performance_store.readers.csv_files import (
    MAX_FILE_BYTES,
    MAX_LINE_BYTES,
    CsvFile,
    check_folder,
    iso_date,
    not_whole,
    plain_organisation,
    whole_number,
)
from performance_store.readers.stream import InputError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "input.csv"


def read(path: Path) -> list[dict[str, str]]:
    return [row for _, row in CsvFile(path, ("a", "end_date"), ("c",)).rows()]


def refuse(path: Path, says: str) -> None:
    with pytest.raises(InputError, match=rf"^input\.csv.*{says}") as raised:
        read(path)
    assert "\n" not in str(raised.value)
    assert str(path.parent) not in str(raised.value)


def test_asked_columns_are_given_and_others_ignored(path: Path) -> None:
    path.write_text("b,End-Date , a\n1, 2 ,3\n\n,,\n4,5,'6'\n")
    assert read(path) == [
        {"a": "3", "end_date": "2", "c": ""},
        {"a": "'6'", "end_date": "5", "c": ""},
    ]


@pytest.mark.parametrize(
    "contents",
    [
        b"\xef\xbb\xbfa,end_date\n1,2\n",
        b"\xef\xbb\xbfa,end_date\r\n1,2\r\n",
        b'"a","end_date"\r\n"1","2"',
    ],
)
def test_marks_line_ends_and_quotes_do_not_matter(path: Path, contents: bytes) -> None:
    path.write_bytes(contents)
    assert read(path) == [{"a": "1", "end_date": "2", "c": ""}]


def test_a_value_may_hold_a_comma_and_a_line_end(path: Path) -> None:
    path.write_text('a,end_date\n"1,\n1",2\n3\n')
    file = CsvFile(path, ("a",))
    rows = file.rows()
    assert next(rows) == (3, {"a": "1,\n1"})
    with pytest.raises(InputError, match="line 4: 1 values under 2 columns"):
        next(rows)


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        (b"", "the file is empty"),
        (b"a,c\n1,2\n", "column 'end_date' is missing"),
        (b"a;end_date\n1;2\n", "column 'a' is missing"),
        (b"a,end_date,end-date\n1,2,3\n", "column 'end_date' occurs more than once"),
        (b"a,end_date\n1,2\n3\n", "line 3: 1 values under 2 columns"),
        (b"a,end_date\n1,2,3\n", "line 2: 3 values under 2 columns"),
        (b"\xe9,a,end_date\n1,2,3\n", "line 1: is not UTF-8 .byte 0xe9."),
        ("a,end_date\n1,2\n".encode("utf-16"), "line 1: is not"),
        (b"a,end_date\0\n1,2\n", "line 1: is not text"),
        (b"SQLite format 3\0\x10\0\x01", "line 1: is not text"),
        (b'a,end_date\n"1"2,3\n', "after line 1: is not well-formed CSV"),
        (b'a,end_date\n1,2\n"3,4\n5,6\n', "after line 2: is not well-formed CSV"),
        (b"a,end_date\n1," + b"2" * MAX_LINE_BYTES, "line 2: is not text"),
    ],
)
def test_what_is_wrong_is_named(path: Path, contents: bytes, says: str) -> None:
    path.write_bytes(contents)
    refuse(path, says)


def test_a_huge_sparse_file_is_refused_at_once(path: Path) -> None:
    path.write_bytes(b"a,end_date\n")
    os.truncate(path, 10 * MAX_FILE_BYTES)
    refuse(path, "bytes long")


def test_what_is_no_file_is_refused(path: Path) -> None:
    refuse(path, "there is no such file")
    path.mkdir()
    refuse(path, "is not a file")


def test_a_pipe_is_refused_without_waiting(path: Path) -> None:
    os.mkfifo(path)
    refuse(path, "is not a file")


def test_a_file_that_may_not_be_read_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path.write_text("a,end_date\n")
    monkeypatch.setattr(Path, "open", denied)  # root may read whatever its mode
    refuse(path, "cannot be read .Permission denied.")


def test_a_folder_is_listed_by_name(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).touch()
    assert [entry.name for entry in check_folder(tmp_path)] == ["a", "b"]
    with pytest.raises(InputError, match="is not a folder"):
        check_folder(tmp_path / "a")


def test_an_odd_row_is_left_out_or_mended_and_the_rest_is_read(path: Path) -> None:
    """A file with one such row was refused as a whole, so that one letter in another encoding, or
    one cell pasted over, stopped a night: now it is told by line and column, and costs no more."""
    lines = [
        *(b"a,name,count", b"1,caf\xe9,2", b"\xe9,x,3", b"4\0,x,4", b"5,a\0b,5", b"6,x,6.5"),
        *(b"7," + b"x" * 200_000 + b",7", b"8" * 6000 + b",x,8", b"9,x,1000", b"10,\xc3\xa9,10"),
    ]
    path.write_bytes(b"\n".join(lines))
    mark = "\N{REPLACEMENT CHARACTER}"
    file = CsvFile(path, ("a", "name", "count"), (), {"count": 999})
    rows = [(line, row["a"], row["name"][:9], row["count"]) for line, row in file.rows()]
    assert rows == [
        (2, "1", f"caf{mark}", "2"),
        (5, "5", f"a{mark}b", "5"),
        (6, "6", "x", ""),
        (7, "7", "x" * 9, "7"),
        (9, "9", "x", ""),
        (10, "10", "é", "10"),
    ]
    byte = "holds a NUL or a byte that is not UTF-8"
    assert [refusal[:3] for refusal in file.refusals()] == [
        ("input.csv", 2, f"name {byte}: read with a mark in its place"),
        ("input.csv", 3, f"a {byte}"),
        ("input.csv", 4, f"a {byte}"),
        ("input.csv", 5, f"name {byte}: read with a mark in its place"),
        ("input.csv", 6, "count is '6.5', not a whole number up to 999: read as blank"),
        ("input.csv", 8, "a is longer than 300 letters"),
        ("input.csv", 9, "count is '1000', not a whole number up to 999: read as blank"),
    ]


@pytest.mark.parametrize(
    ("text", "number"), [("", None), ("0.0", 0), ("75", 75), ("75.0", 75), ("7.", 7)]
)
def test_whole_numbers_may_be_written_as_floats(text: str, number: int | None) -> None:
    assert whole_number(text, 100) == number


@pytest.mark.parametrize(
    "text", ["7.5", "-1", "+1", "1e3", "inf", "NaN", "1,000", "٣", "9" * 10, "x" * 100, "101"]
)
def test_other_numbers_are_none(text: str) -> None:
    assert whole_number(text, 100) is None
    assert len(not_whole(text, 100)) < 200


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-01-22", date(2025, 1, 22)),
        ("2025-01-22T10:00:00Z", date(2025, 1, 22)),
        ("2025-02-30", None),
        ("2025-W01-1", None),
        ("20250122", None),
        ("22/01/2025", None),
        ("", None),
    ],
)
def test_the_first_ten_characters_are_the_date(text: str, day: date | None) -> None:
    assert iso_date(text) == day


def test_only_the_prefix_of_an_organisation_is_rewritten() -> None:
    assert plain_organisation("local-authority-eng:AAA") == "local-authority:AAA"
    assert plain_organisation("local-authority:AAA-eng:B") == "local-authority:AAA-eng:B"
    assert plain_organisation("company:1") == "company:1"


@pytest.mark.parametrize("how", ["exchanged", "written to"])
def test_a_file_is_read_in_one_edition(tmp_path: Path, how: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("one\n1\n", encoding="utf-8")
    file = CsvFile(path, ["one"])
    assert [row["one"] for _, row in file.rows()] == ["1"]
    other = path if how == "written to" else tmp_path / "b.csv"
    other.write_text("one\n1\n2\n", encoding="utf-8")
    other.replace(path)
    with pytest.raises(InputError, match=r"a\.csv: was exchanged or written to"):
        list(file.rows())
