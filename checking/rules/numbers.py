"""Whole numbers, numbers with a point, and coordinates written as numbers."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from checking.rules.judging import Note, Verdict

_POINT_ZEROS = re.compile(r"\.0+$")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]{0,5}[1-9])?")
_MILLIONTH = Decimal("0.000001")
_LONGEST = 60


def judge_integer(value: str) -> Verdict | None:
    """A whole number of 0 or more; a trailing `.0` goes, commas do not."""
    if value.isdecimal() and value.isascii() and (value == "0" or value[0] != "0"):
        return None
    text = _POINT_ZEROS.sub("", value)
    if _is_not_finite(text):
        return Verdict("", (Note("not a number", value),))
    try:
        number = int(text) if len(text) <= _LONGEST else None
    except ValueError:
        number = None
    if number is None:
        return Verdict("", (Note("invalid integer", text),))
    if number < 0:
        return Verdict("", (Note("too small", value),))
    return Verdict(str(number))


def judge_decimal(value: str) -> Verdict | None:
    """A number of 0 or more to six decimals; commas and pound signs go."""
    if _PLAIN.fullmatch(value) and len(value) < _LONGEST:
        return None
    return _decimal(value, value.replace(",", "").replace("£", ""), least=Decimal(0))


def judge_degrees(value: str) -> Verdict | None:
    """A coordinate to six decimals, without limits; commas go."""
    return _decimal(value, value.replace(",", ""), least=None)


def _decimal(value: str, text: str, *, least: Decimal | None) -> Verdict | None:
    """What is kept of a number. In: the cell, and its text without what may stand in it."""
    if _is_not_finite(text):
        return Verdict("", (Note("not a number", value),))
    try:
        number = Decimal(text) if len(text) <= _LONGEST else None
    except InvalidOperation:
        number = None
    if number is None or abs(number.adjusted()) > _LONGEST:
        return Verdict("", (Note("invalid decimal", text),))
    if least is not None and number < least:
        return Verdict("", (Note("too small", value),))
    plain = _plain(number)
    if plain == value:
        return None
    is_respelt = "," in value or "£" in value or "e" in value.lower()
    notes = (Note("changed text", value, f"Kept as: {plain}"),) if is_respelt else ()
    return Verdict(plain, notes)


def _plain(number: Decimal) -> str:
    """A number to six decimals, without zeros at its end and without an exponent."""
    if number.adjusted() < -8:
        return "0"
    text = f"{number.quantize(_MILLIONTH) if number.adjusted() < 20 else number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _is_not_finite(text: str) -> bool:
    return text.strip().lstrip("+-").lower() in ("nan", "snan", "inf", "infinity")
