"""The web application. `create_app` makes one; it can be called many times in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dashboard.application import create_app as create_app


def __getattr__(name: str) -> Any:
    # Not imported before it is wanted: whoever takes one small module out of this package, such
    # as `dashboard.components.words.formatting`, needs neither Dash nor a database driver.
    if name == "create_app":
        from dashboard.application import create_app

        return create_app
    raise AttributeError(name)
