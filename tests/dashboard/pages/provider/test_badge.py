"""Badges: pictures for other sites, with the figures of the page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dashboard.components.design.status import STATUSES
from dashboard.pages.provider import badge
from dashboard.urls import addresses
from performance_store.sample.reader import Sample
from tests.support.provider_rows import BROKEN, LIVE, MISSING
from tests.support.real_store import real_app
from tests.support.servers import Filled

TODAY = date(2026, 8, 21)
CSS = (Path(__file__).parents[4] / "assets" / "planning.css").read_text(encoding="utf-8")
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "O'Brien & Co <script>alert(1)</script>\x07 Ŵyre"


UNKNOWN = replace(LIVE, status="unknown", reasons=("logs_not_known",))
UNASKED = replace(LIVE, provision_reason=None, in_denominator=False)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=40, weeks=2))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    with module_engine.begin() as connection:
        connection.execute(
            text("UPDATE organisation SET name = :name WHERE organisation = :odd"),
            {"name": HOSTILE.replace("\x07", ""), "odd": authorities(module_engine)[0]},
        )
    return real_app(tmp_path_factory.mktemp("badges"), module_engine).server.test_client()


def authorities(engine: Engine) -> list[str]:
    sql = """
SELECT DISTINCT o.organisation FROM summary s JOIN organisation o ON o.id = s.organisation_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.is_lpa ORDER BY 1"""
    with engine.connect() as connection:
        return list(connection.execute(text(sql)).scalars())


def read(client: FlaskClient, address: str) -> list[str]:
    """The words of a badge: its title, then what is written on it."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    tree = ElementTree.fromstring(answer.data)
    assert tree.attrib["role"] == "img"
    title = tree.findtext(f"{SVG}title")
    assert tree.attrib["aria-label"] == title
    assert {item.tag for item in tree.iter()} <= {
        SVG + name for name in ("svg", "title", "rect", "path", "g", "text")
    }
    return [title or "", *(item.text or "" for item in tree.iter(f"{SVG}text"))]


@pytest.mark.postgres
def test_the_badge_counts_as_the_database_does(client: FlaskClient, module_engine: Engine) -> None:
    sql = """
SELECT count(*) FILTER (WHERE s.status = 'live'), count(*) FROM summary s
JOIN organisation o ON o.id = s.organisation_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.in_to_provide
    AND o.organisation = :o"""
    for body in authorities(module_engine)[:12]:
        with module_engine.connect() as connection:
            live, total = connection.execute(text(sql), {"o": body}).one()
        title, label, message = read(client, f"/organisations/{body}/badge.svg")
        assert label == "planning data"
        assert message == (f"{live} of {total} live" if total else "nothing expected")
        assert title.endswith(f"{message}, as at 21 August 2026")
        assert title.startswith("Statutory and expected datasets of ") == bool(total)


@pytest.mark.postgres
@pytest.mark.parametrize("status", ["live", "needs_improving", "error", "not_submitted"])
def test_a_dataset_s_badge_says_its_status(
    client: FlaskClient, module_engine: Engine, status: str
) -> None:
    sql = """
SELECT o.organisation, d.dataset, upper(left(d.name, 1)) || substr(d.name, 2) FROM summary s
JOIN organisation o ON o.id = s.organisation_id JOIN dataset d ON d.id = s.dataset_id
WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.status = :status
ORDER BY 1, 2 LIMIT 1"""
    with module_engine.connect() as connection:
        body, dataset, name = connection.execute(text(sql), {"status": status}).one()
    _, label, message = read(client, f"/organisations/{body}/{dataset}/badge.svg")
    assert (label, message) == (name, STATUSES[status].label.lower())


@pytest.mark.postgres
def test_a_name_is_text_whatever_it_holds(client: FlaskClient, module_engine: Engine) -> None:
    answer = client.get(f"/organisations/{authorities(module_engine)[0]}/badge.svg")
    assert b"<script" not in answer.data
    assert "Ŵyre" in ElementTree.fromstring(answer.data).findtext(f"{SVG}title", "")


@pytest.mark.postgres
def test_other_sites_may_show_it_and_keep_it_a_while(
    client: FlaskClient, module_engine: Engine
) -> None:
    address = f"/organisations/{authorities(module_engine)[1]}/badge.svg"
    answer = client.get(address)
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data
    packed = client.get(address, headers={"Accept-Encoding": "br"})
    labels = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "br"}
    assert client.get(address, headers=labels).status_code == 304
    with module_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO load (kind, input, ruleset_version, state) "
                "VALUES ('sample', 'new', '1', 'published')"
            )
        )
    badges_door = client.application.extensions["planning-data"]
    badges_door._look_again_at = float("-inf")
    later = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert later.status_code == 200, "new figures have a new mark"


