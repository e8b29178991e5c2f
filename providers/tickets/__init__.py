"""Tickets: how submissions reach whoever works on them, and what comes back."""

from __future__ import annotations

from providers.tickets.desks import desk_of

__all__ = ["desk_of"]
