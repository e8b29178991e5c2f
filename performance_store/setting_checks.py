"""Checks of settings. Each raises ValueError with the rest of a sentence that begins with the name
of the variable, and keeps what may hold a password out of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, ValidationInfo

SECRET_LETTERS = 16
KEY_LETTERS = 32
MESSAGE_LETTERS = 300
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
# What stands in examples and manuals is no secret.
COMMON_SECRETS = frozenset(
    {"password", "passwd", "postgres", "redis", "secret", "changeme", "change-me", "example"}
    | {"admin", "root", "test", "default", "letmein", "performance", "123456", "12345678"}
)
DESKS = ("none", "jira", "github", "email")
# Which desks cannot do without a setting.
_T = TypeVar("_T")
NEEDED_BY_DESKS = {
    "tickets_url": ("jira",),
    "tickets_token": ("jira", "github"),
    "tickets_desk": ("jira",),
    "tickets_request_type": ("jira",),
    "tickets_project": ("jira",),
    "tickets_repository": ("github",),
    "tickets_to": ("email",),
}
CATEGORIES = ("new", "in_progress", "waiting", "done", "cancelled")
# What a policy header may say of a site: nothing that could end the header or begin a new rule.
_SITE = re.compile(r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?")
_MAIL = re.compile(r"[a-z0-9._+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_LOCAL_SITE = re.compile(r"http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?")


def url(*schemes: str) -> BeforeValidator:
    """An address of one of these schemes."""

    def check(text: str | None) -> str | None:
        try:
            if text is None or (urlsplit(text).scheme in schemes and "://" in text):
                return text
        except ValueError:
            pass
        raise ValueError(f"must start with one of: {', '.join(f'{s}://' for s in schemes)}")

    return BeforeValidator(check)


DATABASE_URL = url("postgres", "postgresql", "postgresql+psycopg")
REDIS_URL = url("redis", "rediss", "unix")
WEB_URL = url("https", "http")
MAIL_URL = url("smtp", "smtps")


def whole_number(lowest: int, highest: int) -> BeforeValidator:
    """A whole number within bounds."""

    def check(number: int | str) -> int:
        text = str(number)
        if re.fullmatch("[0-9]{1,9}", text) and lowest <= int(text) <= highest:
            return int(text)
        raise ValueError(f"must be a whole number from {lowest} to {highest}, not {text!r}")

    return BeforeValidator(check)


def one_of(*words: str) -> BeforeValidator:
    """One of these words, in small letters or capitals."""

    def check(text: str) -> str:
        for word in words:
            if word.lower() == text.lower():
                return word
        raise ValueError(f"must be one of {', '.join(words)}, not {text!r}")

    return BeforeValidator(check)


def yes_or_no(answer: bool | str) -> bool:
    """One of the usual words for yes and no."""
    if isinstance(answer, bool):
        return answer
    if answer.lower() in YES | NO:
        return answer.lower() in YES
    raise ValueError(f"must be yes or no, not {answer!r}")


def token(text: str | None) -> str | None:
    """A secret long enough not to be guessed, and fit for a header."""
    if text is None or (
        len(text) >= SECRET_LETTERS and text.isascii() and text.isprintable() and " " not in text
    ):
        return text
    raise ValueError(f"must be {SECRET_LETTERS} letters and digits or more, without spaces")


def sites(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """Sites by their origin, such as ``https://www.example.gov.uk``."""
    names = text.replace(",", " ").split() if isinstance(text, str) else text
    sites = tuple(dict.fromkeys(site.lower().rstrip("/") for site in names))
    wrong = [s for s in sites if not _SITE.fullmatch(s) and not _LOCAL_SITE.fullmatch(s)]
    if wrong:
        raise ValueError(
            "must be sites such as https://www.example.gov.uk or "
            f"https://*.example.gov.uk with spaces between them, not {', '.join(wrong)!r}"
        )
    return sites


def site(text: str | None) -> str | None:
    """Where we are ourselves: a site by its origin, without a star."""
    if text is None:
        return None
    site = text.lower().rstrip("/")
    if "*" not in site and (_SITE.fullmatch(site) or _LOCAL_SITE.fullmatch(site)):
        return site
    raise ValueError("must be the site’s own address, such as https://www.example.gov.uk")


def service(text: str | None) -> str | None:
    """Where a service is that is sent secrets: encrypted, unless it is on this machine."""
    if text is None:
        return None
    address = text.rstrip("/")
    try:
        parts = urlsplit(address)
        is_local = parts.hostname in ("localhost", "127.0.0.1") and parts.scheme == "http"
        has_more = bool(parts.username or parts.password or parts.query or parts.fragment)
        if parts.hostname and not has_more and (is_local or parts.scheme == "https"):
            return address
    except ValueError:
        pass
    raise ValueError("must be an address such as https://example.atlassian.net")


