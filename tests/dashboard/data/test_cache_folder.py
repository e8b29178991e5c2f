"""How many files the folder of kept values has."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from dashboard.data import cache_store
from dashboard.data.cache_store import FileStore


def test_the_oldest_files_go_where_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_store, "MOST_FILES", 40)
    monkeypatch.setattr(cache_store, "LOOK_EVERY", 10)
    store = FileStore(Flask("test"), tmp_path / "folder", prefix="p:")
    for number in range(200):
        store.put(f"key {number}", b"value", 60)
    assert 20 <= len(list((tmp_path / "folder" / "values").iterdir())) <= 55
    assert store.get("key 199") == b"value"
    assert store.get("key 0") is None
