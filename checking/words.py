"""What a file was recognised as, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from checking.model import Recognition
from checking.reading import sentence
from checking.result import Recognised


def recognised(recognition: Recognition, rows: int, lost: Sequence[str]) -> Recognised:
    """A recognition with its sentence. In: how many rows were read, and sentences on some that
    were not."""
    return Recognised(
        sentence=sentence(recognition, rows),
        format=recognition.format,
        encoding=recognition.encoding,
        delimiter=recognition.delimiter,
        header_row=recognition.header_row,
        sheet=recognition.sheet,
        sheets=recognition.sheets,
        crs=recognition.crs,
        notes=(*recognition.notes, *lost),
    )
