"""Where names, addresses and words of people stand, and when they go."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from performance_store.database import connect, transaction
from providers.submissions import drafts, reading, sending, upkeep
from providers.submissions.refusals import Refused
from providers.tickets import outbox
from tests.support.submissions import ADDRESS, ME, NAME, NOTE, checked, put_aside, rows, send, start
from worker.tasks import TASKS, Tools

PERSONAL = ("Quill", "ada.quill", "Ring Ada", "Our intern")
MAY_HOLD = {"submission_contact", "submission_draft", "ticket_step", "ticket_comment"}


def holders(engine: Engine) -> set[str]:
    """Tables with anything personal in them."""
    tables = rows(
        engine,
        "SELECT table_schema, table_name FROM information_schema.tables "
        "WHERE table_schema IN ('public', 'providers') AND table_type = 'BASE TABLE'",
    )
    pattern = "|".join(PERSONAL).replace(".", "[.]")
    return {
        str(name)
        for schema, name in tables
        if rows(engine, f'SELECT FROM "{schema}"."{name}" t WHERE t::text ~* :p LIMIT 1', p=pattern)
    }


def test_nothing_personal_stands_anywhere_else(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    checked(engine)
    submission = send(engine, start(engine))
    start(engine, "help")
    with transaction(engine) as connection:
        outbox.say(connection, submission=submission, words="Our intern did it", person_id=ME)
    with pytest.raises(Refused) as refusal:
        send(engine, start(engine, "provide", url="https://other.example/x"))
    assert holders(engine) == MAY_HOLD
    with connect(engine) as connection:
        public = (
            reading.all(connection, today=datetime.now(UTC).date()),
            reading.events(connection, submission_id=submission.id),
            reading.ticket(connection, submission_id=submission.id),
            reading.figures(connection, today=datetime.now(UTC).date()),
        )
    for words in (str(public), caplog.text, refusal.value.sentence):
        assert not [name for name in PERSONAL if name.casefold() in words.casefold()]


def test_24_months_after_the_end_facts_alone_are_left(engine: Engine) -> None:
    checked(engine)
    submission = send(engine, start(engine))
    with transaction(engine) as connection:
        outbox.say(connection, submission=submission, words="Our intern did it", person_id=ME)
        sending.withdraw(connection, submission=submission, person_id=ME)
        contact = reading.contact(connection, submission_id=submission.id)
        events = reading.events(connection, submission_id=submission.id)
    assert contact is not None
    assert (contact.name, contact.address, contact.note) == (NAME, ADDRESS, NOTE)
    (day,) = rows(engine, "SELECT purge_on FROM providers.submission_contact")[0]
    tools = Tools(engine, None)  # type: ignore[arg-type]

    def purge_on(moment: datetime) -> None:
        TASKS["purge.daily"].work(tools, timestamp=int(moment.timestamp()))

    purge_on(datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(seconds=1))
    assert holders(engine) == {"submission_contact", "ticket_comment"}
    purge_on(datetime(day.year, day.month, day.day, tzinfo=UTC))
    assert holders(engine) == set()
    with connect(engine) as connection:
        assert reading.contact(connection, submission_id=submission.id) is None
        assert reading.comments(connection, submission_id=submission.id) == ()
        assert reading.events(connection, submission_id=submission.id) == events
        left = reading.by_id(connection, submission_id=submission.id, today=day)
    assert (left.reference, left.step, left.reason) == (submission.reference, "ended", "withdrawn")


def test_what_is_open_is_kept_and_what_never_went_out_is_not_sent(engine: Engine) -> None:
    checked(engine)
    submission = send(engine, start(engine))
    soon = datetime.now(UTC).date()
    with transaction(engine) as connection:
        upkeep.purge(connection, today=soon + timedelta(days=3300))
        assert reading.contact(connection, submission_id=submission.id) is not None
    rows(engine, "UPDATE providers.submission_contact SET purge_on = current_date")
    with transaction(engine) as connection:
        upkeep.purge(connection, today=soon)
    assert rows(engine, "SELECT DISTINCT body::text, state FROM providers.ticket_step") == [
        ("{}", "failed")
    ]
    assert rows(engine, "SELECT FROM providers.ticket_step WHERE ended_at IS NULL") == []


def test_what_was_put_aside_goes_too(engine: Engine) -> None:
    checked(engine)
    submission = send(engine, start(engine))
    put_aside(engine)
    day = datetime.now(UTC).date()
    with transaction(engine) as connection:
        upkeep.purge(connection, today=day.replace(day=1, year=day.year + 2))
        assert reading.contact(connection, submission_id=submission.id) is not None
        upkeep.purge(connection, today=day.replace(day=28, month=12, year=day.year + 3))
        assert reading.contact(connection, submission_id=submission.id) is None


def test_drafts_go_after_30_days(engine: Engine) -> None:
    draft = start(engine)
    with transaction(engine) as connection:
        upkeep.purge(connection, today=draft.expires_at.date())
        assert drafts.get(connection, token=draft.token, person_id=ME) == draft
        upkeep.purge(connection, today=draft.expires_at.date() + timedelta(days=1))
        assert drafts.get(connection, token=draft.token, person_id=ME) is None
