"""What the tests of loading share: a platform's file to fill, and a store to load it into."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.build import PlatformFile, Store


@pytest.fixture
def file(tmp_path: Path) -> PlatformFile:
    return PlatformFile(tmp_path)


@pytest.fixture
def store(engine: Engine) -> Store:
    return Store(engine)
