"""Workbooks as a reader opens them."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def sheets(data: bytes) -> list[list[dict[str, Any]]]:
    """The rows of each sheet of a workbook, by the letter of the column. No formula is let by."""
    book = zipfile.ZipFile(io.BytesIO(data))
    assert book.testzip() is None
    tables = []
    for name in sorted(item for item in book.namelist() if "worksheets/sheet" in item):
        tree = ElementTree.fromstring(book.read(name))
        assert tree.findall(".//x:f", NS) == [], "a formula"
        assert tree.findall(".//x:hyperlink", NS) == [], "a link"
        rows = []
        for row in tree.findall(".//x:row", NS):
            cells = {}
            for cell in row.findall("x:c", NS):
                column = re.match("[A-Z]+", cell.attrib["r"]).group()  # type: ignore[union-attr]
                words = cell.find("x:is/x:t", NS)
                number = cell.findtext("x:v", namespaces=NS)
                cells[column] = words.text if words is not None else float(number or "nan")
            rows.append(cells)
        tables.append(rows)
    return tables
