"""Tasks of the country less those that authorities said are met: for the page and its files.

What people said is never in a cache: where nobody said anything the facts come from there, else
all is asked anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from dashboard.data.door import ask, ask_anew, door
from dashboard.data.errors import StoreUnavailable
from providers import tasks


def ask_without_met(question: Callable[..., Any], **values: Any) -> Any:
    """The rows of a question that takes `met`. While the database is silent those of the facts."""
    try:
        met = door().fresh(tasks.met, today=datetime.now(UTC).date())
    except StoreUnavailable:
        met = ()
    return ask_anew(question, met=met, **values) if met else ask(question, **values)
