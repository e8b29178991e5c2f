"""Sending an address to the data team, from the first page to the reference."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, text

from dashboard.components.words import submission_words
from dashboard.pages.submit import address, checking, query, start, summary, taken, typed
from performance_store.database import transaction
from providers.checks.format import pack_summary
from tests.support import check_result
from tests.support.accounts import Person
from tests.support.build import AAA, BBB, Store
from tests.support.submissions import checked
from tests.support.submitting import Officer

pytestmark = pytest.mark.postgres

URL = "https://maps.aaa.gov.uk/areas.csv"
PAGE = "https://www.aaa.gov.uk/open-data"
DETAILS = {"documentation_url": PAGE, "licence": "yes", "name": "Ada Quill", "note": ""}
AREA = "conservation-area"
CLEAN = replace(check_result.summary(), verdict="ready", groups=(), must_rows=0)
SEND = "Send it to the data team"
Trail = Callable[[], list[tuple[Any, ...]]]


def to_answers(officer: Officer, engine: Engine, url: str = URL, **more: str) -> str:
    """A draft with a clean check and all details. Out: its address."""
    checked(engine, url=url, dataset=AREA)
    draft = officer.begin(AREA)
    assert officer.post(draft, url=url).location == f"{draft}/details"
    answer = officer.post(f"{draft}/details", **(DETAILS | more))
    assert answer.location == f"{draft}/answers", answer.text
    return draft


def submissions(engine: Engine) -> list[tuple[Any, ...]]:
    return Store(engine).sql(
        "SELECT reference, kind, organisation, dataset, url, endpoint, task "
        "FROM providers.submission WHERE archived_at IS NULL ORDER BY id"
    )


def finish(engine: Engine, *, has_must: bool) -> None:
    """End all checks."""
    with transaction(engine) as connection:
        connection.execute(
            text(
                "UPDATE providers.check_result SET state = 'finished', finished_at = now(), "
                "has_must = :has_must"
            ),
            {"has_must": has_must},
        )


def test_a_clean_address_is_sent_in_four_forms(officer: Officer, engine: Engine) -> None:
    page = officer.get(f"/submit?dataset={AREA}&organisation={AAA}&kind=provide")
    assert submission_words.KINDS["provide"].title in page.text
    assert 'name="kind" value="provide"' in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    draft = to_answers(officer, engine, note="Line one\r\nline two")
    page = officer.get(f"{draft}/answers")
    assert re.search(r"Line one<br ?/?>line two", page.text)
    assert "Your name, your e-mail address and your note" in page.text
    assert summary.PUBLIC in page.text
    for words in (URL, PAGE, "Ada Quill", "officer@aaa.example", "Nothing has to be fixed", SEND):
        assert words in page.text
    assert f'href="{draft}/details#field-licence"' in page.text
    answer = officer.post(f"{draft}/send")
    ((reference, *facts),) = submissions(engine)
    assert answer.status_code == 303
    assert answer.location == f"/submissions/{reference}?saved=sent"
    (task,) = Store(engine).sql(
        "SELECT public_id FROM task JOIN dataset d ON d.id = dataset_id "
        "JOIN organisation o ON o.id = organisation_id "
        f"WHERE kind = 'provide' AND dataset = '{AREA}' AND organisation = '{AAA}'"
    )
    # To change what is sent does not lose the task.
    assert f"task={task[0]}" in page.text
    # Whoever does not come from the task closes it all the same.
    assert facts == ["provide", AAA, AREA, URL, None, task[0]]
    note = Store(engine).value(
        "SELECT note FROM providers.submission_contact ORDER BY submission_id DESC LIMIT 1"
    )
    assert note == "Line one\nline two"
    # Whoever comes back to any step sees what came of it.
    for step in ("", "/standing", "/check", "/details", "/answers"):
        assert officer.get(draft + step).location == f"/submissions/{reference}"


def test_blocking_findings_let_nobody_send(officer: Officer, engine: Engine, trail: Trail) -> None:
    draft = officer.begin(AREA)
    assert officer.post(draft, url=f" {URL} ").location == f"{draft}/check"
    page = officer.get(f"{draft}/check").text
    assert "Checking the address" in page
    assert "data-state" in page
    # Sending the form again begins no second check.
    assert officer.post(draft, url=URL).location == f"{draft}/check"
    assert Store(engine).value("SELECT count(*) FROM providers.check_result") == 1
    check_result.store(engine, one_check(engine))
    page = officer.get(f"{draft}/check").text
    assert "Some things have to be fixed first" in page
    assert "The column is missing" in page
    assert f"kind=help&amp;check={secret_of(engine, draft)}" in page
    # What was typed meanwhile is kept, and neither the address nor a forged form sends it.
    officer.post(f"{draft}/details", **DETAILS)
    page = officer.get(f"{draft}/answers").text
    assert SEND not in page
    assert f'href="{draft}/check"' in page
    answer = officer.post(f"{draft}/send")
    assert answer.status_code == 409
    assert "There is a problem" in answer.text
    assert submissions(engine) == []
    assert ("submission-refused", AAA, "check-blocking") in trail()
    # Help with it is a request of its own kind, with the findings.
    question = officer.begin(AREA, "help", check=secret_of(engine, draft))
    page = officer.get(f"{question}/details").text
    assert f'value="{URL}"' in page
    assert "Everybody can see it" in page
    typed_words = {"note": "Which column?", "name": "Ada Quill"}
    officer.post(f"{question}/details", **typed_words, url=URL)
    assert URL in officer.get(f"{question}/answers").text
    assert officer.post(f"{question}/send").status_code == 303
    assert [row[1] for row in submissions(engine)] == ["help"]
    # After a clean check everything that was typed is there still.
    assert officer.post(f"{draft}/check").location == f"{draft}/check"
    finish(engine, has_must=False)
    assert officer.get(f"{draft}/check").location == f"{draft}/details"
    assert PAGE in officer.get(f"{draft}/details").text
    page = officer.get(f"{draft}/answers").text
    assert "Ada Quill" in page
    assert SEND in page
    assert officer.post(f"{draft}/send").status_code == 303
    assert [row[1] for row in submissions(engine)] == ["help", "provide"]


def test_a_blocking_check_is_a_colleagues_or_linked(officer: Officer, engine: Engine) -> None:
    draft = officer.begin(AREA)
    officer.post(draft, url=URL)
    check_result.store(engine, one_check(engine))
    finish(engine, has_must=False)
    # What a stranger checks hinders nobody.
    checked(engine, url=URL, dataset=AREA, by=None, has_must=True, days=-0.001)
    assert officer.get(f"{draft}/check").location == f"{draft}/details"
    checked(engine, url=URL, dataset=AREA, has_must=True, days=-0.002)
    page = officer.get(f"{draft}/check").text
    assert checking.COLLEAGUE in page
    assert f"/check/{secret_of(engine, draft)}" not in page


def test_the_address_of_a_question_can_be_changed(officer: Officer, engine: Engine) -> None:
    question = officer.begin(AREA, "help")
    officer.post(f"{question}/save", url="https://ada:secret@aaa.gov.uk/x", note="Why?", name="Ada")
    page = officer.get(f"{question}/answers").text
    assert f'href="{question}/details#field-url"' in page
    assert SEND not in page
    assert 'id="field-url"' in officer.get(f"{question}/details").text
    officer.post(f"{question}/details", url="", note="Why?", name="Ada")
    assert SEND in officer.get(f"{question}/answers").text


def test_too_many_checks_are_said(
    officer: Officer, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.checks.limits.AT_ONCE", 0)
    draft = officer.begin(AREA)
    answer = officer.post(draft, url=URL)
    assert answer.status_code == 429
    assert "We cannot check this address now" in answer.text
    assert "of your checks are still under way" in answer.text
    assert "#field-url" not in answer.text


def one_check(engine: Engine) -> Any:
    """The only check that there is."""
    ((check_id,),) = Store(engine).sql("SELECT id FROM providers.check_result")
    return type("_", (), {"id": check_id})


def secret_of(engine: Engine, draft: str) -> str:
    return str(
        Store(engine).value(
            "SELECT answers ->> 'check' FROM providers.submission_draft "
            f"WHERE token = '{draft.rpartition('/')[2]}'"
        )
    )


def test_the_same_sent_twice_is_one(
    officer: Officer, officer_of: Callable[[str], Officer], engine: Engine
) -> None:
    colleague = officer_of("colleague@aaa.example")
    officer = officer_of("officer@aaa.example")
    draft = to_answers(officer, engine)
    theirs = to_answers(colleague, engine, f"{URL}#top")
    with ThreadPoolExecutor(3) as pool:
        sending = [
            pool.submit(officer.post, f"{draft}/send"),
            pool.submit(officer.post, f"{draft}/send"),
            pool.submit(colleague.post, f"{theirs}/send"),
        ]
        answers = [answer.result() for answer in sending]
    ((reference, *_),) = submissions(engine)
    places = {answer.location for answer in answers if answer.status_code == 303}
    assert places == {f"/submissions/{reference}?saved=sent"}
    # Whoever came second is told, and keeps what they typed.
    (refusal, *_) = (answer.text for answer in answers if answer.status_code == 409)
    assert "A colleague of yours sent this already" in refusal
    assert taken.NOT_SENT in refusal
    assert f'href="/submissions/{reference}"' in refusal
    statement = "SELECT count(*) FROM providers.submission_draft WHERE submission_id IS NULL"
    assert Store(engine).value(f"{statement} AND answers ->> 'name' = 'Ada Quill'") == 1
    steps = "SELECT count(*) FROM providers.ticket_step s JOIN providers.submission m "
    on = f"ON m.id = s.submission_id WHERE m.reference = '{reference}' AND s.kind = 'create'"
    assert Store(engine).value(steps + on) <= 1
    # Who comes later is told before anything is checked.
    later = officer.begin(AREA)
    assert officer.post(later, url=URL).location == f"{later}/standing"
    page = officer.get(f"{later}/standing").text
    assert "Somebody sent this address already" in page
    assert f'href="/submissions/{reference}"' in page
    assert SEND not in officer.get(f"{later}/answers").text


def test_a_second_correction_is_not_thrown_away(officer: Officer, engine: Engine) -> None:
    for page in ("first", "second"):
        draft = officer.begin(kind="correct")
        officer.post(draft, endpoint="e1", field="documentation")
        more = {"documentation_url": f"{PAGE}/{page}", "name": "Ada", "note": f"The {page} is it"}
        assert officer.post(f"{draft}/details", **more).location == f"{draft}/answers"
        answer = officer.post(f"{draft}/send")
    ((reference, *_),) = submissions(engine)
    assert answer.status_code == 409
    assert "You sent this already" in answer.text
    assert f'action="/submissions/{reference}/answer"' in answer.text
    assert f"{PAGE}/second\nThe second is it</textarea>" in answer.text
    assert "The second is it" in officer.get(f"{draft}/answers").text


def test_what_is_forged_is_refused_and_stands_in_the_trail(
    officer: Officer, officer_of: Callable[[str], Officer], engine: Engine, trail: Trail
) -> None:
    draft = officer.begin(AREA)
    officer.post(draft, url=URL)
    officer.post(f"{draft}/details", **DETAILS)
    # Without a check.
    assert officer.post(f"{draft}/send").status_code == 409
    assert trail()[-1] == ("submission-refused", AAA, "no-check")
    # For another organisation.
    answer = officer.post("/submit", organisation=BBB, dataset="tree", kind="help")
    assert answer.status_code == 403
    assert trail()[-1][0] == "refused"
    assert Store(engine).sql("SELECT DISTINCT organisation FROM providers.submission_draft") == [
        (AAA,)
    ]
    # With another's draft, by every form of it and by its pages.
    stranger = officer_of("officer@bbb.example")
    for step in ("", "/standing", "/check", "/details", "/send", "/save", "/remove"):
        stranger_sends = stranger.post(draft + step, url="https://bad.example/x", note="mine")
        assert stranger_sends.status_code == 404, step
        assert trail()[-1] == ("submission-refused", AAA, "not-yours")
    assert stranger.get(f"{draft}/details").status_code == 404
    assert URL not in stranger.get(draft).text
    colleague = officer_of("colleague@aaa.example")
    assert colleague.post(f"{draft}/send").status_code == 404
    assert submissions(engine) == []


def test_a_form_without_its_token_or_its_session_changes_nothing(
    officer: Officer, app: Any, engine: Engine
) -> None:
    draft = officer.begin(AREA)
    assert officer.person.post(draft, {"url": URL}).status_code == 403
    assert officer.person.post(f"{draft}/save", {"url": URL}).status_code == 403
    stranger = Person(app.server)
    assert stranger.post(f"{draft}/send").status_code in (401, 403)
    assert stranger.post("/submit", {"organisation": AAA, "kind": "help"}).status_code in (401, 403)
    assert Store(engine).value("SELECT answers FROM providers.submission_draft") == {}


def test_whoever_is_signed_out_is_shown_the_way_back(
    officer: Officer, app: Any, letters: Any
) -> None:
    person = Person(app.server)
    there = f"/submit?dataset={AREA}&organisation={AAA}&kind=provide"
    page = person.get(there).text
    assert "A web address" not in page
    assert "You need:" in page
    match = re.search(r'href="(/sign-in\?[^"]+)"', page)
    assert match
    way = match[1].replace("&amp;", "&")
    form = person.get(way).text
    back = re.search(r'name="next" value="([^"]+)"', form)
    assert back
    assert back[1].replace("&amp;", "&") == there
    draft = officer.begin(AREA)
    assert "Sign in to go on" in person.get(f"{draft}/details").text
    answer = person.sign_in(letters, "officer@aaa.example", next=f"{draft}/details")
    assert answer.location == f"{draft}/details"
    assert "Web page about the data" in person.get(answer.location).text


@pytest.mark.parametrize("before", ["/answers", "/send", ""])
def test_whoever_was_signed_out_meanwhile_comes_back_and_can_copy(
    officer: Officer, engine: Engine, before: str
) -> None:
    draft = officer.begin("tree", "help")
    token = officer.person.token_on(f"{draft}/details")
    with transaction(engine) as connection:
        connection.execute(text("DELETE FROM providers.session"))
    form = {"csrf_token": token, "note": "My <b>long</b> question"}
    headers = {"Referer": f"{officer.person.site}{draft}{before}?x=1"} if before else {}
    answer = officer.person.post(f"{draft}/send", form, headers=headers)
    assert answer.status_code == 401
    match = re.search(r'href="/sign-in\?next=([^"]+)"', answer.text)
    assert match
    assert unquote(match[1]) == (f"{draft}/answers?x=1" if before == "/answers" else draft)
    assert "My &lt;b&gt;long&lt;/b&gt; question</textarea>" in answer.text
    # What another site sends somebody who brings no session is not shown.
    officer.person.client.delete_cookie("__Host-session", domain="performance.example")
    answer = officer.person.post(f"{draft}/send", form)
    assert answer.status_code in (401, 403)
    assert "long" not in answer.text


def test_whoever_acts_for_another_is_told(officer_of: Callable[[str], Officer]) -> None:
    both = officer_of("officer@both.example")
    page = both.get(f"/submit?dataset={AREA}&organisation={AAA}").text
    assert "You are not acting for it now" in page
    assert "/account?next=" in page
    assert 'name="kind"' not in page
    stranger = officer_of("officer@bbb.example")
    page = stranger.get(f"/submit?dataset={AREA}&organisation={AAA}").text
    assert "You cannot send anything for" in page
    assert 'name="kind"' not in page


def test_what_is_not_known_is_said(officer: Officer) -> None:
    page = officer.get("/submit?dataset=no&organisation=no&kind=no&task=no&endpoint=no&check=no")
    assert page.status_code == 200
    for notice in (query.NO_DATASET, query.NO_ORGANISATION, query.NO_KIND, query.NO_TASK):
        assert notice in page.text
    assert query.NO_ENDPOINT in page.text
    assert query.NO_CHECK in page.text
    assert "Which dataset is it about?" in page.text
    answer = officer.post("/submit", organisation=AAA)
    assert answer.status_code == 400
    assert answer.text.count(start.NO_DATASET) == 2
    assert answer.text.count(start.NO_KIND) == 2


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", typed.NO_URL),
        ("www.aaa.gov.uk/data", "Give the complete address"),
        ("https://www.aaa.gov.uk/a b.csv", typed.SPACES),
        (f"https://www.aaa.gov.uk/{'x' * 2048}", typed.LONG_URL),
        ("http://169.254.169.254/x", "is not a server on the public internet"),
    ],
)
def test_an_address_that_cannot_be_tried(officer: Officer, url: str, sentence: str) -> None:
    draft = officer.begin(AREA)
    answer = officer.post(draft, url=url)
    assert answer.status_code == 400
    assert answer.text.count(sentence) == 2
    assert 'href="#field-url"' in answer.text
    assert "<title>Error: " in answer.text


@pytest.mark.parametrize(
    "url",
    [
        "https://ada:secret@maps.aaa.gov.uk/areas.csv",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
        f"https://www.aaa.gov.uk/{'x' * 2120}",
        "http://[::1",
    ],
)
def test_what_a_script_kept_is_looked_at_before_it_is_checked(
    officer: Officer, engine: Engine, url: str
) -> None:
    draft = officer.begin(AREA)
    assert officer.post(f"{draft}/save", url=url).status_code == 204
    answer = officer.post(f"{draft}/standing", answer="new")
    assert answer.status_code == 400
    assert 'href="#field-url"' in answer.text
    assert officer.post(f"{draft}/check").location == draft
    for step in ("/standing", "/check"):
        assert officer.get(draft + step).location == draft
    assert officer.get(f"{draft}/answers").status_code == 200
    assert Store(engine).value("SELECT count(*) FROM providers.check_result") == 0


@pytest.mark.parametrize("kind", ["retire", "correct", "help"])
def test_what_is_of_no_address_is_not_checked(officer: Officer, engine: Engine, kind: str) -> None:
    draft = officer.begin(kind=kind)
    for step in ("/standing", "/check"):
        assert officer.post(draft + step, answer="new").location == f"{draft}/details"
        assert officer.get(draft + step).location == f"{draft}/details"
    assert Store(engine).value("SELECT count(*) FROM providers.check_result") == 0


def test_details_are_looked_at_and_what_was_typed_stays(officer: Officer, engine: Engine) -> None:
    checked(engine, url=URL, dataset=AREA)
    draft = officer.begin(AREA)
    officer.post(draft, url=URL)
    wrong = {
        "documentation_url": f"{PAGE}/trees.GPKG",
        "licence": "perhaps",
        "name": "x" * 101,
        "note": "y" * 1001,
    }
    answer = officer.post(f"{draft}/details", **wrong)
    assert answer.status_code == 400
    for name in wrong:
        assert f'href="#field-{name}"' in answer.text
        assert f'id="field-{name}-mistake"' in answer.text
    assert "x" * 101 in officer.get(f"{draft}/details").text
    for page in (URL.upper().replace("HTTPS", "https"), "ftp://aaa.gov.uk", "https://"):
        answer = officer.post(f"{draft}/details", **(DETAILS | {"documentation_url": page}))
        assert answer.status_code == 400, page
    for name, value in (("name", "Ada\x1bQuill"), ("note", "a\x07b")):
        assert officer.post(f"{draft}/details", **(DETAILS | {name: value})).status_code == 400
    # Another website is said, and no reason not to send it; so is another licence.
    for page in ("https://notgov.uk/x", "https://gov.uk.example/x"):
        more = {"documentation_url": page, "licence": "unsure"}
        assert officer.post(f"{draft}/details", **(DETAILS | more)).status_code == 303
        summary = officer.get(f"{draft}/answers").text
        assert typed.OTHER_HOST in summary
        assert "The data team may ask about it" in summary
        assert SEND in summary
    officer.post(f"{draft}/details", **(DETAILS | {"documentation_url": "https://gov.uk/x"}))
    assert typed.OTHER_HOST not in officer.get(f"{draft}/answers").text


STANDINGS = {
    "https://data.example/e1": "This address is collected already",
    "https://data.example/e2": "This address has ended",
    "https://data.example/e3": "This address is registered, but it fails",
    "https://data.example/e4": "This address is registered already",
    "http://data.example/e1/": "Is it this one?",
}


@pytest.mark.parametrize("url", STANDINGS)
def test_an_address_that_is_there_already(officer: Officer, engine: Engine, url: str) -> None:
    checked(engine, url=url)
    draft = officer.begin()
    assert officer.post(draft, url=url, endpoint=address.NONE_OF_THEM).status_code == 303
    page = officer.get(f"{draft}/standing").text
    assert STANDINGS[url] in page
    officer.post(f"{draft}/details", **DETAILS)
    is_near = url.endswith("/")
    assert (SEND in officer.get(f"{draft}/answers").text) == is_near
    if is_near:
        assert "https://data.example/e1<" in page
        assert officer.post(f"{draft}/standing", answer="new").location == f"{draft}/details"
        return
    answer = officer.post(f"{draft}/send")
    if url.endswith("e3"):
        assert f"/organisations/{AAA}/tasks/" in page
    if url.endswith(("e2", "e3")):
        assert answer.location == f"{draft}/standing"
    else:
        assert answer.status_code == 409
    assert submissions(engine) == []
    assert officer.post(f"{draft}/standing", answer="new").location == f"{draft}/standing"


def test_an_ended_address_is_taken_back(officer: Officer, engine: Engine) -> None:
    url = "https://data.example/e2"
    checked(engine, url=url)
    draft = officer.begin()
    officer.post(draft, url=url)
    page = officer.get(f"{draft}/standing").text
    match = re.search(r'name="endpoint" value="([^"]+)"', page)
    assert match
    answer = officer.post(f"{draft}/standing", answer="take_back", endpoint=match[1])
    other = answer.location.removesuffix("/details")
    assert other != draft
    assert officer.get(draft).status_code == 404
    officer.post(f"{other}/details", **DETAILS)
    assert officer.post(f"{other}/send").status_code == 303
    assert submissions(engine)[0][1:6] == ("take_back", AAA, "tree", url, "e2")
    # From the list of those that ended it is the same.
    page = officer.get(officer.begin(kind="take_back")).text
    assert url in page
    assert "https://data.example/e1" not in page


def test_a_new_address_replaces_an_old_one(officer: Officer, engine: Engine) -> None:
    checked(engine, url=URL)
    draft = officer.begin(kind="replace", endpoint="e3")
    page = officer.get(draft).text
    assert re.search(r'checked="checked"[^>]*value="e3"|value="e3"[^>]*checked', page)
    answer = officer.post(draft, url=URL)
    assert answer.status_code == 400
    assert address.NO_REPLACED in answer.text
    # Whoever says that it replaces none sends one more.
    one_more = officer.post(draft, url=URL, endpoint=address.NONE_OF_THEM).location
    assert officer.get(one_more).text.count(submission_words.KINDS["provide"].title)
    again = officer.post(one_more.removesuffix("/details"), url=URL, endpoint="e3").location
    assert submission_words.KINDS["replace"].title in officer.get(again).text
    draft = again.removesuffix("/details")
    officer.post(f"{draft}/details", **DETAILS)
    assert officer.post(f"{draft}/send").status_code == 303
    assert submissions(engine)[0][1:6] == ("replace", AAA, "tree", URL, "e3")


@pytest.mark.parametrize(
    ("kind", "form", "details"),
    [
        ("retire", {}, {"name": "Ada Quill"}),
        ("correct", {"field": "licence"}, {"name": "Ada Quill", "licence": "no"}),
        (
            "correct",
            {"field": "documentation"},
            {"name": "Ada Quill", "documentation_url": PAGE},
        ),
    ],
)
def test_shorter_ways(
    officer: Officer, engine: Engine, kind: str, form: dict[str, str], details: dict[str, str]
) -> None:
    draft = officer.begin(kind=kind)
    answer = officer.post(draft, **form)
    assert answer.status_code == 400
    assert address.NO_ADDRESS in answer.text
    assert officer.post(draft, endpoint="e2", **form).status_code == 400
    assert officer.post(draft, endpoint="e1", **form).location == f"{draft}/details"
    assert officer.post(f"{draft}/details", **details).location == f"{draft}/answers"
    assert officer.post(f"{draft}/send").status_code == 303
    assert submissions(engine)[0][1:6] == (kind, AAA, "tree", None, "e1")


def test_what_is_typed_is_kept_and_can_be_removed(officer: Officer, engine: Engine) -> None:
    draft = officer.begin(AREA)
    assert officer.post(f"{draft}/save", url="https://half", other="x").status_code == 204
    assert 'value="https://half"' in officer.get(draft).text
    assert f'data-keeps="{draft}/save"' in officer.get(draft).text
    answers = Store(engine).value("SELECT answers FROM providers.submission_draft")
    assert answers == {"url": "https://half"}
    # The same is gone on with, from wherever one comes.
    assert officer.begin(AREA) == draft
    page = officer.get("/submit").text
    assert f'href="{draft}/answers"' in page
    # Removing asks first: its form is folded.
    assert re.search(rf'<details[^>]*>(?:(?!</details>).)*action="{draft}/remove"', page, re.S)
    # What is not said is not "Nothing".
    page = officer.get(f"{draft}/answers").text
    assert page.count(summary.NOT_ANSWERED) == 3
    assert page.count(f">{summary.NO_NOTE}<") == 1
    assert officer.post(f"{draft}/remove").status_code == 303
    assert officer.get(draft).status_code == 404
    assert "What you began" not in officer.get("/submit").text


def test_markup_stays_text(officer: Officer, engine: Engine) -> None:
    draft = to_answers(officer, engine, note="</textarea><script>x</script>", name="<b>Ada</b>")
    for step in ("/details", "/answers"):
        page = officer.get(draft + step).text
        assert "<script>x" not in page
        assert "<b>Ada" not in page
        assert "&lt;b&gt;Ada" in page


def test_a_clean_check_leads_on(officer: Officer, engine: Engine) -> None:
    secret = checked_by_page(officer, engine)
    page = officer.get(f"/check/{secret}").text
    way = f"/submit?dataset={AREA}&amp;organisation={AAA}&amp;kind=provide&amp;check={secret}"
    assert f'href="{way}">Send this address to the data team</a>' in page
    answer = officer.post("/submit", dataset=AREA, organisation=AAA, kind="provide", check=secret)
    # The address is known and clean: only the details are left.
    assert answer.location.endswith("/details")
    assert f'href="/check/{secret}"' in officer.get(answer.location).text


def checked_by_page(officer: Officer, engine: Engine) -> str:
    """A check of an address on the pages of checks that found nothing. Out: its secret."""
    answer = officer.post("/check", dataset=AREA, organisation=AAA, url=URL)
    assert answer.status_code == 303
    check_result.store(engine, one_check(engine))
    finish(engine, has_must=False)
    with transaction(engine) as connection:
        connection.execute(
            text("UPDATE providers.check_result SET summary = :summary"),
            {"summary": pack_summary(CLEAN)},
        )
    return str(answer.location.rpartition("/")[2])
