"""Questions that a page says at once, and that are put together.

    rows = soon(organisations.datasets, organisation=curie, snapshot_id=snapshot_id)
    runs = soon(histories.statuses, organisation=curie, kind=kind)
    return View(rows.value, runs.value)

The first value that is wanted puts all that were said until then, in one statement for those of
which no answer is kept. What depends on an answer is said after it: so a page asks as often as its
questions hang on each other, and not as often as it has questions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from flask import g
from sqlalchemy import Connection

from dashboard.data.door import ask, door, now

P = ParamSpec("P")
T = TypeVar("T")
U = TypeVar("U")


class Soon(Generic[T]):
    """An answer that is to come."""

    def __init__(self, value: Callable[[], T]) -> None:
        self._value = value

    @property
    def value(self) -> T:
        """The answer; puts all questions that were said. Raises StoreUnavailable, DataMoved."""
        return self._value()

    def then(self, make: Callable[[T], U]) -> Soon[U]:
        """What is made of the answer once it is there."""
        return Soon(lambda: make(self.value))


class _Question(Soon[T]):
    def __init__(self, question: Callable[..., T], arguments: Mapping[str, Any]) -> None:
        super().__init__(self._wait)
        self.question = question, arguments
        self.answers: list[T] = []

    def _wait(self) -> T:
        if not self.answers:
            _put()
        # Where others' questions failed this one may still be answered.
        return self.answers[0] if self.answers else ask(self.question[0], **self.question[1])


def soon(
    question: Callable[Concatenate[Connection, P], T], *_: P.args, **kwargs: P.kwargs
) -> Soon[T]:
    """Say a question: its arguments by name, as for `ask`."""
    one = _Question(cast("Callable[..., T]", question), kwargs)
    g.setdefault("soon", []).append(one)
    return one


def _put() -> None:
    questions: list[_Question[Any]] = g.pop("soon", [])
    answers = door().answers(now(), [one.question for one in questions])
    for one, answer in zip(questions, answers, strict=True):
        one.answers.append(answer)