@pytest.mark.postgres
@pytest.mark.parametrize(
    "address",
    [
        "/organisations/local-authority:NOBODY/badge.svg",
        "/organisations/local-authority:NOBODY/tree/badge.svg",
        "/organisations/{0}/no-such-dataset/badge.svg",
        "/organisations/%2500/badge.svg",
        "/organisations/a%252Fb/badge.svg",
    ],
)
def test_what_is_not_known_is_not_found(
    client: FlaskClient, module_engine: Engine, address: str
) -> None:
    answer = client.get(address.format(authorities(module_engine)[0]))
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"


@pytest.mark.postgres
def test_a_reference_with_a_slash_leads_to_its_badge(
    client: FlaskClient, module_engine: Engine
) -> None:
    with module_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO organisation (organisation, name, type, listed_as_lpa) "
                "VALUES ('company:a/b%c', 'A slash', 'company', false)"
            )
        )
    address = f"{addresses.organisation('company:a/b%c')}/badge.svg"
    title, _, message = read(client, address)
    assert "A slash" in title
    assert message == "nothing expected"


@pytest.mark.postgres
def test_an_ended_body_s_badge_says_so(client: FlaskClient, module_engine: Engine) -> None:
    with module_engine.connect() as connection:
        closed_one = connection.execute(
            text("SELECT organisation FROM organisation WHERE end_date < '2026-08-21' LIMIT 1")
        ).scalar_one()
    assert (
        read(client, f"/organisations/{closed_one}/badge.svg")[2] == "this organisation has closed"
    )


@pytest.mark.postgres
def test_the_page_shows_the_badge_and_the_html_to_copy(
    client: FlaskClient, module_engine: Engine
) -> None:
    odd, plain = authorities(module_engine)[:2]
    page = client.get(f"/organisations/{plain}").get_data(as_text=True)
    assert re.search(rf'<img [^>]*src="/organisations/{plain}/badge.svg"', page)
    assert re.search(r'<img [^>]*alt="Planning data of [^"]+: badge"', page)
    # The name is escaped once for the HTML that is copied, and once more as text of our page.
    page = client.get(f"/organisations/{odd}").get_data(as_text=True)
    page_html = page[page.index("<pre") : page.index("</pre>")]
    assert "<script" not in page_html
    copied = unescape(page_html.partition("<code>")[2].partition("</code>")[0])
    assert copied.startswith(f'<a href="http://localhost/organisations/{odd}"><img src="http')
    assert "<script" not in copied
    assert ElementTree.fromstring(copied.replace('22">', '22"/>'))[0].attrib["alt"].endswith("Ŵyre")


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([LIVE, LIVE, MISSING], ("2 of 3 live", "warn")),
        ([LIVE, LIVE], ("2 of 2 live", "good")),
        ([MISSING, BROKEN], ("0 of 2 live", "none")),
        ([UNKNOWN, MISSING], ("1 of 2 provided", "busy")),
        ([UNASKED, UNASKED], ("2 datasets supplied", "busy")),
        ([LIVE, UNASKED], ("1 of 1 live", "good")),
        ([], ("nothing expected", "none")),
    ],
)
def test_an_organisation_is_summed_up(
    client: FlaskClient, module_engine: Engine, rows: list, message: tuple[str, str]
) -> None:
    with client.application.test_request_context("/"):
        subject = badge._subject(authorities(module_engine)[0])
        assert badge._state(subject, tuple(rows)) == message


# How it is drawn


def light(colour: str) -> float:
    """Relative luminance, as WCAG has it."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("tone", badge.COLOURS)
def test_colours_are_those_of_the_style_sheet_and_can_be_read(tone: str) -> None:
    fill, ink = badge.COLOURS[tone]
    assert re.search(rf"--{tone}: {fill};", CSS)
    high, low = sorted((light(fill), light(ink)), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_long_names_get_the_room_they_need() -> None:
    short = ElementTree.fromstring(badge.draw("Tree", "live", "good", "x"))
    long = ElementTree.fromstring(badge.draw("Tree " * 20, "live", "good", "x"))
    assert int(long.attrib["width"]) > int(short.attrib["width"]) + 300


def test_signs_that_xml_does_not_know_are_left_out() -> None:
    drawing = ElementTree.fromstring(badge.draw(HOSTILE, "live", "good", HOSTILE))
    assert drawing.findtext(f"{SVG}title") == HOSTILE.replace("\x07", "")
