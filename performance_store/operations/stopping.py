"""Being told to stop: Ctrl-C, or SIGTERM from whoever started us."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping() -> Iterator[None]:
    """Within the block SIGINT and SIGTERM raise KeyboardInterrupt, once: whoever was told to stop
    tidies up and ends, and hears no second one until then, be it in Python's own last moments.

    SIGINT too where whoever started us ignores it, as a shell does for what it starts in the
    background: a load that is told to stop stops.
    """

    stopped = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield
    finally:
        if not stopped:
            for number, handler in before.items():
                signal.signal(number, handler)
