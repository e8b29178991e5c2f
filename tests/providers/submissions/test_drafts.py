"""What is typed is kept, for whoever typed it alone, for 30 days."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from performance_store.database import connect, transaction
from providers.submissions import drafts
from providers.submissions.answers import troubles
from providers.submissions.rows import Draft, Kind
from tests.support.build import AAA, BBB
from tests.support.submissions import ANSWERS, ME, YOU, put_aside, rows, send, start


@pytest.fixture
def engine(module_engine: Engine) -> Engine:
    put_aside(module_engine)
    return module_engine


def get(engine: Engine, draft: Draft, person_id: int = ME) -> Draft | None:
    with connect(engine) as connection:
        return drafts.get(connection, token=draft.token, person_id=person_id)


def test_a_person_goes_on_where_they_were(engine: Engine) -> None:
    first = start(engine, answers={"url": "https://a.example/1", "note": "By Friday"})
    assert len(first.token) == 22
    assert first.expires_at - first.changed_at > timedelta(days=29, hours=23)
    again = start(engine, answers={"url": "https://a.example/2"}, task="0123456789abcdef")
    assert again.token == first.token
    assert again.answers == {"url": "https://a.example/2", "note": "By Friday"}
    assert again.task == "0123456789abcdef"
    # The way in by a page that knows of no task forgets none.
    assert start(engine, answers={}).task == "0123456789abcdef"
    others = [
        start(engine, "retire"),
        start(engine, dataset="zone"),
        start(engine, organisation=BBB),
        start(engine, person_id=YOU),
    ]
    assert len({draft.token for draft in (first, *others)}) == 5
    with connect(engine) as connection:
        assert len(drafts.of_person(connection, person_id=ME)) == 4
        assert len(drafts.of_person(connection, person_id=ME, organisation=AAA)) == 3
        (yours,) = drafts.of_person(connection, person_id=YOU)
    assert yours == others[-1]


def test_answers_are_laid_over_each_other(engine: Engine) -> None:
    draft = start(engine, answers={"name": "Ada"})
    with transaction(engine) as connection:
        later = drafts.save(connection, draft=draft, answers={"note": "a\0b" + "x" * 9000})
        assert later.answers["name"] == "Ada"
        assert later.answers["note"].startswith("abx")
        assert len(later.answers["note"]) == drafts.LONGEST
        assert later.changed_at > draft.changed_at
        drafts.remove(connection, draft=draft)
        with pytest.raises(LookupError):
            drafts.save(connection, draft=draft, answers={})
    assert get(engine, draft) is None


def test_after_30_days_it_is_gone_and_typing_begins_them_anew(engine: Engine) -> None:
    draft = start(engine)
    rows(engine, "UPDATE providers.submission_draft SET expires_at = now() + interval '1 hour'")
    with transaction(engine) as connection:
        later = drafts.save(connection, draft=draft, answers={})
    assert later.expires_at - later.changed_at > timedelta(days=29, hours=23)
    rows(engine, "UPDATE providers.submission_draft SET expires_at = now()")
    assert get(engine, draft) is None
    with connect(engine) as connection:
        assert drafts.of_person(connection, person_id=ME) == ()
    assert start(engine).token != draft.token


def test_two_tabs_that_begin_at_once_go_on_with_one(engine: Engine) -> None:
    barrier, tokens = threading.Barrier(4), []

    def begin() -> None:
        barrier.wait()
        tokens.append(start(engine).token)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 4
    assert len(set(tokens)) == 1


def test_what_was_sent_is_typed_in_no_more(engine: Engine) -> None:
    draft = start(engine, "help", note="How do I publish?")
    reference = send(engine, draft).reference
    with transaction(engine) as connection:
        later = drafts.save(connection, draft=draft, answers={"note": "And when?"})
        drafts.remove(connection, draft=draft)
    assert (later.answers, later.sent_as) == ({}, reference)
    assert get(engine, draft) == later
    assert start(engine, "help").token != draft.token


def test_it_is_nobody_elses(engine: Engine) -> None:
    draft = start(engine)
    assert get(engine, draft) == draft
    assert get(engine, draft, YOU) is None
    assert get(engine, replace(draft, token="\0")) is None


@pytest.mark.parametrize(
    ("kind", "change", "names"),
    [
        ("provide", {}, []),
        ("provide", {"url": " "}, ["url"]),
        ("provide", {"url": "maps.example/trees"}, ["url"]),
        ("provide", {"url": "ftp://maps.example/trees"}, ["url"]),
        ("provide", {"url": "https://maps.example/a b"}, ["url"]),
        ("provide", {"url": "https://["}, ["url"]),
        ("provide", {"url": "https://ada:secret@maps.example/trees"}, ["url"]),
        ("provide", {"url": "https://maps.example/" + "x" * 2048}, ["url"]),
        ("provide", {"documentation_url": ""}, ["documentation_url"]),
        ("provide", {"documentation_url": "https://a.example/x.CSV?a=1"}, ["documentation_url"]),
        ("provide", {"documentation_url": "http://MAPS.example/trees.csv"}, ["documentation_url"]),
        ("provide", {"documentation_url": f"{ANSWERS['url']}/"}, ["documentation_url"]),
        ("provide", {"documentation_url": "javascript:alert(1)"}, ["documentation_url"]),
        ("provide", {"licence": "maybe", "name": ""}, ["licence", "name"]),
        ("provide", {"licence": "unsure"}, []),
        ("provide", {"name": "x" * 101}, ["name"]),
        ("provide", {"name": "Ada\nBcc: all"}, ["name"]),
        ("provide", {"note": "x" * 1001}, ["note"]),
        ("provide", {"note": "By Friday\nor Monday"}, []),
        ("provide", {"note": "\x1b[2J"}, ["note"]),
        ("replace", {}, ["endpoint"]),
        ("take_back", {"endpoint": "e1"}, []),
        ("retire", {"url": "", "licence": "", "documentation_url": ""}, ["endpoint"]),
        ("correct", {"endpoint": "e1"}, ["field"]),
        ("correct", {"endpoint": "e1", "field": "licence", "licence": ""}, ["licence"]),
        (
            "correct",
            {"endpoint": "e1", "field": "documentation", "documentation_url": ""},
            ["documentation_url"],
        ),
        ("help", {"note": ""}, ["note"]),
        ("help", {"url": "", "licence": "", "documentation_url": ""}, []),
    ],
)
def test_each_kind_needs_its_answers(kind: Kind, change: dict[str, str], names: list[str]) -> None:
    assert list(troubles(kind, ANSWERS | change)) == names
