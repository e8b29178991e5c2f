"""Files that are small and ask for much: each is refused, soon and in little memory."""

from __future__ import annotations

import http.server
import resource
import sqlite3
import stat
import struct
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from checking.model import CannotRead
from checking.reading import open_file
from checking.reading.vector import test_xml as refuse_type
from tests.support.any_file import CELL, layer, old_workbook, open_document, zipped

SECONDS, MEGABYTES = 20, 400


@pytest.fixture(autouse=True)
def _bounded():
    """A limit on what one test may take: processor time is what counts on a machine that others
    use too."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    yield
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SECONDS
    assert (after.ru_maxrss - before.ru_maxrss) / 1024 < MEGABYTES


def refusal(path: Path) -> CannotRead:
    with pytest.raises(CannotRead) as error, open_file(path) as source:
        for _ in source.chunks():
            pass
    return error.value


def is_open(path: Path) -> bool:
    """Whether this process has the file open."""
    places = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            places.append(descriptor.readlink())
    return path in places


def test_a_workbook_of_which_a_test_breaks_off_is_closed(tmp_path, monkeypatch):
    path = zipped(
        tmp_path / "w",
        {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b'<c r="A1"/>' * 80_000},
    )
    monkeypatch.setattr("checking.reading.workbooks.CELLS", 0)
    error = refusal(path)
    assert error.code == "workbook"
    assert not is_open(path)


def test_a_table_of_which_not_all_rows_are_read_is_closed(tmp_path):
    path = tmp_path / "a"
    path.write_text("reference,name\n" + "A,b\n" * 50_000)
    with open_file(path) as source:
        chunks = source.chunks(2)
        next(chunks)
        assert is_open(path)
    assert not is_open(path)


# Zips


def test_a_zip_that_unpacks_to_far_more_is_refused(tmp_path):
    path = zipped(tmp_path / "z", {"a.csv": b"reference\n" + b"0" * 20_000_000})
    assert "100 times" in refusal(path).sentence


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path, monkeypatch):
    """Bytes that come out are counted, whatever the list of members says."""
    path = zipped(tmp_path / "z", {"a.csv": b"reference\n" + b"0" * 20_000_000})
    content = path.read_bytes()
    for size in (20_000_010,):
        content = content.replace(struct.pack("<I", size), struct.pack("<I", 900_000))
    path.write_bytes(content)
    assert refusal(path).code == "archive"
    monkeypatch.setattr("checking.reading.archives.RATIO", 10**9)
    monkeypatch.setattr("checking.reading.archives.Budget.__init__.__defaults__", (1_000_000,))
    assert refusal(zipped(tmp_path / "z", {"a.csv": b"0" * 2_000_000})).code == "archive"


def test_a_zip_of_more_than_is_unpacked_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("checking.reading.archives.BYTES", 1000)
    assert "MB" in refusal(zipped(tmp_path / "z", {"a.csv": b"x" * 1001})).sentence


@pytest.mark.parametrize("count", [201, 2_000])
def test_a_zip_of_very_many_files_is_refused(tmp_path, count):
    path = zipped(tmp_path / "z", {f"{n}.csv": b"" for n in range(count)})
    assert "more than 200 files" in refusal(path).sentence


def test_a_zip_whose_list_of_files_says_fewer_than_it_has_is_refused(tmp_path):
    path = zipped(tmp_path / "z", {f"{n}.csv": b"" for n in range(300)})
    content = path.read_bytes()
    place = content.rfind(b"PK\x05\x06")
    path.write_bytes(content[: place + 8] + struct.pack("<HH", 1, 1) + content[place + 12 :])
    assert "more than 200 files" in refusal(path).sentence


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "x/../../a.csv", "..\\a.csv", "C:/a"])
def test_a_zip_with_paths_that_lead_elsewhere_is_refused(tmp_path, name):
    assert "path" in refusal(zipped(tmp_path / "z", {name: b"reference\nA"})).sentence


def test_a_zip_with_a_link_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "z", "w") as archive:
        member = zipfile.ZipInfo("a.csv")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    assert "link" in refusal(tmp_path / "z").sentence


@pytest.mark.parametrize("name", ["inner.zip", "inner.kmz", "inner.tar.gz", "inner.csv"])
def test_a_zip_within_a_zip_is_refused(tmp_path, name):
    inner = zipped(tmp_path / "inner", {"a.csv": b"reference\nA"})
    assert refusal(zipped(tmp_path / "z", {name: inner})).code == "archive"


def test_a_zip_with_a_password_is_refused_with_what_to_do(tmp_path):
    path = zipped(tmp_path / "z", {"a.csv": b"reference\nA"})
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + offset] |= 1
    path.write_bytes(content)
    error = refusal(path)
    assert (error.code, "password" in error.sentence) == ("encrypted", True)


# Workbooks

_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_BOOK = {
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http:'
        '//schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" '
        'sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def workbook(path: Path, rows: str, strings: str = "") -> Path:
    sheet = f"{_SHEET}{rows}</sheetData></worksheet>"
    shared = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{strings}</sst>'
    )
    return zipped(path, _BOOK | {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": shared})


@pytest.mark.parametrize("far", ["XFD1048576", "XFD900000", "Z999999"])
def test_a_workbook_with_two_cells_far_apart_is_refused(tmp_path, far):
    row = '<row><c r="{}" t="n"><v>1</v></c></row>'
    path = workbook(tmp_path / "w", row.format("A1") + row.format(far))
    assert refusal(path).code in ("workbook", "rows")


def test_a_workbook_whose_cells_share_a_long_text_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("checking.reading.archives.RATIO", 10**9)
    cells = "".join(f'<row><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 40_000))
    path = workbook(tmp_path / "w", cells, f"<si><t>{'x' * 32_000}</t></si>")
    assert "too much text" in refusal(path).sentence


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (40, 0xF0000000),  # sectors of the folder
        (44, 0xF0000000),  # sectors of the table
        (64, 0xF0000000),  # sectors of the table of short streams
        (512 + 4 * 2, 0x70000000),  # a sector that is not there
        (512 + 4 * 5, 2),  # a chain that comes back
        (512 + 4 * 1, 1),  # a folder that comes back
        (1024 + 116, 0x70000000),  # where the short streams start
        (1024 + 120, 0xF0000000),  # how long they are
        (1024 + 128 + 120, 0xF0000000),  # how long the stream of the sheets is
    ],
)
def test_an_old_workbook_whose_parts_do_not_hold_together_is_refused(tmp_path, place, value):
    path = old_workbook(tmp_path / "w", [["reference", "name"], ["A", 1.0]])
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, place, value)
    path.write_bytes(content)
    assert refusal(path).code == "workbook"


def test_an_old_workbook_with_cells_far_apart_is_refused(tmp_path):
    path = old_workbook(tmp_path / "w", [["reference", "name"], ["A", 1.0]])
    cell = struct.pack("<HHHHHd", 0x0203, 14, 1, 1, 0, 1.0)
    content = path.read_bytes()
    far = struct.pack("<HHHHHd", 0x0203, 14, 65_535, 255, 0, 1.0)
    assert cell in content
    path.write_bytes(content.replace(cell, far))
    assert "6,000,000 cells" in refusal(path).sentence


def test_a_workbook_is_a_zip_too(tmp_path):
    assert "100 times" in refusal(workbook(tmp_path / "w", " " * 30_000_000)).sentence


@pytest.mark.parametrize(
    "repeat",
    [
        'table:number-columns-repeated="900000000"',
        'table:number-columns-repeated="16384" x="" ',
    ],
)
def test_cells_of_an_open_document_that_repeat_are_counted(tmp_path, repeat):
    row = '<table:table-row table:number-rows-repeated="1000000">{}</table:table-row>'
    path = open_document(tmp_path / "w", row.format(CELL.format(repeat, "reference")))
    assert refusal(path).code == "workbook"


def test_blank_rows_below_an_open_document_do_no_harm(tmp_path):
    rows = f"<table:table-row>{CELL.format('', 'reference')}</table:table-row>" + (
        '<table:table-row table:number-rows-repeated="1048575">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    with open_file(open_document(tmp_path / "w", rows)) as source:
        assert list(source.chunks()) == []


# XML

_ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
_GML = (
    '<?xml version="1.0"?>{}<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" '
    'xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink" {}>'
    "<gml:featureMember><x><name>{}</name>{}</x></gml:featureMember></wfs:FeatureCollection>"
)
_POINT = "<g><gml:Point><gml:coordinates>1,2</gml:coordinates></gml:Point></g>"


@pytest.mark.parametrize(
    "text",
    [
        _GML.format(f'<!DOCTYPE x [<!ENTITY a0 "lol">{_ENTITIES}]>', "", "&a11;", _POINT),
        _GML.format('<!DOCTYPE x SYSTEM "file:///etc/passwd">', "", "x", _POINT),
        _GML.format(" " * 40_000 + "<!DOCTYPE x []>", "", "x", _POINT),
        "<kml><!DOCTYPE x []></kml>",
    ],
    ids=["entities", "external", "late", "kml"],
)
def test_xml_with_a_document_type_is_refused(tmp_path, text):
    (tmp_path / "x").write_text(text)
    assert "document type" in refusal(tmp_path / "x").sentence


def test_a_document_type_is_found_across_blocks(tmp_path):
    for place in range(1_048_560, 1_048_580):
        (tmp_path / "x").write_bytes(b" " * place + b"<!DOCTYPE x>")
        with pytest.raises(CannotRead):
            refuse_type(tmp_path / "x")


def test_xml_in_an_encoding_that_hides_a_document_type_is_refused(tmp_path):
    text = _GML.format("<!DOCTYPE x []>", "", "x", _POINT)
    (tmp_path / "x").write_bytes(text.encode("utf-16"))
    assert refusal(tmp_path / "x").code == "xml"


@pytest.mark.parametrize("kind", ["gml", "kml"])
def test_xml_nested_without_end_is_refused_or_read(tmp_path, kind):
    start = '<a xmlns="http://www.opengis.net/gml">' if kind == "gml" else "<kml>"
    (tmp_path / "x").write_text(start + "<Folder>" * 200_000)
    assert refusal(tmp_path / "x").code == kind


def test_files_of_geographic_systems_ask_no_address(tmp_path):
    """A server on this machine sees whether anything asks for what the files name."""
    paths = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/x"
    schema = (
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="http://x {address}.xsd"'
    )
    link = f'<g xlink:href="{address}.gml"/>'
    (tmp_path / "gml").write_text(_GML.format("", schema, "x", link + _POINT))
    (tmp_path / "kml").write_text(
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>'
        f"{address}.kml</href></Link></NetworkLink><Placemark><styleUrl>{address}#a</styleUrl>"
        "<name>A</name><Point><coordinates>1,2</coordinates></Point></Placemark></Document></kml>"
    )
    for name in ("gml", "kml"):
        with open_file(tmp_path / name) as source:
            assert sum(len(chunk.lines) for chunk in source.chunks()) == 1
    server.shutdown()
    server.server_close()
    assert paths == []


# Databases


def test_a_geopackage_whose_table_is_an_endless_query_is_refused(tmp_path):
    path = layer(tmp_path / "a.gpkg", "GPKG", layer="areas")
    with sqlite3.connect(path) as database:
        database.execute("drop table areas")
        database.execute(
            "create view areas as with recursive n(i) as (select 1 union all select i + 1 from n) "
            "select i as fid, null as geom, count(*) as reference from n"
        )
    database.close()
    assert "view" in refusal(path).sentence


# Time of the first reading, in a process with little memory


def test_importing_the_reader_stays_cheap():
    program = (
        "import sys, checking.reading, checking.reading.delimited\n"
        "print([m for m in ('pandas', 'pyogrio', 'pyproj', 'shapely', 'python_calamine', "
        "'msgspec', 'charset_normalizer') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.stdout.strip() == "[]"


# Tables of text


@pytest.mark.parametrize(
    "line",
    [b"a,b\n", b'"a","b"\r\n', b"\n" * 30, b'"\n' * 5, b'"",""",\n",\n'],
    ids=["short", "cells", "blank", "quotes", "pairs"],
)
def test_too_many_lines_are_refused_before_any_is_taken_apart(tmp_path, line):
    path = tmp_path / "a"
    path.write_bytes(b"reference,name\n" + line * 1_100_000)
    start = time.process_time()
    with pytest.raises(CannotRead) as error:
        open_file(path)
    assert error.value.code == "rows"
    assert time.process_time() - start < 3


def test_lines_that_are_blank_or_within_a_cell_are_no_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("checking.reading.limits.ROWS", 100)
    for content in ("a,b\n" + ",,\n" * 1000, 'a,"' + "b\n" * 1000 + '"\n'):
        (tmp_path / "a").write_text(f"reference,name\n{content}")
        with open_file(tmp_path / "a") as source:
            assert sum(len(chunk.lines) for chunk in source.chunks()) == 1
