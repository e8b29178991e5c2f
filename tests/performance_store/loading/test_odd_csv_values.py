"""One odd value in a weekly report or a register costs no more than its row, and is told."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from performance_store.readers.odp_reports import OdpReports
from performance_store.readers.registers import Registers
from tests.support.build import Store
from tests.support.spellings import old_prefix, other_case, padded, unseen

Cells = dict[str, str]

DAY = "2025-05-01"
REPORTS: dict[str, Cells] = {
    "status": {
        **{"organisation": "", "cohort": "round-1", "name": "Alder", "collection": "tree"},
        **{"pipeline": "tree", "endpoint": "", "endpoint_url": "https://alder.example/tree.csv"},
        **{"licence": "ogl3", "status": "200", "days_since_200": "0.0", "exception": ""},
        **{"resource": "", "latest_log_entry_date": DAY, "endpoint_entry_date": "2025-01-01"},
        **{"resource_start_date": "2025-02-03"},
    },
    "issue": {
        **{"organisation": "", "pipeline": "tree", "issue_type": "missing value"},
        **{"severity": "error", "responsibility": "external", "count_issues": "3.0"},
        **{"endpoint": "", "resource": ""},
    },
    "conformance": {
        **{"organisation": "", "dataset": "tree", "endpoint": "", "resource": "", "field": "12"},
        **{"field_supplied": "9.0", "field_matched": "7"},
    },
}

FLAWED, UNKNOWN, ABSENT = ("needs_improving", 3), ("unknown", None), ("not_submitted", None)
LONG, BYTE = "is longer than 300 letters", "holds a NUL or a byte that is not UTF-8"
MARKED = f"{BYTE}: read with a mark in its place"
Write = Callable[[str], str]


def windows_1252(value: str) -> str:
    """The é of another encoding, as one byte."""
    return value + "\udce9"


def with_nul(value: str) -> str:
    return value[:1] + "\0" + value[1:]


def long(value: str) -> str:
    return value + "k" * 6000


def is_(value: str) -> Write:
    return lambda _: value


IN_REPORTS: tuple[tuple[str, str, Write, str, tuple[str, int | None]], ...] = (
    *(
        (report, column, write, "", FLAWED)
        for report in ("status", "issue")
        for column in ("organisation", "pipeline", "endpoint", "resource")
        for write in (padded, unseen)
    ),
    *(("status", "organisation", write, "", FLAWED) for write in (other_case, old_prefix)),
    *(("issue", "organisation", write, "", FLAWED) for write in (other_case, old_prefix)),
    *(("status", "status", write, "", FLAWED) for write in (padded, is_("200.0"))),
    *(
        ("status", "latest_log_entry_date", is_(time), "", FLAWED)
        for time in ("2025-04-30T23:30:00-02:00", "2025-05-02T00:30:00+01:00", f" {DAY}\t")
    ),
    *(
        ("status", column, write, MARKED, FLAWED)
        for column in ("name", "exception", "licence", "endpoint_url")
        for write in (windows_1252, with_nul)
    ),
    *(
        ("issue", column, write, words, UNKNOWN)
        for column in ("organisation", "pipeline", "endpoint", "resource", "issue_type")
        for write, words in ((windows_1252, BYTE), (with_nul, BYTE), (long, LONG))
    ),
    ("issue", "count_issues", is_("9" * 12), f"is '{'9' * 12}', not a whole number", UNKNOWN),
    ("status", "days_since_200", is_("9" * 9), f"is '{'9' * 9}', not a whole number", FLAWED),
    ("conformance", "field", is_("99999"), "is '99999', not a whole number", FLAWED),
    ("conformance", "endpoint", long, LONG, FLAWED),
    ("status", "endpoint", long, LONG, ABSENT),
    ("status", "resource_start_date", windows_1252, BYTE, ABSENT),
)
"""Report, column, how it is written, what is told of it, and status and problems of the cell."""


def write_csv(path: Path, rows: list[Cells]) -> None:
    with path.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def own(row: Cells, number: int) -> Cells:
    keys = {"organisation": "local-authority:O", "endpoint": "e", "resource": "r"}
    return row | {column: f"{key}{number}" for column, key in keys.items() if column in row}


def test_an_odd_value_of_a_report_is_read_or_told(engine: Engine, tmp_path: Path) -> None:
    """Each of many authorities has the same rows, and one column of one report written oddly."""
    rows: dict[str, list[Cells]] = {report: [] for report in REPORTS}
    reasons = set()
    for number, (odd, column, write, words, _) in enumerate(IN_REPORTS):
        for report, example in REPORTS.items():
            row = own(example, number)
            if report == odd:
                row[column] = write(row[column] or "x")
                if words:
                    reasons.add((f"odp-{report}_{DAY}.csv", number + 2, f"{column} {words}"))
            rows[report].append(row)
    for report, cells in rows.items():
        write_csv(tmp_path / f"odp-{report}_{DAY}.csv", cells)
    store = Store(engine)
    assert store.load(OdpReports(tmp_path)).rejected == len(reasons)
    rejections = store.sql("SELECT table_name, row_number, reason FROM rejection")
    assert {
        (name, line, reason)
        for name, line, reason in rejections
        if not any(reason.startswith(words) for n, at, words in reasons if (n, at) == (name, line))
    } == set()
    assert {row[:2] for row in rejections} == {row[:2] for row in reasons}
    outcomes = dict(
        store.sql(
            "SELECT o.organisation, ARRAY[s.status, s.problems::text] FROM ("
            "SELECT *, error_external AS problems FROM summary) s "
            "JOIN organisation o ON o.id = s.organisation_id "
            "JOIN dataset d ON d.id = s.dataset_id AND d.dataset = 'tree'"
        )
    )
    for number, (report, column, write, _, (status, problems)) in enumerate(IN_REPORTS):
        case = (report, column, write.__name__)
        outcome = outcomes.get(f"local-authority:O{number}", ["not_submitted", None])
        assert (*case, *outcome) == (*case, status, None if problems is None else str(problems))


REGISTERS: dict[str, Cells] = {
    "provision": {
        **{"organisation": "", "dataset": "tree", "provision-reason": "expected"},
        **{"project": "open-digital-planning", "entry-date": "2024-01-01", "end-date": ""},
    },
    "source": {
        **{"source": "", "collection": "tree", "organisation": "", "endpoint": ""},
        **{"documentation-url": "https://alder.example", "pipelines": "tree"},
        **{"entry-date": "2024-01-01", "end-date": ""},
    },
    "endpoint": {
        **{"endpoint": "", "endpoint-url": "https://alder.example/tree.csv"},
        **{"entry-date": "2024-02-15T10:00:00Z", "end-date": ""},
    },
    "organisations": {"organisation": "", "name": "Alder", "start-date": "", "end-date": ""},
}
IN_REGISTERS: tuple[tuple[str, str, Write, str, bool], ...] = (
    *(
        (file, column, write, "", True)
        for file, column in (
            *(("provision", "organisation"), ("provision", "dataset"), ("source", "endpoint")),
            *(("source", "organisation"), ("source", "pipelines"), ("endpoint", "endpoint")),
            *(("endpoint", "entry-date"), ("organisations", "organisation")),
        )
        for write in (padded, unseen)
    ),
    *(("source", "organisation", write, "", True) for write in (other_case, old_prefix)),
    ("endpoint", "entry-date", is_("2024-02-15T23:30:00-02:00"), "", True),
    ("source", "pipelines", is_(";".join(f"dataset-{n}" for n in range(99)) + ";tree"), "", True),
    *(
        (file, column, write, MARKED, True)
        for file, column in (
            *(("source", "documentation-url"), ("endpoint", "endpoint-url")),
            ("organisations", "name"),
        )
        for write in (windows_1252, with_nul)
    ),
    *(
        ("provision", column, write, words, True)
        for column in ("organisation", "dataset")
        for write, words in ((windows_1252, BYTE), (with_nul, BYTE), (long, LONG))
    ),
    *(
        (file, column, write, words, False)
        for file, column in (
            ("source", "endpoint"),
            ("source", "pipelines"),
            ("endpoint", "endpoint"),
        )
        for write, words in ((windows_1252, BYTE), (with_nul, BYTE))
    ),
)
"""File, column, how it is written, what is told of it, and whether the tree counts as provided."""


def test_an_odd_value_of_a_register_is_read_or_told(engine: Engine, tmp_path: Path) -> None:
    rows: dict[str, list[Cells]] = {name: [] for name in REGISTERS}
    reasons = set()
    for number, (odd, column, write, words, _) in enumerate(IN_REGISTERS):
        for name, example in REGISTERS.items():
            row = own(example, number)
            if name == odd:
                row[column] = write(row[column])
                if words:
                    reasons.add((f"{name}.csv", number + 2, f"{column.replace('-', '_')} {words}"))
            rows[name].append(row)
    for name, cells in rows.items():
        write_csv(tmp_path / f"{name}.csv", cells)
    store = Store(engine)
    reader = Registers(tmp_path, tmp_path / "organisations.csv", today=date(2024, 3, 1))
    assert store.load(reader).state == "published"
    own_words = set(
        store.sql("SELECT table_name, row_number, reason FROM rejection WHERE table_name ~ 'csv'")
    )
    assert own_words == reasons
    provided = {
        key
        for (key,) in store.sql(
            "SELECT DISTINCT o.organisation FROM summary s "
            "JOIN organisation o ON o.id = s.organisation_id "
            "JOIN dataset d ON d.id = s.dataset_id AND d.dataset = 'tree' "
            "WHERE s.endpoint_count > 0"
        )
    }
    for number, (file, column, write, _, is_provided) in enumerate(IN_REGISTERS):
        case = (file, column, write.__name__)
        assert (*case, f"local-authority:O{number}" in provided) == (*case, is_provided)
