"""What an organisation is to do: one list for its pages and files, and its words."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from dashboard.components.provider import tasks as parts
from dashboard.components.words import task_words
from dashboard.pages.provider import task as task_page
from dashboard.pages.provider import task_list
from dashboard.pages.provider import tasks as page
from dashboard.web.document import ShellDash
from dashboard.web.prerender import text_of, to_html
from performance_store.database import connect
from performance_store.definitions.vocabulary import CLOSE_REASONS, TASK_KINDS, URGENCIES
from performance_store.queries import tasks as facts
from performance_store.rows import Task, TaskCount, TaskState
from performance_store.sample.reader import Sample
from tests.support.build import AAA, PlatformFile, Store
from tests.support.build import TODAY as TODAY_OF_FILES
from tests.support.provider_views import HOSTILE, SUBJECT, TODAY
from tests.support.real_store import real_app
from tests.support.servers import Filled
from tests.support.task_rows import FIX
from tests.support.workbooks import sheets

NOTHING = TaskCount("local-authority:XAB", 0, 0, 0, unknown=False)


@pytest.fixture(scope="module")
def module_engine(filled: Filled) -> Engine:
    return filled(Sample(date(2026, 8, 21), authorities=60, weeks=2))


@pytest.fixture(scope="module")
def app(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> ShellDash:
    return real_app(tmp_path_factory.mktemp("tasks"), module_engine)


@pytest.fixture(scope="module")
def client(app: ShellDash) -> FlaskClient:
    return app.server.test_client()


@pytest.fixture(scope="module")
def busiest(module_engine: Engine) -> str:
    """The organisation with most open tasks."""
    with module_engine.connect() as connection:
        return connection.execute(
            text(
                "SELECT o.organisation FROM task t JOIN organisation o ON o.id = organisation_id "
                "WHERE closed_on IS NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
            )
        ).scalar_one()


def words_of(*rows: Task, count: TaskCount = NOTHING) -> str:
    return text_of(page.render(page.View(SUBJECT, page.Filters(), count, rows)))


@pytest.mark.postgres
def test_one_count_is_on_the_page_and_in_both_files(client: FlaskClient, busiest: str) -> None:
    html = client.get(f"/organisations/{busiest}/tasks").get_data(as_text=True)
    (total,) = re.findall(r"(\d+) open tasks:", html)
    assert len(re.findall(r'id="task-[0-9a-f]+"', html)) == int(total) > 20
    headings = re.findall(r"(?:Must do|Should do|Could improve): (\d+) tasks?", html)
    assert sum(map(int, headings)) == int(total)
    lines = client.get(f"/downloads/organisations/{busiest}/tasks.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(lines.removeprefix("\ufeff"))))
    assert {row["task"] for row in rows} == set(re.findall(r'id="task-([0-9a-f]+)"', html))
    assert len(rows) == int(total)
    with client.get(f"/downloads/organisations/{busiest}/tasks.xlsx") as book:
        assert len(sheets(book.data)[0]) == int(total) + 1


@pytest.mark.postgres
def test_a_task_has_a_page_of_its_own_under_its_organisation_only(
    client: FlaskClient, busiest: str
) -> None:
    html = client.get(f"/organisations/{busiest}/tasks").get_data(as_text=True)
    address = re.findall(rf'href="(/organisations/{busiest}/tasks/[0-9a-f]+)"', html)[0]
    answer = client.get(address)
    assert answer.status_code == 200
    assert "What to do" in answer.get_data(as_text=True)
    elsewhere = address.replace(busiest, "local-authority:NOT")
    assert client.get(elsewhere).status_code == 404
    assert client.get(f"/organisations/{busiest}/tasks/nothing").status_code == 404


@pytest.mark.postgres
def test_the_list_is_narrowed_to_a_dataset(client: FlaskClient, busiest: str) -> None:
    whole = client.get(f"/organisations/{busiest}/tasks").get_data(as_text=True)
    only = client.get(f"/organisations/{busiest}/tasks?dataset=brownfield-land")
    html = only.get_data(as_text=True)
    ids = re.findall(r'id="task-([0-9a-f]+)"', html)
    assert 0 < len(ids) < len(re.findall(r'id="task-([0-9a-f]+)"', whole))
    assert "Show all tasks" in html
    wrong = client.get(f"/organisations/{busiest}/tasks?dataset=nothing").get_data(as_text=True)
    assert "We could not use all of these choices" in wrong


@pytest.mark.postgres
def test_problems_that_are_not_known_are_a_question_and_no_nought(
    engine: Engine, tmp_path: Path
) -> None:
    file = PlatformFile(tmp_path / "file").provision()
    file.endpoint(documentation_url="https://aaa.example/doc", licence="ogl3")
    file.resource("r1", start_date=TODAY_OF_FILES.isoformat()).answer()
    for column in ("reference", "name", "geometry", "notes", "start-date"):
        file.add("column_field", dataset="tree", resource="r1", column=column, field=column)
    # A problem of no type: what else is wrong there is not known.
    Store(engine).load(file.issues(1, ""))
    client = real_app(tmp_path, engine).server.test_client()
    with connect(engine) as connection:
        (count,) = (
            row
            for row in facts.counts(connection, snapshot_id=Store(engine).now().snapshot_id)
            if row.organisation == AAA
        )
    assert count.unknown
    words = "?" if not count.total else f"{count.total} or more"
    page = client.get(f"/organisations/{AAA}/tasks").get_data(as_text=True)
    assert "the problems of some datasets are not known for this date" in page
    badge = client.get(f"/organisations/{AAA}/tasks/badge.svg").get_data(as_text=True)
    assert f">{words}</text>" in badge
    assert ">0</text>" not in badge
    assert f"See all tasks: {words}<" in client.get(f"/organisations/{AAA}").text
    assert task_words.number(0, unknown=True) == "?"


@pytest.mark.parametrize("kind", TASK_KINDS)
def test_each_kind_of_task_has_words_and_steps(kind: str) -> None:
    details = {"review": "2026-12-31", "access": "404"}
    task = replace(
        FIX, kind=kind, subject="2026" if kind == "review" else "", detail=details.get(kind)
    )
    assert task_words.title(task)
    steps = task_words.steps(task)
    assert len(steps) >= 3
    assert steps[-1].sign == "by data"
    assert all(step.sign == "by you" for step in steps[:-1])


def test_every_urgency_and_ending_has_words() -> None:
    assert set(task_words.URGENCIES) == set(URGENCIES)
    assert set(task_words.CLOSINGS) == set(CLOSE_REASONS)


def test_a_task_says_what_it_gains_how_much_and_where() -> None:
    html = to_html(parts.item(FIX))
    assert "3 rows have a date that cannot be read (field start-date)" in html
    assert "Fixing this makes the dataset live." in html
    assert "/organisations/local-authority:XAB/tree/issues/invalid-date/start-date" in html
    assert "/downloads/issues.csv?organisation=local-authority:XAB&amp;dataset=tree" in html
    assert "/datasets/tree/guidance#field-start-date" in html
    assert "Only you know it." in html
    assert "We see it in the data." in html


def test_what_cannot_be_known_now_is_said() -> None:
    old = words_of(replace(FIX, of_last_good=True))
    assert "From the last good copy" in old
    silent = words_of(replace(FIX, not_judged_since=date(2026, 5, 3)))
    assert "We cannot tell since 3 May 2026 whether this is still so" in silent
    unknown = words_of(count=replace(NOTHING, unknown=True))
    assert "the problems of some datasets are not known for this date" in unknown
    assert "You have nothing to do" not in unknown
    assert "You have nothing to do." in words_of()


def test_a_failing_endpoint_says_why_since_when_and_whether_it_comes_and_goes() -> None:
    task = replace(
        FIX, kind="access", code="", field="", detail="404", since=date(2026, 5, 3), unreliable=True
    )
    words = text_of(parts.item(task))
    assert "The endpoint does not work: there is nothing at the address" in words
    assert "Failing since 3 May 2026. It has stopped and started several times lately." in words
    timeout = replace(task, detail="ConnectTimeout")
    assert "took too long" in task_words.title(timeout)


def test_many_tasks_of_a_dataset_are_folded_with_their_count() -> None:
    rows = [replace(FIX, public_id=f"{n:016x}", field=f"f{n}") for n in range(5)]
    html = to_html(parts.section("must", rows, lambda task: None))
    assert "Must do: 5 tasks" in html
    assert "Show 5 tasks, with 20 problems" in html


def test_five_hundred_tasks_are_a_page_as_light_as_others() -> None:
    rows = tuple(
        replace(FIX, public_id=f"{n:016x}", field=f"f{n % 20}", dataset_name=f"Dataset {n // 20}")
        for n in range(500)
    )
    html = to_html(page.render(page.View(SUBJECT, page.Filters(), NOTHING, rows)))
    assert html.count('id="task-') == 500
    assert html.count("<details") == 27
    assert len(html) < 600_000


def test_what_ended_is_thanked_for_with_its_reason() -> None:
    over = [
        replace(FIX, closed_on=TODAY, close_reason=reason, public_id=f"{n:016x}")
        for n, reason in enumerate(CLOSE_REASONS)
    ]
    words = text_of(parts.past(over, date(2026, 6, 1)))
    assert "1 task done. Thank you." in words
    assert "No longer asked for: a check changed" in words
    assert parts.past([], TODAY) is None


def test_values_of_the_data_are_text() -> None:
    task = replace(FIX, code=HOSTILE, field=HOSTILE, dataset_name=HOSTILE)
    assert HOSTILE not in to_html(parts.section("must", [task], lambda task: None))
    record = task_list.record(replace(task, field="=1+1"), SUBJECT)
    assert set(record) == set(task_list.COLUMNS)


def test_how_a_task_went_is_in_one_unit_and_says_a_change_once() -> None:
    def state(first: int, last: int, rows: int | None, problems: int) -> TaskState:
        days = date(2026, 8, first), date(2026, 8, last)
        return TaskState("platform", *days, "must", problems, rows, None)

    def spans(task: Task, *states: TaskState) -> list[tuple[int, int, int | None, int | None]]:
        lines = task_page.stretches(task, states)
        return [(line.from_on.day, line.to_on.day, line.rows, line.problems) for line in lines]

    states = (state(1, 2, 3, 5), state(5, 6, 3, 5), state(7, 8, None, 5), state(9, 9, 2, 4))
    assert spans(FIX, *states) == [(1, 8, None, 5), (9, 9, None, 4)]
    assert spans(FIX, *states[:2], states[3]) == [(1, 6, 3, 5), (9, 9, 2, 4)]
    again = replace(FIX, reopened=1)
    assert spans(again, *states[:2]) == [(1, 2, 3, 5), (5, 6, 3, 5)]


def test_a_step_leads_to_where_the_address_is_given() -> None:
    provide = replace(FIX, kind="provide", code="", field="")
    way = (
        f"/submit?dataset=tree&amp;organisation={provide.organisation}&amp;task={provide.public_id}"
    )
    words = "Give the address to the data team"
    assert f'href="{way}&amp;kind=provide">{words}</a>.' in to_html(parts.steps(provide))
