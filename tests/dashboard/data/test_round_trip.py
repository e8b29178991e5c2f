"""What every page asks comes back from the cache as it went in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dashboard.data.cache import Cache
from tests.support.real_store import real_app
from tests.support.servers import Filled
from tests.support.surface import Scanner
from tools.api_examples import sample


@pytest.mark.postgres
def test_what_pages_ask_survives_the_cache(
    filled: Filled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds: set[Any] = set()
    different: list[tuple[Any, Any]] = []

    def compare(_cache: Cache, key: str, compute: Callable[[], Any], kind: Any = Any) -> Any:
        value = compute()
        kinds.add(kind)
        try:
            back = msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=kind)
        except msgspec.MsgspecError as error:
            back = error
        if back != value or type(back) is not type(value):
            different.append((key, back))
        return back

    monkeypatch.setattr(Cache, "cached", compare)
    scanner = Scanner(real_app(tmp_path, filled(sample())))
    for route in scanner.routes:
        scanner.client.get(route.address())
    assert not different
    assert len(kinds) > 40, "most questions were asked"
