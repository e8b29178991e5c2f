"""A worker: ``python -m worker``. It does what waits in the queue, and the nightly sync, until it
is told to stop (SIGTERM, Ctrl-C). As many as you like work side by side."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import logging.config
import os
import sys
from collections.abc import Mapping, Sequence

import psycopg
from procrastinate.exceptions import ProcrastinateException

from performance_store.database import (
    LOAD_LIMITS,
    DatabaseUnavailable,
    make_engine,
    migrate,
    transaction,
)
from performance_store.local.binaries import EmbeddedError
from performance_store.local.embedded import open_store
from performance_store.operations.stopping import stopping
from performance_store.readers.stream import InputError
from performance_store.settings import Settings, SettingsError, load_settings
from providers import jobs
from serving import logs
from worker.service import Store, Worker
from worker.tasks import TASKS, Task, Tools

log = logging.getLogger("worker")

# Said in a line: who starts us starts us again.
FAULTS = (
    SettingsError,
    EmbeddedError,
    DatabaseUnavailable,
    TimeoutError,
    ProcrastinateException,
    psycopg.Error,
)


def main(arguments: Sequence[str] | None = None, tasks: Mapping[str, Task] = TASKS) -> int:
    """Work, or do one job. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m worker", description=__doc__)
    parser.add_argument(
        "--job", nargs=2, metavar=("NAME", "ARGUMENTS"), help="do one job, with arguments as JSON"
    )
    parser.add_argument(
        "--retry", nargs="*", type=int, metavar="JOB", help="try dead jobs again; default: all"
    )
    parser.add_argument(
        "--forget", nargs="+", type=int, metavar="JOB", help="remove dead jobs, by their numbers"
    )
    options = parser.parse_args(arguments)
    try:
        settings = load_settings()
        logging.config.dictConfig(logs.configuration(settings.log_level, settings.log_format))
        # Its own lines have a job's arguments in them; ours say how it went.
        for name in ("procrastinate", "psycopg.pool"):
            logging.getLogger(name).setLevel(logging.WARNING)
        logging.getLogger("procrastinate.worker").addFilter(_is_ours_to_tell)
        if options.job:
            return _do(settings, tasks, *options.job)
        if options.retry is not None or options.forget:
            return _tidy(settings, options.retry, options.forget)
        return _work(settings, tasks)
    except FAULTS as error:
        for line in str(error).splitlines():
            print(f"Error: {line}", file=sys.stderr)
        return 1


def _is_ours_to_tell(record: logging.LogRecord) -> bool:
    return not str(getattr(record, "action", "")).startswith("job_")


def _work(settings: Settings, tasks: Mapping[str, Task]) -> int:
    with open_store(settings) as direct_url:
        engine = make_engine(direct_url, application_name="worker", pool=None, limits=LOAD_LIMITS)
        migrate(engine)
        store = Store(settings.database_url or direct_url, direct_url)
        asyncio.run(Worker(store, settings, tasks=tasks).run())
    return 0


def _tidy(settings: Settings, again: list[int] | None, away: list[int] | None) -> int:
    with open_store(settings) as url:
        engine = make_engine(url, application_name="worker", pool=None)
        with transaction(engine) as connection:
            if again is not None:
                print(f"Dead jobs put back: {jobs.retry(connection, again)}")
            if away:
                print(f"Dead jobs removed: {jobs.forget(connection, away)}")
    return 0


def _do(settings: Settings, tasks: Mapping[str, Task], name: str, arguments: str) -> int:
    """One job in this process, told to stop as a command is."""
    try:
        with stopping(), open_store(settings) as url:
            engine = make_engine(url, application_name="worker", pool=None, limits=LOAD_LIMITS)
            tasks[name].work(Tools(engine, settings), **json.loads(arguments))
    except InputError as error:
        log.error("%s: %s", name, error)
        return 1
    except KeyboardInterrupt:
        log.info("%s: stopped; what had not ended changed nothing", name)
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    # Not to wait for a job's thread that hangs: its job has been put back.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
