"""Sending an address to the data team, from the first page to the reference."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import Engine, text

from dashboard.components.words import submission_words
from tests.support.build import AAA, Store
from tests.support.submissions import checked
from tests.support.submitting import Officer

pytestmark = pytest.mark.postgres

URL = "https://maps.aaa.gov.uk/areas.csv"
PAGE = "https://www.aaa.gov.uk/open-data"
DETAILS = {"documentation_url": PAGE, "licence": "yes", "name": "Ada Quill", "note": ""}
AREA = "conservation-area"


def to_answers(officer: Officer, engine: Engine, url: str = URL, **more: str) -> str:
    """A draft with a clean check and all details. Out: its address."""
    checked(engine, url=url, dataset=AREA)
    draft = officer.begin(AREA)
    assert officer.post(draft, url=url).location == f"{draft}/details"
    answer = officer.post(f"{draft}/details", **(DETAILS | more))
    assert answer.location == f"{draft}/answers", answer.text
    return draft


def sent(engine: Engine) -> list[tuple[Any, ...]]:
    return Store(engine).sql(
        "SELECT reference, kind, organisation, dataset, url, endpoint FROM providers.submission "
        "WHERE archived_at IS NULL ORDER BY id"
    )


def test_a_clean_address_is_sent_in_four_forms(officer: Officer, engine: Engine) -> None:
    page = officer.get(f"/submit?dataset={AREA}&organisation={AAA}&kind=provide").text
    assert submission_words.KINDS["provide"].title in page
    assert re.search(r'name="kind" value="provide"', page)
    draft = to_answers(officer, engine, note="Line one\r\nline two")
    page = officer.get(f"{draft}/answers").text
    for words in (URL, PAGE, "Ada Quill", "officer@aaa.example", "Nothing has to be fixed"):
        assert words in page
    assert "Send it to the data team" in page
    assert f'href="{draft}/details#field-licence"' in page
    answer = officer.post(f"{draft}/send")
    ((reference, *facts),) = sent(engine)
    assert answer.status_code == 303
    assert answer.location == f"/submissions/{reference}"
    assert facts == ["provide", AAA, AREA, URL, None]
    note = Store(engine).value("SELECT note FROM providers.submission_contact LIMIT 1")
    assert note == "Line one\nline two"
    # Whoever comes back to any step sees what came of it.
    for step in ("", "/standing", "/check", "/details", "/answers"):
        assert officer.get(draft + step).location == f"/submissions/{reference}"


def test_an_address_that_nobody_checked_is_checked_first(officer: Officer, engine: Engine) -> None:
    draft = officer.begin(AREA)
    assert officer.post(draft, url=f" {URL} ").location == f"{draft}/check"
    page = officer.get(f"{draft}/check").text
    assert "Checking the address" in page
    assert "data-state" in page
    # Sending it again begins no second check.
    assert officer.post(draft, url=URL).location == f"{draft}/check"
    assert Store(engine).value("SELECT count(*) FROM providers.check_result") == 1
    finish(engine, has_must=False)
    assert officer.get(f"{draft}/check").location == f"{draft}/details"


def finish(engine: Engine, *, has_must: bool) -> None:
    """End all checks."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE providers.check_result SET state = 'finished', finished_at = now(), "
                "has_must = :has_must"
            ),
            {"has_must": has_must},
        )
