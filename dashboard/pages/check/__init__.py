"""Checking a file before it is published."""
