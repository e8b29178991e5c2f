"""One worker: it takes jobs from the queue until it is told to stop.

It holds three connections at most: one for the queue, one that light jobs share, one for the heavy
job. It asks for jobs each second (for checks, which people wait for, more often) rather than listen
for them: that works through a pooler that
shares sessions as it does without one, and saves the connection that would listen.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext

from performance_store.database import PoolSettings, make_engine, transaction
from performance_store.session import TimeLimits
from performance_store.settings import Settings
from providers.jobs import DEFAULT, HEAVY
from worker.broker import broker
from worker.checking_process import Spare
from worker.child import COMMAND, run_in_child
from worker.tasks import SYNC, TASKS, WHEN, Task, Tools, defer_missed_sync

log = logging.getLogger("worker")

LIGHT_AT_ONCE = 4
ONE_CONNECTION = PoolSettings(size=1, overflow=0, wait_seconds=60)
LIGHT_LIMITS = TimeLimits(statement_seconds=60)
HEAVY_LIMITS = TimeLimits(statement_seconds=300)
# What is left of 25 seconds for a heavy job's tidying up, and for a light one's end.
GRACE, LAST = 20.0, 24.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between looks: for jobs, for heavy ones, for our own heartbeat, for what others left
    behind; and after how many of silence a worker counts as dead."""

    poll: float = 1.0
    poll_heavy: float = 0.2
    heartbeat: float = 10.0
    silence: float = 30.0
    sweep: float = 10.0


PACE = Pace()


@dataclass(frozen=True, slots=True)
class Store:
    """Where the store is: as readers reach it, and past a pooler for heavy jobs."""

    url: str
    direct_url: str

    def variables(self) -> dict[str, str]:
        """What tells a process of our own the same."""
        return {"DATABASE_URL": self.url, "DATABASE_DIRECT_URL": self.direct_url}


class Worker:
    """The loops of one process, and how they end."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        tasks: Mapping[str, Task] = TASKS,
    ) -> None:
        self._store, self._tasks, self._pace = store, tasks, PACE
        self._when = {name: when for name, when in WHEN.items() if name in tasks}
        if settings.sync_from is None:
            self._when.pop(SYNC, None)
        engine = make_engine(
            store.url, application_name="worker", pool=ONE_CONNECTION, limits=LIGHT_LIMITS
        )
        self._tools = Tools(engine, settings)
        self._threads = ThreadPoolExecutor(LIGHT_AT_ONCE, thread_name_prefix="job")
        self._stop = asyncio.Event()
        self._spare = Spare()

    async def run(self) -> None:
        """Work until `stop`."""
        app = broker(self._store.url, self._tasks, self._when, self._do)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        if SYNC in self._when:
            await asyncio.to_thread(self._catch_up)
        async with app.open_async():
            log.info("Waiting for jobs")
            await asyncio.gather(
                self._keep_on(partial(self._take, app, DEFAULT, LIGHT_AT_ONCE, GRACE)),
                self._keep_on(partial(self._take, app, HEAVY, 1, 0.1)),
                self._keep_on(partial(self._sweep, app)),
            )
        self._spare.drop()
        self._tools.engine.dispose()
        self._threads.shutdown(wait=False, cancel_futures=True)
        log.info("Stopped")

    def stop(self) -> None:
        """Take no more; end what is under way in time, or put it back into the queue."""
        if not self._stop.is_set():
            self._stop.set()
            # Whatever hangs: its job is found by the others as that of a dead worker.
            asyncio.get_running_loop().call_later(LAST, os._exit, 1)

    def _catch_up(self) -> None:
        with transaction(self._tools.engine) as connection:
            defer_missed_sync(connection)

    async def _do(self, name: str, task: Task, arguments: dict[str, Any]) -> None:
        if task.has_child:
            await self._do_with_child(task, arguments)
        elif task.queue == HEAVY:
            await asyncio.to_thread(self._spare.drop)
            variables = self._store.variables()
            await run_in_child(name, arguments, variables, command=COMMAND)
        else:
            work = partial(task.work, self._tools, **arguments)
            await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _do_with_child(self, task: Task, arguments: dict[str, Any]) -> None:
        """A job that starts a process itself: told to stop, it ends that and comes back soon."""
        engine = make_engine(
            self._store.url, application_name="worker", pool=ONE_CONNECTION, limits=HEAVY_LIMITS
        )
        tools = Tools(engine, self._tools.settings, spare=self._spare)
        job = asyncio.ensure_future(asyncio.to_thread(task.work, tools, **arguments))
        try:
            await asyncio.shield(job)
        except asyncio.CancelledError:
            tools.stop.set()
            await job
            raise
        finally:
            engine.dispose()

    async def _take(self, app: App, queue: str, at_once: int, grace: float) -> None:
        await app.run_worker_async(
            queues=[queue],
            name=queue,
            concurrency=at_once,
            listen_notify=False,
            install_signal_handlers=False,
            fetch_job_polling_interval=(
                self._pace.poll_heavy if queue == HEAVY else self._pace.poll
            ),
            update_heartbeat_interval=self._pace.heartbeat,
            stalled_worker_timeout=self._pace.silence,
            shutdown_graceful_timeout=grace,
            worker_middleware=[_log_end],
        )

    async def _sweep(self, app: App) -> None:
        """Put back what dead workers had begun; what killed too many of them is dead itself."""
        attempts = json.dumps({name: task.attempts for name, task in self._tasks.items()})
        while True:
            for row in await app.connector.execute_query_all_async(
                REQUEUE, silence=self._pace.silence, attempts=attempts
            ):
                log.warning("%s %s: its worker died; now %s", *row.values())
            await asyncio.sleep(self._pace.sweep)

    async def _keep_on(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do it again when it fails or ends, as it does when the database is away, until we are to
        stop."""
        stop = asyncio.ensure_future(self._stop.wait())
        failures = 0
        while not self._stop.is_set():
            began = time.monotonic()
            running = asyncio.ensure_future(work())
            await asyncio.wait([running, stop], return_when=asyncio.FIRST_COMPLETED)
            if self._stop.is_set():
                running.cancel()
            try:
                await running
            except asyncio.CancelledError:
                break
            except Exception as error:
                failures = 0 if time.monotonic() - began > 60 else failures + 1
                log.warning("Interrupted, going on in a moment: %s", type(error).__name__)
            await asyncio.wait([stop], timeout=min(2.0**failures, 30.0))
        stop.cancel()
        with suppress(asyncio.CancelledError):
            await stop


