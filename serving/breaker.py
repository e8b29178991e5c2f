"""A circuit breaker: stop asking a service that does not answer, and say so once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

REST_SECONDS = 10.0


class Breaker:
    """Whether a service may be asked now.

    After a failure nobody asks for `rest_seconds`; then one caller tries, and its outcome
    decides. An outage logs one warning when it begins and one line when it ends, however
    many requests meet it.
    """

    def __init__(
        self,
        name: str,
        *,
        rest_seconds: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failing = False
        self._ask_again_at = 0.0

    @property
    def failing(self) -> bool:
        """True from the first failure until the next success."""
        return self._failing

    def allows(self) -> bool:
        """True if the service may be asked; during an outage, for one caller in each rest."""
        if not self._failing:
            return True
        with self._lock:
            now = self._clock()
            if now < self._ask_again_at:
                return False
            self._ask_again_at = now + self._rest_seconds
            return True

    def failed(self, reason: BaseException | str) -> None:
        """Note that the service did not answer."""
        with self._lock:
            first = not self._failing
            self._failing = True
            self._ask_again_at = self._clock() + self._rest_seconds
        if first:
            logger.warning("%s does not answer (%s); going on without it", self.name, reason)

    def succeeded(self) -> None:
        """Note that the service answered."""
        if not self._failing:
            return
        with self._lock:
            was_failing, self._failing = self._failing, False
        if was_failing:
            logger.warning("%s answers again", self.name)
