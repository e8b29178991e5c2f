"""An application over a store that lives in the test."""

from tests.support.fake_app import app, client, store

__all__ = ["app", "client", "store"]
