"""What set-up fetches is held to its hash."""

from __future__ import annotations

import json

from performance_store.settings import CHECKOUT
from tools.environment import pin_of


def test_uv_is_installed_by_its_hash() -> None:
    first, *hashes = pin_of("uv").splitlines()
    assert first.startswith("uv==")
    assert hashes
    assert all(line.strip().startswith("--hash=sha256:") for line in hashes)
    assert pin_of("no-such-package") == ""


def test_scripts_are_locked_with_their_integrity() -> None:
    lock = json.loads((CHECKOUT / "package-lock.json").read_text())["packages"]
    packages = {name: package for name, package in lock.items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert lock[""]["dependencies"] == {
        name.removeprefix("node_modules/"): package["version"] for name, package in packages.items()
    }
