"""Following: feeds hold what the store's events say, in pages, the same ids for ever."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import feedparser
import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import Engine, text

from dashboard import create_app
from dashboard.data.wiring import read_state
from dashboard.pages.provider.deadlines import occasions
from performance_store.database import connect
from performance_store.rows import Deadline
from performance_store.sample.reader import Sample
from tests.support.provider_rows import LIVE
from tests.support.real_store import real_app
from tests.support.servers import Filled
from tests.support.settings import settings_at

TODAY = date(2026, 8, 21)
NATION = "/downloads/national/changes.atom"
pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(TODAY, authorities=40, weeks=12))


@pytest.fixture(scope="module")
def client(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return real_app(tmp_path_factory.mktemp("feeds"), module_engine).server.test_client()


@pytest.fixture(scope="module")
def busiest(module_engine: Engine) -> tuple[str, str]:
    """An organisation and a dataset that have many events between them."""
    with module_engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT o.organisation, d.dataset FROM event e "
                "JOIN organisation o ON o.id = e.organisation_id "
                "JOIN dataset d ON d.id = e.dataset_id "
                "GROUP BY 1, 2 ORDER BY count(*) FILTER (WHERE NOT by_rule) DESC, 1, 2 LIMIT 1"
            )
        ).one()
        return row.organisation, row.dataset


def count(engine: Engine, where: str, **values: Any) -> int:
    sql = (
        "SELECT count(*) FROM event e JOIN organisation o ON o.id = e.organisation_id "
        "LEFT JOIN dataset d ON d.id = e.dataset_id JOIN snapshot n ON n.id = e.snapshot_id "
        "WHERE n.kind = 'sample' AND e.kind <> 'content_updated' "
        "AND (e.dataset_id IS NOT NULL OR coalesce(e.after, e.before) = 'to-provide') AND "
    )
    with engine.connect() as connection:
        return int(connection.execute(text(sql + where), values).scalar_one())


def whole(client: FlaskClient, address: str) -> list[Any]:
    """The entries of all pages of a feed."""
    entries: list[Any] = []
    where: str | None = address
    while where:
        reading = parse(client, where)
        assert len(reading.entries) <= 50
        entries += reading.entries
        where = next((one.href for one in reading.feed.links if one.rel == "next"), None)
    return entries


def parse(client: FlaskClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    reading = feedparser.parse(answer.data)
    assert not reading.bozo, reading
    return reading


def test_each_feed_holds_the_events_of_its_subject(
    client: FlaskClient, module_engine: Engine, busiest: tuple[str, str]
) -> None:
    body, dataset = busiest
    of_body = whole(client, f"/downloads/organisations/{body}.atom")
    assert len(of_body) == count(module_engine, "o.organisation = :body", body=body)
    of_cell = whole(client, f"/downloads/organisations/{body}/{dataset}.atom")
    both = "o.organisation = :body AND d.dataset = :dataset"
    assert len(of_cell) == count(module_engine, both, body=body, dataset=dataset) > 0
    of_dataset = whole(client, f"/downloads/datasets/{dataset}.atom")
    alone = "d.dataset = :dataset AND NOT e.by_rule"
    assert len(of_dataset) == count(module_engine, alone, dataset=dataset) > 0
    # The same event has the same id in every feed.
    ids = {entry.id for entry in of_cell}
    assert ids <= {entry.id for entry in of_body}
    assert len(ids) == len(of_cell)
    assert any(entry.id in ids for entry in of_dataset)
    for entry in of_cell:
        assert entry.link == f"http://localhost/organisations/{body}/{dataset}"
    days = [entry.updated for entry in of_body]
    assert days == sorted(days, reverse=True)


def test_the_nation_in_pages_of_fifty(client: FlaskClient) -> None:
    first, second = parse(client, NATION), parse(client, f"{NATION}?page=2")
    assert len(first.entries) == 50
    links = {link.rel: link.href for link in second.feed.links}
    assert links["self"] == f"http://localhost{NATION}?page=2"
    assert links["first"] == links["previous"] == f"http://localhost{NATION}"
    assert first.feed.id == second.feed.id
    entries = whole(client, NATION)
    assert len({entry.id for entry in entries}) == len(entries)
    assert first.feed.title.startswith("Sample data: ")
    assert "invented" in first.feed.subtitle


def test_without_an_address_in_the_settings_nobody_can_give_us_a_name(client: FlaskClient) -> None:
    answer = client.get(NATION, base_url="https://figures.council.example")
    reading = feedparser.parse(answer.data)
    links = [link.href for part in (reading.feed, *reading.entries) for link in part.links]
    assert len(links) > 50
    assert all(link.startswith("/") for link in links)
    # Whoever has it by another name has not got this one.
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(NATION, headers=tag).status_code == 200


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "99999999999999999999"])
def test_a_page_that_is_not_there_is_a_feed_all_the_same(client: FlaskClient, page: str) -> None:
    parse(client, f"{NATION}?page={page}")


def test_one_kind_of_event(client: FlaskClient, busiest: tuple[str, str]) -> None:
    for address in (NATION, f"/downloads/datasets/{busiest[1]}.atom"):
        entries = whole(client, f"{address}?event=newly_provided")
        assert entries
        assert all("Newly provided" in entry.title for entry in entries)
        assert len(entries) < len(whole(client, address))


def test_who_has_it_is_told_so_and_it_is_not_even_made(
    client: FlaskClient, busiest: tuple[str, str]
) -> None:
    for address in (NATION, f"/downloads/organisations/{busiest[0]}.atom"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "public, max-age=900"
        etag, date_of = answer.headers["ETag"], answer.headers["Last-Modified"]
        for headers in ({"If-None-Match": etag}, {"If-Modified-Since": date_of}):
            again = client.get(address, headers=headers)
            assert (again.status_code, again.data) == (304, b"")
        assert client.get(f"{address}?page=2").headers["ETag"] != etag
        assert "Set-Cookie" not in answer.headers


def test_pages_name_their_feed_to_programs(client: FlaskClient, busiest: tuple[str, str]) -> None:
    body, dataset = busiest
    pages = {
        f"/organisations/{body}": f"/downloads/organisations/{body}.atom",
        f"/organisations/{body}/{dataset}": f"/downloads/organisations/{body}/{dataset}.atom",
        f"/datasets/{dataset}": f"/downloads/datasets/{dataset}.atom",
        "/national": NATION,
        "/national/changes": NATION,
    }
    for page, feed in pages.items():
        head = client.get(page).get_data(as_text=True).partition("</head>")[0]
        [address] = re.findall(
            r'<link rel="alternate" type="application/atom\+xml" href="([^"?]*)', head
        )
        assert address == feed
        assert parse(client, address).entries
    assert "application/atom+xml" not in client.get("/about").get_data(as_text=True)


@pytest.mark.parametrize(
    "address",
    [
        *("organisations/nobody:X.atom", "datasets/nothing.atom", "organisations/a%00b.atom"),
        *("organisations/nobody:X/tree.atom", "organisations/nobody:X.ics"),
    ],
)
def test_what_there_is_not(client: FlaskClient, address: str) -> None:
    answer = client.get(f"/downloads/{address}")
    assert answer.status_code == 404
    assert "nobody" not in answer.get_data(as_text=True)


def test_the_calendar_has_the_yearly_review_of_whoever_owes_it(
    client: FlaskClient, module_engine: Engine
) -> None:
    with module_engine.connect() as connection:
        body = connection.execute(
            text(
                "SELECT o.organisation FROM summary s "
                "JOIN organisation o ON o.id = s.organisation_id "
                "JOIN dataset d ON d.id = s.dataset_id AND d.dataset = 'brownfield-land' "
                "WHERE s.snapshot_id = (SELECT id FROM current_snapshot) AND s.in_statutory "
                "ORDER BY 1 LIMIT 1"
            )
        ).scalar_one()
    address = f"/downloads/organisations/{body}.ics"
    answer = client.get(address)
    assert answer.content_type == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.data)
    assert calendar["X-WR-CALNAME"].startswith("Sample data: Planning data due: ")
    assert [event.start for event in calendar.events] == [date(2026, 12, 31), date(2027, 12, 31)]
    assert all(event["URL"].startswith("http://localhost/") for event in calendar.events)
    assert address in client.get(f"/organisations/{body}").get_data(as_text=True)
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_links_name_the_site_that_the_settings_say_and_no_other(
    module_engine: Engine, tmp_path: Path, busiest: tuple[str, str]
) -> None:
    settings = settings_at(tmp_path, redis_url=None, site_url="https://figures.example")
    app = create_app(settings, connect=lambda: connect(module_engine), read_state=read_state)
    answer = app.server.test_client().get(
        f"/downloads/organisations/{busiest[0]}.atom", headers={"Host": "evil.example"}
    )
    reading = feedparser.parse(answer.data)
    links = {link.href for link in reading.feed.links} | {one.link for one in reading.entries}
    assert all(link.startswith("https://figures.example/") for link in links)
    assert b"evil.example" not in answer.data


# Days that are due

ROW = replace(LIVE, dataset="brownfield-land", dataset_name="Brownfield land")
REVIEW = Deadline("brownfield-land", 12, 31, 92, "Regulation 17")


@pytest.mark.parametrize(
    ("seen", "over"),
    [(None, [False, False]), (date(2025, 12, 31), [False, False]), (TODAY, [True, False])],
)
def test_a_review_is_called_off_when_the_data_have_changed_in_its_year(
    seen: date | None, over: list[bool]
) -> None:
    row = replace(ROW, content_changed_on=seen)
    days = occasions("a:B", [row], [REVIEW], TODAY, "https://figures.example")
    assert [day.is_over for day in days] == over
    assert [day.day.year for day in days] == [2026, 2027]
    assert days[0].url == "https://figures.example/organisations/a:B/brownfield-land"
    assert occasions("a:B", [replace(row, dataset="tree")], [REVIEW], TODAY, "") == []


def test_a_review_is_called_off_when_its_people_said_there_is_nothing_to_change() -> None:
    row = replace(ROW, content_changed_on=date(2025, 5, 1))
    met_on = {("brownfield-land", 2026): date(2026, 10, 5)}
    first, second = occasions("a:B", [row], [REVIEW], TODAY, "", met_on)
    assert (first.is_over, second.is_over) == (True, False)
    assert "reviewed without a change on 5 October 2026" in first.description
