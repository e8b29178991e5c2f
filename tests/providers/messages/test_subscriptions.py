"""Following: nobody is told anything before they answered a mail."""

from __future__ import annotations

import re
import threading
from datetime import date

import pytest

from providers.accounts.addresses import Address, parse
from providers.accounts.keys import Keys
from providers.messages import subscriptions, suppression, work
from providers.messages.links import CONFIRM, PREFERENCES, UNSUBSCRIBE, Links
from providers.messages.subscriptions import Subscriber, Wish
from tests.support.post import Post
from tests.support.smtp import MailServer

ADA = parse("ada@council.example")
LINKS = Links("https://performance.example.org", Keys(["a key of thirty-two letters, or more"]))
TOPICS = "SELECT * FROM providers.subscription_topic ORDER BY id"


def ask(
    post: Post,
    wish: Wish | None = None,
    name: str = "Testshire",
    *,
    address: Address = ADA,
    network: str = "192.0.2.1",
    is_theirs: bool = False,
) -> str | None:
    with post.open() as connection:
        return subscriptions.ask(
            connection,
            address=address,
            wish=wish or Wish("local-authority:TST"),
            name=name,
            links=LINKS,
            network=network,
            is_theirs=is_theirs,
        )


def token_in(text: str, purpose: str) -> str:
    match = re.search(rf"https://performance\.example\.org/follow/{purpose}\?token=(\S+)", text)
    assert match
    return match[1]


def follow(post: Post, server: MailServer, wish: Wish | None = None) -> Subscriber:
    """A subscriber who confirmed."""
    ask(post, wish)
    post.send_all()
    token = token_in(server.inbox.pop().get_content(), CONFIRM)
    with post.open() as connection:
        subscriber = subscriptions.confirm(connection, links=LINKS, token=token)
    assert subscriber
    return subscriber


def test_a_wish_counts_once_its_mail_was_answered(post: Post, server: MailServer) -> None:
    ask(post)
    post.send_all()
    [mail] = server.inbox
    assert server.receivers == [ADA.text]
    token = token_in(mail.get_content(), CONFIRM)
    with post.open() as connection:
        assert subscriptions.topics(connection, subscription_id=1) == ()
        assert subscriptions.of_confirmation(connection, links=LINKS, token=token)
    [row] = post.sql(TOPICS)
    assert row.confirmed_at is None  # looking at the link is not following it
    with post.open() as connection:
        assert subscriptions.confirm(connection, links=LINKS, token=token)
        assert subscriptions.confirm(connection, links=LINKS, token=token)
    [row] = post.sql(TOPICS)
    assert row.confirmed_at
    assert row.consent == "mail, wording 1"
    [contact] = post.sql("SELECT * FROM providers.subscription_contact")
    assert contact.purge_on is None


def test_who_is_signed_in_by_the_address_needs_no_mail(post: Post, server: MailServer) -> None:
    ask(post, is_theirs=True)
    assert post.send_all() == []
    assert post.sql(TOPICS)[0].confirmed_at


def test_their_second_wish_is_stored(post: Post, server: MailServer) -> None:
    for digest, alerts in ((True, False), (True, True), (False, True)):
        ask(post, Wish("local-authority:TST", digest=digest, alerts=alerts), is_theirs=True)
        [row] = post.sql(TOPICS)
        assert (row.digest, row.alerts) == (digest, alerts)


@pytest.mark.parametrize("change", ["1", "other key", "purpose", "", "x-y", "99999999999-00"])
def test_a_link_that_is_not_ours_does_nothing(post: Post, change: str) -> None:
    ask(post)
    salt = post.sql("SELECT salt FROM providers.subscription")[0].salt
    token = LINKS.token(CONFIRM, 1, salt)
    wrong = {
        "1": f"2{token[1:]}",
        "other key": Links("", Keys(["another"])).token(CONFIRM, 1, salt),
        "purpose": LINKS.token(UNSUBSCRIBE, 1, salt),
    }.get(change, change)
    with post.open() as connection:
        assert subscriptions.confirm(connection, links=LINKS, token=wrong) is None
    assert post.sql(TOPICS)[0].confirmed_at is None


def test_an_old_link_does_nothing_and_is_forgotten(post: Post) -> None:
    ask(post)
    post.sql("UPDATE providers.subscription_topic SET created_at = now() - interval '8 days'")
    post.sql("UPDATE providers.subscription_contact SET purge_on = current_date")
    salt = post.sql("SELECT salt FROM providers.subscription")[0].salt
    with post.open() as connection:
        token = LINKS.token(CONFIRM, 1, salt)
        assert subscriptions.confirm(connection, links=LINKS, token=token) is None
        assert subscriptions.purge(connection) == 2
    assert post.sql("SELECT * FROM providers.subscription_contact") == []


def test_who_asks_again_has_the_whole_time_to_answer(post: Post) -> None:
    ask(post)
    post.sql("UPDATE providers.subscription_contact SET purge_on = current_date")
    ask(post)
    with post.open() as connection:
        assert subscriptions.purge(connection) == 0
    [row] = post.sql("SELECT purge_on - current_date AS days FROM providers.subscription_contact")
    assert row.days == subscriptions.DAYS_TO_CONFIRM + 1


def test_nobody_can_have_somebody_flooded_with_mail(post: Post) -> None:
    for code in range(10):
        address = parse(f"Ada+{code}@council.example" if code else ADA.text)
        refusal = ask(post, Wish(f"local-authority:{code}"), address=address, network=f"{code}")
        assert refusal == (None if code < 3 else "address-hour")
    assert len(post.sql("SELECT * FROM providers.message")) == 3
    assert len(post.sql(TOPICS)) == 3
    post.sql("UPDATE providers.message SET created_at = now() - interval '2 hours'")
    for _ in range(3):
        assert ask(post, network="a") is None
    assert ask(post, network="b") == "address-hour"
    assert ask(post, is_theirs=True) is None


