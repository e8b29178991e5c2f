"""Rows put aside until the whole file was looked at, in memory as far as that is little.

What a row says of others (the same reference, the same place) is only known at the end; the rows of
a large file wait on disk until then.
"""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterator

from checking.result import Row

_IN_MEMORY = 24_000_000


class Spool:
    """Blocks of rows, in the order in which they were put in."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        self._sizes: list[int] = []

    def add(self, rows: list[Row]) -> None:
        """Put a block aside."""
        block = marshal.dumps(rows)
        self._file.write(block)
        self._sizes.append(len(block))

    def blocks(self) -> Iterator[list[Row]]:
        """All blocks; once only."""
        self._file.seek(0)
        for size in self._sizes:
            yield marshal.loads(self._file.read(size))

    def close(self) -> None:
        """Give back what it takes."""
        self._file.close()
