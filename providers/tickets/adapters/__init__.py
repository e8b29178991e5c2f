"""Desks by their product."""
