"""Syncing again and again, as a process of its own, until it is told to stop."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from performance_store.database import DatabaseUnavailable, unavailable
from performance_store.operations.stopping import stopping
from performance_store.readers.stream import InputError
from performance_store.sync.web import Say

SHORTEST = 60.0
FIRST_RETRY = 900.0
"""Seconds after a sync that failed; twice as many after the next one, up to the interval."""
PASSING = (InputError, OSError, DatabaseUnavailable, SQLAlchemyError, psycopg.Error)
"""What may be otherwise next time."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def interval(words: str) -> float:
    """Seconds of ``24h``, ``30m``, ``90s`` or ``1d``. Raises ValueError."""
    match = re.fullmatch(r"([1-9][0-9]{0,5})([smhd])", words.strip().lower())
    if match is None or int(match[1]) * _UNITS[match[2]] < SHORTEST:
        raise ValueError(f"{words!r} is not a time such as 24h, 90m or 1d, of a minute or more")
    return float(int(match[1]) * _UNITS[match[2]])


def every(
    seconds: float,
    work: Callable[[], str],
    *,
    say: Say,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Do ``work`` now and then every ``seconds``; a failure is told and tried again sooner.

    Returns when a signal asks to stop: what was running then is undone, and what had been fetched
    is kept. ``work`` returns the line to say.
    """
    failures = 0
    try:
        with stopping():
            while True:
                began = clock()
                try:
                    say(work())
                    failures, wait = 0, seconds
                except PASSING as error:
                    failures += 1
                    wait = min(seconds, FIRST_RETRY * 2 ** (failures - 1))
                    say(f"Failed: {_line(error)}. The data loaded before stay")
                pause = max(0.0, began + wait - clock())
                say(f"Again in {pause / 60:,.0f} minutes")
                sleep(pause)
    except KeyboardInterrupt:
        say("Stopped")


def _line(error: BaseException) -> str:
    outage = unavailable(error)
    words = outage.reason if outage else (str(error).splitlines() or [type(error).__name__])[0]
    return " ".join(words.split()).removesuffix(".")
