"""What the data and the ticket say of a submission, step by step."""

from __future__ import annotations

from tests.support.submission_store import Submissions, after


def test_seen_in_the_register_collected_and_live(submissions: Submissions) -> None:
    submission = submissions.send()
    submissions.load(submissions.night(after(1)))
    assert submissions.steps(submission) == []
    night = submissions.night(after(2))
    night.address(entered=after(1))
    submissions.load(night)
    assert submissions.steps(submission) == ["registered"]
    night = submissions.night(after(3))
    night.answer(night.address(entered=after(1)))
    submissions.load(night)
    assert submissions.steps(submission) == ["registered", "collected", "live"]
    assert submissions.now(submission.reference).ended_at is not None
    assert submissions.advance(after(4)) == 0
    assert submissions.said_by(submission, "live")["rule"] == "L1"
    assert submissions.said_by(submission, "live")["existed"] is False
