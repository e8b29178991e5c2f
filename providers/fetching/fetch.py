"""Fetching: one request and its redirects, within the rules."""

from __future__ import annotations

import io
import ssl
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import httpcore

from providers.fetching.connection import Backend, Budget, size
from providers.fetching.errors import (
    BadAddress,
    BrokenAnswer,
    FetchError,
    ForbiddenAddress,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
    UnsafeConnection,
)
from providers.fetching.rules import RULES, Rules, literal_address

if TYPE_CHECKING:
    # Where nothing is fetched it is not loaded: a web process starts without it.
    import httpx

USER_AGENT = "planning-data-performance"
LONGEST = 2048
MOVES = frozenset({301, 302, 303, 307, 308})
KEEPS_METHOD = frozenset({307, 308})
# What is ours to say: a caller cannot say it otherwise.
OWN_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-length", "cookie", "host", "transfer-encoding"}
    | {"user-agent"}
)
LIBRARY_ERRORS = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. ``url`` is where it came from at last; names of headers are in lower
    case; ``body`` is unpacked, and empty where it went to a file."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def is_success(self) -> bool:
        """Whether the server took it well (200 to 299)."""
        return 200 <= self.status < 300


def get(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    rules: Rules = RULES,
    into: BinaryIO | None = None,
) -> Answer:
    """What an address answers, whatever its status, after at most five redirects.

    ``into``: a file that the body is written to as it comes; without it, it is in the answer.
    Raises FetchError, whose sentence says why.
    """
    return _fetch("GET", url, b"", headers or {}, rules, into)


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str] | None = None,
    rules: Rules = RULES,
) -> Answer:
    """What an address answers to a body, whatever its status.

    Only redirects that repeat the request (307, 308) are followed: after the others the body would
    be lost and yet look delivered, so they are given as they are. Raises FetchError.
    """
    return _fetch("POST", url, body, headers or {}, rules, None)


def _fetch(
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    rules: Rules,
    into: BinaryIO | None,
) -> Answer:
    budget = Budget(rules)
    target = _parse(url, rules)
    first = target
    for _ in range(rules.redirects + 1):
        same = (target.scheme, target.host, target.port) == (first.scheme, first.host, first.port)
        # What the caller says is for the server it named, a key or a signature may be in it.
        words = _headers(headers if same else {})
        answer = _request(method, target, body, words, budget, into)
        where = answer.headers.get("location")
        follows = answer.status in (MOVES if method == "GET" else KEEPS_METHOD)
        if not follows or where is None:
            return answer
        following = _parse(_join(target, where), rules)
        if target.scheme == "https" and following.scheme == "http":
            raise BadAddress("The server sends us from a safe address (https) to an unsafe one.")
        target = following
    raise TooManyRedirects(f"The server sent us on more than {rules.redirects} times.")


def _request(
    method: str,
    target: httpx.URL,
    body: bytes,
    headers: list[tuple[bytes, bytes]],
    budget: Budget,
    into: BinaryIO | None,
) -> Answer:
    """One request, no redirect followed. The body of a redirect is left where it is."""
    rules = budget.rules
    pool = httpcore.ConnectionPool(ssl_context=rules.tls, network_backend=Backend(budget))
    address = httpcore.URL(
        scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path
    )
    times = {"connect": rules.connect, "read": rules.stall, "write": rules.stall}
    content = body if method == "POST" else None
    extensions = {"timeout": times}
    try:
        with (
            pool,
            pool.stream(
                method, address, headers=headers, content=content, extensions=extensions
            ) as response,
        ):
            names = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in response.headers
            }
            moves = response.status in MOVES and "location" in names
            sink = io.BytesIO() if into is None or moves else into
            if not moves:
                _read(response.iter_stream(), names, rules, sink.write)
    except (*LIBRARY_ERRORS, zlib.error) as error:
        raise _reason(error, target, rules) from error
    unpacked = sink.getvalue() if isinstance(sink, io.BytesIO) and sink is not into else b""
    return Answer(response.status, names, unpacked, str(target))


