"""One digest a subscriber and week, whatever becomes of workers."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from multiprocessing import get_context

import pytest
from sqlalchemy import Engine

from performance_store.database import make_engine, transaction
from performance_store.settings import Settings
from providers.accounts.keys import Keys
from providers.messages import editions, outbox
from providers.messages.links import Links
from providers.messages.mailers import mailer_of
from tests.support.build import AAA, BBB, TODAY, PlatformFile, Store
from tests.support.post import Post
from tests.support.smtp import MailServer

LINKS = Links("https://performance.example.org", Keys(["a key of thirty-two letters, or more"]))
MONDAY = datetime(2025, 5, 26, 7, 30, tzinfo=UTC)
FOLLOWERS = """
WITH s AS (
    INSERT INTO providers.subscription (salt) SELECT 'salt' FROM generate_series(1, :count)
    RETURNING id
), c AS (
    INSERT INTO providers.subscription_contact (subscription_id, address, address_key)
    SELECT id, 'p' || id || '@council.example', 'p' || id || '@council.example' FROM s
)
INSERT INTO providers.subscription_topic
    (subscription_id, organisation, dataset, digest, alerts, confirmed_at)
SELECT id, :organisation, :dataset, true, true, :since FROM s
"""


@pytest.fixture(scope="module")
def module_engine(
    fresh_database: Callable[..., object], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Nights of two authorities: AAA's endpoint fails for two nights, and has a file with problems
    of a must; BBB has problems for the first time on the last night."""
    with fresh_database() as url:  # type: ignore[attr-defined]
        engine = make_engine(str(url), application_name="tests")
        store = Store(engine)
        folder = tmp_path_factory.mktemp("nights")
        for day in (0, 1, 2):
            as_at = TODAY + timedelta(days=day)
            file = PlatformFile(folder / str(day), as_at=as_at)
            file.organisation(BBB).provision().provision(organisation=BBB)
            file.endpoint().endpoint("b", organisation=BBB)
            file.answer("b", resource="rb")
            if day == 0:
                file.answer()
            else:
                file.answer(when=TODAY.isoformat()).failure()
            if day == 2:
                file.issues(3, resource="rb")
            store.load(file)
        yield engine
        engine.dispose()


@pytest.fixture(autouse=True)
def published(post: Post) -> None:
    post.sql("UPDATE snapshot SET published_at = :at", at=MONDAY - timedelta(hours=2))


def follow(
    post: Post, count: int = 1, organisation: str = AAA, dataset: str = "", day: date = TODAY
) -> None:
    post.sql(FOLLOWERS, count=count, organisation=organisation, dataset=dataset, since=day)


def digests(post: Post, now: datetime = MONDAY) -> int:
    return editions.digests(post.open, LINKS, now=now)


def test_a_digest_goes_to_who_follows(post: Post, server: MailServer) -> None:
    follow(post, 2, BBB)
    assert digests(post) == 2
    assert digests(post) == 0
    assert post.send_all() == ["sent", "sent"]
    assert sorted(server.receivers) == ["p1@council.example", "p2@council.example"]
    mail = server.inbox[0]
    text = mail.get_content()
    assert "has a new kind of problem, missing value" in text
    assert "Waiting for you: 1 that must be done" in text
    assert mail["List-Unsubscribe"].startswith(
        "<https://performance.example.org/follow/unsubscribe?token="
    )
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<digest.performance.example.org>"
    # The next week there is nothing new, but something that must be done.
    assert digests(post, MONDAY + timedelta(days=7)) == 0  # the data are old by then
    assert digests(post, MONDAY + timedelta(days=8)) == 2
    post.send_all()
    text = server.inbox[-1].get_content()
    assert "Changed since" not in text
    assert "These figures are of 23 May 2025" in text


def test_a_digest_that_failed_is_told_again_the_week_after(post: Post, server: MailServer) -> None:
    follow(post, 1, BBB)
    digests(post)
    server.answer = "554 no"
    assert post.send_all() == ["failed"]
    server.answer = "250 yes"
    digests(post, MONDAY + timedelta(days=8))
    post.send_all()
    assert "Changed since 21 May 2025" in server.inbox[-1].get_content()


def test_who_has_nothing_to_hear_gets_no_mail(post: Post) -> None:
    follow(post, 1, "local-authority:NOBODY")
    assert digests(post) == 0
    [row] = post.sql("SELECT is_empty, message_id FROM providers.edition")
    assert tuple(row) == (True, None)


def test_who_paused_ended_or_never_confirmed_gets_no_mail(post: Post) -> None:
    follow(post, 3, BBB)
    post.sql("UPDATE providers.subscription SET pause_until = current_date + 1 WHERE id = 1")
    post.sql("UPDATE providers.subscription SET ended_at = now() WHERE id = 2")
    post.sql("UPDATE providers.subscription_topic SET confirmed_at = NULL WHERE id = 3")
    assert digests(post) == 0
    post.sql("UPDATE providers.subscription SET pause_until = current_date")
    assert digests(post) == 1


