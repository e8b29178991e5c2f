"""Lists, files and feeds of submissions, and what other pages say of them."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import date
from xml.etree import ElementTree

import pytest
from sqlalchemy import Engine

from performance_store.database import connect
from performance_store.queries import tasks as facts
from providers.submissions import reading
from tests.support.accounts import Person
from tests.support.build import AAA, BBB, Store
from tests.support.submission_pages import Readers
from tests.support.submissions import rows

pytestmark = pytest.mark.postgres

FORMULA = "https://maps.example/=cmd.csv"
MINE = f"/organisations/{AAA}/submissions"
ALL = "/national/submissions"
ATOM = "{http://www.w3.org/2005/Atom}"


def words(page: str) -> str:
    content = page[page.index("<h1") : page.index("</main>")]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", content).split()))


def lines(person: Person, path: str) -> list[dict[str, str]]:
    answer = person.get(path)
    assert answer.status_code == 200, path
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.fixture(scope="module", autouse=True)
def submissions(readers: Readers, module_engine: Engine) -> dict[str, str]:
    """References by what became of them."""
    late = readers.submission("late", "sent")
    rows(
        module_engine,
        "UPDATE providers.submission SET sent_at = sent_at - interval '30 days' WHERE id = :id",
        id=late.id,
    )
    other = {"organisation": BBB}
    examples = {
        "late": late,
        "waiting": readers.submission("waiting", "sent", "waiting", **other),
        "live": readers.submission("live", "sent", "registered", "collected", "live"),
        "absent": readers.submission("absent", "sent", **other),
    }
    readers.note(examples["absent"], "ended", reason="absent")
    return {name: row.reference for name, row in examples.items()}


def test_an_organisation_sees_what_is_open_and_what_ended(
    readers: Readers, submissions: dict[str, str]
) -> None:
    page = readers.nobody.get(MINE).text
    assert (
        page.index(submissions["late"]) < page.index('id="ended"') < page.index(submissions["live"])
    )
    assert submissions["absent"] not in page
    assert "1 submission is open. 1 takes longer than promised." in words(page)
    assert submissions["late"] in readers.nobody.get(f"{MINE}?dataset=tree").text
    assert "We could not use" in words(readers.nobody.get(f"{MINE}?dataset=nonsense").text)


def test_all_submissions_can_be_narrowed_and_add_up(
    readers: Readers, submissions: dict[str, str]
) -> None:
    def there(query: str) -> set[str]:
        page = readers.nobody.get(f"{ALL}?{query}").text
        match = {name for name, reference in submissions.items() if f">{reference}<" in page}
        file = lines(readers.nobody, f"/downloads/national/submissions.csv?{query}")
        assert {row["reference"] for row in file} == {submissions[name] for name in match}
        return match

    assert there("") == set(submissions)
    assert there("which=open") == {"late", "waiting"}
    assert there("which=late") == {"late"}
    assert there("which=ended") == {"live", "absent"}
    assert there("step=waiting") == {"waiting"}
    assert there(f"organisation={BBB}&which=ended") == {"absent"}
    assert there("dataset=tree&step=live") == {"live"}
    page = words(readers.nobody.get(ALL).text)
    assert "2 submissions are open, of which 1 takes longer than promised." in page
    assert "Showing all 4 submissions" in page
    assert "Waiting for the authority 1" in page
    assert "the register does not have the address. 1" in page
    assert "from sent to live 0 days" in page


def test_before_anything_was_sent_the_list_says_so(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "all", lambda *_, **__: ())
    page = words(readers.nobody.get(ALL).text)
    assert "Nothing was sent yet" in page
    assert "not known" not in page


def test_only_the_programme_hears_why_nothing_is_passed_on(readers: Readers) -> None:
    rows(
        readers.engine,
        "INSERT INTO providers.ticket_desk (adapter, fingerprint, trouble, trouble_at, paused_at) "
        "VALUES ('jira', '', 'It answered 401', now(), now())",
    )
    try:
        assert "It refused our credentials" in words(readers.manager.get(ALL).text)
        for person in (readers.nobody, readers.officer):
            assert "401" not in words(person.get(ALL).text)
    finally:
        rows(readers.engine, "DELETE FROM providers.ticket_desk")


def test_no_cell_of_a_file_is_a_formula(readers: Readers, submissions: dict[str, str]) -> None:
    sql = "UPDATE providers.submission SET documentation_url = :url WHERE reference = :reference"
    rows(
        readers.engine, sql, url='=HYPERLINK("https://evil.example")', reference=submissions["late"]
    )
    for path in ("/downloads/national/submissions.csv", f"/downloads{MINE}.csv"):
        answer = readers.nobody.get(path)
        assert answer.headers["Content-Type"].startswith("text/csv")
        [line] = [
            row for row in lines(readers.nobody, path) if row["reference"] == submissions["late"]
        ]
        assert line["documentation_url"].startswith("'=")
        assert (line["late"], line["step"], line["organisation_name"]) == ("true", "sent", "Aaa")


def test_kept_pages_say_how_far_it_is_at_this_moment(readers: Readers) -> None:
    paths = (f"/organisations/{AAA}/tree", f"/organisations/{AAA}")
    row = readers.submission("kept", "sent")
    for _ in range(2):  # the second is a kept one
        page, whole = (words(readers.nobody.get(path).text) for path in paths)
        assert "New address, submitted on" in page
        assert ": sent." in page
        assert "2 submissions are open, 1 late." in whole
    readers.note(row, "registered", snapshot=str(date.today()))
    page = words(readers.nobody.get(paths[0]).text)
    assert "in the register since" in page
    assert "First collection expected tomorrow morning." in page
    readers.note(row, "ended", reason="duplicate")
    assert "1 submission is open, 1 late." in words(readers.nobody.get(paths[1]).text)
    for path in paths:
        assert "sent:" not in words(readers.nobody.get(path).text).replace("was sent:", "")


def test_a_task_says_how_far_its_submission_is(readers: Readers, module_engine: Engine) -> None:
    with connect(module_engine) as connection:
        now = Store(module_engine).now().snapshot_id
        tasks = facts.of_organisation(connection, organisation=BBB, snapshot_id=now)
    task = next(row for row in tasks if row.kind == "provide")
    path = f"/organisations/{BBB}/tasks/{task.public_id}"
    offer = "Send the address of the data"
    assert offer in words(readers.nobody.get(path).text)
    assert "Sent on" not in words(readers.nobody.get(path).text)
    row = readers.submission("task", "sent", organisation=BBB, task=task.public_id)
    today = date.today()
    spoken = f"{today.day} {today:%B %Y}"
    page = words(readers.nobody.get(path).text)
    assert f"Sent on {spoken}." in page
    assert offer not in page
    assert "Ask the data team for help" in page
    dataset = words(readers.nobody.get(f"/organisations/{BBB}/tree").text)
    assert "New address, submitted on" in dataset
    assert f"Done: sent on {spoken}." in dataset
    readers.note(row, "registered", snapshot=str(today))
    page = words(readers.nobody.get(path).text)
    assert f"In the register since {spoken}." in page
    assert row.reference in readers.nobody.get(path).text
    readers.note(row, "ended", reason="withdrawn")
    assert offer in words(readers.nobody.get(path).text)


def test_feeds_have_one_entry_for_each_step(readers: Readers) -> None:
    feed = f"/downloads/organisations/{AAA}/tree.atom"
    row = readers.submission("feed", "sent")
    before = readers.nobody.get(feed)

    def entries() -> list[str]:
        root = ElementTree.fromstring(readers.nobody.get(feed).data)
        ids = [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]
        assert len(ids) == len(set(ids))
        titles = [entry.findtext(f"{ATOM}title") or "" for entry in root.iter(f"{ATOM}entry")]
        return [title for title in titles if row.reference in title]

    assert entries() == [f"Aaa, Tree: New address {row.reference}, sent"]
    tag = {"If-None-Match": before.headers["ETag"]}
    assert readers.nobody.get(feed, headers=tag).status_code == 304
    readers.note(row, "waiting", subject="1")
    readers.note(row, "registered", snapshot=str(date.today()))
    assert readers.nobody.get(feed, headers=tag).status_code == 200
    since = {"If-Modified-Since": before.headers["Last-Modified"]}
    assert readers.nobody.get(feed, headers=since).status_code in (200, 304)
    assert len(entries()) == 3
    whole = readers.nobody.get(f"/downloads/organisations/{AAA}.atom").text
    assert whole.count(row.reference) >= 3
    other = readers.nobody.get(f"/downloads/organisations/{BBB}.atom").text
    assert row.reference not in other
    readers.note(row, "ended", reason="withdrawn")


def test_the_lists_are_found_from_where_people_are(readers: Readers) -> None:
    assert f'href="{MINE}"' in readers.nobody.get(f"/organisations/{AAA}").text
    assert f'href="{MINE}?dataset=tree"' in readers.nobody.get(f"/organisations/{AAA}/tree").text
    assert f'href="{MINE}"' in readers.nobody.get(f"/organisations/{AAA}/tasks").text
    assert f'href="{ALL}"' in readers.nobody.get("/national/tasks").text
