"""What a session is good for: whose it is, for how long, and who cannot use it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from dashboard.components.design import html
from dashboard.web import cookies, identity
from dashboard.web.document import ShellDash
from performance_store.database import DatabaseUnavailable
from providers.accounts import domains, sessions, sign_in
from providers.accounts.session_cache import SessionCache
from tests.support.accounts import SITE, Letters, Person, account_app, approve
from tests.support.build import Store
from tests.support.dash_calls import call as call_of
from tests.support.servers import RedisServer

Trail = Callable[[], list[tuple[str, str | None]]]
NORTHMERE, SOUTHMERE, GROUP = (
    *("local-authority:XNMR", "local-authority:XSMR"),
    "local-planning-group:XG01",
)


def sql(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "change",
    ["expires_at = now()", "last_seen_at = now() - interval '481 minutes'"],
)
def test_a_session_ends_by_itself(officer: Person, engine: Engine, change: str) -> None:
    sql(engine, f"UPDATE providers.session SET {change}")
    assert "Sign in</a>" in officer.get("/about").text


def test_that_somebody_was_seen_is_noted_every_five_minutes(
    officer: Person, engine: Engine
) -> None:
    officer.get("/about")
    sql(engine, "UPDATE providers.session SET last_seen_at = now() - interval '6 minutes'")
    officer.get("/about")
    query = "SELECT last_seen_at > now() - interval '1 minute' FROM providers.session"
    assert Store(engine).sql(query) == [(True,)]


def test_signing_out_ends_it_here_or_everywhere(
    app: ShellDash, engine: Engine, letters: Letters, officer: Person, trail: Trail
) -> None:
    second = Person(app.server)
    second.sign_in(letters, "officer@northmere.example")
    token = officer.token_on("/account")
    answer = officer.post("/sign-out", {"csrf_token": token})
    assert (answer.status_code, answer.location) == (303, "/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies"'
    assert "Sign in</a>" in officer.get("/about").text
    assert "officer@northmere.example" in second.get("/about").text
    third = Person(app.server)
    third.sign_in(letters, "officer@northmere.example")
    third.post("/sign-out/everywhere", {"csrf_token": third.token_on("/account")})
    assert "Sign in</a>" in second.get("/about").text
    assert [action for action, _ in trail()[-3:]] == [
        "sign-in-mail",
        "sign-in",
        "sign-out-everywhere",
    ]


def test_a_document_and_what_follows_tell_alike_who_asks(
    app: ShellDash, letters: Letters, officer: Person
) -> None:
    def marks(person: Person) -> set[str]:
        page = re.findall(r'data-reader="(\w*)"', person.get("/about").text)
        cookie = person.client.get_cookie("_csrf_token", "performance.example")
        headers = {"X-CSRFToken": cookie.value} if cookie else {}
        later = person.post("/_dash-update-component", json=call_of("/about"), headers=headers)
        state = later.get_json()["response"]["page-state"]["data"]
        return {*page, state["reader"]}

    second = Person(app.server)
    assert marks(second) == {""}
    second.sign_in(letters, "officer@northmere.example")
    mine, theirs = marks(officer), marks(second)
    assert (len(mine), len(theirs)) == (1, 1)
    assert mine != theirs
    assert "" not in mine | theirs
    second.post("/sign-out", {"csrf_token": second.token_on("/account")})
    assert marks(second) == {""}


def test_shared_service(app: ShellDash, engine: Engine, letters: Letters, trail: Trail) -> None:
    """One domain for two districts and a planning group: the officer picks one, and sees it."""
    person = Person(app.server)
    answer = person.sign_in(letters, "jo@shared.example", next="/about")
    assert answer.location == "/account?next=%2Fabout#organisation"
    page = person.get("/account?next=%2Fabout").text
    for name in ("Northmere", "Southmere", "Meres"):
        assert name in page
    before = person.client.get_cookie("__Host-session", "performance.example")
    token = person.token_on("/account")
    data = {"organisation": SOUTHMERE, "next": "/about", "csrf_token": token}
    assert person.post("/account/organisation", data).location == "/about"
    after = person.client.get_cookie("__Host-session", "performance.example")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    for path in ("/about", "/glossary", "/account", "/nowhere"):
        assert "for Southmere" in person.get(path).text
    query = "SELECT action, organisation FROM providers.audit ORDER BY id DESC LIMIT 1"
    assert Store(engine).sql(query) == [("act-for", SOUTHMERE)]
    foreign = {"organisation": "local-authority:XELSE", "csrf_token": person.token_on("/account")}
    assert person.post("/account/organisation", foreign).status_code == 403
    assert "for Southmere" in person.get("/about").text


@pytest.fixture
def writing(app: ShellDash) -> Flask:
    """An application with a form that changes something of Northmere's."""
    server = app.server

    def write() -> str:
        with identity.change() as connection:
            who = identity.required(connection, organisation=NORTHMERE)
            return f"done by {who.person_id}"

    server._got_first_request = False
    server.add_url_rule("/write", view_func=write, methods=["POST"])
    return server


