"""What Dash's own addresses may be asked. Dash answers what its script would never send with an
error of ours; here it is the mistake of who asks, and told as one."""

from __future__ import annotations

from typing import Any, NotRequired

from dash import Dash
from dash.exceptions import DependencyException
from flask import Flask, Response, request
from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

CALLBACK = "/_dash-update-component"


class _Property(TypedDict):
    id: str
    property: str
    value: NotRequired[Any]


class _Call(TypedDict):
    output: str
    outputs: _Property | list[_Property]
    inputs: list[_Property]
    state: NotRequired[list[_Property]]
    changedPropIds: NotRequired[list[str]]


_CALL = TypeAdapter(_Call)


def guard_dash(app: Dash) -> None:
    """Refuse calls of callbacks that there are not, and files of packages that there are not."""
    server: Flask = app.server

    @server.before_request
    def check() -> Response | None:
        if request.path != CALLBACK or request.method != "POST":
            return None
        if not request.is_json:
            return _refuse(415, "Send JSON.")
        try:
            call = _CALL.validate_json(request.get_data())
        except ValidationError:
            return _refuse(400, "This is no call of a callback.")
        if not _is_ours(app, call):
            return _refuse(400, "There is no such callback.")
        return None

    @server.errorhandler(DependencyException)
    def no_such_file(_: DependencyException) -> Response:
        return _refuse(404, "There is no such file.")


def _is_ours(app: Dash, call: _Call) -> bool:
    """Whether the application has a callback in Python with this output, these inputs and state."""
    callback = app.callback_map.get(call["output"])
    if callback is None or "callback" not in callback:
        return False
    outputs = [output.to_dict() for output in _several(callback["output"])]
    return (
        _names(callback["inputs"]) == _names(call["inputs"])
        and _names(callback["state"]) == _names(call.get("state", []))
        and _names(outputs) == _names(call["outputs"])
    )


def _names(properties: Any) -> list[tuple[str, str]]:
    """Properties by the id of their component and their name there."""
    return [(item["id"], item["property"]) for item in _several(properties)]


def _several(items: Any) -> list[Any]:
    """A list, of one where Dash does without."""
    return list(items) if isinstance(items, list | tuple) else [items]


def _refuse(status: int, words: str) -> Response:
    return Response(f"{words}\n", status, mimetype="text/plain")
