"""What the API answers to thousands of questions made from its own document."""

from __future__ import annotations

import os
from datetime import date

from bench.server import new_store, server
from bench.table import Section, conditions, verdict
from performance_api import create_app
from performance_store.database import connect, make_engine
from performance_store.loading import load
from performance_store.sample.reader import Sample
from tests.support.fuzz import fuzz

TITLE = "API asked at random"
SECONDS, EXAMPLES = 300, 20
PHASES = ("examples", "coverage", "fuzzing", "stateful")


def measure(section: Section) -> None:
    """Every phase and check of schemathesis, for some minutes."""
    before = os.getloadavg()[0]
    with server() as postgres:
        engine = make_engine(new_store(postgres, "fuzz"), application_name="bench")
        load(engine, Sample(date(2026, 8, 21), authorities=60, weeks=12))
        questions, wrong, reason = fuzz(
            create_app(lambda: connect(engine)), seconds=SECONDS, examples=EXAMPLES, phases=PHASES
        )
        engine.dispose()
    rows = [[label, f"{count:,}"] for label, count in sorted(questions.items())]
    section.table(["Operation", "Questions"], rows)
    for line in dict.fromkeys(wrong):
        section.say(f"- {line}")
    section.say(
        f"{sum(questions.values()):,} questions, {len(set(wrong))} answers that are not as the "
        f"document says ({verdict(len(wrong), 0)}); ended because: {reason}."
    )
    section.say(conditions(before))
