"""What may be sent, and that of those who send the same at once one does."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from performance_store.database import connect, transaction
from providers.submissions import drafts, reading, references, sending
from providers.submissions.answers import URL_SIGNS
from providers.submissions.refusals import Refused
from providers.submissions.rows import Submission
from tests.support.build import AAA, BBB, TODAY, PlatformFile, Store, days_ago
from tests.support.check_result import store
from tests.support.checks import begin
from tests.support.submissions import ADDRESS, ME, URL, YOU, checked, put_aside, rows, send, start

GOOD, FRESH = "https://data.example/good", "https://data.example/fresh"
OVER, FAILING = "https://data.example/ended", "https://data.example/failing"


@pytest.fixture(scope="module")
def register(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A register with addresses of tree, one that ended among them."""
    file = PlatformFile(tmp_path_factory.mktemp("register")).organisation(BBB).provision()
    file.endpoint("good", documentation_url="https://aaa.example/old", licence="ogl3")
    file.answer("good", days_ago(1)).endpoint("fresh")
    file.endpoint("ended", end_date=days_ago(3)).endpoint("failing").failure("failing")
    Store(module_engine).load(file)
    return module_engine


@pytest.fixture
def engine(register: Engine) -> Engine:
    """A store of that register in which nobody has checked, typed or sent anything."""
    put_aside(register)
    return register


def refusal_of(engine: Engine, **more: str) -> str:
    """Why a draft with these answers is not sent."""
    with pytest.raises(Refused) as refusal:
        send(engine, start(engine, **more))
    return refusal.value.code


def trail(engine: Engine) -> list[tuple[object, ...]]:
    """Lines of this test."""
    return rows(
        engine,
        "SELECT action, person_id, organisation, details FROM providers.audit "
        "WHERE id > (SELECT max(id) FROM providers.audit WHERE action = 'test') ORDER BY id",
    )


def count(engine: Engine, table: str) -> int:
    """Rows of submissions of this test."""
    own = "SELECT id FROM providers.submission WHERE archived_at IS NULL"
    key = "id" if table == "submission" else "submission_id"
    return len(rows(engine, f"SELECT FROM providers.{table} WHERE {key} IN ({own})"))


def at_once(*acts: Callable[[], Submission]) -> list[Submission]:
    """What acts give that begin in the same moment."""
    barrier, answers, troubles = threading.Barrier(len(acts)), [], []

    def run(act: Callable[[], Submission]) -> None:
        barrier.wait()
        try:
            answers.append(act())
        except BaseException as error:
            troubles.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    return answers


def test_what_was_checked_is_sent_once_however_often_it_is_clicked(engine: Engine) -> None:
    checked(engine)
    draft = start(engine, task="0123456789abcdef")
    first = send(engine, draft)
    assert (first.kind, first.organisation, first.url, first.step, first.licence) == (
        *("provide", AAA, URL, "sending", "yes"),
    )
    assert (first.task, first.documentation_url) == (
        "0123456789abcdef",
        "https://www.aaa.gov.uk/trees",
    )
    assert not first.is_late
    again = send(engine, draft)
    assert again == first
    with transaction(engine) as connection:
        later = drafts.get(connection, token=draft.token, person_id=ME)
        assert later is not None
        assert (later.sent_as, later.answers) == (first.reference, {})
        assert drafts.of_person(connection, person_id=ME) == ()
        (event,) = reading.events(connection, submission_id=first.id)
        contact = reading.contact(connection, submission_id=first.id)
    assert (event.step, event.by_person, event.evidence) == ("sending", True, {})
    assert contact is not None
    assert (contact.name, contact.address) == ("Ada Quill", ADDRESS)
    assert trail(engine) == [
        (*("submission-sent", ME, AAA), {"kind": "provide", "dataset": "tree", "acting_for": AAA})
    ]
    row = rows(
        engine,
        "SELECT clean_at IS NOT NULL, mapping, url_key FROM providers.submission WHERE id = :id",
        id=first.id,
    )
    assert row == [(True, {"Ref": "reference"}, "maps.example/trees.csv")]


def test_a_double_click_and_two_colleagues_make_one(engine: Engine) -> None:
    checked(engine)
    checked(engine, url=f"{URL}/")
    mine, yours = start(engine), start(engine, person_id=YOU)
    near = start(engine, "replace", person_id=9, url=f"{URL}/", endpoint="good")
    acts = [lambda draft=draft: send(engine, draft) for draft in (mine, yours, mine, yours, near)]
    answers = at_once(*acts)
    assert len({row.reference for row in answers}) == 1
    assert len(answers) == len(acts)
    for table in ("submission", "submission_contact", "submission_event"):
        assert count(engine, table) == 1
    assert [line[0] for line in trail(engine)] == ["submission-sent"]


