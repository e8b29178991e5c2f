"""What the tests of the sample share: the full sample, and what it says, read once in a run."""

from __future__ import annotations

import pytest

from performance_store.sample.reader import Sample
from tests.support.sample import TODAY, Facts


@pytest.fixture(scope="session")
def sample() -> Sample:
    return Sample(TODAY)


@pytest.fixture(scope="session")
def facts(sample: Sample) -> Facts:
    return Facts(sample)
