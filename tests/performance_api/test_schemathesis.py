"""The document's own examples, asked of the API itself. `python -m bench fuzz` asks for minutes."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from schemathesis.engine import StopReason

from performance_api.resources import RESOURCES
from tests.support.fuzz import fuzz

pytestmark = pytest.mark.postgres


def test_the_api_is_as_its_document_says(client: FlaskClient) -> None:
    # So few examples end by themselves; a slow machine needs longer, and asks no less.
    questions, wrong, reason = fuzz(
        client.application, seconds=300, examples=2, phases=("examples", "fuzzing")
    )
    assert not wrong, "\n".join(dict.fromkeys(wrong))
    assert reason is StopReason.COMPLETED
    assert len(questions) >= len(RESOURCES)
    assert min(questions.values()) >= 2, questions
