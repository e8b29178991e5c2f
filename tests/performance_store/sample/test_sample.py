"""The sample is the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from performance_store.readers.stream import FieldCount, IssueCount, Observation
from performance_store.sample.reader import Sample
from tests.support.sample import TODAY


def digest(sample: Sample) -> str:
    """One hash over every row of every type, in order."""
    whole = sha256()
    for record in sample.provides:
        for row in sample.rows(record):
            whole.update(repr(row).encode())
    return whole.hexdigest()


SMALL = {"authorities": 40, "weeks": 12}
SCRIPT = (
    "from datetime import date\n"
    "from hashlib import sha256\n"
    "from performance_store.sample.reader import Sample\n"
    "sample = Sample(date(2026, 8, 21), seed=7, authorities=40, weeks=12)\n"
    "whole = sha256()\n"
    "for record in sample.provides:\n"
    "    for row in sample.rows(record):\n"
    "        whole.update(repr(row).encode())\n"
    "print(whole.hexdigest())\n"
)


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_rows_and_their_order_do_not_depend_on_the_process(hash_seed: str) -> None:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == digest(Sample(TODAY, seed=7, **SMALL))


def test_rows_can_be_read_again() -> None:
    sample = Sample(TODAY, **SMALL)
    assert digest(sample) == digest(sample)


def test_fingerprint_names_every_argument() -> None:
    fingerprints = {
        Sample(TODAY, **SMALL).fingerprint,
        Sample(TODAY, seed=1, **SMALL).fingerprint,
        Sample(TODAY, authorities=41, weeks=12).fingerprint,
        Sample(TODAY, authorities=40, weeks=13).fingerprint,
        Sample(TODAY - timedelta(days=1), **SMALL).fingerprint,
    }
    assert len(fingerprints) == 5
    assert Sample(TODAY, **SMALL).fingerprint in fingerprints


def test_its_newest_snapshot_alone_has_the_same_rows_of_that_day() -> None:
    whole = Sample(TODAY, **SMALL)
    newest = whole.part
    assert newest is not None
    assert newest.as_at == (TODAY,)
    assert newest.fingerprint != whole.fingerprint
    for record in newest.provides:
        rows = list(whole.rows(record))
        if record in (Observation, IssueCount, FieldCount):
            rows = [row for row in rows if row[0] == TODAY.isoformat()]
        assert list(newest.rows(record)) == rows


def test_another_seed_gives_other_rows() -> None:
    assert digest(Sample(TODAY, seed=1, **SMALL)) != digest(Sample(TODAY, seed=2, **SMALL))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [({"authorities": 3}, "authorities"), ({"weeks": 1}, "weeks"), ({"weeks": 900}, "weeks")],
)
def test_sizes_out_of_range_are_refused(arguments: dict[str, int], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Sample(TODAY, **arguments)
