"""Is it collected already? Six answers from a register, and addresses that are nearly the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine

from performance_store.database import connect
from providers.submissions import standing
from providers.submissions.rows import Registered, Standing
from tests.support.build import AAA, BBB, TODAY, PlatformFile, Store, days_ago
from tests.support.submissions import checked, rows, send, start

GOOD, FAILING = "https://data.example/good", "https://data.example/failing"
FRESH, OVER = "https://data.example/fresh", "https://data.example/ended"
WORE_OFF = "https://data.example/wore-off"
OURS, THEIRS = "https://maps.example/A/trees.csv?b=2&a=1", "https://data.example/theirs"
BLANK = "https://maps.example/hashed-with-a-blank.csv"


@pytest.fixture(scope="module")
def store(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A register with an address of each kind."""
    file = PlatformFile(tmp_path_factory.mktemp("register")).organisation(BBB).provision()
    file.endpoint("good", documentation_url="https://aaa.example/trees", licence="ogl3")
    for day in (9, 1):
        file.answer("good", days_ago(day))
    file.endpoint("failing").failure("failing", days_ago(1), status="403")
    file.endpoint("fresh", entry_date=TODAY.isoformat())
    file.endpoint("ended", end_date=days_ago(30)).answer("ended", days_ago(60))
    file.endpoint("wore-off").answer("wore-off", days_ago(60))
    file.rows["source"][-1]["end_date"] = days_ago(20)
    file.endpoint("theirs", organisation=BBB).answer("theirs")
    file.endpoint("other", dataset="tree-preservation-zone").answer("other")
    for url, key in ((OURS, OURS), (BLANK, f" {BLANK}")):
        name = sha256(key.encode()).hexdigest()
        file.add("endpoint", endpoint=name, endpoint_url=url, entry_date="2024-01-01", end_date="")
        file.endpoint(name).answer(name)
    answer = Store(module_engine)
    answer.load(file)
    return answer


def stand(store: Store, url: str, *, organisation: str = AAA, dataset: str = "tree") -> Standing:
    with connect(store.engine) as connection:
        return standing.standing(connection, organisation=organisation, dataset=dataset, url=url)


def every(store: Store, organisation: str = AAA) -> tuple[Registered, ...]:
    with connect(store.engine) as connection:
        return standing.registered(connection, organisation=organisation, dataset="tree")


def test_each_address_has_its_answer(store: Store) -> None:
    collected = stand(store, f" {GOOD} ")
    assert collected.answer == "collected"
    row = collected.registered
    assert row is not None
    assert (row.documentation_url, row.licence, row.collected_since) == (
        *("https://aaa.example/trees", "ogl3"),
        date.fromisoformat(days_ago(9)),
    )
    failing = stand(store, FAILING)
    assert failing.answer == "failing"
    assert failing.registered is not None
    assert (failing.registered.http_status, failing.registered.collected_since) == ("403", None)
    fresh = stand(store, FRESH)
    assert fresh.answer == "registered"
    assert fresh.registered is not None
    assert fresh.registered.attempted is False
    gone = stand(store, OVER)
    assert gone.answer == "ended"
    assert gone.registered is not None
    assert gone.registered.ended_on == date.fromisoformat(days_ago(30))
    # Its source has ended, the address itself has not.
    wore_off = stand(store, WORE_OFF)
    assert wore_off.answer == "ended"
    assert wore_off.registered is not None
    assert wore_off.registered.ended_on == date.fromisoformat(days_ago(20))
    new = stand(store, "https://data.example/new")
    assert (new.answer, new.registered, new.near) == ("new", None, ())


@pytest.mark.parametrize(
    "url", [THEIRS, "https://data.example/other", "no address", "", "http://["]
)
def test_what_others_and_other_datasets_have_is_new_here(store: Store, url: str) -> None:
    assert stand(store, url).answer == "new"
    assert stand(store, url).near == ()


def test_the_same_bytes_are_the_same_address_and_all_else_is_near(store: Store) -> None:
    assert stand(store, OURS).answer == "collected"
    assert stand(store, BLANK).answer == "collected"
    near = stand(store, "http://MAPS.example:80/A/trees.csv?a=1&b=2#top")
    assert near.answer == "new"
    assert [row.url for row in near.near] == [OURS]
    assert stand(store, OURS.replace("/A/", "/a/")).near == ()
    # That one is near says nothing of what is meant.
    assert [row.url for row in stand(store, f"{GOOD}/").near] == [GOOD]
    assert stand(store, GOOD).near == ()


