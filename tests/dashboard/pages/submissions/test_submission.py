"""The page of a submission: what everybody sees of it, what only some do, and what its forms do."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest

from dashboard.pages.submit import summary
from providers.submissions.rows import Submission
from tests.support.accounts import Person
from tests.support.build import AAA, BBB
from tests.support.submission_pages import Readers
from tests.support.submissions import ADDRESS, ME, NAME, NOTE, rows

pytestmark = pytest.mark.postgres

QUESTION = "Which <b>layer</b> do you mean?"
PRIVATE = (NAME, ADDRESS, NOTE, "Which &lt;b&gt;layer", "desk.example", "PDT-1")


def path(row: Submission, act: str = "") -> str:
    return f"/submissions/{row.reference}{act}"


def words(person: Person, row: Submission) -> str:
    """The words of its page."""
    page = person.get(path(row)).text
    content = page[page.index("<h1") : page.index("</main>")]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", content).split()))


def post(person: Person, row: Submission, act: str, **values: str) -> tuple[int, str]:
    token = person.token_on(path(row))
    answer = person.post(path(row, act), {"csrf_token": token, **values})
    return answer.status_code, answer.location or answer.text


@pytest.fixture(scope="module")
def question(readers: Readers) -> Submission:
    """What the data team asked something about."""
    row = readers.submission("question", "sent", "acknowledged", "waiting")
    readers.ticket(row)
    readers.comment(row, QUESTION)
    return row


def test_everybody_sees_how_far_it_is_and_nobody_else_what_was_said(
    readers: Readers, question: Submission
) -> None:
    for person in (readers.nobody, readers.stranger):
        answer = person.get(path(question))
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Waiting for the authority" in answer.text
        assert "https://maps.example/question.csv" in answer.text
        for text in PRIVATE:
            assert text not in answer.text
        assert "wrote to you" not in answer.text
    for person in (readers.officer, readers.manager):
        page = person.get(path(question)).text
        for text in PRIVATE:
            assert text in page
    assert "The data team wrote to you" in words(readers.officer, question)
    assert "Sign in" in words(readers.nobody, question)


def test_nothing_personal_is_in_lists_files_or_feeds(
    readers: Readers, question: Submission
) -> None:
    officer = readers.officer
    for address in (
        f"/organisations/{AAA}/submissions",
        "/national/submissions",
        f"/downloads/organisations/{AAA}/submissions.csv",
        "/downloads/national/submissions.csv",
        f"/downloads/organisations/{AAA}.atom",
        f"/organisations/{AAA}/tree",
        f"/organisations/{AAA}",
    ):
        page = officer.get(address).text
        assert question.reference in page or "submi" in page, address
        for text in PRIVATE:
            assert text not in page, address


def test_each_step_has_its_day_and_what_says_so(readers: Readers) -> None:
    row = readers.submission("steps", "sent")
    day = date.today() - timedelta(days=1)
    seen = {"snapshot": day.isoformat(), "kind": "platform", "endpoint": "e1"}
    readers.note(row, "registered", on_day=day, address=row.url, rule="L1", **seen)
    page = words(readers.nobody, row)
    spoken = f"{day.day} {day:%B %Y}"
    assert f"In the register since {spoken}" in page
    assert f"The register has the address. Seen in the data of {spoken}." in page
    assert "What comes next First collection expected tomorrow morning." in page
    assert "Who acts next Nobody has to: the platform does it at night" in page
    assert "Still to come: first collected and live." in page
    readers.note(row, "collection_failed", http_status="403", **seen)
    page = words(readers.nobody, row)
    assert "could not: the website refused to let us in." in page
    assert "A task says what to do about it" in page
    readers.note(row, "collected", **seen)
    readers.note(row, "live", status="needs_improving", **seen)
    page = words(readers.nobody, row)
    assert "Thank you" in page
    assert re.search(r"To make it better still: \d+ tasks?", page)
    assert "What comes next" not in page


def test_while_the_desk_is_away_it_is_safe(readers: Readers) -> None:
    row = readers.submission("away")
    page = words(readers.nobody, row)
    assert "Safe with us, being sent" in page
    assert "Nothing needs to be sent again" in page
    assert "Who acts next Nobody has to: this website does it" in page
    rows(
        readers.engine,
        "UPDATE providers.ticket_step SET attempts = 3, answer = 'It answers 503' "
        "WHERE submission_id = :id AND kind = 'create'",
        id=row.id,
    )
    assert "Its last answer: It answers 503" in words(readers.manager, row)
    assert "503" not in words(readers.officer, row)


def test_what_is_probably_it_shows_both_addresses(readers: Readers) -> None:
    row = readers.submission("likely", "sent")
    other = f"{row.url}?layer=2"
    readers.note(row, "registered", rule="L4", endpoint="e9", address=other, existed=False)
    link = "INSERT INTO providers.submission_link (submission_id, endpoint, rule) "
    rows(readers.engine, f"{link} VALUES (:id, 'e9', 'L4')", id=row.id)
    page = words(readers.nobody, row)
    assert f"Address of the data, as sent {row.url} " in page
    assert f"Address in the register, probably this one {other} " in page
    assert "probably this one, though it is not written the same" in page
    status, _ = post(readers.manager, row, "/unlink")
    assert status == 303
    assert other not in words(readers.nobody, row)
    assert "is another" in words(readers.nobody, row)


def test_what_is_live_by_a_wrong_guess_is_unlinked_and_goes_on(readers: Readers) -> None:
    row = readers.submission("guess", "sent")
    seen = {"rule": "L4", "endpoint": "e9", "address": f"{row.url}?layer=2", "existed": False}
    for step in ("registered", "collected", "live"):
        readers.note(row, step, subject="e9", status="live", **seen)
    link = "INSERT INTO providers.submission_link (submission_id, endpoint, rule) "
    rows(readers.engine, f"{link} VALUES (:id, 'e9', 'L4')", id=row.id)
    assert "Unlink" in words(readers.manager, row)
    post(readers.manager, row, "/unlink")
    page = words(readers.manager, row)
    assert "What comes next" in page
    assert "Unlink" not in page.replace("Unlinked", "")


def test_what_was_there_before_is_not_claimed(readers: Readers) -> None:
    row = readers.submission("before", "sent")
    readers.note(row, "registered", rule="L1", endpoint="e9", address=row.url, existed=True)
    assert "It had it before this was sent" in words(readers.nobody, row)


def test_an_answer_is_passed_on_once(readers: Readers, question: Submission) -> None:
    officer = readers.officer
    for _ in range(2):
        status, where = post(officer, question, "/answer", words="Layer 2,\r\nplease ")
        assert (status, where) == (303, f"{path(question)}?saved=answer")
    answers = rows(
        readers.engine,
        "SELECT text, external_id FROM providers.ticket_comment "
        "WHERE submission_id = :id AND NOT by_agent",
        id=question.id,
    )
    assert answers == [("Layer 2,\nplease", None)]
    page = words(officer, question)
    assert "Layer 2, please (on its way to the data team)" in page
    assert "The authority replied" in words(readers.nobody, question)
    assert "Layer 2" not in words(readers.nobody, question)


@pytest.mark.parametrize("typed", ["", " \r\n ", "x" * 2001, "a\x07b"])
def test_what_is_no_answer_is_not_passed_on(
    readers: Readers, question: Submission, typed: str
) -> None:
    status, page = post(readers.officer, question, "/answer", words=typed)
    assert status == 400
    assert "There is a problem" in page
    assert len(typed) < 2000 or typed in page


@pytest.mark.parametrize("act", ["/answer", "/withdraw", "/again"])
def test_nobody_else_acts_for_an_authority(
    readers: Readers, question: Submission, act: str
) -> None:
    before = rows(readers.engine, "SELECT count(*) FROM providers.ticket_comment")
    for person, expected in (
        (readers.nobody, 401),
        (readers.stranger, 403),
        (readers.manager, 403),
    ):
        token = person.token_on("/account") if person.get("/account").text.count("csrf") else ""
        values = {"csrf_token": token, "words": "Mine now"}
        assert person.post(path(question, act), values).status_code == expected
    forged = readers.officer.post(path(question, act), {"words": "Mine now"})
    assert forged.status_code == 403
    assert rows(readers.engine, "SELECT count(*) FROM providers.ticket_comment") == before
    assert "Withdrawn" not in words(readers.nobody, question)


def test_what_is_withdrawn_can_be_sent_again_with_all_that_it_had(readers: Readers) -> None:
    row = readers.submission("withdrawn", "sent", person_id=ME)
    officer = readers.officer
    assert "Send it again" not in words(officer, row)
    assert post(officer, row, "/withdraw") == (303, f"{path(row)}?saved=withdrawn")
    assert "It was withdrawn." in words(readers.nobody, row)
    assert "Send it again" not in words(readers.nobody, row)
    assert readers.audited(row, "submission-withdrawn") == 1
    status, page = post(officer, row, "/answer", words="One thing more")
    assert status == 400
    assert "has ended" in page
    assert "kind=help" in officer.get(path(row)).text
    assert 'id="field-words"' in page
    assert ">One thing more</textarea>" in page
    status, where = post(officer, row, "/answer", words="One thing more", help="1")
    assert status == 303
    page = officer.get(where).text
    assert f">About {row.reference}: One thing more</textarea>" in page
    status, where = post(officer, row, "/again")
    assert status == 303
    [(answers,)] = rows(
        readers.engine,
        "SELECT answers FROM providers.submission_draft WHERE token = :token",
        token=where.removeprefix("/submit/").split("/")[0],
    )
    assert answers == {
        "url": row.url,
        "documentation_url": row.documentation_url,
        "licence": "yes",
        "note": NOTE,
    }


def test_sending_again_overwrites_nothing_and_is_for_what_ended(readers: Readers) -> None:
    row = readers.submission("again", "sent", kind="correct", endpoint="e1", field="licence")
    officer = readers.officer
    assert post(officer, row, "/again")[0] == 409
    readers.note(row, "ended", reason="refused")
    _, where = post(officer, row, "/again")
    statement = "SELECT answers FROM providers.submission_draft WHERE token = :token"
    token = where.removeprefix("/submit/").split("/")[0]
    [(answers,)] = rows(readers.engine, statement, token=token)
    assert answers == {"endpoint": "e1", "field": "licence", "licence": "yes", "note": NOTE}
    rows(
        readers.engine,
        "UPDATE providers.submission_draft "
        """SET answers = '{"note": "Mine, and newer"}' WHERE token = :token""",
        token=token,
    )
    status, where = post(officer, row, "/again")
    assert (status, where) == (303, f"/submit/{token}/answers?begun={row.reference}")
    page = officer.get(where).text
    assert summary.BEGUN in page
    assert "Mine, and newer" in page
    assert NOTE not in page


def test_what_was_not_done_is_not_said_to_be_done(readers: Readers) -> None:
    row = readers.submission("too-late", "sent")
    officer, manager = readers.officer, readers.manager
    tokens = {person: person.token_on(path(row)) for person in (officer, manager)}
    done = f"{path(row)}?saved=withdrawn"
    assert "Withdrawn" not in readers.nobody.get(done).text
    readers.note(row, "ended", reason="refused")
    acts = [(officer, "withdraw"), *[(manager, act) for act in ("acknowledge", "unlink", "end")]]
    for person, act in acts:
        values = {"csrf_token": tokens[person], "reason": "absent"}
        answer = person.post(path(row, f"/{act}"), values)
        assert answer.location == f"{path(row)}?saved=nothing", act
    page = officer.get(f"{path(row)}?saved=nothing").text
    assert "Nothing was changed" in page
    assert "How it stands now: Ended without" in page
    assert "Success" not in page


def test_whoever_sent_it_is_told_so_with_its_reference_and_by_when(readers: Readers) -> None:
    row = readers.submission("confirmed")
    address = f"{path(row)}?saved=sent"
    page = readers.officer.get(address).text
    panel = page[page.index('class="panel"') : page.index("<h1")]
    assert row.reference in panel
    assert re.search(r"adds the address to the register, by \d+ \w+ \d{4} as a rule", panel)
    assert 'class="panel"' not in readers.nobody.get(address).text


def test_what_is_pasted_is_an_answer(readers: Readers) -> None:
    row = readers.submission("pasted", "sent")
    words = "Layer\u00a02\t\U0001f469\u200d\U0001f4bb"
    assert post(readers.officer, row, "/answer", words=words)[0] == 303
    assert words in readers.officer.get(path(row)).text


def test_one_that_came_to_nothing_says_why_to_those_who_may_know(readers: Readers) -> None:
    row = readers.submission("absent", "sent")
    readers.comment(row, "We cannot use a page of words.")
    readers.note(row, "ended", reason="absent")
    assert "the register does not have the address" in words(readers.nobody, row)
    assert "a page of words" not in words(readers.nobody, row)
    page = words(readers.officer, row)
    assert "The data team’s last words: We cannot use a page of words." in page
    assert "Send it again" in page


def test_a_correction_that_came_to_nothing_was_never_to_be_live(readers: Readers) -> None:
    row = readers.submission("correct", "sent", kind="correct", field="licence", endpoint="e1")
    readers.note(row, "ended", reason="absent")
    page = words(readers.officer, row)
    assert "Ended without a change" in page
    assert "being live" not in page
    assert page.count("the register does not show the change") == 2
    assert page.index("What was said") < page.index("How it went")


def test_the_programme_acts_by_hand_and_others_do_not(readers: Readers) -> None:
    row = readers.submission("by-hand", "sent")
    manager, officer = readers.manager, readers.officer
    for act in ("/acknowledge", "/link", "/unlink", "/end"):
        assert post(officer, row, act, reason="refused", endpoint="e1")[0] == 403
        assert readers.nobody.post(path(row, act)).status_code == 401
    assert officer.get(path(row, "/ticket.csv")).status_code == 403
    assert readers.audited(row, "submission-refused") == 5
    assert "For programme managers" not in words(officer, row)
    assert post(manager, row, "/acknowledge")[0] == 303
    assert "Being looked at" in words(readers.nobody, row)
    assert post(manager, row, "/link", endpoint="nothing")[0] == 400
    assert post(manager, row, "/link", endpoint="e1")[0] == 303
    assert post(manager, row, "/end", reason="whatever")[0] == 400
    assert post(manager, row, "/end", reason="refused")[0] == 303
    assert "The data team did not take it." in words(readers.nobody, row)


def test_the_row_for_the_register_is_for_the_programme(readers: Readers) -> None:
    row = readers.submission("file", "sent")
    answer = readers.manager.get(path(row, "/ticket.csv"))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.text.startswith("organisation,pipelines,documentation-url,endpoint-url")
    assert row.url is not None
    assert row.url in answer.text
    assert NAME not in answer.text


def test_a_shared_service_sends_for_one_and_it_is_said_on_whose_behalf(readers: Readers) -> None:
    """Of several whom somebody may act for, what was sent for one leaves the others' lists."""
    row = readers.submission("shared", "sent")
    sql = "UPDATE providers.submission SET acting_for = :body WHERE id = :id"
    rows(readers.engine, sql, body=BBB, id=row.id)
    assert "Sent on behalf of Bbb" in words(readers.nobody, row)
    assert NAME in words(readers.stranger, row), "who sent it for AAA sees it whole"
    assert NAME in words(readers.officer, row)
    assert row.reference in readers.nobody.get(f"/organisations/{AAA}/submissions").text
    assert row.reference not in readers.nobody.get(f"/organisations/{BBB}/submissions").text
    status, _ = post(readers.stranger, row, "/answer", words="We send it for them")
    assert status == 303


def test_there_is_no_page_of_what_was_never_sent(readers: Readers) -> None:
    assert readers.nobody.get("/submissions/PD00000000").status_code == 404
    token = readers.officer.token_on("/account")
    answer = readers.officer.post("/submissions/PD00000000/withdraw", {"csrf_token": token})
    assert answer.status_code in (403, 404)
