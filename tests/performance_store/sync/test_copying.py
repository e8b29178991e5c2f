"""Copying a Datasette: page by page, through every fault, whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from performance_store.readers.platform import FILE_NAME, Platform
from performance_store.readers.stream import InputError
from performance_store.sync import copying
from performance_store.sync.copies import PARTIAL, STATE
from performance_store.sync.datasette import Datasette, Page
from performance_store.sync.web import Patience, Web
from tests.support import fake_datasette as faults
from tests.support.fake_datasette import Fake, Fault
from tests.support.sync import IN_HASTE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy_folder = tmp_path / "copy"
    copy_folder.mkdir()
    return copy_folder


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def web(lines: list[str]) -> Iterator[Web]:
    with Web(patience=IN_HASTE, say=lines.append) as client:
        yield client


def copied(fake: Fake, web: Web, folder: Path) -> Path:
    return copying.copy(Datasette(web, fake.url), folder, web.say)


def rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the loader would be given, in its order."""
    reader = Platform(path)
    return {record.__name__: list(reader.rows(record)) for record in reader.provides}


def test_every_page_is_asked_for_once_and_the_copy_reads_as_the_source(
    fake: Fake, web: Web, folder: Path, source: Path
) -> None:
    assert rows(copied(fake, web, folder)) == rows(source)
    began = fake.pages("log")
    assert len(began) > 3
    assert len(set(began)) == len(began)
    assert not (folder / PARTIAL).exists()
    assert not (folder / STATE).exists()


def test_only_what_is_read_is_asked_for(fake: Fake, web: Web, folder: Path) -> None:
    with closing(fake.connect()) as connection, connection:
        connection.execute("ALTER TABLE issue ADD COLUMN huge")
        connection.execute("CREATE TABLE entity (entity)")
    copied(fake, web, folder)
    queries = [query for table, query in fake.requests if table == "issue"]
    assert all("huge" not in query["_col"] for query in queries)
    assert fake.pages("entity") == []


def test_values_keep_their_type(fake: Fake, web: Web, folder: Path) -> None:
    odd = (None, "", "007", 7, -(2**62), 1.5, "Llanfairpwll & <b>’\u0000é")
    with closing(fake.connect()) as connection, connection:
        for value in odd:
            connection.execute(
                "INSERT INTO issue (dataset, resource, issue_type, field, line_number, value) "
                "VALUES ('tree', 'x', 'y', 'z', ?, ?)",
                [value, value],
            )
    path = copied(fake, web, folder)
    with closing(sqlite3.connect(path)) as connection:
        rows_now = connection.execute("SELECT line_number, value FROM issue WHERE resource = 'x'")
        pairs = rows_now.fetchall()
    expected = [(type(value), value) for value in odd for _ in ("line_number", "value")]
    assert [(type(value), value) for pair in pairs for value in pair] == expected


def test_a_table_with_a_key_is_copied_by_it(fake: Fake, web: Web, folder: Path) -> None:
    with closing(fake.connect()) as connection, connection:
        connection.execute("CREATE TABLE project (project TEXT PRIMARY KEY, name TEXT)")
        for number in range(30, 0, -1):
            connection.execute("INSERT INTO project VALUES (?, ?)", [f"p{number}", str(number)])
    path = copied(fake, web, folder)
    with closing(sqlite3.connect(path)) as connection:
        values = connection.execute("SELECT project, name FROM project").fetchall()
    assert sorted(values) == sorted((f"p{number}", str(number)) for number in range(1, 31))


FAULTS: dict[str, list[Fault | None]] = {
    "too many requests": [faults.status(429, Retry_After="0")],
    "not now": [faults.status(503, Retry_After="0")],
    "its own fault": [None, faults.status(500), faults.status(502)],
    "nobody behind the proxy": [faults.status(504)],
    "its time limit": [None, faults.interrupted],
    "cut body": [faults.truncated, None, faults.truncated],
    "cut body that says it is whole": [faults.cut],
    "no answer": [faults.reset, faults.reset],
    "drip": [None, faults.drip],
    "silence": [faults.hang],
    "all of them": [
        *(faults.status(429, Retry_After="0"), faults.truncated, faults.reset, None),
        *(faults.status(500), faults.cut, None, faults.interrupted, faults.truncated, None),
    ],
}


@pytest.mark.parametrize("table", ["log", "database", "databases"])
@pytest.mark.parametrize("name", FAULTS)
def test_faults_pass(
    fake: Fake, web: Web, folder: Path, source: Path, lines: list[str], name: str, table: str
) -> None:
    fake.faults[table] = list(FAULTS[name])
    assert rows(copied(fake, web, folder)) == rows(source)
    assert any("again in" in line for line in lines) or table != "log"


