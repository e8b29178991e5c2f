"""GOV.UK Notify, by its own client, against a server of this machine that speaks as it does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest

from performance_store.settings import Settings
from providers.messages import outbox
from providers.messages.letter import compose
from providers.messages.mailers import InDoubt, Postponed, Refusal, mailer_of
from providers.messages.mailers.notify import NotifyMailer
from providers.messages.suppression import hash_of
from tests.support.post import Post

KEY = "desk-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"


class Notify:
    """What came, and what is answered."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.status, self.body = 201, '{"id": "n-1"}'
        notify = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                notify.requests.append(json.loads(self.rfile.read(length)))
                body = notify.body.encode()
                self.send_response(notify.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                notify.requests.append({"path": self.path})
                body = notify.body.encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def notify() -> Iterator[Notify]:
    notify = Notify()
    yield notify
    notify.server.shutdown()
    notify.server.server_close()


def send(notify: Notify) -> str:
    mail = compose(
        Settings(),
        to="ada@council.example",
        subject="Hello",
        text="Line one\n",
        reference=UUID(int=1),
        headers={"List-Unsubscribe": "<https://performance.example.org/u?token=1-ab>"},
    )
    mailer = NotifyMailer(KEY, "template-1", url=notify.url)
    try:
        return mailer.send(mail)
    finally:
        mailer._client.request_session.close()


def test_a_mail_goes_into_the_template(notify: Notify) -> None:
    assert send(notify) == "n-1"
    [request] = notify.requests
    assert request == {
        "email_address": "ada@council.example",
        "template_id": "template-1",
        "personalisation": {"subject": "Hello", "body": "Line one\n"},
        "reference": request["reference"],
        "one_click_unsubscribe_url": "https://performance.example.org/u?token=1-ab",
    }
    assert request["reference"].startswith("<00000000-0000-0000-0000-000000000001@")


@pytest.mark.parametrize(
    ("status", "message", "outcome", "of_address"),
    [
        (400, "email_address Not a valid email address", Refusal, True),
        (400, "Missing personalisation: body", Refusal, False),
        (403, "Invalid token", Postponed, None),
        (429, "Exceeded rate limit", Postponed, None),
        (500, "Internal server error", InDoubt, None),
        (503, "Away", InDoubt, None),
    ],
)
def test_refusals(
    notify: Notify, status: int, message: str, outcome: type[Exception], of_address: bool | None
) -> None:
    errors = [{"error": "X", "message": message}]
    notify.status, notify.body = status, json.dumps({"status_code": status, "errors": errors})
    with pytest.raises(outcome) as raised:
        send(notify)
    if isinstance(raised.value, Refusal):
        assert raised.value.of_address == of_address


def test_what_comes_back_suppresses_its_address_once(notify: Notify, post: Post) -> None:
    number = post.enqueue(address="ada@council.example")
    post.send(number)
    rows = [
        {
            "reference": f"<{post.message(number).reference}@service.example>",
            "email_address": "Ada@council.example",
        },
        {"reference": "<of-somebody-else@service.example>", "email_address": "x@council.example"},
        {"reference": None, "email_address": None},
    ]
    notify.body = json.dumps({"notifications": rows})
    mailer = NotifyMailer(KEY, "template-1", url=notify.url)
    bounces = mailer.bounces()
    mailer._client.request_session.close()
    assert notify.requests[0]["path"] == (
        "/v2/notifications?status=permanent-failure&template_type=email"
    )
    with post.open() as connection:
        assert outbox.note_bounces(connection, bounces) == 1
        assert outbox.note_bounces(connection, bounces) == 0
    assert post.message(number).state == "failed"
    [row] = post.sql("SELECT * FROM providers.suppression")
    assert (row.address_hash, row.reason) == (hash_of("ada@council.example"), "bounce")


def test_who_does_not_answer_leaves_doubt(notify: Notify) -> None:
    notify.url = "http://127.0.0.1:1"
    with pytest.raises(InDoubt):
        send(notify)


def test_it_is_what_its_key_asks_for() -> None:
    settings = Settings(notify_api_key=KEY, notify_template_id="t")
    assert isinstance(mailer_of(settings), NotifyMailer)
