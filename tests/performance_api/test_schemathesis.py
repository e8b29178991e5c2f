"""The document's own examples, asked of the API itself. `python -m bench fuzz` asks for minutes."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from schemathesis.engine import StopReason

from performance_api.resources import RESOURCES
from tests.support.fuzz import fuzz

pytestmark = pytest.mark.postgres


def test_the_api_is_as_its_document_says(client: FlaskClient) -> None:
    questions, wrong, reason = fuzz(
        client.application, seconds=20, examples=2, phases=("examples", "fuzzing")
    )
    assert not wrong, "\n".join(dict.fromkeys(wrong))
    assert reason in (StopReason.COMPLETED, StopReason.MAX_TIME)
    assert len(questions) >= len(RESOURCES)
    assert min(questions.values()) >= 2, questions
