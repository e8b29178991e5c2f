"""Webhooks, against a real server of this machine."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest

from providers.messages import webhooks
from providers.messages.webhooks import LIMITS, WebhookError
from tests.support.build import AAA, BBB
from tests.support.post import Post

HOOKS = "SELECT * FROM providers.webhook ORDER BY id"


class Listener:
    """A program that listens: what came, and what it answers."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.requests.append((dict(self.headers), body))
                self.send_response(listener.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        port = frozenset({self.server.server_port})
        self.rules = replace(LIMITS, networks=(ip_network("127.0.0.0/8"),), ports=port)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.server.shutdown()
    listener.server.server_close()


@pytest.fixture(autouse=True)
def person(post: Post) -> None:
    post.sql(
        "INSERT INTO providers.person (id) OVERRIDING SYSTEM VALUE VALUES (1) "
        "ON CONFLICT DO NOTHING"
    )


def add(post: Post, url: str = "https://chat.example/hook", organisation: str = AAA) -> str:
    with post.open() as connection:
        return webhooks.add(connection, person_id=1, organisation=organisation, url=url)


def put(post: Post, listener: Listener, key: str = "k") -> int:
    post.sql("UPDATE providers.webhook SET url = :url", url=listener.url)
    with post.open() as connection:
        webhooks._put(connection, 1, key, json.dumps({"id": key}))
    [row] = post.sql("SELECT max(id) AS id FROM providers.webhook_delivery")
    return int(row.id)


def test_a_delivery_is_signed_and_comes_once(post: Post, listener: Listener) -> None:
    secret = add(post)
    number = put(post, listener)
    assert webhooks.deliver(post.open, number, rules=listener.rules) == "sent"
    assert webhooks.deliver(post.open, number, rules=listener.rules) == "none"
    [(headers, body)] = listener.requests
    at, digest = (part.partition("=")[2] for part in headers["Signature"].split(","))
    mine = hmac.new(secret.encode(), at.encode() + b"." + body, sha256).hexdigest()
    assert digest == mine
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {"id": "k"}


def test_the_same_event_is_one_delivery(post: Post, listener: Listener) -> None:
    add(post)
    assert put(post, listener) == put(post, listener)


def test_it_is_tried_again_and_after_twenty_failures_off(post: Post, listener: Listener) -> None:
    add(post)
    listener.status = 500
    number = put(post, listener)
    assert webhooks.deliver(post.open, number, rules=listener.rules) == "pending"
    assert webhooks.deliver(post.open, number, rules=listener.rules) == "none"  # not yet
    assert post.sql("SELECT answer FROM providers.webhook_delivery")[0].answer == "Status 500"
    for turn in range(webhooks.MOST_FAILURES - 2):
        webhooks.deliver(post.open, put(post, listener, f"k{turn}"), rules=listener.rules)
    assert post.sql(HOOKS)[0].off_at is None
    webhooks.deliver(post.open, put(post, listener, "last"), rules=listener.rules)
    assert post.sql(HOOKS)[0].off_at
    requests = len(listener.requests)
    post.sql("UPDATE providers.webhook_delivery SET due_at = now()")
    assert webhooks.deliver(post.open, number, rules=listener.rules) == "failed"
    assert len(listener.requests) == requests


def test_a_success_forgets_failures(post: Post, listener: Listener) -> None:
    add(post)
    listener.status = 500
    webhooks.deliver(post.open, put(post, listener), rules=listener.rules)
    listener.status = 200
    webhooks.deliver(post.open, put(post, listener, "k2"), rules=listener.rules)
    assert post.sql(HOOKS)[0].failures == 0


def test_a_machine_of_ours_is_never_reached(post: Post, listener: Listener) -> None:
    add(post)
    number = put(post, listener)
    rules = replace(listener.rules, networks=())
    assert webhooks.deliver(post.open, number, rules=rules) == "pending"
    assert listener.requests == []
    answer = post.sql("SELECT answer FROM providers.webhook_delivery")[0].answer
    assert "not a server on the public internet" in answer


@pytest.mark.parametrize(
    "url",
    [
        *("http://chat.example/", "ftp://x", "", "https://x\r\ny", "https://", "https://:443/"),
        *(f"https://x.example/{'a' * 500}", "https://x.example:99999/", "https://x.example:22/"),
        *("https://user:word@x.example/", "https://localhost/", "https://a.localhost/"),
        *("https://127.0.0.1/", "https://127.1/", "https://0x7f000001/", "https://2130706433/"),
        *("https://[::1]/", "https://10.0.0.1/", "https://169.254.169.254/", "https://127.0.0.1./"),
        *("https://[::ffff:127.0.0.1]/", "https://intranet/"),
    ],
)
def test_what_is_no_address_of_a_webhook(post: Post, url: str) -> None:
    with pytest.raises(WebhookError):
        add(post, url)


def test_the_same_address_is_one_webhook_until_it_is_ended(post: Post) -> None:
    add(post)
    for url in ("https://chat.example/hook", " https://CHAT.example:443/hook#part"):
        with pytest.raises(WebhookError, match="already"):
            add(post, url)
    assert len(post.sql(HOOKS)) == 1
    add(post, organisation=BBB)
    with post.open() as connection:
        webhooks.end(connection, person_id=1, organisation=AAA, number=1)
    add(post)


def test_five_webhooks_are_enough_also_at_once(post: Post) -> None:
    start = threading.Barrier(8)
    refusals: list[str] = []

    def work() -> None:
        start.wait()
        try:
            add(post, f"https://chat.example/{threading.get_ident()}")
        except WebhookError as error:
            refusals.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refusals) == 3
    assert len(post.sql(HOOKS)) == webhooks.MOST_OF_ONE


def test_nobody_ends_or_sees_the_webhook_of_another_organisation(post: Post) -> None:
    add(post)
    with post.open() as connection:
        assert webhooks.of_organisation(connection, BBB) == ()
        assert not webhooks.end(connection, person_id=1, organisation=BBB, number=1)
        assert webhooks.end(connection, person_id=1, organisation=AAA, number=1)
    row = post.sql(HOOKS)[0]
    assert row.off_at
    assert row.secret == ""
    actions = post.sql("SELECT action FROM providers.audit ORDER BY id DESC LIMIT 2")
    assert [action for (action,) in actions] == ["webhook-end", "webhook-set"]
