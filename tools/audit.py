"""Look for known vulnerabilities in what is installed where the application runs:

    python3 tools/audit.py [--strict]

pip-audit asks PyPI about every pin of the requirements. What is found fails, unless it stands in
`tools/audit_allowed.toml` with a reason and a date that has not passed. Where the answers cannot
be had (no network, or a mirror of PyPI without them) this says so, loudly, and passes, since
nobody could work otherwise; with --strict it fails. Standard library only.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
EXCEPTIONS = CHECKOUT / "tools" / "audit_allowed.toml"
# What a deployment installs, and what `make run` installs on top. What tests need is left out:
# it meets no data but its own.
REQUIREMENTS = ("requirements.txt", "requirements-local.txt")
# In an environment of its own: its dependencies are at odds with those of dash[testing].
PIP_AUDIT = "pip-audit==2.10.1"
SECONDS = 180


@dataclass(frozen=True)
class Exemption:
    """A vulnerability that we live with until a day, and why."""

    id: str
    package: str
    reason: str
    until: date


@dataclass(frozen=True)
class Verdict:
    """What is said about a report, whether anything forbids going on, and how much was audited."""

    lines: tuple[str, ...]
    fails: bool
    packages: int
    gaps: int


def read_exemptions(text: str) -> tuple[Exemption, ...]:
    """The allow list. Raises ValueError naming the entry that is not complete."""
    exemptions = []
    for entry in tomllib.loads(text).get("allowed", []):
        name = entry.get("id", "an entry without id")
        if set(entry) != {"id", "package", "reason", "until"}:
            raise ValueError(f"{name}: each entry has id, package, reason and until, no more")
        if not isinstance(entry["until"], date) or len(entry["reason"].split()) < 4:
            raise ValueError(f"{name}: until is a date such as 2027-01-31, and reason a sentence")
        exemptions.append(Exemption(**entry))
    return tuple(exemptions)


def judge(reports: Sequence[Any], exemptions: Sequence[Exemption], today: date) -> Verdict:
    """What to make of pip-audit's reports. In: also the allow list and today's date."""
    lines: list[str] = []
    fails = False
    used: set[str] = set()
    packages: set[str] = set()
    gaps: set[str] = set()
    for package in (item for report in reports for item in report["dependencies"]):
        name = package["name"]
        if "skip_reason" in package:
            gaps.add(name)
            continue
        packages.add(name)
        for flaw in package["vulns"]:
            ids = {flaw["id"], *flaw.get("aliases", ())}
            exemption = next(
                (a for a in exemptions if a.id in ids and _same(a.package, name)), None
            )
            flaw_words = f"{name} {package['version']}: {flaw['id']}"
            if exemption is not None and today <= exemption.until:
                used.add(exemption.id)
                line = f"allowed until {exemption.until}: {flaw_words} ({exemption.reason})"
            else:
                fails = True
                versions = ", ".join(flaw.get("fix_versions", ())) or "no version yet"
                line = f"VULNERABLE: {flaw_words}, fixed by {versions}"
                if exemption is not None:
                    used.add(exemption.id)
                    line += f"; allowed only until {exemption.until}"
            if line not in lines:
                lines.append(line)
    for entry in exemptions:
        names = {_plain(name) for name in packages}
        if entry.id not in used and _plain(entry.package) in names:
            fails = True
            lines.append(f"NOT NEEDED: {entry.id} of {entry.package} is no longer found: remove it")
    return Verdict(tuple(lines), fails, len(packages), len(gaps - packages))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def report_on(requirements: Path) -> Any | None:
    """pip-audit's report on a file of pins, or None where it cannot be run."""
    command = [str(CHECKOUT / ".venv" / "bin" / "uv"), "tool", "run", "--quiet", PIP_AUDIT]
    command += ["--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    command += ["--format", "json", "--requirement", str(requirements)]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        return json.loads(run.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def main(arguments: list[str]) -> int:
    """Audit the requirements and print the verdict. Gives the exit status."""
    if arguments not in ([], ["--strict"]):
        print("usage: audit.py [--strict]", file=sys.stderr)
        return 2
    try:
        exemptions = read_exemptions(EXCEPTIONS.read_text())
    except ValueError as error:
        print(f"Error: {EXCEPTIONS.name}: {error}", file=sys.stderr)
        return 1
    reports = [report_on(CHECKOUT / name) for name in REQUIREMENTS]
    verdict = judge([r for r in reports if r is not None], exemptions, date.today())
    for line in verdict.lines:
        print(line)
    whole = verdict.packages > 0 and not verdict.gaps and None not in reports
    print(f"Audited {verdict.packages} packages, {verdict.gaps} could not be audited.")
    if not whole:
        print(
            "NOT AUDITED: PyPI's advisories are not available here, so the rest was not "
            "checked. Run `make audit` where they are available.",
            file=sys.stderr,
        )
    return int(verdict.fails or (not whole and arguments == ["--strict"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
