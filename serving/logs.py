"""Log lines for machines (one JSON object a line) or for people (one line of text)."""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

# The request under way in this thread; blank outside of one.
request_id: ContextVar[str] = ContextVar("request_id", default="")

# What every record has. Anything else was given with `extra=` and belongs in the line.
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time, level, logger, message, request, and any extras."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        line |= _extras(record)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        # ASCII only: no reader of logs has to agree with us about line ends and encodings.
        return json.dumps(line, default=str)


class TextLines(logging.Formatter):
    """A record for people. Line ends in what was said are written as such, so that nobody can
    add lines of his own; a traceback keeps its lines."""

    def format(self, record: logging.LogRecord) -> str:
        message = _one_line(record.getMessage())
        parts = [_time(record), record.levelname, record.name, message]
        parts += [f"{name}={_one_line(str(value))}" for name, value in _extras(record).items()]
        if request_id.get():
            parts.append(f"[{request_id.get()}]")
        line = " ".join(parts)
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def configuration(level: str, form: str) -> dict[str, Any]:
    """Logging for `logging.config.dictConfig`. In: the least level, and "json" or "text".

    gunicorn's own lines go the same way, once.
    """
    formatter = JsonLines if form == "json" else TextLines
    through_root: dict[str, Any] = {"handlers": [], "propagate": True, "level": level}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {
            "out": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stderr",
                "formatter": "line",
            }
        },
        "root": {"level": level, "handlers": ["out"]},
        "loggers": {
            "gunicorn.error": through_root,
            # Says what it is at every look at the migrations.
            "alembic": {"level": "DEBUG" if level == "DEBUG" else "WARNING"},
            # Says at each request that it waits for another.
            "waitress.queue": {"level": "ERROR"},
            "gunicorn.access": {"handlers": [], "propagate": False, "level": "CRITICAL"},
        },
    }


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _USUAL}


def _one_line(text: str) -> str:
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
