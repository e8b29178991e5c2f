"""One measured piece of work in a process of its own, so that its peak memory is its own.

``python -m bench.worker NAME ARGUMENT...`` prints one JSON object: seconds, peak MB and whatever
the work itself reports. :func:`run` starts it and returns that object.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

from bench.settings import CHECKOUT
from bench.table import Watch


def load_platform(url: str, path: str, as_at: str = "") -> dict[str, Any]:
    """Load a platform file into a store."""
    from performance_store.readers.platform import Platform

    watch = Watch()
    reader = Platform(path, as_at=date.fromisoformat(as_at) if as_at else None)
    return {"prepare": watch.seconds} | _load(url, reader)


def load_sample(url: str) -> dict[str, Any]:
    """Load the sample into a store."""
    from performance_store.sample.reader import Sample

    watch = Watch()
    reader = Sample(date.today())
    return {"prepare": watch.seconds} | _load(url, reader)


def _load(url: str, reader: Any) -> dict[str, Any]:
    from performance_store.database import LOAD_LIMITS, make_engine
    from performance_store.loading.load import load

    engine = make_engine(url, application_name="bench", pool=None, limits=LOAD_LIMITS)
    result = load(engine, reader)
    return {"state": result.state, "counts": result.counts, "timings": result.timings}


def plain_sql(path: str) -> dict[str, Any]:
    """Work out the summary of a platform file in SQLite alone."""
    from bench.baselines import provision_summary_sql

    return {"rows": provision_summary_sql(path)}


def pandas(path: str) -> dict[str, Any]:
    """Work out the summary of a platform file in pandas."""
    from bench.baselines import provision_summary_pandas

    return {"rows": provision_summary_pandas(path)}


WORK: dict[str, Callable[..., dict[str, Any]]] = {
    "load-platform": load_platform,
    "load-sample": load_sample,
    "plain-sql": plain_sql,
    "pandas": pandas,
}


def run(name: str, *arguments: str) -> dict[str, Any]:
    """Do one piece of work in a fresh process and return what it reports."""
    result = subprocess.run(
        [sys.executable, "-m", "bench.worker", name, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    )
    return dict(json.loads(result.stdout))


def main() -> None:
    """Do the work named on the command line and print its report."""
    name, *arguments = sys.argv[1:]
    watch = Watch()
    report = WORK[name](*arguments)
    # Linux counts in kilobytes, macOS in bytes.
    unit = 1024 if sys.platform == "darwin" else 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit / 1024
    print(json.dumps({"seconds": watch.seconds, "peak_mb": peak} | report))


if __name__ == "__main__":
    main()
