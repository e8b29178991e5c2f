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


_NEW_ADDRESS = "If the data has a new address, give us the new one."
_ASK_IT = "Ask the people who run that website or server to look at it."
_TRY = "Open the address in your browser, without signing in, and see what comes."

_NOT_FOUND = Failure(
    "there is nothing at the address",
    "The website answered that it has nothing at this address.",
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
        "Make the address public: nobody should have to sign in or hold a key.",
        "If it is public, ask for automated visitors not to be blocked there.",
    ),
)
_BAD_REQUEST = Failure(
    "the website did not understand the request",
    "The website could not make sense of the address. With map services this often means that "
    "a layer was renamed or removed.",
    (_TRY, "Compare the address with the one your map service gives now.", _NEW_ADDRESS),
)
_TOO_MANY = Failure(
    "the website said that we ask too often",
    "The website limits how often anybody may ask, and we went over the limit.",
    ("Ask for the limit to be raised for the Planning Data Platform.",),
)
_SERVER = Failure(
    "the website had a fault of its own",
    "The website answered that something is wrong at its end.",
    (_ASK_IT, "If it goes on for days, publish the file at another address for now."),
)
_BUSY = Failure(
    "the website was out of service",
    "The website answered that it is overloaded or being repaired.",
    (
        _ASK_IT,
        "If it cannot come back soon, publish the data at another address, and give us that one.",
    ),
)
_REDIRECT = Failure(
    "the address sends us on and on",
    "The address points to another one, and we could not follow it to any data.",
    (_TRY, "Give us the address at which you end up, if the data is there."),
)
_EMPTY = Failure(
    "the website answered without any data",
    "The website said that all is well, but sent nothing we could keep.",
    (_TRY, "Check that the file or layer has rows in it."),
)
_SLOW = Failure(
    "the website took too long to answer",
    "We waited, but no answer came in time.",
    (
        _TRY,
        _ASK_IT,
        "If the file is very large, publish a copy that is made once a day, and not on request.",
    ),
)
_NO_CONNECTION = Failure(
    "we could not connect to the website",
    "We could not reach the website at all. Its name may have changed, or it may be switched off.",
    (
        "Check the spelling of the address and that the website still exists.",
        _ASK_IT,
        "Ask whether a firewall keeps out visitors from outside your organisation.",
    ),
)
_CERTIFICATE = Failure(
    "the website’s security certificate is not in order",
    "We could not make a secure connection: the certificate may be out of date, be for another "
    "name, or be incomplete.",
    ("Ask the people who run the website to renew or mend its certificate.", _TRY),
)
_MAP_SERVICE = Failure(
    "the map service did not hand over its data",
    "The address belongs to an ArcGIS map service. It answered, but we could not download its "
    "records.",
    (
        "Check that the layer is shared with everyone and that queries are allowed.",
        "Check that the address ends with the number of the layer.",
        "If a layer was rebuilt, its number may have changed: give us the new address.",
    ),
)
_BROKEN_OFF = Failure(
    "the download broke off",
    "The website began to send the data and then stopped.",
    ("We try again every night. If it happens again, make the file smaller.", _ASK_IT),
)
_BAD_ADDRESS = Failure(
    "the address cannot be used",
    "The address is not a complete web address, so we could not try it.",
    ("Give us the complete address, with https:// at its beginning.",),
)
_UNREADABLE = Failure(
    "the answer could not be read",
    "Something came back, but not as data that we can read.",
    (_TRY, "Check that you get the data itself, and not a page about it."),
)
_UNKNOWN = Failure(
    "no data came, and we were not told why",
    "The attempt failed. The platform’s log does not say why.",
    (_TRY, _ASK_IT),
)

_BY_STATUS = {
    "400": _BAD_REQUEST,
    "401": _REFUSED,
    "403": _REFUSED,
    "404": _NOT_FOUND,
    "408": _SLOW,
    "410": _NOT_FOUND,
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
