"""The outbox of tickets where no desk is set, and what it stores."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.support.tickets import ADDRESS, NAME, NOTE, Tickets


@pytest.fixture
def tickets(engine: Engine) -> Tickets:
    return Tickets(engine)


def test_without_a_desk_a_submission_is_there_for_the_data_team(tickets: Tickets) -> None:
    tickets.submit()
    assert tickets.steps() == {"create": "pending", "note": "pending", "attach row": "pending"}
    assert tickets.work() == ["sent"]
    assert tickets.steps() == {"create": "sent", "note": "sent", "attach row": "sent"}
    assert tickets.events() == ["sending", "sent"]
    [row] = tickets.sql("SELECT evidence FROM providers.submission_event WHERE step = 'sent'")
    assert row.evidence == {"desk": "none", "ticket": None}
    # What named people is gone.
    words = str(tickets.sql("SELECT body, answer FROM providers.ticket_step"))
    assert not any(word in words for word in (NAME, ADDRESS, NOTE))
    assert tickets.work() == []
