"""Make `.venv/` hold exactly what a task needs, and do nothing when it already does.

Run by the Makefile with the machine's own Python, so standard library only:

    python3 tools/environment.py local      what `make run` needs
    python3 tools/environment.py dev        that and what tests and checks need

A stamp in `.venv/` records which requirements were installed, where and by which
Python. While it matches, a start costs a few milliseconds and no network.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
SCRIPTS = CHECKOUT / "package-lock.json"
NODE_MODULES = CHECKOUT / "node_modules"
SCRIPTS_STAMP = VENV / "scripts.txt"
# `dev` is compiled with everything in `local`, so it serves for both.
SETS = {"local": "requirements-local.txt", "dev": "requirements-dev.txt"}
SERVES = {"local": ("local", "dev"), "dev": ("dev",)}


class SetupError(Exception):
    """Something the person at the keyboard has to put right, said in one line."""


def stamp_for(name: str) -> dict[str, str]:
    """What the stamp says once the set `name` is installed in this checkout."""
    requirements = (CHECKOUT / SETS[name]).read_bytes()
    return {
        "set": name,
        "requirements": hashlib.sha256(requirements).hexdigest(),
        "checkout": str(CHECKOUT),
    }


def is_ready(name: str) -> bool:
    """Whether `.venv/` already serves for `name`, its interpreter still being there."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return PYTHON.exists() and any(stamp == stamp_for(candidate) for candidate in SERVES[name])


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two `make` commands at once must not install into the same folder."""
    folder = os.open(CHECKOUT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def create_venv() -> None:
    """Create `.venv/`, afresh where one was moved here, broken off or lost its Python."""
    if VENV.exists():
        shutil.rmtree(VENV)
    run = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if run.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"Python {version} cannot create a virtual environment: install its venv module "
            f"(Debian and Ubuntu: apt-get install python{version}-venv)"
        )


def pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pip of `.venv/`."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    return subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)


def pin_of(package: str) -> str:
    """A package's version and hashes, as the requirements of `dev` have them."""
    requirements = (CHECKOUT / SETS["dev"]).read_text()
    pin = re.search(rf"^{package}==(.*\\\n)*.*\n", requirements, re.MULTILINE)
    return pin.group() if pin else ""


def install_with_uv(requirements: Path) -> bool:
    """Install with uv, a third of pip's time. False where uv or its index is not to be had.

    uv reads no pip configuration, so behind a company mirror it may fail where pip works.
    """
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        pin = pin_of("uv")
        only_uv = VENV / "uv.txt"
        only_uv.write_text(pin)
        if (
            not pin
            or pip("install", "--require-hashes", "--no-deps", "-r", str(only_uv)).returncode
        ):
            return False
    command = [str(uv), "pip", "install", "--quiet", "--no-config", "--python", str(PYTHON)]
    run = subprocess.run([*command, "-r", str(requirements)], capture_output=True, check=False)
    return run.returncode == 0


def install(name: str) -> None:
    """Install the set `name`, with uv where it works and pip otherwise."""
    requirements = CHECKOUT / SETS[name]
    if install_with_uv(requirements):
        return
    run = pip("install", "-r", str(requirements))
    if run.returncode:
        reasons = [line for line in run.stderr.splitlines() if line.startswith("ERROR")]
        reason = reasons[-1] if reasons else "pip gave no reason"
        raise SetupError(
            f"cannot install {requirements.name}: is there a network? ({reason[:300]})"
        )


def prepare(name: str) -> None:
    """Bring `.venv/` to the set `name`, telling how long it took when there was work."""
    with one_at_a_time():
        if not is_ready(name):
            start = time.monotonic()
            print(f"Setting up .venv from {SETS[name]} ...", flush=True)
            if not belongs_here():
                create_venv()
            STAMP.unlink(missing_ok=True)
            install(name)
            STAMP.write_text(json.dumps(stamp_for(name)))
            print(f"Setting up .venv: {time.monotonic() - start:.1f} s", flush=True)
        fetch_scripts()


def belongs_here() -> bool:
    """Whether `.venv/` was once whole, in this place, and its Python is still there."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    return stamp.get("checkout") == str(CHECKOUT) and PYTHON.exists()


def fetch_scripts() -> None:
    """Fetch what package-lock.json lists where npm is there, each held to its hash: smaller
    scripts than those in the Python packages. The app serves those otherwise, so a failure is
    only mentioned, and not tried again at every start."""
    npm = shutil.which("npm")
    if npm is None or not SCRIPTS.exists():
        return
    digest = hashlib.sha256(SCRIPTS.read_bytes()).hexdigest()
    stamp = SCRIPTS_STAMP.read_text().split() if SCRIPTS_STAMP.exists() else []
    if stamp == [digest, "failed"] or (stamp == [digest, "fetched"] and NODE_MODULES.is_dir()):
        return
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        run = subprocess.run(
            [*command, "--fetch-retries=1"],
            cwd=CHECKOUT,
            capture_output=True,
            check=False,
            timeout=120,
        )
        success = run.returncode == 0 and NODE_MODULES.is_dir()
    except subprocess.TimeoutExpired:
        success = False
    SCRIPTS_STAMP.write_text(f"{digest} {'fetched' if success else 'failed'}")
    if not success:
        print("npm could not fetch package.json's scripts: pages will load larger ones", flush=True)


def main(arguments: list[str]) -> int:
    """Prepare the set named on the command line. Gives the exit status."""
    if len(arguments) != 1 or arguments[0] not in SETS:
        print(f"usage: environment.py {'|'.join(SETS)}", file=sys.stderr)
        return 2
    try:
        prepare(arguments[0])
    except SetupError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
