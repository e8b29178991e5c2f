"""Whoever changes what they send keeps what they typed, and nobody else is given it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from tests.support.submitting import Officer

pytestmark = pytest.mark.postgres
TYPED = {
    "url": "https://www.aaa.gov.uk/trees.csv",
    "documentation_url": "https://www.aaa.gov.uk/about-trees",
    "licence": "yes",
    "name": "Ada Quill",
    "note": "From our new system",
}


def answers(engine: Engine, draft: str) -> dict[str, str]:
    """What was typed into the draft at an address."""
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT answers FROM providers.submission_draft WHERE token = :token"),
            {"token": token_of(draft)},
        )
        return dict(row.scalar_one())


def token_of(draft: str) -> str:
    return draft.rpartition("/")[2]


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("replace", tuple(TYPED)),
        # A question has no licence, and what is retired no address of its own.
        ("help", ("url", "name", "note")),
        ("retire", ("name", "note")),
        ("take_back", ("documentation_url", "licence", "name", "note")),
    ],
)
def test_what_both_kinds_ask_for_comes_along(
    officer: Officer, engine: Engine, kind: str, names: tuple[str, ...]
) -> None:
    draft = officer.begin()
    officer.post(f"{draft}/save", **TYPED)
    other = officer.begin(kind=kind, draft=token_of(draft))
    assert other != draft
    assert answers(engine, other) == {name: TYPED[name] for name in names}
    # The one that the reader came from stays, and what is typed now is not overwritten.
    assert answers(engine, draft) == TYPED
    officer.post(f"{other}/save", note="Another note")
    assert officer.begin(kind=kind, draft=token_of(draft)) == other
    assert answers(engine, other)["note"] == "Another note"


def test_the_way_to_another_kind_says_where_it_comes_from(officer: Officer) -> None:
    draft = officer.begin()
    page = officer.get(f"{draft}/answers").text
    (change,) = set(re.findall(r'href="(/submit\?[^"]*draft=[^"]*)"', page))
    first = officer.get(html.unescape(change)).text
    assert f'<input type="hidden" name="draft" value="{token_of(draft)}">' in first


def test_nobody_is_given_what_another_typed(
    officer: Officer, officer_of: Callable[[str], Officer], engine: Engine
) -> None:
    mine = officer.begin()
    officer.post(f"{mine}/save", **TYPED)
    theirs = officer_of("colleague@aaa.example").begin(kind="help", draft=token_of(mine))
    assert answers(engine, theirs) == {}
