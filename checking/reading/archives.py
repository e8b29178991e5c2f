"""Archives: what is in a zip, and no more of it than is safe to unpack."""

from __future__ import annotations

import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from checking.model import CannotRead
from checking.reading.source import shorten

MEMBERS = 200
BYTES = 500_000_000
RATIO = 100
RATIO_FROM = 1_000_000
"""Small texts may repeat themselves as much as they like."""

_END = b"PK\x05\x06"
_DIRECTORY_BYTES = 1_000_000
_NESTED = re.compile(r"\.(zip|kmz|7z|rar|gz|bz2|xz|zst|tar|tgz|jar)$", re.IGNORECASE)
BLOCK = 1 << 20


def _unsafe(sentence: str) -> CannotRead:
    return CannotRead("archive", f"{sentence} Put only your data into the archive, and try again.")


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip that was tested: not too many members, none larger unpacked than is read, none that
    points elsewhere. Raises CannotRead, also for what goes wrong while members are read."""
    _test_directory(path)
    try:
        # Closed here, also where somebody has not read a member to its end.
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            _test_members(archive.infolist())
            yield archive
    except (
        zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error,
        RuntimeError, UnicodeError, ValueError, OverflowError, OSError,
    ) as error:  # fmt: skip
        raise CannotRead(
            "archive",
            "The file is a damaged zip archive, or of a kind that cannot be unpacked. "
            "Make the archive once more, and try again.",
        ) from error


def _test_directory(path: Path) -> None:
    """Refuse a list of members that is itself too long, before it is read."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 70_000))
        tail = file.read()
    place = tail.rfind(_END)
    record = tail[place : place + 22]
    if place < 0 or len(record) < 22:
        raise _unsafe("The file is a damaged zip archive.")
    members, size = struct.unpack("<HI", record[10:16])
    if members > MEMBERS or size > _DIRECTORY_BYTES:
        raise _unsafe(f"The archive has more than {MEMBERS} files.")


def _test_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MEMBERS:
        raise _unsafe(f"The archive has more than {MEMBERS} files.")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > BYTES:
        raise _unsafe(f"Unpacked the archive has more than {BYTES / 1e6:,.0f} MB.")
    if unpacked > RATIO_FROM and unpacked > RATIO * max(packed, 1):
        raise _unsafe(f"The archive would unpack to more than {RATIO} times its size.")
    for member in members:
        name = member.filename.replace("\\", "/")
        if not name or name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]:
            raise _unsafe(f"The archive has a file with the path “{shorten(name)}”.")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _unsafe(f"“{shorten(name)}” in the archive is a link, not a file.")
        if member.flag_bits & 1:
            raise CannotRead(
                "encrypted",
                "The archive is protected by a password. Make one without, and try again.",
            )


class Budget:
    """How many bytes may still be unpacked; headers of archives can lie, bytes cannot."""

    def __init__(self, size: int = BYTES) -> None:
        self.left = size

    def blocks(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """The bytes of a member. Raises CannotRead when the budget is spent."""
        with archive.open(member) as stream:
            while block := stream.read(BLOCK):
                self.left -= len(block)
                if self.left < 0:
                    raise _unsafe(f"Unpacked the archive has more than {BYTES / 1e6:,.0f} MB.")
                yield block


def extract(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, budget: Budget
) -> None:
    """Unpack one member to a path of ours."""
    with target.open("wb") as file:
        for block in budget.blocks(archive, member):
            file.write(block)


_DATA = ("gpkg", "shp", "gml", "geojson", "json", "kml", "csv", "tsv", "txt", "xml")
"""What is taken from an archive, the likeliest first."""
SHAPEFILE = ("shp", "shx", "dbf", "prj", "cpg")


def ending(name: str) -> str:
    """How a name ends, without the dot."""
    return PurePosixPath(name.replace("\\", "/")).suffix[1:].lower()


def candidates(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The members that may hold data: all of the likeliest kind there is. Raises CannotRead where
    there is none."""
    files = [
        member
        for member in archive.infolist()
        if not member.is_dir()
        and not member.filename.startswith("__MACOSX/")
        and not PurePosixPath(member.filename).name.startswith(".")
    ]
    for member in files:
        if _NESTED.search(member.filename):
            raise _unsafe("There is an archive within the archive.")
    for kind in _DATA:
        if group := [member for member in files if ending(member.filename) == kind]:
            return group
    if any(ending(member.filename) in ("xlsx", "xls", "ods") for member in files):
        raise CannotRead(
            "archive", "There is a workbook in the archive. Upload the workbook by itself."
        )
    kinds = ", ".join(sorted({ending(member.filename) or "no ending" for member in files})[:5])
    raise CannotRead(
        "archive",
        f"There is no data in the archive that can be read ({kinds or 'it is empty'}). Put a CSV, "
        "a shapefile with its parts, a GeoJSON or a GeoPackage into it.",
    )


def extract_shapefile(
    archive: zipfile.ZipFile, shape: zipfile.ZipInfo, folder: Path, budget: Budget
) -> Path:
    """Unpack a shapefile with its parts under names of ours."""
    stem = shape.filename[: -len(".shp")].lower()
    for member in archive.infolist():
        kind = ending(member.filename)
        if kind in SHAPEFILE and member.filename[: -len(kind) - 1].lower() == stem:
            extract(archive, member, folder / f"data.{kind}", budget)
    if not (folder / "data.dbf").exists():
        raise CannotRead(
            "shapefile",
            "The archive has a shapefile without its .dbf file, which holds its columns. Put all "
            "files of the shapefile into the archive: .shp, .shx, .dbf and .prj.",
        )
    return folder / "data.shp"


def remove(folder: Path) -> None:
    """Delete what was unpacked."""
    shutil.rmtree(folder, ignore_errors=True)