def test_one_network_cannot_flood_many(post: Post) -> None:
    for number in range(20):
        assert ask(post, address=parse(f"a{number}@council.example")) is None
    address = parse("b@council.example")
    assert ask(post, address=address) == "network-hour"
    assert ask(post, address=address, network="192.0.2.2") is None
    post.sql("UPDATE providers.message SET created_at = now() - interval '2 days 1 minute'")
    work.purge(post.engine)
    hashes = post.sql("SELECT DISTINCT network_hash FROM providers.message")
    assert [row.network_hash for row in hashes] == [None]


def test_a_stranger_cannot_change_what_somebody_follows(post: Post, server: MailServer) -> None:
    follow(post, server)
    before = post.sql("SELECT digest, alerts FROM providers.subscription_topic")
    ask(post, Wish("local-authority:TST", digest=False, alerts=True))
    post.send_all()
    assert post.sql("SELECT digest, alerts FROM providers.subscription_topic") == before
    assert token_in(server.inbox[-1].get_content(), PREFERENCES)


def test_two_requests_at_once_make_one_subscriber(post: Post) -> None:
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        ask(post)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(post.sql("SELECT * FROM providers.subscription_contact")) == 1
    assert len(post.sql(TOPICS)) == 1


def test_choices(post: Post, server: MailServer) -> None:
    follow(post, server, Wish("local-authority:A"))
    follow(post, server, Wish("local-authority:A", "tree"))
    with post.open() as connection:
        subscriptions.choose(
            connection, subscription_id=1, digests=[2], alerts=[2], pause_until=date(9999, 1, 1)
        )
        [topic] = subscriptions.topics(connection, subscription_id=1)
    assert (topic.dataset, topic.digest, topic.alerts) == ("tree", True, True)
    [row] = post.sql("SELECT pause_until - current_date AS days FROM providers.subscription")
    assert row.days == 366


def test_unsubscribing_ends_everything_and_forgets_the_address(
    post: Post, server: MailServer
) -> None:
    subscriber = follow(post, server)
    with post.open() as connection:
        token = LINKS.token(UNSUBSCRIBE, subscriber.id, subscriber.salt)
        assert subscriptions.unsubscribe(connection, links=LINKS, token=token)
        assert subscriptions.unsubscribe(connection, links=LINKS, token=token)
        wrong = LINKS.token(PREFERENCES, subscriber.id, subscriber.salt)
        assert not subscriptions.unsubscribe(connection, links=LINKS, token=wrong)
    assert post.sql(TOPICS) == []
    [row] = post.sql("SELECT purge_on - current_date AS days FROM providers.subscription_contact")
    assert row.days == 30
    number = post.enqueue(to_subscription=subscriber.id, kind="digest")
    assert post.send(number) == "failed"
    assert server.inbox == []
    # They may come back.
    follow(post, server)
    [row] = post.sql("SELECT ended_at FROM providers.subscription")
    assert row.ended_at is None


def test_an_address_that_bounces_gets_no_more_and_is_counted(
    post: Post, server: MailServer
) -> None:
    subscriber = follow(post, server)
    server.refusals[ADA.text] = "550 5.1.1 no such user"
    assert post.send(post.enqueue(to_subscription=subscriber.id, kind="digest")) == "failed"
    server.refusals.clear()
    assert post.send(post.enqueue(to_subscription=subscriber.id, kind="digest")) == "failed"
    assert server.inbox == []
    # A mail that is taken for another reason does not make us write again.
    assert post.send(post.enqueue(address=ADA.text)) == "sent"
    server.inbox.clear()
    with post.open() as connection:
        counts = subscriptions.followers(connection, organisation="local-authority:TST")
    assert (counts.all, counts.suppressed) == (1, 1)
    rows = post.sql("SELECT * FROM providers.suppression")
    assert "@" not in str(rows)
    # Whoever asks anew, and uses the link in that mail, gets mail again.
    ask(post)
    post.send_all()
    assert token_in(server.inbox.pop().get_content(), PREFERENCES)
    with post.open() as connection:
        subscriptions.choose(
            connection, subscription_id=subscriber.id, digests=[1], alerts=[], pause_until=None
        )
    assert post.send(post.enqueue(to_subscription=subscriber.id, kind="digest")) == "sent"


def test_three_failures_of_a_day_suppress_for_a_month(post: Post, server: MailServer) -> None:
    follow(post, server)
    for _ in range(3):
        with post.open() as connection:
            suppression.note(connection, address=ADA.text, permanent=False)
    [row] = post.sql("SELECT reason, until - current_date AS days FROM providers.suppression")
    assert tuple(row) == ("temporary", 30)


def test_a_complaint_is_for_ever(post: Post, server: MailServer) -> None:
    with post.open() as connection:
        suppression.complain(connection, address="ADA@council.example")
        suppression.clear(connection, address=ADA.text)
    ask(post)
    assert post.send_all() == ["failed"]
    assert server.inbox == []


def test_a_name_in_the_data_cannot_write_lines_of_its_own(post: Post, server: MailServer) -> None:
    ask(post, name="Evil\r\nBcc: x@evil.example\n\nhttps://evil.example")
    post.send_all()
    [mail] = server.inbox
    assert mail["Bcc"] is None
    assert not re.search(r"(?m)^https://evil", mail.get_content())


def test_archived_topics_of_the_sample_are_no_more(post: Post, server: MailServer) -> None:
    subscriber = follow(post, server)
    post.sql("SELECT providers.archive()")
    with post.open() as connection:
        assert subscriptions.topics(connection, subscription_id=subscriber.id) == ()
