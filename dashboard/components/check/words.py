"""What a check's verdict, groups, stages and formats are called."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.components.design.status import Tone
from dashboard.components.words import formatting
from providers.checks.format import Group, Ladder, Options, Summary


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder: its heading and tag, what it means, and its id on the page."""

    title: str
    tag: str
    tone: Tone
    meaning: str
    id: str


LADDER: dict[Ladder, Rung] = {
    "must": Rung(
        "Must fix",
        "Must fix",
        "bad",
        "The platform would refuse these, or lose them. Fix them before you publish.",
        "must",
    ),
    "should": Rung(
        "Should fix",
        "Should fix",
        "warn",
        "You can publish with these. The data is better without them.",
        "should",
    ),
    "changed": Rung(
        "Changed by the platform",
        "Changed",
        "busy",
        "The platform would take these, and keep something else than what is in your file. Look "
        "whether that is what you mean.",
        "changed",
    ),
}
STAGES = {
    "": "Waiting for its turn",
    "waiting": "Waiting for its turn",
    "fetching": "Fetching the file",
    "platform": "Asking what the platform holds",
    "reading": "Reading the file",
    "checking": "Checking rows",
    "comparing": "Comparing rows with each other",
    "storing": "Writing down the result",
}
"""Stages in their order; one that is not here is shown as it is called."""
DELIMITERS = (
    (",", "Comma"),
    (";", "Semicolon"),
    ("\t", "Tab"),
    ("|", "Bar"),
)
ENCODINGS = (
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("cp1252", "Windows-1252 (Western Europe)"),
    ("iso-8859-1", "ISO 8859-1 (Latin 1)"),
)
SYSTEMS = (
    ("4326", "WGS84: longitude and latitude (EPSG:4326)"),
    ("27700", "British National Grid (EPSG:27700)"),
    ("3857", "Web Mercator (EPSG:3857)"),
)
KINDS = (("point", "Points"), ("polygon", "Polygons"))
FILES = (
    ("findings.csv", "What was found", "CSV, a line for each finding"),
    ("findings.json", "What was found", "JSON, for programs"),
    ("rows.xlsx", "Rows with troubles, marked", "Excel, a comment on each cell"),
    ("corrected.csv", "The corrected file", "CSV"),
    ("corrected.geojson", "The corrected file", "GeoJSON"),
    ("changes.csv", "Every change in the corrected file", "CSV"),
)
"""Files to take away: their kind, what they are called, and their form."""


def verdict(summary: Summary) -> str:
    """The whole result in one sentence, without a full stop."""
    if summary.verdict == "empty":
        return "Nothing to check: the file has no rows"
    if summary.verdict == "not-ready":
        return f"Not ready: {_things(summary, 'must', 'must be fixed', summary.must_rows)}"
    if summary.verdict == "improve":
        should = _things(summary, "should", "should be fixed", summary.should_rows)
        return f"Ready, but {should}"
    return f"Ready: nothing has to be fixed{_in(summary.rows)}"


def _things(summary: Summary, ladder: Ladder, fate: str, rows: int) -> str:
    """How many things are on a rung, and where: what is wrong with the file is in no row."""
    groups = [group for group in summary.groups if group.ladder == ladder]
    whole = sum(not group.rows for group in groups)
    things = f"{formatting.plural(len(groups), 'thing')} {fate}"
    if not whole:
        return f"{things}{_in(rows)}"
    if whole == len(groups):
        return f"{things}, of the whole file"
    among = formatting.number(len(groups) - whole)
    return f"{things}: {formatting.number(whole)} of the whole file, {among}{_in(rows)[1:]}"


def _in(rows: int) -> str:
    return f", in {formatting.plural(rows, 'row')}" if rows else ""


def sentence(words: str) -> str:
    """Words of the engine as a sentence, with a full stop."""
    words = words.strip()
    return words if not words or words[-1] in ".?!:" else f"{words}."


def group_title(group: Group) -> str:
    """What a group is called in a list to choose from."""
    where = f"{group.field}: " if group.field else ""
    return f"{where}{group.message.rstrip('.')}"


def stage(state: str, name: str) -> str:
    """How far a check is, in words. In: its state, and its stage as the worker calls it."""
    if state == "waiting":
        return STAGES["waiting"]
    return STAGES.get(name) or name.replace("-", " ").capitalize()


def percent(state: str, name: str) -> int:
    """How far that is along the stages, for a bar: how long each takes nobody knows."""
    order = [key for key in STAGES if key]
    at = 0 if state == "waiting" or name not in order else order.index(name)
    return round(100 * (at + 1) / (len(order) + 1))


def rows_so_far(count: int) -> str:
    """How many rows were looked at; nothing before the first."""
    return f"{formatting.plural(count, 'row')} so far" if count else ""


def choices_of(options: Options) -> list[str]:
    """What whoever asked said of the file, as sentences."""
    names = dict(DELIMITERS)
    facts = [
        ("Columns are parted by", options.delimiter and names.get(options.delimiter, "a sign")),
        ("Text is encoded as", options.encoding),
        ("The header stands in row", options.header_row and str(options.header_row)),
        ("Sheet or layer", options.sheet),
        ("Coordinate system", options.crs and f"EPSG:{options.crs}"),
        ("Shapes of trees are", options.kind and f"{options.kind}s"),
    ]
    return [f"{words}: {value}" for words, value in facts if value]
