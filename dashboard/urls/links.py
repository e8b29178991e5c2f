"""Filters and addresses: a frozen dataclass to a query string and back.

    @dataclass(frozen=True, slots=True)
    class Filters:
        region: str | None = one_of()
        status: tuple[str, ...] = any_of(STATUSES)
        q: str = words()
        sort: str = one_of(("name", "breadth"), default="name")
        page: int = number(1, 10_000, default=1)

    parsed = parse(Filters, params, allowed={"region": codes})
    parsed.filters.region, parsed.notices
    address("/organisations", parsed.filters, page=2)

The address is canonical: fields in the order of the class, defaults left out. What cannot be
used is replaced by the default and told to the reader in `notices`, never an error.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

F = TypeVar("F")

MAX_CHOICES = 100
_NOTICE_LETTERS = 40
# Parameters that belong to somebody else, or to every page: `dates` are what charts show.
_NOT_FILTERS = re.compile(r"utm_\w+|embed|chart|dates")
_PARAM = "param"
# What a field is called in a notice, where its name in the address is not a noun.
_NOUNS = {
    "by": "kind of line",
    "since": "date",
    "as_at": "date",
    "q": "search",
    "who": "choice",
    "provides": "choice",
}


class _UnusableError(Exception):
    """A value that a field cannot take."""


@dataclass(frozen=True, slots=True)
class _Param:
    """How a field is read: from its values in the address, with the choices, if limited."""

    read: Callable[[Sequence[str], Collection[str] | None], Any]
    allowed: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Reading(Generic[F]):
    """Filters read from an address, and a sentence for each part of it that was ignored."""

    filters: F
    notices: tuple[str, ...]


def one_of(allowed: Collection[str] | None = None, *, default: str | None = None) -> Any:
    """A field with one of some values. Without `allowed` they are given to `parse`."""

    def read(values: Sequence[str], choices: Collection[str] | None) -> str | None:
        _check(values[-1], choices)
        return values[-1]

    return _field(default, read, allowed)


def any_of(allowed: Collection[str] | None = None, *, in_order: bool = False) -> Any:
    """A field with any number of some values without repeats, in their own order or, with
    `in_order`, in that of the address."""

    def read(values: Sequence[str], choices: Collection[str] | None) -> tuple[str, ...]:
        unique = dict.fromkeys(values[:MAX_CHOICES])
        for value in unique:
            _check(value, choices)
        return tuple(unique if in_order else sorted(unique))

    return _field((), read, allowed)


def words(max_length: int = 100) -> Any:
    """A field with free text: spaces are tidied, the rest is cut off."""

    def read(values: Sequence[str], _: Collection[str] | None) -> str:
        return " ".join(values[-1].replace("\x00", " ").split())[:max_length]

    return _field("", read)


def number(low: int, high: int, *, default: int) -> Any:
    """A field with a whole number between two others."""

    def read(values: Sequence[str], _: Collection[str] | None) -> int:
        text = values[-1]
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise _UnusableError(text)
        return int(text)

    return _field(default, read)


def day() -> Any:
    """A field with a date, as 2025-03-04."""

    def read(values: Sequence[str], choices: Collection[str] | None) -> date:
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", values[-1]):
                raise ValueError
            value = date.fromisoformat(values[-1])
        except ValueError:
            raise _UnusableError(values[-1]) from None
        _check(value.isoformat(), choices)
        return value

    return _field(None, read)


def parse(
    kind: type[F],
    params: Mapping[str, str | list[str]],
    *,
    allowed: Mapping[str, Collection[str]] | None = None,
    ignore: Collection[str] = (),
) -> Reading[F]:
    """Filters of a class from a page's parameters.

    In: also the values allowed now for fields that depend on the data, and parameters that are
    not filters, such as the path's variables. Unusable values fall back to the default.
    """
    usable: dict[str, Any] = {}
    notices: list[str] = []
    fields = {item.name: item for item in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for name, param_value in params.items():
        several = [param_value] if isinstance(param_value, str) else param_value
        values = [value.strip() for value in several]
        values = [value for value in values if value]
        if name not in fields:
            if name not in ignore and not _NOT_FILTERS.fullmatch(name):
                notices.append(f"We do not know the filter “{_short(name)}”.")
        elif values:
            param: _Param = fields[name].metadata[_PARAM]
            choices = (allowed or {}).get(name, param.allowed)
            try:
                usable[name] = param.read(values, choices)
            except _UnusableError as error:
                noun = _NOUNS.get(name, name.replace("_", " "))
                article = "an" if noun[0] in "aeio" else "a"
                notices.append(
                    f"“{_short(str(error))}” is not {article} {noun} that can be chosen here."
                )
    return Reading(kind(**usable), tuple(notices[:5]))


def query(filters: Any, **changes: Any) -> str:
    """The canonical query string of filters, without its `?`; with some of them changed.

    Changing a filter goes back to the first page of results.
    """
    if changes and "page" not in changes and hasattr(filters, "page"):
        changes["page"] = _default(filters, "page")
    result = dataclasses.replace(filters, **changes)
    pairs: list[tuple[str, str]] = []
    for item in dataclasses.fields(result):
        value = getattr(result, item.name)
        if value == _default(result, item.name) or value is None:
            continue
        for single in value if isinstance(value, tuple) else (value,):
            text = single.isoformat() if isinstance(single, date) else str(single)
            pairs.append((item.name, text))
    return urlencode(pairs, safe=":,")


def address(path: str, filters: Any = None, **changes: Any) -> str:
    """A path with the filters in its query string."""
    text = query(filters, **changes) if filters is not None else ""
    return f"{path}?{text}" if text else path


def with_query(path: str, values: Mapping[str, str | tuple[str, ...] | None]) -> str:
    """A path with values in its query string, in their order; blank ones are left out, and of
    several each is there."""
    there = {name: value for name, value in values.items() if value}
    text = urlencode(there, doseq=True, safe=":,")
    return f"{path}?{text}" if text else path


def more(address: str, values: Mapping[str, str | tuple[str, ...] | None]) -> str:
    """An address with further values in its query string; blank ones are left out."""
    text = with_query("", values)
    return address + (text.replace("?", "&", 1) if "?" in address else text)


def slug(text: str) -> str:
    """A name as a segment of an address: "Invalid date" is "invalid-date"; nothing is "-"."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "-"


