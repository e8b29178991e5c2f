"""What of the application can be reached from outside, found out from itself.

Routes come from the URL map and from the pages' own list, parameters from the forms and links that
pages show and from the API's document: what is added later is scanned too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit
from xml.etree import ElementTree

from dash import Dash
from werkzeug.test import TestResponse

from dashboard.pages import PAGES
from performance_api import openapi

CELL = {
    "organisation": "local-authority:XROW",
    "dataset": "tree-preservation-zone",
    "issue_type": "missing value",
    "field": "tree-preservation-order",
}
# A good value for every variable of a path, so that the scan gets past the first look.
VALUES = {
    **CELL,
    "record": "12",
    "form": "csv",
    "name": "statuses",
    "table": "stages",
    "path": "about",
    "rest": "datasets",
    "filename": "planning.css",
    "task": "0123456789abcdef",
    "secret": "0123456789abcdefghijkl",
    "check": "AAAAAAAAAAAAAAAAAAAAAA",
    "draft": "AAAAAAAAAAAAAAAAAAAAAA",
    "reference": "PD23456789",
    "kind": "findings.csv",
    "package_name": "dash",
    "fingerprinted_path": "dcc/async-graph.js",
    "edition": "7.12.1",
}
REQUIRED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_FORM_COOKIE = re.compile(
    r"(form=[\w-]{43}|__Host-form=[\w-]{43}; Secure); HttpOnly; Path=/; SameSite=Lax"
)
MAILED = re.compile(
    r"[A-Z]+ /(sign-in/link|check|api/v1/checks|follow/(confirm|preferences|unsubscribe))\b"
)
# Words of our code, of the libraries under it and of SQL that no answer may hold.
LEAKS = re.compile(
    r"Traceback|psycopg|sqlalchemy|werkzeug|gunicorn|waitress|\.py[\"', :]+line|"
    r"SELECT .{1,200} FROM|WHERE s\.|syntax error|site-packages|Python/[0-9]",
    re.IGNORECASE,
)
_LINKS = ("href", "src", "action", "formaction", "poster", "data", "xlink:href")
_SCHEMES = ("http", "https", "mailto", "tel", "")


@dataclass(frozen=True, slots=True)
class Route:
    """One rule of addresses, and the names that its query string may hold."""

    rule: str
    variables: tuple[str, ...]
    names: tuple[str, ...] = field(default=())

    def address(self, **other: str) -> str:
        """An address of it. In: values of variables that are not the good ones."""
        values = VALUES | other
        return _VARIABLE.sub(lambda match: _encoded(values[match[2]]), self.rule)


class Scanner:
    """Asks the application and looks at every answer."""

    def __init__(self, app: Dash) -> None:
        self.client = app.server.test_client()
        self.requests = 0
        self.app = app
        self.routes = tuple(self._routes())
        self.forms = frozenset(
            rule.rule for rule in app.server.url_map.iter_rules() if "POST" in (rule.methods or ())
        )

    def _routes(self) -> Iterator[Route]:
        rules = {
            rule.rule
            for rule in self.app.server.url_map.iter_rules()
            if rule.methods and "GET" in rule.methods
        } | {page.PATH for page in PAGES}
        documented = {
            f"{openapi.BASE}{resource.path}": tuple(
                item["name"] for item in openapi.parameters(resource) if item["in"] == "query"
            )
            for resource in openapi.RESOURCES
        }
        for rule in sorted(rules):
            route = Route(rule, tuple(match[2] for match in _VARIABLE.finditer(rule)))
            names = documented.get(rule) or self._names(route.address())
            yield Route(rule, route.variables, names)

    def _names(self, address: str) -> tuple[str, ...]:
        """What a page's own form and links ask of it and of files; for all else, everything that
        pages ask."""
        answer = self.get(address)
        if answer.mimetype != "text/html":
            return COMMON
        page = Page(answer.text)
        names = {name for name in page.fields if name}
        for link in page.links:
            names |= {name for name, _ in parse_qsl(urlsplit(link).query)}
        return tuple(sorted(names | {"page", "q", "embed"}))

    def get(self, address: str, **more: Any) -> TestResponse:
        """Ask, look, and give the answer."""
        return self.open(address, method="GET", **more)

    def open(self, address: str, **more: Any) -> TestResponse:
        """Ask by any method, look, and give the answer."""
        self.requests += 1
        answer = self.client.open(address, buffered=True, **more)
        look_at(answer, f"{more.get('method')} {address}"[:300])
        return answer


def look_at(answer: TestResponse, subject: str) -> None:
    """Raise AssertionError for an answer that no application of ours may give."""
    assert answer.status_code < 500, subject
    headers = answer.headers
    for name, value in REQUIRED.items():
        # The page of a mailed link tells its address not even to ourselves.
        others = ["no-referrer"] if MAILED.match(subject) else [value]
        assert headers.getlist(name) in ([value], others), (subject, name)
    for cookie in headers.getlist("Set-Cookie"):
        # What a form of ours is bound to, on a page that nobody stores.
        assert _FORM_COOKIE.fullmatch(cookie), subject
        assert headers["Cache-Control"] == "private, no-store", subject
    assert "geolocation=()" in headers["Permissions-Policy"], subject
    assert "X-Request-ID" in headers, subject
    for name in ("X-Powered-By", "Server", "X-Evil", "X-AspNet-Version"):
        assert name not in headers, (subject, name)
    body = answer.get_data().decode("utf-8", "replace")
    if answer.mimetype in ("text/html", "image/svg+xml"):
        assert "default-src" in headers["Content-Security-Policy"], subject
        assert "unsafe-eval" not in headers["Content-Security-Policy"], subject
    if "javascript" not in answer.mimetype and answer.mimetype != "text/css":
        leak = LEAKS.search(_without_scripts(body))
        assert leak is None, (subject, leak)
    if answer.mimetype != "application/json":
        assert "<zq" not in body, subject
    assert PRODUCT not in body, subject
    if answer.mimetype == "text/html":
        _look_at_html(body, subject)
    elif answer.mimetype == "application/json":
        for inside in insides(answer.get_json(silent=True)):
            assert "<zq" not in inside, subject
            _look_at_html(inside, subject)
    elif answer.mimetype.endswith("xml") and answer.status_code == 200 and body:
        for item in ElementTree.fromstring(body).iter():
            for name, value in item.attrib.items():
                if name.endswith("href"):
                    assert _scheme(value) in _SCHEMES, (subject, value)


def insides(value: Any) -> Iterator[str]:
    """The HTML that Dash is told to put into a page."""
    if isinstance(value, dict):
        if value.get("type") == "Markup":
            yield value["props"]["inside"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from insides(item)


def _look_at_html(text: str, subject: str) -> None:
    for link in Page(text).links:
        assert _scheme(link) in _SCHEMES, (subject, link)


class Page(HTMLParser):
    """A page as a browser takes it: its links, the names of its form fields, its handlers."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.fields: list[str] = []
        self.tags: list[tuple[str, Mapping[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        self.links += [attributes[name] or "" for name in _LINKS if name in attributes]
        if tag in ("input", "select", "textarea"):
            self.fields.append(attributes.get("name") or "")


def hostile() -> tuple[str, ...]:
    """What scanners send."""
    return (
        "<zq><script>alert(1)</script>",
        "\"'><zq onerror=alert(1)>",
        "javascript:alert(1)//<zq>",
        f"{{{{7*{FACTOR}}}}}${{7*{FACTOR}}}<%=7*{FACTOR}%>#{{7*{FACTOR}}}",
        "x\r\nX-Evil: 1\r\n\r\n<zq>",
        "x\x00<zq>",
        "' OR 1=1; DROP TABLE load; --",
        "../../../../etc/passwd",
        "9" * 400,
        "\ufeff\u202e\U0001f4a9\u0000\ud7ff%s%n{0}",
    )


FACTOR = 190_367
PRODUCT = str(7 * FACTOR)
COMMON = (
    *("q", "page", "sort", "as_at", "kind", "since", "set", "by", "region", "dataset", "cohort"),
    *("organisation", "field", "issue_type", "status", "table", "format", "limit", "cursor"),
)
_VARIABLE = re.compile(r"<(?:([a-z]+(?:\([^)]*\))?):)?([a-z_]+)>")


def _encoded(value: str) -> str:
    # The way the pages' own links are written: see dashboard.urls.rules.
    return quote(quote(value, safe=":"), safe=":%") if "/" in value else quote(value, safe=":/")


def _scheme(link: str) -> str:
    letters = re.sub(r"[\x00-\x20]", "", link).lower()
    match = re.match(r"([a-z][a-z0-9+.-]*):", letters)
    return match[1] if match and not letters.startswith("data:,") else ""


def _without_scripts(body: str) -> str:
    return re.sub(r"<script\b.*?</script>", "", body, flags=re.DOTALL)


# What somebody might write into the data of the platform.
MARKUP = 'O\'Brien <img src=zq onerror=alert(1)> & "Co"'
FORMULA = '=HYPERLINK("https://bad.example","zq")'
SCRIPT = "javascript:alert(1)"
