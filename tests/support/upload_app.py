"""Addresses that take files, and one of a long answer: alone, or as part of the application."""

from __future__ import annotations

import hashlib

from flask import Flask, request

from performance_store.settings import load_settings
from serving.guards import UPLOAD_BYTES, add_guards
from serving.proxies import trust_proxies

# An address of its own, where files are taken as at those of the application.
FILES = "/files"
UPLOAD_BYTES[FILES] = UPLOAD_BYTES["/check"]
LONG = b"0123456789abcdef" * 65536


def alone() -> Flask:
    """Nothing else, which starts at once."""
    server = Flask("uploads", static_folder=None)
    add_guards(server)
    trust_proxies(server, load_settings().trusted_proxies)
    return _add(server)


def inside() -> Flask:
    """All of the application besides."""
    from app import server

    return _add(server)


def _add(server: Flask) -> Flask:
    server.add_url_rule(FILES, view_func=files, methods=["POST"])
    server.add_url_rule("/small", view_func=small, methods=["POST"])
    server.add_url_rule("/long", view_func=long)
    return server


def files() -> str:
    """What it was sent, as a length and a sum."""
    total, length = hashlib.sha256(), 0
    while piece := request.stream.read(65536):
        total.update(piece)
        length += len(piece)
    return f"{length} {total.hexdigest()}"


def small() -> str:
    """The same, where no files are handed in."""
    return files()


def long() -> bytes:
    return LONG
