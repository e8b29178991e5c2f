"""Hostile data: markup is text, only web addresses are links, and no cell is run as a formula."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from performance_api import examples
from performance_api.resources import RESOURCES
from tests.support.dash_calls import ask, call
from tests.support.surface import CELL, FORMULA, MARKUP, SCRIPT, Page, Scanner, insides

pytestmark = pytest.mark.postgres


def test_pages_show_it_as_text_and_link_to_none_of_it(scanner: Scanner) -> None:
    seen = 0
    for route in scanner.routes:
        answer = scanner.get(route.address())
        if answer.mimetype != "text/html":
            continue
        page = Page(answer.text)
        seen += "&lt;img src=zq" in answer.text or SCRIPT in answer.text
        assert not [attributes for _, attributes in page.tags if attributes.get("src") == "zq"]
        assert not [link for link in page.links if "javascript" in link.lower()]
    assert seen >= 3


def test_what_dash_puts_into_a_page_is_text_too(scanner: Scanner) -> None:
    seen = 0
    for route in scanner.routes:
        address = route.address()
        if scanner.get(address).mimetype != "text/html":
            continue
        html = "".join(insides(ask(scanner, call(address)).get_json()))
        seen += "&lt;img src=zq" in html or SCRIPT in html
        page = Page(html)
        assert not [attributes for _, attributes in page.tags if attributes.get("src") == "zq"]
        assert not [tag for tag, _ in page.tags if tag in ("script", "iframe", "object", "style")]
    assert seen >= 3


def test_no_cell_of_any_csv_is_a_formula(scanner: Scanner) -> None:
    formulas = files = 0
    for route in scanner.routes:
        for more in ("", "?format=csv"):
            answer = scanner.get(route.address() + more)
            if answer.mimetype != "text/csv" or answer.status_code != 200:
                continue
            files += 1
            for row in csv.reader(io.StringIO(answer.text)):
                for cell in row:
                    number = cell.lstrip("-").replace(".", "", 1).isdigit()
                    assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
                    formulas += cell == "'" + FORMULA
    assert files >= 15
    rows = next(item for item in RESOURCES if item.name == "issue-rows")
    text = scanner.get(examples.address(rows, format="csv")).text
    assert "'=HYPERLINK" in text
    assert MARKUP.replace('"', '""') in text


def test_the_workbook_holds_text_and_no_formula(scanner: Scanner) -> None:
    answer = scanner.get(f"/downloads/organisations/{CELL['organisation']}.xlsx")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert sheets
        for name in sheets:
            text = book.read(name).decode()
            assert "<f>" not in text
            assert "<hyperlink" not in text
