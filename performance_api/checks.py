"""Files checked for programs: sent or named by address, waited for, and read.

No cookie is read and nobody is signed in here: whoever holds a check's secret may read it.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

import msgspec
from flask import Blueprint, Response, request
from sqlalchemy import Connection
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from performance_api import problems
from performance_api.blueprint import Connect
from performance_api.check_document import MOST_ROWS, ORGANISATION_LETTERS, ROWS
from performance_api.check_options import Options, is_encoding
from performance_api.problems import BASE, UNUSABLE, Problem
from performance_store.database import DatabaseUnavailable, database_errors
from performance_store.operations.exports import csv_blocks
from performance_store.queries import organisations
from performance_store.settings import Settings
from providers.accounts.keys import Keys, keys_of
from providers.checks import requests, results
from providers.checks.findings import COLUMNS, Findings
from providers.checks.format import ANY_FINDING, Summary
from providers.checks.requests import Check
from providers.checks.terms import DATASETS, Refused, Terms, terms_of
from providers.checks.terms import Write as OpenWrite
from providers.fetching import FetchError
from providers.fetching import check as check_address
from serving.guards import NO_PAGE
from serving.limits import client_of

NAME = "checks"
PATH = f"{BASE}/checks"
STATUSES = {
    "empty": 400, "too-large": 413, "too-many": 429, "no-room": 503, "gone": 410, "not-yours": 403,
}  # fmt: skip
RETRY_SECONDS = {429: 60, 503: 3600}
_PLACE = re.compile(r"`\$\.([a-z_.]+)")
"""Where in what was sent msgspec says a mistake is."""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a check is to be of; `url` where no file is sent."""

    dataset: str
    url: str | None = None
    organisation: str | None = None
    options: Options = Options()


def blueprint(connect: Connect, write: OpenWrite, settings: Settings) -> Blueprint:
    """Checks. In: what opens a connection to read, and a transaction; the settings."""
    api = Blueprint(NAME, __name__, url_prefix=PATH)
    terms, keys = terms_of(settings), keys_of(settings.secret_keys, settings.home)
    api.add_url_rule("", "begin", lambda: _begin(connect, write, terms, keys), methods=["POST"])
    api.add_url_rule("", "list", _no_list, methods=["GET"])
    api.add_url_rule("/<secret>", "one", lambda secret: _one(connect, secret), methods=["GET"])
    api.add_url_rule(
        "/<secret>/findings",
        "findings",
        lambda secret: _findings(connect, secret),
        methods=["GET"],
    )
    api.register_error_handler(Problem, problems.answer)
    api.register_error_handler(Refused, _refused)
    api.register_error_handler(DatabaseUnavailable, problems.unavailable)
    for which in (HTTPException, 404, 413, 500):
        api.register_error_handler(which, problems.refused)
    api.after_request(_private)
    return api


def _begin(connect: Connect, write: OpenWrite, terms: Terms, keys: Keys) -> Response:
    """POST: begin a check."""
    question, file = _question()
    _look_up(connect, question)
    if (file is None) == (question.url is None):
        raise Problem(400, UNUSABLE, "Send a file, or the address of one: not both.", "url")
    values: dict[str, Any] = {
        "dataset": question.dataset,
        "organisation": question.organisation or None,
        "options": question.options,
        "terms": terms,
        "client": requests.client_key(keys, client_of(request.remote_addr)),
    }
    with database_errors():
        if file is not None:
            stream, name = file
            check = requests.send(write, stream, name=name, **values)
        else:
            name = _checked(question.url or "")
            with write() as connection:
                check = requests.start(connection, name=name, url=question.url, **values)
    answer = _json({"data": _described(check)}, 202)
    answer.headers["Location"] = f"{PATH}/{check.secret}"
    return answer


def _one(connect: Connect, secret: str) -> Response:
    """GET: how far a check is, and what came of it."""
    with database_errors(), connect() as connection:
        return _json({"data": _described(_of(connection, secret))})


def _findings(connect: Connect, secret: str) -> Response:
    """GET: what was found: of the file as a whole on the first page, then by its rows."""
    first, count = _number("cursor", 0, 0, 2**31 - 1), _number("limit", ROWS, 1, MOST_ROWS)
    group = _number("group", ANY_FINDING, 0, 2**31 - 1)
    form = _form()
    with database_errors(), connect() as connection:
        check = _of(connection, secret)
        if check.summary is None:
            raise Problem(
                409, "There is no result", "Ask for the check itself: its state says why."
            )
        if form == "csv":
            return _csv(connect, check, check.summary)
        rows = results.page(
            connection, check_id=check.id, group=group, first=first, count=count + 1
        )
    following = str(first + count) if len(rows) > count else None
    findings = Findings(check.summary, group)
    some = [] if first else list(findings.of_file())
    some += [cells for row in rows[:count] for cells in findings.of_row(row)]
    data = [dict(zip(COLUMNS, cells, strict=True)) for cells in some]
    return _json({"data": data, "next": following})


