"""What a connection to the store is held to, in each of its transactions anew.

A pooler before the server, such as PgBouncer in transaction mode, gives each transaction whichever
connection is free: what was set for a session, or prepared in one, is not there in the next. So
the limits go out with each BEGIN, in the same packet. Only a connection that has a process of the
server to itself has statements prepared: the large ones take far longer to plan than to answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import generators, pq
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout, error_from_result

# In a transaction a plan is for the values that it is asked with; of a statement alone, for all.
PLANS = "plan_cache_mode"
NEVER = 2**62
# A plan of a hundred tables takes a megabyte or two of the server's memory, in each connection.
MOST_PREPARED = 12
# How long a server that hangs is asked to leave what we do not wait for any more.
CANCEL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """What the server itself cuts short, in seconds; 0 is no limit. ``silence_seconds`` is how
    long we wait for a server that took a question and hangs, beyond what it may take itself."""

    statement_seconds: float = 25
    lock_seconds: float = 5
    idle_in_transaction_seconds: float = 60
    silence_seconds: float = 5

    def as_settings(self) -> dict[str, str]:
        """As settings of the server, in milliseconds."""
        return {
            "statement_timeout": str(int(self.statement_seconds * 1000)),
            "lock_timeout": str(int(self.lock_seconds * 1000)),
            "idle_in_transaction_session_timeout": str(
                int(self.idle_in_transaction_seconds * 1000)
            ),
        }


class Session(psycopg.Connection[Any]):
    """A connection whose transactions have limits, and that does not wait for ever."""

    _settings = b""
    _own_settings = b""
    _limits: TimeLimits | None = None
    _has_own_process: bool | None = None

    def hold_to(self, limits: TimeLimits, but: Collection[str] = ()) -> None:
        """Limit the transactions from the next on; ``but`` names settings to leave alone."""
        settings = limits.as_settings() | {"TimeZone": "UTC", PLANS: "auto"}
        settings = {name: it for name, it in settings.items() if name.lower() not in but}
        self._settings = _written("; SET LOCAL", settings)
        if PLANS in settings:
            settings[PLANS] = "force_generic_plan"
        self._own_settings = _written("; SET", settings)
        self._limits = limits

    def prepares(self) -> bool:
        """Whether a statement alone may be prepared: outside a transaction, in a process of the
        server that is ours for as long as we are connected. The first time asks, and gives that
        process the limits and one plan for all values of a statement's parameters."""
        if not self.autocommit:
            return False
        if self._has_own_process is None:
            # A pooler makes up the number of the process that it tells its clients.
            (process,) = self.execute("SELECT pg_backend_pid()").fetchone() or (None,)
            self._has_own_process = process == self.info.backend_pid
            if self._has_own_process:
                self.execute(self._own_settings.removeprefix(b"; "))
                # What is to be prepared says so itself.
                self.prepare_threshold, self.prepared_max = NEVER, MOST_PREPARED
        return self._has_own_process

    def _start_query(self) -> PQGen[None]:
        """As Psycopg's: begin a transaction where there is none. Ours has limits."""
        if self.autocommit or self.pgconn.transaction_status != pq.TransactionStatus.IDLE:
            return
        self._check_connection_ok()
        # In one go with BEGIN, so that they cost no way to the server and back of their own.
        self.pgconn.send_query(self._get_tx_start_command() + self._settings)
        for result in (yield from generators.execute(self.pgconn)):
            if result.status != pq.ExecStatus.COMMAND_OK:
                raise error_from_result(result)

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        """As Psycopg's, but no longer than a server that is alive would take."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self._patience())
        except _WaitTimeout as error:
            # A statement put by itself has no limit on the server, which would work on for nobody.
            with suppress(psycopg.Error):
                self.cancel_safe(timeout=CANCEL_SECONDS)
            # Its answer may come yet: nobody is to take it for that to another question.
            self.pgconn.finish()
            raise psycopg.OperationalError("the server hangs") from error

    def _patience(self) -> float | None:
        limits = self._limits
        if limits is None or not limits.silence_seconds:
            return None
        if self.autocommit:
            # The pool's look whether it is there, and ours which data it has.
            return limits.silence_seconds
        long = limits.statement_seconds
        return long + limits.silence_seconds if long else None


def _written(command: str, settings: Mapping[str, str]) -> bytes:
    return "".join(f"{command} {name} = '{value}'" for name, value in settings.items()).encode()
