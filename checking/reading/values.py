"""Values of files that know numbers and dates, as the texts that people would write."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

import numpy as np

from checking.model import Texts


def text(value: Any) -> str:
    """One value: whole numbers without `.0`, dates as YYYY-MM-DD with a time only where there is
    one, what is nested as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, int | date | time):
        return str(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _moment(value: datetime) -> str:
    bare = value.timetz() == time()
    return value.date().isoformat() if bare else value.isoformat(" ", "seconds")


def texts(values: Iterable[Any], count: int) -> Texts:
    """Values as an array of texts."""
    array: Texts = np.empty(count, dtype=object)
    array[:] = [value if type(value) is str else text(value) for value in values]
    return array


def array_texts(values: Any, ogr_type: str) -> Texts:
    """An array of numbers, moments or objects as texts. In: the array, and GDAL's name of its
    type."""
    if values.dtype.kind == "M":
        blank = np.isnat(values)
        whole = values.astype("datetime64[s]")
        if ogr_type == "OFTDate" or not (whole != whole.astype("datetime64[D]"))[~blank].any():
            written = np.datetime_as_string(values.astype("datetime64[D]")).astype(object)
        else:
            written = np.char.replace(np.datetime_as_string(whole), "T", " ").astype(object)
        written[blank] = ""
        return texts(written.tolist(), len(values))
    if values.dtype.kind == "f":
        numbers = (None if number != number else number for number in values.tolist())
        return texts(numbers, len(values))
    return texts(values.tolist(), len(values))
