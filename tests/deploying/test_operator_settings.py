"""What an operator may set: told in full, checked at the start, and doing what is said."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from performance_store.settings import (
    CHECKOUT,
    Settings,
    SettingsError,
    load_settings,
    variable,
)
from tests.support.fake_store import make_app
from tests.support.settings import settings_at

EXAMPLE = (CHECKOUT / ".env.example").read_text()
README = (CHECKOUT / "README.md").read_text()
DATABASE = "postgresql://someone:w8-Tz4qLpA@db.internal/performance"
# What people set; the other is set by the platform.
FIELDS = {
    variable(name): field for name, field in Settings.model_fields.items() if name != "on_dyno"
}


def default_of(name: str) -> str:
    """A setting's default as people write it; nothing where there is none."""
    default = FIELDS[name].default
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, Path):
        return default.relative_to(CHECKOUT).as_posix()
    return "" if default in (None, (), "") else str(default)


def test_the_example_has_every_setting_its_default_and_no_other() -> None:
    lines = re.findall(r"^#?([A-Z][A-Z_]*)=(.*)$", EXAMPLE, re.MULTILINE)
    assert sorted(name for name, _ in lines) == sorted(FIELDS)
    for name, value in lines:
        # Each has words above it, and nothing is set by copying the file.
        assert re.search(rf"^# .+\n(#[A-Z_]+=.*\n)*#{name}=", EXAMPLE, re.MULTILINE), name
        # One without a default has a value to copy.
        assert value == default_of(name) or not default_of(name), name


