"""The environment, read once and validated: the only module of the store that looks at it.

A mistake is reported by the name of the variable and what it should have been, all of them at
once, so that a deployment is put right in one go.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CHECKOUT = Path(__file__).resolve().parent.parent

DATABASE_SCHEMES = ("postgres", "postgresql", "postgresql+psycopg")
REDIS_SCHEMES = ("redis", "rediss", "unix")
WEB_SCHEMES = ("https", "http")
SECRET_LETTERS = 16
LOG_FORMATS = ("json", "text")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingsError(ValueError):
    """What is wrong with the environment, one line a mistake."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. ``database_url`` None means the embedded server, whose programs
    are looked for in ``postgres_binaries`` first. ``entity_api_url`` None means that maps show no
    places. ``sync_from`` is where ``sync`` fetches from unless it is told."""

    database_url: str | None
    redis_url: str | None
    port: int
    home: Path
    postgres_binaries: Path | None
    web_concurrency: int
    log_level: str
    on_dyno: bool
    entity_api_url: str | None = None
    sync_from: str | None = None
    log_format: str = "json"
    metrics_token: str | None = None
    trusted_proxies: int = 0
    api_per_minute: int = 300
    downloads_per_minute: int = 60

    def __repr__(self) -> str:
        """Without the URLs: they hold passwords, and a settings object ends up in logs."""
        return (
            f"Settings(database={'given' if self.database_url else 'embedded'}, "
            f"redis={'given' if self.redis_url else 'none'}, port={self.port}, home={self.home})"
        )


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``environ`` (the process's environment unless given).

    Raises SettingsError naming every variable that cannot be used.
    """
    values = os.environ if environ is None else environ
    mistakes: list[str] = []
    on_dyno = bool(values.get("DYNO"))
    bindir = values.get("PG_BINDIR", "").strip()
    database_url = _url(values, "DATABASE_URL", DATABASE_SCHEMES, mistakes)
    if on_dyno and not values.get("DATABASE_URL", "").strip():
        # A dyno's disk is thrown away every day: an embedded server there would lose the data.
        mistakes.append(
            "DATABASE_URL is not set: on a dyno the data needs a Postgres add-on "
            "(heroku addons:create heroku-postgresql:essential-0)"
        )
    settings = Settings(
        database_url=database_url,
        redis_url=_url(values, "REDIS_URL", REDIS_SCHEMES, mistakes),
        port=_whole_number(values, "PORT", 8050, 1, 65535, mistakes),
        home=_home(values, mistakes),
        postgres_binaries=Path(bindir) if bindir else None,
        web_concurrency=_whole_number(values, "WEB_CONCURRENCY", 2, 1, 64, mistakes),
        log_level=_one_of(values, "LOG_LEVEL", LOG_LEVELS, "INFO", mistakes),
        on_dyno=on_dyno,
        entity_api_url=_url(values, "ENTITY_API_URL", WEB_SCHEMES, mistakes),
        sync_from=_url(values, "SYNC_FROM", WEB_SCHEMES, mistakes),
        log_format=_one_of(values, "LOG_FORMAT", LOG_FORMATS, "json", mistakes),
        metrics_token=_secret(values, "METRICS_TOKEN", mistakes),
        # A dyno's router is the one way in, and says who asks.
        trusted_proxies=_whole_number(values, "TRUSTED_PROXIES", int(on_dyno), 0, 5, mistakes),
        api_per_minute=_whole_number(values, "API_PER_MINUTE", 300, 0, 1_000_000, mistakes),
        downloads_per_minute=_whole_number(
            values, "DOWNLOADS_PER_MINUTE", 60, 0, 1_000_000, mistakes
        ),
    )
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return settings


def _url(
    values: Mapping[str, str], name: str, schemes: tuple[str, ...], mistakes: list[str]
) -> str | None:
    """The URL in ``name``, or None where it is unset, blank or a mistake."""
    url = values.get(name, "").strip()
    if not url:
        return None
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    if scheme in schemes and "://" in url:
        return url
    # The value itself stays out of the message: it may hold a password.
    mistakes.append(f"{name} must start with one of: {', '.join(f'{s}://' for s in schemes)}")
    return None


def _whole_number(
    values: Mapping[str, str],
    name: str,
    default: int,
    lowest: int,
    highest: int,
    mistakes: list[str],
) -> int:
    text = values.get(name, "").strip()
    if not text:
        return default
    if text.isascii() and text.isdecimal() and lowest <= int(text) <= highest:
        return int(text)
    mistakes.append(f"{name} must be a whole number from {lowest} to {highest}, not {text!r}")
    return default


def _secret(values: Mapping[str, str], name: str, mistakes: list[str]) -> str | None:
    """A secret long enough not to be guessed, and fit for a header; None where it is unset."""
    text = values.get(name, "").strip()
    if not text:
        return None
    if len(text) >= SECRET_LETTERS and text.isascii() and text.isprintable() and " " not in text:
        return text
    # The value itself stays out of the message.
    mistakes.append(f"{name} must be {SECRET_LETTERS} letters and digits or more, without spaces")
    return None


def _home(values: Mapping[str, str], mistakes: list[str]) -> Path:
    """The folder of the embedded server, made absolute so that it means the same everywhere."""
    text = values.get("PERFORMANCE_STORE_HOME", "").strip()
    home = Path(text).expanduser() if text else CHECKOUT / ".data"
    if home.exists() and not home.is_dir():
        mistakes.append(f"PERFORMANCE_STORE_HOME must be a folder, and {text} is a file")
    return home.absolute()


def _one_of(
    values: Mapping[str, str],
    name: str,
    known: tuple[str, ...],
    default: str,
    mistakes: list[str],
) -> str:
    """A word of a list, in any case of letters."""
    text = values.get(name, "").strip()
    for word in known:
        if word.lower() == text.lower():
            return word
    if text:
        mistakes.append(f"{name} must be one of {', '.join(known)}, not {text!r}")
    return default