def test_the_list_has_active_ones_first(store: Store) -> None:
    every_row = every(store)
    assert [row.is_active for row in every_row] == [True] * 5 + [False] * 2
    assert every_row[0].url == FRESH
    assert [row.url for row in every(store, BBB)] == [THEIRS]
    assert stand(store, GOOD, organisation="local-authority:ZZZ").answer == "new"


@pytest.fixture
def one_sent(store: Store) -> Iterator[str]:
    url = "https://data.example/sent?x=1&y=2"
    checked(store.engine, url=url)
    submission = send(store.engine, start(store.engine, url=url))
    yield submission.reference
    rows(store.engine, "UPDATE providers.submission SET archived_at = now()")


def test_what_somebody_sent_is_said_with_its_reference(store: Store, one_sent: str) -> None:
    for url in ("https://data.example/sent?x=1&y=2", "http://data.example/sent/?y=2&x=1"):
        here = stand(store, url)
        assert (here.answer, here.reference) == ("sent", one_sent)
        assert here.sent_at is not None
        assert stand(store, url, organisation=BBB).answer == "new"
        assert stand(store, url, dataset="tree-preservation-zone").answer == "new"


def test_what_is_registered_since_the_register_tells(store: Store, one_sent: str) -> None:
    rows(
        store.engine,
        "UPDATE providers.submission SET url_key = :key WHERE reference = :reference",
        key=standing.url_key(GOOD),
        reference=one_sent,
    )
    both = stand(store, GOOD)
    assert (both.answer, both.reference) == ("collected", one_sent)
    rows(
        store.engine,
        "UPDATE providers.submission SET url_key = :key WHERE reference = :reference",
        key=standing.url_key(OVER),
        reference=one_sent,
    )
    again = stand(store, OVER)
    assert again.answer == "sent"
    assert again.registered is not None


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://a.example/x", "http://a.example/x"),
        ("https://a.example/x", "https://A.EXAMPLE/x/"),
        ("https://a.example:443/x", "https://a.example/x#part"),
        ("http://a.example:80", "https://a.example/"),
        ("https://a.example/x%2fy?q=%c3%a9", "https://a.example/x%2Fy?q=%C3%A9"),
        ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2&"),
        ("https://a.example./x", "https://a.example/x"),
    ],
)
def test_spellings_of_one_address_are_equal(url: str, other: str) -> None:
    assert standing.url_key(url) == standing.url_key(other)


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://a.example/x", "https://a.example/X"),
        ("https://a.example/x", "https://b.example/x"),
        ("https://a.example/x", "https://a.example/x?a=1"),
        ("https://a.example:8443/x", "https://a.example/x"),
        ("https://a.example/x%20y", "https://a.example/xy"),
        ("https://me@a.example/x", "https://a.example/x"),
        ("ftp://a.example/x", "https://a.example/x"),
    ],
)
def test_other_addresses_differ(url: str, other: str) -> None:
    assert standing.url_key(url) != standing.url_key(other)


def test_a_register_alone_knows_addresses_and_no_answers(engine: Engine, tmp_path: Path) -> None:
    file = PlatformFile(tmp_path).provision().endpoint("good").answer("good", days_ago(1))
    file.endpoint("ended", end_date=days_ago(3))
    store = Store(engine)
    store.load(file)
    rows(
        engine,
        "INSERT INTO snapshot (load_id, as_at, kind, scope, fingerprint, ruleset_version, "
        "issue_rules, knows) SELECT load_id, as_at + 1, 'registers', scope, 'x', "
        "ruleset_version, issue_rules, '{}' FROM snapshot ORDER BY as_at DESC LIMIT 1",
    )
    assert stand(store, "https://data.example/good").answer == "collected"
    assert stand(store, "https://data.example/ended").answer == "ended"
    rows(engine, "TRUNCATE endpoint_run")
    bare = stand(store, "https://data.example/good")
    assert bare.answer == "registered"
    assert bare.registered is not None
    assert (bare.registered.attempted, bare.registered.success) == (None, None)


def test_without_any_register_all_is_new(engine: Engine) -> None:
    assert stand(Store(engine), GOOD).answer == "new"
