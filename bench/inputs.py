"""The national platform file: found unpacked, or unpacked once into the temporary folder."""

from __future__ import annotations

import lzma
import shutil
import tempfile
from pathlib import Path

from bench.settings import load_settings

BUC, DATASET = "local-authority:BUC", "article-4-direction-area"
"""An authority and a dataset of its, in the file."""


class NoInput(Exception):
    """The input of a benchmark is not on this machine. One line."""


def national_file() -> Path:
    """The national ``digital-land.sqlite3``. Raises NoInput."""
    settings = load_settings()
    if settings.national is not None:
        if not settings.national.is_file():
            raise NoInput("PERFORMANCE_NATIONAL_FILE names no file")
        return settings.national
    archive = settings.data / "platform-national" / "digital-land.sqlite3.xz"
    if not archive.is_file():
        raise NoInput("no national platform file: set PERFORMANCE_TEST_DATA to the data folder")
    folder = Path(tempfile.gettempdir()) / "performance-bench"
    # One copy an edition: the archive's size and time name it.
    state = archive.stat()
    target = folder / f"{state.st_size}-{int(state.st_mtime)}" / "digital-land.sqlite3"
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        with lzma.open(archive) as source, partial.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
        partial.rename(target)
    return target