def test_the_readme_has_every_setting_its_default_and_no_other() -> None:
    table = README.split("## Settings")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `.+$", table, re.MULTILINE)
    assert rows == [
        f"| `{name}` | {field.description} | {default_of(name)} |".replace("|  |", "| |")
        for name, field in FIELDS.items()
    ]


def test_a_deployment_in_one_click_sets_what_there_is() -> None:
    assert set(json.loads((CHECKOUT / "app.json").read_text())["env"]) <= set(FIELDS)


def test_what_the_example_shows_can_be_used_but_for_its_password() -> None:
    values = dict(re.findall(r"^#([A-Z_]+)=(.+)$", EXAMPLE, re.MULTILINE))
    for name in ("PERFORMANCE_STORE_HOME", "PG_BINDIR"):
        values.pop(name)
    load_settings(values)
    with pytest.raises(SettingsError) as raised:
        load_settings(values | {"PRODUCTION": "yes"})
    assert {line.split()[0] for line in str(raised.value).splitlines()} == {
        "DATABASE_URL",
        "DATABASE_DIRECT_URL",
        "DATABASE_READ_URL",
        "REDIS_URL",
        "MAIL_URL",
    }


def mistakes(**values: str) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        load_settings(values)
    return str(raised.value).splitlines()


def test_production_needs_a_database_of_its_own() -> None:
    (line,) = mistakes(PRODUCTION="yes")
    assert line.startswith("DATABASE_URL is not set: in production")
    assert load_settings({"PRODUCTION": "yes", "DATABASE_URL": DATABASE}).production
    assert load_settings({"DYNO": "web.1", "DATABASE_URL": DATABASE}).production
    assert not load_settings({}).production


def test_a_replica_is_of_no_use_without_its_database() -> None:
    (line,) = mistakes(DATABASE_READ_URL=DATABASE)
    assert line.startswith("DATABASE_READ_URL is of no use")
    assert load_settings({"DATABASE_URL": DATABASE, "DATABASE_READ_URL": DATABASE})


@pytest.mark.parametrize(
    "secret", ["password", "Postgres", "changeme", "secretsecretsecret", "p%61ssword", "test" * 4]
)
def test_no_secret_that_everybody_knows_in_production(secret: str) -> None:
    url = f"postgresql://someone:{secret}@host/d"
    redis = f"redis://:{secret}@host"
    assert load_settings({"DATABASE_URL": url, "REDIS_URL": redis})
    lines = mistakes(PRODUCTION="1", DATABASE_URL=url, REDIS_URL=redis)
    assert [line.split()[0] for line in lines] == ["DATABASE_URL", "REDIS_URL"]
    assert not any(secret in line.replace("a password that", "") for line in lines)


def test_a_token_is_long_and_not_one_of_examples() -> None:
    assert mistakes(METRICS_TOKEN="short")[0].startswith("METRICS_TOKEN must be 16")
    assert "with space" not in mistakes(METRICS_TOKEN="with space with space")[0]
    values = {"PRODUCTION": "1", "DATABASE_URL": DATABASE, "METRICS_TOKEN": "changeme" * 2}
    assert mistakes(**values) == ["METRICS_TOKEN is one that everybody knows: choose another"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PRODUCTION", "maybe"),
        ("TRUSTED_PROXIES", "6"),
        ("TRUSTED_PROXIES", "all"),
        ("API_PER_MINUTE", "-1"),
        ("DOWNLOADS_PER_MINUTE", "many"),
        ("EMBED_SITES", "*"),
        ("EMBED_SITES", "https://*"),
        ("EMBED_SITES", "http://www.example.org"),
        ("EMBED_SITES", "https://a.example.org; script-src *"),
        ("EMBED_SITES", "https://a.example.org/page"),
        ("EMBED_SITES", "javascript:alert(1)"),
        ("MAINTENANCE_MESSAGE", "x" * 301),
        ("MAINTENANCE_MESSAGE", "a\x1b[31mb"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_setting(name: str, value: str) -> None:
    (line,) = mistakes(**{name: value})
    assert line.startswith(name)


@pytest.mark.parametrize("command", [["gunicorn", "-c", "gunicorn.conf.py", "app:server"]])
def test_a_server_with_mistakes_does_not_start_and_tells_all_of_them(command: list[str]) -> None:
    wrong = {"PATH": "", "PRODUCTION": "yes", "PORT": "x", "LOG_LEVEL": "LOUD"}
    run = subprocess.run(
        [sys.executable, "-m", *command], cwd=CHECKOUT, env=wrong, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode != 0
    lines = run.stderr.strip().splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["Error:", "DATABASE_URL"],
        ["Error:", "PORT"],
        ["Error:", "LOG_LEVEL"],
    ]


def test_nothing_that_is_deployed_has_a_secret_in_it() -> None:
    """Neither the description of the deployment nor the image says a password or a token."""
    app = json.loads((CHECKOUT / "app.json").read_text())
    for name, entry in app["env"].items():
        assert isinstance(entry, dict)
        # The platform makes one for each deployment.
        generated = entry.get("generator") == "secret" and "value" not in entry
        assert generated or not re.search(r"TOKEN|SECRET|PASSWORD|KEY|URL", name), name


# What they do


def with_settings(folder: Path, **values: object) -> FlaskClient:
    settings = settings_at(folder, **values)
    return make_app(folder, settings=settings).server.test_client()


def test_a_message_stands_on_every_page_as_text(tmp_path: Path) -> None:
    client = with_settings(tmp_path, maintenance_message="No updates <b>on Sunday</b>")
    for path in ("/", "/about", "/nowhere"):
        text = client.get(path).text
        assert "No updates &lt;b&gt;on Sunday&lt;/b&gt;" in text
        assert 'aria-label="Service notice"' in text
    assert "Service notice" not in with_settings(tmp_path / "other").get("/about").text


def ancestors(client: FlaskClient, path: str) -> str:
    policy = client.get(path).headers["Content-Security-Policy"]
    return next(part for part in policy.split("; ") if part.startswith("frame-ancestors"))


def test_chosen_sites_may_show_a_page_that_is_asked_for_to_be_embedded(tmp_path: Path) -> None:
    client = with_settings(tmp_path, embed_sites=("https://a.example.org", "https://*.b.gov.uk"))
    embedded = client.get("/about?embed=1")
    assert ancestors(client, "/about?embed=1") == (
        "frame-ancestors https://a.example.org https://*.b.gov.uk"
    )
    assert "X-Frame-Options" not in embedded.headers
    for path in ("/about", "/about?embed=0", "/about?embed=", "/about?embed=0&embed=1"):
        assert ancestors(client, path) == "frame-ancestors 'none'"
        assert client.get(path).headers["X-Frame-Options"] == "DENY"
    # What is no page stays out of frames.
    assert client.get("/health/live?embed=1").headers["X-Frame-Options"] == "DENY"


def test_without_chosen_sites_nobody_may(tmp_path: Path) -> None:
    client = with_settings(tmp_path)
    assert ancestors(client, "/about?embed=1") == "frame-ancestors 'none'"
    assert client.get("/about?embed=1").headers["X-Frame-Options"] == "DENY"
