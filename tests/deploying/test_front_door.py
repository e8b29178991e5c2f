"""`make run` and what stands behind it, as real processes.

One store is filled once and started again by each test, which also shows that no ending loses it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.owners import gone, server_of, servers_of
from tests.support.servers import free_port

pytestmark = pytest.mark.embedded
CHECKOUT = Path(__file__).resolve().parents[2]
SERVING = "Serving http://127.0.0.1:"
PAST = "Loading the sample's history beside it"


class Run:
    """The supervisor, as make starts it."""

    def __init__(self, home: Path, port: int, *arguments: str, **environment: str) -> None:
        self.home = home
        self.port = port
        variables = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
        variables |= {"PERFORMANCE_STORE_HOME": str(home), "PORT": str(port)} | environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "performance_store.local.supervisor", *arguments],
            cwd=CHECKOUT,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []

    def wait_until_serving(self) -> None:
        self.wait_for(re.escape(SERVING))

    def wait_for(self, pattern: str) -> None:
        """Read what it prints, until a line that begins so."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if re.match(pattern, line):
                return
        raise AssertionError("\n".join(self.lines))

    def status(self, path: str) -> int:
        return self.page(path)[0]

    def page(self, path: str) -> tuple[int, str]:
        """The status of an address, and what is there."""
        url = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status), answer.read().decode()

    def web(self) -> psutil.Process:
        (master,) = self._children("gunicorn")
        return master

    def worker(self) -> psutil.Process:
        """The one worker. A program just started has no command for an instant: it is waited
        for."""
        assert gone(lambda: len(self._children("worker")) != 1)
        (worker,) = self._children("worker")
        return worker

    def has_another_worker(self, than: psutil.Process) -> bool:
        return {worker.pid for worker in self._children("worker")} - {than.pid} != set()

    def _children(self, module: str) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if command_of(child)[1:3] == ["-m", module]]

    def end(self) -> tuple[int, str]:
        """Exit code and everything it printed."""
        rest, _ = self.process.communicate(timeout=60)
        return self.process.returncode, "\n".join([*self.lines, rest])

    def is_gone(self) -> bool:
        return gone(lambda: servers_of(self.home) or listens(self.port))


