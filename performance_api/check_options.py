"""What whoever asks may say of a file, within bounds: the rest is refused before a file is kept."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta

from providers.checks import format

NAME_LETTERS = 300
MOST_ROW = 1000
# PostgreSQL keeps no NUL, and no name of a sheet, column or encoding has one.
_Name: TypeAlias = Annotated[str, Meta(max_length=NAME_LETTERS, pattern=r"^[^\x00]*$")]


class Options(format.Options, frozen=True, forbid_unknown_fields=True):
    """Options as a program may send them. `crs` is an EPSG number, `header_row` counts from 1."""

    delimiter: (
        Annotated[str, Meta(min_length=1, max_length=1, pattern=r'^[^\x00\r\n"]$')] | None
    ) = None
    encoding: _Name | None = None
    header_row: Annotated[int, Meta(ge=1, le=MOST_ROW)] | None = None
    sheet: _Name | None = None
    crs: Annotated[int, Meta(ge=1024, le=32767)] | None = None
    mapping: Annotated[dict[_Name, _Name], Meta(max_length=1000)] | None = None


def is_encoding(name: str) -> bool:
    """Whether text can be written in an encoding of this name."""
    try:
        "".encode(name)  # which codecs of bytes to bytes, such as zip, refuse
    except (LookupError, ValueError, TypeError):
        return False
    return True
