"""Run the tests once: against the machine's own PostgreSQL and Redis, by two workers.

    .venv/bin/python -m tools.run_tests [pytest arguments]

Both servers are started here in a temporary folder, on a socket and a free port, and stopped
again; or they are those that DATABASE_URL and REDIS_URL name. Where the machine has no
PostgreSQL the embedded one stands in, and without Redis its tests are left out; this is said,
and in CI it is a failure. What must also hold on the embedded one is marked `embedded` and
starts it whatever the address says. Tests marked `alone` run after the others, by themselves.
Afterwards the slowest tests and the processor time of each folder are printed, and a folder that
outgrew its share fails the run. With arguments it is one plain run of pytest on the same servers,
and nothing is measured.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from performance_store.local.embedded import EmbeddedPostgres
from tests.support import budget
from tests.support.servers import REDIS_SERVERS, RedisServer

CHECKOUT = Path(__file__).resolve().parent.parent
SERVICES = ("DATABASE_URL", "REDIS_URL")
# Half of a test's time is waiting for a server or a browser. A module's stores and pages are
# made once, so its tests stay together; modules are handed out in the order of collection.
TOGETHER = ("-m", "not alone", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
ALONE = ("-m", "alone")


def postgres_binaries() -> Path | None:
    """The programs of the machine's own PostgreSQL, the oldest where there are several."""
    installed = list(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if installed:
        return min(installed, key=lambda path: float(path.parts[-3])).parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


def pytest(arguments: Iterable[str], services: Mapping[str, str]) -> int:
    """Run pytest with the addresses of the servers; its exit code."""
    others = {name: value for name, value in os.environ.items() if name not in SERVICES}
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=others | services, check=False).returncode


@contextmanager
def services() -> Iterator[dict[str, str]]:
    """The addresses of the servers that the tests use."""
    addresses = {name: os.environ[name] for name in SERVICES if os.environ.get(name)}
    with tempfile.TemporaryDirectory(prefix="performance-test-") as name, ExitStack() as running:
        folder = Path(name)
        folder.chmod(0o755)  # root's server is another user
        if "DATABASE_URL" not in addresses:
            binaries = postgres_binaries()
            if binaries is None:
                lacking("PostgreSQL", "the embedded one stands in")
            database = EmbeddedPostgres(folder, durable=False, binaries=binaries)
            running.callback(database.stop)
            database.start()
            # As hosting services write it.
            url = re.sub("^postgresql:", "postgres:", database.url("postgres"))
            addresses["DATABASE_URL"] = url
        if "REDIS_URL" not in addresses:
            if any(map(shutil.which, REDIS_SERVERS)):
                cache = RedisServer(folder)
                running.callback(cache.stop)
                cache.start()
                addresses["REDIS_URL"] = cache.url
            else:
                lacking("Redis", "tests that need it are left out")
        yield addresses


def lacking(server: str, instead: str) -> None:
    """Say what the machine does not have. Raises SystemExit in CI, where nothing may be lacking."""
    print(f"There is no {server} on this machine: {instead}.", flush=True)
    if os.environ.get("CI"):
        raise SystemExit(1)


def main(arguments: list[str]) -> int:
    """Run what the arguments say, or everything: first what can run together, then the rest."""
    with services() as addresses, tempfile.TemporaryDirectory() as name:
        if arguments:
            return pytest(arguments, addresses)
        costs = Path(name) / "costs"
        # In one word: a path of its own would be taken for tests, and its folder for the root.
        measured = ("-p", "tests.support.budget", f"--costs={costs}")
        for part in (TOGETHER, ALONE):
            if code := pytest((*part, *measured), addresses):
                return code
        printed, outgrown = budget.report(costs)
    print("\n".join(printed))
    for line in outgrown:
        print(f"Error: {line}", file=sys.stderr)
    return 1 if outgrown else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
