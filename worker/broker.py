"""The queue as procrastinate has it: its connection, our tasks, when they are tried again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from performance_store.database import database_url
from worker.tasks import Task

LONGEST_WAIT = 6 * 3600
Runner = Callable[[str, Task, dict[str, Any]], Awaitable[None]]


class BackOff(BaseRetryStrategy):
    """Twice as long after each failure, and a last time. What a stopping worker broke off is tried
    again at once."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts + 1 >= self._task.attempts:
            return None
        if not isinstance(exception, Exception) or isinstance(exception, JobAborted):
            return RetryDecision(retry_at=datetime.now(UTC))
        wait = min(self._task.first_wait * 2**job.attempts, LONGEST_WAIT)
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=wait))


def broker(url: str, tasks: Mapping[str, Task], when: Mapping[str, str], run: Runner) -> App:
    """procrastinate over one connection, which may go through a pooler that shares sessions.

    In: the store; tasks by name, and when those are due that come by themselves; what does a job.
    Nothing is connected yet.
    """
    dialect: Any = PGDialect_psycopg
    _, parameters = dialect().create_connect_args(database_url(url))
    parameters |= {
        "application_name": "worker",
        "prepare_threshold": None,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
    }
    app = App(connector=PsycopgConnector(kwargs=parameters, min_size=1, max_size=1))
    for name, task in tasks.items():
        _register(app, name, task, when.get(name), run)
    app.tasks = _Names(app.tasks, _register(app, _STRANGER, Task(_refuse), None, _refuse_job))
    return app


def _register(app: App, name: str, task: Task, when: str | None, run: Runner) -> Any:
    async def work(**arguments: Any) -> None:
        await run(name, task, arguments)

    entry = app.task(name=name, queue=task.queue, lock=task.lock, retry=BackOff(task))(work)
    if when is not None:
        app.periodic(cron=when)(entry)  # type: ignore[arg-type]
    return entry


class UnknownJob(Exception):
    """A job of a name that this worker does not know."""


class _Names(dict[str, Any]):
    """Tasks by name, with one for every other name. A newer release may already put into the queue
    what only its own workers can do: to this one it is a failure to be tried again, not an end."""

    def __init__(self, tasks: Mapping[str, Any], stranger: Any) -> None:
        super().__init__(tasks)
        self._stranger = stranger

    def get(self, name: str, _default: Any = None) -> Any:
        """The task of a name, or the one that fails."""
        return super().get(name, self._stranger)


_STRANGER = "unknown"


def _refuse() -> None:
    raise UnknownJob


async def _refuse_job(_name: str, task: Task, _arguments: dict[str, Any]) -> None:
    task.work()
