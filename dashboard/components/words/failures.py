"""Why an endpoint could not be collected from, in plain words, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """One kind of failure. ``brief`` goes into a sentence after "because"; ``meaning`` is a
    sentence; ``steps`` are what to do, in order."""

    brief: str
    meaning: str
    steps: tuple[str, ...]


_NEW_ADDRESS = "If the data has moved, give its new address to the data team."
_ASK_IT = "Ask the people who run that website or server to check it."
_TRY = "Open the address in your browser, without signing in, and see what loads."

_NOTHING_THERE = Failure(
    "there is nothing at the address",
    "The website said there is nothing at this address.",
    (
        _TRY,
        "If the file was moved, renamed or deleted, put it back where it was.",
        _NEW_ADDRESS,
    ),
)
_REFUSED = Failure(
    "the website refused to let us in",
    "The website answered, but did not let us read the data.",
    (
        _TRY,
        "Make the address public, so that it works without signing in or a key.",
        "If it is public, ask the website’s team not to block automated visitors.",
    ),
)
_BAD_REQUEST = Failure(
    "the website did not understand the request",
    "The website could not understand the address. With map services, this often means that a "
    "layer was renamed or removed.",
    (_TRY, "Compare the address with the one your map service gives now.", _NEW_ADDRESS),
)
_TOO_MANY = Failure(
    "the website said that we made too many requests",
    "The website limits the number of requests, and we went over the limit.",
    ("Ask the website’s team to raise the limit for the Planning Data Platform.",),
)
_SERVER = Failure(
    "the website had a fault",
    "The website reported a fault on its side.",
    (_ASK_IT, "If it lasts for days, publish the file at another address for now."),
)
_BUSY = Failure(
    "the website was out of service",
    "The website said that it is overloaded or under repair.",
    (
        _ASK_IT,
        "If it will be down for long, publish the data at another address, and give that to the "
        "data team.",
    ),
)
_REDIRECT = Failure(
    "the address redirects too many times",
    "The address redirects to another one, and we could not reach any data.",
    (
        _TRY,
        "If you reach the data, give the address it is at to the data team.",
    ),
)
_EMPTY = Failure(
    "the website answered without any data",
    "The website reported success, but sent no data.",
    (_TRY, "Check that the file or layer has rows in it."),
)
_SLOW = Failure(
    "the website took too long to answer",
    "We did not get an answer in time.",
    (
        _TRY,
        _ASK_IT,
        "If the file is very large, publish a copy that is updated once a day, not on request.",
    ),
)
_NO_CONNECTION = Failure(
    "we could not connect to the website",
    "We could not reach the website at all. Its name may have changed, or it may be switched off.",
    (
        "Check the spelling of the address and that the website still exists.",
        _ASK_IT,
        "Ask whether a firewall blocks visitors from outside your organisation.",
    ),
)
_CERTIFICATE = Failure(
    "the website’s security certificate is not valid",
    "We could not make a secure connection. The certificate may be out of date, incomplete or for "
    "another name.",
    ("Ask the people who run the website to renew or fix its certificate.", _TRY),
)
_MAP_SERVICE = Failure(
    "the map service did not send its data",
    "The address belongs to an ArcGIS map service. It answered, but we could not download its "
    "records.",
    (
        "Check that the layer is shared with everyone and that queries are allowed.",
        "Check that the address ends with the layer number.",
        "If a layer was rebuilt, its number may have changed. Give its new address to the data "
        "team.",
    ),
)
_BROKEN_OFF = Failure(
    "the download stopped early",
    "The website started to send the data, then stopped.",
    ("We try again every night. If it happens again, make the file smaller.", _ASK_IT),
)
_BAD_ADDRESS = Failure(
    "the address cannot be used",
    "The address is incomplete, so we could not use it.",
    ("Give the complete address, starting with https://, to the data team.",),
)
_UNREADABLE = Failure(
    "we could not read the answer",
    "The website sent something, but not data that we can read.",
    (_TRY, "Check that the address gives the data itself, not a page about it."),
)
_UNKNOWN = Failure(
    "we got no data, and do not know why",
    "The attempt failed. The platform’s log does not say why.",
    (_TRY, _ASK_IT),
)

_BY_STATUS = {
    "400": _BAD_REQUEST,
    "401": _REFUSED,
    "403": _REFUSED,
    "404": _NOTHING_THERE,
    "408": _SLOW,
    "410": _NOTHING_THERE,
    "429": _TOO_MANY,
    "503": _BUSY,
    "504": _SLOW,
}
_BY_CLASS = {"2": _EMPTY, "3": _REDIRECT, "4": _BAD_REQUEST, "5": _SERVER}
# The first that fits wins: a time-out of a secure connection is a time-out.
_BY_EXCEPTION = (
    (re.compile(r"timed?.?out|timeout", re.IGNORECASE), _SLOW),
    (re.compile(r"ssl|certificate|tls", re.IGNORECASE), _CERTIFICATE),
    (re.compile(r"esri|arcgis", re.IGNORECASE), _MAP_SERVICE),
    (re.compile(r"redirect", re.IGNORECASE), _REDIRECT),
    (re.compile(r"chunked|incompleteread|protocolerror|reset", re.IGNORECASE), _BROKEN_OFF),
    (re.compile(r"invalidurl|invalidschema|missingschema|locationparse|locationvalue", re.I),
     _BAD_ADDRESS),
    (re.compile(r"json|decode|unicode|parse", re.IGNORECASE), _UNREADABLE),
    (re.compile(r"connection|resolution|socket|dns|gaierror|proxy", re.IGNORECASE),
     _NO_CONNECTION),
)  # fmt: skip


def failure(http_status: str | None, exception: str | None) -> Failure:
    """What a failed attempt means. In: the HTTP status and the exception, as in the log."""
    if exception:
        for pattern, cause in _BY_EXCEPTION:
            if pattern.search(exception):
                return cause
    status = (http_status or "").strip().removesuffix(".0")
    return _BY_STATUS.get(status) or _BY_CLASS.get(status[:1], _UNKNOWN)


def evidence(http_status: str | None, exception: str | None) -> str:
    """What the log says, for the people who run the website: "404" or "ConnectTimeout"."""
    status = (http_status or "").strip().removesuffix(".0")
    return " and ".join(part for part in (status, (exception or "").strip()) if part)
