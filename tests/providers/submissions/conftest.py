"""What the tests of submissions share."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.submission_store import Submissions


@pytest.fixture
def submissions(engine: Engine, tmp_path: Path) -> Submissions:
    return Submissions(engine, tmp_path)
