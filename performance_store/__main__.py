"""Command line of the performance store: ``python -m performance_store COMMAND``.

Exit code 0, or one line on standard error and a code that is not zero.
"""

from __future__ import annotations

import os
import signal


def _stop_at_once(_number: int, _frame: object) -> None:
    os.write(2, b"stopped: nothing was begun\n")
    os._exit(1)


if __name__ == "__main__":
    # What is imported below takes a second, in which we may be told to stop as well.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop_at_once)

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from performance_store.database import (
    LOAD_LIMITS,
    DatabaseUnavailable,
    connect,
    make_engine,
    migrate,
    unavailable,
)
from performance_store.definitions.vocabulary import KINDS
from performance_store.loading import describe, load, load_sample, record_failure
from performance_store.local.binaries import EmbeddedError
from performance_store.local.embedded import open_store
from performance_store.operations import exports, report
from performance_store.operations.stopping import stopping
from performance_store.queries import snapshots
from performance_store.read_server import open_read_server
from performance_store.readers.download import downloaded, is_url
from performance_store.readers.stream import InputError, Reader
from performance_store.rows import Snapshot
from performance_store.settings import SettingsError, load_settings
from performance_store.sync import command as sync_command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        with stopping(), open_store(load_settings()) as url:
            engine = make_engine(
                url, application_name="performance-store", pool=None, limits=LOAD_LIMITS
            )
            # Looking changes nothing, and so does not migrate either.
            if options.command not in (_migrate, _status):
                migrate(engine)
            return int(options.command(engine, options))
    except (InputError, SettingsError, EmbeddedError, DatabaseUnavailable, ValueError) as error:
        return _fail(str(error))
    except (OSError, TimeoutError) as error:
        return _fail(_refusal(error))
    except SQLAlchemyError as error:
        outage = unavailable(error)
        return _fail(outage.reason if outage else str(error).splitlines()[0])
    except psycopg.Error as error:
        return _fail(f"the database refused: {str(error).splitlines()[0]}; nothing was changed")
    except KeyboardInterrupt:
        return _fail("stopped: what had not ended changed nothing")


def _refusal(error: OSError) -> str:
    """What the operating system said, and of which file."""
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def _fail(message: str) -> int:
    print(" ".join(message.split()), file=sys.stderr)
    return 1


# --------------------------------------------------------------------------------------------------
# Commands
# --------------------------------------------------------------------------------------------------


def _migrate(engine: Engine, options: argparse.Namespace) -> int:
    print("Migrated." if migrate(engine) else "Nothing to migrate.")
    return 0


def _load(engine: Engine, options: argparse.Namespace) -> int:
    with ExitStack() as opened:
        try:
            reader = options.reader(options, opened)
        except (InputError, OSError, KeyboardInterrupt) as error:
            name = Path(options.path).name
            refusal = InputError(_refusal(error)) if isinstance(error, OSError) else error
            reason = str(refusal) or "stopped"
            record_failure(engine, kind=options.kind, input_name=name, error=reason)
            raise refusal from error
        retention = load_settings().retention
        result = load(engine, reader, retention=retention, progress=_progress)
    print(describe(result))
    return 0


def _platform(options: argparse.Namespace, opened: ExitStack) -> Reader:
    from performance_store.readers.platform import FILE_NAME, Platform

    path = options.path
    if is_url(path):
        path = opened.enter_context(downloaded(path, FILE_NAME))
    return Platform(path, as_at=options.as_at)


def _odp_reports(options: argparse.Namespace, _: ExitStack) -> Reader:
    from performance_store.readers.odp_reports import OdpReports

    return OdpReports(options.path)


def _registers(options: argparse.Namespace, _: ExitStack) -> Reader:
    from performance_store.readers.registers import Registers

    return Registers(
        options.path, organisations=options.organisations, boundaries=options.boundaries
    )


def _sample(engine: Engine, options: argparse.Namespace) -> int:
    print(describe(load_sample(engine, progress=_progress)))
    return 0


def _sync(engine: Engine, options: argparse.Namespace) -> int:
    return sync_command.run(engine, options, _progress)