def test_other_datasets_organisations_and_addresses_are_others(engine: Engine) -> None:
    acts = []
    others = ({"url": f"{URL}?page=2"}, {"organisation": BBB}, {"dataset": "zone"})
    for person_id, more in enumerate(({}, *others)):
        checked(engine, **more)
        draft = start(engine, person_id=person_id, **more)
        acts.append(lambda draft=draft: send(engine, draft))
    assert len({row.reference for row in at_once(*acts)}) == 4


def test_what_ended_may_be_sent_again(engine: Engine) -> None:
    checked(engine)
    first = send(engine, start(engine))
    with transaction(engine) as connection:
        assert sending.withdraw(connection, submission=first, person_id=ME)
        assert not sending.withdraw(connection, submission=first, person_id=ME)
        end = reading.by_id(connection, submission_id=first.id, today=TODAY)
    assert (end.step, end.reason, end.is_open) == ("ended", "withdrawn", False)
    assert [line[0] for line in trail(engine)] == ["submission-sent", "submission-withdrawn"]
    assert send(engine, start(engine)).reference != first.reference


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (None, "no-check"),
        ({"url": f"{URL}?other"}, "no-check"),
        ({"url": URL.upper()}, "no-check"),
        ({"organisation": BBB}, "no-check"),
        ({"organisation": ""}, "no-check"),
        ({"dataset": "conservation-area"}, "no-check"),
        ({"state": "running"}, "no-check"),
        ({"state": "failed"}, "no-check"),
        ({"days": 7.01}, "check-old"),
        ({"has_must": True}, "check-blocking"),
        ({"has_must": None}, "check-blocking"),
    ],
)
def test_a_forged_send_without_a_clean_check_is_refused(
    engine: Engine, check: dict[str, str] | None, code: str
) -> None:
    if check is not None:
        checked(engine, **check)  # type: ignore[arg-type]
    assert refusal_of(engine) == code
    assert count(engine, "submission") == 0
    assert count(engine, "submission_contact") == 0
    # What was typed is still there.
    with connect(engine) as connection:
        (draft,) = drafts.of_person(connection, person_id=ME)
    assert draft.answers["name"] == "Ada Quill"
    assert trail(engine) == [
        (
            *("submission-refused", ME, AAA),
            {"why": code, "kind": "provide", "field": "url"},
        )
    ]


def test_the_newest_check_counts(engine: Engine) -> None:
    checked(engine, days=2)
    checked(engine, days=1, has_must=True)
    assert refusal_of(engine) == "check-blocking"
    checked(engine, days=0.5)
    assert send(engine, start(engine)).step == "sending"


def test_what_a_stranger_checked_decides_nothing(engine: Engine) -> None:
    checked(engine, by=None)
    assert refusal_of(engine) == "no-check"
    checked(engine, by=BBB)
    assert refusal_of(engine) == "no-check"
    checked(engine, days=1)
    checked(engine, by=None, has_must=True, mapping="name")
    first = send(engine, start(engine))
    statement = "SELECT mapping FROM providers.submission WHERE id = :id"
    assert rows(engine, statement, id=first.id) == [({"Ref": "reference"},)]


def test_the_check_of_the_draft_counts_whoever_began_it(engine: Engine) -> None:
    checked(engine, by=None, secret="s" * 22)
    assert refusal_of(engine) == "no-check"
    assert send(engine, start(engine, check="s" * 22)).step == "sending"
    checked(engine, by=None, secret="t" * 22, has_must=True, url=f"{URL}?2")
    checked(engine, days=1, url=f"{URL}?2")
    assert refusal_of(engine, url=f"{URL}?2", check="t" * 22) == "check-blocking"


def test_seven_days_are_enough(engine: Engine) -> None:
    checked(engine, days=6.99)
    assert send(engine, start(engine)).step == "sending"


def test_nobody_sends_what_somebody_else_typed(engine: Engine) -> None:
    checked(engine)
    draft = start(engine)
    with pytest.raises(Refused) as refusal:
        send(engine, draft, person_id=YOU)
    assert refusal.value.code == "not-yours"
    with transaction(engine) as connection:
        assert drafts.get(connection, token=draft.token, person_id=YOU) is None
        assert drafts.get(connection, token="x" * 22, person_id=YOU) is None
    why = {"why": "not-yours", "kind": "provide"}
    assert trail(engine) == [("submission-refused", YOU, AAA, why)] * 2
    assert count(engine, "submission") == 0


def test_what_is_no_more_is_not_sent(engine: Engine) -> None:
    checked(engine)
    draft = start(engine)
    with transaction(engine) as connection:
        drafts.remove(connection, draft=draft)
    with pytest.raises(Refused) as refusal:
        send(engine, draft)
    assert refusal.value.code == "gone"


def test_what_the_register_has_is_not_sent_again(engine: Engine) -> None:
    for url in (GOOD, FRESH, OVER, FAILING):
        checked(engine, url=url)
    assert refusal_of(engine, url=GOOD) == "collected"
    assert refusal_of(engine, url=FRESH) == "registered"
    assert refusal_of(engine, url=FAILING) == "failing"
    assert send(engine, start(engine, url=OVER)).step == "sending"


