"""Rebuild the tables that a check needs from published ones: `checking/data/*.csv`.

    python tools/check_tables.py FOLDER

FOLDER holds `check/` (the specification's and configuration's tables), `lpa/` and `register/`.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "checking" / "data"
COPIES = (
    "category-fields",
    "column-aliases",
    "datasets",
    "enumerations",
    "fields",
    "issue-rules",
)


def tables(folder: Path) -> dict[str, bytes]:
    """The contents of each table, by its file name."""
    contents = {f"{name}.csv": (folder / "check" / f"{name}.csv").read_bytes() for name in COPIES}
    contents["organisations.csv"] = organisations(folder)
    return contents


def organisations(folder: Path) -> bytes:
    """Organisations that the platform has: those of planning authorities with name and code of the
    statistics office, and those that provide something."""
    names = {
        row["organisation"]: (row["name"], row["statistical_geography"])
        for row in _rows(folder / "lpa" / "local-planning-authority.csv")
    }
    for row in _rows(folder / "register" / "provision.csv"):
        names.setdefault(row["organisation"], ("", ""))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("organisation", "name", "statistical_geography"))
    writer.writerows((code, *rest) for code, rest in sorted(names.items()))
    return text.getvalue().encode()


def main() -> None:
    """Write the tables made from the folder that the command line names."""
    for name, content in tables(Path(sys.argv[1])).items():
        (DATA / name).write_bytes(content)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


if __name__ == "__main__":
    main()
