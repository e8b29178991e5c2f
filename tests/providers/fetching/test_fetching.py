"""The fetcher against servers of this machine, which only the rules of a test let it reach."""

from __future__ import annotations

import datetime
import gzip
import io
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from providers.fetching import (
    RULES,
    BadAddress,
    BrokenAnswer,
    FetchError,
    ForbiddenAddress,
    NameNotResolved,
    Rules,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
    get,
    post,
)
from providers.fetching.rules import parse_address
from tests.support.tcp import nonsense

MEGABYTE = 1 << 20
Reply = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A server whose pages are functions. It remembers what came."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Reply] = {}
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): text for name, text in self.headers.items()}
                site.requests.append((self.command, self.path, headers, body))
                with suppress(OSError):
                    site.pages[self.path.partition("?")[0]](self)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@contextmanager
def _open(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    site = Site(tls)
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    with _open() as site:
        yield site


def rules(*ports: int, **limits: Any) -> Rules:
    loopback = ip_network("127.0.0.1/32")
    return replace(RULES, ports=frozenset(ports), networks=(loopback,), **limits)


def says(body: bytes, status: int = 200, **headers: str) -> Reply:
    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, text in headers.items():
            request.send_header(name.replace("_", "-"), text)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return reply


def sends_to(where: str, status: int = 302) -> Reply:
    return says(b"elsewhere", status, Location=where)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What names lead to: a list of addresses for each look-up in turn, the last one for ever."""
    table: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        if host not in table:
            return real(host, port, *arguments, **options)
        answers = table[host]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            entry for address in addresses for entry in real(address, port, *arguments, **options)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return table


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


# Which addresses


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16",
        "192.0.0.192", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1",
        "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "2002:7f00:1::", "2001:0:7f00:1::1", "2001:db8::1", "3fff::1", "5f00::1", "100::1",
        "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_public_internet(text: str) -> None:
    assert not RULES.reaches(parse_address(text))


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "51.11.0.1", "2a00:1450:4009::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_public_internet(text: str) -> None:
    assert RULES.reaches(parse_address(text))


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "0",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "\uff11\uff12\uff17.0.0.1"],
)  # fmt: skip
def test_nothing_is_sent_to_this_machine_however_it_is_written(site: Site, host: str) -> None:
    site.pages["/"] = says(b"secret")
    # Forms that the library does not read as a host are no web address at all.
    with pytest.raises((ForbiddenAddress, BadAddress), match=r"on the public internet|no web addr"):
        get(f"http://{host}:{site.port}/", rules=replace(RULES, ports=frozenset({site.port})))
    assert site.requests == []


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    names: dict[str, list[list[str]]],
) -> None:
    names["council.example"] = [["8.8.8.8", "10.0.0.1"]]
    with pytest.raises(ForbiddenAddress) as caught:
        get("http://council.example/")
    assert "10.0.0.1" not in caught.value.sentence


def test_a_name_is_looked_up_once_and_the_answer_is_what_we_connect_to(
    site: Site, names: dict[str, list[list[str]]]
) -> None:
    site.pages["/"] = says(b"the first")
    answers = [["127.0.0.1"], ["10.255.255.1"], ["127.0.0.1"]]
    names["council.example"] = answers
    answer = get(f"http://council.example:{site.port}/", rules=rules(site.port))
    assert answer.body == b"the first"
    assert len(answers) == 2
    assert site.requests[0][2]["host"] == f"council.example:{site.port}"
    with pytest.raises(ForbiddenAddress):
        get(f"http://council.example:{site.port}/", rules=rules(site.port))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "data:,a", "nonsense", "",
        "//a.example/", "http://", "https:///a", "http://a:b@a.example/", "http://a@a.example/",
        "http://a.example:22/", "http://a.example:99999/", "http://a.example\r\nX: y/",
        "http://a.example/" + "a" * 2048, "javascript:alert(1)",
    ],
)  # fmt: skip
def test_addresses_of_a_form_that_is_not_fetched(url: str) -> None:
    with pytest.raises(BadAddress) as caught:
        get(url)
    assert caught.value.sentence.endswith(".")
    assert not caught.value.passing


def test_a_name_that_nobody_has() -> None:
    with pytest.raises(NameNotResolved) as caught:
        get("http://nobody.invalid/")
    assert caught.value.passing


def test_a_look_up_that_hangs_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    end = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: end.wait(5) and [])
    with pytest.raises(TooSlow, match="Looking up"):
        get("http://a.example/", rules=replace(RULES, connect=0.05))
    end.set()


def test_proxies_of_the_environment_are_not_used(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/"] = says(b"direct")
    assert get(f"http://127.0.0.1:{site.port}/", rules=rules(site.port)).body == b"direct"


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
    with _open() as other:
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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for `council.example` that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "council.example")])
    now = datetime.datetime.now(datetime.UTC)
    made_out = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("council.example")]), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made_out.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_the_certificate_must_be_of_the_name_although_we_connect_to_an_address(
    certificate: Path, names: dict[str, list[list[str]]]
) -> None:
    names["council.example"] = names["other.example"] = [["127.0.0.1"]]
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    heard: list[str] = []
    server.sni_callback = lambda _socket, name, _context: heard.append(name)
    believes = ssl.create_default_context(cafile=str(certificate))
    with _open(server) as site:
        site.pages["/"] = says(b"safe")
        trusting = rules(site.port, tls=believes)
        assert get(f"https://council.example:{site.port}/", rules=trusting).body == b"safe"
        assert heard == ["council.example"]
        for host, limits in (("other.example", trusting), ("council.example", rules(site.port))):
            with pytest.raises(Unreachable, match="not valid"):
                get(f"https://{host}:{site.port}/", rules=limits)
        with _open() as plain:
            site.pages["/down"] = sends_to(f"http://127.0.0.1:{plain.port}/")
            both = rules(site.port, plain.port, tls=believes)
            with pytest.raises(BadAddress, match="unsafe"):
                get(f"https://council.example:{site.port}/down", rules=both)
