"""Which code answers: for validators, so that no release takes another's answers for its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Release:
    """A fingerprint of the code, and when the newest of its files was put there."""

    fingerprint: str
    installed_at: datetime


def release_of(packages: Iterable[Path]) -> Release:
    """The release that these packages are of. In: their folders."""
    digest = hashlib.sha256()
    newest = 0.0
    for package in packages:
        for path in sorted(file for file in package.rglob("*") if file.suffix in _CODE):
            digest.update(path.relative_to(package.parent).as_posix().encode())
            digest.update(path.read_bytes())
            newest = max(newest, path.stat().st_mtime)
    return Release(digest.hexdigest()[:12], datetime.fromtimestamp(int(newest), UTC))


_CODE = frozenset({".py", ".json", ".css"})
