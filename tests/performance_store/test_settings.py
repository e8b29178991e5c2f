"""The environment is read once, and every mistake in it is told in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from performance_store.settings import CHECKOUT, SettingsError, load_settings


def test_nothing_is_needed_on_a_desk() -> None:
    settings = load_settings({})
    assert settings.database_url is None
    assert settings.redis_url is None
    assert settings.port == 8050
    assert settings.home == CHECKOUT / ".data"
    assert (settings.web_concurrency, settings.log_level, settings.on_dyno) == (2, "INFO", False)


def test_blank_means_unset() -> None:
    blank = dict.fromkeys(
        ["DATABASE_URL", "REDIS_URL", "PORT", "PERFORMANCE_STORE_HOME", "LOG_LEVEL", "DYNO"], " "
    )
    assert load_settings(blank | {"DYNO": ""}) == load_settings({})


def test_what_is_given_is_used(tmp_path: Path) -> None:
    settings = load_settings(
        {
            "DATABASE_URL": "postgres://u:p@host/db",
            "REDIS_URL": "rediss://:p@host:6379",
            "PORT": "80",
            "PERFORMANCE_STORE_HOME": str(tmp_path / "new"),
            "WEB_CONCURRENCY": "4",
            "LOG_LEVEL": "debug",
            "DYNO": "web.1",
            "PG_BINDIR": str(tmp_path),
        }
    )
    assert settings.database_url == "postgres://u:p@host/db"
    assert settings.redis_url == "rediss://:p@host:6379"
    assert (settings.port, settings.web_concurrency, settings.log_level) == (80, 4, "DEBUG")
    assert settings.home == tmp_path / "new"
    assert settings.postgres_binaries == tmp_path
    assert settings.on_dyno
    assert settings.entity_api_url is None
    assert settings.sync_from is None


JIRA = {
    "TICKETS": "jira",
    "TICKETS_URL": "https://example.atlassian.net/",
    "TICKETS_TOKEN": "0123456789abcdef",
    "TICKETS_DESK": "12",
    "TICKETS_REQUEST_TYPE": "28",
    "TICKETS_PROJECT": "PDT",
}
GITHUB = {
    "TICKETS": "GitHub",
    "TICKETS_TOKEN": "0123456789abcdef",
    "TICKETS_REPOSITORY": "example/submissions",
}
EMAIL = {
    "TICKETS": "email",
    "TICKETS_TO": "tickets@example.gov.uk",
    "MAIL_URL": "smtp://localhost",
    "MAIL_FROM": "performance@example.gov.uk",
}


@pytest.mark.parametrize("desk", [JIRA, GITHUB, EMAIL], ids=["jira", "github", "email"])
def test_half_a_desk_is_refused(desk: dict[str, str]) -> None:
    assert load_settings(desk).tickets == desk["TICKETS"].lower()
    for name in desk.keys() - {"TICKETS", "MAIL_FROM"}:
        with pytest.raises(SettingsError, match=r"TICKETS\w+ is (not set|of no use): TICKETS="):
            load_settings({k: v for k, v in desk.items() if k not in (name, "MAIL_FROM")})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TICKETS", "zendesk"),
        ("TICKETS_URL", "http://example.atlassian.net"),
        ("TICKETS_URL", "https://user:word@example.atlassian.net"),
        ("TICKETS_PROJECT", 'PDT" OR project = "X'),
        ("TICKETS_DESK", "12/../13"),
        ("TICKETS_REPOSITORY", "submissions"),
        ("TICKETS_TOKEN", "short"),
        ("TICKETS_STATUSES", "Waiting=perhaps"),
        ("TICKETS_STATUSES", "Waiting"),
    ],
)
def test_what_a_desk_cannot_be_reached_with_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} ") as raised:
        load_settings(JIRA | {name: value})
    assert "0123456789abcdef" not in str(raised.value)


def test_what_statuses_mean() -> None:
    statuses = load_settings({"TICKETS_STATUSES": "A = b =waiting; Parked=DONE;"}).tickets_statuses
    assert statuses == (("A = b", "waiting"), ("Parked", "done"))


@pytest.mark.parametrize("url", ["https://www.planning.data.gov.uk", "http://127.0.0.1:8000"])
def test_where_places_come_from_is_a_web_address(url: str) -> None:
    assert load_settings({"ENTITY_API_URL": f" {url} "}).entity_api_url == url
    with pytest.raises(SettingsError, match="ENTITY_API_URL must start with one of: https://"):
        load_settings({"ENTITY_API_URL": "file:///etc/passwd"})


def test_whom_to_ask_is_an_e_mail_address_or_a_page() -> None:
    for contact in ("planning.data@example.gov.uk", "https://www.example.gov.uk/contact?a=1"):
        assert load_settings({"CONTACT": contact}).contact == contact
    for wrong in ("ask Ann", "http://plain.example", "a@b", "javascript:alert(1)", 'https://x"y'):
        with pytest.raises(SettingsError, match="CONTACT must be an e-mail address or a web page"):
            load_settings({"CONTACT": wrong})
    assert load_settings({}).contact is None


def test_where_sync_fetches_from_is_a_web_address() -> None:
    url = "https://datasette.example/digital-land"
    assert load_settings({"SYNC_FROM": url}).sync_from == url
    with pytest.raises(SettingsError, match="SYNC_FROM must start with one of: https://"):
        load_settings({"SYNC_FROM": "ftp://datasette.example"})


def test_a_relative_home_means_the_same_after_a_change_of_folder() -> None:
    assert load_settings({"PERFORMANCE_STORE_HOME": "x"}).home == Path.cwd() / "x"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "8050.0"),
        ("PORT", "²"),
        ("WEB_CONCURRENCY", "0"),
        ("WEB_CONCURRENCY", "two"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("DATABASE_URL", "mysql://host/db"),
        ("DATABASE_URL", "host/db"),
        ("DATABASE_URL", "postgres:host"),
        ("DATABASE_URL", "postgres://[host/db"),
        ("REDIS_URL", "http://host"),
        ("PERFORMANCE_STORE_HOME", __file__),
    ],
)
def test_a_mistake_is_one_line_that_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings({name: value})
    (line,) = str(raised.value).splitlines()
    assert line.startswith(name)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings({"PORT": "x", "LOG_LEVEL": "x", "REDIS_URL": "x"})
    assert [line.split()[0] for line in str(raised.value).splitlines()] == [
        "REDIS_URL",
        "PORT",
        "LOG_LEVEL",
    ]


def test_a_dyno_without_a_database_is_refused() -> None:
    """Its disk is thrown away every day: an embedded database there would lose the data."""
    with pytest.raises(SettingsError, match="DATABASE_URL is not set: on a dyno"):
        load_settings({"DYNO": "web.1"})


def test_no_password_gets_into_a_message_or_a_log() -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings({"DATABASE_URL": "mysql://u:secret@host", "REDIS_URL": "x://:secret@host"})
    assert "secret" not in str(raised.value)
    environment = {
        "DATABASE_URL": "postgres://u:secret@host/d",
        "REDIS_URL": "redis://:secret@host",
    }
    assert "secret" not in repr(load_settings(environment))
