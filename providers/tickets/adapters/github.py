"""Issues of a repository on GitHub. In a public one they name nobody and repeat nobody's words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from performance_store.settings import Settings
from providers.tickets.adapters.web import Missing, Web, fingerprint
from providers.tickets.port import (
    Attachment,
    Category,
    InDoubt,
    NewTicket,
    Rejected,
    Said,
    Status,
    TicketId,
    Unreachable,
)

API = "https://api.github.com"
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_CLOSED: dict[str, Category] = {"not_planned": "cancelled", "duplicate": "cancelled"}
_NUMBER = re.compile(r"([\w.-]+/[\w.-]+)#([0-9]+)")
_PAGE = 100
# GitHub takes 65,536 letters in all.
_LONGEST_FILE = 40_000
_PAGES_BACK = 2
"""How far back a ticket is looked for: it was made a moment ago, if at all."""
_ELSEWHERE = (
    "The provider has written. Their words are on the page of this submission, for those who may "
    "read them."
)


class GithubDesk:
    """A repository. A ticket is called `owner/name#number`, for an issue may move to another."""

    name = "github"
    tells_requester = False
    takes_all = True

    def __init__(self, settings: Settings) -> None:
        base, token = settings.tickets_url or API, settings.tickets_token or ""
        self._repository = settings.tickets_repository or ""
        self._web = Web(base, _HEADERS | {"Authorization": f"Bearer {token}"})
        self._labels: dict[str, Any] = {n.lower(): c for n, c in settings.tickets_statuses}
        self._is_public: bool | None = None
        self.fingerprint = fingerprint(base, self._repository, token)

    def create(self, ticket: NewTicket) -> TicketId:
        """Make an issue that has the row of the submission in it."""
        public = self._is_read_by_all()
        words = [ticket.public_body if public else ticket.body]
        if ticket.note and not public:
            words.append(ticket.note)
        for file in ticket.attachments:
            text = _fence(file)
            if (file.is_public or not public) and len(text) < _LONGEST_FILE:
                words.append(text)
        body = {"title": ticket.title, "body": "\n\n".join(words)}
        try:
            answer = self._web.ask("POST", f"/repos/{self._repository}/issues", body=body)
        except Missing as error:
            raise Unreachable(str(error)) from error
        return _ticket(answer)

    def find(self, reference: str) -> tuple[TicketId, ...]:
        # The search lags behind; the list does not.
        issues = self._pages(
            f"/repos/{self._repository}/issues",
            _PAGES_BACK,
            state="all",
            sort="created",
            direction="desc",
        )
        matches = [row for row in issues if f"[{reference}]" in str(row.get("title"))]
        matches.sort(key=lambda row: int(row.get("number") or 0))
        return tuple(map(_ticket, matches))

    def status(self, external_ids: tuple[str, ...]) -> tuple[Status, ...]:
        answers = []
        for external_id in external_ids:
            try:
                issue = self._web.ask("GET", _path(external_id), follow=True)
                now = _ticket(issue).external_id
            except (Missing, InDoubt):
                continue
            moment = datetime.fromisoformat(str(issue["updated_at"]))
            category, native = self._category(issue)
            answers.append(Status(external_id, now, category, native, moment))
        return tuple(answers)

    def comments(self, external_id: str, since: datetime | None) -> tuple[Said, ...]:
        own = _login(self._web.ask("GET", _path(external_id), follow=True))
        query = {"since": since.isoformat()} if since else {}
        rows = self._pages(f"{_path(external_id)}/comments", 10, **query)
        return tuple(
            Said(
                str(row.get("id")),
                True,
                datetime.fromisoformat(str(row.get("created_at"))),
                str(row.get("body") or ""),
            )
            for row in rows
            # The issue is ours, and so is whatever else its author writes.
            if _login(row) != own
        )

    def comment(self, external_id: str, words: str, *, public: bool) -> str:
        body = {"body": self._fit(words)}
        answer = self._web.ask("POST", f"{_path(external_id)}/comments", body=body)
        if not isinstance(answer, dict) or not answer.get("id"):
            raise InDoubt("an answer without the id of the comment")
        return str(answer["id"])

    def comment_with(self, external_id: str, words: str, *, public: bool) -> str | None:
        text = self._fit(words)
        if text == _ELSEWHERE:
            # All say the same: once too often does no harm.
            return None
        rows = self._pages(f"{_path(external_id)}/comments", 10)
        for row in rows:
            if str(row.get("body") or "").split() == text.split():
                return str(row.get("id"))
        return None

    def attach(self, external_id: str, attachment: Attachment) -> str:
        if not self._is_read_by_all():
            self.comment(external_id, _fence(attachment), public=False)
        return attachment.name

    def has_file(self, external_id: str, name: str) -> bool:
        """Nothing that is looked for: files go with the issue."""
        return False

    def close(self, external_id: str, words: str) -> None:
        body = {"state": "closed", "state_reason": "not_planned"}
        self._web.ask("PATCH", _path(external_id), body=body)

    def ping(self) -> None:
        self._is_public = None
        self._is_read_by_all()

    def _is_read_by_all(self) -> bool:
        if self._is_public is None:
            try:
                answer = self._web.ask("GET", f"/repos/{self._repository}", follow=True)
            except Missing as error:
                # So it says of one that our token may not see: nothing is lost until it may.
                raise Unreachable(str(error)) from error
            # Only what is private for certain is told names.
            private = isinstance(answer, dict) and answer.get("private") is True
            self._is_public = not private
        return self._is_public

    def _fit(self, words: str) -> str:
        return _ELSEWHERE if self._is_read_by_all() else words

    def _category(self, issue: Mapping[str, Any]) -> tuple[Category, str]:
        labels = [str(row.get("name")) for row in _rows(issue.get("labels"))]
        if issue.get("state") == "closed":
            reason = str(issue.get("state_reason") or "completed")
            return _CLOSED.get(reason, "done"), reason
        for label in labels:
            if label.lower() in self._labels:
                return self._labels[label.lower()], label
        if issue.get("assignees") or issue.get("state_reason") == "reopened":
            return "in_progress", "assigned" if issue.get("assignees") else "reopened"
        return "new", "open"

    def _pages(self, path: str, most: int, **query: str) -> Iterator[Mapping[str, Any]]:
        for number in range(1, most + 1):
            page = {"per_page": _PAGE, "page": number}
            rows = _rows(self._web.ask("GET", path, query=query | page, follow=True))
            yield from rows
            if len(rows) < _PAGE:
                return


def _path(external_id: str) -> str:
    match = _NUMBER.fullmatch(external_id)
    if match is None:
        raise Rejected("no ticket of GitHub's")
    return f"/repos/{match[1]}/issues/{match[2]}"


def _ticket(issue: Any) -> TicketId:
    """A ticket by the address of its page, which says the repository that it is in now."""
    page = issue.get("html_url") if isinstance(issue, dict) else None
    match = re.search(r"/([\w.-]+/[\w.-]+)/issues/([0-9]+)$", str(page))
    if match is None:
        raise InDoubt("an answer without the address of the issue")
    return TicketId(f"{match[1]}#{match[2]}", str(page))


def _rows(answer: Any) -> list[Mapping[str, Any]]:
    return [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []


def _login(row: Any) -> str:
    user = row.get("user") if isinstance(row, dict) else None
    return str(user.get("login")) if isinstance(user, dict) else ""


def _fence(file: Attachment) -> str:
    """A file as text between fences that none of its lines can end."""
    text = file.body.decode("utf-8", "replace")
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{file.name}:\n\n{fence}csv\n{text.rstrip()}\n{fence}"
