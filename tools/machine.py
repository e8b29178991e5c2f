"""Get what the tests need from the machine itself: a browser and its driver, Redis, PostgreSQL,
PgBouncer, nginx.

As root on Debian they are installed. Elsewhere one line says what to install; the tests that
need it are skipped by name, and with CI set this fails. Standard library only.

    python3 tools/machine.py
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Need:
    """A program by any of its names (or a file by any of its patterns), and who packages it.

    Tests do without what is ``optional``: it only makes them faster.
    """

    what: str
    programs: tuple[str, ...]
    debian: str
    homebrew: str
    files: tuple[str, ...] = ()
    optional: bool = False

    def is_met(self) -> bool:
        on_path = any(shutil.which(program) for program in self.programs)
        return on_path or any(any(Path("/").glob(pattern)) for pattern in self.files)


NEEDS = (
    Need(
        "Chromium",
        ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
        "chromium",
        "chromium",
    ),
    Need(
        "Chromium's headless shell",
        ("chromium-headless-shell",),
        "chromium-headless-shell",
        "",
        optional=True,
    ),
    Need("chromedriver", ("chromedriver",), "chromium-driver", "chromedriver"),
    Need("a Redis server", ("redis-server", "valkey-server"), "redis-server", "redis"),
    Need("PgBouncer", ("pgbouncer",), "pgbouncer", "pgbouncer", files=("usr/sbin/pgbouncer",)),
    Need("nginx", ("nginx",), "nginx", "nginx", files=("usr/sbin/nginx",)),
    # Debian keeps the server's programs off PATH.
    Need(
        "a PostgreSQL server",
        ("postgres",),
        "postgresql",
        "postgresql",
        files=("usr/lib/postgresql/*/bin/postgres",),
    ),
)


def on_debian() -> bool:
    """Whether this is Debian itself, where packages have the names we know."""
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def install(needs: list[Need]) -> None:
    """Install with apt, without starting any service: the tests start their own servers."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    packages = [need.debian for need in needs]
    print(f"Installing {', '.join(packages)} ...", flush=True)
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        run = subprocess.run(
            ["apt-get", "--quiet", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if run.returncode:
            last = run.stdout.strip().splitlines()[-1:] or ["no reason given"]
            print(f"apt-get {command[0]} failed: {last[0]}", file=sys.stderr)
            return


def main() -> int:
    """Name, and as root on Debian install, what the tests need; 1 where CI still lacks some."""
    lacking = [need for need in NEEDS if not need.is_met()]
    if lacking and os.geteuid() == 0 and on_debian():
        # Apart, since a package that is not to be had keeps apt from all others.
        for optional in (False, True):
            if needs := [need for need in lacking if need.optional is optional]:
                install(needs)
    lacking = [need for need in lacking if not need.is_met() and not need.optional]
    if not lacking:
        return 0
    names = ", ".join(need.what for need in lacking)
    if platform.system() == "Darwin":
        how = "brew install " + " ".join(need.homebrew for need in lacking)
    else:
        how = "apt-get install " + " ".join(need.debian for need in lacking)
    print(f"Missing: {names}. To run every test: {how}", file=sys.stderr)
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
