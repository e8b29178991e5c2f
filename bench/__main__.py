"""Run benchmarks: ``python -m bench [PART ...]``; all without a name."""

from __future__ import annotations

import argparse
import importlib
import sys

from bench.inputs import NoInput
from bench.settings import RESULTS
from bench.table import Section

PARTS = {
    "load": "loads",
    "questions": "questions",
    "nights": "nights",
    "visits": "visits",
    "first-draws": "first_draws",
    "lighthouse": "lighthouse",
    "api": "api",
    "hexagons": "hexagons",
    "fuzz": "fuzz",
    "checks": "checks",
    "readers": "readers",
    "soak": "soak",
    "capacity": "capacity",
}


def main() -> int:
    """Run the parts named on the command line, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--dry", action="store_true", help="print, but keep results.md as it is")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))} (there are {', '.join(PARTS)})")
    for name in options.parts or PARTS:
        module = importlib.import_module(f"bench.{PARTS[name]}")
        section = Section(module.TITLE)
        print(f"\n## {module.TITLE}\n")
        try:
            module.measure(section)
        except NoInput as error:
            print(f"Not measured: {error}")
            continue
        if not options.dry:
            section.write(RESULTS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