def _status(engine: Engine, options: argparse.Namespace) -> int:
    settings = load_settings()
    read_server = None
    if settings.database_read_url:
        url = settings.database_read_url
        read_server = open_read_server(url, application_name="status", pool=None)
    write = report.as_json if options.json else report.as_text
    with connect(engine) as connection:
        print(write(connection, datetime.now(UTC), settings, read_server))
    return 0


def _export(engine: Engine, options: argparse.Namespace) -> int:
    if options.format == "parquet" and options.output is None:
        raise ValueError("parquet is not text: give --output FILE")
    with connect(engine) as connection:
        snapshot = _snapshot(connection, options.as_at, options.kind)
        opened: Any = (
            nullcontext(sys.stdout)
            if options.output is None
            else exports.open_output(options.output, options.format)
        )
        with opened as file:
            rows = exports.export(
                connection,
                table=options.table,
                snapshot_id=snapshot.snapshot_id,
                form=options.format,
                file=file,
            )
    count = report.quantity(rows, "row")
    line = f"{count} of {options.table} as at {snapshot.as_at} ({snapshot.kind})"
    print(line, file=sys.stderr)
    return 0


def _snapshot(connection: Any, as_at: date | None, kind: str | None) -> Snapshot:
    """The snapshot asked for, exactly; an error that names the nearest dates otherwise."""
    if as_at is None:
        rows = [row for row in snapshots.every(connection) if kind is None or row.kind == kind]
        if kind is None:
            rows = list(snapshots.current(connection))
        if not rows:
            raise ValueError("the store holds no such snapshot yet; see: status")
        return rows[0]
    exact = snapshots.on(connection, as_at=as_at, kind=kind)
    if exact:
        return exact[0]
    near = snapshots.near(connection, as_at=as_at, kind=kind)
    dates = " and ".join(f"{row.as_at} ({row.kind})" for row in near)
    raise ValueError(
        f"there is no snapshot of {as_at}; the nearest: {dates}"
        if dates
        else "the store holds no such snapshot yet; see: status"
    )


def _progress(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{line} ...", end="", file=sys.stderr, flush=True)
        if line == "events":
            print("\r\033[K", end="", file=sys.stderr, flush=True)


# --------------------------------------------------------------------------------------------------
# Arguments
# --------------------------------------------------------------------------------------------------


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2025-05-21") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m performance_store", description=__doc__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(name: str, command: Callable[..., int], words: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words)
        sub.set_defaults(command=command)
        return sub

    add("migrate", _migrate, "bring the schema up to date")
    loads = add("load", _load, "load platform data, reports or registers").add_subparsers(
        title="kinds", required=True, metavar="KIND"
    )
    _add_loads(loads)
    sync = add("sync", _sync, "fetch the platform's data over the network and load them")
    sync_command.add_arguments(sync)
    add("sample", _sample, "fill an empty store with invented authorities")
    status = add(
        "status",
        _status,
        "what the store holds, how old it is, how loads went, and what they could not use",
    )
    status.add_argument("--json", action="store_true")
    export = add("export", _export, "write a table of one snapshot")
    export.add_argument("table", choices=sorted(exports.TABLES))
    export.add_argument("--format", choices=exports.FORMATS, default="csv")
    export.add_argument("--as-at", type=_date, help="date of the snapshot; default: now")
    export.add_argument("--kind", choices=KINDS, help="default: the richest of that date")
    export.add_argument("--output", type=Path, help="default: standard output")
    return parser


def _add_loads(loads: Any) -> None:
    platform = loads.add_parser(
        "platform", help="digital-land.sqlite3, or the folder or URL holding it"
    )
    platform.add_argument("path")
    platform.add_argument("--as-at", type=_date, help="default: newest date of the log")
    platform.set_defaults(reader=_platform, kind="platform")
    reports = loads.add_parser("odp-reports", help="a folder of weekly ODP report CSVs")
    reports.add_argument("path")
    reports.set_defaults(reader=_odp_reports, kind="odp-reports")
    registers = loads.add_parser("registers", help="a folder of register CSVs")
    registers.add_argument("path")
    registers.add_argument("--organisations", required=True, metavar="CSV")
    registers.add_argument("--boundaries", metavar="GEOJSON")
    registers.set_defaults(reader=_registers, kind="registers")


if __name__ == "__main__":
    sys.exit(main())