def test_a_change_is_allowed_from_the_row_and_never_from_memory(
    writing: Flask, engine: Engine, letters: Letters, trail: Trail
) -> None:
    person = Person(writing)
    assert person.post("/write").status_code == 401
    person.sign_in(letters, "officer@northmere.example")
    token = person.token_on("/account")
    assert person.post("/write", {"csrf_token": token}).text.startswith("done by")
    with engine.begin() as connection:
        domains.end(connection, organisation=NORTHMERE, domain="northmere.example")
    answer = person.post("/write", {"csrf_token": token})
    assert answer.status_code == 403
    assert "may no longer" in answer.text
    assert trail()[-2:] == [("domain-ended", None), ("refused", None)]
    other = Person(writing)
    other.sign_in(letters, "jo@shared.example")
    answer = other.post("/write", {"csrf_token": other.token_on("/account")})
    assert answer.status_code == 403
    assert "Choose it in your account" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.performance.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://performance.example"},
    ],
)
@pytest.mark.parametrize("path", ["/sign-out", "/account/organisation", "/sign-out/everywhere"])
def test_a_form_of_another_site_is_refused(
    officer: Person, headers: dict[str, str], path: str
) -> None:
    token = officer.token_on("/account")
    answer = officer.post(path, {"csrf_token": token}, headers=headers)
    assert answer.status_code == 403
    assert "officer@northmere.example" in officer.get("/about").text


@pytest.mark.parametrize("token", ["", "0" * 64, "x", "none of ours"])
def test_a_form_without_its_token_is_refused(officer: Person, token: str) -> None:
    assert officer.post("/sign-out", {"csrf_token": token}).status_code == 403
    assert "officer@northmere.example" in officer.get("/about").text


def test_the_token_of_another_session_is_refused(
    app: ShellDash, letters: Letters, officer: Person
) -> None:
    other = Person(app.server)
    other.sign_in(letters, "other@northmere.example")
    assert officer.post("/sign-out", {"csrf_token": other.token_on("/account")}).status_code == 403


def test_a_form_to_sign_in_is_bound_to_the_browser(app: ShellDash, letters: Letters) -> None:
    attacker, victim = Person(app.server), Person(app.server)
    token = attacker.token_on("/sign-in")
    victim.get("/sign-in")
    data = {"address": "evil@northmere.example", "csrf_token": token}
    assert victim.post("/sign-in", data).status_code == 403
    data["csrf_token"] = victim.token_on("/sign-in")
    assert (
        victim.post("/sign-in", data, headers={"Origin": "https://evil.example"}).status_code == 403
    )
    assert letters.all == []