def _csv(connect: Connect, check: Check, summary: Summary) -> Response:
    blocks = results.blocks_apart(connect, check_id=check.id)
    findings = Findings(summary)
    rows = (cells for block in blocks for row in block for cells in findings.of_row(row))
    answer = Response(csv_blocks(COLUMNS, chain(findings.of_file(), rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="findings.csv"'
    return answer


def _question() -> tuple[Question, tuple[BinaryIO, str] | None]:
    """What is asked for, and the file that came with it. Raises Problem for what is neither form
    of it, and names the parameter that is wrong."""
    file = None
    try:
        if request.mimetype == "multipart/form-data":
            fields: dict[str, Any] = request.form.to_dict()
            if "options" in fields:
                fields["options"] = _options(fields["options"])
            file = _file()
            question = msgspec.convert(fields, Question)
        elif request.mimetype == "application/json":
            question = msgspec.json.decode(request.get_data(), type=Question)
        else:
            words = "Send multipart/form-data with a file, or JSON with a url."
            raise Problem(415, "Unsupported Media Type", words)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        place = _PLACE.search(str(error))
        raise Problem(400, UNUSABLE, str(error)[:300], place and place[1]) from error
    encoding = question.options.encoding
    if encoding is not None and not is_encoding(encoding):
        raise Problem(400, UNUSABLE, "There is no such encoding.", "options.encoding")
    return question, file


def _options(text: str) -> Any:
    """The options of a form. Raises Problem for what is no JSON."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Problem(400, UNUSABLE, f"It is no JSON: {error}"[:300], "options") from error


def _file() -> tuple[BinaryIO, str] | None:
    """The file of a form, and its name. Raises Problem for a name that cannot be kept."""
    file = request.files.get("file")
    if not file:
        return None
    if "\0" in (file.filename or ""):
        raise Problem(400, UNUSABLE, "The name of the file has a NUL in it.", "file")
    # Of a path that a browser or program sends the last part is the name.
    name = (file.filename or "file").rpartition("/")[2]
    return cast("BinaryIO", file.stream), name[:255]


def _look_up(connect: Connect, question: Question) -> None:
    """Raises Problem for a dataset that is not checked, or an organisation that nobody knows."""
    if question.dataset not in DATASETS:
        raise Problem(400, UNUSABLE, f"It is one of: {', '.join(DATASETS)}.", "dataset")
    code = question.organisation
    if not code:
        return
    if "\0" not in code and len(code) <= ORGANISATION_LETTERS:
        with database_errors(), connect() as connection:
            if organisations.names(connection, organisations=(code,)):
                return
    raise Problem(400, UNUSABLE, "There is no such organisation.", "organisation")


def _checked(url: str) -> str:
    """The name that a file of this address has. Raises Problem for one that cannot be tried."""
    try:
        address = urlsplit(check_address(url))
    except FetchError as error:
        raise Problem(400, UNUSABLE, error.sentence, "url") from error
    return unquote(address.path.rpartition("/")[2])[:255].replace("\0", "") or address.netloc


def _of(connection: Connection, secret: str) -> Check:
    check = requests.get(connection, secret=secret)
    if check is None:
        raise Problem(404, "There is no such check", "It may have expired, or been revoked.")
    return check


def _described(check: Check) -> dict[str, Any]:
    return {
        "id": check.secret,
        "dataset": check.dataset,
        "organisation": check.organisation,
        "name": check.name,
        "url": check.url,
        "options": check.options,
        "state": check.state,
        "stage": check.stage,
        "rows_done": check.rows_done,
        "created_at": check.created_at,
        "finished_at": check.finished_at,
        "expires_at": check.expires_at,
        "failure": None
        if check.failure is None
        else {"code": check.failure.code, "sentence": check.failure.sentence},
        "summary": check.summary,
    }


def _number(name: str, default: int, lowest: int, highest: int) -> int:
    """A number of the query string. Raises Problem for what is none, or none of these."""
    value = request.args.get(name)
    if value is None:
        return default
    if value.isascii() and value.isdecimal() and len(value) < 11:
        number = int(value)
        if lowest <= number <= highest:
            return number
    raise Problem(400, UNUSABLE, f"It is a whole number from {lowest} to {highest}.", name)


def _form() -> str:
    for name in request.args:
        if name not in ("cursor", "limit", "group", "format"):
            raise Problem(400, UNUSABLE, "There is no such parameter here.", name)
    form = request.args.get("format", "json")
    if form not in ("json", "csv"):
        raise Problem(400, UNUSABLE, "It is json or csv.", "format")
    return form


def _no_list() -> Response:
    raise MethodNotAllowed(["POST"])


def _refused(refusal: Refused) -> Response:
    status = STATUSES[refusal.code]
    answer = problems.answer(Problem(status, "The check was not begun", refusal.sentence))
    if status in RETRY_SECONDS:
        answer.headers["Retry-After"] = str(RETRY_SECONDS[status])
    return answer


def _json(body: dict[str, Any], status: int = 200) -> Response:
    # Cells of strangers' files: nothing of them may be taken for markup by any reader.
    text = msgspec.json.encode(body).replace(b"<", b"\\u003c").replace(b"&", b"\\u0026")
    return Response(text, status, mimetype="application/json")


def _private(answer: Response) -> Response:
    """For whoever holds the secret, and nobody else."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Content-Security-Policy"] = NO_PAGE
    return answer
