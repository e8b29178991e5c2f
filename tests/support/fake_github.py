"""Issues of GitHub as far as our adapter asks for them, over real sockets; faults as those of
`fake_desk`, by the end of the path: `issues`, `comments`."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.fake_desk import Fault, Problem, listening

REPOSITORY, TOKEN = "example/submissions", "github-token-0123456789"


class FakeGithub:
    """A repository, which is public unless a test says otherwise."""

    def __init__(self) -> None:
        self.is_private = False
        self.issues: list[dict[str, Any]] = []
        self.comments: dict[int, list[dict[str, Any]]] = {}
        self.hidden: set[str] = set()
        self.elsewhere: dict[int, str] = {}
        """Where issues went, by number."""
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.faults: dict[str, list[Fault | None]] = {}
        self.down: Fault | None = None
        self.lock = threading.RLock()
        self.url = ""
        self._ticks = 0

    def say(self, number: int, words: str, login: str = "bea") -> dict[str, Any]:
        rows = self.comments.setdefault(number, [])
        moment = self._moment()
        row = {"id": 9000 + self._ticks, "user": {"login": login}, "body": words}
        rows.append(row | {"created_at": moment, "updated_at": moment})
        self.issue(number)["updated_at"] = moment
        return rows[-1]

    def change(self, number: int, **values: Any) -> None:
        self.issue(number).update(values, updated_at=self._moment())

    def issue(self, number: int) -> dict[str, Any]:
        for issue in self.issues:
            if issue["number"] == number:
                return issue
        raise Problem(404, "Not Found")

    def answer(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> tuple[int, Any]:
        if headers.get("authorization") != f"Bearer {TOKEN}":
            raise Problem(401, "Bad credentials")
        assert headers["accept"] == "application/vnd.github+json"
        assert headers["x-github-api-version"]
        assert headers["user-agent"]
        match = re.fullmatch(r"/repos/([\w.-]+/[\w.-]+)(/issues)?(?:/(\d+))?(/comments)?", path)
        if match is None or match[1] in self.hidden:
            raise Problem(404, "Not Found")
        data = json.loads(body) if body else {}
        number = int(match[3] or 0)
        if number in self.elsewhere and match[1] == REPOSITORY:
            where = f"/repos/{self.elsewhere[number]}/issues/{number}{match[4] or ''}"
            return (301 if method == "GET" else 307), where
        match (method, bool(match[2]), number > 0, bool(match[4])):
            case ("GET", False, False, False):
                return 200, {"full_name": REPOSITORY, "private": self.is_private}
            case ("POST", True, False, False):
                return 201, self._new(data)
            case ("GET", True, False, False):
                return 200, self.issues[::-1][: int(query["per_page"])]
            case ("GET", True, True, False):
                return 200, self.issue(number)
            case ("PATCH", True, True, False):
                self.change(number, **data)
                return 200, self.issue(number)
            case ("POST", True, True, True):
                return 201, self.say(number, data["body"], "our-app")
            case ("GET", True, True, True):
                rows = self.comments.get(number, [])
                since = query.get("since", "")
                return 200, [row for row in rows if row["updated_at"] >= since[:19]]
        raise Problem(404, "Not Found")

    def _new(self, data: dict[str, Any]) -> dict[str, Any]:
        number = len(self.issues) + 1
        moment = self._moment()
        self.issues.append(
            {
                "number": number,
                "title": data["title"],
                "body": data["body"],
                "state": "open",
                "state_reason": None,
                "labels": [],
                "assignees": [],
                "user": {"login": "our-app"},
                "html_url": f"https://github.example/{REPOSITORY}/issues/{number}",
                "created_at": moment,
                "updated_at": moment,
            }
        )
        return self.issues[-1]

    def _moment(self) -> str:
        # Each a second later, as its moments have no fractions.
        self._ticks += 1
        return f"{datetime.now(UTC) + timedelta(seconds=self._ticks):%Y-%m-%dT%H:%M:%SZ}"


@contextmanager
def fake_github() -> Iterator[FakeGithub]:
    """A GitHub that listens."""
    answer = FakeGithub()
    with listening(answer):
        yield answer
