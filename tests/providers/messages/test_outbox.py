"""The outbox, against a real mail server."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from performance_store.settings import Settings
from providers.messages import outbox
from providers.messages.mailers import SmtpMailer, is_on, mailer_of
from tests.support.post import Post
from tests.support.smtp import MailServer

ADA = "ada@council.example"


def test_a_mail_is_sent_once_and_emptied(post: Post, server: MailServer) -> None:
    number = post.enqueue(address="Ada@Council.Example", text="Line ‘one’\n.\n.two\n", kind="x")
    assert post.send(number) == "sent"
    assert post.send(number) == "none"
    [mail] = server.inbox
    assert server.receivers == ["Ada@council.example"]
    assert mail.get_content().splitlines() == ["Line ‘one’", ".", ".two"]
    assert mail["From"] == "Planning Data Performance <performance@service.example>"
    assert mail["Reply-To"] == "help@service.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"]
    row = post.message(number)
    assert mail["Message-ID"] == f"<{row.reference}@service.example>"
    assert (row.state, row.address, row.text, row.headers) == ("sent", None, "", {})


def test_what_is_undone_leaves_no_mail(post: Post, server: MailServer) -> None:
    with post.open() as connection:
        outbox.enqueue(connection, kind="x", subject="s", text="t", address=ADA)
        connection.rollback()
    assert post.sql("SELECT * FROM providers.message") == []


def test_one_click_is_in_the_headers(post: Post, server: MailServer) -> None:
    post.send(post.enqueue(address=ADA, unsubscribe="https://performance.example.org/u/abc"))
    [mail] = server.inbox
    assert mail["List-Unsubscribe"] == "<https://performance.example.org/u/abc>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("bad", ["\r\nBcc: x@evil.example", "\nX: y", "\0", "\x0bX: y", "\u2028X"])
@pytest.mark.parametrize("field", ["subject", "address", "unsubscribe", "header"])
def test_a_header_is_one_line(post: Post, field: str, bad: str) -> None:
    values = {"address": ADA, "subject": "s", "unsubscribe": "https://x.example/"}
    if field == "header":
        values = {"address": ADA}
        with pytest.raises(ValueError, match=r".+"):
            post.enqueue(**values, headers={"List-Id": f"x{bad}"})
    else:
        with pytest.raises(ValueError, match=r".+"):
            post.enqueue(**values | {field: values[field] + bad})
    assert post.sql("SELECT * FROM providers.message") == []


@pytest.mark.parametrize(
    "address", ["a@b.example, c@d.example", "A <a@b.example>", "a@", "a b@c.example", ""]
)
def test_a_receiver_is_one_address(post: Post, address: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        post.enqueue(address=address)


def test_headers_are_ours_to_set(post: Post) -> None:
    with pytest.raises(ValueError, match="not a header"):
        post.enqueue(address=ADA, headers={"Bcc": "x@evil.example"})


def test_a_server_that_is_busy_is_asked_again_later(post: Post, server: MailServer) -> None:
    server.refusals[ADA] = "451 4.3.0 busy, ada@council.example"
    number = post.enqueue(address=ADA)
    assert post.send(number) == "pending"
    row = post.message(number)
    assert timedelta(seconds=50) < row.due_at - datetime.now(UTC) < timedelta(seconds=75)
    assert row.answer == "451 4.3.0 busy, (address)"
    assert post.send(number) == "none"  # not before it is due
    server.refusals.clear()
    post.sql("UPDATE providers.message SET due_at = now()")
    assert post.send(number) == "sent"
    assert len(server.inbox) == 1


def test_it_is_given_up_after_a_day(post: Post, server: MailServer) -> None:
    server.answer = "450 not now"
    number = post.enqueue(address=ADA)
    states = []
    for _ in range(len(outbox.WAITS) + 1):
        post.sql("UPDATE providers.message SET due_at = now()")
        states.append(post.send(number))
    assert states == ["pending"] * len(outbox.WAITS) + ["failed"]
    assert 23 * 60 <= sum(outbox.WAITS) <= 25 * 60
    assert post.message(number).address is None
    [row] = post.sql("SELECT reason, failures FROM providers.suppression")
    assert tuple(row) == (None, 1)


def test_a_server_that_is_not_there_is_asked_again(post: Post) -> None:
    number = post.enqueue(address=ADA)
    mailer = SmtpMailer("smtp://127.0.0.1:1")
    assert outbox.send(post.open, mailer, post.settings, number) == "pending"


def test_mail_that_the_server_refuses_is_not_the_fault_of_the_address(
    post: Post, server: MailServer
) -> None:
    server.answer = "554 5.7.1 looks like spam"
    assert post.send(post.enqueue(address=ADA)) == "failed"
    server.refusals[ADA] = "550 5.7.1 relaying denied"
    assert post.send(post.enqueue(address=ADA)) == "failed"
    assert post.sql("SELECT * FROM providers.suppression") == []


@pytest.mark.parametrize(("kind", "state"), [("digest", "failed"), ("sign-in", "pending")])
def test_in_doubt_a_digest_is_not_sent_again(
    post: Post, server: MailServer, kind: str, state: str
) -> None:
    server.drop = True
    number = post.enqueue(address=ADA, kind=kind)
    assert post.send(number) == state
    assert post.message(number).answer.startswith("may have left")


@pytest.mark.parametrize(("kind", "mails"), [("digest", 0), ("sign-in", 1)])
def test_what_a_worker_that_died_was_sending(
    post: Post, server: MailServer, kind: str, mails: int
) -> None:
    number = post.enqueue(address=ADA, kind=kind)
    with post.open() as connection:
        assert outbox._take(connection, number)
    assert post.send(number) == "none"  # it may still be at it
    post.sql("UPDATE providers.message SET lease_until = now() - interval '1 second'")
    post.send(number)
    assert len(server.inbox) == mails


def test_of_eight_workers_one_sends(post: Post, server: MailServer) -> None:
    number = post.enqueue(address=ADA)
    start = threading.Barrier(8)
    states: list[str] = []

    def work() -> None:
        start.wait()
        states.append(post.send(number))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["none"] * 7 + ["sent"]
    assert len(server.inbox) == 1


def test_what_is_late_is_not_sent(post: Post, server: MailServer) -> None:
    number = post.enqueue(address=ADA, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert post.send(number) == "failed"
    assert server.inbox == []


def test_a_password_goes_to_other_machines_only_where_nobody_listens(post: Post) -> None:
    # This server is on this machine and has no encryption; by another name it is another machine.
    mailer = SmtpMailer(post.settings.mail_url or "")
    mailer._host = "127.0.0.2"
    number = post.enqueue(address=ADA)
    assert outbox.send(post.open, mailer, post.settings, number) == "pending"


def test_on_a_desk_mail_is_kept_in_a_folder(
    post: Post, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=tmp_path)
    number = post.enqueue(address=ADA, text="https://performance.example.org/link")
    assert outbox.send(post.open, mailer_of(settings), settings, number) == "sent"
    [file] = (tmp_path / "mail").iterdir()
    assert b"To: ada@council.example" in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert "https://performance.example.org/link" in capsys.readouterr().out


def test_in_production_nothing_is_printed(post: Post) -> None:
    settings = Settings(production=True, database_url="postgresql://u:a-b-c-d@db/x")
    assert not is_on(settings)
    assert mailer_of(settings) is None
    number = post.enqueue(address=ADA)
    assert outbox.send(post.open, None, settings, number) == "pending"
