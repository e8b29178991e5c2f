"""Signing in, from the first page to the last, and who does not get in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, text

from dashboard.web.document import ShellDash
from providers import jobs
from providers.accounts import domains, people
from providers.accounts.addresses import parse
from tests.support.accounts import SITE, Letters, Person, approve
from tests.support.build import Store

Trail = Callable[[], list[tuple[str, str | None]]]
NORTHMERE = "local-authority:XNMR"
OFFICER = "Officer@Northmere.example"


def sql(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def test_by_code_in_the_browser_that_asked(
    app: ShellDash, engine: Engine, letters: Letters, trail: Trail
) -> None:
    person = Person(app.server)
    assert "Sign in</a>" in person.get("/about").text
    answer = person.sign_in(letters, OFFICER, next="/glossary?a=b", organisation=NORTHMERE)
    assert (answer.status_code, answer.location) == (303, "/glossary?a=b")
    page = person.get("/about")
    assert "Officer@northmere.example" in page.text
    assert "for Northmere" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert trail() == [("sign-in-mail", None), ("sign-in", None)]
    assert letters.all[0]["address"] == "Officer@northmere.example"
    assert letters.code not in letters.all[0]["subject"]
    assert "from the page of Northmere" in letters.text


def test_by_link_on_another_machine(app: ShellDash, letters: Letters) -> None:
    Person(app.server).ask(OFFICER)
    phone = Person(app.server)
    page = phone.get(f"/sign-in/link?token={letters.token}")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.text.count("<button") == 1
    assert "<script" not in page.text
    assert phone.follow(letters.token).status_code == 303
    assert "Officer@northmere.example" in phone.get("/account").text


def test_a_program_that_opens_the_link_first_does_not_spend_it(
    app: ShellDash, letters: Letters, trail: Trail
) -> None:
    Person(app.server).ask(OFFICER)
    scanner = Person(app.server)
    address = f"/sign-in/link?token={letters.token}"
    for _ in range(3):
        assert scanner.client.head(address, base_url=SITE).status_code == 200
        assert scanner.get(address).status_code == 200
    assert scanner.client.get_cookie("__Host-session", "performance.example") is None
    assert trail() == [("sign-in-mail", None)]
    assert Person(app.server).follow(letters.token).status_code == 303


def test_of_fifty_at_once_one_gets_in(app: ShellDash, engine: Engine, letters: Letters) -> None:
    Person(app.server).ask(OFFICER)
    people = [Person(app.server) for _ in range(50)]
    token = people[0].token_on(f"/sign-in/link?token={letters.token}")
    cookie = people[0].client.get_cookie("__Host-form", "performance.example", "/")
    assert cookie is not None
    start, answers = threading.Barrier(50), []

    def follow(person: Person) -> None:
        person.client.set_cookie("__Host-form", cookie.value, domain="performance.example")
        start.wait()
        data = {"token": letters.token, "csrf_token": token}
        answers.append(person.post("/sign-in/link", data).status_code)

    threads = [threading.Thread(target=follow, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Whoever waited too long for a connection was told so, and is not in either.
    assert answers.count(303) == 1
    assert set(answers) <= {303, 400, 503}
    assert Store(engine).sql("SELECT count(*) FROM providers.session") == [(1,)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("used_at = now()", "has been used"),
        ("replaced_at = now()", "A newer mail was asked for"),
        ("expires_at = now()", "has ended"),
    ],
)
def test_a_link_that_works_no_more_says_why_and_offers_a_new_one(
    app: ShellDash, engine: Engine, letters: Letters, change: str, words: str
) -> None:
    person = Person(app.server)
    person.ask(OFFICER)
    link = letters.token
    csrf = person.token_on(f"/sign-in/link?token={link}")
    sql(engine, f"UPDATE providers.sign_in_token SET {change}")
    for answer in (
        person.get(f"/sign-in/link?token={link}"),
        person.post("/sign-in/link", {"token": link, "csrf_token": csrf}),
    ):
        assert words in answer.text
        assert 'value="Officer@northmere.example"' in answer.text
        assert "Send a new link and code" in answer.text
    assert words in person.get("/sign-in/code").text
    assert (
        person.post("/sign-in/code", {"code": letters.code, "csrf_token": csrf}).status_code == 400
    )
    assert Store(engine).sql("SELECT count(*) FROM providers.session") == [(0,)]


def test_a_second_request_ends_the_first(app: ShellDash, letters: Letters) -> None:
    person = Person(app.server)
    person.ask(OFFICER)
    first, first_code = letters.token, letters.code
    person.ask(OFFICER.lower())
    assert "A newer mail was asked for" in person.get(f"/sign-in/link?token={first}").text
    if first_code != letters.code:
        assert "not the code" in person.enter(first_code).text
    assert person.enter(letters.code).status_code == 303


def test_a_code_has_five_tries_and_works_only_where_it_was_asked_for(
    app: ShellDash, engine: Engine, letters: Letters, trail: Trail
) -> None:
    person, other = Person(app.server), Person(app.server)
    person.ask(OFFICER)
    assert "There is no code to enter" in other.get("/sign-in/code").text
    other.ask("someone@shared.example")
    code = letters.all[0]["text"].split("code:\n\n")[1][:7]
    assert other.enter(code).status_code == 400
    wrong = "000001" if code != "000 001" else "000002"
    for left in (4, 3, 2, 1):
        assert f"You have {left} tr" in person.enter(wrong).text
    person.enter(wrong)
    csrf = person.token_on("/sign-in/code")
    answer = person.post("/sign-in/code", {"code": code, "csrf_token": csrf})
    assert "entered wrongly too often" in answer.text
    assert ("sign-in-refused", "code") in trail()
    assert Store(engine).sql("SELECT count(*) FROM providers.session") == [(0,)]


def test_a_code_may_be_typed_with_gaps(app: ShellDash, letters: Letters) -> None:
    person = Person(app.server)
    person.ask(OFFICER)
    code = letters.code
    assert person.enter(f" {code[:3]} {code[3:5]}-{code[5:]}").status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "x@evilnorthmere.example",
        "x@northmere.example.evil.example",
        "x@mail.northmere.example",
        "x@northmere-example.example",
        "x@xn--nrthmere-eib.example",
    ],
)
def test_a_look_alike_gets_a_plain_answer_and_no_mail(
    app: ShellDash, letters: Letters, trail: Trail, address: str
) -> None:
    person = Person(app.server)
    assert person.ask(address).status_code == 303
    page = person.get("/sign-in/code").text
    assert "is not a domain of an authority that we know" in page
    assert letters.all == []
    assert trail() == [("sign-in-refused", "address")]


@pytest.mark.parametrize(
    "address",
    ["", "x@northmere.example\r\nBcc: y@evil.example", '"x@northmere.example"@evil.example', "<b>"],
)
def test_what_is_no_address_is_told_so(app: ShellDash, letters: Letters, address: str) -> None:
    answer = Person(app.server).ask(address)
    assert answer.status_code == 400
    assert "Enter an e-mail address" in answer.text
    assert "<b>" not in answer.text
    assert letters.all == []


@pytest.mark.parametrize("name", ["address", "organisation", "next"])
def test_what_is_no_text_is_refused(app: ShellDash, letters: Letters, name: str) -> None:
    person = Person(app.server)
    form = {"address": OFFICER, "csrf_token": person.token_on("/sign-in"), name: "a\0"}
    assert person.post("/sign-in", form).status_code == 400
    assert person.get("/sign-in?organisation=a%00&next=%00").status_code == 200
    assert letters.all == []


def test_nobody_learns_who_was_invited(app: ShellDash, engine: Engine, letters: Letters) -> None:
    """Page by page the same, with the same statements sent to the database."""
    with engine.begin() as connection:
        people.invite(
            connection,
            address=parse("jo@firm.example"),
            organisation=NORTHMERE,
            by="tests",
            ends=date.today(),
        )
    pages = []
    statements: list[str] = []
    calls = []

    def note(_1: object, _2: object, statement: str, *_: object) -> None:
        statements.append(statement.replace("RELEASE", "ROLLBACK TO"))

    event.listen(engine, "before_cursor_execute", note)
    for name in ("jo", "al"):
        person = Person(app.server)
        person.get("/sign-in")
        statements.clear()
        answer = person.ask(f"{name}@firm.example")
        calls.append(tuple(statements))
        page = person.get("/sign-in/code").text
        token = person.token_on("/sign-in/code")
        pages.append((answer.status_code, page.replace(f"{name}@", "").replace(token, "")))
    event.remove(engine, "before_cursor_execute", note)
    assert pages[0] == pages[1]
    assert calls[0] == calls[1] != ()
    assert [mail["address"] for mail in letters.all] == ["jo@firm.example"]


def test_nobody_is_flooded_with_mail(app: ShellDash, letters: Letters, trail: Trail) -> None:
    for _ in range(3):
        assert Person(app.server).ask(OFFICER).status_code == 303
    answer = Person(app.server, network="198.51.100.7").ask(OFFICER.upper())
    assert answer.status_code == 429
    assert "3 mails to this address" in answer.text
    for number in range(17):
        assert Person(app.server).ask(f"a{number}@shared.example").status_code == 303
    answer = Person(app.server).ask("b@shared.example")
    assert answer.status_code == 429
    assert "from your network" in answer.text
    assert Person(app.server, network="198.51.100.7").ask("b@shared.example").status_code == 303
    assert len(letters.all) == 21
    assert trail().count(("sign-in-mail-refused", "network-hour")) == 1


def test_what_follows_a_plus_sign_is_the_same_mailbox(app: ShellDash, letters: Letters) -> None:
    for number in range(3):
        assert Person(app.server).ask(f"a+{number}@shared.example").status_code == 303
    assert Person(app.server).ask("a@shared.example").status_code == 429
    assert Person(app.server).ask("aa@shared.example").status_code == 303


def test_strangers_cannot_shut_signing_in_for_all(
    app: ShellDash, engine: Engine, letters: Letters
) -> None:
    rows = (
        "INSERT INTO providers.sign_in_token (token_hash, code_hash, browser_hash, network_hash, "
        "address, address_key, valid, expires_at) SELECT sha256((:name || n)::bytea), '', '', '', "
        "'x', :name || n || '@x.example', :valid, now() FROM generate_series(1, 500) n"
    )
    with engine.begin() as connection:
        connection.execute(text(rows), {"name": "a", "valid": False})
    assert Person(app.server).ask(OFFICER).status_code == 303
    with engine.begin() as connection:
        connection.execute(text(rows), {"name": "b", "valid": True})
    answer = Person(app.server).ask(OFFICER)
    assert answer.status_code == 429
    assert "Too many people" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        *("//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example"),
        *("/%2f%2fevil.example", "/%5cevil.example", "/\t/evil.example", "javascript:alert(1)"),
        *("/about\r\nSet-Cookie: a=b", "/nowhere", "/sign-in", "/account", "//", ""),
        *("/.//evil.example", "///evil.example", "/@evil.example", "http:/about"),
    ],
)
def test_nobody_is_led_to_another_site(app: ShellDash, letters: Letters, path: str) -> None:
    answer = Person(app.server).sign_in(letters, OFFICER, next=path)
    assert answer.location == "/"


def test_links_do_not_believe_what_a_request_says_of_us(app: ShellDash, letters: Letters) -> None:
    evil = Person(app.server, site="https://evil.example")
    evil.ask(OFFICER)
    assert f"{SITE}/sign-in/link" in letters.text
    assert "evil.example" not in letters.text
    honest = Person(app.server)
    token = honest.token_on("/sign-in")
    honest.post(
        "/sign-in",
        {"address": OFFICER, "csrf_token": token},
        headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    )
    assert "evil.example" not in letters.text


def test_signing_in_makes_a_new_session_and_ends_the_one_before(
    app: ShellDash, engine: Engine, letters: Letters
) -> None:
    fixed = "f" * 43
    person = Person(app.server)
    person.client.set_cookie("__Host-session", fixed, domain="performance.example")
    person.sign_in(letters, OFFICER)
    first = person.client.get_cookie("__Host-session", "performance.example")
    assert first is not None
    assert first.value != fixed
    person.sign_in(letters, "other@shared.example")
    assert Store(engine).sql("SELECT count(*) FROM providers.session") == [(1,)]
    thief = Person(app.server)
    for value in (fixed, first.value):
        thief.client.set_cookie("__Host-session", value, domain="performance.example")
        assert "You are not signed in" in thief.get("/account").text


def test_cookies_are_for_us_alone(app: ShellDash, letters: Letters) -> None:
    person = Person(app.server)
    person.ask(OFFICER)
    answer = person.enter(letters.code)
    cookies = {line.split("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}
    session = cookies["__Host-session"]
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in session
    assert "Domain" not in session
    assert "Expires" not in session
    assert "HttpOnly" not in cookies["_csrf_token"]
    assert "Secure" in cookies["_csrf_token"]


def test_an_anonymous_page_sets_no_cookie(app: ShellDash) -> None:
    answer = Person(app.server).get("/about")
    assert "Set-Cookie" not in answer.headers
    assert "no-store" not in answer.headers["Cache-Control"]
    assert "Cookie" in answer.headers["Vary"]


def test_a_domain_that_ended_meanwhile_lets_nobody_in(
    app: ShellDash, engine: Engine, letters: Letters, trail: Trail
) -> None:
    person = Person(app.server)
    person.ask(OFFICER)
    with engine.begin() as connection:
        domains.end(connection, organisation=NORTHMERE, domain="northmere.example")
    answer = person.enter(letters.code)
    assert answer.status_code == 400
    assert trail()[-1] == ("sign-in-refused", "not-allowed")


def test_programs_are_told_nothing_by_the_log(
    app: ShellDash, letters: Letters, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    person = Person(app.server)
    person.ask(OFFICER)
    person.follow(letters.token)
    text = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "/sign-in/link" in text
    for secret in (letters.token, letters.code, "northmere.example"):
        assert secret not in text.lower()


def test_real_data_end_what_the_sample_allowed(
    app: ShellDash, engine: Engine, officer: Person
) -> None:
    approve(engine, "late.example", NORTHMERE)
    sql(engine, "SELECT providers.archive()")
    assert "for no organisation yet" in officer.get("/about").text


def test_mail_that_nobody_sends_is_told_to_whoever_waits(
    app: ShellDash, engine: Engine, letters: Letters
) -> None:
    person = Person(app.server)
    person.ask("officer@northmere.example")
    assert "Mail is slow" not in person.get("/sign-in/code").text
    with engine.begin() as connection:
        jobs.defer(connection, "mail.send", messages=[0])
    assert "Mail is slow" not in person.get("/sign-in/code").text
    sql(
        engine,
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '6 minutes')",
    )
    assert "What sends our mail is not answering" in person.get("/sign-in/code").text
    with engine.begin() as connection:
        long_ago = datetime.now(UTC) - timedelta(minutes=9)
        jobs.defer(connection, "mail.send", run_at=long_ago, messages=[0])
    assert "Some mail has waited for 9 minutes" in person.get("/sign-in/code").text
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM procrastinate_jobs")
