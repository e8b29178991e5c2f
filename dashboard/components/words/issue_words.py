"""Issues in plain words: what is wrong, why it matters, and what to do in the source system.

For each type of issue that the platform reports (41 in the register, one more in the history). A
new type is shown by the name it comes with, and with general advice.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.components.words import formatting
from dashboard.components.words.issue_texts import BY_TYPE, FAMILIES


@dataclass(frozen=True, slots=True)
class IssueWords:
    """One type of issue.

    `title`: what is wrong, in a few words. `has`: the same for one row ("has a date that cannot
    be read"). `remedy`: what to do, in a sentence, "" when we do not know. `why`: why it matters.
    `steps`: how to fix it in the source system; empty when there is nothing to do.
    """

    title: str
    has: str
    remedy: str
    why: str
    steps: tuple[str, ...]


_PUBLISH = (
    "Publish the file at the same address as before. The platform collects it every night. "
    "Fixed rows disappear after the next collection."
)
_MANY = {
    "has": "have",
    "names": "name",
}


def issue_words(issue_type: str, name: str | None = None) -> IssueWords:
    """The words for a type of issue; a type without words of its own is shown by its name."""
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


def row_heading(words: IssueWords, rows: int | None, problems: int, records: int | None) -> str:
    """How many rows have the issue: "1 row has …", "12 rows have …", "All 12 rows have …".

    In: the words, how many rows have it (None: not known, so that its problems are told), how
    often it occurs, and how many records there are (None: not known). A single record is never
    "all rows".
    """
    if rows is None:
        return f"{words.title}: {formatting.plural(problems, 'problem')}"
    if rows == 1:
        return f"1 row {words.has}"
    verb, _, rest = words.has.partition(" ")
    every = "All " if records == rows else ""
    return f"{every}{formatting.number(rows)} rows {_MANY.get(verb, verb)} {rest}"
