"""The plan of the rooms, drawn from source that never runs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import rooms


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A house with a circle on its middle floor, a room two packages deep, and tests beside it."""
    files = {
        "house/__init__.py": "raise RuntimeError('must not run')\n",
        "house/roof.py": "from house.left import one\nfrom house.left.deep import two\n",
        "house/left/__init__.py": "",
        "house/left/one.py": "import house.right\n\nimport house.ground\n",
        "house/left/deep/__init__.py": "",
        "house/left/deep/two.py": "import house.ground\n",
        "house/right.py": "import house.left.one\n",
        "house/ground.py": "",
        "tests/__init__.py": "import house.roof\n",
    }
    for name, source in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return tmp_path


def test_floors_arrows_and_circles_are_those_of_the_source(checkout: Path) -> None:
    plan = rooms.plan_of(checkout)
    assert plan.circles == [["house.left", "house.right"]]
    assert plan.floors == [
        ["house.roof"],
        ["house.left", "house.left.deep", "house.right"],
        ["house", "house.ground"],
    ]
    assert plan.arrows["house.roof", "house.left"] == 1
    assert plan.arrows["house.left", "house.ground"] == 1
    assert (plan.modules["house.left"], plan.lines["house.left"]) == (2, 3)


def test_it_prints_another_checkout(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["rooms", "--checkout", str(checkout)])
    assert rooms.main() == 0
    output = capsys.readouterr().out
    assert output.startswith("6 rooms, 6 arrows, 3 floors\nCircle: house.left, house.right\n")
    assert "  house.left: 2 modules, 3 lines\n    -> house.ground (1)\n" in output
