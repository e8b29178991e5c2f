"""ETag and Last-Modified: of the data and of the code that answers, and of the very address.

A tag is of one address and one form of it. Whoever shows it has had a good answer there, so that
"not changed" can be said before anything but the data version is looked up. Tags are weak: the
same answer may come compressed or not.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from flask import Response, request
from sqlalchemy import Connection

import performance_store
from performance_api.problems import BASE
from performance_store.queries import snapshots
from serving.holding import PUBLIC
from serving.release import Release, release_of


@dataclass(frozen=True, slots=True)
class State:
    """Which data is there, and since when; None where nothing was loaded."""

    version: str
    published_at: datetime | None


def state(connection: Connection) -> State:
    """Which data the store holds."""
    rows = snapshots.version(connection)
    if not rows:
        return State("empty", None)
    return State(str(rows[0].data_version), rows[0].published_at.astimezone(UTC))


def tag(version: str, form: str) -> str:
    """The tag of the address asked for, in this form, of this data."""
    subject = f"{BASE} {release().fingerprint} {version} {form} {request.full_path}"
    return hashlib.blake2b(subject.encode(errors="replace"), digest_size=12).hexdigest()


def sign(answer: Response, now: State, form: str) -> Response:
    """The answer with its validators and how long it may be kept."""
    answer.set_etag(tag(now.version, form), weak=True)
    if now.published_at is not None:
        modified_at = max(now.published_at, release().installed_at)
        # A date counts whole seconds. Within the very second of a load it would name both what
        # was before and what came after.
        if datetime.now(UTC) - modified_at >= timedelta(seconds=1):
            answer.last_modified = modified_at
    answer.headers["Cache-Control"] = PUBLIC
    answer.vary.update(("Accept", "Accept-Encoding"))
    return answer


def has_tag() -> bool:
    """Whether who asks shows a tag. (`*` is none: it proves nothing.)"""
    return bool(request.if_none_match) and not request.if_none_match.star_tag


def is_current(now: State, form: str) -> bool:
    """Whether the tag of this answer is among those shown."""
    return request.if_none_match.contains_weak(tag(now.version, form))


def unchanged(answer: Response) -> bool:
    """Whether who asks has this answer already, by its tag or, without one, by its date."""
    if request.if_none_match:
        return request.if_none_match.contains_weak(answer.get_etag()[0] or "")
    since = request.if_modified_since
    return bool(since and answer.last_modified and answer.last_modified <= since)


@lru_cache(maxsize=1)
def release() -> Release:
    """The code that answers: this package and the store's."""
    return release_of((Path(__file__).parent, Path(performance_store.__file__).parent))
