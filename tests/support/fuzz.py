"""Everything that the API's document allows, and much that it does not, asked of the API itself.

schemathesis makes the questions from the document, with all of its checks; the same ones each time.
(Its engine, as its command line runs it: its marks for pytest do not go with the pytest that
dash[testing] needs.)
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, StopReason, events, from_schema

from performance_api.problems import BASE
from performance_store.queries.filters import Narrow
from providers import fetching

NARROWING = frozenset(Narrow.__dataclass_fields__)
CONFIG: dict[str, Any] = {
    "seed": 20260821,
    "workers": 1,
    "continue-on-failure": True,
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


def can_be_tried(_: Any, body: Any) -> bool:
    """The same of what is sent: which organisations there are, how options are written in a form,
    and which addresses nobody tries (tests/performance_api/test_checks.py asks)."""
    if not isinstance(body, dict):
        return True
    url = body.get("url")
    try:
        if isinstance(url, str) and url.startswith(("http://", "https://")):
            fetching.check(url)
    except fetching.FetchError:
        return False
    texts = (body.get(name) for name in ("organisation", "options"))
    return not any(text and isinstance(text, str) for text in texts)


def fuzz(
    application: Flask,
    *,
    seconds: int,
    examples: int,
    phases: tuple[str, ...],
    rounds: int | None = None,
) -> tuple[Counter[str], list[str], StopReason | None]:
    """Ask for so many seconds at most, or until each operation had its turn so many times (None:
    again and again). Gives how many questions each operation had, what is wrong,
    a line each, and why it ended."""
    config = CONFIG | {
        "max-time": seconds,
        "generation": {
            "mode": "all",
            "max-examples": examples,
            "deterministic": True,
            "no-shrink": True,
        },
        "phases": {
            phase: {"enabled": phase in phases}
            for phase in ("examples", "coverage", "fuzzing", "stateful")
        },
    }
    schema = schemathesis.openapi.from_wsgi(
        f"{BASE}/openapi.json", application, config=SchemathesisConfig.from_dict(config)
    )
    schema.hook("filter_query")(go_together)
    schema.hook("filter_body")(can_be_tried)
    questions: Counter[str] = Counter()
    wrong: list[str] = []
    reason = None
    turns = 0
    stream = from_schema(schema).execute()
    for event in stream:
        if isinstance(event, events.ScenarioFinished | events.FuzzScenarioFinished):
            recorder = event.recorder
            questions[recorder.label] += len(recorder.interactions)
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
        elif isinstance(event, events.SuiteFinished):
            turns += 1
            if turns == rounds:
                stream.stop()
        elif isinstance(event, events.EngineFinished):
            reason = event.stop_reason
    return questions, wrong, reason
