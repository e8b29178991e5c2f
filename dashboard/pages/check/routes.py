"""What the forms of a check do: begin one, call it off, check again, end its link; and how far one
is, for the script that waits."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, jsonify, redirect, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from dashboard.components.check import words
from dashboard.data.errors import NotFound
from dashboard.pages.check import access, columns, files, result, start
from dashboard.urls import addresses
from dashboard.web import cookies, identity
from dashboard.web.document import plain_page
from dashboard.web.problems import not_found, unavailable
from performance_store.database import DatabaseUnavailable
from performance_store.settings import Settings
from providers.checks import requests, results
from providers.checks.format import Options
from providers.checks.requests import Check
from providers.checks.terms import Refused, terms_of
from providers.fetching import FetchError
from providers.fetching import check as check_address

SENDING, TAKING = "check-forms", "check-files"
sending = Blueprint(SENDING, __name__)
taking = Blueprint(TAKING, __name__)
looking = Blueprint("check-states", __name__)
BLUEPRINTS = (sending, taking, looking)

_LONGEST_NAME = 200
HEADER_ROWS = frozenset(map(str, range(1, 1001)))
WRONG_ROW = "The row must be a number from 1 to 1,000"
WRONG_CHOICE = "Select one from the list"


def add_checks(server: Flask, settings: Settings) -> None:
    """Let an application check files, on the terms of its settings."""
    server.extensions[access.EXTENSION] = terms_of(settings)
    for blueprint in BLUEPRINTS:
        server.register_blueprint(blueprint)


def _is_check(path: str) -> bool:
    return path == addresses.START_CHECK or path.startswith(f"{addresses.START_CHECK}/")


@sending.before_app_request
def private() -> None:
    """Whatever a check answers is for whoever asked."""
    if _is_check(request.path):
        cookies.keep_private()


@sending.after_app_request
def untold(response: Response) -> Response:
    """Pages of a check tell nobody their address: who has it may look."""
    if _is_check(request.path):
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@sending.app_errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> Response | RequestEntityTooLarge:
    """Said of a file that is too large, on the page with its form: nothing of it was read, so the
    address says what was chosen."""
    if request.path != addresses.START_CHECK:
        return error
    view = start.view(
        dataset=request.args.get("dataset", "")[:200],
        organisation=request.args.get("organisation", "")[:200],
        mistakes={"file": start.TOO_LARGE},
    )
    return plain_page(start.render(view), 413)


def _silent(_error: DatabaseUnavailable) -> Response:
    return plain_page(unavailable.layout(), 503)


def _unknown(error: NotFound) -> Response:
    return plain_page(not_found.layout(error.sentence), 404)


for _blueprint in BLUEPRINTS:
    _blueprint.register_error_handler(DatabaseUnavailable, _silent)
    _blueprint.register_error_handler(NotFound, _unknown)


@sending.post(addresses.START_CHECK)
def begin() -> AnyResponse:
    """Begin a check of a file or of an address."""
    identity.check_form()
    file = request.files.get("file")
    name = (file.filename or "") if file else ""
    url = request.form.get("url", "").strip()[:2048]
    view = start.view(
        dataset=request.form.get("dataset", "")[:200],
        organisation=request.form.get("organisation", "")[:200],
        url=url,
    )
    mistakes = _mistakes(view, bool(name), url)
    if mistakes:
        return _start_again(view, mistakes)
    try:
        with identity.change() as connection:
            options = _remembered(connection, view)
        values: dict[str, Any] = {
            "dataset": view.dataset,
            "organisation": view.organisation or None,
            "terms": access.terms(),
            "options": options,
            **access.client(),
        }
        if file and name:
            stream = cast("BinaryIO", file.stream)
            check = requests.send(identity.change, stream, name=_plain(name), **values)
        else:
            with identity.change() as connection:
                check = requests.start(connection, name=last_part(url), url=url, **values)
    except Refused as refusal:
        status = 413 if refusal.code == "too-large" else 429
        return _start_again(view, {"file" if name else "url": refusal.sentence}, status)
    return _to(check)


def _remembered(connection: Any, view: start.View) -> Options:
    """A file is taken as the last one of this authority and dataset was."""
    if not view.organisation:
        return Options()
    mapping = requests.remembered_mapping(
        connection,
        organisation=view.organisation,
        dataset=view.dataset,
        client=access.client()["client"],
    )
    return Options(mapping=mapping or None)


def _mistakes(view: start.View, has_file: bool, url: str) -> dict[str, str]:
    mistakes: dict[str, str] = {}
    if view.dataset not in dict(view.datasets):
        mistakes["dataset"] = start.NO_DATASET
    if view.organisation and view.organisation not in dict(view.organisations):
        mistakes["organisation"] = start.NO_ORGANISATION
    if has_file and url:
        mistakes["file"] = start.BOTH
    elif not has_file and not url:
        mistakes["file"] = start.NOTHING
    elif url and (mistake := wrong_with(url)):
        mistakes["url"] = mistake
    return mistakes


def wrong_with(url: str) -> str | None:
    """Why an address is not tried: it is refused before it waits its turn, as by the API."""
    if not _is_address(url):
        return start.WRONG_ADDRESS
    try:
        check_address(url)
    except FetchError as error:
        return error.sentence
    return None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and url.isprintable()


def _start_again(view: start.View, mistakes: dict[str, str], status: int = 400) -> Response:
    code = view.organisation if view.organisation in dict(view.organisations) else ""
    return plain_page(start.render(replace(view, mistakes=mistakes, organisation=code)), status)


def _plain(name: str) -> str:
    """A file's name for showing: its last part, without what is no letter."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[-_LONGEST_NAME:] or "file"


