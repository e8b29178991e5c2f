"""Which texts are addresses."""

from __future__ import annotations

import pytest

from providers.accounts.addresses import AddressError, parse


def test_an_address_is_compared_in_small_letters_and_sent_to_as_it_was_typed() -> None:
    address = parse("  Jo.O'Brien+plan@Northmere.GOV.uk ")
    assert address.text == "Jo.O'Brien+plan@northmere.gov.uk"
    assert address.key == "jo.o'brien+plan@northmere.gov.uk"
    assert address.domain == "northmere.gov.uk"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "camden.gov.uk",
        '"x@camden.gov.uk"@evil.example',
        "x@camden.gov.uk\r\nBcc: y@evil.example",
        "x@camden.gov.uk\n",
        "x\0@camden.gov.uk",
        "x@c\N{CYRILLIC SMALL LETTER A}mden.gov.uk",
        "x@\N{FULLWIDTH LATIN SMALL LETTER C}amden.gov.uk",
        "x@camden\N{IDEOGRAPHIC FULL STOP}gov.uk",
        "x@camden.gov.uk.",
        "x@camden.gov.uk, y@evil.example",
        "x@camden.gov.uk;y@evil.example",
        "x(comment)@camden.gov.uk",
        "x@[192.0.2.1]",
        "X <x@camden.gov.uk>",
        "x@localhost",
        "x" * 65 + "@camden.gov.uk",
        "x@" + "a." * 130 + "uk",
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(AddressError):
        parse(text)
