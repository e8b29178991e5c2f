"""The document's own examples, asked of the API itself. `python -m bench fuzz` asks for minutes."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from performance_api.resources import RESOURCES
from tests.support.fuzz import fuzz

pytestmark = pytest.mark.postgres


def test_the_api_is_as_its_document_says(client: FlaskClient) -> None:
    # A slow machine takes longer, and asks no less.
    questions, wrong, _ = fuzz(
        client.application, seconds=600, examples=2, phases=("examples", "fuzzing"), rounds=3
    )
    assert not wrong, "\n".join(dict.fromkeys(wrong))
    assert len(questions) >= len(RESOURCES)
    assert min(questions.values()) >= 2, questions
