"""The job of a check: its file or address, the process that looks at it, what it said into the
database. A connection is held for as long as something is read or written, and no longer."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import BinaryIO, TypeVar

import msgspec
from sqlalchemy import Engine

from performance_store.database import DatabaseUnavailable, transaction
from performance_store.settings import Settings
from providers.checks import storing, uploads
from providers.checks.format import Summary
from providers.checks.frames import Block, Ending, Frame, Outcome, Piece, Stage
from providers.checks.storing import Work
from providers.checks.terms import Failure, Refused, terms_of
from providers.fetching import FetchError
from worker import holding
from worker.checking_process import BROKE, KILLED, TOO_LARGE, Child, Failed, Spare, sweep

log = logging.getLogger("worker")

LEFT_BEHIND = 3600.0
TELL = 0.5
OURS = Failure(
    "ours", "Something went wrong on our side, not with your file. Try again in a while."
)
GONE = Failure("gone", "The file is not kept any more. Send it again.")


class Stopped(Exception):
    """Nobody waits for the check any more, or the worker is to stop."""


def run(
    engine: Engine, settings: Settings, check_id: int, stop: Event, spare: Spare | None = None
) -> None:
    """Do one check, whatever its file: it ends with a result, or with a reason. In: what tells
    that the worker is to stop, and the check is then to do again; where a process may wait."""
    limits = settings.check_memory_mb * 1_000_000, settings.check_seconds
    sweep(settings.check_seconds + LEFT_BEHIND)
    with transaction(engine) as connection:
        work = storing.begin(connection, check_id)
    if work is None:
        return
    job = _Job(engine, settings, check_id, work, stop)
    child = Child(*limits) if spare is None else spare.take(*limits)
    try:
        try:
            job.do(child)
        except Failed as error:
            if error.failure is not KILLED:
                raise
            child.close()
            child = Child(*limits)
            job.do(child)
    except Stopped:
        if stop.is_set():
            with transaction(engine) as connection:
                storing.put_back(connection, check_id)
    except Failed as error:
        _fail(engine, check_id, error.failure)
    except FetchError as error:
        _fail(engine, check_id, Failure("not-fetched", error.sentence))
    except Refused as error:
        _fail(engine, check_id, Failure(error.code, error.sentence))
    except DatabaseUnavailable:
        raise
    except Exception:
        log.exception("A check failed")
        _fail(engine, check_id, OURS)
    finally:
        child.close()
        if spare is not None and not stop.is_set():
            spare.fill(*limits)


class _Job:
    """One check while it is done."""

    def __init__(
        self, engine: Engine, settings: Settings, check_id: int, work: Work, stop: Event
    ) -> None:
        self._engine, self._settings, self._id = engine, settings, check_id
        self._work, self._stop = work, stop
        self._stage = Stage("reading", 0)
        self._next = 0.0

    def do(self, child: Child) -> None:
        """From the file to its result. Raises Failed, FetchError, Refused, Stopped."""
        folder = child.folder
        path, name, notes = self._original(folder)
        holdings = holding.write(
            self._engine,
            self._settings.entity_api_url,
            organisation=self._work.organisation,
            dataset=self._work.dataset,
            folder=folder,
        )
        order = {
            "path": str(path),
            "name": name,
            "dataset": self._work.dataset,
            "organisation": self._work.organisation,
            "day": self._work.day.isoformat(),
            "options": msgspec.to_builtins(self._work.options),
            "holdings": None if holdings is None else str(holdings),
        }
        with (folder / "blocks").open("w+b") as blocks, (folder / "pieces").open("w+b") as pieces:
            outcome = self._hear(child.frames(order), blocks, pieces)
            summary = msgspec.json.decode(outcome.summary, type=Summary)
            if notes:
                recognition = summary.recognised
                notes = (*notes, *recognition.notes)
                recognition = msgspec.structs.replace(recognition, notes=notes)
                summary = msgspec.structs.replace(summary, recognised=recognition)
            self._say(Stage("storing", summary.rows))
            with transaction(self._engine) as connection:
                room = uploads.check_room(connection, terms_of(self._settings))
                if blocks.tell() + pieces.tell() > room:
                    raise Refused("no-room", uploads.FULL)
                storing.store(
                    connection,
                    self._id,
                    summary=summary,
                    shapes=outcome.shapes,
                    blocks=_read(blocks, Block),
                    pieces=_read(pieces, Piece),
                )

    def _original(self, folder: Path) -> tuple[Path, str, tuple[str, ...]]:
        """The file, the name it has, and what is to be told of how it came."""
        self._say(self._stage)
        work = self._work
        if work.url is not None:
            from providers.fetching import layers

            fetched = layers.fetch(work.url, folder, say=lambda words: self._say(Stage(words, 0)))
            return fetched.path, fetched.name, (fetched.sentence,)
        if work.upload_id is None:
            raise Failed(GONE)
        path = folder / "original"
        try:
            with transaction(self._engine) as connection, path.open("wb") as file:
                for piece in uploads.open(connection, work.upload_id, terms_of(self._settings)):
                    file.write(piece)
        except LookupError as error:
            raise Failed(GONE) from error
        return path, work.name, ()

    def _hear(self, frames: Iterator[Frame | None], blocks: BinaryIO, pieces: BinaryIO) -> Outcome:
        """What the process says, its rows into files. Raises Failed where it says no result."""
        outcome: Outcome | None = None
        for frame in frames:
            match frame:
                case Block():
                    _write(blocks, frame)
                case Piece():
                    _write(pieces, frame)
                case Stage():
                    self._stage = frame
                case Outcome():
                    outcome = frame
                case Ending(code="too-large", sentence=""):
                    raise Failed(TOO_LARGE)
                case Ending():
                    raise Failed(Failure(frame.code, frame.sentence))
            if time.monotonic() >= self._next or self._stop.is_set():
                self._say(self._stage)
        if outcome is None:
            raise Failed(BROKE)
        return outcome

    def _say(self, stage: Stage) -> None:
        """Tell whoever waits how far it is. Raises Stopped where nobody does."""
        self._next = time.monotonic() + TELL
        if self._stop.is_set():
            raise Stopped
        with transaction(self._engine) as connection:
            if not storing.progress(connection, self._id, stage=stage.name, rows=stage.rows):
                raise Stopped


def _fail(engine: Engine, check_id: int, failure: Failure) -> None:
    with transaction(engine) as connection:
        storing.fail(connection, check_id, failure)


_T = TypeVar("_T", Block, Piece)
_encoder = msgspec.msgpack.Encoder()


def _write(file: BinaryIO, frame: Block | Piece) -> None:
    body = _encoder.encode(frame)
    file.write(len(body).to_bytes(4, "big"))
    file.write(body)


def _read(file: BinaryIO, kind: type[_T]) -> Iterator[_T]:
    """What was written, from the beginning."""
    file.seek(0)
    decode = msgspec.msgpack.Decoder(kind).decode
    while head := file.read(4):
        yield decode(file.read(int.from_bytes(head, "big")))
