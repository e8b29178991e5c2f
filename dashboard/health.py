"""Addresses for machines that watch us: is the process alive, can it answer questions."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, jsonify

from dashboard.data import DataDoor
from dashboard.errors import StoreUnavailable


def add_health(server: Flask, door: DataDoor, at_head: Callable[[], bool] | None = None) -> None:
    """Add `/health/live` and `/health/ready`. In: the data door, and a question that tells
    whether the database's migrations are those of this code."""

    @server.get("/health/live")
    def live() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @server.get("/health/ready")
    def ready() -> tuple[Response, int]:
        try:
            state = door.fresh_state()
            migrated = True if at_head is None else at_head()
        except StoreUnavailable:
            return jsonify(status="down", database="not answering"), 503
        body = {
            "status": "ok" if migrated else "down",
            "database": "ok",
            "migrations": "at head" if migrated else "behind",
            "data_version": state.version,
            "as_at": state.as_at.isoformat() if state.as_at else None,
            "kind": state.kind,
        }
        return jsonify(body), 200 if migrated else 503
