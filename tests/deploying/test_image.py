"""The image is made of the right things, and what it is made of runs: its steps are followed in
a folder, with nothing of this checkout's environment."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from performance_store.settings import CHECKOUT
from tests.support.servers import free_port
from tools import image as tool
from tools.image import Image, ImageError, build, instructions

DOCKERFILE = (CHECKOUT / "Dockerfile").read_text()
STEPS = list(instructions(DOCKERFILE))


def procfile() -> dict[str, str]:
    lines = (CHECKOUT / "Procfile").read_text().splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines)}


def steps(name: str) -> list[str]:
    return [rest for step, rest in STEPS if step == name]


def test_it_serves_as_the_procfile_does() -> None:
    (command,) = steps("CMD")
    assert json.loads(command) == procfile()["web"].split()
    assert set(procfile()) == {"release", "web", "worker"}


def test_it_runs_as_nobody_in_particular_on_the_python_of_the_project() -> None:
    (user,) = steps("USER")
    assert int(user.split(":")[0]) >= 10_000
    assert steps("FROM") == ["${BASE}"]
    (base,) = steps("ARG")
    assert base == f"BASE=python:{(CHECKOUT / '.python-version').read_text().strip()}-slim"
    assert [name for name, _ in STEPS].index("USER") > max(
        number for number, (name, _) in enumerate(STEPS) if name == "RUN"
    )


def test_everything_that_is_installed_is_held_to_its_hash() -> None:
    (install,) = [rest for rest in steps("RUN") if "pip install" in rest]
    assert "--require-hashes -r /app/requirements.txt" in install
    assert not re.search(r"curl|wget|apt", DOCKERFILE)


def test_no_secret_is_in_it() -> None:
    assert not re.search(r"TOKEN|PASSWORD|SECRET|://", "\n".join(steps("ENV") + steps("RUN")))
    assert "PRODUCTION=yes" in steps("ENV")


def test_what_is_copied_is_let_in_and_nothing_else() -> None:
    copied = {source for rest in steps("COPY") for source in rest.split()[:-1]}
    lines = (CHECKOUT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {name.rstrip("*") for name in packages} <= copied


def test_a_step_that_is_not_known_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("VOLUME /x\n")
    with pytest.raises(ImageError, match="VOLUME is an instruction that this tool does not know"):
        build(tmp_path / "root", dockerfile=tmp_path / "Dockerfile")
    assert list(instructions("# a\nRUN one \\\n  && two\n\n  # b\nUSER 1\n")) == [
        ("RUN", "one && two"),
        ("USER", "1"),
    ]
    assert tool.main([str(CHECKOUT)]) == 1


@pytest.fixture(scope="module")
def deployment(open_folder: Callable[[], Path]) -> Iterator[Image]:
    # Where others may pass through, since it runs as another user.
    root = open_folder() / "image"
    try:
        deployment = build(root, fast=True)
    except ImageError as error:
        if "this machine has none" in str(error):
            pytest.skip(str(error))
        raise
    yield deployment
    shutil.rmtree(root, ignore_errors=True)


def outcome(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=60)
    return process.returncode, output


@pytest.mark.postgres
def test_its_commands_run(
    deployment: Image, databases: object, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {"DATABASE_URL": database_url}
    if "host=%2F" in database_url:
        # The embedded server's socket is for its own user alone.
        monkeypatch.setattr(deployment, "user", "0")
    assert outcome(deployment.run(procfile()["release"].split(), **environment)) == (
        0,
        "Nothing to migrate.\n",
    )
    code, worker_words = outcome(
        deployment.run([*procfile()["worker"].split(), "--help"], **environment)
    )
    assert code == 0, worker_words

    port = str(free_port())
    web = deployment.run(deployment.command, PORT=port, **environment)
    try:
        address = f"http://127.0.0.1:{port}"
        wait(web, f"{address}/health/ready")
        with urllib.request.urlopen(f"{address}/about", timeout=20) as answer:
            assert answer.status == 200
        with urllib.request.urlopen(f"{address}/api/v1/openapi.json", timeout=20) as answer:
            assert answer.status == 200
        assert outcome(deployment.run(deployment.health, PORT=port)) == (0, "")
    finally:
        began = time.monotonic()
        web.send_signal(signal.SIGTERM)
        code, output = outcome(web)
    assert code == 0, output
    assert time.monotonic() - began < 10
    assert all(line.startswith("{") for line in output.splitlines()), output
    code, words = outcome(deployment.run(deployment.health, PORT=port))
    assert code == 1
    assert words.startswith("The web server does not answer")


def test_without_a_database_it_says_so_in_a_line(deployment: Image) -> None:
    code, output = outcome(deployment.run(deployment.command))
    assert code != 0
    (line,) = output.splitlines()
    assert line.startswith("Error: DATABASE_URL is not set: in production")


def wait(web: subprocess.Popen[str], address: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (OSError, urllib.error.URLError):
            assert web.poll() is None, web.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.1)
