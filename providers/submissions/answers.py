"""What is to be answered before something is sent, and what is wrong with an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from providers.submissions.rows import CHECKED, OF_ENDPOINT, Kind
from providers.submissions.standing import url_key

NAME_SIGNS, NOTE_SIGNS, URL_SIGNS = 100, 1_000, 2_048
NO_ADDRESS = "Enter a web address that begins with http:// or https://, without spaces"
_FILES = (
    *(".csv", ".json", ".geojson", ".xml", ".gml", ".kml", ".gpkg", ".zip", ".xls", ".xlsx"),
    ".pdf",
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSEEMLY = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]")


def troubles(kind: Kind, answers: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with answers, a sentence for each by its name, in the order of the form; none
    where all is there that a submission of this kind needs."""
    sentences = {
        "url": _url(kind, answers),
        "endpoint": _endpoint(answers) if kind in OF_ENDPOINT else None,
        "field": _field(answers) if kind == "correct" else None,
        "documentation_url": _page(answers) if _asks(kind, answers, "documentation") else "",
        "licence": _licence(answers) if _asks(kind, answers, "licence") else None,
        "name": _name(answers),
        "note": _note(kind, answers),
    }
    return {name: sentence for name, sentence in sentences.items() if sentence}


def _asks(kind: Kind, answers: Mapping[str, str], field: str) -> bool:
    return kind in CHECKED or (kind == "correct" and answers.get("field") == field)


def _page(answers: Mapping[str, str]) -> str | None:
    page = _text(answers, "documentation_url")
    if not page:
        return "Enter the address of the web page about the data"
    if (trouble := _address(page)) is not None:
        return trouble
    if urlsplit(page).path.lower().endswith(_FILES):
        return "Enter the address of a web page about the data, not of a file"
    if url_key(page) == url_key(_text(answers, "url")):
        return "Enter the address of the page that links to the data, not of the data"
    return None


def _url(kind: Kind, answers: Mapping[str, str]) -> str | None:
    url = _text(answers, "url")
    if kind in CHECKED and not url:
        return "Enter the web address of the data"
    return _address(url) if url and kind in (*CHECKED, "help") else None


def _address(url: str) -> str | None:
    if len(url) > URL_SIGNS:
        return f"The address must be {URL_SIGNS:,} characters or fewer"
    try:
        parts = urlsplit(url)
        is_address = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return NO_ADDRESS
    if parts.username or parts.password:
        return "The address must not hold a user name or password: everybody can see it"
    if not is_address or _UNSEEMLY.search(url):
        return NO_ADDRESS
    return None


def _endpoint(answers: Mapping[str, str]) -> str | None:
    return None if _text(answers, "endpoint") else "Choose which registered address it is about"


def _field(answers: Mapping[str, str]) -> str | None:
    if answers.get("field") in ("documentation", "licence"):
        return None
    return "Choose what is to be corrected"


def _licence(answers: Mapping[str, str]) -> str | None:
    if answers.get("licence") in ("yes", "no", "unsure"):
        return None
    return "Say whether the data are under the Open Government Licence"


def _name(answers: Mapping[str, str]) -> str | None:
    name = _text(answers, "name")
    if not name:
        return "Enter your full name"
    if len(name) > NAME_SIGNS:
        return f"Your name must be {NAME_SIGNS} characters or fewer"
    return "Your name must be on one line" if _CONTROL.search(name) else None


def is_text(words: str) -> bool:
    """Whether words of several lines are words alone: no sign in them is for a machine."""
    return not _CONTROL.search(words.replace("\n", "").replace("\t", ""))


def _note(kind: Kind, answers: Mapping[str, str]) -> str | None:
    note = _text(answers, "note")
    if kind == "help" and not note:
        return "Say what you need help with"
    if len(note) > NOTE_SIGNS:
        return f"Your note must be {NOTE_SIGNS:,} characters or fewer"
    return None if is_text(note) else "Your note has a sign in it that is no text. Type it again"


def _text(answers: Mapping[str, str], name: str) -> str:
    return answers.get(name, "").strip()
