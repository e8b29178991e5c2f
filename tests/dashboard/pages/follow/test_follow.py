"""Following, from the form to the last click, in an application with a real outbox."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from dashboard.web.document import ShellDash
from providers.accounts.keys import Keys
from providers.messages.links import CONFIRM, PREFERENCES, UNSUBSCRIBE, Links
from tests.support.accounts import KEY, SITE, Letters, Person, account_app, approve
from tests.support.build import AAA, BBB, PlatformFile, Store

LINKS = Links(SITE, Keys([KEY]))
FORM = f"/organisations/{AAA}/follow"
ADA = "ada@council.example"


@pytest.fixture(scope="module")
def module_engine(module_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    file = PlatformFile(tmp_path_factory.mktemp("night")).organisation(BBB)
    Store(module_engine).load(file.provision().endpoint().answer())
    return module_engine


@pytest.fixture
def store(module_engine: Engine) -> Store:
    with module_engine.begin() as connection:
        connection.exec_driver_sql(
            "TRUNCATE procrastinate_jobs, providers.subscription, providers.suppression, "
            "providers.webhook, providers.organisation_domain, providers.sign_in_token "
            "RESTART IDENTITY CASCADE"
        )
    return Store(module_engine)


@pytest.fixture
def app(tmp_path: Path, store: Store) -> ShellDash:
    return account_app(tmp_path, store.engine)


@pytest.fixture
def person(app: ShellDash) -> Person:
    return Person(app.server)


def send(person: Person, **form: Any) -> Any:
    token = person.token_on(FORM)
    return person.post(FORM, {"address": ADA, "kinds": "digest", "csrf_token": token, **form})


def token_of(store: Store, purpose: str) -> str:
    [(number, salt)] = store.sql("SELECT id, salt FROM providers.subscription")
    return LINKS.token(purpose, number, salt)


def subscribe(person: Person, store: Store) -> None:
    send(person)
    token = token_of(store, CONFIRM)
    person.post("/follow/confirm", {"token": token})


def test_from_the_form_to_the_choices(person: Person, store: Store) -> None:
    answer = send(person, dataset="tree", kinds=["digest", "alerts"])
    assert (answer.status_code, answer.location) == (303, f"{FORM}?state=mail")
    assert "Look at your mail" in person.get(answer.location).text
    text = store.value("SELECT text FROM providers.message")
    link = re.search(r"https://performance\.example(/follow/confirm\?token=\S+)", text)
    assert link
    page = person.get(link[1])
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers
    for words in ("Aaa", "Tree", "A mail on Mondays", "A mail in the morning", ADA):
        assert words in page.text
    assert store.value("SELECT confirmed_at FROM providers.subscription_topic") is None
    answer = person.post("/follow/confirm", {"token": link[1].partition("=")[2]})
    assert answer.status_code == 303
    page = person.get(answer.location)
    assert "Your choices are stored" in page.text
    assert "Aaa" in page.text
    assert 'name="topic-1"' in page.text
    answer = person.post(
        "/follow/preferences",
        {"token": token_of(store, PREFERENCES), "topic-1": "alerts", "pause": "2999-01-01"},
    )
    assert answer.status_code == 303
    row = store.sql("SELECT digest, alerts FROM providers.subscription_topic")
    assert row == [(False, True)]
    assert store.value("SELECT pause_until - current_date FROM providers.subscription") == 366


def test_a_day_that_cannot_be_read_changes_nothing(person: Person, store: Store) -> None:
    subscribe(person, store)
    token = token_of(store, PREFERENCES)
    for day, status in (("27/3/2999", 303), ("soon", 400), ("2001-01-01", 400), ("31 2 2999", 400)):
        form = {"token": token, "topic-1": "alerts", "pause": day}
        answer = person.post("/follow/preferences", form)
        assert answer.status_code == status, day
    assert "Enter a day after today" in answer.text
    assert "<title>Error: What you are told" in answer.text
    assert 'value="31 2 2999"' in answer.text
    assert re.search(r'value="alerts"[^>]* checked', answer.text)
    assert not re.search(r'value="digest"[^>]* checked', answer.text)
    assert store.value("SELECT pause_until - current_date FROM providers.subscription") == 366


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"address": "nobody"}, "Enter an e-mail address in the correct format"),
        ({"address": "a@b.example\r\nBcc: x@evil.example"}, "Enter an e-mail address"),
        ({"kinds": "other"}, "Select what you want to be told"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    person: Person, store: Store, form: dict[str, str], words: str
) -> None:
    answer = send(person, **form)
    assert answer.status_code == 400
    assert answer.text.count(words) == 2
    assert "<title>Error: Follow" in answer.text
    (target,) = re.findall(r'href="#(field-\w+)"', answer.text)
    assert f'id="{target}"' in answer.text
    assert store.sql("SELECT * FROM providers.message") == []


def test_the_answer_does_not_tell_who_follows(person: Person, store: Store) -> None:
    first = send(person)
    subscribe(person, store)
    again = send(person)
    assert (first.status_code, first.location) == (again.status_code, again.location)


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_form_of_another_site_is_refused(
    person: Person, store: Store, headers: dict[str, str]
) -> None:
    token = person.token_on(FORM)
    form = {"address": ADA, "kinds": "digest", "csrf_token": token}
    assert person.post(FORM, form, headers=headers).status_code == 403
    assert person.post(FORM, {**form, "csrf_token": "00"}).status_code == 403
    assert store.sql("SELECT * FROM providers.message") == []


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_one_click_unsubscribes_without_cookies(
    app: ShellDash, person: Person, store: Store, kind: str
) -> None:
    subscribe(person, store)
    address = f"/follow/unsubscribe?token={token_of(store, UNSUBSCRIBE)}"
    client = app.server.test_client(use_cookies=False)
    more: dict[str, Any] = {"content_type": "multipart/form-data"} if kind == "multipart" else {}
    for _ in range(2):
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"}, base_url=SITE, **more)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "Location" not in answer.headers
    assert store.value("SELECT ended_at IS NOT NULL FROM providers.subscription")


def test_opening_the_link_unsubscribes_nobody(person: Person, store: Store) -> None:
    subscribe(person, store)
    token = token_of(store, UNSUBSCRIBE)
    page = person.get(f"/follow/unsubscribe?token={token}")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    person.client.head(f"/follow/unsubscribe?token={token}", base_url=SITE)
    assert not store.value("SELECT ended_at IS NOT NULL FROM providers.subscription")
    # The page's own button.
    answer = person.post("/follow/unsubscribe", {"token": token})
    assert "You get no more mail" in answer.text
    assert "You get no more mail" in person.get(f"/follow/unsubscribe?token={token}").text


@pytest.mark.parametrize("path", ["confirm", "preferences", "unsubscribe"])
def test_a_token_of_nobody_shows_and_changes_nothing(
    person: Person, store: Store, path: str
) -> None:
    subscribe(person, store)
    for token in ("", "1", "1-00", "2-" + "0" * 64, "x" * 3000, LINKS.token(path, 1, "other")):
        page = person.get(f"/follow/{path}?token={token}")
        assert "not one of ours" in page.text
        answer = person.post(f"/follow/{path}", {"token": token, "List-Unsubscribe": "One-Click"})
        assert answer.status_code == 400
    assert not store.value("SELECT ended_at IS NOT NULL FROM providers.subscription")


@pytest.mark.parametrize("cookie", ["", "s" * 43])
def test_a_mailed_link_works_whatever_session_a_browser_has(
    person: Person, store: Store, cookie: str
) -> None:
    send(person)
    if cookie:
        person.client.set_cookie("__Host-session", cookie, domain="performance.example")
    answer = person.post("/follow/confirm", {"token": token_of(store, CONFIRM)})
    assert answer.status_code == 303
    assert store.value("SELECT confirmed_at IS NOT NULL FROM providers.subscription_topic")
    form = {"token": token_of(store, PREFERENCES), "topic-1": "alerts"}
    assert person.post("/follow/preferences", form).status_code == 303
    assert store.value("SELECT alerts FROM providers.subscription_topic")
    form = {"token": token_of(store, UNSUBSCRIBE)}
    assert "You get no more mail" in person.post("/follow/unsubscribe", form).text
    assert store.value("SELECT ended_at IS NOT NULL FROM providers.subscription")


@pytest.mark.parametrize("field", ["address", "kinds", "dataset"])
def test_what_is_no_text_is_refused(person: Person, store: Store, field: str) -> None:
    answer = send(person, **{field: "a\0"})
    assert answer.status_code == 400
    assert store.sql("SELECT * FROM providers.message") == []


def test_stored_names_are_text(person: Person, store: Store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE organisation SET name = '<img src=x>' WHERE organisation = '{AAA}'"
        )
    page = person.get(FORM).text
    assert "<img src=x>" not in page
    assert "&lt;img src=x&gt;" in page


def test_an_unknown_organisation_is_not_there(person: Person) -> None:
    assert person.get("/organisations/local-authority:NONE/follow").status_code == 404
    token = person.token_on(FORM)
    answer = person.post("/organisations/local-authority:NONE/follow", {"csrf_token": token})
    assert answer.status_code == 404


def test_without_mail_nothing_is_offered(tmp_path: Path, store: Store) -> None:
    url = "postgresql://user:long-and-private@db.example/x"
    app = account_app(tmp_path, store.engine, production=True, database_url=url)
    person = Person(app.server)
    assert "cannot send mail" in person.get(FORM).text
    assert person.post(FORM, {"address": ADA}).status_code == 404


@pytest.fixture
def officer(
    app: ShellDash, store: Store, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Person]:
    """Somebody signed in who acts for an organisation."""

    def sign_in(organisation: str) -> Person:
        domain = f"{organisation[-3:].lower()}.example"
        approve(store.engine, domain, organisation)
        person, letters = Person(app.server), Letters()
        with monkeypatch.context() as patch:
            patch.setattr("providers.messages.outbox.enqueue", letters.enqueue)
            person.sign_in(letters, f"officer@{domain}")
        return person

    return sign_in


def test_who_is_signed_in_needs_no_second_mail(
    app: ShellDash, officer: Callable[[str], Person], store: Store
) -> None:
    person = officer(AAA)
    answer = send(person, address="Officer@aaa.example")
    assert answer.location == f"{FORM}?state=confirmed"
    assert store.value("SELECT confirmed_at IS NOT NULL FROM providers.subscription_topic")
    assert "1 person follows this organisation" in person.get(FORM).text
    assert "There is nothing to confirm" in person.get(answer.location).text
    assert "nothing to confirm" not in Person(app.server).get(answer.location).text
    # Another's address is asked all the same.
    assert send(person).location == f"{FORM}?state=mail"


def test_webhooks_are_set_and_ended_by_who_acts_for_it(
    officer: Callable[[str], Person], store: Store
) -> None:
    person = officer(AAA)
    path, token = f"{FORM}/webhooks", person.token_on(FORM)
    answer = person.post(path, {"url": "https://chat.example/x", "csrf_token": token})
    secret = store.value("SELECT secret FROM providers.webhook")
    assert secret in answer.text
    again = person.post(path, {"url": "https://chat.example/x", "csrf_token": token})
    assert again.status_code == 400
    assert "a webhook already" in again.text
    assert store.value("SELECT count(*) FROM providers.webhook") == 1
    assert answer.headers["Cache-Control"] == "private, no-store"
    page = person.get(FORM).text
    assert "https://chat.example/x" in page
    assert secret not in page
    answer = person.post(path, {"url": "http://127.0.0.1/", "csrf_token": token})
    assert answer.status_code == 400
    assert "begins with https://" in answer.text
    assert 'value="http://127.0.0.1/"' in answer.text, "what was typed is there to be mended"
    answer = person.post(path, {"end": "1", "csrf_token": token})
    assert answer.status_code == 303
    assert store.value("SELECT off_at IS NOT NULL FROM providers.webhook")


def test_nobody_else_sees_or_touches_them(
    officer: Callable[[str], Person], person: Person, store: Store
) -> None:
    theirs = officer(AAA)
    path = f"{FORM}/webhooks"
    theirs.post(path, {"url": "https://chat.example/x", "csrf_token": theirs.token_on(FORM)})
    other = officer(BBB)
    token = other.token_on(FORM)
    for stranger in (other, person):
        assert "chat.example" not in stranger.get(FORM).text
    assert other.post(path, {"end": "1", "csrf_token": token}).status_code == 403
    own = f"/organisations/{BBB}/follow/webhooks"
    assert other.post(own, {"end": "1", "csrf_token": token}).status_code == 404
    assert person.post(path, {"end": "1"}).status_code == 401
    assert not store.value("SELECT off_at IS NOT NULL FROM providers.webhook")