def form_values(filters: Any, *names: str) -> dict[str, str | tuple[str, ...]]:
    """Values of some fields for a form's hidden inputs; those at their default are left out."""
    values = {name: getattr(filters, name) for name in names}
    return {
        name: value if isinstance(value, tuple) else str(value)
        for name, value in values.items()
        if value not in (None, (), _default(filters, name))
    }


def filter_count(filters: Any, *, ignore: Collection[str] = ("page", "sort", "order")) -> int:
    """How many filters narrow the page: each chosen value counts once."""
    count = 0
    for item in dataclasses.fields(filters):
        value = getattr(filters, item.name)
        if item.name not in ignore and value != _default(filters, item.name):
            count += len(value) if isinstance(value, tuple) else 1
    return count


def _field(
    default: Any,
    read: Callable[[Sequence[str], Collection[str] | None], Any],
    allowed: Collection[str] | None = None,
) -> Any:
    return dataclasses.field(default=default, metadata={_PARAM: _Param(read, allowed)})


def _check(value: str, choices: Collection[str] | None) -> None:
    if choices is not None and value not in choices:
        raise _UnusableError(value)


def _default(filters: Any, name: str) -> Any:
    return next(item.default for item in dataclasses.fields(filters) if item.name == name)


def _short(value: str) -> str:
    clean = "".join(letter if letter.isprintable() else " " for letter in value)
    return clean if len(clean) <= _NOTICE_LETTERS else clean[:_NOTICE_LETTERS] + "…"
