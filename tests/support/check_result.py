"""An invented result of a check, with markup wherever a file can hold it, and how it is stored."""

from __future__ import annotations

import json
from array import array
from io import BytesIO

import zstandard
from sqlalchemy import Engine

from performance_store.database import transaction
from providers.checks import storing
from providers.checks.format import (
    ANY_FINDING,
    ROWS_A_BLOCK,
    Column,
    Comparison,
    Field,
    Finding,
    Group,
    Passed,
    Recognised,
    Row,
    Summary,
    pack,
)
from providers.checks.frames import Block, Piece
from providers.checks.requests import Check

SCRIPT = "<script>alert('x')</script>"
FILE = BytesIO(b"reference;name\n1;One\n").getvalue()


def _group(number: int, rule: str, field: str, ladder: str, rows: int, message: str) -> Group:
    return Group(
        number=number,
        rule=rule,
        issue_type=rule,
        field=field,
        severity="warning" if ladder == "changed" else "error",
        responsibility="internal" if ladder == "changed" else "external",
        origin="ours" if rule == "doubtful date" else "platform",
        ladder=ladder,  # type: ignore[arg-type]
        count=rows,
        rows=rows,
        message=message,
        advice="Write the date as YYYY-MM-DD, such as 2024-03-27" if "date" in rule else "",
    )


COLUMNS = (
    Column("Ref", "reference", "alias", examples=("CA1", "CA2")),
    Column("name", "name", "name", examples=("One", SCRIPT)),
    Column("Designated", "designation-date", "mapping", examples=("27/03/2024",)),
    Column("wkt", "geometry", "alias", examples=("POLYGON((-0.1 51.5, -0.1 51.6",)),
    Column(
        "<b>Anmerkung</b>", None, "unused", suggestions=("notes", "documentation-url"),
        examples=("see minutes",),
    ),
)  # fmt: skip
FIELDS = (
    Field("reference", is_required=True),
    Field("name", is_required=True),
    Field("geometry", is_required=True),
    Field("designation-date"),
    Field("documentation-url", is_required=True, is_missing=True),
    Field("notes", is_missing=True),
)
GROUPS = (
    _group(0, "missing value", "reference", "must", 2, "The reference is blank"),
    _group(1, "invalid date", "designation-date", "must", 12, "This is no date"),
    _group(2, "missing column", "documentation-url", "must", 0, "The column is missing"),
    _group(3, "doubtful date", "designation-date", "should", 30, "Day and month may be exchanged"),
    _group(4, "OSGB", "geometry", "changed", 120, "Coordinates were in the British National Grid"),
)


def summary(rows: int = 120) -> Summary:
    """The result as a whole."""
    return Summary(
        verdict="not-ready",
        rows=rows,
        must_rows=13,
        should_rows=30,
        changed_rows=120,
        recognised=Recognised(
            "Semicolon-separated, Windows-1252, header in row 3, 120 rows",
            "csv",
            encoding="cp1252",
            delimiter=";",
            header_row=3,
            notes=("Two lines above the header were left out", f"A sheet called {SCRIPT}"),
        ),
        columns=COLUMNS,
        fields=FIELDS,
        groups=GROUPS,
        passed=(
            Passed("invalid geometry", "geometry", rows, "Every shape is valid"),
            Passed("reference used again", "reference", rows, "Each reference is used once"),
        ),
        comparison=Comparison(4, 7, 100, 2, ("CA900", SCRIPT)),
        has_shapes=True,
    )


def row(entry: int) -> Row:
    """One row of it; the first two have no reference, the first twelve no date."""
    findings = [Finding(4)]
    if entry <= 2:
        findings.append(Finding(0))
    date = f"{entry:02}/13/2024" if entry <= 12 else "02/03/2024"
    if entry <= 12:
        findings.append(Finding(1, date, f"“{date}” is no date"))
    elif entry <= 42:
        findings.append(Finding(3, date))
    reference = "" if entry <= 2 else f"CA{entry}"
    name = SCRIPT if entry == 3 else f"Area {entry}"
    wkt = "POLYGON((530000 180000, 530100 180000, 530100 180100, 530000 180000))"
    clean = "MULTIPOLYGON (((-0.1277 51.5035, -0.1262 51.5035, -0.1262 51.5044, -0.1277 51.5035)))"
    day = "" if entry <= 12 else "2024-03-02"
    return Row(
        entry,
        entry + 3,
        (reference, name, date, wkt, "see <i>minutes</i>"),
        (reference, name, clean, day, "", ""),
        tuple(findings),
    )


def shapes(rows: int = 120) -> bytes:
    """What the map shows of it, with the authority's boundary."""
    features = []
    for entry in range(1, rows + 1):
        x, y = -0.2 + 0.01 * (entry % 12), 51.4 + 0.01 * (entry // 12)
        ring = [[x, y], [x + 0.006, y], [x + 0.006, y + 0.006], [x, y + 0.006], [x, y]]
        geometry = (
            {"type": "Point", "coordinates": [x, y]}
            if entry % 10 == 0
            else {"type": "Polygon", "coordinates": [ring]}
        )
        trouble = entry <= 12
        reference = SCRIPT if entry == 3 else f"CA{entry}"
        properties = {"entry": entry, "reference": reference, "trouble": trouble}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    around = [[-0.25, 51.38], [-0.04, 51.37], [-0.05, 51.53], [-0.26, 51.52], [-0.25, 51.38]]
    boundary = {"type": "Polygon", "coordinates": [around]}
    collection = {"type": "FeatureCollection", "features": features, "boundary": boundary}
    return json.dumps(collection).encode()


def store(engine: Engine, check: Check, rows: int = 120) -> None:
    """End a check with it, as a worker would."""
    everything = [row(entry) for entry in range(1, rows + 1)]
    blocks = [
        Block(first // ROWS_A_BLOCK, first, first + 1, first + len(some), pack(some))
        for first in range(0, rows, ROWS_A_BLOCK)
        for some in [everything[first : first + ROWS_A_BLOCK]]
    ]
    compress = zstandard.ZstdCompressor(level=1).compress
    pieces = []
    for number in (ANY_FINDING, *(group.number for group in GROUPS)):
        members = [
            one.entry
            for one in everything
            if any(number in (ANY_FINDING, finding.group) for finding in one.findings)
        ]
        entries = array("I", members)
        if entries:
            pieces.append(Piece(number, 0, len(entries), compress(entries.tobytes())))
    with transaction(engine) as connection:
        assert storing.begin(connection, check.id)
        assert storing.store(
            connection,
            check.id,
            summary=summary(rows),
            shapes=shapes(rows),
            blocks=blocks,
            pieces=pieces,
        )