def test_callbacks_of_dash_carry_the_token(app: ShellDash, officer: Person) -> None:
    call = call_of("/about")
    bare = officer.post("/_dash-update-component", json=call)
    assert bare.status_code == 403
    assert bare.mimetype == "text/plain"
    cookie = officer.client.get_cookie("_csrf_token", "performance.example")
    assert cookie is not None
    headers = {"X-CSRFToken": cookie.value}
    answer = officer.post("/_dash-update-component", json=call, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert Person(app.server).post("/_dash-update-component", json=call).status_code == 200


@pytest.fixture(params=["without Redis", "with Redis"])
def redis(request: pytest.FixtureRequest) -> Iterator[str | None]:
    if request.param == "without Redis":
        yield None
        return
    server: RedisServer = request.getfixturevalue("own_redis")
    yield server.url


def test_not_one_byte_of_the_first(
    tmp_path: Path, engine: Engine, letters: Letters, redis: str | None
) -> None:
    """One person, then nobody, then another, at the same addresses."""
    approve(engine, "northmere.example", NORTHMERE)
    approve(engine, "southmere.example", SOUTHMERE)
    app = account_app(tmp_path, engine, redis_url=redis)
    first, nobody, second = (Person(app.server) for _ in range(3))
    first.sign_in(letters, "firstperson@northmere.example")
    paths = ("/about", "/glossary", "/privacy", "/sign-in", "/account", "/nowhere")
    seen = [first.get(path) for path in paths for _ in range(2)]
    assert all("firstperson" in answer.text for answer in seen)
    tags = {answer.headers.get("ETag") for answer in seen}
    anonymous = [nobody.get(path) for path in paths for _ in range(2)]
    second.sign_in(letters, "secondperson@southmere.example")
    later = [second.get(path) for path in paths for _ in range(2)]
    again = [nobody.get(path) for path in paths]
    for answer in (*anonymous, *later, *again):
        assert "firstperson" not in answer.text
        assert "northmere" not in answer.text.lower()
        assert "Cookie" in answer.headers["Vary"]
        assert answer.headers.get("ETag") is None or answer.headers["ETag"] not in tags
    assert not any("secondperson" in answer.text for answer in again)


def test_redis_answers_for_a_minute_and_forgets_at_once(
    tmp_path: Path, engine: Engine, letters: Letters, own_redis: RedisServer
) -> None:
    approve(engine, "northmere.example", NORTHMERE)
    first = account_app(tmp_path, engine, redis_url=own_redis.url).server
    second = account_app(tmp_path, engine, redis_url=own_redis.url).server
    one = Person(first)
    one.sign_in(letters, "officer@northmere.example")
    cookie = one.client.get_cookie("__Host-session", "performance.example")
    assert cookie is not None
    two = Person(second)
    two.client.set_cookie("__Host-session", cookie.value, domain="performance.example")
    assert "officer@" in one.get("/about").text
    assert "officer@" in two.get("/about").text
    cache = SessionCache(own_redis.url)
    id_hash = sessions.fingerprint(cookie.value)
    before = cache.get(id_hash)
    assert before is not None
    one.post("/sign-out", {"csrf_token": one.token_on("/account")})
    assert "officer@" not in two.get("/about").text
    # A process that had read the session before cannot bring it back.
    cache.put(id_hash, before)
    assert cache.get(id_hash) is None


def test_a_redis_that_forgets_or_is_away_signs_nobody_out(
    tmp_path: Path, engine: Engine, letters: Letters, own_redis: RedisServer
) -> None:
    approve(engine, "northmere.example", NORTHMERE)
    person = Person(account_app(tmp_path, engine, redis_url=own_redis.url).server)
    person.sign_in(letters, "officer@northmere.example")
    own_redis.kill()
    assert "officer@" in person.get("/about").text
    own_redis.start()
    assert "officer@" in person.get("/about").text


def test_a_database_that_is_silent_shows_the_page_of_nobody(
    tmp_path: Path, engine: Engine, letters: Letters
) -> None:
    approve(engine, "northmere.example", NORTHMERE)
    app = account_app(tmp_path, engine)
    person = Person(app.server)
    person.sign_in(letters, "officer@northmere.example")
    token = person.token_on("/account")
    with pytest.MonkeyPatch.context() as patch:

        def silent(*_: object, **__: object) -> None:
            raise DatabaseUnavailable("gone")

        patch.setattr(sessions, "read", silent)
        page = person.get("/about")
        assert page.status_code == 200
        assert "officer@" not in page.text
        assert person.post("/sign-out", {"csrf_token": token}).status_code == 503
        patch.setattr(sign_in, "look", silent)
        assert person.get("/sign-in/link?token=x").status_code == 503


def test_one_client_sends_so_many_forms(tmp_path: Path, engine: Engine) -> None:
    person = Person(account_app(tmp_path, engine, forms_per_minute=2).server)
    answers = [person.post("/sign-out").status_code for _ in range(3)]
    assert answers == [303, 303, 429]
    page = person.post("/sign-in", {}, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert ">Too many requests</h1>" in page.text
    assert 1 <= int(page.headers["Retry-After"]) <= 60
    assert "no-store" in page.headers["Cache-Control"]
    program = person.post("/sign-in", {}, headers={"Accept": "*/*"})
    assert program.mimetype == "application/problem+json"


def test_what_we_promise_not_to_hold_longer_goes(
    officer: Person, engine: Engine, letters: Letters
) -> None:
    def counts() -> list[int]:
        tables = ("sign_in_token", "session", "person_contact")
        query = " UNION ALL ".join(f"SELECT count(*) FROM providers.{table}" for table in tables)
        return [row[0] for row in Store(engine).sql(query)]

    def purge() -> None:
        with engine.begin() as connection:
            sign_in.purge(connection)

    purge()
    assert counts() == [1, 1, 1]
    sql(engine, "UPDATE providers.sign_in_token SET created_at = now() - interval '49 hours'")
    sql(engine, "UPDATE providers.session SET last_seen_at = now() - interval '9 hours'")
    sql(engine, "UPDATE providers.person_contact SET purge_on = current_date - 1")
    purge()
    assert counts() == [0, 0, 0]


def test_keys_are_changed_one_after_the_other(
    tmp_path: Path, engine: Engine, letters: Letters
) -> None:
    approve(engine, "northmere.example", NORTHMERE)
    old, new = "o" * 8 + "abcdefghijklmnopqrstuvwxyz", "n" * 8 + "abcdefghijklmnopqrstuvwxyz"
    before = account_app(tmp_path, engine, secret_keys=(old,))
    person = Person(before.server)
    person.ask("officer@northmere.example")
    after = account_app(tmp_path, engine, secret_keys=(new, old))
    moved = Person(after.server)
    moved.client = after.server.test_client()
    form = person.client.get_cookie("__Host-form", "performance.example")
    assert form is not None
    moved.client.set_cookie("__Host-form", form.value, domain="performance.example")
    assert moved.enter(letters.code).status_code == 303


def test_no_frame_shows_a_form(tmp_path: Path, engine: Engine) -> None:
    app = account_app(tmp_path, engine, embed_sites=("https://www.example.gov.uk",))
    person = Person(app.server)
    for path in ("/sign-in", "/sign-in/code", "/sign-in/link", "/account"):
        answer = person.get(f"{path}?embed=1")
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_without_mail_nobody_can_sign_in_in_production(tmp_path: Path, engine: Engine) -> None:
    more = {"production": True, "database_url": "postgresql://h/d", "site_url": None}
    app = account_app(tmp_path, engine, secret_keys=(), **more)
    person = Person(app.server)
    assert "cannot send mail" in person.get("/sign-in").text
    assert "Sign in</a>" not in person.get("/about").text
    assert person.post("/sign-in", {"address": "a@northmere.example"}).status_code == 404


def test_where_a_request_is_from_this_machine(app: ShellDash) -> None:
    for site, local in (
        ("http://localhost:8050", True),
        ("http://127.0.0.1", True),
        ("http://[::1]:8050", True),
        ("http://performance.example", False),
        ("https://localhost", False),
        ("http://localhost.evil.example", False),
    ):
        with app.server.test_request_context("/", base_url=site):
            assert cookies.is_local() is local


def test_a_form_is_drawn_with_the_token_of_who_asks(app: ShellDash) -> None:
    with app.server.test_request_context("/", base_url=SITE):
        form = identity.form("/somewhere", html.P("words"))
        assert form.method == "POST"
        assert form.children[0].attributes["name"] == "csrf_token"
        assert cookies.is_private()
