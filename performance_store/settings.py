"""The environment, read once and validated: the only module of the store that looks at it.

A mistake is reported by the name of the variable and what it should have been, all of them at
once, so that a deployment is put right in one go.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

CHECKOUT = Path(__file__).resolve().parent.parent

DATABASE_SCHEMES = ("postgres", "postgresql", "postgresql+psycopg")
REDIS_SCHEMES = ("redis", "rediss", "unix")
WEB_SCHEMES = ("https", "http")
SECRET_LETTERS = 16
MESSAGE_LETTERS = 300
# What stands in examples and manuals is known to everybody.
KNOWN_SECRETS = frozenset(
    {"password", "passwd", "postgres", "redis", "secret", "changeme", "change-me", "example"}
    | {"admin", "root", "test", "default", "letmein", "performance", "123456", "12345678"}
)
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
# What a policy header may say of a site: nothing that could end the header or begin a new rule.
_SITE = re.compile(r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?")
_LOCAL_SITE = re.compile(r"http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?")
LOG_FORMATS = ("json", "text")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingsError(ValueError):
    """What is wrong with the environment, one line a mistake."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. ``database_url`` None means the embedded server, whose programs
    are looked for in ``postgres_binaries`` first. ``entity_api_url`` None means that maps show no
    places. ``sync_from`` is where ``sync`` fetches from unless it is told. ``production`` holds
    where others rely on us: no embedded database, no secret that everybody knows. ``embed_sites``
    may show our pages in theirs; ``maintenance_message`` is shown on top of every page. Data
    of more days ago than ``data_old_days`` are told to be old (0: never). Errors are reported to
    ``sentry_dsn``."""

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
    production: bool = False
    embed_sites: tuple[str, ...] = ()
    maintenance_message: str = ""
    data_old_days: int = 3
    sentry_dsn: str | None = None

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
    production = _yes_or_no(values, "PRODUCTION", on_dyno, mistakes)
    database_url = _url(values, "DATABASE_URL", DATABASE_SCHEMES, mistakes)
    redis_url = _url(values, "REDIS_URL", REDIS_SCHEMES, mistakes)
    metrics_token = _secret(values, "METRICS_TOKEN", mistakes)
    if production:
        mistakes += _unfit_for_production(values, on_dyno)
    settings = Settings(
        database_url=database_url,
        redis_url=redis_url,
        port=_whole_number(values, "PORT", 8050, 1, 65535, mistakes),
        home=_home(values, mistakes),
        postgres_binaries=Path(bindir) if bindir else None,
        web_concurrency=_whole_number(values, "WEB_CONCURRENCY", 2, 1, 64, mistakes),
        log_level=_one_of(values, "LOG_LEVEL", LOG_LEVELS, "INFO", mistakes),
        on_dyno=on_dyno,
        entity_api_url=_url(values, "ENTITY_API_URL", WEB_SCHEMES, mistakes),
        sync_from=_url(values, "SYNC_FROM", WEB_SCHEMES, mistakes),
        log_format=_one_of(values, "LOG_FORMAT", LOG_FORMATS, "json", mistakes),
        metrics_token=metrics_token,
        # A dyno's router is the one way in, and says who asks.
        trusted_proxies=_whole_number(values, "TRUSTED_PROXIES", int(on_dyno), 0, 5, mistakes),
        api_per_minute=_whole_number(values, "API_PER_MINUTE", 300, 0, 1_000_000, mistakes),
        downloads_per_minute=_whole_number(
            values, "DOWNLOADS_PER_MINUTE", 60, 0, 1_000_000, mistakes
        ),
        production=production,
        embed_sites=_sites(values, mistakes),
        maintenance_message=_message(values, mistakes),
        data_old_days=_whole_number(values, "DATA_OLD_DAYS", 3, 0, 3650, mistakes),
        sentry_dsn=_url(values, "SENTRY_DSN", WEB_SCHEMES, mistakes),
    )
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return settings


def _unfit_for_production(values: Mapping[str, str], on_dyno: bool) -> list[str]:
    """What may be so on a desk but not where others rely on it."""
    found = []
    if not values.get("DATABASE_URL", "").strip():
        # The disk there is thrown away: an embedded server would lose the data.
        found.append(
            "DATABASE_URL is not set: on a dyno the data needs a Postgres add-on "
            "(heroku addons:create heroku-postgresql:essential-0)"
            if on_dyno
            else "DATABASE_URL is not set: in production the data needs a PostgreSQL server"
        )
    for name in ("DATABASE_URL", "REDIS_URL"):
        if _is_known(_password(values.get(name, "").strip())):
            found.append(f"{name} has a password that everybody knows: choose another")
    if _is_known(values.get("METRICS_TOKEN", "").strip()):
        found.append("METRICS_TOKEN is one that everybody knows: choose another")
    return found


def _password(url: str) -> str:
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return ""


def _is_known(secret: str) -> bool:
    """Whether a secret is a word of examples, or one such word again and again."""
    letters = secret.lower()
    return any(
        letters and letters == (word * (len(letters) // len(word) + 1))[: len(letters)]
        for word in KNOWN_SECRETS
        if len(letters) >= len(word)
    )


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


def _yes_or_no(values: Mapping[str, str], name: str, default: bool, mistakes: list[str]) -> bool:
    text = values.get(name, "").strip().lower()
    if text in YES | NO:
        return text in YES
    if text:
        mistakes.append(f"{name} must be yes or no, not {text!r}")
    return default


def _sites(values: Mapping[str, str], mistakes: list[str]) -> tuple[str, ...]:
    """Sites by their origin, such as ``https://www.example.gov.uk``."""
    given = values.get("EMBED_SITES", "").replace(",", " ").split()
    sites = tuple(dict.fromkeys(site.lower().rstrip("/") for site in given))
    wrong = [s for s in sites if not _SITE.fullmatch(s) and not _LOCAL_SITE.fullmatch(s)]
    if wrong:
        mistakes.append(
            "EMBED_SITES must be sites such as https://www.example.gov.uk or "
            f"https://*.example.gov.uk with spaces between them, not {', '.join(wrong)!r}"
        )
        return ()
    return sites


def _message(values: Mapping[str, str], mistakes: list[str]) -> str:
    text = " ".join(values.get("MAINTENANCE_MESSAGE", "").split())
    if len(text) > MESSAGE_LETTERS or not text.isprintable():
        mistakes.append(f"MAINTENANCE_MESSAGE must be text of {MESSAGE_LETTERS} letters at most")
        return ""
    return text


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
