"""Checks that people ask for: what they sent, what was said of it, and how long it is kept."""
