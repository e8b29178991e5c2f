"""Run the tests twice: with the embedded PostgreSQL alone, then against real servers.

    .venv/bin/python -m tools.run_tests [pytest arguments]

The first run is the whole suite as a newcomer has it. The second is every test that touches a
database or Redis, against the PostgreSQL and Redis of the machine: started here in a temporary
folder, on a socket and a free port, and stopped again; or those that DATABASE_URL and REDIS_URL
name. Tests in a browser are in it only where they touch Redis: the server's answers are compared
without one, and what a browser makes of an answer does not depend on the database's address.
Where the machine has neither server it is left out and says so, but in CI that is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from performance_store.local.embedded import EmbeddedPostgres
from tests.support.servers import REDIS_SERVERS, RedisServer

CHECKOUT = Path(__file__).resolve().parent.parent
SERVICES = ("DATABASE_URL", "REDIS_URL")
ON_REAL_SERVERS = "redis or (postgres and not browser)"
NO_TESTS = 5


def postgres_binaries() -> Path | None:
    """The programs of the machine's own PostgreSQL, the newest where there are several."""
    installed = list(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if installed:
        return max(installed, key=lambda path: float(path.parts[-3])).parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


def pytest(arguments: list[str], services: Mapping[str, str]) -> int:
    others = {name: value for name, value in os.environ.items() if name not in SERVICES}
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, env=others | services, check=False).returncode


@contextmanager
def services() -> Iterator[dict[str, str] | None]:
    """URLs of a real PostgreSQL and a real Redis, None where the machine lacks one of them."""
    given = {name: os.environ[name] for name in SERVICES if os.environ.get(name)}
    binaries = postgres_binaries()
    redis = any(map(shutil.which, REDIS_SERVERS))
    if ("DATABASE_URL" not in given and binaries is None) or (
        "REDIS_URL" not in given and not redis
    ):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="performance-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # root's server is another user
        database = EmbeddedPostgres(folder, durable=False, binaries=binaries)
        cache = RedisServer(folder)
        try:
            if "DATABASE_URL" not in given:
                database.start()
                # As hosting services write it.
                url = re.sub("^postgresql:", "postgres:", database.url("postgres"))
                given["DATABASE_URL"] = url
            if "REDIS_URL" not in given:
                cache.start()
                given["REDIS_URL"] = cache.url
            yield given
        finally:
            cache.stop()
            database.stop()


def main(arguments: list[str]) -> int:
    print("Tests, with the embedded PostgreSQL:", flush=True)
    code = pytest(arguments, {})
    if code:
        return code
    with services() as urls:
        if urls is None:
            print("Left out: the same tests against a real PostgreSQL and Redis (see above).")
            return 1 if os.environ.get("CI") else 0
        print("Tests of everything that touches a database or Redis, against real servers:")
        sys.stdout.flush()
        code = pytest(["-m", ON_REAL_SERVERS, *arguments], urls)
    # None of the tests chosen by the arguments touches either.
    return 0 if code == NO_TESTS and arguments else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
