"""What the tests of sync share: a small platform file, a server of it, patience of milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fake_datasette import Fake, serving
from tests.support.sync import write


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "source")


@pytest.fixture
def fake(source: Path) -> Iterator[Fake]:
    with serving(source) as running:
        yield running
