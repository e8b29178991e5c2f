"""``python -m performance_store sync``: its arguments, and what it does with them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from performance_store.loading.load import Progress
from performance_store.settings import SettingsError, load_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "--from",
        dest="source",
        metavar="URL",
        help="a Datasette's database (https://host/digital-land), or a file "
        "(ending in .sqlite3, .sqlite or .db); default: SYNC_FROM",
    )
    parser.add_argument(
        "--sha256", type=_sha256, metavar="HEX", help="the digest that the file must have"
    )
    parser.add_argument(
        "--every",
        type=_interval,
        metavar="TIME",
        help="do it again after this long (24h, 90m), until stopped",
    )


def run(engine: Engine, options: argparse.Namespace, progress: Progress) -> int:
    """Sync once, or for ever. Returns the exit code; errors of a single sync are raised."""
    # Imported here: no other command needs an HTTP client.
    from performance_store.sync.run import sync
    from performance_store.sync.worker import every

    settings = load_settings()
    source = options.source or settings.sync_from
    if not source:
        raise SettingsError("where from? Give --from URL, or set SYNC_FROM")

    def once() -> str:
        arguments: dict[str, Any] = {"sha256": options.sha256, "say": say, "progress": progress}
        return sync(engine, source, settings.home, **arguments).line()

    if options.every is None:
        print(once())
    else:
        every(options.every, once, say=say)
    return 0


def say(line: str) -> None:
    """A line for the log, at once."""
    print(line, flush=True)


def _typed(check: Callable[[str], Any]) -> Callable[[str], Any]:
    def typed(text: str) -> Any:
        try:
            return check(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return typed


@_typed
def _interval(text: str) -> float:
    from performance_store.sync.worker import interval

    return interval(text)


@_typed
def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ValueError("a SHA-256 digest is 64 hexadecimal digits")
    return text.lower()