def test_compressed_answers_are_read(fake: Fake, web: Web, folder: Path, source: Path) -> None:
    fake.compressed = True
    assert rows(copied(fake, web, folder)) == rows(source)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (faults.status(500), "log.json: the server answered 500; gave up after 4 attempts"),
        (faults.truncated, "gave up after 4 attempts"),
        (faults.drip, "bytes came in 0 s; gave up after 4 attempts"),
        (faults.status(404), "log.json: the server answered 404"),
        (faults.status(403), "log.json: the server answered 403"),
        (faults.status(429, Retry_After="3600"), "asks to wait 3,600 seconds"),
    ],
)
def test_what_does_not_pass_is_told_in_one_line_and_the_last_copy_stays(
    fake: Fake, web: Web, folder: Path, fault: Fault, words: str
) -> None:
    before = copied(fake, web, folder).read_bytes()
    fake.without = {"issue.message"}  # the source is another one now
    fake.faults["log"] = [None, *([fault] * 4)]
    with pytest.raises(InputError, match=words) as caught:
        copied(fake, web, folder)
    assert "\n" not in str(caught.value)
    assert (folder / FILE_NAME).read_bytes() == before


# Interruption


class Interrupting(Datasette):
    """Ctrl-C before the page of a number, counted over all tables."""

    def __init__(self, web: Web, url: str, at: int) -> None:
        super().__init__(web, url)
        self.left = at

    def page(self, *arguments: Any) -> Page:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return super().page(*arguments)


