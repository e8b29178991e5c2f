"""On what terms files are checked: how much is kept, how long, and how much one client may ask."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from performance_store.settings import Settings

FILE_BYTES = 100_000_000
AT_ONCE, A_DAY = 3, 30
RUN, PURGE = "check.run", "checks.purge"
"""Names of jobs."""
DATASETS = (
    *("article-4-direction", "article-4-direction-area", "brownfield-land", "brownfield-site"),
    *("conservation-area", "conservation-area-document", "developer-agreement"),
    *("developer-agreement-contribution", "developer-agreement-transaction"),
    *("infrastructure-funding-statement", "listed-building-outline", "local-plan"),
    *("locally-listed-building", "minerals-plan", "plan-timetable", "supplementary-plan", "tree"),
    *("tree-preservation-order", "tree-preservation-zone", "waste-plan"),
)
"""What the check engine knows the specification of."""
NOT_YOURS = (
    "Only whoever sent this file can check it again. If you have the file, send it yourself."
)
Write = Callable[[], AbstractContextManager[Connection]]


Why = Literal["empty", "too-large", "too-many", "no-room", "gone", "not-yours"]


class Refused(Exception):
    """A check that is not begun; `code` and `sentence` say why, and the sentence what to do."""

    def __init__(self, code: Why, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Terms:
    """What the settings say: bytes that may be kept in all, days that originals and results are
    kept, and where originals go (None: into the database)."""

    storage_bytes: int = 500_000_000
    original_days: int = 7
    result_days: int = 90
    uploads_url: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a check has no result: a short code, and a sentence for people."""

    code: str
    sentence: str


def terms_of(settings: Settings) -> Terms:
    """The terms of a deployment."""
    return Terms(
        settings.check_storage_mb * 1_000_000,
        settings.check_original_days,
        settings.check_result_days,
        settings.uploads_url,
    )
