"""What people type about what they send, and what is wrong with it."""

from __future__ import annotations

from urllib.parse import urlsplit

from dashboard.pages.check.routes import wrong_with
from providers.submissions import answers
from providers.submissions.rows import CHECKED, OF_ENDPOINT, Draft, Kind

FIELDS = ("url", "endpoint", "field", "documentation_url", "licence", "name", "note")
"""What a form may hold."""
MORE_SIGNS = 100
"""What is too long is kept so far, so that whoever typed it sees what is too much."""

NO_URL = "Enter the web address of the data"
LONG_URL = "The address must be 2,048 characters or fewer"
SPACES = "The address has a space in it. Remove it, or write it as %20"
OTHER_HOST = (
    "This page is not on a website that ends in gov.uk or org.uk. You can send it: the data team "
    "looks whether it is the authority’s."
)
_LONGEST = {"note": answers.NOTE_SIGNS, "name": answers.NAME_SIGNS, "endpoint": 200, "field": 200}


def clean(name: str, text: str) -> str:
    """What was typed into a field, without blanks around it; lines of a note end as ours do."""
    text = text.replace("\r\n", "\n").replace("\r", "\n") if name == "note" else text
    return text.strip()[: _LONGEST.get(name, answers.URL_SIGNS) + MORE_SIGNS]


def details(kind: Kind, subject: str) -> tuple[str, ...]:
    """What the page of details asks of a kind, in its order. In: of a correction, what it is of."""
    if kind in CHECKED:
        return ("documentation_url", "licence", "name", "note")
    if kind == "correct":
        return ("licence" if subject == "licence" else "documentation_url", "name", "note")
    return ("note", "url", "name")


def of_details(draft: Draft) -> tuple[str, ...]:
    """What the page of details asks for a draft."""
    return details(draft.kind, draft.answers.get("field", ""))


def shared(before: Draft, kind: Kind) -> dict[str, str]:
    """The answers of a draft that one of another kind asks for too."""
    both = _names_of(before.kind) & _names_of(kind)
    return {name: text for name, text in before.answers.items() if name in both and text}


def _names_of(kind: Kind) -> set[str]:
    """All that a kind asks for, whichever of its choices is made. Which address is taken back is
    chosen among those that ended, and is no answer to anything else."""
    names = {*details(kind, ""), *details(kind, "licence")} - {"url"}
    if kind in ("provide", "replace", "help"):
        names |= {"url", "check"}
    if kind in OF_ENDPOINT and kind != "take_back":
        names.add("endpoint")
    return names


def wrong_url(text: str) -> str | None:
    """What is wrong with the web address of data; None for one that can be tried."""
    if not text:
        return NO_URL
    if len(text) > answers.URL_SIGNS:
        return LONG_URL
    if any(letter.isspace() for letter in text):
        return SPACES
    return wrong_with(text)


def is_public_host(text: str) -> bool:
    """Whether a page is on a website of government or of a public body, by its name."""
    try:
        host = (urlsplit(text).hostname or "").rstrip(".")
    except ValueError:
        return False
    return any(host == end or host.endswith(f".{end}") for end in ("gov.uk", "org.uk"))
