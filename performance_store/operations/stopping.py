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
    """Within the block SIGINT and SIGTERM raise KeyboardInterrupt, once: the second is not to
    disturb the tidying up that the first one set off.

    SIGINT too where whoever started us ignores it, as a shell does for what it starts in the
    background: a load that is told to stop stops.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
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
        for number, handler in before.items():
            signal.signal(number, handler)
