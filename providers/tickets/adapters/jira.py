"""Jira Service Management: its service desk by REST, and the search of the platform below it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from performance_store.settings import Settings
from providers.tickets.adapters.web import Missing, Web, fingerprint
from providers.tickets.port import (
    Attachment,
    Category,
    DeskError,
    Forbidden,
    InDoubt,
    NewTicket,
    Rejected,
    Said,
    Status,
    TicketId,
    Unreachable,
)

_DESK = "/rest/servicedeskapi"
_SEARCH = "/rest/api/3/search/jql"
# Of the service desk, and of the platform.
_CATEGORIES: dict[str, Category] = {
    "new": "new",
    "indeterminate": "in_progress",
    "done": "done",
}
# What projects call them from the start.
_NAMES = {"waiting for customer": "waiting", "canceled": "cancelled", "cancelled": "cancelled"}
_KEYS_A_CALL = 100
_PAGE = 100
_LONGEST_TITLE = 250
_KEY = re.compile(r"[A-Z][A-Z0-9_]*-[0-9]+")
# What the desk would take for mark-up: it may hide words, load pictures and call people.
_MARK = re.compile(r"(?P<url>https?://[^\s{}\[\]|!\\]+)|(?P<sign>[{}\[\]|!*_^~+])|(?P<slash>\\)")
_FIRST = re.compile(r"^(\s*)(?:(h[1-6]|bq)(?=\.)|(?=[-#]))", re.MULTILINE)
_NO_CHECK = {"X-Atlassian-Token": "no-check", "X-ExperimentalApi": "opt-in"}


class JiraDesk:
    """A service desk. The reporter is whoever sent the submission, where the desk lets them be."""

    name = "jira"
    tells_requester = True
    takes_all = False

    def __init__(self, settings: Settings) -> None:
        base, token = settings.tickets_url or "", settings.tickets_token or ""
        user = settings.tickets_user
        pair = base64.b64encode(f"{user}:{token}".encode()).decode()
        self._web = Web(
            base,
            {
                "Authorization": f"Basic {pair}" if user else f"Bearer {token}",
                "Accept": "application/json",
            },
        )
        self._project = settings.tickets_project or ""
        self._desk, self._type = settings.tickets_desk or "", settings.tickets_request_type or ""
        self._base = base
        self._names = _NAMES | {
            name.lower(): category for name, category in settings.tickets_statuses
        }
        self._own_id: str | None = None
        self.fingerprint = fingerprint(base, user, token)

    def create(self, ticket: NewTicket) -> TicketId:
        """Make a request on behalf of whoever sent it: by their address, else by their account,
        else in our own name, when their address still stands in the text."""
        fields = {"summary": ticket.title[:_LONGEST_TITLE], "description": as_it_is(ticket.body)}
        body = {
            "serviceDeskId": self._desk,
            "requestTypeId": self._type,
            "requestFieldValues": fields,
        }
        for reporter in self._reporters(ticket):
            try:
                answer = self._web.ask("POST", f"{_DESK}/request", body=body | reporter)
            except Missing as error:
                # No service desk at this address: somebody sets another, and nothing is lost.
                raise Unreachable(str(error)) from error
            except (Rejected, Forbidden):
                if not reporter:
                    raise
            else:
                return _ticket(answer)
        raise AssertionError("the last reporter is none")

    def find(self, reference: str) -> tuple[TicketId, ...]:
        jql = f'project = {self._project} AND summary ~ "\\"{reference}\\""'
        try:
            issues = list(self._search(jql))
        except (Rejected, Forbidden):
            # Some may not search: then among the requests that we may see.
            issues = [
                {"key": row.get("issueKey"), "id": row.get("issueId"), "fields": _fields(row)}
                for row in self._pages("/request", searchTerm=reference, serviceDeskId=self._desk)
            ]
        matches = [row for row in issues if f"[{reference}]" in _text(row["fields"].get("summary"))]
        matches.sort(key=lambda row: int(row.get("id") or 0))
        return tuple(TicketId(str(row["key"]), self._page(str(row["key"]))) for row in matches)

    def status(self, external_ids: tuple[str, ...]) -> tuple[Status, ...]:
        keys = [key for key in external_ids if _KEY.fullmatch(key)]
        answers: dict[str, Status] = {}
        for start in range(0, len(keys), _KEYS_A_CALL):
            block = keys[start : start + _KEYS_A_CALL]
            try:
                issues = list(self._search(f"key in ({', '.join(block)})"))
            except (Rejected, Forbidden):
                # One that is gone spoils the search, and some may not search: one by one then.
                issues = []
            for issue in issues:
                if issue.get("key") in block:
                    answers[issue["key"]] = self._status_of_issue(issue)
            for key in block:
                if key not in answers and (status := self._status_of_request(key)) is not None:
                    answers[key] = status
        return tuple(answers.values())

    def comments(self, external_id: str, since: datetime | None) -> tuple[Said, ...]:
        request = self._request(external_id)
        reporter = _account(request.get("reporter"))
        own = self._own()
        comments = []
        query = {"public": "true", "internal": "false"}
        for row in self._pages(f"/request/{quote(external_id)}/comment", **query):
            author, at = _account(row.get("author")), _moment(row.get("created"))
            if not row.get("public") or author == own or (since is not None and at < since):
                continue
            by_agent = author is None or author != reporter
            comments.append(Said(str(row.get("id")), by_agent, at, _text(row.get("body"))))
        return tuple(sorted(comments, key=lambda comment: comment.at))

    def comment(self, external_id: str, words: str, *, public: bool) -> str:
        body = {"body": as_it_is(words), "public": public}
        answer = self._web.ask("POST", f"{_DESK}/request/{quote(external_id)}/comment", body=body)
        return _id_in(answer)

    def comment_with(self, external_id: str, words: str, *, public: bool) -> str | None:
        query = {"public": str(public).lower(), "internal": str(not public).lower()}
        body = as_it_is(words).split()
        for row in self._pages(f"/request/{quote(external_id)}/comment", **query):
            if _text(row.get("body")).split() == body:
                return str(row.get("id"))
        return None

    def attach(self, external_id: str, attachment: Attachment) -> str:
        try:
            answer = self._web.ask(
                "POST",
                f"{_DESK}/servicedesk/{self._desk}/attachTemporaryFile",
                file=(attachment.name, attachment.body, attachment.media_type),
                headers=_NO_CHECK,
            )
        except InDoubt as doubt:
            # Nobody sees a file that is no ticket's yet.
            raise Unreachable(str(doubt), doubt.wait) from doubt
        files = _list(answer, "temporaryAttachments")
        if not files or not files[0].get("temporaryAttachmentId"):
            raise Unreachable("an answer without the file")
        try:
            self._web.ask(
                "POST",
                f"{_DESK}/request/{quote(external_id)}/attachment",
                body={
                    "temporaryAttachmentIds": [files[0]["temporaryAttachmentId"]],
                    # Not shown to the requester, who would get a mail.
                    "public": False,
                },
            )
        except Missing:
            raise
        except Rejected as error:
            # The file that was put down first is thrown away after a while: once more from there.
            raise Unreachable(str(error)) from error
        return attachment.name

    def has_file(self, external_id: str, name: str) -> bool:
        path = f"/request/{quote(external_id)}/attachment"
        return any(row.get("filename") == name for row in self._pages(path))

    def close(self, external_id: str, words: str) -> None:
        if self.comment_with(external_id, words, public=True) is None:
            self.comment(external_id, words, public=True)
        path = f"{_DESK}/request/{quote(external_id)}/transition"
        try:
            for row in self._pages(f"/request/{quote(external_id)}/transition"):
                if re.search(r"cancel|withdraw|close", _text(row.get("name")), re.IGNORECASE):
                    self._web.ask("POST", path, body={"id": row.get("id")})
                    return
        except (Rejected, Forbidden):
            # Not ours to close: the comment says it.
            return

    def ping(self) -> None:
        path = f"{_DESK}/servicedesk/{self._desk}/requesttype/{self._type}/field"
        self._web.ask("GET", path)

    # Below

    def _reporters(self, ticket: NewTicket) -> Iterator[dict[str, str]]:
        yield {"raiseOnBehalfOf": ticket.requester_address}
        body = {"email": ticket.requester_address, "displayName": ticket.requester_name}
        try:
            answer = self._web.ask("POST", f"{_DESK}/customer", body=body, headers=_NO_CHECK)
        except DeskError:
            answer = None
        if account := _account(answer):
            yield {"raiseOnBehalfOf": account}
        yield {}

    def _search(self, jql: str) -> Iterator[Mapping[str, Any]]:
        query = {"jql": jql, "fields": "summary,status,created,updated", "maxResults": _PAGE}
        while True:
            answer = self._web.ask("GET", _SEARCH, query=query)
            for issue in _list(answer, "issues"):
                yield {**issue, "fields": issue.get("fields") or {}}
            token = answer.get("nextPageToken") if isinstance(answer, dict) else None
            if not token:
                return
            query = query | {"nextPageToken": token}

    def _pages(self, path: str, **query: str) -> Iterator[Mapping[str, Any]]:
        start = 0
        while True:
            page = {"start": start, "limit": _PAGE}
            answer = self._web.ask("GET", _DESK + path, query=query | page)
            rows = _list(answer, "values")
            yield from rows
            if not rows or answer.get("isLastPage", True):
                return
            start += len(rows)

    def _request(self, key: str) -> Mapping[str, Any]:
        answer = self._web.ask("GET", f"{_DESK}/request/{quote(key)}")
        return answer if isinstance(answer, dict) else {}

    def _status_of_issue(self, issue: Mapping[str, Any]) -> Status:
        fields = issue["fields"]
        status = fields.get("status") or {}
        category = (status.get("statusCategory") or {}).get("key")
        key, native = str(issue["key"]), _text(status.get("name"))
        return Status(key, key, self._category(native, category), native, _moment_of(fields))

    def _status_of_request(self, key: str) -> Status | None:
        try:
            request = self._request(key)
        except (Missing, Forbidden):
            return None
        status = request.get("currentStatus") or {}
        native = _text(status.get("status"))
        category = self._category(native, _text(status.get("statusCategory")).lower())
        # It does not say when it was last changed: as if just now, and its comments are read.
        now = datetime.now(UTC)
        return Status(key, _text(request.get("issueKey")) or key, category, native, now)

    def _category(self, native: str, category: str | None) -> Category:
        meaning: Any = self._names.get(native.lower())
        return meaning or _CATEGORIES.get(category or "", "unknown")

    def _own(self) -> str | None:
        """Our own account, whose comments are known already."""
        if self._own_id is None:
            try:
                self._own_id = _account(self._web.ask("GET", "/rest/api/2/myself"))
            except (Rejected, Forbidden):
                self._own_id = ""
        return self._own_id or None

    def _page(self, key: str) -> str | None:
        """A ticket's page; of a token that works elsewhere we do not know the site."""
        return None if "/ex/jira/" in self._base else f"{self._base}/browse/{key}"


