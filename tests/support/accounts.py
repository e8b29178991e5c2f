"""People who sign in: approved domains, the mails that would be sent, browsers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text
from werkzeug.test import TestResponse

from dashboard import create_app
from dashboard.data.wiring import read_state
from dashboard.web.document import ShellDash
from performance_store.database import connect, transaction
from providers.messages import outbox
from tests.support.settings import settings_at

SITE = "https://performance.example"
KEY = "k" * 8 + "0123456789abcdef0123456789abcdef"


class Letters:
    """Mails in place of an outbox: each with the address, subject, text."""

    def __init__(self) -> None:
        self.all: list[dict[str, Any]] = []

    def enqueue(self, connection: Any, **mail: Any) -> None:
        self.all.append(mail)
        # As a row would, it goes where the savepoint is undone.
        event.listen(connection, "rollback_savepoint", lambda *_: self.all.remove(mail))

    @property
    def text(self) -> str:
        return str(self.all[-1]["text"])

    @property
    def token(self) -> str:
        match = re.search(r"token=([\w-]+)", self.text)
        assert match
        return match[1]

    @property
    def code(self) -> str:
        match = re.search(r"^(\d{3}) (\d{3})$", self.text, re.MULTILINE)
        assert match
        return match[1] + match[2]


class Person:
    """Somebody's browser."""

    def __init__(self, server: Flask, *, site: str = SITE, network: str = "192.0.2.1") -> None:
        self.client = FlaskClient(server, server.response_class)
        self.site = site
        self.network = network

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._open("GET", path, **more)

    def post(self, path: str, data: dict[str, str] | None = None, **more: Any) -> TestResponse:
        headers = {"Origin": self.site, "Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}
        return self._open("POST", path, data=data, headers=headers, **more)

    def _open(self, method: str, path: str, **more: Any) -> TestResponse:
        environ = {"REMOTE_ADDR": self.network}
        return self.client.open(
            path,
            method=method,
            base_url=self.site,
            environ_overrides=environ,
            buffered=True,
            **more,
        )

    def token_on(self, path: str) -> str:
        """The token of a form on a page."""
        match = re.search(r'name="csrf_token" value="(\w+)"', self.get(path).text)
        assert match, path
        return match[1]

    def ask(self, address: str, **more: str) -> TestResponse:
        """Ask for a link and a code."""
        token = self.token_on("/sign-in")
        return self.post("/sign-in", {"address": address, "csrf_token": token, **more})

    def enter(self, code: str) -> TestResponse:
        token = self.token_on("/sign-in/code")
        return self.post("/sign-in/code", {"code": code, "csrf_token": token})

    def follow(self, token: str) -> TestResponse:
        csrf = self.token_on(f"/sign-in/link?token={token}")
        return self.post("/sign-in/link", {"token": token, "csrf_token": csrf})

    def sign_in(self, letters: Letters, address: str, **more: str) -> TestResponse:
        """The whole way, by code."""
        assert self.ask(address, **more).status_code == 303
        return self.enter(letters.code)


def approve(engine: Engine, domain: str, *organisations: str, match: str = "exact") -> None:
    with engine.begin() as connection:
        for organisation in organisations:
            connection.execute(
                text(
                    "INSERT INTO providers.organisation_domain "
                    "(organisation, domain, match, source, approved_by) "
                    "VALUES (:organisation, :domain, :match, 'test', 'tests')"
                ),
                {"organisation": organisation, "domain": domain, "match": match},
            )


def account_app(folder: Path, engine: Engine, **more: Any) -> ShellDash:
    """An application that people can sign in to."""
    settings = settings_at(
        folder, **({"site_url": SITE, "secret_keys": (KEY,), "data_old_days": 0} | more)
    )
    return create_app(
        settings,
        connect=lambda: connect(engine),
        read_state=read_state,
        write=lambda: transaction(engine),
    )


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Letters:
    """The mails that would be sent."""
    answer = Letters()
    monkeypatch.setattr(outbox, "enqueue", answer.enqueue)
    return answer
