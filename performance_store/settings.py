"""The settings: one field each, with its type, default, checks and description.

`load_settings` reads the environment, and nothing else does. A mistake is reported by the name of
the variable and what to do, all of them at once, so that a deployment is put right in one go.
`.env.example` and the table in `README.md` say the same as the fields, word for word where a test
can tell.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar
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

from performance_store import setting_checks as checks
from performance_store.retention import Retention

CHECKOUT = Path(__file__).resolve().parent.parent

LOG_FORMATS = ("json", "text")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# A dyno's disk is thrown away, and its router is the one way in and says who asks.
ON_A_DYNO = {"PRODUCTION": "yes", "TRUSTED_PROXIES": "1"}


_T = TypeVar("_T")


class SettingsError(ValueError):
    """What is wrong with the environment, one line a mistake."""


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
    production: Annotated[bool, BeforeValidator(checks.yes_or_no)] = Field(
        default=False,
        description="`yes` where others rely on it: a database is needed, and passwords of "
        "examples are refused; `yes` on a dyno and in the image",
    )
    database_url: Annotated[str | None, checks.DATABASE_URL] = Field(
        default=None,
        repr=False,
        description="PostgreSQL 15 or newer. Unset: the embedded server. Needed on a dyno",
    )
    database_direct_url: Annotated[str | None, checks.DATABASE_URL] = Field(
        default=None,
        repr=False,
        description="the same database past a pooler such as PgBouncer, for migrations and loads. "
        "Unset: `DATABASE_URL`",
    )
    database_read_url: Annotated[str | None, checks.DATABASE_URL] = Field(
        default=None,
        repr=False,
        description="a streaming replica of that database, which answers questions in its place "
        "while it can. Unset: none",
    )
    redis_url: Annotated[str | None, checks.REDIS_URL] = Field(
        default=None,
        repr=False,
        description="cache shared by web processes. Unset: files in the data folder",
    )
    redis_mb: Annotated[int, checks.whole_number(1, 1_000_000)] = Field(
        default=20, description="megabytes of that Redis that the cache takes at most"
    )
    port: Annotated[int, checks.whole_number(1, 65535)] = Field(
        default=8050, description="where the web server listens"
    )
    home: Annotated[Path, BeforeValidator(checks.folder)] = Field(
        default=CHECKOUT / ".data",
        validation_alias="PERFORMANCE_STORE_HOME",
        description="folder of the embedded server, the file cache and what `sync` fetches",
    )
    postgres_binaries: Path | None = Field(
        default=None,
        validation_alias="PG_BINDIR",
        description="programs of a PostgreSQL to use in place of the embedded one’s",
    )
    web_concurrency: Annotated[int, checks.whole_number(1, 64)] = Field(
        default=2, description="web processes"
    )
    log_level: Annotated[str, checks.one_of(*LOG_LEVELS)] = Field(
        default="INFO", description="`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`"
    )
    log_format: Annotated[str, checks.one_of(*LOG_FORMATS)] = Field(
        default="json", description="`json` or `text`; text with `make run`"
    )
    metrics_token: Annotated[str | None, BeforeValidator(checks.token)] = Field(
        default=None,
        repr=False,
        description="who may read `/metrics`, 16 letters or more. Unset: this machine alone",
    )
    trusted_proxies: Annotated[int, checks.whole_number(0, 5)] = Field(
        default=0, description="proxies in front that say who asks; 1 on a dyno"
    )
    api_per_minute: Annotated[int, checks.whole_number(0, 1_000_000)] = Field(
        default=300, description="how often one client may ask the API in a minute; 0: no limit"
    )
    downloads_per_minute: Annotated[int, checks.whole_number(0, 1_000_000)] = Field(
        default=60, description="how often one client may ask for a file in a minute; 0: no limit"
    )
    forms_per_minute: Annotated[int, checks.whole_number(0, 1_000_000)] = Field(
        default=60, description="how often one client may send a form in a minute; 0: no limit"
    )
    checks_per_minute: Annotated[int, checks.whole_number(0, 1_000_000)] = Field(
        default=120,
        description="how often one client may ask the API for checks in a minute; 0: no limit",
    )
    slow_seconds: Annotated[int, checks.whole_number(1, 3600)] = Field(
        default=10, description="how long a client may send or read as slowly as it likes"
    )
    slow_bytes: Annotated[int, checks.whole_number(1, 1_000_000)] = Field(
        default=10_000, description="bytes a second that it has to reach after that, or is cut off"
    )
    client_connections: Annotated[int, checks.whole_number(0, 300)] = Field(
        default=100,
        description="connections that one client may hold in a web process; with one more its "
        "slowest goes; 0: any number",
    )
    sync_from: Annotated[str | None, checks.WEB_URL] = Field(
        default=None,
        repr=False,
        description="where `sync` fetches from without `--from`: a Datasette’s database, or a "
        "SQLite file",
    )
    entity_api_url: Annotated[str | None, checks.WEB_URL] = Field(
        default=None,
        description="where maps get their places, and pages the platform’s records, such as "
        "https://www.planning.data.gov.uk. Unset: maps show boundaries alone, and there are no "
        "records",
    )
    check_storage_mb: Annotated[int, checks.whole_number(1, 1_000_000)] = Field(
        default=500,
        description="megabytes that files sent to be checked, and their results, take at most; "
        "with more a new check is refused",
    )
    uploads_url: Annotated[str | None, checks.url("s3")] = Field(
        default=None,
        description="object storage for files sent to be checked, as s3://bucket/prefix, with "
        "keys in `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`. Unset: the database",
    )
    check_original_days: Annotated[int, checks.whole_number(1, 365)] = Field(
        default=7, description="days that a file sent to be checked is kept"
    )
    check_result_days: Annotated[int, checks.whole_number(1, 3650)] = Field(
        default=90, description="days that the result of a check, and its link, are kept"
    )
    check_memory_mb: Annotated[int, checks.whole_number(100, 100_000)] = Field(
        default=400, description="megabytes of memory that one check takes at most"
    )
    check_seconds: Annotated[int, checks.whole_number(10, 36_000)] = Field(
        default=600, description="how long one check takes at most"
    )
    embed_sites: Annotated[tuple[str, ...], NoDecode, BeforeValidator(checks.sites)] = Field(
        default=(),
        description="sites that may show a figure inside their pages (`?embed=1&chart=`). "
        "Unset: none",
    )
    maintenance_message: Annotated[str, BeforeValidator(checks.message)] = Field(
        default="", description="shown on top of every page while it is set"
    )
    contact: Annotated[str | None, BeforeValidator(checks.contact)] = Field(
        default=None,
        description="e-mail address or web page of whoever answers for this site, named where "
        "nobody can sign in or a chart may stand nowhere. Unset: nobody is named",
    )
    history_nightly_days: Annotated[int, checks.whole_number(0, 36_500)] = Field(
        default=0,
        description="nights before the newest for which every snapshot of the platform is kept; "
        "of older ones the last of each week and month is. Each load removes what it makes too "
        "old, for good, and says so. 0: everything is kept",
    )
    history_weekly_days: Annotated[int, checks.whole_number(0, 36_500)] = Field(
        default=0,
        description="days for which the last of each week is kept; of older ones that of each "
        "month is. Needs `HISTORY_NIGHTLY_DAYS`. 0: weeks are kept for good",
    )
    data_old_days: Annotated[int, checks.whole_number(0, 3650)] = Field(
        default=3,
        description="when the data are more days old, each page says so and `/health/ready` is "
        "`degraded`; 0: never",
    )
    sentry_dsn: Annotated[str | None, checks.WEB_URL] = Field(
        default=None,
        repr=False,
        description="where errors are reported, with nothing of who asked. Unset: nowhere",
    )

    # Mail first: whether the two after it are needed depends on it.
    mail_url: Annotated[str | None, checks.MAIL_URL] = Field(
        default=None,
        repr=False,
        description="mail server, as smtp://user:password@host:587 (smtps:// for TLS from the "
        "start). Unset: GOV.UK Notify, or no mail; then nobody can sign in in production, and "
        "elsewhere mails are printed and stay in the data folder",
    )
    mail_from: Annotated[str | None, BeforeValidator(checks.mail_address)] = Field(
        default=None, description="address that mails come from; needed with `MAIL_URL`"
    )
    notify_api_key: Annotated[str | None, BeforeValidator(checks.token)] = Field(
        default=None, repr=False, description="key of GOV.UK Notify, in place of `MAIL_URL`"
    )
    notify_template_id: str | None = Field(
        default=None,
        description="template there, made of `((subject))` and `((body))`; needed with "
        "`NOTIFY_API_KEY`",
    )
    site_url: Annotated[str | None, BeforeValidator(checks.site)] = Field(
        default=None,
        description="where readers find this site, for links in mails. Needed in production with "
        "mail. Unset: this machine",
    )
    secret_keys: Annotated[tuple[str, ...], NoDecode, BeforeValidator(checks.secret_keys)] = Field(
        default=(),
        repr=False,
        description="what codes and forms are signed with, 32 letters or more; two while the "
        "first replaces the second. Needed in production with mail. Unset: one in the data folder",
    )

    # Which desk first: what else is needed depends on it.
    tickets: Annotated[str, checks.one_of(*checks.DESKS)] = Field(
        default="none",
        description="where submissions go: `jira` (its service desk), `github`, `email` or `none`",
    )
    tickets_url: Annotated[str | None, BeforeValidator(checks.service)] = Field(
        default=None,
        description="site of that Jira; for GitHub its API, https://api.github.com by default",
    )
    tickets_token: Annotated[str | None, BeforeValidator(checks.token)] = Field(
        default=None, repr=False, description="token of Jira or GitHub that tickets are made with"
    )
    tickets_user: Annotated[str | None, BeforeValidator(checks.mail_address)] = Field(
        default=None, description="address that a personal Jira token belongs to. Unset: Bearer"
    )
    tickets_desk: Annotated[str | None, checks.like("[0-9]{1,9}")] = Field(
        default=None, description="number of the service desk in Jira"
    )
    tickets_request_type: Annotated[str | None, checks.like("[0-9]{1,9}")] = Field(
        default=None, description="number of its request type"
    )
    tickets_project: Annotated[str | None, checks.like("[A-Z][A-Z0-9_]{1,30}")] = Field(
        default=None, description="key of its project, such as PDT, to find tickets by"
    )
    tickets_repository: Annotated[str | None, checks.like(r"[\w.-]{1,100}/[\w.-]{1,100}")] = Field(
        default=None, description="repository whose issues tickets are, as owner/name"
    )
    tickets_to: Annotated[str | None, BeforeValidator(checks.mail_address)] = Field(
        default=None, description="mailbox for `TICKETS=email`, which needs `MAIL_URL` too"
    )
    tickets_statuses: Annotated[
        tuple[tuple[str, str], ...], NoDecode, BeforeValidator(checks.statuses)
    ] = Field(
        default=(),
        description="what the desk’s statuses (GitHub: labels) mean, as `On hold=in_progress`: "
        "`new`, `in_progress`, `waiting`, `done`, `cancelled`. Unset: what its categories say",
    )

    @property
    def has_mail(self) -> bool:
        """Whether there is something to send mail with."""
        return bool(self.mail_url or self.notify_api_key)

    @property
    def retention(self) -> Retention:
        """Which nights are kept."""
        return Retention(self.history_nightly_days, self.history_weekly_days)

    @property
    def own_site(self) -> str:
        """Where readers find this site, without a slash at the end."""
        return self.site_url or f"http://127.0.0.1:{self.port}"

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

    @field_validator("database_read_url")
    @classmethod
    def _replica_of_a_database(cls, url: str | None, others: ValidationInfo) -> str | None:
        if url and others.data.get("database_url", "") is None:
            raise ValueError("is of no use: DATABASE_URL is not set")
        return url

    _weeks = field_validator("history_weekly_days")(checks.weeks_after_nights)
    _half = field_validator("mail_from", "notify_template_id")(checks.other_half)
    _way = field_validator("notify_api_key")(checks.one_way_to_send)
    _desk = field_validator(*checks.NEEDED_BY_DESKS)(checks.whole_desk)

    @field_validator("site_url", "secret_keys")
    @classmethod
    def _needed_to_sign_in(cls, value: _T, others: ValidationInfo) -> _T:
        mail = others.data.get("mail_url") or others.data.get("notify_api_key")
        if not value and mail and _in_production(others):
            raise ValueError("is not set: in production signing in by mail needs it")
        return value

    @field_validator("secret_keys")
    @classmethod
    def _keys_in_production(cls, keys: tuple[str, ...], others: ValidationInfo) -> tuple[str, ...]:
        if _in_production(others) and any(map(checks.is_common, keys)):
            raise ValueError("has a key that everybody knows: choose another")
        return keys

    @field_validator(
        *("mail_url", "redis_url", "database_url", "database_direct_url", "database_read_url"),
        "metrics_token",
    )
    @classmethod
    def _secret_in_production(cls, value: str | None, others: ValidationInfo) -> str | None:
        is_url = others.field_name != "metrics_token"
        secret = unquote(urlsplit(value or "").password or "") if is_url else value or ""
        if _in_production(others) and checks.is_common(secret):
            what = "has a password" if is_url else "is one"
            raise ValueError(f"{what} that everybody knows: choose another")
        return value


def _in_production(others: ValidationInfo) -> bool:
    # A mistake in PRODUCTION leaves the variable out.
    return bool(others.data.get("production", others.data["on_dyno"]))


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