def as_it_is(words: str) -> str:
    """Words as Jira's mark-up that shows them as they are; web addresses stay links."""

    def mark(match: re.Match[str]) -> str:
        # Two backslashes would be a new line.
        return match["url"] or ("&#92;" if match["slash"] else f"\\{match['sign']}")

    return _FIRST.sub(r"\1\2\\", _MARK.sub(mark, words))


def _ticket(answer: Any) -> TicketId:
    key = answer.get("issueKey") if isinstance(answer, dict) else None
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise InDoubt("an answer without the key of the ticket")
    links = answer.get("_links")
    page = links.get("agent") or links.get("web") if isinstance(links, dict) else None
    is_page = isinstance(page, str) and page.startswith(("https://", "http://"))
    return TicketId(key, page if is_page else None)


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    return {value.get("fieldId"): value.get("value") for value in _list(row, "requestFieldValues")}


def _list(answer: Any, name: str) -> list[Any]:
    rows = answer.get(name) if isinstance(answer, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _account(person: Any) -> str | None:
    """Who somebody is: by account in the cloud, by key or name on a server of one's own."""
    names = ("accountId", "key", "name") if isinstance(person, dict) else ()
    return next((str(person[name]) for name in names if person.get(name)), None)


def _id_in(answer: Any) -> str:
    number = answer.get("id") if isinstance(answer, dict) else None
    if not number:
        raise InDoubt("an answer without the id of the comment")
    return str(number)


def _moment(value: Any) -> datetime:
    """A moment of the service desk's; now where it says none."""
    seconds = value.get("epochMillis") if isinstance(value, dict) else None
    if isinstance(seconds, int):
        return datetime.fromtimestamp(seconds / 1000, UTC)
    return datetime.now(UTC)


def _moment_of(fields: Mapping[str, Any]) -> datetime:
    """When an issue was last changed, as the platform writes it: 2026-11-28T10:11:12.000+0000."""
    try:
        return datetime.strptime(_text(fields.get("updated")), "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        return datetime.now(UTC)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
