"""Queries: one module per question people ask. The only door to the data.

A query is a function ``(connection, *, typed arguments) -> tuple of frozen dataclasses``. It reads
indexed rows of one or two snapshots; nothing here aggregates individual issues.
"""
