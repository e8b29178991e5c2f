"""What the tests cost: the slowest of them, and each folder's share of the processor time.

A plugin of pytest (`-p tests.support.budget --costs FILE`): a line of JSON for each test, with the
seconds it took, and for each module, with the processor seconds of this process and of all that
it started. Workers of one run write to the same file. `tools.run_tests` prints what is in it and
holds each folder to its share in tests/budget.toml.
"""

from __future__ import annotations

import json
import os
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

SHARES = Path(__file__).parents[1] / "budget.toml"
SLOWEST = 30


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--costs", type=Path, help="append what each test and module cost here")


def pytest_configure(config: pytest.Config) -> None:
    if path := config.getoption("--costs"):
        config.pluginmanager.register(_Costs(path))


class _Costs:
    """Writes what tests cost."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._spent = processor_seconds()

    def _write(self, **line: object) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def pytest_collection_finish(self) -> None:
        self._spent = processor_seconds()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Iterator[None]:
        began = time.monotonic()
        result: Any = yield
        self._write(test=item.nodeid, seconds=time.monotonic() - began)
        if nextitem is None or nextitem.path != item.path:
            # Not after each test: to find all that was started takes milliseconds.
            spent = processor_seconds()
            module = item.nodeid.partition("::")[0]
            self._write(module=module, processor=max(spent - self._spent, 0.0))
            self._spent = spent
        return result


def processor_seconds() -> float:
    """Of this process and of all that it started, ended or not. A server that runs already when
    the tests begin belongs to none of them."""
    total = sum(os.times()[:4])
    for child in psutil.Process().children(recursive=True):
        try:
            total += sum(child.cpu_times()[:4])
        except psutil.Error:
            continue
    return total


def folder_of(module: str) -> str:
    """`tests/browser/test_find.py` is of `browser`."""
    return module.split("/")[1]


def report(path: Path) -> tuple[list[str], list[str]]:
    """What to print of the costs in a file, and a line for each folder that outgrew its share."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    tests = [line for line in lines if "test" in line]
    wall, processor = Counter[str](), Counter[str]()
    for line in tests:
        wall[folder_of(line["test"])] += line["seconds"]
    for line in lines:
        if "module" in line:
            processor[folder_of(line["module"])] += line["processor"]
    slowest = sorted(tests, key=lambda line: -line["seconds"])[:SLOWEST]
    printed = ["", f"The slowest {len(slowest)} tests:"]
    printed += [f"{line['seconds']:7.1f} s  {line['test']}" for line in slowest]
    printed += ["", "Folder              processor   share  at most      wall"]
    shares: dict[str, int] = tomllib.loads(SHARES.read_text(encoding="utf-8"))["percent"]
    whole = sum(processor.values()) or 1.0
    outgrown = []
    for folder, seconds in processor.most_common():
        share, limit = 100 * seconds / whole, shares.get(folder, 0)
        printed.append(
            f"{folder:18} {seconds:8.0f} s  {share:4.0f} %   {limit:4} %  {wall[folder]:6.0f} s"
        )
        if share > limit:
            outgrown.append(
                f"tests/{folder} takes {share:.0f} % of the processor time, more than its "
                f"{limit} %: make it cheaper, or state another share in tests/{SHARES.name}"
            )
    printed.append(f"{'all':18} {whole:8.0f} s" + " " * 19 + f"{sum(wall.values()):6.0f} s")
    return printed, outgrown
