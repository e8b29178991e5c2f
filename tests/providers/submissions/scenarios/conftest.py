"""A desk that speaks its protocol over real sockets, and the outbox that sends to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from providers.tickets import desk_of
from tests.support.fake_desk import FakeDesk, fake_desk
from tests.support.submission_store import Submissions
from tests.support.tickets import Tickets, settings_of


@pytest.fixture
def jira() -> Iterator[FakeDesk]:
    with fake_desk() as desk:
        yield desk


@pytest.fixture
def tickets(submissions: Submissions, jira: FakeDesk) -> Tickets:
    return Tickets(submissions.engine, desk_of(settings_of(jira)))
