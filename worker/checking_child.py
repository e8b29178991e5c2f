"""The process that one check runs in: ``python -P -m worker.checking_child``.

It reads what to do as a line of JSON on standard input, which closes when its worker is no more,
and answers with frames on standard output, each four bytes of length and MessagePack. It knows
neither database nor secrets, has limits that it sets itself before anything of the file is touched,
and may die: whoever started it makes a sentence of that.
"""

from __future__ import annotations

import os
import resource
import signal
import struct
import sys
import threading
from array import array
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import zstandard

from providers.checks.format import ANY_FINDING, Options, Summary, pack
from providers.checks.frames import Block, Ending, Frame, Outcome, Piece, Stage

ROWS_A_BLOCK, LETTERS_A_BLOCK = 100, 1_000_000
"""Where a block ends: a page of a rare finding unpacks as many blocks as it has rows."""
ENTRIES_A_PIECE = 10_000
FILE_BYTES, OPEN_FILES = 600_000_000, 128
MEGABYTE = 1_000_000
ENGINE = ("checking.engine", "checking.reading")
FIRST = (*ENGINE, "checking.reading.recognising", "checking.reading.delimited")
"""Loaded before there is anything to do, with the limits set: what most files need."""


class Order(msgspec.Struct, frozen=True):
    """What to check: a file and the name it was sent under, its dataset, the day as YYYY-MM-DD,
    what was said of it, and a file with what the platform holds (None: not known)."""

    path: str
    name: str
    dataset: str
    organisation: str | None
    day: str
    options: Options
    holdings: str | None


def main() -> None:
    """Do what standard input says, with as much memory (bytes) and processor time (seconds) as the
    arguments say."""
    # What a library prints must not come between the frames.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    set_limits(*map(int, sys.argv[1:3]))
    for module in FIRST:
        import_module(module)
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    threading.stack_size(256 * 1024)
    threading.Thread(target=_end_with_worker, daemon=True).start()
    writer = Writer(answers)
    try:
        check(order, writer)
    except MemoryError:
        writer.send(Ending("too-large", ""))
    answers.flush()
    # Without the tidying up of libraries, which takes a tenth of a second.
    os._exit(0)


def _end_with_worker() -> None:
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGKILL)


def set_limits(memory: int, seconds: int) -> None:
    """Hold this process to memory, time and files."""
    for kind, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_AS, memory + 2_000 * MEGABYTE),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    # The first ends it in a way that tells why.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))


def check(order: Order, writer: Writer) -> None:
    """Run the engine, and send what it says."""
    from checking.model import CannotRead, Choices
    from checking.specification import UnknownDataset, column_names

    engine, reading = map(import_module, ENGINE)

    words = msgspec.to_builtins(order.options)
    choices = msgspec.convert(
        {name: words[name] for name in words if name not in ("kind", "mapping")}, Choices
    )
    try:
        with reading.open_file(
            Path(order.path),
            name=order.name,
            choices=choices,
            names=column_names(order.dataset),
        ) as source:
            for item in engine.check(source, _request(order, choices)):
                if isinstance(item, engine.Progress):
                    writer.send(Stage(item.stage, item.rows))
                elif isinstance(item, engine.Result):
                    writer.finish(item)
                else:
                    writer.rows(item)
    except CannotRead as error:
        writer.send(Ending(error.code, error.sentence))
    except UnknownDataset:
        writer.send(Ending("dataset", "Files of this dataset cannot be checked."))


def _request(order: Order, choices: Any) -> Any:
    from datetime import date

    from checking.model import Held, Request

    holdings = Held()
    if order.holdings is not None:
        holdings = msgspec.msgpack.decode(Path(order.holdings).read_bytes(), type=Held)
    return Request(
        dataset=order.dataset,
        day=date.fromisoformat(order.day),
        choices=choices,
        mapping=order.options.mapping,
        kind=order.options.kind,
        organisation=order.organisation,
        held=holdings,
    )


class Writer:
    """Rows made into blocks, and into lists of entries a group, as they come."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers
        self._rows: list[Any] = []
        self._letters = 0
        self._blocks = self._total = 0
        self._entries: dict[int, array[int]] = {}
        self._firsts: dict[int, int] = {}

    def send(self, frame: Frame) -> None:
        """One frame, at once."""
        body = msgspec.msgpack.encode(frame)
        self._answers.write(struct.pack(">I", len(body)))
        self._answers.write(body)
        self._answers.flush()

    def rows(self, rows: Sequence[Any]) -> None:
        """Take some rows of the engine: tuples with the fields of a `Row`, in their order."""
        for row in rows:
            entry, _line, cells, values, findings = row
            self._rows.append(row)
            self._letters += sum(map(len, cells)) + sum(map(len, values))
            if findings:
                for group in {ANY_FINDING, *(finding[0] for finding in findings)}:
                    self._note(group, entry)
            if len(self._rows) >= ROWS_A_BLOCK or self._letters >= LETTERS_A_BLOCK:
                self._end_block()

    def finish(self, result: Any) -> None:
        """The last of all: what is left, and the result as a whole."""
        self._end_block()
        for group in sorted(self._entries):
            self._end_piece(group)
        summary = msgspec.convert(result, Summary, from_attributes=True)
        self.send(Outcome(msgspec.json.encode(summary), _geojson(result)))

    def _note(self, group: int, entry: int) -> None:
        entries = self._entries.setdefault(group, array("I"))
        entries.append(entry)
        if len(entries) >= ENTRIES_A_PIECE:
            self._end_piece(group)

    def _end_block(self) -> None:
        if not self._rows:
            return
        first, last = self._rows[0][0], self._rows[-1][0]
        self.send(Block(self._blocks, self._total, first, last, pack(self._rows)))
        self._blocks += 1
        self._total += len(self._rows)
        self._rows, self._letters = [], 0

    def _end_piece(self, group: int) -> None:
        entries = self._entries.pop(group)
        first = self._firsts.get(group, 0)
        body = zstandard.ZstdCompressor(level=1).compress(entries.tobytes())
        self.send(Piece(group, first, len(entries), body))
        self._firsts[group] = first + len(entries)


def _geojson(result: Any) -> bytes | None:
    """What the map shows; None where there is nothing."""
    if not result.shapes:
        return None
    features = [
        {
            "type": "Feature",
            "geometry": shape["geometry"],
            "properties": {name: shape[name] for name in shape if name != "geometry"},
        }
        for shape in result.shapes
    ]
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if result.boundary is not None:
        collection["boundary"] = result.boundary
    return msgspec.json.encode(collection)


if __name__ == "__main__":
    main()
