"""Tables of text in every dialect that people save."""

from __future__ import annotations

from pathlib import Path

import pytest

from checking.model import CannotRead, Choices
from checking.reading import RECOGNISE, limits, open_file, sentence

NAMES = frozenset({"reference", "name", "start-date"})


def table(folder: Path, content: bytes | str, choices: Choices = RECOGNISE):
    """What a file is recognised as, its rows by line, and what was broken."""
    path = folder / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    rows, broken = {}, []
    with open_file(path, choices=choices, names=NAMES) as source:
        for chunk in source.chunks(2):
            broken += chunk.broken
            cells = zip(*chunk.columns.values(), strict=True)
            rows |= dict(zip(chunk.lines.tolist(), cells, strict=True))
        return source.recognition, rows, broken


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_recognised(tmp_path, delimiter):
    text = f'reference,name\nA1,"Mill, {delimiter} Lane"\n'.replace(",", delimiter)
    text = text.replace(f'"Mill{delimiter}', '"Mill,')
    recognition, rows, _ = table(tmp_path, text)
    assert recognition.delimiter == delimiter
    assert recognition.columns == ("reference", "name")
    assert rows == {2: ("A1", f"Mill, {delimiter} Lane")}


@pytest.mark.parametrize(
    ("codec", "label"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_the_encoding_is_recognised(tmp_path, codec, label):
    recognition, rows, _ = table(tmp_path, "reference,name\r\nA1,Café £200\r\n".encode(codec))
    assert recognition.encoding == label
    assert rows == {2: ("A1", "Café £200")}


def test_a_stray_byte_does_not_spoil_the_rest_of_a_file_in_utf8(tmp_path):
    content = "reference,name\nA1,Café Zoë\nA2,Møn\n".encode() + b"A3,\xa35\n"
    recognition, rows, _ = table(tmp_path, content)
    assert rows == {2: ("A1", "Café Zoë"), 3: ("A2", "Møn"), 4: ("A3", "£5")}
    assert recognition.notes == ("Some bytes are not UTF-8: they were read as Windows-1252.",)


def test_the_encoding_can_be_corrected(tmp_path):
    recognition, rows, _ = table(
        tmp_path, "reference,name\nA1,Café\n".encode("cp1252"), Choices(encoding="mac-roman")
    )
    assert rows == {2: ("A1", "CafÈ")}
    assert recognition.encoding == "Mac Roman"


@pytest.mark.parametrize("encoding", ["nonsense", "zip", "\0", "utf-8"])
def test_an_encoding_that_is_none_or_does_not_fit_is_refused(tmp_path, encoding):
    with pytest.raises(CannotRead) as error:
        table(tmp_path, b"reference,name\nA1,Caf\xe9\n", Choices(encoding=encoding))
    assert error.value.code == "encoding"


def test_the_header_is_found_below_a_title_and_said(tmp_path):
    text = "Conservation areas 2026\n\nReference;Name;Start date\nA1;Mill Lane;2001\n"
    recognition, rows, _ = table(tmp_path, text.encode("cp1252"))
    assert recognition.header_row == 3
    assert recognition.columns == ("Reference", "Name", "Start date")
    assert rows == {4: ("A1", "Mill Lane", "2001")}
    assert sentence(recognition, 1204) == "semicolon-separated, UTF-8, header in row 3, 1,204 rows"
    assert "stand in row 3" in recognition.notes[0]


def test_a_title_is_told_from_a_header_without_names_to_match(tmp_path):
    recognition, rows, _ = table(tmp_path, "A title\nfoo,bar\n1,2\n")
    assert recognition.columns == ("foo", "bar")
    assert rows == {3: ("1", "2")}


@pytest.mark.parametrize("row", ["CA1,Mill Lane", "7,x", "x,2001-05-01", '"POINT (1 2)",y'])
def test_a_header_that_looks_like_data_is_told(tmp_path, row):
    text = f"{row}\nA2,b\n"
    recognition, _, _ = table(tmp_path, text)
    assert recognition.notes[-1].startswith("Row 1 looks like data, not like names of columns: “")
    assert table(tmp_path, text, Choices(header_row=1))[0].notes == ()


@pytest.mark.parametrize("row", ["reference,7", "Site,Ward1", "x,y"])
def test_names_that_are_no_fields_are_not_taken_for_data(tmp_path, row):
    assert table(tmp_path, f"{row}\nA2,b\n")[0].notes == ()


def test_the_header_row_and_delimiter_can_be_corrected(tmp_path):
    choices = Choices(header_row=2, delimiter=";")
    recognition, rows, _ = table(tmp_path, "reference,name\nx;y\n1;2\n", choices)
    assert recognition.columns == ("x", "y")
    assert rows == {3: ("1", "2")}


@pytest.mark.parametrize("choices", [Choices(header_row=9), Choices(delimiter="--")])
def test_a_choice_that_cannot_be_is_refused(tmp_path, choices):
    with pytest.raises(CannotRead):
        table(tmp_path, "reference,name\nA1,x\n", choices)


def test_lines_count_blank_records_and_not_breaks_in_cells(tmp_path):
    text = '\r\n,,\r\nreference,name\r\nA1,"Mill\r\nLane"\r\n\r\n,\r\nA2,b\r\n'
    _, rows, broken = table(tmp_path, text)
    assert rows == {4: ("A1", "Mill\r\nLane"), 7: ("A2", "b")}
    assert broken == []


def test_short_and_long_rows_are_read_and_told(tmp_path):
    _, rows, broken = table(tmp_path, "reference,name,notes\nA1\nA2,b,c,extra,,more\nA3,b,c,,\n")
    assert rows == {2: ("A1", "", ""), 3: ("A2", "b", "c"), 4: ("A3", "b", "c")}
    assert broken == [
        (2, "The row has 1 of 3 cells: the last are taken as blank."),
        (3, "The row has more cells than there are columns: “extra, more” is left out."),
    ]


def test_columns_with_one_name_are_told_and_the_last_keeps_it(tmp_path):
    recognition, rows, _ = table(tmp_path, "reference,name,name,\nA1,old,new,z\n")
    assert recognition.columns == ("reference", "name (column 2)", "name")
    assert rows == {2: ("A1", "old", "new")}
    assert "“name”" in recognition.notes[0]


def test_a_quote_in_the_middle_of_a_cell_means_itself(tmp_path):
    _, rows, broken = table(tmp_path, 'reference,name\nA1,5" pipe\nA2,b\n')
    assert rows == {2: ("A1", '5" pipe'), 3: ("A2", "b")}
    assert broken == []


@pytest.mark.parametrize("rest", [1, 30, 20_000])
def test_a_quote_left_open_does_not_swallow_the_rows_below(tmp_path, rest):
    lines = ["reference,name,notes", 'A1,"Mill Lane,x'] + [f"B{n},b,c" for n in range(rest)]
    _, rows, broken = table(tmp_path, "\n".join(lines))
    assert len(rows) == rest + 1
    assert rows[2] == ("A1", '"Mill Lane', "x")
    assert rows[3] == ("B0", "b", "c")
    assert broken == [(2, 'A quotation mark opens here and is not closed: A1,"Mill Lane,x')]


def test_a_cell_of_many_lines_is_not_taken_for_a_quote_left_open(tmp_path):
    story = "\n".join(f"line {n}, and so on" for n in range(900))
    _, rows, broken = table(tmp_path, f'reference,name,notes\nA1,b,"{story}"\n')
    assert rows == {2: ("A1", "b", story)}
    assert broken == []


def test_too_many_quotes_left_open_are_refused(tmp_path):
    text = "reference,name,notes\n" + 'A1,"b,c\nA2,b,c\n' * 3000
    with pytest.raises(CannotRead) as error:
        table(tmp_path, text)
    assert error.value.code == "quotes"


def test_a_cell_that_is_too_long_costs_its_row_only(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "CELL_CHARACTERS", 1000)
    _, rows, broken = table(tmp_path, f"reference,name\nA1,{'x' * 1001}\nA2,b\n")
    assert rows == {3: ("A2", "b")}
    assert broken == [(2, "A cell has more than 1,000 characters.")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n , ,\n", "empty"),
        (b"x" * 20_000_001, "line"),
        (b",".join(b"c%d" % n for n in range(1001)), "columns"),
        (b"reference," + b"x" * 1_000_001, "header"),
        (bytes(range(256)) * 10, "binary"),
        (b"\0" * 5000, "binary"),
    ],
    ids=["empty", "blank", "line", "columns", "header", "binary", "nul"],
)
def test_what_is_no_table_is_refused(tmp_path, content, code):
    with pytest.raises(CannotRead) as error:
        table(tmp_path, content)
    assert error.value.code == code
    assert error.value.sentence.endswith(".")


def test_a_file_with_too_many_rows_or_bytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "ROWS", 10)
    with pytest.raises(CannotRead) as error:
        table(tmp_path, "reference,name\n" + "a,b\n" * 11)
    assert error.value.code == "rows"
    monkeypatch.setattr(limits, "FILE_BYTES", 10)
    with pytest.raises(CannotRead) as error:
        table(tmp_path, "reference,name\n")
    assert error.value.code == "size"


def test_nul_characters_are_left_out(tmp_path):
    _, rows, _ = table(tmp_path, b"reference,name\nA1,Mill\0 Lane\n" + b"A2,x\n" * 5)
    assert rows[2] == ("A1", "Mill Lane")


def test_a_file_with_a_header_only_has_no_chunks(tmp_path):
    recognition, rows, broken = table(tmp_path, "reference,name")
    assert (recognition.header_row, rows, broken) == (1, {}, [])
