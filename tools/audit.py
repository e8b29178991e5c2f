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
ALLOWED = CHECKOUT / "tools" / "audit_allowed.toml"
# What a deployment installs, and what `make run` installs on top. What tests need is left out:
# it meets no data but its own.
REQUIREMENTS = ("requirements.txt", "requirements-local.txt")
# In an environment of its own: its dependencies are at odds with those of dash[testing].
PIP_AUDIT = "pip-audit==2.10.1"
SECONDS = 180


@dataclass(frozen=True)
class Allowed:
    """A vulnerability that we live with until a day, and why."""

    id: str
    package: str
    reason: str
    until: date


@dataclass(frozen=True)
class Verdict:
    """What is said about a report, whether anything forbids going on, and how much was audited."""

    lines: tuple[str, ...]
    failed: bool
    audited: int
    skipped: int


def read_allowed(text: str) -> tuple[Allowed, ...]:
    """The allow list. Raises ValueError naming the entry that is not complete."""
    found = []
    for entry in tomllib.loads(text).get("allowed", []):
        name = entry.get("id", "an entry without id")
        if set(entry) != {"id", "package", "reason", "until"}:
            raise ValueError(f"{name}: each entry has id, package, reason and until, no more")
        if not isinstance(entry["until"], date) or len(entry["reason"].split()) < 4:
            raise ValueError(f"{name}: until is a date such as 2027-01-31, and reason a sentence")
        found.append(Allowed(**entry))
    return tuple(found)


def judge(reports: Sequence[Any], allowed: Sequence[Allowed], today: date) -> Verdict:
    """What to make of pip-audit's reports. In: also the allow list and today's date."""
    lines: list[str] = []
    failed = False
    used: set[str] = set()
    audited: set[str] = set()
    skipped: set[str] = set()
    for package in (item for report in reports for item in report["dependencies"]):
        name = package["name"]
        if "skip_reason" in package:
            skipped.add(name)
            continue
        audited.add(name)
        for flaw in package["vulns"]:
            ids = {flaw["id"], *flaw.get("aliases", ())}
            known = next((a for a in allowed if a.id in ids and _same(a.package, name)), None)
            told = f"{name} {package['version']}: {flaw['id']}"
            if known is not None and today <= known.until:
                used.add(known.id)
                line = f"allowed until {known.until}: {told} ({known.reason})"
            else:
                failed = True
                mended = ", ".join(flaw.get("fix_versions", ())) or "no version yet"
                line = f"VULNERABLE: {told}, fixed by {mended}"
                if known is not None:
                    used.add(known.id)
                    line += f"; allowed only until {known.until}"
            if line not in lines:
                lines.append(line)
    for entry in allowed:
        names = {_plain(name) for name in audited}
        if entry.id not in used and _plain(entry.package) in names:
            failed = True
            lines.append(f"NOT NEEDED: {entry.id} of {entry.package} is no longer found: remove it")
    return Verdict(tuple(lines), failed, len(audited), len(skipped - audited))


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
    if arguments not in ([], ["--strict"]):
        print("usage: audit.py [--strict]", file=sys.stderr)
        return 2
    try:
        allowed = read_allowed(ALLOWED.read_text())
    except ValueError as error:
        print(f"Error: {ALLOWED.name}: {error}", file=sys.stderr)
        return 1
    reports = [report_on(CHECKOUT / name) for name in REQUIREMENTS]
    verdict = judge([r for r in reports if r is not None], allowed, date.today())
    for line in verdict.lines:
        print(line)
    whole = verdict.audited > 0 and not verdict.skipped and None not in reports
    print(f"Audited {verdict.audited} packages, {verdict.skipped} could not be audited.")
    if not whole:
        print(
            "NOT AUDITED: PyPI's advisories are not available here, so we do not know about "
            "the rest. Run `make audit` where they are.",
            file=sys.stderr,
        )
    return int(verdict.failed or (not whole and arguments == ["--strict"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
