"""How the result of a check is kept: a summary, and blocks of rows.

The worker writes them and pages, downloads and the API read them, none of which knows the engine.
A block is some hundreds of rows as MessagePack within Zstandard; small, and read in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
import zstandard

ROWS_A_BLOCK = 500
BLOCK_BYTES = 256_000_000
"""The most that a block may unpack to."""

ANY_FINDING = -1
"""As the number of a group: all rows that have a finding of any."""

Ladder = Literal["must", "should", "changed"]
Verdict = Literal["not-ready", "improve", "ready", "empty"]


class Options(msgspec.Struct, frozen=True, omit_defaults=True):
    """What whoever asked said of the file; see `checking.model.Choices` and `Request`."""

    delimiter: str | None = None
    encoding: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    crs: int | None = None
    kind: Literal["point", "polygon"] | None = None
    mapping: dict[str, str] | None = None


class Recognised(msgspec.Struct, frozen=True):
    """What the file was recognised as; `sentence` says it in one line, `notes` what was assumed."""

    sentence: str
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    crs: int | None = None
    notes: tuple[str, ...] = ()


class Column(msgspec.Struct, frozen=True):
    """A column of the file. `field` is what it was taken for (None: for nothing), and `how`: by its
    name, an alias, the reader's own mapping; 'ignored' or 'unused'. `suggestions` are fields that
    it may be, best first; `examples` its first values."""

    column: str
    field: str | None
    how: Literal["name", "alias", "mapping", "ignored", "unused"]
    suggestions: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class Field(msgspec.Struct, frozen=True):
    """A field of the dataset that a file can supply."""

    field: str
    is_required: bool = False
    is_missing: bool = False


class Group(msgspec.Struct, frozen=True):
    """What one rule found in one field. `number` is what rows refer to; `count` are findings,
    `rows` rows that have one; `message` says what is wrong and `advice` what to do. A `missing
    column` has no rows."""

    number: int
    rule: str
    issue_type: str
    field: str
    severity: str
    responsibility: str
    origin: Literal["platform", "ours"]
    ladder: Ladder
    count: int
    rows: int
    message: str
    advice: str = ""


class Passed(msgspec.Struct, frozen=True):
    """A rule that had so many rows to look at and found nothing; `sentence` says it."""

    rule: str
    field: str
    rows: int
    sentence: str


class Comparison(msgspec.Struct, frozen=True):
    """Beside what the platform holds for this authority: how many references are new, changed, the
    same, and gone from the file (the first ones named)."""

    new: int
    changed: int
    same: int
    gone: int
    gone_references: tuple[str, ...] = ()


class Summary(msgspec.Struct, frozen=True):
    """The result as a whole. `fields` are those of corrected rows, in their order; `must_rows` and
    `should_rows` count rows with at least one such finding."""

    verdict: Verdict
    rows: int
    must_rows: int
    should_rows: int
    changed_rows: int
    recognised: Recognised
    columns: tuple[Column, ...]
    fields: tuple[Field, ...]
    groups: tuple[Group, ...]
    passed: tuple[Passed, ...] = ()
    comparison: Comparison | None = None
    has_shapes: bool = False
    rows_skipped: int = 0


class Finding(msgspec.Struct, frozen=True, array_like=True):
    """What a group says of a row: `value` as the platform would log it, `message` for this one."""

    group: int
    value: str = ""
    message: str = ""


class Row(msgspec.Struct, frozen=True, array_like=True):
    """One row: its entry number from 1, its line in the file, its cells as in the file (in the
    order of `Summary.columns`), its values as they would be kept (in the order of
    `Summary.fields`), and what was found."""

    entry: int
    line: int
    cells: tuple[str, ...]
    values: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(tuple[Row, ...])


def pack(rows: Sequence[Row]) -> bytes:
    """A block of these rows."""
    return zstandard.ZstdCompressor(level=1).compress(_encoder.encode(rows))


def unpack(block: bytes) -> tuple[Row, ...]:
    """The rows of a block. Raises ValueError for what is none."""
    try:
        size = zstandard.frame_content_size(block)
        if not 0 <= size <= BLOCK_BYTES:
            raise ValueError(f"a block of {size} bytes")
        return _decoder.decode(zstandard.ZstdDecompressor().decompress(block))
    except (zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise ValueError(f"not a block of rows: {error}") from error


def pack_summary(summary: Summary) -> bytes:
    """A summary as it is kept."""
    return zstandard.ZstdCompressor(level=1).compress(msgspec.json.encode(summary))


def unpack_summary(packed: bytes) -> Summary:
    """What `pack_summary` packed."""
    return msgspec.json.decode(zstandard.ZstdDecompressor().decompress(packed), type=Summary)
