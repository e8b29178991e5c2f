"""Columns of a checked file beside the fields that they may be."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.support.accounts import Person
from tests.support.checks import begin, done

pytestmark = pytest.mark.postgres


def test_fields_are_suggested_for_columns_of_other_names(person: Person, engine: Engine) -> None:
    names = ("Ref No", "Site Name", "start date", "Entry Date")
    content = f"{','.join(names)}\nCA1,One,2024-01-01,2024-02-01\n"
    check = done(engine, begin(engine, content))
    page = person.get(f"/check/{check.secret}/columns").text
    for number, field in enumerate(("reference", "name", "start-date", "entry-date")):
        control = page[page.index(f'id="field-column-{number}"') :]
        assert f'selected="selected" value="{field}"' in control[: control.index("</select>")]
