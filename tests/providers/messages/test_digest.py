"""What digests and alerts say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from providers.messages.digest import MOST_LINES, Change, Facts, Frame, OpenTask, alert, digest

TODAY = date(2026, 11, 23)
FRAME = Frame(
    site="https://performance.example.org",
    as_at=date(2026, 11, 22),
    is_old=False,
    preferences="https://performance.example.org/follow/preferences?token=1-aa",
    unsubscribe="https://performance.example.org/follow/unsubscribe?token=1-bb",
)
LOST = Change("o", "tree", "Tree", date(2026, 11, 20), "lost", "https://x.example", None)
FIX = OpenTask("o", "tree", "Tree", "a1", "fix", "missing value", "name", "must", 1204, None)
REVIEW = replace(FIX, public_id="a2", kind="review", urgency="should", due=date(2026, 12, 1))
NEWS = Facts("o", "Testshire", "", "", date(2026, 11, 15), (LOST,), (FIX, REVIEW))


def test_a_digest_says_what_changed_what_is_due_and_what_waits() -> None:
    draft = digest([NEWS], FRAME, today=TODAY)
    assert draft
    assert draft.subject == "This week: planning data of Testshire"
    assert (
        draft.text
        == """Testshire
=========

Changed since 15 November 2026:
- Tree: is no longer provided (20 November 2026)
Due in the next 30 days:
- Tree: review it and confirm that it is right by 1 December 2026
Waiting for you: 1 that must be done, 1 that should be done.
- Tree: fix 1,204 problems of the kind missing value in name

More: https://performance.example.org/organisations/o/tasks


--
You are told this because you confirmed that you want to follow it on Planning Data Performance \
(https://performance.example.org).
Choose what you are told, or pause: https://performance.example.org/follow/preferences?token=1-aa
Stop all of it: https://performance.example.org/follow/unsubscribe?token=1-bb
"""
    )


def test_nothing_to_say_is_no_mail() -> None:
    quiet = replace(NEWS, changes=(), tasks=(replace(FIX, urgency="improve"),))
    assert digest([quiet], FRAME, today=TODAY) is None
    assert digest([], FRAME, today=TODAY) is None
    assert alert([NEWS], FRAME) is None


def test_what_is_due_later_is_not_due() -> None:
    later = replace(REVIEW, due=date(2026, 12, 24))
    draft = digest([replace(NEWS, tasks=(later,))], FRAME, today=TODAY)
    assert draft
    assert "Due in" not in draft.text


def test_old_data_are_said_to_be_old() -> None:
    draft = digest([NEWS], replace(FRAME, is_old=True), today=TODAY)
    assert draft
    assert draft.text.startswith("These figures are of 22 November 2026: newer ones have not come.")


def test_twenty_lines_at_most_and_a_word_of_the_others() -> None:
    many = replace(NEWS, changes=(LOST,) * 30, tasks=(FIX,) * 40)
    draft = digest([many, replace(many, organisation="p", name="Other")], FRAME, today=TODAY)
    assert draft
    lines = [line for line in draft.text.splitlines() if line.startswith("- ")]
    assert len(lines) == MOST_LINES + 2
    assert "- and 50 more" in lines
    assert "- and 70 more" in lines
    assert "Waiting for you: 40 that must be done." in draft.text
    assert draft.subject == "This week: planning data of 2 organisations"


def test_an_alert_says_why() -> None:
    broken = replace(FIX, kind="access", code="", field="", alert="broken")
    draft = alert([replace(NEWS, tasks=(broken,))], FRAME)
    assert draft
    assert draft.subject == "Tree: we could not collect it two days in a row"
    line = "- Tree: make the endpoint work again. We could not collect it two days in a row."
    assert line in draft.text.splitlines()
    two = alert([replace(NEWS, tasks=(broken, replace(REVIEW, alert="notice"), FIX))], FRAME)
    assert two
    assert two.subject == "2 things need attention in your planning data"
    assert "1,204" not in two.text


@settings(max_examples=30)
@given(st.text(max_size=60).map("x{}".format))
def test_stored_text_cannot_begin_a_line(words: str) -> None:
    evil = words + "\r\nhttps://evil.example\n.\nBcc: x@evil.example"
    change = replace(LOST, dataset_name=evil, kind="issue_type_appeared", after=evil)
    task = replace(FIX, dataset_name=evil, code=evil, field=evil, alert="must")
    news = replace(
        NEWS, name=evil, changes=(change,), tasks=(task,), dataset="x", dataset_name=evil
    )
    for draft in (digest([news], FRAME, today=TODAY), alert([news], FRAME)):
        assert draft
        assert draft.subject.isprintable()
        starts = ("https://evil", "Bcc", ".")
        assert not [line for line in draft.text.splitlines() if line.startswith(starts)]
