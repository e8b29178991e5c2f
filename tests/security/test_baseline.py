"""A scan of our own, as OWASP ZAP's baseline does it, and further: every route, every parameter."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.pages import PAGES
from tests.support.surface import COMMON, Page, Scanner, hostile

pytestmark = pytest.mark.postgres
# Everything at once, for one parameter at a time.
MIXED = "\"'><zq onerror=alert(1)>\r\nX-Evil: 1\r\n{{7*190367}} javascript:alert(1) ' OR 1=1--"
TRAVERSALS = (
    "../app.py",
    "..%2fapp.py",
    "%2e%2e/%2e%2e/etc/passwd",
    "..%5c..%5capp.py",
    "....//....//etc/passwd",
    "/etc/passwd",
    "%00",
    "planning.css%00.png",
    "..%252f..%252fapp.py",
    "C:%5cwindows%5cwin.ini",
)


def test_the_scan_sees_the_whole_application(scanner: Scanner) -> None:
    rules = {route.rule for route in scanner.routes}
    assert {page.PATH for page in PAGES} <= rules
    assert {"/metrics", "/health/ready", "/api/v1/coverage", "/_dash-layout"} <= rules
    assert any(rule.startswith("/downloads/") for rule in rules)
    by_rule = {route.rule: route for route in scanner.routes}
    assert {"region", "dataset"} <= set(by_rule["/national/coverage"].names)
    assert "q" in by_rule["/organisations"].names


def test_good_addresses_are_answered_and_guarded(scanner: Scanner) -> None:
    answered = [scanner.get(route.address()).status_code for route in scanner.routes]
    assert answered.count(200) >= len(answered) * 2 // 3


@pytest.mark.parametrize("payload", hostile(), ids=range(len(hostile())))
def test_nothing_hostile_in_a_query_comes_back(scanner: Scanner, payload: str) -> None:
    for route in scanner.routes:
        names = (*route.names, payload[:50])
        scanner.get(f"{route.address()}?{urlencode([(name, payload[:200]) for name in names])}")


def test_nothing_hostile_in_any_one_parameter_comes_back(scanner: Scanner) -> None:
    for route in scanner.routes:
        for name in route.names:
            scanner.get(f"{route.address()}?{urlencode({name: MIXED})}")


@pytest.mark.parametrize("payload", hostile(), ids=range(len(hostile())))
def test_nothing_hostile_in_a_path_comes_back(scanner: Scanner, payload: str) -> None:
    for route in scanner.routes:
        for name in route.variables:
            for times in (1, 2):
                value = payload
                for _ in range(times):
                    value = quote(value, safe="")
                scanner.get(route.address(**{name: "ZZ"}).replace("ZZ", value))


@pytest.mark.parametrize("where", ["/assets/", "/_dash-component-suites/dash/", "/downloads/", "/"])
def test_no_file_of_the_machine_is_given(scanner: Scanner, where: str) -> None:
    for path in TRAVERSALS:
        answer = scanner.get(where + path)
        assert answer.status_code in (301, 308, 400, 404), (where, path)
        assert b"root:" not in answer.data
        assert b"WSGI" not in answer.data


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW"])
def test_nothing_can_be_done_but_read(scanner: Scanner, method: str) -> None:
    for route in scanner.routes:
        answer = scanner.open(route.address(), method=method, data=b"<zq>")
        # Where a form is sent to, nothing comes of what is not that form with its token.
        is_form = method == "POST" and route.rule in scanner.forms
        assert answer.status_code in (404, 405, *([400, 401, 403, 415] if is_form else [])), route
        assert b"<zq" not in answer.data


def test_letters_that_are_none_are_borne(scanner: Scanner) -> None:
    for route in scanner.routes:
        scanner.get(f"{route.address()}?q=%ff%fe&%c3=%28&organisation=%ed%a0%80")
        for name in route.variables:
            scanner.get(route.address(**{name: "ZZ"}).replace("ZZ", "%ff%c3%28%ed%a0%80"))


def test_what_is_too_long_is_refused(scanner: Scanner) -> None:
    for route in scanner.routes:
        assert scanner.get(f"{route.address()}?q={'a' * 7000}").status_code == 414
        many = "&".join(f"a{number}=1" for number in range(900))
        scanner.get(f"{route.address()}?{many}")
    answer = scanner.open("/_dash-update-component", method="POST", json={"output": "x" * 300_000})
    assert answer.status_code == 413


def test_invented_headers_change_nothing(scanner: Scanner) -> None:
    headers = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-For": "<zq>",
        "X-Request-ID": "<zq>\tX-Evil",
        "Accept": "<zq>",
        "Accept-Language": "<zq>",
        "If-None-Match": '"<zq>',
        "If-Modified-Since": "<zq>",
        "Range": "bytes=0-99999999999999999999",
        "Cookie": "session=<zq>",
        "Referer": "javascript:alert(1)",
        "User-Agent": "<zq>" * 500,
        "Content-Length": "0",
    }
    for route in scanner.routes:
        answer = scanner.get(route.address(), headers=headers)
        if answer.mimetype == "text/html":
            # (What a page tells its reader to copy names the host that the reader asked.)
            assert not [link for link in Page(answer.text).links if "evil.example" in link]
        else:
            assert b"evil.example" not in answer.data
        assert "evil.example" not in answer.headers.get("Location", "")


@settings(
    max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(
    at=st.integers(0, 10_000),
    query=st.lists(
        st.tuples(
            st.sampled_from(COMMON) | st.text(max_size=12),
            st.text(max_size=30)
            | st.sampled_from(["none", "csv", "-1", "2026-02-30", "1e9", "a,b"]),
        ),
        max_size=8,
    ),
    raw=st.binary(max_size=12),
)
def test_no_query_string_is_too_much(
    scanner: Scanner, at: int, query: list[tuple[str, str]], raw: bytes
) -> None:
    route = scanner.routes[at % len(scanner.routes)]
    whole = urlencode(
        [(k.encode("utf-8", "replace"), v.encode("utf-8", "replace")) for k, v in query]
    )
    scanner.get(f"{route.address()}?{whole}&{quote(raw, safe='&=%+;')}")
