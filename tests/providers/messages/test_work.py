"""What jobs of messages do, by the names that they are deferred by."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from providers.messages import outbox, webhooks
from tests.support.post import Post
from tests.support.smtp import MailServer
from worker.tasks import TASKS, WHEN, Tools


def run(post: Post, name: str, **arguments: Any) -> None:
    TASKS[name].work(Tools(post.engine, post.settings), **arguments)


def jobs(post: Post) -> list[tuple[str, dict[str, Any]]]:
    rows = post.sql("SELECT task_name, args FROM procrastinate_jobs ORDER BY id")
    return [(row.task_name, row.args) for row in rows]


def test_a_message_is_sent_by_its_job(post: Post, server: MailServer) -> None:
    number = post.enqueue(address="ada@council.example")
    [(name, arguments)] = jobs(post)
    run(post, name, **arguments)
    assert post.message(number).state == "sent"
    assert len(server.inbox) == 1
    assert "@" not in json.dumps(arguments)


def test_what_lost_its_job_gets_another(post: Post) -> None:
    number = post.enqueue(address="ada@council.example")
    post.sql("TRUNCATE procrastinate_jobs CASCADE")
    run(post, "mail.wake", timestamp=0)
    assert jobs(post) == []
    post.sql("UPDATE providers.message SET due_at = now() - interval '1 hour'")
    run(post, "mail.wake", timestamp=0)
    assert jobs(post) == [(outbox.JOB, {"messages": [number]})]


def test_purging_leaves_what_is_in_use(post: Post) -> None:
    old = post.enqueue(address="ada@council.example")
    new = post.enqueue(address="ada@council.example")
    post.sql(
        "UPDATE providers.message SET ended_at = now() - interval '91 days' WHERE id = :id", id=old
    )
    post.sql(
        "INSERT INTO providers.suppression (address_hash, reason, until) "
        "VALUES ('a', 'temporary', current_date - 1), ('b', 'bounce', NULL)"
    )
    run(post, "purge.daily", timestamp=0)
    assert [row.id for row in post.sql("SELECT id FROM providers.message")] == [new]
    assert [row.address_hash for row in post.sql("SELECT * FROM providers.suppression")] == ["b"]


@pytest.mark.parametrize("name", ["digest.weekly", "alerts.daily"])
def test_an_empty_store_tells_nothing(post: Post, name: str, tmp_path: Path) -> None:
    post.settings = post.settings.model_copy(update={"home": tmp_path})
    run(post, name, timestamp=0)
    assert jobs(post) == []


def test_all_that_comes_by_itself_has_a_function() -> None:
    assert set(WHEN) <= set(TASKS)
    assert {outbox.JOB, webhooks.JOB} <= set(TASKS)