def test_one_dataset_and_the_whole_are_told_once(post: Post, server: MailServer) -> None:
    follow(post, 1, BBB)
    post.sql(
        "INSERT INTO providers.subscription_topic "
        "(subscription_id, organisation, dataset, digest, alerts, confirmed_at) "
        "VALUES (1, :bbb, 'tree', true, false, now())",
        bbb=BBB,
    )
    assert digests(post) == 1
    post.send_all()
    assert server.inbox[0].get_content().count("new kind of problem") == 1


def test_alerts_of_a_morning(post: Post, server: MailServer) -> None:
    follow(post, 1, AAA)
    follow(post, 1, BBB)
    follow(post, 1, BBB, "other-dataset")
    morning = MONDAY - timedelta(hours=1)
    assert editions.alerts(post.open, LINKS, now=morning) == 2
    assert editions.alerts(post.open, LINKS, now=morning) == 0
    post.send_all()
    subjects = {
        to: mail["Subject"] for to, mail in zip(server.receivers, server.inbox, strict=True)
    }
    assert subjects == {
        "p1@council.example": "Tree: we could not collect it two days in a row",
        "p2@council.example": "Tree: something must be done",
    }


def test_what_is_due_is_told_until_somebody_confirms_it(post: Post, server: MailServer) -> None:
    post.sql(
        "INSERT INTO task (public_id, organisation_id, dataset_id, kind, code, field, subject, "
        "snapshot_kind, urgency, detail, of_last_good, first_seen_on, last_seen_on, unreliable) "
        "SELECT 'review-1', o.id, d.id, 'review', '', '', '2025', 'platform', 'should', "
        "'2025-06-10', false, '2025-05-23', '2025-05-23', false FROM organisation o, dataset d "
        "WHERE o.organisation = :bbb AND d.dataset = 'tree'",
        bbb=BBB,
    )
    follow(post, 1, BBB)
    digests(post)
    post.send_all()
    due = "review it and confirm that it is right by 10 June 2025"
    assert due in server.inbox[-1].get_content()
    assert "1 that must be done, 1 that should be done" in server.inbox[-1].get_content()
    assert editions.alerts(post.open, LINKS, now=MONDAY) == 1
    post.send_all()
    assert "It is time for the yearly review." in server.inbox[-1].get_content()
    post.sql(
        "INSERT INTO providers.task_event (task, organisation, dataset, state) "
        "VALUES ('review-1', :bbb, 'tree', 'confirmed')",
        bbb=BBB,
    )
    digests(post, MONDAY + timedelta(days=8))
    post.send_all()
    assert due not in server.inbox[-1].get_content()
    assert "Waiting for you: 1 that must be done" in server.inbox[-1].get_content()
    assert "that should be done" not in server.inbox[-1].get_content()
    post.sql("DELETE FROM task WHERE public_id = 'review-1'")


def test_no_alert_of_what_was_published_long_ago(post: Post) -> None:
    follow(post, 1, AAA)
    assert editions.alerts(post.open, LINKS, now=MONDAY + timedelta(days=2)) == 0


def test_two_workers_at_the_same_minute(post: Post, server: MailServer) -> None:
    follow(post, 60, BBB)
    start = threading.Barrier(2)
    counts: list[int] = []

    def work() -> None:
        start.wait()
        counts.append(digests(post))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 60
    [row] = post.sql("SELECT count(*) AS n FROM providers.message")
    assert row.n == 60


def _compose_and_send(url: str, mail_url: str) -> None:
    """What a worker does, in a process that may be killed."""
    engine = make_engine(url, application_name="tests")
    open_ = partial(transaction, engine)
    settings = Settings(mail_url=mail_url, mail_from="a@service.example", site_url=LINKS.site)
    editions.digests(open_, LINKS, now=MONDAY)
    with open_() as connection:
        rows = connection.exec_driver_sql("SELECT id FROM providers.message ORDER BY random()")
        numbers = [row.id for row in rows]
    for number in numbers:
        outbox.send(open_, mailer_of(settings), settings, number)


def test_a_worker_killed_in_the_middle_makes_no_second_mail(post: Post, server: MailServer) -> None:
    follow(post, 40, BBB)
    arguments = (post.engine.url.render_as_string(hide_password=False), server.url)
    context = get_context("fork")
    first, second = (context.Process(target=_compose_and_send, args=arguments) for _ in range(2))
    first.start()
    second.start()
    deadline = time.monotonic() + 20
    while len(server.inbox) < 8 and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(first.pid or 0, signal.SIGKILL)
    first.join()
    second.join()
    # A third comes when the leases of the dead one are over.
    post.sql(
        "UPDATE providers.message SET lease_until = now() - interval '1 second' "
        "WHERE state = 'sending'"
    )
    assert digests(post) == 0
    post.send_all()
    assert len(server.receivers) == len(set(server.receivers))
    states = post.sql("SELECT state, count(*) AS n FROM providers.message GROUP BY state")
    counts = {row.state: row.n for row in states}
    assert counts["sent"] + counts.get("failed", 0) == 40
    assert counts.get("failed", 0) <= 1  # what the dead one was sending


def test_ten_thousand_subscribers_in_bounded_time(post: Post) -> None:
    follow(post, 10_000, BBB)
    began = time.process_time()
    assert digests(post) == 10_000
    assert time.process_time() - began < 20
