"""Who provides what: the matrix read off the page is the reports' own figures, to the digit."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from tests.support.national import CHURN, GOLDEN, table_of, words

pytestmark = [pytest.mark.data, pytest.mark.postgres]
PATH = "/national/coverage"


def pages(client: FlaskClient, query: str) -> list[str]:
    """Every page of the matrix, as HTML."""
    bodies: list[str] = []
    while True:
        body = client.get(f"{PATH}?{query}&page={len(bodies) + 1}").get_data(as_text=True)
        bodies.append(body)
        if 'rel="next"' not in body:
            return bodies


def rows(bodies: list[str]) -> list[tuple[str, str, list[str]]]:
    """Each authority's name, its n of N, and the words of its cells."""
    lines = []
    for body in bodies:
        table = body.split("matrix-box")[1].split("</table>")[0]
        for line in re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1]):
            name = re.search(r'<th[^>]*scope="row"[^>]*><a[^>]*>(.*?)</a>', line)
            if name:
                share = re.search(r"(\d+ of \d+)", line)
                assert share is not None
                cells = re.findall(r'aria-label="([^"]+)"[^>]*>[^<]*</a></td>', line)
                lines.append((html.unescape(name[1]), share[1], cells))
    return lines


@pytest.mark.parametrize("row", GOLDEN, ids=[str(row[0]) for row in GOLDEN])
def test_the_cells_add_up_to_the_golden_figures(
    client: FlaskClient, row: tuple[object, ...]
) -> None:
    day, bodies, expected, endpoint, some, full, *_ = row
    lines = rows(pages(client, f"as_at={day}"))
    assert len(lines) == bodies
    assert sum(len(cells) for *_, cells in lines) == expected
    provided = [sum("Not submitted" not in cell for cell in cells) for *_, cells in lines]
    assert sum(provided) == endpoint
    assert sum(count > 0 for count in provided) == some
    assert sum(count == 8 for count in provided) == full
    assert [share for _, share, _ in lines] == [f"{count} of 8" for count in provided]
    foot = words(client, f"{PATH}?as_at={day}")
    assert f"All authorities {endpoint} of {expected} " in foot


@pytest.mark.parametrize("day", CHURN)
def test_what_changed_is_the_golden_churn_and_is_marked(client: FlaskClient, day: str) -> None:
    new, lost, broken, back = CHURN[day]
    page = words(client, f"{PATH}?as_at={day}")
    assert f"+ {new} newly provided − {lost} lost ! {broken} newly broken ↑ {back} working" in page
    cells = [cell for *_, row in rows(pages(client, f"as_at={day}")) for cell in row]
    for name, count in (
        ("newly provided", new),
        ("lost", lost),
        ("newly broken", broken),
        ("working again", back),
    ):
        assert sum(cell.endswith(f", {name}") for cell in cells) == count, name
    lines = table_of(client, f"/downloads/national/cells.csv?as_at={day}")
    assert sum(line["change"] == "newly_provided" for line in lines) == new


def test_the_first_date_has_nothing_to_be_compared_with(client: FlaskClient) -> None:
    assert "newly provided" not in words(client, f"{PATH}?as_at=2025-01-22")


@pytest.mark.parametrize("group", ["region", "cohort"])
def test_groups_come_whole_with_their_subtotals(client: FlaskClient, group: str) -> None:
    lines = table_of(client, f"/downloads/national/{group}.csv")
    page = " ".join(
        " ".join(re.sub(r"<[^>]+>", " ", body).split()) for body in pages(client, f"group={group}")
    )
    for line in lines:
        bodies = int(line["organisations"])
        noun = "authority" if bodies == 1 else "authorities"
        assert f": {bodies} {noun} {line['endpoint']} of {line['expected']} " in page


def test_the_order_is_the_readers(client: FlaskClient) -> None:
    def shares(query: str) -> list[int]:
        return [int(share.split()[0]) for _, share, _ in rows(pages(client, query))]

    assert shares("sort=most") == sorted(shares(""), reverse=True)
    assert shares("sort=fewest") == sorted(shares(""))
    names = [name for name, *_ in rows(pages(client, ""))]
    assert names == sorted(names)
    by_change = rows(pages(client, "sort=changed"))
    marks = [
        sum(cell.endswith(("newly provided", "lost")) for cell in cells) for *_, cells in by_change
    ]
    assert marks == sorted(marks, reverse=True)
    assert sum(marks) == 16


def test_each_mark_leads_to_its_dataset(client: FlaskClient) -> None:
    body = client.get(f"{PATH}?dataset=tree&sort=most").get_data(as_text=True)
    cells = re.findall(r'<a[^>]*href="(/organisations/[^"]+/tree)"[^>]*aria-label="([^"]+)"', body)
    assert len(cells) == 50
    answer = client.get(cells[0][0])
    assert answer.status_code == 200
    assert cells[0][1].split(",")[0] in html.unescape(answer.get_data(as_text=True))


def test_filters_hold_and_a_page_too_far_is_the_last(client: FlaskClient) -> None:
    table = rows(pages(client, "region=E12000007&dataset=tree&dataset=conservation-area"))
    lines = table_of(
        client,
        "/downloads/national/all.csv?region=E12000007&dataset=tree&dataset=conservation-area",
    )
    assert sum(len(cells) for *_, cells in table) == int(lines[0]["expected"])
    assert len(table) == int(lines[0]["organisations"])
    assert "Showing 101 to 119 of 119 authorities" in words(client, f"{PATH}?page=99")
    assert "We could not use all of these choices" in words(client, f"{PATH}?sort=nonsense&page=0")


def test_the_file_has_a_line_for_each_cell(client: FlaskClient) -> None:
    lines = table_of(client, "/downloads/national/cells.csv?as_at=2025-04-02")
    assert len(lines) == 952
    assert sum(line["provided"].lower() == "true" for line in lines) == 275


def test_who_provides_nothing_or_everything_can_be_seen_alone(client: FlaskClient) -> None:
    """And who is last is not left to the alphabet without a word."""
    lines = table_of(client, "/downloads/national/cells.csv")
    provided: dict[str, list[bool]] = {}
    for line in lines:
        provided.setdefault(line["name"], []).append(line["provided"].lower() == "true")
    for choice, fits in (("none", lambda cells: not any(cells)), ("all", all)):
        names = {name for name, *_ in rows(pages(client, f"provides={choice}"))}
        assert names == {name for name, cells in provided.items() if fits(cells)}
    nothing = sum(not any(cells) for cells in provided.values())
    text = words(client, f"{PATH}?sort=fewest")
    assert f"{nothing} authorities tie for the fewest: each provides nothing." in text
    assert f"Nothing ({nothing})" in text
    assert "275 of 952 expected provisions" in words(client, f"{PATH}?provides=all")
