"""What rules say is ready to be read."""

from __future__ import annotations

from checking.rules import RULES


def test_no_rule_says_a_placeholder() -> None:
    assert len(RULES) > 40
    for rule in RULES.values():
        assert "{" not in rule.message + rule.advice, rule.name
        assert "{" not in rule.passed.format(field="start-date")
        assert rule.message, rule.name
