"""Every rule with its severity and its words."""

from __future__ import annotations

from dataclasses import dataclass

from checking.rules.ladder import Ladder, Origin
from checking.rules.our_rules import OURS
from checking.rules.platform_rules import PLATFORM
from checking.specification import issue_types


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. `message` says what is wrong, wherever its field is named beside it; `advice` what to
    do; `passed` is the sentence of a `{field}` where nothing was found ('' if that is not worth a
    line)."""

    name: str
    issue_type: str
    severity: str
    responsibility: str
    origin: Origin
    ladder: Ladder
    message: str
    advice: str = ""
    passed: str = ""


def _rules() -> dict[str, Rule]:
    """All rules by name."""
    published = issue_types()
    rules = {}
    for name, ladder, message, advice, passed in PLATFORM:
        severity, responsibility = published.get(name, ("error", "external"))
        rules[name] = Rule(
            name, name, severity, responsibility, "platform", ladder, message, advice, passed
        )
    for name, severity, ladder, message, advice, passed in OURS:
        rules[name] = Rule(
            name, name, severity, "external", "ours", ladder, message, advice, passed
        )
    return rules


RULES = _rules()