async def _log_end(
    call_next: Callable[[], Awaitable[Any]], context: JobContext, _worker: Any
) -> Any:
    """Log how a job went: its name and number, and nothing of its arguments."""
    job, began = context.job, time.monotonic()
    try:
        outcome = await call_next()
    except Exception as error:
        log.exception("%s %s failed, attempt %s", job.task_name, job.id, job.attempts + 1)
        with suppress(ConnectorException):  # The queue is told of the failure all the same.
            await context.app.connector.execute_query_async(
                FAILURE, job_id=job.id, error=type(error).__name__
            )
        raise
    except asyncio.CancelledError:
        log.info("%s %s was broken off", job.task_name, job.id)
        raise
    log.info("%s %s done in %.1f s", job.task_name, job.id, time.monotonic() - began)
    return outcome


FAILURE = """
INSERT INTO providers.job_failure (job_id, error) VALUES (%(job_id)s, %(error)s)
ON CONFLICT (job_id) DO UPDATE SET at = now(), error = excluded.error
"""
# One statement, so that of several workers one puts a job back, and once.
REQUEUE = """
WITH job AS (UPDATE procrastinate_jobs AS job
SET status = CASE
        WHEN attempts + 1 < COALESCE((CAST(%(attempts)s AS jsonb) ->> task_name)::integer, 10)
        THEN 'todo' ELSE 'failed' END::procrastinate_job_status,
    attempts = attempts + 1, scheduled_at = now(), worker_id = NULL, abort_requested = false
WHERE status = 'doing' AND (worker_id IS NULL OR EXISTS (
    SELECT FROM procrastinate_workers AS worker
    WHERE worker.id = job.worker_id
      AND last_heartbeat < now() - make_interval(secs => %(silence)s)))
RETURNING task_name, id, status),
failure AS (
    INSERT INTO providers.job_failure (job_id, error) SELECT id, 'WorkerDied' FROM job
    ON CONFLICT (job_id) DO UPDATE SET at = now(), error = excluded.error)
SELECT task_name, id, status FROM job
"""