def test_interrupted_before_any_page_it_goes_on_with_nothing_lost_or_doubled(
    fake: Fake, web: Web, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    expected = copied(fake, web, whole).read_bytes()
    pages = [table for table, query in fake.requests if "_shape" in query]
    assert len(pages) >= 20
    for at in range(len(pages)):
        folder = tmp_path / str(at)
        folder.mkdir()
        with pytest.raises(KeyboardInterrupt):
            copying.copy(Interrupting(web, fake.url, at), folder, web.say)
        assert not (folder / FILE_NAME).exists()
        fake.requests.clear()
        assert copied(fake, web, folder).read_bytes() == expected
        tables = [table for table, query in fake.requests if "_shape" in query]
        assert tables == pages[at:]


def test_interrupted_at_every_page_it_still_ends(fake: Fake, web: Web, folder: Path) -> None:
    for _ in range(200):
        try:
            path = copying.copy(Interrupting(web, fake.url, 1), folder, web.say)
            break
        except KeyboardInterrupt:
            continue
    assert rows(path) == rows(fake.path)


def test_a_copy_of_another_version_is_not_gone_on_with(fake: Fake, web: Web, folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        copying.copy(Interrupting(web, fake.url, 5), folder, web.say)
    with closing(fake.connect()) as connection, connection:
        connection.execute("UPDATE organisation SET name = 'New'")
    assert rows(copied(fake, web, folder)) == rows(fake.path)


def test_a_spoilt_part_is_begun_afresh(fake: Fake, web: Web, folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        copying.copy(Interrupting(web, fake.url, 5), folder, web.say)
    (folder / STATE).write_bytes(b"not a database at all" * 100)
    assert rows(copied(fake, web, folder)) == rows(fake.path)


def test_an_old_part_of_an_unversioned_source_is_begun_afresh(
    fake: Fake, web: Web, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.digest = None
    with pytest.raises(KeyboardInterrupt):
        copying.copy(Interrupting(web, fake.url, 5), folder, web.say)
    fake.requests.clear()
    monkeypatch.setattr(copying, "OLDEST", 0)
    copied(fake, web, folder)
    assert fake.pages("organisation") == [None]


def test_a_version_that_is_here_is_not_fetched_again(fake: Fake, web: Web, folder: Path) -> None:
    copied(fake, web, folder)
    fake.requests.clear()
    copied(fake, web, folder)
    assert [table for table, _ in fake.requests] == ["database", "databases"]


def test_without_a_version_it_is_fetched_again(fake: Fake, web: Web, folder: Path) -> None:
    fake.digest = None
    first = copied(fake, web, folder).read_bytes()
    fake.requests.clear()
    assert copied(fake, web, folder).read_bytes() == first
    assert fake.pages("log")


def test_a_server_that_keeps_its_version_to_itself_is_read(
    fake: Fake, web: Web, folder: Path
) -> None:
    fake.faults["databases"] = [faults.status(403)] * 9
    assert rows(copied(fake, web, folder)) == rows(fake.path)


# A source that does not hold still


def changing(fake: Fake, statement: str, times: int) -> None:
    """Change the source while its log is read, as often as told."""
    left = [times]

    def before_page(table: str, after: str | None) -> None:
        if table == "log" and after is not None and left[0]:
            left[0] -= 1
            with closing(fake.connect()) as connection, connection:
                connection.execute(statement)

    fake.before_page = before_page


CHANGES = {
    "a row more, behind": "INSERT INTO organisation (organisation) VALUES ('x:' || random())",
    "a row less, behind": "DELETE FROM log WHERE rowid = (SELECT min(rowid) FROM log)",
    "a row again": "INSERT INTO log SELECT * FROM log LIMIT 1",
}


@pytest.mark.parametrize("digest", ["of the file", None])
@pytest.mark.parametrize("change", CHANGES)
def test_a_source_that_changes_is_read_again(
    fake: Fake, web: Web, folder: Path, lines: list[str], change: str, digest: str | None
) -> None:
    fake.digest = digest
    changing(fake, CHANGES[change], 1)
    assert rows(copied(fake, web, folder)) == rows(fake.path)
    assert change == "a row again" or any("beginning again" in line for line in lines)


def test_a_source_that_never_holds_still_is_given_up(fake: Fake, web: Web, folder: Path) -> None:
    changing(fake, CHANGES["a row more, behind"], 99)
    with pytest.raises(InputError, match="it changed while it was read, 3 times over"):
        copied(fake, web, folder)
    assert not (folder / FILE_NAME).exists()


def test_a_column_that_goes_while_it_is_read_is_told(fake: Fake, web: Web, folder: Path) -> None:
    def before_page(table: str, after: str | None) -> None:
        if table == "log" and after is not None:
            fake.without = {"log.status"}

    fake.before_page = before_page
    with pytest.raises(InputError, match="table log has no column status"):
        copied(fake, web, folder)


# What was agreed


@pytest.mark.parametrize(
    ("without", "words"),
    [
        ({"log"}, "there is no table log"),
        ({"log.status"}, "table log has no column status"),
        (
            {"log.status", "provision.end_date"},
            "table log has no column status.*table provision has no column end_date"
            "|table provision has no column end_date.*table log has no column status",
        ),
    ],
)
def test_what_is_missing_is_named_before_a_row_is_asked_for(
    fake: Fake, web: Web, folder: Path, without: set[str], words: str
) -> None:
    fake.without = without
    with pytest.raises(InputError, match=words) as caught:
        copied(fake, web, folder)
    assert str(caught.value).endswith("Nothing was changed")
    assert [table for table, _ in fake.requests] == ["database", "databases"]


def test_a_new_name_is_guessed(fake: Fake, web: Web, folder: Path) -> None:
    with closing(fake.connect()) as connection, connection:
        connection.execute("ALTER TABLE log RENAME COLUMN status TO http_status")
        connection.execute("ALTER TABLE issue RENAME TO issues")
    with pytest.raises(InputError) as caught:
        copied(fake, web, folder)
    assert "table log has no column status (is it http_status now?)" in str(caught.value)
    assert "there is no table issue (is it issues now?)" in str(caught.value)


def test_an_optional_table_may_be_missing(fake: Fake, web: Web, folder: Path) -> None:
    fake.without = {"dataset_resource", "log.exception"}
    assert Platform(copied(fake, web, folder)).missing.count("dataset_resource") == 1


@pytest.mark.parametrize("answer", ["[]", '{"ok": false}', '{"tables": [1]}', '"x"', "{}"])
def test_what_is_no_datasette_is_told(fake: Fake, web: Web, folder: Path, answer: str) -> None:
    fake.faults["database"] = [lambda handler, _: handler.reply(200, answer.encode())]
    with pytest.raises(InputError, match="does not answer as a database of Datasette does"):
        copied(fake, web, folder)


# Patience


def test_waits_double_and_differ() -> None:
    patience = Patience(first=1, longest=60)
    waits = [patience.wait(failures, None) for failures in range(1, 10)]
    for wait, full in zip(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60], strict=True):
        assert full / 2 <= wait <= full
    assert len({patience.wait(7, None) for _ in range(20)}) > 10


@pytest.mark.parametrize("delay", ["2", "Fri, 01 Jan 1999 00:00:00 GMT", "soon"])
def test_a_server_is_given_the_time_it_asks_for(fake: Fake, folder: Path, delay: str) -> None:
    slept: list[float] = []
    fake.faults["log"] = [faults.status(429, Retry_After=delay)]
    with Web(patience=IN_HASTE, sleep=slept.append) as web:
        copied(fake, web, folder)
    (seconds,) = slept
    assert (2 <= seconds < 2.1) if delay == "2" else seconds < 0.1


def test_no_password_is_shown(fake: Fake, web: Web, folder: Path) -> None:
    fake.faults["database"] = [faults.status(401)]
    url = fake.url.replace("http://", "http://me:secret@")
    with pytest.raises(InputError) as caught:
        copying.copy(Datasette(web, url), folder, web.say)
    assert "secret" not in str(caught.value)


def test_the_address_of_the_server_alone_will_do(
    fake: Fake, web: Web, folder: Path, source: Path
) -> None:
    fake.url = fake.url.removesuffix("/digital-land") + "/"
    assert rows(copied(fake, web, folder)) == rows(source)
