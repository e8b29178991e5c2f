"""What the engine gives is what is kept: neither knows the other, so this holds them together."""

from __future__ import annotations

from dataclasses import fields

import pytest

from checking import result
from providers.checks import format

ONLY_FOR_THE_MAP = {"shapes", "boundary"}


@pytest.mark.parametrize(
    ("ours", "kept_as"),
    [
        (result.Recognised, format.Recognised),
        (result.Column, format.Column),
        (result.Field, format.Field),
        (result.Group, format.Group),
        (result.Passed, format.Passed),
        (result.Comparison, format.Comparison),
        (result.Result, format.Summary),
    ],
)
def test_nothing_of_a_result_is_lost_when_it_is_kept(ours: type, kept_as: type) -> None:
    names = [field.name for field in fields(ours) if field.name not in ONLY_FOR_THE_MAP]
    assert names == list(kept_as.__struct_fields__)
