"""The data team asks and the authority answers, from the desk to the page and back."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from providers.tickets import desk_of
from tests.support.fake_desk import DROP_AFTER, fake_desk
from tests.support.submission_pages import Readers
from tests.support.tickets import Tickets, settings_of

pytestmark = pytest.mark.postgres

QUESTION, ANSWER = "Which of the two layers is it?", "It is the second."


def test_a_question_is_seen_by_the_authority_alone_and_its_answer_reaches_the_desk_once(
    readers: Readers, module_engine: Engine
) -> None:
    with fake_desk() as jira:
        tickets = Tickets(module_engine, desk_of(settings_of(jira)))
        row = readers.submission("conversation")
        path = f"/submissions/{row.reference}"
        tickets.work()
        [ticket] = jira.with_reference(row.reference)
        jira.say(ticket, QUESTION)
        jira.say(ticket, "Between us: they never answer", public=False)
        assert "Waiting" not in readers.nobody.get(path).text
        tickets.poll()  # as the worker does every 15 minutes

        officer = readers.officer
        page = officer.get(path).text
        assert "The data team wrote to you" in page
        assert QUESTION in page
        assert ticket.key in page
        for person in (readers.nobody, readers.stranger):
            page = person.get(path).text
            assert "Waiting for the authority" in page
            for words in (QUESTION, "wrote to you", ticket.key):
                assert words not in page
        assert "Between us" not in officer.get(path).text + readers.manager.get(path).text

        token = officer.token_on(path)
        for _ in range(2):
            answer = officer.post(f"{path}/answer", {"csrf_token": token, "words": ANSWER})
            assert answer.status_code == 303
        assert "on its way to the data team" in officer.get(path).text
        jira.faults["comment"] = [DROP_AFTER]
        tickets.work()
        tickets.pass_time(6)
        tickets.work()
        assert [one.body for one in ticket.comments if one.public] == [QUESTION, ANSWER]
        tickets.poll()
        page = officer.get(path).text
        assert page.count(ANSWER) == 1
        assert "on its way to the data team" not in page
        page = readers.nobody.get(path).text
        assert "The authority replied" in page
        assert ANSWER not in page
