"""Officers who send something to the data team."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from tests.support.accounts import Person
from tests.support.build import AAA


class Officer:
    """Somebody signed in, who fills in forms."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get(self, path: str) -> TestResponse:
        return self.person.get(path)

    def post(self, path: str, **form: str) -> TestResponse:
        """Send a form with the token of this session."""
        token = re.search(r'name="csrf_token" value="(\w+)"', self.get("/account").text)
        assert token
        return self.person.post(path, {"csrf_token": token[1], **form})

    def begin(self, dataset: str = "tree", kind: str = "provide", **form: str) -> str:
        """Begin a draft. Out: its address."""
        values = {"dataset": dataset, "organisation": AAA, "kind": kind} | form
        answer = self.post("/submit", **values)
        assert answer.status_code == 303, answer.text
        match = re.match(r"/submit/[\w-]{22}", answer.location)
        assert match
        return match[0]
