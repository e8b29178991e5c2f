"""Addresses as rules of Werkzeug's: Flask finds pages by them, `addresses` writes links by them.

A web server decodes a path once before anybody can split it. So that a value may hold a slash (or
the sign of the encoding itself), such a value is encoded twice, and every value decoded once more.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from werkzeug.routing import BaseConverter, Rule


class Segment(BaseConverter):
    """A value that is one whole segment of a path. Control characters, however often they are
    encoded, are in no value: no page is found."""

    regex = r"(?:(?!%[01][0-9A-Fa-f]|%7[Ff])[^/\x00-\x1f\x7f])+"
    # Werkzeug takes a pattern with a slash in it for one that goes over several segments.
    part_isolating = True
    # Tried after the usual converter, which rules for files beside a page have.
    weight = 110

    def to_python(self, value: str) -> str:
        """The value of a segment that the web server has decoded once."""
        return unquote(value)

    def to_url(self, value: str) -> str:
        """The segment for a value."""
        segment = quote(value, safe=":")
        return quote(segment, safe=":") if "/" in value or "%" in value else segment


class PageRule(Rule):
    """The rule for a page's `PATH`, which is its name too, as Dash names its own rules. One slash
    at the end makes no difference."""

    def __init__(self, path: str) -> None:
        super().__init__(path, endpoint=path, methods=["GET"], strict_slashes=False)

    def get_converter(self, *_args: Any, **_kwargs: Any) -> BaseConverter:
        """Every variable is a `Segment`, with no need to say so in each path."""
        return Segment(self.map)
