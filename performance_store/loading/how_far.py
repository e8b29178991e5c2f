"""How far the load of the sample is, for those who look at the store meanwhile."""

from __future__ import annotations

from sqlalchemy import Engine, text

from performance_store.loading.load import Progress

# Of the time that the whole sample takes, what is over in percent when a step begins.
_OVER = {
    "reading Observation": 4,
    "collection": 9,
    "observations": 25,
    "cells": 28,
    "issues": 32,
    "fields": 37,
    "summaries": 40,
    "coverage": 69,
    "events": 79,
    "tasks": 84,
    "lives of tasks": 94,
}
_NOTE = """
UPDATE load SET timings = jsonb_build_object('percent', CAST(:percent AS int))
WHERE kind = 'sample' AND state = 'running'
"""


def telling(engine: Engine, progress: Progress) -> Progress:
    """What is told of each step of the load of the sample: notes in the record of the load how far
    it is, and passes that on, such as `40%`."""

    def tell(step: str) -> None:
        if step in _OVER:
            with engine.begin() as connection:
                connection.execute(text(_NOTE), {"percent": _OVER[step]})
            progress(f"{_OVER[step]}%")

    return tell
