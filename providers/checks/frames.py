"""What the process of a check says to the worker that started it."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

LENGTH_BYTES = 4
MOST_BYTES = 128_000_000
"""The most that one frame may have: whoever sends more has gone mad."""


class Stage(msgspec.Struct, frozen=True, array_like=True, tag="stage"):
    """How far it is: what it does, and how many rows it has done."""

    name: str
    rows: int


class Block(msgspec.Struct, frozen=True, array_like=True, tag="block"):
    """Some rows, packed; `first_row` is how many come before them."""

    number: int
    first_row: int
    first_entry: int
    last_entry: int
    body: bytes


class Piece(msgspec.Struct, frozen=True, array_like=True, tag="piece"):
    """Entry numbers of some rows of a group, packed; `first` is how many come before them."""

    group: int
    first: int
    count: int
    entries: bytes


class Outcome(msgspec.Struct, frozen=True, array_like=True, tag="outcome"):
    """The result: a `Summary` as JSON, and GeoJSON for the map."""

    summary: bytes
    shapes: bytes | None


class Ending(msgspec.Struct, frozen=True, array_like=True, tag="ending"):
    """There is no result: a code, and a sentence for people where the engine has one."""

    code: str
    sentence: str


Frame: TypeAlias = Stage | Block | Piece | Outcome | Ending
decoder = msgspec.msgpack.Decoder(Frame)
