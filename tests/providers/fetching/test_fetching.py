"""The fetcher against servers of this machine, which only the rules of a test let it reach."""

from __future__ import annotations

import gzip
import io
import socket
import ssl
import threading
import time
import zlib
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from providers.fetching import (
    BadAddress,
    BrokenAnswer,
    FetchError,
    ForbiddenAddress,
    NameNotResolved,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
    get,
    post,
)
from tests.support.fake_site import MEGABYTE, Site, open_site, rules, says, sends_to
from tests.support.tcp import nonsense

# What comes back


def test_an_answer_has_status_headers_and_body_and_we_say_who_we_are(site: Site) -> None:
    site.pages["/a"] = says(b"Hello", 404, X_Note="yes", Set_Cookie="a=b")
    answer = get(f"http://127.0.0.1:{site.port}/a?b=c#d", rules=rules(site.port))
    assert (answer.status, answer.body, answer.is_success) == (404, b"Hello", False)
    assert answer.headers["x-note"] == "yes"
    assert answer.url == f"http://127.0.0.1:{site.port}/a?b=c"
    get(f"http://127.0.0.1:{site.port}/a", rules=rules(site.port))
    for _, _, headers, _ in site.requests:
        assert headers["user-agent"] == "planning-data-performance"
        assert headers["host"] == f"127.0.0.1:{site.port}"
        assert not {"cookie", "authorization", "referer"} & set(headers)


def test_a_post_arrives_whole_with_the_callers_headers_and_without_those_of_others(
    site: Site,
) -> None:
    site.pages["/hook"] = says(b"", 204)
    answer = post(
        f"http://127.0.0.1:{site.port}/hook",
        b'{"a": 1}',
        headers={"Content-Type": "application/json", "X-Signature": "abc", "Cookie": "a=b"}
        | {"Host": "other.example", "User-Agent": "another"},
        rules=rules(site.port),
    )
    assert answer.is_success
    [(method, _, headers, body)] = site.requests
    assert (method, body) == ("POST", b'{"a": 1}')
    assert headers["x-signature"] == "abc"
    assert headers["content-type"] == "application/json"
    assert "cookie" not in headers
    assert headers["host"] == f"127.0.0.1:{site.port}"
    assert headers["user-agent"] == "planning-data-performance"


def test_a_header_cannot_bring_another(site: Site) -> None:
    for text in ("a\r\nX-Other: b", "a\nb", "☃"):
        with pytest.raises(BadAddress):
            post(f"http://127.0.0.1:{site.port}/", b"", headers={"X": text}, rules=rules(site.port))
    assert site.requests == []


def test_a_body_can_go_to_a_file(site: Site) -> None:
    site.pages["/"] = says(gzip.compress(b"x" * MEGABYTE), Content_Encoding="gzip")
    file = io.BytesIO()
    answer = get(f"http://127.0.0.1:{site.port}/", into=file, rules=rules(site.port))
    assert answer.body == b""
    assert file.getvalue() == b"x" * MEGABYTE


# Redirects


def test_five_redirects_are_followed_and_a_sixth_is_not(site: Site) -> None:
    for number in range(1, 7):
        site.pages[f"/{number}"] = sends_to(f"/{number - 1}")
    site.pages["/0"] = says(b"here")
    answer = get(f"http://127.0.0.1:{site.port}/5", rules=rules(site.port))
    assert (answer.body, answer.url) == (b"here", f"http://127.0.0.1:{site.port}/0")
    with pytest.raises(TooManyRedirects):
        get(f"http://127.0.0.1:{site.port}/6", rules=rules(site.port))


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ("http://169.254.169.254/latest/", ForbiddenAddress),
        ("http://localhost.example/", ForbiddenAddress),
        ("file:///etc/passwd", BadAddress),
        ("http://127.0.0.1:22/", BadAddress),
        ("http://a:b@127.0.0.1/", BadAddress),
        ("http://[", NameNotResolved),
    ],
)
def test_a_redirect_is_tested_anew(
    site: Site, names: dict[str, list[list[str]]], where: str, error: type[FetchError]
) -> None:
    names["localhost.example"] = [["127.0.0.2"]]
    site.pages["/"] = sends_to(where)
    with pytest.raises(error):
        get(f"http://127.0.0.1:{site.port}/", rules=rules(site.port, 80))


def test_a_post_is_repeated_only_where_the_body_goes_along(site: Site) -> None:
    site.pages["/end"] = says(b"ok")
    site.pages["/307"] = sends_to("/end", 307)
    site.pages["/302"] = sends_to("/end", 302)
    root = f"http://127.0.0.1:{site.port}"
    assert post(f"{root}/307", b"body", rules=rules(site.port)).is_success
    assert site.requests[-1][:2] == ("POST", "/end")
    assert site.requests[-1][3] == b"body"
    answer = post(f"{root}/302", b"body", rules=rules(site.port))
    assert (answer.status, answer.is_success) == (302, False)
    assert site.requests[-1][1] == "/302"