def command_of(process: psutil.Process) -> list[str]:
    """What a process was started with; nothing of one that has ended."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def home(open_folder: Callable[[], Path]) -> Path:
    return open_folder() / "home"


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def make(*arguments: str, **environment: str) -> Run:
        runs.append(Run(home, free_port(), *arguments, **environment))
        return runs[-1]

    yield make
    for run in runs:
        if run.process.poll() is None:
            run.process.kill()
            run.process.communicate()
    assert all(run.is_gone() for run in runs)


def test_a_first_start_serves_today_and_the_next_goes_on_with_the_past(
    start: Callable[..., Run],
) -> None:
    first = start()
    first.wait_until_serving()
    assert first.status("/health/ready") == 200
    status, today = first.page("/")
    assert status == 200
    assert "The history of the sample is " in today
    assert any("Migrating" in line for line in first.lines)
    first.process.send_signal(signal.SIGINT)
    assert first.end()[0] == 0
    assert first.is_gone()

    second = start()
    began = time.monotonic()
    second.wait_until_serving()
    assert time.monotonic() - began < 20
    assert not any("sample data" in line for line in second.lines)
    assert second.status("/organisations") == 200
    second.wait_for(f"{PAST}: [0-9]+%")
    assert re.search(r"is still being loaded: \d+% when this page was drawn", second.page("/")[1])
    second.wait_for(rf"{PAST}: [0-9.]+ s$")
    status, whole = second.page("/")
    assert status == 200
    assert "history of the sample" not in whole
    assert whole.split('data-version="')[1] > today.split('data-version="')[1]
    second.process.send_signal(signal.SIGINT)
    second.end()

    third = start()
    third.wait_until_serving()
    third.process.send_signal(signal.SIGINT)
    assert PAST not in third.end()[1]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_stop_it_stops_everything(start: Callable[..., Run], how: signal.Signals) -> None:
    run = start()
    run.wait_until_serving()
    worker = run.worker()
    run.process.send_signal(how)
    code, printed = run.end()
    assert (code, printed.splitlines()[-1]) == (0, "Stopped.")
    assert not worker.is_running()
    assert not servers_of(run.home)
    assert not listens(run.port)


def test_killed_it_takes_everything_along(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_until_serving()
    worker = run.worker()
    run.process.kill()
    run.end()
    assert run.is_gone()
    assert gone(worker.is_running)


def test_a_killed_worker_is_started_again_and_a_killed_web_server_ends_it(
    start: Callable[..., Run],
) -> None:
    run = start()
    run.wait_until_serving()
    worker = run.worker()
    worker.kill()
    assert gone(lambda: not run.has_another_worker(worker))
    run.web().kill()
    code, printed = run.end()
    assert code == 1
    assert "Error: the web server stopped by itself" in printed
    assert run.is_gone()


def test_a_killed_database_is_started_again(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_until_serving()
    killed = server_of(run.home)
    killed.kill()
    assert gone(lambda: [s.pid for s in servers_of(run.home)] in ([], [killed.pid]))

    def is_not_ready() -> bool:
        try:
            return run.status("/health/ready") != 200
        except OSError:
            return True

    assert gone(is_not_ready)


def test_a_second_start_says_where_the_first_one_is(start: Callable[..., Run]) -> None:
    run = start()
    run.wait_until_serving()
    code, printed = start().end()
    assert code == 0
    assert printed.strip() == (
        f"Already running at http://127.0.0.1:{run.port} (process {run.process.pid})."
    )
    assert run.status("/health/live") == 200


def test_a_taken_port_is_one_line_and_leaves_nothing(start: Callable[..., Run]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = start(PORT=str(port))
        code, printed = run.end()
    assert code == 1
    (line,) = printed.strip().splitlines()
    assert line.startswith(f"Error: port {port} cannot be used")
    assert not servers_of(run.home)


def test_a_mistake_in_the_environment_is_one_line(start: Callable[..., Run]) -> None:
    code, printed = start(LOG_LEVEL="LOUD").end()
    assert code == 1
    (line,) = printed.strip().splitlines()
    assert line.startswith("Error: LOG_LEVEL must be one of")


def test_make_that_was_killed_before_we_could_look_is_followed(start: Callable[..., Run]) -> None:
    # Nobody's parent any more: process 1 adopts what is left of it.
    code, output = start("--with-parent", str(2**22 + 1)).end()
    assert (code, output.strip().splitlines()[-1]) == (0, "Stopped.")


@pytest.mark.parametrize("moment", ["Migrating", "Serving"])
def test_it_follows_make_into_the_grave(start: Callable[..., Run], home: Path, moment: str) -> None:
    """make, killed, cannot tell us; the supervisor notices that its parent is another."""
    script = (
        "import os, subprocess, sys, time;"
        "p = subprocess.Popen([sys.executable, '-m', 'performance_store.local.supervisor',"
        " '--with-parent', str(os.getpid())], stdout=subprocess.PIPE, text=True);"
        f"print(next(l for l in p.stdout if l.startswith({moment!r})), flush=True);"
        "time.sleep(60)"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    environment |= {"PERFORMANCE_STORE_HOME": str(home), "PORT": str(free_port())}
    parent = subprocess.Popen(
        [sys.executable, "-c", script], cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    assert parent.stdout.readline().startswith(moment.encode())
    assert servers_of(home)
    parent.kill()
    parent.communicate()
    assert gone(lambda: servers_of(home))


# Setting up


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What set-up reads, in a folder of its own; installing there is made to fail at once."""
    folder = tmp_path / "checkout"
    (folder / "tools").mkdir(parents=True)
    shutil.copy(CHECKOUT / "tools" / "environment.py", folder / "tools")
    for name in ("requirements-local.txt", "requirements-dev.txt"):
        (folder / name).write_text("")
    return folder


def set_up(checkout: Path, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, checkout / "tools" / "environment.py", name],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_set_up_is_done_once_and_works_with_an_empty_home(checkout: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    first = set_up(checkout, "dev", HOME=str(home))
    assert first.returncode == 0, first.stderr
    assert (checkout / ".venv" / "bin" / "python").exists()
    again = set_up(checkout, "dev", HOME=str(home))
    assert (again.returncode, again.stdout) == (0, "")
    # What tests need includes what running needs.
    assert set_up(checkout, "local", HOME=str(home)).stdout == ""
    (checkout / "requirements-dev.txt").write_text("# changed\n")
    assert "Setting up" in set_up(checkout, "dev", HOME=str(home)).stdout


def test_a_moved_checkout_is_set_up_afresh(checkout: Path, tmp_path: Path) -> None:
    assert set_up(checkout, "local").returncode == 0
    moved = checkout.rename(tmp_path / "moved")
    again = set_up(moved, "local")
    assert again.returncode == 0
    assert "Setting up" in again.stdout
    stamp = json.loads((moved / ".venv" / "installed.json").read_text())
    assert stamp["checkout"] == str(moved)


def test_no_network_is_one_line(checkout: Path) -> None:
    (checkout / "requirements-local.txt").write_text("no-such-package-anywhere==1\n")
    offline = {"PIP_NO_INDEX": "1", "PIP_RETRIES": "0", "UV_OFFLINE": "1", "PIP_FIND_LINKS": ""}
    run = set_up(checkout, "local", **offline)
    assert run.returncode == 1
    (line,) = run.stderr.strip().splitlines()
    assert line.startswith("Error: cannot install requirements-local.txt: is there a network?")
    assert not (checkout / ".venv" / "installed.json").exists()
