"""Who may ask for how much, who sees it and for how long, and what is left of it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, text

from performance_store.database import transaction
from providers.accounts.keys import Keys
from providers.checks import requests, results, upkeep
from providers.checks.format import Options, Row, Summary, pack, unpack
from providers.checks.requests import Check
from providers.checks.storing import fail
from providers.checks.terms import Failure, Refused, Terms
from tests.support.checks import TERMS, begin, begin_address, get, write_of

pytestmark = pytest.mark.postgres
KEYS = Keys(["a key of the tests"])
ME, YOU = requests.client_key(KEYS, "192.0.2.1"), requests.client_key(KEYS, "192.0.2.2")
MAPPING = Options(mapping={"Ref": "reference"})


def sql(engine: Engine, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with transaction(engine) as connection:
        result = connection.execute(text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []


def end(engine: Engine, check: Check, state: str = "finished", has_must: bool = False) -> None:
    sql(
        engine,
        "UPDATE providers.check_result SET state = :state, has_must = :must, "
        "finished_at = clock_timestamp() WHERE id = :id",
        id=check.id,
        state=state,
        must=has_must,
    )


def again(engine: Engine, check: Check, options: Options = MAPPING, **who: Any) -> Check:
    who = {"owner_token": check.owner_token} | who
    with transaction(engine) as connection:
        return requests.again(connection, secret=check.secret, options=options, terms=TERMS, **who)


def test_secrets_are_long_and_only_their_hashes_are_kept(engine: Engine) -> None:
    check = begin(engine, "a", client=ME, person_id=7)
    assert len(check.secret) == 22
    assert check.owner_token
    everything = sql(
        engine,
        "SELECT q::text, r::text FROM providers.check_request q "
        "JOIN providers.check_result r ON r.id = q.check_id",
    )
    for secret in (check.secret, check.owner_token, "192.0.2.1"):
        assert secret not in str(everything)
    with engine.connect() as connection:
        for token, person, answer in (
            (check.owner_token, None, True),
            (check.secret, None, False),
            (None, 7, True),
            (None, 8, False),
            ("", None, False),
        ):
            assert (
                requests.is_owner(connection, check, owner_token=token, person_id=person) is answer
            )
        assert requests.get(connection, secret="x" * 22) is None
        seen = requests.get(connection, secret=check.secret)
    assert seen is not None
    assert (seen.state, seen.owner_token) == ("waiting", None)


def test_three_run_at_once_and_thirty_a_day(engine: Engine) -> None:
    checks = [begin(engine, f"file {number}", client=ME) for number in range(3)]
    with pytest.raises(Refused, match="3 of your checks are still under way"):
        begin(engine, "one more", client=ME)
    # Somebody else may, and so may somebody signed in at the same place.
    begin(engine, "one more", client=YOU)
    begin(engine, "one more", client=ME, person_id=7)
    for check in checks:
        end(engine, check)
    sql(
        engine,
        "INSERT INTO providers.check_request (check_id, secret_hash, owner_hash, client_hash, "
        "name, expires_at) SELECT :id, decode(md5(n::text), 'hex'), '', :me, 'a', now() "
        "FROM generate_series(1, 27) n",
        id=checks[0].id,
        me=ME,
    )
    with pytest.raises(Refused, match="You can check 30 files in a day"):
        begin(engine, "one more", client=ME)
    sql(engine, "UPDATE providers.check_request SET created_at = now() - interval '25 hours'")
    begin(engine, "one more", client=ME)


def test_of_a_file_that_is_refused_nothing_is_kept(engine: Engine) -> None:
    for number in range(3):
        begin(engine, f"file {number}", client=ME)
    about: dict[str, Any] = {"dataset": "tree", "organisation": None, "name": "a", "terms": TERMS}
    unread = io.BytesIO(b"one more")
    with pytest.raises(Refused, match="still under way"):
        requests.send(write_of(engine), unread, client=ME, **about)
    assert unread.tell() == 0
    with pytest.raises(TypeError):
        requests.send(write_of(engine), unread, client=YOU, nonsense=1, **about)
    assert sql(engine, "SELECT count(*) FROM providers.check_upload") == [(3,)]
    check = requests.send(write_of(engine), io.BytesIO(b"one more"), client=YOU, **about)
    assert check.state == "waiting"


def test_the_same_file_is_checked_once_and_has_a_link_for_each(engine: Engine) -> None:
    first = begin(engine, "same", client=ME)
    twice = begin(engine, "same", client=ME)
    assert (twice.id, twice.secret != first.secret) == (first.id, True)
    # What strangers have under way, nobody else can call off.
    stranger = begin(engine, "same", client=YOU)
    assert stranger.id != first.id
    end(engine, first)
    end(engine, stranger, "cancelled")
    # Nor learns anybody that somebody else checked it.
    assert begin(engine, "same", client=YOU).id not in (first.id, stranger.id)
    person = begin(engine, "same", client=ME, person_id=7)
    assert person.id != first.id
    assert begin(engine, "same", client=YOU, person_id=7).id == person.id
    assert begin(engine, "same", client=ME).id == first.id
    others: list[dict[str, Any]] = [
        {"options": Options(header_row=3)},
        {"dataset": "tree"},
        {"organisation": None},
    ]
    for other in others:
        assert begin(engine, "same", client=ME, **other).id != first.id
        sql(engine, "UPDATE providers.check_result SET state = 'finished'")
    sql(engine, "UPDATE providers.check_result SET day = day - 1")
    assert begin(engine, "same", client=ME).id != first.id
    jobs = sql(engine, "SELECT args ->> 'check' FROM procrastinate_jobs ORDER BY id")
    assert len(jobs) == len(set(jobs)) == 8


def test_a_file_is_checked_again_by_its_owner_alone(engine: Engine) -> None:
    check = begin(engine, "mine", client=ME, person_id=7)
    for who in ({}, {"client": ME}, {"owner_token": check.secret}, {"person_id": 8}):
        with pytest.raises(Refused, match="Only whoever sent this file") as refusal:
            again(engine, check, **{"owner_token": None} | who)
        assert refusal.value.code == "not-yours"
    assert sql(engine, "SELECT count(*) FROM providers.check_mapping") == [(0,)]
    assert again(engine, check, client=YOU).id != check.id
    assert again(engine, check, Options(header_row=2), owner_token=None, person_id=7).id
    # An address is anybody's to fetch.
    address = begin_address(engine, "https://example.org/a.csv")
    assert again(engine, address, owner_token=None, client=YOU).url == address.url


def test_a_revoked_link_leads_nowhere_and_what_it_led_to_goes(engine: Engine) -> None:
    mine, yours = begin(engine, "same", client=ME), begin(engine, "same", client=ME)
    for check in (mine, yours):
        with transaction(engine) as connection:
            requests.revoke(connection, check=check)
        assert get(engine, check) is None
        upkeep.purge(write_of(engine), TERMS)
        left = sql(engine, "SELECT count(*) FROM providers.check_result")
        assert left == [(1 if check is mine else 0,)]
        assert (get(engine, yours) is None) == (check is yours)
    for table in ("check_upload", "check_file_chunk", "check_request"):
        assert sql(engine, f"SELECT count(*) FROM providers.{table}") == [(0,)]
    assert sql(engine, "SELECT task_name FROM procrastinate_jobs WHERE queue_name = 'default'") == [
        ("checks.purge",)
    ]
    trail = sql(engine, "SELECT action, subject, details::text FROM providers.audit")
    assert trail == [("check.revoke", "conservation-area", "{}")] * 2


def test_originals_and_results_go_when_their_days_are_over(engine: Engine) -> None:
    check = begin(engine, "old", client=ME, terms=Terms(original_days=7, result_days=90))
    assert check.original_until is not None
    assert (check.original_until - datetime.now(UTC)).days == 6
    assert (check.expires_at - datetime.now(UTC)).days == 89
    end(engine, check)
    sql(engine, "UPDATE providers.check_upload SET keep_until = now() - interval '1 second'")
    with pytest.raises(Refused, match="The file is not kept any more"):
        again(engine, check)
    upkeep.purge(write_of(engine), TERMS)
    assert sql(engine, "SELECT * FROM providers.check_upload") == []
    seen = get(engine, check)
    assert seen is not None
    assert (seen.state, seen.original_until) == ("finished", None)
    sql(engine, "UPDATE providers.check_request SET created_at = now() - interval '3 days'")
    upkeep.purge(write_of(engine), TERMS)
    assert sql(engine, "SELECT client_hash FROM providers.check_request") == [(None,)]
    sql(engine, "UPDATE providers.check_request SET expires_at = now() - interval '1 second'")
    assert get(engine, check) is None
    upkeep.purge(write_of(engine), TERMS)
    assert sql(engine, "SELECT * FROM providers.check_result") == []


def test_what_no_worker_will_end_is_ended(engine: Engine) -> None:
    check, alive = begin(engine, "lost", client=ME), begin(engine, "alive", client=ME)
    sql(engine, "UPDATE providers.check_result SET created_at = now() - interval '2 hours'")
    sql(
        engine,
        "UPDATE procrastinate_jobs SET status = 'failed' WHERE args ->> 'check' = :id",
        id=str(check.id),
    )
    upkeep.purge(write_of(engine), TERMS)
    ending, waits = get(engine, check), get(engine, alive)
    assert ending is not None
    assert ending.failure is not None
    assert (ending.state, ending.failure.code) == ("failed", "ours")
    assert waits is not None
    assert waits.state == "waiting"


def test_a_mapping_is_remembered_for_whom_it_may_be(engine: Engine) -> None:
    check = begin(engine, "mapped", client=ME)

    def remembered(client: bytes | None) -> dict[str, str] | None:
        with engine.connect() as connection:
            return requests.remembered_mapping(
                connection,
                organisation="local-authority:LBH",
                dataset="conservation-area",
                client=client,
            )

    other = again(engine, check, client=ME)
    assert (other.id != check.id, other.options) == (True, MAPPING)
    assert remembered(ME) == {"Ref": "reference"}
    assert remembered(YOU) is None
    again(engine, check, Options(mapping={"Ref": "name"}), person_id=7)
    assert remembered(YOU) == remembered(None) == {"Ref": "name"}
    assert remembered(ME) == {"Ref": "reference"}


def test_the_check_before_is_ones_own(engine: Engine) -> None:
    first = begin(engine, "first", client=ME)
    theirs = begin(engine, "theirs", client=YOU)
    second = begin(engine, "second", client=ME)
    other = begin(engine, "third", client=ME, name="other.csv")
    for check in (first, theirs, other):
        end(engine, check)
    with engine.connect() as connection:
        before = results.previous(connection, check=second)
        assert before is not None
        assert (before.id, before.secret) == (first.id, "")
        assert results.previous(connection, check=first) is None
        assert results.previous(connection, check=other) is None


def test_a_clean_check_is_the_newest_one(engine: Engine) -> None:
    def clean() -> datetime | None:
        with engine.connect() as connection:
            return requests.clean_check(
                connection, organisation="local-authority:LBH", dataset="conservation-area"
            )

    assert clean() is None
    check = begin(engine, "dirty", client=ME)
    end(engine, check, has_must=True)
    assert clean() is None
    check = begin(engine, "clean", client=ME)
    end(engine, check)
    assert clean() is not None
    broken = begin(engine, "broken", client=ME)
    with transaction(engine) as connection:
        fail(connection, broken.id, Failure("html", "This is a web page."))
    assert clean() is not None
    end(engine, begin(engine, "dirty again", client=ME), has_must=True)
    assert clean() is None


def test_a_block_is_what_was_packed_and_nothing_else() -> None:
    rows = (Row(1, 2, ("a",), ("b",)), Row(2, 3, ("c",), ("d",)))
    assert unpack(pack(rows)) == rows
    for wrong in (b"", b"nonsense", pack(rows)[:-3], pack([1, 2])):  # type: ignore[list-item]
        with pytest.raises(ValueError, match="block"):
            unpack(wrong)
    assert Summary.__struct_fields__[0] == "verdict"
