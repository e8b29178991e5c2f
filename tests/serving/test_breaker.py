"""A silent service is left alone for a while, and its outage is told once."""

from __future__ import annotations

import logging

import pytest

from serving.breaker import Breaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_rests_then_lets_one_caller_try() -> None:
    clock = Clock()
    breaker = Breaker("It", rest_seconds=10, clock=clock)
    assert breaker.allows()
    breaker.failed("refused")
    assert not breaker.allows()
    clock.now += 9.9
    assert not breaker.allows()
    clock.now += 0.2
    assert [breaker.allows() for _ in range(3)] == [True, False, False]
    breaker.succeeded()
    assert breaker.allows()


def test_an_outage_is_one_warning_and_its_end_another(caplog: pytest.LogCaptureFixture) -> None:
    breaker = Breaker("It", rest_seconds=0)
    with caplog.at_level(logging.INFO):
        for _ in range(5):
            breaker.failed("refused")
        breaker.succeeded()
        breaker.succeeded()
    assert [record.getMessage() for record in caplog.records] == [
        "It does not answer (refused); going on without it",
        "It answers again",
    ]
