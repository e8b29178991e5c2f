"""The data at an address that somebody gave for a check: a file, or all of a map server's layer.

Everything goes through the guarded fetcher and spends one allowance: 120 seconds and 100 MB.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from providers.fetching import arcgis, wfs
from providers.fetching.errors import WrongAnswer
from providers.fetching.fetch import Answer
from providers.fetching.rules import RULES, Rules
from providers.fetching.visit import PageTooLarge, Visit

LOOK = 4096
_MARKUP = re.compile(rb"^\xef\xbb\xbf|<\?xml[^>]*\?>|<!--.*?-->|\s+", re.DOTALL)
_HTML = re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f/\\]")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was fetched: the file, what it is to be called, what stood at the address, and a
    sentence that says so."""

    path: Path
    name: str
    kind: Literal["file", "arcgis", "wfs"]
    sentence: str


def fetch(url: str, folder: Path, *, say: Callable[[str], None], rules: Rules = RULES) -> Fetched:
    """Fetch all that stands at an address into a file in a folder.

    ArcGIS layers and WFS are read page by page; `say` hears how far it has come. Raises FetchError,
    whose sentence says what to do.
    """
    url = url.strip()
    visit = Visit(rules)
    path = folder / "fetched"
    try:
        if arcgis.is_service(url):
            name, sentence = arcgis.download(url, path, visit, say)
            return Fetched(path, name, "arcgis", sentence)
        if wfs.is_service(url):
            return _wfs(url, path, visit, say)
        say("Downloading the file")
        with path.open("wb") as file:
            answer = visit.get(url, into=file)
    except PageTooLarge as error:
        # A single thing that does not fit: there are no smaller pages to ask for.
        raise visit.large() from error
    return _file(answer, path, visit, say)


def _wfs(url: str, path: Path, visit: Visit, say: Callable[[str], None]) -> Fetched:
    name, sentence = wfs.download(url, path, visit, say)
    return Fetched(path, name, "wfs", sentence)


def _file(answer: Answer, path: Path, visit: Visit, say: Callable[[str], None]) -> Fetched:
    with path.open("rb") as file:
        beginning = _MARKUP.sub(b" ", file.read(LOOK)).strip()
    if not beginning:
        raise WrongAnswer("The file at this address is empty. Publish it again.")
    if _HTML.match(beginning):
        raise WrongAnswer(_page_sentence(answer.url))
    if wfs.CAPABILITIES.match(beginning):
        return _wfs(answer.url, path, visit, say)
    name = _name(answer)
    sentence = f"{name}, downloaded from {urlsplit(answer.url).hostname}."
    if answer.headers.get("content-type", "").lower().startswith("text/html"):
        sentence += (
            " The server says that it is a web page (text/html): the platform takes it only when "
            "the server says what it is, for example text/csv."
        )
    return Fetched(path, name, "file", sentence)


def _page_sentence(url: str) -> str:
    parts = urlsplit(url)
    if (parts.hostname or "").endswith("arcgis.com") or "/arcgis/" in parts.path.lower():
        return (
            "This is a page about a map, not the data layer. Give the layer's address, which ends "
            "in /FeatureServer/0 or /MapServer/0."
        )
    return (
        "This is a web page, not a data file. Give the address of the file itself: on the page, "
        "copy the address of the link that downloads it."
    )


def _name(answer: Answer) -> str:
    """What the server calls the file, or the end of its address."""
    message = Message()
    message["Content-Disposition"] = answer.headers.get("content-disposition", "")
    try:
        name = message.get_filename() or ""
    except (LookupError, ValueError):
        name = ""
    name = name or unquote(urlsplit(answer.url).path.rstrip("/").rpartition("/")[2])
    return _UNPRINTABLE.sub("", name)[:255] or (urlsplit(answer.url).hostname or "file")
