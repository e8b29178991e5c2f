"""Files as they were sent: taken in and given out in pieces, never whole in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import zstandard
from sqlalchemy import Connection, text

from providers.checks import objects
from providers.checks.terms import FILE_BYTES, Refused, Terms, Write

CHUNK_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is whole: its number, its size in bytes, its SHA-256 and its name."""

    id: int
    size: int
    sha256: bytes
    name: str


def receive(
    write: Write, stream: BinaryIO, *, name: str, terms: Terms, limit: int = FILE_BYTES
) -> Upload:
    """Keep a file as it comes, for the days of the terms.

    In: how to open a transaction (a short one for each piece, so that a slow sender holds no
    connection); the most bytes that it may have. Raises Refused for one that is too large or
    empty, and where there is no room; nothing of it is kept then.
    """
    key = None if terms.uploads_url is None else objects.new_key(terms.uploads_url)
    with write() as connection:
        room = check_room(connection, terms)
        upload_id = int(
            connection.execute(text(_NEW), {"days": terms.original_days, "key": key}).scalar_one()
        )
    counter = _Counter(stream, limit)
    try:
        if terms.uploads_url is None or key is None:
            stored = _into_database(write, upload_id, counter, room)
        else:
            objects.put(terms.uploads_url, key, counter)
            stored = counter.size
        if not counter.size:
            raise Refused("empty", "The file is empty.")
    except BaseException:
        with write() as connection:
            remove(connection, upload_id, terms)
        raise
    sha256 = counter.hash.digest()
    values = {"id": upload_id, "size": counter.size, "stored": stored, "sha256": sha256}
    with write() as connection:
        connection.execute(text(_WHOLE), values)
    return Upload(upload_id, counter.size, sha256, name)


FULL = (
    "There is no room for another check at the moment: files and results are kept for some days, "
    "and together they have reached the limit of this site. Try again tomorrow."
)


def check_room(connection: Connection, terms: Terms) -> int:
    """Bytes that may still be kept. Raises Refused where there are none."""
    room = terms.storage_bytes - stored_bytes(connection)
    if room <= 0:
        raise Refused("no-room", FULL)
    return room


def stored_bytes(connection: Connection) -> int:
    """Bytes of originals and results that are kept."""
    return int(
        connection.execute(
            text(
                "SELECT (SELECT coalesce(sum(stored_bytes), 0) FROM providers.check_upload) "
                "+ (SELECT coalesce(sum(stored_bytes), 0) FROM providers.check_result)"
            )
        ).scalar_one()
    )


def open(connection: Connection, upload_id: int, terms: Terms) -> Iterator[bytes]:
    """The file in pieces. Raises LookupError where it is not kept any more."""
    row = connection.execute(
        text("SELECT object_key, sha256 FROM providers.check_upload WHERE id = :id"),
        {"id": upload_id},
    ).one_or_none()
    if row is None or row.sha256 is None:
        raise LookupError(f"upload {upload_id}")
    if row.object_key is not None:
        yield from objects.get(terms.uploads_url or "", row.object_key)
        return
    unpack = zstandard.ZstdDecompressor().decompress
    number = 0
    while True:
        body = connection.execute(
            text(
                "SELECT body FROM providers.check_file_chunk "
                "WHERE upload_id = :id AND number = :number"
            ),
            {"id": upload_id, "number": number},
        ).scalar()
        if body is None:
            return
        yield unpack(body)
        number += 1


def remove(connection: Connection, upload_id: int, terms: Terms) -> None:
    """Keep a file no longer."""
    key = connection.execute(
        text("DELETE FROM providers.check_upload WHERE id = :id RETURNING object_key"),
        {"id": upload_id},
    ).scalar()
    if key is not None and terms.uploads_url is not None:
        objects.remove(terms.uploads_url, key)


def _into_database(write: Write, upload_id: int, counter: _Counter, room: int) -> int:
    pack = zstandard.ZstdCompressor(level=1).compress
    stored = number = 0
    while piece := counter.read():
        body = pack(piece)
        if stored + len(body) > room:
            raise Refused("no-room", FULL)
        with write() as connection:
            connection.execute(
                text(
                    "INSERT INTO providers.check_file_chunk (upload_id, number, body) "
                    "VALUES (:id, :number, :body)"
                ),
                {"id": upload_id, "number": number, "body": body},
            )
        stored, number = stored + len(body), number + 1
    return stored


class _Counter:
    """A stream that counts what is read, and ends where it may not be longer."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream, self._limit = stream, limit
        self.size = 0
        self.hash = hashlib.sha256()

    def read(self, size: int = CHUNK_BYTES) -> bytes:
        """So many bytes, fewer only at the end: a network gives them in small pieces. Raises
        Refused for too many in all."""
        pieces: list[bytes] = []
        missing = size
        while missing and (piece := self._stream.read(missing)):
            pieces.append(piece)
            missing -= len(piece)
        whole = b"".join(pieces)
        self.size += len(whole)
        if self.size > self._limit:
            sentence = f"The file is larger than {self._limit / 1e6:g} MB. Send it in parts."
            raise Refused("too-large", sentence)
        self.hash.update(whole)
        return whole


_NEW = """
INSERT INTO providers.check_upload (keep_until, object_key)
VALUES (now() + make_interval(days => :days), :key) RETURNING id
"""
_WHOLE = """
UPDATE providers.check_upload SET size = :size, stored_bytes = :stored, sha256 = :sha256
WHERE id = :id
"""
