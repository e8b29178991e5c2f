"""Whom readers can ask, as the setting `CONTACT` says."""

from __future__ import annotations

from flask import current_app, has_app_context

CONTACT = "CONTACT"


def contact() -> str | None:
    """An e-mail address or the address of a web page; None where nobody is named."""
    return current_app.config.get(CONTACT) if has_app_context() else None