def like(pattern: str) -> BeforeValidator:
    """A text of this form."""

    def check(text: str | None) -> str | None:
        if text is None or re.fullmatch(pattern, text, re.ASCII):
            return text
        raise ValueError(f"must look like {pattern}, not {text!r}")

    return BeforeValidator(check)


def statuses(text: str | tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """What names mean, as ``On hold=in_progress; Closed=done``."""
    if not isinstance(text, str):
        return text
    pairs = [part.rpartition("=") for part in text.split(";") if part.strip()]
    answer = tuple((name.strip(), category.strip().lower()) for name, _, category in pairs)
    if all(name and category in CATEGORIES for name, category in answer):
        return answer
    raise ValueError(
        "must be names with their meaning, as On hold=in_progress; Closed=done, and the meaning "
        f"one of {', '.join(CATEGORIES)}"
    )


def secret_keys(text: str | tuple[str, ...]) -> tuple[str, ...]:
    """One secret, or two while the first replaces the second."""
    keys = tuple(text.replace(",", " ").split() if isinstance(text, str) else text)
    if len(keys) > 2:
        raise ValueError("must be one key, or two: the new one and the one before it")
    for key in keys:
        if len(key) < KEY_LETTERS or not key.isascii() or not key.isprintable():
            raise ValueError(f"must be {KEY_LETTERS} letters and digits or more each")
    return keys


def mail_address(text: str | None) -> str | None:
    """An e-mail address."""
    if text is None or _MAIL.fullmatch(text):
        return text
    raise ValueError("must be an e-mail address such as planning.data@example.gov.uk")


def contact(text: str | None) -> str | None:
    """An e-mail address, or the address of a web page."""
    if text is None or _MAIL.fullmatch(text) or re.fullmatch(r"https://[^\s\"'<>]+", text):
        return text
    raise ValueError(
        "must be an e-mail address or a web page such as https://www.example.gov.uk/contact"
    )


def message(text: str) -> str:
    """A line of text that is not too long."""
    text = " ".join(text.split())
    if len(text) > MESSAGE_LETTERS or not text.isprintable():
        raise ValueError(f"must be text of {MESSAGE_LETTERS} letters at most")
    return text


def folder(path: str | Path) -> Path:
    """A folder, made absolute so that it means the same everywhere."""
    try:
        folder = Path(path).expanduser()
        is_file = folder.exists() and not folder.is_dir()
    except (OSError, RuntimeError) as error:
        raise ValueError(f"must be a folder that can be read, and {path} is not") from error
    if is_file:
        raise ValueError(f"must be a folder, and {path} is a file")
    return folder.absolute()


def is_common(secret: str) -> bool:
    """Whether a secret is a word of examples, or one such word again and again."""
    letters = secret.lower()
    return any(
        letters and letters == (word * (len(letters) // len(word) + 1))[: len(letters)]
        for word in COMMON_SECRETS
        if len(letters) >= len(word)
    )


def weeks_after_nights(days: int, others: ValidationInfo) -> int:
    """Days of weekly history, which begin after those of nightly history."""
    nights = others.data.get("history_nightly_days")
    if days and nights is not None and not 0 < nights < days:
        raise ValueError("must be more than HISTORY_NIGHTLY_DAYS, which must be set too")
    return days


def other_half(value: str | None, others: ValidationInfo) -> str | None:
    """What is needed where its other half is set."""
    half = {"mail_from": "mail_url", "notify_template_id": "notify_api_key"}
    other = half[others.field_name or ""]
    if value is None and others.data.get(other):
        raise ValueError(f"is not set: {other.upper()} needs it")
    return value


def one_way_to_send(key: str | None, others: ValidationInfo) -> str | None:
    """The key of GOV.UK Notify, where there is no mail server."""
    if key and others.data.get("mail_url"):
        raise ValueError("is set, and so is MAIL_URL: mails can go one way only")
    return key


def whole_desk(value: _T, others: ValidationInfo) -> _T:
    """What the desk that tickets go to needs."""
    desk = others.data.get("tickets")
    if value is None and desk in NEEDED_BY_DESKS[others.field_name or ""]:
        raise ValueError(f"is not set: TICKETS={desk} needs it")
    if desk == "email" and others.field_name == "tickets_to" and not others.data["mail_url"]:
        raise ValueError("is of no use: TICKETS=email needs MAIL_URL")
    return value