def _reason(error: Exception, target: httpx.URL, rules: Rules) -> FetchError:
    """What an error of the library means."""
    match error:
        case httpcore.ConnectTimeout():
            return TooSlow(f"{target.host} did not answer within {rules.connect:,.0f} seconds.")
        case httpcore.TimeoutException():
            return TooSlow(f"{target.host} said nothing for {rules.stall:,.0f} seconds.")
        case httpcore.ConnectError(args=[ssl.SSLError()]):
            return UnsafeConnection(f"The certificate or encryption of {target.host} is not valid.")
        case httpcore.ConnectError():
            return Unreachable(f"{target.host} does not take connections.")
        case httpcore.LocalProtocolError():
            return BadAddress("The request has a header that HTTP does not allow.")
    return BrokenAnswer(f"The answer of {target.host} broke off or cannot be read.")


def _read(
    blocks: Iterable[bytes],
    headers: Mapping[str, str],
    rules: Rules,
    write: Callable[[bytes], object],
) -> None:
    """Take a body in, unpacked, within its limits."""
    declaration = headers.get("content-length", "")
    if declaration.isdecimal() and int(declaration) > rules.wire:
        raise TooLarge(f"The answer is larger than {size(rules.wire)}.")
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding in ("gzip", "x-gzip", "deflate"):
        blocks = _unpack(blocks, rules.body)
    elif coding not in ("", "identity"):
        raise BrokenAnswer("The answer is compressed in a way that we did not ask for.")
    total = 0
    for block in blocks:
        total += len(block)
        if total > rules.body:
            raise TooLarge(f"The answer is larger than {size(rules.body)}.")
        write(block)


def _unpack(blocks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Gzip or zlib, unpacked in pieces, so that a bomb is noticed before it is in memory."""
    step = min(limit + 1, 1 << 16)
    engine = zlib.decompressobj(wbits=47)
    began = False
    for block in blocks:
        began = began or bool(block)
        while block:
            if engine.eof:  # Gzip may have several members, one after another.
                engine = zlib.decompressobj(wbits=47)
            yield engine.decompress(block, step)
            block = engine.unconsumed_tail or engine.unused_data
    if began and not engine.eof:
        yield engine.flush(step)
        if not engine.eof:
            raise BrokenAnswer("The answer broke off before its end.")


def _headers(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """What the caller says, and what is ours to say. The library adds host and length."""
    own = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
    others = {name: text for name, text in headers.items() if name.lower() not in OWN_HEADERS}
    try:
        return [
            (name.encode("ascii"), text.encode("latin-1")) for name, text in (own | others).items()
        ]
    except UnicodeEncodeError as error:
        raise BadAddress("The request has a header that HTTP does not allow.") from error


def _join(base: httpx.URL, where: str) -> str:
    import httpx

    try:
        return str(base.join(where))
    except httpx.InvalidURL as error:
        raise BadAddress("The server sends us on to something that is no web address.") from error


def check(text: str, rules: Rules = RULES) -> str:
    """An address as it would be fetched, for whoever types one that is fetched later: no name is
    looked up here. Raises BadAddress, and ForbiddenAddress for a machine that no name is needed
    for."""
    url = _parse(text, rules)
    host = url.host.rstrip(".")
    address = literal_address(host)
    is_here = "." not in host if address is None else not rules.reaches(address)
    if is_here or host.endswith(".localhost"):
        raise ForbiddenAddress(f"{host} is not a server on the public internet.")
    return str(url)


def _parse(text: str, rules: Rules) -> httpx.URL:
    """A web address that may be tried. It is read once, here: what is tested is what is used."""
    import httpx

    if len(text) > LONGEST:
        raise BadAddress(f"The address is longer than {LONGEST:,} characters.")
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL as error:
        raise BadAddress("This is no web address.") from error
    if url.scheme not in ("http", "https"):
        raise BadAddress("The address must begin with https:// or http://.")
    if not url.host:
        raise BadAddress("The address names no server.")
    if url.userinfo:
        raise BadAddress("The address must not have a user name or a password in it.")
    port = url.port or (443 if url.scheme == "https" else 80)
    if port not in rules.ports:
        raise BadAddress(f"Port {port} is not one that web pages are served at.")
    return url.copy_with(fragment=None)
