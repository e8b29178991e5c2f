"""A heavy job in a process of its own: it may take what memory it needs, and gives all of it back.

It ends with us: told to stop, it is told; killed, its watchdog tells it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from performance_store.local.processes import OwnedProcess
from performance_store.settings import CHECKOUT

COMMAND = (sys.executable, "-m", "worker")
STOP_STEPS = ((signal.SIGTERM, 10.0),)
_LOOK = 0.1


class ChildFailed(Exception):
    """A heavy job ended badly; why, it has said in the log."""


async def run_in_child(
    name: str, arguments: Mapping[str, Any], variables: Mapping[str, str], *, command: Any = COMMAND
) -> None:
    """Do a job with ``variables`` on top of our environment. Raises ChildFailed."""
    words = [*command, "--job", name, json.dumps(dict(arguments))]
    process = await asyncio.to_thread(
        OwnedProcess.start,
        words,
        stop_signal=signal.SIGTERM,
        cwd=CHECKOUT,
        env={**os.environ, **variables},
    )
    try:
        while process.exit_code is None:
            await asyncio.sleep(_LOOK)
    finally:
        await asyncio.shield(asyncio.to_thread(process.stop, STOP_STEPS))
    if process.exit_code:
        raise ChildFailed(f"{name} ended with code {process.exit_code}")