def test_requests_about_registered_addresses_are_of_such(engine: Engine) -> None:
    checked(engine)
    checked(engine, url=OVER)
    for kind, endpoint in (("replace", "ended"), ("retire", "ended"), ("retire", "x")):
        with pytest.raises(Refused) as refusal:
            send(engine, start(engine, kind, endpoint=endpoint))  # type: ignore[arg-type]
        assert (refusal.value.code, refusal.value.field) == ("endpoint", "endpoint")
    with pytest.raises(Refused):
        send(engine, start(engine, "take_back", endpoint="ended"))
    back = send(engine, start(engine, "take_back", endpoint="ended", url=OVER))
    assert (back.endpoint, back.url) == ("ended", OVER)
    new = send(engine, start(engine, "replace", endpoint="good"))
    assert (new.endpoint, new.url) == ("good", URL)
    request = send(engine, start(engine, "retire", endpoint="good"))
    assert (request.endpoint, request.url, request.licence) == ("good", None, None)
    with transaction(engine) as connection:
        (event,) = reading.events(connection, submission_id=request.id)
    assert event.evidence == {
        "before": {"documentation_url": "https://aaa.example/old", "licence": "ogl3"}
    }


def test_corrections_of_two_things_are_two(engine: Engine) -> None:
    of_page = send(engine, start(engine, "correct", endpoint="good", field="documentation"))
    of_licence = send(engine, start(engine, "correct", endpoint="good", field="licence"))
    assert (of_page.documentation_url, of_page.licence) == ("https://www.aaa.gov.uk/trees", None)
    assert (of_licence.documentation_url, of_licence.licence) == (None, "yes")
    same = start(engine, "correct", person_id=YOU, endpoint="good", field="licence")
    assert send(engine, same) == of_licence


def test_the_longest_address_has_room(engine: Engine) -> None:
    signs = "".join(chr(0x4E00 + secrets.randbelow(20_000)) for _ in range(URL_SIGNS - len(URL)))
    checked(engine, url=URL + signs)
    first = send(engine, start(engine, url=URL + signs))
    assert first.url == URL + signs
    assert send(engine, start(engine, person_id=YOU, url=URL + signs)) == first


def test_what_help_is_about_is_in_the_register_or_left_out(engine: Engine) -> None:
    asks = {"note": "Why?", "endpoint": "ended"}
    assert send(engine, start(engine, "help", **asks)).endpoint == "ended"
    assert send(engine, start(engine, "help", **asks | {"endpoint": "x"})).endpoint is None
    assert refusal_of(engine, kind="help", url="javascript:alert(1)") == "answer"


def test_who_asks_for_help_twice_is_heard_twice(engine: Engine) -> None:
    first = send(engine, start(engine, "help", note="How do I publish?"))
    second = send(engine, start(engine, "help", note="And what of shapes?"))
    assert first.reference != second.reference
    assert first.documentation_url is None


def test_help_takes_along_what_the_check_found(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = begin(engine, "reference\n1\n", dataset="tree", organisation=AAA)
    store(engine, check)
    theirs = begin(engine, "reference\n2\n", dataset="tree", organisation=BBB)
    store(engine, theirs)

    def files(secret: str) -> list[str]:
        submission = send(engine, start(engine, "help", note="What is this?", check=secret))
        texts = rows(
            engine,
            "SELECT body ->> 'text' FROM providers.ticket_step "
            "WHERE submission_id = :id AND kind = 'attach' AND subject = 'findings'",
            id=submission.id,
        )
        return [str(text) for (text,) in texts]

    (whole,) = files(check.secret)
    assert whole.count("invalid date") == 12
    assert files(theirs.secret) == files("x" * 22) == files("") == []
    monkeypatch.setattr(sending, "FINDINGS_BYTES", len(whole) // 2)
    (part,) = files(check.secret)
    assert whole.startswith(part)
    assert 3 < len(part) < len(whole)


def test_a_reference_that_is_there_already_is_drawn_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = iter(["PDAAAAAAAA", "PDAAAAAAAA", "PDCCCCCCCC"])
    monkeypatch.setattr(sending, "reference", lambda: next(draws))
    for url in (URL, f"{URL}?2"):
        checked(engine, url=url)
        send(engine, start(engine, url=url))
    assert rows(
        engine,
        "SELECT reference FROM providers.submission WHERE reference ~ '^PD(.)\\1{7}$' ORDER BY id",
    ) == [
        ("PDAAAAAAAA",),
        ("PDCCCCCCCC",),
    ]


def test_references_have_no_signs_that_look_alike() -> None:
    text = "".join(references.reference() for _ in range(500))
    assert len(text) == 5000
    assert set(text) == set(references.SIGNS) | {"P", "D"}
    assert not set(references.SIGNS) & set("01258BEILOSUVZ")