def test_another_server_does_not_get_the_callers_headers(site: Site) -> None:
    with open_site() as other:
        site.pages["/"] = sends_to(f"http://127.0.0.1:{other.port}/", 307)
        other.pages["/"] = says(b"")
        both = rules(site.port, other.port)
        post(f"http://127.0.0.1:{site.port}/", b"a", headers={"X-Key": "secret"}, rules=both)
        assert "x-key" not in other.requests[0][2]


# Limits


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_is_noticed_before_it_is_in_memory(site: Site, coding: str) -> None:
    blank = b"\0" * (16 * MEGABYTE)
    body = gzip.compress(blank) if coding == "gzip" else zlib.compress(blank)
    assert len(body) < MEGABYTE
    site.pages["/"] = says(body, Content_Encoding=coding)
    file = io.BytesIO()
    with pytest.raises(TooLarge, match="larger than 2 MB"):
        get(f"http://127.0.0.1:{site.port}/", into=file, rules=rules(site.port, body=2 * MEGABYTE))
    assert len(file.getvalue()) <= 2 * MEGABYTE


def test_bytes_on_the_wire_have_a_limit_with_and_without_a_length(site: Site) -> None:
    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Connection", "close")
        request.end_headers()
        with suppress(OSError):
            while True:
                request.wfile.write(b"x" * 65536)

    site.pages["/long"] = says(b"x" * 2000)
    site.pages["/endless"] = endless
    for path in ("/long", "/endless"):
        with pytest.raises(TooLarge, match="larger than 1,000 bytes"):
            get(f"http://127.0.0.1:{site.port}{path}", rules=rules(site.port, wire=1000, body=1000))


def test_gzip_of_several_members_is_read_whole(site: Site) -> None:
    site.pages["/"] = says(gzip.compress(b"a") + gzip.compress(b"b"), Content_Encoding="gzip")
    assert get(f"http://127.0.0.1:{site.port}/", rules=rules(site.port)).body == b"ab"


@pytest.mark.parametrize(
    ("body", "coding"),
    [(gzip.compress(b"abc" * 999)[:-9], "gzip"), (b"no gzip", "gzip"), (b"a", "br")],
    ids=["cut short", "no gzip", "no brotli"],
)
def test_a_body_that_cannot_be_unpacked(site: Site, body: bytes, coding: str) -> None:
    site.pages["/"] = says(body, Content_Encoding=coding)
    with pytest.raises(BrokenAnswer):
        get(f"http://127.0.0.1:{site.port}/", rules=rules(site.port))


def _drips(request: BaseHTTPRequestHandler) -> None:
    with suppress(OSError):
        for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 1000:
            request.wfile.write(bytes([letter]))
            time.sleep(0.02)


def test_a_server_that_drips_its_headers_ends_with_the_whole_time(site: Site) -> None:
    site.pages["/"] = _drips
    began = time.monotonic()
    with pytest.raises(TooSlow, match=r"did not finish|said nothing"):
        get(f"http://127.0.0.1:{site.port}/", rules=rules(site.port, whole=0.3))
    assert time.monotonic() - began < 3


def test_a_server_that_says_nothing_ends_with_the_stall_time(site: Site) -> None:
    end = threading.Event()
    site.pages["/"] = lambda _: end.wait(5) and None
    with pytest.raises(TooSlow, match="said nothing"):
        get(f"http://127.0.0.1:{site.port}/", rules=rules(site.port, stall=0.1))
    end.set()


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        get(f"http://127.0.0.1:{port}/", rules=rules(port))
    assert caught.value.passing


def test_an_answer_that_is_no_http() -> None:
    with nonsense(lambda: b"nonsense\r\n\r\n") as port, pytest.raises(BrokenAnswer):
        get(f"http://127.0.0.1:{port}/", rules=rules(port))


# Certificates


def test_the_certificate_must_be_of_the_name_although_we_connect_to_an_address(
    certificate: Path, names: dict[str, list[list[str]]]
) -> None:
    names["council.example"] = names["other.example"] = [["127.0.0.1"]]
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    heard: list[str] = []
    server.sni_callback = lambda _socket, name, _context: heard.append(name)
    believes = ssl.create_default_context(cafile=str(certificate))
    with open_site(server) as site:
        site.pages["/"] = says(b"safe")
        trusting = rules(site.port, tls=believes)
        assert get(f"https://council.example:{site.port}/", rules=trusting).body == b"safe"
        assert heard == ["council.example"]
        for host, limits in (("other.example", trusting), ("council.example", rules(site.port))):
            with pytest.raises(Unreachable, match="not valid"):
                get(f"https://{host}:{site.port}/", rules=limits)
        with open_site() as plain:
            site.pages["/down"] = sends_to(f"http://127.0.0.1:{plain.port}/")
            both = rules(site.port, plain.port, tls=believes)
            with pytest.raises(BadAddress, match="unsafe"):
                get(f"https://council.example:{site.port}/down", rules=both)
