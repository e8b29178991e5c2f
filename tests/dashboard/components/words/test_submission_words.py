"""What is said of submissions: of each step, by what says so, and of what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest

from dashboard.components.submissions.lines import TONES
from dashboard.components.words import submission_words as words
from providers.submissions.rows import (
    KINDS,
    REASONS,
    STEPS,
    Licence,
    Registered,
    Standing,
    Step,
    Submission,
)

TODAY = date(2026, 3, 5)
SENT_AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
ROW = Submission(
    *(1, "PD23456789", "provide", "local-authority:AAA", "local-authority:AAA", "tree"),
    *("https://maps.example/trees.csv", None, None, "yes", None),
    *(SENT_AT, "sent", SENT_AT, None, None, None, False),
)
REGISTERED = Registered(
    *("e1", "https://maps.example/trees.csv", None, None, None, date(2026, 1, 31), True),
    *(True, False, "404", None, date(2025, 5, 3)),
)


def at(step: Step, **more: Any) -> Submission:
    return replace(ROW, step=step, step_at=datetime(2026, 3, 5, 9, tzinfo=UTC), **more)


def test_every_kind_step_reason_licence_and_answer_has_its_words() -> None:
    assert set(words.KINDS) == set(KINDS)
    assert set(words.STEPS) == set(TONES) == set(STEPS)
    assert set(words.REASONS) == set(REASONS)
    assert set(words.LICENCES) == set(get_args(Licence))
    for step in STEPS:
        assert words.sentence(step, {}).endswith(".")
        then = words.next_step(at(step), promise=TODAY, today=TODAY)
        assert then.words.endswith(".")
        assert then.actor in words.ACTORS


@pytest.mark.parametrize(
    ("step", "evidence", "part"),
    [
        ("sent", {"ticket": None}, "on the list that the data team works through"),
        ("sent", {"ticket": "PDT-1"}, "data team has it"),
        ("registered", {"rule": "L1", "existed": True}, "had it before this was sent"),
        ("registered", {"rule": "L4"}, "probably this one"),
        ("registered", {"rule": "L6"}, "The register has the address."),
        ("collection_failed", {"http_status": "404"}, "there is nothing at the address"),
        ("collection_failed", {}, "tried to collect it and could not."),
        ("acknowledged", {"unlinked": "e1"}, "is another"),
        ("acknowledged", {"goes_on": True}, "does not wait for the authority any more"),
        ("ended", {"reason": "refused"}, "did not take it"),
        ("ended", {"reason": "new to us"}, "came to nothing"),
    ],
)
def test_a_step_is_said_by_what_says_so(step: Step, evidence: dict[str, Any], part: str) -> None:
    assert part in words.sentence(step, evidence)


def test_what_comes_next_says_who_acts_and_by_when() -> None:
    def then(row: Submission, today: date = TODAY) -> tuple[str, str]:
        answer = words.next_step(row, promise=date(2026, 3, 10), today=today, reader="you")
        return answer.words, answer.actor

    assert then(ROW)[1] == "data team"
    assert "by 10 March 2026" in then(ROW)[0]
    assert "longer than promised" in then(replace(ROW, is_late=True))[0]
    assert then(at("waiting")) == ("The data team waits for an answer from you.", "authority")
    assert then(at("registered")) == ("First collection expected tomorrow morning.", "platform")
    late = then(at("registered"), TODAY + timedelta(days=2))[0]
    assert "by the morning of 6 March 2026: our data do not show it yet" in late
    assert "ends the address" in then(replace(ROW, kind="retire"))[0]
    assert then(at("live"))[1] == "nobody"


def test_what_is_still_to_come_follows_what_came() -> None:
    assert words.to_come(ROW, ["sending"]).startswith("sent to the data team, looked at by")
    assert words.to_come(ROW, ["sending", "sent", "registered"]) == "first collected and live"
    assert words.to_come(ROW, ["sent", "waiting"]) == "in the register, first collected and live"
    help_ = replace(ROW, kind="help")
    assert words.to_come(help_, ["sent"]) == "looked at by the data team and answered"
    assert words.to_come(replace(ROW, ended_at=SENT_AT), ["sent"]) == ""


def test_how_an_address_stands_says_since_when_and_why() -> None:
    def answer(kind: Any, **more: Any) -> str:
        return words.answer(Standing(kind, **more))

    assert "since 3 May 2025" in answer("collected", registered=REGISTERED)
    assert "there is nothing at the address" in answer("failing", registered=REGISTERED)
    assert "ended on 31 January 2026" in answer("ended", registered=REGISTERED)
    words_of_it = answer("sent", reference="PD23456789", sent_at=SENT_AT)
    assert words_of_it == "This address was sent on 3 March 2026: PD23456789."
    assert set(words.ANSWERS) == {"new", "collected", "registered", "failing", "ended", "sent"}


def test_lines_on_other_pages_hold_no_sign_that_html_or_json_would_change() -> None:
    rows = [at(step, is_late=True) for step in STEPS]
    text = f"{words.of_dataset(rows, TODAY)} {words.of_all(rows)}"
    assert not set(text) & set("<>&\"'\\\n")
    assert "New address, submitted on 3 March 2026: in the register since 5 March 2026." in text
    assert words.of_all(rows) == "12 submissions are open, 1 waiting for the authority, 12 late."
    assert words.of_all([]) == words.of_dataset([], TODAY) == ""
