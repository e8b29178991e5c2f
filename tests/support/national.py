"""National pages as a reader has them, and the golden figures of six reports."""

from __future__ import annotations

import csv
import html
import io
import re

from flask.testing import FlaskClient

# as at, authorities, expected, endpoint, some, all, reachable, collected, error-free, conformant
GOLDEN = [
    ("2025-01-22", 73, 584, 222, 50, 6, 217, 209, 164, 106),
    ("2025-01-30", 73, 584, 223, 50, 6, 213, 213, 170, 107),
    ("2025-03-05", 73, 584, 249, 55, 7, 240, 239, 197, 131),
    ("2025-03-12", 73, 584, 253, 55, 7, 246, 244, 199, 133),
    ("2025-03-19", 73, 584, 257, 56, 7, 250, 248, 151, 96),
    ("2025-04-02", 119, 952, 275, 61, 8, 268, 267, 215, 144),
]


def words(client: FlaskClient, address: str) -> str:
    """All words of a page, as a reader without scripts has them."""
    answer = client.get(address)
    assert answer.status_code == 200
    body = answer.get_data(as_text=True)
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", body, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def table_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


CHURN = {
    "2025-01-30": (1, 0, 5, 0),
    "2025-03-05": (27, 1, 0, 1),
    "2025-03-12": (4, 0, 0, 2),
    "2025-03-19": (4, 0, 0, 0),
    "2025-04-02": (15, 1, 0, 0),
}


def rows_of(client: FlaskClient, query: str) -> dict[str, str]:
    """The register's rows as words, by the dataset they lead to."""
    body = client.get(f"/datasets?{query}").get_data(as_text=True)
    table = body.split('id="datasets"')[1].split("</table>")[0]
    lines = {}
    for line in re.findall(r"<tr role=\"row\">(.*?)</tr>", table):
        name = re.search(r'href="/datasets/([a-z0-9-]+)', line)
        if name:
            lines[name[1]] = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", line)).split())
    return lines
