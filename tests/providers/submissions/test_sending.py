"""What may be sent, and that of those who send the same at once one does."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.support.build import AAA
from tests.support.submissions import URL, checked, send, start


def test_what_was_checked_is_sent_once_however_often_it_is_clicked(engine: Engine) -> None:
    checked(engine)
    draft = start(engine)
    first = send(engine, draft)
    assert (first.kind, first.organisation, first.url, first.step) == (
        *("provide", AAA, URL),
        "sending",
    )
    assert send(engine, draft) == first
