"""Print which rooms the code has and which of them import which: `python -m tools.rooms`.

A room is a module or package of a top-level package, or a package within that one. It imports from
floors below its own and from its circle. `--checkout FOLDER` draws another checkout.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import grimp

BESIDE = frozenset({"tests", "tools", "bench"})  # no part of the product
Groups = list[list[str]]


@dataclass(frozen=True)
class Plan:
    """Modules and lines of each room, imports from room to room, floors from the top down, and the
    rooms of each circle."""

    modules: Mapping[str, int]
    lines: Mapping[str, int]
    arrows: Mapping[tuple[str, str], int]
    floors: Groups
    circles: Groups


def plan_of(checkout: Path) -> Plan:
    """The plan of a checkout, from its source. Nothing in it is run."""
    packages = [file.parent.name for file in sorted(checkout.glob("*/__init__.py"))]
    sys.path.insert(0, str(checkout))
    try:
        graph = grimp.build_graph(*(p for p in packages if p not in BESIDE), cache_dir=None)
    finally:
        sys.path.remove(str(checkout))
    room_of = {module: _room(module, checkout) for module in graph.modules}
    lines, arrows = Counter[str](), Counter[tuple[str, str]]()
    for module, room in room_of.items():
        lines[room] += len(_file(module, checkout).read_text(encoding="utf-8").splitlines())
        for other in graph.find_modules_directly_imported_by(module):
            if room_of[other] != room:
                arrows[room, room_of[other]] += 1
    modules = Counter(room_of.values())
    floors, circles = _floors(set(modules), set(arrows))
    return Plan(modules, lines, arrows, floors, circles)


def _file(module: str, checkout: Path) -> Path:
    path = checkout.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _room(module: str, checkout: Path) -> str:
    parts = module.split(".")
    inside = len(parts) > 2 and _file(module, checkout).name != "__init__.py"
    return ".".join(parts[: len(parts) - inside][:3])


def _floors(rooms: set[str], arrows: set[tuple[str, str]]) -> tuple[Groups, Groups]:
    """Rooms by floor from the top down, and the circles. Rooms of a circle share a floor."""
    reach = {room: {below for above, below in arrows if above == room} for room in rooms}
    for middle in rooms:
        for room in (room for room in rooms if middle in reach[room]):
            reach[room] |= reach[middle]
    circle = {r: frozenset({r, *(o for o in reach[r] if r in reach[o])}) for r in rooms}
    heights: dict[str, int] = {}
    for room in sorted(rooms, key=lambda room: len(reach[room] - circle[room])):
        heights[room] = max((heights[below] + 1 for below in reach[room] - circle[room]), default=0)
    floors = defaultdict(list)
    for room in sorted(rooms):
        floors[heights[room]].append(room)
    circles = sorted({tuple(sorted(group)) for group in circle.values() if len(group) > 1})
    return [floors[height] for height in sorted(floors, reverse=True)], list(map(list, circles))


def main() -> int:
    """Print the rooms, floor by floor, with their arrows."""
    parser = argparse.ArgumentParser(prog="python -m tools.rooms", description=__doc__)
    parser.add_argument("--checkout", type=Path, default=Path(__file__).resolve().parent.parent)
    plan = plan_of(parser.parse_args().checkout.resolve())
    print(f"{len(plan.modules)} rooms, {len(plan.arrows)} arrows, {len(plan.floors)} floors")
    print(*([f"Circle: {', '.join(group)}" for group in plan.circles] or ["No circles"]), sep="\n")
    for number, rooms in enumerate(plan.floors):
        print(f"\nFloor {len(plan.floors) - number - 1}")
        for room in rooms:
            print(f"  {room}: {plan.modules[room]} modules, {plan.lines[room]:,} lines")
            for (above, below), count in sorted(plan.arrows.items()):
                if above == room:
                    print(f"    -> {below} ({count})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
