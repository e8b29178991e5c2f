"""Whatever bytes come: rows or a refusal, nothing else, and soon."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from checking.model import Choices
from checking.reading import open_file
from tests.support.any_file import read_all, seeds

CORPUS = sorted(Path(__file__).with_name("corpus").glob("*"))
"""What fuzzing by the hour found, and what led it there: see bench/readers.py."""

HURRIED = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WORDS = some.sampled_from(
    [
        *("reference", "name", "A1", "NaN", "null", "1e999", "é", "sep=;", "<?xml", "<kml"),
        *',;\t"\n\r\0{}[]:',
        *("\r\n", "\ufeff", "PK\x03\x04"),
    ]
)
TEXTS = some.lists(WORDS | some.text(max_size=5), max_size=60).map("".join)
CODECS = some.sampled_from(["utf-8", "utf-16", "utf-16-le", "cp1252", "utf-32", "utf-7"])
CHOICES = some.builds(
    Choices,
    delimiter=some.none() | some.text(max_size=2),
    encoding=some.none() | CODECS | some.text(max_size=5),
    header_row=some.none() | some.integers(-2, 30),
    sheet=some.none() | some.sampled_from(["Sheet", "a.csv", "b.csv", "a", ""]),
)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> list[bytes]:
    return list(seeds(tmp_path_factory.mktemp("seeds")).values())


def test_a_file_of_each_format_is_read(tmp_path):
    formats = set()
    for content in seeds(tmp_path).values():
        (tmp_path / "file").write_bytes(content)
        formats.add(read_all(tmp_path / "file"))
    assert formats == {
        "csv", "json", "geojson", "arcgis-json", "xlsx", "xls", "ods", "geopackage", "gml", "kml",
        "shapefile",
    }  # fmt: skip


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_what_was_once_hard_is_read_or_refused(path):
    assert read_all(path)


@HURRIED
@given(content=some.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    assert read_all(tmp_path / "file")


@HURRIED
@given(text=TEXTS, codec=CODECS, choices=CHOICES)
def test_any_text_is_read_or_refused(tmp_path, text, codec, choices):
    (tmp_path / "file").write_bytes(text.encode(codec, "replace"))
    assert read_all(tmp_path / "file", choices)


EDITS = some.lists(
    some.tuples(some.floats(0, 1), some.integers(0, 40), some.binary(max_size=8)), max_size=6
)


@HURRIED
@given(data=some.data(), edits=EDITS, choices=some.just(Choices()) | CHOICES)
def test_any_damage_to_a_file_is_read_or_refused(tmp_path, files, data, edits, choices):
    content = data.draw(some.sampled_from(files))
    for place, length, piece in edits:
        start = int(place * len(content))
        content = content[:start] + piece + content[start + length :]
    (tmp_path / "file").write_bytes(content)
    assert read_all(tmp_path / "file", choices)


CELLS = some.text(
    some.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=12
)
"""Any text, but for NUL, which is left out, and a byte order mark, which belongs to the file."""


@HURRIED
@given(
    rows=some.lists(some.tuples(CELLS, CELLS, some.just("x")), min_size=1, max_size=9),
    delimiter=some.sampled_from(",;\t|"),
    codec=some.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    size=some.integers(1, 4),
)
def test_what_is_written_as_csv_is_read_back_cell_by_cell(tmp_path, rows, delimiter, codec, size):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["reference", "name", "notes"])
    writer.writerows(rows)
    (tmp_path / "file").write_bytes(text.getvalue().encode(codec))
    choices = Choices(encoding=codec)
    names = frozenset({"reference", "name", "notes"})
    with open_file(tmp_path / "file", choices=choices, names=names) as source:
        cells = [
            row
            for chunk in source.chunks(size)
            for row in zip(*chunk.columns.values(), strict=True)
        ]
        assert all(not chunk.broken for chunk in source.chunks(size))
    assert cells == rows