def last_part(url: str) -> str:
    """What a file at an address is called."""
    parts = urlsplit(url)
    return _plain(parts.path.rstrip("/").rpartition("/")[2] or parts.hostname or "file")


def _to(check: Check) -> AnyResponse:
    answer = redirect(addresses.check(check.secret), 303)
    if check.owner_token:
        cookies.set_owner_of_checks(answer, check.owner_token)
    return answer


@sending.post(addresses.CHECK_AGAIN)
def again(check: str) -> AnyResponse:
    """Check the same file once more, with other words about it."""
    identity.check_form()
    with identity.change() as connection:
        earlier = access.of_link(connection, check)
    if columns.SENT in request.form:
        mapping, mistakes = columns.mapping_of(earlier, request.form)
        if mistakes:
            view = columns.view(check, proposals=columns.choices(earlier, request.form))
            return plain_page(columns.render(replace(view, mistakes=mistakes)), 400)
        options = Options(**{**_as_dict(earlier.options), "mapping": mapping or None})
    else:
        options, mistakes = _corrections(earlier)
        if mistakes:
            return _result_again(check, mistakes)
    try:
        with identity.change() as connection:
            new = requests.again(
                connection, secret=check, options=options, terms=access.terms(), **access.client()
            )
    except Refused as refusal:
        status = 403 if refusal.code == "not-yours" else 429
        return _result_again(check, {"again": refusal.sentence}, status)
    except LookupError as error:
        raise NotFound(access.GONE) from error
    return _to(new)


def _as_dict(options: Options) -> dict[str, Any]:
    return {name: getattr(options, name) for name in options.__struct_fields__}


def _corrections(check: Check) -> tuple[Options, dict[str, str]]:
    """What a form says that a file is, and what of it is no choice by the names of the controls:
    nobody's word is dropped in silence."""
    sheets = check.summary.recognised.sheets if check.summary else ()
    choices: dict[str, Container[str]] = {
        "delimiter": dict(words.DELIMITERS),
        "encoding": dict(words.ENCODINGS),
        "header_row": HEADER_ROWS,
        "sheet": sheets,
        "crs": dict(words.SYSTEMS),
        "kind": dict(words.KINDS),
    }
    values: dict[str, Any] = {}
    mistakes: dict[str, str] = {}
    for name, among in choices.items():
        value = request.form.get(name, "")
        # A tab is a choice of what parts columns.
        value = value if name == "delimiter" else value.strip()
        if value and value not in among:
            mistakes[name] = WRONG_ROW if name == "header_row" else WRONG_CHOICE
        elif value:
            values[name] = int(value) if name in ("header_row", "crs") else value
    return Options(**values, mapping=check.options.mapping), mistakes


def _result_again(secret: str, mistakes: dict[str, str], status: int = 400) -> Response:
    view = result.view(secret, mistakes=mistakes)
    return plain_page(result.render(view), status)


@sending.post(addresses.CHECK_CANCEL)
def cancel(check: str) -> AnyResponse:
    """Call a check off: for whoever began it."""
    identity.check_form()
    with identity.change() as connection:
        _own(connection, check)
        requests.cancel(connection, check=access.of_link(connection, check))
    return redirect(addresses.check(check), 303)


@sending.post(addresses.CHECK_REVOKE)
def revoke(check: str) -> AnyResponse:
    """End a link: for whoever began the check."""
    identity.check_form()
    with identity.change() as connection:
        one = _own(connection, check)
        who = identity.current()
        requests.revoke(connection, check=one, person_id=who.person_id if who else None)
    return redirect(addresses.start_check(one.dataset, one.organisation or ""), 303)


def _own(connection: Any, secret: str) -> Check:
    check = access.of_link(connection, secret)
    if not access.is_own(connection, check):
        raise identity.Refused(
            403, "You cannot do this", "Only whoever began a check can cancel it or end its link."
        )
    return check


@looking.get(addresses.CHECK_MAP_DATA)
def map_data(check: str) -> Response:
    """The shapes of a check as GeoJSON."""
    with identity.change() as connection:
        one = access.finished(connection, check)
        return Response(
            results.shapes(connection, check_id=one.id), mimetype="application/geo+json"
        )


@taking.get(addresses.CHECK_FILE)
def file(check: str, kind: str) -> Response:
    """A file of what a check found. Only what is known to be a kind of file is one."""
    if kind not in files.KINDS:
        raise NotFound("There is no such file.")
    with identity.change() as connection:
        one = access.finished(connection, check)
    return files.answer(one, kind)


@looking.get(addresses.CHECK_STATE)
def state(check: str) -> Response:
    """How far a check is."""
    with identity.change() as connection:
        one = access.of_link(connection, check)
    return jsonify(
        ended=one.is_over,
        stage=words.stage(one.state, one.stage),
        rows=words.rows_so_far(one.rows_done),
        percent=words.percent(one.state, one.stage),
    )
