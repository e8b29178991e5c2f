"""What readers of files do with bytes made at random: half an hour of atheris, by default.

atheris is not among the requirements: `pip install atheris`. What it finds stays in the folder that
is said; whatever made a reader fail or led somewhere new, and is small, belongs in
`tests/checking/reading/corpus`, where every test run replays it.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.inputs import NoInput
from bench.table import Section, conditions, verdict

TITLE = "Readers of files given bytes at random"
SECONDS = int(os.environ.get("BENCH_READERS_SECONDS", "1800"))
TIMEOUT, MEGABYTES, LENGTH = 20, 1500, 20_000
CORPUS = Path("tests/checking/reading/corpus")
_RUNS = re.compile(r"#(\d+)\s.*?cov: (\d+)")


def measure(section: Section) -> None:
    """Bytes that grow by what code they reach, each read to its end. A failure ends a round; the
    next goes on from the same bytes until the time is over."""
    if importlib.util.find_spec("atheris") is None:
        raise NoInput("atheris is not installed: pip install atheris")
    from tests.support.any_file import seeds

    before = os.getloadavg()[0]
    folder = Path(tempfile.mkdtemp(prefix="readers-"))
    (folder / "grown").mkdir()
    (folder / "seeds").mkdir()
    (folder / "faults").mkdir()
    for name, content in seeds(folder / "seeds").items():
        (folder / "grown" / name).write_bytes(content)
    runs = cover = 0
    end = time.monotonic() + SECONDS
    while (left := int(end - time.monotonic())) > 0:
        more, cover = _round(folder, left)
        runs += more
    faults = sorted((folder / "faults").iterdir())
    kept = sum(1 for _ in (folder / "grown").iterdir())
    section.table(
        ["Runs", "Places of our code reached", "Kept", "Faults"],
        [[f"{runs:,}", f"{cover:,}", f"{kept:,}", str(len(faults))]],
    )
    for fault in faults:
        section.say(f"- {fault.name}")
    section.say(
        f"{SECONDS:,} s; a fault is anything but rows or a refusal, more than {TIMEOUT} s or "
        f"{MEGABYTES:,} MB ({verdict(len(faults), 0)})."
    )
    section.say(conditions(before))
    print(f"What was found is in {folder}.")


def _round(folder: Path, seconds: int) -> tuple[int, int]:
    """One run of libFuzzer: how many inputs were read, and how many places were reached."""
    result = subprocess.run(
        [
            *(sys.executable, "-m", "bench.readers", folder / "grown", CORPUS),
            *(f"-max_total_time={seconds}", f"-timeout={TIMEOUT}", f"-rss_limit_mb={MEGABYTES}"),
            *(
                f"-max_len={LENGTH}",
                f"-artifact_prefix={folder / 'faults'}/",
                "-print_final_stats=1",
            ),
        ],
        capture_output=True,
        text=True,
        errors="replace",
        env=os.environ | {"TMPDIR": str(folder / "seeds")},
    )
    (folder / "log").write_text(result.stdout + result.stderr)
    figures = _RUNS.findall(result.stderr) or [("0", "0")]
    return max(int(runs) for runs, _ in figures), max(int(cover) for _, cover in figures)


def main() -> None:
    """The process that libFuzzer lives in; its arguments are libFuzzer's."""
    import atheris  # type: ignore[import-not-found]

    with atheris.instrument_imports(include=["checking"]):
        for name in ("archives", "delimited", "objects", "recognising", "vector", "workbooks"):
            importlib.import_module(f"checking.reading.{name}")
    from tests.support.any_file import read_all

    path = Path(tempfile.mkdtemp(prefix="reader-")) / "file"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        read_all(path)

    atheris.Setup(sys.argv, read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
