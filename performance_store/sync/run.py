"""One sync: fetch the platform's data into the home folder, then load them as a file is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from performance_store.loading import LoadResult, describe, load, record_failure
from performance_store.loading.load import Progress
from performance_store.local.processes import LockBusy, OwnerLock
from performance_store.readers.download import is_url
from performance_store.readers.platform import FILE_NAME, Platform
from performance_store.readers.stream import InputError
from performance_store.retention import KEEP_ALL, Retention
from performance_store.sync.copying import copy
from performance_store.sync.datasette import Datasette
from performance_store.sync.published import Download, is_file
from performance_store.sync.web import Patience, Say, Web, plain_address

SYNC_LOCK = 0x504450_5359
"""Advisory lock of the database, held by the one sync that may run."""


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did. ``behind_days``: from the newest day of the platform's log to today."""

    load: LoadResult
    as_at: date
    behind_days: int

    def line(self) -> str:
        """One line for people."""
        days = f"{self.behind_days:,} day{'' if self.behind_days == 1 else 's'} behind today"
        lag = days if self.behind_days else "up to date"
        return f"{describe(self.load)} The platform's data are of {self.as_at}: {lag}."


class _Busy(InputError):
    """Another sync has the store: no failure of this source."""


def sync(
    engine: Engine,
    url: str,
    home: Path,
    *,
    sha256: str | None = None,
    patience: Patience | None = None,
    retention: Retention = KEEP_ALL,
    say: Say = lambda _: None,
    progress: Progress = lambda _: None,
) -> Synced:
    """Fetch what ``url`` has (a Datasette's database, or a SQLite file) and load it.

    ``home`` keeps the copy; an interrupted one is gone on with. Raises :class:`InputError`, one
    line, when it cannot be had whole, is not what was agreed, or another sync is running; then
    nothing of the store has changed but the record of the failure.
    """
    if not is_url(url):
        raise InputError("--from must be an address that begins with https:// or http://")
    with _alone_in_folder(_folder(home, url)) as folder:
        try:
            with _alone_in_store(engine), Web(patience=patience, say=say) as web:
                path = fetch(web, url, folder, sha256=sha256, say=say)
                reader = Platform(path)
        except _Busy:
            raise
        except (InputError, OSError) as error:
            refusal = error if isinstance(error, InputError) else InputError(_refusal(error))
            record_failure(engine, kind=Platform.kind, input_name=FILE_NAME, error=str(refusal))
            raise refusal from error
        # It has a lock of its own: one connection is held, be it of a sync or of a load.
        result = load(engine, reader, retention=retention, progress=progress)
    newest = max(reader.as_at)
    behind = (datetime.now(UTC).date() - newest).days
    return Synced(result, newest, max(0, behind))


def fetch(web: Web, url: str, folder: Path, *, sha256: str | None, say: Say) -> Path:
    """The platform's file in ``folder``, whole and of one version."""
    if is_file(url):
        return Download(web, url, folder, sha256=sha256, say=say).fetch()
    if sha256 is not None:
        raise InputError(f"{plain_address(url)}: a digest is for a file, and this is a Datasette")
    return copy(Datasette(web, url), folder, say)


def _folder(home: Path, url: str) -> Path:
    """One folder a source, private: a copy is not of two."""
    folder = home / "sync" / hashlib.sha256(url.encode()).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@contextmanager
def _alone_in_store(engine: Engine) -> Iterator[None]:
    """Hold the database's lock of syncs: no two of them, on whatever machines, fill one store."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        lock = connection.execute(text("SELECT pg_try_advisory_lock(:id)"), {"id": SYNC_LOCK})
        if not lock.scalar():
            raise _Busy("another sync is running; try again when it has ended")
        try:
            yield
        finally:
            # A lost connection has let go already, and must not hide what went wrong.
            with suppress(SQLAlchemyError):
                connection.execute(text("SELECT pg_advisory_unlock(:id)"), {"id": SYNC_LOCK})


@contextmanager
def _alone_in_folder(folder: Path) -> Iterator[Path]:
    """Hold the folder: two stores may be filled from one source on one machine."""
    lock = OwnerLock(folder / "lock")
    try:
        lock.acquire()
    except LockBusy as error:
        raise InputError("another sync of this source is running on this machine") from error
    try:
        yield folder
    finally:
        lock.release()


def _refusal(error: OSError) -> str:
    name = Path(error.filename).name if error.filename else FILE_NAME
    return f"{name}: {error.strerror or error}"
