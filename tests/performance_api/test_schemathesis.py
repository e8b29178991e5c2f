"""Everything that the document allows, and much that it does not, asked of the API itself.

schemathesis makes the questions from the document, in all of its phases and with all of its checks;
the same ones each time. (Its engine, as its command line runs it: its marks for pytest do not go
with the pytest that dash[testing] needs.)
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, StopReason, events, from_schema

from performance_api.problems import BASE
from performance_api.resources import RESOURCES
from performance_store.queries.filters import Narrow

pytestmark = pytest.mark.postgres
NARROWING = frozenset(Narrow.__dataclass_fields__)
CONFIG: dict[str, Any] = {
    "seed": 20260821,
    "workers": 1,
    # Of a slow machine less is asked; what has to be asked at least is below.
    "max-time": 90,
    "continue-on-failure": True,
    "generation": {"mode": "all", "max-examples": 10, "deterministic": True, "no-shrink": True},
    "checks": {
        "enabled": True,
        # What is refused may be refused for its length.
        "negative_data_rejection": {"expected-statuses": ["400", "404", "405", "409", "414"]},
    },
}


def go_together(_: Any, query: dict[str, Any] | None) -> bool:
    """What no schema of single parameters can say, and the words of the document do: what
    `all-lpas` cannot be asked for (tests/performance_api/test_api.py asks)."""
    if not query or query.get("denominator") != "all-lpas":
        return True
    return not (NARROWING | {"by", "basis"}) & set(query)


def test_the_api_is_as_its_document_says(client: FlaskClient) -> None:
    schema = schemathesis.openapi.from_wsgi(
        f"{BASE}/openapi.json", client.application, config=SchemathesisConfig.from_dict(CONFIG)
    )
    schema.hook("filter_query")(go_together)
    calls: Counter[str] = Counter()
    wrong: list[str] = []
    stopped = None
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished | events.FuzzScenarioFinished):
            recorder = event.recorder
            calls[recorder.label] += len(recorder.interactions)
            wrong += [
                f"{recorder.label}: {check.name}: {check.failure_info.failure.message} "
                f"({check.failure_info.code_sample})"
                for checks in recorder.checks.values()
                for check in checks
                if check.status is Status.FAILURE and check.failure_info
            ]
        elif isinstance(event, events.NonFatalError):
            wrong.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
        elif isinstance(event, events.EngineFinished):
            stopped = event.stop_reason
    assert not wrong, "\n".join(dict.fromkeys(wrong))
    assert stopped in (StopReason.COMPLETED, StopReason.MAX_TIME)
    assert len(calls) >= len(RESOURCES)
    assert min(calls.values()) >= (20 if stopped is StopReason.COMPLETED else 5), calls
