"""The settings: one field each, with its type, default, checks and description.

`load_settings` reads the environment, and nothing else does. A mistake is reported by the name of
the variable and what to do, all of them at once, so that a deployment is put right in one go.
`.env.example` and the table in `README.md` say the same as the fields, word for word where a test
can tell.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import (
    AliasGenerator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

CHECKOUT = Path(__file__).resolve().parent.parent

DATABASE_SCHEMES = ("postgres", "postgresql", "postgresql+psycopg")
REDIS_SCHEMES = ("redis", "rediss", "unix")
WEB_SCHEMES = ("https", "http")
SECRET_LETTERS = 16
MESSAGE_LETTERS = 300
# What stands in examples and manuals is no secret.
COMMON_SECRETS = frozenset(
    {"password", "passwd", "postgres", "redis", "secret", "changeme", "change-me", "example"}
    | {"admin", "root", "test", "default", "letmein", "performance", "123456", "12345678"}
)
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
# What a policy header may say of a site: nothing that could end the header or begin a new rule.
_SITE = re.compile(r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?")
_MAIL = re.compile(r"[a-z0-9._+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_LOCAL_SITE = re.compile(r"http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?")
LOG_FORMATS = ("json", "text")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# A dyno's disk is thrown away, and its router is the one way in and says who asks.
ON_A_DYNO = {"PRODUCTION": "yes", "TRUSTED_PROXIES": "1"}


class SettingsError(ValueError):
    """What is wrong with the environment, one line a mistake."""


# Checks. Each raises ValueError with the rest of a sentence that begins with the variable's name,
# and keeps what may hold a password out of it.


def _url(*schemes: str) -> BeforeValidator:
    def check(url: str | None) -> str | None:
        try:
            if url is None or (urlsplit(url).scheme in schemes and "://" in url):
                return url
        except ValueError:
            pass
        raise ValueError(f"must start with one of: {', '.join(f'{s}://' for s in schemes)}")

    return BeforeValidator(check)


def _whole_number(lowest: int, highest: int) -> BeforeValidator:
    def check(number: int | str) -> int:
        text = str(number)
        if re.fullmatch("[0-9]{1,9}", text) and lowest <= int(text) <= highest:
            return int(text)
        raise ValueError(f"must be a whole number from {lowest} to {highest}, not {text!r}")

    return BeforeValidator(check)


def _one_of(*words: str) -> BeforeValidator:
    def check(text: str) -> str:
        for word in words:
            if word.lower() == text.lower():
                return word
        raise ValueError(f"must be one of {', '.join(words)}, not {text!r}")

    return BeforeValidator(check)


def _yes_or_no(answer: bool | str) -> bool:
    if isinstance(answer, bool):
        return answer
    if answer.lower() in YES | NO:
        return answer.lower() in YES
    raise ValueError(f"must be yes or no, not {answer!r}")


def _token(text: str | None) -> str | None:
    """A secret long enough not to be guessed, and fit for a header."""
    if text is None or (
        len(text) >= SECRET_LETTERS and text.isascii() and text.isprintable() and " " not in text
    ):
        return text
    raise ValueError(f"must be {SECRET_LETTERS} letters and digits or more, without spaces")


def _sites(text: str | tuple[str, ...]) -> tuple[str, ...]:
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


def _contact(text: str | None) -> str | None:
    """An e-mail address, or the address of a web page."""
    if text is None or _MAIL.fullmatch(text) or re.fullmatch(r"https://[^\s\"'<>]+", text):
        return text
    raise ValueError(
        "must be an e-mail address or a web page such as https://www.example.gov.uk/contact"
    )


def _message(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > MESSAGE_LETTERS or not text.isprintable():
        raise ValueError(f"must be text of {MESSAGE_LETTERS} letters at most")
    return text


def _folder(path: str | Path) -> Path:
    """A folder, made absolute so that it means the same everywhere."""
    try:
        folder = Path(path).expanduser()
        is_file = folder.exists() and not folder.is_dir()
    except (OSError, RuntimeError) as error:
        raise ValueError(f"must be a folder that can be read, and {path} is not") from error
    if is_file:
        raise ValueError(f"must be a folder, and {path} is a file")
    return folder.absolute()


class Settings(BaseSettings):
    """What the environment says. Made in code, it is what the code says: the environment is read
    by `load_settings` alone. Raises ValidationError."""

    model_config = SettingsConfigDict(
        alias_generator=AliasGenerator(validation_alias=str.upper),
        validate_by_name=True,
        case_sensitive=True,
        frozen=True,
        hide_input_in_errors=True,
    )

    # These two first: what others may be depends on them.
    on_dyno: Annotated[bool, BeforeValidator(bool)] = Field(
        default=False, validation_alias="DYNO", description="set by the platform on a dyno"
    )
    production: Annotated[bool, BeforeValidator(_yes_or_no)] = Field(
        default=False,
        description="`yes` where others rely on it: a database is needed, and passwords of "
        "examples are refused; `yes` on a dyno and in the image",
    )
    database_url: Annotated[str | None, _url(*DATABASE_SCHEMES)] = Field(
        default=None,
        repr=False,
        description="PostgreSQL 15 or newer. Unset: the embedded server. Needed on a dyno",
    )
    database_direct_url: Annotated[str | None, _url(*DATABASE_SCHEMES)] = Field(
        default=None,
        repr=False,
        description="the same database past a pooler such as PgBouncer, for migrations and loads. "
        "Unset: `DATABASE_URL`",
    )
    redis_url: Annotated[str | None, _url(*REDIS_SCHEMES)] = Field(
        default=None,
        repr=False,
        description="cache shared by web processes. Unset: files in the data folder",
    )
    redis_mb: Annotated[int, _whole_number(1, 1_000_000)] = Field(
        default=20, description="megabytes of that Redis that the cache takes at most"
    )
    port: Annotated[int, _whole_number(1, 65535)] = Field(
        default=8050, description="where the web server listens"
    )
    home: Annotated[Path, BeforeValidator(_folder)] = Field(
        default=CHECKOUT / ".data",
        validation_alias="PERFORMANCE_STORE_HOME",
        description="folder of the embedded server, the file cache and what `sync` fetches",
    )
    postgres_binaries: Path | None = Field(
        default=None,
        validation_alias="PG_BINDIR",
        description="programs of a PostgreSQL to use in place of the embedded one’s",
    )
    web_concurrency: Annotated[int, _whole_number(1, 64)] = Field(
        default=2, description="web processes"
    )
    log_level: Annotated[str, _one_of(*LOG_LEVELS)] = Field(
        default="INFO", description="`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`"
    )
    log_format: Annotated[str, _one_of(*LOG_FORMATS)] = Field(
        default="json", description="`json` or `text`; text with `make run`"
    )
    metrics_token: Annotated[str | None, BeforeValidator(_token)] = Field(
        default=None,
        repr=False,
        description="who may read `/metrics`, 16 letters or more. Unset: this machine alone",
    )
    trusted_proxies: Annotated[int, _whole_number(0, 5)] = Field(
        default=0, description="proxies in front that say who asks; 1 on a dyno"
    )
    api_per_minute: Annotated[int, _whole_number(0, 1_000_000)] = Field(
        default=300, description="how often one client may ask the API in a minute; 0: no limit"
    )
    downloads_per_minute: Annotated[int, _whole_number(0, 1_000_000)] = Field(
        default=60, description="how often one client may ask for a file in a minute; 0: no limit"
    )
    sync_from: Annotated[str | None, _url(*WEB_SCHEMES)] = Field(
        default=None,
        repr=False,
        description="where `sync` fetches from without `--from`: a Datasette’s database, or a "
        "SQLite file",
    )
    entity_api_url: Annotated[str | None, _url(*WEB_SCHEMES)] = Field(
        default=None,
        description="where maps get their places, such as https://www.planning.data.gov.uk. "
        "Unset: maps show boundaries alone",
    )
    embed_sites: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_sites)] = Field(
        default=(),
        description="sites that may show a figure inside their pages (`?embed=1&chart=`). "
        "Unset: none",
    )
    maintenance_message: Annotated[str, BeforeValidator(_message)] = Field(
        default="", description="shown on top of every page while it is set"
    )
    contact: Annotated[str | None, BeforeValidator(_contact)] = Field(
        default=None,
        description="e-mail address or web page of whoever answers providers, shown where a page "
        "says “ask us”. Unset: no page says it",
    )
    data_old_days: Annotated[int, _whole_number(0, 3650)] = Field(
        default=3,
        description="when the data are more days old, each page says so and `/health/ready` is "
        "`degraded`; 0: never",
    )
    sentry_dsn: Annotated[str | None, _url(*WEB_SCHEMES)] = Field(
        default=None,
        repr=False,
        description="where errors are reported, with nothing of who asked. Unset: nowhere",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)

    @field_validator("database_url")
    @classmethod
    def _database_in_production(cls, url: str | None, others: ValidationInfo) -> str | None:
        if url is None and _in_production(others):
            # The disk there is thrown away: an embedded server would lose the data.
            raise ValueError(
                "is not set: on a dyno the data needs a Postgres add-on "
                "(heroku addons:create heroku-postgresql:essential-0)"
                if others.data["on_dyno"]
                else "is not set: in production the data needs a PostgreSQL server"
            )
        return url

    @field_validator("database_url", "database_direct_url", "redis_url")
    @classmethod
    def _password_in_production(cls, url: str | None, others: ValidationInfo) -> str | None:
        if url and _in_production(others) and _is_common(unquote(urlsplit(url).password or "")):
            raise ValueError("has a password that everybody knows: choose another")
        return url

    @field_validator("metrics_token")
    @classmethod
    def _token_in_production(cls, token: str | None, others: ValidationInfo) -> str | None:
        if token and _in_production(others) and _is_common(token):
            raise ValueError("is one that everybody knows: choose another")
        return token


def _in_production(others: ValidationInfo) -> bool:
    # A mistake in PRODUCTION leaves the variable out.
    return bool(others.data.get("production", others.data["on_dyno"]))


def _is_common(secret: str) -> bool:
    """Whether a secret is a word of examples, or one such word again and again."""
    letters = secret.lower()
    return any(
        letters and letters == (word * (len(letters) // len(word) + 1))[: len(letters)]
        for word in COMMON_SECRETS
        if len(letters) >= len(word)
    )


def variable(name: int | str) -> str:
    """The variable of a field, by either's name: pydantic says the field's where it is unset."""
    field = Settings.model_fields.get(str(name))
    return str(field.validation_alias if field else name)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``environ``, by default the process's environment. Blank means unset.

    Raises SettingsError naming every variable that cannot be used.
    """
    environ = os.environ if environ is None else environ
    values = {name: text.strip() for name, text in environ.items() if text.strip()}
    source = EnvSettingsSource(Settings)
    source.env_vars = ON_A_DYNO | values if "DYNO" in values else values
    try:
        return Settings(**source())
    except ValidationError as error:
        mistakes = [
            f"{variable(mistake['loc'][0])} {mistake.get('ctx', {}).get('error', 'cannot be used')}"
            for mistake in error.errors(include_url=False, include_input=False)
        ]
    raise SettingsError("\n".join(mistakes))
