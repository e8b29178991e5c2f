"""National pages as a reader has them, and the golden figures of six reports."""

from __future__ import annotations

import csv
import html
import io
import re

from flask.testing import FlaskClient

from tests.support import golden

# as at, authorities, expected, endpoint, some, all, reachable, collected, error-free, conformant
GOLDEN = [
    (
        *(day, row.organisations, row.expected, row.endpoint, row.some, row.all_eight),
        *(row.within_5_days, row.collected, row.no_external_error, row.supplied_80),
    )
    for day, row in golden.GOLDEN.items()
]
# newly provided, lost, newly broken, recovered
CHURN = {
    day: (row.newly_provided, row.lost, row.newly_broken, row.recovered)
    for day, row in golden.CHURN.items()
}


def words(client: FlaskClient, address: str) -> str:
    """All words of a page, as a reader without scripts has them."""
    answer = client.get(address)
    assert answer.status_code == 200
    body = answer.get_data(as_text=True)
    # A drawing may hold another: the inner ones first.
    for _ in range(2):
        body = re.sub(r"<(script|style|svg)\b(?:(?!<\1\b).)*?</\1>", " ", body, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def table_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


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
