"""Issues in plain words: what is wrong, why it matters, and what to do where the data is kept.

For each type of issue that the platform reports (the register has 41; history knows one more). A
type never seen before is shown by the name it comes with, and with advice that fits anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.components.words import formatting
from dashboard.components.words.issue_texts import BY_TYPE, FAMILIES


@dataclass(frozen=True, slots=True)
class IssueWords:
    """One type of issue.

    `title`: what is wrong, in a few words. `has`: the same said of one row ("has a date that
    cannot be read"). `remedy`: what to do, in a sentence, "" when nothing is known. `why`: why it
    matters. `steps`: how to mend it in the source system; empty where nothing has to be done.
    """

    title: str
    has: str
    remedy: str
    why: str
    steps: tuple[str, ...]


ISSUE_TYPES = frozenset(BY_TYPE)
_PUBLISH = (
    "Publish the file at the same address as before. The platform collects it every night, and "
    "what is mended leaves this page with the next figures."
)
_MANY = {
    "has": "have",
    "points": "point",
    "names": "name",
}


def issue_words(issue_type: str, name: str | None = None) -> IssueWords:
    """A type of issue in our words; of an unknown type, the name it comes with."""
    texts = BY_TYPE.get(issue_type)
    if texts is None:
        text = (name or issue_type).replace("_", " ").strip() or "An issue without a name"
        family = FAMILIES["unknown"]
        title = text[0].upper() + text[1:]
        steps = (*family.steps, _PUBLISH)
        return IssueWords(title, f"has the issue “{text}”", "", family.why, steps)
    family_name, title, has, remedy = texts
    family = FAMILIES[family_name]
    steps = (*family.where, remedy, *family.steps, _PUBLISH) if family.acts else ()
    return IssueWords(title, has, remedy, family.why, steps)


def row_heading(words: IssueWords, rows: int, records: int | None) -> str:
    """How many rows have the issue: "1 row has …", "12 rows have …", "All 12 rows have …".

    In: the words, how many rows have it, and how many records there are (None: not known). A
    single record is never "all rows".
    """
    if rows == 1:
        return f"1 row {words.has}"
    verb, _, rest = words.has.partition(" ")
    # A row can have an issue twice, so there may be more of them than records.
    every = "All " if records == rows else ""
    return f"{every}{formatting.number(rows)} rows {_MANY.get(verb, verb)} {rest}"
