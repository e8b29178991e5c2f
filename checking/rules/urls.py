"""Web addresses, and what is wrong with those that the platform does not take.

The platform's test is that of a published library; this is what it comes to.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qs, urlsplit

from checking.rules.judging import Note, Verdict

SCHEMES = frozenset(
    {
        "ftp",
        "ftps",
        "git",
        "http",
        "https",
        "irc",
        "rtmp",
        "rtmps",
        "rtsp",
        "sftp",
        "ssh",
        "telnet",
    }
)
LONGEST = 5_000

_COMMON = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,60}(?:/[\w/.~!$&'()*+,;=:@%-]*)?",
    re.ASCII,
)
"""What most addresses are like: they need no closer look."""
_PATH = re.compile(
    r"[/a-z0-9\-._~!$&'()*+,;=:@%\U0001F600-\U0001F64F\u00A0-\uD7FF\uF900-\uFDCF\uFDF0-\uFFEF]*",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(r"[0-9a-z?/:@\-._~%!$&'()*+,;=#]*", re.IGNORECASE)
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9_-]{0,61}[a-z]", re.IGNORECASE
)
_PORT = re.compile(
    r":(?:6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]\d{4}|[1-9]\d{0,3})", re.ASCII
)


def judge_url(value: str) -> Verdict | None:
    """All white space goes; what is left must be a full address."""
    if _COMMON.fullmatch(value):
        return None
    text = "".join(value.split())
    fault = fault_of(text)
    if fault:
        return Verdict("", (Note("invalid URI", value, fault),))
    if text == value:
        return None
    return Verdict(text, (Note("changed text", value, f"Kept as: {text[:200]}"),))


def fault_of(text: str) -> str:
    """What is wrong with an address, as a sentence; '' if it is one."""
    if len(text) > LONGEST:
        return "This is too long for an address"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "The name of the server cannot be read"
    if parts.scheme not in SCHEMES or not parts.netloc:
        return "It does not begin with https://"
    if not _is_server(parts.netloc):
        return "The name of the server is not complete"
    if not _PATH.fullmatch(parts.path):
        odd = next(sign for sign in parts.path if not _PATH.fullmatch(sign))
        return f"The sign {odd} must be encoded"
    if parts.query and not _is_query(parts.query):
        return "What comes after ? is not made of names and values (name=value&name=value)"
    if not _FRAGMENT.fullmatch(parts.fragment):
        return "What comes after # has signs that must be encoded"
    return ""


def _is_server(netloc: str) -> bool:
    user, at, host = netloc.rpartition("@")
    if (at and not user) or "@" in user:
        return False
    name, colon, port = host.rpartition(":")
    if colon and not host.endswith("]"):
        if not _PORT.fullmatch(colon + port):
            return False
        host = name
    if host.startswith("[") or host[-1:].isdigit():
        return _is_ip(host.strip("[]"))
    try:
        return _DOMAIN.fullmatch(host.encode("idna").decode("ascii")) is not None
    except UnicodeError:
        return False


def _is_query(query: str) -> bool:
    try:
        for separator in ("&", ";"):
            parse_qs(query, strict_parsing=True, separator=separator)
    except ValueError:
        return False
    return True


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
