"""What the data and the ticket say of a submission, step by step."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection, event

from performance_store.database import connect, transaction
from providers.submissions import evidence, linking, looking
from tests.support.build import AAA, BBB, TODAY, PlatformFile
from tests.support.settings import settings_at
from tests.support.submission_nights import ELSEWHERE, NIGHTS, PAGE, after, hash_of, reveal, url_of
from tests.support.submission_store import Submissions, at, registers
from worker.tasks import ADVANCE, SYNC, TASKS, Tools

ADMIN = 3
ALL = NIGHTS[-1]


def test_seen_in_the_register_collected_and_live(submissions: Submissions) -> None:
    submission = submissions.send("straight")
    submissions.night(1)
    assert submissions.steps(submission) == []
    submissions.night(2)
    assert submissions.steps(submission) == ["registered"]
    submissions.night(3)
    assert submissions.steps(submission) == ["registered", "collected", "live"]
    assert submissions.now(submission.reference).ended_at is not None
    assert submissions.night(ALL) == 0
    proof = submissions.said_by(submission, "live")
    assert proof == {
        **{"snapshot": after(3).isoformat(), "kind": "platform", "status": "live", "rule": "L1"},
        **{"endpoint": hash_of(url_of("straight")), "address": url_of("straight")},
        "existed": False,
    }


def test_all_nights_at_once_come_to_the_same(submissions: Submissions) -> None:
    submission = submissions.send("refused")
    submissions.night(ALL)
    steps = ["registered", "collection_failed", "collected", "live"]
    assert submissions.steps(submission) == steps
    days = [event.on_day for event in submissions.events(submission)][2:]
    assert days == [after(1), after(1), after(2), after(2)]


def test_an_odd_submission_stops_no_other(
    submissions: Submissions, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    odd, other = submissions.send("straight"), submissions.send("refused")
    look = looking.look

    def stumble(connection: Connection, row: looking.Open, today: date) -> int:
        steps = look(connection, row, today)
        if row.id == odd.id:
            raise KeyError("odd")
        return steps

    monkeypatch.setattr(looking, "look", stumble)
    submissions.night(2)
    assert submissions.steps(odd) == []
    assert submissions.steps(other)[0] == "registered"
    assert f"Submission {odd.id} cannot be looked at" in caplog.text
    monkeypatch.undo()
    submissions.night(2)
    assert submissions.steps(odd) == ["registered"]


def test_a_snapshot_from_before_it_was_sent_says_only_that_the_row_existed(
    submissions: Submissions,
) -> None:
    submission = submissions.send("straight", day=after(3), hour=8)
    assert submissions.night(3) == 0
    submissions.night(4)
    assert submissions.steps(submission) == ["registered", "collected", "live"]
    for step in submissions.steps(submission):
        assert submissions.said_by(submission, step)["existed"] is True


def test_what_failed_before_it_was_sent_is_live_when_it_answers(submissions: Submissions) -> None:
    submission = submissions.send("existed")
    submissions.night(2)
    assert submissions.steps(submission) == ["registered", "collection_failed"]
    submissions.night(3)
    assert submissions.steps(submission)[2:] == ["collected", "live"]
    assert submissions.said_by(submission, "live")["existed"] is True


def test_a_second_dataset_of_an_old_address_is_new(submissions: Submissions) -> None:
    submission = submissions.send("second")
    submissions.night(1)
    assert submissions.steps(submission) == ["registered", "collected", "live"]
    assert submissions.said_by(submission, "registered")["existed"] is False


def test_registers_alone_show_the_row_and_nothing_of_its_collection(
    own_submissions: Submissions, tmp_path: Path
) -> None:
    submissions = own_submissions
    submission = submissions.send("absent")
    submissions.store.load(registers(tmp_path, after(1), "absent", entered=after(1)))
    submissions.advance(after(2))
    assert submissions.steps(submission) == ["registered"]
    assert submissions.said_by(submission, "registered") == {
        **{"snapshot": "2025-05-22", "kind": "registers", "rule": "L1", "existed": False},
        **{"endpoint": hash_of(url_of("absent")), "address": url_of("absent")},
    }


def test_refused_at_first_it_is_collected_when_it_comes(submissions: Submissions) -> None:
    submission = submissions.send("refused")
    submissions.night(1)
    assert submissions.steps(submission) == ["registered", "collection_failed"]
    assert submissions.now(submission.reference).step == "collection_failed"
    proof = submissions.said_by(submission, "collection_failed")
    assert (proof["http_status"], proof["log_day"]) == ("403", "2025-05-22")
    submissions.night(2)
    assert submissions.steps(submission)[2:] == ["collected", "live"]


def test_a_later_failure_is_no_step(submissions: Submissions) -> None:
    submission = submissions.send("broken")
    submissions.night(1)
    assert submissions.steps(submission) == ["registered", "collected"]
    assert submissions.night(ALL) == 0


def test_without_records_it_is_not_live_and_after_three_nights_that_is_a_step(
    submissions: Submissions,
) -> None:
    submission = submissions.send("empty")
    submissions.night(2)
    assert submissions.steps(submission) == ["registered", "collected"]
    submissions.night(3)
    assert submissions.steps(submission)[2:] == ["no_records"]
    submissions.night(4)
    assert submissions.steps(submission)[3:] == ["live"]


def test_a_night_that_is_loaded_late_is_looked_at_and_takes_nothing_back(
    own_submissions: Submissions, tmp_path: Path
) -> None:
    submissions = own_submissions
    submission = submissions.send("absent")
    for day in (3, 2):
        file = PlatformFile(tmp_path / str(day), as_at=after(day)).provision("absent")
        key = hash_of(url_of("absent"))
        entry = {"endpoint_url": url_of("absent"), "entry_date": after(1).isoformat()}
        file.add("endpoint", endpoint=key, end_date="", **entry)
        file.endpoint(key, "absent").failure(key, after(2).isoformat(), status="403")
        if day == 3:
            file.answer(key)
        submissions.store.load(file)
        submissions.advance(after(3))
    row = submissions.now(submission.reference)
    assert (row.step, row.linked) == ("live", key)
    steps = ["registered", "collection_failed", "collected", "live"]
    assert submissions.steps(submission) == steps


def test_an_address_that_was_changed_is_likely_and_may_be_taken_back(
    submissions: Submissions,
) -> None:
    submission = submissions.send("changed")
    submissions.night(1)
    added = f"{url_of('changed')}?outputFormat=csv"
    proof = submissions.said_by(submission, "registered")
    assert (proof["rule"], proof["address"]) == ("L4", added)
    with transaction(submissions.engine) as connection:
        assert evidence.unlink(connection, submission=submission, person_id=ADMIN)
    row = submissions.now(submission.reference)
    assert (row.step, row.linked, row.ended_at) == ("acknowledged", None, None)
    submissions.night(3)
    assert submissions.now(submission.reference).linked is None
    submissions.night(4)
    row = submissions.now(submission.reference)
    assert (row.step, row.linked) == ("registered", hash_of(url_of("changed")))


def test_what_was_live_by_a_wrong_guess_is_open_again_and_late(submissions: Submissions) -> None:
    submission = submissions.send("guessed")
    submissions.night(1)
    assert submissions.now(submission.reference).step == "live"
    with transaction(submissions.engine) as connection:
        assert evidence.unlink(connection, submission=submission, person_id=ADMIN)
        assert not evidence.unlink(connection, submission=submission, person_id=ADMIN)
    row = submissions.now(submission.reference, after(30))
    assert (row.step, row.ended_at, row.is_late) == ("acknowledged", None, True)
    submissions.night(2)
    row = submissions.now(submission.reference, after(30))
    assert (row.step, row.is_late) == ("registered", False)
    with transaction(submissions.engine) as connection:
        guess = hash_of(f"{url_of('guessed')}?outputFormat=csv")
        evidence.link_by_hand(connection, submission=submission, endpoint=guess, person_id=ADMIN)
    assert submissions.now(submission.reference).linked == guess
    assert submissions.now(submission.reference).step == "live"


def test_an_exact_row_takes_the_place_of_a_likely_one(submissions: Submissions) -> None:
    submission = submissions.send("moved", documentation_url=PAGE)
    submissions.night(1)
    assert submissions.now(submission.reference).linked == hash_of(ELSEWHERE)
    submissions.night(2)
    assert submissions.now(submission.reference).linked == hash_of(url_of("moved"))
    assert submissions.said_by(submission, "live")["address"] == url_of("moved")


def test_a_person_links_what_no_rule_finds(submissions: Submissions) -> None:
    submission = submissions.send("unlike")
    submissions.night(1)
    assert submissions.steps(submission) == []
    with transaction(submissions.engine) as connection:
        with pytest.raises(LookupError):
            evidence.link_by_hand(
                connection,
                submission=submission,
                endpoint=hash_of(url_of("theirs")),
                person_id=ADMIN,
            )
        assert evidence.link_by_hand(
            connection,
            submission=submission,
            endpoint=hash_of(f"{ELSEWHERE}/unlike"),
            person_id=ADMIN,
        )
    assert submissions.steps(submission) == ["registered", "collected", "live"]
    assert submissions.said_by(submission, "live")["rule"] == "L6"


def test_another_organisation_s_row_of_the_same_address_is_not_ours(
    submissions: Submissions,
) -> None:
    submission = submissions.send("theirs", documentation_url=PAGE)
    submissions.night(ALL)
    assert submissions.steps(submission) == []


def test_the_successor_of_an_organisation_has_its_row(own_submissions: Submissions) -> None:
    submissions = own_submissions
    submission = submissions.send("theirs")
    with transaction(submissions.engine) as connection:
        connection.exec_driver_sql(
            f"UPDATE organisation SET successor = '{BBB}' WHERE organisation = '{AAA}'"
        )
    submissions.night(1)
    assert submissions.steps(submission) == ["registered", "collected", "live"]


def test_retiring_is_done_when_the_register_has_its_end(submissions: Submissions) -> None:
    submissions.night(0)
    key = hash_of(url_of("retired"))
    submission = submissions.send("retired", "retire", url=None, endpoint=key)
    # The second file lacks the address, which says nothing of its end.
    assert submissions.night(2) == 0
    submissions.night(3)
    assert submissions.steps(submission) == ["done"]
    assert submissions.said_by(submission, "done")["ended_on"] == after(3).isoformat()


def test_what_is_taken_back_is_registered_when_it_is_active_again(
    submissions: Submissions,
) -> None:
    submissions.night(0)
    submission = submissions.send("back", "take_back", endpoint=hash_of(url_of("back")))
    assert submissions.night(1) == 0
    submissions.night(2)
    assert submissions.steps(submission) == ["registered"]
    assert submissions.said_by(submission, "registered")["existed"] is False
    submissions.night(3)
    assert submissions.steps(submission) == ["registered", "collected", "live"]


@pytest.mark.parametrize(
    ("request_", "field", "value"),
    [
        ({"documentation_url": f"{PAGE}/new"}, "documentation_url", f"{PAGE}/new"),
        ({"licence": "yes"}, "licence", "ogl3"),
    ],
)
def test_a_correction_is_done_when_the_register_says_otherwise(
    submissions: Submissions, request_: dict[str, str], field: str, value: str
) -> None:
    submission = submissions.send(
        "corrected",
        "correct",
        url=None,
        endpoint=hash_of(url_of("corrected")),
        before={"documentation_url": PAGE, "licence": None},
        documentation_url=request_.get("documentation_url"),
        licence=request_.get("licence"),
    )
    assert submissions.night(1) == 0
    submissions.night(2)
    assert submissions.steps(submission) == ["done"]
    proof = submissions.said_by(submission, "done")
    assert (proof["field"], proof["value"]) == (field, value)


def test_what_replaces_an_address_is_linked_and_not_the_old_one(submissions: Submissions) -> None:
    submissions.night(0)
    old = hash_of(f"{url_of('replaced')}?old")
    submission = submissions.send("replaced", "replace", endpoint=old, documentation_url=PAGE)
    submissions.night(1)
    assert submissions.steps(submission) == []
    submissions.night(2)
    assert submissions.now(submission.reference).linked == hash_of(url_of("replaced"))


def test_help_is_answered_when_its_ticket_is_done(submissions: Submissions) -> None:
    submission = submissions.send("absent", "help", url=None)
    submissions.ticket(submission, "in_progress")
    submissions.night(1)
    assert submissions.steps(submission) == []
    submissions.ticket(submission, "done", native="Resolved", day=after(1))
    submissions.advance(after(1))
    row = submissions.now(submission.reference)
    assert (row.step, row.reason) == ("ended", "answered")


def test_done_without_a_row_it_ends_when_the_register_lacks_it_five_working_days_later(
    submissions: Submissions,
) -> None:
    submission = submissions.send("absent")
    # On a Friday before a bank holiday, so that the fifth working day is the Monday after next.
    submissions.ticket(submission, "done", native="Resolved", day=after(2))
    submissions.night(12)
    # Days pass and no snapshot comes: the register may have it.
    assert submissions.advance(after(30)) == 0
    submissions.night(13)
    row = submissions.now(submission.reference)
    assert (row.step, row.reason) == ("ended", "absent")
    assert submissions.said_by(submission, "ended") == {
        **{"ticket": "Resolved", "reason": "absent"},
        **{"snapshot": after(13).isoformat(), "kind": "platform"},
    }


@pytest.mark.parametrize(
    ("category", "native", "reason"),
    [
        ("cancelled", "Declined", "refused"),
        ("cancelled", "duplicate", "duplicate"),
        ("done", "Closed as Duplicate", "duplicate"),
    ],
)
def test_what_the_desk_refused_ends_at_once(
    submissions: Submissions, category: str, native: str, reason: str
) -> None:
    submission = submissions.send("absent")
    submissions.ticket(submission, category, native=native)
    submissions.advance(TODAY)
    assert submissions.now(submission.reference).reason == reason


def test_the_data_go_before_the_ticket(submissions: Submissions) -> None:
    submission = submissions.send("straight")
    submissions.ticket(submission, "cancelled", native="Declined", day=after(1))
    submissions.night(2)
    assert submissions.now(submission.reference).step == "registered"
    submissions.night(3)
    assert submissions.now(submission.reference).step == "live"


def test_what_left_the_register_again_ends_with_its_ticket(submissions: Submissions) -> None:
    submission = submissions.send("passing")
    submissions.ticket(submission, "done", day=after(2))
    submissions.night(12)
    assert submissions.now(submission.reference).step == "registered"
    submissions.night(13)
    row = submissions.now(submission.reference)
    assert (row.step, row.reason) == ("ended", "absent")


def test_the_job_looks_at_what_is_new(submissions: Submissions, tmp_path: Path) -> None:
    submission = submissions.send("straight")
    reveal(submissions.engine, 3)
    tools = Tools(submissions.engine, settings_at(tmp_path))
    TASKS[ADVANCE].work(tools, timestamp=0)
    assert submissions.now(submission.reference).step == "live"


def test_a_sync_has_what_it_brought_looked_at(
    submissions: Submissions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = SimpleNamespace(line=lambda: "Loaded.")
    monkeypatch.setattr("performance_store.sync.run.sync", lambda *_, **__: loaded)
    settings = settings_at(tmp_path, sync_from="https://data.example/")
    TASKS[SYNC].work(Tools(submissions.engine, settings))
    jobs = submissions.store.sql(
        "SELECT status::text FROM procrastinate_jobs WHERE task_name = :name", name=ADVANCE
    )
    assert jobs == [("todo",)]


def test_nothing_new_costs_one_statement(submissions: Submissions) -> None:
    for case in ("absent", "straight", "refused"):
        submissions.send(case)
    submissions.night(1)
    statements: list[str] = []
    with transaction(submissions.engine) as connection:
        event.listen(
            connection,
            "before_cursor_execute",
            lambda *arguments: statements.append(arguments[2]),
        )
        assert evidence.advance(connection, today=after(1), now=at(after(1))) == 0
    assert len(statements) == 1


def test_two_that_look_at_once_note_each_step_once(submissions: Submissions) -> None:
    submissions.night(ALL)
    submission = submissions.send("straight")
    with transaction(submissions.engine) as one, transaction(submissions.engine) as two:
        counts = [
            evidence.advance(connection, today=after(4), now=at(after(4)))
            for connection in (one, two)
        ]
    assert counts == [3, 0]
    assert submissions.steps(submission) == ["registered", "collected", "live"]


def test_people_of_the_programme_acknowledge_and_end_what_has_no_ticket(
    submissions: Submissions,
) -> None:
    submission = submissions.send("absent")
    with transaction(submissions.engine) as connection:
        assert evidence.acknowledge(connection, submission=submission, person_id=ADMIN)
        assert not evidence.acknowledge(connection, submission=submission, person_id=ADMIN)
        with pytest.raises(ValueError, match="no such reason"):
            evidence.end_by_hand(connection, submission=submission, reason="whim", person_id=ADMIN)
        assert evidence.end_by_hand(
            connection, submission=submission, reason="duplicate", person_id=ADMIN
        )
        assert not evidence.unlink(connection, submission=submission, person_id=ADMIN)
    row = submissions.now(submission.reference)
    assert (row.step, row.reason) == ("ended", "duplicate")
    actions = submissions.store.sql("SELECT action FROM providers.audit ORDER BY id")
    assert [action for (action,) in actions] == ["submission-acknowledged", "submission-ended"]


def test_it_is_looked_for_in_the_newest_snapshot_unless_one_is_named(
    submissions: Submissions,
) -> None:
    submission = submissions.send("straight")
    with connect(submissions.engine) as connection:
        assert linking.find(connection, submission=submission) is None
    submissions.night(2)
    first = submissions.store.snapshot(after(1).isoformat()).snapshot_id
    with connect(submissions.engine) as connection:
        match = linking.find(connection, submission=submission)
        assert match is not None
        assert (match.endpoint, match.is_exact) == (hash_of(url_of("straight")), True)
        assert linking.find(connection, submission=submission, snapshot_id=first) is None
