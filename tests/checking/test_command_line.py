"""The command line: what it prints, and its exit code."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from checking.__main__ import main

SQUARE = "POLYGON((-1.15 52.95,-1.14 52.95,-1.14 52.96,-1.15 52.96,-1.15 52.95))"
DAY = ("--day", "2026-11-28")


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "clean.csv"
    path.write_text(f'reference,name,geometry\nA,Mill Lane,"{SQUARE}"\n', encoding="utf-8")
    return path


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "faulty.csv"
    path.write_text(
        f'reference,name,geometry,start-date\n,"=1+1","{SQUARE}",June\n', encoding="utf-8"
    )
    return path


def run(path: Path, *options: str) -> int:
    return main([str(path), "--dataset", "conservation-area", *DAY, *options])


def test_a_clean_file(clean: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(clean) == 0
    assert "Every row has a reference of its own" in capsys.readouterr().out


def test_a_faulty_file(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(faulty) == 1
    assert "Must fix" in capsys.readouterr().out


def test_findings_as_csv(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(faulty, "--format", "csv") == 1

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows[0] == {
        "line-number": "2",
        "entry-number": "1",
        "field": "start-date",
        "issue-type": "invalid date",
        "value": "June",
        "severity": "error",
        "responsibility": "external",
        "origin": "platform",
    }
    assert {row["issue-type"] for row in rows} == {"invalid date", "missing value"}


def test_findings_as_json(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(faulty, "--format", "json")

    content = json.loads(capsys.readouterr().out)
    assert content["verdict"] == "not-ready"
    assert len(content["findings"]) == 2


def test_a_mapping(faulty: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = tmp_path / "mapping.json"
    mapping.write_text('{"name": "reference", "start-date": "IGNORE"}', encoding="utf-8")

    assert run(faulty, "--mapping", str(mapping), "--format", "csv") == 1
    assert "missing column" in capsys.readouterr().out


def test_a_file_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.html"
    path.write_text("<!doctype html><title>Not data</title>", encoding="utf-8")

    assert run(path) == 2
    assert run(tmp_path / "nothing.csv") == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err


def test_it_runs_as_a_module(clean: Path) -> None:
    command = [sys.executable, "-m", "checking", str(clean), "--dataset", "conservation-area", *DAY]

    done = subprocess.run([*command, "--format", "csv"], capture_output=True, text=True, check=True)

    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_a_reader_that_has_enough_is_no_error(clean: Path) -> None:
    command = [sys.executable, "-m", "checking", str(clean), "--dataset", "conservation-area", *DAY]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""

    assert process.returncode == 0


def test_rows_are_counted_as_people_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "missing.csv"
    path.write_text("reference,start-date\nA,June\n", encoding="utf-8")

    run(path)

    printed = capsys.readouterr().out
    assert "(the whole file)" in printed
    assert "(1 row)" in printed
    assert "(0 rows)" not in printed
    assert "(1 rows)" not in printed


def test_a_file_of_which_no_row_can_be_read_is_not_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.json"
    path.write_text('{"columns": ["reference", "name"], "data": [["A"], ["B", "x", "y"]]}')

    assert run(path, "--format", "json") == 1

    content = json.loads(capsys.readouterr().out)
    assert content["verdict"] == "not-ready"
    assert (content["groups"][0]["ladder"], content["groups"][0]["message"]) == (
        "must",
        "2 rows could not be read",
    )
