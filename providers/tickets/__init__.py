"""Tickets: how submissions reach whoever works on them, and what comes back."""
