"""What tickets of each kind say, and to whom."""

from __future__ import annotations

from typing import get_args

import pytest
from sqlalchemy import Engine

from performance_store.settings import Settings
from providers.submissions.rows import CHECKED, Kind
from providers.tickets import composing
from tests.support.tickets import ADDRESS, NAME, NOTE, SITE, Tickets
from worker.tasks import TASKS, Tools

HASH = "ab" * 32
OLD = "https://old.northmere.example/trees.csv"


@pytest.fixture
def tickets(store: Engine) -> Tickets:
    return Tickets(store)


@pytest.fixture
def registered(store: Engine) -> None:
    with store.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO endpoint (endpoint, endpoint_url) VALUES (%(hash)s, %(url)s) "
            "ON CONFLICT DO NOTHING",
            {"hash": HASH, "url": OLD},
        )


def body(tickets: Tickets) -> dict[str, str]:
    [row] = tickets.sql("SELECT body FROM providers.ticket_step WHERE kind = 'create'")
    return dict(row.body)


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.usefixtures("registered")
def test_each_kind_says_what_is_to_be_done_with_which_address(tickets: Tickets, kind: Kind) -> None:
    submission = tickets.submit(kind=kind, endpoint=HASH)
    ticket = body(tickets)
    assert ticket["title"] == (
        f"[{submission.reference}] {composing.SUBJECTS[kind]}: local-authority:NOR, tree"
    )
    for word in (OLD, HASH, f"{SITE}/submissions/{submission.reference}"):
        assert word in ticket["body"]
        assert word in ticket["public_body"]
    for word in (NAME, ADDRESS, NOTE):
        assert word in ticket["body"]
        assert word not in ticket["public_body"]
    assert ("attach row" in tickets.steps()) == (kind in CHECKED)


def test_what_a_check_found_goes_along_with_a_call_for_help(tickets: Tickets) -> None:
    tickets.submit(kind="help", findings_csv="value\nnaïve \0\n".encode())
    [row] = tickets.sql("SELECT body FROM providers.ticket_step WHERE subject = 'findings'")
    assert row.body == {
        "name": "PD7K3M9QRT-findings.csv",
        "text": "value\nnaïve \n",
        "is_public": False,
    }


@pytest.mark.parametrize(
    ("url", "plugin"),
    [
        ("https://maps.example/arcgis/rest/services/T/FeatureServer/0", "arcgis"),
        ("https://maps.example/wfs?service=WFS&request=GetFeature", "wfs"),
        ("https://maps.example/trees.csv", ""),
    ],
)
def test_the_row_says_how_its_address_has_to_be_fetched(
    tickets: Tickets, url: str, plugin: str
) -> None:
    submission = tickets.submit(url=url, licence="no")
    row = composing.attachment(submission).body.decode().splitlines()[1]
    assert row.endswith(f",{plugin},")


def test_the_worker_does_all_of_it(tickets: Tickets) -> None:
    tickets.submit()
    tools = Tools(tickets.engine, Settings())
    [step] = tickets.due()
    TASKS["tickets.send"].work(tools, step=step)
    TASKS["tickets.poll"].work(tools, timestamp=0)
    TASKS["tickets.wake"].work(tools, timestamp=0)
    assert tickets.events() == ["sending", "sent"]
