"""Follow the Dockerfile's steps in a folder, where there is no Docker:

    python3 tools/image.py FOLDER [--fast]

FOLDER becomes the image's root: each step is run as it is written, with the image's folders moved
below FOLDER. `--fast` installs with uv's cache in place of pip; hashes are checked either way.
An instruction that this does not know is an error, lest it be passed over. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
# The image's own folders, which a step may name.
FOLDERS = ("/app", "/opt/venv", "/var/lib/performance")
PIP = re.compile(r"\S+/python -m pip install (?:--no-cache-dir|--disable-pip-version-check|\s)*")


class ImageError(Exception):
    """What cannot be followed, in a line."""


@dataclass
class Image:
    """What was made: the folder, and what the Dockerfile says of running it."""

    root: Path
    workdir: str = "/"
    user: str = "0"
    arguments: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def within(self, text: str) -> str:
        """A command or path, with the image's folders moved below the root."""
        names = "|".join(map(re.escape, FOLDERS))
        return re.sub(rf"(?<![\w/.-])({names})(?![\w-])", rf"{self.root}\1", text)

    def folder(self) -> Path:
        """Where commands run."""
        return Path(self.within(self.workdir))

    def run(self, arguments: list[str], **more: str) -> subprocess.Popen[str]:
        """Start a command as the image would: its environment and no other, its user."""
        environment = {n: self.within(v) for n, v in self.environment.items()} | more
        program = shutil.which(arguments[0], path=environment.get("PATH"))
        if program is None:
            raise ImageError(f"the image has no {arguments[0]}")
        user: dict[str, int] = {}
        if os.geteuid() == 0 and self.user != "0":
            uid, _, gid = self.user.partition(":")
            user = {"user": int(uid), "group": int(gid or uid)}
        return subprocess.Popen(
            [program, *arguments[1:]],
            cwd=self.folder(),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            extra_groups=[] if user else None,
            **user,  # type: ignore[arg-type]
        )


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Each instruction of a Dockerfile and what follows it."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name.upper(), rest.strip()


def python_for(version: str) -> str:
    """A Python of this version that any user may run. Raises ImageError."""
    for folder in ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"):
        path = Path(folder) / f"python{version}"
        if path.exists():
            return str(path)
    if sys.executable and f"{sys.version_info.major}.{sys.version_info.minor}" == version:
        return sys.executable
    raise ImageError(f"the image has Python {version} and this machine has none")


def build(root: Path, *, fast: bool = False, dockerfile: Path = CHECKOUT / "Dockerfile") -> Image:
    """Follow all steps below a folder. Raises ImageError for a step that fails."""
    image = Image(root, environment={"PATH": "/usr/bin:/bin"})
    for name in FOLDERS:
        Path(image.within(name)).parent.mkdir(parents=True, exist_ok=True)
    for name, rest in instructions(dockerfile.read_text()):
        step = _STEPS.get(name)
        if step is None:
            raise ImageError(f"{name} is an instruction that this tool does not know")
        step(image, rest, fast)
    return image


def _from(image: Image, rest: str, fast: bool) -> None:
    base = re.sub(r"\$\{(\w+)\}", lambda name: image.arguments.get(name[1], ""), rest)
    match = re.fullmatch(r"python:(\d+\.\d+)-slim", base)
    if match is None:
        raise ImageError(f"FROM {base} is not a slim Python")
    tools = image.root / "base"
    tools.mkdir(parents=True)
    (tools / "python").symlink_to(python_for(match[1]))
    image.environment["PATH"] = f"{tools}:{image.environment['PATH']}"


def _arg(image: Image, rest: str, fast: bool) -> None:
    name, _, value = rest.partition("=")
    image.arguments[name] = value


def _env(image: Image, rest: str, fast: bool) -> None:
    name, _, value = rest.partition("=")
    for variable, content in image.environment.items():
        value = value.replace(f"${variable}", content)
    image.environment[name] = value


def _workdir(image: Image, rest: str, fast: bool) -> None:
    image.workdir = rest
    image.folder().mkdir(parents=True, exist_ok=True)


def _copy(image: Image, rest: str, fast: bool) -> None:
    *sources, target = shlex.split(rest)
    place = image.folder() / image.within(target)
    ignore = shutil.ignore_patterns("__pycache__")
    for name in sources:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, place, ignore=ignore, dirs_exist_ok=True)
        else:
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)


def _run(image: Image, rest: str, fast: bool) -> None:
    command = rest
    if fast:
        uv = f"{CHECKOUT}/.venv/bin/uv pip install --quiet --python /opt/venv/bin/python "
        command = PIP.sub(uv, command)
    if os.geteuid() != 0:
        command = re.sub(r"\s*&& chown [^&]+", "", command)
    environment = {name: image.within(value) for name, value in image.environment.items()}
    if fast:
        environment["HOME"] = str(Path.home())
        environment["UV_SYSTEM_CERTS"] = "true"  # whom pip trusts, uv shall
    environment |= _index(os.environ)
    result = subprocess.run(
        ["sh", "-ec", image.within(command)],
        cwd=image.folder() if image.workdir != "/" else image.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise ImageError(f"RUN {rest}: {result.stderr.strip()[-2000:]}")


def _index(environ: Mapping[str, str]) -> dict[str, str]:
    """Where packages come from on this machine."""
    names = ("PIP_", "UV_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
    return {name: value for name, value in environ.items() if name.upper().startswith(names)}


def _user(image: Image, rest: str, fast: bool) -> None:
    image.user = rest


def _health(image: Image, rest: str, fast: bool) -> None:
    image.health = json.loads(rest.partition("CMD ")[2])


def _cmd(image: Image, rest: str, fast: bool) -> None:
    image.command = json.loads(rest)


_STEPS = {
    "ARG": _arg,
    "FROM": _from,
    "ENV": _env,
    "WORKDIR": _workdir,
    "COPY": _copy,
    "RUN": _run,
    "USER": _user,
    "EXPOSE": lambda image, rest, fast: None,
    "HEALTHCHECK": _health,
    "CMD": _cmd,
}


def main(arguments: list[str]) -> int:
    """Build the image in the folder named on the command line."""
    parser = argparse.ArgumentParser(prog="image.py", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fast", action="store_true", help="install with uv and its cache")
    options = parser.parse_args(arguments)
    if options.folder.exists() and any(options.folder.iterdir()):
        print(f"Error: {options.folder} is not empty", file=sys.stderr)
        return 1
    try:
        image = build(options.folder.resolve(), fast=options.fast)
    except (ImageError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(f"Made in {image.root}: {shlex.join(image.command)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
