"""What is made of the advisories about what we install."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tools import audit
from tools.audit import Exemption, judge, read_exemptions

TODAY = date(2027, 1, 15)
FLAW = {
    "id": "PYSEC-2027-1",
    "aliases": ["CVE-2027-1", "GHSA-aaaa-bbbb-cccc"],
    "fix_versions": ["2.0"],
}


def report(*flaws: dict[str, Any], name: str = "some-package") -> dict[str, Any]:
    fine = {"name": "other", "version": "1", "vulns": []}
    return {"dependencies": [fine, {"name": name, "version": "1.0", "vulns": list(flaws)}]}


def exemption(until: date = date(2027, 1, 31), package: str = "Some_Package") -> Exemption:
    return Exemption("CVE-2027-1", package, "We never call what is at fault.", until)


def test_nothing_found_passes() -> None:
    verdict = judge([report()], [], TODAY)
    assert (verdict.fails, verdict.lines, verdict.packages, verdict.gaps) == (False, (), 2, 0)


def test_what_is_found_fails_once_and_says_what_mends_it() -> None:
    verdict = judge([report(FLAW), report(FLAW)], [], TODAY)
    assert verdict.fails
    assert verdict.lines == ("VULNERABLE: some-package 1.0: PYSEC-2027-1, fixed by 2.0",)


def test_what_is_allowed_is_told_with_its_reason() -> None:
    verdict = judge([report(FLAW)], [exemption()], TODAY)
    assert not verdict.fails
    assert "We never call what is at fault." in verdict.lines[0]


@pytest.mark.parametrize(
    "entry",
    [exemption(until=date(2027, 1, 14)), exemption(package="other")],
    ids=["late", "another"],
)
def test_what_was_allowed_for_a_time_or_of_another_package_fails(entry: Exemption) -> None:
    assert judge([report(FLAW)], [entry], TODAY).fails


def test_an_entry_that_is_no_longer_needed_fails() -> None:
    verdict = judge([report()], [exemption()], TODAY)
    assert verdict.fails
    assert verdict.lines[0].startswith("NOT NEEDED: CVE-2027-1")
    # Nobody can tell where the package could not be audited.
    assert not judge([], [exemption()], TODAY).fails


def unaudited() -> dict[str, Any]:
    return {"dependencies": [{"name": "one", "skip_reason": "not found"}]}


@pytest.mark.parametrize("answer", [None, unaudited()], ids=["cannot run", "no advisories"])
def test_what_could_not_be_audited_is_not_called_sound(
    answer: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """pip-audit itself says "No known vulnerabilities found" where it was told of none."""
    monkeypatch.setattr(audit, "report_on", lambda path: answer)
    assert audit.main([]) == 0
    assert capsys.readouterr().err.startswith("NOT AUDITED")
    assert audit.main(["--strict"]) == 1


def test_our_own_list_can_be_read() -> None:
    for entry in read_exemptions(audit.EXCEPTIONS.read_text()):
        assert entry.until.year < 2030


@pytest.mark.parametrize(
    "text",
    [
        '[[allowed]]\nid = "x"',
        '[[allowed]]\nid = "x"\npackage = "y"\nreason = "short"\nuntil = 2027-01-31',
        '[[allowed]]\nid = "x"\npackage = "y"\nreason = "a b c d e"\nuntil = "soon"',
    ],
)
def test_an_entry_without_reason_or_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^x: "):
        read_exemptions(text)


def test_it_runs_where_there_is_no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(audit, "CHECKOUT", tmp_path)
    assert audit.report_on(tmp_path / "requirements.txt") is None
