"""Jira Service Management as far as our adapter asks it, over real sockets, which fails as a test
says. Faults are taken in turn, by the name of the route: ``{"create": [DROP_AFTER]}``; ``down`` is
the fault of every request while it is set."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from werkzeug.formparser import parse_form_data

PROJECT, DESK, REQUEST_TYPE = "PDT", "12", "28"
AGENT_TOKEN, CUSTOMER_TOKEN = "agent-token-0123456789", "customer-token-0123456789"
SCOPED_TOKEN, EXPIRED_TOKEN = "scoped-token-0123456789", "expired-token-0123456789"
SCOPED_BASE = "/ex/jira/0f0f-cloud"
API = "/rest/servicedeskapi"


@dataclass(frozen=True)
class Fault:
    """What becomes of one request. ``drop``: hang up `before` or `after` it is done; ``status``:
    answer that and, unless ``commits``, do nothing; ``body``: in place of the answer; ``cut``: half
    of the answer; ``edit``: changes the answer; ``delay``: seconds before it."""

    drop: str = ""
    status: int | None = None
    commits: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    cut: bool = False
    edit: Callable[[dict[str, Any]], object] | None = None
    delay: float = 0


PAGE = b"<!doctype html><title>Just a moment</title><p>ada.quill is being checked</p>"
DROP_BEFORE, DROP_AFTER = Fault(drop="before"), Fault(drop="after")
ERROR_AFTER = Fault(status=500, commits=True)
UNAVAILABLE = Fault(status=503)
HTML_ERROR = Fault(status=502, body=PAGE)
HTML_ANSWER = Fault(body=PAGE)
TRUNCATED = Fault(cut=True)


def too_many(seconds: int) -> Fault:
    """It has had enough for a while."""
    return Fault(
        status=429,
        headers=(
            ("Retry-After", str(seconds)),
            ("X-RateLimit-Remaining", "0"),
            ("RateLimit-Reason", "jira-burst-based"),
        ),
    )


def without(name: str) -> Fault:
    """An answer that lacks something."""
    return Fault(edit=lambda answer: answer.pop(name, None))


EXTRA = Fault(edit=lambda answer: answer.update({"newField": {"deep": [1, None]}, "x": None}))


@dataclass
class Comment:
    id: str
    account: str
    public: bool
    at: datetime
    body: str


@dataclass
class Ticket:
    number: int
    key: str
    summary: str
    description: str
    reporter: str
    created: datetime
    updated: datetime
    status: str = "Open"
    keys: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


class Problem(Exception):
    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class FakeDesk:
    """What it holds, what it saw, and how it behaves."""

    def __init__(self) -> None:
        self.tickets: list[Ticket] = []
        self.mails: list[tuple[str, str]] = []
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.faults: dict[str, list[Fault | None]] = {}
        self.down: Fault | None = None
        self.offset = timedelta()
        self.index_lag = timedelta()
        self.temporary: dict[str, tuple[str, bytes, datetime]] = {}
        self.temporary_life = timedelta(hours=1)
        self.categories = {"Open": "NEW", "In progress": "INDETERMINATE", "Resolved": "DONE"}
        self.categories |= {"Waiting for customer": "INDETERMINATE", "Canceled": "DONE"}
        self.transitions = ["Cancel request"]
        self.customers: dict[str, str] = {}
        """Accounts by address. An address that is none becomes one, if ``takes_customers``."""
        self.takes_customers = True
        self.takes_addresses = True
        self.may_search = True
        self.expired: set[str] = {EXPIRED_TOKEN}
        self.url = ""
        self.lock = threading.RLock()
        self._last = 100

    # What tests do

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def pass_time(self, seconds: float) -> None:
        self.offset += timedelta(seconds=seconds)

    def with_reference(self, reference: str) -> list[Ticket]:
        return [ticket for ticket in self.tickets if f"[{reference}]" in ticket.summary]

    def say(self, ticket: Ticket, words: str, *, public: bool = True, account: str = "") -> None:
        """An agent, or another, adds a comment."""
        self._comment(ticket, account or "agent-bea", words, public)

    def move(self, ticket: Ticket, status: str) -> None:
        """An agent moves a ticket on."""
        ticket.status, ticket.updated = status, self.now
        if self.categories.get(status) == "DONE":
            self.mails.append((ticket.reporter, "resolved"))

    def rename(self, ticket: Ticket, project: str) -> None:
        """It goes to another project; by its old key it is found all the same."""
        ticket.keys.append(ticket.key)
        ticket.key, ticket.updated = f"{project}-{ticket.number}", self.now

    def routes(self) -> list[str]:
        """What was asked for, by method and the end of the path."""
        return [f"{method} {path.rpartition('/')[2]}" for method, path, _, _ in self.requests]

    # What it answers

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> tuple[int, Any]:
        path = self._authorise(path, headers)
        for route_method, pattern, handler, status in _ROUTES:
            match = re.fullmatch(pattern, path)
            if match and route_method == method:
                call = Call(query, headers, body, match.groups())
                return status, handler(self, call)
        raise Problem(404, f"no route {method} {path}")

    def _authorise(self, path: str, headers: dict[str, str]) -> str:
        import base64

        kind, _, secret = headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            secret = base64.b64decode(secret).decode().partition(":")[2]
        scoped = path.startswith(SCOPED_BASE)
        is_ours = secret in (AGENT_TOKEN, CUSTOMER_TOKEN, SCOPED_TOKEN)
        if not is_ours or secret in self.expired or scoped != (secret == SCOPED_TOKEN):
            raise Problem(401, "Client must be authenticated to access this resource.")
        return path.removeprefix(SCOPED_BASE)

    def is_agent(self, call: Call) -> bool:
        import base64

        kind, _, secret = call.headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            secret = base64.b64decode(secret).decode().partition(":")[2]
        return secret != CUSTOMER_TOKEN

    def ticket(self, key: str) -> Ticket:
        for ticket in self.tickets:
            if key == ticket.key or key in ticket.keys:
                return ticket
        raise Problem(404, "The request does not exist, or you may not see it.")

    def create(self, call: Call) -> Any:
        data = call.json()
        if (data.get("serviceDeskId"), data.get("requestTypeId")) != (DESK, REQUEST_TYPE):
            raise Problem(400, "No such service desk or request type.")
        fields = data.get("requestFieldValues") or {}
        if set(fields) - {"summary", "description"} or not fields.get("summary"):
            raise Problem(400, "Fields are not as the request type has them.")
        reporter = data.get("raiseOnBehalfOf")
        if reporter and not self.is_agent(call):
            raise Problem(403, "You may not raise requests on behalf of others.")
        if reporter and "@" in reporter:
            if not self.takes_addresses:
                raise Problem(400, f"The customer {reporter} does not exist.")
            reporter = self.customers.setdefault(reporter, f"customer-{len(self.customers)}")
        elif reporter and reporter not in self.customers.values():
            raise Problem(400, f"The account {reporter} does not exist.")
        self._last += 1
        key = f"{PROJECT}-{self._last}"
        now = self.now
        ticket = Ticket(
            self._last, key, fields["summary"], fields.get("description", ""),
            reporter or "account-of-token", now, now,
        )  # fmt: skip
        self.tickets.append(ticket)
        self.mails.append((ticket.reporter, "created"))
        return self._request(ticket)

    def _request(self, ticket: Ticket) -> dict[str, Any]:
        return {
            "issueId": str(10_000 + ticket.number),
            "issueKey": ticket.key,
            "requestTypeId": REQUEST_TYPE,
            "serviceDeskId": DESK,
            "createdDate": _date(ticket.created),
            "reporter": {"accountId": ticket.reporter, "displayName": "A customer", "active": True},
            "requestFieldValues": [
                {"fieldId": "summary", "label": "Summary", "value": ticket.summary}
            ],
            "currentStatus": {
                "status": ticket.status,
                "statusCategory": self.categories.get(ticket.status, "UNDEFINED"),
                "statusDate": _date(ticket.updated),
            },
            "_links": {
                "self": f"{self.url}{API}/request/{ticket.number}",
                "web": f"{self.url}/servicedesk/customer/portal/1/{ticket.key}",
                "agent": f"{self.url}/browse/{ticket.key}",
            },
        }

    def read(self, call: Call) -> Any:
        return self._request(self.ticket(call.parts[0]))

    def search_requests(self, call: Call) -> Any:
        term = call.query.get("searchTerm", "")
        rows = [t for t in self._indexed() if term.lower() in t.summary.lower()]
        return _page([self._request(ticket) for ticket in rows], call)

    def _indexed(self) -> list[Ticket]:
        return [t for t in self.tickets if t.created + self.index_lag <= self.now]

    def search(self, call: Call) -> Any:
        if not self.may_search:
            raise Problem(403, "You may not browse projects.")
        jql = call.query.get("jql", "")
        if match := re.fullmatch(r'project = (\w+) AND summary ~ "\\"(\w+)\\""', jql):
            rows = [
                t for t in self._indexed()
                if t.key.startswith(f"{match[1]}-") and match[2].lower() in t.summary.lower()
            ]  # fmt: skip
        elif match := re.fullmatch(r"key in \(([\w, -]+)\)", jql):
            keys = match[1].split(", ")
            rows = []
            for key in keys:
                try:
                    rows.append(self.ticket(key))
                except Problem:
                    words = f"An issue with key '{key}' does not exist for field 'key'."
                    raise Problem(400, words) from None
        else:
            raise Problem(400, f"Error in the JQL query: {jql}")
        start = int(call.query.get("nextPageToken", "0"))
        size = min(int(call.query.get("maxResults", "50")), 50)
        answer: dict[str, Any] = {"issues": [self._issue(t) for t in rows[start : start + size]]}
        if start + size < len(rows):
            answer["nextPageToken"] = str(start + size)
        return answer | {"isLast": "nextPageToken" not in answer}

    def _issue(self, ticket: Ticket) -> dict[str, Any]:
        category = self.categories.get(ticket.status, "UNDEFINED").lower()
        return {
            "id": str(10_000 + ticket.number),
            "key": ticket.key,
            "fields": {
                "summary": ticket.summary,
                "created": f"{ticket.created:%Y-%m-%dT%H:%M:%S}.000+0000",
                "updated": ticket.updated.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000",
                "status": {"name": ticket.status, "statusCategory": {"key": category, "id": 4}},
            },
        }

    def _comment(self, ticket: Ticket, account: str, words: str, public: bool) -> Comment:
        with self.lock:
            self._last += 1
            comment = Comment(str(self._last), account, public, self.now, words)
            ticket.comments.append(comment)
            ticket.updated = comment.at
            if public and account != ticket.reporter:
                self.mails.append((ticket.reporter, "commented"))
        return comment

    def add_comment(self, call: Call) -> Any:
        data = call.json()
        if not isinstance(data.get("public"), bool) or not data.get("body"):
            raise Problem(400, "A comment needs a body, and to be public or not.")
        ticket = self.ticket(call.parts[0])
        return _comment(self._comment(ticket, "account-of-token", data["body"], data["public"]))

    def comments(self, call: Call) -> Any:
        kinds = {
            True: call.query.get("public", "true") == "true",
            False: call.query.get("internal", "true") == "true",
        }
        rows = [c for c in self.ticket(call.parts[0]).comments if kinds[c.public]]
        return _page([_comment(comment) for comment in rows], call)

    def put_down(self, call: Call) -> Any:
        if call.headers.get("x-atlassian-token") != "no-check":
            raise Problem(403, "XSRF check failed")
        name, body = call.file()
        token = f"temporary-{len(self.temporary)}"
        self.temporary[token] = (name, body, self.now + self.temporary_life)
        return {"temporaryAttachments": [{"temporaryAttachmentId": token, "fileName": name}]}

    def attach(self, call: Call) -> Any:
        data = call.json()
        ticket = self.ticket(call.parts[0])
        for token in data["temporaryAttachmentIds"]:
            name, body, until = self.temporary.pop(token, ("", b"", self.now))
            if until <= self.now:
                raise Problem(400, "The temporary attachment has expired.")
            ticket.files[name] = body
        ticket.updated = self.now
        if data.get("public") or data.get("additionalComment"):
            self.mails.append((ticket.reporter, "attached"))
        return {"attachments": _page([{"filename": n} for n in ticket.files], call)}

    def files(self, call: Call) -> Any:
        return _page([{"filename": n} for n in self.ticket(call.parts[0]).files], call)

    def may_move(self, call: Call) -> Any:
        self.ticket(call.parts[0])
        rows = [{"id": str(n), "name": name} for n, name in enumerate(self.transitions, 1)]
        return _page(rows, call)

    def move_on(self, call: Call) -> Any:
        assert call.json()["id"] == "1"
        self.move(self.ticket(call.parts[0]), "Canceled")

    def customer(self, call: Call) -> Any:
        if not self.takes_customers:
            raise Problem(403, "You may not create customers.")
        address = call.json()["email"]
        account = self.customers.setdefault(address, f"customer-{len(self.customers)}")
        return {"accountId": account, "emailAddress": address}

    def fields(self, call: Call) -> Any:
        if call.parts != (DESK, REQUEST_TYPE):
            raise Problem(404, "No such request type.")
        rows = [{"fieldId": name, "required": True} for name in ("summary", "description")]
        return {"requestTypeFields": rows, "canRaiseOnBehalfOf": self.is_agent(call)}

    def info(self, _call: Call) -> Any:
        return {"version": "5.17", "isLicensedForUse": True}

    def myself(self, _call: Call) -> Any:
        return {"accountId": "account-of-token", "displayName": "Planning Data Performance"}


@dataclass
class Call:
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    parts: tuple[str, ...]

    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    def file(self) -> tuple[str, bytes]:
        environ = {
            "wsgi.input": BytesIO(self.body),
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": self.headers["content-type"],
            "CONTENT_LENGTH": str(len(self.body)),
        }
        _, _, files = parse_form_data(environ)
        upload = files["file"]
        with upload.stream:
            return upload.filename or "", upload.read()


_ROUTES: list[tuple[str, str, Callable[[FakeDesk, Call], Any], int]] = [
    ("POST", f"{API}/request", FakeDesk.create, 201),
    ("GET", f"{API}/request", FakeDesk.search_requests, 200),
    ("GET", f"{API}/request/([^/]+)", FakeDesk.read, 200),
    ("POST", f"{API}/request/([^/]+)/comment", FakeDesk.add_comment, 201),
    ("GET", f"{API}/request/([^/]+)/comment", FakeDesk.comments, 200),
    ("POST", f"{API}/request/([^/]+)/attachment", FakeDesk.attach, 201),
    ("GET", f"{API}/request/([^/]+)/attachment", FakeDesk.files, 200),
    ("GET", f"{API}/request/([^/]+)/transition", FakeDesk.may_move, 200),
    ("POST", f"{API}/request/([^/]+)/transition", FakeDesk.move_on, 204),
    ("POST", f"{API}/servicedesk/{DESK}/attachTemporaryFile", FakeDesk.put_down, 201),
    ("GET", f"{API}/servicedesk/([^/]+)/requesttype/([^/]+)/field", FakeDesk.fields, 200),
    ("POST", f"{API}/customer", FakeDesk.customer, 201),
    ("GET", f"{API}/info", FakeDesk.info, 200),
    ("GET", "/rest/api/3/search/jql", FakeDesk.search, 200),
    ("GET", "/rest/api/2/myself", FakeDesk.myself, 200),
]


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "body": comment.body,
        "public": comment.public,
        "author": {"accountId": comment.account, "displayName": "Somebody"},
        "created": _date(comment.at),
    }


def _date(moment: datetime) -> dict[str, Any]:
    return {
        "iso8601": f"{moment:%Y-%m-%dT%H:%M:%S}+0000",
        "friendly": "Just now",
        "epochMillis": int(moment.timestamp() * 1000),
    }


def _page(rows: list[Any], call: Call) -> dict[str, Any]:
    start, limit = int(call.query.get("start", 0)), min(int(call.query.get("limit", 50)), 50)
    values = rows[start : start + limit]
    last = start + limit >= len(rows)
    return {"size": len(values), "start": start, "limit": limit, "isLastPage": last} | {
        "values": values
    }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    desk: Any

    def do_GET(self) -> None:
        desk = self.desk
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        with desk.lock:
            desk.requests.append((self.command, unquote(parts.path), headers, body))
            faults = desk.faults.get(self._route(parts.path))
            fault = (faults.pop(0) if faults else None) or desk.down or Fault()
            if fault.drop == "before":
                return self._hang_up()
            status, answer = 200, None
            if fault.status is None or fault.commits:
                query = dict(parse_qsl(parts.query))
                try:
                    status, answer = desk.answer(
                        self.command, unquote(parts.path), query, headers, body
                    )
                except Problem as problem:
                    status, answer = problem.status, {"errorMessage": problem.words}
        if fault.delay:
            threading.Event().wait(fault.delay)
        if fault.drop == "after":
            return self._hang_up()
        if fault.edit and isinstance(answer, dict):
            fault.edit(answer)
        if fault.status is not None:
            status, answer = fault.status, {"errorMessage": "It does not work."}
        elif status in (301, 307):
            fault = Fault(headers=(("Location", f"{desk.url}{answer}"),))
        self._reply(status, answer, fault)

    do_POST = do_PATCH = do_GET

    def _route(self, path: str) -> str:
        """What tests call it: `create`, or the end of its path: `comment`, `attachment` ..."""
        end = path.rpartition("/")[2]
        if end == "request":
            return "create" if self.command == "POST" else "requests"
        return {"jql": "search"}.get(end, end) + ("" if self.command == "POST" else "?")

    def _reply(self, status: int, answer: Any, fault: Fault) -> None:
        body = json.dumps(answer).encode() if answer is not None else b""
        body = fault.body if fault.body is not None else body
        body = body[: len(body) // 2] if fault.cut else body
        with suppress(OSError):
            self.send_response(status)
            for name, value in fault.headers:
                self.send_header(name, value)
            self.send_header("Content-Type", "text/html" if fault.body else "application/json")
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def listening(desk: Any) -> Iterator[None]:
    """Let a desk listen on a port of its own."""
    handler = type("Handler", (_Handler,), {"desk": desk})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    desk.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def fake_desk() -> Iterator[FakeDesk]:
    """A service desk that listens."""
    desk = FakeDesk()
    with listening(desk):
        yield desk
